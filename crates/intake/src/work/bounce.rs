//! What a mail server says became of a letter of ours.

use super::act::Ended;
use super::known::Known;
use super::round::{Outcome, Round, Task};
use crate::letter::{Report, Reported};
use desk::Trouble;
use desk::seals::OutsideMessage;
use store::Sql;
use store::deliveries::{self, Delivery, DeliveryState};
use store::messages::{self, MessageState, Rule};

impl Round {
    /// Notes it at the letter it is about; that one will never arrive is told in its incident.
    pub(super) async fn bounce(&self, task: &Task, known: &Known) -> Result<Outcome, Outcome> {
        let Some(report) = &task.letter.report else {
            return Err(Outcome::Failed("a report without a report".to_owned()));
        };
        let about = report.about.clone().or_else(|| {
            let ours = |id: &&String| self.seals.own_message(id).is_some();
            task.letter.answers.iter().find(ours).cloned()
        });
        if let Some(letter) = self.outside_letter(task, report) {
            return self.of_outside(task, letter, report).await;
        }
        let is_ours = about.as_ref().is_some_and(|id| self.seals.own_message(id).is_some());
        let found = match about {
            Some(id) if is_ours => {
                let id = id.trim_matches(['<', '>']).to_owned();
                self.desk.read(move |sql| deliveries::by_message_id(sql, &id)).await?
            }
            _ => None,
        };
        let Some(delivery) = found else {
            let whose = if is_ours { "not known here any more" } else { "none of ours" };
            let reason = format!("it says what became of a letter that is {whose}");
            return self.of_nothing(task, known, report.outcome, reason).await;
        };
        let words = said(report, &delivery.address);
        let ended = Ended::new(MessageState::Done, Rule::Report, &words);
        let over = matches!(delivery.state, DeliveryState::Dead | DeliveryState::Withdrawn);
        if report.outcome != Reported::Failed {
            return self.end(task, Ended { suggested: delivery.number, ..ended }).await;
        }
        if task.message.step == 0 && over {
            // It was given up before, and that was told.
            return self.end(task, Ended { suggested: delivery.number, ..ended }).await;
        }
        self.tell_of(task, &delivery, ended).await
    }

    /// The letter to a list or a subscriber that a report is about.
    fn outside_letter(&self, task: &Task, report: &Report) -> Option<OutsideMessage> {
        let mut ids = report.about.iter().chain(&task.letter.answers);
        ids.find_map(|id| self.seals.own_outside_message(id))
    }

    /// What is about no letter that is known here may be about one that somebody wrote elsewhere
    /// by this address, or be no report at all: a person decides, unless more come than anybody
    /// would decide about. That such a letter arrived leaves nothing to decide.
    async fn of_nothing(
        &self,
        task: &Task,
        known: &Known,
        outcome: Reported,
        reason: String,
    ) -> Result<Outcome, Outcome> {
        if outcome == Reported::Arrived {
            let ended = Ended::new(MessageState::Dropped, Rule::Report, reason);
            return self.end(task, ended).await;
        }
        let from = task.read.from.as_deref().unwrap_or_default();
        // What a person let in is theirs to decide, however many there are.
        let is_counted = task.message.released.is_none();
        let mut full = is_counted.then(|| self.too_many_from(from, known, task)).flatten();
        if is_counted && full.is_none() {
            full = self.flood(from, task.message.received_at).await?;
        }
        let Some(full) = full else {
            let ended = Ended::new(MessageState::Quarantined, Rule::Report, reason);
            return self.end(task, ended).await;
        };
        self.alarm(&full, self.mailbox(task)).await?;
        let reason = format!("{reason}; {}", full.words);
        self.end(task, Ended::new(MessageState::Dropped, Rule::Report, reason)).await
    }

    /// Counts one that failed for the subscription, which ends after some.
    async fn of_outside(
        &self,
        task: &Task,
        letter: OutsideMessage,
        report: &Report,
    ) -> Result<Outcome, Outcome> {
        if report.outcome != Reported::Failed {
            let reason = format!("a letter to a list or a subscriber {}", became(report.outcome));
            return self.end(task, Ended::new(MessageState::Done, Rule::Report, reason)).await;
        }
        let letter = (letter.letter, letter.asked_at);
        let (now, words) = (self.desk.now(), report.words.clone());
        let reason = "a letter to a list or a subscriber came back";
        let last = self.step(task, 0, Ended::new(MessageState::Done, Rule::Report, reason));
        let write = move |sql: &mut dyn Sql| {
            store::outside::bounced(sql, letter, &words, now)?;
            messages::advance(sql, &last, None, now).map(drop)
        };
        self.desk.write_together(write).await?;
        Ok(Outcome::Settled)
    }

    /// Tells it in each incident that the letter told about, and then that it came back: what
    /// ends half-way goes on with the next one.
    async fn tell_of(
        &self,
        task: &Task,
        letter: &Delivery,
        ended: Ended,
    ) -> Result<Outcome, Outcome> {
        let id = letter.message_id.clone().unwrap_or_default();
        let numbers = self.desk.read(move |sql| messages::told_by(sql, &id)).await?;
        let words = ended.reason.clone();
        let further = Ended { then: MessageState::Waiting, ..ended.clone() };
        for (number, at) in numbers.iter().zip(0u32..).skip(task.message.step as usize) {
            match self.note(task, *number, &words, (at, further.clone()), false).await {
                Ok(_) => {}
                Err(Trouble::Refused(refusal)) if refusal.code != desk::MESSAGE_DONE => {
                    // The incident takes no more words; the letter's own row says it.
                    self.skip(self.step(task, at, further.clone())).await?;
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
        let suggested = letter.number;
        let last = self.step(task, numbers.len() as u32, Ended { suggested, ..ended });
        let error = task.letter.report.as_ref().map(|report| report.words.clone());
        let (now, id, error) = (self.desk.now(), letter.id, error.unwrap_or_default());
        let write = move |sql: &mut dyn Sql| {
            deliveries::bounced(sql, id, &error, now)?;
            messages::advance(sql, &last, None, now).map(drop)
        };
        self.desk.write_together(write).await?;
        Ok(Outcome::Settled)
    }
}

fn said(report: &Report, address: &str) -> String {
    let what = became(report.outcome);
    let words = crate::title::shortened(&desk::plain(&report.words), 500);
    let words = if words.is_empty() { String::new() } else { format!(": {words}") };
    format!("A letter to {address} {what}{words}")
}

/// What became of a letter, after its name.
fn became(outcome: Reported) -> &'static str {
    match outcome {
        Reported::Failed => "could not be delivered",
        Reported::Delayed => "is late, and its mail server goes on trying",
        Reported::Arrived => "arrived",
    }
}
