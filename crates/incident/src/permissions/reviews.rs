//! Who reads and writes reviews. A review follows its incident: whoever does not see all of that
//! does not know that there is a review.

use super::{TokenScope, Viewer, works_on};
use crate::refusal::Refusal;
use crate::state::State;
use kernel::{PersonId, Role};

/// Whether this viewer reads reviews at all, of incidents that they see as a whole.
pub fn may_read_reviews(viewer: &Viewer) -> Result<(), Refusal> {
    match viewer.reads_configuration() {
        true => Ok(()),
        false if viewer.is_staff() => Err(Refusal::forbidden(
            "this token may only report incidents; use one with the scope read or write",
        )),
        false => Err(Refusal::forbidden("reviews are for the service desk")),
    }
}

/// Whether this viewer writes the review of an incident in this state, and its actions.
pub fn may_write_review(viewer: &Viewer, state: &State) -> Result<(), Refusal> {
    may_read_reviews(viewer)?;
    if viewer.scope < TokenScope::Write {
        return Err(Refusal::forbidden("this token may only read; use one with the scope write"));
    }
    match works_on(viewer, state) {
        true => Ok(()),
        false if viewer.works() => {
            Err(Refusal::forbidden("only the team it is confidential to writes its review"))
        }
        false => Err(Refusal::forbidden("auditors read everything and change nothing")),
    }
}

/// Whether this viewer publishes it, or takes up again what was published: whoever owns it, and
/// whoever manages.
pub fn may_publish_review(
    viewer: &Viewer,
    state: &State,
    owner: Option<PersonId>,
) -> Result<(), Refusal> {
    may_write_review(viewer, state)?;
    match viewer.has(&[Role::Manager, Role::Administrator]) || owner == Some(viewer.person) {
        true => Ok(()),
        false => Err(Refusal::forbidden(
            "its owner, a manager or an administrator publishes a review and takes it up again",
        )),
    }
}
