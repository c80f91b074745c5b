//! What is true of an incident now: the fold of its timeline.

use crate::alerts::AlertSummary;
use crate::clocks::{Clock, ClockKind};
use crate::conduct::{Conduct, Outage};
use crate::escalation::Course;
use crate::models::AppliedModel;
use crate::promise::{Explanation, Promise};
use crate::rating::Rating;
use crate::rules::RuleRuns;
use crate::since::Since;
use kernel::{
    AgreementId, AttachmentId, CalendarId, CategoryId, Channel, ContentId, IncidentNumber, Level,
    OrganisationId, PersonId, Priority, RuleId, ServiceId, TaskId, TeamId, Timestamp, words,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// The states of an incident.
    Lifecycle {
        /// Recorded; nobody has taken it.
        New = "new",
        /// A team or person works on it.
        InProgress = "in_progress",
        /// Waiting for something.
        OnHold = "on_hold",
        /// The provider holds service restored.
        Resolved = "resolved",
        /// Final.
        Closed = "closed",
        /// Recorded in error.
        Cancelled = "cancelled",
    }
}

impl Lifecycle {
    /// New, in progress or on hold.
    pub const fn is_open(self) -> bool {
        matches!(self, Lifecycle::New | Lifecycle::InProgress | Lifecycle::OnHold)
    }
}

words! {
    /// What an incident on hold waits for.
    HoldReason {
        /// An answer of the requester.
        Requester = "requester",
        /// A supplier.
        Vendor = "vendor",
        /// A change.
        Change = "change",
        /// A problem's solution.
        Problem = "problem",
        /// An agreed time.
        Scheduled = "scheduled",
    }
}

words! {
    /// How an incident relates to another record.
    LinkKind {
        /// The target is its parent.
        Parent = "parent",
        /// It tells the same as the target.
        Duplicate = "duplicate",
        /// The target is the problem behind it.
        Problem = "problem",
        /// The target is the known error it shows.
        KnownError = "known_error",
        /// The target is a change that belongs to it.
        Change = "change",
        /// The target is an alert that belongs to it.
        Alert = "alert",
        /// The target caused it.
        CausedBy = "caused_by",
        /// The target has to do with it.
        Related = "related",
        /// It follows the closed target.
        FollowUp = "follow_up",
    }
}

words! {
    /// Roles in a major incident.
    IncidentRole {
        /// Leads.
        Commander = "commander",
        /// Leads the repair.
        FixLead = "fix_lead",
        /// Speaks.
        Communications = "communications",
        /// Writes it down.
        Scribe = "scribe",
    }
}

words! {
    /// Where a published update stands.
    UpdatePhase {
        /// Looking into it.
        Investigating = "investigating",
        /// The cause is known.
        Identified = "identified",
        /// Fixed, being watched.
        Monitoring = "monitoring",
        /// Over.
        Resolved = "resolved",
    }
}

/// Why and until when it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// For what.
    pub reason: HoldReason,
    /// Since when.
    pub since: Timestamp,
    /// When work resumes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// That a question was brought to mind, which happens once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// When.
    pub at: Timestamp,
    /// When the incident closes if nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Timestamp>,
}

/// How it was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// A code of the configured list.
    pub code: String,
    /// Words for the requester.
    pub note: ContentId,
    /// The cause, internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ContentId>,
    /// The known error whose workaround was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_error: Option<String>,
    /// Who resolved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

/// A relation to another record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// How.
    pub kind: LinkKind,
    /// To what.
    pub target: String,
    /// Whether the other side said so: the relation reads from there to here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reverse: bool,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What.
    pub title: ContentId,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_by: Option<String>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// Its name.
    pub name: ContentId,
    /// Its size.
    pub size_bytes: u64,
    /// Its media type.
    pub media_type: String,
    /// Whether the requester may open it.
    pub public: bool,
}

/// When service is expected back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Likely.
    pub at: Timestamp,
    /// Not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Timestamp>,
    /// Not after, most likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Timestamp>,
}

/// A priority that somebody set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Why.
    pub reason: ContentId,
    /// What the matrix says.
    pub computed: Priority,
}

/// The moments that are facts of their own, whatever the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moments {
    /// First noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected: Option<Timestamp>,
    /// Somebody took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Timestamp>,
    /// First public word by a person of the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responded: Option<Timestamp>,
    /// Impact over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigated: Option<Timestamp>,
    /// Service verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<Timestamp>,
    /// Last resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Timestamp>,
    /// Closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Timestamp>,
}

/// What was true before a reply reopened it, kept so that an agent can say it was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeReopening {
    /// The resolution that stood.
    pub resolution: Resolution,
    /// When it was resolved.
    pub resolved_at: Timestamp,
    /// When it would have closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_at: Option<Timestamp>,
    /// When the impact was over, as known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigated: Option<Timestamp>,
    /// When service was verified to be back, as known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<Timestamp>,
    /// The clocks as they stood.
    pub clocks: Vec<Clock>,
}

/// The agreement that applies and which version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AgreementRef {
    /// The agreement.
    pub id: AgreementId,
    /// Its version.
    pub version: i64,
}

/// A calendar and which version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CalendarRef {
    /// The calendar.
    pub id: CalendarId,
    /// Its version.
    pub version: i64,
}

/// The state of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// How many events made it.
    pub version: u32,
    /// Its title.
    pub title: ContentId,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<ContentId>,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// What it waits for, while on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Impact.
    pub impact: Level,
    /// Urgency.
    pub urgency: Level,
    /// Priority in force.
    pub priority: Priority,
    /// Set when the priority is not the matrix's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_override: Option<Override>,
    /// How many people are affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<u32>,
    /// Service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Assignee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// Requester.
    pub requester: PersonId,
    /// The requester's company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// The door it came through.
    pub channel: Channel,
    /// Whether it is a major incident.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub major: bool,
    /// Roles in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<IncidentRole, PersonId>,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// The other moments.
    pub moments: Moments,
    /// How it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// When silence closes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_at: Option<Timestamp>,
    /// Set while a reopening by reply can still be withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_reopening: Option<Box<BeforeReopening>>,
    /// That the requester was reminded of what is asked of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<Reminder>,
    /// What the requester said of it when it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// How often it was reopened.
    #[serde(default)]
    pub reopenings: u32,
    /// The only team that may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidential_to: Option<TeamId>,
    /// The incident it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<IncidentNumber>,
    /// The incidents that are part of it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub parts: BTreeSet<IncidentNumber>,
    /// Its parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<IncidentNumber>,
    /// Whether the parent's progress is copied down.
    #[serde(default)]
    pub follows_parent: bool,
    /// Its children.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub children: BTreeSet<IncidentNumber>,
    /// Its other relations.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub links: BTreeSet<Link>,
    /// The incident models that were applied, each as it was last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<AppliedModel>,
    /// Its tasks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// Time spent by person id, in seconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub work_seconds: BTreeMap<String, u64>,
    /// Who follows it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub watchers: BTreeSet<PersonId>,
    /// Its files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// When service is expected back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// The last expected instant of which whoever has it was reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearing: Option<Timestamp>,
    /// When the next update was promised for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_update: Option<Timestamp>,
    /// Instants that were given to people, soonest first; one to each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// Since when the requester waits for longer than they were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviated_at: Option<Timestamp>,
    /// Why clocks passed their targets, as last explained.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub explanations: BTreeMap<ClockKind, Explanation>,
    /// Since when a message of the requester waits for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered_since: Option<Timestamp>,
    /// How its alerts stand, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<AlertSummary>,
    /// The agreement that applies.
    pub agreement: AgreementRef,
    /// Its clocks.
    pub clocks: Vec<Clock>,
    /// Came by import and nobody has touched it here: timers stay silent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
    /// Since when what is true of it has been so.
    #[serde(default, skip_serializing_if = "Since::is_untouched")]
    pub since: Since,
    /// How often rules ran on it of late.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rule_runs: BTreeMap<RuleId, RuleRuns>,
    /// The waits that are over for rules: since when what they waited for had been so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waited: BTreeMap<RuleId, Timestamp>,
    /// Those of them that lay ahead when they were over: when it is due.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waited_ahead: BTreeMap<RuleId, BTreeSet<Timestamp>>,
    /// How paging stands, since it first began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Box<Course>>,
    /// How it is conducted as a major incident, since somebody first proposed or declared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conduct: Option<Box<Conduct>>,
    /// The spans in which services were out because of it, in the order they were recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
}
