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
const BETWEEN: char = ' ';

/// Bytes that a token of a row shares with the one before, at most.
const SHARED_MAX: usize = 15;
/// What a step to the next place counts beside them in the sign before a token.
const STEP: usize = SHARED_MAX + 1;
/// All signs are below: control characters, which no word has.
const SIGNS: u8 = 2 * STEP as u8;

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

// For all threads: any of them may be the next that puts a text in, and it would know nothing.
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
    stems.join(BETWEEN.to_string().as_str()).into()
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

/// The folded words of a text at their places.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Their letters, one after another.
    letters: String,
    /// The place of each, and where its letters end.
    each: Vec<(usize, usize)>,
}

impl Words {
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Words::default();
        placed(text, |at, word| {
            words.letters.push_str(word);
            words.each.push((at, words.letters.len()));
        });
        words
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut from = 0;
        self.each.iter().map(move |(at, end)| {
            let begin = std::mem::replace(&mut from, *end);
            (*at, &self.letters[begin..*end])
        })
    }

    /// They as a row of tokens. Empty where there are none.
    pub(crate) fn row(&self) -> String {
        let (mut row, mut before) = (Row::default(), 0);
        for (at, word) in self.iter() {
            row.push(at - before, word);
            before = at;
        }
        row.text
    }
}

/// The stems of these words as a row of tokens; nobody asks where they stand or how often.
pub(crate) fn stems_row(texts: &[&Words]) -> String {
    let mut different: Vec<&str> =
        texts.iter().flat_map(|words| words.iter()).map(|(_, word)| word).collect();
    different.sort_unstable();
    different.dedup();
    let (mut row, mut known) = (Row::default(), known());
    for word in different {
        match has_stems(word) {
            true => known.stems(word).split(BETWEEN).for_each(|stem| row.push(0, stem)),
            false => row.push(0, word),
        }
    }
    row.text
}

/// Tokens as one text: made by whoever puts a document in, so that the one thread that writes the
/// index only takes it apart. Before each stands a sign that says how far behind the one before
/// its place is, and how many bytes they share at their beginning: stems of a word are alike.
#[derive(Debug, Default)]
struct Row {
    text: String,
    last: String,
}

impl Row {
    /// Adds a token, at the place of the one before or one `step` behind it.
    fn push(&mut self, step: usize, token: &str) {
        let pairs = self.last.bytes().zip(token.bytes()).take(SHARED_MAX);
        let same = pairs.take_while(|(a, b)| a == b).count();
        let shared = token.floor_char_boundary(same);
        let letters = &token[shared..];
        self.text.push(char::from((step.min(1) * STEP + shared) as u8));
        self.text.push_str(letters);
        self.last.truncate(shared);
        self.last.push_str(letters);
    }
}

/// Takes rows of tokens apart.
#[derive(Debug, Clone)]
pub(crate) struct Rows;

/// The tokens of one row.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
    token: Token,
}

impl Tokenizer for Rows {
    type TokenStream<'a> = Tokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens<'a> {
        Tokens { rest: text, token: Token { position: 0, ..Token::default() } }
    }
}

impl TokenStream for Tokens<'_> {
    fn advance(&mut self) -> bool {
        let Some((sign, behind)) = self.rest.split_at_checked(1) else { return false };
        let sign = usize::from(sign.as_bytes()[0]);
        let end = behind.bytes().position(|byte| byte < SIGNS).unwrap_or(behind.len());
        let (letters, rest) = behind.split_at(end);
        self.token.position += sign / STEP;
        self.token.text.truncate(sign % STEP);
        self.token.text.push_str(letters);
        self.rest = rest;
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
    use proptest::prelude::*;
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
        tokens(&Words::of(text).row())
    }

    fn tokens(row: &str) -> Vec<(usize, String)> {
        let mut rows = Rows;
        let (mut stream, mut tokens) = (rows.token_stream(row), Vec::new());
        while stream.advance() {
            tokens.push((stream.token().position, stream.token().text.clone()));
        }
        tokens
    }

    #[test]
    fn each_text_has_the_stems_of_its_own_words() {
        for text in ["Printers are broken, printers!", "Wi-Fi für Drucker 10", "", "Störungen"] {
            let different: BTreeSet<String> = placed(text).into_iter().map(|one| one.1).collect();
            let wanted: Vec<String> = different.iter().flat_map(|word| stems(word)).collect();
            let found = tokens(&stems_row(&[&Words::of(text)])).into_iter().map(|one| one.1);
            assert_eq!(found.collect::<Vec<_>>(), wanted, "{text}");
        }
    }

    #[test]
    fn what_two_texts_say_is_stemmed_once() {
        let both = stems_row(&[&Words::of("Printers in Köln"), &Words::of("The printers, again")]);
        assert_eq!(both, stems_row(&[&Words::of("again in Köln: the printers")]));
        assert_eq!(stems_row(&[&Words::of("?"), &Words::of("")]), "");
    }

    proptest! {
        #[test]
        fn a_row_is_read_as_it_was_written(
            wanted in prop::collection::vec((0..2usize, "[a-cäが한0]{1,24}"), 0..12),
        ) {
            let (mut row, mut place, mut placed) = (Row::default(), 0, Vec::new());
            for (step, token) in wanted {
                row.push(step, &token);
                place += step;
                placed.push((place, token));
            }
            prop_assert_eq!(tokens(&row.text), placed);
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
