//! Signals, alerts, groups and windows.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod asked;
mod groups;
mod maintenance;
