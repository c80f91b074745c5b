//! Updates: written once, for everybody concerned; where it was agreed, another approves them.

use super::super::{Draft, conversation, lifecycle};
use crate::command::Command;
use crate::conduct::{self, Audiences, UpdateDraft};
use crate::event::{UpdateDrafted, UpdatePublished, UpdateRejected};
use crate::refusal::Refusal;
use crate::state::{IncidentRole, UpdatePhase};
use kernel::{ContentId, IncidentNumber, PersonId, Role, Timestamp, UpdateId, limits};

/// An update as it is to be published.
struct Words {
    title: Option<ContentId>,
    body: ContentId,
    phase: UpdatePhase,
    expected: Option<Timestamp>,
    next_update: Option<Timestamp>,
    audiences: Audiences,
}

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::PublishUpdate { title, body, phase, expected, next_update, audiences } => {
            let words = Words {
                title: *title,
                body: *body,
                phase: *phase,
                expected: *expected,
                next_update: *next_update,
                audiences: audiences.clone().unwrap_or_else(Audiences::usual),
            };
            check(draft, &words)?;
            check_needs_no_approval(draft, &words.audiences)?;
            publish(draft, words, None)
        }
        Command::DraftUpdate { update, title, body, phase, expected, next_update, audiences } => {
            let words = Words {
                title: *title,
                body: *body,
                phase: *phase,
                expected: *expected,
                next_update: *next_update,
                audiences: audiences.clone(),
            };
            check(draft, &words)?;
            write(draft, *update, words)
        }
        Command::ApproveUpdate { update } => approve(draft, *update),
        Command::RejectUpdate { update, reason } => {
            find(draft, *update)?;
            draft.emit(UpdateRejected { update: *update, reason: *reason });
            Ok(())
        }
        _ => Ok(()),
    }
}

fn check(draft: &Draft, words: &Words) -> Result<(), Refusal> {
    let past = |at: &Option<Timestamp>| at.is_some_and(|at| at <= draft.at);
    if past(&words.expected) {
        return Err(Refusal::invalid("expected", "lies in the past"));
    }
    if past(&words.next_update) {
        return Err(Refusal::invalid("next_update", "lies in the past"));
    }
    if words.audiences.is_empty() {
        return Err(Refusal::invalid("audiences", "are nobody; name at least one"));
    }
    if words.audiences.lists.len() > limits::LISTS_PER_UPDATE {
        let words = format!("has more than {} entries", limits::LISTS_PER_UPDATE);
        return Err(Refusal::invalid("audiences.lists", words));
    }
    let hidden = draft.state()?.confidential_to.is_some();
    if hidden && (words.audiences.status_page || !words.audiences.lists.is_empty()) {
        let words = "are outside of the team this incident is confidential to; lift that first";
        return Err(Refusal::invalid("audiences", words));
    }
    Ok(())
}

/// What goes to the status page about a major incident is approved by another, where that was
/// agreed. Whoever leads it, and administrators, need nobody.
fn check_needs_no_approval(draft: &Draft, audiences: &Audiences) -> Result<(), Refusal> {
    let state = draft.state()?;
    let agreed = draft.agreement()?.majors.as_ref().is_some_and(|majors| majors.approval);
    if !agreed || !state.major || !audiences.status_page {
        return Ok(());
    }
    let leads = |person: PersonId| state.roles.get(&IncidentRole::Commander) == Some(&person);
    let is_free = match draft.facts.viewer {
        Some(viewer) => viewer.has(&[Role::Administrator]) || leads(viewer.person),
        // A rule, or the past of another system.
        None => true,
    };
    if is_free {
        return Ok(());
    }
    Err(Refusal::state(
        "needs_approval",
        "an update for the status page needs the approval of somebody else: draft it instead",
    ))
}

fn publish(draft: &mut Draft, words: Words, update: Option<UpdateId>) -> Result<(), Refusal> {
    let Words { title, body, phase, expected, next_update, audiences } = words;
    let is_public = audiences.requesters || audiences.status_page;
    let promise = (next_update, is_public);
    let update_due = conduct::due_after(draft.state()?, draft.agreement()?, promise, draft.at);
    let below = audiences.requesters.then(|| Command::PublishUpdate {
        body,
        phase,
        expected,
        next_update,
        title: None,
        audiences: Some(Audiences { requesters: true, ..Audiences::default() }),
    });
    draft.emit(UpdatePublished {
        body,
        phase,
        expected,
        next_update,
        title,
        audiences: Some(audiences),
        update,
        update_due,
    });
    if is_public {
        conversation::provider_spoke(draft);
    } else {
        // Its requester still waits for a word.
        lifecycle::took_it(draft);
    }
    if let Some(command) = below {
        tell_below(draft, &command)?;
    }
    Ok(())
}

/// The requesters of its parts, and of the children that follow it, read the same words on
/// their own incidents. What is confidential stays with those who see it.
fn tell_below(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    let state = draft.state()?;
    let children = state.children.iter().filter(|_| state.confidential_to.is_none());
    let below: Vec<IncidentNumber> = state.parts.iter().chain(children).copied().collect();
    for number in below {
        draft.tell(number, command.clone(), false);
    }
    Ok(())
}

fn write(draft: &mut Draft, update: UpdateId, words: Words) -> Result<(), Refusal> {
    let drafts = draft.state()?.conduct.as_ref().map(|conduct| &conduct.drafts);
    let known = drafts.is_some_and(|drafts| drafts.iter().any(|known| known.id == update));
    let full = drafts.is_some_and(|drafts| drafts.len() >= limits::DRAFTS_PER_INCIDENT);
    if full && !known {
        return Err(Refusal::limit(format!(
            "{} updates wait for approval, the most there can be",
            limits::DRAFTS_PER_INCIDENT
        )));
    }
    let Words { title, body, phase, expected, next_update, audiences } = words;
    draft.emit(UpdateDrafted { update, title, body, phase, expected, next_update, audiences });
    Ok(())
}

fn find(draft: &Draft, id: UpdateId) -> Result<UpdateDraft, Refusal> {
    let conduct = draft.state()?.conduct.as_ref();
    let found = conduct.and_then(|conduct| conduct.draft(id)).cloned();
    found.ok_or_else(|| Refusal::invalid("update", "does not wait for approval here"))
}

/// Another person than its writer publishes it, as it was written, but for times that passed
/// while it waited: who approves cannot mend them.
fn approve(draft: &mut Draft, id: UpdateId) -> Result<(), Refusal> {
    let written = find(draft, id)?;
    if written.by.is_some() && written.by == draft.facts.actor.person_id() {
        let words = "you wrote it; somebody else has to approve it";
        return Err(Refusal::state("own_update", words));
    }
    let UpdateDraft { title, body, phase, expected, next_update, audiences, .. } = written;
    let to_come = |at: &Timestamp| *at > draft.at;
    let (expected, next_update) = (expected.filter(to_come), next_update.filter(to_come));
    let words = Words { title, body, phase, expected, next_update, audiences };
    check(draft, &words)?;
    publish(draft, words, Some(id))
}
