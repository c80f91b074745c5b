//! Who learns by a schedule: told besides whoever is on call, never paged alone.

use super::overrides::check_span;
use super::{check_begin, in_use, refuse};
use crate::{Audit, Trouble, fresh};
use incident::escalation::check::can_be_paged;
use incident::permissions::may_arrange;
use incident::policy::Fault;
use incident::{Refusal, Viewer};
use kernel::{PersonId, ScheduleId, ShadowId, Timestamp, limits};
use store::Sql;
use store::directory::shadows::{self, Shadow};

const SUBJECT: &str = "shadow";

/// Somebody who is to learn.
#[derive(Debug, Clone)]
pub struct Learner {
    /// By which schedule.
    pub schedule: ScheduleId,
    /// Who learns.
    pub person: PersonId,
    /// From when on; now when nothing is said.
    pub start: Option<Timestamp>,
    /// Until when.
    pub end: Timestamp,
}

/// Lets somebody learn for some time. Inside [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not, or what is wrong with it.
pub fn add_shadow(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    learner: Learner,
) -> Result<Shadow, Trouble> {
    may_arrange(viewer, learner.person)?;
    let schedule = in_use(sql, learner.schedule)?;
    let now = audit.now();
    let mut faults = vec![];
    let start = check_begin("start", learner.start.unwrap_or(now), now, &mut faults);
    check_span((start, learner.end), &mut faults);
    if !can_be_paged(learner.person, &audit.policy(sql)?) {
        let words = "is nobody of the service desk whose account is in use";
        faults.push(Fault::new("person", words));
    }
    refuse(faults)?;
    if shadows::of_schedule(sql, schedule.id, now)?.len() >= limits::SHADOWS_AHEAD {
        let words =
            format!("{} people learn already, the most there can be", limits::SHADOWS_AHEAD);
        return Err(Refusal::limit(words).into());
    }
    let made = Shadow {
        id: ShadowId(fresh()),
        schedule: schedule.id,
        person: learner.person,
        start,
        end: learner.end,
        made_by: audit.by(),
        made_at: now,
    };
    shadows::insert(sql, &made)?;
    audit.created(sql, SUBJECT, made.id, &made)?;
    Ok(made)
}

/// Ends it: one that goes on ends now, one that is to come never begins. Inside
/// [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not; one that is over, or does not exist.
pub fn end_shadow(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (schedule, id): (ScheduleId, ShadowId),
) -> Result<(), Trouble> {
    let found = shadows::get(sql, id)?.filter(|found| found.schedule == schedule);
    let before = found.ok_or_else(|| Refusal::not_found("nobody learns by this"))?;
    may_arrange(viewer, before.person)?;
    let now = audit.now();
    if before.end <= now {
        return Err(Refusal::state("conflict", "it is over").into());
    }
    if before.start >= now {
        shadows::remove(sql, id)?;
        audit.deleted(sql, SUBJECT, id, &before)?;
        return Ok(());
    }
    shadows::end(sql, id, now)?;
    let after = Shadow { end: now, ..before.clone() };
    audit.changed(sql, SUBJECT, id, &before, &after)?;
    Ok(())
}

/// As the roster knows those of a schedule that are not over at an instant.
///
/// # Errors
/// The store's.
pub fn learning(
    sql: &mut dyn Sql,
    schedule: ScheduleId,
    after: Timestamp,
) -> Result<Vec<roster::Shadow>, store::Failure> {
    let found = shadows::of_schedule(sql, schedule, after)?;
    Ok(found.iter().map(Shadow::plain).collect())
}
