//! The first report.

use crate::alerts::AlertNews;
use crate::models::ModelUse;
use kernel::{
    CategoryId, ContentId, IncidentNumber, Level, PersonId, ServiceId, TeamId, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The first report of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What is not working, in one line.
    pub title: ContentId,
    /// More words, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<ContentId>,
    /// For whom.
    pub requester: PersonId,
    /// What is interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Where it belongs in the classification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Impact, if the reporter said one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Level>,
    /// Urgency, if the reporter said one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Level>,
    /// How many people are affected, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<u32>,
    /// The team to start with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The person to start with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// When it began to be noticed, if earlier than the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected_at: Option<Timestamp>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// The closed incident this one follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_of: Option<IncidentNumber>,
    /// The incident this is a further case of ("I have this too").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<IncidentNumber>,
    /// The only team that may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidential_to: Option<TeamId>,
    /// The incident model it is reported with: it gives what is not said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelUse>,
    /// The alerts that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<Box<AlertNews>>,
}
