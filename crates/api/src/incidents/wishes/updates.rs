//! What everybody concerned is told, and who approves it.

use super::{On, Wish};
use crate::problem::Problem;
use crate::reference::References;
use incident::conduct::Audiences;
use incident::state::UpdatePhase;
use incident::{Command, CommandName};
use kernel::{Timestamp, UpdateId, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Whom an update is for; what is absent is not.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = UpdateAudienceFields)]
pub(crate) struct AudienceFields {
    /// The requester, those of parts and of children that follow, and whoever watches.
    requesters: bool,
    /// Lists of stakeholders, by name or id.
    lists: Vec<String>,
    /// The status page and its subscribers.
    status_page: bool,
    /// Chat rooms.
    chat: bool,
}

impl AudienceFields {
    async fn found(self, references: &References<'_>) -> Result<Audiences, Problem> {
        let AudienceFields { requesters, lists, status_page, chat } = self;
        let lists = references.lists("audiences.lists", &lists).await?;
        Ok(Audiences { requesters, lists, status_page, chat })
    }
}

/// Where it stands, for everybody concerned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishUpdate {
    /// What it is called outside; as before when absent.
    title: Option<String>,
    /// The words.
    body: String,
    /// `investigating` (when absent), `identified`, `monitoring` or `resolved`.
    /// `state` is another word for it.
    #[schema(value_type = Option<String>)]
    #[serde(alias = "state")]
    phase: Option<UpdatePhase>,
    /// When service is expected back.
    #[schema(value_type = Option<String>, format = DateTime)]
    expected: Option<Timestamp>,
    /// When the next word comes.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_update: Option<Timestamp>,
    /// Whom it is for; requesters and chat rooms when absent.
    audiences: Option<AudienceFields>,
}

impl Wish for PublishUpdate {
    const NAME: CommandName = CommandName::PublishUpdate;
    const ABOUT: &'static str = "Tell everybody concerned where it stands";
    const MORE: &'static str = "Where the agreement asks for approval, what goes to the status page about a major incident is drafted instead; whoever leads it, and administrators, need none.";

    fn example() -> Value {
        json!({
            "body": "The cause is found; we are replacing a switch.",
            "phase": "identified",
            "audiences": { "requesters": true, "status_page": true, "chat": true },
        })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let audiences = match self.audiences {
            Some(audiences) => Some(audiences.found(on.references).await?),
            None => None,
        };
        Ok(Command::PublishUpdate {
            title: on.opt_words("title", self.title.as_deref(), limits::TITLE_CHARS)?,
            body: on.words("body", &self.body, limits::BODY_CHARS)?,
            phase: self.phase.unwrap_or(UpdatePhase::Investigating),
            expected: self.expected,
            next_update: self.next_update,
            audiences,
        })
    }
}

/// An update that somebody else approves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftUpdate {
    /// The draft that is written anew; a new one when absent.
    #[schema(value_type = Option<String>)]
    update: Option<UpdateId>,
    /// What it is called outside; as before when absent.
    title: Option<String>,
    /// The words.
    body: String,
    /// `investigating` (when absent), `identified`, `monitoring` or `resolved`.
    /// `state` is another word for it.
    #[schema(value_type = Option<String>)]
    #[serde(alias = "state")]
    phase: Option<UpdatePhase>,
    /// When service is expected back.
    #[schema(value_type = Option<String>, format = DateTime)]
    expected: Option<Timestamp>,
    /// When the next word comes.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_update: Option<Timestamp>,
    /// Whom it is for.
    audiences: AudienceFields,
}

impl Wish for DraftUpdate {
    const NAME: CommandName = CommandName::DraftUpdate;
    const ABOUT: &'static str = "Write an update that somebody else approves";

    fn example() -> Value {
        json!({ "body": "Some cannot sign in.", "audiences": { "status_page": true } })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let audiences = self.audiences.found(on.references).await?;
        Ok(Command::DraftUpdate {
            update: self.update.unwrap_or_else(|| on.ask.update()),
            title: on.opt_words("title", self.title.as_deref(), limits::TITLE_CHARS)?,
            body: on.words("body", &self.body, limits::BODY_CHARS)?,
            phase: self.phase.unwrap_or(UpdatePhase::Investigating),
            expected: self.expected,
            next_update: self.next_update,
            audiences,
        })
    }
}

/// An update that waits for approval.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveUpdate {
    #[schema(value_type = String)]
    update: UpdateId,
}

impl Wish for ApproveUpdate {
    const NAME: CommandName = CommandName::ApproveUpdate;
    const ABOUT: &'static str = "Publish an update that somebody else wrote";
    const MORE: &'static str =
        "For managers, administrators, and whoever leads or speaks; never for its writer.";

    fn example() -> Value {
        json!({ "update": "0199c0de-0000-7000-8000-000000000000" })
    }

    async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
        Ok(Command::ApproveUpdate { update: self.update })
    }
}

/// An update that will not be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectUpdate {
    #[schema(value_type = String)]
    update: UpdateId,
    /// Why. Internal.
    reason: String,
}

impl Wish for RejectUpdate {
    const NAME: CommandName = CommandName::RejectUpdate;
    const ABOUT: &'static str = "Leave an update unpublished that waits for approval";

    fn example() -> Value {
        json!({
            "update": "0199c0de-0000-7000-8000-000000000000",
            "reason": "Says more than we know.",
        })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let reason = on.words("reason", &self.reason, limits::REASON_CHARS)?;
        Ok(Command::RejectUpdate { update: self.update, reason })
    }
}
