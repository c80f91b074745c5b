//! Words that must not stand in the house: marks of unfinished work, places of one
//! person's machine, and on screens the words our style has dropped.

use super::File;
use crate::findings::Finding;
use crate::source::Source;

/// Anywhere in our own files, as whole words in these letters.
const MARKS: [&str; 4] = ["FIXME", "XXX", "TODO", "HACK"];

/// Folders of a person's or a machine's own.
const PLACES: [&str; 3] = ["/home/", "/Users/", "/root/"];

/// On screens and in messages, in any letters.
const SCREEN: [&str; 4] = ["please", "successfully", "oops", "lorem"];

/// Crates whose strings people read.
const SPEAKING: [&str; 5] = [
    "crates/web/src/",
    "crates/api/src/",
    "crates/evenkeel/src/",
    "crates/desk/src/",
    "crates/incident/src/",
];

pub(super) fn check(file: &File, findings: &mut Vec<Finding>) {
    let kinds = [".rs", ".js", ".mjs", ".css", ".md", ".toml", ".sql", ".html"];
    if file.is_in("crates/xtask/") || !kinds.iter().any(|kind| file.path.ends_with(kind)) {
        return;
    }
    for (index, line) in file.text.lines().enumerate() {
        for mark in MARKS.iter().filter(|mark| has_word(line, mark)) {
            let words = format!("{mark} marks unfinished work: finish it or open an issue");
            findings.push(Finding::at(&file.path, index + 1, "words", words));
        }
        for place in PLACES.iter().filter(|place| line.contains(**place)) {
            let words = format!("{place} is a place on one machine");
            findings.push(Finding::at(&file.path, index + 1, "words", words));
        }
    }
}

/// The strings of the crates that speak to people.
pub(super) fn check_screen_words(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    if file.is_test() || !SPEAKING.iter().any(|folder| file.is_in(folder)) {
        return;
    }
    for literal in source.strings.iter().filter(|literal| !source.line_is_test(literal.line)) {
        let text = literal.text.to_lowercase();
        for word in SCREEN.iter().filter(|word| has_word(&text, word)) {
            let words = format!("\"{word}\" is not how we speak: say it plainly");
            findings.push(Finding::at(&file.path, literal.line, "words", words));
        }
    }
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !joins(before) && !joins(after)
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn marks_are_whole_words() {
        let mut findings = Vec::new();
        check(&file("docs/user.md", "a TODO here\nTODOS are fine\nXXXL too\n"), &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 1);
    }

    #[test]
    fn a_place_of_one_machine_is_found() {
        let mut findings = Vec::new();
        check(&file("crates/store/tests/a.rs", "open(\"/home/mara/x\")"), &mut findings);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn screens_speak_plainly() {
        let code = "// please read\nfn a() { say(\"Please wait\"); say(\"pleased\"); }\n";
        let mut findings = Vec::new();
        let page = file("crates/web/src/page.rs", code);
        check_screen_words(&page, &Source::read(code), &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
    }
}
