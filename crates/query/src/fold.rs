//! How words are compared.

use unicode_normalization::UnicodeNormalization;

/// Lower case without accents, for free text: "Düsseldorf" and "dusseldorf" are
/// the same word, "Ⅳ" is "iv", "straße" is "strasse". Folding twice changes nothing.
///
/// ```
/// assert_eq!(query::fold("Łódź, SØREN"), "lodz, soren");
/// ```
pub fn fold(text: &str) -> String {
    let bare = text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in bare {
        match undecomposable(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        }
    }
    folded.nfc().collect()
}

/// The folded words of a text in their order: runs of letters and digits.
/// Full-text indexes are filled with these, so that every engine finds the same.
///
/// ```
/// assert_eq!(query::words("E-Mail: é 10.0"), ["e", "mail", "e", "10", "0"]);
/// ```
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether two names are the same name: equal in lower case, accents and all.
/// In SQL this is `lower(name) = lower(?)`, with a Unicode-aware `lower`.
pub fn same_name(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// The combining marks of Latin, Greek and Cyrillic; marks of other scripts carry
/// meaning and stay.
fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Letters that Unicode does not take apart but people type without their stroke.
fn undecomposable(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_and_case_do_not_matter_in_text() {
        for (text, folded) in [
            ("Zürich", "zurich"),
            ("Zu\u{308}rich", "zurich"),
            ("İSTANBUL", "istanbul"),
            ("ΟΔΟΣ", "οδοσ"),
            ("Straße", "strasse"),
            ("Việt Nam", "viet nam"),
            ("ガス", "ガス"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn names_keep_their_accents() {
        assert!(same_name("Zürich", "ZÜRICH"));
        assert!(!same_name("Zürich", "Zurich"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn words_are_words(text in any::<String>()) {
            for word in words(&text) {
                prop_assert_eq!(words(&word), vec![word]);
            }
        }
    }
}
