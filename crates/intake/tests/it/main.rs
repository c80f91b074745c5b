//! Incoming mail from the door to the incident: on SQLite, and on PostgreSQL too when
//! `EVENKEEL_TEST_POSTGRES` names a server.

mod arriving;
mod loops;
mod once;
mod people;
mod reports;
mod threads;
mod world;
