//! What a schedule is made of. An edit makes a new version that is in force from an instant
//! on, so that no edit ever shifts the past.

use jiff::civil::{DateTime, Time};
use kernel::{PersonId, Timestamp, words};
use serde::{Deserialize, Serialize};

words! {
    /// What a shift is measured in.
    Unit {
        /// Exactly so many hours, whatever the clock on the wall does.
        Hour = "hour",
        /// Hands over at the same time of day.
        Day = "day",
        /// Hands over at the same time of the same day of the week.
        Week = "week",
        /// Hands over at the same time of the same day of the month, or of its last day.
        Month = "month",
    }
}

words! {
    /// A day of the week.
    Weekday {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
}

/// People who take turns. The turn of an instant follows from the anchor and a count alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation<P = PersonId> {
    /// What a shift is measured in.
    pub unit: Unit,
    /// How many of them make a shift.
    pub every: u32,
    /// When the first shift of the first of them begins, on the clock of the schedule's zone.
    /// Nobody is on call before.
    #[serde(with = "crate::written::start")]
    pub start_local: DateTime,
    /// In their order.
    pub people: Vec<P>,
}

/// Hours of the week to which a layer is restricted; over midnight when `to` is not after `from`.
///
/// ```
/// let text = r#"{"days":["mon","tue"],"from":"22:00","to":"06:00"}"#;
/// let nights: roster::Restriction = serde_json::from_str(text).unwrap();
/// assert_eq!(serde_json::to_string(&nights).unwrap(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// The days on which it begins.
    pub days: Vec<Weekday>,
    /// From this time of day.
    #[serde(with = "crate::written::from")]
    pub from: Time,
    /// Until this time of day. The same as `from` is a day later.
    #[serde(with = "crate::written::until")]
    pub to: Time,
}

/// A rotation, perhaps restricted to some hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer<P = PersonId> {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Who takes turns.
    pub rotation: Rotation<P>,
    /// The hours it covers; all of them when there are none.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<Restriction>,
}

/// Somebody else for some time. Wins over every layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override<P = PersonId> {
    /// Who is on call.
    pub person: P,
    /// From this instant.
    pub start: Timestamp,
    /// Until just before this instant.
    pub end: Timestamp,
}

/// Who is on call when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule<P = PersonId> {
    /// The zone of its clocks, by its IANA name.
    pub time_zone: String,
    /// Its layers; a later one wins over those before it.
    pub layers: Vec<Layer<P>>,
    /// Exceptions; a later one wins over those before it.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override<P>>,
}

/// A schedule through its changes: each version is in force from its instant until the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions<P = PersonId> {
    /// Rising; each with the layers in force from then on. Overrides hold whatever the version.
    pub versions: Vec<(Timestamp, Vec<Layer<P>>)>,
    /// The zone of its clocks, by its IANA name.
    pub time_zone: String,
    /// Exceptions; a later one wins over those before it.
    pub overrides: Vec<Override<P>>,
}
