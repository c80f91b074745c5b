//! Reviews of some kinds of incidents are written another way than usual.

use super::{Question, Section, Template};
use kernel::{CategoryId, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// For which incidents a template is, by whether they are majors.
    Majority {
        /// Majors and others.
        All = "all",
        /// Majors alone.
        Majors = "majors",
        /// All but majors.
        Others = "others",
    }
}

/// A template for some kind of incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// What people call it.
    pub name: String,
    /// Whether it is for majors.
    pub majority: Majority,
    /// Its categories, with those below them; all when empty.
    pub categories: BTreeSet<CategoryId>,
    /// Sections that are left out.
    pub off: Vec<Section>,
    /// Questions besides, in their order.
    pub questions: Vec<Question>,
}

impl Kind {
    /// Whether an incident is of this kind; `categories` are its own and those above.
    fn is_of(&self, major: bool, categories: &[CategoryId]) -> bool {
        let by_majority = match self.majority {
            Majority::All => true,
            Majority::Majors => major,
            Majority::Others => !major,
        };
        let by_category = self.categories.is_empty()
            || categories.iter().any(|category| self.categories.contains(category));
        by_majority && by_category
    }
}

impl Template {
    /// As the review of an incident is written: as the first kind says that it is of, else as
    /// usual. `categories` are its own and those above.
    #[must_use]
    pub fn of(self, major: bool, categories: &[CategoryId]) -> Template {
        match self.kinds.iter().find(|kind| kind.is_of(major, categories)).cloned() {
            Some(kind) => Template { off: kind.off, questions: kind.questions, ..self },
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn kind(name: &str, majority: Majority, categories: &[CategoryId]) -> Kind {
        let questions = vec![Question { key: name.to_owned(), words: name.to_owned() }];
        let categories = categories.iter().copied().collect();
        Kind { name: name.to_owned(), majority, categories, off: vec![Section::Hard], questions }
    }

    #[test]
    fn the_first_kind_that_an_incident_is_of_says_how_its_review_is_written() {
        let [security, phishing, hardware] = [1, 2, 3].map(|id| CategoryId(Uuid::from_u128(id)));
        let template = Template {
            kinds: vec![
                kind("breach", Majority::Majors, &[security]),
                kind("security", Majority::All, &[security]),
                kind("small", Majority::Others, &[]),
            ],
            ..Template::default()
        };
        for (major, categories, told) in [
            (true, vec![phishing, security], Some("breach")),
            (false, vec![phishing, security], Some("security")),
            (false, vec![hardware], Some("small")),
            (false, vec![], Some("small")),
            (true, vec![hardware], None),
        ] {
            let of = template.clone().of(major, &categories);
            let key = of.questions.first().map(|question| question.key.as_str());
            assert_eq!(key, told, "{major} {categories:?}");
            assert_eq!(of.has(Section::Hard), told.is_none());
        }
    }

    #[test]
    fn what_was_stored_before_there_were_kinds_has_none() {
        let stored = r#"{"for_majors":false,"due_days":7,"off":["lessons"],"questions":[]}"#;
        let read: Template = serde_json::from_str(stored).unwrap();
        assert_eq!((read.due_days, read.kinds), (7, vec![]));
    }
}
