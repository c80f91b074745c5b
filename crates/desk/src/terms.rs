//! Saving agreements and calendars: always as another version, in force from an instant
//! that may lie ahead. What was promised until then stays what it was; open incidents
//! go over to it if whoever saves it says so.

use crate::{Audit, Trouble, fresh};
use incident::Refusal;
use incident::impact::Subject;
use incident::policy::{Agreement, BusinessHours, Fault, Policy, Selection};
use incident::state::{AgreementRef, CalendarRef};
use kernel::{AgreementId, CalendarId, RecomputationId, Timestamp, limits};
use store::directory::recomputations::{self, Progress, Recomputation};
use store::directory::{agreements, calendars};
use store::{Failure, Sql};

/// How far ahead something can be put in force, in days.
const AHEAD_DAYS_MAX: i64 = 3_653;

/// What becomes of open incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Open {
    /// They keep what they were promised.
    #[default]
    Keep,
    /// They go over to what is in force then.
    Follow,
}

/// When a version comes in force, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effect {
    /// From when; none is from now on.
    pub since: Option<Timestamp>,
    /// What becomes of open incidents.
    pub open: Open,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved<T> {
    /// The new version.
    pub value: T,
    /// In force from.
    pub since: Timestamp,
    /// The job that brings open incidents over, if they follow.
    pub recomputation: Option<RecomputationId>,
}

/// Saves a calendar as its next version; version 0 makes a new one. Inside [`crate::Desk::change`].
///
/// # Errors
/// Everything that is wrong with it ([`Trouble::Faults`]), a version that is not the
/// newest any more, a name that is taken, a calendar in use that is to be retired.
pub fn save_calendar(
    sql: &mut dyn Sql,
    audit: &Audit,
    hours: BusinessHours,
    effect: Effect,
) -> Result<Saved<BusinessHours>, Trouble> {
    let policy = audit.policy(sql)?;
    let CalendarRef { id, version } = hours.reference;
    let last = policy.calendars.last(id).map(|known| known.hours.clone());
    check_version(version, last.as_ref().map_or(0, |last| last.reference.version))?;
    if last.is_none() && policy.calendars.latest().len() >= limits::TERMS {
        return Err(full("calendars"));
    }
    let mut faults = hours.faults();
    let since = check_since(effect.since, audit.now(), &mut faults);
    refuse(faults)?;
    let others = policy.calendars.latest().into_iter().map(|known| &known.hours);
    let taken = others.filter(|other| other.reference.id != id && !other.retired);
    check_name(&hours.name, hours.retired, taken.map(|other| other.name.as_str()))?;
    if hours.retired {
        check_unused(&policy, id, audit.now())?;
    }
    let saved = BusinessHours { reference: CalendarRef { id, version: version + 1 }, ..hours };
    calendars::insert(sql, &saved, since)?;
    record(audit, sql, "calendar", id, last.as_ref(), &saved)?;
    crate::rules::follow_calendar(sql, audit, id, since)?;
    let job = (Subject::Calendar(id), saved.name.as_str(), version + 1);
    let recomputation = follow(sql, audit, job, since, effect)?;
    Ok(Saved { value: saved, since, recomputation })
}

/// Saves an agreement as its next version; version 0 makes a new one. Where it becomes
/// the default, the one that was so goes out of use. Inside [`crate::Desk::change`].
///
/// # Errors
/// Everything that is wrong with it ([`Trouble::Faults`]), a version that is not the
/// newest any more, a name that is taken.
pub fn save_agreement(
    sql: &mut dyn Sql,
    audit: &Audit,
    agreement: Agreement,
    effect: Effect,
) -> Result<Saved<Agreement>, Trouble> {
    let policy = audit.policy(sql)?;
    let AgreementRef { id, version } = agreement.reference;
    let latest = policy.agreements.latest();
    let last = policy.agreements.last(id).cloned();
    check_version(version, last.as_ref().map_or(0, |last| last.reference.version))?;
    if last.is_none() && latest.len() >= limits::TERMS {
        return Err(full("agreements"));
    }
    let mut faults = agreement.faults(&policy.calendars);
    let default = latest.iter().rev().find(|other| other.is_default && !other.retired);
    if default.is_some_and(|default| default.reference.id == id) && !agreement.is_default {
        let words = "cannot be taken away; make another agreement the default instead";
        faults.insert(0, Fault::new("is_default", words));
    }
    let since = check_since(effect.since, audit.now(), &mut faults);
    refuse(faults)?;
    let others = latest.iter().filter(|other| other.reference.id != id && !other.retired);
    check_name(&agreement.name, agreement.retired, others.map(|other| other.name.as_str()))?;
    let saved = Agreement { reference: AgreementRef { id, version: version + 1 }, ..agreement };
    agreements::insert(sql, &saved, since)?;
    record(audit, sql, "agreement", id, last.as_ref(), &saved)?;
    let was_default = default.filter(|default| saved.is_default && default.reference.id != id);
    if let Some(before) = was_default {
        let AgreementRef { id, version } = before.reference;
        let reference = AgreementRef { id, version: version + 1 };
        let after = Agreement { reference, is_default: false, retired: true, ..(*before).clone() };
        agreements::insert(sql, &after, since)?;
        audit.changed(sql, "agreement", id, before, &after)?;
    }
    let job = (Subject::Agreement(id), saved.name.as_str(), version + 1);
    let recomputation = follow(sql, audit, job, since, effect)?;
    Ok(Saved { value: saved, since, recomputation })
}

/// The newest version of an agreement, in force or not yet. Inside [`crate::Desk::change`].
///
/// # Errors
/// The store's.
pub fn newest_agreement(
    sql: &mut dyn Sql,
    audit: &Audit,
    id: AgreementId,
) -> Result<Option<Agreement>, Failure> {
    Ok(audit.policy(sql)?.agreements.last(id).cloned())
}

/// The agreement as it would be before anything of it is said: nobody's, promising nothing.
pub fn blank_agreement() -> Agreement {
    let standard = Agreement::standard(AgreementId(fresh()));
    Agreement {
        reference: AgreementRef { version: 0, ..standard.reference },
        name: String::new(),
        targets: Default::default(),
        applies_to: Selection::default(),
        is_default: false,
        ..standard
    }
}

/// The id of a new calendar, before its first version.
pub fn new_calendar() -> CalendarRef {
    CalendarRef { id: CalendarId(fresh()), version: 0 }
}

fn check_version(seen: i64, current: i64) -> Result<(), Trouble> {
    if seen != current {
        return Err(Trouble::Stale { seen, current });
    }
    if current >= limits::TERMS_VERSIONS {
        let words = format!("it has {current} versions, the most there can be; make a new one");
        return Err(Refusal::limit(words).into());
    }
    Ok(())
}

fn full(what: &str) -> Trouble {
    let words = format!("there are {} {what}, the most there can be", limits::TERMS);
    Refusal::limit(words).into()
}

/// What is in force from the past on would change what was promised.
pub(crate) fn check_since(
    since: Option<Timestamp>,
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> Timestamp {
    let since = since.unwrap_or(now);
    if since < now {
        let words = "lies in the past; what was promised until now stays as it is";
        faults.push(Fault::new("since", words));
    } else if since > now.plus_days(AHEAD_DAYS_MAX) {
        faults.push(Fault::new("since", "lies more than ten years ahead"));
    }
    since
}

fn refuse(faults: Vec<Fault>) -> Result<(), Trouble> {
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

fn check_name<'a>(
    name: &str,
    retired: bool,
    mut taken: impl Iterator<Item = &'a str>,
) -> Result<(), Trouble> {
    let wanted = name.to_lowercase();
    if !retired && taken.any(|other| other.to_lowercase() == wanted) {
        return Err(Failure::Exists("the name".to_owned()).into());
    }
    Ok(())
}

/// Whatever counts by a calendar needs it: agreements, as they are and will be, and teams.
fn check_unused(policy: &Policy, id: CalendarId, now: Timestamp) -> Result<(), Trouble> {
    let agreements = policy.agreements.in_force(now).into_iter().chain(policy.agreements.latest());
    let agreement = agreements
        .filter(|agreement| !agreement.retired)
        .find(|agreement| agreement.calendars().contains(&id));
    let team = policy.teams.values().find(|team| team.calendar == Some(id));
    let user = agreement.map(|agreement| &agreement.name).or(team.map(|team| &team.name));
    match user {
        Some(name) => {
            let words = format!("{name} counts by this calendar; give it another one first");
            Err(Refusal::state("conflict", words).into())
        }
        None => Ok(()),
    }
}

fn record<T: serde::Serialize>(
    audit: &Audit,
    sql: &mut dyn Sql,
    subject: &str,
    id: impl ToString,
    before: Option<&T>,
    after: &T,
) -> Result<(), Failure> {
    match before {
        Some(before) => audit.changed(sql, subject, id, before, after),
        None => audit.created(sql, subject, id, after),
    }
}

fn follow(
    sql: &mut dyn Sql,
    audit: &Audit,
    (subject, name, version): (Subject, &str, i64),
    since: Timestamp,
    effect: Effect,
) -> Result<Option<RecomputationId>, Failure> {
    if effect.open == Open::Keep {
        return Ok(None);
    }
    let id = RecomputationId(fresh());
    let job = Recomputation {
        id,
        subject,
        name: name.to_owned(),
        version,
        not_before: since,
        created_at: audit.now(),
        started_at: None,
        finished_at: None,
        progress: Progress::default(),
    };
    recomputations::insert(sql, &job)?;
    Ok(Some(id))
}
