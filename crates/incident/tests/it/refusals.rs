//! A refusal says what would be allowed instead.

use crate::case::{Case, Who};
use crate::sample;
use crate::sample::{cancel, resolve};
use incident::{Command, CommandName, Lifecycle, RefusalKind};

#[test]
fn what_is_refused_for_its_state_names_what_is_not() {
    let mut case = Case::new();
    case.does(Who::Agent, resolve());
    let refusal = case.refuses(Who::Agent, sample::hold(incident::state::HoldReason::Vendor));
    assert_eq!(refusal.kind, RefusalKind::State);
    assert!(refusal.message.contains("resolved"), "{}", refusal.message);
    for name in [CommandName::Confirm, CommandName::Dispute, CommandName::Reopen] {
        assert!(refusal.allowed.contains(&name), "{name}");
    }
    assert!(!refusal.allowed.contains(&CommandName::Hold));
    assert!(!refusal.allowed.contains(&CommandName::Redact), "agents do not erase");
}

#[test]
fn a_requester_is_told_what_a_requester_can_do() {
    let mut case = Case::new();
    let refusal = case.refuses(Who::Requester, Command::Confirm);
    use CommandName as C;
    assert_eq!(refusal.allowed, [C::Comment, C::Attach, C::Cancel]);
    let mut taken = case.clone();
    taken.does(Who::Agent, Command::Acknowledge);
    let refusal = taken.refuses(Who::Requester, Command::Confirm);
    assert_eq!(refusal.allowed, [C::Comment, C::Attach], "what is worked on is not withdrawn");
    case.does(Who::Requester, cancel());
    let refusal = case.refuses(Who::Requester, sample::attach(1));
    assert_eq!(refusal.allowed, [C::Comment], "their word is heard");
    assert!(refusal.message.contains("final"));
}

#[test]
fn every_word_of_a_refusal_helps() {
    for life in [Lifecycle::New, Lifecycle::Resolved, Lifecycle::Closed, Lifecycle::Cancelled] {
        for name in CommandName::ALL.iter().copied().filter(|name| *name != CommandName::Tick) {
            let mut case = Case::new();
            match life {
                Lifecycle::Cancelled => case.does(Who::Manager, cancel()),
                Lifecycle::Resolved => case.does(Who::Manager, resolve()),
                Lifecycle::Closed => {
                    case.does(Who::Manager, resolve()).does(Who::Manager, Command::Close)
                }
                _ => &mut case,
            };
            let Err(refusal) = case.issue(Who::Manager, crate::case::inc(1), &sample::of(name))
            else {
                continue;
            };
            assert!(!refusal.message.is_empty());
            assert!(!refusal.message.contains('!'));
            match refusal.kind {
                RefusalKind::Invalid => assert!(refusal.field.is_some(), "{name}: {refusal:?}"),
                RefusalKind::State => assert!(!refusal.allowed.is_empty(), "{name}: {refusal:?}"),
                RefusalKind::Forbidden | RefusalKind::NotFound | RefusalKind::Limit => {}
            }
        }
    }
}

#[test]
fn names_are_the_words_of_urls() {
    for name in CommandName::ALL.iter().copied() {
        let json = serde_json::to_string(&name).unwrap();
        assert_eq!(json, format!("\"{name}\""), "one word everywhere");
        let product = name.is_of_the_product();
        assert_eq!(name.as_str().parse::<CommandName>().ok(), (!product).then_some(name));
        assert_eq!(sample::of(name).name(), name);
    }
}
