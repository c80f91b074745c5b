//! Whom events concern.

use crate::case::{Case, Who, inc, network};
use crate::sample::{assign, assign_team, comment, hold, note, of, resolve, update};
use incident::event::Commented;
use incident::state::{HoldReason, IncidentRole};
use incident::{Audience, Command, CommandName, Effect, State, Visibility, effects};

/// What the last command on INC-1 asks to be told.
fn told(case: &mut Case, who: Who, command: Command) -> Vec<Effect> {
    let before = case.records[&inc(1)].clone();
    case.does(who, command);
    let after = &case.records[&inc(1)];
    effects(Some(&before.state), &after.state, &after.events[before.events.len()..], &case.policy)
}

fn words_to(found: &[Effect], audience: &Audience) -> Vec<String> {
    found.iter().filter(|e| e.audience == *audience).map(|e| e.word.clone()).collect()
}

#[test]
fn a_report_is_confirmed_to_its_requester_and_told_to_its_team() {
    let case = Case::with(crate::sample::full_report_without_relatives());
    let record = &case.records[&inc(1)];
    let found = effects(None, &record.state, &record.events, &case.policy);
    let requester = Audience::Requester(Who::Requester.id());
    assert_eq!(words_to(&found, &requester), ["reported"]);
    assert_eq!(words_to(&found, &Audience::Team(network())), ["reported"]);
    assert_eq!(words_to(&found, &Audience::Person(Who::Agent.id())), ["assigned"]);
}

#[test]
fn nobody_is_told_what_they_did_themselves() {
    let mut case = Case::new();
    assert_eq!(told(&mut case, Who::Agent, assign(Who::Agent)), vec![]);
    let requester = Audience::Requester(Who::Requester.id());
    let found = told(&mut case, Who::Agent, comment());
    assert_eq!(words_to(&found, &requester), ["commented"]);
    let found = told(&mut case, Who::Requester, comment());
    assert_eq!(words_to(&found, &requester), Vec::<String>::new());
    assert_eq!(words_to(&found, &Audience::Person(Who::Agent.id())), ["commented"]);
}

#[test]
fn who_follows_it_from_outside_speaks_to_whoever_has_it() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Watch { person: Some(Who::Stranger.id()) });
    case.does(Who::Agent, comment()).does(Who::Requester, comment()).wait(60);
    let asked = case.state().unanswered_since;
    assert!(asked.is_some());
    // As it comes by mail.
    let record = &case.records[&inc(1)];
    let said = |by_follower: bool| {
        let mut event = record.events[0].clone();
        (event.n, event.actor) = (record.state.version + 1, Who::Stranger.actor());
        (event.at, event.happened_at) = (case.now, case.now);
        let (body, visibility) = (crate::case::words(1), Visibility::Public);
        event.body = Commented { body, visibility, by_requester: false, by_follower }.into();
        event
    };
    let event = said(true);
    let after = incident::apply(Some(record.state.clone()), &event).unwrap();
    assert_eq!((after.unanswered_since, after.since.told), (asked, record.state.since.told));
    let after = State { assignee: Some(Who::Agent.id()), ..after };
    let found = effects(Some(&record.state), &after, &[event], &case.policy);
    for to in [Audience::Person(Who::Agent.id()), Audience::Requester(Who::Requester.id())] {
        assert_eq!(words_to(&found, &to), ["commented"]);
    }
    // The service desk's own word is an answer.
    let after = incident::apply(Some(record.state.clone()), &said(false)).unwrap();
    assert_eq!(after.unanswered_since, None);
}

#[test]
fn internal_words_and_clocks_stay_inside() {
    let mut case = Case::new();
    case.does(Who::Agent, Command::Watch { person: Some(Who::Stranger.id()) });
    assert_eq!(told(&mut case, Who::Agent, note()), vec![]);
    case.wait(86_400);
    let found = told(&mut case, Who::System, Command::Tick);
    assert_eq!(found, vec![], "nobody of the provider has it, and watchers may be customers");
    case.does(Who::Agent, assign_team()).wait(30 * 86_400);
    let found = told(&mut case, Who::System, Command::Tick);
    assert!(!found.is_empty());
    // Not of clocks, but that it takes longer than was said.
    let (late, inside): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|effect| effect.word == incident::effects::DEVIATION);
    assert_eq!(late.len(), 1);
    assert!(inside.iter().all(|effect| effect.audience == Audience::Team(network())), "{inside:?}");
}

#[test]
fn what_cannot_be_taken_back_waits_ten_seconds() {
    let mut case = Case::new();
    let found = told(&mut case, Who::Agent, resolve());
    let resolved = found.iter().find(|effect| effect.word == "resolved").unwrap();
    assert_eq!(resolved.delay_seconds, 10);
    let found = told(&mut case, Who::Agent, Command::Close);
    let waits = found.iter().map(|effect| (effect.word.as_str(), effect.delay_seconds));
    assert_eq!(waits.collect::<Vec<_>>(), [("closed", 10), ("survey", 10)]);
}

#[test]
fn a_hold_tells_nobody_and_a_dispute_tells_whoever_has_it() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent));
    assert_eq!(told(&mut case, Who::Agent, hold(HoldReason::Vendor)), vec![]);
    case.does(Who::Agent, resolve());
    let agent = Audience::Person(Who::Agent.id());
    let found = told(&mut case, Who::Requester, crate::sample::dispute());
    assert_eq!(words_to(&found, &agent), ["disputed"], "once");
    case.does(Who::Agent, resolve());
    let found = told(&mut case, Who::Requester, comment());
    assert_eq!(words_to(&found, &agent), ["commented"], "once");
}

#[test]
fn an_agents_reopening_and_a_requesters_picture_are_told() {
    let mut case = Case::new();
    case.does(Who::Agent, assign(Who::Agent)).does(Who::Agent, resolve());
    let reopen = Command::Reopen { note: crate::case::words(1) };
    let found = told(&mut case, Who::Manager, reopen);
    assert_eq!(words_to(&found, &Audience::Person(Who::Agent.id())), ["reopened"]);
    assert_eq!(words_to(&found, &Audience::Requester(Who::Requester.id())), ["reopened"]);
    assert_eq!(told(&mut case, Who::Requester, crate::sample::attach(1)), vec![]);
    case.does(Who::Agent, hold(HoldReason::Requester));
    let found = told(&mut case, Who::Requester, crate::sample::attach(2));
    assert_eq!(words_to(&found, &Audience::Person(Who::Agent.id())), ["attached"]);
}

#[test]
fn whoever_is_waited_for_is_told_so() {
    let mut case = Case::new();
    let requester = Audience::Requester(Who::Requester.id());
    let found = told(&mut case, Who::Agent, hold(HoldReason::Requester));
    assert_eq!(words_to(&found, &requester), ["put_on_hold"]);
    let found = told(&mut case, Who::Agent, hold(HoldReason::Vendor));
    assert_eq!(words_to(&found, &requester), Vec::<String>::new());
}

#[test]
fn those_who_decide_and_lead_are_told_how_a_major_incident_is_conducted() {
    let role = IncidentRole::Commander;
    let person = |who: Who| Audience::Person(who.id());
    let mut case = Case::new();
    let audiences = |case: &mut Case, who: Who, command: Command| -> Vec<Audience> {
        let inside = told(case, who, command).into_iter().map(|effect| effect.audience);
        inside.filter(|to| !matches!(to, Audience::Requester(_) | Audience::Watchers)).collect()
    };
    case.does(Who::Agent, assign_team());
    let propose = Command::ProposeMajor { reason: None };
    let both = [person(Who::Manager), Audience::Team(network())];
    assert_eq!(audiences(&mut case, Who::Responder, propose), both);
    let declare = Command::DeclareMajor { reason: None };
    assert_eq!(audiences(&mut case, Who::Manager, declare), [Audience::Team(network())]);
    let offer = Command::HandOver { role, to: Who::Desktop.id() };
    assert_eq!(audiences(&mut case, Who::Agent, offer.clone()), [person(Who::Desktop)]);
    let decline = Command::DeclineRole { role };
    assert_eq!(audiences(&mut case, Who::Desktop, decline), [person(Who::Agent)]);
    case.does(Who::Agent, offer);
    let accept = Command::AcceptRole { role };
    assert_eq!(audiences(&mut case, Who::Desktop, accept), vec![], "they know");
    let scribe = IncidentRole::Scribe;
    let give = Command::GiveRole { role: scribe, person: Some(Who::Responder.id()) };
    assert_eq!(audiences(&mut case, Who::Agent, give), [person(Who::Responder)]);
}

#[test]
fn a_draft_is_told_to_whoever_may_approve_it_and_a_rejected_one_to_its_writer() {
    let role = IncidentRole::Commander;
    let person = |who: Who| Audience::Person(who.id());
    let mut case = Case::new();
    let draft = || of(CommandName::DraftUpdate);
    let found = told(&mut case, Who::Agent, draft());
    assert_eq!(words_to(&found, &person(Who::Manager)), ["update_drafted"]);
    case.does(Who::Agent, Command::GiveRole { role, person: Some(Who::Desktop.id()) });
    let found = told(&mut case, Who::Agent, draft());
    assert_eq!(words_to(&found, &person(Who::Desktop)), ["update_drafted"]);
    assert_eq!(words_to(&found, &person(Who::Manager)), Vec::<String>::new(), "whoever leads does");
    let reject = Command::RejectUpdate { update: update(1), reason: crate::case::words(1) };
    let found = told(&mut case, Who::Desktop, reject);
    assert_eq!(words_to(&found, &person(Who::Agent)), ["update_rejected"]);
    let found = told(&mut case, Who::Desktop, draft());
    assert_eq!(words_to(&found, &person(Who::Manager)), ["update_drafted"], "never the writer");
}
