//! What becomes an announcement: updates that are for a list or for subscribers, and planned
//! work.

use super::reached::about_update;
use super::{SUBSCRIBERS, Word};
use crate::alerts::maintenances;
use crate::directory::lists::{self, Matter};
use crate::directory::{json, many, one, settings};
use crate::{Columns, Failure, Sql, Value, outages, status, updates};
use incident::Audience;
use incident::conduct::Degree;
use kernel::{ComponentId, IncidentNumber, ListId, MaintenanceId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Windows that one transaction makes announcements of.
const WINDOWS_AT_ONCE: usize = 20;
/// Within how many days a recurring window is looked for next: two years for a one-off, too.
const RECURS_WITHIN_DAYS: i64 = 732;
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

/// Planned work as it is now, for whoever hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which.
    pub maintenance: MaintenanceId,
    /// Its version: each is told once.
    pub version: i64,
    /// What is told; when it takes place next.
    pub planned: Planned,
    /// When it takes place again after that, where it recurs. That times go by is no news then.
    pub again: Vec<(Timestamp, Option<Timestamp>)>,
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

/// Makes an announcement of a row of the outbox: an entry of an incident, an update, for a list
/// or for subscribers. For others, and for lists that do not want to hear it, it does nothing.
pub fn announce(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    n: i64,
    audience: &Audience,
    asked_at: Timestamp,
) -> Result<(), Failure> {
    let whom = match audience {
        Audience::Subscribers => SUBSCRIBERS.to_owned(),
        Audience::List(list) if list_hears(sql, number, n, *list)? => list.to_string(),
        _ => return Ok(()),
    };
    let services = concerned(sql, number)?.0;
    let components: BTreeSet<ComponentId> =
        status::components::of_services(sql, &services)?.into_iter().collect();
    let statement = "insert into announcements (about, whom, word, number, n, components, body, \
        not_before, created_at) values ($1, $2, $3, $4, $5, $6, '', $7, $7) on conflict do nothing";
    let values: [Value; 7] = [
        about_update(number, n).into(),
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

/// Makes announcements of planned work: that it is planned, changed or called off, where that is
/// news to the outside, and what subscribers are reminded of later. What was to be told later of
/// before a change is not told.
pub fn plan(sql: &mut dyn Sql, news: &News, now: Timestamp) -> Result<(), Failure> {
    let id = news.maintenance;
    let later = "delete from announcements where maintenance_id = $1 and ended_at is null \
        and not_before > $2 and reached = ''";
    sql.execute(later, &[id.into(), now.into()])?;
    let told = last_told(sql, id)?;
    let is_called_off = told.as_ref().is_some_and(|told| told.word == Word::Cancelled);
    let word = match (news.takes_place, &told) {
        (true, None) => Some(Word::Announced),
        (true, Some(told)) if is_called_off || told.differs(news) => Some(Word::Changed),
        (false, Some(_)) if !is_called_off => Some(Word::Cancelled),
        _ => None,
    };
    // Whoever writes down the past tells nobody.
    let is_over = news.planned.ends_at.unwrap_or(news.planned.starts_at) <= now;
    if let Some(word) = word.filter(|_| !is_over) {
        let about = format!("m:{id}:v{}", news.version);
        tell(sql, news, (word, about), (&news.planned, now), now)?;
    }
    if news.takes_place { remind(sql, news, now) } else { Ok(()) }
}

/// What subscribers are told later: before it begins, when it begins, and when it is over.
fn remind(sql: &mut dyn Sql, news: &News, now: Timestamp) -> Result<(), Failure> {
    let (wanted, _) = reminders(sql)?;
    let next = (news.planned.starts_at, news.planned.ends_at);
    for (starts_at, ends_at) in std::iter::once(next).chain(news.again.iter().copied()) {
        let planned = Planned { starts_at, ends_at, ..news.planned.clone() };
        let before = |minutes: u32| starts_at.plus_seconds(-60 * i64::from(minutes));
        let later = [
            (true, Word::Reminder, news.remind_minutes.map(before)),
            (wanted.at_start, Word::Started, Some(starts_at)),
            (wanted.at_end, Word::Completed, ends_at),
        ];
        for (wanted, word, at) in later {
            // What would be told at once beside the announcement says nothing new.
            if let Some(at) = at.filter(|at| wanted && *at > now) {
                let about = format!("m:{}:{word}:{}", news.maintenance, at.micros());
                tell(sql, news, (word, about), (&planned, at), now)?;
            }
        }
    }
    Ok(())
}

/// What the outside was last told of planned work, reminders apart.
struct Told {
    word: Word,
    planned: Planned,
    components: BTreeSet<ComponentId>,
}

impl Told {
    /// Whether it is other than what is to be told now.
    fn differs(&self, news: &News) -> bool {
        let (before, now) = (&self.planned, &news.planned);
        let times = news.again.is_empty()
            && (before.starts_at, before.ends_at) != (now.starts_at, now.ends_at);
        times
            || (&before.title, &before.body) != (&now.title, &now.body)
            || self.components != news.components
    }
}

/// One that cannot be read counts for nothing: nobody was told of it.
fn last_told(sql: &mut dyn Sql, id: MaintenanceId) -> Result<Option<Told>, Failure> {
    let statement = "select word, body, components from announcements where maintenance_id = $1 \
        and word in ('announced', 'changed', 'cancelled') order by id desc";
    let all = many(sql, statement, &[id.into()], |row| Ok(read_told(row).ok()))?;
    Ok(all.into_iter().flatten().next())
}

fn read_told(row: &mut Columns) -> Result<Told, Failure> {
    Ok(Told { word: row.parsed()?, planned: row.json()?, components: row.json()? })
}

fn tell(
    sql: &mut dyn Sql,
    news: &News,
    (word, about): (Word, String),
    (planned, at): (&Planned, Timestamp),
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "insert into announcements (about, whom, word, maintenance_id, components, \
        body, not_before, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    let values: [Value; 8] = [
        about.into(),
        SUBSCRIBERS.into(),
        word.as_str().into(),
        news.maintenance.into(),
        json(&news.components)?.into(),
        json(planned)?.into(),
        at.into(),
        now.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Windows that subscribers were not told of as they are now.
const UNTOLD: &str = "select maintenances.id, maintenances.version from maintenances \
    left join maintenance_words on maintenance_words.maintenance_id = maintenances.id \
    left join maintenances_told on maintenances_told.maintenance_id = maintenances.id \
    where (maintenance_words.maintenance_id is not null \
    or maintenances_told.maintenance_id is not null) \
    and coalesce(maintenances_told.version, 0) <> maintenances.version order by maintenances.id";

/// Whether there are windows that subscribers were not told of as they are now.
pub fn are_windows_untold(sql: &mut dyn Sql) -> Result<bool, Failure> {
    Ok(!sql.query(&format!("{UNTOLD} limit 1"), &[])?.is_empty())
}

/// Makes announcements of windows that were saved since, some; how many windows. Whoever saves a
/// window with words for the outside need not know of subscribers.
pub fn follow_windows(sql: &mut dyn Sql, now: Timestamp) -> Result<usize, Failure> {
    let untold: Vec<(MaintenanceId, i64)> =
        many(sql, &format!("{UNTOLD} limit {WINDOWS_AT_ONCE}"), &[], |row| {
            Ok((row.parsed()?, row.int()?))
        })?;
    for (id, version) in &untold {
        if let Some(news) = news_of(sql, *id, now)? {
            plan(sql, &news, now)?;
        }
        let statement = "insert into maintenances_told (maintenance_id, version) values ($1, $2) \
            on conflict (maintenance_id) do update set version = excluded.version";
        sql.execute(statement, &[(*id).into(), (*version).into()])?;
    }
    Ok(untold.len())
}

/// Plans what subscribers are reminded of next, where work recurs.
pub(super) fn remind_again(
    sql: &mut dyn Sql,
    id: MaintenanceId,
    now: Timestamp,
) -> Result<(), Failure> {
    match news_of(sql, id, now)? {
        Some(news) if news.takes_place && !news.again.is_empty() => remind(sql, &news, now),
        _ => Ok(()),
    }
}

/// A window as the outside is to hear of it; `None` where there is nothing to tell and never was.
fn news_of(sql: &mut dyn Sql, id: MaintenanceId, now: Timestamp) -> Result<Option<News>, Failure> {
    let Some(window) = maintenances::get(sql, id)? else { return Ok(None) };
    let words = status::works::get(sql, id)?;
    let (title, body, components, remind_minutes, public) = match words {
        Some(words) => (words.title, words.body, words.components, words.remind_minutes, true),
        None => match last_told(sql, id)? {
            Some(Told { planned, components, .. }) => {
                (planned.title, planned.body, components, None, false)
            }
            None => return Ok(None),
        },
    };
    let mut next = window.occurrences(now, now.plus_days(RECURS_WITHIN_DAYS)).into_iter();
    let first = next.next().map(|one| (one.starts_at, Some(one.ends_at)));
    let again = window.recurrence.as_ref().and(next.next());
    let (starts_at, ends_at) = first.unwrap_or((window.starts_at, window.ends_at));
    Ok(Some(News {
        maintenance: id,
        version: window.version,
        planned: Planned { title, body, starts_at, ends_at },
        again: again.map(|one| (one.starts_at, Some(one.ends_at))).into_iter().collect(),
        components,
        remind_minutes,
        takes_place: public && !window.cancelled,
    }))
}
