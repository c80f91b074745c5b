//! Taking back one entry while nothing later depends on it.

use crate::case::{Case, Who, plain_report, words};
use crate::sample::{
    assign, assign_team, classify, comment, hold, overridden, resolve, tag, urgent,
};
use incident::event::{Derived, SUGGESTION};
use incident::state::HoldReason;
use incident::{Cause, Command, Lifecycle, State};

/// What a person sees of a state, apart from its place in time.
fn substance(state: &State) -> State {
    let mut state = state.clone();
    state.version = 0;
    state.updated_at = crate::case::start();
    state.clocks.clear();
    // Being undone is a change too: it is so since then.
    state.since = Default::default();
    state
}

#[test]
fn what_can_be_undone_is_as_it_was() {
    let cases = [
        ("acknowledged", Command::Acknowledge),
        ("assigned", assign(Who::Agent)),
        ("assigned", assign(Who::Desktop)),
        ("assigned", assign_team()),
        ("priority_changed", urgent()),
        ("priority_changed", overridden(1)),
        ("classified", classify()),
        ("put_on_hold", hold(HoldReason::Requester)),
        ("put_on_hold", hold(HoldReason::Vendor)),
        ("tagged", tag("vpn")),
        ("merged", Command::Merge { into: crate::case::inc(2) }),
    ];
    for (kind, command) in cases {
        let mut case = Case::new();
        case.report(Who::Requester, plain_report());
        case.policy.services.values_mut().for_each(|service| service.team = None);
        let before = substance(case.state());
        case.does(Who::Agent, command.clone()).wait(600);
        let undo = case.undo_of(kind);
        case.does(Who::Agent, undo.clone());
        assert_eq!(substance(case.state()), before, "{command:?}");
        assert!(case.state_of(2).parts.is_empty());
        let twice = case.refuses(Who::Agent, undo);
        assert!(["too_late", "changed_since"].contains(&twice.code), "{twice:?}");
    }
}

#[test]
fn ten_minutes_and_no_more() {
    let mut case = Case::new();
    case.does(Who::Agent, urgent()).wait(601);
    let undo = case.undo_of("priority_changed");
    assert_eq!(case.refuses(Who::Agent, undo).code, "too_late");
}

#[test]
fn what_changed_since_stays() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent));
    let undo = case.undo_of("assigned");
    case.does(Who::Agent, assign(Who::Desktop));
    assert_eq!(case.refuses(Who::Agent, undo).code, "changed_since");
}

#[test]
fn work_that_began_before_or_went_on_since_is_not_given_back() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Acknowledge).does(Who::Agent, assign(Who::Desktop));
    let undo = case.undo_of("assigned");
    case.does(Who::Agent, undo);
    assert_eq!(case.life(), Lifecycle::InProgress, "it was acknowledged before");

    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Desktop)).wait(5).does(Who::Desktop, comment());
    let undo = case.undo_of("assigned");
    case.does(Who::Agent, undo);
    assert_eq!(case.life(), Lifecycle::InProgress, "it was answered since");
    assert!(case.state().moments.acknowledged.is_some());
}

#[test]
fn a_changed_hold_goes_back_to_the_former_one() {
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Requester)).wait(60);
    case.does(Who::Agent, hold(HoldReason::Vendor));
    let undo = case.undo_of("put_on_hold");
    case.does(Who::Agent, undo);
    assert_eq!(case.state().hold.as_ref().unwrap().reason, HoldReason::Requester);
}

#[test]
fn nothing_goes_back_to_who_may_not_have_it_any_more() {
    use crate::case::{desktop, network};
    use incident::Change;
    let to = |team| Command::Assign { team: Change::Set(team), assignee: Change::Keep };
    let mut case = Case::new();
    case.does(Who::Agent, to(desktop())).does(Who::Agent, to(network()));
    let undo = case.undo_of("assigned");
    let mut hidden = case.clone();
    hidden.does(Who::Agent, Command::Restrict { team: Some(network()) });
    assert_eq!(hidden.refuses(Who::Agent, undo.clone()).code, "changed_since");
    case.policy.teams.remove(&desktop());
    assert_eq!(case.refuses(Who::Agent, undo).code, "changed_since");

    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Desktop)).does(Who::Agent, assign(Who::Responder));
    case.policy.staff.get_mut(&Who::Desktop.id()).unwrap().active = false;
    let undo = case.undo_of("assigned");
    assert_eq!(case.refuses(Who::Agent, undo).code, "changed_since");

    let mut case = Case::with(incident::command::Report {
        service: Some(crate::case::wiki()),
        ..plain_report()
    });
    case.does(Who::Agent, classify());
    let undo = case.undo_of("classified");
    case.policy.services.remove(&crate::case::wiki());
    assert_eq!(case.refuses(Who::Agent, undo).code, "changed_since");
}

#[test]
fn a_resumed_hold_waits_again_unless_its_time_has_come() {
    let mut case = Case::new();
    case.does(Who::Agent, hold(HoldReason::Vendor)).wait(60).does(Who::Agent, Command::Resume);
    let undo = case.undo_of("resumed");
    case.does(Who::Agent, undo);
    assert_eq!(case.life(), Lifecycle::OnHold);

    let mut case = Case::new();
    let until = Some(case.now.plus_seconds(120));
    case.does(Who::Agent, Command::Hold { reason: HoldReason::Scheduled, until, note: None });
    case.wait(60).does(Who::Agent, Command::Resume).wait(61);
    let undo = case.undo_of("resumed");
    assert_eq!(case.refuses(Who::Agent, undo).code, "too_late");
}

#[test]
fn a_hold_taken_back_is_taken_back_below() {
    let mut case = Case::new();
    case.report(Who::Requester, plain_report());
    case.does_on(Who::Agent, 2, crate::sample::link(incident::state::LinkKind::Parent, "INC-1"));
    case.does(Who::Agent, hold(HoldReason::Vendor));
    let undo = case.undo_of("put_on_hold");
    case.does(Who::Agent, undo);
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::New, "as its parent");
    // Back to the former hold, too.
    case.does(Who::Agent, hold(HoldReason::Vendor)).does(Who::Agent, hold(HoldReason::Requester));
    assert_eq!(case.state_of(2).lifecycle, Lifecycle::InProgress);
    let undo = case.undo_of("put_on_hold");
    case.does(Who::Agent, undo);
    let waits = case.state_of(2).hold.as_ref().expect("it waits with its parent again");
    assert_eq!(waits.reason, HoldReason::Vendor);
}

#[test]
fn consequences_undoings_and_words_are_not_undone() {
    let mut case = Case::new();
    case.does(Who::Agent, urgent());
    let undo = case.undo_of("priority_changed");
    case.does(Who::Agent, undo);
    for n in [case.last("priority_changed").n, case.last("reported").n, 999] {
        assert_eq!(case.refuses(Who::Agent, Command::Undo { n }).field, Some("n"), "{n}");
    }
    case.does(Who::Agent, comment());
    for kind in ["commented", "acknowledged", "responded"] {
        let undo = case.undo_of(kind);
        assert_eq!(case.refuses(Who::Agent, undo).field, Some("n"), "{kind}");
    }
    case.does(Who::Agent, resolve());
    let undo = case.undo_of("resolved");
    assert_eq!(case.refuses(Who::Agent, undo).field, Some("n"));
}

#[test]
fn what_was_unknown_is_unknown_again() {
    let mut case = Case::new();
    let counted = Command::Classify {
        title: None,
        service: incident::Change::Keep,
        category: incident::Change::Keep,
        fields: Default::default(),
        affected: Some(12),
    };
    case.does(Who::Agent, counted);
    assert_eq!(case.state().affected, Some(12));
    let undo = case.undo_of("classified");
    case.does(Who::Agent, undo);
    assert_eq!(case.state().affected, None);
    assert_eq!(case.state().title, words(0));
}

#[test]
fn what_was_suggested_is_undone_as_what_is_done_by_hand() {
    let mut case = Case::new();
    case.does(Who::Agent, urgent());
    let mut event = case.last("priority_changed").clone();
    let from =
        |by: &str| Cause::Derived(Derived { by: by.into(), name: "priority".into(), version: 3 });
    event.cause = from(SUGGESTION);
    assert!(incident::undoable(&event) && event.cause.is_asked());
    event.cause = from("rule");
    assert!(!incident::undoable(&event) && !event.cause.is_asked());
}
