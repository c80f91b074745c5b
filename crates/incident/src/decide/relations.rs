//! How incidents relate. Merging and parenthood are relations, not moves: each
//! incident keeps its own timeline, requester and clocks, and both sides say so.

use super::{Draft, lifecycle, majors, paging};
use crate::command::{Command, Related};
use crate::event::{
    ChildAdded, ChildRemoved, Derived, Linked, MergeReceived, MergeWithdrawn, Merged, NobodyThere,
    RuleRan, RuleRefused, RuleRested, Unlinked, Unmerged,
};
use crate::refusal::Refusal;
use crate::state::{Lifecycle, Link, LinkKind};
use kernel::{IncidentNumber, limits};

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Link { kind: LinkKind::Parent, target, cascade } => {
            adopt(draft, target, cascade.unwrap_or(true))
        }
        Command::Link { kind, target, .. } => link(draft, *kind, target),
        Command::Unlink { kind: LinkKind::Parent, target } => orphan(draft, target),
        Command::Unlink { kind, target } => unlink(draft, *kind, target),
        Command::Merge { into } => merge(draft, *into),
        Command::Unmerge => unmerge(draft),
        _ => Ok(()),
    }
}

/// The other side of a relation.
pub(super) fn note(draft: &mut Draft, related: &Related) -> Result<(), Refusal> {
    let state = draft.state()?;
    match related {
        Related::RuleRan { .. } | Related::RuleRefused { .. } | Related::RuleRested { .. } => {
            rule(draft, related)
        }
        Related::NobodyThere { team, away } => draft.emit(NobodyThere { team: *team, away: *away }),
        Related::PageFailed { .. } => paging::note(draft, related)?,
        Related::ChildAdded { child } if !state.children.contains(child) => {
            has_room(draft, state.children.len(), limits::CHILDREN_PER_INCIDENT, "children")?;
            draft.emit(ChildAdded { child: *child })
        }
        Related::ParentStarted if state.follows_parent => {
            lifecycle::started(draft, "its parent is worked on")
        }
        Related::ParentReturned { taken_at } if state.follows_parent => {
            lifecycle::return_work(draft, *taken_at)
        }
        Related::MainEnded if state.lifecycle.is_open() => unmerge(draft)?,
        Related::ChildRemoved { child } if state.children.contains(child) => {
            draft.emit(ChildRemoved { child: *child })
        }
        Related::MergeReceived { from } if !state.parts.contains(from) => {
            has_room(draft, state.parts.len(), limits::PARTS_PER_INCIDENT, "merged incidents")?;
            draft.emit(MergeReceived { from: *from })
        }
        Related::MergeWithdrawn { from } if state.parts.contains(from) => {
            draft.emit(MergeWithdrawn { from: *from })
        }
        Related::LinkedBack { kind, from } => {
            let link = Link { kind: *kind, target: from.to_string(), reverse: true };
            if !state.links.contains(&link) {
                has_room(draft, state.links.len(), limits::LINKS_PER_INCIDENT, "links")?;
                let Link { kind, target, reverse } = link;
                draft.emit(Linked { kind, target, reverse, cascade: false });
            }
        }
        Related::UnlinkedBack { kind, from } => {
            let link = Link { kind: *kind, target: from.to_string(), reverse: true };
            if state.links.contains(&link) {
                let Link { kind, target, reverse } = link;
                draft.emit(Unlinked { kind, target, reverse });
            }
        }
        _ => {}
    }
    Ok(())
}

/// What a rule did here, named as it is called now.
fn rule(draft: &mut Draft, related: &Related) {
    let Some(Derived { name, version, .. }) = draft.facts.derived.clone() else { return };
    match related {
        Related::RuleRan { rule, on, because, waits } => draft.emit(RuleRan {
            rule: *rule,
            name,
            version,
            on: on.clone(),
            because: *because,
            waits: waits.clone(),
        }),
        Related::RuleRested { rule, runs, until } => {
            draft.emit(RuleRested { rule: *rule, name, version, runs: *runs, until: *until })
        }
        Related::RuleRefused { rule, refused, message } => draft.emit(RuleRefused {
            rule: *rule,
            name,
            version,
            command: refused.clone(),
            message: message.clone(),
        }),
        _ => {}
    }
}

/// What one more relation is added to must not have the most already.
fn has_room(draft: &Draft, have: usize, most: usize, what: &str) -> Result<(), Refusal> {
    if have < most {
        return Ok(());
    }
    let number = own_number(draft)?;
    Err(Refusal::limit(format!("{number} has {most} {what}, the most there can be")))
}

fn own_number(draft: &Draft) -> Result<IncidentNumber, Refusal> {
    draft
        .facts
        .number
        .ok_or_else(|| Refusal::not_found("there is no such incident, or you may not see it"))
}

fn adopt(draft: &mut Draft, target: &str, cascade: bool) -> Result<(), Refusal> {
    let parent: IncidentNumber =
        target.parse().map_err(|error: kernel::Invalid| Refusal::invalid("target", error.0))?;
    let number = own_number(draft)?;
    if draft.facts.other.is_none() {
        return Err(Refusal::invalid("target", "is not a known incident"));
    }
    if parent == number || draft.facts.above_other.contains(&number) {
        return Err(Refusal::invalid("target", "would make the incident its own ancestor"));
    }
    let state = draft.state()?;
    if state.parent.is_some_and(|old| old != parent) {
        return Err(Refusal::state(
            "has_parent",
            "it has a parent already; unlink that first, or ask somebody who sees it",
        ));
    }
    if state.parent == Some(parent) && state.follows_parent == cascade {
        return Err(Refusal::state("nothing_to_change", "that is its parent already"));
    }
    let new = state.parent.is_none();
    draft.emit(Linked {
        kind: LinkKind::Parent,
        target: parent.to_string(),
        reverse: false,
        cascade,
    });
    if new {
        draft.tell(parent, Command::Note(Related::ChildAdded { child: number }), true);
    }
    Ok(())
}

fn orphan(draft: &mut Draft, target: &str) -> Result<(), Refusal> {
    let number = own_number(draft)?;
    let parent =
        draft.state()?.parent.filter(|parent| parent.to_string().eq_ignore_ascii_case(target));
    let Some(parent) = parent else {
        return Err(Refusal::invalid("target", "is not its parent"));
    };
    draft.emit(Unlinked { kind: LinkKind::Parent, target: parent.to_string(), reverse: false });
    draft.tell(parent, Command::Note(Related::ChildRemoved { child: number }), false);
    Ok(())
}

fn link(draft: &mut Draft, kind: LinkKind, target: &str) -> Result<(), Refusal> {
    let number = own_number(draft)?;
    let incident: Option<IncidentNumber> = target.parse().ok();
    let target = incident.map_or_else(|| target.trim().to_owned(), |number| number.to_string());
    check_target("target", kind, &target, incident)?;
    if incident == Some(number) {
        return Err(Refusal::invalid("target", "is this incident itself"));
    }
    if incident.is_some() && draft.facts.other.is_none() {
        return Err(Refusal::invalid("target", "is not a known incident"));
    }
    let state = draft.state()?;
    let link = Link { kind, target: target.clone(), reverse: false };
    if state.links.contains(&link) {
        return Err(Refusal::state("nothing_to_change", "they are linked like that already"));
    }
    has_room(draft, state.links.len(), limits::LINKS_PER_INCIDENT, "links")?;
    draft.emit(Linked { kind, target, reverse: false, cascade: false });
    if let Some(other) = incident {
        draft.tell(other, Command::Note(Related::LinkedBack { kind, from: number }), true);
    }
    Ok(())
}

/// Whether a target has the form of its kind; `field` is where it was given.
pub(super) fn check_target(
    field: &'static str,
    kind: LinkKind,
    target: &str,
    incident: Option<IncidentNumber>,
) -> Result<(), Refusal> {
    if target.is_empty()
        || target.chars().count() > limits::NAME_CHARS
        || target.chars().any(char::is_control)
    {
        return Err(Refusal::invalid(
            field,
            format!("must have 1 to {} characters", limits::NAME_CHARS),
        ));
    }
    let prefixed = |prefix: &str| {
        let number = target.strip_prefix(prefix).unwrap_or_default();
        !number.is_empty() && !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit())
    };
    let (fits, form) = match kind {
        LinkKind::Problem | LinkKind::KnownError => {
            (prefixed("PRB-"), "the number of a problem, such as PRB-3")
        }
        LinkKind::Change => (prefixed("CHG-"), "the number of a change, such as CHG-12"),
        LinkKind::CausedBy => (
            incident.is_some() || prefixed("CHG-") || prefixed("PRB-"),
            "the number of an incident, change or problem",
        ),
        LinkKind::Alert => (true, ""),
        LinkKind::Parent | LinkKind::Duplicate | LinkKind::Related | LinkKind::FollowUp => {
            (incident.is_some(), "the number of an incident, such as INC-42")
        }
    };
    if fits { Ok(()) } else { Err(Refusal::invalid(field, format!("must be {form}"))) }
}

fn unlink(draft: &mut Draft, kind: LinkKind, target: &str) -> Result<(), Refusal> {
    let number = own_number(draft)?;
    let state = draft.state()?;
    let found = state
        .links
        .iter()
        .find(|link| link.kind == kind && link.target.eq_ignore_ascii_case(target))
        .cloned();
    let Some(link) = found else {
        return Err(Refusal::invalid("target", "is not linked like that"));
    };
    draft.emit(Unlinked { kind, target: link.target.clone(), reverse: link.reverse });
    if let Ok(other) = link.target.parse::<IncidentNumber>() {
        let related = match link.reverse {
            false => Command::Note(Related::UnlinkedBack { kind, from: number }),
            true => Command::Unlink { kind, target: number.to_string() },
        };
        draft.tell(other, related, false);
    }
    Ok(())
}

fn merge(draft: &mut Draft, into: IncidentNumber) -> Result<(), Refusal> {
    let number = own_number(draft)?;
    let Some(other) = draft.facts.other else {
        return Err(Refusal::invalid("into", "is not a known incident"));
    };
    if into == number || draft.facts.above_other.contains(&number) {
        return Err(Refusal::invalid("into", "would make the incident a part of itself"));
    }
    if let Some(main) = other.merged_into {
        return Err(Refusal::invalid(
            "into",
            format!("is itself merged into {main}; merge into that one"),
        ));
    }
    if matches!(other.lifecycle, Lifecycle::Closed | Lifecycle::Cancelled) {
        return Err(Refusal::invalid("into", "is closed; link it as a duplicate instead"));
    }
    let state = draft.state()?;
    if other.lifecycle == Lifecycle::Resolved && state.lifecycle.is_open() {
        // It would stay open where nobody looks any more.
        return Err(Refusal::invalid(
            "into",
            "is resolved; resolve this one with the same words and link it, or reopen that one first",
        ));
    }
    if other.confidential_to != state.confidential_to {
        // The other shows the union of both timelines.
        return Err(Refusal::invalid(
            "into",
            "is not seen by the same people; restrict both to the same team, or neither",
        ));
    }
    draft.emit(Merged { into });
    draft.tell(into, Command::Note(Related::MergeReceived { from: number }), true);
    majors::go_on_in(draft, into);
    Ok(())
}

/// Makes it stand on its own, if it is part of another. What is open again does
/// so by itself: the other may be over, and nobody would see it there.
pub(super) fn unmerge(draft: &mut Draft) -> Result<(), Refusal> {
    if let Some(from) = draft.state()?.merged_into {
        let number = own_number(draft)?;
        draft.emit(Unmerged { from });
        draft.tell(from, Command::Note(Related::MergeWithdrawn { from: number }), true);
    }
    Ok(())
}

/// Lets those of its parts go on that are still open when it ends without them.
pub(super) fn release_parts(draft: &mut Draft) -> Result<(), Refusal> {
    for part in draft.state()?.parts.clone() {
        draft.tell(part, Command::Note(Related::MainEnded), true);
    }
    Ok(())
}
