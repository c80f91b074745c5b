//! What an incident makes of news about its alerts.

use super::{Draft, lifecycle};
use crate::alerts::{AlertNews, AlertsWhy, SAMPLES_MAX};
use crate::command::Command;
use crate::event::{AlertsChanged, Body, PriorityChanged};
use crate::refusal::Refusal;
use crate::state::{Lifecycle, State};
use kernel::{ActorKind, ContentId, Timestamp};

/// The code of the standard list that says best what happened when alerts end by themselves.
const BY_ITSELF: &str = "no_fault_found";

/// The first news, with the report.
pub(super) fn reported(draft: &mut Draft, news: &AlertNews) -> Result<(), Refusal> {
    check(news)?;
    let changed = changed(draft.state()?, news);
    draft.emit_by_policy("alerts", 0, changed);
    Ok(())
}

/// Takes news about alerts: what is worse raises impact and urgency, and what is over by
/// itself before anybody took it is resolved. What was taken at its source alone and is given back
/// there is nobody's: it is new again, and pages.
pub(super) fn take(draft: &mut Draft, news: &AlertNews) -> Result<(), Refusal> {
    check(news)?;
    let state = draft.state()?;
    if matches!(state.lifecycle, Lifecycle::Closed | Lifecycle::Cancelled) {
        return Err(Refusal::state(
            "not_in_this_state",
            "this incident is over; its alerts are not its matter any more",
        ));
    }
    let left = taken_at_source(draft, state).filter(|_| news.why == AlertsWhy::GivenBack);
    let returns = left.filter(|taken_at| lifecycle::untouched(state, *taken_at));
    let mut changed = changed(state, news);
    // Work that goes back pages by that.
    let again = left.is_some() && returns.is_none() && !state.is_paging();
    changed.again |= again && news.firing > 0 && news.muted.is_none();
    draft.emit(changed);
    raise(draft, news)?;
    if let Some(taken_at) = returns {
        lifecycle::return_work(draft, taken_at);
    }
    let state = draft.state()?;
    let over = news.firing == 0 && !news.flapping && !news.source_unclear;
    match news.note {
        Some(note) if over && is_untaken(state) => resolve(draft, note),
        _ => Ok(()),
    }
}

/// Since when it is taken, if nobody has it but whoever has its alerts at their source.
fn taken_at_source(draft: &Draft, state: &State) -> Option<Timestamp> {
    let taken_at = state.moments.acknowledged.filter(|_| state.assignee.is_none())?;
    let answers =
        draft.facts.timeline.iter().filter(|event| {
            matches!(event.body, Body::Acknowledged(_) | Body::PageAcknowledged(_))
        });
    let last = answers.max_by_key(|event| event.n)?;
    (last.actor.kind == ActorKind::Integration).then_some(taken_at)
}

/// Whether nobody has it yet: a team that gives what comes to it to its people has not looked.
fn is_untaken(state: &State) -> bool {
    let worked_on = matches!(state.lifecycle, Lifecycle::New | Lifecycle::InProgress);
    worked_on && state.moments.acknowledged.is_none()
}

fn check(news: &AlertNews) -> Result<(), Refusal> {
    if news.samples.len() > SAMPLES_MAX {
        return Err(Refusal::invalid("samples", format!("names more than {SAMPLES_MAX} alerts")));
    }
    if news.firing > news.total {
        return Err(Refusal::invalid("firing", "is more than there ever were"));
    }
    if news.worst.is_some() != (news.firing > 0) {
        return Err(Refusal::invalid("worst", "is said if and only if alerts are firing"));
    }
    Ok(())
}

fn changed(state: &State, news: &AlertNews) -> AlertsChanged {
    let alerts = state.alerts.as_ref();
    let before = alerts.and_then(|alerts| alerts.worst);
    // What comes and goes makes nothing worse; what fires beside it does.
    let counts = if news.flapping { news.steady } else { news.worst };
    // The worst comes first in the order of severities.
    let worse = counts.is_some_and(|now| before.is_none_or(|before| now < before));
    // By what is so, not by what was told last: one request may say several things.
    let freed = alerts.is_some_and(|alerts| alerts.muted.is_some()) && news.muted.is_none();
    let again = match news.why {
        AlertsWhy::Released | AlertsWhy::Unclear => true,
        // What is calm and fires may never have paged anybody.
        AlertsWhy::Calm => freed || !state.is_paging(),
        _ => freed,
    };
    AlertsChanged {
        why: news.why,
        fired: news.fired,
        resolved: news.resolved,
        samples: news.samples.clone(),
        firing: news.firing,
        total: news.total,
        worst: news.worst,
        worse,
        again: again && news.firing > 0 && news.muted.is_none(),
        muted: news.muted,
        flapping: news.flapping,
        source_unclear: news.source_unclear,
    }
}

/// Impact and urgency follow the worst alert upwards, never down, and never against a person
/// who set the priority by hand.
fn raise(draft: &mut Draft, news: &AlertNews) -> Result<(), Refusal> {
    let state = draft.state()?;
    let Some(worst) = news.worst else { return Ok(()) };
    if state.priority_override.is_some() || !state.lifecycle.is_open() {
        return Ok(());
    }
    let (impact, urgency) = worst.levels();
    let (impact, urgency) = (impact.min(state.impact), urgency.min(state.urgency));
    let body = PriorityChanged {
        impact,
        urgency,
        priority: draft.policy().matrix.priority(impact, urgency),
        priority_override: None,
        impact_before: state.impact,
        urgency_before: state.urgency,
        priority_before: state.priority,
        override_before: None,
    };
    if (impact, urgency) != (state.impact, state.urgency) {
        draft.emit_by_policy("worse alerts", 0, body);
    }
    Ok(())
}

fn resolve(draft: &mut Draft, note: ContentId) -> Result<(), Refusal> {
    let codes = &draft.policy().resolution_codes;
    let code = codes.iter().find(|known| known.code == BY_ITSELF).or(codes.first());
    let Some(code) = code.map(|known| known.code.clone()) else { return Ok(()) };
    let command = Command::Resolve { code, note, cause: None, known_error: None, children: false };
    lifecycle::resolve(draft, &command)
}
