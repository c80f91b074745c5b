//! What each integration may have its own way, with defaults that suit most.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an integration's alerts become incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertSettings {
    /// For how many seconds after its last alert an open incident takes more of its group,
    /// once none is firing: what comes back within a day belongs together.
    pub window_seconds: i64,
    /// Whether an incident that nobody took is resolved when all its alerts are over.
    pub auto_resolve: bool,
    /// New groups within a minute beyond which further ones share one incident: nobody reads
    /// more.
    pub storm_groups: u32,
    /// Changes between firing and over within [`AlertSettings::flap_seconds`] that make an
    /// alert flap.
    pub flap_changes: u32,
    /// Within how many seconds they are counted, and for how long it must be calm afterwards.
    pub flap_seconds: i64,
    /// Seconds after which an incident pages again whose source said that it is over while
    /// alerts may be firing.
    pub unclear_seconds: i64,
    /// Seconds without a sign of life after which a heartbeat is an alert.
    pub heartbeat_seconds: i64,
    /// Of the kind `json`: where in a body is what, by the name of what is wanted.
    pub mapping: BTreeMap<String, String>,
}

impl Default for AlertSettings {
    fn default() -> Self {
        AlertSettings {
            window_seconds: 86_400,
            auto_resolve: true,
            storm_groups: 30,
            flap_changes: 6,
            flap_seconds: 900,
            unclear_seconds: 900,
            heartbeat_seconds: 300,
            mapping: BTreeMap::new(),
        }
    }
}

impl AlertSettings {
    /// Whether everything is as it is without being set.
    pub fn is_default(&self) -> bool {
        *self == AlertSettings::default()
    }

    /// The rules that these settings break: the field, and the rule.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let mut within = |field: &'static str, value: i64, range: std::ops::RangeInclusive<i64>| {
            if !range.contains(&value) {
                faults.push((field, format!("must be {} to {}", range.start(), range.end())));
            }
        };
        within("window_seconds", self.window_seconds, 0..=30 * 86_400);
        within("storm_groups", self.storm_groups.into(), 1..=10_000);
        within("flap_changes", self.flap_changes.into(), 2..=CHANGES_MAX as i64);
        within("flap_seconds", self.flap_seconds, 60..=86_400);
        within("unclear_seconds", self.unclear_seconds, 60..=86_400);
        within("heartbeat_seconds", self.heartbeat_seconds, 10..=30 * 86_400);
        within("mapping", self.mapping.len() as i64, 0..=MAPPINGS_MAX);
        if self.mapping.values().any(|path| path.chars().count() > kernel::limits::REASON_CHARS) {
            faults.push(("mapping", "has an expression that is too long".to_owned()));
        }
        faults
    }
}

/// Changes of an alert that are remembered at most, to see whether it flaps.
pub const CHANGES_MAX: usize = 20;
/// Expressions of one mapping: more than a signal has parts.
const MAPPINGS_MAX: i64 = 50;
