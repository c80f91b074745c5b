//! When an incident is expected to be over, from the organisation's own history. Learned aside by
//! a loop, computed when an incident is read, and silent where too few were like it. What a
//! person said of it always wins. A report waits for none of it.

mod hours;
mod kept;
mod late;
mod learn;
mod measured;
mod shown;

pub use hours::Hours;
pub use measured::{Measured, Tally};
pub use shown::Quality;

use crate::cache::Computed;
use crate::learning::{self, TURNS_BEFORE_LEARNING};
use crate::suggest::learn as values;
use crate::{Desk, Trouble};
use incident::clocks::{ClockKind, ClockStatus};
use incident::{Access, Event, Policy, Refusal, Scope, State, Viewer};
use insight::expected::{Expected, Model, Now};
use jiff::tz::TimeZone;
use jiff::{RoundMode, Unit, ZonedRound};
use kernel::{IncidentNumber, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use store::Sql;
use store::incidents::timeline;
use store::suggestions::Suggested;

/// How often it is looked whether there is something to learn or to note.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// What is told of a distribution: its tenth, half and nine tenths.
const LOW_PART: f64 = 0.1;
const MIDDLE_PART: f64 = 0.5;
const HIGH_PART: f64 = 0.9;
/// Up to so far ahead times are told to 5 minutes, in seconds; up to so far to half an hour, and
/// to half a day beyond.
const FINE_SECONDS: i64 = 4 * 3_600;
const COARSE_SECONDS: i64 = 86_400;
/// How long a time is told as it was computed, in seconds: none is told more finely.
const COMPUTED_SECONDS: i64 = 60;

/// When an incident that is not over is expected to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Outlook {
    /// Somebody said so.
    Said(incident::state::Expected),
    /// It was promised to somebody.
    Promised(Timestamp),
    /// As those like it before.
    Likely(Likely),
    /// Too few were like it.
    Unknown,
}

/// A time that comes from past incidents.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// One in two is over by then.
    pub at: Timestamp,
    /// One in ten is over before.
    pub low: Timestamp,
    /// Nine in ten are over by then.
    pub high: Timestamp,
    /// What it comes from.
    pub basis: Basis,
    /// How likely it is over after its resolution is due, in thousandths; absent without a due
    /// time that lies ahead.
    pub late: Option<u32>,
    /// For which instant it was computed.
    pub now: Timestamp,
    /// The hours in which it is worked on, where these are not all: the times are within them.
    pub hours: Option<Hours>,
}

/// What a time comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// How many were like it and lasted as long.
    pub cases: usize,
    /// What they had in common with it: fields and the names of their values.
    pub alike: Vec<(Suggested, String)>,
    /// In what they were, as half a sentence: "in progress".
    pub activity: String,
    /// For how long this one has been in that, in seconds.
    pub since_seconds: i64,
}

/// What was learned, with how it was measured and when.
pub struct Known {
    /// Counts the trainings.
    pub version: i64,
    /// When.
    pub trained_at: Timestamp,
    /// How good it is.
    pub measured: Measured,
    history: i64,
    model: Model,
    likely: LikelyKept,
}

/// Times of incidents that are looked at, each from the version of the incident, that of the
/// policy, and the minute.
type LikelyKept = Computed<(u32, i64, i64), Option<Likely>>;

/// What is known of how long incidents take; one value for whoever reads.
#[derive(Default)]
pub struct Forecaster {
    known: Option<Arc<Known>>,
    /// The version of a stored model that this program cannot read: it is not read again.
    unreadable: i64,
    /// By which clock hours are told.
    zone: Option<TimeZone>,
}

/// What the loop keeps.
#[derive(Default)]
pub(crate) struct Kept {
    now: RwLock<Arc<Forecaster>>,
    watch: tokio::sync::Mutex<Watch>,
    /// In which part of time a time was last written down, by incident.
    noted: Mutex<HashMap<IncidentNumber, i64>>,
}

/// How far the loop is.
#[derive(Default)]
struct Watch {
    turns: u32,
    /// When it last tried to learn, and what the last incident was.
    tried: Option<learning::At>,
    /// Up to which incident it was noted what came of what was shown.
    noted: i64,
    /// Up to which open incident it was looked whether it is likely late.
    late: i64,
}

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "expected times stay as they are; trying again";
    let work = |desk: Desk| async move { desk.watch_expected().await };
    crate::every(desk, "expected times", LOOK_EVERY, failing, work);
}

impl Forecaster {
    /// What was learned, once something was.
    pub fn known(&self) -> Option<&Known> {
        self.known.as_deref()
    }

    /// When an incident is expected to be over, from its own timeline in order; `None` where it
    /// is over, works again, or is part of another.
    pub fn outlook<'a>(
        &self,
        state: &State,
        events: impl IntoIterator<Item = &'a Event>,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Outlook> {
        Self::decide(state, || self.likely(state, events, policy, now))
    }

    /// As [`Forecaster::outlook`] for a screen that is drawn again and again: what comes from
    /// past incidents is computed once a minute for each version, and `events` are asked for only
    /// then.
    pub fn outlook_of<'a, E: IntoIterator<Item = &'a Event>>(
        &self,
        (number, state): (IncidentNumber, &State),
        events: impl FnOnce() -> E,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Outlook> {
        Self::decide(state, || {
            let minute = now.seconds_since(Timestamp::default()).div_euclid(COMPUTED_SECONDS);
            let from = (state.version, policy.version, minute);
            let compute = || self.likely(state, events(), policy, now);
            self.known()?.likely.of(number, from, compute)
        })
    }

    /// What people said wins over what is likely.
    fn decide(state: &State, likely: impl FnOnce() -> Option<Likely>) -> Option<Outlook> {
        let restored = state.moments.restored.is_some();
        if !state.lifecycle.is_open() || restored || state.merged_into.is_some() {
            return None;
        }
        if let Some(said) = state.expected {
            return Some(Outlook::Said(said));
        }
        if let Some(promise) = state.pending_promises().next() {
            return Some(Outlook::Promised(promise.at));
        }
        Some(likely().map_or(Outlook::Unknown, Outlook::Likely))
    }

    fn likely<'a>(
        &self,
        state: &State,
        events: impl IntoIterator<Item = &'a Event>,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Likely> {
        // Those that it was learned from had no more.
        let known = self.known.as_ref().filter(|_| state.version <= learn::EVENTS_MAX)?;
        let (steps, _) = learn::steps(events);
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let expected = known.model.expect(&Now { steps: &steps, at: now, zone: &zone })?;
        let Expected { median_seconds, low_seconds, high_seconds, ref basis } = expected;
        let alike = basis.facts.iter().filter_map(|(name, value)| {
            let field: Suggested = name.parse().ok()?;
            Some((field, values::label(field, value, policy)?))
        });
        let resolution = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution);
        let running = resolution.filter(|clock| clock.status == ClockStatus::Running);
        let due = running.and_then(|clock| clock.due_at).filter(|due| *due > now);
        let hours = Hours::of(state, policy, now);
        let from = |at: Timestamp| hours.as_ref().map_or(at, |hours| hours.before(at, now));
        let by = |at: Timestamp| hours.as_ref().map_or(at, |hours| hours.after(at));
        Some(Likely {
            at: by(now.plus_seconds(median_seconds)),
            low: from(now.plus_seconds(low_seconds)),
            high: by(now.plus_seconds(high_seconds)),
            basis: Basis {
                cases: basis.cases,
                alike: alike.collect(),
                activity: learn::activity_words(&basis.activity),
                since_seconds: basis.since_seconds,
            },
            late: due.map(|due| late(&expected, due.seconds_since(now))),
            now,
            hours,
        })
    }
}

impl Likely {
    /// As requesters are told it: only by when, rounded to what can be known, within the hours in
    /// which it is worked on.
    pub fn told(&self, zone: &TimeZone) -> Timestamp {
        self.by(self.at, zone)
    }

    /// As the service desk is told it: likely by then, from and until when; each rounded so that
    /// the span grows. What would round to the past is now.
    pub fn rounded(&self, zone: &TimeZone) -> (Timestamp, Timestamp, Timestamp) {
        let floor = rounded(self.low, self.now, zone, RoundMode::Floor);
        let low = self.hours.as_ref().map_or(floor, |hours| hours.from(self.low, floor));
        (self.told(zone), low.max(self.now), self.by(self.high, zone))
    }

    fn by(&self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let ceil = rounded(at, self.now, zone, RoundMode::Ceil);
        self.hours.as_ref().map_or(ceil, |hours| hours.by(at, ceil))
    }
}

/// To 5 minutes under 4 hours ahead, 30 minutes under a day, else half days, by a clock.
fn rounded(at: Timestamp, now: Timestamp, zone: &TimeZone, mode: RoundMode) -> Timestamp {
    let round = match at.seconds_since(now) {
        ..FINE_SECONDS => ZonedRound::new().smallest(Unit::Minute).increment(5),
        FINE_SECONDS..COARSE_SECONDS => ZonedRound::new().smallest(Unit::Minute).increment(30),
        _ => ZonedRound::new().smallest(Unit::Hour).increment(12),
    };
    let local = at.to_jiff().to_zoned(zone.clone());
    local.round(round.mode(mode)).map_or(at, |local| Timestamp::from_jiff(local.timestamp()))
}

/// How likely it takes longer than so many seconds, in thousandths: between the points that are
/// known evenly, and beyond the last one falling by half with each further stretch like the last.
fn late(expected: &Expected, seconds: i64) -> u32 {
    let points = [
        (0.0, 0.0),
        (expected.low_seconds as f64, LOW_PART),
        (expected.median_seconds as f64, MIDDLE_PART),
        (expected.high_seconds as f64, HIGH_PART),
    ];
    let seconds = seconds.max(0) as f64;
    let between = points.windows(2).find(|pair| seconds < pair[1].0);
    let over = match between {
        Some(pair) => {
            let ((from, low), (to, high)) = (pair[0], pair[1]);
            low + (high - low) * (seconds - from) / (to - from)
        }
        None => {
            let last = (points[3].0 - points[2].0).max(1.0);
            1.0 - (1.0 - HIGH_PART) * 0.5_f64.powf((seconds - points[3].0) / last)
        }
    };
    ((1.0 - over).clamp(0.0, 1.0) * 1_000.0).round() as u32
}

impl Desk {
    /// What is known now, for whoever reads an incident.
    pub fn forecaster(&self) -> Arc<Forecaster> {
        self.0.expected.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// When an incident is expected to be over; `None` where it is. What whoever sees only its
    /// public side is told of it is [`Likely::told`].
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such incident, or the viewer may not see it.
    pub async fn expected(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
    ) -> Result<(Access, Option<Outlook>), Trouble> {
        let (scope, policy, forecaster) = (Scope::of(viewer), self.policy(), self.forecaster());
        let now = self.now();
        let read = move |sql: &mut dyn Sql| {
            let Some(row) = store::incidents::list::get(sql, &scope, number)? else {
                return Ok(None);
            };
            let outlook = forecaster.read(sql, number, &row.state, &policy, now)?;
            Ok(Some((row.access, outlook)))
        };
        let unknown = || Refusal::not_found("there is no such incident, or you may not see it");
        self.read(read).await?.ok_or_else(|| unknown().into())
    }

    /// One turn: what is kept is read, what came of what was shown is noted, and it is learned
    /// again when that is due.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn watch_expected(&self) -> Result<(), Trouble> {
        let mut watch = self.0.expected.watch.lock().await;
        self.read_forecaster().await?;
        watch.noted = self.note_ends(IncidentNumber(watch.noted)).await?.0;
        self.look_for_late(&mut watch).await?;
        watch.turns = watch.turns.saturating_add(1);
        if watch.turns > TURNS_BEFORE_LEARNING && self.is_forecast_due(&watch).await? {
            self.learn_times(&mut watch).await?;
        }
        Ok(())
    }

    /// Learns now how long incidents take, whether it is due or not.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn learn_expected_now(&self) -> Result<(), Trouble> {
        let mut watch = self.0.expected.watch.lock().await;
        self.read_forecaster().await?;
        self.learn_times(&mut watch).await
    }
}

impl Forecaster {
    /// As [`Forecaster::outlook`]; the timeline is read only where it takes one.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub fn read(
        &self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        state: &State,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Option<Outlook>, store::Failure> {
        let nothing: [&Event; 0] = [];
        let without = self.outlook(state, nothing, policy, now);
        let tells = self.known.is_some() && state.version <= learn::EVENTS_MAX;
        if !tells || without != Some(Outlook::Unknown) {
            return Ok(without);
        }
        let events = timeline::timeline(sql, number, 0, learn::EVENTS_MAX as usize)?;
        Ok(self.outlook(state, events.iter().map(|stored| &stored.event), policy, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insight::expected;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn likely(low: &str, middle: &str, high: &str) -> Likely {
        let activity = "in progress".to_owned();
        Likely {
            at: at(middle),
            low: at(low),
            high: at(high),
            basis: Basis { cases: 20, alike: vec![], activity, since_seconds: 60 },
            late: None,
            now: at("2026-11-23T13:12:00Z"),
            hours: None,
        }
    }

    #[test]
    fn times_are_told_as_finely_as_they_can_be_known() {
        let zone = TimeZone::UTC;
        let soon = likely("2026-11-23T13:13:10Z", "2026-11-23T14:17:00Z", "2026-11-23T18:40:00Z");
        let told = ("2026-11-23T14:20:00Z", "2026-11-23T13:12:00Z", "2026-11-23T19:00:00Z");
        assert_eq!(soon.rounded(&zone), (at(told.0), at(told.1), at(told.2)));
        let later = likely("2026-11-23T20:10:00Z", "2026-11-25T03:00:00Z", "2026-11-29T13:00:00Z");
        let told = ("2026-11-25T12:00:00Z", "2026-11-23T20:00:00Z", "2026-11-30T00:00:00Z");
        assert_eq!(later.rounded(&zone), (at(told.0), at(told.1), at(told.2)));
        assert_eq!(later.told(&zone), at(told.0));
    }

    #[test]
    fn of_a_desk_that_works_by_day_no_night_is_told() {
        let zone = TimeZone::UTC;
        let later = likely("2026-11-23T15:10:00Z", "2026-11-25T15:00:00Z", "2026-11-27T17:30:00Z");
        let later = Likely { hours: Some(hours::tests::office()), ..later };
        let told = ("2026-11-25T18:00:00Z", "2026-11-23T15:10:00Z", "2026-11-27T18:00:00Z");
        assert_eq!(later.rounded(&zone), (at(told.0), at(told.1), at(told.2)));
        let always = Likely { hours: None, ..later };
        assert_eq!(always.told(&zone), at("2026-11-26T00:00:00Z"));
    }

    #[test]
    fn how_likely_it_is_late_falls_from_point_to_point() {
        let expected = expected::Expected {
            median_seconds: 500,
            low_seconds: 100,
            high_seconds: 900,
            basis: expected::Basis {
                cases: 20,
                activity: "new".to_owned(),
                facts: vec![],
                since_seconds: 0,
            },
        };
        let late: Vec<u32> =
            [0, 100, 300, 500, 900, 1_300].iter().map(|at| late(&expected, *at)).collect();
        assert_eq!(late, [1_000, 900, 700, 500, 100, 50]);
        let sure = expected::Expected { low_seconds: 500, high_seconds: 500, ..expected };
        assert_eq!(super::late(&sure, 499), 900);
        assert_eq!(super::late(&sure, 500), 100);
    }
}
