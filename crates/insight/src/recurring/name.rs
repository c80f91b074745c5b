//! What a cluster is called.

use crate::similar::{Corpus, Frequencies, Term, WORD_CHARS_MAX};
use kernel::InOrder;
use std::collections::BTreeMap;

/// What one is called whose incidents belong together by alerts or a problem alone. The words of
/// one of them would tell of that one, also once it is restricted.
const NAMELESS: &str = "different words";
/// Words of a name.
const NAME_WORDS: usize = 5;
/// Words of a title that are compared: more is a text.
const TITLE_WORDS: usize = 40;

/// The folded words of a title that tell a kind: without numbers, unless there is nothing else.
pub(super) fn kinds(title: &str) -> Vec<String> {
    let mut words = query::words(title);
    words.truncate(TITLE_WORDS);
    for word in &mut words {
        if let Some((end, _)) = word.char_indices().nth(WORD_CHARS_MAX) {
            word.truncate(end);
        }
    }
    let is_kind = |word: &String| !word.chars().any(char::is_numeric);
    if words.iter().any(is_kind) {
        words.retain(is_kind);
    }
    words
}

/// The words that at least half of the members say and that are rarest elsewhere, as the title of
/// the centre writes them and in its order. Never empty.
pub(super) fn named(title: &str, members: &[&[String]], corpus: &Corpus) -> String {
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    for words in members {
        let mut each: Vec<&str> = words.iter().map(String::as_str).collect();
        each.sort_unstable();
        each.dedup();
        for word in each {
            *said.entry(word).or_default() += 1;
        }
    }
    said.retain(|_, count| *count * 2 >= members.len());
    let telling = |word: &str, count: usize| {
        let all = corpus.documents() as f64;
        let elsewhere = corpus.containing(Term::Word(word)).max(1) as f64;
        count as f64 * (1.0 + all / elsewhere).ln()
    };
    let mut ranked: Vec<(f64, &str)> =
        said.iter().map(|(&word, &count)| (telling(word, count), word)).collect();
    // A single letter is what is left of a word.
    let is_whole = |(_, word): &(f64, &str)| word.chars().nth(1).is_some();
    if ranked.iter().any(is_whole) {
        ranked.retain(is_whole);
    }
    ranked.order_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    ranked.truncate(NAME_WORDS);
    let mut chosen: Vec<&str> = ranked.into_iter().map(|(_, word)| word).collect();
    let mut name: Vec<&str> = vec![];
    for part in title.split(|c: char| !c.is_alphanumeric()) {
        let folded = kinds(part);
        let before = chosen.len();
        chosen.retain(|word| !folded.iter().any(|said| said == word));
        if chosen.len() < before {
            name.push(part);
        }
    }
    if name.is_empty() { NAMELESS.to_owned() } else { name.join(" ") }
}
