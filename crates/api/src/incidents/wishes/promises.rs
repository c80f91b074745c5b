//! Instants given to people, reasons of breaches, pauses that were other ones.

use super::{On, Wish};
use crate::problem::Problem;
use incident::clocks::ClockKind;
use incident::{Command, CommandName};
use kernel::{Timestamp, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A fixed instant that somebody is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promise {
    /// By when it is over; null or absent takes the promise back.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// To whom, by e-mail address or id; the requester when absent. Others must watch it
    /// or work here.
    to: Option<String>,
    /// Words to them. Needed when they were promised something else.
    reason: Option<String>,
}

impl Wish for Promise {
    const NAME: CommandName = CommandName::Promise;
    const ABOUT: &'static str = "Promise somebody that it is over by a fixed instant";
    const MORE: &'static str =
        "Pauses never move it; they are told, and told again when it changes.";

    fn example() -> Value {
        json!({ "at": "2126-11-26T13:00:00Z" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let to = on.references.opt_person("to", self.to.as_deref()).await?;
        let reason = on.opt_words("reason", self.reason.as_deref(), limits::REASON_CHARS)?;
        Ok(Command::Promise { at: self.at, to, reason })
    }
}

/// Why a clock passed its target.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplainBreach {
    /// `acknowledge`, `response`, `update`, `resolution`, `team` or `vendor`.
    #[schema(value_type = String)]
    clock: ClockKind,
    /// Why. Internal.
    reason: String,
    /// Who sees to it that it does not happen again, by e-mail address or id.
    owner: String,
}

impl Wish for ExplainBreach {
    const NAME: CommandName = CommandName::ExplainBreach;
    const ABOUT: &'static str = "Say why a clock passed its target, and who owns that";
    const MORE: &'static str = "Explains all breaches that the clock had so far; `breach:unexplained` finds what waits for it.";

    fn example() -> Value {
        json!({ "clock": "resolution", "reason": "The spare part was not in stock.", "owner": "ines.ferreira@northwind.example" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        Ok(Command::ExplainBreach {
            clock: self.clock,
            reason: on.words("reason", &self.reason, limits::REASON_CHARS)?,
            owner: on.references.person("owner", &self.owner).await?,
        })
    }
}

/// Another pause than the one that was recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectPause {
    /// The place in the timeline of what ended the hold: of `resumed`, or of whatever else did.
    n: u32,
    /// When the pause began; without both there was none.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Why. Internal.
    reason: String,
}

impl Wish for CorrectPause {
    const NAME: CommandName = CommandName::CorrectPause;
    const ABOUT: &'static str = "Correct a pause that was set wrongly";
    const MORE: &'static str = "The clocks that waited in it are counted again and their breaches judged anew. \
        Those who have the incident may do it, and managers.";

    fn example() -> Value {
        json!({ "n": 7, "reason": "They had answered by phone on Monday." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let reason = on.words("reason", &self.reason, limits::REASON_CHARS)?;
        Ok(Command::CorrectPause { n: self.n, from: self.from, to: self.to, reason })
    }
}
