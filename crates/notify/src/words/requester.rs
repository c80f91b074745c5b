//! To whoever reported it: plain words, nothing internal.

use super::{About, text};
use crate::letter::Piece;
use crate::sight::Silence;
use incident::event::{Body, ExpectationSet, UpdatePublished};
use incident::rating::Score;
use incident::state::{HoldReason, UpdatePhase};
use kernel::Timestamp;
use locale::Letters;

pub(super) fn pieces(about: &About) -> Result<Vec<Piece>, Silence> {
    let mut pieces = told(about)?;
    let also = about.material.also;
    if also > 0 {
        pieces.push(text(about.say().also_yours(also)));
    }
    Ok(pieces)
}

fn told(about: &About) -> Result<Vec<Piece>, Silence> {
    if about.tells_deviation() {
        return Ok(deviation(about));
    }
    if about.is_survey() {
        return Ok(survey(about));
    }
    let say = about.say();
    match &about.material.told.event.body {
        Body::Reported(_) => Ok(received(about)),
        Body::Commented(data) => {
            let mut pieces = vec![text(say.wrote(about.actor())), about.said(data.body)?];
            if waits_for_them(about) {
                pieces.push(text(say.need_answer()));
            }
            Ok(pieces)
        }
        Body::Attached(data) => {
            Ok(vec![text(say.added_file(about.actor())), about.said(data.name)?])
        }
        Body::UpdatePublished(data) => update(about, data),
        Body::ExpectationSet(data) => Ok(expectation(about, data)),
        Body::Resolved(data) => resolved(about, data.note, data.close_at),
        Body::Closed(data) => Ok(vec![text(say.closed(&data.how))]),
        Body::Cancelled(data) => {
            let mut pieces = vec![text(say.withdrawn())];
            pieces.extend(about.said_if_any(Some(data.reason)));
            Ok(pieces)
        }
        Body::PutOnHold(_) => Ok(vec![text(say.need_answer())]),
        Body::Reminded(data) => {
            let mut pieces = vec![text(say.reminder())];
            pieces.extend(data.closes_at.map(|at| text(say.closes_on(about.moment(at)))));
            Ok(pieces)
        }
        Body::Reopened(_) => Ok(vec![text(say.taken_up_again())]),
        Body::Promised(data) => Ok(promise(about, Some(data.at), data.reason)),
        Body::PromiseChanged(data) => Ok(promise(about, data.at, Some(data.reason))),
        Body::Merged(_) => Ok(vec![text(say.together())]),
        _ => Err("there is nothing to say of it"),
    }
}

fn received(about: &About) -> Vec<Piece> {
    let say = about.say();
    let mut facts = about.facts();
    facts.extend(about.expected());
    vec![text(say.received(about.material.number)), Piece::Facts(facts), text(say.told_here())]
}

fn deviation(about: &About) -> Vec<Piece> {
    let mut pieces = vec![text(about.say().later_than_said())];
    pieces.extend(about.expected().map(|expected| Piece::Facts(vec![expected])));
    pieces
}

/// How content they are: one press each, on a page that asks once more.
fn survey(about: &About) -> Vec<Piece> {
    let (say, page) = (about.say(), about.answer_page());
    let link = |score: Score| (score_words(say, score), format!("{page}?score={score}"));
    let links = Score::ALL.map(link).to_vec();
    vec![text(say.how_content()), text(say.press_one()), Piece::Links(links)]
}

/// What a score is called.
fn score_words(say: Letters, score: Score) -> &'static str {
    match score.get() {
        1 => say.score_one(),
        2 => say.score_two(),
        3 => say.score_three(),
        4 => say.score_four(),
        _ => say.score_five(),
    }
}

/// Whether it stands still until they answer.
fn waits_for_them(about: &About) -> bool {
    let hold = about.material.state.hold.as_ref();
    about.is_open() && hold.is_some_and(|hold| hold.reason == HoldReason::Requester)
}

/// How it stands, for everybody concerned.
pub(super) fn update(about: &About, data: &UpdatePublished) -> Result<Vec<Piece>, Silence> {
    let say = about.say();
    let phase = match data.phase {
        UpdatePhase::Investigating => "investigating",
        UpdatePhase::Identified => "identified",
        UpdatePhase::Monitoring => "monitoring",
        UpdatePhase::Resolved => "resolved",
    };
    let mut pieces = vec![text(say.phase(phase)), about.said(data.body)?];
    let times = [(say.fact_expected(), data.expected), (say.fact_next(), data.next_update)];
    let times = times.into_iter().filter_map(|(name, at)| Some((name, about.moment(at?))));
    let times: Vec<_> = times.collect();
    if !times.is_empty() {
        pieces.push(Piece::Facts(times));
    }
    Ok(pieces)
}

/// When it is expected to be over.
pub(super) fn expectation(about: &About, data: &ExpectationSet) -> Vec<Piece> {
    let say = about.say();
    let words = match data.at {
        Some(at) => text(say.expected_by(about.moment(at))),
        None => text(say.expected_unknown()),
    };
    [words].into_iter().chain(about.said_if_any(data.reason)).collect()
}

fn resolved(
    about: &About,
    note: kernel::ContentId,
    close_at: Option<Timestamp>,
) -> Result<Vec<Piece>, Silence> {
    let say = about.say();
    let mut pieces = vec![text(say.resolved()), about.said(note)?];
    if !about.is_resolved() {
        return Ok(pieces);
    }
    let page = about.answer_page();
    pieces.push(text(say.check_it()));
    pieces.push(Piece::Links(vec![
        (say.it_works(), page.clone()),
        (say.still_broken(), format!("{page}#still-broken")),
    ]));
    if let Some(at) = close_at {
        pieces.push(text(say.closes_on(about.moment(at))));
    }
    Ok(pieces)
}

fn promise(about: &About, at: Option<Timestamp>, reason: Option<kernel::ContentId>) -> Vec<Piece> {
    let say = about.say();
    let mut pieces = vec![match at {
        Some(at) => text(say.promised_by(about.moment(at))),
        None => text(say.promise_gone()),
    }];
    pieces.extend(about.said_if_any(reason));
    pieces
}
