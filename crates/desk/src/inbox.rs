//! What somebody was told within the product, as they may read it now.

use crate::sight::{self, Sight};
use crate::{Desk, Trouble};
use incident::{Policy, Scope, State, Viewer, effects};
use kernel::{ContentId, IncidentNumber, Timestamp};
use std::collections::HashMap;
use std::collections::hash_map::Entry::Vacant;
use std::sync::Arc;
use store::deliveries::inbox::{self, Entry, Which};
use store::deliveries::{Delivery, ToldAs};
use store::incidents::timeline::{self, StoredContent, StoredEvent};
use store::{Failure, Sql};

/// An entry of an inbox.
#[derive(Debug, Clone)]
pub struct InboxEntry {
    /// Its id; later ones are higher.
    pub id: i64,
    /// The incident it is about.
    pub number: IncidentNumber,
    /// The incident's title; `None` where it was removed.
    pub title: Option<String>,
    /// The place of what happened in the timeline.
    pub n: u32,
    /// What is told of it.
    pub word: String,
    /// Why to them.
    pub told_as: ToldAs,
    /// The row of the table of who is told what by which they are told; empty for none.
    pub rule: String,
    /// When it was there.
    pub at: Timestamp,
    /// When they read it.
    pub read_at: Option<Timestamp>,
    /// What happened; `None` when they may not read it any more.
    pub told: Option<ToldEntry>,
}

/// What happened, as its reader may know it.
#[derive(Debug, Clone)]
pub struct ToldEntry {
    /// What.
    pub event: StoredEvent,
    /// How much of it they may read.
    pub sight: Sight,
    /// The words of people in it, unless they were removed.
    pub said: Option<String>,
    /// The name of the team that has the incident.
    pub team: Option<String>,
}

impl Desk {
    /// What is in a viewer's inbox, the newest first, from the one before `before` on.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn inbox(
        &self,
        viewer: &Viewer,
        unread_only: bool,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<InboxEntry>, Trouble> {
        let (viewer, policy) = (viewer.clone(), self.policy());
        self.read(move |sql| {
            let entries = inbox::entries(sql, &Scope::of(&viewer), unread_only, before, limit)?;
            let mut reader = Reader { viewer, policy, known: HashMap::new() };
            entries.into_iter().map(|entry| reader.read(sql, entry)).collect()
        })
        .await
    }

    /// How many entries of their inbox a viewer has not read, [`inbox::UNREAD_MAX`] at most.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn unread(&self, viewer: &Viewer) -> Result<i64, Trouble> {
        let scope = Scope::of(viewer);
        self.read(move |sql| inbox::unread(sql, &scope)).await
    }

    /// Marks entries of a viewer's inbox as read; how many were not.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn mark_read(&self, viewer: &Viewer, which: Which) -> Result<u64, Trouble> {
        let (person, now) = (viewer.person, self.now());
        // Every page about an incident asks, and mostly nothing is unread: reading waits for nobody.
        if !self.read(move |sql| inbox::is_unread(sql, person, which)).await? {
            return Ok(0);
        }
        self.write(move |sql| Ok(inbox::mark_read(sql, person, which, now)?)).await
    }
}

/// Reads entries, each incident once.
struct Reader {
    viewer: Viewer,
    policy: Arc<Policy>,
    known: HashMap<IncidentNumber, Option<Incident>>,
}

struct Incident {
    state: State,
    title: Option<String>,
}

impl Reader {
    fn read(&mut self, sql: &mut dyn Sql, entry: Entry) -> Result<InboxEntry, Failure> {
        let Entry { delivery, read_at } = entry;
        let number = delivery.number.unwrap_or(IncidentNumber(0));
        if let Vacant(place) = self.known.entry(number) {
            place.insert(incident(sql, number)?);
        }
        let incident = self.known.get(&number).and_then(Option::as_ref);
        let told = match incident {
            Some(incident) => self.told(sql, &incident.state, number, &delivery)?,
            None => None,
        };
        Ok(InboxEntry {
            id: delivery.id,
            number,
            title: incident.and_then(|incident| incident.title.clone()),
            n: delivery.n,
            word: delivery.word,
            told_as: delivery.told_as,
            rule: delivery.rule.clone(),
            at: delivery.created_at,
            read_at,
            told,
        })
    }

    fn told(
        &self,
        sql: &mut dyn Sql,
        state: &State,
        number: IncidentNumber,
        delivery: &Delivery,
    ) -> Result<Option<ToldEntry>, Failure> {
        let Some(event) = timeline::event(sql, number, delivery.n)? else { return Ok(None) };
        let (viewer, told_as) = (&self.viewer, delivery.told_as);
        let Ok(sight) = sight::reading(viewer, told_as, state, &event, &delivery.word) else {
            return Ok(None);
        };
        let said = match effects::said_in(&event.event.body) {
            Some(id) => words(sql, id)?.filter(|said| sight == Sight::Full || said.public),
            None => None,
        };
        let team = state.team.and_then(|team| self.policy.teams.get(&team));
        let (said, team) = (said.and_then(|said| said.body), team.map(|team| team.name.clone()));
        Ok(Some(ToldEntry { event, sight, said, team }))
    }
}

fn incident(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Option<Incident>, Failure> {
    let Some(stored) = store::incidents::load(sql, number)? else { return Ok(None) };
    let title = words(sql, stored.state.title)?.and_then(|title| title.body);
    Ok(Some(Incident { state: stored.state, title }))
}

fn words(sql: &mut dyn Sql, id: ContentId) -> Result<Option<StoredContent>, Failure> {
    Ok(timeline::contents_by_id(sql, &[id])?.remove(&id))
}
