//! Pages as browsers get them: a desk on a fresh store behind the router.
#![allow(missing_docs, clippy::unwrap_used)]

mod account;
mod agreements;
mod alerts;
mod calendars;
mod clocks;
mod harness;
mod inbox;
mod incident;
mod languages;
mod live;
mod mail;
mod mail_in;
mod mailboxes;
mod models;
mod paged;
mod paging;
mod palette;
mod portal;
mod push;
mod queue;
mod risk;
mod schedules;
mod settings;
mod shell;
mod webhooks;
