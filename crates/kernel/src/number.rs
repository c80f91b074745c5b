//! The number people say on the phone.

use crate::Invalid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The number of an incident, `INC-` and a decimal counter from 1, never reused.
///
/// ```
/// let n: kernel::IncidentNumber = "inc-42".parse().unwrap();
/// assert_eq!(n.to_string(), "INC-42");
/// assert!("INC-042".parse::<kernel::IncidentNumber>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentNumber(pub i64);

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INC-{}", self.0)
    }
}

impl FromStr for IncidentNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || Invalid::new("is not an incident number such as INC-42");
        let digits = match text.get(..4) {
            Some(prefix) if prefix.eq_ignore_ascii_case("INC-") => &text[4..],
            _ => return Err(bad()),
        };
        let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
        if !plain {
            return Err(bad());
        }
        digits.parse().map(IncidentNumber).map_err(|_| bad())
    }
}

impl Serialize for IncidentNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IncidentNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_forms_are_refused() {
        for text in [
            "",
            "INC",
            "INC-",
            "INC-0",
            "INC--1",
            "INC-1x",
            "PRB-1",
            "INC-99999999999999999999",
            "é-1234",
        ] {
            assert!(text.parse::<IncidentNumber>().is_err(), "{text}");
        }
    }
}
