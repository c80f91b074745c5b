//! From new to closed.

use super::{On, Wish, check_value, plain_wishes};
use crate::problem::Problem;
use incident::rating::Score;
use incident::state::HoldReason;
use incident::{Command, CommandName};
use kernel::{Timestamp, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

plain_wishes! {
    Acknowledge: "Take notice of it", "A new incident is in progress then.";
    Resume: "Go on working", "Ends a hold.";
    Confirm: "Confirm that it works again", "Closes it. The requester does this, or somebody of the service desk on their behalf.";
    NotAReopening: "Say that the reply was only a thank-you", "Takes back the reopening by a reply.";
    Close: "Close it for good", "A resolved incident closes by itself after some days of silence.";
}

macro_rules! over_for_children {
    ($($name:ident: $about:literal, $more:literal;)+) => {$(
        #[doc = $about]
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// Whether that goes for the children that follow it, too.
            #[serde(default)]
            children: bool,
        }

        impl Wish for $name {
            const NAME: CommandName = CommandName::$name;
            const ABOUT: &'static str = $about;
            const MORE: &'static str = $more;

            fn example() -> Value {
                json!({ "children": true })
            }

            async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
                Ok(Command::$name { children: self.children })
            }
        }
    )+};
}

over_for_children! {
    Mitigate: "Say that the impact is over", "The cause may remain.";
    Restore: "Say that service is verified to be back", "";
}

/// What it waits for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// `requester`, `vendor`, `change`, `problem` or `scheduled`.
    #[schema(value_type = String)]
    reason: HoldReason,
    /// When work resumes by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Internal words about it.
    note: Option<String>,
}

impl Wish for Hold {
    const NAME: CommandName = CommandName::Hold;
    const ABOUT: &'static str = "Wait for something";
    const MORE: &'static str = "Clocks pause for the reasons that the agreement lists.";

    fn example() -> Value {
        json!({ "reason": "vendor" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let note = on.opt_words("note", self.note.as_deref(), limits::BODY_CHARS)?;
        Ok(Command::Hold { reason: self.reason, until: self.until, note })
    }
}

/// How service was restored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resolve {
    /// A resolution code.
    code: String,
    /// What was done, in words for the requester.
    note: String,
    /// The cause. Internal.
    cause: Option<String>,
    /// The known error whose workaround was used.
    known_error: Option<String>,
    /// Whether its children are resolved with the same words.
    #[serde(default)]
    children: bool,
}

impl Wish for Resolve {
    const NAME: CommandName = CommandName::Resolve;
    const ABOUT: &'static str = "Hold service restored and ask the requester";

    fn example() -> Value {
        json!({ "code": "fixed", "note": "The print server has a new driver.", "cause": "The update of last night." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        if let Some(known_error) = &self.known_error {
            check_value("known_error", known_error, limits::NAME_CHARS)?;
        }
        Ok(Command::Resolve {
            code: self.code,
            note: on.words("note", &self.note, limits::BODY_CHARS)?,
            cause: on.opt_words("cause", self.cause.as_deref(), limits::BODY_CHARS)?,
            known_error: self.known_error,
            children: self.children,
        })
    }
}

/// How content the requester is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// 1 (not at all) to 5 (very).
    #[schema(value_type = u8, minimum = 1, maximum = 5)]
    score: Score,
    /// Their words; those said before stay where there are none.
    note: Option<String>,
}

impl Wish for Rate {
    const NAME: CommandName = CommandName::Rate;
    const ABOUT: &'static str = "Say how content the requester is with how it went";
    const MORE: &'static str = "Once it is closed, within 30 days; it can be changed for 7 days. The requester does this, or somebody of the service desk on their behalf.";

    fn example() -> Value {
        json!({ "score": 4, "note": "Quick, and friendly." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let note = on.opt_words("note", self.note.as_deref(), limits::BODY_CHARS)?;
        Ok(Command::Rate { score: self.score, note })
    }
}

macro_rules! with_words {
    ($($name:ident { $field:ident, $max:ident, $meaning:literal }: $about:literal, $example:literal;)+) => {$(
        #[doc = $about]
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            #[doc = $meaning]
            $field: String,
        }

        impl Wish for $name {
            const NAME: CommandName = CommandName::$name;
            const ABOUT: &'static str = $about;

            fn example() -> Value {
                json!({ stringify!($field): $example })
            }

            async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
                let $field = on.words(stringify!($field), &self.$field, limits::$max)?;
                Ok(Command::$name { $field })
            }
        }
    )+};
}

with_words! {
    Dispute { note, BODY_CHARS, "What is still broken." }: "Say that it is still broken", "Hall 3 still prints blank labels.";
    Reopen { note, BODY_CHARS, "Why." }: "Take it up again", "It came back after the restart.";
    Cancel { reason, REASON_CHARS, "Why." }: "Say that it was recorded in error", "Reported twice.";
}
