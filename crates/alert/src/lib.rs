//! Alerts of monitoring: what sources send becomes signals, signals become alerts, alerts
//! belong to incidents. Pure.

mod signal;

pub use kernel::{Muted, Severity};
pub use signal::{Link, Reading, Signal, SignalStatus};
