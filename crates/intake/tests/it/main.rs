//! What comes in, from its doors to the incident: on SQLite, and on PostgreSQL too when
//! `EVENKEEL_TEST_POSTGRES` names a server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod arriving;
mod doors;
mod http;
mod imap;
mod imap_server;
mod listener;
mod loops;
mod once;
mod pages;
mod people;
mod reports;
mod silence;
mod telephone;
mod threads;
mod world;
