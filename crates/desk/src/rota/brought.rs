//! Shifts that come from elsewhere: a rota out of another program, holidays. They become overrides,
//! so they are seen, changed and ended like any other, and hold whatever version the schedule has.

use super::overrides::check_span;
use super::what_if::{WhatIf, compare};
use super::{in_use, refuse};
use crate::{Audit, Desk, Trouble, fresh};
use incident::escalation::check::can_be_paged;
use incident::permissions::may_arrange;
use incident::policy::Fault;
use incident::{Refusal, Viewer};
use kernel::{OverrideId, PersonId, ScheduleId, Timestamp, limits};
use roster::feed::{self, FeedError, Import, LeftOut};
use roster::{Rotation, Span};
use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use store::directory::people::{self, PeopleFilter};
use store::directory::schedules::{self, Override, Schedule};
use store::{Failure, Sql};

/// People of the service desk that names are looked for among.
const PEOPLE_MAX: usize = 5_000;
/// Names without a person that are told apart; more is a feed of something else.
const UNMATCHED_MAX: usize = 100;

/// What was read at an address, or why nothing was.
pub type ReadAt<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send + 'a>>;

/// Who reads what stands at an address elsewhere: the room that also sends there.
pub trait Reader: Send + Sync {
    /// Reads it once, within the time and the size that it has.
    fn read_at<'a>(&'a self, address: &'a str) -> ReadAt<'a>;
}

/// Whoever reads, once they are there.
pub(crate) type KnownReader = std::sync::OnceLock<Weak<dyn Reader>>;

impl Desk {
    /// Says once who reads at addresses elsewhere, as long as they do.
    pub fn use_reader(&self, reader: &Arc<dyn Reader>) {
        // Whoever says it twice said it already. They know the desk, so it must not hold them.
        let _ = self.0.reader.set(Arc::downgrade(reader));
    }

    /// Reads a rota at an address elsewhere, once.
    ///
    /// # Errors
    /// Why it could not be read, for the field `address`.
    pub async fn read_rota_at(&self, address: &str) -> Result<Vec<u8>, Refusal> {
        let wrong = |words: String| Refusal::invalid("address", words);
        let reader = self.0.reader.get().and_then(Weak::upgrade);
        let reader =
            reader.ok_or_else(|| wrong("cannot be read: nothing is sent from here".into()))?;
        reader.read_at(address).await.map_err(wrong)
    }
}

/// What a feed gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rota {
    /// Shifts of people who are known, in order.
    pub shifts: Vec<roster::Override>,
    /// Names of whom nobody is known, in the order in which they come first.
    pub unmatched: Vec<Unmatched>,
    /// Events that give no shift.
    pub left_out: Vec<LeftOut>,
    /// The rotation of which all its shifts are, if they are.
    pub rotation: Option<Rotation>,
}

/// A name of which nobody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// As the feed writes it; empty where it says none.
    pub summary: String,
    /// How many shifts are theirs.
    pub shifts: usize,
    /// The first of them.
    pub first: Span,
}

/// How a feed is read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The feed.
    pub bytes: Vec<u8>,
    /// The zone of times without one.
    pub time_zone: String,
    /// What is looked at of it.
    pub range: Span,
    /// Who is meant by which words of the feed, in small letters, where somebody said so.
    pub named: BTreeMap<String, PersonId>,
}

/// Reads the shifts of a feed. People are found by e-mail address, by name, and by a first name
/// that only one has.
///
/// # Errors
/// The store's; inside, why the feed cannot be read.
pub fn read_rota(sql: &mut dyn Sql, reading: &Reading) -> Result<Result<Rota, FeedError>, Failure> {
    let filter = PeopleFilter { staff_only: true, active: Some(true), ..PeopleFilter::default() };
    let staff = people::list(sql, &filter, PEOPLE_MAX, None)?;
    let mut known: HashMap<String, Option<PersonId>> = HashMap::new();
    let mut add = |name: &str, person: PersonId| {
        let one = known.entry(name.trim().to_lowercase()).or_insert(Some(person));
        // What several are called names none of them.
        if *one != Some(person) {
            *one = None;
        }
    };
    for person in &staff {
        add(&person.name, person.id);
        add(person.name.split_whitespace().next().unwrap_or_default(), person.id);
        if let Some(email) = &person.email {
            add(email, person.id);
        }
    }
    let who = |text: &str| {
        let text = text.trim().to_lowercase();
        let said = reading.named.get(&text).copied();
        said.or_else(|| known.get(&text).copied().flatten())
    };
    let Reading { bytes, time_zone, range, .. } = reading;
    Ok(feed::read(bytes, time_zone, *range, who).map(|import| rota(import, time_zone)))
}

fn rota(import: Import, time_zone: &str) -> Rota {
    let mut unmatched: Vec<Unmatched> = Vec::new();
    for one in &import.uncovered {
        let summary = one.summary.clone().unwrap_or_default();
        match unmatched.iter_mut().find(|known| known.summary == summary) {
            Some(known) => known.shifts += 1,
            None if unmatched.len() < UNMATCHED_MAX => {
                unmatched.push(Unmatched { summary, shifts: 1, first: one.span });
            }
            None => {}
        }
    }
    // Where somebody is missing, what is left is no rotation.
    let whole = unmatched.is_empty() && import.left_out.is_empty();
    let rotation = feed::rotation(time_zone, &import.shifts).ok().flatten().filter(|_| whole);
    Rota { shifts: import.shifts, unmatched, left_out: import.left_out, rotation }
}

/// What these shifts would change, if they were put into a schedule.
///
/// # Errors
/// The store's.
pub fn what_if_brought(
    sql: &mut dyn Sql,
    schedule: &Schedule,
    shifts: &[roster::Override],
    now: Timestamp,
) -> Result<WhatIf, Failure> {
    let was = schedules::roster(sql, schedule, now)?;
    let mut will = was.clone();
    will.overrides.extend(shifts.iter().filter(|shift| shift.end > now).cloned());
    compare(Some(&was), &will, false, now)
}

/// Puts these shifts into a schedule, all or none. What is over is left out, what goes on begins
/// now, and what is there already is not made twice. Inside [`crate::Desk::change`].
///
/// # Errors
/// What the viewer may not, or what is wrong with one of them.
pub fn bring_overrides(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (schedule, shifts, reason): (ScheduleId, Vec<roster::Override>, String),
) -> Result<Vec<Override>, Trouble> {
    let schedule = in_use(sql, schedule)?;
    let now = audit.now();
    let known = schedules::overrides(sql, schedule.id, now)?;
    let is_known = |shift: &roster::Override| {
        known.iter().any(|one| {
            one.person == shift.person && one.start <= shift.start.max(now) && one.end >= shift.end
        })
    };
    let new: Vec<roster::Override> =
        shifts.into_iter().filter(|shift| shift.end > now && !is_known(shift)).collect();
    if known.len() + new.len() > limits::OVERRIDES_AHEAD {
        let most = limits::OVERRIDES_AHEAD;
        let words = format!(
            "{} overrides of this schedule would not be over yet, and {most} is the most there can be; bring fewer, or change its layers instead",
            known.len() + new.len()
        );
        return Err(Refusal::limit(words).into());
    }
    let policy = audit.policy(sql)?;
    let mut made = Vec::with_capacity(new.len());
    let mut faults = vec![];
    for (at, shift) in new.into_iter().enumerate() {
        may_arrange(viewer, shift.person)?;
        let start = shift.start.max(now);
        let mut wrong = vec![];
        check_span((start, shift.end), &mut wrong);
        if start > now.plus_days(limits::SCHEDULE_DAYS_AHEAD) {
            wrong.push(Fault::new("start", "lies more than ten years ahead"));
        }
        if !can_be_paged(shift.person, &policy) {
            let words = "is nobody of the service desk whose account is in use";
            wrong.push(Fault::new("person", words));
        }
        faults.extend(
            wrong
                .into_iter()
                .map(|fault| Fault { field: format!("overrides.{at}.{}", fault.field), ..fault }),
        );
        made.push(Override {
            id: OverrideId(fresh()),
            schedule: schedule.id,
            person: shift.person,
            start,
            end: shift.end,
            reason: reason.clone(),
            made_by: audit.by(),
            made_at: now,
            swap: None,
        });
    }
    refuse(faults)?;
    for one in &made {
        schedules::add_override(sql, one)?;
        audit.created(sql, "override", one.id, one)?;
    }
    Ok(made)
}
