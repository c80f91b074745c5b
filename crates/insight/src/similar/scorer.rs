//! How much a document has of another, and why.

use super::doc::{Doc, Word};
use std::collections::BTreeMap;

/// To which power the rarity of a word counts: above one, so that one rare word tells more than
/// several common ones.
pub const RARITY_POWER: f64 = 1.5;

/// How many times a word of the title counts.
const TITLE_WEIGHT: f64 = 5.0;
/// Where the count of a word stops to matter.
const SATURATION: f64 = 8.0;
/// What another form of a word counts of the word, if all its parts were the same.
const FORM_WEIGHT: f64 = 0.5;
/// The share of parts that two words have in common, at least, to be taken for forms of one.
const FORM_SHARE_MIN: f64 = 0.5;
/// The most telling words of what is asked for of which other forms are looked for: it bounds
/// what texts cost that were made to be alike in every part.
const FORM_WORDS_MAX: usize = 64;
/// Words of a candidate by which it is told how much it says in all: of more, some evenly from
/// all of them, so that a log of a megabyte costs no more look-ups than a long mail.
const LENGTH_WORDS_MAX: usize = 128;
/// How many times a shared fact counts as a word said once.
const FACT_WEIGHT: f64 = 1.0;
/// What is taken off at most for being far in time, and after how many days half of it is.
const TIME_WEIGHT: f64 = 0.5;
const TIME_HALF_DAYS: f64 = 60.0;
/// Reasons that are told: more explain nothing.
const REASONS_MAX: usize = 8;

/// What is counted among all documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term<'a> {
    /// A folded word, in title or text.
    Word(&'a str),
    /// A fact: its name, its value.
    Fact(&'a str, &'a str),
}

/// What is known of all documents that are compared.
pub trait Frequencies {
    /// How many there are.
    fn documents(&self) -> u64;
    /// How many of them have a term; zero if nothing is known of it.
    fn containing(&self, term: Term<'_>) -> u64;
}

/// What two documents share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// The word.
    Word,
    /// Another form of the word.
    Form,
    /// A fact.
    Fact,
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Whether it is a word or a fact.
    pub shared: Shared,
    /// The folded word as the candidate has it, or the fact as "service: Checkout".
    pub words: String,
    /// Its part of the whole, from 0 to 1.
    pub share: f64,
}

/// How much a candidate has of what is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Not below 0; about 1 for a document that says the same.
    pub value: f64,
    /// Why, what tells most first.
    pub reasons: Vec<Reason>,
}

/// The score of one candidate. For several use [`Asked`], which weighs the words of what is
/// asked for only once.
pub fn score(asked: &Doc, candidate: &Doc, frequencies: &impl Frequencies) -> Score {
    Asked::of(asked, frequencies).score(candidate)
}

/// A document that others are compared with, its words weighed.
#[derive(Clone)]
pub struct Asked<'a> {
    doc: &'a Doc,
    frequencies: &'a dyn Frequencies,
    /// What each of its words is worth, rarity and count together.
    words: Vec<f64>,
    facts: Vec<f64>,
    /// Parts of its most telling words with the places of these words, in their order.
    parts: Vec<(u32, usize)>,
    /// What it would have of itself, without facts.
    itself: f64,
}

impl<'a> Asked<'a> {
    /// Weighs the words of a document.
    pub fn of(doc: &'a Doc, frequencies: &'a dyn Frequencies) -> Asked<'a> {
        let documents = frequencies.documents();
        let rarity = |term| rarity(documents, frequencies.containing(term));
        let words: Vec<f64> =
            doc.words.iter().map(|word| rarity(Term::Word(&word.text)) * counted(word)).collect();
        let facts = doc.facts().map(|(name, value)| rarity(Term::Fact(name, value)) * FACT_WEIGHT);
        let itself =
            doc.words.iter().zip(&words).map(|(word, weight)| weight * counted(word)).sum::<f64>();
        let mut asked = Asked {
            doc,
            frequencies,
            facts: facts.collect(),
            words,
            parts: Vec::new(),
            itself: itself.max(f64::MIN_POSITIVE),
        };
        for place in asked.telling_places(FORM_WORDS_MAX) {
            asked.parts.extend(doc.words[place].parts.iter().map(|part| (*part, place)));
        }
        asked.parts.sort_unstable();
        asked
    }

    /// Its `most` words that tell most, to ask an index for candidates with.
    pub fn telling(&self, most: usize) -> Vec<&'a str> {
        let doc = self.doc;
        let places = self.telling_places(most).into_iter();
        places.map(|place| doc.words[place].text.as_str()).collect()
    }

    /// Where these are; words are in the order of their letters.
    fn telling_places(&self, most: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.words.len()).collect();
        places.sort_by(|a, b| self.words[*b].total_cmp(&self.words[*a]).then_with(|| a.cmp(b)));
        places.truncate(most);
        places
    }

    /// The score of a candidate, with reasons.
    pub fn score(&self, candidate: &Doc) -> Score {
        let mut parts = Vec::new();
        self.compare(candidate, |shared, words, worth| parts.push((shared, words, worth)));
        let sum: f64 = parts.iter().map(|part| part.2).sum();
        parts.sort_by(|a, b| b.2.total_cmp(&a.2));
        let reasons = parts.into_iter().take(REASONS_MAX).map(|(shared, words, worth)| Reason {
            shared,
            words: words.said(),
            share: worth / sum,
        });
        let value = self.scaled(sum, itself(candidate, self.frequencies), candidate);
        Score { value, reasons: reasons.collect() }
    }

    /// The value of a candidate's score alone. `itself` is what the candidate has of itself.
    pub(super) fn value(&self, candidate: &Doc, itself: f64) -> f64 {
        self.scaled(self.worth(candidate), itself, candidate)
    }

    /// How much of what is asked for a candidate has, whatever else it says: about 1 for one that
    /// says all of it. Of two that each have about all of the other, both say the same.
    pub fn share(&self, candidate: &Doc) -> f64 {
        self.worth(candidate) / self.itself
    }

    fn worth(&self, candidate: &Doc) -> f64 {
        let mut sum = 0.0;
        self.compare(candidate, |_, _, worth| sum += worth);
        sum
    }

    /// The cosine of the angle between both, less for being far in time.
    fn scaled(&self, sum: f64, itself: f64, candidate: &Doc) -> f64 {
        let days = match (self.doc.at, candidate.at) {
            (Some(here), Some(there)) => here.seconds_since(there).unsigned_abs() as f64 / 86_400.0,
            _ => 0.0,
        };
        let far = days / (days + TIME_HALF_DAYS);
        // One without any word is compared as if it said as much.
        let both = if itself > 0.0 { (self.itself * itself).sqrt() } else { self.itself };
        sum / both * (1.0 - TIME_WEIGHT * far)
    }

    /// Calls `found` with everything shared and what it is worth.
    fn compare<'c>(&self, candidate: &'c Doc, mut found: impl FnMut(Shared, Said<'c>, f64)) {
        // Both are in the order of their letters: one walk through both.
        let mut there = 0;
        let mut missing = vec![true; self.words.len()];
        for ((word, weight), missing) in self.doc.words.iter().zip(&self.words).zip(&mut missing) {
            while candidate.words.get(there).is_some_and(|other| other.text < word.text) {
                there += 1;
            }
            if let Some(other) = candidate.words.get(there).filter(|other| other.text == word.text)
            {
                *missing = false;
                found(Shared::Word, Said::Word(&other.text), weight * counted(other));
            }
        }
        for (place, (other, share)) in self.forms(candidate, &missing) {
            let worth = self.words[place] * counted(other) * share * FORM_WEIGHT;
            found(Shared::Form, Said::Word(&other.text), worth);
        }
        for (fact, weight) in self.doc.facts.iter().zip(&self.facts) {
            if let Ok(place) = candidate.facts.binary_search(fact) {
                let (name, value) = &candidate.facts[place];
                found(Shared::Fact, Said::Fact(name, value), *weight);
            }
        }
    }

    /// For words that a candidate has not, by their places: its word that is most like it, and
    /// how much of the two is the same.
    fn forms<'c>(&self, candidate: &'c Doc, missing: &[bool]) -> BTreeMap<usize, (&'c Word, f64)> {
        let mut best: BTreeMap<usize, (&Word, f64)> = BTreeMap::new();
        let mut common = vec![0_u32; self.words.len()];
        let mut touched = Vec::new();
        for other in &candidate.words {
            for part in &other.parts {
                let from = self.parts.partition_point(|known| known.0 < *part);
                let same = self.parts[from..].iter().take_while(|known| known.0 == *part);
                for (_, place) in same.filter(|(_, place)| missing[*place]) {
                    if common[*place] == 0 {
                        touched.push(*place);
                    }
                    common[*place] += 1;
                }
            }
            for place in touched.drain(..) {
                let both = self.doc.words[place].parts.len() + other.parts.len();
                let share = 2.0 * f64::from(std::mem::take(&mut common[place])) / both as f64;
                let better = best.get(&place).is_none_or(|(_, before)| share > *before);
                if share >= FORM_SHARE_MIN && better {
                    best.insert(place, (other, share));
                }
            }
        }
        best
    }
}

/// What is shared, before it is said.
enum Said<'a> {
    Word(&'a str),
    Fact(&'a str, &'a str),
}

impl Said<'_> {
    fn said(&self) -> String {
        match self {
            Said::Word(word) => (*word).to_owned(),
            Said::Fact(name, value) => format!("{name}: {value}"),
        }
    }
}

/// How rare a term is, to its power. A term that everything has tells nothing.
fn rarity(documents: u64, containing: u64) -> f64 {
    let (all, some) = (documents as f64, containing.min(documents) as f64);
    (1.0 + (all - some + 0.5) / (some + 0.5)).ln().powf(RARITY_POWER)
}

/// What a document has of itself: the square of its length, each word being a direction.
pub(super) fn itself(doc: &Doc, frequencies: &dyn Frequencies) -> f64 {
    let documents = frequencies.documents();
    let each = doc.words.len().div_ceil(LENGTH_WORDS_MAX).max(1);
    let some = doc.words.iter().step_by(each);
    let times = doc.words.len() as f64 / some.len().max(1) as f64;
    let sum: f64 = some
        .map(|word| {
            let rarity = rarity(documents, frequencies.containing(Term::Word(&word.text)));
            rarity * counted(word) * counted(word)
        })
        .sum();
    sum * times
}

/// How much a document says a word: more in the title, said again in the text hardly more than
/// once; one for a word said once, rising to one and [`SATURATION`] at most. How long a document
/// is does not matter here: lengths are made equal by the cosine.
fn counted(word: &Word) -> f64 {
    let body = if word.body == 0 { 0.0 } else { 1.0 + f64::from(word.body).ln() };
    let count = TITLE_WEIGHT * f64::from(word.title) + body;
    count * (SATURATION + 1.0) / (count + SATURATION)
}
