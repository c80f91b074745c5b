//! The life of an incident, tested from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod assignment;
mod case;
mod clocks;
mod closure;
mod commands;
mod conversation;
mod downtime;
mod effects;
mod events;
mod imports;
mod invariants;
mod ledger;
mod lifecycle;
mod macros;
mod majors;
mod models;
mod nearing;
mod notices;
mod oracle;
mod paging;
mod permissions;
mod preview;
mod promises;
mod properties;
mod rating;
mod refusals;
mod relations;
mod reminders;
mod replay;
mod rota;
mod rules;
mod sample;
mod terms;
mod traces;
mod undo;
