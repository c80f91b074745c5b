//! Alerts of monitoring: what sources send becomes signals, signals become alerts, alerts
//! belong to incidents. Pure.

pub mod doors;
pub mod mapping;
mod signal;

pub use signal::{Link, Reading, Severity, Signal, SignalStatus};
