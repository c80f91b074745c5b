//! What is known of words among all documents, for comparing.

use ::search::Index;
use insight::similar::{Frequencies, Term};
use std::cell::RefCell;
use std::collections::HashMap;

/// Of how many incidents it is taken that one has a fact of another, such as its service.
const ONE_IN: u64 = 20;
/// What is taken where there is no index.
const DOCUMENTS: u64 = 1_000;
const CONTAINING: u64 = 10;

/// What the index knows, if there is one.
pub(super) struct Known<'a> {
    index: Option<&'a Index>,
    documents: u64,
    /// What was looked up: candidates share most of their words.
    counted: RefCell<HashMap<String, u64>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(index: Option<&'a Index>) -> Known<'a> {
        let documents = index.map_or(DOCUMENTS, Index::documents);
        Known { index, documents, counted: RefCell::default() }
    }
}

impl Frequencies for Known<'_> {
    fn documents(&self) -> u64 {
        self.documents
    }

    fn containing(&self, term: Term<'_>) -> u64 {
        let (index, word) = match (self.index, term) {
            (_, Term::Fact(..)) => return self.documents / ONE_IN,
            (None, Term::Word(_)) => return CONTAINING,
            (Some(index), Term::Word(word)) => (index, word),
        };
        let mut counted = self.counted.borrow_mut();
        if let Some(known) = counted.get(word) {
            return *known;
        }
        let count = index.document_frequency(word).unwrap_or(0);
        counted.insert(word.to_owned(), count);
        count
    }
}
