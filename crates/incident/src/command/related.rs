//! What the product itself tells an incident.

use crate::escalation::Failure;
use crate::rules::Moment;
use crate::state::LinkKind;
use kernel::{ContentId, IncidentNumber, PersonId, RuleId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What another incident, a rule or a team says about this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Related {
    /// It became a child of this one.
    ChildAdded {
        /// The child.
        child: IncidentNumber,
    },
    /// Its parent is worked on, though nobody may have taken it yet.
    ParentStarted,
    /// That its parent was taken is taken back.
    ParentReturned {
        /// When it had been taken.
        taken_at: Timestamp,
    },
    /// What this one is part of ended without it.
    MainEnded,
    /// It is no child any more.
    ChildRemoved {
        /// The child.
        child: IncidentNumber,
    },
    /// It became part of this one.
    MergeReceived {
        /// The part.
        from: IncidentNumber,
    },
    /// It is no part any more.
    MergeWithdrawn {
        /// The former part.
        from: IncidentNumber,
    },
    /// It points here.
    LinkedBack {
        /// How this one relates to it.
        kind: LinkKind,
        /// Which one it is.
        from: IncidentNumber,
    },
    /// It does not point here any more.
    UnlinkedBack {
        /// How this one related to it.
        kind: LinkKind,
        /// Which one it was.
        from: IncidentNumber,
    },
    /// A rule matches it; its commands come next.
    RuleRan {
        /// Which.
        rule: RuleId,
        /// What set it off.
        on: BTreeSet<Moment>,
        /// The facts that made it match.
        because: ContentId,
        /// The waits that are over with this.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        waits: BTreeMap<RuleId, Timestamp>,
    },
    /// A rule ran so often that it is left out for a while.
    RuleRested {
        /// Which.
        rule: RuleId,
        /// How often it ran.
        runs: u32,
        /// Until when.
        until: Timestamp,
    },
    /// A command of a rule was refused.
    RuleRefused {
        /// Which.
        rule: RuleId,
        /// The name of the command.
        refused: String,
        /// Why.
        message: String,
    },
    /// Its team gives incidents to its people, and there was nobody to give it to.
    NobodyThere {
        /// The team.
        team: TeamId,
        /// How many could have got it if they were not away.
        away: u32,
    },
    /// Nobody was reached by an entry that paged people; whoever comes next is paged at once.
    PageFailed {
        /// The place of that entry in the timeline.
        paged: u32,
        /// Who was not reached.
        people: Vec<PersonId>,
        /// What happened instead.
        failure: Failure,
    },
}
