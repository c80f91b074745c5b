//! Macros and runbooks: words with variables, commands in their order, steps of a text.

use crate::case::{Who, network, policy, start};
use incident::macros::{Deed, Macro, Owner, VARIABLES, fill, nearest, unknown};
use incident::runbook::{self, STEPS_MAX};
use incident::state::HoldReason;
use incident::{Change, Command, Visibility};
use kernel::{ContentId, Language, MacroId, limits};
use proptest::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

fn one(words: &str, commands: Vec<Deed>) -> Macro {
    Macro {
        id: MacroId(Uuid::from_u128(1)),
        name: "Ask for the site".to_owned(),
        owner: Owner::Everybody,
        visibility: Visibility::Public,
        words: words.to_owned(),
        by_language: [(Language::De, "Welcher Standort?".to_owned())].into(),
        commands,
        uses: 0,
        version: 1,
    }
}

fn tag(name: &str) -> Deed {
    Deed::Tag { add: BTreeSet::from([name.to_owned()]) }
}

fn hold(seconds: Option<i64>) -> Deed {
    Deed::Hold { reason: HoldReason::Requester, seconds }
}

/// The fields at fault.
fn at_fault(one: &Macro) -> Vec<String> {
    one.faults(&policy()).into_iter().map(|fault| fault.field).collect()
}

#[test]
fn variables_are_filled_in_and_what_is_missing_stays() {
    let value = |name: &str| match name {
        "requester.first_name" => Some("Gwen".to_owned()),
        "number" => Some("INC-7".to_owned()),
        _ => None,
    };
    let words = "Dear {requester.first_name},\n{service} of {number}: {service}. { x } {} {1}";
    let (filled, missing) = fill(words, &value);
    assert_eq!(filled, "Dear Gwen,\n{service} of INC-7: {service}. { x } {} {1}");
    assert_eq!(missing, ["service"]);
    // A value is words like others, never a variable again.
    let (filled, _) = fill("{title}", &|_| Some("{me}".to_owned()));
    assert_eq!(filled, "{me}");
}

#[test]
fn unknown_variables_are_named_with_the_one_that_was_meant() {
    assert_eq!(unknown("{nubmer} {me} {frobnicate} {"), ["nubmer", "frobnicate"]);
    assert_eq!(nearest("asignee"), Some("assignee"));
    assert_eq!(nearest("requester.firstname"), Some("requester.first_name"));
    assert_eq!(nearest("first_name"), Some("requester.first_name"));
    assert_eq!(nearest("frobnicate"), None);
    let faults = one("Hello {requestr}", vec![]).faults(&policy());
    assert_eq!(faults[0].field, "words");
    assert!(faults[0].message.contains("{requestr}"), "{}", faults[0].message);
    assert!(faults[0].message.contains("{requester} is"), "{}", faults[0].message);
}

#[test]
fn every_rule_is_told_at_its_field() {
    let good =
        vec![hold(Some(86_400)), tag("site"), Deed::Assign { team: Some(network()), to_me: true }];
    assert_eq!(at_fault(&one("Which site?", good)), Vec::<String>::new());
    let resolve = |code: &str| Deed::Resolve { code: code.to_owned() };
    let lost = Deed::Assign { team: None, to_me: false };
    let nothing = Deed::Classify { service: None, category: None };
    let scheduled = Deed::Hold { reason: HoldReason::Scheduled, seconds: None };
    for (commands, field) in [
        (vec![tag("a"), tag("b")], "commands"),
        (vec![tag("two words")], "tags"),
        (vec![lost], "team"),
        (vec![nothing], "service"),
        (vec![hold(Some(1))], "hold"),
        (vec![scheduled], "hold"),
        (vec![resolve("nope")], "resolve"),
        (vec![hold(None), resolve("fixed")], "resolve"),
    ] {
        assert_eq!(at_fault(&one("x", commands.clone())), [field], "{commands:?}");
    }
    let internal = Macro { visibility: Visibility::Internal, ..one("x", vec![resolve("fixed")]) };
    assert_eq!(at_fault(&internal), ["resolve"]);
    let long = "x".repeat(limits::BODY_CHARS + 1);
    assert_eq!(at_fault(&one(&long, vec![])), ["words"]);
    assert_eq!(at_fault(&one(" ", vec![])), ["words"]);
    let unnamed = Macro { name: " ".to_owned(), ..one("x", vec![]) };
    assert_eq!(at_fault(&unnamed), ["name"]);
    let other = one("x", vec![]);
    let other = Macro { by_language: [(Language::Fr, "{x}".to_owned())].into(), ..other };
    assert_eq!(at_fault(&other), ["words_fr"]);
}

#[test]
fn commands_come_in_the_order_in_which_people_would_issue_them() {
    let resolve = Deed::Resolve { code: "fixed".to_owned() };
    let all = vec![resolve, Deed::Assign { team: None, to_me: true }, tag("site")];
    let names: Vec<&str> = one("x", all).in_order().commands.iter().map(Deed::name).collect();
    assert_eq!(names, ["tag", "assign", "resolve"]);
    let me = Who::Agent.id();
    let note = ContentId(Uuid::from_u128(9));
    let assign = Deed::Assign { team: None, to_me: true }.command(me, start(), None);
    assert_eq!(assign, Some(Command::Assign { team: Change::Keep, assignee: Change::Set(me) }));
    let held = hold(Some(600)).command(me, start(), None);
    let until = Some(start().plus_seconds(600));
    assert_eq!(held, Some(Command::Hold { reason: HoldReason::Requester, until, note: None }));
    let resolve = Deed::Resolve { code: "fixed".to_owned() };
    assert_eq!(resolve.command(me, start(), None), None, "it needs words");
    assert!(matches!(resolve.command(me, start(), Some(note)), Some(Command::Resolve { .. })));
}

#[test]
fn the_requesters_language_is_taken_where_there_are_words_in_it() {
    let public = one("Which site?", vec![]);
    assert_eq!(public.words_in(Language::De), "Welcher Standort?");
    assert_eq!(public.words_in(Language::Pl), "Which site?");
    let internal = Macro { visibility: Visibility::Internal, ..public };
    assert_eq!(internal.words_in(Language::De), "Which site?", "colleagues read ours");
}

fn titles(text: &str) -> Vec<String> {
    runbook::read(text).steps.into_iter().map(|step| step.title).collect()
}

#[test]
fn lines_with_numbers_or_dashes_are_steps() {
    let text = "Before you begin, breathe.\n\n1. Look at the tray\n   It is below.\n2) Restart:\n```\n1. not a step\n```\n- [ ] Ring the line\n* \n-5 degrees are no step";
    let book = runbook::read(text);
    assert_eq!(book.before, "Before you begin, breathe.");
    assert_eq!(titles(text), ["Look at the tray", "Restart:", "Ring the line"]);
    assert_eq!(book.steps[0].more, "   It is below.");
    assert_eq!(book.steps[1].more, "```\n1. not a step\n```");
    assert_eq!(book.steps[2].more, "* \n-5 degrees are no step".replace("* \n", "*\n"));
}

#[test]
fn without_a_list_each_paragraph_is_a_step_with_its_code() {
    let text = "Restart the spooler.\r\n\r\n```\r\nps restart\r\n```\r\n\r\nAsk whether it prints.";
    let book = runbook::read(text);
    assert_eq!(titles(text), ["Restart the spooler.", "Ask whether it prints."]);
    assert_eq!(book.steps[0].more, "\n```\nps restart\n```");
    assert_eq!(titles(""), Vec::<String>::new());
}

#[test]
fn steps_have_titles_that_tasks_can_have_and_no_two_the_same() {
    let long = "word ".repeat(100);
    let text = format!("1. Wait\n2. wait\n3. {long}");
    let book = runbook::read(&text);
    assert_eq!(book.steps[1].title, "wait (2)");
    assert!(book.steps[2].title.chars().count() <= limits::TITLE_CHARS);
    assert!(book.steps[2].more.contains(long.trim()), "nothing is lost");
    let many = (0..300).map(|n| format!("- step {n}")).collect::<Vec<_>>().join("\n");
    let book = runbook::read(&many);
    assert_eq!(book.steps.len(), STEPS_MAX);
    assert!(book.steps[STEPS_MAX - 1].more.contains("step 299"), "nothing is lost");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_without_variables_stay_as_they_are(words in "[^{}]{0,200}") {
        prop_assert_eq!(fill(&words, &|_| None), (words.clone(), vec![]));
    }

    #[test]
    fn no_words_upset_variables_and_steps(words in "\\PC{0,120}") {
        let (filled, missing) = fill(&words, &|_| None);
        prop_assert_eq!(&filled, &words, "what has no value stays");
        let opened = words.matches('{').count();
        prop_assert!(missing.len() <= opened);
        let book = runbook::read(&words);
        prop_assert!(book.steps.iter().all(|step| !step.title.trim().is_empty()));
    }

    #[test]
    fn every_variable_is_known_and_filled(at in 0..VARIABLES.len()) {
        let words = format!("{{{}}}", VARIABLES[at].0);
        prop_assert!(unknown(&words).is_empty());
        prop_assert_eq!(fill(&words, &|name| Some(name.to_uppercase())).0, VARIABLES[at].0.to_uppercase());
    }
}
