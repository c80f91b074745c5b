//! What the filter bar offers.
#![allow(clippy::unwrap_used)] // A failed helper of a test is a failed test.

use query::{FIELDS, FieldName, Offer, suggest};

/// What is inserted or asked for, at the bar in the text.
fn offers(marked: &str) -> Vec<String> {
    let cursor = marked.chars().position(|c| c == '|').unwrap();
    let text: String = marked.chars().filter(|c| *c != '|').collect();
    let apply = |from: usize, to: usize, insert: String| {
        let chars: Vec<char> = text.chars().collect();
        chars[..from].iter().collect::<String>() + &insert + &chars[to..].iter().collect::<String>()
    };
    suggest(&text, cursor)
        .into_iter()
        .map(|s| match s.offer {
            Offer::Field { insert, .. } | Offer::Value { insert } => apply(s.from, s.to, insert),
            Offer::ValuesOf(field, prefix) => {
                apply(s.from, s.to, format!("<{} {prefix}>", field.field().name))
            }
            Offer::CustomNames(prefix) => apply(s.from, s.to, format!("<names {prefix}>")),
            Offer::CustomValues(name, prefix) => apply(s.from, s.to, format!("<{name} {prefix}>")),
        })
        .collect()
}

#[test]
fn an_empty_bar_offers_every_field() {
    assert_eq!(suggest("", 0).len(), FIELDS.len());
    assert_eq!(offers("vpn |").len(), FIELDS.len());
}

#[test]
fn a_beginning_offers_the_fields_that_begin_so() {
    assert_eq!(offers("pri|"), ["priority:"]);
    assert_eq!(offers("vpn -prio|"), ["vpn -priority:"]);
    assert_eq!(
        offers("(re|"),
        ["(requester:", "(reported<", "(responded<", "(resolved<", "(resumes<"]
    );
    assert_eq!(offers("restr|"), ["confidential:"]);
    assert_eq!(offers("status|"), ["state:"]);
    assert_eq!(offers("sta|te:open vpn"), ["state:open vpn"]);
    assert_eq!(offers("du| vpn"), ["due< vpn"]);
    assert!(offers("printer|").is_empty());
}

#[test]
fn after_a_field_come_its_values() {
    assert_eq!(offers("state:o|"), ["state:open", "state:on_hold"]);
    assert_eq!(offers("state:open,In-p| vpn"), ["state:open,in_progress vpn"]);
    assert_eq!(offers("priority:P1,p|3").len(), 5);
    assert_eq!(offers("major:|"), ["major:yes", "major:no"]);
    assert_eq!(offers("sort:-d|"), ["sort:-due"]);
    assert_eq!(offers("reported:tod|"), ["reported:today"]);
    assert_eq!(offers("due<2|"), ["due<2h"]);
    assert!(offers("printer:x|").is_empty());
}

#[test]
fn names_are_asked_of_the_caller() {
    assert_eq!(offers("team:|"), ["team:mine", "team:none", "team:any", "team:<team >"]);
    assert_eq!(offers("service:\"Label Pr|inting\" vpn"), ["service:<service Label Pr> vpn"]);
    assert_eq!(offers("team:Network,Fi|"), ["team:Network,<team Fi>"]);
    assert_eq!(offers("field.si|"), ["field.<names si>"]);
    assert_eq!(offers("field.site:Ro|"), ["field.site:<site Ro>"]);
    assert!(
        suggest("tag:re", 6)
            .iter()
            .any(|s| matches!(&s.offer, Offer::ValuesOf(FieldName::Tag, p) if p == "re"))
    );
}

#[test]
fn nothing_is_offered_inside_a_phrase() {
    assert!(offers("\"state of|").is_empty());
    assert!(offers("\"state of\"|").is_empty());
}
