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
    let mut rest = text;
    // Most texts are ASCII for the most part, which is folded by its case alone; tables are asked
    // about the rest. Nothing that is left of the rest joins with ASCII, so each run is folded for
    // itself.
    while !rest.is_empty() {
        let end = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (ascii, behind) = rest.split_at(end);
        let begin = folded.len();
        folded.push_str(ascii);
        folded[begin..].make_ascii_lowercase();
        let end = behind.bytes().position(|byte| byte.is_ascii()).unwrap_or(behind.len());
        let (others, next) = behind.split_at(end);
        fold_others(others, &mut folded);
        rest = next;
    }
    folded
}

/// Folds letters of which none is ASCII, and adds them.
fn fold_others(text: &str, folded: &mut String) {
    let bare = text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase);
    let mut letters = String::with_capacity(text.len());
    for c in bare {
        match undecomposable(c) {
            Some(plain) => letters.push_str(plain),
            None => letters.push(c),
        }
    }
    folded.extend(letters.nfc());
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

/// The same words on one line, each cut to at most so many bytes: for long texts, which have
/// thousands of words.
///
/// ```
/// assert_eq!(query::words_line("E-Mail: é 10.0", 3), "e mai e 10 0");
/// ```
pub fn words_line(text: &str, word_bytes_max: usize) -> String {
    let folded = fold(text);
    let mut line = String::with_capacity(folded.len());
    for word in folded_words(&folded) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word[..word.floor_char_boundary(word_bytes_max)]);
    }
    line
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

    /// What folding is, letter by letter.
    fn folded_as_a_whole(text: &str) -> String {
        let mut folded = String::new();
        for c in text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase) {
            match undecomposable(c) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(c),
            }
        }
        folded.nfc().collect()
    }

    proptest! {
        #[test]
        fn runs_are_folded_like_the_whole(
            text in any::<String>(),
            mixed in r"[a-cA-C0-2 .éÜßŁŒ½①…İ\u{301}\u{323}\u{338}\u{1dc4}\u{3099}がハ한Ω-]{0,30}",
        ) {
            prop_assert_eq!(fold(&text), folded_as_a_whole(&text));
            prop_assert_eq!(fold(&mixed), folded_as_a_whole(&mixed));
        }

        #[test]
        fn a_line_has_the_words(text in any::<String>()) {
            prop_assert_eq!(words_line(&text, usize::MAX), words(&text).join(" "));
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn what_stands_between_blanks_can_be_folded_alone(text in MIXED) {
            prop_assert_eq!(fold(&text), folded_as_a_whole(&text));
        }

        #[test]
        fn words_are_words(text in any::<String>()) {
            for word in words(&text) {
                prop_assert_eq!(words(&word), vec![word]);
            }
        }
    }
}
