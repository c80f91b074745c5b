//! How words are compared.

use unicode_normalization::UnicodeNormalization;

/// Lower case without accents, for free text: "Düsseldorf" and "dusseldorf" are
/// the same word, "Ⅳ" is "iv", "straße" is "strasse". Folding twice changes nothing.
///
/// ```
/// assert_eq!(query::fold("Łódź, SØREN"), "lodz, soren");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Nothing joins with a blank, so what stands between two of them can be folded alone. Most of
    // that are plain letters, of which only the case has to go.
    for piece in text.split_inclusive(' ') {
        if piece.is_ascii() {
            let from = folded.len();
            folded.push_str(piece);
            folded[from..].make_ascii_lowercase();
        } else {
            folded.extend(bare(piece).nfc());
        }
    }
    folded
}

/// A text in lower case, taken apart and without accents.
fn bare(text: &str) -> String {
    let letters = text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase);
    let mut bare = String::with_capacity(text.len());
    for c in letters {
        match undecomposable(c) {
            Some(letters) => bare.push_str(letters),
            None => bare.push(c),
        }
    }
    bare
}

/// The folded words of a text in their order: runs of letters and digits.
/// Full-text indexes are filled with these, so that every engine finds the same.
///
/// ```
/// assert_eq!(query::words("E-Mail: é 10.0"), ["e", "mail", "e", "10", "0"]);
/// ```
pub fn words(text: &str) -> Vec<String> {
    folded_words(&fold(text)).map(str::to_owned).collect()
}

/// The words of a text that is folded already, as [`words`] takes it apart.
///
/// ```
/// assert!(query::folded_words("e-mail: 10").eq(["e", "mail", "10"]));
/// ```
pub fn folded_words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
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

    /// Blanks, letters, and what joins with letters before it.
    const MIXED: &str = "[ a-cKäéﬁか\u{a8}\u{301}\u{338}\u{3099}\u{1100}\u{1161}\u{11a8}]{0,12}";

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn what_stands_between_blanks_can_be_folded_alone(text in MIXED) {
            prop_assert_eq!(fold(&text), bare(&text).nfc().collect::<String>());
        }

        #[test]
        fn each_text_is_folded_as_a_whole(text in any::<String>()) {
            prop_assert_eq!(fold(&text), bare(&text).nfc().collect::<String>());
        }

        #[test]
        fn words_are_words(text in any::<String>()) {
            for word in words(&text) {
                prop_assert_eq!(words(&word), vec![word]);
            }
        }
    }
}
