//! What a change of terms would do, before it is saved: to the clocks of what is open,
//! and to the promises of what was reported in the past. Both read page by page and
//! compute where nobody waits; few at a time.

use crate::{Desk, Trouble};
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::impact::{Impact, Move, Subject, impact};
use incident::policy::{Agreement, BusinessHours, Fault, Policy};
use incident::replay::{Promises, Replayed, replay};
use incident::{Access, Scope, State, Viewer};
use kernel::{IncidentNumber, Priority, Timestamp, limits};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Failure, Sql};
use tokio::sync::OwnedSemaphorePermit;

/// How many are computed at once: the others have processors and connections too.
pub(crate) const AT_ONCE_MAX: usize = 1;
/// How long the question before saving waits for its turn.
const TURN_WAIT: Duration = Duration::from_secs(10);
/// After how long to come back when others are computed.
const BUSY_SECONDS: u64 = 5;
/// Incidents looked at in one piece.
const PAGE_ROWS: usize = 200;

/// Terms that are not saved: another version of an agreement or a calendar, or a new one.
#[derive(Debug, Clone, Default)]
pub struct Unsaved {
    /// The agreement.
    pub agreement: Option<Agreement>,
    /// The calendar.
    pub calendar: Option<BusinessHours>,
}

/// What a change would do to open incidents. The figures count all of them, those that the
/// viewer may not see included; they are listed only where they may.
#[derive(Debug, Clone, Default)]
pub struct ImpactReport {
    /// Incidents that are open.
    pub open: i64,
    /// Of those, incidents that cannot be read, of which nothing is known; the log says why.
    pub damaged: i64,
    /// Of those, incidents that would be promised something else.
    pub incidents: i64,
    /// Clocks that would move.
    pub clocks: i64,
    /// Clocks that would be due earlier.
    pub earlier: i64,
    /// Clocks that would be due later.
    pub later: i64,
    /// Promises that would be broken at once.
    pub breaches: i64,
    /// The first of those incidents that the viewer may see.
    pub rows: Vec<ImpactRow>,
}

/// What it would do to one.
#[derive(Debug, Clone)]
pub struct ImpactRow {
    /// Which.
    pub number: IncidentNumber,
    /// Its title.
    pub title: String,
    /// Its priority.
    pub priority: Priority,
    /// The clocks that would move; none where only the agreement changes.
    pub moves: Vec<Move>,
}

/// What became of promises, and what would have become of them. The figures count all
/// incidents, those that the viewer may not see included; they are listed only where they may.
#[derive(Debug, Clone, Default)]
pub struct Backtest {
    /// Incidents reported in that time.
    pub incidents: i64,
    /// By priority and clock: as it was, and as it would have been.
    pub tallies: BTreeMap<(Priority, ClockKind), (Tally, Tally)>,
    /// Clocks that would have ended otherwise.
    pub differing: i64,
    /// The first of those that the viewer may see.
    pub rows: Vec<BacktestRow>,
}

/// How promises ended. Cancelled ones are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Kept.
    pub met: i64,
    /// Broken, whether it was made good later or not.
    pub breached: i64,
    /// Neither yet.
    pub open: i64,
}

/// A promise that would have ended otherwise.
#[derive(Debug, Clone)]
pub struct BacktestRow {
    /// Of which incident.
    pub number: IncidentNumber,
    /// Its title.
    pub title: String,
    /// Its priority.
    pub priority: Priority,
    /// Which clock.
    pub kind: ClockKind,
    /// When it was broken first, if it was.
    pub breached_before: Option<Timestamp>,
    /// When it would have been.
    pub breached_after: Option<Timestamp>,
}

impl Desk {
    /// The turn of somebody who waits while others are computed.
    pub(crate) async fn what_if_turn(&self) -> Result<OwnedSemaphorePermit, Trouble> {
        let turn = tokio::time::timeout(TURN_WAIT, self.0.what_ifs.clone().acquire_owned());
        turn.await.ok().and_then(Result::ok).ok_or_else(busy)
    }

    /// What a change would do to the clocks of open incidents if they followed it when it
    /// comes in force: at `since` if that lies ahead, and if nothing else happens until then.
    ///
    /// # Errors
    /// What is wrong with it; [`Trouble::Throttled`] when its turn does not come, since
    /// others are computed.
    pub async fn impact(
        &self,
        viewer: &Viewer,
        unsaved: Unsaved,
        since: Option<Timestamp>,
    ) -> Result<ImpactReport, Trouble> {
        // Nobody is kept from saving because somebody else asks: turns come in order.
        let _permit = self.what_if_turn().await?;
        let mut faults = vec![];
        let at = crate::terms::check_since(since, self.now(), &mut faults);
        refuse(faults)?;
        let subject = match (&unsaved.agreement, &unsaved.calendar) {
            (Some(agreement), None) => Subject::Agreement(agreement.reference.id),
            (None, Some(calendar)) => Subject::Calendar(calendar.reference.id),
            _ => return Err(Fault::new("agreement", "is needed, or calendar, and not both").into()),
        };
        let policy = Arc::new(unsaved.put_in_force(&self.policy(), at)?);
        let scope = Arc::new(Scope::of(viewer));
        let mut report = ImpactReport::default();
        let mut after = IncidentNumber(0);
        loop {
            let (policy, scope) = (policy.clone(), scope.clone());
            let mut so_far = std::mem::take(&mut report);
            let page = self.read(move |sql| {
                let found = store::incidents::open_after(sql, after, PAGE_ROWS)?;
                let last = found.last().map(|(number, _)| *number);
                for (number, state) in found {
                    let state = match state {
                        Ok(state) => state,
                        Err(failure) => {
                            tracing::error!(%failure, %number, "an incident is left out");
                            so_far.open += 1;
                            so_far.damaged += 1;
                            continue;
                        }
                    };
                    let felt = impact(&state, number, subject, &policy, at);
                    let moves = felt.filter(Impact::is_felt).map(|impact| impact.moves);
                    so_far.add(sql, number, &state, moves, &scope)?;
                }
                Ok((so_far, last))
            });
            let (so_far, last) = page.await?;
            report = so_far;
            match last {
                Some(last) => after = last,
                None => return Ok(report),
            }
        }
    }

    /// What would have become of the promises of incidents reported from `from` until
    /// before `to` under terms that are not saved, seen from now. What people did stays
    /// as it was.
    ///
    /// # Errors
    /// What is wrong with it; a time with too many incidents; [`Trouble::Throttled`] when
    /// others are computed.
    pub async fn backtest(
        &self,
        viewer: &Viewer,
        unsaved: Unsaved,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Backtest, Trouble> {
        let _permit = self.0.what_ifs.clone().try_acquire_owned().map_err(|_| busy())?;
        if from >= to {
            return Err(Fault::new("to", "must lie after from").into());
        }
        let count = self.read(move |sql| store::incidents::count_reported(sql, from, to)).await?;
        if count > limits::BACKTEST_INCIDENTS as i64 {
            let most = limits::BACKTEST_INCIDENTS;
            let words = format!(
                "begins a time with {count} incidents, more than {most}; choose a shorter one"
            );
            return Err(Fault::new("from", words).into());
        }
        let before = self.policy();
        let after = Arc::new(unsaved.always(&before)?);
        let scope = Arc::new(Scope::of(viewer));
        let now = self.now();
        let mut result = Backtest::default();
        let mut last = None;
        loop {
            let mut so_far = std::mem::take(&mut result);
            let (before, after, scope) = (before.clone(), after.clone(), scope.clone());
            let page = self.read(move |sql| {
                let page = store::incidents::reported_between(sql, (from, to), last, PAGE_ROWS)?;
                let numbers: Vec<IncidentNumber> = page.iter().map(|(_, number)| *number).collect();
                let events = store::incidents::timelines(sql, &numbers)?;
                for of_one in events.chunk_by(|a, b| a.number == b.number) {
                    let events = || of_one.iter().map(|stored| &stored.event);
                    let was = replay(events(), &before, Promises::Recorded, now);
                    let would = replay(events(), &after, Promises::Anew, now);
                    if let (Some(was), Some(would)) = (was, would) {
                        so_far.add(sql, of_one[0].number, &was, &would, &scope)?;
                    }
                }
                Ok((so_far, page.last().copied()))
            });
            let (so_far, reached) = page.await?;
            result = so_far;
            if reached.is_none() {
                return Ok(result);
            }
            last = reached;
        }
    }
}

fn busy() -> Trouble {
    Trouble::Throttled { seconds: BUSY_SECONDS }
}

impl Unsaved {
    /// As it would be if it were saved now.
    fn put_in_force(&self, policy: &Policy, now: Timestamp) -> Result<Policy, Trouble> {
        let mut policy = policy.clone();
        if let Some(hours) = &self.calendar {
            refuse(hours.faults())?;
            let mut hours = hours.clone();
            hours.reference.version += 1;
            let mut calendars = (*policy.calendars).clone();
            calendars.add(hours, now).map_err(|_| never())?;
            policy.calendars = Arc::new(calendars);
        }
        if let Some(agreement) = &self.agreement {
            refuse(agreement.faults(&policy.calendars))?;
            let mut agreement = agreement.clone();
            agreement.reference.version += 1;
            policy.agreements = policy.agreements.with(agreement, now);
        }
        Ok(policy)
    }

    /// As it would be if it had always been so. Faults are named within `agreement` and
    /// `calendar`.
    fn always(&self, policy: &Policy) -> Result<Policy, Trouble> {
        let within = |place: &str, mut faults: Vec<Fault>| {
            faults.iter_mut().for_each(|fault| fault.field = format!("{place}.{}", fault.field));
            faults
        };
        let mut policy = policy.clone();
        if let Some(hours) = &self.calendar {
            refuse(within("calendar", hours.faults()))?;
            let calendars = policy.calendars.instead(hours.clone()).map_err(|_| never())?;
            policy.calendars = Arc::new(calendars);
        }
        if let Some(agreement) = &self.agreement {
            refuse(within("agreement", agreement.faults(&policy.calendars)))?;
            policy.agreements = policy.agreements.instead(agreement.clone());
        }
        Ok(policy)
    }
}

fn refuse(faults: Vec<Fault>) -> Result<(), Trouble> {
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// Hours without faults make a calendar.
fn never() -> Trouble {
    Failure::damaged("hours that were found right").into()
}

impl ImpactReport {
    fn add(
        &mut self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        state: &State,
        moves: Option<Vec<Move>>,
        scope: &Scope,
    ) -> Result<(), Failure> {
        self.open += 1;
        let Some(moves) = moves else { return Ok(()) };
        self.incidents += 1;
        for one in &moves {
            self.clocks += 1;
            self.breaches += i64::from(one.breaches());
            match one.later_seconds() {
                Some(1..) => self.later += 1,
                Some(..=-1) => self.earlier += 1,
                _ => {}
            }
        }
        if self.rows.len() < limits::IMPACT_ROWS && scope.access(&state.into()) != Access::None {
            let title = store::incidents::title_of(sql, number)?.unwrap_or_default();
            self.rows.push(ImpactRow { number, title, priority: state.priority, moves });
        }
        Ok(())
    }
}

impl Backtest {
    fn add(
        &mut self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        was: &Replayed,
        would: &Replayed,
        scope: &Scope,
    ) -> Result<(), Failure> {
        self.incidents += 1;
        let priority = was.state.priority;
        for clock in was.left.iter().chain(&was.state.clocks) {
            self.tallies.entry((priority, clock.kind)).or_default().0.count(clock);
        }
        for clock in would.left.iter().chain(&would.state.clocks) {
            self.tallies.entry((priority, clock.kind)).or_default().1.count(clock);
        }
        for kind in ClockKind::ALL {
            let (breached_before, breached_after) = (breached(was, kind), breached(would, kind));
            if breached_before.is_some() == breached_after.is_some() {
                continue;
            }
            self.differing += 1;
            let seen = scope.access(&(&was.state).into()) != Access::None;
            if seen && self.rows.len() < limits::IMPACT_ROWS {
                let title = store::incidents::title_of(sql, number)?.unwrap_or_default();
                let row =
                    BacktestRow { number, title, priority, kind, breached_before, breached_after };
                self.rows.push(row);
            }
        }
        Ok(())
    }
}

impl Tally {
    fn count(&mut self, clock: &Clock) {
        match clock.status {
            _ if clock.first_breached_at.is_some() => self.breached += 1,
            ClockStatus::Stopped => self.met += 1,
            ClockStatus::Running | ClockStatus::Paused => self.open += 1,
            ClockStatus::Cancelled => {}
        }
    }
}

/// When a promise of this kind was broken first.
fn breached(replayed: &Replayed, kind: ClockKind) -> Option<Timestamp> {
    let clocks = replayed.left.iter().chain(&replayed.state.clocks);
    clocks.filter(|clock| clock.kind == kind).filter_map(|clock| clock.first_breached_at).min()
}
