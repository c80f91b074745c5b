//! What is alike: how much one document (an incident, a problem, an article) has of another.
//!
//! One scorer has two uses: [`Corpus`] ranks a set in memory, for evaluation and tests; the
//! product takes candidates from the search index and gives each its [`score`], with what the
//! index knows of words ([`Frequencies`]).
//!
//! **What counts.** Words that both have. A rare word counts more than a common one
//! (`idf`, to the power [`RARITY_POWER`]); a word in the title more than one in the text; the
//! tenth time a word is said hardly more than the third (as in BM25). Another form of a word,
//! which shares half of its four-letter parts, counts in part. What is shared is then divided by
//! how much both say, so that a long text is not more alike because it has more words: the value
//! is the cosine of the angle between two vectors of words (Salton and Buckley 1988). Facts that
//! both have (the service, labels of an alert) count like words, with their own weight. What is
//! near in time counts a little more.
//!
//! **Why** comes with it: each shared word and fact with its share of the score.
//!
//! ```
//! use insight::similar::{Corpus, Doc};
//!
//! let mut corpus = Corpus::default();
//! corpus.add(Doc::new("Printer in room 4 prints blank pages", ""));
//! corpus.add(Doc::new("VPN drops every few minutes", "since the update of the client"));
//! let found = corpus.rank(&Doc::new("vpn client drops after the update", ""), 5);
//! assert_eq!(found[0].place, 1);
//! assert_eq!(found[0].score.reasons[0].words, "drops");
//! ```

mod corpus;
mod doc;
mod scorer;

pub use corpus::{Corpus, Ranked};
pub use doc::{Doc, WORD_CHARS_MAX, WORDS_MAX};
pub use scorer::{Asked, Frequencies, RARITY_POWER, Reason, Score, Shared, Term, score};
