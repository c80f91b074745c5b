//! Kinds of events to choose from, by what they are about: folded, with how many are chosen.

use crate::form::Fields;
use crate::part::icon::icon;
use crate::settings::editing::choices;
use incident::Body;
use maud::{Markup, html};

/// What kinds of events are about. What is in none of the groups is in the last one.
const GROUPS: [(&str, &[&str]); 7] = [
    (
        "Reports and what they say",
        &["reported", "classified", "priority_changed", "tagged", "restricted", "redacted"],
    ),
    (
        "Who works on it",
        &[
            "assigned",
            "acknowledged",
            "work_started",
            "work_returned",
            "escalated",
            "nobody_there",
            "role_given",
            "watched",
            "unwatched",
        ],
    ),
    ("Words, files and work", &["responded", "commented", "attached", "work_logged"]),
    ("Tasks and models", &["task_added", "task_completed", "task_reopened", "model_applied"]),
    (
        "How it goes on and ends",
        &[
            "put_on_hold",
            "resumed",
            "expectation_set",
            "update_published",
            "mitigated",
            "restored",
            "resolved",
            "confirmed",
            "disputed",
            "reopened",
            "reopening_withdrawn",
            "closed",
            "cancelled",
        ],
    ),
    (
        "Major incidents and related ones",
        &[
            "major_declared",
            "major_stood_down",
            "linked",
            "unlinked",
            "child_added",
            "child_removed",
            "merged",
            "unmerged",
            "merge_received",
            "merge_withdrawn",
        ],
    ),
    (
        "Clocks and promises",
        &[
            "agreement_changed",
            "clocks_changed",
            "clock_warned",
            "clock_breached",
            "promised",
            "promise_changed",
            "promise_broken",
            "expectation_nears",
            "breach_explained",
            "pause_corrected",
        ],
    ),
];
/// Where kinds are that are in none of the groups.
const OTHERS: &str = "Rules and everything else";

/// The kinds, each group folded by itself.
pub(super) fn chosen(fields: &Fields) -> Markup {
    html! {
        @for (title, kinds) in groups() {
            @let ticked = kinds.iter().filter(|(kind, _)| fields.all("event").any(|event| event == kind)).count();
            details.fold {
                summary { (icon("right")) (title) ": " @if ticked == 0 { "none" } @else { (ticked) " of " (kinds.len()) } }
                (choices("event", title, None, &kinds, fields))
            }
        }
    }
}

type Group = (&'static str, Vec<(String, String)>);

fn groups() -> Vec<Group> {
    let named = |kind: &str| (kind.to_owned(), kind.replace('_', " "));
    let known = |kind: &str| Body::KINDS.iter().any(|(one, _)| *one == kind);
    let grouped = |kind: &str| GROUPS.iter().any(|(_, kinds)| kinds.contains(&kind));
    let others = Body::KINDS.iter().map(|(kind, _)| *kind).filter(|kind| !grouped(kind));
    let others = (OTHERS, others.map(named).collect());
    let groups = GROUPS.iter().map(|(title, kinds)| {
        (*title, kinds.iter().filter(|kind| known(kind)).map(|kind| named(kind)).collect())
    });
    groups.chain([others]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_chosen_once() {
        let mut offered: Vec<String> =
            groups().into_iter().flat_map(|(_, kinds)| kinds).map(|(kind, _)| kind).collect();
        let mut all: Vec<String> = Body::KINDS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        offered.sort();
        all.sort();
        assert_eq!(offered, all);
    }
}
