//! Signals, alerts, groups and windows.

mod alerts;
mod groups;
mod maintenance;
