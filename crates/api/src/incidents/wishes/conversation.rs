//! What is said about it, and what must be forgotten.

use super::{On, Wish};
use crate::problem::Problem;
use desk::told::words_of;
use incident::{Access, Command, CommandName, Scope, Visibility};
use kernel::{ContentId, Timestamp, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use store::incidents::{feed, timeline};
use utoipa::ToSchema;

/// Something to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Comment {
    /// The words.
    body: String,
    /// `public`: requester and watchers read it; `internal`: the service desk alone.
    #[schema(value_type = String)]
    visibility: Visibility,
}

impl Wish for Comment {
    const NAME: CommandName = CommandName::Comment;
    const ABOUT: &'static str = "Say something, to everybody or to the service desk";

    fn example() -> Value {
        json!({ "body": "We are looking into it.", "visibility": "public" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let body = on.words("body", &self.body, limits::BODY_CHARS)?;
        Ok(Command::Comment { body, visibility: self.visibility })
    }
}

/// When service is expected back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetExpectedResolution {
    /// Likely; null or absent takes the expectation back.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Not before.
    #[schema(value_type = Option<String>, format = DateTime)]
    low: Option<Timestamp>,
    /// Most likely not after.
    #[schema(value_type = Option<String>, format = DateTime)]
    high: Option<Timestamp>,
    /// Why it changes, in words for the requester.
    reason: Option<String>,
}

impl Wish for SetExpectedResolution {
    const NAME: CommandName = CommandName::SetExpectedResolution;
    const ABOUT: &'static str = "Say when service is expected back";

    fn example() -> Value {
        json!({ "at": "2026-11-23T16:00:00Z", "reason": "The spare part comes at noon." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let reason = on.opt_words("reason", self.reason.as_deref(), limits::REASON_CHARS)?;
        Ok(Command::SetExpectedResolution { at: self.at, low: self.low, high: self.high, reason })
    }
}

/// What to forget: words by their id, or the words of an entry by its place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redact {
    /// The id of the words, as `content_ids` of the timeline gives it.
    #[schema(value_type = Option<String>)]
    content: Option<ContentId>,
    /// The place of the entry, if only one text stands in it.
    n: Option<u32>,
}

impl Wish for Redact {
    const NAME: CommandName = CommandName::Redact;
    const ABOUT: &'static str = "Forget words or a file, keep the fact that something stood there";

    fn example() -> Value {
        json!({ "n": 3 })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let scope = Scope::of(on.references.viewer());
        let (wanted, place, number) = (self.content, self.n, on.number);
        let found = on
            .references
            .app()
            .desk()
            .read(move |sql| {
                let subjects = feed::subjects(sql, &[number])?;
                let access = subjects.get(&number).map_or(Access::None, |of| scope.access(of));
                if access != Access::Full {
                    return Ok((access, vec![]));
                }
                let ids = match place.filter(|_| wanted.is_none()) {
                    Some(n) => {
                        let entry = timeline::event(sql, number, n)?;
                        entry.map(|entry| words_of(&entry.event)).unwrap_or_default()
                    }
                    None => timeline::contents(sql, number)?.into_keys().collect(),
                };
                Ok((access, ids))
            })
            .await?;
        choose(wanted, place, found)
    }
}

fn choose(
    wanted: Option<ContentId>,
    place: Option<u32>,
    (access, ids): (Access, Vec<ContentId>),
) -> Result<Command, Problem> {
    if access != Access::Full {
        let words = "the service desk erases; write them what must be forgotten";
        return Err(Problem::forbidden(words));
    }
    match (wanted, place) {
        (Some(_), Some(_)) => Err(Problem::invalid("n", "stands beside content; give one of them")),
        (None, None) => Err(Problem::invalid("content", "is needed, or n is")),
        (Some(content), None) if ids.contains(&content) => Ok(Command::Redact { content }),
        (Some(_), None) => {
            Err(Problem::invalid("content", "is not the id of words of this incident"))
        }
        (None, Some(_)) => match ids.as_slice() {
            [content] => Ok(Command::Redact { content: *content }),
            [] => Err(Problem::invalid("n", "is not an entry with words")),
            several => {
                let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
                let words = format!("has several texts; name one as content: {}", ids.join(", "));
                Err(Problem::invalid("n", words))
            }
        },
    }
}
