//! The API as programs meet it: a desk on a fresh store, the router without a network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attachments;
mod causes;
mod clocks;
mod commands;
mod configuration;
mod contacts;
mod deliveries;
mod escalations;
mod events;
mod expected;
mod forecasts;
mod harness;
mod hostile;
mod inbox;
mod incidents;
mod integrations;
mod knowledge;
mod macros;
mod maintenances;
mod majors;
mod messages;
mod models;
mod notices;
mod once;
mod openapi;
mod paging;
mod previews;
mod recurring;
mod reports;
mod reviews;
mod rules;
mod schedule_previews;
mod schedules;
mod search;
mod service_map;
mod status;
mod subscribers;
mod suggestions;
mod surges;
mod terms;
mod visibility;
mod webhooks;
mod within;
