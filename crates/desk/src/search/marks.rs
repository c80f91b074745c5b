//! How far the index is, kept in it with every commit.

use kernel::{IncidentNumber, PersonId};
use std::collections::BTreeMap;

/// Version of what documents are made of: an index of another one is filled anew.
const FORM: &str = "1";

/// How far it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Marks {
    /// The position of the log up to which it tells.
    pub(super) position: i64,
    /// The seal of that entry: with it the log is known again.
    pub(super) seal: Vec<u8>,
    /// The change of problems up to which it tells, and of articles.
    pub(super) problems: i64,
    pub(super) articles: i64,
    /// The entry of the audit up to which it tells of people.
    pub(super) audit: i64,
    /// The version of the configuration.
    pub(super) configuration: i64,
    /// The person after whom others follow, while they are filled in.
    pub(super) people_after: Option<PersonId>,
    /// Whether all people are filled in.
    pub(super) people_done: bool,
    /// Whether words were erased that may still be in its files.
    pub(super) erased: bool,
    /// The number below which incidents are missing; none when they are filled in.
    below: Option<i64>,
    begun: bool,
}

impl Marks {
    /// Those of an index that is filled from here.
    pub(super) fn begin(position: i64, seal: Vec<u8>, audit: i64) -> Marks {
        Marks { position, seal, audit, below: Some(i64::MAX), begun: true, ..Marks::default() }
    }

    /// Those that were written.
    pub(super) fn read(position: i64, written: &BTreeMap<String, String>) -> Marks {
        let text = |name: &str| written.get(name).map(String::as_str).unwrap_or_default();
        let number = |name: &str| text(name).parse::<i64>().ok();
        Marks {
            position,
            seal: from_hex(text("seal")),
            problems: number("problems").unwrap_or_default(),
            articles: number("articles").unwrap_or_default(),
            audit: number("audit").unwrap_or_default(),
            configuration: number("configuration").unwrap_or_default(),
            people_after: text("people_after").parse().ok(),
            people_done: text("people") == "done",
            erased: text("erased") == "yes",
            below: number("below"),
            begun: text("form") == FORM,
        }
    }

    /// As they are written.
    pub(super) fn written(&self) -> BTreeMap<String, String> {
        let mut written = BTreeMap::from([
            ("form".to_owned(), FORM.to_owned()),
            ("seal".to_owned(), hex(&self.seal)),
            ("problems".to_owned(), self.problems.to_string()),
            ("articles".to_owned(), self.articles.to_string()),
            ("audit".to_owned(), self.audit.to_string()),
            ("configuration".to_owned(), self.configuration.to_string()),
        ]);
        if let Some(person) = self.people_after {
            written.insert("people_after".to_owned(), person.to_string());
        }
        if self.people_done {
            written.insert("people".to_owned(), "done".to_owned());
        }
        if self.erased {
            written.insert("erased".to_owned(), "yes".to_owned());
        }
        if let Some(below) = self.below {
            written.insert("below".to_owned(), below.to_string());
        }
        written
    }

    /// Whether it was begun in the form of this program.
    pub(super) fn is_begun(&self) -> bool {
        self.begun
    }

    /// Whether incidents are missing.
    pub(super) fn is_filling(&self) -> bool {
        self.below.is_some()
    }

    /// The number below which they are.
    pub(super) fn below(&self) -> IncidentNumber {
        IncidentNumber(self.below.unwrap_or(1))
    }

    pub(super) fn fill_below(&mut self, number: IncidentNumber) {
        self.below = Some(number.0);
    }

    pub(super) fn filled(&mut self) {
        self.below = None;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_were_written() {
        let mut marks = Marks::begin(42, vec![0, 7, 255], 3);
        marks.fill_below(IncidentNumber(9));
        assert!(marks.is_filling() && marks.is_begun());
        assert_eq!(Marks::read(42, &marks.written()), marks);
        marks.filled();
        marks.people_done = true;
        marks.erased = true;
        marks.people_after =
            Some(PersonId("00000000-0000-0000-0000-000000000001".parse().unwrap()));
        assert_eq!(Marks::read(42, &marks.written()), marks);
        assert!(!Marks::read(7, &BTreeMap::new()).is_begun());
    }
}
