//! Schedules as they are arranged: saved, overridden, swapped, read by calendars elsewhere.
//! What was, stays: nothing here changes who was on call.

mod brought;
mod feeds;
mod overrides;
mod shadows;
mod swaps;
mod what_if;

pub(crate) use brought::KnownReader;
pub use brought::{
    ReadAt, Reader, Reading, Rota, Unmatched, bring_overrides, read_rota, what_if_brought,
};
pub use feeds::{feed, make_feed, revoke_feed};
pub use overrides::{Wanted, add_override, end_override, take_over_now};
pub use shadows::{Learner, add_shadow, end_shadow, learning};
pub use swaps::{Answer, Offer, answer_swap, offer_swap};
pub use what_if::{WhatIf, compare};

use crate::{Audit, Trouble, fresh};
use incident::Refusal;
use incident::escalation::Whom;
use incident::escalation::check::ScheduleToSave;
use incident::policy::Fault;
use kernel::{ScheduleId, Timestamp, WebhookId, limits};
use roster::{Roster, Versions};
use std::collections::BTreeSet;
use store::directory::schedules::{self, Override, Schedule};
use store::directory::{escalations, webhooks};
use store::{Failure, Sql};

const SUBJECT: &str = "schedule";

/// How far back an instant may lie that somebody means as now, in seconds: forms know minutes,
/// and people need some to fill them in.
const NOW_SECONDS: i64 = 300;

/// A schedule as it would be before anything of it is said.
pub fn blank_schedule() -> Schedule {
    Schedule {
        id: ScheduleId(fresh()),
        name: String::new(),
        time_zone: String::new(),
        fallback: None,
        approval: false,
        active: true,
        layers: vec![],
        since: Timestamp::default(),
        version: 0,
    }
}

/// Saves a schedule as its next version; version 0 makes a new one. Other layers come in force
/// at `since`, or now; layers that stay do not move. Inside [`crate::Desk::change`].
///
/// # Errors
/// Everything that is wrong with it ([`Trouble::Faults`]), a version that is not the newest
/// any more, a name that is taken, a schedule to be taken out of use that something pages by.
pub fn save_schedule(
    sql: &mut dyn Sql,
    audit: &Audit,
    schedule: Schedule,
    since: Option<Timestamp>,
) -> Result<Schedule, Trouble> {
    let before = schedules::get(sql, schedule.id)?;
    let current = before.as_ref().map_or(0, |before| before.version);
    if schedule.version != current {
        return Err(Trouble::Stale { seen: schedule.version, current });
    }
    let mut faults = faults_of(sql, audit, &schedule)?;
    let schedule = in_force(schedule, before.as_ref(), since, audit.now(), &mut faults);
    if before.as_ref().is_some_and(|before| before.time_zone != schedule.time_zone) {
        let words = "cannot change, because shifts of the past would move; make another schedule";
        faults.push(Fault::new("time_zone", words));
    }
    // One that names who is gone can be taken out of use as it is.
    let retires = before.as_ref().is_some_and(|before| before.active && !schedule.active);
    if !retires {
        refuse(faults)?;
    } else {
        check_unused(sql, Whom::Schedule(schedule.id), "by this schedule")?;
    }
    let made = (audit.by(), audit.now());
    match &before {
        None => {
            if schedules::list(sql)?.len() >= limits::SCHEDULES {
                let words =
                    format!("there are {} schedules, the most there can be", limits::SCHEDULES);
                return Err(Refusal::limit(words).into());
            }
            schedules::insert(sql, &schedule, made)?;
        }
        Some(before) => {
            if before.version >= limits::TERMS_VERSIONS {
                let words = "it has as many versions as there can be; make a new one";
                return Err(Refusal::limit(words).into());
            }
            schedules::update(sql, &schedule, before.version, made)?;
        }
    }
    let after = stored(sql, schedule.id)?;
    match &before {
        None => audit.created(sql, SUBJECT, after.id, &after)?,
        Some(before) => audit.changed(sql, SUBJECT, after.id, before, &after)?,
    }
    Ok(after)
}

/// Everything that is wrong with a schedule as it is. Inside [`crate::Desk::change`].
///
/// # Errors
/// The store's.
pub fn faults_of(
    sql: &mut dyn Sql,
    audit: &Audit,
    schedule: &Schedule,
) -> Result<Vec<Fault>, Failure> {
    let (policy, webhooks) = (audit.policy(sql)?, webhooks_in_use(sql)?);
    Ok(to_save(schedule).faults(&policy, &webhooks))
}

/// A schedule as it is checked.
pub fn to_save(schedule: &Schedule) -> ScheduleToSave<'_> {
    ScheduleToSave {
        id: schedule.id,
        name: &schedule.name,
        time_zone: &schedule.time_zone,
        layers: &schedule.layers,
        fallback: schedule.fallback,
    }
}

/// The webhooks in use, which policies can name.
///
/// # Errors
/// The store's.
pub fn webhooks_in_use(sql: &mut dyn Sql) -> Result<BTreeSet<WebhookId>, Failure> {
    let all = webhooks::list(sql)?.into_iter().map(|(webhook, _)| webhook);
    Ok(all.filter(|webhook| webhook.active).map(|webhook| webhook.id).collect())
}

/// Who is on call by a schedule as it would be if it were saved now: its layers in force from
/// their instant on, after those that are stored.
///
/// # Errors
/// The store's.
pub fn planned(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    (since, now): (Timestamp, Timestamp),
) -> Result<Versions, Failure> {
    let mut versions = schedules::versions(sql, schedule.id)?;
    versions.push(schedules::Version {
        version: schedule.version + 1,
        since,
        layers: schedule.layers.clone(),
        made_by: None,
        made_at: now,
    });
    let overrides = schedules::overrides(sql, schedule.id, now)?;
    Ok(Versions {
        versions: schedules::in_force(versions),
        time_zone: schedule.time_zone.clone(),
        overrides: overrides.into_iter().map(Override::plain).collect(),
    })
}

/// Who is on call by a schedule as it is stored, from an instant on.
///
/// # Errors
/// The store's, or a zone that is none any more.
pub fn roster_of(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    from: Timestamp,
) -> Result<Roster, Failure> {
    ready(&schedules::roster(sql, schedule, from)?)
}

/// A roster, ready to be asked.
///
/// # Errors
/// A zone that is none any more.
pub fn ready(versions: &Versions) -> Result<Roster, Failure> {
    versions.roster().map_err(|error| Failure::damaged(error.to_string()))
}

/// Refuses where something pages this one, and says what: `this` is "this team" or "by this
/// schedule". Inside [`crate::Desk::change`].
///
/// # Errors
/// That it is used, as a conflict; the store's.
pub fn check_unused(sql: &mut dyn Sql, whom: Whom, this: &str) -> Result<(), Trouble> {
    let users = users_of(sql, whom)?;
    if users.is_empty() {
        return Ok(());
    }
    let words = format!("{} {this}; change that first", in_words(&users));
    Err(Refusal::state("conflict", words).into())
}

/// What pages this one: "escalation policy Network", "schedule Second line".
///
/// # Errors
/// The store's.
pub fn users_of(sql: &mut dyn Sql, whom: Whom) -> Result<Vec<String>, Failure> {
    let policies = escalations::list(sql)?.into_iter();
    let policies = policies.filter(|found| found.active && found.policy.names(whom));
    let mut users: Vec<String> =
        policies.map(|found| format!("escalation policy {}", found.policy.name)).collect();
    let schedules = schedules::list(sql)?.into_iter();
    let schedules = schedules.filter(|found| found.active && found.fallback == Some(whom));
    users.extend(schedules.map(|found| format!("schedule {}", found.name)));
    Ok(users)
}

fn in_words(users: &[String]) -> String {
    let pages = if users.len() == 1 { "pages" } else { "page" };
    format!("{} {pages}", users.join(", "))
}

/// When the layers of a schedule come in force: those that stay do not move.
fn in_force(
    schedule: Schedule,
    before: Option<&Schedule>,
    since: Option<Timestamp>,
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> Schedule {
    let same = before.filter(|before| before.layers == schedule.layers);
    let since = match (since, same) {
        (None, Some(before)) => before.since,
        // Its rotations say who had been on call before it was written down here.
        (None, None) => roster::begins(&schedule.time_zone, &schedule.layers)
            .map_or(now, |begins| begins.min(now)),
        (Some(since), Some(before)) if since == before.since => since,
        (Some(since), _) => check_begin("since", since, now, faults),
    };
    Schedule { since, ..schedule }
}

/// An instant that may lie ahead, not in the past.
fn check_begin(
    field: &str,
    begin: Timestamp,
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> Timestamp {
    if begin < now.plus_seconds(-NOW_SECONDS) {
        let words = "lies in the past; who was on call until now stays as it was";
        faults.push(Fault::new(field, words));
    } else if begin > now.plus_days(limits::SCHEDULE_DAYS_AHEAD) {
        faults.push(Fault::new(field, "lies more than ten years ahead"));
    }
    begin.max(now)
}

fn refuse(faults: Vec<Fault>) -> Result<(), Trouble> {
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

fn stored(sql: &mut dyn Sql, id: ScheduleId) -> Result<Schedule, Trouble> {
    let missing = || Refusal::not_found("there is no such schedule");
    Ok(schedules::get(sql, id)?.ok_or_else(missing)?)
}

/// A schedule in use.
fn in_use(sql: &mut dyn Sql, id: ScheduleId) -> Result<Schedule, Trouble> {
    let schedule = stored(sql, id)?;
    if schedule.active {
        return Ok(schedule);
    }
    Err(Refusal::state("conflict", "this schedule is out of use").into())
}
