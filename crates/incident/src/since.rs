//! Since when what is true of an incident has been so.

use crate::event::{Body, Cause, Event, SUGGESTION};
use crate::state::{Lifecycle, State};
use kernel::{ActorKind, Channel, PersonId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};

/// Instants of the last changes; absent is since the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Since {
    /// It came into its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Timestamp>,
    /// It was given to its team, or taken from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Timestamp>,
    /// It was given to its assignee, or taken from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Timestamp>,
    /// The provider last said something that the requester reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Timestamp>,
    /// Somebody last did something; absent where nothing followed by itself since, so
    /// that it is when it was last updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<Timestamp>,
}

impl Since {
    /// Whether nothing happened since the report.
    pub fn is_untouched(&self) -> bool {
        *self == Since::default()
    }
}

/// What of a state moves the instants, taken before an event is applied.
pub(crate) struct Before(Option<(Lifecycle, Option<TeamId>, Option<PersonId>, Timestamp)>);

impl Before {
    /// Of a state; none where the incident is reported only now.
    pub(crate) fn of(state: Option<&State>) -> Before {
        Before(state.map(|s| (s.lifecycle, s.team, s.assignee, s.updated_at)))
    }

    /// Moves the instants to what the event changed.
    pub(crate) fn follow(self, state: &mut State, event: &Event) {
        let Some((lifecycle, team, assignee, updated_at)) = self.0 else { return };
        let at = Some(event.happened_at);
        let since = &mut state.since;
        if state.lifecycle != lifecycle {
            since.state = at;
        }
        if state.team != team {
            since.team = at;
        }
        if state.assignee != assignee {
            since.assignee = at;
        }
        let told = match &event.body {
            Body::Commented(data) => data.is_from_provider(),
            Body::UpdatePublished(data) => data.is_public(),
            Body::Resolved(_) => true,
            Body::ExpectationSet(data) => data.at.is_some(),
            Body::Promised(data) => data.to_requester,
            Body::PromiseChanged(data) => data.to_requester,
            _ => false,
        };
        if told {
            since.told = at;
        }
        since.touched = match came_by_itself(event) {
            true => since.touched.or(Some(updated_at)),
            false => None,
        };
    }
}

/// Whether nobody did it: a timer rang, or a rule ran.
fn came_by_itself(event: &Event) -> bool {
    let by_itself = match &event.cause {
        Cause::Derived(derived) if derived.by == SUGGESTION => {
            event.actor.kind == ActorKind::System
        }
        Cause::Derived(derived) => matches!(derived.by.as_str(), "timer" | "rule"),
        Cause::Input(_) => false,
    };
    by_itself || event.channel == Channel::Timer
}
