//! To whoever follows it: what its requester is told, and what the requester says.

use super::{About, requester, text};
use crate::letter::Piece;
use crate::sight::Silence;
use incident::event::Body;

pub(super) fn pieces(about: &About) -> Result<Vec<Piece>, Silence> {
    let say = about.say();
    let with = |words, id| Ok(vec![words, about.said(id)?]);
    match &about.material.told.event.body {
        Body::Commented(data) => with(text(say.wrote(about.actor())), data.body),
        Body::Attached(data) => with(text(say.added_file(about.actor())), data.name),
        Body::UpdatePublished(data) => requester::update(about, data),
        Body::ExpectationSet(data) => Ok(requester::expectation(about, data)),
        Body::Resolved(data) => with(text(say.resolved()), data.note),
        Body::Disputed(data) => with(text(say.follower_still_broken()), data.note),
        Body::Closed(_) => Ok(vec![text(say.was_closed())]),
        Body::Reopened(_) => Ok(vec![text(say.follower_taken_up_again())]),
        _ => Err("there is nothing to say of it"),
    }
}
