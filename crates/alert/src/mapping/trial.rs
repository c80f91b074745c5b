//! Trying a mapping on a payload, so that whoever writes one sees what becomes of it.

use super::expression::{Ground, elements};
use super::fields::{Field, Mapping};
use crate::Reading;
use kernel::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Elements whose fields are shown one by one.
const SHOWN: usize = 5;
/// Characters of a value that are shown.
const SHOWN_CHARS: usize = 500;

/// What one expression gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The field.
    pub field: Field,
    /// Its expression, as it was written.
    pub expression: String,
    /// What that gave, before the field made something of it; `None` if nothing.
    pub value: Option<String>,
}

/// What became of a payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// For the first elements, what each field gave.
    pub elements: Vec<Vec<Outcome>>,
    /// The signals, and what was noted.
    pub reading: Reading,
}

impl Mapping {
    /// Reads a document and shows how.
    ///
    /// ```
    /// let mapping = alert::mapping::Mapping::parse([("title", "name"), ("key", "uid")]).unwrap();
    /// let now = "2026-11-23T05:00:00Z".parse().unwrap();
    /// let trial = mapping.attempt(&serde_json::json!({"name": "Disk full"}), now, "fresh");
    /// assert_eq!(trial.elements[0][0].value, None);
    /// assert_eq!(trial.elements[0][1].value.as_deref(), Some("Disk full"));
    /// ```
    pub fn attempt(&self, document: &Value, now: Timestamp, fresh: &str) -> Trial {
        let mut ground = Ground::new(document);
        let list = match self.fields.get(&Field::Each) {
            Some((_, each)) => elements(each, &mut ground),
            None => vec![document],
        };
        let shown = list.into_iter().take(SHOWN).map(|element| {
            ground.element = element;
            let fields = self.fields.iter().filter(|(field, _)| **field != Field::Each);
            let outcome = |(field, (expression, _)): (&Field, &(String, _))| Outcome {
                field: *field,
                expression: expression.clone(),
                value: self
                    .text(&mut ground, *field)
                    .map(|text| text.chars().take(SHOWN_CHARS).collect()),
            };
            fields.map(outcome).collect()
        });
        let elements = shown.collect();
        Trial { elements, reading: self.read(document, now, fresh) }
    }
}
