//! Names of what incidents refer to, kept at hand: answers need no look into the
//! database for them. Read anew when configuration or people change.

use crate::problem::Problem;
use desk::{Desk, Trouble};
use futures_util::future::BoxFuture;
use kernel::{
    CategoryId, EscalationId, ModelId, OrganisationId, PersonId, ScheduleId, ServiceId, TeamId,
    WebhookId,
};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use store::directory::{
    Person, categories, escalations, models, organisations, people, schedules, services, teams,
    webhooks,
};
use store::{Failure, Sql};

/// People kept at most: about 10 MB.
const PEOPLE_MAX: usize = 50_000;

/// What is known of a person wherever they are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    /// Their id.
    pub(crate) id: PersonId,
    /// Their name.
    pub(crate) name: String,
    /// Their address.
    pub(crate) email: Option<String>,
}

impl Card {
    /// How they are named in references: by address where they have one.
    pub(crate) fn handle(&self) -> &str {
        self.email.as_deref().unwrap_or(&self.name)
    }
}

impl From<Person> for Card {
    fn from(person: Person) -> Self {
        Card { id: person.id, name: person.name, email: person.email }
    }
}

/// People by id.
pub(crate) type Cards = HashMap<PersonId, Arc<Card>>;

/// Names of one kind of thing.
#[derive(Debug)]
pub(crate) struct Names<Id> {
    by_id: HashMap<Id, String>,
    /// Those in use, by name in lower case; of categories several may have one.
    by_name: HashMap<String, Vec<Id>>,
}

impl<Id: Copy + Eq + Hash> Names<Id> {
    /// Those with their names, and whether they are in use.
    pub(crate) fn of(all: impl Iterator<Item = (Id, String, bool)>) -> Self {
        let mut names = Names { by_id: HashMap::new(), by_name: HashMap::new() };
        for (id, name, active) in all {
            if active {
                names.by_name.entry(name.to_lowercase()).or_default().push(id);
            }
            names.by_id.insert(id, name);
        }
        names
    }

    /// The name of one.
    pub(crate) fn name(&self, id: Id) -> Option<&str> {
        self.by_id.get(&id).map(String::as_str)
    }

    /// Those in use with this name.
    pub(crate) fn named(&self, name: &str) -> &[Id] {
        self.by_name.get(&name.trim().to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The one with this id or name, in use or not: whoever manages them names
    /// those too.
    pub(crate) fn any(&self, text: &str) -> Option<Id>
    where
        Id: std::str::FromStr,
    {
        let by_id = text.parse().ok().filter(|id| self.by_id.contains_key(id));
        by_id.or_else(|| self.named(text).first().copied()).or_else(|| {
            let wanted = text.trim().to_lowercase();
            self.by_id.iter().find(|(_, name)| name.to_lowercase() == wanted).map(|(id, _)| *id)
        })
    }

    /// As [`Names::any`], or the problem that there is none.
    pub(crate) fn find(&self, what: &str, text: &str) -> Result<Id, Problem>
    where
        Id: std::str::FromStr,
    {
        self.any(text).ok_or_else(|| Problem::not_found(format!("there is no such {what}")))
    }

    /// The names in use.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.values().flatten().filter_map(|id| self.name(*id))
    }
}

/// All names.
#[derive(Debug)]
pub(crate) struct Directory {
    version: i64,
    /// Teams.
    pub(crate) teams: Names<TeamId>,
    /// Services.
    pub(crate) services: Names<ServiceId>,
    /// Categories by their own name.
    pub(crate) categories: Names<CategoryId>,
    /// Categories with the names above them.
    pub(crate) category_paths: Names<CategoryId>,
    /// Organisations.
    pub(crate) organisations: Names<OrganisationId>,
    /// Incident models.
    pub(crate) models: Names<ModelId>,
    /// Schedules.
    pub(crate) schedules: Names<ScheduleId>,
    /// Escalation policies.
    pub(crate) escalations: Names<EscalationId>,
    /// Webhooks.
    pub(crate) webhooks: Names<WebhookId>,
    people: Mutex<People>,
}

#[derive(Debug, Default)]
struct People {
    by_id: Cards,
    by_email: HashMap<String, PersonId>,
}

impl Directory {
    /// Reads all names but those of people, who are read when they are met.
    pub(crate) fn load(sql: &mut dyn Sql, version: i64) -> Result<Self, Failure> {
        let categories = categories::list(sql)?;
        let mut paths = categories::paths(&categories);
        let with_path = categories.iter().map(|category| {
            (category.id, paths.remove(&category.id).unwrap_or_default(), category.active)
        });
        Ok(Directory {
            version,
            teams: Names::of(teams::list(sql)?.into_iter().map(|t| (t.id, t.name, t.active))),
            services: Names::of(services::list(sql)?.into_iter().map(|s| (s.id, s.name, s.active))),
            category_paths: Names::of(with_path),
            categories: Names::of(categories.into_iter().map(|c| (c.id, c.name, c.active))),
            organisations: Names::of(
                organisations::list(sql)?.into_iter().map(|o| (o.id, o.name, true)),
            ),
            models: Names::of(models::list(sql)?.into_iter().map(|m| (m.id, m.name, m.active))),
            schedules: Names::of(
                schedules::list(sql)?.into_iter().map(|s| (s.id, s.name, s.active)),
            ),
            escalations: Names::of(
                escalations::list(sql)?.into_iter().map(|e| (e.policy.id, e.policy.name, e.active)),
            ),
            webhooks: Names::of(
                webhooks::list(sql)?.into_iter().map(|(w, _)| (w.id, w.name, w.active)),
            ),
            people: Mutex::default(),
        })
    }

    /// The version of the policy these names belong to.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// Whether all names that an incident refers to are known.
    pub(crate) fn knows(&self, state: &incident::State) -> bool {
        let teams = [state.team, state.confidential_to];
        teams.into_iter().flatten().all(|id| self.teams.name(id).is_some())
            && state.service.is_none_or(|id| self.services.name(id).is_some())
            && state.category.is_none_or(|id| self.categories.name(id).is_some())
            && state.organisation.is_none_or(|id| self.organisations.name(id).is_some())
    }

    /// What is known of these people; unknown ids are left out.
    pub(crate) fn people<'a>(
        &'a self,
        desk: &'a Desk,
        ids: impl IntoIterator<Item = PersonId>,
    ) -> BoxFuture<'a, Result<Cards, Trouble>> {
        self.cards(desk, ids.into_iter().collect())
    }

    fn cards<'a>(
        &'a self,
        desk: &'a Desk,
        wanted: BTreeSet<PersonId>,
    ) -> BoxFuture<'a, Result<Cards, Trouble>> {
        Box::pin(async move {
            let mut found = Cards::with_capacity(wanted.len());
            let mut missing = Vec::new();
            {
                let known = self.lock();
                for id in wanted {
                    match known.by_id.get(&id) {
                        Some(card) => drop(found.insert(id, card.clone())),
                        None => missing.push(id),
                    }
                }
            }
            if !missing.is_empty() {
                for person in desk.read(move |sql| people::get_many(sql, &missing)).await? {
                    let card = self.keep(person.into());
                    found.insert(card.id, card);
                }
            }
            Ok(found)
        })
    }

    /// The person with this address, in lower case.
    pub(crate) async fn by_email(
        &self,
        desk: &Desk,
        email: &str,
    ) -> Result<Option<Arc<Card>>, Trouble> {
        let known = {
            let known = self.lock();
            known.by_email.get(email).and_then(|id| known.by_id.get(id)).cloned()
        };
        if known.is_some() {
            return Ok(known);
        }
        let wanted = email.to_owned();
        let person = desk.read(move |sql| people::by_email(sql, &wanted)).await?;
        Ok(person.map(|person| self.keep(person.into())))
    }

    /// Keeps what is known of a person.
    pub(crate) fn keep(&self, card: Card) -> Arc<Card> {
        let card = Arc::new(card);
        let mut known = self.lock();
        if known.by_id.len() >= PEOPLE_MAX {
            *known = People::default();
        }
        if let Some(email) = &card.email {
            known.by_email.insert(email.clone(), card.id);
        }
        known.by_id.insert(card.id, card.clone());
        card
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
