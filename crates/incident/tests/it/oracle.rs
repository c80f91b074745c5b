//! Timelines with the clocks expected after every event, computed by two independent
//! slow programs (minute stepping, span algebra). `tests/fixtures` holds them one a line.

use calendar::{Calendar, Definition, Holiday, Week};
use incident::clocks::Clock;
use kernel::{Priority, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const TRACES: &str = include_str!("../fixtures/sla_traces.jsonl");

/// All 120 of them.
pub fn traces() -> Vec<Value> {
    let traces: Vec<Value> =
        TRACES.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(traces.len(), 120);
    traces
}

pub fn instant(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

pub fn priority(value: &Value) -> Priority {
    value.as_str().unwrap().parse().unwrap()
}

pub fn calendars(trace: &Value) -> BTreeMap<String, Calendar> {
    let made = |(name, written)| (name, Calendar::new(&written).unwrap());
    definitions(trace).into_iter().map(made).collect()
}

pub fn definitions(trace: &Value) -> BTreeMap<String, Definition> {
    #[derive(Deserialize)]
    struct Written {
        tz: String,
        week: Week,
        holidays: Vec<Holiday>,
    }
    let written: BTreeMap<String, Written> =
        serde_json::from_value(trace["calendars"].clone()).unwrap();
    let definition =
        |Written { tz, week, holidays }| Definition { holidays, ..Definition::new(tz, week) };
    written.into_iter().map(|(name, written)| (name, definition(written))).collect()
}

pub fn compare(clock: &Clock, calendar: &Calendar, expected: &Value, at: Timestamp, what: &str) {
    let text = |at: Option<Timestamp>| at.map_or(Value::Null, |at| Value::String(at.to_string()));
    let breached = clock.is_breached(calendar, at);
    assert_eq!(clock.status.as_str(), expected["status"], "{what}");
    assert_eq!(clock.elapsed_seconds(calendar, at), expected["elapsed_s"], "{what} elapsed");
    assert_eq!(clock.target_seconds, expected["target_s"], "{what} target");
    let remaining = clock.remaining_seconds(calendar, at);
    assert_eq!(remaining, expected["remaining_s"], "{what} remaining");
    assert_eq!(breached, expected["breached"], "{what} breached");
    assert_eq!(text(clock.breached_at), expected["breached_at"], "{what} breached at");
    assert_eq!(text(clock.first_breached_at), expected["first_breached_at"], "{what} first breach");
    assert_eq!(text(clock.stopped_at), expected["stopped_at"], "{what} stopped");
    // A clock that runs on after its breach still knows when it was due.
    let due_at = clock.due_at.filter(|_| !breached);
    assert_eq!(text(due_at), expected["due_at"], "{what} due");
}
