//! Whom schedules and escalation policies page: chosen from one list, told in words.

use super::Section;
use crate::app::App;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::form::Field;
use desk::Trouble;
use desk::rota::webhooks_in_use;
use incident::escalation::Whom;
use incident::escalation::check::can_be_paged;
use incident::{Policy, Refusal};
use kernel::{InOrder, WebhookId};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::directory::webhooks;

/// What can be paged, by name.
pub(crate) struct Names {
    /// The policy in force.
    pub(crate) policy: Arc<Policy>,
    /// Webhooks in use.
    pub(crate) webhooks: BTreeSet<WebhookId>,
    hooks: BTreeMap<WebhookId, String>,
}

/// What is offered of a kind, as values and labels by name.
type Group = (&'static str, Vec<(String, String)>);

impl Names {
    /// Everything there is.
    pub(crate) async fn read(app: &App) -> PageResult<Names> {
        let read = app.desk.read(|sql| Ok((webhooks::list(sql)?, webhooks_in_use(sql)?)));
        let (all, webhooks) = read.await?;
        let hooks = all.into_iter().map(|(hook, _)| (hook.id, hook.name)).collect();
        Ok(Names { policy: app.desk.policy(), webhooks, hooks })
    }

    /// What one is called.
    pub(crate) fn name(&self, whom: Whom) -> String {
        let Policy { paging, teams, staff, .. } = &*self.policy;
        let found = match whom {
            Whom::Schedule(id) => paging.schedules.get(&id).map(|found| found.name.clone()),
            Whom::Person(id) => staff.get(&id).map(|found| found.name.clone()),
            Whom::Team(id) => teams.get(&id).map(|found| found.name.clone()),
            Whom::Webhook(id) => self.hooks.get(&id).cloned(),
        };
        found.unwrap_or_else(|| "somebody who is gone".to_owned())
    }

    /// "whoever is on call by Network", "everybody of Network", "Mara Lindqvist".
    pub(crate) fn words(&self, whom: Whom) -> String {
        let name = self.name(whom);
        match whom {
            Whom::Schedule(_) => format!("whoever is on call by {name}"),
            Whom::Person(_) => name,
            Whom::Team(_) => format!("everybody of {name}"),
            Whom::Webhook(_) => format!("the program {name}"),
        }
    }

    /// The same as a link to where it is set.
    pub(crate) fn link(&self, whom: Whom) -> Markup {
        let address = match whom {
            Whom::Schedule(id) => Section::Schedules.of(id),
            Whom::Person(id) => Section::People.of(id),
            Whom::Team(id) => Section::Teams.of(id),
            Whom::Webhook(id) => Section::Webhooks.of(id),
        };
        html! { a href=(address) { (self.words(whom)) } }
    }

    fn groups(&self) -> [Group; 4] {
        let Policy { paging, teams, staff, .. } = &*self.policy;
        let schedules = paging.schedules.iter();
        let people = staff.iter().filter(|(id, _)| can_be_paged(**id, &self.policy));
        let hooks = self.hooks.iter().filter(|(id, _)| self.webhooks.contains(id));
        [
            (
                "Whoever is on call by",
                sorted(schedules.map(|(id, one)| (Whom::Schedule(*id), &one.name))),
            ),
            (
                "Everybody of a team",
                sorted(teams.iter().map(|(id, one)| (Whom::Team(*id), &one.name))),
            ),
            ("A person", sorted(people.map(|(id, one)| (Whom::Person(*id), &one.name)))),
            ("A program", sorted(hooks.map(|(id, name)| (Whom::Webhook(*id), name)))),
        ]
    }

    /// A choice of one; several such choices may have the same name, but each its own id.
    pub(crate) fn select(
        &self,
        field: &Field<'_>,
        name: &str,
        (chosen, none): (Option<Whom>, &str),
    ) -> Markup {
        let groups = self.groups();
        let chosen = chosen.map(value).unwrap_or_default();
        let offered = groups.iter().flat_map(|(_, all)| all).any(|(value, _)| *value == chosen);
        field.around(html! {
            select.inp id=(field.id) name=(name) aria-invalid=[field.invalid()] aria-describedby=[field.described_by()] {
                option value="" selected[chosen.is_empty()] { (none) }
                @for (label, all) in &groups {
                    @if !all.is_empty() {
                        optgroup label=(label) {
                            @for (value, name) in all { option value=(value) selected[*value == chosen] { (name) } }
                        }
                    }
                }
                (crate::part::form::kept(&chosen, offered))
            }
        })
    }
}

fn sorted<'a>(all: impl Iterator<Item = (Whom, &'a String)>) -> Vec<(String, String)> {
    let mut all: Vec<_> = all.map(|(whom, name)| (value(whom), name.clone())).collect();
    all.order_by_key(|(value, name)| (name.to_lowercase(), value.clone()));
    all
}

/// As a form holds it.
pub(crate) fn value(whom: Whom) -> String {
    match whom {
        Whom::Schedule(id) => format!("schedule:{id}"),
        Whom::Person(id) => format!("person:{id}"),
        Whom::Team(id) => format!("team:{id}"),
        Whom::Webhook(id) => format!("webhook:{id}"),
    }
}

/// Everybody chosen in a field, in their order.
pub(crate) fn typed(fields: &Fields, field: &str) -> Result<Vec<Whom>, Trouble> {
    let filled = fields.all(field).filter(|value| !value.is_empty());
    let wrong = || Trouble::from(Refusal::invalid("whom", "Choose from the list"));
    filled.map(|text| parse(text).ok_or_else(wrong)).collect()
}

fn parse(text: &str) -> Option<Whom> {
    let (kind, id) = text.split_once(':')?;
    match kind {
        "schedule" => id.parse().ok().map(Whom::Schedule),
        "person" => id.parse().ok().map(Whom::Person),
        "team" => id.parse().ok().map(Whom::Team),
        "webhook" => id.parse().ok().map(Whom::Webhook),
        _ => None,
    }
}
