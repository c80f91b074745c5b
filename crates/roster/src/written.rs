//! How times are written: `08:00` and `2026-03-27T09:00:00`, on the clock of the schedule.
//! Stricter than the calendar library reads them: a zone in such a text is a mistake.

use jiff::civil::{DateTime, Time};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};
use std::borrow::Cow;
use std::fmt;

const LOCAL: &str =
    "is no local date and time; write one such as 2026-03-27T09:00:00, without a zone";
const CLOCK: &str = "is no time of day; write HH:MM from 00:00 to 23:59";
const CLOCK_END: &str = "is no time of day; write HH:MM from 00:00 to 24:00";

/// Whether a text has the form of a sample, in which `0` stands for any digit.
fn has_form(text: &str, sample: &str) -> bool {
    text.len() == sample.len()
        && text.bytes().zip(sample.bytes()).all(|(byte, sample)| match sample {
            b'0' => byte.is_ascii_digit(),
            sample => byte == sample,
        })
}

fn local(text: &str) -> Option<DateTime> {
    let written = has_form(text, "0000-00-00T00:00:00") || has_form(text, "0000-00-00T00:00");
    text.parse().ok().filter(|_| written)
}

fn clock(text: &str) -> Option<Time> {
    let written = has_form(text, "00:00") || has_form(text, "00:00:00");
    text.parse().ok().filter(|_| written)
}

/// The first shift's beginning.
pub(crate) mod start {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(at: &DateTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime, D::Error> {
        local(&Cow::<'de, str>::deserialize(from)?).ok_or_else(|| D::Error::custom(LOCAL))
    }
}

/// A time of day at which something begins.
pub(crate) mod from {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(at: &Time, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&Clock(*at))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        clock(&Cow::<'de, str>::deserialize(from)?).ok_or_else(|| D::Error::custom(CLOCK))
    }
}

/// A time of day at which something ends; midnight may be written `24:00`.
pub(crate) mod until {
    use super::*;

    pub(crate) use super::from::serialize;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let text = if text == "24:00" { "00:00" } else { &*text };
        clock(text).ok_or_else(|| D::Error::custom(CLOCK_END))
    }
}

/// `08:00`, or with seconds where there are any.
struct Clock(Time);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())?;
        match self.0.second() {
            0 => Ok(()),
            second => write!(f, ":{second:02}"),
        }
    }
}
