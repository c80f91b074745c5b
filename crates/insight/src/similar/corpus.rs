//! A set of documents in memory.

use super::doc::Doc;
use super::scorer::{Asked, Frequencies, Score, Term, itself};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Documents that are compared with each other, with what is counted among them.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    docs: Vec<Doc>,
    words: BTreeMap<String, u64>,
    facts: BTreeMap<(String, String), u64>,
    /// What each document has of itself, reckoned once somebody asks after the last was added.
    themselves: OnceLock<Vec<f64>>,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its place in the corpus, from 0, in the order in which they were added.
    pub place: usize,
    /// How much it has of what was asked for, and why.
    pub score: Score,
}

impl Corpus {
    /// Takes a document in and counts what it has.
    pub fn add(&mut self, doc: Doc) {
        for word in doc.words() {
            // Most words are known: no copy for them.
            match self.words.get_mut(word) {
                Some(count) => *count += 1,
                None => {
                    self.words.insert(word.to_owned(), 1);
                }
            }
        }
        for fact in &doc.facts {
            *self.facts.entry(fact.clone()).or_default() += 1;
        }
        self.docs.push(doc);
        self.themselves.take();
    }

    /// The document at a place.
    pub fn get(&self, place: usize) -> Option<&Doc> {
        self.docs.get(place)
    }

    /// The `most` documents that are most alike, the best first; those with nothing in common
    /// are left out. Equal ones come in the order in which they were added.
    pub fn rank(&self, asked: &Doc, most: usize) -> Vec<Ranked> {
        self.rank_without(asked, None, most)
    }

    /// The same for a document of the corpus, which is not found itself.
    pub fn rank_others(&self, place: usize, most: usize) -> Vec<Ranked> {
        match self.get(place) {
            Some(asked) => self.rank_without(asked, Some(place), most),
            None => Vec::new(),
        }
    }

    /// The places of all others by how alike they are to a document of the corpus, the best
    /// first, without reasons.
    pub fn order_others(&self, place: usize) -> Vec<usize> {
        let Some(asked) = self.get(place) else {
            return Vec::new();
        };
        let others = self.values(asked, Some(place));
        others.into_iter().map(|(place, _)| place).collect()
    }

    fn rank_without(&self, asked: &Doc, without: Option<usize>, most: usize) -> Vec<Ranked> {
        let weighed = Asked::of(asked, self);
        let mut found = self.values(asked, without);
        found.retain(|(_, value)| *value > 0.0);
        found.truncate(most);
        let explained =
            |(place, _): (usize, f64)| Ranked { place, score: weighed.score(&self.docs[place]) };
        found.into_iter().map(explained).collect()
    }

    /// Places with values, the best first; equal ones in their order.
    fn values(&self, asked: &Doc, without: Option<usize>) -> Vec<(usize, f64)> {
        let weighed = Asked::of(asked, self);
        let themselves =
            self.themselves.get_or_init(|| self.docs.iter().map(|doc| itself(doc, self)).collect());
        let docs = self.docs.iter().zip(themselves).enumerate();
        let others = docs.filter(|(place, _)| Some(*place) != without);
        let mut found: Vec<(usize, f64)> =
            others.map(|(place, (doc, itself))| (place, weighed.value(doc, *itself))).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found
    }
}

impl Frequencies for Corpus {
    fn documents(&self) -> u64 {
        self.docs.len() as u64
    }

    fn containing(&self, term: Term<'_>) -> u64 {
        match term {
            Term::Word(word) => self.words.get(word).copied().unwrap_or(0),
            Term::Fact(name, value) => {
                let fact = (name.to_owned(), value.to_owned());
                self.facts.get(&fact).copied().unwrap_or(0)
            }
        }
    }
}
