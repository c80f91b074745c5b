//! Who is on call: worked cases, a naive second opinion, laws that hold for every schedule,
//! swaps, and feeds in both directions.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod drawing;
mod faults;
mod feed_in;
mod feed_out;
mod laws;
mod naive;
mod swaps;

use kernel::Timestamp;
use roster::{Roster, Schedule};

/// An instant from its text.
#[track_caller]
fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A schedule from its JSON.
#[track_caller]
fn schedule(json: serde_json::Value) -> Schedule<String> {
    serde_json::from_value(json).expect("the written form")
}

/// A schedule, prepared.
#[track_caller]
fn roster(json: serde_json::Value) -> Roster<String> {
    let schedule = schedule(json);
    assert_eq!(schedule.faults(), []);
    Roster::new(&schedule).expect("a known zone")
}

/// A zone of those built in, which are the same everywhere.
fn zone(name: &str) -> jiff::tz::TimeZone {
    jiff::tz::TimeZoneDatabase::bundled().get(name).expect("a known zone")
}
