//! A page as whoever sends, reads or answers it may know it. Read when it is needed, so that
//! words that were taken away meanwhile are not told, and nobody is told what is over.

use crate::{Desk, Trouble};
use incident::conduct::Answer as CallAnswer;
use incident::escalation::Stop;
use incident::permissions::{Access, Subject};
use incident::reach::PageChannel;
use incident::{Command, Policy, Refusal, RefusalKind, Scope, State, TokenScope, Viewer};
use kernel::{Channel, IncidentNumber, PageId, PersonId, Timestamp, limits, words};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use store::directory::{Person, people};
use store::incidents::timeline::contents_by_id;
use store::messages::Step;
use store::pages::send::{self, Page, PageState};
use store::{Failure, Sql};

/// For how long a page can be answered from its message without signing in. By then either
/// somebody has it, or whoever is next was paged.
pub const ANSWERABLE_SECONDS: i64 = 1_800;
/// Characters of a title that are said by telephone: nobody listens for longer.
const SPOKEN_CHARS: usize = 120;
/// Pages of an incident that are looked at to say who else was paged.
const OTHERS_ROWS: i64 = 100;

/// Wrong codes that may come from one number: of ten thousand, five are nothing.
const WRONG_CODES_MAX: usize = 5;
/// Seconds for which wrong codes count.
const WRONG_CODES_SECONDS: i64 = 3_600;

/// When wrong codes came, by the number they came from. Only numbers that are paged are known.
#[derive(Default)]
pub(crate) struct WrongCodes(Mutex<HashMap<String, Vec<Timestamp>>>);

impl WrongCodes {
    /// Whether anybody is heard from this number; a code that is wrong counts.
    fn hears(&self, from: &str, is_right: bool, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.plus_seconds(-WRONG_CODES_SECONDS);
        all.retain(|_, wrong| {
            wrong.retain(|at| *at > since && *at <= now);
            !wrong.is_empty()
        });
        let many = all.get(from).is_some_and(|wrong| wrong.len() >= WRONG_CODES_MAX);
        if !many && !is_right {
            all.entry(from.to_owned()).or_default().push(now);
        }
        !many
    }
}

words! {
    /// What somebody who is paged says to it.
    Answer {
        /// I have it.
        Acknowledge = "acknowledge",
        /// Page the next one now, I stay on it.
        Escalate = "escalate",
        /// I cannot; page the next one now.
        Decline = "decline",
        /// I come, to a major incident that I was called to.
        Coming = "coming",
        /// I cannot come to it.
        CannotCome = "cannot_come",
    }
}

impl Answer {
    /// The command that says so.
    pub fn command(self) -> Command {
        match self {
            Answer::Acknowledge => Command::Acknowledge,
            Answer::Escalate => Command::EscalatePage,
            Answer::Decline => Command::DeclinePage { note: None },
            Answer::Coming => Command::AnswerCall { coming: true, note: None },
            Answer::CannotCome => Command::AnswerCall { coming: false, note: None },
        }
    }
}

/// A page with what it is about.
#[derive(Debug, Clone)]
pub struct Paged {
    /// The page.
    pub page: Page,
    /// Whom it is for.
    pub person: Person,
    /// With what rights they read it.
    pub viewer: Viewer,
    /// How the incident stands.
    pub state: State,
    /// What is not working; `None` when the words were taken away.
    pub title: Option<String>,
    /// Who else was paged about it since paging began, by name.
    pub others: Vec<String>,
}

impl Paged {
    /// Why nobody needs it any more, if that is so.
    pub fn is_over(&self) -> Option<&'static str> {
        let (state, page) = (&self.state, &self.page);
        if !state.lifecycle.is_open() {
            return Some("the incident is over");
        }
        if page.state == PageState::CalledOff {
            return Some("it was called off");
        }
        if self.is_called() {
            // Whoever has it did not say whether they come.
            return None;
        }
        let (at, why) = settled(state)?;
        (at >= page.created_at).then_some(why)
    }

    /// Whether they were called to a major incident, and have not said whether they come.
    pub fn is_called(&self) -> bool {
        let conduct = self.state.conduct.as_deref().filter(|_| self.state.major);
        let asked = |responder: &incident::conduct::Responder| {
            responder.person == self.person.id && responder.answer == CallAnswer::Asked
        };
        self.state.lifecycle.is_open()
            && conduct.is_some_and(|conduct| conduct.responders.iter().any(asked))
    }

    /// Whether this answer was refused to somebody who learns: nobody waits for them, so that they
    /// leave, and no more of this page is sent to them.
    pub fn leaves(&self, answer: Answer, refusal: &Refusal) -> bool {
        self.page.learns && answer == Answer::Decline && refusal.kind == RefusalKind::State
    }

    /// Whether only one team may read it, so that its title is not said where others listen.
    pub fn is_restricted(&self) -> bool {
        self.state.confidential_to.is_some()
    }

    /// As it is said by telephone.
    pub fn spoken(&self, policy: &Policy) -> String {
        let title = match self.is_restricted() {
            true => "It is restricted",
            false => self.title.as_deref().unwrap_or("The title was removed"),
        };
        let title: String = title.chars().take(SPOKEN_CHARS).collect();
        let service = self.state.service.and_then(|id| policy.services.get(&id));
        let service = service.map_or(String::new(), |found| format!(" Service {}.", found.name));
        let (number, priority) =
            (self.page.number.0, self.state.priority.to_string().replace('P', "P "));
        format!(
            "This is Evenkeel. You are paged about incident {number}, {priority}. {title}.{service}"
        )
    }

    /// When the next word about it was due, if it did not come: whoever is paged sees to it.
    pub fn word_was_due(&self) -> Option<Timestamp> {
        self.state.conduct.as_deref()?.communication.overdue_since
    }

    /// Until when it can be answered without signing in.
    pub fn answerable_until(&self) -> Timestamp {
        let at = self.page.sent_at.unwrap_or(self.page.due_at);
        at.plus_seconds(ANSWERABLE_SECONDS)
    }
}

/// Since when nobody is waited for any more, and why.
fn settled(state: &State) -> Option<(Timestamp, &'static str)> {
    let taken = |at: Timestamp| (at, "somebody has it");
    let Some(course) = &state.paging else { return state.moments.acknowledged.map(taken) };
    match course.ended {
        _ if course.is_going() => None,
        Some(end) => Some(match end.why {
            Stop::Given => (end.at, "another team has it"),
            Stop::Merged => (end.at, "it is part of another incident"),
            Stop::Muted => (end.at, "its alerts page nobody now"),
            _ => taken(end.at),
        }),
        None => course.acknowledged_at.map(taken),
    }
}

/// What the page with this id is about.
fn read(sql: &mut dyn Sql, id: PageId) -> Result<Option<(Page, Person, State, Told)>, Failure> {
    let Some(page) = send::get(sql, id)? else { return Ok(None) };
    let person = people::get(sql, page.person)?;
    let stored = store::incidents::load(sql, page.number)?;
    let Some((person, stored)) = person.zip(stored) else { return Ok(None) };
    let title = contents_by_id(sql, &[stored.state.title])?;
    let title = title.into_values().next().and_then(|found| found.body);
    let pages = send::since(sql, page.number, page.n, OTHERS_ROWS)?;
    let others: BTreeSet<PersonId> = pages.iter().map(|page| page.person).collect();
    let others: Vec<PersonId> = others.into_iter().filter(|other| *other != person.id).collect();
    let mut others: Vec<String> = people::names(sql, &others)?.into_values().collect();
    others.sort();
    Ok(Some((page, person, stored.state, Told { title, others })))
}

struct Told {
    title: Option<String>,
    others: Vec<String>,
}

impl Desk {
    /// A page with what it is about; `None` where there is none, its person is not with us any
    /// more, or may not see the incident any more.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn paged(&self, id: PageId) -> Result<Option<Paged>, Trouble> {
        let Some((page, person, state, told)) = self.read(move |sql| read(sql, id)).await? else {
            return Ok(None);
        };
        let viewer = self.viewer(&person, TokenScope::Write);
        let access = Scope::of(&viewer).access(&Subject::from(&state));
        if !person.active || access != Access::Full {
            return Ok(None);
        }
        let Told { title, others } = told;
        Ok(Some(Paged { page, person, viewer, state, title, others }))
    }

    /// Says it as the person who was paged, from the message that paged them. Who says that they
    /// have what somebody has already has answered all the same.
    ///
    /// # Errors
    ///
    /// The incident refuses it as it stands; the database does not answer.
    pub async fn answer_page(&self, paged: &Paged, answer: Answer) -> Result<(), Trouble> {
        let (number, person) = (paged.page.number, paged.page.person);
        let ask = self.ask(&paged.viewer, channel(paged.page.channel)).on(number);
        match ask.issue(answer.command()).await {
            Ok(_) => {}
            Err(Trouble::Refused(refusal))
                if paged.is_called() && refusal.kind == RefusalKind::State =>
            {
                // Somebody else has it; that they come, or do not, is news all the same.
                let call = match answer {
                    Answer::Acknowledge => Answer::Coming,
                    Answer::Decline => Answer::CannotCome,
                    _ => return Err(refusal.into()),
                };
                let ask = self.ask(&paged.viewer, channel(paged.page.channel)).on(number);
                ask.issue(call.command()).await?;
            }
            Err(Trouble::Refused(refusal))
                if answer == Answer::Acknowledge && refusal.kind == RefusalKind::State => {}
            Err(Trouble::Refused(refusal)) if paged.leaves(answer, &refusal) => {}
            Err(trouble) => return Err(trouble),
        }
        self.page_answered(number, person).await
    }

    /// The same by a letter, once for its step. Whoever cannot may say why.
    ///
    /// # Errors
    ///
    /// As [`Desk::answer_page`]; [`crate::MESSAGE_DONE`] when the step was done before. What is
    /// refused to whoever [leaves](Paged::leaves) is answered all the same.
    pub async fn answer_page_by_mail(
        &self,
        paged: &Paged,
        (answer, note): (Answer, Option<&str>),
        step: Step,
    ) -> Result<(), Trouble> {
        let (number, person) = (paged.page.number, paged.page.person);
        let mut ask = self.ask(&paged.viewer, Channel::Email).on(number).for_message(step);
        let command = match answer {
            Answer::Decline => {
                let note = ask.opt_words("note", note, limits::REASON_CHARS)?;
                Command::DeclinePage { note }
            }
            other => other.command(),
        };
        match ask.issue(command).await {
            Ok(_) => self.page_answered(number, person).await,
            Err(Trouble::Refused(refusal)) if paged.leaves(answer, &refusal) => {
                self.page_answered(number, person).await?;
                Err(refusal.into())
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Resolves the incident as the person who was paged, from the message that paged them.
    ///
    /// # Errors
    ///
    /// The incident refuses it as it stands; words are missing or too long.
    pub async fn resolve_page(&self, paged: &Paged, code: &str, note: &str) -> Result<(), Trouble> {
        let (number, person) = (paged.page.number, paged.page.person);
        let version = Some(i64::from(paged.state.version));
        let ask = self.ask(&paged.viewer, channel(paged.page.channel));
        let mut ask = ask.on(number).expecting(version);
        let note = ask.words("note", note, limits::BODY_CHARS)?;
        let command = Command::Resolve {
            code: code.to_owned(),
            note,
            cause: None,
            known_error: None,
            children: false,
        };
        ask.issue(command).await?;
        self.page_answered(number, person).await
    }

    /// Somebody acted on what they were paged about.
    async fn page_answered(&self, number: IncidentNumber, person: PersonId) -> Result<(), Trouble> {
        let now = self.now();
        self.write(move |sql| Ok(send::answered(sql, number, person, now)?)).await
    }

    /// The newest page that was sent to this number and that this code names. The code is always
    /// demanded, since senders can be forged; who says wrong ones is not heard for a while.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn page_by_code(
        &self,
        number: &str,
        code: Option<&str>,
    ) -> Result<Option<PageId>, Trouble> {
        let since = self.now().plus_seconds(-ANSWERABLE_SECONDS);
        let from = number.to_owned();
        let read = move |sql: &mut dyn Sql| send::unanswered(sql, PageChannel::Sms, &from, since);
        let pages = self.read(read).await?;
        let (Some(code), false) = (code, pages.is_empty()) else { return Ok(None) };
        let seals = self.seals().await?;
        let named = pages.iter().find(|page| seals.page_code(page.id) == code);
        if !self.0.wrong_codes.hears(number, named.is_some(), self.now()) {
            tracing::warn!("too many wrong codes came from a number; it is not heard for an hour");
            return Ok(None);
        }
        Ok(named.map(|page| page.id))
    }

    /// A provider says what became of a page that it took: it arrived, or why not. Then the next
    /// way is used, as after any attempt that failed.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn page_receipt(&self, id: PageId, came: Result<(), String>) -> Result<(), Trouble> {
        let now = self.now();
        let lost = self
            .write(move |sql| {
                let error = match came {
                    Ok(()) => {
                        send::received(sql, id, now)?;
                        return Ok(None);
                    }
                    Err(error) => error,
                };
                let page = send::get(sql, id)?.filter(|page| page.state == PageState::Sent);
                let Some(page) = page else { return Ok(None) };
                let fell = send::failed(sql, &page, &send::Wrong::Ever(error.clone()), now)?;
                Ok(Some((page, error, fell)))
            })
            .await?;
        let Some((page, error, fell)) = lost else { return Ok(()) };
        let (number, channel) = (page.number, page.channel);
        self.metrics().pages_failed.inc();
        tracing::warn!(page = %id, %number, %channel, error, falls_through = fell.to.is_some(), "a page did not arrive");
        if fell.reached_nobody {
            self.metrics().pages_reached_nobody.inc();
            tracing::error!(page = %id, %number, "no way to a person who was paged is left");
        }
        Ok(())
    }
}

/// By what an answer to a page comes in.
fn channel(of: PageChannel) -> Channel {
    match of {
        PageChannel::Email => Channel::Email,
        PageChannel::Sms | PageChannel::Voice => Channel::Phone,
        PageChannel::WebPush | PageChannel::Ntfy => Channel::Web,
        PageChannel::Telegram
        | PageChannel::Slack
        | PageChannel::Mattermost
        | PageChannel::Teams => Channel::Chat,
    }
}
