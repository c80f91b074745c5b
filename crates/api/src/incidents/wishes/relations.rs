//! How it relates to other records, and taking things back.

use super::{On, Wish, check_value, plain_wishes};
use crate::problem::Problem;
use incident::state::LinkKind;
use incident::{Command, CommandName};
use kernel::{IncidentNumber, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

plain_wishes! {
    Unmerge: "Take a merge back", "";
}

/// A relation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// `parent`, `duplicate`, `problem`, `known_error`, `change`, `alert`,
    /// `caused_by`, `related` or `follow_up`.
    #[schema(value_type = String)]
    kind: LinkKind,
    /// The number of the other record, or an alert's id.
    target: String,
    /// For a parent: whether its progress is copied down; yes when absent.
    cascade: Option<bool>,
}

impl Wish for Link {
    const NAME: CommandName = CommandName::Link;
    const ABOUT: &'static str = "Relate it to another record";

    fn example() -> Value {
        json!({ "kind": "related", "target": "INC-3" })
    }

    async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
        check_value("target", &self.target, limits::NAME_CHARS)?;
        Ok(Command::Link { kind: self.kind, target: self.target, cascade: self.cascade })
    }
}

/// A relation to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unlink {
    /// How they were related.
    #[schema(value_type = String)]
    kind: LinkKind,
    /// The number of the other record, or an alert's id.
    target: String,
}

impl Wish for Unlink {
    const NAME: CommandName = CommandName::Unlink;
    const ABOUT: &'static str = "Take a relation back";

    fn example() -> Value {
        json!({ "kind": "related", "target": "INC-3" })
    }

    async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
        check_value("target", &self.target, limits::NAME_CHARS)?;
        Ok(Command::Unlink { kind: self.kind, target: self.target })
    }
}

/// The incident it becomes part of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    /// Its number.
    #[schema(value_type = String, example = "INC-3")]
    into: IncidentNumber,
}

impl Wish for Merge {
    const NAME: CommandName = CommandName::Merge;
    const ABOUT: &'static str = "Make it part of another incident";
    const MORE: &'static str =
        "A relation, not a move: it keeps its timeline, requester and clocks.";

    fn example() -> Value {
        json!({ "into": "INC-3" })
    }

    async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
        Ok(Command::Merge { into: self.into })
    }
}

/// The entry to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undo {
    /// Its place in the timeline.
    n: u32,
}

impl Wish for Undo {
    const NAME: CommandName = CommandName::Undo;
    const ABOUT: &'static str = "Take back one entry of the timeline";
    const MORE: &'static str = "Assignment, priority, classification, state up to on hold, merge and tags can be taken back.";

    fn example() -> Value {
        json!({ "n": 4 })
    }

    async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
        Ok(Command::Undo { n: self.n })
    }
}
