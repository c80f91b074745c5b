//! Business time as the house's rules have it: worked cases, a naive second opinion,
//! laws that hold for every calendar, and holiday feeds.

mod cases;
mod definition;
mod exceptions;
mod feed;
mod naive;
mod properties;

use calendar::{Calendar, Definition};
use kernel::Timestamp;

/// An instant from its text.
fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A calendar from its JSON.
fn calendar(json: serde_json::Value) -> Calendar {
    let definition: Definition = serde_json::from_value(json).expect("the written form");
    Calendar::new(&definition).expect("a calendar")
}
