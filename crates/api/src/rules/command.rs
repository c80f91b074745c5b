//! The commands of rules as JSON has them: with names in place of ids.

use crate::directory::{Cards, Directory};
use crate::problem::Problem;
use crate::reference::References;
use incident::rules::Action;
use incident::state::HoldReason;
use kernel::{Level, PersonId, Priority};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A command of a rule, as the same command of an incident. References take a name or
/// an id, people an e-mail address or an id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum RuleCommand {
    /// Set service, category or custom fields.
    Classify {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// Add and remove tags.
    Tag {
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        add: BTreeSet<String>,
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        remove: BTreeSet<String>,
    },
    /// Set impact and urgency, or override the priority with a reason.
    Prioritise {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
        impact: Option<Level>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
        urgency: Option<Level>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        priority: Option<Priority>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Give it to a team, a person or both.
    Assign {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<String>,
    },
    /// Bring in another team, or a manager.
    Escalate {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manager: Option<String>,
        reason: String,
    },
    /// Let somebody who works here follow it.
    Watch { person: String },
    /// Add a task; can stand several times.
    AddTask { title: String },
    /// Apply an incident model; can stand several times.
    ApplyModel { model: String },
    /// Write an internal note.
    Comment { body: String },
    /// Propose to declare it a major incident.
    ProposeMajor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Declare it a major incident.
    DeclareMajor {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Let it wait.
    Hold {
        /// `requester`, `vendor`, `change`, `problem` or `scheduled`.
        #[schema(value_type = String)]
        reason: HoldReason,
        /// Seconds from then after which work resumes by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// What a request's commands refer to, found.
pub(crate) async fn read(
    references: &References<'_>,
    given: Vec<RuleCommand>,
) -> Result<Vec<Action>, Problem> {
    let mut found = Vec::with_capacity(given.len());
    for (at, command) in given.into_iter().enumerate() {
        found.push(one(&Place { references, at }, command).await?);
    }
    Ok(found)
}

/// Where a command stands among the others.
struct Place<'a> {
    references: &'a References<'a>,
    at: usize,
}

impl Place<'_> {
    fn field(&self, name: &str) -> String {
        format!("do.{}.{name}", self.at)
    }

    fn team(&self, text: Option<String>) -> Result<Option<kernel::TeamId>, Problem> {
        text.map(|text| self.references.team(&self.field("team"), &text)).transpose()
    }

    async fn person(&self, name: &str, text: Option<String>) -> Result<Option<PersonId>, Problem> {
        match text {
            Some(text) => Ok(Some(self.references.person(&self.field(name), &text).await?)),
            None => Ok(None),
        }
    }
}

async fn one(place: &Place<'_>, command: RuleCommand) -> Result<Action, Problem> {
    let references = place.references;
    Ok(match command {
        RuleCommand::Classify { service, category, fields } => {
            let service = service.map(|text| references.service(&place.field("service"), &text));
            let category =
                category.map(|text| references.category(&place.field("category"), &text));
            Action::Classify {
                service: service.transpose()?,
                category: category.transpose()?,
                fields,
            }
        }
        RuleCommand::Tag { add, remove } => Action::Tag { add, remove },
        RuleCommand::Prioritise { impact, urgency, priority, reason } => {
            Action::Prioritise { impact, urgency, priority, reason }
        }
        RuleCommand::Assign { team, assignee } => Action::Assign {
            team: place.team(team)?,
            assignee: place.person("assignee", assignee).await?,
        },
        RuleCommand::Escalate { team, manager, reason } => Action::Escalate {
            team: place.team(team)?,
            manager: place.person("manager", manager).await?,
            reason,
        },
        RuleCommand::Watch { person } => {
            Action::Watch { person: references.person(&place.field("person"), &person).await? }
        }
        RuleCommand::AddTask { title } => Action::AddTask { title },
        RuleCommand::ApplyModel { model } => {
            Action::ApplyModel { model: references.model(&place.field("model"), &model)?.id }
        }
        RuleCommand::Comment { body } => Action::Comment { body },
        RuleCommand::ProposeMajor { reason } => Action::ProposeMajor { reason },
        RuleCommand::DeclareMajor { reason } => Action::DeclareMajor { reason },
        RuleCommand::Hold { reason, seconds, note } => Action::Hold { reason, seconds, note },
    })
}

/// The people that commands name.
pub(crate) fn named(actions: &[Action]) -> BTreeSet<PersonId> {
    let of = |action: &Action| match action {
        Action::Assign { assignee, .. } => *assignee,
        Action::Escalate { manager, .. } => *manager,
        Action::Watch { person } => Some(*person),
        _ => None,
    };
    actions.iter().filter_map(of).collect()
}

impl RuleCommand {
    /// A command with the names of what it refers to; what has none keeps its id.
    pub(crate) fn of(action: Action, directory: &Directory, people: &Cards) -> Self {
        let person = |id: PersonId| match people.get(&id) {
            Some(card) => card.handle().to_owned(),
            None => id.to_string(),
        };
        let team = |id: kernel::TeamId| {
            directory.teams.name(id).map_or_else(|| id.to_string(), str::to_owned)
        };
        match action {
            Action::Classify { service, category, fields } => RuleCommand::Classify {
                service: service.map(|id| {
                    directory.services.name(id).map_or_else(|| id.to_string(), str::to_owned)
                }),
                category: category.map(|id| {
                    let path = directory.category_paths.name(id);
                    path.map_or_else(|| id.to_string(), str::to_owned)
                }),
                fields,
            },
            Action::Tag { add, remove } => RuleCommand::Tag { add, remove },
            Action::Prioritise { impact, urgency, priority, reason } => {
                RuleCommand::Prioritise { impact, urgency, priority, reason }
            }
            Action::Assign { team: id, assignee } => {
                RuleCommand::Assign { team: id.map(team), assignee: assignee.map(person) }
            }
            Action::Escalate { team: id, manager, reason } => {
                RuleCommand::Escalate { team: id.map(team), manager: manager.map(person), reason }
            }
            Action::Watch { person: id } => RuleCommand::Watch { person: person(id) },
            Action::AddTask { title } => RuleCommand::AddTask { title },
            Action::ApplyModel { model } => RuleCommand::ApplyModel {
                model: directory
                    .models
                    .name(model)
                    .map_or_else(|| model.to_string(), str::to_owned),
            },
            Action::Comment { body } => RuleCommand::Comment { body },
            Action::ProposeMajor { reason } => RuleCommand::ProposeMajor { reason },
            Action::DeclareMajor { reason } => RuleCommand::DeclareMajor { reason },
            Action::Hold { reason, seconds, note } => RuleCommand::Hold { reason, seconds, note },
        }
    }
}
