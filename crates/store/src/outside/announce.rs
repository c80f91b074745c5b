//! What becomes an announcement: updates that are for a list or for subscribers, and planned
//! work.

use super::{BELOW, SUBSCRIBERS, Word};
use crate::directory::lists::{self, Matter};
use crate::directory::{json, one, settings};
use crate::{Columns, Failure, Sql, Value, outages, status, updates};
use incident::Audience;
use incident::conduct::Degree;
use kernel::{ComponentId, IncidentNumber, ListId, MaintenanceId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Under which key it is stored of what subscribers are reminded.
const REMINDERS: &str = "status_reminders";

/// What is told of planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What it is called outside.
    pub title: String,
    /// What it means for people; may be empty.
    pub body: String,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until when, where that is known.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
}

/// Planned work that was announced, changed or called off just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which.
    pub maintenance: MaintenanceId,
    /// Its version after the change: each is told once.
    pub version: i64,
    /// What is told.
    pub planned: Planned,
    /// Whose subscribers are told.
    pub components: BTreeSet<ComponentId>,
    /// How long before it begins subscribers are reminded; none is not at all.
    pub remind_minutes: Option<u32>,
    /// Whether it is public and takes place. What never was announced is not called off either.
    pub takes_place: bool,
}

/// Of what subscribers are told besides, when work is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reminders {
    /// That it begins.
    pub at_start: bool,
    /// That it is over.
    pub at_end: bool,
}

impl Default for Reminders {
    fn default() -> Self {
        Reminders { at_start: true, at_end: true }
    }
}

/// Of what subscribers are told besides; its version is 0 until somebody saves it.
pub fn reminders(sql: &mut dyn Sql) -> Result<(Reminders, i64), Failure> {
    let stored = settings::get::<Reminders>(sql, REMINDERS)?;
    Ok(stored.map_or_else(Default::default, |stored| (stored.value, stored.version)))
}

/// Changes that; `false` when somebody was faster. What is planned already stays as it is.
pub fn set_reminders(sql: &mut dyn Sql, to: Reminders, seen: i64) -> Result<bool, Failure> {
    settings::put(sql, REMINDERS, &to, seen)
}

/// Makes an announcement of a row of the outbox: an entry of an incident, an update, for a list,
/// for subscribers, or for whoever reported what belongs to it. For others, and for lists that do not want to hear it, it does nothing.
pub fn announce(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    n: i64,
    audience: &Audience,
    asked_at: Timestamp,
) -> Result<(), Failure> {
    let whom = match audience {
        Audience::Subscribers => SUBSCRIBERS.to_owned(),
        Audience::Below => BELOW.to_owned(),
        Audience::List(list) if list_hears(sql, number, n, *list)? => list.to_string(),
        _ => return Ok(()),
    };
    let services = concerned(sql, number)?.0;
    let components: BTreeSet<ComponentId> =
        status::components::of_services(sql, &services)?.into_iter().collect();
    let statement = "insert into announcements (about, whom, word, number, n, components, body, \
        not_before, created_at) values ($1, $2, $3, $4, $5, $6, '', $7, $7) on conflict do nothing";
    let values: [Value; 7] = [
        format!("u:{}:{n}", number.0).into(),
        whom.into(),
        Word::Update.as_str().into(),
        number.into(),
        n.into(),
        json(&components)?.into(),
        asked_at.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// The services that an incident concerns, and the worst that any of them was.
pub fn concerned(
    sql: &mut dyn Sql,
    number: IncidentNumber,
) -> Result<(BTreeSet<ServiceId>, Option<Degree>), Failure> {
    let statement = "select service_id from incidents where number = $1 and service_id is not null";
    let own: Option<ServiceId> = one(sql, statement, &[number.into()], Columns::parsed)?;
    let outages = outages::of_incident(sql, number)?;
    let worst = outages.iter().map(|outage| outage.degree).max();
    let services = own.into_iter().chain(outages.iter().map(|outage| outage.service));
    Ok((services.collect(), worst))
}

/// Whether a list wants to hear an update.
fn list_hears(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    n: i64,
    list: ListId,
) -> Result<bool, Failure> {
    let Some(list) = lists::get(sql, list)? else { return Ok(false) };
    let updates = updates::of_incident(sql, number)?;
    let Some(update) = updates.into_iter().find(|update| i64::from(update.n) == n) else {
        return Ok(false);
    };
    let (services, worst) = concerned(sql, number)?;
    let first = !has_heard(sql, number, list.id)?;
    Ok(list.wants.hears(&Matter { services, worst, phase: update.phase, first }))
}

/// Whether a list has been told something of an incident.
pub(crate) fn has_heard(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    list: ListId,
) -> Result<bool, Failure> {
    let statement = "select 1 from announcements where number = $1 and whom = $2 limit 1";
    Ok(!sql.query(statement, &[number.into(), list.to_string().into()])?.is_empty())
}

/// Makes announcements of planned work, in the transaction that stores it: that it is planned,
/// changed or called off, and what subscribers are reminded of later. What was to be told later
/// of before a change is not told.
pub fn plan(sql: &mut dyn Sql, news: &News, now: Timestamp) -> Result<(), Failure> {
    let id = news.maintenance;
    let later = "delete from announcements where maintenance_id = $1 and ended_at is null \
        and not_before > $2 and reached = ''";
    sql.execute(later, &[id.into(), now.into()])?;
    let known = "select 1 from announcements where maintenance_id = $1 limit 1";
    let known = !sql.query(known, &[id.into()])?.is_empty();
    let word = match (news.takes_place, known) {
        (true, false) => Word::Announced,
        (true, true) => Word::Changed,
        (false, true) => Word::Cancelled,
        (false, false) => return Ok(()),
    };
    let is_over = news.planned.ends_at.unwrap_or(news.planned.starts_at) <= now;
    if is_over {
        // Whoever writes down the past tells nobody.
        return Ok(());
    }
    tell(sql, news, word, &news.version.to_string(), now, now)?;
    if !news.takes_place {
        return Ok(());
    }
    let (wanted, _) = reminders(sql)?;
    let Planned { starts_at, ends_at, .. } = &news.planned;
    let before = |minutes: u32| starts_at.plus_seconds(-60 * i64::from(minutes));
    let later = [
        (true, Word::Reminder, news.remind_minutes.map(before)),
        (wanted.at_start, Word::Started, Some(*starts_at)),
        (wanted.at_end, Word::Completed, *ends_at),
    ];
    for (wanted, word, at) in later {
        // What would be told at once beside the announcement says nothing new.
        if let Some(at) = at.filter(|at| wanted && *at > now) {
            tell(sql, news, word, &at.micros().to_string(), at, now)?;
        }
    }
    Ok(())
}

fn tell(
    sql: &mut dyn Sql,
    news: &News,
    word: Word,
    mark: &str,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "insert into announcements (about, whom, word, maintenance_id, components, \
        body, not_before, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    let values: [Value; 8] = [
        format!("m:{}:{word}:{mark}", news.maintenance).into(),
        SUBSCRIBERS.into(),
        word.as_str().into(),
        news.maintenance.into(),
        json(&news.components)?.into(),
        json(&news.planned)?.into(),
        at.into(),
        now.into(),
    ];
    sql.execute(statement, &values).map(drop)
}
