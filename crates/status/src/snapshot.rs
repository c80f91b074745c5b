//! Everything a status page says, without whatever it must not say. Nothing of it is stored: what
//! programs read is written by `json.rs` alone, with the words that [`Condition::as_str`] gives.

use kernel::{ComponentGroupId, ComponentId, Language, MaintenanceId, Timestamp, words};

words! {
    /// How a component is, in the words of the Statuspage JSON.
    Condition {
        /// As it should be.
        Operational = "operational",
        /// Slower or worse than agreed.
        Degraded = "degraded_performance",
        /// Some of it, or for some.
        Partial = "partial_outage",
        /// All of it, for everybody.
        Major = "major_outage",
        /// Planned work is going on.
        Maintenance = "under_maintenance",
    }
}

words! {
    /// Where an incident stands, as the outside reads it.
    Phase {
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

/// How the page presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its opaque id in JSON.
    pub id: String,
    /// Whose page it is.
    pub name: String,
    /// Its absolute address, without a slash at the end, such as `https://help.example.org/status`
    /// or `https://status.example.org`.
    pub url: String,
    /// The path all its own addresses begin with: `/status`, or empty on a domain of its own.
    pub base: String,
    /// Zone of all days and times on it, by IANA name.
    pub time_zone: String,
    /// Its languages, the first when a reader asks for none of them.
    pub languages: Vec<Language>,
    /// Where to get help: an address or a telephone number in words.
    pub support: Option<String>,
    /// The name of its logo among the files of the bundle.
    pub logo: Option<String>,
    /// Whether it tells more than the public one and needs signing in.
    pub internal: bool,
    /// What the addresses of its pages of subscriptions begin with: `/status`, empty on a domain of
    /// its own where the program answers, whole where it answers elsewhere. None where people cannot
    /// subscribe by mail.
    pub subscriptions: Option<String>,
}

/// A heading that components stand under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: ComponentGroupId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A span in which a component was not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// How it was.
    pub condition: Condition,
    /// From when on.
    pub started_at: Timestamp,
    /// Until just before when; none while it lasts.
    pub ended_at: Option<Timestamp>,
}

/// Something people use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its id.
    pub id: ComponentId,
    /// Its name outside.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// The heading it stands under.
    pub group: Option<ComponentGroupId>,
    /// How it is now.
    pub condition: Condition,
    /// When it was made; before that nothing is known of it.
    pub created_at: Timestamp,
    /// When it was last changed, its condition included.
    pub updated_at: Timestamp,
    /// What of the last 90 days was not as it should be, oldest first.
    pub spans: Vec<Span>,
}

/// A published word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Its opaque id.
    pub id: String,
    /// Where it stood.
    pub phase: Phase,
    /// The words, plain text.
    pub body: String,
    /// When.
    pub at: Timestamp,
    /// When service was expected back then.
    pub expected: Option<Timestamp>,
    /// When the next word was promised.
    pub next_update: Option<Timestamp>,
}

/// Something that was out, as the outside reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its lasting, opaque id: the last segment of its address.
    pub id: String,
    /// What it is called outside.
    pub title: String,
    /// Where it stands.
    pub phase: Phase,
    /// The worst that any of its components was.
    pub worst: Condition,
    /// What it concerns.
    pub components: Vec<ComponentId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When its first word was published.
    pub created_at: Timestamp,
    /// When it was first being watched after the fix.
    pub monitoring_at: Option<Timestamp>,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// Its words, newest first.
    pub updates: Vec<Update>,
}

words! {
    /// Where planned work stands.
    WorkPhase {
        /// It is to come.
        Scheduled = "scheduled",
        /// It is going on.
        InProgress = "in_progress",
        /// It is over.
        Completed = "completed",
        /// It does not take place.
        Cancelled = "cancelled",
    }
}

/// Planned work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Its id.
    pub id: MaintenanceId,
    /// Which of its occurrences, from 0: work may come again every week.
    pub occurrence: u32,
    /// What it is called.
    pub title: String,
    /// What it means for people.
    pub body: String,
    /// Where it stands.
    pub phase: WorkPhase,
    /// What it concerns.
    pub components: Vec<ComponentId>,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until just before when.
    pub ends_at: Timestamp,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a status page says at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// When it was true.
    pub at: Timestamp,
    /// How the page presents itself.
    pub site: Site,
    /// Headings, in their order.
    pub groups: Vec<Group>,
    /// Components, in their order.
    pub components: Vec<Component>,
    /// Incidents of the last 90 days and all that are not over, newest first.
    pub incidents: Vec<Incident>,
    /// Work that is planned, going on, or was over in the last 90 days, soonest first.
    pub works: Vec<Work>,
}
