//! What holds of every incident at every moment.

use crate::case::{Record, input};
use incident::clocks::{ClockKind, ClockStatus};
use incident::conduct::Answer;
use incident::{Body, Lifecycle, Policy, State, decide, fold, wake_at};
use kernel::{Channel, Timestamp, limits};
use std::collections::BTreeSet;

/// The invariants of one incident.
pub fn check(record: &Record, policy: &Policy) {
    let Record { state, events } = record;
    assert_eq!(fold(events).as_ref(), Some(state), "the state is the fold of its timeline");
    check_timeline(record);
    check_state(state);
    check_conduct(record);
    check_outages(state);
    check_clocks(state, policy);
    crate::ledger::check(record, policy);
    let json = serde_json::to_string(state).unwrap();
    assert_eq!(&serde_json::from_str::<State>(&json).unwrap(), state, "a state reads back");
}

fn check_timeline(record: &Record) {
    let Record { state, events } = record;
    assert_eq!(state.version as usize, events.len(), "the version counts the events");
    let mut last = Timestamp::from_micros(i64::MIN);
    for (place, event) in events.iter().enumerate() {
        assert_eq!(event.n as usize, place + 1, "the places are consecutive");
        assert!(event.happened_at <= event.at, "nothing is recorded before it happened");
        assert!(event.happened_at >= last, "time does not run back: {event:?}");
        last = event.happened_at;
        let body = &event.body;
        assert_eq!(&Body::decode(body.kind(), body.version(), &body.data_json()), body);
        if let Some(command) = input(event) {
            let json = serde_json::to_string(command).unwrap();
            assert_eq!(&serde_json::from_str::<incident::Command>(&json).unwrap(), command);
        }
    }
    assert_eq!(state.updated_at, last);
}

fn check_state(state: &State) {
    let life = state.lifecycle;
    let done = matches!(life, Lifecycle::Resolved | Lifecycle::Closed);
    let over = matches!(life, Lifecycle::Closed | Lifecycle::Cancelled);
    assert_eq!(state.hold.is_some(), life == Lifecycle::OnHold, "a hold is on hold");
    // What nobody answered a question about closes without one.
    let given_up = life == Lifecycle::Closed && state.resolution.is_none();
    assert_eq!(state.resolution.is_some(), done && !given_up, "a resolution is resolved");
    assert_eq!(state.moments.resolved.is_some(), done && !given_up, "so is its moment");
    assert!(state.close_at.is_none() || life == Lifecycle::Resolved, "only silence waits");
    assert_eq!(state.moments.closed.is_some(), over, "what is over ended at some time");
    if life == Lifecycle::New {
        assert_eq!(state.moments.acknowledged, None, "nobody has taken what is new");
        assert_eq!(state.assignee, None, "nor has it");
    }
    if state.before_reopening.is_some() {
        assert!(life.is_open() || life == Lifecycle::Cancelled);
    }
    if let Some(only) = state.confidential_to {
        assert!(state.team.is_none_or(|team| team == only), "a team sees what it has");
    }
}

fn check_conduct(record: &Record) {
    let Record { state, events } = record;
    let Some(conduct) = &state.conduct else { return };
    let known = &conduct.communication;
    let waited_for = state.major && state.lifecycle.is_open() && state.merged_into.is_none();
    assert!(waited_for || known.due.is_none(), "nobody waits for a word: {known:?}");
    assert!(known.due.is_some() || known.overdue_since.is_none(), "what is overdue was due");
    let (mut kept, mut missed) = (0, 0);
    let mut before = None;
    for event in events {
        let due = |state: &State| {
            let known = &state.conduct.as_ref()?.communication;
            known.due.filter(|_| known.overdue_since.is_none())
        };
        let promised = before.as_ref().and_then(due);
        match &event.body {
            Body::UpdatePublished(_) if promised.is_some() => kept += 1,
            Body::UpdateOverdue(data) if data.again => {
                assert_eq!(promised, None, "it was said before");
                assert_eq!(data.missed, missed, "a word is missed once");
            }
            Body::UpdateOverdue(data) => {
                assert_eq!(Some(data.due), promised, "a word is missed once");
                assert!(event.happened_at >= data.due);
                missed += 1;
            }
            _ => {}
        }
        before = incident::apply(before, event);
    }
    assert_eq!((known.kept, known.missed), (kept, missed), "each promise is kept or missed");
    for (role, offer) in &conduct.offers {
        assert_ne!(state.roles.get(role), Some(&offer.to), "nobody is offered what they have");
    }
    assert!(conduct.responders.len() <= limits::RESPONDERS_PER_INCIDENT);
    assert!(conduct.drafts.len() <= limits::DRAFTS_PER_INCIDENT);
    let people: BTreeSet<_> = conduct.responders.iter().map(|one| one.person).collect();
    assert_eq!(people.len(), conduct.responders.len(), "everybody is asked once");
    for responder in &conduct.responders {
        let has_answered = responder.answer != Answer::Asked;
        assert_eq!(responder.answered_at.is_some(), has_answered, "{responder:?}");
    }
    assert!(conduct.proposal.is_none() || !state.major, "what is declared is not proposed");
}

fn check_outages(state: &State) {
    assert!(state.outages.len() <= limits::OUTAGES_PER_INCIDENT);
    for (place, outage) in state.outages.iter().enumerate() {
        assert!(outage.ended_at.is_none_or(|ended| ended >= outage.started_at), "{outage:?}");
        assert!(state.lifecycle.is_open() || !outage.lasts(), "what is over is not out");
        for other in &state.outages[..place] {
            assert_ne!(outage.id, other.id);
            assert!(!outage.overlaps(other), "{outage:?} and {other:?}");
        }
    }
}

fn check_clocks(state: &State, policy: &Policy) {
    let kinds: Vec<_> = state.clocks.iter().map(|clock| clock.kind).collect();
    assert!(kinds.is_sorted_by(|a, b| a < b), "one clock of a kind, in order");
    for clock in &state.clocks {
        assert!(clock.used_micros >= 0, "nothing is given back: {clock:?}");
        let running = clock.status == ClockStatus::Running;
        assert_eq!(clock.since.is_some(), running, "what runs, runs since: {clock:?}");
        let missing = clock.target_seconds.saturating_mul(1_000_000) - clock.used_micros;
        let counted = policy.calendar_of(clock);
        let due = clock.since.and_then(|since| counted.due_micros(since, missing));
        let reachable = missing <= 0 || due.is_some();
        assert_eq!(clock.due_at.is_some(), running && reachable, "only that is due: {clock:?}");
        assert_eq!(clock.stopped_at.is_some(), !clock.status.is_live(), "{clock:?}");
        let of_a_team = clock.kind == ClockKind::Team;
        assert_eq!(clock.team.is_some(), of_a_team, "{clock:?}");
        if of_a_team && clock.status.is_live() {
            assert_eq!(clock.team, state.team, "whose clock runs, has it");
        }
        if let Some(breached) = clock.breached_at {
            let first = clock.first_breached_at.expect("the first breach is latched");
            assert!(first <= breached, "the first is first");
        }
        assert!(state.lifecycle.is_open() || !clock.status.is_live(), "what is over, stands");
        if !running {
            let passed = clock.is_breached(counted, state.updated_at);
            assert_eq!(clock.breached_at.is_some(), passed, "judged as it stands: {clock:?}");
        }
    }
}

/// What holds after the timers rang at `now`: nothing is left to ring, and every
/// breach that is one is recorded as one.
pub fn check_at_rest(record: &Record, policy: &Policy, now: Timestamp) {
    let state = &record.state;
    let now = now.max(state.updated_at);
    // A clock that was set back may show an earlier time than a breach was noticed at.
    let latest = record.events.iter().map(|event| event.at).max().unwrap_or(now).max(now);
    let again = decide::tick(state, kernel::IncidentNumber(1), policy, now).unwrap();
    assert_eq!(again.events, vec![], "a second ring says nothing");
    assert_eq!(again.state.as_ref(), Some(state));
    if let Some(at) = wake_at(state, policy) {
        assert!(at > now, "no timer is left in the past, or it would ring for ever");
    }
    if state.quiet || state.channel == Channel::Import {
        return;
    }
    for clock in state.clocks.iter().filter(|clock| clock.status.is_live()) {
        let recorded = clock.breached_at.is_some();
        assert!(
            recorded || !clock.is_breached(policy.calendar_of(clock), now),
            "missed: {clock:?} at {now}"
        );
        assert!(
            !recorded || clock.is_breached(policy.calendar_of(clock), latest),
            "invented: {clock:?} at {now}"
        );
    }
}
