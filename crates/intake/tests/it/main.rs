//! What comes in, from its doors on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod doors;
mod http;
mod imap;
mod imap_server;
mod listener;
mod silence;
