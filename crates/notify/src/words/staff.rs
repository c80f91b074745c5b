//! To people of the provider, and to whom a promise was given: what they need to act.

use super::{About, requester, text};
use crate::letter::Piece;
use crate::sight::{Sight, Silence};
use incident::clocks::ClockKind;
use incident::event::Body;
use incident::state::IncidentRole;
use store::deliveries::{ToldAs, UNPROVEN};

pub(super) fn pieces(about: &About) -> Result<Vec<Piece>, Silence> {
    let mut pieces = happened(about)?;
    if about.sight == Sight::Full {
        pieces.push(Piece::Facts(facts(about)));
    }
    Ok(pieces)
}

/// Why a person gets it, who is told by name: the word by which the sentence chooses.
pub(super) fn why(about: &About) -> &'static str {
    match &about.material.told.event.body {
        Body::Assigned(_) => "given",
        Body::Escalated(_) => "brought",
        Body::Promised(_) | Body::PromiseChanged(_) => "promised",
        Body::PromiseBroken(data) if data.to == about.material.person.id => "promised",
        Body::BreachExplained(_) => "follows",
        Body::MajorProposed(_) | Body::MajorDeclared(_) | Body::UpdateDrafted(_) => "decides",
        Body::RoleOffered(_) | Body::RoleGiven(_) | Body::RoleDeclined(_) => "role",
        Body::UpdateRejected(_) => "wrote",
        _ => "yours",
    }
}

fn happened(about: &About) -> Result<Vec<Piece>, Silence> {
    let (say, actor) = (about.say(), about.actor());
    let with = |words, id| Ok(vec![text(words), about.said(id)?]);
    let with_any =
        |words: Piece, id| Ok([words].into_iter().chain(about.said_if_any(id)).collect());
    if about.delivery.word == UNPROVEN {
        return Ok(vec![text(say.kept_inside()), text(say.kept_inside_fix())]);
    }
    let by_rule = about.delivery.told_as == ToldAs::Rule;
    match &about.material.told.event.body {
        Body::Reported(_) if by_rule => {
            with_any(text(say.new_incident()), about.material.state.description)
        }
        Body::Reported(_) => with_any(text(say.new_for_team()), about.material.state.description),
        Body::Assigned(_) if by_rule => Ok(vec![text(say.was_assigned(actor))]),
        Body::Escalated(data) if by_rule => with(say.was_escalated(actor), data.reason),
        Body::Assigned(_) if about.delivery.told_as == ToldAs::Team => {
            Ok(vec![text(say.given_to_team(actor))])
        }
        Body::Assigned(_) => Ok(vec![text(say.given_to_you(actor))]),
        Body::Commented(data) => with(say.wrote(actor), data.body),
        Body::Disputed(data) => with(say.says_still_broken(actor), data.note),
        Body::Reopened(data) => with_any(text(say.took_up_again(actor)), data.note),
        Body::Attached(data) => with(say.added_file(actor), data.name),
        Body::Escalated(data) => with(say.brought_in(actor), data.reason),
        Body::ClockWarned(data) => {
            let at = about.moment(data.due_at);
            Ok(vec![text(say.clock_warned(data.share, clock(data.clock), at))])
        }
        Body::ClockBreached(data) => {
            let at = about.moment(data.breached_at);
            Ok(vec![text(say.clock_breached(clock(data.clock), at))])
        }
        Body::ExpectationNears(data) => {
            Ok(vec![text(say.expectation_nears(about.moment(data.at)))])
        }
        Body::Promised(_) | Body::PromiseChanged(_) | Body::PromiseBroken(_) => promise(about),
        Body::BreachExplained(data) => with(say.breach_explained(actor), data.reason),
        Body::Rated(data) => with_any(text(say.rated_low(actor, data.score)), data.note),
        Body::RoleOffered(data) => Ok(vec![text(say.offers_role(actor, role(data.role)))]),
        Body::RoleGiven(data) => Ok(vec![text(say.gave_role(actor, role(data.role)))]),
        Body::RoleDeclined(data) => Ok(vec![text(say.declined_role(actor, role(data.role)))]),
        Body::UpdateDrafted(data) => with(say.update_waits(actor), data.body),
        Body::UpdateRejected(data) => with(say.update_rejected(actor), data.reason),
        Body::MajorProposed(data) => with_any(text(say.proposes_major(actor)), data.reason),
        other => by_rule_alone(about, other),
    }
}

/// What people of the provider are told where a row that was added says so.
fn by_rule_alone(about: &About, body: &Body) -> Result<Vec<Piece>, Silence> {
    let (say, actor) = (about.say(), about.actor());
    match body {
        Body::UpdatePublished(data) => requester::update(about, data),
        Body::ExpectationSet(data) => Ok(requester::expectation(about, data)),
        Body::PriorityChanged(data) => Ok(vec![text(say.priority_now(data.priority.to_string()))]),
        Body::MajorDeclared(data) => {
            let words = text(say.declared_major(actor));
            Ok([words].into_iter().chain(about.said_if_any(data.reason)).collect())
        }
        Body::Resolved(data) => Ok(vec![text(say.resolved()), about.said(data.note)?]),
        Body::Closed(_) => Ok(vec![text(say.was_closed())]),
        Body::Cancelled(data) => {
            let words = text(say.withdrawn());
            Ok([words].into_iter().chain(about.said_if_any(Some(data.reason))).collect())
        }
        _ => Err("there is nothing to say of it"),
    }
}

fn promise(about: &About) -> Result<Vec<Piece>, Silence> {
    let say = about.say();
    let (words, reason) = match &about.material.told.event.body {
        Body::Promised(data) => (say.you_were_promised(about.moment(data.at)), data.reason),
        Body::PromiseChanged(data) => {
            let before = about.moment(data.before);
            let words = match data.at {
                Some(at) => say.you_were_promised_instead(before, about.moment(at)),
                None => say.you_are_promised_no_more(before),
            };
            (words, Some(data.reason))
        }
        Body::PromiseBroken(data) => {
            let at = about.moment(data.at);
            let words = match data.to == about.material.person.id {
                true => say.promise_to_you_broken(at),
                false => say.promise_to_somebody_broken(at),
            };
            (words, None)
        }
        _ => return Err("there is nothing to say of it"),
    };
    let mut pieces = vec![text(words)];
    // Whom it was given to reads why, as they were told.
    let said = reason.and_then(|id| about.material.words.get(&id));
    pieces.extend(said.and_then(|said| said.body.clone()).map(Piece::Quote));
    Ok(pieces)
}

/// The word by which sentences choose.
fn clock(clock: ClockKind) -> &'static str {
    match clock {
        ClockKind::Acknowledge => "acknowledge",
        ClockKind::Response => "response",
        ClockKind::Update => "update",
        ClockKind::Resolution => "resolution",
        ClockKind::Team => "team",
        ClockKind::Vendor => "vendor",
    }
}

/// The word by which sentences choose.
fn role(role: IncidentRole) -> &'static str {
    match role {
        IncidentRole::Commander => "commander",
        IncidentRole::FixLead => "fix_lead",
        IncidentRole::Communications => "communications",
        IncidentRole::Scribe => "scribe",
    }
}

fn facts(about: &About) -> Vec<(&'static str, String)> {
    let (say, state) = (about.say(), &about.material.state);
    let mut facts = about.facts();
    facts.push((say.fact_priority(), state.priority.to_string()));
    facts.push((say.fact_requester(), crate::letter::one_line(&about.material.requester)));
    facts.extend(about.team().map(|name| (say.fact_team(), name)));
    facts.extend(about.due().map(|at| (say.fact_due(), at)));
    facts
}
