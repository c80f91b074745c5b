//! What a mail server says became of a letter of ours.

use super::act::Ended;
use super::round::{Outcome, Round, Task};
use crate::letter::{Report, Reported};
use kernel::IncidentNumber;
use store::deliveries;
use store::messages::{MessageState, Rule};

impl Round {
    /// Notes it at the letter it is about; that one will never arrive is told in its incident.
    pub(super) async fn bounce(&self, task: &Task) -> Result<Outcome, Outcome> {
        let Some(report) = &task.letter.report else {
            return Err(Outcome::Failed("a report without a report".to_owned()));
        };
        let about = report.about.clone().or_else(|| {
            let ours = |id: &&String| self.seals.own_message(id).is_some();
            task.letter.answers.iter().find(ours).cloned()
        });
        let found = match about {
            Some(id) if self.seals.own_message(&id).is_some() => {
                let id = id.trim_matches(['<', '>']).to_owned();
                self.desk.read(move |sql| deliveries::by_message_id(sql, &id)).await?
            }
            _ => None,
        };
        let Some(delivery) = found else {
            let reason = "it says what became of a letter that is none of ours";
            return self.end(task, Ended::new(MessageState::Dropped, Rule::Report, reason)).await;
        };
        let words = said(report, &delivery.address);
        if report.outcome != Reported::Failed {
            let ended = Ended::new(MessageState::Done, Rule::Report, words);
            return self.end(task, Ended { suggested: delivery.number, ..ended }).await;
        }
        let (now, id, error) = (self.desk.now(), delivery.id, report.words.clone());
        self.desk.write_together(move |sql| deliveries::bounced(sql, id, &error, now)).await?;
        match delivery.number {
            Some(number) => self.tell_of(task, number, words).await,
            None => self.end(task, Ended::new(MessageState::Done, Rule::Report, words)).await,
        }
    }

    async fn tell_of(
        &self,
        task: &Task,
        number: IncidentNumber,
        words: String,
    ) -> Result<Outcome, Outcome> {
        let ended = Ended::new(MessageState::Done, Rule::Report, words.clone());
        match self.note(task, number, &words, ended.clone()).await {
            Ok(_) => Ok(Outcome::Settled),
            Err(desk::Trouble::Refused(refusal)) if refusal.code != desk::MESSAGE_DONE => {
                // The incident takes no more words; the letter's own row says it.
                self.end(task, Ended { suggested: Some(number), ..ended }).await
            }
            Err(trouble) => Err(trouble.into()),
        }
    }
}

fn said(report: &Report, address: &str) -> String {
    let what = match report.outcome {
        Reported::Failed => "could not be delivered",
        Reported::Delayed => "is late, and its mail server goes on trying",
        Reported::Arrived => "arrived",
    };
    let words = crate::title::shortened(&desk::plain(&report.words), 500);
    let words = if words.is_empty() { String::new() } else { format!(": {words}") };
    format!("A letter to {address} {what}{words}")
}
