//! Alerts of monitoring: what sources send becomes signals, signals become alerts, alerts
//! belong to incidents. Pure.

pub mod asked;
pub mod doors;
mod group;
mod known;
pub mod maintenance;
pub mod mapping;
mod settings;
mod signal;
mod words;

pub use group::{Group, STORM_KEY, STORM_SECONDS};
pub use kernel::{Muted, Severity};
pub use known::{Alert, Around, LATE_SECONDS, Outcome, REMEMBERED_SECONDS, group_of, take};
pub use settings::{AlertSettings, CHANGES_MAX};
pub use signal::{Link, Reading, Signal, SignalStatus};
pub use words::{digest, only_numbers_differ};
