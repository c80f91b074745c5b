//! How long people are at work on an incident, gathered from the signs of life of their open
//! pages. What was gathered is kept in memory and written down once a minute: no sign of life
//! writes anything by itself. It suggests what to log, and is no entry of the incident.

use crate::{Desk, Trouble};
use incident::{Access, Refusal, Scope, Viewer};
use kernel::{IncidentNumber, PersonId, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::attention::{self as rows, Attention};
use store::directory::settings::{self, INSTANCE, Instance};
use store::incidents::list;
use store::{Failure, Sql};

/// How often what was gathered is written down.
const WRITE_EVERY: Duration = Duration::from_secs(60);
/// Seconds between two signs of life that still belong together: pages give one every 15 seconds,
/// and one may get lost.
const APART_SECONDS: i64 = 40;
/// Sums that are written down in one transaction: whoever reports something meanwhile waits for no
/// more than these.
const WRITTEN_AT_ONCE: usize = 250;
/// Sums of a person on an incident that are kept until they are written down: what would be more
/// is not gathered.
const KEPT_MAX: usize = 5_000;

/// What was gathered since it was last written down.
#[derive(Default)]
pub(crate) struct Gathered {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Where somebody was last. A person is at work in one place at a time.
    last: HashMap<PersonId, (IncidentNumber, Timestamp)>,
    sums: HashMap<(IncidentNumber, PersonId), (i64, Timestamp)>,
}

impl Gathered {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn attends(&mut self, number: IncidentNumber, person: PersonId, now: Timestamp) {
        if !self.last.contains_key(&person) && self.last.len() >= KEPT_MAX {
            return;
        }
        let before = self.last.insert(person, (number, now));
        let Some((_, at)) = before.filter(|(there, _)| *there == number) else { return };
        let seconds = now.seconds_since(at);
        if !(1..=APART_SECONDS).contains(&seconds) {
            return;
        }
        let room = self.sums.len() < KEPT_MAX;
        match self.sums.get_mut(&(number, person)) {
            Some(sum) => *sum = (sum.0 + seconds, now),
            None if room => {
                self.sums.insert((number, person), (seconds, now));
            }
            None => {}
        }
    }

    /// What is to be written down; whoever left is forgotten.
    fn take(&mut self, now: Timestamp) -> Vec<Attention> {
        self.last.retain(|_, (_, at)| now.seconds_since(*at) <= APART_SECONDS);
        let taken = self.sums.drain();
        taken
            .map(|((number, person), (seconds, last_at))| Attention {
                number,
                person,
                seconds,
                last_at,
            })
            .collect()
    }
}

/// Starts the loop that writes it down. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "time spent was not written down";
    let work = |desk: Desk| async move { desk.write_attention().await };
    crate::every(desk, "time spent", WRITE_EVERY, failing, work);
}

impl Desk {
    /// Somebody is at work on an incident: reading on a page that is in sight, typing, scrolling.
    pub fn attends(&self, number: IncidentNumber, person: PersonId) {
        let now = self.now();
        self.0.gathered.lock().attends(number, person, now);
    }

    /// Writes down what was gathered. What cannot be written is lost: it is a suggestion, and is
    /// worth no queue.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn write_attention(&self) -> Result<(), Trouble> {
        let now = self.now();
        let taken = self.0.gathered.lock().take(now);
        for some in taken.chunks(WRITTEN_AT_ONCE) {
            let some = some.to_vec();
            self.write(move |sql| {
                // Switched off meanwhile: nothing of before comes back.
                if gathers(sql)? {
                    for one in &some {
                        rows::add(sql, one)?;
                    }
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Forgets what was gathered of oneself on an incident.
    ///
    /// # Errors
    ///
    /// There is no such incident for this viewer.
    pub async fn forget_attention(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
    ) -> Result<(), Trouble> {
        let (scope, me) = (Scope::of(viewer), viewer.person);
        self.write(move |sql| {
            let row = list::get(sql, &scope, number)?;
            if row.is_none_or(|row| row.access != Access::Full) {
                return Err(Refusal::not_found("there is no such incident").into());
            }
            Ok(rows::forget(sql, number, me).map(drop)?)
        })
        .await?;
        self.0.gathered.lock().sums.remove(&(number, me));
        Ok(())
    }
}

/// Whether the instance gathers time.
pub fn gathers(sql: &mut dyn Sql) -> Result<bool, Failure> {
    let stored = settings::get::<Instance>(sql, INSTANCE)?;
    Ok(stored.map(|stored| stored.value).unwrap_or_default().gathers_time)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // A test that unwraps nothing fails, and says where.
mod tests {
    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(number))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn what_lies_between_signs_of_life_is_summed_and_breaks_are_not() {
        let (mut kept, one) = (Kept::default(), IncidentNumber(1));
        for seconds in [0, 15, 30, 300, 315] {
            kept.attends(one, person(1), at(seconds));
        }
        let taken = kept.take(at(320));
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].seconds, taken[0].last_at), (45, at(315)));
        assert!(kept.take(at(321)).is_empty(), "it is written down once");
        kept.attends(one, person(1), at(330));
        assert_eq!(kept.take(at(331))[0].seconds, 15, "writing down is no break");
    }

    #[test]
    fn somebody_is_in_one_place_at_a_time() {
        let mut kept = Kept::default();
        // Two pages in sight, side by side.
        for seconds in 0..60 {
            kept.attends(IncidentNumber(1 + seconds % 2), person(1), at(seconds));
        }
        assert!(kept.take(at(60)).is_empty());
        // Two of one incident count once.
        for seconds in 100..160 {
            kept.attends(IncidentNumber(1), person(1), at(seconds));
            kept.attends(IncidentNumber(1), person(1), at(seconds));
        }
        assert_eq!(kept.take(at(160)).iter().map(|one| one.seconds).sum::<i64>(), 59);
    }

    #[test]
    fn there_is_room_for_so_many() {
        let mut kept = Kept::default();
        for number in 0..(KEPT_MAX as u128 + 10) {
            kept.attends(IncidentNumber(1), person(number), at(0));
            kept.attends(IncidentNumber(1), person(number), at(1));
        }
        assert_eq!(kept.take(at(1)).len(), KEPT_MAX);
    }
}
