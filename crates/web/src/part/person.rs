//! People: initials on a tone of their own, and the name.

use kernel::PersonId;
use maud::{Markup, html};

/// Tones that avatars have.
const TONES: u32 = 6;

/// The tone of a person, the same on every screen.
pub(crate) fn tone(id: PersonId) -> u32 {
    // FNV-1a: small, and spreads ids that differ in few bits.
    let hash =
        id.0.as_bytes().iter().fold(2_166_136_261_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(16_777_619)
        });
    (hash >> 7) % TONES + 1
}

/// "ML" for "Mara Lindqvist".
pub(crate) fn initials(name: &str) -> String {
    let mut words =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The first of a person's names.
pub(crate) fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// The initials alone; the name stands beside it.
pub(crate) fn avatar(id: PersonId, name: &str) -> Markup {
    html! { span class={ "av av-t" (tone(id)) } aria-hidden="true" { (initials(name)) } }
}

/// Small initials.
pub(crate) fn small_avatar(id: PersonId, name: &str) -> Markup {
    html! { span class={ "av av-s av-t" (tone(id)) } aria-hidden="true" { (initials(name)) } }
}

/// Initials and name.
pub(crate) fn person(id: PersonId, name: &str) -> Markup {
    html! { span.who { (avatar(id, name)) span { (name) } } }
}

/// Nobody.
pub(crate) fn nobody() -> Markup {
    html! { span.who.muted { span class="av av-none" aria-hidden="true" {} span { "Nobody" } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        for (name, expected) in [
            ("Mara Lindqvist", "ML"),
            ("Bram de Wilde", "BW"),
            ("łukasz", "Ł"),
            ("", ""),
            ("(Anna) O'Neil", "AO"),
        ] {
            assert_eq!(initials(name), expected);
        }
    }
}
