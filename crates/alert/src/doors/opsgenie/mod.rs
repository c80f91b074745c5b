//! The Alert API of Opsgenie, version 2, with heartbeats and the calls for incidents; the same paths
//! below `/jsm/ops/integration` are those of Jira Service Management.
//!
//! [`read`] makes a [`Call`] of a request. All calls that change something are answered at once
//! with 202 and an id, by which a client may ask later what became of it.

pub mod answers;
mod create;
mod read;
pub mod search;

pub use create::Create;
pub use read::read;

use super::Unreadable;
use crate::{Signal, SignalStatus};
use kernel::{Priority, Timestamp};
use search::Search;
use std::collections::BTreeMap;

/// The label that keeps the priority that was said of an alert.
pub const PRIORITY: &str = "priority";

/// What a client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Tell of an alert.
    Create(Box<Create>),
    /// Do something about one.
    Act {
        /// Which.
        alert: Which,
        /// What.
        act: Act,
        /// By whom, and what is said with it.
        by: By,
    },
    /// See alerts.
    List(Search),
    /// See how many there are.
    Count(Search),
    /// See one of them, or something of it.
    Show(Which, Part),
    /// See what became of an earlier call.
    Request(String),
    /// A sign of life of this name.
    Ping(String),
    /// Open an incident: an alert, whose words are those of the incident.
    CreateIncident(Box<Create>),
    /// Close an incident.
    CloseIncident {
        /// Which.
        incident: Which,
        /// By whom, and what is said with it.
        by: By,
    },
}

/// How a client names an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// By the id we gave it.
    Id(String),
    /// By the key it gave it.
    Alias(String),
    /// By its short number.
    Tiny(String),
}

kernel::words! {
    /// Of an alert, what a client wants to see.
    Part {
        /// The alert.
        Whole = "whole",
        /// What happened to it.
        Logs = "logs",
        /// What was written about it.
        Notes = "notes",
        /// Who was told.
        Recipients = "recipients",
    }
}

/// What is done about an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It is over.
    Close,
    /// Somebody has taken it.
    Acknowledge,
    /// Nobody has, after all.
    Unacknowledge,
    /// Nobody is told until then.
    Snooze(Timestamp),
    /// Only what is said counts.
    Note,
    /// Tags are added.
    AddTags(Vec<String>),
    /// Tags are taken away.
    RemoveTags(Vec<String>),
    /// Details are added.
    AddDetails(BTreeMap<String, String>),
    /// Details are taken away.
    RemoveDetails(Vec<String>),
    /// Somebody more is told.
    AddResponder(Responder),
    /// A person has it now.
    Assign(String),
    /// An escalation policy, by its name, takes over.
    Escalate(String),
    /// It has another title.
    Message(String),
    /// It has another description.
    Description(String),
    /// It has another priority.
    Priority(Priority),
    /// A button of the site's own.
    Custom(String),
    /// It never was.
    Delete,
}

/// Who does something, and what is said with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct By {
    /// The person, as the client calls them.
    pub user: Option<String>,
    /// The program.
    pub source: Option<String>,
    /// What is said.
    pub note: Option<String>,
    /// What had to be guessed or was passed over.
    pub warnings: Vec<String>,
}

kernel::words! {
    /// What a responder is.
    ResponderKind {
        /// A team.
        Team = "team",
        /// A person.
        User = "user",
        /// An escalation policy.
        Escalation = "escalation",
        /// A schedule.
        Schedule = "schedule",
    }
}

/// Who is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responder {
    /// What it is.
    pub kind: ResponderKind,
    /// Its name, or its id.
    pub name: String,
}

/// Why a call cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// 404: there is no such address.
    #[error("there is no such call")]
    NoSuchCall,
    /// 405: the address takes other methods.
    #[error("this address does not take that method")]
    Method,
    /// 422: a field does not keep its rule. 400 if the field is `body`.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Call {
    /// What the call tells of alerts, as any other source tells of it: creating one, and closing
    /// or acknowledging one by its alias. `None` for everything else.
    pub fn signal(&self) -> Option<Signal> {
        match self {
            Call::Create(create) => create.reading.signals.first().cloned(),
            Call::Act { alert: Which::Alias(key), act, by } => {
                let status = match act {
                    Act::Close => SignalStatus::Resolved,
                    Act::Acknowledge => SignalStatus::Acknowledged,
                    _ => return None,
                };
                Some(Signal { note: by.note.clone(), ..Signal::new(key, status, "") })
            }
            _ => None,
        }
    }
}
