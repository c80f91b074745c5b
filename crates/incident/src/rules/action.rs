//! What a rule does: commands as configuration keeps them. Their words are part of
//! the rule and become words of the incident when it runs.

use crate::command::{Change, Command, Visibility};
use crate::models::ModelUse;
use crate::state::HoldReason;
use kernel::{
    CategoryId, ContentId, Level, ModelId, PersonId, Priority, ServiceId, TaskId, TeamId, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A command of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Set what is interrupted and where it belongs.
    Classify {
        /// Service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<ServiceId>,
        /// Category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<CategoryId>,
        /// Custom fields to set.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// Add and remove tags.
    Tag {
        /// To add.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        add: BTreeSet<String>,
        /// To remove.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        remove: BTreeSet<String>,
    },
    /// Set impact and urgency, or override the priority with a reason.
    Prioritise {
        /// Impact.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        impact: Option<Level>,
        /// Urgency.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        urgency: Option<Level>,
        /// Override of the computed priority.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<Priority>,
        /// Why it is overridden.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Give it to a team, a person or both.
    Assign {
        /// Team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// Person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<PersonId>,
    },
    /// Bring in another team, or somebody up the line.
    Escalate {
        /// The team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// The manager.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manager: Option<PersonId>,
        /// Why, internal.
        reason: String,
    },
    /// Let somebody follow it.
    Watch {
        /// Who.
        person: PersonId,
    },
    /// Add a task that anybody may take.
    AddTask {
        /// What is to be done.
        title: String,
    },
    /// Apply an incident model.
    ApplyModel {
        /// Which.
        model: ModelId,
    },
    /// Write an internal note.
    Comment {
        /// The words.
        body: String,
    },
    /// Propose to declare it a major incident.
    ProposeMajor {
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Declare it a major incident.
    DeclareMajor {
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Let it wait.
    Hold {
        /// For what.
        reason: HoldReason,
        /// Seconds from then after which work resumes by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<i64>,
        /// Internal words about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// Makes ids for what a rule brings; the desk keeps the words.
pub trait Maker {
    /// Keeps words and gives the id that stands for them.
    fn words(&mut self, text: &str) -> ContentId;
    /// The id of a new task.
    fn task(&mut self) -> TaskId;
}

impl Action {
    /// The name of its command.
    pub const fn name(&self) -> &'static str {
        match self {
            Action::Classify { .. } => "classify",
            Action::Tag { .. } => "tag",
            Action::Prioritise { .. } => "prioritise",
            Action::Assign { .. } => "assign",
            Action::Escalate { .. } => "escalate",
            Action::Watch { .. } => "watch",
            Action::AddTask { .. } => "add-task",
            Action::ApplyModel { .. } => "apply-model",
            Action::Comment { .. } => "comment",
            Action::ProposeMajor { .. } => "propose-major",
            Action::DeclareMajor { .. } => "declare-major",
            Action::Hold { .. } => "hold",
        }
    }

    /// The command itself, at an instant.
    pub fn command(&self, make: &mut dyn Maker, now: Timestamp) -> Command {
        match self {
            Action::Classify { service, category, fields } => Command::Classify {
                title: None,
                service: set(*service),
                category: set(*category),
                fields: fields
                    .iter()
                    .map(|(name, value)| (name.clone(), Some(value.clone())))
                    .collect(),
                affected: None,
            },
            Action::Tag { add, remove } => {
                Command::Tag { add: add.clone(), remove: remove.clone() }
            }
            Action::Prioritise { impact, urgency, priority, reason } => Command::Prioritise {
                impact: *impact,
                urgency: *urgency,
                priority: *priority,
                reason: reason.as_deref().map(|text| make.words(text)),
            },
            Action::Assign { team, assignee } => {
                Command::Assign { team: set(*team), assignee: set(*assignee) }
            }
            Action::Escalate { team, manager, reason } => {
                Command::Escalate { team: *team, manager: *manager, reason: make.words(reason) }
            }
            Action::Watch { person } => Command::Watch { person: Some(*person) },
            Action::AddTask { title } => {
                Command::AddTask { task: make.task(), title: make.words(title), assignee: None }
            }
            Action::ApplyModel { model } => Command::ApplyModel(ModelUse::of(*model)),
            Action::Comment { body } => {
                Command::Comment { body: make.words(body), visibility: Visibility::Internal }
            }
            Action::ProposeMajor { reason } => {
                Command::ProposeMajor { reason: reason.as_deref().map(|text| make.words(text)) }
            }
            Action::DeclareMajor { reason } => {
                Command::DeclareMajor { reason: reason.as_deref().map(|text| make.words(text)) }
            }
            Action::Hold { reason, seconds, note } => Command::Hold {
                reason: *reason,
                until: seconds.map(|seconds| now.plus_seconds(seconds)),
                note: note.as_deref().map(|text| make.words(text)),
            },
        }
    }
}

/// What is absent stays.
fn set<T>(value: Option<T>) -> Change<T> {
    value.map_or(Change::Keep, Change::Set)
}
