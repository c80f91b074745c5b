//! What caused a turn of a clock, as half a sentence.

use super::Turn;
use crate::clocks::ClockKind;
use crate::command::Visibility;
use crate::event::{Body, Cause, Event};
use crate::policy::Policy;
use crate::state::HoldReason;
use kernel::{ActorKind, TeamId};

/// How much an event says about a change of a clock; the one that says most is the cause.
pub(super) fn says(body: &Body, kind: ClockKind) -> u8 {
    use ClockKind as K;
    match (kind, body) {
        (_, Body::PauseCorrected(_) | Body::ReopeningWithdrawn(_)) => 4,
        (_, Body::AgreementChanged(_)) => 3,
        (K::Acknowledge, Body::Acknowledged(_) | Body::WorkReturned(_)) => 3,
        (K::Response, Body::Responded(_)) => 3,
        (K::Update, Body::Commented(_) | Body::UpdatePublished(_) | Body::ExpectationSet(_)) => 3,
        (K::Team, Body::Assigned(_)) => 3,
        (
            _,
            Body::Reported(_)
            | Body::PutOnHold(_)
            | Body::Resumed(_)
            | Body::PriorityChanged(_)
            | Body::Resolved(_)
            | Body::Reopened(_)
            | Body::Closed(_)
            | Body::Cancelled(_),
        ) => 2,
        _ => 1,
    }
}

/// What caused it, with who did it: "Mara put it on hold, waiting for the requester".
pub(super) fn of(turn: Turn, cause: Option<&Event>, policy: &Policy) -> String {
    let Some(event) = cause else { return String::new() };
    match turn {
        Turn::Warned { share } => return format!("{share}% of the target is used"),
        Turn::Breached => return "all of the target is used".to_owned(),
        _ => {}
    }
    let who = match event.actor.kind {
        ActorKind::System => "Evenkeel",
        _ => event.actor.name.as_str(),
    };
    let answered = matches!(&event.cause, Cause::Derived(derived) if derived.by == "policy");
    match &event.body {
        // What was waited for came by itself.
        Body::Resumed(_) if answered => format!("{who} answered"),
        body => format!("{who} {}", did(body, policy)),
    }
}

fn did(body: &Body, policy: &Policy) -> String {
    match body {
        Body::Reported(_) => "reported it".to_owned(),
        Body::Acknowledged(_) => "took it".to_owned(),
        Body::WorkReturned(_) => "gave it back".to_owned(),
        Body::Responded(_) => "gave the first response".to_owned(),
        Body::Commented(data) if data.by_requester => "wrote, as the requester".to_owned(),
        Body::Commented(data) if data.by_follower => "wrote, as somebody who follows it".to_owned(),
        Body::Commented(data) if data.visibility == Visibility::Public => {
            "wrote to the requester".to_owned()
        }
        Body::UpdatePublished(_) => "published an update".to_owned(),
        Body::ExpectationSet(_) => "said when it is expected back".to_owned(),
        Body::PutOnHold(data) => format!("put it on hold, waiting for {}", awaited(data.reason)),
        Body::Resumed(data) => format!("ended the wait for {}", awaited(data.reason)),
        Body::PriorityChanged(data) => {
            format!("changed the priority from {} to {}", data.priority_before, data.priority)
        }
        Body::Assigned(data) => match data.team {
            Some(team) => format!("gave it to {}", team_name(team, policy)),
            None => "took it off its team".to_owned(),
        },
        Body::Resolved(_) => "resolved it".to_owned(),
        Body::Disputed(_) | Body::Reopened(_) => "took it up again".to_owned(),
        Body::ReopeningWithdrawn(_) => "said that the reply was no reopening".to_owned(),
        Body::Closed(_) => "closed it".to_owned(),
        Body::Cancelled(_) => "cancelled it".to_owned(),
        Body::PauseCorrected(_) => "corrected a pause".to_owned(),
        Body::AgreementChanged(data) => match policy.agreements.get(data.agreement) {
            Some(agreement) => format!("went over to the agreement {}", agreement.name),
            None => "went over to another agreement".to_owned(),
        },
        Body::Classified(_) => "changed service or category".to_owned(),
        other => other.kind().replace('_', " "),
    }
}

/// What is waited for.
fn awaited(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::Requester => "the requester",
        HoldReason::Vendor => "a supplier",
        HoldReason::Change => "a change",
        HoldReason::Problem => "a problem's solution",
        HoldReason::Scheduled => "an agreed time",
    }
}

fn team_name(team: TeamId, policy: &Policy) -> &str {
    policy.teams.get(&team).map_or("another team", |team| &team.name)
}
