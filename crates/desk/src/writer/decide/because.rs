//! Why a step is taken.

use incident::assignment::ASSIGNMENT;
use incident::event::Derived;
use incident::rules::Rule;
use kernel::{Actor, IncidentNumber};

/// Why a step is taken.
pub(super) enum Because<'a> {
    /// Somebody asked for it.
    Asked,
    /// Somebody took what was suggested, or the product carried it out.
    Suggested(&'a Derived),
    /// Something happened to another incident.
    Incident {
        /// Which.
        number: IncidentNumber,
        /// Whether nobody did it there, but a rule or a team's way of assignment.
        by_itself: bool,
    },
    /// A rule says so.
    Rule(&'a Rule),
    /// Its team gives incidents to its people; the words say why to this one.
    Team(&'a str),
}

impl<'a> Because<'a> {
    /// Somebody asked, perhaps for what was suggested.
    pub(super) fn asked(suggestion: Option<&'a Derived>) -> Self {
        suggestion.map_or(Because::Asked, Because::Suggested)
    }
}

impl Because<'_> {
    /// Whether somebody asked for it, so that their rights count.
    pub(super) fn is_asked(&self) -> bool {
        matches!(self, Because::Asked | Because::Suggested(_))
    }

    /// Why other incidents are told of what was done to this one for this reason.
    pub(super) fn below(&self, number: IncidentNumber) -> Because<'static> {
        Because::Incident { number, by_itself: self.by_itself() }
    }

    fn by_itself(&self) -> bool {
        use Because::{Incident, Rule, Team};
        matches!(self, Rule(_) | Team(_) | Incident { by_itself: true, .. })
    }

    /// Who does it: what a rule or a team's way of assignment does is done by nobody, and so
    /// is what follows from that.
    pub(super) fn actor(&self, asking: &Actor) -> Actor {
        if self.by_itself() { Actor::system() } else { asking.clone() }
    }

    /// What its events say they followed from.
    pub(super) fn derived(&self) -> Option<Derived> {
        match self {
            Because::Asked => None,
            Because::Suggested(suggestion) => Some((*suggestion).clone()),
            Because::Incident { number, .. } => {
                Some(Derived { by: "incident".into(), name: number.to_string(), version: 0 })
            }
            Because::Team(why) => {
                Some(Derived { by: ASSIGNMENT.into(), name: (*why).to_owned(), version: 0 })
            }
            Because::Rule(rule) => {
                Some(Derived { by: "rule".into(), name: rule.name.clone(), version: rule.version })
            }
        }
    }
}
