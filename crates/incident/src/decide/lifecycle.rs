//! From taken to closed.

use super::{Draft, paging, relations};
use crate::clocks::ClockKind;
use crate::command::{Command, CommandName, Related};
use crate::event::{
    Acknowledged, Cancelled, Closed, Confirmed, Disputed, Mitigated, PutOnHold, Rated, Reopened,
    ReopeningWithdrawn, Resolved, Responded, Restored, Resumed, TaskAdded, WorkReturned,
    WorkStarted,
};
use crate::policy::Given;
use crate::rating::{RATE_WITHIN_DAYS, RATING_CHANGE_DAYS, Score};
use crate::refusal::Refusal;
use crate::state::{HoldReason, Lifecycle, LinkKind, State};
use kernel::{ContentId, Timestamp, limits};

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Acknowledge if draft.state()?.moments.acknowledged.is_some() => {
            paging::answer(draft)
        }
        Command::Acknowledge => acknowledge(draft, None),
        Command::Hold { reason, until, note } => hold(draft, *reason, *until, *note)?,
        Command::Resume => resume(draft)?,
        Command::Mitigate { children } => {
            once(draft, |state| state.moments.mitigated.is_some(), "mitigated", Mitigated {})?;
            below(draft, command, *children);
        }
        Command::Restore { children } => {
            once(draft, |state| state.moments.restored.is_some(), "restored", Restored {})?;
            below(draft, command, *children);
        }
        Command::Resolve { .. } => resolve(draft, command)?,
        Command::Confirm => {
            draft.emit(Confirmed {});
            close(draft, "confirmed");
        }
        Command::Dispute { note } => {
            draft.spoken.requester = true;
            draft.emit(Disputed { note: *note });
            draft.emit_by_policy("disputed", 0, Reopened { note: None, by_reply: false });
            relations::unmerge(draft)?;
        }
        Command::Rate { score, note } => rate(draft, *score, *note)?,
        Command::Reopen { note } => {
            draft.emit(Reopened { note: Some(*note), by_reply: false });
            relations::unmerge(draft)?;
        }
        Command::NotAReopening => {
            draft.emit(ReopeningWithdrawn {});
            relations::release_parts(draft)?;
        }
        Command::Close => draft.emit(Closed { how: "closed_by_hand".into() }),
        Command::Cancel { reason } => {
            draft.emit(Cancelled { reason: *reason });
            relations::release_parts(draft)?;
        }
        _ => {}
    }
    Ok(())
}

/// Somebody has it, here and in the children; what was new is in progress.
/// `why` names what said so, if it was not the command itself.
pub(super) fn acknowledge(draft: &mut Draft, why: Option<&str>) {
    let body = Acknowledged { was_new: is_new(draft) };
    match why {
        Some(why) => draft.emit_by_policy(why, 0, body),
        None => draft.emit(body),
    }
    started(draft, why.unwrap_or("acknowledged"));
    if draft.state().is_ok_and(|state| state.lifecycle == Lifecycle::InProgress) {
        cascade(draft, Command::Acknowledge);
    }
    if draft.agreement().is_ok_and(|agreement| agreement.acknowledgement_responds) {
        responded(draft);
    }
}

/// Answering or working on it says that somebody has it.
pub(super) fn took_it(draft: &mut Draft) {
    if !draft.by_provider() {
        return;
    }
    if draft.state().is_ok_and(|state| state.moments.acknowledged.is_none()) {
        acknowledge(draft, Some("took it"));
    } else {
        paging::works_on_it(draft);
    }
}

/// New becomes in progress, here and in the children.
pub(super) fn started(draft: &mut Draft, why: &str) {
    if !is_new(draft) {
        return;
    }
    draft.emit_by_policy(why, 0, WorkStarted {});
    if draft.state().is_ok_and(|state| state.moments.acknowledged.is_none()) {
        // Given to somebody who has not taken it yet: nor is it taken below.
        cascade(draft, Command::Note(Related::ParentStarted));
    }
}

/// In progress becomes new again where nobody did anything with it since it was taken
/// at this instant, here and in the children that were taken with it.
pub(super) fn return_work(draft: &mut Draft, taken_at: Timestamp) {
    if !draft.state().is_ok_and(|state| untouched(state, taken_at)) {
        return;
    }
    draft.emit(WorkReturned {});
    cascade(draft, Command::Note(Related::ParentReturned { taken_at }));
}

/// Whether nobody has it and nothing was done with it since it was taken.
pub(super) fn untouched(state: &State, taken_at: Timestamp) -> bool {
    let moments = &state.moments;
    state.lifecycle == Lifecycle::InProgress
        && state.assignee.is_none()
        && moments.acknowledged.is_none_or(|at| at == taken_at)
        && moments.responded.is_none()
        && moments.mitigated.is_none()
        && moments.restored.is_none()
}

pub(super) fn is_new(draft: &Draft) -> bool {
    draft.state().is_ok_and(|state| state.lifecycle == Lifecycle::New)
}

/// The first public word by a person of the provider.
pub(super) fn responded(draft: &mut Draft) {
    if draft.state().is_ok_and(|state| state.moments.responded.is_none()) {
        draft.emit_by_policy("first response", 0, Responded {});
    }
}

fn hold(
    draft: &mut Draft,
    reason: HoldReason,
    until: Option<Timestamp>,
    note: Option<ContentId>,
) -> Result<(), Refusal> {
    if until.is_some_and(|until| until <= draft.at) {
        return Err(Refusal::invalid("until", "lies in the past"));
    }
    if reason == HoldReason::Scheduled && until.is_none() {
        return Err(Refusal::invalid("until", "is needed when waiting for an agreed time"));
    }
    let state = draft.state()?;
    let was_new = state.lifecycle == Lifecycle::New;
    let before = state.hold.clone();
    let same = state.hold.as_ref().is_some_and(|hold| hold.reason == reason && hold.until == until);
    if same && note.is_none() {
        return Err(Refusal::state("nothing_to_change", "this incident already waits for that"));
    }
    let waited = before.as_ref().map(|hold| hold.reason);
    draft.emit(PutOnHold { reason, until, note, was_new, before });
    took_it(draft);
    hold_below(draft, waited);
    Ok(())
}

fn resume(draft: &mut Draft) -> Result<(), Refusal> {
    let body = resumed(draft.state()?)?;
    let reason = body.reason;
    draft.emit(body);
    took_it(draft);
    hold_below(draft, Some(reason));
    Ok(())
}

/// The children wait as this one does now, after it waited for `before`; waiting
/// for one requester is no matter of the others.
pub(super) fn hold_below(draft: &mut Draft, before: Option<HoldReason>) {
    let copied = |reason: HoldReason| reason != HoldReason::Requester;
    let now = draft.state().ok().and_then(|state| state.hold.clone());
    match now.filter(|hold| copied(hold.reason)) {
        Some(hold) => {
            cascade(draft, Command::Hold { reason: hold.reason, until: hold.until, note: None })
        }
        None if before.is_some_and(copied) => cascade(draft, Command::Resume),
        None => {}
    }
}

/// The event that ends the present hold.
pub(super) fn resumed(state: &State) -> Result<Resumed, Refusal> {
    let hold =
        state.hold.as_ref().ok_or_else(|| super::allowed::not_now(state, CommandName::Resume))?;
    Ok(Resumed { reason: hold.reason, since: hold.since, until: hold.until })
}

/// Copies a step down to the children; one that refuses keeps its own way.
fn cascade(draft: &mut Draft, command: Command) {
    let children: Vec<_> =
        draft.state().map(|state| state.children.iter().copied().collect()).unwrap_or_default();
    for child in children {
        draft.tell(child, command.clone(), false);
    }
}

/// Copies this very step down, where that is wished.
fn below(draft: &mut Draft, command: &Command, children: bool) {
    if children {
        cascade(draft, command.clone());
    }
}

fn once(
    draft: &mut Draft,
    is_set: fn(&State) -> bool,
    word: &str,
    body: impl Into<crate::event::Body>,
) -> Result<(), Refusal> {
    if is_set(draft.state()?) {
        return Err(Refusal::state(
            "nothing_to_change",
            format!("this incident is already {word}"),
        ));
    }
    draft.emit(body);
    took_it(draft);
    Ok(())
}

pub(super) fn resolve(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    let Command::Resolve { code, note, cause, known_error, children } = command else {
        return Ok(());
    };
    let policy = draft.policy();
    let imported = draft.facts.origin == super::Origin::Import;
    if code.is_empty()
        || code.chars().count() > limits::NAME_CHARS
        || code.contains(char::is_control)
    {
        return Err(Refusal::invalid(
            "code",
            format!("must have 1 to {} characters", limits::NAME_CHARS),
        ));
    }
    if !imported && !policy.resolution_codes.iter().any(|known| known.code == *code) {
        let known: Vec<_> =
            policy.resolution_codes.iter().map(|known| known.code.as_str()).collect();
        return Err(Refusal::invalid("code", format!("must be one of {}", known.join(", "))));
    }
    if let Some(target) = known_error {
        relations::check_target("known_error", LinkKind::KnownError, target, None)?;
    }
    knows_enough(draft, cause.is_some(), known_error.is_some())?;
    let close_at = closes_at(draft)?;
    draft.emit(Resolved {
        code: code.clone(),
        note: *note,
        cause: *cause,
        known_error: known_error.clone(),
        close_at,
    });
    took_it(draft);
    if draft.by_provider() || draft.by_holder() {
        // The words of a resolution are public words.
        responded(draft);
    }
    let below = |cause, children| Command::Resolve {
        code: code.clone(),
        note: *note,
        cause,
        known_error: known_error.clone(),
        children,
    };
    let state = draft.state()?;
    let parts = state.parts.clone();
    if *children {
        // The words are for requesters; the cause stays with those who may see this one.
        let told = cause.filter(|_| state.confidential_to.is_none());
        cascade(draft, below(told, true));
    }
    // What was merged into it is part of it: its requesters wait for the same words.
    for part in parts {
        draft.tell(part, below(*cause, false), false);
    }
    Ok(())
}

/// Refuses somebody's resolution that lacks what the instance wants to know. What another
/// incident, a rule, an alert or the past resolves is not asked: nobody is there to answer.
fn knows_enough(draft: &Draft, cause: bool, known_error: bool) -> Result<(), Refusal> {
    let asked = matches!(draft.command(), Command::Resolve { .. })
        && draft.facts.derived.is_none()
        && draft.facts.origin == super::Origin::Live
        && draft.facts.actor.person_id().is_some();
    if !asked {
        return Ok(());
    }
    let given = Given { cause, known_error, article: draft.facts.article };
    draft.policy().closure.check(draft.state()?, given)
}

/// When silence closes what is resolved now: so many business days later, or never
/// where there are not as many.
fn closes_at(draft: &Draft) -> Result<Option<Timestamp>, Refusal> {
    let (agreement, state) = (draft.agreement()?, draft.state()?);
    let calendars = &draft.policy().calendars;
    let counted = agreement.calendar(state.priority, ClockKind::Resolution, state.team);
    let counted = counted.and_then(|id| calendars.newest(id, draft.at));
    Ok(calendars.get(counted).after_days(draft.at, agreement.close_after_days))
}

/// Closes what was confirmed, or what silence confirmed.
pub(super) fn close(draft: &mut Draft, how: &str) {
    draft.emit_by_policy(
        "closing",
        draft.agreement().map_or(0, |agreement| agreement.reference.version),
        Closed { how: how.into() },
    );
}

/// Closes after silence, at the timer's own instant.
pub(super) fn close_by_silence(draft: &mut Draft, at: Timestamp) {
    draft.emit_by_timer("silence", at, Closed { how: "silence".into() });
}

/// Closes what nobody answered, at the timer's own instant; what is part of it stands on its
/// own again.
pub(super) fn give_up(draft: &mut Draft, at: Timestamp) {
    draft.emit_by_timer("no answer", at, Closed { how: "no_answer".into() });
    // It fails only where there is no incident.
    let _ = relations::release_parts(draft);
}

/// How content the requester is, said or changed.
fn rate(draft: &mut Draft, score: Score, note: Option<ContentId>) -> Result<(), Refusal> {
    let state = draft.state()?;
    if !state.takes_rating(draft.at) {
        let words = match (&state.rating, &state.resolution) {
            (Some(_), _) => {
                format!("it was rated more than {RATING_CHANGE_DAYS} days ago, and that stands")
            }
            (None, Some(_)) => format!("it was closed more than {RATE_WITHIN_DAYS} days ago"),
            (None, None) => "it was closed without an answer, and nothing was done".to_owned(),
        };
        return Err(Refusal::state("not_rated_any_more", words));
    }
    let before = state.rating.map(|rating| rating.score);
    if before == Some(score) && note.is_none() {
        return Err(Refusal::state("nothing_to_change", "it is rated so already"));
    }
    draft.emit(Rated { score, note, before });
    if score.is_low() {
        follow_up(draft)?;
    }
    Ok(())
}

/// Makes the task to find out what went wrong, for whoever had it or else its team; once, however
/// often the rating changes. The past makes no work.
fn follow_up(draft: &mut Draft) -> Result<(), Refusal> {
    let state = draft.state()?;
    let has_room = state.tasks.len() < limits::TASKS_PER_INCIDENT;
    let wanted = draft.facts.origin == super::Origin::Live && has_room;
    let (task, assignee) = (state.follow_up_id(), state.assignee);
    let title = draft.facts.follow_up.filter(|_| wanted && state.follow_up().is_none());
    if let Some(title) = title {
        draft.emit_for_it("low rating", TaskAdded { task, title, assignee });
    }
    Ok(())
}

/// Whether a step that was copied down leaves this incident alone: it opted out
/// of following its parent, or waits for its own requester.
pub(super) fn keeps_its_own_way(draft: &Draft, name: CommandName) -> bool {
    let Ok(state) = draft.state() else { return false };
    let waits = state.hold.as_ref().is_some_and(|hold| hold.reason == HoldReason::Requester);
    draft.copied()
        && match name {
            CommandName::Acknowledge => !state.follows_parent,
            // What is resolved by itself was over before.
            CommandName::Mitigate | CommandName::Restore => {
                !state.follows_parent || !state.lifecycle.is_open()
            }
            CommandName::Hold | CommandName::Resume => !state.follows_parent || waits,
            CommandName::Resolve => !state.follows_parent && state.merged_into.is_none(),
            // Who was told that theirs is over is not told that it is looked into.
            CommandName::PublishUpdate => {
                let over = !state.lifecycle.is_open();
                (!state.follows_parent || over) && state.merged_into.is_none()
            }
            _ => false,
        }
}
