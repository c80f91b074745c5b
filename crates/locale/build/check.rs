//! What every language must have in common.

use crate::Texts;
use crate::read::{LANGUAGES, Message, Part};
use std::collections::{BTreeMap, BTreeSet};

/// The plural forms of whole numbers in a language (Unicode CLDR); the last one is the default.
pub fn plurals(language: &str) -> &'static [&'static str] {
    match language {
        "pl" => &["one", "few", "many"],
        _ => &["one", "other"],
    }
}

/// What an argument is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Anything that can be shown.
    Shown,
    /// A whole number, which chooses plural forms.
    Number,
    /// A word that chooses among these.
    Word(BTreeSet<String>),
}

/// What is wrong with the texts.
pub fn check(texts: &Texts) -> Vec<String> {
    let mut faults = Vec::new();
    for (file, languages) in texts {
        let Some(english) = languages.get("en") else {
            faults.push(format!("locales/en/{file}.ftl is missing"));
            continue;
        };
        for language in LANGUAGES {
            let at = format!("locales/{language}/{file}.ftl");
            let Some(messages) = languages.get(language) else {
                faults.push(format!("{at} is missing"));
                continue;
            };
            let keys = |messages: &[Message]| -> BTreeSet<String> {
                messages.iter().map(|message| message.key.clone()).collect()
            };
            let (ours, theirs) = (keys(english), keys(messages));
            faults.extend(ours.difference(&theirs).map(|key| format!("{at}: {key} is missing")));
            faults.extend(
                theirs.difference(&ours).map(|key| format!("{at}: {key} is not in English")),
            );
            for message in messages {
                faults.extend(
                    check_message(message, language)
                        .map(|wrong| format!("{at}: {}: {wrong}", message.key)),
                );
                if let Some(first) = english.iter().find(|first| first.key == message.key) {
                    faults.extend(
                        compare(first, message)
                            .map(|wrong| format!("{at}: {}: {wrong}", message.key)),
                    );
                }
            }
        }
    }
    faults
}

fn compare(first: &Message, other: &Message) -> Option<String> {
    let (ours, theirs) = (args(&first.parts), args(&other.parts));
    if ours.keys().ne(theirs.keys()) {
        return Some(format!("has other arguments than in English: {:?}", theirs.keys()));
    }
    let words = |kinds: &BTreeMap<String, Kind>| -> Vec<(String, Kind)> {
        let words = kinds.iter().filter(|(_, kind)| matches!(kind, Kind::Word(_)));
        words.map(|(arg, kind)| (arg.clone(), kind.clone())).collect()
    };
    if words(&ours) != words(&theirs) {
        return Some("chooses by other words than in English".to_owned());
    }
    let marks = |message: &Message| {
        let mut marks: Vec<_> = message.parts.iter().filter_map(mark).collect();
        marks.sort_unstable();
        marks
    };
    (marks(first) != marks(other)).then(|| "has other marks than in English".to_owned())
}

fn mark(part: &Part) -> Option<&'static str> {
    match part {
        Part::Mark { mark, begins: true } => Some(*mark),
        _ => None,
    }
}

fn check_message(message: &Message, language: &str) -> Option<String> {
    let mut open = None;
    for part in &message.parts {
        if let Part::Mark { mark, begins } = part {
            match (open, begins) {
                (None, true) => open = Some(*mark),
                (Some(other), false) if other == *mark => open = None,
                _ => return Some(format!("<{mark}> begins or ends where it cannot")),
            }
        }
    }
    if open.is_some() {
        return Some("a mark does not end".to_owned());
    }
    check_choices(&message.parts, language)
}

fn check_choices(parts: &[Part], language: &str) -> Option<String> {
    parts.iter().find_map(|part| {
        let Part::Choice { arg, variants, default } = part else { return None };
        let keys: BTreeSet<&str> = variants.iter().map(|(key, _)| key.as_str()).collect();
        let (last, needed) = (plurals(language).last(), plurals(language).iter().copied());
        if keys.iter().any(|key| is_plural(key)) {
            let plural: BTreeSet<&str> =
                keys.iter().copied().filter(|key| !is_number(key)).collect();
            if plural != needed.collect()
                || variants.get(*default).map(|(key, _)| key.as_str()) != last.copied()
            {
                return Some(format!(
                    "${arg} needs the plural forms {:?}, the last one as the default",
                    plurals(language)
                ));
            }
        }
        variants.iter().find_map(|(_, parts)| check_choices(parts, language))
    })
}

fn is_plural(key: &str) -> bool {
    ["zero", "one", "two", "few", "many"].contains(&key)
}

/// Whether a variant is for one number.
pub fn is_number(key: &str) -> bool {
    key.parse::<i64>().is_ok()
}

/// The arguments of a message, by name.
pub fn args(parts: &[Part]) -> BTreeMap<String, Kind> {
    let mut found = BTreeMap::new();
    gather(parts, &mut found);
    found
}

fn gather(parts: &[Part], found: &mut BTreeMap<String, Kind>) {
    for part in parts {
        match part {
            Part::Arg(arg) => {
                found.entry(arg.clone()).or_insert(Kind::Shown);
            }
            Part::Choice { arg, variants, .. } => {
                let keys = || variants.iter().map(|(key, _)| key.clone());
                let number = keys().any(|key| is_plural(&key) || is_number(&key));
                let kind = if number { Kind::Number } else { Kind::Word(keys().collect()) };
                found.insert(arg.clone(), kind);
                variants.iter().for_each(|(_, parts)| gather(parts, found));
            }
            Part::Text(_) | Part::Mark { .. } => {}
        }
    }
}
