//! Where the words of a search are in a text that is shown.

use crate::limits::{MARKED_BYTES, MARKS, WORD_CHARS};
use crate::typed::Wanted;
use crate::words::akin;
use std::ops::Range;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// It.
    pub text: &'a str,
    /// Whether it is one of the words.
    pub marked: bool,
}

/// The part of a longer text in which the words are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// The part.
    pub text: String,
    /// The words in it, in bytes, in order and apart.
    pub marks: Vec<Range<usize>>,
    /// Whether the text begins before it.
    pub begins_before: bool,
    /// Whether the text goes on after it.
    pub goes_on: bool,
}

/// A word of a text: where it is, and its folded words (a sign may stand for several).
struct Word {
    at: Range<usize>,
    folded: Vec<String>,
}

/// Where the words of a search are in a text, in bytes, in order and apart.
///
/// ```
/// let wanted = search::Wanted::of("drücker pap", true);
/// assert_eq!(search::marks("Kein Papier im Drucker", &wanted), [5..11, 15..22]);
/// ```
pub fn marks(text: &str, wanted: &Wanted) -> Vec<Range<usize>> {
    if wanted.is_empty() {
        return vec![];
    }
    let words = read(text);
    let mut marked = vec![false; words.len()];
    for (word, marked) in words.iter().zip(&mut marked) {
        *marked = word.folded.iter().any(|folded| is_wanted(folded, wanted));
    }
    for phrase in &wanted.phrases {
        mark_phrase(phrase, &words, &mut marked);
    }
    let found = words.into_iter().zip(marked).filter(|(_, marked)| *marked);
    found.map(|(word, _)| word.at).take(MARKS).collect()
}

/// A text in pieces, those that a search looked for marked.
pub fn mark<'a>(text: &'a str, wanted: &Wanted) -> Vec<Piece<'a>> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    for at in marks(text, wanted) {
        pieces.push(Piece { text: &text[from..at.start], marked: false });
        pieces.push(Piece { text: &text[at.clone()], marked: true });
        from = at.end;
    }
    pieces.push(Piece { text: &text[from..], marked: false });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// The part of a text, of about this many characters, in which most of the words are. None where
/// there is no word of them.
pub fn snippet(text: &str, wanted: &Wanted, chars: usize) -> Option<Snippet> {
    let marks = marks(text, wanted);
    let first = densest(&marks, chars)?;
    // A third of what is shown leads to the first word.
    let start = back(text, first.start, chars / 3);
    let end = forth(text, start, chars.max(1)).max(first.end);
    let within = marks.into_iter().filter(|at| at.start >= start && at.end <= end);
    Some(Snippet {
        text: text[start..end].to_owned(),
        marks: within.map(|at| at.start - start..at.end - start).collect(),
        begins_before: start > 0,
        goes_on: end < text.len(),
    })
}

/// The mark from which most others are within this many bytes.
fn densest(marks: &[Range<usize>], bytes: usize) -> Option<Range<usize>> {
    let (mut best, mut until) = ((0, None), 0);
    for (at, first) in marks.iter().enumerate() {
        while marks.get(until).is_some_and(|mark| mark.end <= first.start.saturating_add(bytes)) {
            until += 1;
        }
        let within = until.saturating_sub(at).max(1);
        if within > best.0 {
            best = (within, Some(first.clone()));
        }
    }
    best.1
}

/// Some characters before a place, at the beginning of a word if one is near.
fn back(text: &str, at: usize, chars: usize) -> usize {
    let start = text[..at].char_indices().rev().take(chars).last().map_or(at, |(start, _)| start);
    if start == 0 {
        return 0;
    }
    let space = text[start..at].find(char::is_whitespace);
    space.map_or(start, |space| {
        start + space + text[start + space..].chars().next().map_or(0, char::len_utf8)
    })
}

/// Some characters after a place, at the end of a word if one is near.
fn forth(text: &str, at: usize, chars: usize) -> usize {
    match text[at..].char_indices().nth(chars) {
        None => text.len(),
        Some((end, _)) => {
            let space = text[at..at + end].rfind(char::is_whitespace);
            at + space.filter(|space| *space > end / 2).unwrap_or(end)
        }
    }
}

fn is_wanted(folded: &str, wanted: &Wanted) -> bool {
    wanted.words.iter().any(|(word, stems, begins)| {
        folded == word
            || (*begins && folded.starts_with(word.as_str()))
            || (!stems.is_empty() && akin(stems, folded))
    })
}

fn mark_phrase(phrase: &[String], words: &[Word], marked: &mut [bool]) {
    if phrase.is_empty() {
        return;
    }
    // Which word of the text each folded word is of.
    let flat: Vec<(usize, &String)> = words
        .iter()
        .enumerate()
        .flat_map(|(at, word)| word.folded.iter().map(move |folded| (at, folded)))
        .collect();
    for run in flat.windows(phrase.len()) {
        if run.iter().map(|(_, folded)| *folded).eq(phrase) {
            for (at, _) in run {
                if let Some(marked) = marked.get_mut(*at) {
                    *marked = true;
                }
            }
        }
    }
}

fn read(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        if at >= MARKED_BYTES {
            break;
        }
        match (belongs(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= MARKED_BYTES);
    words.extend(start.map(|from| from..end.unwrap_or(text.len())));
    words
        .into_iter()
        .map(|at| {
            let cut = text[at.clone()].chars().take(2 * WORD_CHARS).collect::<String>();
            Word { folded: crate::words::words(&cut), at }
        })
        .filter(|word| !word.folded.is_empty())
        .collect()
}

/// Whether a sign belongs to a word: what is a letter or digit when folded, and accents.
fn belongs(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || {
        let folded = query::fold(c.encode_utf8(&mut [0; 4]));
        folded.is_empty() || folded.chars().any(char::is_alphanumeric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &str) -> Vec<String> {
        let pieces = mark(text, &Wanted::of(words, false));
        pieces.iter().filter(|p| p.marked).map(|p| p.text.to_owned()).collect()
    }

    #[test]
    fn words_are_marked_in_each_form() {
        assert_eq!(marked("Two printers, PRINTER!", "printer"), ["printers", "PRINTER"]);
        assert_eq!(marked("Zu\u{308}rich", "zurich"), ["Zu\u{308}rich"]);
        assert_eq!(marked("no toner, toner is no", "\"no toner\""), ["no", "toner"]);
        assert_eq!(marked("host 10.0.0.5 and 10.0.0.6", "10.0.0.5"), ["10", "0", "0", "5"]);
        assert_eq!(marked("as INC-42 says", "inc-42"), ["INC", "42"]);
        assert!(marked("nothing", "printer").is_empty());
    }

    #[test]
    fn near_words_are_marked_when_they_are_named() {
        let wanted = Wanted::of("pritner", false);
        assert!(marks("the printer", &wanted).is_empty());
        let marked = marks("the printer", &wanted.and(&["printer".into()]));
        assert_eq!((marked.len(), &marked[0]), (1, &(4..11)));
    }

    #[test]
    fn a_snippet_shows_where_most_words_are() {
        let text =
            format!("printer {} the printer has no toner {}", "x ".repeat(300), "y ".repeat(300));
        let wanted = Wanted::of("printer toner", false);
        let snippet = snippet(&text, &wanted, 60).unwrap();
        assert!(snippet.text.contains("printer has no toner"), "{snippet:?}");
        assert!(snippet.begins_before && snippet.goes_on);
        let words: Vec<_> = snippet.marks.iter().map(|at| &snippet.text[at.clone()]).collect();
        assert_eq!(words, ["printer", "toner"]);
        assert_eq!(super::snippet("nothing", &wanted, 60), None);
    }

    proptest::proptest! {
        #[test]
        fn pieces_are_the_text(text: String, words in "\\PC{0,40}", chars in 0usize..50) {
            let wanted = Wanted::of(&words, true);
            let pieces: String = mark(&text, &wanted).iter().map(|p| p.text).collect();
            proptest::prop_assert_eq!(&pieces, &text);
            if let Some(snippet) = snippet(&text, &wanted, chars) {
                proptest::prop_assert!(text.contains(&snippet.text));
                proptest::prop_assert!(!snippet.marks.is_empty());
                for at in snippet.marks {
                    proptest::prop_assert!(snippet.text.get(at).is_some());
                }
            }
        }
    }
}
