//! What letters are made of, read when they leave.

use crate::sight::Silence;
use crate::words;
use desk::reports::mailed::Mailed;
use incident::event::Body;
use incident::{Policy, State, effects};
use jiff::tz::TimeZone;
use kernel::{ContentId, IncidentNumber, Language, PersonId, Timestamp};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use store::deliveries::{self, Delivery, ToldAs};
use store::directory::letters::{self, LetterText};
use store::directory::{Person, people};
use store::incidents::timeline::{self, StoredContent, StoredEvent};
use store::{Failure, Sql};

/// For how long an address whose letter came back gets no confirmations of receipt.
const BOUNCED_SECONDS: i64 = 86_400;

/// Why nobody is told who is not there, and nothing that is not.
const UNKNOWN: Silence = "they are not known any more";
const NO_ENTRY: Silence = "there is no such entry";

/// What a letter about an incident is made of.
pub(crate) struct Material {
    /// Whom it goes to.
    pub(crate) person: Person,
    /// The incident.
    pub(crate) number: IncidentNumber,
    /// How it stands.
    pub(crate) state: State,
    /// What is told.
    pub(crate) told: StoredEvent,
    /// Words of the incident.
    pub(crate) words: HashMap<ContentId, StoredContent>,
    /// The name of its requester.
    pub(crate) requester: String,
    /// What administrators say in such a letter, in each language.
    pub(crate) edited: Vec<LetterText>,
    /// The id of the first letter to them about it.
    pub(crate) thread: Option<String>,
    /// How many more of their incidents it is about, where they are told as its requester.
    pub(crate) also: i64,
}

/// What a delivery is made of: an incident's, or nothing but the person.
pub(crate) enum Read {
    /// About an incident.
    Incident(Box<Material>),
    /// A letter that tries out the mail server.
    Trial(Box<Person>),
    /// Webhooks that were switched off, with their reasons.
    WebhooksOff(Box<Person>, Vec<(String, String)>),
    /// A report that is sent by itself, and who it is from; nothing before it is counted.
    Report(Box<Person>, Option<Box<(Mailed, String)>>),
}

/// Reads what a delivery is made of, or why there is nothing to tell.
pub(crate) fn read(
    sql: &mut dyn Sql,
    delivery: &Delivery,
) -> Result<Result<Read, Silence>, Failure> {
    let Some(person) = people::get(sql, delivery.person)? else {
        return Ok(Err(UNKNOWN));
    };
    if delivery.word == store::webhooks::OFF {
        let off = store::webhooks::switched_off(sql)?;
        return Ok(match off.is_empty() {
            true => Err("they are in use again"),
            false => Ok(Read::WebhooksOff(Box::new(person), off)),
        });
    }
    if delivery.word == store::reports::mailed::MAILED {
        return Ok(Ok(Read::Report(Box::new(person), None)));
    }
    let Some(number) = delivery.number else {
        return Ok(Ok(Read::Trial(Box::new(person))));
    };
    let told = timeline::event(sql, number, delivery.n)?;
    let (Some(stored), Some(told)) = (store::incidents::load(sql, number)?, told) else {
        return Ok(Err(NO_ENTRY));
    };
    let state = stored.state;
    let since = delivery.created_at.plus_seconds(-BOUNCED_SECONDS);
    if matches!(told.event.body, Body::Reported(_))
        && delivery.told_as == ToldAs::Requester
        && deliveries::bounces(sql, &delivery.address, since)?
    {
        return Ok(Err("a letter to their address just came back"));
    }
    let mut ids: Vec<ContentId> =
        [Some(state.title), state.description].into_iter().flatten().collect();
    ids.extend(effects::said_in(&told.event.body));
    let said = timeline::contents_by_id(sql, &ids)?;
    let edited = match words::kind_of(&told.event.body, delivery) {
        Some(kind) => letters::of_kind(sql, kind)?,
        None => vec![],
    };
    let requester = people::names(sql, &[state.requester])?.remove(&state.requester);
    let thread = deliveries::first_message(sql, delivery.person, number)?
        .filter(|first| Some(first) != delivery.message_id.as_ref());
    let also = match delivery.told_as {
        ToldAs::Requester => deliveries::also_theirs(sql, delivery, told.event.at)?,
        _ => 0,
    };
    Ok(Ok(Read::Incident(Box::new(Material {
        requester: requester.unwrap_or_default(),
        person,
        number,
        state,
        told,
        words: said,
        edited,
        thread,
        also,
    }))))
}

/// People, incidents and their entries that were read already: a team is told the same.
#[derive(Default)]
pub(crate) struct Known {
    people: HashMap<PersonId, Option<Person>>,
    states: HashMap<IncidentNumber, Option<State>>,
    entries: HashMap<(IncidentNumber, u32), Option<StoredEvent>>,
}

/// What decides whether a reader may know what a delivery tells: the reader, the incident, the
/// entry; nothing where it is about no incident.
pub(crate) type Glance<'a> = Option<(&'a Person, &'a State, &'a StoredEvent)>;

/// Reads that, or why there is nothing to tell.
pub(crate) fn look<'a>(
    sql: &mut dyn Sql,
    delivery: &Delivery,
    known: &'a mut Known,
) -> Result<Result<Glance<'a>, Silence>, Failure> {
    let Some(number) = delivery.number else {
        return Ok(read(sql, delivery)?.map(|_| None));
    };
    if let Entry::Vacant(unknown) = known.people.entry(delivery.person) {
        unknown.insert(people::get(sql, delivery.person)?);
    }
    if let Entry::Vacant(unknown) = known.states.entry(number) {
        unknown.insert(store::incidents::load(sql, number)?.map(|stored| stored.state));
    }
    let entry = (number, delivery.n);
    if let Entry::Vacant(unknown) = known.entries.entry(entry) {
        unknown.insert(timeline::event(sql, number, delivery.n)?);
    }
    let told = known.entries.get(&entry).and_then(Option::as_ref);
    Ok(match (known.people.get(&delivery.person), known.states.get(&number), told) {
        (Some(None) | None, _, _) => Err(UNKNOWN),
        (Some(Some(person)), Some(Some(state)), Some(told)) => Ok(Some((person, state, told))),
        _ => Err(NO_ENTRY),
    })
}

/// The clock and the names that a reader knows.
pub(crate) struct Here<'a> {
    /// The instant of writing.
    pub(crate) now: Timestamp,
    /// The reader's zone.
    pub(crate) zone: TimeZone,
    /// What they read.
    pub(crate) language: Language,
    /// Names of services and teams.
    pub(crate) policy: &'a Policy,
}

impl<'a> Here<'a> {
    /// Where this person is, and what they read.
    pub(crate) fn of(person: &Person, policy: &'a Policy, now: Timestamp) -> Self {
        let zone = [&person.time_zone, &policy.time_zone];
        let zone = zone.into_iter().filter(|name| !name.is_empty());
        let zone = zone.filter_map(|name| TimeZone::get(name).ok()).next();
        let language = person.language.unwrap_or(policy.language);
        Here { now, zone: zone.unwrap_or(TimeZone::UTC), language, policy }
    }

    /// "Mon 23 Nov 2026, 13:12 CET".
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        locale::full(self.language, &at.to_jiff().to_zoned(self.zone.clone()))
    }
}
