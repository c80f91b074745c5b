//! The facts of a timeline. Every body has a kind (past tense) and a version;
//! bodies ever written decode for ever (see `upcast` and the golden files).

mod form;
mod kinds;
mod named;

pub use kinds::*;

use crate::command::{Command, Visibility};
use kernel::{Actor, BatchId, Channel, Timestamp};
use serde::{Deserialize, Serialize};

/// Where an event came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody's wish, with all its fields: replay decides it again.
    Input(Box<Command>),
    /// Followed from something else: replay drops it.
    Derived(Derived),
}

impl Cause {
    /// Whether it is what was asked for itself: a wish, or a suggestion that somebody accepted or
    /// the product carried out.
    pub fn is_asked(&self) -> bool {
        match self {
            Cause::Input(_) => true,
            Cause::Derived(derived) => derived.by == SUGGESTION,
        }
    }
}

/// By what an event came that a suggestion made, be it accepted by a person or carried out by the
/// product itself: the actor tells which.
pub const SUGGESTION: &str = "suggestion";

/// What an event followed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// `rule`, `timer`, `policy`, `suggestion`, `assignment` by the team, or `incident` for a related one.
    pub by: String,
    /// Which one; of an assignment, why this person.
    pub name: String,
    /// Its version; 0 where it has none.
    pub version: i64,
}

/// One entry of a timeline, without its place in the feed, which the store adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place in the incident's timeline, from 1.
    pub n: u32,
    /// When it was recorded.
    pub at: Timestamp,
    /// When it happened; not after `at`.
    pub happened_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Through which door.
    pub channel: Channel,
    /// Why.
    pub cause: Cause,
    /// The bulk edit it belongs to.
    pub batch: Option<BatchId>,
    /// What happened.
    pub body: Body,
}

impl Commented {
    /// Whether it is a word of the provider that the requester reads.
    pub fn is_from_provider(&self) -> bool {
        self.visibility == Visibility::Public && !self.by_requester && !self.by_follower
    }
}
