//! Whether somebody may be told, decided when a letter leaves or an entry is read, and nowhere
//! else. The rights are those of the incident's pages ([`incident::Scope`]); what is internal
//! reaches only people of the provider, and only as such.

use incident::clocks::ClockStatus;
use incident::event::Body;
use incident::permissions::{Access, Subject};
use incident::rating::SURVEY;
use incident::state::{Hold, HoldReason};
use incident::{Lifecycle, Scope, State, Viewer, effects};
use kernel::PersonId;
use store::deliveries::ToldAs;
use store::directory::Person;
use store::incidents::timeline::StoredEvent;

/// How much of an incident a letter may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// What its requester may see.
    Public,
    /// Everything.
    Full,
}

/// Why somebody is not told.
pub type Silence = &'static str;

/// How much of this entry this person may be told, as it leaves.
pub fn of(
    person: &Person,
    viewer: &Viewer,
    told_as: ToldAs,
    state: &State,
    told: &StoredEvent,
    word: &str,
) -> Result<Sight, Silence> {
    if !person.active {
        return Err("the account is not in use any more");
    }
    let sight = reading(viewer, told_as, state, told, word);
    if told_as == ToldAs::Requester && state.requester != person.id {
        return Err("they are not its requester any more");
    }
    if told_as == ToldAs::Requester && is_not_answered(state, &told.event.body) {
        return Err("a machine reported it, and machines are not answered");
    }
    if told_as == ToldAs::Watcher && !state.watchers.contains(&person.id) {
        return Err("they do not follow it any more");
    }
    let sight = sight?;
    still_true(state, told, word, told_as).map(|()| sight)
}

/// How much of an entry that they were told somebody may still read.
pub fn reading(
    viewer: &Viewer,
    told_as: ToldAs,
    state: &State,
    told: &StoredEvent,
    word: &str,
) -> Result<Sight, Silence> {
    let access = Scope::of(viewer).access(&Subject::from(state));
    let sight = match (access, told_as) {
        (Access::None, _) => return Err("they may not see the incident any more"),
        (Access::Full, ToldAs::Person | ToldAs::Team | ToldAs::Rule) => Sight::Full,
        _ => Sight::Public,
    };
    if sight == Sight::Public && !is_for_everybody(told, word, viewer.person) {
        return Err("it is internal");
    }
    Ok(sight)
}

/// Whether only a person's own words go to the requester, because a machine reported it.
fn is_not_answered(state: &State, told: &Body) -> bool {
    state.tags.contains(effects::AUTOMATIC_TAG) && !matches!(told, Body::Commented(_))
}

/// Whether whoever sees the public side may be told this. That it takes longer says nothing
/// of the clock that noticed it, and a promise is known to whom it was given.
fn is_for_everybody(told: &StoredEvent, word: &str, person: PersonId) -> bool {
    let given = match &told.event.body {
        Body::Promised(data) => Some(data.to),
        Body::PromiseChanged(data) => Some(data.to),
        Body::PromiseBroken(data) => Some(data.to),
        _ => None,
    };
    told.public || word == effects::DEVIATION || given == Some(person)
}

/// Mail cannot be taken back, so what was taken back before it left is not told.
fn still_true(
    state: &State,
    told: &StoredEvent,
    word: &str,
    told_as: ToldAs,
) -> Result<(), Silence> {
    let event = &told.event;
    let holds = match &event.body {
        _ if word == effects::DEVIATION => state.is_later_than_said(),
        _ if word == SURVEY => state.lifecycle == Lifecycle::Closed && state.rating.is_none(),
        Body::Resolved(_) => {
            let over = matches!(state.lifecycle, Lifecycle::Resolved | Lifecycle::Closed);
            let at = state.moments.resolved;
            over && (at == Some(event.at) || at == Some(event.happened_at))
        }
        Body::PutOnHold(_) | Body::Reminded(_) => {
            let waits = |hold: &Hold| hold.reason == HoldReason::Requester;
            state.lifecycle == Lifecycle::OnHold && state.hold.as_ref().is_some_and(waits)
        }
        Body::Closed(_) => state.lifecycle == Lifecycle::Closed,
        Body::Cancelled(_) => state.lifecycle == Lifecycle::Cancelled,
        Body::ClockWarned(data) => state.clocks.iter().any(|clock| {
            clock.kind == data.clock
                && clock.status == ClockStatus::Running
                && clock.due_at == Some(data.due_at)
                && clock.breached_at.is_none()
        }),
        Body::ClockBreached(data) => state.clocks.iter().any(|clock| {
            clock.kind == data.clock && clock.status.is_live() && clock.breached_at.is_some()
        }),
        Body::Assigned(data) if told_as == ToldAs::Team => state.team == data.team,
        Body::Assigned(data) => state.assignee == data.assignee,
        Body::Merged(_) => state.merged_into.is_some(),
        Body::MajorProposed(_) => state.proposal().is_some(),
        Body::MajorDeclared(_) => state.major,
        Body::RoleOffered(data) => {
            let offer = state.conduct.as_ref().and_then(|known| known.offers.get(&data.role));
            offer.is_some_and(|offer| offer.to == data.to)
        }
        Body::RoleGiven(data) => state.roles.get(&data.role).copied() == data.person,
        Body::UpdateDrafted(data) => {
            state.conduct.as_ref().is_some_and(|known| known.draft(data.update).is_some())
        }
        _ => true,
    };
    if holds { Ok(()) } else { Err("it was taken back before it left") }
}
