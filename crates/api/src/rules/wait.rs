//! How long a rule waits, as JSON has it: with the calendar's name in place of its id.

use crate::calendars::Known;
use crate::problem::Problem;
use incident::rules::{Fact, Wait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// For how long a rule waits, and for what. It is tried when that time is over, and from
/// then on whenever something happens to the incident, until it ran for that once or it is
/// so no more.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleWait {
    /// `reported` (since), `state` (in it), `team` (with it), `unassigned`, `unanswered` (a
    /// message of the requester), `told` (since the last word to the requester), `changed`
    /// (since anybody did something), `due` (until the next target or promise).
    #[serde(rename = "for")]
    #[schema(value_type = String)]
    fact: Fact,
    /// Seconds: whole minutes, 60 to a year.
    seconds: i64,
    /// Name or id of the calendar whose business time counts; round the clock, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar: Option<String>,
}

impl RuleWait {
    pub(super) fn read(self, calendars: &Known) -> Result<Wait, Problem> {
        let RuleWait { fact, seconds, calendar } = self;
        let find = |text: String| calendars.find("wait.calendar".to_owned(), &text);
        Ok(Wait { fact, seconds, calendar: calendar.map(find).transpose()? })
    }

    pub(super) fn of(wait: Wait, calendars: &Known) -> Self {
        let Wait { fact, seconds, calendar } = wait;
        let name = |id| calendars.name(id).unwrap_or_default().to_owned();
        RuleWait { fact, seconds, calendar: calendar.map(name) }
    }
}
