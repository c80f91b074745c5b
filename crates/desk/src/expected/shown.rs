//! What was shown beside what came of it: the proof that is not made in hindsight.

use super::measured::Tried;
use super::{Measured, Outlook, Tally};
use crate::{Desk, Trouble};
use incident::{Refusal, State, Viewer};
use kernel::{IncidentNumber, Timestamp};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use store::expected::{self as rows, Became, Shown};

/// Of an incident one time is written down for so many seconds: 4 hours. Each look at it would
/// count incidents more that many look at.
const BUCKET_SECONDS: i64 = 4 * 3_600;
/// Incidents of which it is known at hand when a time was written down.
const NOTED_MAX: usize = 20_000;
/// Incidents looked at in one turn for what came of what was shown.
const WAITING_A_TURN: i64 = 500;
/// Times that were shown which are counted, the newest.
const COUNTED_MAX: i64 = 50_000;

/// How often expected times were right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quality {
    /// How many times it was learned, and when last, once it was.
    pub trained: Option<(i64, Timestamp)>,
    /// How it was measured when it was learned.
    pub measured: Option<Measured>,
    /// How often what was shown was right, by priority.
    pub shown: BTreeMap<String, Tally>,
}

impl Desk {
    /// Writes down that a time was shown, aside: nobody waits for it.
    pub fn note_expected(&self, number: IncidentNumber, state: &State, outlook: Option<&Outlook>) {
        let Some(Outlook::Likely(likely)) = outlook else { return };
        if state.confidential_to.is_some() {
            return;
        }
        let bucket = likely.now.micros() / (BUCKET_SECONDS * 1_000_000);
        {
            let mut noted = self.0.expected.noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted.get(&number) == Some(&bucket) {
                return;
            }
            if noted.len() >= NOTED_MAX {
                noted.clear();
            }
            noted.insert(number, bucket);
        }
        let shown = Shown {
            number,
            bucket,
            at: likely.now,
            priority: state.priority,
            low: likely.low,
            likely: likely.at,
            high: likely.high,
            ended: None,
        };
        self.write_later("that an expected time was shown", move |sql| rows::show(sql, &shown));
    }

    /// Notes what came of times that were shown; where the next turn goes on.
    pub(super) async fn note_ends(&self, after: IncidentNumber) -> Result<IncidentNumber, Trouble> {
        let found = self.read(move |sql| rows::waiting(sql, after, WAITING_A_TURN)).await?;
        let last = found.last().filter(|_| found.len() as i64 == WAITING_A_TURN);
        let next = last.map_or(IncidentNumber(0), |(number, _)| *number);
        let decided: Vec<(IncidentNumber, Became)> =
            found.into_iter().filter(|(_, became)| *became != Became::Open).collect();
        if !decided.is_empty() {
            self.write(move |sql| {
                for (number, became) in &decided {
                    match became {
                        Became::Over(at) => rows::end(sql, *number, *at)?,
                        Became::Nothing => rows::forget(sql, *number)?,
                        Became::Open => {}
                    }
                }
                Ok(())
            })
            .await?;
        }
        Ok(next)
    }

    /// How often expected times were right, for everybody of the service desk.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] to others.
    pub async fn expected_quality(&self, viewer: &Viewer) -> Result<Quality, Trouble> {
        if !viewer.is_staff() {
            return Err(Refusal::forbidden("this is for the service desk").into());
        }
        let forecaster = self.forecaster();
        let Some(known) = forecaster.known() else { return Ok(Quality::default()) };
        let shown = self.read(|sql| rows::ended(sql, COUNTED_MAX)).await?;
        let tried = shown.iter().filter_map(tried).collect();
        Ok(Quality {
            trained: Some((known.version, known.trained_at)),
            measured: Some(known.measured.clone()),
            shown: known.measured.tallies_of(tried),
        })
    }
}

/// What was shown, in seconds from then.
fn tried(shown: &Shown) -> Option<Tried> {
    let after = |at: Timestamp| at.seconds_since(shown.at);
    Some(Tried {
        priority: shown.priority.to_string(),
        took: after(shown.ended?).max(0),
        told: Some((after(shown.low), after(shown.likely), after(shown.high))),
    })
}
