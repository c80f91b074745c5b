//! Words of the index that begin as a typed one does.

use crate::limits::{BEGINNINGS_KEPT, BEGINNINGS_LOOKED};
use std::cmp::Reverse;
use std::collections::HashMap;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

/// Terms of a field that begin so; where there are very many, the most frequent of them.
pub(crate) fn beginnings(
    searcher: &Searcher,
    field: Field,
    word: &str,
) -> tantivy::Result<Vec<Term>> {
    let mut frequencies: HashMap<String, u64> = HashMap::new();
    for reader in searcher.segment_readers() {
        let index = reader.inverted_index(field)?;
        let mut terms = index.terms().range().ge(word).into_stream()?;
        for _ in 0..BEGINNINGS_LOOKED {
            if !terms.advance() || !terms.key().starts_with(word.as_bytes()) {
                break;
            }
            let found = String::from_utf8_lossy(terms.key()).into_owned();
            *frequencies.entry(found).or_default() += u64::from(terms.value().doc_freq);
        }
    }
    let mut found: Vec<(Reverse<u64>, String)> =
        frequencies.into_iter().map(|(word, frequency)| (Reverse(frequency), word)).collect();
    if found.len() > BEGINNINGS_KEPT {
        found.sort_unstable();
        found.truncate(BEGINNINGS_KEPT);
    }
    Ok(found.into_iter().map(|(_, word)| Term::from_field_text(field, &word)).collect())
}
