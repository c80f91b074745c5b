//! Instants with the precision the product promises: microseconds, UTC.

use crate::Invalid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Microseconds in a second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;

/// The first and the last instant that can be written, in microseconds: what is
/// moved beyond stays there.
const EARLIEST: i64 = -377_705_023_201_000_000;
const LATEST: i64 = 253_402_207_200_999_999;

/// An instant in microseconds since 1970-01-01T00:00:00Z. Written and read as
/// RFC 3339 in UTC.
///
/// ```
/// let t: kernel::Timestamp = "2026-11-23T13:12:00+01:00".parse().unwrap();
/// assert_eq!(t.to_string(), "2026-11-23T12:12:00Z");
/// assert_eq!(t.plus_seconds(90).seconds_since(t), 90);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant this many microseconds after 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Timestamp(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant moved by a number of seconds, which may be negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_micros(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// This instant moved by a number of days of 24 hours, which may be negative.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// This instant moved by a number of microseconds, which may be negative.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        match self.0.saturating_add(micros) {
            ..EARLIEST => Timestamp(EARLIEST),
            moved @ EARLIEST..=LATEST => Timestamp(moved),
            _ => Timestamp(LATEST),
        }
    }

    /// Whole seconds from `earlier` to this instant, rounded down.
    pub const fn seconds_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(MICROS_PER_SECOND)
    }

    /// Microseconds from `earlier` to this instant.
    pub const fn micros_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same instant for calendar arithmetic and display in a time zone.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    /// From the calendar library's instant; what is finer than a microsecond is cut off.
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        Timestamp(at.as_microsecond())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse::<jiff::Timestamp>().map(Self::from_jiff).map_err(|_| {
            Invalid::new("is not an RFC 3339 time with zone, such as 2026-11-23T13:12:00Z")
        })
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_back_is_the_same_instant(micros in -62_000_000_000_000_000i64..250_000_000_000_000_000) {
            let at = Timestamp::from_micros(micros);
            prop_assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
        }
    }

    #[test]
    fn what_is_moved_too_far_can_still_be_written() {
        assert_eq!(EARLIEST, jiff::Timestamp::MIN.as_microsecond());
        assert_eq!(LATEST, jiff::Timestamp::MAX.as_microsecond());
        let now = Timestamp::from_micros(0);
        for far in [now.plus_days(i64::MAX), now.plus_seconds(i64::MIN), now.plus_micros(i64::MAX)]
        {
            assert_eq!(far.to_string().parse::<Timestamp>().unwrap(), far);
            assert_eq!(far.to_jiff().as_microsecond(), far.micros());
        }
    }

    #[test]
    fn a_time_without_zone_is_refused() {
        assert!("2026-11-23T13:12:00".parse::<Timestamp>().is_err());
    }
}
