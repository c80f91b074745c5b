//! What has to be done to an incident so that it is as a row says. Pure, so that a
//! row that was half told is told to its end by asking again.

use super::rows::Facts;
use incident::command::Change;
use incident::state::{HoldReason, Lifecycle, LinkKind, State};
use kernel::{CategoryId, Level, Matrix, PersonId, Priority, ServiceId, TeamId};
use std::collections::{BTreeMap, BTreeSet};

/// A row with its names looked up.
#[derive(Debug, Clone)]
pub(super) struct Target<'f> {
    pub(super) facts: &'f Facts,
    pub(super) team: Option<TeamId>,
    pub(super) assignee: Option<PersonId>,
    pub(super) category: Option<CategoryId>,
    pub(super) service: Option<ServiceId>,
    /// The custom fields that the file speaks of.
    pub(super) mapped: &'f BTreeMap<String, String>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Reopen,
    Classify {
        service: Change<ServiceId>,
        category: Change<CategoryId>,
        fields: BTreeMap<String, Option<String>>,
    },
    Levels(Level, Level),
    Override(Priority),
    Assign(Change<TeamId>, Change<PersonId>),
    Acknowledge,
    Hold(HoldReason),
    Resume,
    Resolve,
    Close,
    Cancel,
    Link(LinkKind, String),
    Unlink(LinkKind, String),
}

/// What could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Impossible {
    /// The row goes on with what is over.
    AfterTheEnd,
    /// It counts a reopening that was never a resolution.
    ReopenedUnseen,
}

/// The wishes, in the order in which they are granted.
pub(super) fn difference(
    state: &State,
    target: &Target<'_>,
    matrix: &Matrix,
) -> (Vec<Wish>, Option<Impossible>) {
    let facts = target.facts;
    let wanted = facts.state;
    let mut wishes = Vec::new();
    let mut impossible = None;
    if matches!(state.lifecycle, Lifecycle::Closed | Lifecycle::Cancelled) {
        if wanted.lifecycle != state.lifecycle {
            impossible = Some(Impossible::AfterTheEnd);
        }
        links(state, target, &mut wishes);
        return (wishes, impossible);
    }
    let mut life = state.lifecycle;
    let counted = facts.reopen_count > state.reopenings;
    if life == Lifecycle::Resolved && (wanted.lifecycle.is_open() || counted) {
        wishes.push(Wish::Reopen);
        life = Lifecycle::InProgress;
    } else if counted && life != Lifecycle::Resolved {
        impossible = Some(Impossible::ReopenedUnseen);
    }
    classify(state, target, &mut wishes);
    prioritise(state, target, matrix, &mut wishes);
    if (target.team, target.assignee) != (state.team, state.assignee) {
        wishes.push(Wish::Assign(Change::to(target.team), Change::to(target.assignee)));
        if target.assignee.is_some() && life == Lifecycle::New {
            life = Lifecycle::InProgress;
        }
    }
    let held = state.hold.as_ref().map(|hold| hold.reason);
    lifecycle(life, held, wanted.lifecycle, wanted.hold, &mut wishes);
    links(state, target, &mut wishes);
    (wishes, impossible)
}

fn classify(state: &State, target: &Target<'_>, wishes: &mut Vec<Wish>) {
    let service = change(state.service, target.service);
    let category = change(state.category, target.category);
    let wanted = &target.facts.fields;
    let set = wanted
        .iter()
        .filter(|(name, value)| state.fields.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), Some(value.clone())));
    let gone = state
        .fields
        .keys()
        .filter(|name| target.mapped.contains_key(*name) && !wanted.contains_key(*name))
        .map(|name| (name.clone(), None));
    let fields: BTreeMap<_, _> = set.chain(gone).collect();
    if !service.is_keep() || !category.is_keep() || !fields.is_empty() {
        wishes.push(Wish::Classify { service, category, fields });
    }
}

fn change<T: Copy + PartialEq>(is: Option<T>, wanted: Option<T>) -> Change<T> {
    if is == wanted { Change::Keep } else { Change::to(wanted) }
}

fn prioritise(state: &State, target: &Target<'_>, matrix: &Matrix, wishes: &mut Vec<Wish>) {
    let impact = target.facts.impact.unwrap_or(state.impact);
    let urgency = target.facts.urgency.unwrap_or(state.urgency);
    let computed = matrix.priority(impact, urgency);
    let wanted = target.facts.priority.unwrap_or(computed);
    let levels_differ = (impact, urgency) != (state.impact, state.urgency);
    let overridden = state.priority_override.is_some();
    // Saying the levels anew takes an override away.
    if levels_differ || (overridden && wanted == computed) {
        wishes.push(Wish::Levels(impact, urgency));
    }
    if wanted != computed && (levels_differ || !overridden || wanted != state.priority) {
        wishes.push(Wish::Override(wanted));
    }
}

fn lifecycle(
    life: Lifecycle,
    held: Option<HoldReason>,
    wanted: Lifecycle,
    wanted_hold: Option<HoldReason>,
    wishes: &mut Vec<Wish>,
) {
    let open = life.is_open();
    match wanted {
        // Whoever has it works on it: an assigned "new" stays in progress.
        Lifecycle::New if life == Lifecycle::OnHold => wishes.push(Wish::Resume),
        Lifecycle::New => {}
        Lifecycle::InProgress => match life {
            Lifecycle::New => wishes.push(Wish::Acknowledge),
            Lifecycle::OnHold => wishes.push(Wish::Resume),
            _ => {}
        },
        Lifecycle::OnHold => {
            if let Some(reason) =
                wanted_hold.filter(|_| life != Lifecycle::OnHold || held != wanted_hold)
            {
                wishes.push(Wish::Hold(reason));
            }
        }
        Lifecycle::Resolved if open => wishes.push(Wish::Resolve),
        Lifecycle::Resolved => {}
        Lifecycle::Closed if open => wishes.extend([Wish::Resolve, Wish::Close]),
        Lifecycle::Closed => wishes.push(Wish::Close),
        Lifecycle::Cancelled if open => wishes.push(Wish::Cancel),
        Lifecycle::Cancelled => {}
    }
}

fn links(state: &State, target: &Target<'_>, wishes: &mut Vec<Wish>) {
    let facts = target.facts;
    let numbered = |text: &Option<String>, prefix: &str| {
        let digits: String = text.as_ref()?.chars().filter(char::is_ascii_digit).collect();
        let number = digits.trim_start_matches('0');
        (!number.is_empty()).then(|| format!("{prefix}-{number}"))
    };
    let wanted: BTreeSet<(LinkKind, String)> = [
        (LinkKind::Problem, numbered(&facts.problem, "PRB")),
        (LinkKind::Change, numbered(&facts.change, "CHG")),
        (LinkKind::CausedBy, numbered(&facts.caused_by, "CHG")),
    ]
    .into_iter()
    .filter_map(|(kind, target)| Some((kind, target?)))
    .collect();
    let kinds = [LinkKind::Problem, LinkKind::Change, LinkKind::CausedBy];
    let have: BTreeSet<(LinkKind, String)> = state
        .links
        .iter()
        .filter(|link| !link.reverse && kinds.contains(&link.kind))
        .map(|link| (link.kind, link.target.clone()))
        .collect();
    wishes
        .extend(have.difference(&wanted).cloned().map(|(kind, target)| Wish::Unlink(kind, target)));
    wishes.extend(wanted.difference(&have).cloned().map(|(kind, target)| Wish::Link(kind, target)));
}
