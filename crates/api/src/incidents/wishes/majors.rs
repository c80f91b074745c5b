//! How a major incident is conducted: roles, responders, rooms, what was out.

use super::{On, Wish, change, given};
use crate::problem::Problem;
use incident::conduct::{Degree, RoomKind};
use incident::state::IncidentRole;
use incident::{Command, CommandName};
use kernel::{OutageId, Timestamp, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// An outage as bodies name it.
const SOME_ID: &str = "0199c0de-0000-7000-8000-000000000000";

/// A role, and to whom it is handed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOver {
    /// `commander`, `fix_lead`, `communications` or `scribe`.
    #[schema(value_type = String)]
    role: IncidentRole,
    /// E-mail address or id.
    to: String,
}

impl Wish for HandOver {
    const NAME: CommandName = CommandName::HandOver;
    const ABOUT: &'static str = "Offer a role to somebody, who has it once they accept";

    fn example() -> Value {
        json!({ "role": "commander", "to": "ines.ferreira@northwind.example" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let to = on.references.person("to", &self.to).await?;
        Ok(Command::HandOver { role: self.role, to })
    }
}

macro_rules! of_role {
    ($($name:ident: $about:literal;)+) => {$(
        #[doc = $about]
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// `commander`, `fix_lead`, `communications` or `scribe`.
            #[schema(value_type = String)]
            role: IncidentRole,
        }

        impl Wish for $name {
            const NAME: CommandName = CommandName::$name;
            const ABOUT: &'static str = $about;

            fn example() -> Value {
                json!({ "role": "commander" })
            }

            async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
                Ok(Command::$name { role: self.role })
            }
        }
    )+};
}

of_role! {
    AcceptRole: "Take a role that was offered to you";
    DeclineRole: "Leave a role that was offered to you where it is";
}

/// Whom to ask.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallResponders {
    /// People, by e-mail address or id.
    #[serde(default)]
    people: Vec<String>,
    /// Teams, by name or id: whoever is first on call by the team's escalation policy, or its
    /// people where nobody is.
    #[serde(default)]
    teams: Vec<String>,
    /// Words to them. Internal.
    note: Option<String>,
}

impl Wish for CallResponders {
    const NAME: CommandName = CommandName::CallResponders;
    const ABOUT: &'static str = "Ask people to come, and page them";
    const MORE: &'static str = "Whoever is paged already stays paged. Acknowledging the page says that one comes, declining it that one cannot.";

    fn example() -> Value {
        json!({ "teams": ["Network"], "note": "The core switch of hall 3." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let mut people = Vec::new();
        for text in &self.people {
            people.push(on.references.person("people", text).await?);
        }
        let teams = self.teams.iter().map(|text| on.references.team("teams", text));
        let teams = teams.collect::<Result<Vec<_>, Problem>>()?;
        let note = on.opt_words("note", self.note.as_deref(), limits::REASON_CHARS)?;
        Ok(Command::CallResponders { people, teams, note })
    }
}

/// Whether one comes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerCall {
    coming: bool,
    /// Words about it. Internal.
    note: Option<String>,
}

impl Wish for AnswerCall {
    const NAME: CommandName = CommandName::AnswerCall;
    const ABOUT: &'static str = "Say whether you come, when you were asked to";

    fn example() -> Value {
        json!({ "coming": true, "note": "In ten minutes." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let note = on.opt_words("note", self.note.as_deref(), limits::REASON_CHARS)?;
        Ok(Command::AnswerCall { coming: self.coming, note })
    }
}

/// Where people meet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetRoom {
    /// `conference` or `chat`.
    #[schema(value_type = String)]
    kind: RoomKind,
    /// An address that begins with `https:`, `tel:`, `sip:` or another by which people meet;
    /// null or absent takes it back. Internal.
    address: Option<String>,
}

impl Wish for SetRoom {
    const NAME: CommandName = CommandName::SetRoom;
    const ABOUT: &'static str = "Say where those who work on it meet";

    fn example() -> Value {
        json!({ "kind": "conference", "address": "https://meet.northwind.example/war-room" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let address = on.ask.opt_room("address", self.address.as_deref())?;
        Ok(Command::SetRoom { kind: self.kind, address })
    }
}

/// What it means.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateImpact {
    /// The words; null or absent takes them back. Internal.
    statement: Option<String>,
}

impl Wish for StateImpact {
    const NAME: CommandName = CommandName::StateImpact;
    const ABOUT: &'static str = "Say what it means for the business";

    fn example() -> Value {
        json!({ "statement": "No truck leaves hall 3; 40 orders a minute wait." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let statement = self.statement.as_deref();
        let statement = on.opt_words("statement", statement, limits::BODY_CHARS)?;
        Ok(Command::StateImpact { statement })
    }
}

/// A span in which a service was worse than agreed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordOutage {
    /// Its id; a new one when absent.
    #[schema(value_type = Option<String>)]
    outage: Option<OutageId>,
    /// Name or id.
    service: String,
    /// `degraded`, `partial` or `full`.
    #[schema(value_type = String)]
    degree: Degree,
    /// From when on.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// Until when; null or absent while it lasts.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl Wish for RecordOutage {
    const NAME: CommandName = CommandName::RecordOutage;
    const ABOUT: &'static str = "Record a span in which a service was worse than agreed";
    const MORE: &'static str = "What lasts ends with mitigate, restore and resolve. Outages of one service must not overlap.";

    fn example() -> Value {
        json!({ "service": "VPN", "degree": "partial", "started_at": "2026-11-23T12:00:00Z" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        Ok(Command::RecordOutage {
            outage: self.outage.unwrap_or_else(|| on.ask.outage()),
            service: on.references.service("service", &self.service)?,
            degree: self.degree,
            started_at: self.started_at,
            ended_at: self.ended_at,
        })
    }
}

/// What was otherwise than recorded; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeOutage {
    #[schema(value_type = String)]
    outage: OutageId,
    /// `degraded`, `partial` or `full`.
    #[schema(value_type = Option<String>)]
    degree: Option<Degree>,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// Null: it lasts.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Option<Timestamp>>,
}

impl Wish for ChangeOutage {
    const NAME: CommandName = CommandName::ChangeOutage;
    const ABOUT: &'static str = "End an outage, or correct it";

    fn example() -> Value {
        json!({ "outage": SOME_ID, "ended_at": "2026-11-23T12:40:00Z" })
    }

    async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
        Ok(Command::ChangeOutage {
            outage: self.outage,
            degree: self.degree,
            started_at: self.started_at,
            ended_at: change(self.ended_at),
        })
    }
}

/// An outage that was none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveOutage {
    #[schema(value_type = String)]
    outage: OutageId,
    /// Why. Internal.
    reason: String,
}

impl Wish for RemoveOutage {
    const NAME: CommandName = CommandName::RemoveOutage;
    const ABOUT: &'static str = "Say that there was no such outage";

    fn example() -> Value {
        json!({ "outage": SOME_ID, "reason": "A false alarm of the probe." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let reason = on.words("reason", &self.reason, limits::REASON_CHARS)?;
        Ok(Command::RemoveOutage { outage: self.outage, reason })
    }
}
