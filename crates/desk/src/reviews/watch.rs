//! What happens by itself: majors get their review once they are resolved, and whoever owns a
//! review or an action is reminded of it. A loop looks, so that nothing of it weighs on those who
//! resolve, and what was resolved while no server ran is found as well.

use super::change::open;
use super::{template, today};
use crate::{Desk, Trouble};
use jiff::ToSpan;
use kernel::{Actor, Timestamp};
use std::time::Duration;
use store::Sql;
use store::directory::reviews::{self as rows, SINCE};
use store::directory::settings;

/// How often it is looked: bounds how late a review is opened.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Reviews that are opened in one turn; the others wait for the next.
const OPENED_A_TURN: i64 = 20;
/// How long before it is due somebody is reminded of a review, in seconds: a day.
const REVIEW_NEARS_SECONDS: i64 = 86_400;
/// How many days before it is due somebody is reminded of an action.
const ACTION_NEARS_DAYS: i64 = 2;

/// Starts the loop. It ends with the desk.
pub(crate) fn start(desk: &Desk) {
    let failing = "reviews could not be looked after; trying again";
    let work = |desk: Desk| async move { desk.watch_reviews().await };
    crate::every(desk, "reviews", LOOK_EVERY, failing, work);
}

impl Desk {
    /// Opens the reviews of majors that were resolved since, and reminds of what is due.
    /// Several nodes may do so at once: each review is opened, and each reminder told, once.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn watch_reviews(&self) -> Result<(), Trouble> {
        self.open_reviews().await?;
        self.remind_of_reviews().await
    }

    async fn open_reviews(&self) -> Result<(), Trouble> {
        let read = move |sql: &mut dyn Sql| {
            if !template(sql)?.value.for_majors {
                return Ok(None);
            }
            let since = settings::get::<Timestamp>(sql, SINCE)?.map(|since| since.value);
            let found = match since {
                Some(since) => rows::majors_without(sql, since, OPENED_A_TURN)?,
                None => vec![],
            };
            Ok(Some((since, found)))
        };
        let Some((since, found)) = self.read(read).await? else { return Ok(()) };
        if since.is_none() {
            // What was over before there were reviews is reviewed by those who want to.
            let now = self.now();
            return self.write(move |sql| Ok(settings::put(sql, SINCE, &now, 0).map(drop)?)).await;
        }
        for incident in found {
            let policy = self.policy();
            let opened = self.change(Actor::system(), move |sql, audit| {
                let Some(stored) = store::incidents::load(sql, incident)? else { return Ok(None) };
                // Somebody may have taken it up again, or said that it is none, meanwhile.
                let is_over = stored.state.major && !stored.state.lifecycle.is_open();
                match is_over {
                    true => open(sql, audit, &policy, incident, &stored.state).map(Some),
                    false => Ok(None),
                }
            });
            // One that cannot be opened keeps no other waiting.
            match opened.await {
                Ok(Some(opened)) if opened.fresh => {
                    tracing::info!(review = %opened.review.number, %incident, "a review was opened");
                }
                Ok(_) => {}
                Err(trouble) => tracing::warn!(%incident, %trouble, "no review was opened"),
            }
        }
        Ok(())
    }

    async fn remind_of_reviews(&self) -> Result<(), Trouble> {
        let now = self.now();
        let today = today(&self.policy(), now);
        let soon = today.checked_add(ACTION_NEARS_DAYS.days()).unwrap_or(today);
        let read = move |sql: &mut dyn Sql| {
            let nears = now.plus_seconds(REVIEW_NEARS_SECONDS);
            let mut due = rows::reviews_to_remind(sql, now, nears)?;
            due.extend(rows::actions_to_remind(sql, today, soon)?);
            Ok(due)
        };
        let due = self.read(read).await?;
        if due.is_empty() {
            return Ok(());
        }
        self.write(move |sql| {
            for one in &due {
                rows::remind(sql, one, now)?;
            }
            Ok(())
        })
        .await
    }
}
