//! To whoever reported it: plain words, nothing internal.

use super::{About, text};
use crate::letter::Piece;
use crate::sight::Silence;
use incident::event::{Body, ExpectationSet, UpdatePublished};
use incident::state::{HoldReason, UpdatePhase};
use kernel::Timestamp;

pub(super) fn pieces(about: &About) -> Result<Vec<Piece>, Silence> {
    if about.tells_deviation() {
        return Ok(deviation(about));
    }
    match &about.material.told.event.body {
        Body::Reported(_) => Ok(received(about)),
        Body::Commented(data) => {
            let mut pieces =
                vec![text(format!("{} wrote:", about.actor())), about.said(data.body)?];
            if waits_for_them(about) {
                pieces.push(text("We need your answer to go on."));
            }
            Ok(pieces)
        }
        Body::Attached(data) => {
            Ok(vec![text(format!("{} added a file:", about.actor())), about.said(data.name)?])
        }
        Body::UpdatePublished(data) => update(about, data),
        Body::ExpectationSet(data) => Ok(expectation(about, data)),
        Body::Resolved(data) => resolved(about, data.note, data.close_at),
        Body::Closed(data) => Ok(vec![text(match data.how.as_str() {
            "confirmed" => "It works again, and the incident is closed. Thank you for telling us.",
            "silence" => "We heard nothing more, so the incident is closed.",
            _ => "The incident is closed.",
        })]),
        Body::Cancelled(data) => {
            let mut pieces = vec![text("The incident was withdrawn; nobody works on it.")];
            pieces.extend(about.said_if_any(Some(data.reason)));
            Ok(pieces)
        }
        Body::PutOnHold(_) => {
            Ok(vec![text("We need your answer to go on. Until then it stands still.")])
        }
        Body::Reopened(_) => Ok(vec![text("We have taken it up again.")]),
        Body::Promised(data) => Ok(promise(about, Some(data.at), data.reason)),
        Body::PromiseChanged(data) => Ok(promise(about, data.at, Some(data.reason))),
        Body::Merged(_) => Ok(vec![text(
            "Others reported the same, and it is worked on together. You are told here how it goes on.",
        )]),
        _ => Err("there is nothing to say of it"),
    }
}

fn received(about: &About) -> Vec<Piece> {
    let mut facts = about.facts();
    facts.extend(about.expected());
    let number = about.material.number;
    vec![
        text(format!("We have received your report. Its number is {number}.")),
        Piece::Facts(facts),
        text("You are told here how it goes on."),
    ]
}

fn deviation(about: &About) -> Vec<Piece> {
    let mut pieces =
        vec![text("It takes longer than we said. We are sorry, and we go on working on it.")];
    pieces.extend(about.expected().map(|expected| Piece::Facts(vec![expected])));
    pieces
}

/// Whether it stands still until they answer.
fn waits_for_them(about: &About) -> bool {
    let hold = about.material.state.hold.as_ref();
    about.is_open() && hold.is_some_and(|hold| hold.reason == HoldReason::Requester)
}

/// How it stands, for everybody concerned.
pub(super) fn update(about: &About, data: &UpdatePublished) -> Result<Vec<Piece>, Silence> {
    let phase = match data.phase {
        UpdatePhase::Investigating => "We are looking into it.",
        UpdatePhase::Identified => "We know the cause.",
        UpdatePhase::Monitoring => "It is fixed, and we are watching it.",
        UpdatePhase::Resolved => "It is over.",
    };
    let mut pieces = vec![text(phase), about.said(data.body)?];
    let times = [("Expected back by", data.expected), ("Next word by", data.next_update)];
    let times = times.into_iter().filter_map(|(name, at)| Some((name, about.moment(at?))));
    let times: Vec<_> = times.collect();
    if !times.is_empty() {
        pieces.push(Piece::Facts(times));
    }
    Ok(pieces)
}

/// When it is expected to be over.
pub(super) fn expectation(about: &About, data: &ExpectationSet) -> Vec<Piece> {
    vec![text(match data.at {
        Some(at) => format!("We expect that it works again by {}.", about.moment(at)),
        None => "At present we cannot say when it works again.".to_owned(),
    })]
}

fn resolved(
    about: &About,
    note: kernel::ContentId,
    close_at: Option<Timestamp>,
) -> Result<Vec<Piece>, Silence> {
    let mut pieces = vec![text("This should work again:"), about.said(note)?];
    if !about.is_resolved() {
        return Ok(pieces);
    }
    let page = about.answer_page();
    pieces.push(text("Please check it, and tell us; you need not sign in for that."));
    pieces.push(Piece::Links(vec![
        ("It works again", page.clone()),
        ("Still broken", format!("{page}#still-broken")),
    ]));
    if let Some(at) = close_at {
        pieces.push(text(format!("If we hear nothing, it is closed on {}.", about.moment(at))));
    }
    Ok(pieces)
}

fn promise(about: &About, at: Option<Timestamp>, reason: Option<kernel::ContentId>) -> Vec<Piece> {
    let mut pieces = vec![text(match at {
        Some(at) => format!("We promise that it works again by {}.", about.moment(at)),
        None => "The time that we promised does not hold any more.".to_owned(),
    })];
    pieces.extend(about.said_if_any(reason));
    pieces
}
