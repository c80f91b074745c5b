//! Somebody else on call for some time. What an override has done stays; what is to come of
//! it can be ended.

use super::{check_begin, in_use, refuse, roster_of};
use crate::{Audit, Trouble, fresh};
use incident::escalation::check::can_be_paged;
use incident::permissions::{may_arrange, may_end_override};
use incident::policy::Fault;
use incident::{Refusal, Viewer};
use kernel::{OverrideId, PersonId, ScheduleId, Timestamp, limits};
use store::Sql;
use store::directory::schedules::{self, Override, Schedule};

/// An override that somebody wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Who is to be on call.
    pub person: PersonId,
    /// From when on; now when nothing is said.
    pub start: Option<Timestamp>,
    /// Until when; until the shift ends that goes on then when nothing is said.
    pub end: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// Puts somebody on call for some time. Inside [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not, or what is wrong with it.
pub fn add_override(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    wanted: Wanted,
) -> Result<Override, Trouble> {
    may_arrange(viewer, wanted.person)?;
    let schedule = in_use(sql, wanted.schedule)?;
    let mut faults = vec![];
    let now = audit.now();
    let start = check_begin("start", wanted.start.unwrap_or(now), now, &mut faults);
    refuse(faults)?;
    let end = match wanted.end {
        Some(end) => end,
        None => end_of_shift(sql, &schedule, wanted.person, start)?,
    };
    let made = Override {
        id: OverrideId(fresh()),
        schedule: schedule.id,
        person: wanted.person,
        start,
        end,
        reason: wanted.reason,
        made_by: audit.by(),
        made_at: now,
        swap: None,
    };
    keep(sql, audit, made)
}

/// Puts the viewer on call from now on until the shift ends, in the place of whoever they saw on
/// call, nobody in a gap, where they said whom they saw. Inside [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not; that somebody else is on call by now, or they are themselves.
pub fn take_over_now(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (schedule, seen): (ScheduleId, Option<Option<PersonId>>),
) -> Result<Override, Trouble> {
    let person = viewer.person;
    may_arrange(viewer, person)?;
    let stored = in_use(sql, schedule)?;
    let now = audit.now();
    let on_call = roster_of(sql, &stored, now)?.on_call(now).map(|on_call| on_call.person);
    if seen.is_some_and(|seen| on_call != seen) && on_call != Some(person) {
        let policy = audit.policy(sql)?;
        let name = on_call.and_then(|id| policy.staff.get(&id)).map(|staff| staff.name.clone());
        let words = match (on_call, name) {
            (None, _) => "nobody is on call by now; look again".to_owned(),
            (Some(_), Some(name)) => format!("{name} is on call by now; look again"),
            (Some(_), None) => "somebody else is on call by now; look again".to_owned(),
        };
        return Err(Refusal::state("conflict", words).into());
    }
    let wanted = Wanted { schedule, person, start: None, end: None, reason: String::new() };
    add_override(sql, audit, viewer, wanted)
}

/// Checks an override and stores it.
pub(super) fn keep(sql: &mut dyn Sql, audit: &Audit, made: Override) -> Result<Override, Trouble> {
    let mut faults = vec![];
    check_span((made.start, made.end), &mut faults);
    if !can_be_paged(made.person, &audit.policy(sql)?) {
        let words = "is nobody of the service desk whose account is in use";
        faults.push(Fault::new("person", words));
    }
    refuse(faults)?;
    if schedules::overrides(sql, made.schedule, audit.now())?.len() >= limits::OVERRIDES_AHEAD {
        let most = limits::OVERRIDES_AHEAD;
        let words = format!(
            "{most} overrides of this schedule are not over yet, the most there can be; change its layers instead"
        );
        return Err(Refusal::limit(words).into());
    }
    schedules::add_override(sql, &made)?;
    audit.created(sql, "override", made.id, &made)?;
    Ok(made)
}

/// A stretch of time that somebody can be on call for.
pub(super) fn check_span((start, end): (Timestamp, Timestamp), faults: &mut Vec<Fault>) {
    if end <= start {
        faults.push(Fault::new("end", "must lie after start, and not in the past"));
    } else if end > start.plus_days(limits::OVERRIDE_DAYS) {
        let words = format!("lies more than {} days after start", limits::OVERRIDE_DAYS);
        faults.push(Fault::new("end", words));
    }
}

/// When the shift, or the gap, ends that goes on at an instant.
fn end_of_shift(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    person: PersonId,
    at: Timestamp,
) -> Result<Timestamp, Trouble> {
    let taken = roster_of(sql, schedule, at)?.take_now(person, at);
    let theirs = || Refusal::state("conflict", "it is their shift already");
    let end = taken.ok_or_else(theirs)?.end;
    if end > at.plus_days(limits::OVERRIDE_DAYS) {
        return Err(Fault::new("end", "is needed: nobody's turn ends within a year").into());
    }
    Ok(end)
}

/// Ends an override: one that goes on ends now, one that is to come never begins.
/// Inside [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not; one that is over, or does not exist.
pub fn end_override(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (schedule, id): (ScheduleId, OverrideId),
) -> Result<(), Trouble> {
    let found = schedules::get_override(sql, id)?.filter(|found| found.schedule == schedule);
    let before = found.ok_or_else(|| Refusal::not_found("there is no such override"))?;
    may_end_override(viewer, before.person, before.swap.is_some())?;
    let now = audit.now();
    if before.end <= now {
        let words = "it is over; who was on call then stays as it was";
        return Err(Refusal::state("conflict", words).into());
    }
    if before.start >= now {
        schedules::remove_override(sql, id)?;
        audit.deleted(sql, "override", id, &before)?;
        return Ok(());
    }
    schedules::end_override(sql, id, now)?;
    let after = Override { end: now, ..before.clone() };
    audit.changed(sql, "override", id, &before, &after)?;
    Ok(())
}
