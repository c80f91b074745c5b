//! What schedules and escalation policies must keep to, and who may arrange shifts.

use crate::case::{Who, network, policy};
use incident::escalation::check::{ScheduleToSave, unreachable};
use incident::escalation::{EscalationPolicy, EscalationStep, SchedulePolicy, Whom, plan};
use incident::permissions::{may_arrange, may_decide_swap, may_end_override, may_take_shift};
use incident::{Policy, TokenScope, Viewer};
use kernel::{EscalationId, PersonId, Priority, ScheduleId, Timestamp, WebhookId};
use roster::{Layer, Rotation, Unit, Versions};
use std::collections::BTreeSet;
use std::sync::Arc;

fn schedule_id(n: u128) -> ScheduleId {
    ScheduleId(uuid::Uuid::from_u128(n))
}

fn layer(people: &[PersonId]) -> Layer {
    let start_local = "2026-11-02T09:00:00".parse().unwrap();
    let rotation = Rotation { unit: Unit::Week, every: 1, start_local, people: people.to_vec() };
    Layer { name: "First".into(), rotation, restrictions: vec![] }
}

/// The policy with schedules that fall back to these.
fn with_schedules(fallbacks: &[(u128, Option<Whom>)]) -> Policy {
    let mut policy = policy();
    let mut paging = (*policy.paging).clone();
    for (id, fallback) in fallbacks {
        let roster = Versions { versions: vec![], time_zone: "UTC".into(), overrides: vec![] };
        let known = SchedulePolicy {
            name: id.to_string(),
            version: 1,
            roster,
            fallback: *fallback,
            shadows: vec![],
        };
        paging.schedules.insert(schedule_id(*id), Arc::new(known));
    }
    policy.paging = Arc::new(paging);
    policy
}

fn fields(faults: Vec<incident::policy::Fault>) -> Vec<String> {
    faults.into_iter().map(|fault| fault.field).collect()
}

#[test]
fn a_schedule_names_people_who_can_be_paged_and_leads_somewhere() {
    let policy = with_schedules(&[
        (1, None),
        (2, Some(Whom::Schedule(schedule_id(1)))),
        (3, Some(Whom::Schedule(schedule_id(2)))),
    ]);
    let faults = |layers: &[Layer], fallback| {
        let (id, name, time_zone) = (schedule_id(1), "Network", "Europe/Oslo");
        let schedule = ScheduleToSave { id, name, time_zone, layers, fallback };
        fields(schedule.faults(&policy, &BTreeSet::new()))
    };
    let (agent, auditor) = (Who::Agent.id(), Who::Auditor.id());
    let good = [layer(&[agent])];
    assert_eq!(faults(&good, None), [""; 0]);
    assert_eq!(faults(&[], None), ["layers"]);
    let unable = [layer(&[agent, auditor, Who::Requester.id()])];
    assert_eq!(faults(&unable, None), ["layers.0.rotation.people.1", "layers.0.rotation.people.2"]);
    assert_eq!(unreachable(&unable, &policy).len(), 2);
    assert_eq!(faults(&good, Some(Whom::Team(network()))), [""; 0]);
    for gone in [
        Whom::Person(auditor),
        Whom::Webhook(WebhookId(uuid::Uuid::from_u128(1))),
        Whom::Schedule(schedule_id(9)),
        // Itself, and in two turns.
        Whom::Schedule(schedule_id(1)),
        Whom::Schedule(schedule_id(3)),
    ] {
        assert_eq!(faults(&good, Some(gone)), ["fallback"], "{gone:?}");
    }
}

#[test]
fn a_policy_pages_somebody_and_waits_in_between() {
    let policy = with_schedules(&[(1, None)]);
    let step = |after_seconds, whom: &[Whom]| EscalationStep {
        after_seconds,
        whom: whom.to_vec(),
        hours: None,
        round_robin: false,
        everyone: false,
    };
    let whom = [Whom::Schedule(schedule_id(1)), Whom::Team(network())];
    let good = EscalationPolicy {
        id: EscalationId(uuid::Uuid::from_u128(1)),
        name: "Network".into(),
        version: 1,
        steps: vec![step(0, &whom), step(300, &[Whom::Person(Who::Manager.id())])],
        repeats: 1,
        pages_from: Priority::ALL[1],
        acknowledgement_seconds: Some(3_600),
        fallback: vec![],
    };
    let faults = |changed: EscalationPolicy| fields(changed.faults(&policy, &BTreeSet::new()));
    assert_eq!(faults(good.clone()), [""; 0]);
    assert!(good.names(whom[1]) && !good.names(Whom::Person(Who::Agent.id())));
    let with = |steps| EscalationPolicy { steps, ..good.clone() };
    assert_eq!(faults(with(vec![])), ["steps"]);
    assert_eq!(faults(with(vec![step(5, &[])])), ["steps.0.whom"]);
    let at_once = with(vec![step(0, &whom)]);
    assert_eq!(faults(at_once.clone()), [""; 0]);
    let begun = Timestamp::from_micros(0);
    let planned = plan(&at_once, begun).into_iter().map(|step| step.at.seconds_since(begun));
    assert_eq!(planned.collect::<Vec<_>>(), [0, 300, 600], "its rounds do not come at once");
    assert_eq!(faults(with(vec![step(86_401, &whom)])), ["steps.0.after_seconds"]);
    let gone = with(vec![step(5, &[Whom::Person(Who::Auditor.id())])]);
    assert_eq!(fields(gone.gone(&policy, &BTreeSet::new())), ["steps.0.whom.0"]);
    assert_eq!(faults(gone), ["steps.0.whom.0"]);
    assert_eq!(faults(EscalationPolicy { repeats: 11, ..good.clone() }), ["repeats"]);
    let short = EscalationPolicy { acknowledgement_seconds: Some(59), ..good };
    assert_eq!(faults(short), ["acknowledgement_seconds"]);
}

/// y may, n may not: arrange one's own shifts, those of others, take one, decide, end one's own
/// override, end one that was swapped, configure.
fn row(viewer: &Viewer) -> String {
    let other = Who::Requester.id();
    let answers = [
        may_arrange(viewer, viewer.person).is_ok(),
        may_arrange(viewer, other).is_ok(),
        may_take_shift(viewer).is_ok(),
        may_decide_swap(viewer).is_ok(),
        may_end_override(viewer, viewer.person, false).is_ok(),
        may_end_override(viewer, viewer.person, true).is_ok(),
        viewer.configures_paging(),
    ];
    answers.map(|may| if may { 'y' } else { 'n' }).iter().collect()
}

#[test]
fn responders_arrange_their_own_shifts_and_managers_all() {
    for (who, expected) in [
        (Who::Requester, "nnnnnnn"),
        (Who::Agent, "nnnnnnn"),
        (Who::Auditor, "nnnnnnn"),
        (Who::Responder, "ynynynn"),
        (Who::Manager, "yyyyyyy"),
        (Who::Administrator, "yyyyyyy"),
    ] {
        let mut viewer = who.viewer().unwrap();
        assert_eq!(row(&viewer), expected, "{who:?}");
        viewer.scope = TokenScope::Write;
        let written = format!("{}n", &expected[..6]);
        assert_eq!(row(&viewer), written, "{who:?}, with a token that writes");
        viewer.scope = TokenScope::Read;
        assert_eq!(row(&viewer), "nnnnnnn", "{who:?}, with a token that reads");
    }
}
