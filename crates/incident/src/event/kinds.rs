//! What can happen: every kind of event with its body.

use super::form::bodies;
use crate::alerts::AlertsWhy;
use crate::clocks::{Clock, ClockKind};
use crate::command::Visibility;
use crate::conduct::{Answer, Audiences, Called, Degree, RoomKind};
use crate::escalation::{
    Cue, Failure, Next, PagedPerson, Planned, PolicyRef, Stop, Turn, Whom, Why,
};
use crate::ledger::Span;
use crate::models::ModelPart;
use crate::rating::Score;
use crate::reach::Urgency;
use crate::rules::Moment;
use crate::state::{AgreementRef, Hold, HoldReason, IncidentRole, LinkKind, Override, UpdatePhase};
use kernel::{
    AlertId, AttachmentId, CategoryId, ContentId, IncidentNumber, Level, ModelId, Muted,
    OrganisationId, OutageId, PersonId, Priority, RuleId, ServiceId, Severity, TaskId, TeamId,
    Timestamp, UpdateId, WebhookId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

bodies! {
    /// It was reported.
    Reported = "reported" v 1 {
        /// Title.
        title: ContentId,
        /// Description.
        #[serde(default, skip_serializing_if = "Option::is_none")] description: Option<ContentId>,
        /// For whom.
        requester: PersonId,
        /// Their company.
        #[serde(default, skip_serializing_if = "Option::is_none")] organisation: Option<OrganisationId>,
        /// Service.
        #[serde(default, skip_serializing_if = "Option::is_none")] service: Option<ServiceId>,
        /// Category.
        #[serde(default, skip_serializing_if = "Option::is_none")] category: Option<CategoryId>,
        /// Impact, said or by default.
        impact: Level,
        /// Urgency, said or by default.
        urgency: Level,
        /// Priority by the matrix.
        priority: Priority,
        /// How many people are affected.
        #[serde(default, skip_serializing_if = "Option::is_none")] affected: Option<u32>,
        /// The team it starts with.
        #[serde(default, skip_serializing_if = "Option::is_none")] team: Option<TeamId>,
        /// When it was first noticed.
        #[serde(default, skip_serializing_if = "Option::is_none")] detected_at: Option<Timestamp>,
        /// Custom fields.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")] fields: BTreeMap<String, String>,
        /// Tags.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] tags: BTreeSet<String>,
        /// The closed incident it follows.
        #[serde(default, skip_serializing_if = "Option::is_none")] follow_up_of: Option<IncidentNumber>,
        /// Its parent.
        #[serde(default, skip_serializing_if = "Option::is_none")] parent: Option<IncidentNumber>,
        /// The only team that may see it.
        #[serde(default, skip_serializing_if = "Option::is_none")] confidential_to: Option<TeamId>,
        /// The agreement that applies.
        agreement: AgreementRef,
        /// Came by import.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] quiet: bool,
    },
    /// Title, service, category or fields changed.
    Classified = "classified" v 1 {
        /// Title after and before, if changed.
        #[serde(default, skip_serializing_if = "Option::is_none")] title: Option<ContentId>,
        /// Title before.
        #[serde(default, skip_serializing_if = "Option::is_none")] title_before: Option<ContentId>,
        /// Service now.
        service: Option<ServiceId>,
        /// Service before.
        service_before: Option<ServiceId>,
        /// Category now.
        category: Option<CategoryId>,
        /// Category before.
        category_before: Option<CategoryId>,
        /// Fields that changed, now.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")] fields: BTreeMap<String, Option<String>>,
        /// Those fields before.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")] fields_before: BTreeMap<String, Option<String>>,
        /// How many people are affected.
        #[serde(default, skip_serializing_if = "Option::is_none")] affected: Option<u32>,
        /// How many were.
        #[serde(default, skip_serializing_if = "Option::is_none")] affected_before: Option<u32>,
    },
    /// Impact, urgency or priority changed.
    PriorityChanged = "priority_changed" v 1 {
        /// Impact now.
        impact: Level,
        /// Urgency now.
        urgency: Level,
        /// Priority now.
        priority: Priority,
        /// Set when it is an override.
        #[serde(default, skip_serializing_if = "Option::is_none", rename = "override")] priority_override: Option<Override>,
        /// Impact before.
        impact_before: Level,
        /// Urgency before.
        urgency_before: Level,
        /// Priority before.
        priority_before: Priority,
        /// The override before.
        #[serde(default, skip_serializing_if = "Option::is_none")] override_before: Option<Override>,
    },
    /// Team or person changed.
    Assigned = "assigned" v 1 {
        /// Team now.
        team: Option<TeamId>,
        /// Person now.
        assignee: Option<PersonId>,
        /// Team before.
        team_before: Option<TeamId>,
        /// Person before.
        assignee_before: Option<PersonId>,
        /// Whether it was new before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] was_new: bool,
    },
    /// Somebody took it.
    Acknowledged = "acknowledged" v 1 {
        /// Whether it was new before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] was_new: bool,
    },
    /// Work began: new became in progress.
    WorkStarted = "work_started" v 1 {},
    /// Work was given back: in progress became new, by an undo.
    WorkReturned = "work_returned" v 1 {},
    /// First public word by a person of the provider.
    Responded = "responded" v 1 {},
    /// Somebody said something.
    Commented = "commented" v 1 {
        /// The words.
        body: ContentId,
        /// Who reads them.
        visibility: Visibility,
        /// Whether the requester said it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] by_requester: bool,
        /// Whether somebody said it who neither works for the provider nor asked for it: they
        /// follow it, or are of the requester's company. Their word is no answer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] by_follower: bool,
    },
    /// A file was attached.
    Attached = "attached" v 1 {
        /// Its id.
        attachment: AttachmentId,
        /// Its name.
        name: ContentId,
        /// Its size.
        size_bytes: u64,
        /// Its media type.
        media_type: String,
        /// Who may open it.
        visibility: Visibility,
    },
    /// It waits.
    PutOnHold = "put_on_hold" v 1 {
        /// For what.
        reason: HoldReason,
        /// Until when.
        #[serde(default, skip_serializing_if = "Option::is_none")] until: Option<Timestamp>,
        /// Internal words about it.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
        /// Whether it was new before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] was_new: bool,
        /// What it waited for before, if it was on hold already.
        #[serde(default, skip_serializing_if = "Option::is_none")] before: Option<Hold>,
    },
    /// Work goes on.
    Resumed = "resumed" v 1 {
        /// What it had waited for.
        reason: HoldReason,
        /// Since when.
        since: Timestamp,
        /// Until when it should have waited.
        #[serde(default, skip_serializing_if = "Option::is_none")] until: Option<Timestamp>,
    },
    /// Another team or a manager was brought in.
    Escalated = "escalated" v 1 {
        /// The team.
        #[serde(default, skip_serializing_if = "Option::is_none")] team: Option<TeamId>,
        /// The manager.
        #[serde(default, skip_serializing_if = "Option::is_none")] manager: Option<PersonId>,
        /// Why.
        reason: ContentId,
    },
    /// It was related to another record.
    Linked = "linked" v 1 {
        /// How.
        kind: LinkKind,
        /// To what.
        target: String,
        /// Whether the other side said so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] reverse: bool,
        /// For a parent: whether its progress is copied down.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] cascade: bool,
    },
    /// The relation was taken back.
    Unlinked = "unlinked" v 1 {
        /// How.
        kind: LinkKind,
        /// To what.
        target: String,
        /// Whether the other side said so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] reverse: bool,
    },
    /// A child was added.
    ChildAdded = "child_added" v 1 {
        /// Which.
        child: IncidentNumber,
    },
    /// A child was removed.
    ChildRemoved = "child_removed" v 1 {
        /// Which.
        child: IncidentNumber,
    },
    /// It became part of another incident.
    Merged = "merged" v 1 {
        /// Which.
        into: IncidentNumber,
    },
    /// It is on its own again.
    Unmerged = "unmerged" v 1 {
        /// What it was part of.
        from: IncidentNumber,
    },
    /// Another incident became part of it.
    MergeReceived = "merge_received" v 1 {
        /// Which.
        from: IncidentNumber,
    },
    /// Another incident is no part of it any more.
    MergeWithdrawn = "merge_withdrawn" v 1 {
        /// Which.
        from: IncidentNumber,
    },
    /// Somebody, or a rule, says that it should be declared major.
    MajorProposed = "major_proposed" v 1 {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<ContentId>,
        /// The rule, where one says so.
        #[serde(default, skip_serializing_if = "Option::is_none")] rule: Option<RuleId>,
    },
    /// It stays what it is, though it was proposed to declare it major.
    MajorDeclined = "major_declined" v 1 {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<ContentId>,
    },
    /// It was declared major.
    MajorDeclared = "major_declared" v 1 {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<ContentId>,
        /// Whether it is recorded since when, and who has which role; not before there was such a record.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] conducted: bool,
        /// By when the first word is due.
        #[serde(default, skip_serializing_if = "Option::is_none")] update_due: Option<Timestamp>,
    },
    /// It is no major incident any more.
    MajorStoodDown = "major_stood_down" v 1 {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<ContentId>,
    },
    /// Somebody got or lost a role.
    RoleGiven = "role_given" v 1 {
        /// The role.
        role: IncidentRole,
        /// Who has it now.
        person: Option<PersonId>,
        /// Who had it.
        person_before: Option<PersonId>,
        /// Whether it had been offered to them, and they accepted.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] accepted: bool,
    },
    /// A role is handed to somebody, who has not accepted it yet.
    RoleOffered = "role_offered" v 1 {
        /// The role.
        role: IncidentRole,
        /// To whom.
        to: PersonId,
        /// To whom it was offered before.
        #[serde(default, skip_serializing_if = "Option::is_none")] to_before: Option<PersonId>,
    },
    /// Whoever it was offered to does not take the role.
    RoleDeclined = "role_declined" v 1 {
        /// The role.
        role: IncidentRole,
        /// Who.
        person: PersonId,
    },
    /// People were asked to come.
    RespondersCalled = "responders_called" v 1 {
        /// Who, and for which team.
        people: Vec<Called>,
        /// The teams that were asked.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] teams: Vec<TeamId>,
        /// Words to them.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
    },
    /// Somebody who was asked to come answered.
    CallAnswered = "call_answered" v 1 {
        /// Who.
        person: PersonId,
        /// What they say.
        answer: Answer,
        /// Their words.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
    },
    /// Where people meet was said.
    RoomSet = "room_set" v 1 {
        /// What kind of room.
        kind: RoomKind,
        /// Its address.
        #[serde(default, skip_serializing_if = "Option::is_none")] address: Option<ContentId>,
        /// Its address before.
        #[serde(default, skip_serializing_if = "Option::is_none")] before: Option<ContentId>,
    },
    /// What it means for the business was said.
    ImpactStated = "impact_stated" v 1 {
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")] statement: Option<ContentId>,
        /// In which words before.
        #[serde(default, skip_serializing_if = "Option::is_none")] before: Option<ContentId>,
    },
    /// A service was, or is, worse than agreed.
    OutageRecorded = "outage_recorded" v 1 {
        /// Its id.
        outage: OutageId,
        /// The service.
        service: ServiceId,
        /// How bad.
        degree: Degree,
        /// From when on.
        started_at: Timestamp,
        /// Until when; it lasts when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")] ended_at: Option<Timestamp>,
    },
    /// An outage ended, or was another than recorded.
    OutageChanged = "outage_changed" v 1 {
        /// Which.
        outage: OutageId,
        /// How bad.
        degree: Degree,
        /// From when on.
        started_at: Timestamp,
        /// Until when.
        #[serde(default, skip_serializing_if = "Option::is_none")] ended_at: Option<Timestamp>,
        /// How bad before.
        degree_before: Degree,
        /// From when on before.
        started_before: Timestamp,
        /// Until when before.
        #[serde(default, skip_serializing_if = "Option::is_none")] ended_before: Option<Timestamp>,
    },
    /// There was no such outage.
    OutageRemoved = "outage_removed" v 1 {
        /// Which.
        outage: OutageId,
        /// Why, where it was no undo.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<ContentId>,
    },
    /// A task was added.
    TaskAdded = "task_added" v 1 {
        /// Its id.
        task: TaskId,
        /// What.
        title: ContentId,
        /// By whom.
        #[serde(default, skip_serializing_if = "Option::is_none")] assignee: Option<PersonId>,
    },
    /// A task was ticked.
    TaskCompleted = "task_completed" v 1 {
        /// Its id.
        task: TaskId,
    },
    /// A task was unticked.
    TaskReopened = "task_reopened" v 1 {
        /// Its id.
        task: TaskId,
    },
    /// Time was recorded.
    WorkLogged = "work_logged" v 2 {
        /// How long; version 1 said `minutes`.
        seconds: u32,
        /// Whose, if a person's.
        person: String,
        /// On what.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
    },
    /// Everybody concerned was told where it stands.
    UpdatePublished = "update_published" v 1 {
        /// The words.
        body: ContentId,
        /// Where it stands.
        phase: UpdatePhase,
        /// When service is expected back.
        #[serde(default, skip_serializing_if = "Option::is_none")] expected: Option<Timestamp>,
        /// When the next word comes.
        #[serde(default, skip_serializing_if = "Option::is_none")] next_update: Option<Timestamp>,
        /// What it is called outside.
        #[serde(default, skip_serializing_if = "Option::is_none")] title: Option<ContentId>,
        /// Whom it is for; absent where there was no choice yet, which is the usual ones.
        #[serde(default, skip_serializing_if = "Option::is_none")] audiences: Option<Audiences>,
        /// The draft that was approved.
        #[serde(default, skip_serializing_if = "Option::is_none")] update: Option<UpdateId>,
        /// By when a major incident needs the next word.
        #[serde(default, skip_serializing_if = "Option::is_none")] update_due: Option<Timestamp>,
    },
    /// An update was written that waits for somebody else's approval.
    UpdateDrafted = "update_drafted" v 1 {
        /// Its id.
        update: UpdateId,
        /// What it is called outside.
        #[serde(default, skip_serializing_if = "Option::is_none")] title: Option<ContentId>,
        /// The words.
        body: ContentId,
        /// Where it stands.
        phase: UpdatePhase,
        /// When service is expected back.
        #[serde(default, skip_serializing_if = "Option::is_none")] expected: Option<Timestamp>,
        /// When the next word comes.
        #[serde(default, skip_serializing_if = "Option::is_none")] next_update: Option<Timestamp>,
        /// Whom it is for.
        audiences: Audiences,
    },
    /// It will not be published.
    UpdateRejected = "update_rejected" v 1 {
        /// Which.
        update: UpdateId,
        /// Why.
        reason: ContentId,
    },
    /// By when the next word is due changed with the terms or the state, not with a word.
    UpdateDueChanged = "update_due_changed" v 1 {
        /// By when.
        #[serde(default, skip_serializing_if = "Option::is_none")] due: Option<Timestamp>,
        /// By when before.
        #[serde(default, skip_serializing_if = "Option::is_none")] before: Option<Timestamp>,
    },
    /// The next word did not come when it was due.
    UpdateOverdue = "update_overdue" v 1 {
        /// When it was due.
        due: Timestamp,
        /// How many words came late or not at all, this one counted.
        missed: u32,
        /// Whether that was said of the same word before.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] again: bool,
    },
    /// An incident model was applied; what it set and the tasks it brought follow, unless the
    /// report holds them.
    ModelApplied = "model_applied" v 1 {
        /// Which.
        model: ModelId,
        /// What it was called.
        name: String,
        /// Which version of it.
        version: i64,
        /// Its runbook as it was then.
        #[serde(default, skip_serializing_if = "Option::is_none")] runbook: Option<ContentId>,
        /// What it gave.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] set: BTreeSet<ModelPart>,
        /// What it would have given, and why it did not.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")] left_out: BTreeMap<ModelPart, String>,
    },
    /// A rule applied; what it did follows.
    RuleRan = "rule_ran" v 2 {
        /// Which.
        rule: RuleId,
        /// What it was called.
        name: String,
        /// Which version of it.
        version: i64,
        /// The moments it was set off by.
        on: BTreeSet<Moment>,
        /// The facts that made it match.
        because: ContentId,
        /// The waits that are over with this, its own and those of rules that are not tried
        /// after it: since when what they waited for had been so. Version 1 knew none.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")] waits: BTreeMap<RuleId, Timestamp>,
    },
    /// A rule ran so often that it is left out for a while.
    RuleRested = "rule_rested" v 1 {
        /// Which.
        rule: RuleId,
        /// What it was called.
        name: String,
        /// Which version of it.
        version: i64,
        /// How often it ran.
        runs: u32,
        /// Until when it is left out.
        until: Timestamp,
    },
    /// A command of a rule was refused, and the incident went on without it.
    RuleRefused = "rule_refused" v 1 {
        /// Which.
        rule: RuleId,
        /// What it was called.
        name: String,
        /// Which version of it.
        version: i64,
        /// The name of the command.
        command: String,
        /// Why.
        message: String,
    },
    /// Its team gives incidents to its people, and there was nobody to give it to.
    NobodyThere = "nobody_there" v 1 {
        /// The team, which keeps it.
        team: TeamId,
        /// How many could have got it if they were not away.
        #[serde(default)] away: u32,
    },
    /// Its alerts began, ended or changed: one entry, however many they are.
    AlertsChanged = "alerts_changed" v 1 {
        /// What happened to them.
        why: AlertsWhy,
        /// How many began.
        #[serde(default, skip_serializing_if = "is_zero")] fired: u32,
        /// How many ended.
        #[serde(default, skip_serializing_if = "is_zero")] resolved: u32,
        /// Some of those that began or ended.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] samples: Vec<AlertId>,
        /// How many it has that are so now.
        firing: u32,
        /// How many it ever had.
        total: u32,
        /// The worst of those that are so now.
        #[serde(default, skip_serializing_if = "Option::is_none")] worst: Option<Severity>,
        /// Whether that is worse than what was so before: whoever was paged is paged again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] worse: bool,
        /// Whether it is to be paged about anew, though nothing is worse: what kept it from paging
        /// is over, or nobody knows for too long whether it is still so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] again: bool,
        /// Why nobody is paged about any of them.
        #[serde(default, skip_serializing_if = "Option::is_none")] muted: Option<Muted>,
        /// Whether they come and go, so that neither paging nor resolving follows them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] flapping: bool,
        /// Whether their source said it is over while some of them may be so still.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] source_unclear: bool,
    },
    /// The expected time of restoration changed.
    ExpectationSet = "expectation_set" v 1 {
        /// Likely.
        at: Option<Timestamp>,
        /// Not before.
        #[serde(default, skip_serializing_if = "Option::is_none")] low: Option<Timestamp>,
        /// Not after.
        #[serde(default, skip_serializing_if = "Option::is_none")] high: Option<Timestamp>,
        /// What it was.
        #[serde(default, skip_serializing_if = "Option::is_none")] before: Option<Timestamp>,
        /// Why it changes, in words for the requester.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<ContentId>,
    },
    /// The expected time of restoration comes near, and it is not back.
    ExpectationNears = "expectation_nears" v 1 {
        /// What was told.
        at: Timestamp,
    },
    /// The impact is over.
    Mitigated = "mitigated" v 1 {},
    /// Service is verified to be back.
    Restored = "restored" v 1 {},
    /// The provider holds service restored.
    Resolved = "resolved" v 1 {
        /// Code.
        code: String,
        /// Words for the requester.
        note: ContentId,
        /// Cause.
        #[serde(default, skip_serializing_if = "Option::is_none")] cause: Option<ContentId>,
        /// Known error.
        #[serde(default, skip_serializing_if = "Option::is_none")] known_error: Option<String>,
        /// When silence closes it.
        #[serde(default, skip_serializing_if = "Option::is_none")] close_at: Option<Timestamp>,
    },
    /// It works again, says the requester.
    Confirmed = "confirmed" v 1 {},
    /// It is still broken, says the requester.
    Disputed = "disputed" v 1 {
        /// Their words.
        note: ContentId,
    },
    /// It was taken up again.
    Reopened = "reopened" v 1 {
        /// Why, where it was not a reply or dispute that says it.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
        /// Whether a reply did it, which can be withdrawn.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] by_reply: bool,
    },
    /// The reply was no reopening.
    ReopeningWithdrawn = "reopening_withdrawn" v 1 {},
    /// Final.
    Closed = "closed" v 1 {
        /// `confirmed`, `silence`, `no_answer` or `closed_by_hand`.
        how: String,
    },
    /// The requester was reminded that it waits for their answer.
    Reminded = "reminded" v 1 {
        /// When it closes if they do not answer.
        #[serde(default, skip_serializing_if = "Option::is_none")] closes_at: Option<Timestamp>,
    },
    /// The requester said how content they are.
    Rated = "rated" v 1 {
        /// How content.
        score: Score,
        /// Their words; those of before stay where there are none.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
        /// What they said before.
        #[serde(default, skip_serializing_if = "Option::is_none")] before: Option<Score>,
    },
    /// Recorded in error.
    Cancelled = "cancelled" v 1 {
        /// Why.
        reason: ContentId,
    },
    /// Somebody follows it.
    Watched = "watched" v 1 {
        /// Who.
        person: PersonId,
    },
    /// Somebody does not follow it any more.
    Unwatched = "unwatched" v 1 {
        /// Who.
        person: PersonId,
    },
    /// It was hidden from everybody but a team, or shown again.
    Restricted = "restricted" v 1 {
        /// The team.
        team: Option<TeamId>,
        /// The team before.
        team_before: Option<TeamId>,
    },
    /// Something was forgotten.
    Redacted = "redacted" v 1 {
        /// What.
        content: ContentId,
    },
    /// Tags changed.
    Tagged = "tagged" v 1 {
        /// Added.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] added: BTreeSet<String>,
        /// Removed.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] removed: BTreeSet<String>,
    },
    /// Another agreement applies, or another version of the same.
    AgreementChanged = "agreement_changed" v 1 {
        /// What applies now.
        agreement: AgreementRef,
        /// What applied before.
        before: AgreementRef,
    },
    /// Clocks started, paused, went on, stopped or got another target.
    ClocksChanged = "clocks_changed" v 1 {
        /// The clocks that changed, as they are now.
        clocks: Vec<Clock>,
    },
    /// A clock passed a share of its target.
    ClockWarned = "clock_warned" v 1 {
        /// Which.
        clock: ClockKind,
        /// Per cent.
        share: u8,
        /// When it is due.
        due_at: Timestamp,
    },
    /// A clock passed its target.
    ClockBreached = "clock_breached" v 1 {
        /// Which.
        clock: ClockKind,
        /// The due instant.
        breached_at: Timestamp,
    },
    /// Somebody was given a fixed instant by which it is over.
    Promised = "promised" v 1 {
        /// By when.
        at: Timestamp,
        /// To whom.
        to: PersonId,
        /// Words to them about it.
        #[serde(default, skip_serializing_if = "Option::is_none")] reason: Option<ContentId>,
        /// Whether that is the requester.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] to_requester: bool,
    },
    /// They were given another one, or none any more.
    PromiseChanged = "promise_changed" v 1 {
        /// By when now.
        #[serde(default, skip_serializing_if = "Option::is_none")] at: Option<Timestamp>,
        /// By when before.
        before: Timestamp,
        /// To whom.
        to: PersonId,
        /// Why, in words for them.
        reason: ContentId,
        /// Whether that is the requester.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] to_requester: bool,
    },
    /// A promised instant passed, and it is not over.
    PromiseBroken = "promise_broken" v 1 {
        /// What was promised.
        at: Timestamp,
        /// To whom.
        to: PersonId,
        /// Whether that is the requester.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] to_requester: bool,
    },
    /// Somebody said why a clock passed its target.
    BreachExplained = "breach_explained" v 1 {
        /// Which clock.
        clock: ClockKind,
        /// The breach it explains, with all before it.
        breached_at: Timestamp,
        /// Why.
        reason: ContentId,
        /// Who owns it.
        owner: PersonId,
    },
    /// Another span counts as a hold than the one that was recorded.
    PauseCorrected = "pause_corrected" v 1 {
        /// The place in the timeline of what ended the hold.
        pause: u32,
        /// What was waited for.
        waited_for: HoldReason,
        /// What counts as the pause; nothing when there was none.
        #[serde(default, skip_serializing_if = "Option::is_none")] counted: Option<Span>,
        /// What counted before.
        #[serde(default, skip_serializing_if = "Option::is_none")] counted_before: Option<Span>,
        /// Why.
        reason: ContentId,
    },
    /// Somebody is paged about it, step after step, until it is taken.
    PagingBegan = "paging_began" v 1 {
        /// Why.
        why: Why,
        /// The policy; none when somebody was named by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")] policy: Option<PolicyRef>,
        /// What it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")] name: Option<String>,
        /// How much it matters.
        urgency: Urgency,
        /// What will come unless it is taken before.
        plan: Vec<Planned>,
        /// Who is paged in the end; nobody named is every administrator.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] fallback: Vec<Whom>,
        /// Seconds of silence after which an acknowledgement is worth nothing any more.
        #[serde(default, skip_serializing_if = "Option::is_none")] acknowledgement_seconds: Option<i64>,
        /// Words to whoever is paged.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
    },
    /// These people were paged.
    Paged = "paged" v 1 {
        /// The entry with which paging began.
        began_n: u32,
        /// The step of the plan; those before it that did not come are passed over.
        step: u32,
        /// The round of it.
        round: u32,
        /// Why it came.
        cue: Cue,
        /// Who, and what named them.
        people: Vec<PagedPerson>,
        /// Programs that were told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] webhooks: Vec<WebhookId>,
        /// How much it matters.
        urgency: Urgency,
        /// What comes next, unless it is taken before.
        #[serde(default, skip_serializing_if = "Option::is_none")] next: Option<Next>,
        /// Whose turn it was, where they take turns.
        #[serde(default, skip_serializing_if = "Option::is_none")] turn: Option<Turn>,
        /// Words to them.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
    },
    /// Somebody answered their page after the incident was taken before.
    PageAcknowledged = "page_acknowledged" v 1 {
        /// Who.
        person: PersonId,
    },
    /// Somebody who was paged cannot take it.
    PageDeclined = "page_declined" v 1 {
        /// Who.
        person: PersonId,
        /// Why, internal.
        #[serde(default, skip_serializing_if = "Option::is_none")] note: Option<ContentId>,
    },
    /// Nobody was reached by what an entry said.
    PageFailed = "page_failed" v 1 {
        /// The entry that paged them.
        paged: u32,
        /// Who was not reached.
        people: Vec<PersonId>,
        /// What happened instead.
        failure: Failure,
    },
    /// Nobody is paged about it any more.
    PagingStopped = "paging_stopped" v 1 {
        /// Why.
        why: Stop,
        /// When an acknowledgement is worth nothing any more, if nothing is heard until then.
        #[serde(default, skip_serializing_if = "Option::is_none")] expires_at: Option<Timestamp>,
    },
    /// Whoever took it was not heard of for too long.
    AcknowledgementExpired = "acknowledgement_expired" v 1 {
        /// Who had taken it.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")] people: BTreeSet<PersonId>,
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")] acknowledged_at: Option<Timestamp>,
    },
    /// All steps came, and nobody took it.
    PagingExhausted = "paging_exhausted" v 1 {
        /// The step of the plan.
        step: u32,
        /// How often it was said by now.
        times: u32,
        /// When it is said again.
        again_at: Timestamp,
    },
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
