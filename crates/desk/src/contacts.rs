//! How people are reached: adding ways, showing by a code that they reach them, and which way
//! after how long. Codes and tests leave through the very channel that they are about.

use crate::chance::bytes;
use crate::webhooks::Unreachable;
use crate::{Desk, Trouble, fresh, secret_hash};
use incident::reach::{METHODS_MAX, PageChannel, RULE_MINUTES_MAX, RULES_MAX, ReachRule};
use incident::{Refusal, Viewer};
use kernel::{Actor, ContactId, Outward, PersonId, Role, Timestamp, limits};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use store::directory::contacts::{self, Allowance, Contact, Said};
use store::{Failure, Sql};

/// What it is called in the audit.
pub const SUBJECT: &str = "contact method";
/// For how long a code can be said: long enough to find the phone.
const CODE_SECONDS: i64 = 900;
/// Wrong codes that may be said: of a million, five are nothing.
const TRIES_MAX: i64 = 5;
/// Messages sent by hand to one way: some may be lost on the way, more are a nuisance.
const TO_ONE: Allowance = Allowance { messages: 5, seconds: 3_600 };
/// The same for all that one person has sent, ways that are gone included: messages cost money.
const BY_ONE: Allowance = Allowance { messages: 15, seconds: 3_600 };
/// Digits of a telephone number after the plus (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Characters of a topic of ntfy.
const TOPIC_CHARS: usize = 64;
/// Characters of an address of a chat.
const CHAT_CHARS: usize = 33;
/// Characters at the end of an address by which its person knows it again; what is hardly longer
/// is not told at all.
const TRACED_CHARS: usize = 4;
/// Bytes of an address of e-mail (RFC 5321).
const EMAIL_BYTES: usize = 254;

/// What is sent to show that a way reaches somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// These digits, to be typed in.
    Code(String),
    /// A page that is none.
    Test,
}

/// Whether a note is on its way, or why not.
pub type Noted<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Who sends notes: the room that also sends pages.
pub trait Messenger: Send + Sync {
    /// The channels that this instance can send by.
    fn channels(&self) -> Vec<PageChannel>;

    /// Sends a note by a channel, within the time that it has.
    fn note<'a>(&'a self, contact: &'a Contact, note: Note) -> Noted<'a>;
}

/// A way as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// By what.
    pub channel: PageChannel,
    /// Where.
    pub address: String,
    /// How its person calls it.
    pub label: String,
}

/// A way as the audit keeps it, for ever and for all who read it: not where it leads.
#[derive(Serialize)]
pub(crate) struct Traced<'a> {
    person: PersonId,
    channel: PageChannel,
    label: &'a str,
    ends_with: String,
    verified_at: Option<Timestamp>,
}

impl<'a> Traced<'a> {
    pub(crate) fn of(contact: &'a Contact) -> Self {
        let Contact { person, channel, label, address, verified_at, .. } = contact;
        let before = address.chars().count().saturating_sub(TRACED_CHARS);
        let ends_with = address.chars().skip(before.max(TRACED_CHARS)).collect();
        let (person, channel, verified_at) = (*person, *channel, *verified_at);
        Traced { person, channel, label, ends_with, verified_at }
    }
}

/// When people had something sent by hand.
#[derive(Default)]
pub(crate) struct ByHand(Mutex<HashMap<PersonId, Vec<Timestamp>>>);

impl ByHand {
    /// Counts one more; `false` when there were too many lately.
    fn count(&self, person: PersonId, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.plus_seconds(-BY_ONE.seconds);
        all.retain(|_, sent| {
            sent.retain(|at| *at > since && *at <= now);
            !sent.is_empty()
        });
        let sent = all.entry(person).or_default();
        let room = (sent.len() as i64) < BY_ONE.messages;
        if room {
            sent.push(now);
        }
        room
    }
}

impl Desk {
    /// Says once who sends notes, as long as they do.
    pub fn use_messenger(&self, messenger: &Arc<dyn Messenger>) {
        // Whoever says it twice said it already. They know the desk, so it must not hold them.
        let _ = self.0.messenger.set(Arc::downgrade(messenger));
    }

    fn messenger(&self) -> Option<Arc<dyn Messenger>> {
        self.0.messenger.get().and_then(std::sync::Weak::upgrade)
    }

    /// The channels that this instance can send by.
    pub fn page_channels(&self) -> Vec<PageChannel> {
        self.messenger().map(|messenger| messenger.channels()).unwrap_or_default()
    }

    /// Adds a way and sends its code there. What stands against sending comes with it: the way
    /// is kept, and the code can be asked for again.
    ///
    /// # Errors
    ///
    /// A field that breaks a rule; somebody else's ways; a way that is there.
    pub async fn add_contact(
        &self,
        viewer: &Viewer,
        person: PersonId,
        draft: Draft,
    ) -> Result<(Contact, Option<String>), Trouble> {
        may_change(viewer, person)?;
        if !self.page_channels().contains(&draft.channel) {
            let words = "is not set up here; an administrator does that in the configuration";
            return Err(invalid("channel", words));
        }
        let address = self.place(draft.channel, &draft.address).await?;
        let label: String = draft.label.trim().chars().take(limits::NAME_CHARS).collect();
        let (id, channel) = (ContactId(fresh()), draft.channel);
        let contact = self
            .change(actor(viewer), move |sql, audit| {
                let others = contacts::of_person(sql, person)?;
                if others.len() >= METHODS_MAX {
                    let words = format!("is one too many: there are {METHODS_MAX}; remove one");
                    return Err(invalid("address", words));
                }
                if others.iter().any(|other| other.channel == channel && other.address == address) {
                    return Err(invalid("address", "is there already"));
                }
                if store::directory::people::get(sql, person)?.is_none() {
                    return Err(missing());
                }
                let contact = Contact {
                    id,
                    person,
                    channel,
                    address,
                    label,
                    created_at: audit.now(),
                    verified_at: None,
                    sent_at: None,
                    proved_at: None,
                    failing_since: None,
                    error: None,
                };
                contacts::insert(sql, &contact)?;
                audit.created(sql, SUBJECT, id, &Traced::of(&contact))?;
                Ok(contact)
            })
            .await?;
        let wrong = match self.send_code(viewer, id).await {
            Ok(()) => None,
            Err(Trouble::Refused(refusal)) => Some(refusal.message),
            Err(trouble) => return Err(trouble),
        };
        Ok((contact, wrong))
    }

    /// Sends a code to a way; one that was sent before is worth nothing any more.
    ///
    /// # Errors
    ///
    /// It could not be sent, with the reason; too many were sent lately; it is verified.
    pub async fn send_code(&self, viewer: &Viewer, id: ContactId) -> Result<(), Trouble> {
        let contact = self.own_contact(viewer, id).await?;
        if contact.verified_at.is_some() {
            return Err(
                Refusal::state("verified", "it is known already that it reaches you").into()
            );
        }
        let code = code();
        let hash = hash(id, &code);
        let until = self.now().plus_seconds(CODE_SECONDS);
        let expect = move |sql: &mut dyn Sql| contacts::expect_code(sql, id, &hash, until);
        self.send_note(viewer, &contact, Note::Code(code), expect).await
    }

    /// Sends a page that is none to a verified way: whether somebody can be reached.
    ///
    /// # Errors
    ///
    /// It could not be sent, with the reason; too many were sent lately; it is not verified.
    pub async fn test_contact(&self, viewer: &Viewer, id: ContactId) -> Result<(), Trouble> {
        let contact = self.own_contact(viewer, id).await?;
        if contact.verified_at.is_none() {
            return Err(Refusal::state("not_verified", "say its code first").into());
        }
        self.send_note(viewer, &contact, Note::Test, |_| Ok(())).await
    }

    /// Says the code that came by a way: it is used from now on.
    ///
    /// # Errors
    ///
    /// Another code, with the tries that are left; none that can be said.
    pub async fn verify_contact(
        &self,
        viewer: &Viewer,
        id: ContactId,
        code: &str,
    ) -> Result<Contact, Trouble> {
        let contact = self.own_contact(viewer, id).await?;
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let hash = hash(id, &digits);
        // A wrong try is a change, too: it counts, so it must not be taken back.
        let said = self
            .change(actor(viewer), move |sql, audit| {
                let said = contacts::say_code(sql, id, &hash, audit.now(), TRIES_MAX)?;
                if said == Said::Right {
                    let after = contacts::get(sql, id)?;
                    let after = after.as_ref().map(Traced::of);
                    audit.changed(sql, SUBJECT, id, &Traced::of(&contact), &after)?;
                }
                Ok(said)
            })
            .await?;
        match said {
            Said::Right => self.own_contact(viewer, id).await,
            Said::Wrong(left) => Err(invalid("code", wrong_words(left))),
            Said::Over => Err(invalid("code", "cannot be said any more; ask for another one")),
        }
    }

    /// Removes a way, with the rules that name it.
    ///
    /// # Errors
    ///
    /// There is none, or it is somebody else's.
    pub async fn remove_contact(&self, viewer: &Viewer, id: ContactId) -> Result<(), Trouble> {
        let contact = self.own_contact(viewer, id).await?;
        self.change(actor(viewer), move |sql, audit| {
            contacts::delete(sql, id)?;
            Ok(audit.deleted(sql, SUBJECT, id, &Traced::of(&contact))?)
        })
        .await
    }

    /// Says which way of somebody is used after how long; these and only these.
    ///
    /// # Errors
    ///
    /// A rule that names no way of theirs, comes too late, or is one too many.
    pub async fn set_reach_rules(
        &self,
        viewer: &Viewer,
        person: PersonId,
        rules: Vec<ReachRule>,
    ) -> Result<(), Trouble> {
        may_change(viewer, person)?;
        let rules: BTreeSet<ReachRule> = rules.into_iter().collect();
        if rules.len() > RULES_MAX {
            return Err(invalid("rules", format!("may be {RULES_MAX} at most")));
        }
        if rules.iter().any(|rule| rule.after_minutes > RULE_MINUTES_MAX) {
            let words = format!("let nobody wait longer than {RULE_MINUTES_MAX} minutes");
            return Err(invalid("rules", words));
        }
        let rules: Vec<ReachRule> = rules.into_iter().collect();
        self.change(actor(viewer), move |sql, audit| {
            let own = contacts::of_person(sql, person)?;
            let is_own = |rule: &ReachRule| own.iter().any(|contact| contact.id == rule.contact);
            if !rules.iter().all(is_own) {
                return Err(invalid("rules", "name a way that is not there"));
            }
            let before = contacts::rules(sql, person)?;
            contacts::put_rules(sql, person, &rules)?;
            Ok(audit.changed(sql, "contact rules", person, &before, &rules)?)
        })
        .await
    }

    /// The ways of somebody, and which of them after how long.
    ///
    /// # Errors
    ///
    /// They are somebody else's and no administrator asks.
    pub async fn contacts(
        &self,
        viewer: &Viewer,
        person: PersonId,
    ) -> Result<(Vec<Contact>, Vec<ReachRule>), Trouble> {
        may_change(viewer, person)?;
        self.read(move |sql| Ok((contacts::of_person(sql, person)?, contacts::rules(sql, person)?)))
            .await
    }

    async fn own_contact(&self, viewer: &Viewer, id: ContactId) -> Result<Contact, Trouble> {
        let found = self.read(move |sql| contacts::get(sql, id)).await?;
        // Whose it is decides, not that there is one.
        found.filter(|contact| may_change(viewer, contact.person).is_ok()).ok_or_else(missing)
    }

    /// Sends a note where that may be; what came of it is kept with the way.
    async fn send_note(
        &self,
        viewer: &Viewer,
        contact: &Contact,
        note: Note,
        prepare: impl FnOnce(&mut dyn Sql) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Trouble> {
        let (id, now) = (contact.id, self.now());
        let Some(messenger) = self.messenger() else {
            return Err(Refusal::state("not_sent", "nothing can be sent from here").into());
        };
        let too_many = || Refusal::limit("too many were sent lately; try again in an hour").into();
        if !self.0.sent_by_hand.count(viewer.person, now) {
            return Err(too_many());
        }
        let counted = self
            .write(move |sql| {
                let counted = contacts::count_message(sql, id, now, TO_ONE)?;
                if counted {
                    prepare(sql)?;
                }
                Ok(counted)
            })
            .await?;
        if !counted {
            return Err(too_many());
        }
        let is_test = note == Note::Test;
        let sent = messenger.note(contact, note).await;
        let (error, now) = (sent.err(), self.now());
        let kept = error.clone();
        self.write(move |sql| {
            match &kept {
                Some(error) => contacts::went_wrong(sql, id, error, now)?,
                None if is_test => contacts::went_well(sql, id, now)?,
                None => {}
            }
            Ok(())
        })
        .await?;
        match error {
            Some(error) => {
                Err(Refusal::state("not_sent", format!("it was not sent: {error}")).into())
            }
            None => Ok(()),
        }
    }

    /// A place in its canonical form.
    async fn place(&self, channel: PageChannel, text: &str) -> Result<String, Trouble> {
        let text = text.trim();
        let place = match channel {
            PageChannel::Sms | PageChannel::Voice => phone(text),
            PageChannel::Email => email(text),
            PageChannel::Telegram => chat(text),
            PageChannel::WebPush => text
                .parse::<uuid::Uuid>()
                .map(|id| id.to_string())
                .map_err(|_| "is not a browser that shows your notifications"),
            PageChannel::Ntfy if !text.contains("://") => topic(text),
            PageChannel::Ntfy
            | PageChannel::Slack
            | PageChannel::Mattermost
            | PageChannel::Teams => {
                return self.url(text).await;
            }
        };
        place.map_err(|words| invalid("address", words))
    }

    async fn url(&self, text: &str) -> Result<String, Trouble> {
        let to: Outward = text.parse().map_err(|wrong| invalid("address", wrong))?;
        match self.reach_for_page(&to).await {
            Err(Unreachable::Refused(words)) => Err(invalid("address", words)),
            _ => Ok(to.to_string()),
        }
    }
}

/// One's own ways, and as an administrator everybody's.
fn may_change(viewer: &Viewer, person: PersonId) -> Result<(), Trouble> {
    if viewer.person == person || viewer.has(&[Role::Administrator]) {
        return Ok(());
    }
    Err(missing())
}

fn actor(viewer: &Viewer) -> Actor {
    Actor::person(viewer.person, viewer.name.clone())
}

fn missing() -> Trouble {
    Refusal::not_found("there is no such way to reach somebody").into()
}

fn invalid(field: &'static str, words: impl ToString) -> Trouble {
    Refusal::invalid(field, words.to_string()).into()
}

fn wrong_words(left: i64) -> String {
    match left {
        0 => "is not the one that was sent; ask for another one".to_owned(),
        1 => "is not the one that was sent; 1 try is left".to_owned(),
        left => format!("is not the one that was sent; {left} tries are left"),
    }
}

/// Six digits.
fn code() -> String {
    format!("{:06}", u64::from_be_bytes(bytes::<8>()) % 1_000_000)
}

/// What is kept of a code: of each way another.
fn hash(id: ContactId, code: &str) -> Vec<u8> {
    secret_hash(&format!("{id} {code}"))
}

/// A telephone number with its country (E.164), without the signs between its digits.
fn phone(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is a telephone number with its country, such as +49 30 1234567";
    let digits = text.strip_prefix('+').ok_or(WRONG)?;
    let between = |c: char| matches!(c, ' ' | '-' | '/' | '.' | '(' | ')');
    if !digits.chars().all(|c| c.is_ascii_digit() || between(c)) {
        return Err(WRONG);
    }
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    if !PHONE_DIGITS.contains(&digits.len()) || digits.starts_with('0') {
        return Err(WRONG);
    }
    Ok(format!("+{digits}"))
}

fn email(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not an e-mail address";
    let (local, domain) = text.rsplit_once('@').ok_or(WRONG)?;
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
    let whole = !local.is_empty() && domain.contains('.') && !domain.starts_with('.');
    if !whole || text.len() > EMAIL_BYTES || !text.chars().all(plain) || local.contains('@') {
        return Err(WRONG);
    }
    Ok(text.to_lowercase())
}

fn topic(text: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if text.is_empty() || text.chars().count() > TOPIC_CHARS || !text.chars().all(plain) {
        return Err("is a topic of letters, digits, - and _, or its whole address");
    }
    Ok(text.to_owned())
}

/// A chat of Telegram: its number, or the name of a channel.
fn chat(text: &str) -> Result<String, &'static str> {
    let number = text.strip_prefix('-').unwrap_or(text);
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    let is_name = text.strip_prefix('@').is_some_and(|name| {
        name.len() >= 5 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    if text.len() > CHAT_CHARS || !(is_number || is_name) {
        return Err("is the number of a chat, such as 123456789, or a channel, such as @oncall");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_canonically_or_refused() {
        assert_eq!(phone("+49 (30) 123-45.67"), Ok("+49301234567".to_owned()));
        for none in ["", "030 1234567", "+0301234567", "+49", "+49 30 x", "+1234567890123456", "+"]
        {
            assert!(phone(none).is_err(), "{none}");
        }
        assert_eq!(email("Ana@Company.Example"), Ok("ana@company.example".to_owned()));
        for none in [
            "",
            "ana",
            "@x.example",
            "a@b",
            "a b@x.example",
            "a@x.example\r\nBcc: b",
            "a,b@x.example",
            "a@b@x.example",
        ] {
            assert!(email(none).is_err(), "{none}");
        }
        assert_eq!(topic("on-call_7"), Ok("on-call_7".to_owned()));
        for none in ["", "a/b", "ü", &"x".repeat(65)] {
            assert!(topic(none).is_err(), "{none}");
        }
        for (some, fits) in [
            ("123456", true),
            ("-100123", true),
            ("@oncall", true),
            ("@x", false),
            ("abc", false),
            ("-", false),
        ] {
            assert_eq!(chat(some).is_ok(), fits, "{some}");
        }
    }

    #[test]
    fn the_audit_keeps_the_end_of_an_address_alone() {
        let contact = |address: &str| Contact {
            id: ContactId(uuid::Uuid::from_u128(1)),
            person: PersonId(uuid::Uuid::from_u128(2)),
            channel: PageChannel::Sms,
            address: address.to_owned(),
            label: "private".to_owned(),
            created_at: Timestamp::from_micros(0),
            verified_at: None,
            sent_at: None,
            proved_at: None,
            failing_since: None,
            error: None,
        };
        for (address, ends_with) in [("+49301234567", "4567"), ("oncall", "ll"), ("abc", "")] {
            let traced = serde_json::to_string(&Traced::of(&contact(address))).unwrap();
            assert!(traced.contains(&format!("\"ends_with\":\"{ends_with}\"")), "{traced}");
            assert!(!traced.contains(address), "{traced}");
        }
    }

    #[test]
    fn what_one_person_has_sent_is_bounded_in_time() {
        let (by_hand, ana) = (ByHand::default(), PersonId(uuid::Uuid::from_u128(1)));
        let now = Timestamp::from_micros(1_795_435_920_000_000);
        for _ in 0..BY_ONE.messages {
            assert!(by_hand.count(ana, now));
        }
        assert!(!by_hand.count(ana, now.plus_seconds(BY_ONE.seconds - 1)));
        assert!(by_hand.count(PersonId(uuid::Uuid::from_u128(2)), now));
        assert!(by_hand.count(ana, now.plus_seconds(BY_ONE.seconds)));
    }

    #[test]
    fn codes_are_six_digits() {
        for _ in 0..100 {
            let code = code();
            assert!(code.len() == 6 && code.chars().all(|c| c.is_ascii_digit()), "{code}");
        }
    }
}
