//! What every text must hold, whatever it says.

#![allow(clippy::unwrap_used)]

use locale::{
    Language, account, answer, articles, entry, letters, portal, reports, scripts, status,
    subscribers,
};
use std::collections::BTreeSet;
use std::path::Path;

type Entries = Vec<(&'static str, String)>;

/// Words that are the same in English and in another language, by key.
const SAME: [&str; 12] = [
    "browser",
    "email",
    "incidents",
    "long-hours",
    "long-hours-minutes",
    "long-minutes",
    "minutes",
    "pages",
    "services",
    "start",
    "suggestions",
    "told-push",
];

fn files(language: Language) -> [(&'static str, Entries); 10] {
    [
        ("letters", letters(language).entries()),
        ("portal", portal(language).entries()),
        ("articles", articles(language).entries()),
        ("answer", answer(language).entries()),
        ("entry", entry(language).entries()),
        ("account", account(language).entries()),
        ("reports", reports(language).entries()),
        ("scripts", scripts(language).entries()),
        ("subscribers", subscribers(language).entries()),
        ("status", status(language).entries()),
    ]
}

#[test]
fn nothing_is_left_in_english() {
    let english = files(Language::En);
    for language in Language::ALL.iter().filter(|language| **language != Language::En) {
        for ((file, ours), (_, theirs)) in english.iter().zip(files(*language)) {
            for ((key, english), (_, own)) in ours.iter().zip(theirs) {
                let same = *english == own && !SAME.contains(key);
                assert!(!same, "{language}/{file}.ftl: {key} is the English {english:?}");
            }
        }
    }
}

#[test]
fn no_text_is_empty_or_carries_signs_that_nobody_sees() {
    for language in Language::ALL {
        for (file, entries) in files(*language) {
            for (key, text) in entries {
                let shown = format!("{language}/{file}.ftl: {key}: {text:?}");
                assert!(!text.trim().is_empty() && text.trim() == text, "{shown}");
                assert!(!text.contains("  ") && !text.contains(" ,"), "{shown}");
                let hidden = |c: char| ('\u{2066}'..='\u{2069}').contains(&c) || c == '\u{fffd}';
                assert!(!text.contains(hidden), "{shown}");
                // Where we speak plainly, we do not shout.
                assert!(!text.contains('!') && !text.contains('¡'), "{shown}");
            }
        }
    }
}

/// The names of functions that our code calls.
fn called(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            called(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let calls = text.split('.').skip(1).filter_map(|rest| rest.split_once('('));
            found.extend(calls.map(|(name, _)| name.to_owned()));
        }
    }
}

#[test]
fn every_text_is_said_somewhere() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut said = BTreeSet::new();
    for room in ["web", "notify", "status"] {
        called(&crates.join(room).join("src"), &mut said);
    }
    for (file, entries) in files(Language::En).iter().filter(|(file, _)| *file != "scripts") {
        for (key, _) in entries {
            assert!(said.contains(&key.replace('-', "_")), "nobody says {key} of {file}.ftl");
        }
    }
}

#[test]
fn scripts_say_only_what_has_a_text() {
    let scripts_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/assets/js");
    let known: BTreeSet<String> =
        scripts(Language::En).entries().into_iter().map(|(_, text)| text).collect();
    let mut said = BTreeSet::new();
    for entry in std::fs::read_dir(scripts_folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        if !text.contains("./words.js") {
            continue;
        }
        for call in ["tell(\"", "words(\""] {
            let calls = text.split(call).skip(1).filter_map(|rest| rest.split_once('"'));
            said.extend(calls.map(|(words, _)| words.to_owned()));
        }
    }
    let unknown: Vec<_> = said.difference(&known).collect();
    assert!(unknown.is_empty(), "without a text: {unknown:?}");
    let unsaid: Vec<_> = known.difference(&said).collect();
    assert!(unsaid.is_empty(), "said nowhere: {unsaid:?}");
}
