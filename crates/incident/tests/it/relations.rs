//! Merging, parents and links: both sides always agree, and nothing runs in circles.

use crate::case::{Case, Who, category, inc, network, plain_report, start, words};
use crate::sample::{assign, hold, link, resolve};
use incident::command::Report;
use incident::state::{HoldReason, LinkKind};
use incident::{Command, Lifecycle};
use kernel::limits;

fn three() -> Case {
    let mut case = Case::new();
    case.report(Who::Requester, plain_report());
    case.report(Who::Requester, plain_report());
    case
}

fn parent(number: i64) -> Command {
    link(LinkKind::Parent, &format!("INC-{number}"))
}

fn merge(number: i64) -> Command {
    Command::Merge { into: inc(number) }
}

#[test]
fn merging_is_a_relation_that_can_be_taken_back() {
    let mut case = three();
    case.does_on(Who::Agent, 2, merge(1));
    assert_eq!(case.state_of(2).merged_into, Some(inc(1)));
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::New, "no state");
    assert!(case.state_of(1).parts.contains(&inc(2)));
    case.does_on(Who::Agent, 2, Command::Unmerge);
    assert_eq!(case.state_of(2).merged_into, None);
    assert!(case.state_of(1).parts.is_empty());
    assert_eq!(case.story_of(1), ["reported", "merge_received", "merge_withdrawn"]);
}

#[test]
fn a_merge_runs_in_no_circle() {
    let mut case = three();
    assert_eq!(case.refuses(Who::Agent, merge(1)).field, Some("into"));
    case.does_on(Who::Agent, 1, merge(2)).does_on(Who::Agent, 2, merge(3));
    assert_eq!(case.refuses_on(Who::Agent, 3, merge(1)).field, Some("into"), "a circle of three");
    assert_eq!(case.refuses_on(Who::Agent, 1, merge(3)).code, "not_in_this_state");
    assert_eq!(case.refuses(Who::Agent, merge(9)).code, "not_in_this_state");
    assert_eq!(case.refuses_on(Who::Agent, 3, merge(9)).field, Some("into"), "unknown");
}

#[test]
fn a_parent_is_no_part_of_its_own_child() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does_on(Who::Agent, 3, parent(2));
    assert_eq!(case.refuses(Who::Agent, merge(3)).field, Some("into"));
    case.does_on(Who::Agent, 3, merge(1));
}

#[test]
fn what_is_merged_away_or_over_takes_no_parts() {
    let mut case = three();
    case.does_on(Who::Agent, 2, merge(1));
    let refusal = case.refuses_on(Who::Agent, 3, merge(2));
    assert!(refusal.message.contains("INC-1"), "says where to: {}", refusal.message);
    case.does(Who::Agent, resolve()).does(Who::Agent, Command::Close);
    assert_eq!(case.refuses_on(Who::Agent, 3, merge(1)).field, Some("into"));
}

#[test]
fn what_others_may_not_see_is_not_merged_into_what_they_see() {
    let mut case = three();
    case.does_on(Who::Agent, 2, Command::Restrict { team: Some(network()) });
    assert_eq!(case.refuses_on(Who::Agent, 2, merge(1)).field, Some("into"));
    case.does(Who::Agent, Command::Restrict { team: Some(network()) });
    case.does_on(Who::Agent, 2, merge(1));
}

#[test]
fn a_part_is_seen_by_those_who_see_what_it_is_part_of() {
    let mut case = three();
    case.does_on(Who::Agent, 2, merge(1)).does_on(Who::Agent, 3, merge(1));
    let restrict = |team| Command::Restrict { team };
    let refusal = case.refuses_on(Who::Agent, 2, restrict(Some(network())));
    assert!(refusal.message.contains("INC-1"), "says where: {}", refusal.message);
    case.does(Who::Agent, restrict(Some(network())));
    assert_eq!(case.state_of(2).confidential_to, Some(network()));
    case.does_on(Who::Agent, 3, Command::Unmerge).does(Who::Agent, restrict(None));
    assert_eq!(case.state_of(2).confidential_to, None);
    assert_eq!(case.state_of(3).confidential_to, Some(network()), "it is no part any more");
    case.does(Who::Agent, restrict(Some(network()))).does_on(Who::Agent, 3, merge(1));
}

#[test]
fn what_is_open_is_no_part_of_what_is_over() {
    let mut case = three();
    case.does(Who::Agent, resolve());
    assert_eq!(case.refuses_on(Who::Agent, 2, merge(1)).field, Some("into"));

    // "Still broken", says the requester of a part.
    for reopening in [crate::sample::dispute(), crate::sample::comment()] {
        let mut case = three();
        case.does_on(Who::Agent, 2, merge(1)).does(Who::Agent, resolve());
        case.does_on(Who::Requester, 2, reopening);
        assert_eq!(case.state_of(2).lifecycle, Lifecycle::InProgress);
        assert_eq!(case.state_of(2).merged_into, None, "or nobody would see it");
        assert!(case.state_of(1).parts.is_empty());
    }

    // The other one was recorded in error.
    let mut case = three();
    case.does_on(Who::Agent, 2, merge(1)).does_on(Who::Agent, 3, merge(1));
    case.does_on(Who::Agent, 3, resolve()).does(Who::Agent, crate::sample::cancel());
    assert_eq!(case.state_of(2).merged_into, None);
    assert_eq!(case.state_of(3).merged_into, Some(inc(1)), "what is over may stay");

    // The other one was never open again.
    let mut case = three();
    case.does(Who::Agent, resolve()).does(Who::Requester, crate::sample::comment());
    case.does_on(Who::Agent, 2, merge(1)).does(Who::Agent, Command::NotAReopening);
    assert_eq!(case.state_of(2).merged_into, None);
}

#[test]
fn resolving_resolves_the_parts_with_the_same_words() {
    let mut case = three();
    case.does_on(Who::Agent, 2, merge(1)).does(Who::Agent, resolve());
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::Resolved);
    assert_eq!(case.state_of(2).resolution, case.state_of(1).resolution);
    assert_eq!(case.state_of(3).lifecycle, Lifecycle::New);
}

#[test]
fn a_parent_runs_in_no_circle_and_is_one() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does_on(Who::Agent, 3, parent(2));
    assert_eq!(case.refuses(Who::Agent, parent(3)).field, Some("target"));
    assert_eq!(case.refuses(Who::Agent, parent(1)).field, Some("target"));
    assert_eq!(case.refuses_on(Who::Agent, 3, parent(1)).code, "has_parent");
    assert_eq!(case.refuses_on(Who::Agent, 3, parent(2)).code, "nothing_to_change");
    let unlink = Command::Unlink { kind: LinkKind::Parent, target: "inc-2".into() };
    case.does_on(Who::Agent, 3, unlink);
    assert!(case.state_of(2).children.is_empty());
    case.does_on(Who::Agent, 3, parent(1));
    assert_eq!(case.state_of(1).children.len(), 2);
}

#[test]
fn progress_and_holds_are_copied_down() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does_on(Who::Agent, 3, parent(2));
    case.does(Who::Agent, Command::Acknowledge);
    assert_eq!(case.state_of(3).lifecycle, Lifecycle::InProgress, "to the grandchildren");
    case.does(Who::Agent, hold(HoldReason::Vendor));
    for number in 2..=3 {
        let waits = case.state_of(number).hold.as_ref().unwrap();
        assert_eq!(waits.reason, HoldReason::Vendor);
    }
    case.does(Who::Agent, Command::Resume);
    assert_eq!(case.state_of(3).lifecycle, Lifecycle::InProgress);
}

#[test]
fn waiting_for_one_requester_is_no_matter_of_the_others() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does(Who::Agent, hold(HoldReason::Requester));
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::New);
    case.does_on(Who::Agent, 2, hold(HoldReason::Requester));
    case.does(Who::Agent, hold(HoldReason::Vendor)).does(Who::Agent, Command::Resume);
    let waits = case.state_of(2).hold.as_ref().expect("it keeps waiting for its own requester");
    assert_eq!(waits.reason, HoldReason::Requester);
}

#[test]
fn children_do_not_wait_for_longer_than_their_parent() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does(Who::Agent, hold(HoldReason::Vendor));
    case.does(Who::Agent, hold(HoldReason::Requester));
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::InProgress);
    case.does(Who::Requester, crate::sample::comment());
    assert_eq!(case.state_of(2).hold, None);
}

#[test]
fn nobody_has_the_children_of_what_nobody_has() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does_on(Who::Agent, 3, parent(2));
    case.does(Who::Desktop, assign(Who::Agent));
    for number in 1..=3 {
        assert_eq!(case.state_of(number).lifecycle, Lifecycle::InProgress);
        assert_eq!(case.state_of(number).moments.acknowledged, None, "INC-{number}");
    }
    case.wait(60).does(Who::Agent, crate::sample::comment());
    for number in 1..=3 {
        assert_eq!(case.state_of(number).moments.acknowledged, Some(case.now), "INC-{number}");
    }
}

#[test]
fn what_was_not_taken_after_all_is_not_taken_below() {
    for (kind, taken) in [
        ("acknowledged", Command::Acknowledge),
        ("assigned", assign(Who::Agent)),
        ("assigned", assign(Who::Desktop)),
        ("put_on_hold", hold(HoldReason::Vendor)),
    ] {
        let mut case = three();
        case.does_on(Who::Agent, 2, parent(1)).does_on(Who::Agent, 3, parent(2));
        case.wait(60).does(Who::Agent, taken);
        assert_ne!(case.state_of(3).lifecycle, Lifecycle::New, "{kind}");
        let undo = case.undo_of(kind);
        case.wait(60).does(Who::Agent, undo);
        for number in 1..=3 {
            let story = case.story_of(number);
            assert_eq!(
                case.state_of(number).lifecycle,
                Lifecycle::New,
                "{kind}, INC-{number}: {story:?}"
            );
            assert_eq!(case.state_of(number).moments.acknowledged, None, "{kind}, INC-{number}");
        }
    }
}

#[test]
fn a_child_that_was_worked_on_stays_taken() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does_on(Who::Agent, 3, parent(1));
    case.does_on(Who::Desktop, 2, Command::Acknowledge).wait(60);
    case.does(Who::Agent, Command::Acknowledge);
    let undo = case.undo_of("acknowledged");
    case.wait(60).does_on(Who::Desktop, 3, crate::sample::comment()).does(Who::Agent, undo);
    assert_eq!(case.life(), Lifecycle::New);
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::InProgress, "taken before");
    assert_eq!(case.state_of(3).lifecycle, Lifecycle::InProgress, "answered since");
}

#[test]
fn the_cause_of_what_is_confidential_is_not_told_below() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does_on(Who::Agent, 3, parent(1));
    let all = Command::Resolve {
        code: "fixed".into(),
        note: words(1),
        cause: Some(words(2)),
        known_error: None,
        children: true,
    };
    let mut open = case.clone();
    open.does(Who::Agent, all.clone());
    assert_eq!(open.state_of(2).resolution.as_ref().unwrap().cause, Some(words(2)));
    case.does(Who::Agent, Command::Restrict { team: Some(network()) }).does(Who::Agent, all);
    let told = case.state_of(2).resolution.as_ref().unwrap();
    assert_eq!((told.note, told.cause), (words(1), None));
}

#[test]
fn relations_have_limits_on_both_sides() {
    let mut case = three();
    let full = |change: fn(&mut incident::State), command: &Command| {
        let mut case = case.clone();
        change(&mut case.records.get_mut(&inc(1)).unwrap().state);
        let refusal = case.issue(Who::Agent, inc(2), command).unwrap_err();
        assert_eq!(refusal.kind, incident::RefusalKind::Limit);
        assert!(refusal.message.contains("INC-1"), "{}", refusal.message);
    };
    full(
        |state| state.children = (10..).take(limits::CHILDREN_PER_INCIDENT).map(inc).collect(),
        &parent(1),
    );
    full(
        |state| state.parts = (10..).take(limits::PARTS_PER_INCIDENT).map(inc).collect(),
        &merge(1),
    );
    full(
        |state| {
            let link = |n| incident::state::Link {
                kind: LinkKind::Related,
                target: inc(n).to_string(),
                reverse: true,
            };
            state.links = (10..).take(limits::LINKS_PER_INCIDENT).map(link).collect();
        },
        &link(LinkKind::Related, "INC-1"),
    );
    case.does_on(Who::Agent, 2, parent(1));
}

#[test]
fn a_child_can_opt_out() {
    let mut case = three();
    let alone =
        Command::Link { kind: LinkKind::Parent, target: "INC-1".into(), cascade: Some(false) };
    case.does_on(Who::Agent, 2, alone).does_on(Who::Agent, 3, parent(1));
    case.does(Who::Agent, hold(HoldReason::Change));
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::New);
    assert_eq!(case.state_of(3).lifecycle, Lifecycle::OnHold);
    let Command::Resolve { code, note, .. } = resolve() else { unreachable!() };
    let all = Command::Resolve { code, note, cause: None, known_error: None, children: true };
    case.does(Who::Agent, all);
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::New);
    assert_eq!(case.state_of(3).lifecycle, Lifecycle::Resolved);
    case.does_on(Who::Agent, 2, parent(1));
    assert!(case.state_of(2).follows_parent, "and in again");
}

#[test]
fn children_are_resolved_when_asked_and_never_closed_or_reopened_with_it() {
    let mut case = three();
    case.does_on(Who::Agent, 2, parent(1)).does(Who::Agent, resolve());
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::New, "not asked");
    case.does(Who::Requester, crate::sample::dispute());
    let Command::Resolve { code, note, .. } = resolve() else { unreachable!() };
    let all = Command::Resolve { code, note, cause: None, known_error: None, children: true };
    case.does(Who::Agent, all);
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::Resolved);
    case.does(Who::Requester, crate::sample::dispute());
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::Resolved);
    case.does(Who::Agent, resolve()).does(Who::Agent, Command::Close);
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::Resolved);
}

#[test]
fn i_have_this_too_opens_an_own_incident_below() {
    let mut case = Case::new();
    let report = Report {
        requester: Who::Colleague.id(),
        parent: Some(inc(1)),
        category: Some(category()),
        ..plain_report()
    };
    case.report(Who::Colleague, report);
    assert_eq!(case.state_of(2).parent, Some(inc(1)));
    assert!(case.state_of(2).follows_parent);
    assert!(case.state_of(1).children.contains(&inc(2)));
    case.does(Who::Agent, resolve()).does(Who::Agent, Command::Close);
    let late = Report { requester: Who::Colleague.id(), parent: Some(inc(1)), ..plain_report() };
    let refusal = case.issue(Who::Colleague, inc(3), &Command::Report(Box::new(late))).unwrap_err();
    assert_eq!(refusal.field, Some("parent"));
}

#[test]
fn a_report_names_only_what_its_reporter_may_know_of() {
    let mut case = Case::new();
    case.does(Who::Agent, resolve()).does(Who::Agent, Command::Close);
    case.report(Who::Requester, plain_report());
    let theirs = |parent, follow_up_of| {
        let requester = Who::Stranger.id();
        Command::Report(Box::new(Report { requester, parent, follow_up_of, ..plain_report() }))
    };
    let refused = |case: &mut Case, who, command: &Command| {
        let refusal = case.issue(who, inc(3), command).unwrap_err();
        assert!(!case.records.contains_key(&inc(3)));
        (refusal.field, refusal.message)
    };
    let unknown = |field| (Some(field), "is not a known incident".to_owned());
    let follows = theirs(None, Some(inc(1)));
    assert_eq!(refused(&mut case, Who::Stranger, &follows), unknown("follow_up_of"));
    case.clone().issue(Who::Agent, inc(3), &follows).unwrap();
    // "I have this too" is for those who see it, or whose company is told of it.
    let joins = theirs(Some(inc(2)), None);
    assert_eq!(refused(&mut case, Who::Stranger, &joins), unknown("parent"));
    case.clone().issue(Who::Desktop, inc(3), &joins).unwrap();
    case.does_on(Who::Agent, 2, Command::Restrict { team: Some(network()) });
    for who in [Who::Stranger, Who::Desktop] {
        assert_eq!(refused(&mut case, who, &joins), unknown("parent"), "{who:?}");
    }
    case.clone().issue(Who::Agent, inc(3), &joins).unwrap();
    let both = theirs(Some(inc(2)), Some(inc(1)));
    assert_eq!(refused(&mut case, Who::Agent, &both).0, Some("follow_up_of"));
}

#[test]
fn links_are_told_to_both_sides_and_taken_back_from_either() {
    let mut case = three();
    case.does(Who::Agent, link(LinkKind::CausedBy, "inc-2"));
    assert!(case.state_of(2).links.iter().any(|link| link.reverse && link.target == "INC-1"));
    let again = case.refuses(Who::Agent, link(LinkKind::CausedBy, "INC-2"));
    assert_eq!(again.code, "nothing_to_change");
    let back = Command::Unlink { kind: LinkKind::CausedBy, target: "INC-1".into() };
    case.does_on(Who::Agent, 2, back);
    assert!(case.state_of(1).links.is_empty() && case.state_of(2).links.is_empty());
    assert_eq!(case.story_of(1), ["reported", "linked", "unlinked"], "each says it once");
    assert_eq!(case.story_of(2), ["reported", "linked", "unlinked"]);
}

#[test]
fn targets_have_the_form_of_their_kind() {
    let cases = [
        (LinkKind::Problem, "PRB-3", true),
        (LinkKind::Problem, "PRB-03", false),
        (LinkKind::Problem, "INC-2", false),
        (LinkKind::KnownError, "PRB-12", true),
        (LinkKind::Change, "CHG-1", true),
        (LinkKind::Change, "change one", false),
        (LinkKind::CausedBy, "CHG-9", true),
        (LinkKind::CausedBy, "INC-2", true),
        (LinkKind::Duplicate, "INC-2", true),
        (LinkKind::Duplicate, "INC-1", false),
        (LinkKind::Related, "INC-77", false),
        (LinkKind::Related, "", false),
        (LinkKind::Alert, "prometheus:9f2c", true),
        (LinkKind::Alert, "line\nbreak", false),
    ];
    for (kind, target, fits) in cases {
        let mut case = three();
        let command = link(kind, target);
        if fits {
            case.does(Who::Agent, command);
        } else {
            assert_eq!(case.refuses(Who::Agent, command).field, Some("target"), "{kind} {target}");
        }
    }
}

#[test]
fn a_merged_incident_keeps_its_own_timeline_and_clocks() {
    let mut case = three();
    case.does_on(Who::Agent, 2, merge(1)).wait(60).does(Who::Agent, assign(Who::Agent));
    assert_eq!(case.state_of(2).assignee, None);
    assert_eq!(case.state_of(2).updated_at, start());
    case.does_on(
        Who::Agent,
        2,
        Command::Comment { body: words(20), visibility: incident::Visibility::Internal },
    );
    assert_eq!(case.state_of(2).updated_at, case.now);
}
