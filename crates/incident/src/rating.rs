//! What the requester says of it when it is over, and when that is asked.

use crate::policy::Policy;
use crate::state::{Lifecycle, State, Task};
use kernel::{ContentId, Invalid, TaskId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The word for what a requester is asked once an incident is closed.
pub const SURVEY: &str = "survey";
/// Days after closing in which an incident can be rated: later nobody remembers it.
pub const RATE_WITHIN_DAYS: i64 = 30;
/// Days in which a rating can be changed: reports are to stand still after that.
pub const RATING_CHANGE_DAYS: i64 = 7;

/// How content somebody is: 1 (not at all) to 5 (very).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// All five, the worst first.
    pub const ALL: [Score; 5] = [Score(1), Score(2), Score(3), Score(4), Score(5)];

    /// From 1 to 5.
    ///
    /// # Errors
    /// Any other number.
    pub fn new(value: i64) -> Result<Self, Invalid> {
        match value {
            1..=5 => Ok(Score(value as u8)),
            _ => Err(Invalid::new("must be a whole number, 1 (not at all content) to 5 (very)")),
        }
    }

    /// 1 to 5.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether whoever had it is told: something went wrong.
    pub const fn is_low(self) -> bool {
        self.0 <= 2
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for Score {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // One digit: "+1" and "01" are no scores, though numbers.
        match text.as_bytes() {
            [digit] if digit.is_ascii_digit() => Score::new(i64::from(digit - b'0')),
            _ => Score::new(0),
        }
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Score::new(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What the requester said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// How content they are.
    pub score: Score,
    /// Their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<ContentId>,
    /// When they first said so.
    pub given_at: Timestamp,
}

impl Rating {
    /// Until when it can be changed.
    pub fn changes_until(&self) -> Timestamp {
        self.given_at.plus_days(RATING_CHANGE_DAYS)
    }
}

impl State {
    /// Whether it can be rated, or its rating changed, at an instant.
    pub fn takes_rating(&self, at: Timestamp) -> bool {
        let over = self.lifecycle == Lifecycle::Closed && self.resolution.is_some();
        let until = match (&self.rating, self.moments.closed) {
            (Some(rating), _) => rating.changes_until(),
            (None, Some(closed)) => closed.plus_days(RATE_WITHIN_DAYS),
            (None, None) => return false,
        };
        over && at <= until
    }

    /// The task that a low rating made, done or not.
    pub fn follow_up(&self) -> Option<&Task> {
        let id = self.follow_up_id();
        self.tasks.iter().find(|task| task.id == id)
    }

    /// The id of that task: that of its title, which is no other incident's, so that there is one.
    pub(crate) fn follow_up_id(&self) -> TaskId {
        TaskId(self.title.0)
    }
}

/// Days after which the requester of what was closed just now is asked, if they are.
pub(crate) fn asked_after_days(state: &State, policy: &Policy) -> Option<i64> {
    let asking = &policy.asking;
    let asked = state.lifecycle == Lifecycle::Closed
        && state.resolution.is_some()
        && state.rating.is_none()
        && is_in_sample(state, asking.survey_share);
    asked.then_some(i64::from(asking.survey_delay_days))
}

/// Whether an incident is among so many per cent. Ids of words end with chance, so that the
/// same incident is always in or out, and which are is nobody's choice.
fn is_in_sample(state: &State, share: u8) -> bool {
    state.title.0.as_u128() % 100 < u128::from(share)
}
