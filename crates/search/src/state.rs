//! What is written down with each commit.

use crate::limits::{KEPT_MARKS, LABEL_CHARS};
use crate::schema::VERSION;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a commit says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The version of the fields.
    version: u32,
    /// Of which database it is.
    of: String,
    /// How far the log is in it.
    pub(crate) position: Option<i64>,
    /// Other marks of whoever feeds it.
    pub(crate) marks: BTreeMap<String, String>,
    /// A sum of all this: a flipped bit must not move the position.
    sum: u64,
}

impl State {
    pub(crate) fn new(of: &str, position: Option<i64>, marks: &BTreeMap<String, String>) -> Self {
        let cut = |text: &String| text.chars().take(LABEL_CHARS).collect::<String>();
        let marks = marks.iter().take(KEPT_MARKS).map(|(k, v)| (cut(k), cut(v))).collect();
        let mut state = State { version: VERSION, of: of.to_owned(), position, marks, sum: 0 };
        state.sum = state.summed();
        state
    }

    /// The state that a commit wrote, if it is of this version and of this database.
    pub(crate) fn read(text: Option<&str>, of: &str) -> Option<Self> {
        let state: State = serde_json::from_str(text?).ok()?;
        let ours = state.version == VERSION && state.of == of && state.sum == state.summed();
        ours.then_some(state)
    }

    pub(crate) fn written(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// FNV-1a of everything else.
    fn summed(&self) -> u64 {
        let text = format!("{}\n{}\n{:?}\n{:?}", self.version, self.of, self.position, self.marks);
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_was_changed_is_not() {
        let marks = BTreeMap::from([("articles".to_owned(), "7".to_owned())]);
        let state = State::new("db", Some(41), &marks);
        let text = state.written().unwrap();
        assert_eq!(State::read(Some(&text), "db"), Some(state));
        assert_eq!(State::read(Some(&text), "other"), None);
        assert_eq!(State::read(Some(&text.replace("41", "42")), "db"), None);
        assert_eq!(State::read(Some("{"), "db"), None);
        assert_eq!(State::read(None, "db"), None);
    }
}
