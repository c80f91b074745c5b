//! Objects whose fields a site names as it likes: found by name without case and punctuation.

use super::Notes;
use super::limits::QUOTED_CHARS;
use super::loose::{Pairs, Raw};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Fields by their names in lower case, letters and digits only.
pub(super) struct Flat<'a>(BTreeMap<String, Cow<'a, str>>);

impl<'a> Flat<'a> {
    /// The fields that have a value. What a template left unfilled is noted.
    pub(super) fn of(
        notes: &mut Notes,
        pairs: &Pairs<'a, Raw<'a>>,
        is_unfilled: impl Fn(&str) -> bool,
    ) -> Self {
        let words = pairs.iter().map(|(name, value)| (name, value.words()));
        Flat::filled(notes, words, is_unfilled)
    }

    /// The same of a form.
    pub(super) fn of_form(
        notes: &mut Notes,
        form: &'a [(String, String)],
        is_unfilled: impl Fn(&str) -> bool,
    ) -> Self {
        let words = form.iter().map(|(name, value)| (name.as_str(), Cow::from(value.as_str())));
        Flat::filled(notes, words, is_unfilled)
    }

    fn filled<'n>(
        notes: &mut Notes,
        pairs: impl Iterator<Item = (&'n str, Cow<'a, str>)>,
        is_unfilled: impl Fn(&str) -> bool,
    ) -> Self {
        let mut fields = BTreeMap::new();
        for (name, words) in pairs {
            if is_unfilled(words.trim()) {
                let name: String = name.chars().take(QUOTED_CHARS).collect();
                notes.warn("macros", format_args!("{name:?} was not filled in"));
            } else if !words.trim().is_empty() {
                let plain = name.chars().filter(|c| c.is_alphanumeric());
                fields.insert(plain.flat_map(char::to_lowercase).collect(), words);
            }
        }
        Flat(fields)
    }

    /// The value of the first of these names that has one.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name).map(|value| value.trim()))
    }
}
