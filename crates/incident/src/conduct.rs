//! How a major incident is conducted: who proposed and declared it, who was asked to come, who
//! hands a role to whom, where people meet, what is said and when the next word comes. And what
//! was out meanwhile, whether it is a major incident or not.

mod clock;
mod downtime;
mod figures;
mod fold;

pub use clock::update_due;
pub(crate) use clock::{due_after, first_due, promised, rings_at};
pub use downtime::{by_service, cost, down_seconds};
pub use figures::{Figures, figures};
pub(crate) use fold::{apply, follow};

use crate::event::UpdatePublished;
use crate::state::{IncidentRole, State, UpdatePhase};
use kernel::{
    ContentId, ListId, OutageId, PersonId, RuleId, ServiceId, TeamId, Timestamp, UpdateId, words,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// What somebody who was asked to come says.
    Answer {
        /// Nothing yet.
        Asked = "asked",
        /// They come.
        Coming = "coming",
        /// They cannot.
        CannotCome = "cannot_come",
    }
}

words! {
    /// How bad an outage is.
    Degree {
        /// Slower or worse than agreed.
        Degraded = "degraded",
        /// Some of it, or for some.
        Partial = "partial",
        /// All of it, for everybody.
        Full = "full",
    }
}

words! {
    /// Where those who work on it meet.
    RoomKind {
        /// A telephone or video conference.
        Conference = "conference",
        /// A chat room.
        Chat = "chat",
    }
}

/// That it be declared a major incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// When.
    pub at: Timestamp,
    /// Who proposes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// The rule that proposes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// Why, internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ContentId>,
}

/// A role that is handed to somebody who has not accepted it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// To whom.
    pub to: PersonId,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// Somebody who is asked to come, and for which team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// Who.
    pub person: PersonId,
    /// For which team, when the team was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
}

/// Somebody who was asked to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responder {
    /// Who.
    pub person: PersonId,
    /// For which team, when the team was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Since when.
    pub asked_at: Timestamp,
    /// What they say.
    pub answer: Answer,
    /// When they said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// Their words, internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<ContentId>,
}

/// Whom an update is for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audiences {
    /// The requester, those of its parts and children, and whoever watches.
    #[serde(default)]
    pub requesters: bool,
    /// Lists of stakeholders.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lists: BTreeSet<ListId>,
    /// The public status page and its subscribers.
    #[serde(default)]
    pub status_page: bool,
    /// Chat rooms.
    #[serde(default)]
    pub chat: bool,
}

impl Audiences {
    /// Whom an update is for when nobody says: requesters and chat rooms, as always was.
    pub fn usual() -> Self {
        Audiences { requesters: true, chat: true, ..Audiences::default() }
    }

    /// Whether nobody would hear it.
    pub fn is_empty(&self) -> bool {
        *self == Audiences::default()
    }
}

/// An update that was written and waits for somebody else's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateDraft {
    /// Its id.
    pub id: UpdateId,
    /// What it is called outside; the title of the incident when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<ContentId>,
    /// The words.
    pub body: ContentId,
    /// Where it stands.
    pub phase: UpdatePhase,
    /// When service is expected back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Timestamp>,
    /// When the next word comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_update: Option<Timestamp>,
    /// Whom it is for.
    pub audiences: Audiences,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// Whether words came when they were promised.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Communication {
    /// From when on silence counts: the last word, else when it was declared or taken up again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_from: Option<Timestamp>,
    /// By when the next word is due: as promised, or by the cadence of the agreement; none
    /// when it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When the last word was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
    /// What lists or chat rooms alone were promised by the last word, which the requester did
    /// not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_aside: Option<Timestamp>,
    /// Since when it is overdue, once that was noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_since: Option<Timestamp>,
    /// When somebody was last paged because it is overdue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rang_at: Option<Timestamp>,
    /// How often somebody was paged again for the same missing word.
    #[serde(default)]
    pub rang_again: u32,
    /// How many words came in time.
    #[serde(default)]
    pub kept: u32,
    /// How many came late, or did not come.
    #[serde(default)]
    pub missed: u32,
}

/// How a major incident is conducted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conduct {
    /// That it be declared, while nobody has decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// Rules whose proposals were declined: they do not propose it again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub declined_rules: BTreeSet<RuleId>,
    /// When it was last declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_at: Option<Timestamp>,
    /// When it was stood down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stood_down_at: Option<Timestamp>,
    /// Roles that are handed to somebody who has not accepted yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub offers: BTreeMap<IncidentRole, Offer>,
    /// Since when each role is held by whoever holds it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held_since: BTreeMap<IncidentRole, Timestamp>,
    /// Who was asked to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responders: Vec<Responder>,
    /// Where people meet: addresses as content.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rooms: BTreeMap<RoomKind, ContentId>,
    /// What it means for the business, in words, internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<ContentId>,
    /// What it is called outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_title: Option<ContentId>,
    /// Updates that wait for approval.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drafts: Vec<UpdateDraft>,
    /// Whether words came when they were promised.
    #[serde(default)]
    pub communication: Communication,
}

/// A span in which a service was worse than agreed, apart from the incident's own times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Its id.
    pub id: OutageId,
    /// The service.
    pub service: ServiceId,
    /// How bad.
    pub degree: Degree,
    /// From when on.
    pub started_at: Timestamp,
    /// Until just before when; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

impl Outage {
    /// Whether it lasts.
    pub fn lasts(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether both are of the same service and share an instant. One that lasts goes on for ever.
    pub fn overlaps(&self, other: &Outage) -> bool {
        let begins_before_end = |one: &Outage, other: &Outage| {
            other.ended_at.is_none_or(|ended| one.started_at < ended)
        };
        self.service == other.service
            && begins_before_end(self, other)
            && begins_before_end(other, self)
    }
}

impl UpdatePublished {
    /// Whether it is told the requester and whoever watches.
    pub fn is_for_requesters(&self) -> bool {
        self.audiences.as_ref().is_none_or(|audiences| audiences.requesters)
    }

    /// Whether the requester may read it: what is for lists or chat rooms alone is not theirs,
    /// and what stands on the status page is everybody's.
    pub fn is_public(&self) -> bool {
        self.audiences.as_ref().is_none_or(|to| to.requesters || to.status_page)
    }
}

impl State {
    /// That it be declared a major incident, while nobody has decided.
    pub fn proposal(&self) -> Option<&Proposal> {
        self.conduct.as_ref()?.proposal.as_ref()
    }
}

impl Conduct {
    /// What somebody who was asked to come says.
    pub fn responder(&self, person: PersonId) -> Option<&Responder> {
        self.responders.iter().find(|responder| responder.person == person)
    }

    /// An update that waits for approval.
    pub fn draft(&self, id: UpdateId) -> Option<&UpdateDraft> {
        self.drafts.iter().find(|draft| draft.id == id)
    }
}
