//! Tasks, time spent, the major flag.

use super::{On, Wish};
use crate::problem::Problem;
use incident::{Command, CommandName};
use kernel::{TaskId, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

macro_rules! with_reason {
    ($($name:ident: $about:literal;)+) => {$(
        #[doc = $about]
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// Why. Internal.
            reason: Option<String>,
        }

        impl Wish for $name {
            const NAME: CommandName = CommandName::$name;
            const ABOUT: &'static str = $about;

            fn example() -> Value {
                json!({ "reason": "All of hall 3 stands still." })
            }

            async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
                let reason = self.reason.as_deref();
                let reason = on.opt_words("reason", reason, limits::REASON_CHARS)?;
                Ok(Command::$name { reason })
            }
        }
    )+};
}

with_reason! {
    ProposeMajor: "Propose to declare it a major incident";
    DeclineMajor: "Leave it what it is, though it was proposed to declare it a major incident";
    DeclareMajor: "Declare it a major incident";
    StandDown: "Say that it is no major incident any more";
}

/// Something to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTask {
    /// What.
    title: String,
    /// By whom: e-mail address or id.
    assignee: Option<String>,
}

impl Wish for AddTask {
    const NAME: CommandName = CommandName::AddTask;
    const ABOUT: &'static str = "Add a task";
    const MORE: &'static str = "The answer lists the tasks with their ids.";

    fn example() -> Value {
        json!({ "title": "Call the vendor" })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let assignee = on.references.opt_person("assignee", self.assignee.as_deref()).await?;
        let title = on.words("title", &self.title, limits::TITLE_CHARS)?;
        Ok(Command::AddTask { task: on.ask.task(), title, assignee })
    }
}

macro_rules! on_task {
    ($($name:ident: $about:literal;)+) => {$(
        #[doc = $about]
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// Its id.
            #[schema(value_type = String)]
            task: TaskId,
        }

        impl Wish for $name {
            const NAME: CommandName = CommandName::$name;
            const ABOUT: &'static str = $about;

            fn example() -> Value {
                json!({ "task": "0199c0de-0000-7000-8000-000000000000" })
            }

            async fn command(self, _: &mut On<'_>) -> Result<Command, Problem> {
                Ok(Command::$name { task: self.task })
            }
        }
    )+};
}

on_task! {
    CompleteTask: "Tick a task";
    ReopenTask: "Untick a task";
}

/// Time spent: `seconds` or `duration`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogWork {
    /// How long, in seconds.
    seconds: Option<u32>,
    /// How long, as ISO 8601 says it.
    #[schema(example = "PT1H30M")]
    duration: Option<String>,
    /// On what. Internal.
    note: Option<String>,
}

impl Wish for LogWork {
    const NAME: CommandName = CommandName::LogWork;
    const ABOUT: &'static str = "Record time spent";

    fn example() -> Value {
        json!({ "seconds": 1800, "note": "Swapped the cable." })
    }

    async fn command(self, on: &mut On<'_>) -> Result<Command, Problem> {
        let seconds = match (self.seconds, self.duration.as_deref()) {
            (Some(seconds), None) => seconds,
            (None, Some(duration)) => seconds_of(duration)?,
            (Some(_), Some(_)) => {
                return Err(Problem::invalid(
                    "duration",
                    "stands beside seconds; give one of them",
                ));
            }
            (None, None) => return Err(Problem::invalid("seconds", "is needed, or duration is")),
        };
        let note = on.opt_words("note", self.note.as_deref(), limits::BODY_CHARS)?;
        Ok(Command::LogWork { seconds, note })
    }
}

fn seconds_of(duration: &str) -> Result<u32, Problem> {
    let read = duration.parse::<jiff::SignedDuration>().ok().filter(|_| duration.starts_with('P'));
    let seconds = read.and_then(|read| u32::try_from(read.as_secs()).ok());
    seconds.ok_or_else(|| {
        Problem::invalid(
            "duration",
            "is not an ISO 8601 duration in hours, minutes and seconds, such as PT1H30M",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        assert_eq!(seconds_of("PT1H30M").unwrap(), 5_400);
        assert_eq!(seconds_of("PT45S").unwrap(), 45);
        for bad in ["", "1h", "PT", "P1Y", "-PT5M", "PT99999999999H"] {
            assert!(seconds_of(bad).is_err(), "{bad}");
        }
    }
}
