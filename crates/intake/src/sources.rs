//! Sources of alerts that are asked what they know: what was told may have been lost on its way,
//! and a source that cuts its notifications never tells all. One node at a time asks one.

use crate::outside::{Outside, Question};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use desk::{Asking, Desk, Trouble};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked whether one is to be asked.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Bytes of an answer: as much as a source may hand in.
const ANSWER_BYTES: u64 = 32 * 1_048_576;
/// All that fires, whether or not somebody put it off over there.
const PATH: &str = "/api/v2/alerts?active=true&silenced=true&inhibited=true";

/// The loop that asks.
pub struct SourcesAsked {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl SourcesAsked {
    /// Finishes the question that is under way, and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "asking sources of alerts ended badly");
        }
    }
}

/// Begins to ask the sources that can be asked.
pub fn ask_sources(desk: Desk, outside: Arc<dyn Outside>) -> SourcesAsked {
    let (stop, mut stopped) = watch::channel(false);
    let task = desk::beside(async move {
        let mut pace = tokio::time::interval(LOOK_EVERY);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = pace.tick() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            let (desk, outside) = (desk.clone(), outside.clone());
            crate::turn("sources of alerts", async move {
                if let Err(trouble) = ask_due_sources(&desk, outside.as_ref()).await {
                    tracing::warn!(%trouble, "sources of alerts are asked again later");
                }
            })
            .await;
        }
    });
    SourcesAsked { stop, task }
}

/// Asks the sources that are to be asked now, beside each other.
///
/// # Errors
///
/// [`Trouble`] when the database does not answer.
pub async fn ask_due_sources(desk: &Desk, outside: &dyn Outside) -> Result<(), Trouble> {
    let due = desk.sources_to_ask().await?;
    let asked = due.iter().map(|asking| one(desk, outside, asking));
    futures_util::future::join_all(asked).await.into_iter().collect()
}

async fn one(desk: &Desk, outside: &dyn Outside, asking: &Asking) -> Result<(), Trouble> {
    let question = Question {
        url: format!("{}{PATH}", asking.ask.url.trim_end_matches('/')),
        authorization: authorization(asking),
        bytes: ANSWER_BYTES,
    };
    let why = match outside.ask(question).await {
        Ok(answer) if answer.status == 200 => {
            match desk.source_answered(asking, &answer.body).await {
                Ok(0) => return Ok(()),
                Ok(over) => {
                    tracing::info!(source = %asking.name, over, "alerts are over of which their source knows nothing any more");
                    return Ok(());
                }
                Err(Trouble::Refused(refusal)) => refusal.message,
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(answer) => format!("it answered with status {}", answer.status),
        Err(why) => why,
    };
    tracing::warn!(source = %asking.name, %why, "a source of alerts does not say what it knows");
    desk.source_silent(asking, &why).await
}

/// What is said about who asks: a name with its password, or a token alone.
fn authorization(asking: &Asking) -> Option<String> {
    let secret = asking.secret.as_deref().filter(|secret| !secret.is_empty());
    match (&asking.ask.user, secret) {
        (Some(user), secret) => {
            let both = format!("{user}:{}", secret.unwrap_or_default());
            Some(format!("Basic {}", STANDARD.encode(both)))
        }
        (None, Some(token)) => Some(format!("Bearer {token}")),
        (None, None) => None,
    }
}
