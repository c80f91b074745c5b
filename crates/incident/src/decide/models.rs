//! Applying an incident model: it gives what nobody has said, and nothing else. What it
//! names and is in use no more is left out with a note.

use super::{Draft, classification, people};
use crate::command::{Change, Command, Report};
use crate::event::{Body, Cause, ModelApplied, TaskAdded};
use crate::models::{Gives, Model, ModelPart, ModelUse};
use crate::policy::Policy;
use crate::refusal::Refusal;
use kernel::{CategoryId, Level, ServiceId, TeamId, limits};
use std::collections::{BTreeMap, BTreeSet};

const OUT_OF_USE: &str = "is not in use any more";

/// What a model gives to one incident.
#[derive(Default)]
pub(super) struct Given {
    service: Option<ServiceId>,
    category: Option<CategoryId>,
    impact: Option<Level>,
    urgency: Option<Level>,
    team: Option<TeamId>,
    tags: BTreeSet<String>,
    fields: BTreeMap<String, String>,
    set: BTreeSet<ModelPart>,
    left_out: BTreeMap<ModelPart, String>,
}

/// What is there already and stays.
struct There<'a> {
    service: bool,
    category: bool,
    impact: bool,
    urgency: bool,
    team: bool,
    tags: &'a BTreeSet<String>,
    fields: &'a BTreeMap<String, String>,
    /// The only team that may see it.
    only: Option<TeamId>,
}

/// A report with what its model gives where it says nothing itself.
pub(super) fn filled(draft: &Draft, report: &Report) -> Result<(Report, Given), Refusal> {
    let mut report = report.clone();
    let Some(wanted) = &report.model else { return Ok((report, Given::default())) };
    let model = wanted_model(draft, wanted)?;
    let theirs = |team| {
        report.assignee.is_none_or(|person| people::is_member(draft.policy(), Some(team), person))
    };
    let there = There {
        service: report.service.is_some(),
        category: report.category.is_some(),
        impact: report.impact.is_some(),
        urgency: report.urgency.is_some(),
        team: report.team.is_some() || !model.gives.team.is_none_or(theirs),
        tags: &report.tags,
        fields: &report.fields,
        only: report.confidential_to,
    };
    let given = Given::of(&model.gives, draft.policy(), &there);
    report.service = report.service.or(given.service);
    report.category = report.category.or(given.category);
    report.impact = report.impact.or(given.impact);
    report.urgency = report.urgency.or(given.urgency);
    report.team = report.team.or(given.team);
    report.tags.extend(given.tags.iter().cloned());
    report.fields.extend(given.fields.clone());
    Ok((report, given))
}

/// Says that the model of a report was applied, and adds its tasks.
pub(super) fn reported(draft: &mut Draft, report: &Report, given: Given) -> Result<(), Refusal> {
    let Some(wanted) = &report.model else { return Ok(()) };
    let model = wanted_model(draft, wanted)?;
    say(draft, model, wanted, &given)
}

/// Applies a model to an incident that is there.
pub(super) fn apply(draft: &mut Draft, wanted: &ModelUse) -> Result<(), Refusal> {
    let model = wanted_model(draft, wanted)?;
    let state = draft.state()?;
    let same = |applied: &crate::models::AppliedModel| {
        (applied.model, applied.version) == (model.id, model.version)
    };
    if state.models.iter().any(same) {
        return Err(Refusal::state(
            "nothing_to_change",
            format!("the model {} is applied already", model.name),
        ));
    }
    let (impact, urgency) = said_levels(draft);
    let policy = draft.policy();
    let has_it =
        |team| state.assignee.is_some_and(|person| !people::is_member(policy, Some(team), person));
    let there = There {
        service: state.service.is_some(),
        category: state.category.is_some(),
        impact,
        urgency,
        // Whoever has it keeps it.
        team: state.team.is_some() || model.gives.team.is_some_and(has_it),
        tags: &state.tags,
        fields: &state.fields,
        only: state.confidential_to,
    };
    let mut given = Given::of(&model.gives, policy, &there);
    given.keep_levels(state.impact, state.urgency);
    say(draft, model, wanted, &given)?;
    given.give(draft)
}

fn wanted_model<'a>(draft: &Draft<'a>, wanted: &ModelUse) -> Result<&'a Model, Refusal> {
    let policy: &'a Policy = draft.policy();
    let found = policy.model(wanted.model);
    // Requesters know the models that are published for them, and no others.
    let may = |model: &&Model| model.portal || draft.facts.viewer.is_none_or(|who| who.works());
    found.filter(may).ok_or_else(|| Refusal::invalid("model", "is no incident model in use"))
}

/// Whether somebody has said impact and urgency: with the report, or since.
fn said_levels(draft: &Draft) -> (bool, bool) {
    let mut said = (true, true);
    for event in draft.timeline() {
        match (&event.body, &event.cause) {
            (Body::Reported(_), Cause::Input(command)) => {
                if let Command::Report(report) = &**command {
                    said = (report.impact.is_some(), report.urgency.is_some());
                }
            }
            (Body::PriorityChanged(_), _) => return (true, true),
            (Body::ModelApplied(data), _) => {
                said.0 |= data.set.contains(&ModelPart::Impact);
                said.1 |= data.set.contains(&ModelPart::Urgency);
            }
            _ => {}
        }
    }
    said
}

/// The entry of the timeline, and the tasks.
fn say(draft: &mut Draft, model: &Model, wanted: &ModelUse, given: &Given) -> Result<(), Refusal> {
    let (mut set, mut left_out) = (given.set.clone(), given.left_out.clone());
    let mut tasks = wanted.brought.tasks.as_slice();
    if draft.state()?.tasks.len() + tasks.len() > limits::TASKS_PER_INCIDENT {
        tasks = &[];
        let most = limits::TASKS_PER_INCIDENT;
        left_out.insert(ModelPart::Tasks, format!("would be more than {most}"));
    } else if !tasks.is_empty() {
        set.insert(ModelPart::Tasks);
    }
    draft.emit(ModelApplied {
        model: model.id,
        name: model.name.clone(),
        version: model.version,
        runbook: wanted.brought.runbook,
        set,
        left_out,
    });
    for new in tasks {
        draft.emit(TaskAdded { task: new.task, title: new.title, assignee: None });
    }
    Ok(())
}

impl Given {
    /// What of it is not there, may be given, and has room.
    fn of(gives: &Gives, policy: &Policy, there: &There<'_>) -> Given {
        let mut given = Given::default();
        if let Some(id) = gives.service.filter(|_| !there.service) {
            let known = policy.services.contains_key(&id);
            given.service = given.usable(ModelPart::Service, id, known);
        }
        if let Some(id) = gives.category.filter(|_| !there.category) {
            let known = policy.categories.contains_key(&id);
            given.category = given.usable(ModelPart::Category, id, known);
        }
        if let Some(id) = gives.team.filter(|_| !there.team) {
            if there.only.is_some_and(|only| only != id) {
                let words = "may not see this incident, it is confidential".to_owned();
                given.left_out.insert(ModelPart::Team, words);
            } else {
                let known = policy.teams.contains_key(&id);
                given.team = given.usable(ModelPart::Team, id, known);
            }
        }
        given.impact = gives.impact.filter(|_| !there.impact);
        given.urgency = gives.urgency.filter(|_| !there.urgency);
        given.set.extend(given.impact.map(|_| ModelPart::Impact));
        given.set.extend(given.urgency.map(|_| ModelPart::Urgency));
        given.tags = gives.tags.difference(there.tags).cloned().collect();
        let room = limits::TAGS_PER_INCIDENT.saturating_sub(there.tags.len());
        if given.is_too_much(ModelPart::Tags, given.tags.len(), room, limits::TAGS_PER_INCIDENT) {
            given.tags.clear();
        }
        let new = gives.fields.iter().filter(|(name, _)| !there.fields.contains_key(*name));
        given.fields = new.map(|(name, value)| (name.clone(), value.clone())).collect();
        let room = limits::CUSTOM_FIELDS.saturating_sub(there.fields.len());
        if given.is_too_much(ModelPart::Fields, given.fields.len(), room, limits::CUSTOM_FIELDS) {
            given.fields.clear();
        }
        given
    }

    fn usable<Id>(&mut self, part: ModelPart, id: Id, known: bool) -> Option<Id> {
        if !known {
            self.left_out.insert(part, OUT_OF_USE.to_owned());
            return None;
        }
        self.set.insert(part);
        Some(id)
    }

    /// Notes that a part is given; or that it is too much, and says so.
    fn is_too_much(&mut self, part: ModelPart, count: usize, room: usize, most: usize) -> bool {
        if count > room {
            self.left_out.insert(part, format!("would be more than {most}"));
            return true;
        }
        if count > 0 {
            self.set.insert(part);
        }
        false
    }

    /// What is so already need not be set.
    fn keep_levels(&mut self, impact: Level, urgency: Level) {
        if self.impact == Some(impact) {
            self.impact = None;
            self.set.remove(&ModelPart::Impact);
        }
        if self.urgency == Some(urgency) {
            self.urgency = None;
            self.set.remove(&ModelPart::Urgency);
        }
    }

    /// Gives it to an incident by the commands that people have for it. The team comes
    /// first: without it the service's owner would take over.
    fn give(self, draft: &mut Draft) -> Result<(), Refusal> {
        if let Some(team) = self.team {
            let assign = Command::Assign { team: Change::Set(team), assignee: Change::Keep };
            people::run(draft, &assign)?;
        }
        if self.service.is_some() || self.category.is_some() || !self.fields.is_empty() {
            let fields = self.fields.into_iter().map(|(name, value)| (name, Some(value)));
            let classify = Command::Classify {
                title: None,
                service: self.service.map_or(Change::Keep, Change::Set),
                category: self.category.map_or(Change::Keep, Change::Set),
                fields: fields.collect(),
                affected: None,
            };
            classification::run(draft, &classify)?;
        }
        if self.impact.is_some() || self.urgency.is_some() {
            let (impact, urgency) = (self.impact, self.urgency);
            let levels = Command::Prioritise { impact, urgency, priority: None, reason: None };
            classification::run(draft, &levels)?;
        }
        if !self.tags.is_empty() {
            let tag = Command::Tag { add: self.tags, remove: BTreeSet::new() };
            classification::run(draft, &tag)?;
        }
        Ok(())
    }
}
