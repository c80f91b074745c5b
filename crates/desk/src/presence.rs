//! Who looks at which incident now, and who is writing. Kept in memory: it is
//! worth nothing after a restart.

use crate::Desk;
use kernel::{InOrder, IncidentNumber, PersonId, Timestamp};
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::broadcast;

/// Seconds without a sign of life after which somebody is gone.
const GONE_SECONDS: i64 = 40;
/// Changes a slow listener may fall behind.
const BEHIND_MAX: usize = 256;

/// What somebody does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// Reading.
    Viewing,
    /// Writing a reply.
    Reply,
    /// Writing an internal note.
    Note,
    /// Writing a status update.
    Update,
    /// Gone.
    Left,
}

impl std::str::FromStr for Doing {
    type Err = kernel::Invalid;

    fn from_str(text: &str) -> Result<Self, kernel::Invalid> {
        match text {
            "viewing" => Ok(Doing::Viewing),
            "reply" => Ok(Doing::Reply),
            "note" => Ok(Doing::Note),
            "update" => Ok(Doing::Update),
            "left" => Ok(Doing::Left),
            _ => Err(kernel::Invalid::new("must be one of viewing, reply, note, update, left")),
        }
    }
}

/// Somebody who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they do.
    pub doing: Doing,
    seen: Timestamp,
}

impl Present {
    fn is_gone(&self, now: Timestamp) -> bool {
        now.seconds_since(self.seen) > GONE_SECONDS
    }
}

pub(crate) struct Presence {
    there: Mutex<HashMap<IncidentNumber, Vec<Present>>>,
    changes: broadcast::Sender<IncidentNumber>,
}

impl Default for Presence {
    fn default() -> Self {
        Presence { there: Mutex::default(), changes: broadcast::channel(BEHIND_MAX).0 }
    }
}

impl Desk {
    /// Notes that somebody is there.
    pub fn is_present(&self, number: IncidentNumber, person: PersonId, name: &str, doing: Doing) {
        let now = self.now();
        let changed = {
            let mut there = self.0.presence.lock();
            let people = there.entry(number).or_default();
            let before = doings(people);
            people.retain(|other| other.person != person && !other.is_gone(now));
            if doing != Doing::Left {
                people.push(Present { person, name: name.to_owned(), doing, seen: now });
                people.order_by(|a, b| a.name.cmp(&b.name).then(a.person.cmp(&b.person)));
            }
            let after = doings(people);
            if people.is_empty() {
                there.remove(&number);
            }
            before != after
        };
        if changed {
            // Nobody listening is fine.
            drop(self.0.presence.changes.send(number));
        }
    }

    /// Tells of those who went without a word.
    pub(crate) fn sweep_presence(&self) {
        let now = self.now();
        let mut changed = Vec::new();
        self.0.presence.lock().retain(|number, people| {
            let before = people.len();
            people.retain(|person| !person.is_gone(now));
            if people.len() != before {
                changed.push(*number);
            }
            !people.is_empty()
        });
        for number in changed {
            // Nobody listening is fine.
            drop(self.0.presence.changes.send(number));
        }
    }

    /// Who is there.
    pub fn present(&self, number: IncidentNumber) -> Vec<Present> {
        let now = self.now();
        let there = self.0.presence.lock();
        let people = there.get(&number).map(Vec::as_slice).unwrap_or_default();
        people.iter().filter(|person| !person.is_gone(now)).cloned().collect()
    }

    /// Hears where somebody came, went or began to write.
    pub fn presence_changes(&self) -> broadcast::Receiver<IncidentNumber> {
        self.0.presence.changes.subscribe()
    }
}

fn doings(people: &[Present]) -> std::collections::BTreeSet<(PersonId, Doing)> {
    people.iter().map(|present| (present.person, present.doing)).collect()
}

impl Presence {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<IncidentNumber, Vec<Present>>> {
        self.there.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
