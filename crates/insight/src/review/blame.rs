//! Whether words name a person: factors tell of what let it happen, not of who.

/// Characters of a family name from which on it alone counts as naming somebody: shorter ones
/// are too often words.
const NAME_CHARS_MIN: usize = 4;

/// Which of these people, by their full names, the words name: by the whole name, or by the
/// last part of it, written as a name is.
///
/// ```
/// let people = ["Ines Carvalhal", "Mark Long"];
/// let found = insight::review::named("Carvalhal was on leave for a Long time", people);
/// assert_eq!(found, ["Ines Carvalhal", "Mark Long"]);
/// assert!(insight::review::named("it took too long to find the mark", people).is_empty());
/// ```
pub fn named<'a>(text: &str, people: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = text.to_lowercase();
    let names = |full: &&str| {
        let full = full.trim();
        if full.is_empty() {
            return false;
        }
        let mut parts = full.split_whitespace();
        let (first, last) = (parts.next(), parts.next_back());
        let whole = last.is_some() && stands(&lower, &full.to_lowercase());
        let alone = last.or(first).filter(|name| name.chars().count() >= NAME_CHARS_MIN);
        whole || alone.is_some_and(|name| stands(text, name))
    };
    people.into_iter().filter(names).collect()
}

/// Whether something stands in a text as a word of its own.
fn stands(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        let within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !within(before) && !within(after)
    })
}
