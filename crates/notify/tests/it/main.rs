//! Letters from the outbox to a mail server.
#![allow(missing_docs, clippy::unwrap_used)]

mod asking;
mod endpoint;
mod inbox;
mod languages;
mod letters;
mod paging;
mod push;
mod reports;
mod sending;
mod sink;
mod subscribing;
mod urgency;
mod webhooks;
mod world;
