//! Lists of words: `serde` writes a variant's name in snake case, the rest of the house its word.
//! Where both differ, JSON by `serde` and JSON by the word differ, too.

use super::File;
use crate::findings::Finding;

/// Lists in which they differ because others say which words, and which are written by their words
/// alone.
const TWOFOLD: [&str; 2] = ["Condition", "Name"];

pub(super) fn check(file: &File, findings: &mut Vec<Finding>) {
    if file.is_in("crates/xtask/") {
        return;
    }
    let (mut within, mut list) = (false, "");
    for (index, line) in file.text.lines().enumerate() {
        within |= line.contains("words! {");
        if !within {
            continue;
        }
        let text = line.trim();
        // What began in the first column ends there.
        within = line != "}";
        if let Some(name) = text.strip_suffix(" {").filter(|name| is_name(name)) {
            list = name;
        }
        let Some((variant, word)) = text.split_once(" = \"") else { continue };
        let word = word.trim_end_matches(',').trim_end_matches('"');
        if is_name(variant) && snake(variant) != word && !TWOFOLD.contains(&list) {
            let words = format!(
                "{list}::{variant} is `{}` to serde and `{word}` to others",
                snake(variant)
            );
            findings.push(Finding::at(&file.path, index + 1, "twofold word", words));
        }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// As `serde` writes a variant in snake case.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(list: &str, variant: &str, word: &str) -> Vec<String> {
        let text = format!(
            "words! {{\n    /// One.\n    {list} {{\n        /// It.\n        {variant} = \"{word}\",\n    }}\n}}\n\nconst Other: &str = \"x\";\n"
        );
        let mut findings = Vec::new();
        check(&file("crates/map/src/words.rs", &text), &mut findings);
        findings.into_iter().map(|finding| finding.words).collect()
    }

    #[test]
    fn a_word_that_is_not_its_name_is_found() {
        assert!(found("Way", "OnHold", "on_hold").is_empty());
        assert_eq!(
            found("Way", "OnHold", "held"),
            ["Way::OnHold is `on_hold` to serde and `held` to others"]
        );
        assert!(found("Condition", "Partial", "partial_outage").is_empty(), "others say so");
    }
}
