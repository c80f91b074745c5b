//! What it is and how urgent.

use super::{On, Wish, change, check_value, given};
use crate::problem::Problem;
use incident::models::ModelUse;
use incident::{Command, CommandName};
use kernel::{Level, Priority, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Title, service, category, custom fields; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Classify {
    /// New title.
    title: Option<String>,
    /// Name or id; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    service: Option<Option<String>>,
    /// Name, path or id; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    category: Option<Option<String>>,
    /// Custom fields to set, or to remove where null.
    fields: Option<BTreeMap<String, Option<String>>>,
    /// How many people are affected.
    affected: Option<u32>,
}

impl Wish for Classify {
    const NAME: CommandName = CommandName::Classify;
    const ABOUT: &'static str = "Change title, service, category or custom fields";

    fn example() -> Value {
        json!({ "service": "Label Printing", "category": null, "fields": { "site": "Rotterdam" } })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let service = self
            .service
            .map(|name| name.map(|name| on.references.service("service", &name)).transpose());
        let category = self
            .category
            .map(|name| name.map(|name| on.references.category("category", &name)).transpose());
        let fields = self.fields.unwrap_or_default();
        for (name, value) in &fields {
            let value = value.as_deref().unwrap_or_default();
            check_value(&format!("fields.{name}"), value, limits::CUSTOM_FIELD_CHARS)?;
        }
        Ok(Command::Classify {
            title: self.title.map(|title| on.ask.title(&title)).transpose()?,
            service: change(service.transpose()?),
            category: change(category.transpose()?),
            fields,
            affected: self.affected,
        })
    }
}

/// Impact and urgency, or a priority with the reason why the matrix does not fit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prioritise {
    /// 1 (high) to 3 (low).
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    impact: Option<Level>,
    /// 1 (high) to 3 (low).
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    urgency: Option<Level>,
    /// Overrides the matrix.
    #[schema(value_type = Option<String>, example = "P1")]
    priority: Option<Priority>,
    /// Why it is overridden. Internal.
    reason: Option<String>,
}

impl Wish for Prioritise {
    const NAME: CommandName = CommandName::Prioritise;
    const ABOUT: &'static str = "Set impact and urgency, or override the priority";

    fn example() -> Value {
        json!({ "impact": 1, "urgency": 2 })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let reason = on.opt_words("reason", self.reason.as_deref(), limits::REASON_CHARS)?;
        let (impact, urgency, priority) = (self.impact, self.urgency, self.priority);
        Ok(Command::Prioritise { impact, urgency, priority, reason })
    }
}

/// Tags to add and to remove.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tag {
    /// To add.
    add: Option<BTreeSet<String>>,
    /// To remove.
    remove: Option<BTreeSet<String>>,
}

impl Wish for Tag {
    const NAME: CommandName = CommandName::Tag;
    const ABOUT: &'static str = "Add and remove tags";

    fn example() -> Value {
        json!({ "add": ["printer"], "remove": [] })
    }

    async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
        let (add, remove) = (self.add.unwrap_or_default(), self.remove.unwrap_or_default());
        for tag in &remove {
            check_value("remove", tag, limits::TAG_CHARS)?;
        }
        Ok(Command::Tag { add, remove })
    }
}

/// An incident model.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplyModel {
    /// Its name or id.
    model: String,
}

impl Wish for ApplyModel {
    const NAME: CommandName = CommandName::ApplyModel;
    const ABOUT: &'static str = "Apply an incident model";
    const MORE: &'static str = "What the model gives and nobody has set yet is set, its tasks that are not there yet are added, its runbook stays with the incident as it is now. Impact and urgency are set while nobody has said them. What the model names and is out of use is left out; `left_out` of the entry says so. Applying the same version twice answers 409.";

    fn example() -> Value {
        json!({ "model": "Label printer prints nothing" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let model = on.references.model("model", &self.model)?;
        Ok(Command::ApplyModel(ModelUse::of(model.id)))
    }
}
