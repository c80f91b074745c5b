//! Folding events into the state. Never consults policy, calendar or clock:
//! whatever mattered was recorded in the event.

mod related;

use crate::clocks::{Clock, ClockKind};
use crate::command::Visibility;
use crate::conduct;
use crate::escalation;
use crate::event::{Body, Event, Reported};
use crate::models::AppliedModel;
use crate::nearing;
use crate::promise;
use crate::rating::Rating;
use crate::since::Before;
use crate::state::{
    Attachment, BeforeReopening, Expected, Hold, HoldReason, Lifecycle, Link, LinkKind, Moments,
    Reminder, Resolution, State, Task,
};
use kernel::{InOrder, Timestamp};
use related::related;

/// The state after one more event. The first event of a timeline is `Reported`;
/// any other first event leaves nothing.
pub fn apply(state: Option<State>, event: &Event) -> Option<State> {
    let before = Before::of(state.as_ref());
    let mut state = match (state, &event.body) {
        (None, Body::Reported(reported)) => born(reported, event),
        (None, _) => return None,
        (Some(state), _) => state,
    };
    state.version = event.n;
    state.updated_at = state.updated_at.max(event.happened_at);
    if event.channel != kernel::Channel::Import && event.channel != kernel::Channel::Timer {
        state.quiet = false;
    }
    change(&mut state, event);
    conduct::follow(&mut state, event);
    escalation::renewed(&mut state, event);
    before.follow(&mut state, event);
    Some(state)
}

/// The state that a whole timeline comes to.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<State> {
    events.into_iter().fold(None, apply)
}

fn born(reported: &Reported, event: &Event) -> State {
    State {
        version: 0,
        title: reported.title,
        description: reported.description,
        lifecycle: Lifecycle::New,
        hold: None,
        impact: reported.impact,
        urgency: reported.urgency,
        priority: reported.priority,
        priority_override: None,
        affected: reported.affected,
        service: reported.service,
        category: reported.category,
        fields: reported.fields.clone(),
        tags: reported.tags.clone(),
        team: reported.team,
        assignee: None,
        requester: reported.requester,
        organisation: reported.organisation,
        channel: event.channel,
        major: false,
        roles: Default::default(),
        reported_at: event.happened_at,
        updated_at: event.happened_at,
        moments: Moments { detected: reported.detected_at, ..Moments::default() },
        resolution: None,
        close_at: None,
        before_reopening: None,
        reminder: None,
        rating: None,
        reopenings: 0,
        confidential_to: reported.confidential_to,
        merged_into: None,
        parts: Default::default(),
        parent: reported.parent,
        follows_parent: reported.parent.is_some(),
        children: Default::default(),
        links: reported
            .follow_up_of
            .map(|number| Link {
                kind: LinkKind::FollowUp,
                target: number.to_string(),
                reverse: false,
            })
            .into_iter()
            .collect(),
        models: vec![],
        tasks: vec![],
        work_seconds: Default::default(),
        watchers: Default::default(),
        attachments: vec![],
        expected: None,
        nearing: None,
        next_update: None,
        promises: vec![],
        deviated_at: None,
        explanations: Default::default(),
        unanswered_since: None,
        alerts: None,
        agreement: reported.agreement,
        clocks: vec![],
        quiet: reported.quiet,
        since: Default::default(),
        rule_runs: Default::default(),
        waited: Default::default(),
        waited_ahead: Default::default(),
        paging: None,
        conduct: None,
        outages: vec![],
    }
}

fn change(state: &mut State, event: &Event) {
    let at = event.happened_at;
    match &event.body {
        Body::Reported(_) | Body::Unknown { .. } | Body::Escalated(_) => {}
        Body::ExpectationNears(_) => nearing::follow(state, event),
        Body::RuleRefused(_) | Body::NobodyThere(_) | Body::PageFailed(_) => {}
        Body::RuleRan(data) => {
            state.rule_runs.entry(data.rule).or_default().ran(at);
            state.waits_are_over(&data.waits, at);
        }
        Body::RuleRested(data) => state.rule_runs.entry(data.rule).or_default().rested(),
        Body::Classified(_) | Body::PriorityChanged(_) | Body::Tagged(_) => {
            classified(state, &event.body)
        }
        Body::Assigned(data) => {
            state.team = data.team;
            state.assignee = data.assignee;
        }
        Body::Restricted(data) => state.confidential_to = data.team,
        Body::Acknowledged(_) => {
            state.moments.acknowledged = Some(at);
            escalation::answered(state, event);
        }
        Body::Responded(_) => state.moments.responded = Some(at),
        Body::Mitigated(_) => state.moments.mitigated = Some(at),
        Body::Restored(_) => state.moments.restored = Some(at),
        Body::Commented(_)
        | Body::UpdatePublished(_)
        | Body::ExpectationSet(_)
        | Body::Attached(_)
        | Body::Redacted(_) => said(state, event),
        Body::WorkStarted(_)
        | Body::WorkReturned(_)
        | Body::PutOnHold(_)
        | Body::Resumed(_)
        | Body::Resolved(_)
        | Body::Confirmed(_)
        | Body::Disputed(_)
        | Body::Reopened(_)
        | Body::ReopeningWithdrawn(_)
        | Body::Closed(_)
        | Body::Cancelled(_)
        | Body::Reminded(_)
        | Body::Rated(_) => lived(state, event),
        Body::Linked(_)
        | Body::Unlinked(_)
        | Body::ChildAdded(_)
        | Body::ChildRemoved(_)
        | Body::Merged(_)
        | Body::Unmerged(_)
        | Body::MergeReceived(_)
        | Body::MergeWithdrawn(_) => related(state, &event.body),
        Body::MajorProposed(_)
        | Body::MajorDeclined(_)
        | Body::MajorDeclared(_)
        | Body::MajorStoodDown(_)
        | Body::RoleOffered(_)
        | Body::RoleDeclined(_)
        | Body::RespondersCalled(_)
        | Body::CallAnswered(_)
        | Body::RoomSet(_)
        | Body::ImpactStated(_)
        | Body::OutageRecorded(_)
        | Body::OutageChanged(_)
        | Body::OutageRemoved(_)
        | Body::UpdateDrafted(_)
        | Body::UpdateRejected(_)
        | Body::UpdateDueChanged(_)
        | Body::UpdateOverdue(_) => conduct::apply(state, event),
        Body::RoleGiven(_)
        | Body::ModelApplied(_)
        | Body::TaskAdded(_)
        | Body::TaskCompleted(_)
        | Body::TaskReopened(_)
        | Body::WorkLogged(_) => worked(state, event),
        Body::AlertsChanged(data) => state.alerts = Some(data.after(state.alerts.as_ref(), at)),
        Body::Watched(data) => {
            state.watchers.insert(data.person);
        }
        Body::Unwatched(data) => {
            state.watchers.remove(&data.person);
        }
        Body::PagingBegan(_)
        | Body::Paged(_)
        | Body::PageAcknowledged(_)
        | Body::PageDeclined(_)
        | Body::PagingStopped(_)
        | Body::AcknowledgementExpired(_)
        | Body::PagingExhausted(_) => escalation::apply(state, event),
        Body::AgreementChanged(data) => state.agreement = data.agreement,
        Body::ClocksChanged(data) => {
            data.clocks.iter().for_each(|clock| set_clock(state, clock.clone()))
        }
        Body::ClockWarned(data) => {
            if let Some(clock) = state.clocks.iter_mut().find(|clock| clock.kind == data.clock) {
                clock.warned_share = data.share;
            }
        }
        Body::ClockBreached(data) => {
            if let Some(clock) = state.clocks.iter_mut().find(|clock| clock.kind == data.clock) {
                clock.breached_at = Some(data.breached_at);
                clock.first_breached_at.get_or_insert(data.breached_at);
            }
            if data.clock == ClockKind::Resolution {
                state.deviated_at.get_or_insert(at);
            }
        }
        Body::Promised(_)
        | Body::PromiseChanged(_)
        | Body::PromiseBroken(_)
        | Body::BreachExplained(_)
        | Body::PauseCorrected(_) => promise::apply(state, event),
    }
}

pub(crate) fn set_clock(state: &mut State, clock: Clock) {
    match state.clocks.iter_mut().find(|old| old.kind == clock.kind) {
        Some(old) => *old = clock,
        None => {
            state.clocks.push(clock);
            state.clocks.order_by_key(|clock| clock.kind);
        }
    }
}

fn classified(state: &mut State, body: &Body) {
    match body {
        Body::Classified(data) => {
            state.title = data.title.unwrap_or(state.title);
            state.service = data.service;
            state.category = data.category;
            if data.affected != data.affected_before {
                state.affected = data.affected;
            }
            for (name, value) in &data.fields {
                match value {
                    Some(value) => state.fields.insert(name.clone(), value.clone()),
                    None => state.fields.remove(name),
                };
            }
        }
        Body::PriorityChanged(data) => {
            state.impact = data.impact;
            state.urgency = data.urgency;
            state.priority = data.priority;
            state.priority_override = data.priority_override.clone();
        }
        Body::Tagged(data) => {
            state.tags.extend(data.added.iter().cloned());
            state.tags.retain(|tag| !data.removed.contains(tag));
        }
        _ => {}
    }
}

fn said(state: &mut State, event: &Event) {
    let at = event.happened_at;
    match &event.body {
        Body::Commented(data) if data.by_requester => {
            state.unanswered_since.get_or_insert(at);
        }
        Body::Commented(data) if data.is_from_provider() => state.unanswered_since = None,
        Body::UpdatePublished(data) => {
            // What lists and chat rooms alone read is promised them, and not the requester.
            if !data.is_public() {
                return;
            }
            state.unanswered_since = None;
            state.next_update = data.next_update;
            if let Some(at) = data.expected {
                state.expected = Some(Expected { at, low: None, high: None });
            }
        }
        Body::ExpectationSet(data) => {
            state.expected = data.at.map(|at| Expected { at, low: data.low, high: data.high });
        }
        Body::Attached(data) => state.attachments.push(Attachment {
            id: data.attachment,
            name: data.name,
            size_bytes: data.size_bytes,
            media_type: data.media_type.clone(),
            public: data.visibility == Visibility::Public,
        }),
        Body::Redacted(data) => state.attachments.retain(|file| file.name != data.content),
        _ => {}
    }
}

fn lived(state: &mut State, event: &Event) {
    let at = event.happened_at;
    match &event.body {
        Body::WorkStarted(_) => state.lifecycle = Lifecycle::InProgress,
        Body::WorkReturned(_) => {
            state.lifecycle = Lifecycle::New;
            state.moments.acknowledged = None;
        }
        Body::PutOnHold(data) => {
            state.lifecycle = Lifecycle::OnHold;
            let waits = state.hold.take().filter(|hold| hold.reason == data.reason);
            let since = waits.map_or(at, |hold| hold.since);
            state.hold = Some(Hold { reason: data.reason, since, until: data.until });
        }
        Body::Resumed(_) => {
            state.lifecycle = Lifecycle::InProgress;
            state.hold = None;
        }
        Body::Resolved(data) => {
            state.lifecycle = Lifecycle::Resolved;
            state.hold = None;
            state.moments.resolved = Some(at);
            state.resolution = Some(Resolution {
                code: data.code.clone(),
                note: data.note,
                cause: data.cause,
                known_error: data.known_error.clone(),
                by: event.actor.person_id(),
            });
            state.close_at = data.close_at;
            state.unanswered_since = None;
            state.before_reopening = None;
        }
        Body::Disputed(_) => {
            state.unanswered_since.get_or_insert(at);
        }
        Body::Reopened(data) => {
            state.keep_passed_promises(at);
            reopened(state, data.by_reply);
        }
        Body::ReopeningWithdrawn(_) => {
            if let Some(before) = state.before_reopening.take() {
                state.lifecycle = Lifecycle::Resolved;
                state.hold = None;
                state.moments.resolved = Some(before.resolved_at);
                state.resolution = Some(before.resolution);
                state.close_at = before.close_at;
                state.moments.mitigated = before.mitigated;
                state.moments.restored = before.restored;
                restore_clocks(state, before.clocks);
                state.unanswered_since = None;
                state.reopenings = state.reopenings.saturating_sub(1);
            }
        }
        Body::Closed(_) => {
            state.lifecycle = Lifecycle::Closed;
            state.hold = None;
            state.moments.closed = Some(at);
            state.close_at = None;
        }
        Body::Reminded(data) => {
            state.reminder = Some(Reminder { at, closes_at: data.closes_at });
        }
        Body::Rated(data) => {
            let given_at = state.rating.map_or(at, |rating| rating.given_at);
            // Who changes the figure alone leaves the words as they are.
            let note = data.note.or(state.rating.and_then(|rating| rating.note));
            state.rating = Some(Rating { score: data.score, note, given_at });
        }
        Body::Cancelled(_) => {
            state.lifecycle = Lifecycle::Cancelled;
            state.hold = None;
            state.close_at = None;
            state.moments.closed = Some(at);
        }
        _ => {}
    }
    // The next question is one of its own.
    let asks = state.hold.as_ref().is_some_and(|hold| hold.reason == HoldReason::Requester);
    state.reminder = state.reminder.filter(|_| asks);
}

fn reopened(state: &mut State, by_reply: bool) {
    let resolution = state.resolution.take();
    let resolved_at = state.moments.resolved.take();
    state.before_reopening = match (by_reply, resolution, resolved_at) {
        (true, Some(resolution), Some(resolved_at)) => Some(Box::new(BeforeReopening {
            resolution,
            resolved_at,
            close_at: state.close_at,
            mitigated: state.moments.mitigated,
            restored: state.moments.restored,
            clocks: state.clocks.clone(),
        })),
        _ => None,
    };
    state.lifecycle = Lifecycle::InProgress;
    state.close_at = None;
    state.moments.restored = None;
    state.moments.mitigated = None;
    state.reopenings += 1;
}

/// The clocks as they stood, but for the latch: a breach that was told stays told.
fn restore_clocks(state: &mut State, mut before: Vec<Clock>) {
    for clock in &mut before {
        let now = state.clocks.iter().find(|now| now.kind == clock.kind);
        clock.first_breached_at =
            clock.first_breached_at.or(now.and_then(|now| now.first_breached_at));
    }
    state.clocks = before;
}

fn worked(state: &mut State, event: &Event) {
    let done = |state: &mut State, task, done_at: Option<Timestamp>, done_by: Option<String>| {
        if let Some(task) = state.tasks.iter_mut().find(|other| other.id == task) {
            task.done_at = done_at;
            task.done_by = done_by;
        }
    };
    match &event.body {
        Body::RoleGiven(data) => {
            match data.person {
                Some(person) => state.roles.insert(data.role, person),
                None => state.roles.remove(&data.role),
            };
        }
        Body::ModelApplied(data) => {
            state.models.retain(|applied| applied.model != data.model);
            state.models.push(AppliedModel {
                model: data.model,
                name: data.name.clone(),
                version: data.version,
                runbook: data.runbook,
                at: event.happened_at,
            });
        }
        Body::TaskAdded(data) => {
            state.tasks.push(Task {
                id: data.task,
                title: data.title,
                assignee: data.assignee,
                done_at: None,
                done_by: None,
            });
        }
        Body::TaskCompleted(data) => {
            done(state, data.task, Some(event.happened_at), Some(event.actor.name.clone()))
        }
        Body::TaskReopened(data) => done(state, data.task, None, None),
        Body::WorkLogged(data) => {
            *state.work_seconds.entry(data.person.clone()).or_default() += u64::from(data.seconds);
        }
        _ => {}
    }
}
