//! What is looked for, and what is found.

use crate::document::Kind;
use kernel::Timestamp;
use std::collections::BTreeMap;

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wish {
    /// Words, `"quoted phrases"` and numbers as typed. All of them must be there. Empty: everything
    /// that meets the filters, the newest first.
    pub text: String,
    /// Whether the last word is being typed, so that it may be the beginning of a longer one.
    pub typing: bool,
    /// What kinds; none means any.
    pub kinds: Vec<Kind>,
    /// All of these must be met.
    pub filters: Vec<Filter>,
    /// How many hits.
    pub limit: usize,
    /// How many hits are skipped.
    pub offset: usize,
    /// The names of labels whose values are counted over all hits.
    pub facets: Vec<String>,
    /// What "newer" is measured from. Without it the age of a document does not matter.
    pub now: Option<Timestamp>,
}

impl Wish {
    /// A search for these words.
    pub fn of(text: impl Into<String>) -> Self {
        Wish { text: text.into(), limit: 20, ..Wish::default() }
    }
}

/// A label that hits must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The name of the label.
    pub name: String,
    /// Values, of which one is enough.
    pub any: Vec<String>,
    /// Whether hits must have none of them instead.
    pub not: bool,
}

/// Where words were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// It has the number that was typed.
    Number,
    /// In its title.
    Title,
    /// In the text that everybody may read who may read it.
    Text,
    /// In the internal text. Only for those who see all of it.
    Internal,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its number or id.
    pub id: String,
    /// How well it fits; only of use to compare hits of one search.
    pub score: f32,
    /// Where words as typed were found. Empty where only other forms of them were.
    pub places: Vec<Place>,
}

/// How the hits are spread over one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The name of the label.
    pub name: String,
    /// The values with the most hits first.
    pub values: Vec<FacetValue>,
}

/// A value and how many hits have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The value of the label.
    pub value: String,
    /// How many hits have it.
    pub count: u64,
}

/// What was found, all of it within what may be seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// How many documents meet it.
    pub total: u64,
    /// How many of each kind, of those that are met.
    pub kinds: BTreeMap<Kind, u64>,
    /// The best of them.
    pub hits: Vec<Hit>,
    /// How they are spread, in the order that was asked for.
    pub facets: Vec<Facet>,
    /// What was taken to be meant, where the words as typed find nothing.
    pub corrected: Option<String>,
    /// Words that were taken for those typed, mistakes forgiven: [`crate::marks`] shows them.
    pub near: Vec<String>,
}
