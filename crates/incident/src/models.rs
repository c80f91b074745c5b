//! Incident models: what a kind of incident that comes again needs. A model gives what
//! nobody has said yet, adds its tasks and leaves its runbook, in the words of the version
//! that was applied: later edits of the model change no record.

use crate::policy::{Fault, Policy};
use kernel::{
    CategoryId, ContentId, Level, ModelId, ServiceId, TaskId, TeamId, Timestamp, limits, words,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a model gives an incident; what is empty it leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gives {
    /// A title to start from.
    pub title: String,
    /// What to ask, as a description that the reporter completes.
    pub description: String,
    /// Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Impact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<Level>,
    /// Urgency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Level>,
    /// Team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Custom fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Titles of the tasks, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// How it is restored, step by step.
    pub runbook: String,
}

/// An incident model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Its id.
    pub id: ModelId,
    /// What it is called; unique whatever the case.
    pub name: String,
    /// When to use it.
    pub about: String,
    /// Models are offered in rising place.
    pub place: i64,
    /// Whether it is in use.
    pub active: bool,
    /// Whether requesters may report with it.
    pub portal: bool,
    /// What it gives.
    pub gives: Gives,
    /// Counts the changes, from 1.
    pub version: i64,
}

words! {
    /// What of an incident a model can give.
    ModelPart {
        /// Service.
        Service = "service",
        /// Category.
        Category = "category",
        /// Impact.
        Impact = "impact",
        /// Urgency.
        Urgency = "urgency",
        /// Team.
        Team = "team",
        /// Tags.
        Tags = "tags",
        /// Custom fields.
        Fields = "fields",
        /// Tasks.
        Tasks = "tasks",
    }
}

/// A model that was applied to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedModel {
    /// Which.
    pub model: ModelId,
    /// What it was called.
    pub name: String,
    /// Which version of it.
    pub version: i64,
    /// Its runbook as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<ContentId>,
    /// When.
    pub at: Timestamp,
}

/// The wish that a model be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    /// Which.
    pub model: ModelId,
    /// Its words, which the desk keeps for this incident.
    #[serde(default, skip_serializing_if = "Brought::is_nothing")]
    pub brought: Brought,
}

/// What of a model is words: kept for each incident under ids of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Brought {
    /// The runbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<ContentId>,
    /// Tasks that the incident does not have yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<NewTask>,
}

/// A task that a model brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTask {
    /// Its id.
    pub task: TaskId,
    /// What is to be done.
    pub title: ContentId,
}

impl Brought {
    /// Whether it is no words at all.
    pub fn is_nothing(&self) -> bool {
        self.runbook.is_none() && self.tasks.is_empty()
    }
}

impl ModelUse {
    /// The wish for a model, before the desk has kept its words.
    pub fn of(model: ModelId) -> Self {
        ModelUse { model, brought: Brought::default() }
    }
}

impl Model {
    /// Everything that is wrong with it; whether its name is taken only the store knows.
    pub fn faults(&self, policy: &Policy) -> Vec<Fault> {
        let gives = &self.gives;
        let mut found = vec![];
        crate::policy::check::check_name(&self.name, &mut found);
        let mut fault = |field: &str, message: String| found.push(Fault::new(field, message));
        for (field, text, most, lines) in [
            ("about", &self.about, limits::REASON_CHARS, true),
            ("title", &gives.title, limits::TITLE_CHARS, false),
            ("description", &gives.description, limits::BODY_CHARS, true),
            ("runbook", &gives.runbook, limits::BODY_CHARS, true),
        ] {
            if let Some(message) = wrong_words(text, most, lines) {
                fault(field, message);
            }
        }
        let unknown = |what: &str| format!("is no {what} in use");
        if gives.service.is_some_and(|id| !policy.services.contains_key(&id)) {
            fault("service", unknown("service"));
        }
        if gives.category.is_some_and(|id| !policy.categories.contains_key(&id)) {
            fault("category", unknown("category"));
        }
        if gives.team.is_some_and(|id| !policy.teams.contains_key(&id)) {
            fault("team", unknown("team"));
        }
        if let Err(refusal) = crate::decide::check_tags(&gives.tags) {
            fault("tags", refusal.message);
        }
        if gives.fields.len() > limits::CUSTOM_FIELDS {
            fault("fields", format!("has more than {} entries", limits::CUSTOM_FIELDS));
        }
        let fields = gives.fields.iter().map(|(name, value)| (name, Some(value)));
        if let Err(refusal) = crate::decide::check_fields(fields) {
            fault("fields", refusal.message);
        }
        if gives.tasks.len() > limits::MODEL_TASKS {
            fault("tasks", format!("has more than {} entries", limits::MODEL_TASKS));
        }
        let mut seen = BTreeSet::new();
        for (at, title) in gives.tasks.iter().enumerate() {
            let field = format!("tasks.{at}");
            match wrong_words(title, limits::TITLE_CHARS, false) {
                Some(message) => fault(&field, message),
                None if title.trim().is_empty() => fault(&field, "is needed".to_owned()),
                None if !seen.insert(same_task(title)) => {
                    fault(&field, "stands there twice".to_owned());
                }
                None => {}
            }
        }
        found
    }
}

/// What two titles of the same task have in common.
pub fn same_task(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What is wrong with words of a model; the store refuses NUL, and a report would fail with it.
fn wrong_words(text: &str, most: usize, lines: bool) -> Option<String> {
    let plain = |c: char| lines && matches!(c, '\n' | '\r' | '\t');
    if text.contains(|c: char| c.is_control() && !plain(c)) {
        return Some("holds a control character".to_owned());
    }
    (text.chars().count() > most).then(|| format!("is longer than {most} characters"))
}
