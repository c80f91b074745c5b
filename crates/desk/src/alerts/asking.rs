//! Sources that can be asked what they know: when that is, and what follows from an answer. That a
//! source says nothing never means that something is over.

use super::What;
use crate::{Desk, Trouble};
use alert::asked::{self, Compared};
use incident::Refusal;
use kernel::{AlertId, IntegrationId, Timestamp};
use std::collections::{BTreeSet, HashMap};
use store::alerts::{asks, untold_of};
use store::directory::Integration;
use store::directory::integrations::{self, Ask, Secrets};

/// Seconds after which it is asked again where an answer is not enough: an alert was missing in
/// it, or nobody knows whether alerts of a group are still so.
const AGAIN_SECONDS: i64 = 60;
/// Seconds that whoever asks has for it before somebody else does.
const HELD_SECONDS: i64 = 120;
/// Open alerts of one source that are compared at once.
const COMPARED_MAX: i64 = 20_000;
/// Minutes until a source that did not answer is asked again, by how often it did not in a row.
const REST_MINUTES: [i64; 4] = [1, 2, 5, 15];

/// A source that is to be asked now. It holds a secret, so it is not for logs.
#[derive(Clone)]
pub struct Asking {
    /// Which.
    pub integration: IntegrationId,
    /// Its name.
    pub name: String,
    /// Where, and as whom.
    pub ask: Ask,
    /// The password or token.
    pub secret: Option<String>,
    /// When it was taken: what it tells from then on is newer than its answer.
    pub at: Timestamp,
    turn: asks::Turn,
}

/// Alerts that their source does not know.
#[derive(Debug)]
pub(crate) struct Gone {
    /// They are over.
    pub(crate) alerts: Vec<AlertId>,
    /// When it was asked.
    pub(crate) asked_at: Timestamp,
    /// Whether all that it knows is ours, so that it hides nothing in groups that were cut.
    pub(crate) whole: bool,
}

impl Desk {
    /// The sources that are to be asked now. Whoever gets one has it to itself for a while.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn sources_to_ask(&self) -> Result<Vec<Asking>, Trouble> {
        let sources = self.read(|sql| {
            let all = integrations::list(sql)?.into_iter();
            let asked = all.filter(|one| one.takes() && one.settings.ask.is_some());
            let asked: Vec<Integration> = asked.collect();
            if asked.is_empty() {
                return Ok((asked, HashMap::new(), BTreeSet::new()));
            }
            Ok((asked, asks::all(sql)?, asks::unclear(sql)?))
        });
        let (sources, asked, unclear) = sources.await?;
        let mut due = Vec::new();
        for source in sources {
            let Some(ask) = source.settings.ask else { continue };
            let (id, now, place) = (source.id, self.now(), place(&ask));
            let again = now.plus_seconds(-AGAIN_SECONDS);
            let since = unclear.contains(&id).then_some(again);
            if asked.get(&id).is_some_and(|asked| !asked.is_due(&place, since, now)) {
                continue;
            }
            let until = now.plus_seconds(HELD_SECONDS);
            let claimed = self.write(move |sql| {
                let Some(turn) = asks::claim(sql, id, &place, since, (now, until))? else {
                    return Ok(None);
                };
                Ok(Some((turn, integrations::secrets(sql, id)?)))
            });
            let claimed: Option<(asks::Turn, Secrets)> = claimed.await?;
            let asking = claimed.map(|(turn, secrets)| Asking {
                integration: id,
                name: source.name,
                ask,
                secret: secrets.password,
                at: now,
                turn,
            });
            due.extend(asking);
        }
        Ok(due)
    }

    /// What a source answered: alerts that it does not know for the second time are over. How many
    /// these were.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when it cannot be read, [`Trouble`] when the database does not answer.
    pub async fn source_answered(&self, asking: &Asking, body: &[u8]) -> Result<usize, Trouble> {
        let knows = asked::read(body)
            .map_err(|error| Refusal::invalid("body", format!("its answer: {error}")))?;
        let (id, at) = (asking.integration, asking.at);
        let ours = self.read(move |sql| untold_of(sql, id, at, COMPARED_MAX)).await?;
        let Compared { gone, missing, whole } =
            asked::compare(&ours, &knows, &asking.turn.missing, at);
        let ended = gone.len();
        // One that has just started knows nothing yet.
        let twice = whole && asking.turn.whole;
        if ended > 0 || twice {
            let gone = Gone { alerts: gone, asked_at: at, whole: twice };
            self.0.writer.signals(What::Gone(id, gone)).await?;
        }
        let now = self.now();
        let usual = now.plus_seconds(60 * i64::from(asking.ask.every_minutes));
        let next_at = match missing.is_empty() {
            true => usual,
            false => usual.min(now.plus_seconds(AGAIN_SECONDS)),
        };
        self.write(move |sql| Ok(asks::answered(sql, id, (&missing, whole), (now, next_at))?))
            .await?;
        Ok(ended)
    }

    /// That a source did not answer, or not so that it can be read: it is seen on its page, and
    /// nothing is over.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn source_silent(&self, asking: &Asking, why: &str) -> Result<(), Trouble> {
        let (id, now, why) = (asking.integration, self.now(), why.to_owned());
        let turn = usize::try_from(asking.turn.failures).unwrap_or_default();
        let next_at = now.plus_seconds(60 * REST_MINUTES[turn.min(REST_MINUTES.len() - 1)]);
        self.write(move |sql| Ok(asks::failed(sql, id, &why, (now, next_at))?)).await
    }
}

/// Which address is asked as whom.
fn place(ask: &Ask) -> String {
    format!("{}@{}", ask.user.as_deref().unwrap_or_default(), ask.url)
}
