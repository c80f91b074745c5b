//! What somebody typed.

use crate::document::Kind;
use crate::limits::{GROUPS, PHRASE_WORDS, PREFIX_LETTERS, TYPED_CHARS};
use crate::words::words;
use kernel::{ArticleNumber, IncidentNumber, ProblemNumber};

/// Something that has to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Group {
    /// A word, in any of its forms.
    Word {
        /// It, folded.
        word: String,
        /// Whether it may be the beginning of a longer one.
        begins: bool,
        /// What has this number, if it is one: a kind and its number.
        numbers: Vec<(Kind, String)>,
        /// Other words that it may stand for.
        near: Vec<String>,
    },
    /// Words next to each other, exactly as they are.
    Phrase(Vec<String>),
    /// What has this number, or speaks of it.
    Number(Kind, String, Vec<String>),
}

impl Group {
    pub(crate) fn word(word: &str) -> Self {
        Group::Word { word: word.to_owned(), begins: false, numbers: vec![], near: vec![] }
    }
}

/// The groups of a text. None: nothing can be found by it.
pub(crate) fn read(text: &str, typing: bool) -> Vec<Group> {
    let end = text.char_indices().nth(TYPED_CHARS).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let mut groups = Vec::new();
    for (at, part) in text.split(is_quote).enumerate() {
        match at % 2 {
            0 => part.split_whitespace().for_each(|token| plain(token, &mut groups)),
            _ => phrase(words(part), &mut groups),
        }
    }
    let still = typing && !text.ends_with(|c: char| c.is_whitespace() || is_quote(c));
    if still
        && let Some(Group::Word { word, begins, .. }) = groups.last_mut()
        && word.chars().count() >= PREFIX_LETTERS
    {
        *begins = true;
    }
    let mut once: Vec<Group> = Vec::new();
    for group in groups.into_iter().rev() {
        // Backwards, so that the word that is being typed stays.
        if !once.contains(&group) {
            once.push(group);
        }
    }
    once.reverse();
    once.truncate(GROUPS);
    once
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}')
}

fn phrase(mut words: Vec<String>, groups: &mut Vec<Group>) {
    words.truncate(PHRASE_WORDS);
    if !words.is_empty() {
        groups.push(Group::Phrase(words));
    }
}

fn plain(token: &str, groups: &mut Vec<Group>) {
    // Far more tokens than are kept need not be looked at.
    if groups.len() > 4 * GROUPS {
        return;
    }
    let (token, star) = match token.strip_suffix('*') {
        Some(token) => (token, true),
        None => (token, false),
    };
    let token = token.trim_matches(|c: char| !c.is_alphanumeric());
    let words = words(token);
    if let Some((kind, id)) = number(token) {
        groups.push(Group::Number(kind, id, words));
        return;
    }
    if words.len() > 1 && words.iter().any(|w| w.chars().any(|c| c.is_numeric())) {
        // An address or the name of a device: its pieces say little apart from each other.
        phrase(words, groups);
        return;
    }
    let last = words.len().saturating_sub(1);
    for (at, word) in words.into_iter().enumerate() {
        let begins = star && at == last && word.chars().count() >= PREFIX_LETTERS;
        let numbers = counters(&word);
        groups.push(Group::Word { word, begins, numbers, near: vec![] });
    }
}

/// The kind and number that a text is.
fn number(text: &str) -> Option<(Kind, String)> {
    let incident = text.parse::<IncidentNumber>().map(|n| (Kind::Incident, n.to_string()));
    let problem = || text.parse::<ProblemNumber>().map(|n| (Kind::Problem, n.to_string()));
    let article = || text.parse::<ArticleNumber>().map(|n| (Kind::Article, n.to_string()));
    incident.or_else(|_| problem()).or_else(|_| article()).ok()
}

/// The numbers that a counter alone may stand for.
fn counters(word: &str) -> Vec<(Kind, String)> {
    let plain = !word.starts_with('0') && word.bytes().all(|b| b.is_ascii_digit());
    match word.parse::<i64>() {
        Ok(n) if plain => vec![
            (Kind::Incident, IncidentNumber(n).to_string()),
            (Kind::Problem, ProblemNumber(n).to_string()),
            (Kind::Article, ArticleNumber(n).to_string()),
        ],
        _ => vec![],
    }
}

/// What is marked in a text: the words of a search, in each of their forms.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Words: the word, its stems, whether it may be a beginning.
    pub(crate) words: Vec<(String, Vec<String>, bool)>,
    /// Words next to each other.
    pub(crate) phrases: Vec<Vec<String>>,
}

impl Wanted {
    /// What a search for this text marks.
    pub fn of(text: &str, typing: bool) -> Self {
        let mut wanted = Wanted::default();
        for group in read(text, typing) {
            match group {
                Group::Word { word, begins, .. } => {
                    let stems = crate::stems(&word);
                    wanted.words.push((word, stems, begins));
                }
                Group::Phrase(words) | Group::Number(_, _, words) => wanted.phrases.push(words),
            }
        }
        wanted
    }

    /// Marks these words too: those that [`crate::Found::near`] says.
    #[must_use]
    pub fn and(mut self, near: &[String]) -> Self {
        let near = near.iter().take(GROUPS * crate::limits::NEAR_KEPT);
        self.words.extend(near.map(|word| (word.clone(), vec![], false)));
        self
    }

    /// Whether there is nothing to mark.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(words: &[&str]) -> Group {
        Group::Phrase(words.iter().map(|w| (*w).to_owned()).collect())
    }

    #[test]
    fn what_is_typed_is_taken_apart() {
        assert_eq!(read("Drücker, vpn!", false), [Group::word("drucker"), Group::word("vpn")]);
        assert_eq!(
            read("x \"no Toner\" y", false),
            [Group::word("x"), phrase(&["no", "toner"]), Group::word("y")]
        );
        assert_eq!(read("10.0.0.5", false), [phrase(&["10", "0", "0", "5"])]);
        assert_eq!(read("e-mail", false), [Group::word("e"), Group::word("mail")]);
        let number =
            Group::Number(Kind::Incident, "INC-42".into(), vec!["inc".into(), "42".into()]);
        assert_eq!(read("#inc-42,", false), [number]);
        assert!(read("??? \"\" - *", false).is_empty());
    }

    #[test]
    fn only_the_last_word_is_a_beginning_and_only_while_it_is_typed() {
        let begins = |text, typing| {
            read(text, typing)
                .iter()
                .map(|g| matches!(g, Group::Word { begins: true, .. }))
                .collect::<Vec<_>>()
        };
        assert_eq!(begins("no pri", true), [false, true]);
        assert_eq!(begins("no pri ", true), [false, false]);
        assert_eq!(begins("no pri", false), [false, false]);
        assert_eq!(begins("pri* no", false), [true, false]);
        assert_eq!(begins("p", true), [false]);
    }

    #[test]
    fn what_is_typed_is_bounded() {
        let text: String = (0..100_000).map(|n| format!("w{n} ")).collect();
        assert_eq!(read(&text, true).len(), GROUPS);
        assert!(read(&"\"".repeat(100_000), true).is_empty());
        assert_eq!(read(&"a".repeat(100_000), true).len(), 1);
    }
}
