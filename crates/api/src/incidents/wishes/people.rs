//! Who has to do with it.

use super::{On, Wish, change, given};
use crate::problem::Problem;
use incident::state::IncidentRole;
use incident::{Command, CommandName};
use kernel::limits;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Team and person; what is absent stays, null clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assign {
    /// Name or id; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    team: Option<Option<String>>,
    /// E-mail address or id; null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
}

impl Wish for Assign {
    const NAME: CommandName = CommandName::Assign;
    const ABOUT: &'static str = "Give it to a team, a person, or nobody";
    const MORE: &'static str = "A new incident is in progress once a person has it.";

    fn example() -> Value {
        json!({ "team": "Network", "assignee": "ines.ferreira@northwind.example" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        if self.team.is_none() && self.assignee.is_none() {
            return Err(Problem::invalid("team", "is needed, or assignee is"));
        }
        let team =
            self.team.map(|name| name.map(|name| on.references.team("team", &name)).transpose());
        let assignee = match self.assignee {
            None => None,
            Some(None) => Some(None),
            Some(Some(text)) => Some(Some(on.references.person("assignee", &text).await?)),
        };
        Ok(Command::Assign { team: change(team.transpose()?), assignee: change(assignee) })
    }
}

/// Another team, or a manager.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Escalate {
    /// The team, by name or id (functional).
    team: Option<String>,
    /// The manager, by e-mail address or id (hierarchic).
    manager: Option<String>,
    /// Why. Internal.
    reason: String,
}

impl Wish for Escalate {
    const NAME: CommandName = CommandName::Escalate;
    const ABOUT: &'static str = "Bring in another team, or a manager";

    fn example() -> Value {
        json!({ "team": "Network", "reason": "Needs access to the core switch." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let manager = on.references.opt_person("manager", self.manager.as_deref()).await?;
        Ok(Command::Escalate {
            team: self.team.map(|name| on.references.team("team", &name)).transpose()?,
            manager,
            reason: on.words("reason", &self.reason, limits::REASON_CHARS)?,
        })
    }
}

/// A role in the incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveRole {
    /// `commander`, `fix_lead`, `communications` or `scribe`.
    #[schema(value_type = String)]
    role: IncidentRole,
    /// E-mail address or id; null or absent for nobody.
    person: Option<String>,
}

impl Wish for GiveRole {
    const NAME: CommandName = CommandName::GiveRole;
    const ABOUT: &'static str = "Give somebody a role in it";

    fn example() -> Value {
        json!({ "role": "commander", "person": "ines.ferreira@northwind.example" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let person = on.references.opt_person("person", self.person.as_deref()).await?;
        Ok(Command::GiveRole { role: self.role, person })
    }
}

macro_rules! following {
    ($($name:ident: $about:literal;)+) => {$(
        #[doc = $about]
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// E-mail address or id; the caller when absent.
            person: Option<String>,
        }

        impl Wish for $name {
            const NAME: CommandName = CommandName::$name;
            const ABOUT: &'static str = $about;

            fn example() -> Value {
                json!({})
            }

            async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
                let person = on.references.opt_person("person", self.person.as_deref()).await?;
                Ok(Command::$name { person })
            }
        }
    )+};
}

following! {
    Watch: "Follow it";
    Unwatch: "Stop following it";
}

/// Who alone may see it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restrict {
    /// The team, by name or id; null lifts it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    team: Option<Option<String>>,
}

impl Wish for Restrict {
    const NAME: CommandName = CommandName::Restrict;
    const ABOUT: &'static str = "Hide it from everybody but a team, or lift that";
    const MORE: &'static str = "When the caller cannot see it any more, the answer is 204.";

    fn example() -> Value {
        json!({ "team": "Security" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        match self.team {
            None => Err(Problem::invalid("team", "is needed; null lifts the restriction")),
            Some(None) => Ok(Command::Restrict { team: None }),
            Some(Some(name)) => {
                Ok(Command::Restrict { team: Some(on.references.team("team", &name)?) })
            }
        }
    }
}
