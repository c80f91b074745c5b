//! Words as they are compared: folded as [`query::fold`] folds them, and their stems.
//!
//! Nobody says in which language a text is, and many mix two. So each word is kept with its stem
//! in every language that has a stemmer, and two words are forms of one word if they share one.
//! Polish has none; there the word itself and its beginning are found.

use crate::limits::{TEXT_CHARS, WORD_CHARS};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
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

/// Words that came lately and whose stems are remembered, and as many that came before them: some
/// megabytes. Most of a text are few words.
const REMEMBERED: usize = 40_000;

/// What stands between two stems that are remembered: no letter.
const BETWEEN: &str = " ";

/// Stems of words that came lately, [`BETWEEN`] each two of them.
#[derive(Default)]
struct Known {
    new: HashMap<Box<str>, Arc<str>>,
    old: HashMap<Box<str>, Arc<str>>,
}

impl Known {
    fn get(&mut self, word: &str) -> Option<Arc<str>> {
        if let Some(stems) = self.new.get(word) {
            return Some(stems.clone());
        }
        let stems = self.old.get(word)?.clone();
        self.put(word, stems.clone());
        Some(stems)
    }

    fn put(&mut self, word: &str, stems: Arc<str>) {
        if self.new.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(word.into(), stems);
    }

    /// A word that has stems, and these, sorted, each once, [`BETWEEN`] each two of them.
    fn stems(&mut self, word: &str) -> Arc<str> {
        let remembered = self.get(word);
        remembered.unwrap_or_else(|| {
            let stems = STEMMERS.with_borrow_mut(|stemmers| each_stem(stemmers, word));
            self.put(word, stems.clone());
            stems
        })
    }
}

// For all threads: after each commit another one reads the texts, and it would know nothing.
static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(|| Mutex::new(Known::default()));

thread_local! {
    static STEMMERS: RefCell<Vec<TextAnalyzer>> = RefCell::new(
        LANGUAGES
            .iter()
            .map(|language| Stemmer::new(*language))
            .map(|stemmer| TextAnalyzer::builder(RawTokenizer::default()).filter(stemmer).build())
            .collect(),
    );
}

/// What of a text gets into the index.
pub(crate) fn beginning(text: &str) -> &str {
    // It has as many bytes as characters, or more.
    if text.len() <= TEXT_CHARS {
        return text;
    }
    text.char_indices().nth(TEXT_CHARS).map_or(text, |(at, _)| &text[..at])
}

/// The folded words of a text in their order, each cut where it is too long to be compared.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded = query::fold(beginning(text));
    query::folded_words(&folded).map(|word| shortened(word).to_owned()).collect()
}

fn shortened(word: &str) -> &str {
    if word.len() <= WORD_CHARS {
        return word;
    }
    word.char_indices().nth(WORD_CHARS).map_or(word, |(at, _)| &word[..at])
}

/// What joins words to one: hyphens, as they are typed and as programs write them.
const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];

/// Parts that one word has at most: what has more is a name of machines or a list.
const PARTS: usize = 3;

/// Takes the folded words of a text with their places. What hyphens join is a word of its own as
/// well, at the place of its first part: who looks for "wifi" means "Wi-Fi", too.
fn placed(text: &str, mut take: impl FnMut(usize, &str)) {
    let (text, mut at) = (beginning(text), 0);
    if !text.contains(HYPHENS) {
        return apart(text, &mut at, &mut take);
    }
    for piece in text.split_whitespace() {
        if !piece.contains(HYPHENS) {
            apart(piece, &mut at, &mut take);
            continue;
        }
        let parts = words(piece);
        for (number, part) in parts.iter().enumerate() {
            take(at + number, part);
            if number == 0
                && let Some(joined) = joined(piece, &parts)
            {
                take(at, &joined);
            }
        }
        at += parts.len();
    }
}

/// Takes the folded words of a text in which nothing is joined, from this place on.
fn apart(text: &str, at: &mut usize, take: &mut impl FnMut(usize, &str)) {
    let folded = query::fold(text);
    for word in query::folded_words(&folded) {
        take(*at, shortened(word));
        *at += 1;
    }
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
    is_word.then(|| shortened(&parts.concat()).to_owned())
}

/// A folded word and its stems, sorted, each once. Two words are forms of one word if these
/// have something in common.
///
/// ```
/// assert!(search::stems("printers").contains(&"printer".to_owned()));
/// assert_eq!(search::stems("10"), ["10"]);
/// ```
pub fn stems(word: &str) -> Vec<String> {
    match has_stems(word) {
        true => known().stems(word).split(BETWEEN).map(str::to_owned).collect(),
        false => vec![word.to_owned()],
    }
}

/// Whether a folded word may have stems other than itself. Folded words of these languages are
/// plain letters; with others a stemmer has no business.
fn has_stems(word: &str) -> bool {
    word.len() >= STEMMED && word.bytes().all(|b| b.is_ascii_lowercase())
}

fn known() -> MutexGuard<'static, Known> {
    // Whatever is in it is true.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn each_stem(stemmers: &mut [TextAnalyzer], word: &str) -> Arc<str> {
    let mut stems = vec![word.to_owned()];
    for stemmer in stemmers {
        let mut stream = stemmer.token_stream(word);
        if stream.advance() && stream.token().text.len() >= STEMMED - 1 {
            stems.push(stream.token().text.clone());
        }
    }
    stems.sort_unstable();
    stems.dedup();
    stems.join(BETWEEN).into()
}

/// Whether two folded words are forms of one word.
pub(crate) fn akin(stems: &[String], word: &str) -> bool {
    let is_one = |stem: &str| stems.iter().any(|one| one == stem);
    is_one(word) || (has_stems(word) && known().stems(word).split(BETWEEN).any(is_one))
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

/// Makes tokens of a text's words at their places, or of the stems of each of its words, of which
/// nobody asks where they stand or how often.
#[derive(Debug, Clone)]
pub(crate) struct Folding {
    stems: bool,
    /// Words and tokens of the text that is read just now; their memory serves the next one.
    words: Row,
    row: Row,
}

/// Tokens in their order.
#[derive(Debug, Clone, Default)]
struct Row {
    /// Their letters, one after another.
    letters: String,
    /// The place of each, and where its letters end.
    each: Vec<(usize, usize)>,
}

impl Row {
    fn push(&mut self, at: usize, token: &str) {
        self.letters.push_str(token);
        self.each.push((at, self.letters.len()));
    }

    fn clear(&mut self) {
        self.letters.clear();
        self.each.clear();
    }

    /// The different tokens, sorted.
    fn different(&self) -> Vec<&str> {
        let mut from = 0;
        let token =
            |(_, end): &(usize, usize)| &self.letters[std::mem::replace(&mut from, *end)..*end];
        let mut all: Vec<&str> = self.each.iter().map(token).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Folding {
    /// Makes words.
    pub(crate) fn words() -> Self {
        Folding { stems: false, words: Row::default(), row: Row::default() }
    }

    /// Makes stems.
    pub(crate) fn stems() -> Self {
        Folding { stems: true, words: Row::default(), row: Row::default() }
    }

    fn read(&mut self, text: &str) {
        let Folding { stems, words, row } = self;
        row.clear();
        if !*stems {
            return placed(text, |at, word| row.push(at, word));
        }
        words.clear();
        placed(text, |at, word| words.push(at, word));
        let mut known = known();
        for (at, word) in words.different().into_iter().enumerate() {
            match has_stems(word) {
                true => known.stems(word).split(BETWEEN).for_each(|stem| row.push(at, stem)),
                false => row.push(at, word),
            }
        }
    }
}

/// The tokens of one text.
pub(crate) struct Tokens<'a> {
    row: &'a Row,
    /// Which is next, and where its letters begin.
    next: usize,
    from: usize,
    token: Token,
}

impl Tokenizer for Folding {
    type TokenStream<'a> = Tokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens<'a> {
        self.read(text);
        Tokens { row: &self.row, next: 0, from: 0, token: Token::default() }
    }
}

impl TokenStream for Tokens<'_> {
    fn advance(&mut self) -> bool {
        let Some(&(position, end)) = self.row.each.get(self.next) else { return false };
        self.token.position = position;
        self.token.text.clear();
        self.token.text.push_str(&self.row.letters[self.from..end]);
        (self.next, self.from) = (self.next + 1, end);
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
    use std::collections::BTreeSet;

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

    fn placed(text: &str) -> Vec<(usize, String)> {
        tokens(&mut Folding::words(), text)
    }

    fn tokens(folding: &mut Folding, text: &str) -> Vec<(usize, String)> {
        let (mut stream, mut tokens) = (folding.token_stream(text), Vec::new());
        while stream.advance() {
            tokens.push((stream.token().position, stream.token().text.clone()));
        }
        tokens
    }

    #[test]
    fn each_text_has_the_stems_of_its_own_words() {
        let mut folding = Folding::stems();
        for text in ["Printers are broken, printers!", "Wi-Fi für Drucker 10", "", "Störungen"] {
            let different: BTreeSet<String> = placed(text).into_iter().map(|one| one.1).collect();
            let wanted: Vec<String> = different.iter().flat_map(|word| stems(word)).collect();
            let found = tokens(&mut folding, text).into_iter().map(|one| one.1);
            assert_eq!(found.collect::<Vec<_>>(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_remembered_of_words_stays_the_same() {
        let word = |n: usize| {
            let letters =
                [n, n / 26, n / 676, n / 17_576].map(|n| char::from(b'a' + (n % 26) as u8));
            letters.into_iter().chain("ings".chars()).collect::<String>()
        };
        let before: Vec<_> = (0..50).map(|n| stems(&word(n))).collect();
        let all = 2 * REMEMBERED + 100;
        assert!((0..all).all(|n| stems(&word(n)).contains(&word(n))));
        let after: Vec<_> = (0..50).map(|n| stems(&word(n))).collect();
        assert_eq!(after, before);
        let known = known();
        assert!(known.new.len() <= REMEMBERED && known.old.len() <= REMEMBERED);
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
