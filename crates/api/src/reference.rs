//! References of requests: a name or an id, people by e-mail or id.

use crate::app::App;
use crate::directory::{Card, Directory, Names};
use crate::nearest::nearest;
use crate::problem::Problem;
use futures_util::future::BoxFuture;
use incident::Viewer;
use incident::models::Model;
use kernel::{
    CategoryId, ComponentId, EscalationId, ListId, OrganisationId, PersonId, ScheduleId, ServiceId,
    TeamId, WebhookId, limits,
};
use std::collections::BTreeSet;
use std::hash::Hash;
use std::str::FromStr;
use std::sync::Arc;
use store::directory::lists;
use store::status::components;

/// Finds what a request of somebody refers to.
pub(crate) struct References<'a> {
    app: &'a App,
    directory: Arc<Directory>,
    viewer: &'a Viewer,
}

impl<'a> References<'a> {
    pub(crate) async fn of(app: &'a App, viewer: &'a Viewer) -> Result<Self, Problem> {
        Ok(References { app, directory: app.directory().await?, viewer })
    }

    /// The state of the router.
    pub(crate) fn app(&self) -> &'a App {
        self.app
    }

    /// Who refers.
    pub(crate) fn viewer(&self) -> &'a Viewer {
        self.viewer
    }

    /// The names in force.
    pub(crate) fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// A team. Which teams there are is no business of requesters.
    pub(crate) fn team(&self, field: &str, text: &str) -> Result<TeamId, Problem> {
        if !self.viewer.is_staff() {
            return Err(Problem::forbidden(format!("{field} is set by the service desk")));
        }
        find(&self.directory.teams, field, "team", text)
    }

    /// A service.
    pub(crate) fn service(&self, field: &str, text: &str) -> Result<ServiceId, Problem> {
        find(&self.directory.services, field, "service", text)
    }

    /// A category, by its name where only one has it, or by its path.
    pub(crate) fn category(&self, field: &str, text: &str) -> Result<CategoryId, Problem> {
        match self.directory.category_paths.named(text) {
            [id] => Ok(*id),
            _ => find(&self.directory.categories, field, "category", text),
        }
    }

    /// An organisation.
    pub(crate) fn organisation(&self, field: &str, text: &str) -> Result<OrganisationId, Problem> {
        find(&self.directory.organisations, field, "organisation", text)
    }

    /// A schedule.
    pub(crate) fn schedule(&self, field: &str, text: &str) -> Result<ScheduleId, Problem> {
        find(&self.directory.schedules, field, "schedule", text)
    }

    /// An escalation policy.
    pub(crate) fn escalation(&self, field: &str, text: &str) -> Result<EscalationId, Problem> {
        find(&self.directory.escalations, field, "escalation policy", text)
    }

    /// A webhook.
    pub(crate) fn webhook(&self, field: &str, text: &str) -> Result<WebhookId, Problem> {
        find(&self.directory.webhooks, field, "webhook", text)
    }

    /// An incident model in use. Requesters know those that are published for them.
    pub(crate) fn model(&self, field: &str, text: &str) -> Result<Model, Problem> {
        let policy = self.app.desk().policy();
        let known = policy.models.iter().filter(|model| model.portal || self.viewer.is_staff());
        let names = Names::of(known.map(|model| (model.id, model.name.clone(), true)));
        let id = find(&names, field, "incident model", text)?;
        let found = policy.model(id).cloned();
        found.ok_or_else(|| Problem::invalid(field, "is not a known incident model"))
    }

    /// A person who is known. Requesters can name nobody but themselves, so that
    /// they learn nothing about who is known.
    pub(crate) fn person<'p>(
        &'p self,
        field: &'p str,
        text: &'p str,
    ) -> BoxFuture<'p, Result<PersonId, Problem>> {
        Box::pin(async move {
            let text = text.trim();
            let found = self.card(text).await?;
            let own = found.as_ref().is_some_and(|card| card.id == self.viewer.person);
            if !self.viewer.is_staff() && !own {
                return Err(Problem::forbidden(format!(
                    "{field}: you can name only yourself; the service desk names others"
                )));
            }
            found.map(|card| card.id).ok_or_else(|| unknown_person(field, text))
        })
    }

    /// A person that may be missing.
    pub(crate) async fn opt_person(
        &self,
        field: &str,
        text: Option<&str>,
    ) -> Result<Option<PersonId>, Problem> {
        match text {
            None => Ok(None),
            Some(text) => self.person(field, text).await.map(Some),
        }
    }

    /// The person that a field of a change names: whoever it was where it is absent, nobody where
    /// it is null.
    pub(crate) async fn person_or(
        &self,
        field: &str,
        given: Option<Option<&str>>,
        before: Option<PersonId>,
    ) -> Result<Option<PersonId>, Problem> {
        match given {
            None => Ok(before),
            Some(text) => self.opt_person(field, text).await,
        }
    }

    /// What the fields `category`, `team` and `owner` name, in this order: what it was where one is
    /// absent, nothing where it is null.
    pub(crate) async fn place(
        &self,
        [category, team, owner]: [Option<Option<&str>>; 3],
        before: Place,
    ) -> Result<Place, Problem> {
        Ok(Place {
            category: or_before(category, before.category, |text| self.category("category", text))?,
            team: or_before(team, before.team, |text| self.team("team", text))?,
            owner: self.person_or("owner", owner, before.owner).await?,
        })
    }

    /// People who are known, one after the other.
    pub(crate) async fn people(
        &self,
        field: &str,
        all: &[String],
    ) -> Result<BTreeSet<PersonId>, Problem> {
        let mut found = BTreeSet::new();
        for (at, text) in all.iter().enumerate() {
            found.insert(self.person(&format!("{field}.{at}"), text).await?);
        }
        Ok(found)
    }

    /// Services, one after the other.
    pub(crate) fn services(
        &self,
        field: &str,
        all: &[String],
    ) -> Result<BTreeSet<ServiceId>, Problem> {
        each(field, all, |field, text| self.service(field, text))
    }

    /// Categories, one after the other.
    pub(crate) fn categories(
        &self,
        field: &str,
        all: &[String],
    ) -> Result<BTreeSet<CategoryId>, Problem> {
        each(field, all, |field, text| self.category(field, text))
    }

    /// Lists of stakeholders: an update to one that is not there would reach nobody. Which there
    /// are is no business of requesters, whose update is refused anyway.
    pub(crate) async fn lists(
        &self,
        field: &str,
        all: &[String],
    ) -> Result<BTreeSet<ListId>, Problem> {
        if all.is_empty() || !self.viewer.is_staff() {
            return Ok(BTreeSet::new());
        }
        let known = self.app.desk().read(lists::list).await?;
        let names = Names::of(known.into_iter().map(|list| (list.id, list.name, true)));
        each(field, all, |field, text| find(&names, field, "stakeholder list", text))
    }

    /// Components of the status page.
    pub(crate) async fn components(
        &self,
        field: &str,
        all: &[String],
    ) -> Result<BTreeSet<ComponentId>, Problem> {
        if all.is_empty() {
            return Ok(BTreeSet::new());
        }
        let known = self.app.desk().read(components::list).await?;
        let names = Names::of(known.into_iter().map(|one| (one.id, one.name, true)));
        each(field, all, |field, text| find(&names, field, "component", text))
    }

    /// What is known of somebody, by e-mail or id.
    pub(crate) async fn card(&self, text: &str) -> Result<Option<Arc<Card>>, Problem> {
        if let Ok(id) = text.parse::<PersonId>() {
            let found = self.directory.people(self.app.desk(), [id]).await?;
            return Ok(found.get(&id).cloned());
        }
        if !is_email(text) {
            return Ok(None);
        }
        Ok(self.directory.by_email(self.app.desk(), &text.to_lowercase()).await?)
    }
}

/// Where what people wrote down belongs, and who has it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// The category.
    pub(crate) category: Option<CategoryId>,
    /// The team.
    pub(crate) team: Option<TeamId>,
    /// The person.
    pub(crate) owner: Option<PersonId>,
}

/// What a field of a change refers to: what it was where it is absent, nothing where it is null.
pub(crate) fn or_before<Id>(
    given: Option<Option<&str>>,
    before: Option<Id>,
    find: impl FnOnce(&str) -> Result<Id, Problem>,
) -> Result<Option<Id>, Problem> {
    match given {
        None => Ok(before),
        Some(text) => text.map(find).transpose(),
    }
}

/// Words for a person who is not known.
pub(crate) fn unknown_person(field: &str, text: &str) -> Problem {
    let words = match is_email(text) {
        true => "nobody has this e-mail address",
        false => "is not a known person; name them by e-mail address or id",
    };
    Problem::invalid(field, words)
}

/// Whether a text can be an e-mail address. Whether mail arrives there only mail can tell.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c);
    !local.is_empty()
        && !domain.is_empty()
        && !local.contains('@')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.chars().count() <= limits::EMAIL_CHARS
        && text.chars().all(plain)
}

/// What each of these texts refers to; the field at fault is told with its place.
fn each<Id: Ord>(
    field: &str,
    all: &[String],
    find: impl Fn(&str, &str) -> Result<Id, Problem>,
) -> Result<BTreeSet<Id>, Problem> {
    all.iter().enumerate().map(|(at, text)| find(&format!("{field}.{at}"), text)).collect()
}

fn find<Id>(names: &Names<Id>, field: &str, what: &str, text: &str) -> Result<Id, Problem>
where
    Id: Copy + Eq + Hash + FromStr,
{
    if let Ok(id) = text.trim().parse::<Id>()
        && names.name(id).is_some()
    {
        return Ok(id);
    }
    match names.named(text) {
        [id] => Ok(*id),
        [] => {
            let meant = nearest(text.trim(), names.names());
            let hint = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
            Err(Problem::invalid(field, format!("is not a known {what}{hint}")))
        }
        _ => {
            let words = format!(
                "several are called so; give the id of the {what}, or its path where it has one"
            );
            Err(Problem::invalid(field, words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        for good in ["a@b", "mara.lindqvist@northwind.example", "o'neil+x@sub.example.org"] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(limits::EMAIL_CHARS));
        for bad in
            ["", "@", "a@", "@b", "a b@c", "a@b@c", "Mara <m@x.org>", "a@.b", "a@b.\n", &long]
        {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
