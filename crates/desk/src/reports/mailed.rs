//! Reports that are sent by themselves: who may arrange which, when each is due, and what its
//! reader is told then, counted with their own permission.

use super::{Asked, Report};
use crate::{Audit, Desk, Trouble, check_seen};
use incident::policy::Fault;
use incident::{Refusal, TokenScope, Viewer};
use jiff::tz::TimeZone;
use kernel::{PersonId, ReportId, Role, Timestamp, limits};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::directory::people::{self, Person};
use store::reports::mailed::{self as rows, MAILINGS_MAX, Mailing};
use store::{Failure, Sql};

/// How often it is looked for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Who arranges that reports are sent.
const ARRANGES: [Role; 2] = [Role::Manager, Role::Administrator];
/// People who get one report, at most.
pub const READERS_MAX: usize = 50;
/// For how long it is known to whom each was sent.
const KNOWN_DAYS: i64 = 400;

/// A report as it is sent to somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Mailed {
    /// What was arranged.
    pub mailing: Mailing,
    /// What its reader may see of it.
    pub report: Arc<Report>,
    /// Names of its lines, by id.
    pub names: HashMap<String, String>,
}

/// Starts whoever looks for what is due. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "reports that are due could not be sent; trying again";
    let work = |desk: Desk| async move { desk.mail_reports().await };
    crate::every(desk, "mailed reports", LOOK_EVERY, failing, work);
}

/// Whether somebody may arrange that reports are sent.
pub fn may_arrange(viewer: &Viewer) -> bool {
    viewer.has(&ARRANGES) && viewer.scope >= TokenScope::Write
}

/// Whether somebody may get reports by mail.
pub fn may_read(person: &Person) -> bool {
    person.active && !person.roles.is_empty() && person.email.is_some()
}

/// Whether somebody sees and changes what was arranged: its owner does, and administrators.
fn is_theirs(viewer: &Viewer, mailing: &Mailing) -> bool {
    mailing.owner == viewer.person || viewer.has(&[Role::Administrator])
}

/// What was arranged: of administrators by anybody, else by oneself.
///
/// # Errors
///
/// [`Failure`] when the database does not answer.
pub fn mailings(sql: &mut dyn Sql, viewer: &Viewer) -> Result<Vec<Mailing>, Failure> {
    match viewer.has(&[Role::Administrator]) {
        true => rows::all(sql),
        false => rows::of_owner(sql, viewer.person),
    }
}

/// One of them.
///
/// # Errors
///
/// There is none that the viewer may see.
pub fn get(sql: &mut dyn Sql, viewer: &Viewer, id: ReportId) -> Result<Mailing, Trouble> {
    let found = rows::get(sql, id)?.filter(|one| is_theirs(viewer, one));
    found.ok_or_else(|| Refusal::not_found("there is no such mailed report").into())
}

/// Arranges that a report is sent, from now on: what would have been due before is not.
///
/// # Errors
///
/// A rule it breaks, or too many.
pub fn make(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    mailing: Mailing,
) -> Result<Mailing, Trouble> {
    let mailing = Mailing { done_until: audit.now(), version: 1, ..mailing };
    check(sql, viewer, &mailing)?;
    if rows::count(sql)? >= MAILINGS_MAX {
        let words = format!("{MAILINGS_MAX} reports are sent already; stop one");
        return Err(Refusal::limit(words).into());
    }
    rows::insert(sql, &mailing)?;
    audit.created(sql, Mailing::WHAT, mailing.id, &mailing)?;
    Ok(mailing)
}

/// Changes what was arranged and is at the version it was seen at. What was due before is not sent
/// because it is arranged otherwise now.
///
/// # Errors
///
/// A rule it breaks; somebody was faster; there is none.
pub fn change(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    mailing: Mailing,
) -> Result<Mailing, Trouble> {
    let before = get(sql, viewer, mailing.id)?;
    let (owner, seen) = (before.owner, mailing.version);
    let done_until = before.done_until.max(audit.now());
    let mailing = Mailing { owner, done_until, ..mailing };
    check(sql, viewer, &mailing)?;
    if !rows::update(sql, &mailing)? {
        return Err(Trouble::Stale { seen, current: before.version });
    }
    let after = Mailing { version: seen + 1, ..mailing };
    audit.changed(sql, Mailing::WHAT, after.id, &before, &after)?;
    Ok(after)
}

/// Ends that a report is sent; `seen` is the version that whoever ends it knows.
///
/// # Errors
///
/// There is none, it may not be ended by them, or somebody changed it since.
pub fn stop(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (id, seen): (ReportId, Option<i64>),
) -> Result<(), Trouble> {
    let before = get(sql, viewer, id)?;
    must_arrange(viewer)?;
    check_seen(seen, before.version)?;
    rows::delete(sql, id)?;
    Ok(audit.deleted(sql, Mailing::WHAT, id, &before)?)
}

/// Somebody gets it no more, by their own wish; what nobody gets is sent no more at all. Nothing
/// happens where they got it no more before.
///
/// # Errors
///
/// [`Trouble::Failed`] when the database does not answer.
pub fn leave(
    sql: &mut dyn Sql,
    audit: &Audit,
    person: PersonId,
    id: ReportId,
) -> Result<(), Trouble> {
    let Some(before) = rows::get(sql, id)?.filter(|one| one.people.contains(&person)) else {
        return Ok(());
    };
    let mut after = before.clone();
    after.people.remove(&person);
    if after.people.is_empty() {
        rows::delete(sql, id)?;
        return Ok(audit.deleted(sql, Mailing::WHAT, id, &before)?);
    }
    if !rows::update(sql, &after)? {
        return Err(Trouble::Stale { seen: before.version, current: before.version });
    }
    after.version += 1;
    Ok(audit.changed(sql, Mailing::WHAT, id, &before, &after)?)
}

fn must_arrange(viewer: &Viewer) -> Result<(), Trouble> {
    match may_arrange(viewer) {
        true => Ok(()),
        false => Err(Refusal::forbidden("managers arrange that reports are sent").into()),
    }
}

fn check(sql: &mut dyn Sql, viewer: &Viewer, mailing: &Mailing) -> Result<(), Trouble> {
    must_arrange(viewer)?;
    let mut faults = Vec::new();
    if !mailing.report.by().contains(&mailing.by) {
        faults.push(Fault::new("by", "are no lines of this report"));
    }
    if mailing.query.chars().count() > limits::QUERY_CHARS {
        let most = limits::QUERY_CHARS;
        faults.push(Fault::new("q", format!("must have at most {most} characters")));
    } else if let Err(error) = query::parse(&mailing.query) {
        faults.push(Fault::new("q", error.message));
    }
    if TimeZone::get(&mailing.zone).is_err() {
        faults.push(Fault::new("zone", "is no time zone, such as Europe/Berlin"));
    }
    if let Some((field, words)) = mailing.turn.fault() {
        faults.push(Fault::new(field, words));
    }
    if mailing.people.is_empty() || mailing.people.len() > READERS_MAX {
        faults.push(Fault::new("people", format!("must be 1 to {READERS_MAX} people")));
    } else {
        let ids: Vec<_> = mailing.people.iter().copied().collect();
        let known = people::get_many(sql, &ids)?;
        if known.len() < ids.len() {
            faults.push(Fault::new("people", "has somebody who is not known"));
        }
        let barred = known.iter().filter(|person| !may_read(person));
        faults.extend(barred.map(|person| {
            let words = format!("has {}, who may not see reports or has no address", person.name);
            Fault::new("people", words)
        }));
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// The last instant at which it was due and that is not done.
fn due(mailing: &Mailing, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&mailing.zone).ok()?;
    mailing.turn.last_due(now, &zone).filter(|due| *due > mailing.done_until)
}

/// When it is due next.
pub fn next_due(mailing: &Mailing, now: Timestamp) -> Option<Timestamp> {
    mailing.turn.next_due(now, &TimeZone::get(&mailing.zone).ok()?)
}

/// Hands what is due to the mail: to everybody who may still see reports, once; how many.
fn hand_over(
    sql: &mut dyn Sql,
    mailing: &Mailing,
    due: Timestamp,
    now: Timestamp,
) -> Result<usize, Failure> {
    if !rows::take(sql, mailing, due)? {
        return Ok(0);
    }
    let owner = people::get(sql, mailing.owner)?;
    let arranges = |person: Person| ARRANGES.iter().any(|role| person.roles.contains(role));
    if !owner.is_some_and(|person| person.active && arranges(person)) {
        return Ok(0);
    }
    let ids: Vec<_> = mailing.people.iter().copied().collect();
    let mut handed = 0;
    for person in people::get_many(sql, &ids)?.into_iter().filter(may_read) {
        handed += usize::from(rows::hand_over(sql, mailing.id, due, person.id, now)?);
    }
    rows::forget_before(sql, due.plus_days(-KNOWN_DAYS))?;
    Ok(handed)
}

/// What is asked of a report that was due at an instant.
fn asked(mailing: &Mailing, due: Timestamp) -> Option<Asked> {
    let zone = TimeZone::get(&mailing.zone).ok()?;
    let (from, to) = mailing.past.days(zone.to_datetime(due.to_jiff()).date());
    Some(Asked {
        name: mailing.report,
        by: Some(mailing.by),
        from: Some(from),
        to: Some(to),
        zone: Some(zone),
        filter: query::parse(&mailing.query).ok()?.filter,
    })
}

impl Desk {
    /// Hands every report that is due to the mail, each once for each of its readers; how many.
    /// Of what was due while nobody looked, the last alone is sent; after a restore nothing of what
    /// was due before, which may have been sent. Several nodes may do so at once.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer; what was handed over stays so.
    pub async fn mail_reports(&self) -> Result<usize, Trouble> {
        let now = self.now();
        let all = self.read(rows::all).await?;
        let mut handed = 0;
        for mailing in all {
            if mailing.is_brought_back() {
                self.write(move |sql| Ok(rows::take(sql, &mailing, now)?)).await?;
                continue;
            }
            let Some(due) = due(&mailing, now) else { continue };
            handed += self.write(move |sql| Ok(hand_over(sql, &mailing, due, now)?)).await?;
        }
        Ok(handed)
    }

    /// The report that somebody gets of what was due at an instant; nothing where it is sent to
    /// them no more.
    ///
    /// # Errors
    ///
    /// As [`Desk::report`].
    pub async fn mailed_report(
        &self,
        person: &Person,
        id: ReportId,
        due: Timestamp,
    ) -> Result<Option<Mailed>, Trouble> {
        let mailing = self.read(move |sql| rows::get(sql, id)).await?;
        let is_sent = |one: &Mailing| one.people.contains(&person.id) && may_read(person);
        let Some(mailing) = mailing.filter(is_sent) else { return Ok(None) };
        let Some(asked) = asked(&mailing, due) else { return Ok(None) };
        let report = self.report(&self.viewer(person, TokenScope::Admin), &asked).await?;
        let names = self.report_names(&report).await?;
        Ok(Some(Mailed { mailing, report, names }))
    }
}
