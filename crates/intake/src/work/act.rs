//! What was decided is done: commands, each in one transaction with the step of its message,
//! so that a message is never dealt with twice and never half.

use super::known::Known;
use super::round::{Outcome, Round, Task};
use super::verdict::{Verdict, What, reopens};
use crate::letter::{Automatic, Verdict as Proof};
use crate::subject_stem;
use crate::thread::{Candidate, Relation, counterpart};
use crate::title::{shortened, title};
use desk::{Done, Newcomer, Trouble};
use incident::command::Report;
use incident::effects::AUTOMATIC_TAG;
use incident::{Command, Viewer, Visibility};
use kernel::{Actor, Channel, ContentId, IncidentNumber, PersonId, limits};
use store::directory::{Integration, Person, integrations};
use store::messages::{self, MessageState, Rule, Step};

/// Characters of a message's text that are kept in an incident; its bytes are kept whole.
const TEXT_CHARS: usize = limits::BODY_CHARS - 2_000;

/// How a message, or a step of it, ends.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) then: MessageState,
    pub(super) rule: Rule,
    pub(super) reason: String,
    pub(super) public: bool,
    pub(super) reopens: bool,
    pub(super) suggested: Option<IncidentNumber>,
}

impl Ended {
    pub(super) fn new(then: MessageState, rule: Rule, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Ended { then, rule, reason, public: false, reopens: false, suggested: None }
    }
}

impl Round {
    /// Brings a message to its end; `known` is what was looked up for it already.
    pub(super) async fn settle(&self, task: Task, known: Option<Known>) -> Outcome {
        match self.settled(&task, known).await {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }

    async fn settled(&self, task: &Task, known: Option<Known>) -> Result<Outcome, Outcome> {
        let known = match known {
            Some(known) => known,
            None => self.look(task).await?,
        };
        if let Some(number) = task.message.number {
            if task.message.rule == Some(Rule::Report) && task.letter.report.is_some() {
                return self.bounce(task, &known).await;
            }
            // Its word is said already; what came with it may not be there yet.
            return self.resume(task, &known, number).await;
        }
        if let Some(outcome) = self.page_reply(task, &known).await? {
            return Ok(outcome);
        }
        let verdict = self.verdict(task, &known).await?;
        if let Some(full) = &verdict.alarm {
            self.alarm(full, self.mailbox(task)).await?;
        }
        let (then, rule, reason) = match &verdict.what {
            What::Bounce => return self.bounce(task, &known).await,
            What::Report { answered } => {
                return self.report(task, &known, &verdict, *answered).await;
            }
            What::Comment(candidate) => {
                return self.comment(task, &known, &verdict, candidate).await;
            }
            What::Note(candidate) => return self.note_of(task, &known, &verdict, candidate).await,
            What::Drop => (MessageState::Dropped, verdict.rule, verdict.reason),
            What::Aside => (MessageState::Quarantined, verdict.rule, verdict.reason),
        };
        let ended = Ended { suggested: verdict.suggested, ..Ended::new(then, rule, reason) };
        self.end(task, ended).await
    }

    /// The mailbox it came to, as far as that can be told.
    pub(super) fn mailbox(&self, task: &Task) -> Option<&Integration> {
        if let Some(id) = task.message.mailbox {
            return self.mailboxes.iter().find(|mailbox| mailbox.id == id);
        }
        let named = task.letter.to.iter().chain(&task.letter.cc).map(|address| &address.email);
        let mut addresses = task.message.recipients.iter().chain(named);
        addresses.find_map(|address| integrations::addressed(&self.mailboxes, address))
    }

    /// Ends a message without a command.
    pub(super) async fn end(&self, task: &Task, ended: Ended) -> Result<Outcome, Outcome> {
        self.skip(self.step(task, task.message.step, ended)).await?;
        Ok(Outcome::Settled)
    }

    /// Writes down a step that is left out.
    pub(super) async fn skip(&self, step: Step) -> Result<(), Trouble> {
        let now = self.desk.now();
        let write =
            move |sql: &mut dyn store::Sql| messages::advance(sql, &step, None, now).map(drop);
        self.desk.write_together(write).await
    }

    /// A step of a message.
    pub(super) fn step(&self, task: &Task, step: u32, ended: Ended) -> Step {
        let from = task.read.from.as_deref().unwrap_or_default();
        let references = task.signs.references.iter();
        let references = references.map(|found| (counterpart(from).to_owned(), found.clone()));
        Step {
            id: task.message.id,
            step,
            then: ended.then,
            read: task.read.clone(),
            rule: ended.rule,
            reason: with_faults(&ended.reason, &task.letter.faults),
            public: ended.public,
            reopens: ended.reopens,
            suggested: ended.suggested,
            references: references.collect(),
        }
    }

    /// A word of the product itself in an incident, for the service desk.
    pub(super) async fn note(
        &self,
        task: &Task,
        number: IncidentNumber,
        words: &str,
        (at, ended): (u32, Ended),
        tells_owner: bool,
    ) -> Result<Done, Trouble> {
        let step = self.step(task, at, ended);
        let ask = self.desk.ask_unlimited(Actor::system(), Channel::Email);
        let mut ask = ask.on(number).for_message(step).telling_the_owner(tells_owner);
        let body = ask.words("body", words, limits::BODY_CHARS)?;
        ask.issue(Command::Comment { body, visibility: Visibility::Internal }).await
    }

    /// What its sender wrote, as a note: they are not believed to be who they say, or no person
    /// wrote it.
    async fn note_of(
        &self,
        task: &Task,
        known: &Known,
        verdict: &Verdict,
        candidate: &Candidate,
    ) -> Result<Outcome, Outcome> {
        let words = format!("{} wrote by mail:\n\n{}", signature(task), said(task));
        let more = !task.letter.attachments.is_empty();
        let then = if more { MessageState::Waiting } else { MessageState::Done };
        let ended = Ended::new(then, verdict.rule, &verdict.reason);
        let step = (task.message.step, ended.clone());
        match self.note(task, candidate.number, &words, step, by_a_person(task)).await {
            Ok(done) => {
                self.tell_unproven(task, known, candidate, &done).await?;
                let entry = Entry::of(&done, false, ended);
                self.rest(task, known.person.as_ref(), known.viewer.as_ref(), entry).await
            }
            Err(Trouble::Refused(refusal)) if refusal.code != desk::MESSAGE_DONE => {
                let then = match task.letter.automatic {
                    Some(Automatic::OutOfOffice) => MessageState::Dropped,
                    _ => MessageState::Quarantined,
                };
                let reason = format!("{}; {}", verdict.reason, refusal.message);
                let suggested = Some(candidate.number);
                self.end(task, Ended { then, reason, suggested, ..ended }).await
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Tells somebody who works on incidents that their reply stayed inside, and how to mend that.
    async fn tell_unproven(
        &self,
        task: &Task,
        known: &Known,
        candidate: &Candidate,
        done: &Done,
    ) -> Result<(), Trouble> {
        let works = known.viewer.as_ref().filter(|viewer| viewer.works());
        let unproven = task.letter.authentication.dmarc != Proof::Pass;
        let of_staff = candidate.relation == Relation::Staff && task.letter.automatic.is_none();
        let Some(person) = works.filter(|_| unproven && of_staff).map(|viewer| viewer.person)
        else {
            return Ok(());
        };
        let (entry, now) = ((done.number, done.first_n), self.desk.now());
        let tell = move |sql: &mut dyn store::Sql| {
            store::deliveries::tell_unproven(sql, entry, person, now)
        };
        self.desk.write_together(tell).await
    }

    /// A word of its sender, for everybody concerned.
    async fn comment(
        &self,
        task: &Task,
        known: &Known,
        verdict: &Verdict,
        candidate: &Candidate,
    ) -> Result<Outcome, Outcome> {
        let sender = self.sender(task, known).await?;
        let number = candidate.number;
        let mut ended = Ended::new(self.then(task, None), verdict.rule, &verdict.reason);
        (ended.public, ended.reopens) = (true, reopens(candidate));
        let actor = Actor::person(sender.id, sender.name.clone());
        let step = self.step(task, 0, ended.clone());
        let ask = self.desk.ask_unlimited(actor, Channel::Email);
        let mut ask = ask.on(number).for_message(step);
        let body = ask.words("body", &said(task), limits::BODY_CHARS)?;
        match ask.issue(Command::Comment { body, visibility: Visibility::Public }).await {
            Ok(done) => {
                let entry = Entry::of(&done, true, ended);
                self.rest(task, Some(&sender), known.viewer.as_ref(), entry).await
            }
            Err(Trouble::Refused(refusal)) if refusal.code != desk::MESSAGE_DONE => {
                let reason = format!(
                    "{}, but {number} takes no more words ({}), so it became a new one",
                    verdict.reason, refusal.message
                );
                let (suggested, only) = (Some(number), candidate.confidential_to);
                let verdict = Verdict { reason, suggested, only, ..verdict.clone() };
                self.report(task, known, &verdict, true).await
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// A new incident.
    async fn report(
        &self,
        task: &Task,
        known: &Known,
        verdict: &Verdict,
        answered: bool,
    ) -> Result<Outcome, Outcome> {
        let sender = self.sender(task, known).await?;
        let passed_on = self.passed_on(task, known).await?;
        let requester = passed_on.as_ref().unwrap_or(&sender);
        let answered = answered && !self.is_answered_enough(passed_on.as_ref(), task).await?;
        let mut ended =
            Ended::new(self.then(task, verdict.suggested), verdict.rule, &verdict.reason);
        (ended.public, ended.suggested) = (true, verdict.suggested);
        let actor = match passed_on {
            Some(_) => speaker(task, &sender, known.viewer.as_ref()),
            None => Actor::person(sender.id, sender.name.clone()),
        };
        let ask = self.desk.ask_unlimited(actor, Channel::Email);
        let mut ask = ask.for_message(self.step(task, 0, ended.clone()));
        let said = said_if_any(task);
        let words = described(task, said.as_deref(), passed_on.as_ref().map(|_| &sender));
        let subject = self.without_marks(subject_stem(&task.letter.subject));
        let name = signature(task);
        let title = title(&subject, said.as_deref().unwrap_or_default(), limits::TITLE_CHARS)
            .unwrap_or_else(|| shortened(&format!("Message from {name}"), limits::TITLE_CHARS));
        let title = ask.title(&title)?;
        let description = ask.opt_words("description", words.as_deref(), limits::BODY_CHARS)?;
        let policy = self.desk.policy();
        let mailbox = self.mailbox(task);
        let service = mailbox.and_then(|mailbox| mailbox.service);
        let team = mailbox.and_then(|mailbox| mailbox.team);
        let mut report = Report {
            description,
            service: service.filter(|service| policy.services.contains_key(service)),
            team: team.filter(|team| verdict.only.is_none() && policy.teams.contains_key(team)),
            confidential_to: verdict.only,
            ..blank(title, requester.id)
        };
        if !answered {
            report.tags.insert(AUTOMATIC_TAG.to_owned());
        }
        let done = ask.issue(Command::Report(Box::new(report))).await?;
        let entry = Entry::of(&done, true, ended);
        self.rest(task, Some(&sender), known.viewer.as_ref(), entry).await
    }

    /// Whoever it is from, made known if nobody knows them.
    async fn sender(&self, task: &Task, known: &Known) -> Result<Person, Outcome> {
        if let Some(person) = &known.person {
            return Ok(person.clone());
        }
        let email = task.read.from.clone();
        let written = task.letter.from.as_ref().filter(|from| Some(&from.email) == email.as_ref());
        let name = written.map(|from| desk::plain(&from.name)).filter(|name| !name.is_empty());
        Ok(self.desk.somebody(Newcomer { name, email }).await?)
    }

    /// Whether somebody whose message was passed on gets as many letters as anybody may.
    async fn is_answered_enough(
        &self,
        passed_on: Option<&Person>,
        task: &Task,
    ) -> Result<bool, Trouble> {
        match passed_on.and_then(|person| person.email.as_deref()) {
            Some(email) => self.is_answered_as_often(email, &task.message).await,
            None => Ok(false),
        }
    }

    /// Whose message somebody of the service desk passed on, if it is proven that they did:
    /// who was named there gets a letter.
    async fn passed_on(&self, task: &Task, known: &Known) -> Result<Option<Person>, Outcome> {
        let proven = task.letter.authentication.dmarc == Proof::Pass;
        if !proven || !known.viewer.as_ref().is_some_and(Viewer::works) {
            return Ok(None);
        }
        let inner = task.letter.forwarded.as_ref().and_then(|forwarded| forwarded.from.clone());
        let Some(inner) = inner.filter(|inner| inner.email.contains('@')) else { return Ok(None) };
        if self.is_ours(&inner.email) || Some(&inner.email) == task.read.from.as_ref() {
            return Ok(None);
        }
        let name = Some(desk::plain(&inner.name)).filter(|name| !name.is_empty());
        Ok(Some(self.desk.somebody(Newcomer { name, email: Some(inner.email) }).await?))
    }

    pub(super) fn is_ours(&self, address: &str) -> bool {
        // What follows a `+` names nobody else.
        let plain = address
            .rsplit_once('@')
            .and_then(|(local, domain)| Some(format!("{}@{domain}", local.split_once('+')?.0)));
        let is = |own: &String| own == address || Some(own) == plain.as_ref();
        self.own_addresses.iter().any(is)
            || integrations::addressed(&self.mailboxes, address).is_some()
    }

    /// A subject without our marks, which belong to other incidents.
    fn without_marks(&self, subject: &str) -> String {
        let mut rest = subject.to_owned();
        for mark in self.seals.marks(subject) {
            let sealed = self.seals.mark(mark.number);
            if let Some(at) = rest.to_lowercase().find(&sealed.to_lowercase())
                && rest.is_char_boundary(at)
                && rest.is_char_boundary(at + sealed.len())
            {
                rest.replace_range(at..at + sealed.len(), "");
            }
        }
        subject_stem(&rest).trim().to_owned()
    }
}

/// An entry that a message made.
pub(super) struct Entry {
    pub(super) number: IncidentNumber,
    pub(super) state: incident::State,
    /// Whether it is for everybody concerned.
    pub(super) public: bool,
    /// Whether it is the beginning of an incident.
    pub(super) created: bool,
    /// The steps that are done.
    pub(super) step: u32,
    pub(super) ended: Ended,
}

impl Entry {
    pub(super) fn of(done: &Done, public: bool, ended: Ended) -> Self {
        let (number, state, created) = (done.number, done.state.clone(), done.created);
        Entry { number, state, public, created, step: 1, ended }
    }
}

impl Round {
    /// Whether more follows after the first command.
    pub(super) fn then(&self, task: &Task, suggested: Option<IncidentNumber>) -> MessageState {
        let more = suggested.is_some()
            || !task.letter.attachments.is_empty()
            || !self.others(task).is_empty();
        if more { MessageState::Waiting } else { MessageState::Done }
    }
}

/// Whether a person wrote it, be it through a list.
fn by_a_person(task: &Task) -> bool {
    matches!(task.letter.automatic, None | Some(Automatic::Bulk))
}

/// As whom somebody speaks for others: an agent whose mail is proven, else the product itself.
pub(super) fn speaker(task: &Task, sender: &Person, viewer: Option<&Viewer>) -> Actor {
    let staff = viewer.is_some_and(Viewer::is_staff);
    match staff && task.letter.authentication.dmarc != Proof::Pass {
        true => Actor::system(),
        false => Actor::person(sender.id, sender.name.clone()),
    }
}

/// A report with nothing but a title and a requester.
pub(crate) fn blank(title: ContentId, requester: PersonId) -> Report {
    Report {
        title,
        description: None,
        requester,
        service: None,
        category: None,
        impact: None,
        urgency: None,
        affected: None,
        team: None,
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: None,
        parent: None,
        confidential_to: None,
        model: None,
        alerts: None,
    }
}

/// Who it says it is from, by name and address.
fn signature(task: &Task) -> String {
    let email = task.read.from.as_deref().unwrap_or("somebody");
    let name = task.letter.from.as_ref().map(|from| desk::plain(&from.name));
    match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{} <{email}>", shortened(&name, limits::NAME_CHARS)),
        None => email.to_owned(),
    }
}

/// What the sender wrote, without what they quoted.
fn said_if_any(task: &Task) -> Option<String> {
    let letter = &task.letter;
    let mut texts = [&letter.reply, &letter.text].into_iter().map(|text| desk::plain(text));
    texts.find(|text| !text.is_empty()).map(|text| shortened(&text, TEXT_CHARS))
}

pub(super) fn said(task: &Task) -> String {
    said_if_any(task).unwrap_or_else(|| match task.letter.attachments.is_empty() {
        true => "(The message has no text.)".to_owned(),
        false => "(The message has no text, but files.)".to_owned(),
    })
}

/// The description of what a message reports: all of it where that tells more than the reply.
fn described(task: &Task, said: Option<&str>, passed_on_by: Option<&Person>) -> Option<String> {
    let letter = &task.letter;
    let whole = letter.forwarded.is_some() || !letter.answers.is_empty();
    let text = Some(desk::plain(&letter.text)).filter(|text| whole && !text.is_empty());
    let text = text.map(|text| shortened(&text, TEXT_CHARS)).or_else(|| said.map(str::to_owned));
    match passed_on_by {
        Some(person) => {
            Some(format!("Passed on by {}.\n\n{}", person.name, text.unwrap_or_default()))
        }
        None => text,
    }
}

fn with_faults(reason: &str, faults: &[String]) -> String {
    match faults.is_empty() {
        true => reason.to_owned(),
        false => format!("{reason} (left out: {})", faults.join("; ")),
    }
}
