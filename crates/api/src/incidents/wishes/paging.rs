//! Who is paged about it.

use super::{On, Wish};
use crate::problem::Problem;
use incident::escalation::Whom;
use incident::reach::Urgency;
use incident::{Command, CommandName};
use kernel::limits;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Whom to page, or by which policy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PageSomebody)]
pub(crate) struct Page {
    /// People, by e-mail address or id.
    #[serde(default)]
    people: Vec<String>,
    /// Teams, by name or id: every member who is there.
    #[serde(default)]
    teams: Vec<String>,
    /// Schedules, by name or id: whoever is on call.
    #[serde(default)]
    schedules: Vec<String>,
    /// An escalation policy, by name or id, which is followed from its first step; in place
    /// of the others.
    policy: Option<String>,
    /// `high` (when absent) or `low`.
    #[schema(value_type = Option<String>)]
    urgency: Option<Urgency>,
    /// Words to them. Internal.
    note: Option<String>,
}

impl Wish for Page {
    const NAME: CommandName = CommandName::Page;
    const ABOUT: &'static str = "Page somebody about it";
    const MORE: &'static str = "Whoever is paged already stays paged, unless a policy is named. People are paged until somebody acknowledges.";

    fn example() -> Value {
        json!({ "people": ["ines.ferreira@northwind.example"], "note": "The firewall drops half of it." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let mut whom = Vec::new();
        for text in &self.people {
            whom.push(Whom::Person(on.references.person("people", text).await?));
        }
        for text in &self.teams {
            whom.push(Whom::Team(on.references.team("teams", text)?));
        }
        for text in &self.schedules {
            whom.push(Whom::Schedule(on.references.schedule("schedules", text)?));
        }
        let policy = self.policy.as_deref();
        let policy = policy.map(|text| on.references.escalation("policy", text));
        Ok(Command::Page {
            whom,
            policy: policy.transpose()?,
            urgency: self.urgency.unwrap_or(Urgency::High),
            note: on.opt_words("note", self.note.as_deref(), limits::REASON_CHARS)?,
        })
    }
}

/// Why somebody cannot take it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclinePage {
    /// Why. Internal.
    note: Option<String>,
}

impl Wish for DeclinePage {
    const NAME: CommandName = CommandName::DeclinePage;
    const ABOUT: &'static str = "Say that you were paged and cannot take it";
    const MORE: &'static str = "Whoever comes next is paged at once.";

    fn example() -> Value {
        json!({ "note": "I am on a train without network." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let note = on.opt_words("note", self.note.as_deref(), limits::REASON_CHARS)?;
        Ok(Command::DeclinePage { note })
    }
}

super::plain_wishes! {
    EscalatePage: "Page whoever comes next at once", "The next step of paging is not waited for.";
}
