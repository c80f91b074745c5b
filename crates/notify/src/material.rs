//! What letters are made of, read when they leave.

use crate::sight::Silence;
use incident::{Policy, State, effects};
use jiff::tz::TimeZone;
use kernel::{ContentId, IncidentNumber, Timestamp};
use std::collections::HashMap;
use store::deliveries::{self, Delivery};
use store::directory::{Person, people};
use store::incidents::timeline::{self, StoredContent, StoredEvent};
use store::{Failure, Sql};

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
    /// The id of the first letter to them about it.
    pub(crate) thread: Option<String>,
}

/// What a delivery is made of: an incident's, or nothing but the person.
pub(crate) enum Read {
    /// About an incident.
    Incident(Box<Material>),
    /// A letter that tries out the mail server.
    Trial(Box<Person>),
}

/// Reads what a delivery is made of, or why there is nothing to tell.
pub(crate) fn read(
    sql: &mut dyn Sql,
    delivery: &Delivery,
) -> Result<Result<Read, Silence>, Failure> {
    let Some(person) = people::get(sql, delivery.person)? else {
        return Ok(Err("they are not known any more"));
    };
    let Some(number) = delivery.number else {
        return Ok(Ok(Read::Trial(Box::new(person))));
    };
    let told = timeline::event(sql, number, delivery.n)?;
    let (Some(stored), Some(told)) = (store::incidents::load(sql, number)?, told) else {
        return Ok(Err("there is no such entry"));
    };
    let state = stored.state;
    let mut ids: Vec<ContentId> =
        [Some(state.title), state.description].into_iter().flatten().collect();
    ids.extend(effects::said_in(&told.event.body));
    let words = timeline::contents_by_id(sql, &ids)?;
    let requester = people::names(sql, &[state.requester])?.remove(&state.requester);
    let thread = deliveries::first_message(sql, delivery.person, number)?
        .filter(|first| Some(first) != delivery.message_id.as_ref());
    Ok(Ok(Read::Incident(Box::new(Material {
        requester: requester.unwrap_or_default(),
        person,
        number,
        state,
        told,
        words,
        thread,
    }))))
}

/// The clock and the names that a reader knows.
pub(crate) struct Here<'a> {
    /// The instant of writing.
    pub(crate) now: Timestamp,
    /// The reader's zone.
    pub(crate) zone: TimeZone,
    /// Names of services and teams.
    pub(crate) policy: &'a Policy,
}

impl<'a> Here<'a> {
    /// Where this person is.
    pub(crate) fn of(person: &Person, policy: &'a Policy, now: Timestamp) -> Self {
        let zone = [&person.time_zone, &policy.time_zone];
        let zone = zone.into_iter().filter(|name| !name.is_empty());
        let zone = zone.filter_map(|name| TimeZone::get(name).ok()).next();
        Here { now, zone: zone.unwrap_or(TimeZone::UTC), policy }
    }

    /// "Mon 23 Nov 2026, 13:12 CET".
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        at.to_jiff().to_zoned(self.zone.clone()).strftime("%a %-d %b %Y, %H:%M %Z").to_string()
    }
}
