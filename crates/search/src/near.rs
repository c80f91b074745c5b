//! Words of the index that a mistyped one may stand for.

use crate::limits::{NEAR_KEPT, NEAR_LOOKED};
use crate::schema::Fields;
use crate::words::{distance, mistakes};
use std::cmp::Reverse;
use std::collections::HashMap;
use tantivy::query::FuzzyTermQuery;
use tantivy::{Searcher, Term};

/// Words near to this one, the nearest and most frequent first. Internal texts are looked into
/// only where they may be read. Whether a document with one of them may be seen is for the search
/// that uses them to say.
pub(crate) fn near(
    searcher: &Searcher,
    fields: &Fields,
    word: &str,
    inside: bool,
) -> tantivy::Result<Vec<String>> {
    let allowed = mistakes(word);
    if allowed == 0 {
        return Ok(vec![]);
    }
    let mut frequencies: HashMap<String, u64> = HashMap::new();
    let texts = [Some(fields.title), Some(fields.public), inside.then_some(fields.internal)];
    for field in texts.into_iter().flatten() {
        let term = Term::from_field_text(field, word);
        let automaton = FuzzyTermQuery::new(term, allowed, true).automaton()?;
        for reader in searcher.segment_readers() {
            let index = reader.inverted_index(field)?;
            let mut terms = index.terms().search(&automaton).into_stream()?;
            for _ in 0..NEAR_LOOKED {
                if !terms.advance() {
                    break;
                }
                let found = String::from_utf8_lossy(terms.key()).into_owned();
                *frequencies.entry(found).or_default() += u64::from(terms.value().doc_freq);
            }
        }
    }
    frequencies.remove(word);
    let mut near: Vec<(usize, Reverse<u64>, String)> = frequencies
        .into_iter()
        .map(|(found, frequency)| (distance(word, &found), Reverse(frequency), found))
        .collect();
    near.sort_unstable();
    near.truncate(NEAR_KEPT);
    Ok(near.into_iter().map(|(_, _, found)| found).collect())
}
