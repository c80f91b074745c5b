//! The ledger of outages: when which service was worse than agreed, apart from the times of the
//! incident itself.

use super::super::Draft;
use crate::command::{Change, Command};
use crate::conduct::{Degree, Outage};
use crate::event::{Body, Event, OutageChanged, OutageRecorded, OutageRemoved};
use crate::refusal::Refusal;
use kernel::{IncidentNumber, Level, OutageId, Timestamp, limits};

/// Days before its report in which an outage of an incident may have begun: what is older is
/// a slip of the pen.
const BEFORE_DAYS: i64 = 366;

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::RecordOutage { outage, service, degree, started_at, ended_at } => {
            let (id, service, degree) = (*outage, *service, *degree);
            let (started_at, ended_at) = (*started_at, *ended_at);
            record(draft, Outage { id, service, degree, started_at, ended_at })
        }
        Command::ChangeOutage { outage, degree, started_at, ended_at } => {
            let before = find(draft, *outage)?;
            let changed = Outage {
                degree: degree.unwrap_or(before.degree),
                started_at: started_at.unwrap_or(before.started_at),
                ended_at: ended_at.over(before.ended_at),
                ..before
            };
            change(draft, &before, changed, matches!(ended_at, Change::Clear))
        }
        Command::RemoveOutage { outage, reason } => {
            find(draft, *outage)?;
            draft.emit(OutageRemoved { outage: *outage, reason: Some(*reason) });
            Ok(())
        }
        _ => Ok(()),
    }
}

fn record(draft: &mut Draft, outage: Outage) -> Result<(), Refusal> {
    let state = draft.state()?;
    if state.outages.len() >= limits::OUTAGES_PER_INCIDENT {
        return Err(Refusal::limit(format!(
            "this incident has {} outages, the most there can be",
            limits::OUTAGES_PER_INCIDENT
        )));
    }
    if state.outages.iter().any(|known| known.id == outage.id) {
        return Err(Refusal::invalid("outage", "is an outage of this incident already"));
    }
    if !draft.policy().services.contains_key(&outage.service) {
        return Err(Refusal::invalid("service", "is not a known service"));
    }
    check(draft, &outage, outage.lasts())?;
    draft.emit(recorded(&outage));
    Ok(())
}

fn change(
    draft: &mut Draft,
    before: &Outage,
    changed: Outage,
    is_to_last: bool,
) -> Result<(), Refusal> {
    if changed == *before {
        return Err(Refusal::state(
            "nothing_to_change",
            "the outage is recorded like that already",
        ));
    }
    check(draft, &changed, is_to_last && changed.lasts())?;
    draft.emit(difference(before, &changed));
    Ok(())
}

fn find(draft: &Draft, id: OutageId) -> Result<Outage, Refusal> {
    let found = draft.state()?.outages.iter().find(|outage| outage.id == id).cloned();
    found.ok_or_else(|| Refusal::invalid("outage", "is not an outage of this incident"))
}

/// Whether an outage can have been so, beside the others of this incident.
fn check(draft: &Draft, outage: &Outage, is_to_last: bool) -> Result<(), Refusal> {
    let (state, at) = (draft.state()?, draft.at);
    let Outage { started_at, ended_at, .. } = *outage;
    if started_at > at {
        return Err(Refusal::invalid("started_at", "lies in the future"));
    }
    if started_at < state.reported_at.plus_days(-BEFORE_DAYS) {
        let words = format!("lies more than {BEFORE_DAYS} days before the report");
        return Err(Refusal::invalid("started_at", words));
    }
    if ended_at.is_some_and(|ended| ended > at) {
        return Err(Refusal::invalid("ended_at", "lies in the future"));
    }
    if ended_at.is_some_and(|ended| ended < started_at) {
        return Err(Refusal::invalid("ended_at", "lies before the start"));
    }
    if is_to_last && !state.lifecycle.is_open() {
        return Err(Refusal::invalid("ended_at", "is needed: the incident is over"));
    }
    let mut others = state.outages.iter().filter(|other| other.id != outage.id);
    if others.any(|other| other.overlaps(outage)) {
        let words = "lies within another outage of the same service; change that one";
        return Err(Refusal::invalid("started_at", words));
    }
    Ok(())
}

fn recorded(outage: &Outage) -> OutageRecorded {
    OutageRecorded {
        outage: outage.id,
        service: outage.service,
        degree: outage.degree,
        started_at: outage.started_at,
        ended_at: outage.ended_at,
    }
}

fn difference(before: &Outage, changed: &Outage) -> OutageChanged {
    OutageChanged {
        outage: changed.id,
        degree: changed.degree,
        started_at: changed.started_at,
        ended_at: changed.ended_at,
        degree_before: before.degree,
        started_before: before.started_at,
        ended_before: before.ended_at,
    }
}

/// What was declared major is out, where nobody recorded that and it is not over yet: since it
/// was first noticed, or from now on where it was out before.
pub(super) fn begin(draft: &mut Draft) {
    let Ok(state) = draft.state() else { return };
    let is_over = state.moments.mitigated.is_some() || state.moments.restored.is_some();
    let is_known = state.outages.iter().any(Outage::lasts);
    let has_room = state.outages.len() < limits::OUTAGES_PER_INCIDENT;
    let found = state.service.zip(draft.facts.number).filter(|_| !is_over && !is_known && has_room);
    let Some((service, number)) = found else { return };
    let criticality = draft.policy().services.get(&service).map(|service| service.criticality);
    let is_full = criticality == Some(1) && state.impact == Level::HIGH;
    let was_out = state.outages.iter().any(|outage| outage.service == service);
    let noticed_at = state.moments.detected.unwrap_or(state.reported_at).min(draft.at);
    let outage = Outage {
        id: OutageId::of_entry(number, state.version + 1),
        service,
        degree: if is_full { Degree::Full } else { Degree::Partial },
        started_at: if was_out { draft.at } else { noticed_at },
        ended_at: None,
    };
    draft.emit_by_policy("declared major", 0, recorded(&outage));
}

/// Ends what lasts, at an instant.
pub(super) fn end(draft: &mut Draft, at: Timestamp) {
    let lasting: Vec<Outage> = match draft.state() {
        Ok(state) => state.outages.iter().filter(|outage| outage.lasts()).cloned().collect(),
        Err(_) => return,
    };
    for before in lasting {
        let ended_at = Some(at.max(before.started_at));
        let changed = Outage { ended_at, ..before.clone() };
        draft.emit_by_policy("service is back", 0, difference(&before, &changed));
    }
}

/// What lasts goes on in the incident that this one is merged into, from now on: it is ended
/// there, and nobody looks here any more. Where that has one of the same service, that goes on.
pub(in crate::decide) fn go_on_in(draft: &mut Draft, into: IncidentNumber) {
    let (Ok(state), Some(number)) = (draft.state(), draft.facts.number) else { return };
    let known = draft.facts.other.map(|other| other.outages.as_slice()).unwrap_or_default();
    let lasting = state.outages.iter().filter(|outage| outage.lasts()).cloned();
    let lasting: Vec<Outage> = lasting.collect();
    for before in lasting {
        let Ok(state) = draft.state() else { return };
        let outage = OutageId::of_entry(number, state.version + 1);
        let started_at = draft.at.max(before.started_at);
        let changed = Outage { ended_at: Some(started_at), ..before.clone() };
        draft.emit_by_policy("merged", 0, difference(&before, &changed));
        let (service, degree) = (before.service, before.degree);
        if !known.iter().any(|one| one.lasts() && one.service == service) {
            let command =
                Command::RecordOutage { outage, service, degree, started_at, ended_at: None };
            draft.tell(into, command, false);
        }
    }
}

/// Takes back what an entry recorded of an outage, where it stands as the entry left it.
pub(in crate::decide) fn take_back(draft: &mut Draft, event: &Event) -> Result<(), Refusal> {
    match &event.body {
        Body::OutageRecorded(data) => {
            draft.emit(OutageRemoved { outage: data.outage, reason: None });
        }
        Body::OutageChanged(data) => {
            let now = find(draft, data.outage)?;
            let before = Outage {
                degree: data.degree_before,
                started_at: data.started_before,
                ended_at: data.ended_before,
                ..now.clone()
            };
            check(draft, &before, before.lasts())?;
            draft.emit(difference(&now, &before));
        }
        _ => {}
    }
    Ok(())
}
