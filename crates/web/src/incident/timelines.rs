//! Timelines that were read before. What is recorded never changes: a timeline
//! is good as long as its incident has the same version.

use super::closure::{self, Asked};
use super::named::Named;
use kernel::{ContentId, InOrder, IncidentNumber};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use store::incidents::timeline::{self, StoredContent, StoredEvent};
use store::{Failure, Sql};

/// Entries kept at most, of all timelines together: about 1 kB each.
const ENTRIES_MAX: usize = 10_000;
/// Longer timelines are not kept: they would push out all others.
const LONG: usize = 1_000;

/// What happened, and the words that belong to it.
#[derive(Debug)]
pub(super) struct Timeline {
    /// What happened, in that order.
    pub(super) events: Vec<StoredEvent>,
    /// The words it refers to.
    pub(super) contents: HashMap<ContentId, StoredContent>,
    /// Whom and what it names.
    pub(super) named: Named,
    asked: OnceLock<Option<Asked>>,
}

impl Timeline {
    fn of(events: Vec<StoredEvent>, contents: HashMap<ContentId, StoredContent>) -> Timeline {
        Timeline { named: Named::in_events(&events), events, contents, asked: OnceLock::new() }
    }

    /// What its requester asked and nobody answered; `number` is the incident whose page shows it.
    pub(super) fn asked(&self, number: IncidentNumber) -> Option<&Asked> {
        self.asked.get_or_init(|| closure::asked(number, &self.events)).as_ref()
    }
}

/// Timelines by incident, each with the version it is of.
#[derive(Default)]
pub(crate) struct Timelines(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    timelines: HashMap<IncidentNumber, (u32, Arc<Timeline>)>,
    entries: usize,
}

impl Timelines {
    /// The timeline of an incident that has this version in the same snapshot.
    pub(super) fn of(
        &self,
        sql: &mut dyn Sql,
        number: IncidentNumber,
        version: u32,
    ) -> Result<Arc<Timeline>, Failure> {
        if let Some(kept) = self.kept(number, version) {
            return Ok(kept);
        }
        let events = timeline::timeline_union(sql, &[number])?;
        let contents = timeline::contents(sql, number)?;
        let timeline = Arc::new(Timeline::of(events, contents));
        self.keep(number, version, &timeline);
        Ok(timeline)
    }

    fn kept(&self, number: IncidentNumber, version: u32) -> Option<Arc<Timeline>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, timeline) = kept.timelines.get(&number)?;
        (*of == version).then(|| timeline.clone())
    }

    fn keep(&self, number: IncidentNumber, version: u32, timeline: &Arc<Timeline>) {
        let entries = timeline.events.len();
        if entries > LONG {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.entries + entries > ENTRIES_MAX {
            *kept = Kept::default();
        }
        let before = kept.timelines.insert(number, (version, timeline.clone()));
        kept.entries += entries;
        kept.entries -= before.map_or(0, |(_, before)| before.events.len());
    }
}

/// Several timelines as one, in the order in which things happened: an incident's
/// and those of its parts.
pub(super) fn union(timelines: &[Arc<Timeline>]) -> Arc<Timeline> {
    if let [one] = timelines {
        return one.clone();
    }
    let (mut events, mut contents) = (Vec::new(), HashMap::new());
    for timeline in timelines {
        events.extend(timeline.events.iter().cloned());
        contents.extend(timeline.contents.iter().map(|(id, words)| (*id, words.clone())));
    }
    events.order_by_key(|stored: &StoredEvent| (stored.event.happened_at, stored.seq));
    Arc::new(Timeline::of(events, contents))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_length(entries: usize) -> Arc<Timeline> {
        let event = StoredEvent {
            seq: 1,
            number: IncidentNumber(1),
            event: incident::Event {
                n: 1,
                at: kernel::Timestamp::default(),
                happened_at: kernel::Timestamp::default(),
                actor: kernel::Actor::system(),
                channel: kernel::Channel::Api,
                cause: incident::Cause::Derived(incident::event::Derived {
                    by: "test".into(),
                    name: "test".into(),
                    version: 1,
                }),
                batch: None,
                body: incident::Body::decode("unheard_of", 1, "{}"),
            },
            public: true,
        };
        Arc::new(Timeline::of(vec![event; entries], HashMap::new()))
    }

    #[test]
    fn a_timeline_is_good_for_its_version_alone() {
        let timelines = Timelines::default();
        timelines.keep(IncidentNumber(7), 3, &of_length(3));
        assert!(timelines.kept(IncidentNumber(7), 3).is_some());
        assert!(timelines.kept(IncidentNumber(7), 4).is_none());
        timelines.keep(IncidentNumber(7), 4, &of_length(4));
        assert!(timelines.kept(IncidentNumber(7), 3).is_none());
        assert_eq!(timelines.0.lock().unwrap().entries, 4);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let timelines = Timelines::default();
        timelines.keep(IncidentNumber(0), 1, &of_length(LONG + 1));
        assert!(timelines.kept(IncidentNumber(0), 1).is_none());
        for number in 1..=40 {
            timelines.keep(IncidentNumber(number), 1, &of_length(LONG));
            assert!(timelines.kept(IncidentNumber(number), 1).is_some());
            let kept = timelines.0.lock().unwrap();
            assert!(kept.entries <= ENTRIES_MAX);
            assert_eq!(kept.entries, kept.timelines.len() * LONG);
        }
    }
}
