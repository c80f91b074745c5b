//! Priority = matrix[impact][urgency].

use crate::Invalid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Impact or urgency: 1 (high) to 3 (low).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// 1.
    pub const HIGH: Level = Level(1);
    /// 2.
    pub const MEDIUM: Level = Level(2);
    /// 3.
    pub const LOW: Level = Level(3);
    /// All three, high first.
    pub const ALL: [Level; 3] = [Level::HIGH, Level::MEDIUM, Level::LOW];

    /// From 1, 2 or 3.
    pub fn new(value: i64) -> Result<Self, Invalid> {
        match value {
            1..=3 => Ok(Level(value as u8)),
            _ => Err(Invalid::new("must be 1 (high), 2 (medium) or 3 (low)")),
        }
    }

    /// 1, 2 or 3.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// "High", "Medium", "Low".
    pub const fn word(self) -> &'static str {
        match self.0 {
            1 => "High",
            2 => "Medium",
            _ => "Low",
        }
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Level::new(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// P1 (most urgent) to P5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(u8);

impl Priority {
    /// All five, P1 first.
    pub const ALL: [Priority; 5] =
        [Priority(1), Priority(2), Priority(3), Priority(4), Priority(5)];

    /// From 1 to 5.
    pub fn new(value: i64) -> Result<Self, Invalid> {
        match value {
            1..=5 => Ok(Priority(value as u8)),
            _ => Err(Invalid::new("must be P1, P2, P3, P4 or P5")),
        }
    }

    /// 1 to 5.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// "Critical" … "Planning", the field's usual words.
    pub const fn word(self) -> &'static str {
        match self.0 {
            1 => "critical",
            2 => "high",
            3 => "medium",
            4 => "low",
            _ => "planning",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{}", self.0)
    }
}

impl FromStr for Priority {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix(['P', 'p']).unwrap_or(text);
        // One digit: "P+1" and "P01" are no priorities, though numbers.
        let value = match digits.as_bytes() {
            [digit] if digit.is_ascii_digit() => i64::from(digit - b'0'),
            _ => 0,
        };
        Priority::new(value)
    }
}

impl Serialize for Priority {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Priority {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The priority matrix: rows are impact 1–3, columns urgency 1–3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Matrix(pub [[Priority; 3]; 3]);

impl Matrix {
    /// The priority of this impact and urgency.
    pub fn priority(&self, impact: Level, urgency: Level) -> Priority {
        self.0[usize::from(impact.get() - 1)][usize::from(urgency.get() - 1)]
    }
}

impl Default for Matrix {
    /// 1/1→P1, 1/2→P2, 2/1→P2, 1/3→P3, 2/2→P3, 3/1→P3, 2/3→P4, 3/2→P4, 3/3→P5.
    fn default() -> Self {
        let [p1, p2, p3, p4, p5] = Priority::ALL;
        Matrix([[p1, p2, p3], [p2, p3, p4], [p3, p4, p5]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_matrix_is_the_documented_one() {
        let p =
            |i, u| Matrix::default().priority(Level::new(i).unwrap(), Level::new(u).unwrap()).get();
        let all: Vec<u8> = (1..=3).flat_map(|i| (1..=3).map(move |u| p(i, u))).collect();
        assert_eq!(all, [1, 2, 3, 2, 3, 4, 3, 4, 5]);
    }

    #[test]
    fn levels_and_priorities_outside_their_range_are_refused() {
        assert!(Level::new(0).is_err() && Level::new(4).is_err());
        assert!(serde_json::from_str::<Level>("300").is_err());
        for text in ["P0", "P6", "P", "", "P+1", "P01", "P-1", "PP1", "P1 ", "P١"] {
            assert!(text.parse::<Priority>().is_err(), "{text}");
        }
        assert_eq!("p1".parse::<Priority>(), "1".parse());
    }
}
