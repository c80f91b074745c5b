//! What a request says of an incident model.

use crate::kept::{block, given, line};
use crate::problem::Problem;
use crate::reference::References;
use incident::models::{Gives, Model};
use kernel::{CategoryId, Level, ServiceId, TeamId, limits};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// An incident model, or what to change of one: what is absent stays, or is empty in a new
/// one. A new one needs a name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelFields {
    /// Its name, unique whatever the case; timelines say it.
    name: Option<String>,
    /// When to use it.
    about: Option<String>,
    /// Its place in the order, from 1; the last, when absent in a new one.
    place: Option<u16>,
    active: Option<bool>,
    /// Whether requesters may report with it. They see its name, when to use it, title and
    /// description, not its tasks and runbook.
    portal: Option<bool>,
    /// A title to start from; the title of a report that says none.
    title: Option<String>,
    /// What to ask, as a description that the reporter completes on screen.
    description: Option<String>,
    /// Name or id; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    service: Option<Option<String>>,
    /// Name, path or id; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    category: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    impact: Option<Option<Level>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    urgency: Option<Option<Level>>,
    /// Name or id; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    team: Option<Option<String>>,
    tags: Option<BTreeSet<String>>,
    fields: Option<BTreeMap<String, String>>,
    /// Titles of its tasks, in their order, at most 50.
    tasks: Option<Vec<String>>,
    /// How it is restored, step by step. For staff only.
    runbook: Option<String>,
}

/// The same with what it names found.
pub(super) struct Edit {
    said: ModelFields,
    service: Option<Option<ServiceId>>,
    category: Option<Option<CategoryId>>,
    team: Option<Option<TeamId>>,
}

impl ModelFields {
    /// Finds what it names and tidies its texts.
    pub(super) fn read(mut self, references: &References<'_>) -> Result<Edit, Problem> {
        let service = named(self.service.take(), |text| references.service("service", text))?;
        let category = named(self.category.take(), |text| references.category("category", text))?;
        let team = named(self.team.take(), |text| references.team("team", text))?;
        for (field, text, most, lines) in [
            ("name", &mut self.name, limits::NAME_CHARS, false),
            ("about", &mut self.about, limits::REASON_CHARS, true),
            ("title", &mut self.title, limits::TITLE_CHARS, false),
            ("description", &mut self.description, limits::BODY_CHARS, true),
            ("runbook", &mut self.runbook, limits::BODY_CHARS, true),
        ] {
            if let Some(text) = text {
                let read = if lines { block } else { line };
                *text = read(field, text, most)?;
            }
        }
        for title in self.tasks.iter_mut().flatten() {
            *title = title.trim().to_owned();
        }
        Ok(Edit { said: self, service, category, team })
    }
}

/// A reference that is absent, null or found.
fn named<Id>(
    text: Option<Option<String>>,
    find: impl Fn(&str) -> Result<Id, Problem>,
) -> Result<Option<Option<Id>>, Problem> {
    text.map(|text| text.as_deref().map(find).transpose()).transpose()
}

impl Edit {
    /// The model with what was said of it.
    pub(super) fn over(self, before: &Model) -> Model {
        let said = self.said;
        let gives = before.gives.clone();
        Model {
            id: before.id,
            name: said.name.unwrap_or_else(|| before.name.clone()),
            about: said.about.unwrap_or_else(|| before.about.clone()),
            place: said.place.map_or(before.place, i64::from),
            active: said.active.unwrap_or(before.active),
            portal: said.portal.unwrap_or(before.portal),
            gives: Gives {
                title: said.title.unwrap_or(gives.title),
                description: said.description.unwrap_or(gives.description),
                service: self.service.unwrap_or(gives.service),
                category: self.category.unwrap_or(gives.category),
                impact: said.impact.unwrap_or(gives.impact),
                urgency: said.urgency.unwrap_or(gives.urgency),
                team: self.team.unwrap_or(gives.team),
                tags: said.tags.unwrap_or(gives.tags),
                fields: said.fields.unwrap_or(gives.fields),
                tasks: said.tasks.unwrap_or(gives.tasks),
                runbook: said.runbook.unwrap_or(gives.runbook),
            },
            version: before.version,
        }
    }
}
