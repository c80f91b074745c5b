//! To whoever follows it: what its requester is told, and what the requester says.

use super::{About, requester, text};
use crate::letter::Piece;
use crate::sight::Silence;
use incident::event::Body;

pub(super) fn pieces(about: &About) -> Result<Vec<Piece>, Silence> {
    let wrote = || text(format!("{} wrote:", about.actor()));
    match &about.material.told.event.body {
        Body::Commented(data) => Ok(vec![wrote(), about.said(data.body)?]),
        Body::Attached(data) => {
            Ok(vec![text(format!("{} added a file:", about.actor())), about.said(data.name)?])
        }
        Body::UpdatePublished(data) => requester::update(about, data),
        Body::ExpectationSet(data) => Ok(requester::expectation(about, data)),
        Body::Resolved(data) => Ok(vec![text("This should work again:"), about.said(data.note)?]),
        Body::Disputed(data) => Ok(vec![text("It is still broken:"), about.said(data.note)?]),
        Body::Reopened(_) => Ok(vec![text("It was taken up again.")]),
        _ => Err("there is nothing to say of it"),
    }
}
