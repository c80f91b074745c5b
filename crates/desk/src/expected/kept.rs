//! What was learned: when it is learned again, and how it is kept for the next start and for
//! other nodes.

use super::{Forecaster, Known, LikelyKept, Watch, learn};
use crate::learning::{self, KEPT_BYTES_MAX};
use crate::{Desk, Trouble};
use std::sync::{Arc, PoisonError};
use store::Failure;
use store::expected::{self as rows, Trained};
use store::suggestions::last_number;

/// The version of the format in which it is kept. What has another version is learned again.
const READER: i64 = 1;
/// For how long it is kept what was shown, in days: two years tell enough.
const SHOWN_DAYS: i64 = 730;

impl Desk {
    /// Reads what is newer than what is at hand. What cannot be read is learned again.
    pub(super) async fn read_forecaster(&self) -> Result<(), Trouble> {
        let before = self.forecaster();
        let now = self
            .read(move |sql| {
                let zone = Some(crate::surges::zone(sql)?);
                let (mut known, mut unreadable) = (before.known.clone(), before.unreadable);
                let seen = known.as_ref().map_or(0, |known| known.version).max(unreadable);
                if rows::version(sql)?.is_some_and(|version| version > seen)
                    && let Some(stored) = rows::trained(sql)?
                {
                    let version = stored.version;
                    match read_model(stored) {
                        Some(read) => known = Some(Arc::new(read)),
                        None => unreadable = version,
                    }
                }
                Ok(Forecaster { known, unreadable, zone })
            })
            .await?;
        self.show_forecaster(now);
        Ok(())
    }

    fn show_forecaster(&self, now: Forecaster) {
        *self.0.expected.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
    }

    /// Whether enough came since it last learned, or it learned long ago. Days alone are enough:
    /// what was open then is over since.
    pub(super) async fn is_forecast_due(&self, watch: &Watch) -> Result<bool, Trouble> {
        let last = self.read(last_number).await?.0;
        let forecaster = self.forecaster();
        let learned = forecaster.known().map(|known| (known.trained_at, known.history));
        let newest = learned.into_iter().chain(watch.tried).max();
        Ok(newest.is_none_or(|newest| learning::is_old(newest, self.now(), last)))
    }

    pub(super) async fn learn_times(&self, watch: &mut Watch) -> Result<(), Trouble> {
        let (last, now) = (self.read(last_number).await?.0, self.now());
        watch.tried = Some((now, last));
        self.write(move |sql| Ok(rows::forget_before(sql, now.plus_days(-SHOWN_DAYS))?)).await?;
        let version = self.read(rows::version).await?.unwrap_or_default() + 1;
        let (cases, zone) = (self.cases().await?, self.read(crate::surges::zone).await?);
        let work = move || {
            let learned = learn::learn(&cases, &zone)?;
            // Some ten million bytes: that, too, is for a thread that may block.
            Some((serde_json::to_vec(&learned.model), learned))
        };
        let learned = crate::on_a_thread(work).await;
        let learned =
            learned.map_err(|error| Failure::Broken(format!("learning times ended: {error}")))?;
        let Some((body, learn::Learned { model, measured })) = learned else { return Ok(()) };
        let likely = LikelyKept::default();
        let known = Known { version, trained_at: now, measured, history: last, model, likely };
        self.keep_times(known, body.map_err(broken)?).await
    }

    /// Keeps it for the next start and for other nodes. Of two nodes that learn at once, the
    /// first is right.
    async fn keep_times(&self, known: Known, body: Vec<u8>) -> Result<(), Trouble> {
        let summary = serde_json::to_string(&known.measured).map_err(broken)?;
        let (version, learned) = (known.version, known.measured.learned);
        if body.len() <= KEPT_BYTES_MAX {
            let trained = Trained {
                version,
                reader: READER,
                trained_at: known.trained_at,
                history: known.history,
                summary,
                body,
            };
            if !self.write(move |sql| Ok(rows::keep(sql, &trained)?)).await? {
                return self.read_forecaster().await;
            }
        }
        let before = self.forecaster();
        let (unreadable, zone) = (before.unreadable, before.zone.clone());
        self.show_forecaster(Forecaster { known: Some(Arc::new(known)), unreadable, zone });
        tracing::info!(version, learned, "how long incidents take was learned");
        Ok(())
    }
}

fn broken(error: serde_json::Error) -> Failure {
    Failure::Broken(error.to_string())
}

/// What is stored, if this program can read it.
fn read_model(stored: Trained) -> Option<Known> {
    let Trained { version, reader, trained_at, history, summary, body } = stored;
    if reader != READER {
        return None;
    }
    match (serde_json::from_slice(&body), serde_json::from_str(&summary)) {
        (Ok(model), Ok(measured)) => {
            let likely = LikelyKept::default();
            Some(Known { version, trained_at, measured, history, model, likely })
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(%error, "stored times cannot be read; they are learned again");
            None
        }
    }
}
