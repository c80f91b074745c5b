//! Events about people, records, tasks and rules around an incident, as sentences.

use super::{alerts, given};
use crate::incident::case::Case;
use crate::incident::major::room_word;
use crate::incident::words::short;
use crate::part::time::{self, duration};
use incident::Body;
use incident::conduct::Answer;
use incident::event::CallAnswered;
use incident::state::{IncidentRole, LinkKind};
use kernel::PersonId;
use maud::{Markup, html};

/// Characters of a statement that are quoted.
const QUOTED_CHARS: usize = 120;

/// What an event said about people, records and tasks around the incident.
pub(super) fn related(case: &Case, body: &Body) -> Markup {
    match body {
        Body::Linked(data) => {
            html! { "linked " b { (case.target_of(&data.target)) } " as " (link_word(data.kind, data.reverse)) }
        }
        Body::Unlinked(data) => {
            html! { "unlinked " b { (case.target_of(&data.target)) } ", was " (link_word(data.kind, data.reverse)) }
        }
        Body::ChildAdded(data) => {
            html! { "linked " b { (case.number_of(data.child)) } " as a child" }
        }
        Body::ChildRemoved(data) => {
            html! { "unlinked the child " b { (case.number_of(data.child)) } }
        }
        Body::Merged(data) => {
            html! { b { "merged it" } " into " b { (case.number_of(data.into)) } }
        }
        Body::Unmerged(data) => {
            html! { b { "unmerged it" } " from " b { (case.number_of(data.from)) } }
        }
        Body::MergeReceived(data) => {
            html! { "merged " b { (case.number_of(data.from)) } " into it" }
        }
        Body::MergeWithdrawn(data) => {
            html! { "took " b { (case.number_of(data.from)) } " out again" }
        }
        Body::MajorDeclared(_) => html! { b { "declared it a major incident" } },
        Body::MajorStoodDown(_) => html! { b { "stood down" } " the major incident" },
        Body::RoleGiven(data) if data.accepted => {
            html! { "accepted the role " b { (role_word(data.role)) } }
        }
        Body::RoleGiven(data) => match data.person {
            Some(person) => {
                html! { "made " b { (case.person(person)) } " " (role_word(data.role)) }
            }
            None => html! { "took the role " (role_word(data.role)) " back" },
        },
        Body::TaskAdded(data) => html! { "added the task " b { (case.text(data.title)) } },
        Body::TaskCompleted(data) => html! { "ticked " b { (task(case, data.task)) } },
        Body::TaskReopened(data) => html! { "unticked " b { (task(case, data.task)) } },
        Body::WorkLogged(data) => html! { "logged " b { (duration(i64::from(data.seconds))) } },
        Body::Watched(data) => html! { "added the watcher " b { (case.person(data.person)) } },
        Body::Unwatched(data) => html! { "removed the watcher " b { (case.person(data.person)) } },
        Body::Restricted(data) => match data.team {
            Some(team) => html! { b { "restricted it" } " to " b { (case.team(team)) } },
            None => html! { b { "lifted the restriction" } },
        },
        Body::Redacted(_) => html! { "erased words or a file" },
        Body::ModelApplied(data) => html! {
            "applied the incident model " b { (data.name) }
            @for (part, why) in &data.left_out { ", left out " (part) ", which " (why) }
        },
        Body::RuleRan(data) => {
            html! { "rule " b { (data.name) } " ran because " (case.text(data.because)) }
        }
        Body::RuleRested(data) => html! {
            "rule " b { (data.name) } " ran " (data.runs) " times within a day and rests until " (time::moment(data.until, &case.here))
        },
        Body::RuleRefused(data) => html! {
            "rule " b { (data.name) } " could not " (data.command.replace('-', " ")) ": " (data.message)
        },
        Body::NobodyThere(data) => given::nobody(case, data),
        Body::AlertsChanged(data) => alerts::changed(case.number, data),
        Body::Escalated(data) => html! {
            b { "escalated it" }
            @if let Some(team) = data.team { " to " b { (case.team(team)) } }
            @if let Some(manager) = data.manager { " to " b { (case.person(manager)) } }
        },
        other => conducted(case, other),
    }
}

/// What an event said about how a major incident is conducted, and about outages.
fn conducted(case: &Case, body: &Body) -> Markup {
    match body {
        Body::MajorProposed(_) => html! { b { "proposed" } " to declare it a major incident" },
        Body::MajorDeclined(_) => html! { "decided that it is " b { "no major incident" } },
        Body::RoleOffered(data) => {
            html! { "offered the role " (role_word(data.role)) " to " b { (case.person(data.to)) } }
        }
        Body::RoleDeclined(data) => {
            html! { "declined the role " b { (role_word(data.role)) } }
        }
        Body::RespondersCalled(data) => {
            let names: Vec<&str> =
                data.people.iter().map(|called| case.person(called.person)).collect();
            html! { "called " b { (names.join(", ")) } }
        }
        Body::RoomSet(data) => match data.address {
            Some(_) => html! { "set the " b { (room_word(data.kind).to_lowercase()) } " room" },
            None => html! { "took the " (room_word(data.kind).to_lowercase()) " room back" },
        },
        Body::ImpactStated(data) => match data.statement {
            Some(statement) => {
                html! { "stated the impact: " (short(case.text(statement), QUOTED_CHARS)) }
            }
            None => html! { "took the impact statement back" },
        },
        Body::OutageRecorded(data) => html! {
            "recorded an outage of " b { (case.service(data.service)) } " from " (time::moment(data.started_at, &case.here))
            @if let Some(at) = data.ended_at { " to " (time::moment(at, &case.here)) }
        },
        Body::OutageChanged(data) => match (data.ended_before, data.ended_at) {
            (None, Some(at)) => {
                html! { b { "ended an outage" } ", at " (time::moment(at, &case.here)) }
            }
            _ => html! { "corrected an outage" },
        },
        Body::OutageRemoved(_) => html! { "removed an outage" },
        Body::UpdateDrafted(_) => html! { b { "wrote an update" } " that waits for approval" },
        Body::UpdateRejected(_) => html! { b { "rejected" } " an update" },
        Body::UpdateDueChanged(data) => match data.due {
            Some(at) => html! { "the next update is due " (time::moment(at, &case.here)) },
            None => html! { "no update is due any more" },
        },
        Body::UpdateOverdue(data) => {
            html! { b { @if data.again { "the update is still overdue" } @else { "the update is overdue" } } ", it was due " (time::moment(data.due, &case.here)) }
        }
        other => html! { (other.kind().replace('_', " ")) },
    }
}

/// What somebody who was asked to come said; most say it themselves.
pub(super) fn answered(case: &Case, data: &CallAnswered, by: Option<PersonId>) -> Markup {
    let said = match data.answer {
        Answer::Coming => "is coming",
        Answer::CannotCome => "cannot come",
        Answer::Asked => "is asked again",
    };
    html! {
        @if by == Some(data.person) { b { (said) } } @else { "heard that " (case.person(data.person)) " " b { (said) } }
        @if let Some(note) = data.note { ": “" (case.text(note)) "”" }
    }
}

fn task(case: &Case, id: kernel::TaskId) -> &str {
    case.state()
        .tasks
        .iter()
        .find(|task| task.id == id)
        .map_or("a task", |task| case.text(task.title))
}

/// How a relation reads from here.
pub(in crate::incident) fn link_word(kind: LinkKind, reverse: bool) -> &'static str {
    match (kind, reverse) {
        (LinkKind::Parent, false) => "parent",
        (LinkKind::Parent, true) => "child",
        (LinkKind::Duplicate, false) => "duplicate of",
        (LinkKind::Duplicate, true) => "duplicate",
        (LinkKind::Problem, _) => "problem",
        (LinkKind::KnownError, _) => "known error",
        (LinkKind::Change, _) => "change",
        (LinkKind::Alert, _) => "alert",
        (LinkKind::CausedBy, false) => "caused by",
        (LinkKind::CausedBy, true) => "cause of",
        (LinkKind::Related, _) => "related",
        (LinkKind::FollowUp, false) => "follow-up of",
        (LinkKind::FollowUp, true) => "follow-up",
    }
}

/// The name of a role in an incident.
pub(in crate::incident) fn role_word(role: IncidentRole) -> &'static str {
    match role {
        IncidentRole::Commander => "commander",
        IncidentRole::FixLead => "fix lead",
        IncidentRole::Communications => "communications",
        IncidentRole::Scribe => "scribe",
    }
}
