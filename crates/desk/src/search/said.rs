//! What people say of what was shown beside an incident as alike; what it changes is said where
//! things are compared.

use super::{Alike, Feedback};
use crate::{Desk, Trouble};
use incident::{Access, Refusal, Scope, TokenScope, Viewer};
use kernel::IncidentNumber;
use store::directory::problems;
use store::incidents::alike as rows;
use store::incidents::list;
use store::{Failure, Sql};

impl Desk {
    /// Says whether something helped that was shown beside an incident, or that it is not alike;
    /// `None` takes back what the viewer said.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] for whoever may not see all of both, or only reads; and for saying of a
    /// known error that it helped.
    pub async fn say_of_similar(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        other: Alike,
        feedback: Option<Feedback>,
    ) -> Result<(), Trouble> {
        if !viewer.works() || viewer.scope < TokenScope::Write {
            return Err(Refusal::forbidden("people who work on incidents say what helped").into());
        }
        let helped = feedback.map(|said| said == Feedback::Helped);
        match other {
            Alike::Incident(other) if number == other => {
                return Err(Refusal::invalid("other", "is the incident itself").into());
            }
            Alike::KnownError(_) if helped == Some(true) => {
                let words = "whether a known error helped shows when an incident is resolved with \
                    it: link it to the incident";
                return Err(Refusal::invalid("helped", words).into());
            }
            Alike::Incident(_) | Alike::KnownError(_) => {}
        }
        let scope = Scope::of(viewer);
        if !self.read(move |sql| see(sql, &scope, number, other)).await? {
            let words = "there is no such incident or known error, or you may not see it";
            return Err(Refusal::not_found(words).into());
        }
        let (person, now) = (viewer.person, self.now());
        self.write(move |sql| match other {
            Alike::Incident(other) => Ok(rows::say(sql, number, (other, person), helped, now)?),
            Alike::KnownError(problem) => {
                Ok(rows::refuse(sql, number, (problem, person), helped.is_some(), now)?)
            }
        })
        .await
    }
}

/// Whether both are there for somebody, and all of them.
fn see(
    sql: &mut dyn Sql,
    scope: &Scope,
    number: IncidentNumber,
    other: Alike,
) -> Result<bool, Failure> {
    let numbers = match other {
        Alike::Incident(other) => vec![number, other],
        Alike::KnownError(problem) if problems::exists(sql, problem)? => vec![number],
        Alike::KnownError(_) => return Ok(false),
    };
    let rows = list::get_many(sql, scope, &numbers)?;
    Ok(rows.iter().filter(|row| row.access == Access::Full).count() == numbers.len())
}
