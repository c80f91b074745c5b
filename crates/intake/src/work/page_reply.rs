//! Answers to pages by mail. Who is paged and answers that letter says with the first word what its
//! links say: whoever has the letter has the links, too. Whatever else they write is a note of
//! theirs, for the service desk.

use super::act::{Ended, Entry, said};
use super::known::Known;
use super::round::{Outcome, Round, Task};
use crate::letter::Verdict as Proof;
use crate::title::shortened;
use desk::paging::{Answer, Paged};
use desk::{Idempotency, MESSAGE_DONE, Trouble};
use incident::{Command, RefusalKind, Visibility};
use kernel::{Channel, IncidentNumber, limits};
use store::messages::{MessageState, Rule};

/// First words, and what they say.
const WORDS: [(&str, Answer); 8] = [
    ("ack", Answer::Acknowledge),
    ("acknowledge", Answer::Acknowledge),
    ("acknowledged", Answer::Acknowledge),
    ("escalate", Answer::Escalate),
    ("cannot", Answer::Decline),
    ("can't", Answer::Decline),
    ("cant", Answer::Decline),
    ("decline", Answer::Decline),
];

/// What stands between words and who wrote them (RFC 3676).
const SIGNATURE: &str = "\n-- \n";

/// What a reply says to a page, and the words behind that.
fn answer_in(reply: &str) -> Option<(Answer, &str)> {
    let unsigned = reply.split(SIGNATURE).next().unwrap_or_default();
    let reply = unsigned.trim();
    let end = reply.find(char::is_whitespace).unwrap_or(reply.len());
    let (first, rest) = reply.split_at(end);
    let first = first.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let first = first.replace('\u{2019}', "'");
    let (_, answer) = WORDS.iter().find(|(word, _)| *word == first)?;
    Some((*answer, rest.trim()))
}

impl Round {
    /// What somebody answers who was paged; `None` where it is no such answer, or not theirs.
    pub(super) async fn page_reply(
        &self,
        task: &Task,
        known: &Known,
    ) -> Result<Option<Outcome>, Outcome> {
        let (message, letter) = (&task.message, &task.letter);
        let by_a_person =
            letter.automatic.is_none() && letter.report.is_none() && letter.forwarded.is_none();
        let forged = letter.authentication.dmarc == Proof::Fail;
        let dealt_with = known.earlier.is_some() || message.released.is_some();
        let Some(id) = task.signs.page.filter(|_| by_a_person && !forged && !dealt_with) else {
            return Ok(None);
        };
        let paged = self.desk.paged(id).await?;
        let from = task.read.from.as_deref().unwrap_or_default();
        let Some(paged) = paged.filter(|paged| is_theirs(paged, from)) else { return Ok(None) };
        let number = paged.page.number;
        let reason = format!("it answers the page about {number} and is from whom it paged");
        let Some((answer, rest)) = answer_in(&letter.reply) else {
            return self.own_note(task, &paged, reason).await.map(Some);
        };
        if message.received_at > paged.answerable_until() {
            let reason = format!("{reason}, but came too late to answer it");
            return self.own_note(task, &paged, reason).await.map(Some);
        }
        let reason = format!("{reason}, who says: {answer}");
        let said = self.answer_page(task, &paged, (answer, rest), &reason).await;
        match said {
            Ok(()) => Ok(Some(Outcome::Settled)),
            Err(Trouble::Refused(refusal)) if refusal.code == MESSAGE_DONE => {
                Ok(Some(Outcome::Settled))
            }
            Err(Trouble::Refused(refusal)) => {
                let noted = answer != Answer::Decline && !rest.is_empty();
                let taken = answer == Answer::Acknowledge && refusal.kind == RefusalKind::State;
                let left = paged.leaves(answer, &refusal) && rest.is_empty();
                let reason = format!("{reason}; {}", refusal.message);
                match noted || taken || left {
                    true => self.over(task, number, reason).await.map(Some),
                    false => self.own_note(task, &paged, reason).await.map(Some),
                }
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Says it as them. What stands behind the first word is kept as a note of theirs; why somebody
    /// cannot is said with it.
    async fn answer_page(
        &self,
        task: &Task,
        paged: &Paged,
        (answer, rest): (Answer, &str),
        reason: &str,
    ) -> Result<(), Trouble> {
        let why = shortened(&desk::plain(rest), limits::REASON_CHARS);
        if answer != Answer::Decline && !why.is_empty() {
            // Before the step, which is the last thing: once, by the number of the message.
            let id = task.message.id;
            let once = Idempotency { key: format!("mail-{id}"), request_hash: vec![] };
            let ask = self.desk.ask(&paged.viewer, Channel::Email).on(paged.page.number);
            let mut ask = ask.once(Some(once));
            let body = ask.words("body", &said(task), limits::BODY_CHARS)?;
            ask.issue(Command::Comment { body, visibility: Visibility::Internal }).await?;
        }
        let note = Some(why.as_str()).filter(|_| answer == Answer::Decline);
        let ended = Ended::new(MessageState::Done, Rule::OwnMessage, reason);
        let step = self.step(task, task.message.step, ended);
        self.desk.answer_page_by_mail(paged, (answer, note), step).await
    }

    /// Nothing is left to be done: somebody has it already, which is what was said, or the words
    /// that came with it are noted.
    async fn over(
        &self,
        task: &Task,
        number: IncidentNumber,
        reason: String,
    ) -> Result<Outcome, Outcome> {
        let ended = Ended::new(MessageState::Done, Rule::OwnMessage, reason);
        self.end(task, Ended { suggested: Some(number), ..ended }).await
    }

    /// What they wrote, as a note of theirs.
    async fn own_note(
        &self,
        task: &Task,
        paged: &Paged,
        reason: String,
    ) -> Result<Outcome, Outcome> {
        let number = paged.page.number;
        let ended = Ended::new(self.then(task, None), Rule::OwnMessage, reason);
        let step = self.step(task, task.message.step, ended.clone());
        let ask = self.desk.ask(&paged.viewer, Channel::Email).on(number);
        let mut ask = ask.for_message(step);
        let body = ask.words("body", &said(task), limits::BODY_CHARS)?;
        match ask.issue(Command::Comment { body, visibility: Visibility::Internal }).await {
            Ok(done) => {
                let entry = Entry::of(&done, false, ended);
                self.rest(task, Some(&paged.person), Some(&paged.viewer), entry).await
            }
            Err(Trouble::Refused(refusal)) if refusal.code != MESSAGE_DONE => {
                let reason = format!("{}; {}", ended.reason, refusal.message);
                let (then, suggested) = (MessageState::Quarantined, Some(number));
                self.end(task, Ended { then, reason, suggested, ..ended }).await
            }
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// Whether a message is from whom a page was for: from where it went, or by their own address.
fn is_theirs(paged: &Paged, from: &str) -> bool {
    let own = paged.person.email.as_deref().unwrap_or_default();
    let is = |address: &str| !address.is_empty() && address.eq_ignore_ascii_case(from);
    is(&paged.page.address) || is(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_says_it() {
        for (reply, says) in [
            ("ack", Some((Answer::Acknowledge, ""))),
            ("  Acknowledge.\n\n-- \nAda", Some((Answer::Acknowledge, ""))),
            ("ESCALATE!", Some((Answer::Escalate, ""))),
            ("Can\u{2019}t, on a train", Some((Answer::Decline, "on a train"))),
            ("cannot", Some((Answer::Decline, ""))),
            ("I cannot reproduce it", None),
            ("acknowledging receipt", None),
            ("", None),
        ] {
            assert_eq!(answer_in(reply), says, "{reply}");
        }
    }
}
