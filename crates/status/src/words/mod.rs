//! What is told outside of an update, of planned work and of a subscription: the same words for
//! whoever sends them and for whoever previews them. Words of people stand apart from ours, so
//! that a letter shows them as theirs.

mod mail;

pub use mail::{already, confirm, letter, work};

use crate::snapshot::Phase;
use jiff::tz::TimeZone;
use kernel::{Language, Timestamp, words};

/// What is told of an update.
#[derive(Debug, Clone)]
pub struct UpdateFacts {
    /// Whose page it is on.
    pub site: String,
    /// What it is called outside.
    pub title: String,
    /// Where it stands.
    pub phase: Phase,
    /// The words.
    pub body: String,
    /// What it concerns, by the names outside.
    pub components: Vec<String>,
    /// When service is expected back.
    pub expected: Option<Timestamp>,
    /// When the next word comes.
    pub next_update: Option<Timestamp>,
    /// Its page, where it has one.
    pub url: Option<String>,
    /// The zone of its times.
    pub zone: TimeZone,
}

words! {
    /// What is told of planned work.
    WorkWord {
        /// It is planned.
        Announced = "announced",
        /// It changed.
        Changed = "changed",
        /// It does not take place.
        Cancelled = "cancelled",
        /// It begins soon.
        Reminder = "reminder",
        /// It begins.
        Started = "started",
        /// It is over.
        Completed = "completed",
    }
}

/// What is told of planned work.
#[derive(Debug, Clone)]
pub struct WorkFacts {
    /// Whose page it is on.
    pub site: String,
    /// What happened to it.
    pub word: WorkWord,
    /// What it is called.
    pub title: String,
    /// What it means for people; may be empty.
    pub body: String,
    /// What it concerns, by the names outside.
    pub components: Vec<String>,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until when, where that is known.
    pub ends_at: Option<Timestamp>,
    /// The status page.
    pub url: String,
    /// The zone of its times.
    pub zone: TimeZone,
}

/// A piece of what is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words of ours.
    Words(String),
    /// Words of people, as they wrote them.
    Said(String),
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
    /// Where to go: what one does there, and the address.
    Links(Vec<(&'static str, String)>),
}

/// What is told, in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The language.
    pub language: Language,
    /// The subject, one line.
    pub subject: String,
    /// What it says, piece by piece.
    pub parts: Vec<Part>,
    /// The same as plain text.
    pub text: String,
}

impl Written {
    fn new(language: Language, subject: String, parts: Vec<Part>) -> Self {
        let text = parts.iter().map(|part| text_of(part, language)).collect::<Vec<_>>();
        Written { language, subject, text: text.join("\n\n") + "\n", parts }
    }
}

fn text_of(part: &Part, language: Language) -> String {
    let colon = locale::colon(language);
    let named = |pairs: &[(&'static str, String)]| {
        let lines = pairs.iter().map(|(name, value)| format!("{name}{colon} {value}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    match part {
        Part::Words(words) | Part::Said(words) => words.clone(),
        Part::Facts(pairs) | Part::Links(pairs) => named(pairs),
    }
}

/// What people in a chat room read of an update, on one line; rooms are of the service desk and
/// read English.
pub fn chat(facts: &UpdateFacts) -> String {
    let say = locale::subscribers(Language::En);
    let moment =
        |at: Timestamp| locale::full(Language::En, &at.to_jiff().to_zoned(facts.zone.clone()));
    let mut text = format!("{}: {}", say.phase(facts.phase.as_str()), one_line(&facts.body));
    for (name, at) in [(say.fact_expected(), facts.expected), (say.fact_next(), facts.next_update)]
    {
        if let Some(at) = at {
            text.push_str(&format!(" · {name} {}", moment(at)));
        }
    }
    text
}

/// Words as one line: what could end a header or a message is gone, and so is what cannot be seen
/// or turns the direction of what follows.
fn one_line(words: &str) -> String {
    let hidden = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let plain: String = words
        .chars()
        .filter(|c| !hidden(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts(title: &str, body: &str) -> UpdateFacts {
        UpdateFacts {
            site: "Northwind".to_owned(),
            title: title.to_owned(),
            phase: Phase::Identified,
            body: body.to_owned(),
            components: vec!["VPN".to_owned(), "Mail".to_owned()],
            expected: Some(Timestamp::from_micros(1_795_435_920_000_000)),
            next_update: None,
            url: Some("https://help.example/status/incidents/1".to_owned()),
            zone: TimeZone::UTC,
        }
    }

    #[test]
    fn an_update_says_what_was_said_and_what_is_known() {
        for language in Language::ALL {
            let written = letter(&facts("VPN is down", "A switch failed."), *language);
            for words in ["VPN is down", "A switch failed.", "VPN, Mail", "/status/incidents/1"] {
                assert!(
                    written.text.contains(words) || written.subject.contains(words),
                    "{language}: {words} in {written:?}"
                );
            }
        }
        let line = chat(&facts("VPN is down", "A switch\nfailed."));
        assert!(line.starts_with("Cause known: A switch failed. · Expected back by "), "{line}");
    }

    #[test]
    fn every_word_of_planned_work_has_its_subject() {
        let mut subjects = std::collections::BTreeSet::new();
        for word in WorkWord::ALL {
            let facts = WorkFacts {
                site: "Northwind".to_owned(),
                word: *word,
                title: "Router firmware".to_owned(),
                body: String::new(),
                components: vec![],
                starts_at: Timestamp::from_micros(1_795_435_920_000_000),
                ends_at: None,
                url: "https://help.example/status".to_owned(),
                zone: TimeZone::UTC,
            };
            subjects.insert(work(&facts, Language::De).subject);
        }
        assert_eq!(subjects.len(), WorkWord::ALL.len());
    }

    #[test]
    fn a_hostile_title_turns_and_hides_nothing() {
        let written = letter(
            &facts("\u{202e}nwod si\u{2069} NPV\u{200b}\u{2028}Bcc: x", "Over."),
            Language::En,
        );
        assert_eq!(written.subject, "[Northwind] nwod si NPV Bcc: x: Cause known");
        assert!(written.parts.contains(&Part::Words("nwod si NPV Bcc: x".to_owned())));
        let mut facts = facts("VPN", "Over.");
        facts.components = vec!["VPN\r\nUnsubscribe: https://evil.example".to_owned()];
        let written = letter(&facts, Language::En);
        assert!(!written.text.contains("\nUnsubscribe"), "{}", written.text);
    }

    proptest! {
        /// Whatever somebody writes, a subject and a line of a chat room are one line.
        #[test]
        fn lines_stay_lines(title in "(?s).{0,80}", body in "(?s).{0,200}") {
            let facts = facts(&title, &body);
            prop_assert!(!letter(&facts, Language::Fr).subject.contains(['\r', '\n']));
            prop_assert!(!chat(&facts).contains(['\r', '\n']));
        }
    }
}
