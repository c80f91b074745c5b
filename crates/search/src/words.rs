//! Words as they are compared: folded as [`query::fold`] folds them, and their stems.
//!
//! Nobody says in which language a text is, and many mix two. So each word is kept with its stem
//! in every language that has a stemmer, and two words are forms of one word if they share one.
//! Polish has none; there the word itself and its beginning are found.

use crate::limits::{TEXT_CHARS, WORD_CHARS};
use std::cell::RefCell;
use std::collections::HashMap;
use tantivy::tokenizer::{
    Language, RawTokenizer, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// The languages of the product that have a stemmer.
const LANGUAGES: [Language; 5] = [
    Language::English,
    Language::German,
    Language::French,
    Language::Spanish,
    Language::Portuguese,
];

/// Letters from which a word has a stem; shorter ones are what they are.
const STEMMED: usize = 4;

/// Words whose stems a thread remembers: about a megabyte. Most of a text are few words.
const REMEMBERED: usize = 10_000;

struct Stemmers {
    each: Vec<TextAnalyzer>,
    known: HashMap<String, Vec<String>>,
}

thread_local! {
    static STEMMERS: RefCell<Stemmers> = RefCell::new(Stemmers {
        each: LANGUAGES
            .iter()
            .map(|language| Stemmer::new(*language))
            .map(|stemmer| TextAnalyzer::builder(RawTokenizer::default()).filter(stemmer).build())
            .collect(),
        known: HashMap::new(),
    });
}

/// The folded words of a text in their order, each cut where it is too long to be compared.
pub(crate) fn words(text: &str) -> Vec<String> {
    let end = text.char_indices().nth(TEXT_CHARS).map_or(text.len(), |(at, _)| at);
    let mut words = query::words(&text[..end]);
    words.iter_mut().for_each(shorten);
    words
}

fn shorten(word: &mut String) {
    if word.len() > WORD_CHARS
        && let Some((at, _)) = word.char_indices().nth(WORD_CHARS)
    {
        word.truncate(at);
    }
}

/// What joins words to one: hyphens, as they are typed and as programs write them.
const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];

/// Parts that one word has at most: what has more is a name of machines or a list.
const PARTS: usize = 3;

/// The folded words of a text with their places. What hyphens join is a word of its own as well, at
/// the place of its first part: who looks for "wifi" means "Wi-Fi", too.
fn placed(text: &str) -> Vec<(usize, String)> {
    if !text.contains(HYPHENS) {
        return words(text).into_iter().enumerate().collect();
    }
    let end = text.char_indices().nth(TEXT_CHARS).map_or(text.len(), |(at, _)| at);
    let (mut placed, mut at) = (Vec::new(), 0);
    for piece in text[..end].split_whitespace() {
        let parts = words(piece);
        let joined = joined(piece, &parts);
        let after = at + parts.len();
        let mut parts = (at..).zip(parts);
        placed.extend(parts.next());
        placed.extend(joined.map(|word| (at, word)));
        placed.extend(parts);
        at = after;
    }
    placed
}

/// The parts of a piece of text as one word, if nothing but hyphens stands between them.
fn joined(piece: &str, parts: &[String]) -> Option<String> {
    let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
    let letters = |part: &String| part.chars().all(char::is_alphabetic);
    let others = bare.chars().filter(|c| !c.is_alphanumeric() && !HYPHENS.contains(c)).count();
    let hyphens = bare.matches(HYPHENS).count();
    let is_word = (2..=PARTS).contains(&parts.len())
        && others == 0
        && hyphens + 1 == parts.len()
        && parts.iter().all(letters);
    is_word.then(|| {
        let mut word = parts.concat();
        shorten(&mut word);
        word
    })
}

/// A folded word and its stems, sorted, each once. Two words are forms of one word if these
/// have something in common.
///
/// ```
/// assert!(search::stems("printers").contains(&"printer".to_owned()));
/// assert_eq!(search::stems("10"), ["10"]);
/// ```
pub fn stems(word: &str) -> Vec<String> {
    // Folded words of these languages are plain letters; with others a stemmer has no business.
    if word.len() < STEMMED || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return vec![word.to_owned()];
    }
    STEMMERS.with_borrow_mut(|stemmers| stemmers.of(word))
}

impl Stemmers {
    fn of(&mut self, word: &str) -> Vec<String> {
        if let Some(stems) = self.known.get(word) {
            return stems.clone();
        }
        let mut stems = vec![word.to_owned()];
        for stemmer in &mut self.each {
            let mut stream = stemmer.token_stream(word);
            if stream.advance() && stream.token().text.len() >= STEMMED - 1 {
                stems.push(stream.token().text.clone());
            }
        }
        stems.sort_unstable();
        stems.dedup();
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(word.to_owned(), stems.clone());
        stems
    }
}

/// Whether two folded words are forms of one word.
pub(crate) fn akin(stems: &[String], word: &str) -> bool {
    stems.iter().any(|stem| stem == word) || crate::stems(word).iter().any(|s| stems.contains(s))
}

/// Letters to insert, delete, replace, or swap with their neighbour.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                rows[i][j] = i + j;
                continue;
            }
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            let swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            rows[i][j] = if swap { least.min(rows[i - 2][j - 2] + 1) } else { least };
        }
    }
    rows[a.len()][b.len()]
}

/// How many mistakes a word may have. Words with digits are names of machines: none.
pub(crate) fn mistakes(word: &str) -> u8 {
    use crate::limits::{ONE_MISTAKE, TWO_MISTAKES};
    let letters = word.chars().count();
    match letters {
        _ if word.chars().any(|c| c.is_numeric()) || letters < ONE_MISTAKE => 0,
        _ if letters < TWO_MISTAKES => 1,
        _ => 2,
    }
}

/// Makes tokens of a text's words, or of their stems at the places of their words.
#[derive(Debug, Clone)]
pub(crate) struct Folding {
    pub(crate) stems: bool,
}

/// The tokens of one text.
pub(crate) struct Tokens {
    texts: std::vec::IntoIter<(usize, String)>,
    token: Token,
}

impl Tokenizer for Folding {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let words = placed(text);
        let texts: Vec<_> = match self.stems {
            false => words,
            true => words
                .into_iter()
                .flat_map(|(at, word)| stems(&word).into_iter().map(move |stem| (at, stem)))
                .collect(),
        };
        Tokens { texts: texts.into_iter(), token: Token::default() }
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let Some((position, text)) = self.texts.next() else { return false };
        self.token.position = position;
        self.token.text = text;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_akin_in_each_language() {
        for (a, b) in [
            ("printer", "printers"),
            ("connecting", "connected"),
            ("stoerung", "stoerungen"),
            ("drucker", "druckern"),
            ("imprimante", "imprimantes"),
            ("impresora", "impresoras"),
            ("impressora", "impressoras"),
        ] {
            assert!(akin(&stems(a), b), "{a} {b}");
        }
        assert!(!akin(&stems("printer"), "scanner"));
        assert!(!akin(&stems("10"), "100"));
    }

    #[test]
    fn mistakes_are_counted_as_people_make_them() {
        for (a, b, far) in
            [("printer", "pritner", 1), ("vpn", "vpn", 0), ("mail", "nail", 1), ("a", "", 1)]
        {
            assert_eq!(distance(a, b), far, "{a} {b}");
        }
        assert_eq!([mistakes("vpn"), mistakes("mail"), mistakes("printing")], [0, 1, 2]);
        assert_eq!(mistakes("srv0012x"), 0);
    }

    #[test]
    fn what_hyphens_join_is_one_word_too() {
        let word = |at: usize, word: &str| (at, word.to_owned());
        assert_eq!(
            placed("The Wi-Fi, e\u{2011}mail"),
            [
                word(0, "the"),
                word(1, "wi"),
                word(1, "wifi"),
                word(2, "fi"),
                word(3, "e"),
                word(3, "email"),
                word(4, "mail")
            ]
        );
        // Numbers, lists and what other signs part are no words.
        for text in ["INC-7", "a-b-c-d", "2026-11-30", "one -- two", "x-y/z", "-", "no"] {
            let parts: Vec<_> = words(text).into_iter().enumerate().collect();
            assert_eq!(placed(text), parts, "{text}");
        }
    }

    #[test]
    fn long_words_are_cut_between_letters() {
        let word = "ガ".repeat(100);
        assert_eq!(words(&word)[0].chars().count(), WORD_CHARS);
    }
}
