//! What is known of words among all documents, for comparing.

use ::search::Index;
use insight::similar::{Frequencies, Term};

/// Of how many incidents it is taken that one has a fact of another, such as its service.
const ONE_IN: u64 = 20;
/// What is taken where there is no index.
const DOCUMENTS: u64 = 1_000;
const CONTAINING: u64 = 10;
/// What titles and texts come to, in words: about what service desks write.
const MEAN_LENGTHS: (f64, f64) = (7.0, 60.0);

/// What the index knows, if there is one.
pub(super) struct Known<'a>(pub(super) Option<&'a Index>);

impl Frequencies for Known<'_> {
    fn documents(&self) -> u64 {
        self.0.map_or(DOCUMENTS, Index::documents)
    }

    fn containing(&self, term: Term<'_>) -> u64 {
        match (self.0, term) {
            (_, Term::Fact(..)) => self.documents() / ONE_IN,
            (Some(index), Term::Word(word)) => index.document_frequency(word).unwrap_or(0),
            (None, Term::Word(_)) => CONTAINING,
        }
    }

    fn mean_lengths(&self) -> (f64, f64) {
        MEAN_LENGTHS
    }
}
