//! Events about people, records, tasks and rules around an incident, as sentences.

use super::{alerts, given};
use crate::incident::case::Case;
use crate::part::time::{self, duration};
use incident::Body;
use incident::state::{IncidentRole, LinkKind};
use maud::{Markup, html};

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
        other => html! { (other.kind().replace('_', " ")) },
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
