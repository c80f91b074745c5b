//! What is read of an incident for its review.

use super::{Candidate, Line, Said};
use incident::{Access, Body, Event, Scope, State, effects};
use insight::review::{Facts, Story, facts, impact, picks, summary};
use jiff::tz::TimeZone;
use kernel::{ContentId, InOrder, IncidentNumber, PersonId, ServiceId, Timestamp, limits};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::directory::reviews::{Pick, Review};
use store::directory::services;
use store::incidents::list;
use store::incidents::timeline::{self, StoredContent, StoredEvent};
use store::{Failure, Sql};

/// Parts whose entries can be picked: more are not one story.
const PARTS_MAX: usize = 20;

/// What a review says by itself, and the timeline it says it from.
pub(super) fn facts_of(
    sql: &mut dyn Sql,
    state: &State,
    number: IncidentNumber,
    now: Timestamp,
) -> Result<(Facts, Vec<StoredEvent>), Failure> {
    let most = limits::EVENTS_PER_INCIDENT as usize;
    let events = timeline::timeline(sql, number, 0, most)?;
    let first_alert = events.iter().find_map(|stored| match &stored.event.body {
        Body::AlertsChanged(data) if data.fired > 0 => Some(stored.event.happened_at),
        _ => None,
    });
    let is_update = |stored: &&StoredEvent| matches!(stored.event.body, Body::UpdatePublished(_));
    let updates = u32::try_from(events.iter().filter(is_update).count()).unwrap_or(u32::MAX);
    let hourly: BTreeMap<ServiceId, i64> = services::hourly(sql)?.into_iter().collect();
    Ok((facts(state, first_alert, updates, &hourly, now), events))
}

/// The names of the services that were out.
pub(super) fn service_names(
    sql: &mut dyn Sql,
    facts: &Facts,
) -> Result<BTreeMap<ServiceId, String>, Failure> {
    let out: HashSet<ServiceId> = facts.downtime.iter().map(|one| one.service).collect();
    let mut names: BTreeMap<ServiceId, String> = services::names(sql)?.into_iter().collect();
    names.retain(|id, _| out.contains(id));
    Ok(names)
}

/// The entries that a review shows and that are seen as a whole within the scope, and how many
/// are not. `events` are those of its incident, which is seen.
pub(super) fn lines(
    sql: &mut dyn Sql,
    scope: &Scope,
    review: &Review,
    events: &[StoredEvent],
) -> Result<(Vec<Line>, usize), Failure> {
    let own: HashMap<u32, &StoredEvent> =
        events.iter().map(|stored| (stored.event.n, stored)).collect();
    let others: Vec<IncidentNumber> = review
        .picks
        .iter()
        .map(|pick| pick.incident)
        .filter(|number| *number != review.incident)
        .collect();
    let visible = whole(sql, scope, &others)?;
    let mut found = Vec::with_capacity(review.picks.len());
    for pick in &review.picks {
        let event = match pick.incident == review.incident {
            true => own.get(&pick.n).map(|stored| (*stored).clone()),
            false if visible.contains(&pick.incident) => {
                timeline::event(sql, pick.incident, pick.n)?
            }
            false => None,
        };
        found.extend(event.map(|event| (pick.clone(), event)));
    }
    let hidden = review.picks.len() - found.len();
    Ok((with_words(sql, found)?, hidden))
}

/// Those of these incidents that are seen as a whole within the scope.
pub(super) fn whole(
    sql: &mut dyn Sql,
    scope: &Scope,
    numbers: &[IncidentNumber],
) -> Result<HashSet<IncidentNumber>, Failure> {
    let rows = list::get_many(sql, scope, numbers)?;
    let full = rows.into_iter().filter(|row| row.access == Access::Full);
    Ok(full.map(|row| row.number).collect())
}

/// The children and parts of an incident that are seen within the scope.
pub(super) fn others(
    sql: &mut dyn Sql,
    scope: &Scope,
    state: &State,
) -> Result<Vec<IncidentNumber>, Failure> {
    let all: Vec<IncidentNumber> = state.children.union(&state.parts).copied().collect();
    Ok(list::seen(sql, scope, &all)?.into_iter().collect())
}

/// All entries that can be picked.
pub(super) fn candidates(
    sql: &mut dyn Sql,
    scope: &Scope,
    review: &Review,
    state: &State,
) -> Result<Vec<Candidate>, Failure> {
    let parts: Vec<IncidentNumber> = state.parts.iter().copied().take(PARTS_MAX).collect();
    let mut numbers: Vec<IncidentNumber> = whole(sql, scope, &parts)?.into_iter().collect();
    numbers.push(review.incident);
    let events = timeline::timeline_union(sql, &numbers)?;
    let own: Vec<Event> = events
        .iter()
        .filter(|stored| stored.number == review.incident)
        .map(|stored| stored.event.clone())
        .collect();
    let proposed: HashSet<u32> = picks(&own).into_iter().collect();
    let remarks: HashMap<(IncidentNumber, u32), &str> =
        review.picks.iter().map(|pick| ((pick.incident, pick.n), pick.remark.as_str())).collect();
    let as_pick = |stored: StoredEvent| {
        let key = (stored.number, stored.event.n);
        let remark = remarks.get(&key).map(|remark| (*remark).to_owned()).unwrap_or_default();
        (Pick { incident: key.0, n: key.1, remark }, stored)
    };
    let lines = with_words(sql, events.into_iter().map(as_pick).collect())?;
    let candidate = |line: Line| Candidate {
        picked: remarks.contains_key(&(line.pick.incident, line.pick.n)),
        proposed: line.pick.incident == review.incident && proposed.contains(&line.pick.n),
        line,
    };
    Ok(lines.into_iter().map(candidate).collect())
}

fn with_words(
    sql: &mut dyn Sql,
    mut found: Vec<(Pick, StoredEvent)>,
) -> Result<Vec<Line>, Failure> {
    found.order_by_key(|(_, stored)| (stored.event.happened_at, stored.seq));
    let ids: Vec<ContentId> =
        found.iter().filter_map(|(_, stored)| effects::said_in(&stored.event.body)).collect();
    let contents = timeline::contents_by_id(sql, &ids)?;
    let line = |(pick, event): (Pick, StoredEvent)| {
        let said = match effects::said_in(&event.event.body) {
            None => Said::Nothing,
            Some(id) => said(contents.get(&id)),
        };
        Line { pick, event, said }
    };
    Ok(found.into_iter().map(line).collect())
}

fn said(content: Option<&StoredContent>) -> Said {
    match content {
        None => Said::Nothing,
        Some(StoredContent { body: None, .. }) => Said::Redacted,
        Some(StoredContent { body: Some(words), .. }) => Said::Words(words.clone()),
    }
}

/// A draft from the facts: summary, impact, and the entries that are proposed.
pub(super) fn draft(
    sql: &mut dyn Sql,
    review: &mut Review,
    state: &State,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<(), Failure> {
    let (mut facts, events) = facts_of(sql, state, review.incident, now)?;
    // What every reader of the review sees, whoever that is.
    let nobody = Scope::common(PersonId(uuid::Uuid::nil()));
    let scope = Scope { teams: state.confidential_to.into_iter().collect(), ..nobody };
    facts.reports = u32::try_from(others(sql, &scope, state)?.len()).unwrap_or(u32::MAX);
    let names: BTreeMap<ServiceId, String> = services::names(sql)?.into_iter().collect();
    let title = store::incidents::title_of(sql, review.incident)?.unwrap_or_default();
    let note = state.resolution.as_ref().map(|resolution| resolution.note);
    let cause = state.resolution.as_ref().and_then(|resolution| resolution.cause);
    let ids: Vec<ContentId> = note.into_iter().chain(cause).collect();
    let contents = timeline::contents_by_id(sql, &ids)?;
    let words = |id: Option<ContentId>| contents.get(&id?)?.body.as_deref();
    let story = Story {
        incident: review.incident,
        title: &title,
        service: state.service.and_then(|id| names.get(&id)).map(String::as_str),
        names: &names,
        facts: &facts,
        resolution: words(note),
        cause: words(cause),
        zone,
    };
    review.summary = summary(&story);
    review.impact = impact(&story);
    let events: Vec<Event> = events.into_iter().map(|stored| stored.event).collect();
    let pick = |n: u32| Pick { incident: review.incident, n, remark: String::new() };
    review.picks = picks(&events).into_iter().map(pick).collect();
    Ok(())
}
