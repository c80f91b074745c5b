//! Who is told what: the standard rows, which an administrator can switch off or narrow, and
//! rows of their own with a condition. People's own preferences are asked afterwards, unless a
//! row is told in any case.

mod added;
mod standard;

pub use added::{ReadyNotice, faults};
pub use standard::{STANDARD, standard};

use crate::effects::{Audience, Effect};
use crate::event::Body;
use crate::policy::Policy;
use crate::telling::Channels;
use kernel::{PersonId, TeamId, words};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// What can be told. All but the last two are kinds of events.
    Occasion {
        /// It was reported.
        Reported = "reported",
        /// It was given to a team or person.
        Assigned = "assigned",
        /// Somebody wrote something.
        Commented = "commented",
        /// A file was added.
        Attached = "attached",
        /// How it stands was published.
        UpdatePublished = "update_published",
        /// When it is expected back.
        ExpectationSet = "expectation_set",
        /// The expected time comes near.
        ExpectationNears = "expectation_nears",
        /// It waits for its requester.
        PutOnHold = "put_on_hold",
        /// It still waits for its requester.
        Reminded = "reminded",
        /// Impact, urgency or priority changed.
        PriorityChanged = "priority_changed",
        /// Somebody proposes to declare it major.
        MajorProposed = "major_proposed",
        /// It was declared major.
        MajorDeclared = "major_declared",
        /// A role in it is offered to somebody.
        RoleOffered = "role_offered",
        /// Somebody got a role in it.
        RoleGiven = "role_given",
        /// Whoever a role was offered to does not take it.
        RoleDeclined = "role_declined",
        /// Somebody was asked to come whom no page reaches.
        RespondersCalled = "responders_called",
        /// An update waits for approval.
        UpdateDrafted = "update_drafted",
        /// An update was not approved.
        UpdateRejected = "update_rejected",
        /// Another team or a manager was brought in.
        Escalated = "escalated",
        /// A share of a target is used up.
        ClockWarned = "clock_warned",
        /// A target is breached.
        ClockBreached = "clock_breached",
        /// A promise was given.
        Promised = "promised",
        /// A promise changed.
        PromiseChanged = "promise_changed",
        /// A promise was broken.
        PromiseBroken = "promise_broken",
        /// A breach was explained.
        BreachExplained = "breach_explained",
        /// It is worked on together with another.
        Merged = "merged",
        /// It was resolved.
        Resolved = "resolved",
        /// Its requester says that it is still broken.
        Disputed = "disputed",
        /// It was taken up again.
        Reopened = "reopened",
        /// It was closed.
        Closed = "closed",
        /// It was recorded in error.
        Cancelled = "cancelled",
        /// Its requester rated it low.
        Rated = "rated",
        /// It takes longer than was said.
        Deviation = "deviation",
        /// How content its requester is.
        Survey = "survey",
    }
}

words! {
    /// As what somebody is told.
    NoticeRole {
        /// Its requester.
        Requester = "requester",
        /// Everybody who follows it.
        Watchers = "watchers",
        /// Whoever has it: the assignee, else the team.
        Assignee = "assignee",
        /// A team: its own, or a named one.
        Team = "team",
        /// A person: whom a promise or a role was given to, who was asked to come, who owns what follows, who approves or
        /// wrote an update, or a named one.
        Person = "person",
        /// The manager who was brought in, or everybody with the role manager. Of major incidents
        /// the administrators where nobody has it.
        Manager = "manager",
    }
}

impl Occasion {
    /// What it is called on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Occasion::Reported => "It is reported",
            Occasion::Assigned => "It is assigned",
            Occasion::Commented => "Somebody writes",
            Occasion::Attached => "A file is added",
            Occasion::UpdatePublished => "An update is published",
            Occasion::ExpectationSet => "The expected time changes",
            Occasion::ExpectationNears => "The expected time comes near",
            Occasion::PutOnHold => "It waits for its requester",
            Occasion::Reminded => "The question is brought to mind",
            Occasion::PriorityChanged => "Its priority changes",
            Occasion::MajorProposed => "It is proposed to declare it major",
            Occasion::MajorDeclared => "It is declared major",
            Occasion::RoleOffered => "A role in it is offered",
            Occasion::RoleGiven => "A role in it is given",
            Occasion::RoleDeclined => "An offered role is declined",
            Occasion::RespondersCalled => "Somebody is called whom no page reaches",
            Occasion::UpdateDrafted => "An update waits for approval",
            Occasion::UpdateRejected => "An update is not approved",
            Occasion::Escalated => "It is escalated",
            Occasion::ClockWarned => "A clock warns",
            Occasion::ClockBreached => "A target is breached",
            Occasion::Promised => "A time is promised",
            Occasion::PromiseChanged => "A promise changes",
            Occasion::PromiseBroken => "A promise is broken",
            Occasion::BreachExplained => "A breach is explained",
            Occasion::Merged => "It is merged",
            Occasion::Resolved => "It is resolved",
            Occasion::Disputed => "It is still broken",
            Occasion::Reopened => "It is taken up again",
            Occasion::Closed => "It is closed",
            Occasion::Cancelled => "It is cancelled",
            Occasion::Rated => "It is rated low",
            Occasion::Deviation => "It takes longer than was said",
            Occasion::Survey => "The requester is asked how it went",
        }
    }
}

impl NoticeRole {
    /// What it is called on screen.
    pub const fn label(self) -> &'static str {
        match self {
            NoticeRole::Requester => "Requester",
            NoticeRole::Watchers => "Watchers",
            NoticeRole::Assignee => "Whoever has it",
            NoticeRole::Team => "Team",
            NoticeRole::Person => "Person",
            NoticeRole::Manager => "Managers",
        }
    }
}

/// To whom a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// As what.
    pub role: NoticeRole,
    /// Which team, where it is one that need not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Which person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

impl Recipient {
    /// Whoever is it as this.
    pub const fn of(role: NoticeRole) -> Self {
        Recipient { role, team: None, person: None }
    }
}

/// A row of the table of who is told what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id: of a standard row occasion and role, such as `resolved-requester`.
    pub id: String,
    /// What letters call it; of a standard row its id.
    pub name: String,
    /// What is told.
    pub on: BTreeSet<Occasion>,
    /// The condition, in the query language; empty: always.
    pub when: String,
    /// To whom.
    pub to: Recipient,
    /// By which channels.
    #[serde(flatten)]
    pub channels: Channels,
    /// Whether it is told whatever somebody prefers, and at once.
    pub always: bool,
    /// Whether it is in use.
    pub active: bool,
    /// Counts the changes, from 1; 0 is a standard row as it came.
    pub version: i64,
}

impl Notice {
    /// Whether it came with the product.
    pub fn is_standard(&self) -> bool {
        standard().iter().any(|row| row.id == self.id)
    }
}

/// By which row something is told, and what the row says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// What the row is called.
    pub rule: String,
    /// Whether it is one that an administrator added.
    pub added: bool,
    /// By which channels.
    pub channels: Channels,
    /// Whether it is told whatever somebody prefers.
    pub always: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Terms { rule: String::new(), added: false, channels: Channels::ALL, always: false }
    }
}

/// What differs from the standard.
#[derive(Debug, Clone, Default)]
pub struct Notices {
    changed: BTreeMap<String, Notice>,
    added: Vec<ReadyNotice>,
}

impl Notices {
    /// The rows that were changed or added, as they stand under a policy.
    pub fn of(rows: Vec<Notice>, policy: &Policy) -> Self {
        let (changed, added): (Vec<_>, Vec<_>) = rows.into_iter().partition(Notice::is_standard);
        let added = added.into_iter().filter(|row| row.active);
        Notices {
            changed: changed.into_iter().map(|row| (row.id.clone(), row)).collect(),
            added: added.map(|row| ReadyNotice::of(row, policy)).collect(),
        }
    }

    /// The rows that were added and are in use.
    pub fn added(&self) -> &[ReadyNotice] {
        &self.added
    }

    /// Whether letters tell this to people in that role, as the standard row says.
    pub fn mails(&self, on: Occasion, to: NoticeRole) -> bool {
        let row = self.changed.get(&standard::id_of(on.as_str(), to));
        row.is_none_or(|row| row.active && row.channels.mail)
    }

    /// Whether this is told to people in that role whatever they prefer, as the standard row says.
    pub fn insists(&self, on: Occasion, to: NoticeRole) -> bool {
        self.changed.get(&standard::id_of(on.as_str(), to)).is_some_and(|row| row.always)
    }

    /// What the standard row of an effect says of it; nothing where it is switched off.
    pub(crate) fn terms(&self, effect: &Effect, body: &Body) -> Option<Terms> {
        if matches!(effect.audience, Audience::List(_) | Audience::Subscribers) {
            // Whoever published it chose them.
            return Some(Terms { rule: effect.word.clone(), ..Terms::default() });
        }
        let id = standard::id_of(&effect.word, role_of(effect, body));
        let Some(row) = self.changed.get(&id) else {
            return Some(Terms { rule: id, ..Terms::default() });
        };
        let Notice { channels, always, .. } = *row;
        row.active.then_some(Terms { rule: id, added: false, channels, always })
    }
}

/// As what somebody is told by the standard rows.
fn role_of(effect: &Effect, body: &Body) -> NoticeRole {
    match (&effect.audience, body) {
        (Audience::Requester(_), _) => NoticeRole::Requester,
        (Audience::Watchers | Audience::List(_) | Audience::Subscribers, _) => NoticeRole::Watchers,
        (
            Audience::Team(_),
            Body::Reported(_) | Body::Assigned(_) | Body::MajorProposed(_) | Body::MajorDeclared(_),
        ) => NoticeRole::Team,
        (
            Audience::Person(_),
            Body::Escalated(_) | Body::MajorProposed(_) | Body::MajorDeclared(_),
        ) => NoticeRole::Manager,
        (
            Audience::Person(_),
            Body::Promised(_)
            | Body::PromiseChanged(_)
            | Body::BreachExplained(_)
            | Body::RoleOffered(_)
            | Body::RoleGiven(_)
            | Body::RoleDeclined(_)
            | Body::RespondersCalled(_)
            | Body::UpdateDrafted(_)
            | Body::UpdateRejected(_),
        ) => NoticeRole::Person,
        (Audience::Person(person), Body::PromiseBroken(data)) if data.to == *person => {
            NoticeRole::Person
        }
        (Audience::Person(_) | Audience::Team(_), _) => NoticeRole::Assignee,
    }
}
