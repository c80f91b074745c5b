//! Letters from the outbox to a mail server.
#![allow(missing_docs, clippy::unwrap_used)]

mod inbox;
mod letters;
mod sending;
mod sink;
mod world;
