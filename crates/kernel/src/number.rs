//! The numbers people say on the phone.

use crate::Invalid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $called:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                counted($prefix, text).map($name).ok_or_else(|| {
                    Invalid::new(concat!("is not ", $called, " number such as ", $prefix, "42"))
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

numbers! {
    /// The number of an incident, `INC-` and a decimal counter from 1, never reused.
    ///
    /// ```
    /// let n: kernel::IncidentNumber = "inc-42".parse().unwrap();
    /// assert_eq!(n.to_string(), "INC-42");
    /// assert!("INC-042".parse::<kernel::IncidentNumber>().is_err());
    /// ```
    IncidentNumber = "INC-", "an incident",
    /// The number of a problem, `PRB-` and a counter of its own; it stays when the problem
    /// becomes a known error.
    ProblemNumber = "PRB-", "a problem",
    /// The number of an article, `KB-` and a counter of its own.
    ArticleNumber = "KB-", "an article",
    /// The number of a review, `PIR-` and a counter of its own.
    ReviewNumber = "PIR-", "a review",
}

/// The counter behind a prefix, whose case does not matter: from 1, without leading zeros.
fn counted(prefix: &str, text: &str) -> Option<i64> {
    let (head, digits) = text.split_at_checked(prefix.len())?;
    let plain = head.eq_ignore_ascii_case(prefix)
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
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

    #[test]
    fn each_prefix_is_of_its_own_kind() {
        assert_eq!("kb-7".parse::<ArticleNumber>().unwrap().to_string(), "KB-7");
        assert_eq!("PRB-12".parse::<ProblemNumber>().unwrap(), ProblemNumber(12));
        assert!("INC-12".parse::<ProblemNumber>().is_err());
        assert!("PRB-007".parse::<ProblemNumber>().is_err());
    }
}
