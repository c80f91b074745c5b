//! What became of suggestions that stood beside a report while somebody of the service desk typed
//! it: the form carries what it showed, and it is counted once there is an incident.

use super::{Suggester, learn};
use crate::Desk;
use incident::{Policy, State, Viewer};
use kernel::{IncidentNumber, PersonId, Timestamp};
use store::suggestions::{self as rows, Outcome, Suggested, Suggestion};

/// The most that one is certain, in thousandths.
const CERTAIN: u32 = 1_000;

/// A suggestion that stood beside a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Of what.
    pub field: Suggested,
    /// The value: an id, or a priority.
    pub value: String,
    /// How certain it was, in thousandths.
    pub probability: u32,
    /// The version of the model.
    pub model: i64,
    /// Whether whoever reported it said something of the field.
    pub said: bool,
}

impl Typed {
    /// Whether it can have been suggested. A form can send anything.
    fn is_known(&self, suggester: &Suggester, policy: &Policy) -> bool {
        let versions = suggester.known(self.field).map_or(0, |known| known.version);
        (1..=versions).contains(&self.model)
            && self.probability <= CERTAIN
            && learn::label(self.field, &self.value, policy).is_some()
    }

    /// As it is written down, with what became of it; what nobody said anything of can still be
    /// accepted on the incident.
    fn row(
        self,
        number: IncidentNumber,
        state: &State,
        by: PersonId,
        now: Timestamp,
    ) -> Suggestion {
        let stands = rows::standing(state, self.field);
        let outcome = match (stands.as_ref() == Some(&self.value), self.said) {
            (true, _) => Some(Outcome::Accepted),
            (false, true) => Some(Outcome::Corrected),
            (false, false) => None,
        };
        Suggestion {
            number,
            field: self.field,
            value: self.value,
            probability: i64::from(self.probability),
            model: self.model,
            // Before somebody said it, nothing stood there.
            standing: stands.filter(|_| outcome.is_none()),
            shown_at: Some(now),
            outcome,
            at: outcome.map(|_| now),
            by: outcome.and(self.said.then_some(by)),
        }
    }
}

impl Desk {
    /// Writes down what became of suggestions that stood beside a report by this viewer, aside:
    /// nobody waits for it. What cannot have been suggested is left out.
    pub fn note_typed(&self, viewer: &Viewer, number: IncidentNumber, mut typed: Vec<Typed>) {
        let (suggester, policy) = (self.suggester(), self.policy());
        typed.retain(|one| one.is_known(&suggester, &policy));
        if typed.is_empty() {
            return;
        }
        let (by, now) = (viewer.person, self.now());
        self.write_later("what became of suggestions beside a report", move |sql| {
            let Some(stored) = store::incidents::load(sql, number)? else { return Ok(()) };
            for one in typed {
                let row = one.row(number, &stored.state, by, now);
                match row.outcome {
                    // Where the same report comes again, what is known of it stays.
                    Some(_) => rows::settle(sql, &row)?,
                    None => rows::show(sql, &row)?,
                }
            }
            Ok(())
        });
    }
}
