//! To people of the provider, and to whom a promise was given: what they need to act.

use super::{About, text};
use crate::letter::Piece;
use crate::sight::{Sight, Silence};
use incident::clocks::ClockKind;
use incident::event::Body;
use store::deliveries::ToldAs;

pub(super) fn pieces(about: &About) -> Result<Vec<Piece>, Silence> {
    let mut pieces = happened(about)?;
    if about.sight == Sight::Full {
        pieces.push(Piece::Facts(facts(about)));
    }
    Ok(pieces)
}

/// Why a person gets it, who is told by name.
pub(super) fn why(about: &About) -> &'static str {
    match &about.material.told.event.body {
        Body::Assigned(_) => "it was given to you",
        Body::Escalated(_) => "you were brought in",
        Body::Promised(_) | Body::PromiseChanged(_) => "the promise was given to you",
        Body::PromiseBroken(data) if data.to == about.material.person.id => {
            "the promise was given to you"
        }
        Body::BreachExplained(_) => "you own what follows from it",
        _ => "it is yours",
    }
}

fn happened(about: &About) -> Result<Vec<Piece>, Silence> {
    let actor = about.actor();
    match &about.material.told.event.body {
        Body::Reported(_) => {
            let mut pieces = vec![text("A new incident is with your team.")];
            pieces.extend(about.said_if_any(about.material.state.description));
            Ok(pieces)
        }
        Body::Assigned(_) if about.delivery.told_as == ToldAs::Team => {
            Ok(vec![text(format!("{actor} gave this to your team."))])
        }
        Body::Assigned(_) => Ok(vec![text(format!("{actor} gave this to you."))]),
        Body::Commented(data) => Ok(vec![text(format!("{actor} wrote:")), about.said(data.body)?]),
        Body::Disputed(data) => {
            Ok(vec![text(format!("{actor} says that it is still broken:")), about.said(data.note)?])
        }
        Body::Reopened(data) => {
            let mut pieces = vec![text(format!("{actor} took it up again."))];
            pieces.extend(about.said_if_any(data.note));
            Ok(pieces)
        }
        Body::Attached(data) => {
            Ok(vec![text(format!("{actor} added a file:")), about.said(data.name)?])
        }
        Body::Escalated(data) => {
            Ok(vec![text(format!("{actor} brought you in:")), about.said(data.reason)?])
        }
        Body::ClockWarned(data) => Ok(vec![text(format!(
            "{} % of the time {} is used. It is due on {}.",
            data.share,
            until(data.clock),
            about.moment(data.due_at)
        ))]),
        Body::ClockBreached(data) => Ok(vec![text(format!(
            "The time {} is over since {}.",
            until(data.clock),
            about.moment(data.breached_at)
        ))]),
        Body::Promised(_) | Body::PromiseChanged(_) | Body::PromiseBroken(_) => promise(about),
        Body::BreachExplained(data) => {
            let words =
                format!("{actor} explained why a time was missed, and you own what follows:");
            Ok(vec![text(words), about.said(data.reason)?])
        }
        _ => Err("there is nothing to say of it"),
    }
}

fn promise(about: &About) -> Result<Vec<Piece>, Silence> {
    let (words, reason) = match &about.material.told.event.body {
        Body::Promised(data) => (
            format!("You were promised that it is over by {}.", about.moment(data.at)),
            data.reason,
        ),
        Body::PromiseChanged(data) => {
            let before = about.moment(data.before);
            let words = match data.at {
                Some(at) => format!(
                    "You were promised that it is over by {before}. Now it is {}.",
                    about.moment(at)
                ),
                None => format!("That it is over by {before} is not promised any more."),
            };
            (words, Some(data.reason))
        }
        Body::PromiseBroken(data) => {
            let to = if data.to == about.material.person.id { "you" } else { "somebody" };
            let at = about.moment(data.at);
            (format!("It was promised to {to} that it is over by {at}, and it is not."), None)
        }
        _ => return Err("there is nothing to say of it"),
    };
    let mut pieces = vec![text(words)];
    // Whom it was given to reads why, as they were told.
    let said = reason.and_then(|id| about.material.words.get(&id));
    pieces.extend(said.and_then(|said| said.body.clone()).map(Piece::Quote));
    Ok(pieces)
}

fn until(clock: ClockKind) -> &'static str {
    match clock {
        ClockKind::Acknowledge => "to take it",
        ClockKind::Response => "to answer",
        ClockKind::Update => "to the next word",
        ClockKind::Resolution => "to resolve it",
        ClockKind::Team => "that your team has",
        ClockKind::Vendor => "that the supplier has",
    }
}

fn facts(about: &About) -> Vec<(&'static str, String)> {
    let state = &about.material.state;
    let mut facts = about.facts();
    facts.push(("Priority", state.priority.to_string()));
    facts.push(("Requester", crate::letter::one_line(&about.material.requester)));
    facts.extend(about.team().map(|name| ("Team", name)));
    let due = state.clocks.iter().filter(|clock| clock.breached_at.is_none());
    let due = due.filter_map(|clock| clock.due_at).min();
    facts.extend(due.map(|at| ("Due", about.moment(at))));
    facts
}
