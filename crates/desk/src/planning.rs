//! Planning: what comes at each hour of the week, how many people it takes, and how long people
//! wait with those that there are. From what was recorded; confidential incidents are not
//! counted.

use crate::{Desk, Trouble};
use incident::{Policy, Refusal, Viewer};
use insight::demand::{Demand, HOURS, WEEKS_MIN, demand};
use insight::line::{Line, Rehearsed, rehearse};
use insight::staffing::{self, AGENTS_MAX, Goal, Load, NoLoad};
use jiff::tz::TimeZone;
use kernel::{CalendarId, Role, TeamId, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Sql;
use store::expected as rows;
use store::surges::first_report;

/// Weeks of the past that tell what comes: half a year.
const PAST_WEEKS: i64 = 26;
/// Reports that are counted, the newest: half a year of a large company.
const ARRIVALS_MAX: i64 = 400_000;
/// Incidents whose logged work is looked at, the newest.
const WORKED_MAX: i64 = 2_000;
/// Incidents with logged work below which nothing is measured.
const WORKED_MIN: usize = 15;
/// The handling time that is taken while none is measured or given, in seconds.
const HANDLING_SECONDS: i64 = 20 * 60;
/// For how long what was read is good, in seconds: half a year changes little in five minutes.
const GOOD_FOR_SECONDS: i64 = 300;
/// Teams of which it is kept at hand.
const KEPT_MAX: usize = 50;
/// Seconds that may be asked for: a week.
const SECONDS_MAX: i64 = 7 * 86_400;
/// Per cent that a goal may be.
const PER_CENT_MIN: u8 = 1;
const PER_CENT_MAX: u8 = 99;
/// Weeks that a what-if is run on when nobody says how many, and at most.
const WEEKS_USUAL: u8 = 8;
const WEEKS_MAX: u8 = PAST_WEEKS as u8;
/// Agents that a what-if may have in an hour.
pub const STAFF_MAX: u32 = 1_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Of which team; of all when absent.
    pub team: Option<TeamId>,
    /// How long one takes, in seconds; as measured when absent.
    pub handling_seconds: Option<i64>,
    /// Per cent that should be answered in time.
    pub per_cent: u8,
    /// Within how many seconds.
    pub within_seconds: i64,
    /// After how many seconds people give up on average; never when absent.
    pub patience_seconds: Option<i64>,
    /// Per cent that may give up.
    pub lost_per_cent: u8,
    /// How many there are at each hour of the week from Monday 00:00 on, for a what-if.
    pub staff: Option<Vec<u32>>,
    /// How many weeks of the past a what-if is run on.
    pub weeks: u8,
    /// The calendar while which is open they are there, in a what-if on the past.
    pub calendar: Option<CalendarId>,
}

impl Default for Asked {
    fn default() -> Self {
        Asked {
            team: None,
            handling_seconds: None,
            per_cent: 80,
            within_seconds: 15 * 60,
            patience_seconds: None,
            lost_per_cent: 5,
            staff: None,
            weeks: WEEKS_USUAL,
            calendar: None,
        }
    }
}

/// From where the handling time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// Somebody said it.
    Given,
    /// From the work that was logged on so many incidents.
    Measured(usize),
    /// Nothing tells it.
    Assumed,
}

/// What it takes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Since when reports were counted.
    pub since: Timestamp,
    /// How many they are.
    pub counted: usize,
    /// How long one takes, in seconds, and who says so.
    pub handling: (i64, Handling),
    /// Each hour of the week from Monday 00:00 on; none while too few weeks are known.
    pub hours: Vec<Hour>,
    /// How many weeks must be known.
    pub weeks_min: u32,
    /// What came since an instant, run with those that there are, where that was asked: all wait.
    pub rehearsed: Option<(Timestamp, Rehearsed)>,
}

/// An hour of the week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hour {
    /// What comes.
    pub demand: insight::demand::Hour,
    /// The fewest agents that reach the goal with what comes on average, and the part that they
    /// answer in time.
    pub agents: (u32, f64),
    /// The fewest when as much comes as the interval has it at most.
    pub agents_high: u32,
    /// The fewest with whom few enough give up, where people do.
    pub agents_patient: Option<u32>,
    /// How it goes with those that there are, where that was asked.
    pub staffed: Option<Staffed>,
}

/// How it goes with so many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staffed {
    /// How many there are.
    pub agents: u32,
    /// How it goes; absent when the line grows without end.
    pub goes: Option<Goes>,
}

/// How long people wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goes {
    /// On average, in seconds.
    pub mean_seconds: f64,
    /// The part that is answered in time, where nobody gives up.
    pub in_time: Option<f64>,
    /// The part that gives up.
    pub abandons: f64,
}

/// What is read of the past.
struct Past {
    since: Timestamp,
    until: Timestamp,
    zone: TimeZone,
    /// When what is counted came.
    arrivals: Vec<Timestamp>,
    demand: Option<Demand>,
    /// The mean of the work that was logged, and on how many.
    worked: Option<(i64, usize)>,
}

/// What was read, and when.
type Read = (Timestamp, Arc<Past>);

/// What was read lately, by team.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<Option<TeamId>, Read>>);

/// Whether somebody plans: managers and administrators.
pub fn may_plan(viewer: &Viewer) -> bool {
    viewer.has(&[Role::Manager, Role::Administrator])
}

impl Desk {
    /// What comes and what it takes.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] to others than managers and administrators, and where a number makes
    /// no sense; [`Trouble::Throttled`] when its turn does not come, since others are computed.
    pub async fn plan(&self, viewer: &Viewer, asked: Asked) -> Result<Plan, Trouble> {
        if !may_plan(viewer) {
            let words = "managers and administrators plan; ask one of them";
            return Err(Refusal::forbidden(words).into());
        }
        check(&asked)?;
        let (policy, now) = (self.policy(), self.now());
        if asked.calendar.is_some_and(|id| policy.calendars.newest(id, now).is_none()) {
            return Err(Refusal::invalid("calendar", "must be a calendar that is in use").into());
        }
        let turn = self.what_if_turn().await?;
        let past = self.past(asked.team).await?;
        // Long waits of many take seconds. Who asks again does not have both computed at once.
        let work = move || {
            let _turn = turn;
            plan(&past, &asked, &policy)
        };
        let computed = crate::on_a_thread(work).await;
        let failed = |error: tokio::task::JoinError| {
            store::Failure::Broken(format!("planning ended: {error}"))
        };
        Ok(computed.map_err(failed)??)
    }

    async fn past(&self, team: Option<TeamId>) -> Result<Arc<Past>, Trouble> {
        let now = self.now();
        let kept = || self.0.planning.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().get(&team).cloned();
        if let Some((at, past)) = known
            && (0..GOOD_FOR_SECONDS).contains(&now.seconds_since(at))
        {
            return Ok(past);
        }
        let past = Arc::new(self.read(move |sql| read(sql, team, now)).await?);
        let mut kept = kept();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(team, (now, past.clone()));
        Ok(past)
    }
}

fn read(sql: &mut dyn Sql, team: Option<TeamId>, now: Timestamp) -> Result<Past, store::Failure> {
    let zone = crate::surges::zone(sql)?;
    let first = first_report(sql)?.unwrap_or(now);
    let mut since = first.max(now.plus_days(-7 * PAST_WEEKS));
    let arrivals = rows::arrivals(sql, since, team, ARRIVALS_MAX)?;
    if arrivals.len() as i64 == ARRIVALS_MAX {
        since = arrivals.first().copied().unwrap_or(since);
    }
    let work = rows::handling(sql, since, team, WORKED_MAX)?;
    let worked = (work.len() >= WORKED_MIN)
        .then(|| (work.iter().sum::<i64>() / work.len() as i64, work.len()));
    let demand = demand(&arrivals, since, now, &zone);
    Ok(Past { since, until: now, zone, arrivals, demand, worked })
}

fn check(asked: &Asked) -> Result<(), Refusal> {
    let seconds = |field: &'static str, value: Option<i64>| match value {
        Some(value) if !(1..=SECONDS_MAX).contains(&value) => {
            Err(Refusal::invalid(field, "must be more than nothing and a week at most"))
        }
        _ => Ok(()),
    };
    seconds("handling", asked.handling_seconds)?;
    seconds("within", Some(asked.within_seconds))?;
    seconds("patience", asked.patience_seconds)?;
    for (field, value) in [("per_cent", asked.per_cent), ("lost", asked.lost_per_cent)] {
        if !(PER_CENT_MIN..=PER_CENT_MAX).contains(&value) {
            return Err(Refusal::invalid(field, "must be 1 to 99 per cent"));
        }
    }
    if !(1..=WEEKS_MAX).contains(&asked.weeks) {
        return Err(Refusal::invalid("weeks", format!("must be 1 to {WEEKS_MAX}")));
    }
    let wrong =
        |staff: &Vec<u32>| staff.len() != HOURS || staff.iter().any(|agents| *agents > STAFF_MAX);
    if asked.staff.as_ref().is_some_and(wrong) {
        let words = format!("must be 0 to {STAFF_MAX} for each hour");
        return Err(Refusal::invalid("staff", words));
    }
    Ok(())
}

fn plan(past: &Past, asked: &Asked, policy: &Policy) -> Result<Plan, Refusal> {
    let handling = match (asked.handling_seconds, past.worked) {
        (Some(given), _) => (given, Handling::Given),
        (None, Some((mean, of))) => (mean.max(1), Handling::Measured(of)),
        (None, None) => (HANDLING_SECONDS, Handling::Assumed),
    };
    let hours = past.demand.as_ref().map(|demand| demand.hours.as_slice()).unwrap_or_default();
    let staff = |hour: usize| asked.staff.as_ref().and_then(|staff| staff.get(hour).copied());
    let hours = hours.iter().enumerate().map(|(n, told)| hour(*told, handling.0, asked, staff(n)));
    Ok(Plan {
        since: past.since,
        counted: past.arrivals.len(),
        handling,
        hours: hours.collect::<Result<_, _>>()?,
        weeks_min: WEEKS_MIN,
        rehearsed: asked
            .staff
            .as_ref()
            .map(|staff| rehearsed(past, handling.0, asked, (staff, policy))),
    })
}

/// What came in the last weeks that are asked for, run with those that there are.
fn rehearsed(
    past: &Past,
    handling: i64,
    asked: &Asked,
    (staff, policy): (&[u32], &Policy),
) -> (Timestamp, Rehearsed) {
    let from = past.since.max(past.until.plus_days(-7 * i64::from(asked.weeks)));
    let open = asked.calendar.and_then(|id| policy.calendars.newest(id, past.until));
    let line = Line {
        staff,
        open: open.map(|open| policy.calendars.get(Some(open))),
        zone: &past.zone,
        handling_seconds: handling as f64,
        within_seconds: asked.within_seconds as f64,
    };
    (from, rehearse(&past.arrivals, (from, past.until), &line))
}

fn hour(
    told: insight::demand::Hour,
    handling: i64,
    asked: &Asked,
    staff: Option<u32>,
) -> Result<Hour, Refusal> {
    let handling = handling as f64;
    let goal = Goal {
        part: f64::from(asked.per_cent) / 100.0,
        within_seconds: asked.within_seconds as f64,
    };
    let patience = asked.patience_seconds.map(|seconds| seconds as f64);
    let load = Load::new(told.mean, handling).map_err(too_much)?;
    let high = Load::new(f64::from(told.high), handling).map_err(too_much)?;
    let fewest = |load: &Load| match load.offered() > 0.0 {
        true => staffing::fewest(load, goal).ok_or_else(|| too_much(NoLoad::TooMuch)),
        // Nobody is needed where nothing comes.
        false => Ok((0, 1.0)),
    };
    let lost = f64::from(asked.lost_per_cent) / 100.0;
    let patient = patience.filter(|_| load.offered() > 0.0);
    let patient = patient.and_then(|patience| staffing::fewest_patient(&load, patience, lost));
    Ok(Hour {
        demand: told,
        agents: fewest(&load)?,
        agents_high: fewest(&high)?.0,
        agents_patient: patience.map(|_| patient.map_or(0, |(agents, _)| agents)),
        staffed: staff.map(|agents| Staffed { agents, goes: goes(&load, agents, patience, goal) }),
    })
}

/// How it goes with so many; `None` when the line grows without end.
fn goes(load: &Load, agents: u32, patience: Option<f64>, goal: Goal) -> Option<Goes> {
    if load.offered() <= 0.0 {
        return Some(Goes { mean_seconds: 0.0, in_time: Some(1.0), abandons: 0.0 });
    }
    match patience {
        Some(patience) => {
            let goes = staffing::impatient(load, agents, patience)?;
            let (mean_seconds, abandons) = (goes.mean_seconds, goes.abandons);
            Some(Goes { mean_seconds, in_time: None, abandons })
        }
        None => {
            let goes = staffing::waiting(load, agents)?;
            let in_time = Some(goes.within(goal.within_seconds));
            Some(Goes { mean_seconds: goes.mean_seconds, in_time, abandons: 0.0 })
        }
    }
}

fn too_much(wrong: NoLoad) -> Refusal {
    let words = match wrong {
        NoLoad::TooMuch => {
            format!("must be shorter: with it more than {AGENTS_MAX} people would always be busy")
        }
        NoLoad::Arrivals | NoLoad::Handling => format!("cannot be reckoned with: {wrong}"),
    };
    Refusal::invalid("handling", words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(mean: f64, high: u32) -> insight::demand::Hour {
        insight::demand::Hour { mean, low: 0, high, watched: 10 }
    }

    #[test]
    fn more_come_more_are_needed_and_nobody_where_nothing_comes() {
        let asked = Asked { within_seconds: 20, ..Asked::default() };
        let quiet = hour(told(0.0, 0), 180, &asked, Some(0)).unwrap();
        assert_eq!((quiet.agents.0, quiet.agents_high), (0, 0));
        assert_eq!(quiet.staffed.unwrap().goes.unwrap().mean_seconds, 0.0);
        let busy = hour(told(100.0, 130), 180, &asked, Some(5)).unwrap();
        assert!(busy.agents.0 > 5 && busy.agents.1 >= 0.8, "{busy:?}");
        assert!(busy.agents_high > busy.agents.0);
        assert_eq!(busy.staffed.unwrap().goes, None, "5 erlangs for 5 people");
        let waits = hour(told(100.0, 130), 180, &asked, Some(6)).unwrap().staffed.unwrap();
        assert!(waits.goes.unwrap().mean_seconds > 60.0, "{waits:?}");
        let patient = Asked { patience_seconds: Some(120), ..asked };
        let goes = hour(told(100.0, 130), 180, &patient, Some(5)).unwrap();
        assert!(goes.agents_patient.unwrap() > 0);
        assert!(goes.staffed.unwrap().goes.unwrap().abandons > 0.05, "{goes:?}");
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_field() {
        let usual = Asked::default();
        let refused = |asked: Asked| check(&asked).unwrap_err().field;
        assert!(check(&usual).is_ok());
        assert_eq!(refused(Asked { per_cent: 100, ..usual.clone() }), Some("per_cent"));
        assert_eq!(refused(Asked { lost_per_cent: 0, ..usual.clone() }), Some("lost"));
        assert_eq!(refused(Asked { within_seconds: 0, ..usual.clone() }), Some("within"));
        let handling = Some(SECONDS_MAX + 1);
        assert_eq!(
            refused(Asked { handling_seconds: handling, ..usual.clone() }),
            Some("handling")
        );
        assert_eq!(refused(Asked { weeks: 0, ..usual.clone() }), Some("weeks"));
        assert_eq!(refused(Asked { weeks: 27, ..usual.clone() }), Some("weeks"));
        assert_eq!(refused(Asked { staff: Some(vec![1; 3]), ..usual }), Some("staff"));
    }
}
