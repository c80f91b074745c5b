//! Whom a schedule or an escalation policy pages, as requests name them and answers show them.

use crate::app::App;
use crate::directory::{Cards, Directory};
use crate::problem::{FieldError, Problem};
use crate::reference::References;
use incident::escalation::Whom;
use incident::policy::Fault;
use kernel::PersonId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// One of `{"schedule": …}`, `{"person": …}`, `{"team": …}` and `{"webhook": …}`: a name or an
/// id, a person by e-mail address or id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Whom)]
pub(crate) enum Named {
    /// Whoever is on call by it then.
    Schedule(String),
    /// This person.
    Person(String),
    /// Every active member of this team.
    Team(String),
    /// A program.
    Webhook(String),
}

impl Named {
    /// Finds who is named.
    pub(crate) async fn find(
        &self,
        field: &str,
        references: &References<'_>,
    ) -> Result<Whom, Problem> {
        Ok(match self {
            Named::Schedule(text) => Whom::Schedule(references.schedule(field, text)?),
            Named::Person(text) => Whom::Person(references.person(field, text).await?),
            Named::Team(text) => Whom::Team(references.team(field, text)?),
            Named::Webhook(text) => Whom::Webhook(references.webhook(field, text)?),
        })
    }
}

/// Finds all who are named.
pub(crate) async fn find_all(
    field: &str,
    all: &[Named],
    references: &References<'_>,
) -> Result<Vec<Whom>, Problem> {
    let mut found = Vec::with_capacity(all.len());
    for (at, named) in all.iter().enumerate() {
        found.push(named.find(&format!("{field}.{at}"), references).await?);
    }
    Ok(found)
}

/// What answers name people and things by.
pub(crate) struct Shows {
    directory: Arc<Directory>,
    people: Cards,
}

impl Shows {
    /// With the names of these people.
    pub(crate) async fn of(app: &App, people: Vec<PersonId>) -> Result<Shows, Problem> {
        let directory = app.directory().await?;
        let people = directory.people(app.desk(), people).await?;
        Ok(Shows { directory, people })
    }

    /// How a person is referred to.
    pub(crate) fn person(&self, id: PersonId) -> String {
        self.people.get(&id).map_or_else(|| id.to_string(), |card| card.handle().to_owned())
    }

    /// What a person is called.
    pub(crate) fn name(&self, id: PersonId) -> String {
        self.people.get(&id).map(|card| card.name.clone()).unwrap_or_default()
    }

    /// How whoever is paged is referred to.
    pub(crate) fn whom(&self, whom: Whom) -> Named {
        let or_id = |name: Option<&str>, id: String| name.map_or(id, str::to_owned);
        let Directory { schedules, teams, webhooks, .. } = &*self.directory;
        match whom {
            Whom::Schedule(id) => Named::Schedule(or_id(schedules.name(id), id.to_string())),
            Whom::Person(id) => Named::Person(self.person(id)),
            Whom::Team(id) => Named::Team(or_id(teams.name(id), id.to_string())),
            Whom::Webhook(id) => Named::Webhook(or_id(webhooks.name(id), id.to_string())),
        }
    }
}

/// The person, if it is one.
pub(crate) fn person_of(whom: &Whom) -> Option<PersonId> {
    match whom {
        Whom::Person(id) => Some(*id),
        Whom::Schedule(_) | Whom::Team(_) | Whom::Webhook(_) => None,
    }
}

/// What is wrong with something that is kept, as answers tell it.
pub(crate) fn told(faults: Vec<Fault>) -> Vec<FieldError> {
    let told = |Fault { field, message }| FieldError { field, message };
    faults.into_iter().map(told).collect()
}
