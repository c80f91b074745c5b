//! A document as it is compared.

use kernel::Timestamp;

/// Words of a text that are read, so that comparing with a log of a megabyte costs no more than
/// with a long mail.
pub const WORDS_MAX: usize = 2_000;
/// Letters of a word that are kept: longer ones are keys and encoded bytes.
pub const WORD_CHARS_MAX: usize = 40;
/// Facts of a document that are kept.
const FACTS_MAX: usize = 64;
/// Letters of a part of a word.
const PART_LETTERS: usize = 4;

/// A title, a text and facts, ready to be compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Doc {
    /// In the order of their letters, each once.
    pub(super) words: Vec<Word>,
    pub(super) title_len: u32,
    pub(super) body_len: u32,
    /// Names with values, in their order, each once.
    pub(super) facts: Vec<(String, String)>,
    pub(super) at: Option<Timestamp>,
}

/// How often a folded word occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) title: u32,
    pub(super) body: u32,
    /// By what other forms of it are known.
    pub(super) parts: Vec<u32>,
}

impl Doc {
    /// A document of a title and a text, folded as searches fold them. What the text says again
    /// of the title counts as said twice.
    pub fn new(title: &str, body: &str) -> Doc {
        let (title, body) = (read(title), read(body));
        let mut all: Vec<Word> = Vec::with_capacity(title.len() + body.len());
        let (title_len, body_len) = (title.len() as u32, body.len() as u32);
        all.extend(title.into_iter().map(|text| Word {
            text,
            title: 1,
            body: 0,
            parts: Vec::new(),
        }));
        all.extend(body.into_iter().map(|text| Word {
            text,
            title: 0,
            body: 1,
            parts: Vec::new(),
        }));
        all.sort_by(|a, b| a.text.cmp(&b.text));
        all.dedup_by(|again, kept| {
            let same = again.text == kept.text;
            if same {
                kept.title += again.title;
                kept.body += again.body;
            }
            same
        });
        all.iter_mut().for_each(|word| word.parts = parts(&word.text));
        Doc { words: all, title_len, body_len, facts: Vec::new(), at: None }
    }

    /// With a fact that counts when the other has it, too: `("service", "Checkout")`.
    pub fn with(mut self, name: &str, value: &str) -> Doc {
        let fact = (name.to_owned(), value.to_owned());
        if let Err(place) = self.facts.binary_search(&fact)
            && self.facts.len() < FACTS_MAX
        {
            self.facts.insert(place, fact);
        }
        self
    }

    /// With when it came.
    pub fn at(mut self, at: Timestamp) -> Doc {
        self.at = Some(at);
        self
    }

    /// Its folded words in the order of their letters, each once.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
    }

    /// Its facts: names with values.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.facts.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many words title and text have.
    pub fn lengths(&self) -> (u32, u32) {
        (self.title_len, self.body_len)
    }
}

/// The words of a text that are kept, cut to their length.
fn read(text: &str) -> Vec<String> {
    // A word has at least one byte and a byte between it and the next; what is beyond the
    // longest that can matter is not even folded.
    let end = text.floor_char_boundary(WORDS_MAX * (WORD_CHARS_MAX + 1));
    let mut words = query::words(&text[..end]);
    words.truncate(WORDS_MAX);
    for word in &mut words {
        if let Some((end, _)) = word.char_indices().nth(WORD_CHARS_MAX) {
            word.truncate(end);
        }
    }
    words
}

/// The parts of a word by which another form of it is known: its beginning, each four letters
/// that follow each other, its end; as numbers, each once, in their order. Numbers have no forms,
/// and a short word has none that is not another word.
fn parts(word: &str) -> Vec<u32> {
    let letters: Vec<char> = ['<'].into_iter().chain(word.chars()).chain(['>']).collect();
    if letters.len() < PART_LETTERS + 2 || letters.iter().any(|letter| letter.is_numeric()) {
        return Vec::new();
    }
    let mut parts: Vec<u32> = letters.windows(PART_LETTERS).map(numbered).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// FNV-1a of letters: that two parts share a number is rare, and matters little.
fn numbered(part: &[char]) -> u32 {
    part.iter()
        .fold(0x811c_9dc5, |hash, letter| (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193))
}
