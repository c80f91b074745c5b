//! How much a document has of another, and why.

use super::doc::{Doc, Word};

/// To which power the rarity of a word counts: above one, so that one rare word tells more than
/// several common ones.
pub const RARITY_POWER: f64 = 2.0;

/// How many times a word of the title counts.
const TITLE_WEIGHT: f64 = 4.0;
/// Where the count of a word stops to matter, for the document that is asked for and for the
/// candidate.
const ASKED_SATURATION: f64 = 3.0;
const SATURATION: f64 = 3.0;
/// How far a longer text makes each of its words count less, from 0 to 1.
const TITLE_LENGTH: f64 = 0.3;
const BODY_LENGTH: f64 = 0.6;
/// What another form of a word counts of the word.
const FORM_WEIGHT: f64 = 0.8;
/// Letters that forms of one word have in common at their beginning, at least.
const FORM_LETTERS_MIN: usize = 4;
/// The part of the longer one's letters that they have in common, at least.
const FORM_PART_MIN: f64 = 0.6;
/// How many times a shared fact counts as a word said once.
const FACT_WEIGHT: f64 = 1.0;
/// What is taken off at most for being far in time, and after how many days half of it is.
const TIME_WEIGHT: f64 = 0.3;
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
    /// How many words titles and texts have on average.
    fn mean_lengths(&self) -> (f64, f64);
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
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    doc: &'a Doc,
    /// What each of its words is worth, rarity and count together.
    words: Vec<f64>,
    facts: Vec<f64>,
    means: (f64, f64),
    /// What it would have of itself, without facts.
    itself: f64,
}

impl<'a> Asked<'a> {
    /// Weighs the words of a document.
    pub fn of(doc: &'a Doc, frequencies: &impl Frequencies) -> Asked<'a> {
        let (title, body) = frequencies.mean_lengths();
        let means = (title.max(1.0), body.max(1.0));
        let documents = frequencies.documents();
        let rarity = |term| rarity(documents, frequencies.containing(term));
        let counted = |word: &Word| count(word, doc, means);
        let words: Vec<f64> = doc
            .words
            .iter()
            .map(|word| rarity(Term::Word(&word.text)) * saturated(counted(word), ASKED_SATURATION))
            .collect();
        let facts = doc.facts().map(|(name, value)| rarity(Term::Fact(name, value)) * FACT_WEIGHT);
        let itself = doc
            .words
            .iter()
            .zip(&words)
            .map(|(word, weight)| weight * saturated(counted(word), SATURATION))
            .sum::<f64>();
        Asked { doc, facts: facts.collect(), words, means, itself: itself.max(f64::MIN_POSITIVE) }
    }

    /// Its `most` words that tell most, to ask an index for candidates with.
    pub fn telling(&self, most: usize) -> Vec<&'a str> {
        let mut ranked: Vec<(f64, &str)> =
            self.words.iter().copied().zip(self.doc.words()).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        ranked.into_iter().take(most).map(|(_, word)| word).collect()
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
        Score { value: self.scaled(sum, candidate), reasons: reasons.collect() }
    }

    /// The value of a candidate's score alone.
    pub fn value(&self, candidate: &Doc) -> f64 {
        let mut sum = 0.0;
        self.compare(candidate, |_, _, worth| sum += worth);
        self.scaled(sum, candidate)
    }

    fn scaled(&self, sum: f64, candidate: &Doc) -> f64 {
        let days = match (self.doc.at, candidate.at) {
            (Some(here), Some(there)) => here.seconds_since(there).unsigned_abs() as f64 / 86_400.0,
            _ => 0.0,
        };
        let far = days / (days + TIME_HALF_DAYS);
        sum / self.itself * (1.0 - TIME_WEIGHT * far)
    }

    /// Calls `found` with everything shared and what it is worth.
    fn compare<'c>(&self, candidate: &'c Doc, mut found: impl FnMut(Shared, Said<'c>, f64)) {
        // Both are in the order of their letters: one walk through both.
        let mut there = 0;
        for (word, weight) in self.doc.words.iter().zip(&self.words) {
            while candidate.words.get(there).is_some_and(|other| other.text < word.text) {
                there += 1;
            }
            let same = candidate.words.get(there).filter(|other| other.text == word.text);
            let (shared, other, of_it) = match same {
                Some(other) => (Shared::Word, other, 1.0),
                None => match form(&word.text, &candidate.words, there) {
                    Some((other, alike)) => (Shared::Form, other, FORM_WEIGHT * alike),
                    None => continue,
                },
            };
            let counted = saturated(count(other, candidate, self.means), SATURATION);
            found(shared, Said::Word(&other.text), weight * counted * of_it);
        }
        for (fact, weight) in self.doc.facts.iter().zip(&self.facts) {
            if let Ok(place) = candidate.facts.binary_search(fact) {
                let (name, value) = &candidate.facts[place];
                found(Shared::Fact, Said::Fact(name, value), *weight);
            }
        }
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

/// How often a document says a word: more for the title, less in a long text.
fn count(word: &Word, doc: &Doc, means: (f64, f64)) -> f64 {
    let shortened = |times: u32, len: u32, mean: f64, by: f64| {
        f64::from(times) / (1.0 - by + by * f64::from(len) / mean)
    };
    TITLE_WEIGHT * shortened(word.title, doc.title_len, means.0, TITLE_LENGTH)
        + shortened(word.body, doc.body_len, means.1, BODY_LENGTH)
}

/// One for a word said once; it rises to one and `at` at most.
fn saturated(count: f64, at: f64) -> f64 {
    count * (at + 1.0) / (count + at)
}

/// The word among others, in their order, that begins most like this one, which would be at
/// `place`, and how much of the two is alike.
fn form<'c>(word: &str, others: &'c [Word], place: usize) -> Option<(&'c Word, f64)> {
    let before = place.checked_sub(1).and_then(|place| others.get(place));
    [before, others.get(place)]
        .into_iter()
        .flatten()
        .filter_map(|other| Some((other, alike(word, &other.text)?)))
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
}

/// The part of letters that two words have in common at their beginning, if it is enough to be
/// forms of one. Numbers have no forms.
fn alike(a: &str, b: &str) -> Option<f64> {
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    if common < FORM_LETTERS_MIN || a.chars().take(common).any(char::is_numeric) {
        return None;
    }
    let part = common as f64 / a.chars().count().max(b.chars().count()) as f64;
    (part >= FORM_PART_MIN).then_some(part)
}
