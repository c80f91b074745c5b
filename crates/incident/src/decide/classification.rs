//! What it is and how much it matters.

use super::{Draft, terms};
use crate::command::{Change, Command};
use crate::event::{Assigned, Classified, PriorityChanged, Tagged};
use crate::refusal::Refusal;
use crate::state::{Lifecycle, Override};
use kernel::{CategoryId, ContentId, Level, Priority, ServiceId, limits};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Classify { title, service, category, fields, affected } => {
            classify(draft, *title, *service, *category, fields, *affected)
        }
        Command::Prioritise { impact, urgency, priority, reason } => {
            prioritise(draft, *impact, *urgency, *priority, *reason)
        }
        Command::Tag { add, remove } => tag(draft, add, remove),
        _ => Ok(()),
    }
}

pub(super) fn check_tags(tags: &BTreeSet<String>) -> Result<(), Refusal> {
    if tags.len() > limits::TAGS_PER_INCIDENT {
        return Err(Refusal::invalid(
            "tags",
            format!("has more than {} entries", limits::TAGS_PER_INCIDENT),
        ));
    }
    let fits = |tag: &String| {
        let length = tag.chars().count();
        (1..=limits::TAG_CHARS).contains(&length)
            && tag.chars().all(|c| c.is_alphanumeric() || "-_.:/".contains(c))
    };
    if let Some(bad) = tags.iter().find(|tag| !fits(tag)) {
        let bad: String = bad.chars().take(limits::TAG_CHARS).collect();
        return Err(Refusal::invalid(
            "tags",
            format!("{bad:?} is no tag: up to {} letters, digits and - _ . : /", limits::TAG_CHARS),
        ));
    }
    Ok(())
}

pub(super) fn check_fields<'a>(
    fields: impl Iterator<Item = (&'a String, Option<&'a String>)>,
) -> Result<(), Refusal> {
    for (name, value) in fields {
        let plain = !name.is_empty()
            && name.chars().count() <= limits::TAG_CHARS
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !plain {
            return Err(Refusal::invalid(
                "fields",
                format!("a field's name has up to {} letters, digits and _", limits::TAG_CHARS),
            ));
        }
        // The store refuses NUL, and a whole batch of commands would fail with it.
        if value.is_some_and(|value| value.contains(char::is_control)) {
            return Err(Refusal::invalid("fields", format!("{name} has control characters")));
        }
        if value.is_some_and(|value| value.chars().count() > limits::CUSTOM_FIELD_CHARS) {
            return Err(Refusal::invalid(
                "fields",
                format!("{name} is longer than {} characters", limits::CUSTOM_FIELD_CHARS),
            ));
        }
    }
    Ok(())
}

fn classify(
    draft: &mut Draft,
    title: Option<ContentId>,
    service: Change<ServiceId>,
    category: Change<CategoryId>,
    fields: &BTreeMap<String, Option<String>>,
    affected: Option<u32>,
) -> Result<(), Refusal> {
    let policy = draft.policy();
    if let Change::Set(id) = service
        && !policy.services.contains_key(&id)
    {
        return Err(Refusal::invalid("service", "is not a known service"));
    }
    if let Change::Set(id) = category
        && !policy.categories.contains_key(&id)
    {
        return Err(Refusal::invalid("category", "is not a known category"));
    }
    check_fields(fields.iter().map(|(name, value)| (name, value.as_ref())))?;
    let state = draft.state()?;
    let changed: BTreeMap<_, _> = fields
        .iter()
        .filter(|(name, value)| state.fields.get(*name) != value.as_ref())
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    let fields_before: BTreeMap<_, _> =
        changed.keys().map(|name| (name.clone(), state.fields.get(name).cloned())).collect();
    let added = changed.iter().filter(|(name, _)| !state.fields.contains_key(*name)).count();
    let removed = changed.values().filter(|value| value.is_none()).count();
    if state.fields.len() + added > limits::CUSTOM_FIELDS + removed {
        return Err(Refusal::invalid(
            "fields",
            format!("has more than {} entries", limits::CUSTOM_FIELDS),
        ));
    }
    let new_service = service.over(state.service);
    let new_category = category.over(state.category);
    let affected = affected.filter(|count| state.affected != Some(*count));
    let same = new_service == state.service && new_category == state.category;
    if title.is_none() && same && changed.is_empty() && affected.is_none() {
        return Err(Refusal::state("nothing_to_change", "it is classified like that already"));
    }
    let service_changed = new_service != state.service;
    let body = Classified {
        title,
        title_before: title.map(|_| state.title),
        service: new_service,
        service_before: state.service,
        category: new_category,
        category_before: state.category,
        fields: changed,
        fields_before,
        affected,
        affected_before: affected.and(state.affected),
    };
    draft.emit(body);
    if service_changed {
        owner_takes_over(draft)?;
    }
    if !same {
        terms::choose_again(draft)?;
    }
    Ok(())
}

/// An incident that no team has goes to the owner of its service.
fn owner_takes_over(draft: &mut Draft) -> Result<(), Refusal> {
    let state = draft.state()?;
    let owner = state
        .service
        .and_then(|id| draft.policy().services.get(&id))
        .and_then(|service| service.team);
    let may_see = owner.is_some_and(|team| state.confidential_to.is_none_or(|only| only == team));
    if let (None, Some(team), true) = (state.team, owner, may_see) {
        let assignee = state.assignee;
        let was_new = state.lifecycle == Lifecycle::New;
        draft.emit_by_policy(
            "owner of the service",
            0,
            Assigned {
                team: Some(team),
                assignee,
                team_before: None,
                assignee_before: assignee,
                was_new,
            },
        );
    }
    Ok(())
}

fn prioritise(
    draft: &mut Draft,
    impact: Option<Level>,
    urgency: Option<Level>,
    priority: Option<Priority>,
    reason: Option<ContentId>,
) -> Result<(), Refusal> {
    if impact.is_none() && urgency.is_none() && priority.is_none() {
        return Err(Refusal::invalid(
            "impact",
            "give impact and urgency, or a priority with a reason",
        ));
    }
    if priority.is_some() && reason.is_none() {
        return Err(Refusal::invalid("reason", "is needed to override the computed priority"));
    }
    if priority.is_some() && (impact.is_some() || urgency.is_some()) {
        return Err(Refusal::invalid(
            "priority",
            "give either impact and urgency, or a priority with a reason",
        ));
    }
    let policy = draft.policy();
    let state = draft.state()?;
    let new_impact = impact.unwrap_or(state.impact);
    let new_urgency = urgency.unwrap_or(state.urgency);
    let computed = policy.matrix.priority(new_impact, new_urgency);
    let priority_override =
        reason.filter(|_| priority.is_some()).map(|reason| Override { reason, computed });
    let body = PriorityChanged {
        impact: new_impact,
        urgency: new_urgency,
        priority: priority.unwrap_or(computed),
        priority_override,
        impact_before: state.impact,
        urgency_before: state.urgency,
        priority_before: state.priority,
        override_before: state.priority_override.clone(),
    };
    let same = (body.impact, body.urgency, body.priority)
        == (state.impact, state.urgency, state.priority)
        && body.priority_override.is_some() == state.priority_override.is_some();
    if same {
        return Err(Refusal::state("nothing_to_change", "it has that priority already"));
    }
    draft.emit(body);
    Ok(())
}

fn tag(
    draft: &mut Draft,
    add: &BTreeSet<String>,
    remove: &BTreeSet<String>,
) -> Result<(), Refusal> {
    check_tags(add)?;
    let state = draft.state()?;
    let added: BTreeSet<_> =
        add.difference(&state.tags).filter(|tag| !remove.contains(*tag)).cloned().collect();
    let removed: BTreeSet<_> = remove.intersection(&state.tags).cloned().collect();
    if added.is_empty() && removed.is_empty() {
        return Err(Refusal::state("nothing_to_change", "it has these tags already"));
    }
    if state.tags.len() + added.len() - removed.len() > limits::TAGS_PER_INCIDENT {
        return Err(Refusal::limit(format!(
            "an incident has up to {} tags",
            limits::TAGS_PER_INCIDENT
        )));
    }
    draft.emit(Tagged { added, removed });
    Ok(())
}
