//! The wishes that all doors issue. Words of people are ids of contents: the
//! desk stores the text, the incident only points at it.

mod related;
mod report;

pub use related::Related;
pub use report::Report;

use crate::alerts::AlertNews;
use crate::clocks::ClockKind;
use crate::conduct::{Audiences, Degree, RoomKind};
use crate::escalation::Whom;
use crate::impact::Subject;
use crate::models::ModelUse;
use crate::rating::Score;
use crate::reach::Urgency;
use crate::state::{HoldReason, IncidentRole, LinkKind, UpdatePhase};
use kernel::{
    AttachmentId, CategoryId, ContentId, EscalationId, IncidentNumber, Level, OutageId, PersonId,
    Priority, ServiceId, TaskId, TeamId, Timestamp, UpdateId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A change of an optional value: leave it, clear it, or set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Set it to nothing.
    Clear,
    /// Set it to this.
    Set(T),
}

impl<T: Copy + PartialEq> Change<T> {
    /// Whether this leaves the value alone.
    pub fn is_keep(&self) -> bool {
        matches!(self, Change::Keep)
    }

    /// The value after the change.
    pub fn over(self, current: Option<T>) -> Option<T> {
        match self {
            Change::Keep => current,
            Change::Clear => None,
            Change::Set(value) => Some(value),
        }
    }

    /// Clear for `None`, set for `Some`.
    pub fn to(value: Option<T>) -> Self {
        value.map_or(Change::Clear, Change::Set)
    }
}

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// The requester, watchers and staff.
    Public,
    /// Staff only.
    Internal,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? })? $(($inner:ty))? = $word:literal),+ $(,)?) => {
        /// A wish about one incident.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "command", rename_all = "kebab-case")]
        pub enum Command {
            $($(#[$doc])* $name $({ $($(#[$fmeta])* $field : $ty),* })? $(($inner))?),+
        }

        /// The name of a command, in kebab case: the last segment of its URL.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum CommandName { $($(#[$doc])* $name),+ }

        impl CommandName {
            /// Every command.
            pub const ALL: &'static [CommandName] = &[$(CommandName::$name),+];

            /// The word in URLs and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(CommandName::$name => $word),+ }
            }
        }

        impl Command {
            /// The command's name.
            pub const fn name(&self) -> CommandName {
                match self { $(Command::$name { .. } => CommandName::$name),+ }
            }
        }
    };
}

commands! {
    /// Record a new incident.
    Report(Box<Report>) = "report",
    /// Change title, service, category or custom fields.
    Classify {
        /// New title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<ContentId>,
        /// Service.
        #[serde(default, skip_serializing_if = "Change::is_keep")]
        service: Change<ServiceId>,
        /// Category.
        #[serde(default, skip_serializing_if = "Change::is_keep")]
        category: Change<CategoryId>,
        /// Custom fields to set, or to remove where `None`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, Option<String>>,
        /// How many people are affected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        affected: Option<u32>,
    } = "classify",
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
        reason: Option<ContentId>,
    } = "prioritise",
    /// Give it to a team, a person, or nobody.
    Assign {
        /// Team.
        #[serde(default, skip_serializing_if = "Change::is_keep")]
        team: Change<TeamId>,
        /// Person.
        #[serde(default, skip_serializing_if = "Change::is_keep")]
        assignee: Change<PersonId>,
    } = "assign",
    /// Take notice of it: somebody has it.
    Acknowledge = "acknowledge",
    /// Say something, to everybody or to staff.
    Comment {
        /// The words.
        body: ContentId,
        /// Who reads them.
        visibility: Visibility,
    } = "comment",
    /// Attach a file that the desk has stored.
    Attach {
        /// Its id.
        attachment: AttachmentId,
        /// Its name as content, because names are words of people too.
        name: ContentId,
        /// Its size.
        size_bytes: u64,
        /// Its media type as found by looking, not as claimed.
        media_type: String,
        /// Who may open it.
        visibility: Visibility,
    } = "attach",
    /// Wait for something.
    Hold {
        /// For what.
        reason: HoldReason,
        /// When work resumes by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Internal words about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ContentId>,
    } = "hold",
    /// Go on working.
    Resume = "resume",
    /// Bring in another team, or somebody up the line.
    Escalate {
        /// The other team (functional).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// The manager (hierarchic).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manager: Option<PersonId>,
        /// Why, internal.
        reason: ContentId,
    } = "escalate",
    /// Relate it to another record.
    Link {
        /// How.
        kind: LinkKind,
        /// To what: the number of an incident, problem, known error or change, or an alert's id.
        target: String,
        /// For a parent: whether its progress is copied down. Default yes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cascade: Option<bool>,
    } = "link",
    /// Take a relation back.
    Unlink {
        /// How they were related.
        kind: LinkKind,
        /// To what.
        target: String,
    } = "unlink",
    /// Make it part of another incident.
    Merge {
        /// The other one.
        into: IncidentNumber,
    } = "merge",
    /// Take a merge back.
    Unmerge = "unmerge",
    /// Say that it should be declared a major incident.
    ProposeMajor {
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ContentId>,
    } = "propose-major",
    /// It stays what it is, though somebody proposed to declare it a major incident.
    DeclineMajor {
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ContentId>,
    } = "decline-major",
    /// Declare it a major incident.
    DeclareMajor {
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ContentId>,
    } = "declare-major",
    /// It is no major incident any more.
    StandDown {
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ContentId>,
    } = "stand-down",
    /// Give somebody a role in it.
    GiveRole {
        /// The role.
        role: IncidentRole,
        /// The person, or nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
    } = "give-role",
    /// Offer a role to somebody, who has it once they accept.
    HandOver {
        /// The role.
        role: IncidentRole,
        /// To whom.
        to: PersonId,
    } = "hand-over",
    /// Take a role that was offered.
    AcceptRole {
        /// The role.
        role: IncidentRole,
    } = "accept-role",
    /// Leave a role that was offered where it is.
    DeclineRole {
        /// The role.
        role: IncidentRole,
    } = "decline-role",
    /// Ask people to come and page them, whoever else is paged.
    CallResponders {
        /// Whom.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        people: Vec<PersonId>,
        /// Of each of these teams whoever is on call, or its people where nobody is.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        teams: Vec<TeamId>,
        /// Words to them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ContentId>,
    } = "call-responders",
    /// Say whether one comes, when asked to.
    AnswerCall {
        /// Whether one comes.
        coming: bool,
        /// Words about it, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ContentId>,
    } = "answer-call",
    /// Say where those who work on it meet.
    SetRoom {
        /// What kind of room.
        kind: RoomKind,
        /// Its address; nothing takes it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<ContentId>,
    } = "set-room",
    /// Say what it means for the business.
    StateImpact {
        /// In words, internal; nothing takes them back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<ContentId>,
    } = "state-impact",
    /// Record a span in which a service was worse than agreed.
    RecordOutage {
        /// Its id.
        outage: OutageId,
        /// The service.
        service: ServiceId,
        /// How bad.
        degree: Degree,
        /// From when on.
        started_at: Timestamp,
        /// Until when; it lasts when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended_at: Option<Timestamp>,
    } = "record-outage",
    /// Correct such a span.
    ChangeOutage {
        /// Which.
        outage: OutageId,
        /// How bad it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        degree: Option<Degree>,
        /// From when on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started_at: Option<Timestamp>,
        /// Until when; cleared it lasts.
        #[serde(default, skip_serializing_if = "Change::is_keep")]
        ended_at: Change<Timestamp>,
    } = "change-outage",
    /// There was no such span.
    RemoveOutage {
        /// Which.
        outage: OutageId,
        /// Why, internal.
        reason: ContentId,
    } = "remove-outage",
    /// Add a task.
    AddTask {
        /// Its id.
        task: TaskId,
        /// What is to be done.
        title: ContentId,
        /// By whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<PersonId>,
    } = "add-task",
    /// Tick a task.
    CompleteTask {
        /// Its id.
        task: TaskId,
    } = "complete-task",
    /// Untick a task.
    ReopenTask {
        /// Its id.
        task: TaskId,
    } = "reopen-task",
    /// Record time spent.
    LogWork {
        /// How long.
        seconds: u32,
        /// On what, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ContentId>,
    } = "log-work",
    /// Tell everybody concerned where it stands.
    PublishUpdate {
        /// The words.
        body: ContentId,
        /// Where it stands.
        phase: UpdatePhase,
        /// When service is expected back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<Timestamp>,
        /// When the next word comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<Timestamp>,
        /// What it is called outside; as before when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<ContentId>,
        /// Whom it is for; the usual ones when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        audiences: Option<Audiences>,
    } = "publish-update",
    /// Write an update that somebody else approves, or write it anew.
    DraftUpdate {
        /// Its id.
        update: UpdateId,
        /// What it is called outside; as before when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<ContentId>,
        /// The words.
        body: ContentId,
        /// Where it stands.
        phase: UpdatePhase,
        /// When service is expected back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<Timestamp>,
        /// When the next word comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<Timestamp>,
        /// Whom it is for.
        audiences: Audiences,
    } = "draft-update",
    /// Publish an update that somebody else wrote.
    ApproveUpdate {
        /// Which.
        update: UpdateId,
    } = "approve-update",
    /// Leave an update unpublished.
    RejectUpdate {
        /// Which.
        update: UpdateId,
        /// Why, internal.
        reason: ContentId,
    } = "reject-update",
    /// Say when service is expected back.
    SetExpectedResolution {
        /// The likely instant; nothing takes it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
        /// Not before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<Timestamp>,
        /// Not after, most likely.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<Timestamp>,
        /// Why it changes, in words for the requester.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ContentId>,
    } = "set-expected-resolution",
    /// Give somebody a fixed instant by which it is over, or another one than before.
    Promise {
        /// By when; nothing takes it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
        /// To whom; the requester when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<PersonId>,
        /// Why it changes, in words for them; needed when they were promised something else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ContentId>,
    } = "promise",
    /// Say why a clock passed its target, and who owns that.
    ExplainBreach {
        /// Which clock.
        clock: ClockKind,
        /// Why, internal.
        reason: ContentId,
        /// Who sees to it that it does not happen again.
        owner: PersonId,
    } = "explain-breach",
    /// Count another span as a hold than the one that was recorded.
    CorrectPause {
        /// The place in the timeline of what ended the hold.
        n: u32,
        /// When the pause began; without both there was none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Timestamp>,
        /// When it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Timestamp>,
        /// Why, internal.
        reason: ContentId,
    } = "correct-pause",
    /// The impact is over, the cause may remain.
    Mitigate {
        /// Whether it is over for the children, too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        children: bool,
    } = "mitigate",
    /// Service is verified to be back.
    Restore {
        /// Whether it is back for the children, too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        children: bool,
    } = "restore",
    /// Hold service restored and ask the requester.
    Resolve {
        /// A code of the configured list.
        code: String,
        /// What was done, in words for the requester.
        note: ContentId,
        /// The cause, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<ContentId>,
        /// The known error whose workaround was used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known_error: Option<String>,
        /// Whether the children are resolved with the same words.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        children: bool,
    } = "resolve",
    /// It works again, says the requester.
    Confirm = "confirm",
    /// It is still broken, says the requester.
    Dispute {
        /// Their words.
        note: ContentId,
    } = "dispute",
    /// Say how content the requester is with how it went.
    Rate {
        /// How content.
        score: Score,
        /// Their words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ContentId>,
    } = "rate",
    /// Take it up again.
    Reopen {
        /// Why.
        note: ContentId,
    } = "reopen",
    /// The reply that reopened it was only a thank-you.
    NotAReopening = "not-a-reopening",
    /// Close it for good.
    Close = "close",
    /// It was recorded in error.
    Cancel {
        /// Why.
        reason: ContentId,
    } = "cancel",
    /// Follow it.
    Watch {
        /// Who follows; the actor when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
    } = "watch",
    /// Stop following it.
    Unwatch {
        /// Who stops; the actor when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
    } = "unwatch",
    /// Hide it from everybody but a team, or lift that.
    Restrict {
        /// The team, or nobody to lift it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
    } = "restrict",
    /// Forget words or a file, keep the fact that something stood there.
    Redact {
        /// What to forget.
        content: ContentId,
    } = "redact",
    /// Add and remove tags.
    Tag {
        /// To add.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        add: BTreeSet<String>,
        /// To remove.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        remove: BTreeSet<String>,
    } = "tag",
    /// Apply an incident model: what it gives and is not there yet.
    ApplyModel(ModelUse) = "apply-model",
    /// Page somebody about it, whoever else is paged.
    Page {
        /// Whom; none when a policy is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        whom: Vec<Whom>,
        /// The policy that is followed from its first step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<EscalationId>,
        /// How much it matters.
        urgency: Urgency,
        /// Words to them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ContentId>,
    } = "page",
    /// Say that one cannot take it: the next is paged at once.
    DeclinePage {
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<ContentId>,
    } = "decline-page",
    /// Do not wait for the next step of paging.
    EscalatePage = "escalate-page",
    /// Take back one entry of the timeline.
    Undo {
        /// Its place in the timeline.
        n: u32,
    } = "undo",
    /// A timer rings; what is due is recorded. Issued by the product alone.
    Tick = "tick",
    /// What changed in the terms applies from now on. Issued by the product alone.
    Recompute {
        /// What changed; all other promises stay as they are.
        subject: Subject,
    } = "recompute",
    /// Another incident, a rule or a team says something about this one. Issued by the product alone.
    Note(Related) = "note",
    /// Its alerts began, ended or changed. Issued by the product alone.
    TakeAlerts(AlertNews) = "take-alerts",
}

impl CommandName {
    /// Whether the product alone issues it.
    pub const fn is_of_the_product(self) -> bool {
        use CommandName::{Note, Recompute, TakeAlerts, Tick};
        matches!(self, Tick | Recompute | Note | TakeAlerts)
    }
}

impl std::fmt::Display for CommandName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for CommandName {
    type Err = kernel::Invalid;

    fn from_str(text: &str) -> Result<Self, kernel::Invalid> {
        CommandName::ALL
            .iter()
            .copied()
            .find(|name| name.as_str() == text && !name.is_of_the_product())
            .ok_or_else(|| kernel::Invalid::new("is not a command"))
    }
}
