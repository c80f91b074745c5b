//! How a door asks for something to be done: collect the words, name the
//! incident, issue the command.

use crate::chance::{bytes, fresh};
use crate::files::Claim;
use crate::surges::Accepting;
use crate::{Desk, Kept, Trouble};
use incident::command::Report;
use incident::decide::Origin;
use incident::event::{Derived, SUGGESTION};
use incident::policy::PersonFacts;
use incident::{Command, Facts, Refusal, State, Viewer, Visibility, decide};
use kernel::{
    Actor, AttachmentId, BatchId, Channel, ContentId, IncidentNumber, OutageId, PersonId, TaskId,
    Timestamp, UpdateId, limits,
};
use std::collections::HashMap;
use std::pin::Pin;
use store::directory::{Person, idempotency};
use store::incidents::{NewContent, NewFile};
use store::messages::{Alarm, Step as MessageStep};

/// Characters of the address of a room: longer ones are cut by what rings or opens them.
const ROOM_CHARS: usize = 500;
/// The schemes of rooms, which no page runs as a program.
const ROOM_SCHEMES: [&str; 9] =
    ["https://", "tel:", "sip:", "sips:", "msteams:", "zoommtg:", "slack:", "xmpp:", "irc:"];

/// Whether an address leads to a room and nowhere else.
fn is_room(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let rest = ROOM_SCHEMES.iter().find_map(|scheme| lower.strip_prefix(scheme));
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '<' | '>');
    rest.is_some_and(|rest| !rest.is_empty()) && address.chars().all(is_plain)
}

/// The code of the refusal of what was done for a message before.
pub const MESSAGE_DONE: &str = "message_done";

/// What makes a repeated request the same request.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The caller's key.
    pub key: String,
    /// Digest of what was asked.
    pub request_hash: Vec<u8>,
}

/// Somebody nobody knows yet: a name, an e-mail address, or both.
#[derive(Debug, Clone, Default)]
pub struct Newcomer {
    /// How they are called; absent: by their address.
    pub name: Option<String>,
    /// Where they can be written to.
    pub email: Option<String>,
}

impl Newcomer {
    pub(crate) fn known_as(&self) -> Result<String, Refusal> {
        let local =
            |email: &String| email.rsplit_once('@').map_or(email.as_str(), |at| at.0).to_owned();
        let name = self.name.clone().or_else(|| self.email.as_ref().map(local));
        let name =
            name.ok_or_else(|| Refusal::invalid("requester", "needs a name or an address"))?;
        Ok(name.chars().take(limits::NAME_CHARS).collect())
    }
}

/// A request in the making.
pub struct Ask<'a> {
    desk: &'a Desk,
    pub(crate) prepared: Prepared,
    /// Files that this request attaches, until it is done.
    claims: Vec<Claim>,
}

/// A command on its way to be durable.
pub type Issuing<'a> = Pin<Box<dyn Future<Output = Result<Done, Trouble>> + Send + 'a>>;

/// A request as the writer gets it.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) viewer: Option<Viewer>,
    pub(crate) actor: Actor,
    pub(crate) channel: Channel,
    pub(crate) origin: Origin,
    pub(crate) now: Option<Timestamp>,
    pub(crate) happened_at: Option<Timestamp>,
    pub(crate) batch: Option<BatchId>,
    pub(crate) target: Option<IncidentNumber>,
    pub(crate) expected_version: Option<i64>,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) contents: Vec<NewContent>,
    pub(crate) files: Vec<NewFile>,
    pub(crate) import_ref: Option<(String, String, i64)>,
    pub(crate) message: Option<MessageStep>,
    pub(crate) alarm: Option<Alarm>,
    pub(crate) tells_owner: bool,
    /// The suggestion that it accepts or carries out.
    pub(crate) suggestion: Option<Derived>,
    /// The surge that its incident becomes the parent of.
    pub(crate) surge: Option<Accepting>,
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Done {
    /// The incident; for a word on a closed one, the follow-up.
    pub number: IncidentNumber,
    /// Whether it is new.
    pub created: bool,
    /// Whether an earlier request with the same key had done it already.
    pub repeated: bool,
    /// The state now.
    pub state: State,
    /// The title, where the request brought it.
    pub title: Option<String>,
    /// The place in the timeline of the first entry this command made, for undo; 0 if it made none.
    pub first_n: u32,
    /// Position in the feed up to which everything of this command is included.
    pub position: i64,
}

impl Desk {
    /// Starts a request of a viewer.
    pub fn ask(&self, viewer: &Viewer, channel: Channel) -> Ask<'_> {
        let actor = Actor::person(viewer.person, viewer.name.clone());
        self.ask_as(Some(viewer.clone()), actor, channel)
    }

    /// Starts a request that is not limited by a viewer’s rights: imports, the demo’s past, and the
    /// one command that a sealed link is good for.
    pub fn ask_unlimited(&self, actor: Actor, channel: Channel) -> Ask<'_> {
        self.ask_as(None, actor, channel)
    }

    fn ask_as(&self, viewer: Option<Viewer>, actor: Actor, channel: Channel) -> Ask<'_> {
        let prepared = Prepared {
            viewer,
            actor,
            channel,
            origin: Origin::Live,
            now: None,
            happened_at: None,
            batch: None,
            target: None,
            expected_version: None,
            idempotency: None,
            contents: vec![],
            files: vec![],
            import_ref: None,
            message: None,
            alarm: None,
            tells_owner: false,
            suggestion: None,
            surge: None,
        };
        Ask { desk: self, prepared, claims: vec![] }
    }
}

impl<'a> Ask<'a> {
    /// The incident it is about.
    #[must_use]
    pub fn on(mut self, number: IncidentNumber) -> Self {
        self.prepared.target = Some(number);
        self
    }

    /// Refuse if it is not at this version any more.
    #[must_use]
    pub fn expecting(mut self, version: Option<i64>) -> Self {
        self.prepared.expected_version = version;
        self
    }

    /// Do it once, however often it is asked with this key.
    #[must_use]
    pub fn once(mut self, idempotency: Option<Idempotency>) -> Self {
        self.prepared.idempotency = idempotency;
        self
    }

    /// Part of a bulk edit.
    #[must_use]
    pub fn in_batch(mut self, batch: BatchId) -> Self {
        self.prepared.batch = Some(batch);
        self
    }

    /// Decide as if it were this instant: a believable past for the demo.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.prepared.now = Some(now);
        self
    }

    /// Replay from another system: it happened then, or with what was recorded last where that is
    /// later, and nobody is told.
    #[must_use]
    pub fn imported(mut self, happened_at: Timestamp) -> Self {
        self.prepared.origin = Origin::Import;
        self.prepared.happened_at = Some(happened_at);
        self
    }

    /// Remember in the same transaction how far an import got with a foreign record.
    #[must_use]
    pub fn import_ref(mut self, source: &str, foreign_id: &str, rows_done: i64) -> Self {
        self.prepared.import_ref = Some((source.to_owned(), foreign_id.to_owned(), rows_done));
        self
    }

    /// A step of a message: written down in the same transaction, and refused with
    /// [`MESSAGE_DONE`] when it was done before.
    #[must_use]
    pub fn for_message(mut self, step: MessageStep) -> Self {
        self.prepared.message = Some(step);
        self
    }

    /// An alarm about mail, which is refused with [`MESSAGE_DONE`] when it was raised lately.
    #[must_use]
    pub fn for_alarm(mut self, alarm: Alarm) -> Self {
        self.prepared.alarm = Some(alarm);
        self
    }

    /// Whoever has the incident is told of the word, though it is for the service desk only:
    /// somebody outside wrote it.
    #[must_use]
    pub fn telling_the_owner(mut self, tells: bool) -> Self {
        self.prepared.tells_owner = tells;
        self
    }

    /// It follows a suggestion of this field, of the model of this version; the events say so,
    /// and who decided is still whoever asks.
    #[must_use]
    pub fn suggested(mut self, field: &str, version: i64) -> Self {
        let suggestion = Derived { by: SUGGESTION.into(), name: field.into(), version };
        self.prepared.suggestion = Some(suggestion);
        self
    }

    /// Its incident becomes the parent of a surge in the same transaction; refused with `decided`
    /// when somebody decided about that before.
    #[must_use]
    pub(crate) fn accepting(mut self, surge: Accepting) -> Self {
        self.prepared.surge = Some(surge);
        self
    }

    /// Keeps words and gives the id that stands for them in the command. They
    /// must be there and not longer than `max_chars`.
    pub fn words(
        &mut self,
        field: &'static str,
        text: &str,
        max_chars: usize,
    ) -> Result<ContentId, Trouble> {
        let text = plain(text);
        if text.is_empty() {
            return Err(Refusal::invalid(field, "is needed").into());
        }
        if text.chars().count() > max_chars {
            return Err(
                Refusal::invalid(field, format!("is longer than {max_chars} characters")).into()
            );
        }
        let id = ContentId(fresh());
        self.prepared.contents.push(NewContent { id, salt: bytes(), body: text });
        Ok(id)
    }

    /// Words that may be missing.
    pub fn opt_words(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        max_chars: usize,
    ) -> Result<Option<ContentId>, Trouble> {
        match text.map(plain).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => self.words(field, &text, max_chars).map(Some),
        }
    }

    /// A title: one line.
    pub fn title(&mut self, text: &str) -> Result<ContentId, Trouble> {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.words("title", &line, limits::TITLE_CHARS)
    }

    /// The command that attaches a file. Unless it is done, the file goes again.
    pub fn attach(&mut self, file: Kept, visibility: Visibility) -> Result<Command, Trouble> {
        let attachment = AttachmentId(fresh());
        let name = self.words("file", &file.name, limits::REASON_CHARS)?;
        if let Some(hash) = file.claim.hash() {
            self.prepared.files.push(NewFile { id: attachment, hash: hash.clone() });
        }
        self.claims.push(file.claim);
        Ok(Command::Attach {
            attachment,
            name,
            size_bytes: file.size_bytes,
            media_type: file.media_type.to_owned(),
            visibility,
        })
    }

    /// An id for a new task.
    pub fn task(&self) -> TaskId {
        TaskId(fresh())
    }

    /// An id for a new outage.
    pub fn outage(&self) -> OutageId {
        OutageId(fresh())
    }

    /// An id for an update that waits to be approved.
    pub fn update(&self) -> UpdateId {
        UpdateId(fresh())
    }

    /// The address of a room that may be missing: a link of a scheme that people meet by.
    ///
    /// # Errors
    /// It is none, or too long.
    pub fn opt_room(
        &mut self,
        field: &'static str,
        text: Option<&str>,
    ) -> Result<Option<ContentId>, Trouble> {
        let Some(address) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        if !is_room(address) {
            let words = "must be an address that begins with https:, tel:, sip: or another by \
                which people meet, without spaces";
            return Err(Refusal::invalid(field, words).into());
        }
        self.words(field, address, ROOM_CHARS).map(Some)
    }

    /// Makes the requester of a report known, a person without a login, as the last
    /// thing before it is issued: a report that will be refused makes nobody known, nor
    /// does one that was recorded before with this key, for which there is `None`.
    pub async fn report_for_somebody_new(
        &self,
        report: &mut Report,
        newcomer: &Newcomer,
    ) -> Result<Option<Person>, Trouble> {
        if self.asked_before().await? {
            return Ok(None);
        }
        let name = newcomer.known_as()?;
        self.rehearse(Report { requester: PersonId(fresh()), ..report.clone() }, &name).await?;
        let actor = self.prepared.actor.clone();
        let person = self.desk.make_known(actor, name, newcomer.email.as_deref()).await?;
        report.requester = person.id;
        Ok(Some(person))
    }

    /// Whether there is an answer to this key already; the writer judges what it is worth.
    async fn asked_before(&self) -> Result<bool, Trouble> {
        let (Some(once), Some(person)) =
            (self.prepared.idempotency.clone(), self.prepared.actor.person_id())
        else {
            return Ok(false);
        };
        self.desk
            .read(move |sql| idempotency::find(sql, person, &once.key).map(|found| found.is_some()))
            .await
    }

    /// Decides a report for a person of this name without recording anything.
    async fn rehearse(&self, report: Report, name: &str) -> Result<(), Trouble> {
        let viewer = self.prepared.viewer.as_ref();
        let other = match report.parent.or(report.follow_up_of) {
            Some(number) => self.desk.read(move |sql| store::incidents::load(sql, number)).await?,
            None => None,
        };
        let other = other.map(|stored| stored.state);
        let facts = PersonFacts { name: name.to_owned(), organisation: None };
        let facts = Facts {
            number: None,
            viewer,
            actor: self.prepared.actor.clone(),
            channel: self.prepared.channel,
            origin: self.prepared.origin,
            happened_at: self.prepared.happened_at,
            batch: self.prepared.batch,
            policy: &self.desk.policy(),
            people: &HashMap::from([(report.requester, facts)]),
            other: other.as_ref(),
            above_other: &[],
            undo: &[],
            timeline: &[],
            turns: &incident::escalation::Turns::new(),
            article: false,
            follow_up: None,
            derived: None,
        };
        decide(None, &Command::Report(Box::new(report)), &facts, self.desk.now())?;
        Ok(())
    }

    /// Decides, records, and answers when it is durable. Boxed, so that not all who issue commands
    /// have their own copy.
    pub fn issue(self, command: Command) -> Issuing<'a> {
        Box::pin(async move {
            let people = self.desk.people_in(&command).await?;
            let erases_a_file = match command {
                Command::Redact { content } => {
                    self.desk.read(move |sql| store::incidents::names_a_file(sql, content)).await?
                }
                _ => false,
            };
            let done = self.desk.0.writer.command(self.prepared, command, people).await?;
            settle(self.claims, &done);
            if erases_a_file {
                self.desk.collect_files_or_say().await;
            }
            Ok(done)
        })
    }

    /// Hands it to the writer and gives a ticket to wait for: for long runs of
    /// commands that need not wait for each other. Order is kept.
    pub async fn submit(self, command: Command) -> Result<Ticket, Trouble> {
        let people = self.desk.people_in(&command).await?;
        let answer = self.desk.0.writer.submit(self.prepared, command, people).await?;
        Ok(Ticket { answer, claims: self.claims })
    }
}

/// Words as they are kept: trimmed, without control characters.
pub fn plain(text: &str) -> String {
    if !may_have_control(text) {
        return text.trim().to_owned();
    }
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    text.replace(control, "").trim().to_owned()
}

/// Looked for among bytes: messages are long, and hardly any has a control character. Those beyond
/// ASCII begin with the last of these, as some others do.
fn may_have_control(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0x7f | 0xc2))
}

/// A command on its way.
pub struct Ticket {
    answer: tokio::sync::oneshot::Receiver<Result<Done, Trouble>>,
    claims: Vec<Claim>,
}

impl Ticket {
    /// Waits until it is durable or refused.
    pub async fn done(self) -> Result<Done, Trouble> {
        let done = self.answer.await.unwrap_or_else(|_| Err(crate::writer::ending()))?;
        settle(self.claims, &done);
        Ok(done)
    }
}

/// What was attached needs no claim any more; what an earlier request had attached
/// already goes.
fn settle(claims: Vec<Claim>, done: &Done) {
    if !done.repeated {
        claims.into_iter().for_each(Claim::used);
    }
}

impl Desk {
    /// The people a command names who are not staff, with what decisions need of them.
    async fn people_in(&self, command: &Command) -> Result<crate::people::Named, Trouble> {
        let ids: Vec<PersonId> = match command {
            Command::Report(report) => vec![report.requester],
            Command::Watch { person: Some(person) } => vec![*person],
            _ => vec![],
        };
        self.people_named(&ids).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_without_control_characters() {
        for (text, kept) in [
            (" a\tb\r\nc ", "a\tb\r\nc"),
            ("\u{1} a\u{0}b\u{b}\u{1f}\u{7f} ", "ab"),
            ("a\u{85}b\u{9f}", "ab"),
            ("\u{a0}5\u{a0}§ 20\u{b0} é\u{a0}", "5\u{a0}§ 20\u{b0} é"),
            ("\n", ""),
            ("", ""),
        ] {
            assert_eq!(plain(text), kept, "{text:?}");
        }
    }

    #[test]
    fn every_control_character_is_looked_for() {
        let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        for c in (char::MIN..='\u{2fff}').filter(control) {
            assert!(may_have_control(&format!("a{c}")), "{c:?}");
        }
        assert!(!may_have_control("Größe 10 €, 印刷できません\r\n\t"));
    }
}
