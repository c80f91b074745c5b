//! What is seen of an incident.

use serde::{Deserialize, Serialize};

/// Words of a text that are read: what something is about is said at its beginning.
pub const WORDS_MAX: usize = 300;
/// Letters of a word that are read.
const WORD_CHARS_MAX: usize = 40;
/// Facts that are read.
const FACTS_MAX: usize = 32;
/// Letters of a part of a word.
const PART_CHARS: usize = 4;
/// Places that features are counted in, as a power of two: few of a million share one.
pub(super) const SLOT_BITS: u32 = 22;

/// The text of an incident and what else is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    title: String,
    body: String,
    facts: Vec<(String, String)>,
}

impl Features {
    /// Of a title and a text, either of which may be empty.
    pub fn of(title: &str, body: &str) -> Features {
        Features { title: title.to_owned(), body: body.to_owned(), facts: Vec::new() }
    }

    /// With a fact: `("service", "Checkout")`, `("channel", "phone")`, `("hour", "9")`.
    pub fn with(mut self, name: &str, value: &str) -> Features {
        self.facts.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes it apart as a model of this kind sees it.
    pub(super) fn seen(&self, sight: Sight) -> Seen {
        let mut words = read(&self.title);
        let title = words.len();
        words.extend(read(&self.body));
        words.truncate(WORDS_MAX);
        let mut seen =
            Seen { facts: Vec::new(), features: Vec::with_capacity(words.len() * 8), words };
        for place in 0..seen.words.len() {
            seen.word(place, sight);
            // The last word of the title and the first of the text are no pair.
            if sight == Sight::Whole && place + 1 != title {
                seen.pair(place);
            }
        }
        for (name, value) in self.facts.iter().take(FACTS_MAX) {
            let place = seen.facts.len() as u32;
            let slot = slot(b'f', &[&query::fold(name), &query::fold(value)]);
            seen.features.push(Feature { slot, kind: Kind::Fact, place });
            seen.facts.push(format!("{name}: {value}"));
        }
        seen
    }
}

/// How much of a text a model sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Sight {
    /// Words, pairs of them, parts of them.
    Whole,
    /// Words alone, for comparison.
    Words,
}

/// An incident taken apart.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) words: Vec<String>,
    pub(super) facts: Vec<String>,
    pub(super) features: Vec<Feature>,
}

/// One occurrence of a feature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    /// Where it is counted.
    pub(super) slot: u32,
    pub(super) kind: Kind,
    /// The word, the first word of the pair, or the fact.
    pub(super) place: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Pair,
    Part,
    Fact,
}

impl Seen {
    fn word(&mut self, place: usize, sight: Sight) {
        let word = &self.words[place];
        let place = place as u32;
        self.features.push(Feature { slot: slot(b'w', &[word]), kind: Kind::Word, place });
        if sight == Sight::Words {
            return;
        }
        let letters: Vec<char> = format!("<{word}>").chars().collect();
        // A shorter word is all there is of it.
        if letters.len() < PART_CHARS + 2 {
            return;
        }
        for part in letters.windows(PART_CHARS) {
            let part: String = part.iter().collect();
            self.features.push(Feature { slot: slot(b'p', &[&part]), kind: Kind::Part, place });
        }
    }

    fn pair(&mut self, place: usize) {
        if let Some(next) = self.words.get(place + 1) {
            let slot = slot(b'2', &[&self.words[place], next]);
            self.features.push(Feature { slot, kind: Kind::Pair, place: place as u32 });
        }
    }
}

fn read(text: &str) -> Vec<String> {
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

/// The place of a feature: FNV-1a, stirred, so that its upper bits are as good as its lower.
fn slot(kind: u8, parts: &[&str]) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    eat(kind);
    for part in parts {
        part.bytes().for_each(&mut eat);
        eat(0xff);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> (64 - SLOT_BITS)) as u32
}
