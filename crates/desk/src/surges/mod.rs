//! More reports of a service than that hour of the week brings: noticed after reports, proposed
//! once, and over when arrivals are as usual again. What people make of one is in `decided`.
//! Nothing is linked by itself.

mod decided;

use crate::{Desk, Trouble};
use insight::surge::{self, Arrival, PEOPLE_MIN, SLOW_SECONDS, Usual, Weeks};
use jiff::tz::TimeZone;
use kernel::{ServiceId, SurgeId, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::directory::settings::{self, INSTANCE, Instance};
use store::surges::{self as rows, Surge, SurgeState};
use store::{Failure, Sql};

pub use decided::{Accept, Accepted, Case, REPORTS_MAX, SURGE_TAG, may_decide};
pub(crate) use decided::{Accepting, was_decided};

/// How often it is looked whether reports came: bounds how late a surge is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Services looked at in one turn, those with the most new reports first: the others wait.
const SERVICES_A_TURN: usize = 50;
/// Reports of a service that are compared with what is usual, the latest, of each person one a
/// minute at most. More are not counted.
const RECENT_MAX: i64 = 5_000;
/// Reports of a service that tell what is usual, the latest.
const HISTORY_MAX: i64 = 50_000;
/// For how long what is usual is believed, in seconds.
const USUAL_FOR_SECONDS: i64 = 3_600;
/// For how long more than usual is unusual, in seconds: two days. What goes on for longer is how
/// it is now, and a surge of it would never be over.
const UNUSUAL_FOR_SECONDS: i64 = 2 * 86_400;
/// Services whose usual rates are kept at hand.
const USUAL_KEPT_MAX: usize = 2_000;
/// How often the last reports are looked at again, in seconds: some get their service from
/// whoever sorts them.
const AGAIN_EVERY_SECONDS: i64 = 60;
/// How many of the last reports are looked at again.
const AGAIN_NUMBERS: i64 = 1_000;

/// What the loop knows. All of it is found again after a start.
#[derive(Default)]
pub(crate) struct Watch {
    looked_until: Option<i64>,
    again_at: Option<Timestamp>,
    /// Services with new reports, and how many.
    waiting: BTreeMap<ServiceId, i64>,
    weeks: Option<(Timestamp, Arc<Weeks>)>,
    usual: HashMap<ServiceId, (Timestamp, Arc<Usual>)>,
}

impl Watch {
    /// The services that are looked at now.
    fn next(&mut self) -> Vec<ServiceId> {
        let mut waiting: Vec<(i64, ServiceId)> =
            self.waiting.iter().map(|(service, count)| (-count, *service)).collect();
        waiting.sort_unstable();
        let next: Vec<ServiceId> =
            waiting.into_iter().take(SERVICES_A_TURN).map(|(_, service)| service).collect();
        for service in &next {
            self.waiting.remove(service);
        }
        next
    }
}

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "arrivals could not be compared with what is usual; trying again";
    let work = |desk: Desk| async move { desk.watch_surges().await };
    crate::every(desk, "surges", LOOK_EVERY, failing, work);
}

impl Desk {
    /// The surges that go on, as the loop last saw them.
    pub fn surges(&self) -> Arc<Vec<Surge>> {
        self.0.surges.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at services with new reports, and whether surges are over. Several nodes may find
    /// the same one: the first proposes it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn watch_surges(&self) -> Result<(), Trouble> {
        let mut watch = self.0.surge_watch.lock().await;
        let now = self.now();
        self.hear_of_reports(&mut watch, now).await?;
        for surge in self.read(rows::open).await? {
            watch.waiting.remove(&surge.service);
            self.follow_surge(&mut watch, &surge, now).await?;
        }
        for service in watch.next() {
            self.look_for_surge(&mut watch, service, now).await?;
        }
        self.show_surges().await
    }

    /// Reads the surges that go on, for whoever asks next.
    pub(crate) async fn show_surges(&self) -> Result<(), Trouble> {
        let open = Arc::new(self.read(rows::open).await?);
        *self.0.surges.write().unwrap_or_else(PoisonError::into_inner) = open;
        Ok(())
    }

    /// Notes which services have new reports.
    async fn hear_of_reports(&self, watch: &mut Watch, now: Timestamp) -> Result<(), Trouble> {
        let known = watch.looked_until;
        let again = watch
            .again_at
            .is_none_or(|at| !(0..AGAIN_EVERY_SECONDS).contains(&now.seconds_since(at)));
        let read = move |sql: &mut dyn Sql| {
            let last = rows::last_number(sql)?;
            let from = match known {
                Some(known) => known,
                None => rows::looked_until(sql, now.plus_seconds(-SLOW_SECONDS))?,
            };
            let mut services = match from < last {
                true => rows::services_after(sql, from, last)?,
                false => vec![],
            };
            if again && known.is_some() {
                services.extend(rows::services_after(sql, last - AGAIN_NUMBERS, from)?);
            }
            Ok((last, services))
        };
        let (last, services) = self.read(read).await?;
        watch.looked_until = Some(last);
        if again {
            watch.again_at = Some(now);
        }
        for (service, count) in services {
            *watch.waiting.entry(service).or_default() += count;
        }
        Ok(())
    }

    /// Proposes a surge of a service if there is one.
    async fn look_for_surge(
        &self,
        watch: &mut Watch,
        service: ServiceId,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let since = now.plus_seconds(-SLOW_SECONDS);
        let arrivals = self.read(move |sql| rows::recent(sql, service, since, RECENT_MAX)).await?;
        if people(&arrivals) < PEOPLE_MIN {
            return Ok(());
        }
        let Some(usual) = self.usual(watch, service, None, now).await? else { return Ok(()) };
        let Some(seen) = surge::look(&usual, &arrivals, now) else { return Ok(()) };
        // What is linked already is known.
        let (began, least) = (seen.began, PEOPLE_MIN as i64);
        let alone = self.read(move |sql| rows::alone(sql, service, began, least)).await?;
        if alone.len() < PEOPLE_MIN {
            return Ok(());
        }
        let surge = Surge {
            id: SurgeId(crate::fresh()),
            service,
            state: SurgeState::Proposed,
            began,
            proposed_at: now,
            slow: seen.slow,
            counted: seen.counted,
            expected_milli: milli(seen.expected),
            parent: None,
            decided_at: None,
            decided_by: None,
            ended_at: None,
        };
        let (counted, expected) = (surge.counted, seen.expected);
        if self.write(move |sql| Ok(rows::propose(sql, &surge)?)).await? {
            tracing::info!(%service, counted, expected, "more reports than usual: a parent is proposed");
        }
        Ok(())
    }

    /// Counts on, or ends it.
    async fn follow_surge(
        &self,
        watch: &mut Watch,
        surge: &Surge,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let (id, service, began) = (surge.id, surge.service, surge.began);
        let since = began.min(now.plus_seconds(-surge::COUNTS_AGAIN_SECONDS));
        let arrivals = self.read(move |sql| rows::recent(sql, service, since, RECENT_MAX)).await?;
        let Some(usual) = self.usual(watch, service, Some(began), now).await? else {
            return Ok(());
        };
        if surge::is_calm(&usual, &arrivals, now) {
            watch.usual.remove(&service);
            return self.write(move |sql| Ok(rows::end(sql, id, now)?)).await;
        }
        let (counted, expected) = surge::since(&usual, &arrivals, began, now);
        let expected = milli(expected);
        if counted > surge.counted {
            self.write(move |sql| Ok(rows::count(sql, id, counted, expected)?)).await?;
        }
        Ok(())
    }

    /// What is usual of a service; none while too little was seen. What came in the last hours
    /// is compared with it and tells nothing of it, nor does the surge that goes on.
    async fn usual(
        &self,
        watch: &mut Watch,
        service: ServiceId,
        going_on: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Arc<Usual>>, Trouble> {
        let fresh = |at: Timestamp| (0..USUAL_FOR_SECONDS).contains(&now.seconds_since(at));
        if let Some((_, usual)) = watch.usual.get(&service).filter(|(at, _)| fresh(*at)) {
            return Ok(Some(usual.clone()));
        }
        let weeks = match watch.weeks.as_ref().filter(|(at, _)| fresh(*at)) {
            Some((_, weeks)) => weeks.clone(),
            None => {
                let read = move |sql: &mut dyn Sql| weeks_before(sql, now);
                let weeks = Arc::new(self.read(read).await?);
                if weeks.tell() {
                    watch.weeks = Some((now, weeks.clone()));
                }
                weeks
            }
        };
        if !weeks.tell() {
            return Ok(None);
        }
        let usual = move |sql: &mut dyn Sql| {
            let mut except = rows::accepted(sql, service, weeks.begin())?;
            except.extend(going_on.map(|began| (began, now)));
            except.iter_mut().for_each(|span| *span = shortened(*span));
            let all = rows::arrivals(sql, service, weeks.begin(), HISTORY_MAX)?;
            match all.first().filter(|_| all.len() as i64 == HISTORY_MAX) {
                // Those before are not at hand, and nobody may think that there were none.
                Some(first) => {
                    let zone = zone(sql)?;
                    Ok(Weeks::before(past(now), first.at, &zone).usual(&all, &except))
                }
                None => Ok(weeks.usual(&all, &except)),
            }
        };
        let usual = Arc::new(self.read(usual).await?);
        if watch.usual.len() >= USUAL_KEPT_MAX {
            watch.usual.clear();
        }
        watch.usual.insert(service, (now, usual.clone()));
        Ok(Some(usual))
    }
}

/// Until when the past goes: what is compared with it is none.
fn past(now: Timestamp) -> Timestamp {
    now.plus_seconds(-SLOW_SECONDS)
}

fn weeks_before(sql: &mut dyn Sql, now: Timestamp) -> Result<Weeks, Failure> {
    let first = rows::first_report(sql)?.unwrap_or(now);
    let zone = zone(sql)?;
    Ok(Weeks::before(past(now), first, &zone))
}

/// The zone of the instance, by whose clock people work.
pub(crate) fn zone(sql: &mut dyn Sql) -> Result<TimeZone, Failure> {
    let instance = settings::get::<Instance>(sql, INSTANCE)?.map(|stored| stored.value);
    let name = instance.unwrap_or_default().time_zone;
    Ok(TimeZone::get(&name).unwrap_or(TimeZone::UTC))
}

/// The part of a surge that tells nothing of what is usual.
fn shortened((began, ended): (Timestamp, Timestamp)) -> (Timestamp, Timestamp) {
    (began, ended.min(began.plus_seconds(UNUSUAL_FOR_SECONDS)))
}

fn people(arrivals: &[Arrival]) -> usize {
    arrivals.iter().map(|arrival| arrival.by).collect::<BTreeSet<_>>().len()
}

/// In thousandths, as it is kept.
fn milli(expected: f64) -> i64 {
    (expected * 1_000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_for_days_becomes_usual() {
        let began = Timestamp::from_micros(1_795_435_920_000_000);
        let (hour, week) = (began.plus_seconds(3_600), began.plus_days(7));
        assert_eq!(shortened((began, hour)), (began, hour));
        assert_eq!(shortened((began, week)), (began, began.plus_days(2)));
    }
}
