//! What is done with a message: where it belongs, unless something speaks against it.

use super::known::Known;
use super::round::{Round, Task};
use crate::caps::{self, Window};
use crate::letter::{Automatic, Verdict as Proof};
use crate::thread::{Candidate, Decision, Relation, To, decide};
use desk::Trouble;
use incident::Lifecycle;
use kernel::{IncidentNumber, TeamId, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use store::Sql;
use store::messages::{self, Message, Released, Rule};

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Nothing: it is for nobody.
    Drop,
    /// A person is to decide.
    Aside,
    /// Its sender says something in an incident.
    Comment(Candidate),
    /// The service desk is told of it in an incident, and nothing else changes.
    Note(Candidate),
    /// It becomes an incident.
    Report {
        /// Whether its sender gets answers.
        answered: bool,
    },
    /// It says what became of a letter of ours.
    Bounce,
}

/// What is done, by which rule, and why in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) what: What,
    pub(super) rule: Rule,
    pub(super) reason: String,
    /// The incident that it may belong to.
    pub(super) suggested: Option<IncidentNumber>,
    /// The only team that may see what it becomes: it is about something restricted.
    pub(super) only: Option<TeamId>,
    /// What a human is told about it.
    pub(super) alarm: Option<Full>,
}

/// A cap that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Full {
    /// By what: `address x@y.example`, `domain y.example`, `everything`.
    pub(super) about: String,
    /// What came too often, in words.
    pub(super) words: String,
}

/// What an alarm about all that comes is about.
const EVERYTHING: &str = "everything";
/// Domains that are not counted for each message.
const DOMAINS_MAX: usize = 10_000;

/// What was counted in this round already.
pub(super) struct Counting {
    /// Messages of the round that had become nothing: they are counted here, all others in the
    /// database. Some of them may be older than what was dealt with before, as somebody let them
    /// in, or they failed.
    here: Arc<BTreeSet<i64>>,
    /// The newest message of the round, and when it came.
    newest: (i64, Timestamp),
    made: Mutex<HashMap<String, Vec<Timestamp>>>,
    floods: Mutex<HashMap<String, bool>>,
}

impl Counting {
    /// Nothing of these messages yet; `None` where there are none.
    pub(super) fn of(taken: &[Message]) -> Option<Self> {
        let newest = taken.iter().map(|message| (message.id, message.received_at)).max()?;
        let became_nothing = taken.iter().filter(|message| message.number.is_none());
        let here = Arc::new(became_nothing.map(|message| message.id).collect());
        Some(Counting { here, newest, made: Mutex::default(), floods: Mutex::default() })
    }

    /// The messages that are counted here, and not in the database.
    pub(super) fn here(&self) -> Arc<BTreeSet<i64>> {
        self.here.clone()
    }
}

fn plain(what: What, rule: Rule, reason: impl Into<String>) -> Verdict {
    Verdict { what, rule, reason: reason.into(), suggested: None, only: None, alarm: None }
}

impl Round {
    /// Decides what is done with a message.
    pub(super) async fn verdict(&self, task: &Task, known: &Known) -> Result<Verdict, Trouble> {
        let (message, letter) = (&task.message, &task.letter);
        if message.released.is_none()
            && let Some(verdict) = self.not_for_us(task, known)
        {
            return Ok(verdict);
        }
        if letter.report.is_some() && matches!(message.released, None | Some(Released::Again)) {
            let reason = "it says what became of a letter";
            return Ok(plain(What::Bounce, Rule::Report, reason));
        }
        let Some(from) = task.read.from.clone() else {
            return Ok(plain(What::Aside, Rule::Failed, "it does not say who it is from"));
        };
        let now = message.received_at;
        if message.released.is_none()
            && let Some(full) = self.flood(&from, now).await?
        {
            return Ok(held(full, None));
        }
        let decision = self.decision(task, known, &from).await?;
        match decision.to.clone() {
            To::Incident(candidate) => self.to_incident(task, known, decision, candidate).await,
            To::Aside(number) => {
                let away = letter.automatic == Some(Automatic::OutOfOffice);
                let (what, rule) = match away {
                    true => (What::Drop, Rule::OutOfOffice),
                    false => (What::Aside, decision.rule),
                };
                Ok(Verdict { suggested: number, ..plain(what, rule, decision.reason) })
            }
            To::New(suggested) => {
                let verdict = self.as_new(task, known, &from, decision).await?;
                Ok(Verdict { suggested: verdict.suggested.or(suggested), ..verdict })
            }
        }
    }

    /// Our own letters that came back, and what was dealt with before.
    fn not_for_us(&self, task: &Task, known: &Known) -> Option<Verdict> {
        let letter = &task.letter;
        if let Some(own) = letter.message_id.as_deref().and_then(|id| self.seals.own_message(id)) {
            let reason = "it is a letter of ours that came back";
            let suggested = Some(own.number).filter(|number| number.0 > 0);
            return Some(Verdict { suggested, ..plain(What::Drop, Rule::OwnLetter, reason) });
        }
        if let Some(earlier) = &known.earlier {
            let number = earlier.number;
            let reason = format!("the same message came in before and is in {number}");
            let suggested = Some(number);
            return Some(Verdict { suggested, ..plain(What::Drop, Rule::Duplicate, reason) });
        }
        let from = task.read.from.as_ref().filter(|from| self.is_ours(from))?;
        Some(match letter.automatic.is_some() {
            true => plain(What::Drop, Rule::OwnLetter, format!("it is from {from}, which is ours")),
            false => {
                let reason = format!("it says that it is from {from}, which is ours");
                plain(What::Aside, Rule::Loop, reason)
            }
        })
    }

    /// Where it belongs; a person's word comes first.
    async fn decision(&self, task: &Task, known: &Known, from: &str) -> Result<Decision, Trouble> {
        let by_a_person = |to, reason| Decision { rule: Rule::Person, to, reason };
        match (task.message.released, task.message.suggested) {
            (Some(Released::AsNew), _) => {
                Ok(by_a_person(To::New(None), "somebody let it in as new".to_owned()))
            }
            (Some(Released::Into), Some(number)) => {
                let found = self.candidate(number, known, from).await?;
                let reason = format!("somebody let it into {number}");
                Ok(by_a_person(found.map_or(To::New(None), To::Incident), reason))
            }
            _ => Ok(decide(&task.signs, &known.found, task.letter.authentication.dmarc)),
        }
    }

    /// To an incident, as a word of its sender or as a note.
    async fn to_incident(
        &self,
        task: &Task,
        known: &Known,
        decision: Decision,
        candidate: Candidate,
    ) -> Result<Verdict, Trouble> {
        let (message, letter) = (&task.message, &task.letter);
        let from = task.read.from.as_deref().unwrap_or_default();
        let Decision { rule, reason, .. } = decision;
        let released = message.released.is_some();
        if !released && let Some(full) = self.too_often_in(&candidate, from, message).await? {
            return Ok(held(full, Some(candidate.number)));
        }
        let away = letter.automatic == Some(Automatic::OutOfOffice);
        let unheard = letter.automatic.is_some() || candidate.relation == Relation::Stranger;
        let over = matches!(candidate.lifecycle, Lifecycle::Closed | Lifecycle::Cancelled);
        if over && unheard && !away && !released {
            // A note there would be read by nobody.
            let number = candidate.number;
            let reason = format!("{reason}; {number} is over, so it became a new one");
            let decision = Decision { rule, to: To::New(None), reason };
            let verdict = self.as_new(task, known, from, decision).await?;
            let only = candidate.confidential_to;
            return Ok(Verdict { suggested: verdict.suggested.or(Some(number)), only, ..verdict });
        }
        if let Some(automatic) = &letter.automatic {
            let rule = match automatic {
                Automatic::OutOfOffice => Rule::OutOfOffice,
                _ => rule,
            };
            return Ok(plain(What::Note(candidate), rule, format!("{reason}; {}", why(automatic))));
        }
        Ok(match candidate.relation {
            Relation::Staff => {
                let works = known.viewer.as_ref().is_some_and(incident::Viewer::works);
                match works && letter.authentication.dmarc == Proof::Pass {
                    true => plain(What::Comment(candidate), rule, reason),
                    false => {
                        let reason = format!(
                            "{reason}, which is not proven (no DMARC), so it is for the service desk only"
                        );
                        plain(What::Note(candidate), rule, reason)
                    }
                }
            }
            Relation::Stranger if !released => {
                let reason =
                    format!("{reason}, who does not take part, so it is for the service desk only");
                plain(What::Note(candidate), rule, reason)
            }
            _ => plain(What::Comment(candidate), rule, reason),
        })
    }

    /// A new incident, unless nobody waits for one.
    async fn as_new(
        &self,
        task: &Task,
        known: &Known,
        from: &str,
        decision: Decision,
    ) -> Result<Verdict, Trouble> {
        let (message, letter) = (&task.message, &task.letter);
        let Decision { rule, reason, .. } = decision;
        let released = message.released.is_some();
        match &letter.automatic {
            Some(Automatic::OutOfOffice) if !released => {
                let reason = format!("somebody is away, and {reason}");
                Ok(plain(What::Drop, Rule::OutOfOffice, reason))
            }
            Some(automatic) => {
                let full = self.too_many_from(from, known, task);
                if let Some(full) = full.filter(|_| !released) {
                    return Ok(held(full, None));
                }
                let reason = format!("{reason}; {}, so it is not answered", why(automatic));
                Ok(plain(What::Report { answered: false }, rule, reason))
            }
            None => {
                let full = self.too_many_from(from, known, task);
                let full = match full {
                    Some(full) if !released && self.is_answered_as_often(from, message).await? => {
                        full
                    }
                    _ => return Ok(plain(What::Report { answered: true }, rule, reason)),
                };
                let reason = format!("{reason}; {}, so it is not answered", full.words);
                let verdict = plain(What::Report { answered: false }, Rule::Loop, reason);
                Ok(Verdict { alarm: Some(full), ..verdict })
            }
        }
    }

    /// Whether everything that comes, or what comes of one domain, is more than people write.
    pub(super) async fn flood(&self, from: &str, now: Timestamp) -> Result<Option<Full>, Trouble> {
        let full = |about: String, window: Window| {
            let words = format!("more than {window} messages came");
            Ok(Some(Full { about, words }))
        };
        if let Some((_, domain)) = from.rsplit_once('@')
            && self.domain_is_full(domain, now).await?
        {
            return full(format!("domain {domain}"), caps::DOMAIN);
        }
        match self.everything_is_full().await? {
            true => full(EVERYTHING.to_owned(), caps::EVERYTHING),
            false => Ok(None),
        }
    }

    /// Looked at once a round, where its newest message is.
    async fn everything_is_full(&self) -> Result<bool, Trouble> {
        let known = lock(&self.counting.floods).get(EVERYTHING).copied();
        if let Some(full) = known {
            return Ok(full);
        }
        let ((newest, at), window) = (self.counting.newest, caps::EVERYTHING);
        let since = at.plus_seconds(-window.minutes * 60);
        let came = move |sql: &mut dyn Sql| messages::came_within(sql, newest, window.count, since);
        let full = self.desk.read(came).await?;
        lock(&self.counting.floods).insert(EVERYTHING.to_owned(), full);
        Ok(full)
    }

    /// Counting a lot takes long: it is counted again once a part of what is left may have come.
    async fn domain_is_full(&self, domain: &str, now: Timestamp) -> Result<bool, Trouble> {
        if let Some(left) = lock(&self.worker.spared).get_mut(domain).filter(|left| **left > 0) {
            *left -= 1;
            return Ok(false);
        }
        let about = format!("domain {domain}");
        if lock(&self.counting.floods).contains_key(&about) {
            return Ok(true);
        }
        let (window, name) = (caps::DOMAIN, domain.to_owned());
        let since = now.plus_seconds(-window.minutes * 60);
        let count =
            move |sql: &mut dyn Sql| messages::counted(sql, &name, (since, now), window.count);
        let counted = self.desk.read(count).await?;
        if counted >= window.count {
            lock(&self.counting.floods).insert(about, true);
            return Ok(true);
        }
        let mut spared = lock(&self.worker.spared);
        if spared.len() >= DOMAINS_MAX {
            spared.clear();
        }
        // Other nodes take some, too.
        spared.insert(domain.to_owned(), (window.count - counted) / 8);
        Ok(false)
    }

    /// Whether this address writes to this incident too often, or reopens it too often.
    async fn too_often_in(
        &self,
        candidate: &Candidate,
        from: &str,
        message: &Message,
    ) -> Result<Option<Full>, Trouble> {
        let (number, now, address) = (candidate.number, message.received_at, from.to_owned());
        let since = now.plus_seconds(-caps::reach(&caps::PER_INCIDENT));
        let most = caps::most(&caps::PER_INCIDENT);
        let times = self
            .desk
            .read(move |sql| messages::times_in(sql, number, &address, (since, now), most))
            .await?;
        let about = format!("address {from}");
        if let Some(window) = caps::full(&caps::PER_INCIDENT, &times, now) {
            let words = format!("more than {window} messages came from {from} to {number}");
            return Ok(Some(Full { about, words }));
        }
        let window = caps::REOPENINGS;
        if reopens(candidate) {
            let since = now.plus_seconds(-window.minutes * 60);
            if self.reopenings(number, since).await? >= window.count {
                let words = format!("mail reopened {number} more often than {window}");
                return Ok(Some(Full { about, words }));
            }
        }
        Ok(None)
    }

    /// Whether this address makes too many incidents, an empty one where messages name none; counts
    /// this one.
    pub(super) fn too_many_from(&self, from: &str, known: &Known, task: &Task) -> Option<Full> {
        let (automatic, now) = (task.read.automatic, task.message.received_at);
        let mut times = {
            let mut made = lock(&self.counting.made);
            let of_round = made.entry(format!("{automatic} {from}")).or_default();
            let so_far = of_round.clone();
            of_round.push(now);
            so_far
        };
        times.extend(&known.made);
        times.sort_unstable_by(|a, b| b.cmp(a));
        let full = caps::full(caps::new_incidents(automatic), &times, now);
        let (about, whence) = match from {
            "" => ("messages without a sender".to_owned(), "without a sender".to_owned()),
            from => (format!("address {from}"), format!("from {from}")),
        };
        full.map(|window| {
            let words = format!("more than {window} new messages came {whence}");
            Full { about, words }
        })
    }

    /// Whether as many letters go to this address as come from it.
    pub(super) async fn is_answered_as_often(
        &self,
        from: &str,
        message: &Message,
    ) -> Result<bool, Trouble> {
        let (address, now) = (from.to_owned(), message.received_at);
        let since = now.plus_seconds(-caps::reach(&caps::ANSWERED));
        let most = caps::most(&caps::ANSWERED);
        let sent =
            self.desk.read(move |sql| messages::letters_to(sql, &address, since, most)).await?;
        Ok(caps::full(&caps::ANSWERED, &sent, now).is_some())
    }
}

/// Whether a word of its sender takes the incident up again.
pub(super) fn reopens(candidate: &Candidate) -> bool {
    candidate.relation == Relation::Requester && candidate.lifecycle == Lifecycle::Resolved
}

/// Kept aside, and somebody is told.
fn held(full: Full, suggested: Option<IncidentNumber>) -> Verdict {
    let reason = format!("{}: it looks like a loop", full.words);
    Verdict { suggested, alarm: Some(full), ..plain(What::Aside, Rule::Loop, reason) }
}

fn why(automatic: &Automatic) -> String {
    match automatic {
        Automatic::OutOfOffice => "somebody is away".to_owned(),
        Automatic::Bulk => "it was sent to many".to_owned(),
        Automatic::Report => "a mail server sent it".to_owned(),
        Automatic::Other(sign) => format!("a program sent it ({sign})"),
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
