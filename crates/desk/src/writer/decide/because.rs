//! Why a step is taken.

use incident::event::Derived;
use incident::rules::Rule;
use kernel::{Actor, IncidentNumber};

/// Why a step is taken.
pub(super) enum Because<'a> {
    /// Somebody asked for it.
    Asked,
    /// Something happened to another incident.
    Incident(IncidentNumber),
    /// A rule says so.
    Rule(&'a Rule),
}

impl Because<'_> {
    /// Whether somebody asked for it, so that their rights count.
    pub(super) fn is_asked(&self) -> bool {
        matches!(self, Because::Asked)
    }

    /// Who does it: what a rule does is done by nobody.
    pub(super) fn actor(&self, asking: &Actor) -> Actor {
        match self {
            Because::Asked | Because::Incident(_) => asking.clone(),
            Because::Rule(_) => Actor::system(),
        }
    }

    /// What its events say they followed from.
    pub(super) fn derived(&self) -> Option<Derived> {
        match self {
            Because::Asked => None,
            Because::Incident(number) => {
                Some(Derived { by: "incident".into(), name: number.to_string(), version: 0 })
            }
            Because::Rule(rule) => {
                Some(Derived { by: "rule".into(), name: rule.name.clone(), version: rule.version })
            }
        }
    }
}
