//! What events make of how an incident is conducted, and of its outages.

use super::{Answer, Conduct, Outage, Proposal, Responder, UpdateDraft};
use crate::event::{Body, Event, RespondersCalled, UpdateDrafted, UpdatePublished};
use crate::state::State;
use kernel::{PersonId, Timestamp};

/// What an event about the conduct itself makes of it.
pub(crate) fn apply(state: &mut State, event: &Event) {
    let at = event.happened_at;
    match &event.body {
        Body::MajorProposed(data) => {
            let by = event.actor.person_id();
            let (rule, reason) = (data.rule, data.reason);
            kept(state).proposal = Some(Proposal { at, by, rule, reason });
        }
        Body::MajorDeclined(_) => {
            if let Some(conduct) = &mut state.conduct {
                let proposal = conduct.proposal.take();
                conduct.declined_rules.extend(proposal.and_then(|proposal| proposal.rule));
            }
        }
        Body::MajorDeclared(data) => {
            state.major = true;
            if data.conducted {
                declared(state, at, data.update_due);
            }
        }
        Body::MajorStoodDown(_) => {
            state.major = false;
            if let Some(conduct) = &mut state.conduct {
                conduct.stood_down_at = Some(at);
                conduct.offers.clear();
                silent(conduct);
            }
        }
        Body::RoleOffered(data) => {
            let offer = super::Offer { to: data.to, by: event.actor.person_id(), at };
            kept(state).offers.insert(data.role, offer);
        }
        Body::RoleDeclined(data) => {
            kept(state).offers.remove(&data.role);
        }
        Body::RespondersCalled(data) => called(kept(state), data, at),
        Body::CallAnswered(data) => {
            answered(kept(state), data.person, data.answer, at);
            let mut responders = kept(state).responders.iter_mut();
            if let Some(found) = responders.find(|responder| responder.person == data.person) {
                found.note = data.note;
            }
        }
        Body::RoomSet(data) => {
            match data.address {
                Some(address) => kept(state).rooms.insert(data.kind, address),
                None => kept(state).rooms.remove(&data.kind),
            };
        }
        Body::ImpactStated(data) => kept(state).impact = data.statement,
        Body::UpdateDrafted(data) => drafted(kept(state), data, event),
        Body::UpdateRejected(data) => {
            kept(state).drafts.retain(|draft| draft.id != data.update);
        }
        Body::UpdateDueChanged(data) => {
            let communication = &mut kept(state).communication;
            communication.due = data.due;
            communication.overdue_since = None;
        }
        Body::UpdateOverdue(data) => {
            let communication = &mut kept(state).communication;
            communication.overdue_since = Some(data.due);
            communication.missed = data.missed;
            // What is noticed late is said again a whole span after it was noticed.
            communication.rang_at = Some(event.at.max(at));
            communication.rang_again = if data.again { communication.rang_again + 1 } else { 0 };
        }
        body => outages(state, body),
    }
}

/// What other events mean for it: words, answers to pages, the end and a new beginning.
pub(crate) fn follow(state: &mut State, event: &Event) {
    let at = event.happened_at;
    let is_major = state.major;
    // Who published to whom is recorded since there is a choice.
    if let Body::UpdatePublished(data) = &event.body
        && data.audiences.is_some()
        && (is_major || data.title.is_some() || is_promised_aside(data))
    {
        kept(state);
    }
    let Some(conduct) = &mut state.conduct else { return };
    match &event.body {
        Body::UpdatePublished(data) => spoken(conduct, data, at, is_major),
        Body::RoleGiven(data) => {
            conduct.offers.remove(&data.role);
            match data.person {
                Some(_) => conduct.held_since.insert(data.role, at),
                None => conduct.held_since.remove(&data.role),
            };
        }
        Body::PageAcknowledged(data) => answered(conduct, data.person, Answer::Coming, at),
        Body::PageDeclined(data) => answered(conduct, data.person, Answer::CannotCome, at),
        Body::Acknowledged(_) => {
            if let Some(person) = event.actor.person_id() {
                answered(conduct, person, Answer::Coming, at);
            }
        }
        Body::Resolved(_) | Body::Closed(_) | Body::Cancelled(_) | Body::Merged(_) => {
            conduct.proposal = None;
            silent(conduct);
        }
        Body::ReopeningWithdrawn(_) => silent(conduct),
        // Silence counts anew.
        Body::Reopened(_) | Body::Unmerged(_) if is_major => {
            conduct.communication.counts_from = Some(at);
        }
        _ => {}
    }
}

/// How it is conducted, from now on if not before.
fn kept(state: &mut State) -> &mut Conduct {
    state.conduct.get_or_insert_default()
}

fn declared(state: &mut State, at: Timestamp, update_due: Option<Timestamp>) {
    let roles: Vec<_> = state.roles.keys().copied().collect();
    let conduct = kept(state);
    conduct.proposal = None;
    conduct.declared_at = Some(at);
    conduct.stood_down_at = None;
    for role in roles {
        conduct.held_since.entry(role).or_insert(at);
    }
    silent(conduct);
    conduct.communication.counts_from = Some(at);
    conduct.communication.due = update_due;
}

/// Nobody waits for the next word.
fn silent(conduct: &mut Conduct) {
    conduct.communication.due = None;
    conduct.communication.overdue_since = None;
}

fn spoken(conduct: &mut Conduct, data: &UpdatePublished, at: Timestamp, is_major: bool) {
    if let Some(id) = data.update {
        conduct.drafts.retain(|draft| draft.id != id);
    }
    conduct.public_title = data.title.or(conduct.public_title);
    let communication = &mut conduct.communication;
    // What came late was counted when it was noticed.
    if communication.due.is_some() && communication.overdue_since.is_none() {
        communication.kept += 1;
    }
    communication.last_at = Some(at);
    communication.promised_aside = data.next_update.filter(|_| is_promised_aside(data));
    communication.counts_from = is_major.then_some(at);
    communication.due = data.update_due;
    communication.overdue_since = None;
}

/// Whether it promises the next word to others than the requester.
fn is_promised_aside(data: &UpdatePublished) -> bool {
    data.next_update.is_some() && !data.is_public()
}

fn called(conduct: &mut Conduct, data: &RespondersCalled, at: Timestamp) {
    for called in &data.people {
        let known = conduct.responders.iter_mut().find(|known| known.person == called.person);
        let asked = Responder {
            person: called.person,
            team: called.team,
            asked_at: at,
            answer: Answer::Asked,
            answered_at: None,
            note: None,
        };
        match known {
            Some(known) => *known = Responder { team: called.team.or(known.team), ..asked },
            None => conduct.responders.push(asked),
        }
    }
}

fn answered(conduct: &mut Conduct, person: PersonId, answer: Answer, at: Timestamp) {
    let known = conduct.responders.iter_mut().find(|known| known.person == person);
    if let Some(known) = known.filter(|known| known.answer != answer) {
        known.answer = answer;
        known.answered_at = Some(at);
    }
}

fn drafted(conduct: &mut Conduct, data: &UpdateDrafted, event: &Event) {
    let draft = UpdateDraft {
        id: data.update,
        title: data.title,
        body: data.body,
        phase: data.phase,
        expected: data.expected,
        next_update: data.next_update,
        audiences: data.audiences.clone(),
        by: event.actor.person_id(),
        at: event.happened_at,
    };
    match conduct.drafts.iter_mut().find(|known| known.id == data.update) {
        Some(known) => *known = draft,
        None => conduct.drafts.push(draft),
    }
}

fn outages(state: &mut State, body: &Body) {
    match body {
        Body::OutageRecorded(data) => state.outages.push(Outage {
            id: data.outage,
            service: data.service,
            degree: data.degree,
            started_at: data.started_at,
            ended_at: data.ended_at,
        }),
        Body::OutageChanged(data) => {
            if let Some(outage) = state.outages.iter_mut().find(|known| known.id == data.outage) {
                outage.degree = data.degree;
                outage.started_at = data.started_at;
                outage.ended_at = data.ended_at;
            }
        }
        Body::OutageRemoved(data) => state.outages.retain(|known| known.id != data.outage),
        _ => {}
    }
}
