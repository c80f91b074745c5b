//! The models: when it is learned again, and how they are kept for the next start and for other
//! nodes.

use super::{Guessed, Known, Learning, Suggester, learn, suggestion_settings};
use crate::learning::{self, KEPT_BYTES_MAX};
use crate::{Desk, Trouble};
use std::sync::{Arc, PoisonError};
use store::Failure;
use store::suggestions::{self as rows, Suggested, Trained};

/// The version of the format in which models are kept. One of another version is trained again.
/// 2: how sure they are depends on how much of a text is known.
const READER: i64 = 2;

impl Desk {
    /// Reads settings, and models that are newer than what is at hand. One that cannot be read
    /// is trained again.
    pub(super) async fn read_models(&self) -> Result<(), Trouble> {
        let before = self.suggester();
        let now = self
            .read(move |sql| {
                let settings = suggestion_settings(sql)?.value;
                let (mut known, mut unreadable) = (before.known.clone(), before.unreadable.clone());
                let seen = |field: &Suggested, version: i64| {
                    before.known.get(field).is_some_and(|known| known.version >= version)
                        || before.unreadable.get(field).is_some_and(|known| *known >= version)
                };
                let kept = rows::versions(sql)?;
                if kept.iter().any(|(field, version)| !seen(field, *version)) {
                    for stored in rows::trained(sql)? {
                        let (field, version) = (stored.field, stored.version);
                        if seen(&field, version) {
                            continue;
                        }
                        match read_model(stored) {
                            Some(read) => {
                                known.insert(field, Arc::new(read));
                            }
                            None => {
                                unreadable.insert(field, version);
                            }
                        }
                    }
                }
                Ok(Suggester { settings, known, unreadable })
            })
            .await?;
        self.change_suggester(|shown| {
            (shown.settings, shown.unreadable) = (now.settings, now.unreadable);
            for (field, known) in now.known {
                show(shown, field, known);
            }
        });
        Ok(())
    }

    fn change_suggester(&self, change: impl FnOnce(&mut Suggester)) {
        let mut now = self.0.suggest.now.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Suggester::clone(&now);
        change(&mut changed);
        *now = Arc::new(changed);
    }

    /// Whether enough came since it last learned, or it learned long ago.
    pub(super) async fn is_due(&self, learning: &Learning) -> Result<bool, Trouble> {
        let last = self.read(rows::last_number).await?.0;
        let newest = self.suggester().known.values().map(|k| (k.trained_at, k.history)).max();
        let now = self.now();
        let due = |at: learning::At| last > at.1 && learning::is_old(at, now, last);
        Ok(last >= learn::EXAMPLES_MIN as i64
            && newest.into_iter().chain(learning.tried).max().is_none_or(due))
    }

    pub(super) async fn learn(&self, learning: &mut Learning) -> Result<(), Trouble> {
        let (last, now) = (self.read(rows::last_number).await?.0, self.now());
        learning.tried = Some((now, last));
        let kept = self.read(rows::versions).await?;
        let (history, policy) = (Arc::new(self.history().await?), self.policy());
        for field in Suggested::ALL.iter().copied() {
            let (history, policy) = (history.clone(), policy.clone());
            let work = move || {
                let learned = learn::learn(field, &history, &policy)?;
                // Some ten million bytes: that, too, is for a thread that may block.
                Some((serde_json::to_vec(&learned.model), learned))
            };
            let learned = crate::on_a_thread(work).await;
            let learned = learned
                .map_err(|error| Failure::Broken(format!("learning {field} ended: {error}")))?;
            let Some((body, learned)) = learned else { continue };
            // One that is too large to be kept is shown all the same.
            let shown = self.suggester().known.get(&field).map(|known| known.version);
            let version = kept.get(&field).copied().max(shown).unwrap_or_default() + 1;
            let known = Known {
                version,
                trained_at: now,
                history: last,
                measured: learned.measured,
                model: learned.model,
                guessed: Guessed::default(),
            };
            self.keep_model(learned.field, known, body.map_err(broken)?).await?;
        }
        Ok(())
    }

    /// Keeps a model for the next start and for other nodes. Of two nodes that learn at once,
    /// the first is right.
    async fn keep_model(
        &self,
        field: Suggested,
        known: Known,
        body: Vec<u8>,
    ) -> Result<(), Trouble> {
        let summary = serde_json::to_string(&known.measured).map_err(broken)?;
        let (version, learned) = (known.version, known.measured.learned);
        if body.len() <= KEPT_BYTES_MAX {
            let trained = Trained {
                field,
                version,
                reader: READER,
                trained_at: known.trained_at,
                history: known.history,
                summary,
                body,
            };
            if !self.write(move |sql| Ok(rows::keep(sql, &trained)?)).await? {
                return self.read_models().await;
            }
        }
        self.change_suggester(|shown| show(shown, field, Arc::new(known)));
        tracing::info!(%field, version, learned, "suggestions were learned");
        Ok(())
    }
}

/// Shows a model, unless a later one is shown: who reads what is kept may have begun earlier.
fn show(shown: &mut Suggester, field: Suggested, known: Arc<Known>) {
    if shown.known.get(&field).is_none_or(|before| before.version < known.version) {
        shown.known.insert(field, known);
    }
}

fn broken(error: serde_json::Error) -> Failure {
    Failure::Broken(error.to_string())
}

/// A stored model, if this program can read it.
fn read_model(stored: Trained) -> Option<Known> {
    let Trained { field, version, reader, trained_at, history, summary, body } = stored;
    if reader != READER {
        return None;
    }
    let model = serde_json::from_slice(&body);
    let measured = serde_json::from_str(&summary);
    match (model, measured) {
        (Ok(model), Ok(measured)) => {
            let guessed = Guessed::default();
            Some(Known { version, trained_at, measured, history, model, guessed })
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(%field, %error, "a stored model cannot be read; it is learned again");
            None
        }
    }
}
