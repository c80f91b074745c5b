//! What follows the first command of a message, step by step: the incident it may belong to
//! is named, its files are attached, the people it was sent to, too, follow the incident.

use super::act::{Ended, Entry, speaker};
use super::known::Known;
use super::round::{Outcome, Round, Task};
use crate::letter::{Address, Attachment, Verdict as Proof, nobody};
use desk::{Ask, Newcomer, Trouble};
use incident::{Command, Viewer, Visibility};
use kernel::{Actor, Channel, IncidentNumber, limits};
use store::directory::Person;
use store::messages::{MessageState, Rule};

/// Recipients of a message beyond which they do not become followers (mail.md: Zammad).
const RECIPIENTS_MAX: usize = 40;

/// One of the steps.
enum Further<'a> {
    Suggest(IncidentNumber),
    Attach(&'a Attachment),
    Follow(Address),
}

impl Round {
    /// Goes on with a message whose first command is done.
    pub(super) async fn resume(
        &self,
        task: &Task,
        known: &Known,
        number: IncidentNumber,
    ) -> Result<Outcome, Outcome> {
        let message = &task.message;
        let stored = self.desk.read(move |sql| store::incidents::load(sql, number)).await?;
        let stored = stored.ok_or_else(|| Outcome::Failed(format!("{number} is not there")))?;
        let rule = message.rule.ok_or_else(|| Outcome::Failed("it has no rule".to_owned()))?;
        let reason = message.reason.clone().unwrap_or_default();
        let ended = Ended {
            public: message.public,
            suggested: message.suggested,
            ..Ended::new(MessageState::Waiting, rule, reason)
        };
        let entry = Entry {
            number,
            state: stored.state,
            public: message.public,
            created: message.n == Some(1),
            step: message.step,
            ended,
        };
        self.rest(task, known.person.as_ref(), known.viewer.as_ref(), entry).await
    }

    /// Does what follows.
    pub(super) async fn rest(
        &self,
        task: &Task,
        sender: Option<&Person>,
        viewer: Option<&Viewer>,
        entry: Entry,
    ) -> Result<Outcome, Outcome> {
        if entry.ended.then != MessageState::Waiting {
            return Ok(Outcome::Settled);
        }
        let actor = match sender.filter(|_| entry.public) {
            Some(sender) => speaker(task, sender, viewer),
            None => Actor::system(),
        };
        let further = self.further(task, sender, viewer, &entry);
        let done = entry.step.saturating_sub(1) as usize;
        let mut ended = entry.ended.clone();
        ended.reopens = false;
        for (further, at) in further.into_iter().zip(1u32..).skip(done) {
            let step = self.step(task, at, ended.clone());
            let actor = match further {
                Further::Suggest(_) => Actor::system(),
                _ => actor.clone(),
            };
            let ask = self.desk.ask_unlimited(actor, Channel::Email);
            let ask = ask.on(entry.number).for_message(step);
            match self.do_further(ask, &further, entry.public).await {
                Ok(()) => {}
                Err(Trouble::Refused(refusal)) if refusal.code == desk::MESSAGE_DONE => {
                    return Ok(Outcome::Settled);
                }
                Err(Trouble::Refused(refusal)) => {
                    if let Further::Attach(file) = further {
                        let name = crate::title::shortened(&file.name, limits::NAME_CHARS);
                        ended.reason =
                            format!("{}; {name} was left out: {}", ended.reason, refusal.message);
                    }
                    self.skip(self.step(task, at, ended.clone())).await?;
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
        self.finish(task, &entry, ended, sender, viewer).await
    }

    async fn finish(
        &self,
        task: &Task,
        entry: &Entry,
        mut ended: Ended,
        sender: Option<&Person>,
        viewer: Option<&Viewer>,
    ) -> Result<Outcome, Outcome> {
        let steps = self.further(task, sender, viewer, entry).len() as u32 + 1;
        ended.then = MessageState::Done;
        self.skip(self.step(task, steps.max(entry.step), ended)).await?;
        Ok(Outcome::Settled)
    }

    fn further<'a>(
        &self,
        task: &'a Task,
        sender: Option<&Person>,
        viewer: Option<&Viewer>,
        entry: &Entry,
    ) -> Vec<Further<'a>> {
        let suggested = entry.ended.suggested.filter(|_| entry.created && entry.public);
        let mut further: Vec<Further> = suggested.map(Further::Suggest).into_iter().collect();
        further.extend(task.letter.attachments.iter().map(Further::Attach));
        if entry.public && brings_people(task, sender, viewer, entry) {
            further.extend(self.others(task).into_iter().map(Further::Follow));
        }
        further
    }

    async fn do_further(
        &self,
        mut ask: Ask<'_>,
        further: &Further<'_>,
        public: bool,
    ) -> Result<(), Trouble> {
        let command = match further {
            Further::Suggest(number) => {
                let words =
                    format!("This may belong to {number}. Merge it there, or link it, if it does.");
                let body = ask.words("body", &words, limits::BODY_CHARS)?;
                Command::Comment { body, visibility: Visibility::Internal }
            }
            Further::Attach(file) => {
                let mut upload = self.desk.upload(&file.name).await?;
                upload.push(&file.bytes).await?;
                let visibility = if public { Visibility::Public } else { Visibility::Internal };
                ask.attach(upload.finish().await?, visibility)?
            }
            Further::Follow(address) => {
                let name = Some(desk::plain(&address.name)).filter(|name| !name.is_empty());
                let newcomer = Newcomer { name, email: Some(address.email.clone()) };
                Command::Watch { person: Some(self.desk.somebody(newcomer).await?.id) }
            }
        };
        ask.issue(command).await.map(drop)
    }

    /// The others to whom it was sent, if they are few.
    pub(super) fn others(&self, task: &Task) -> Vec<Address> {
        let letter = &task.letter;
        if task.read.automatic || letter.to.len() + letter.cc.len() > RECIPIENTS_MAX {
            return vec![];
        }
        let mut found: Vec<Address> = vec![];
        for address in letter.to.iter().chain(&letter.cc) {
            let left_out = !address.email.contains('@')
                || nobody(&address.email).is_some()
                || self.is_ours(&address.email)
                || Some(&address.email) == task.read.from.as_ref()
                || found.iter().any(|other| other.email == address.email);
            if !left_out {
                found.push(address.clone());
            }
        }
        found
    }
}

/// Whether whoever it is from decides who else follows the incident: an agent whose mail is
/// proven, and its requester when they report it, are proven, or answer what only we could
/// have sent them. Anybody can write in their name and know a number.
fn brings_people(
    task: &Task,
    sender: Option<&Person>,
    viewer: Option<&Viewer>,
    entry: &Entry,
) -> bool {
    let dmarc = task.letter.authentication.dmarc;
    let proven = dmarc == Proof::Pass;
    let sealed = matches!(entry.ended.rule, Rule::OwnMessage | Rule::Mark);
    let requester = sender.is_some_and(|sender| sender.id == entry.state.requester);
    let agent = viewer.is_some_and(Viewer::works);
    let may = requester && (entry.created || proven || sealed) || agent && proven;
    may && entry.state.confidential_to.is_none() && dmarc != Proof::Fail
}
