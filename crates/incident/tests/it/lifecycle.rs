//! The state table: where each state leads, and where it does not.

use crate::case::{Case, Who, start, words};
use crate::sample::{assign, assign_team, cancel, comment, dispute, hold, note, resolve};
use incident::command::Change;
use incident::state::HoldReason;
use incident::{Command, CommandName, Lifecycle};

/// A case whose INC-1 is in this state.
fn in_state(life: Lifecycle) -> Case {
    let mut case = Case::new();
    case.wait(60);
    match life {
        Lifecycle::New => &mut case,
        Lifecycle::InProgress => case.does(Who::Agent, Command::Acknowledge),
        Lifecycle::OnHold => case.does(Who::Agent, hold(HoldReason::Vendor)),
        Lifecycle::Resolved => case.does(Who::Agent, resolve()),
        Lifecycle::Closed => case.does(Who::Agent, resolve()).does(Who::Agent, Command::Close),
        Lifecycle::Cancelled => case.does(Who::Agent, cancel()),
    };
    assert_eq!(case.life(), life);
    case.wait(60);
    case
}

#[test]
fn every_state_leaves_to_what_the_table_says_and_nowhere_else() {
    use Lifecycle::*;
    type Move = (&'static str, Command, &'static [(Lifecycle, Lifecycle)]);
    let moves: [Move; 9] = [
        ("acknowledge", Command::Acknowledge, &[(New, InProgress)]),
        (
            "hold",
            hold(HoldReason::Problem),
            &[(New, OnHold), (InProgress, OnHold), (OnHold, OnHold)],
        ),
        ("resume", Command::Resume, &[(OnHold, InProgress)]),
        ("resolve", resolve(), &[(New, Resolved), (InProgress, Resolved), (OnHold, Resolved)]),
        ("cancel", cancel(), &[(New, Cancelled), (InProgress, Cancelled), (OnHold, Cancelled)]),
        ("confirm", Command::Confirm, &[(Resolved, Closed)]),
        ("close", Command::Close, &[(Resolved, Closed)]),
        ("dispute", dispute(), &[(Resolved, InProgress)]),
        ("reopen", Command::Reopen { note: words(1) }, &[(Resolved, InProgress)]),
    ];
    for (name, command, leads) in moves {
        for from in Lifecycle::ALL.iter().copied() {
            let mut case = in_state(from);
            match leads.iter().find(|(state, _)| *state == from) {
                Some((_, to)) => {
                    case.does(Who::Agent, command.clone());
                    assert_eq!(case.life(), *to, "{name} from {from}");
                }
                None => {
                    let refusal = case.refuses(Who::Agent, command.clone());
                    assert_eq!(refusal.code, "not_in_this_state", "{name} from {from}");
                }
            }
        }
    }
}

#[test]
fn assigning_a_person_starts_work_and_assigning_a_team_does_not() {
    let mut case = Case::new();
    case.does(Who::Desktop, assign_team());
    assert_eq!(case.life(), Lifecycle::New);
    case.does(Who::Desktop, assign(Who::Agent));
    assert_eq!(case.life(), Lifecycle::InProgress);
    assert_eq!(case.state().moments.acknowledged, None, "somebody else was named, nobody took it");
    case.does(Who::Agent, Command::Acknowledge);
    assert_eq!(case.state().moments.acknowledged, Some(start()));
}

#[test]
fn taking_it_acknowledges_it() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent));
    assert_eq!(case.story(), ["reported", "assigned", "acknowledged", "work_started"]);
}

#[test]
fn taking_it_is_the_response_where_the_agreement_says_so() {
    let mut case = Case::new();
    case.agree(|agreement| agreement.acknowledgement_responds = true);
    case.does(Who::Agent, assign(Who::Agent));
    assert_eq!(case.state().moments.responded, Some(start()));
}

#[test]
fn an_answer_acknowledges_and_starts_a_new_incident() {
    let mut case = Case::new();
    case.does(Who::Agent, note());
    assert_eq!(case.life(), Lifecycle::New, "a note is no answer");
    case.does(Who::Agent, comment());
    assert_eq!(case.life(), Lifecycle::InProgress);
    assert_eq!(
        case.story(),
        ["reported", "commented", "commented", "responded", "acknowledged", "work_started"]
    );
}

#[test]
fn flags_tasks_and_escalations_are_no_state() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::DeclareMajor { reason: None });
    let escalate =
        Command::Escalate { team: Some(crate::case::desktop()), manager: None, reason: words(1) };
    case.does(Who::Agent, escalate);
    assert_eq!(case.life(), Lifecycle::New);
    assert_eq!(case.state().moments.acknowledged, None);
}

#[test]
fn a_hold_can_change_its_reason_and_ends_by_itself() {
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Requester)).wait(100);
    let until = case.now.plus_seconds(3_600);
    case.does(
        Who::Agent,
        Command::Hold { reason: HoldReason::Vendor, until: Some(until), note: None },
    );
    let waits = case.state().hold.clone().unwrap();
    assert_eq!((waits.reason, waits.until), (HoldReason::Vendor, Some(until)));
    case.wait(3_599).tick();
    assert_eq!(case.life(), Lifecycle::OnHold);
    case.wait(7_200).tick();
    assert_eq!(case.life(), Lifecycle::InProgress);
    assert_eq!(case.last("resumed").happened_at, until, "at its own instant, however late");
}

#[test]
fn a_longer_wait_for_the_same_thing_is_one_wait() {
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Vendor)).wait(600);
    let until = case.now.plus_seconds(60);
    case.does(
        Who::Agent,
        Command::Hold { reason: HoldReason::Vendor, until: Some(until), note: None },
    );
    assert_eq!(case.state().hold.as_ref().unwrap().since, start());
}

#[test]
fn holds_need_a_future_and_scheduled_ones_an_instant() {
    let mut case = Case::new();
    let past = Command::Hold { reason: HoldReason::Vendor, until: Some(case.now), note: None };
    assert_eq!(case.refuses(Who::Agent, past).field, Some("until"));
    let open = Command::Hold { reason: HoldReason::Scheduled, until: None, note: None };
    assert_eq!(case.refuses(Who::Agent, open).field, Some("until"));
    case.does(Who::Agent, hold(HoldReason::Vendor));
    assert_eq!(case.refuses(Who::Agent, hold(HoldReason::Vendor)).code, "nothing_to_change");
}

#[test]
fn silence_closes_after_the_days_of_the_agreement() {
    let mut case = in_state(Lifecycle::Resolved);
    let resolved = case.state().moments.resolved.unwrap();
    let due = resolved.plus_seconds(5 * 86_400);
    assert_eq!(case.state().close_at, Some(due));
    case.now = due.plus_micros(-1);
    case.tick();
    assert_eq!(case.life(), Lifecycle::Resolved);
    case.now = due.plus_seconds(86_400);
    case.tick();
    assert_eq!(case.life(), Lifecycle::Closed);
    assert_eq!(case.state().moments.closed, Some(due));
    assert!(case.last("closed").body.data_json().contains("silence"));
}

#[test]
fn a_command_after_the_closing_instant_finds_it_closed() {
    let mut case = in_state(Lifecycle::Resolved);
    case.wait(6 * 86_400);
    let refusal = case.refuses(Who::Agent, Command::Reopen { note: words(1) });
    assert_eq!(refusal.code, "not_in_this_state");
    assert!(!refusal.allowed.contains(&CommandName::Close), "it is closed already");
}

#[test]
fn confirming_and_disputing_on_behalf_is_recorded_as_such() {
    let mut case = in_state(Lifecycle::Resolved);
    case.does(Who::Agent, dispute());
    assert_eq!(case.last("disputed").actor, Who::Agent.actor());
    assert_eq!(case.state().reopenings, 1);
    assert_eq!(case.state().resolution, None);
    case.does(Who::Agent, resolve());
    case.does(Who::Requester, Command::Confirm);
    assert_eq!(case.last("confirmed").actor, Who::Requester.actor());
    assert_eq!(case.life(), Lifecycle::Closed);
}

#[test]
fn moments_are_facts_of_their_own() {
    let mut case = in_state(Lifecycle::Resolved);
    case.does(Who::Agent, Command::Restore { children: false });
    assert!(case.state().moments.restored.is_some());
    assert_eq!(
        case.refuses(Who::Agent, Command::Restore { children: false }).code,
        "nothing_to_change"
    );
    case.does(Who::Agent, dispute());
    assert_eq!(case.state().moments.restored, None, "it is broken again");
    let mut case = in_state(Lifecycle::Closed);
    case.refuses(Who::Agent, Command::Mitigate { children: false });
}

#[test]
fn a_closed_incident_still_takes_links_redaction_and_what_follows_from_them() {
    use CommandName as C;
    for life in [Lifecycle::Closed, Lifecycle::Cancelled] {
        let case = in_state(life);
        let allowed: Vec<_> = incident::decide::allowed(case.state()).collect();
        for name in [C::Link, C::Unlink, C::Redact, C::Watch, C::Restrict] {
            assert!(allowed.contains(&name), "{name} when {life}");
        }
        for name in
            [C::Assign, C::Classify, C::Prioritise, C::Reopen, C::Merge, C::AddTask, C::Undo]
        {
            assert!(!allowed.contains(&name), "{name} when {life}");
        }
    }
}

/// The desk checks after every step that the invariants hold and that a refusal changes nothing.
#[test]
fn everything_by_everybody_in_every_state_twice_and_late_keeps_the_invariants() {
    for life in Lifecycle::ALL.iter().copied() {
        let mut case = in_state(life);
        case.report(Who::Requester, crate::case::plain_report());
        for name in CommandName::ALL.iter().copied() {
            let command = crate::sample::of(name);
            for who in Who::ALL {
                let mut case = case.clone();
                let first = case.issue(who, crate::case::inc(1), &command);
                let again = case.issue(who, crate::case::inc(1), &command);
                assert!(first.is_ok() || again.is_err(), "{who:?} {name} when {life}");
                case.wait(20 * 86_400);
                case.happened_at = Some(case.now.plus_seconds(-86_400));
                let _ = case.issue(who, crate::case::inc(1), &command);
            }
        }
    }
}

#[test]
fn a_report_cannot_be_repeated_and_nothing_happens_to_nothing() {
    let mut case = Case::new();
    let again = Command::Report(Box::new(crate::case::plain_report()));
    assert_eq!(case.refuses(Who::Agent, again).code, "exists");
    let refusal = case.issue(Who::Agent, crate::case::inc(9), &Command::Acknowledge).unwrap_err();
    assert_eq!(refusal.kind, incident::RefusalKind::NotFound);
}

#[test]
fn a_clock_that_was_set_back_does_not_turn_time_round() {
    let mut case = Case::new();
    case.wait(600).does(Who::Agent, Command::Acknowledge);
    case.wait(-3_600).does(Who::Agent, note()).tick();
    assert_eq!(case.last("commented").happened_at, start().plus_seconds(600));
}

#[test]
fn what_happened_earlier_is_recorded_as_such_but_not_what_lies_ahead() {
    let mut case = Case::new();
    case.wait(600);
    case.happened_at = Some(start().plus_seconds(120));
    case.does(Who::Agent, Command::Acknowledge);
    let event = case.last("acknowledged");
    assert_eq!((event.happened_at, event.at), (start().plus_seconds(120), case.now));
    case.happened_at = Some(case.now.plus_seconds(1));
    assert_eq!(case.refuses(Who::Agent, note()).field, Some("happened_at"));
}

#[test]
fn codes_come_from_the_list() {
    let mut case = Case::new();
    let odd = Command::Resolve {
        code: "magic".into(),
        note: words(1),
        cause: None,
        known_error: None,
        children: false,
    };
    let refusal = case.refuses(Who::Agent, odd);
    assert_eq!(refusal.field, Some("code"));
    assert!(refusal.message.contains("workaround"), "{}", refusal.message);
    let by = |known_error: &str| Command::Resolve {
        code: "known_error".into(),
        note: words(1),
        cause: None,
        known_error: Some(known_error.into()),
        children: false,
    };
    assert_eq!(case.refuses(Who::Agent, by("that old thing")).field, Some("known_error"));
    case.does(Who::Agent, by("PRB-3"));
}

#[test]
fn an_assignment_can_be_given_up() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent));
    let clear = Command::Assign { team: Change::Keep, assignee: Change::Clear };
    case.does(Who::Agent, clear);
    assert_eq!(case.state().assignee, None);
    assert_eq!(case.life(), Lifecycle::InProgress);
}
