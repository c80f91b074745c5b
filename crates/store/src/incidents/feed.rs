//! The feed: every event of every incident in the order of commit, for live
//! screens and streams. Positions are given out under a lock, so whoever reads
//! on after the last position they saw misses nothing.

use super::brought::is_public;
use super::timeline::{self, StoredEvent};
use super::write::Recorded;
use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql};
use incident::{Event, Subject};
use kernel::{IncidentNumber, PersonId};
use std::collections::{BTreeSet, HashMap};

/// An event of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedEvent {
    /// Its position.
    pub seq: i64,
    /// Its incident.
    pub number: IncidentNumber,
    /// What happened.
    pub event: Event,
    /// Whether requester and watchers may see this entry.
    pub public: bool,
    /// What visibility of the incident depends on, as it is now: whoever may not
    /// see it any more learns nothing of its past either.
    pub subject: Subject,
}

/// The events after a position, in order, at most `limit`.
pub fn feed(sql: &mut dyn Sql, after_seq: i64, limit: usize) -> Result<Vec<FeedEvent>, Failure> {
    let statement =
        format!("select {} from events where seq > $1 order by seq limit $2", timeline::EVENT);
    let events = many(sql, &statement, &[after_seq.into(), (limit as i64).into()], timeline::read)?;
    let numbers: BTreeSet<IncidentNumber> = events.iter().map(|stored| stored.number).collect();
    let subjects = subjects(sql, &numbers.into_iter().collect::<Vec<_>>())?;
    let with_subject = |StoredEvent { seq, number, event, public }| {
        let subject = subjects
            .get(&number)
            .cloned()
            .ok_or_else(|| Failure::damaged(format!("entry {seq} belongs to no incident")))?;
        Ok(FeedEvent { seq, number, event, public, subject })
    };
    events.into_iter().map(with_subject).collect()
}

/// What was just recorded after a position, as [`feed`] would read it. The parts keep the rest.
pub fn recorded(after_seq: i64, parts: &mut [Recorded]) -> Vec<FeedEvent> {
    let subjects: HashMap<IncidentNumber, Subject> =
        parts.iter().map(|part| (part.number, Subject::from(&part.after))).collect();
    let mut seq = after_seq;
    let mut events = Vec::new();
    for part in parts {
        let (number, subject) = (part.number, &subjects[&part.number]);
        for event in std::mem::take(&mut part.events) {
            seq += 1;
            let (public, subject) = (is_public(&event), subject.clone());
            events.push(FeedEvent { seq, number, event, public, subject });
        }
    }
    events
}

/// The position of the last event.
pub fn position(sql: &mut dyn Sql) -> Result<i64, Failure> {
    one(sql, "select position from log_head where id = 1", &[], Columns::int)?
        .ok_or_else(|| Failure::damaged("the log has no head"))
}

/// What visibility of these incidents depends on; unknown numbers are left out.
pub fn subjects(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, Subject>, Failure> {
    let (list, values) = slots(1, numbers);
    let statement = format!(
        "select number, requester_id, organisation_id, confidential_to from incidents where number in ({list})"
    );
    let subjects = many(sql, &statement, &values, |row| {
        let number = IncidentNumber(row.int()?);
        let (requester, organisation, confidential_to) =
            (row.parsed()?, row.opt_parsed()?, row.opt_parsed()?);
        Ok((
            number,
            Subject { requester, organisation, confidential_to, watchers: BTreeSet::new() },
        ))
    })?;
    let mut subjects: HashMap<IncidentNumber, Subject> = subjects.into_iter().collect();
    let statement =
        format!("select number, person_id from incident_watchers where number in ({list})");
    let watchers: Vec<(IncidentNumber, PersonId)> =
        many(sql, &statement, &values, |row| Ok((IncidentNumber(row.int()?), row.parsed()?)))?;
    for (number, person) in watchers {
        if let Some(subject) = subjects.get_mut(&number) {
            subject.watchers.insert(person);
        }
    }
    Ok(subjects)
}
