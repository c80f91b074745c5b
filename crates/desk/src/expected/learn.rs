//! From the timelines of incidents that are over to what is learned. They are read piece by
//! piece, each in a snapshot of its own, and learned on a thread that may block.

use super::measured::{Measured, Tried, medians};
use incident::state::HoldReason;
use incident::{Event, Lifecycle, State};
use insight::expected::{Case, Model, Now, Options, Step, train};
use jiff::tz::TimeZone;
use kernel::IncidentNumber;
use store::expected as rows;
use store::incidents::timeline::{self, StoredEvent};
use store::suggestions::{Suggested, standing};

/// What is known of an incident at each step; the first ones explain best.
const FACTS: [Suggested; 4] =
    [Suggested::Service, Suggested::Priority, Suggested::Category, Suggested::Team];
/// For each value of which times hold by themselves: the priority.
const GROUP: usize = 1;
/// Incidents that are learned from, the newest.
const CASES_MAX: usize = 50_000;
/// Incidents whose timelines are read at once.
const PAGE_ROWS: usize = 200;
/// Events of an incident that are looked at. Who has more is not over within them, and tells
/// nothing.
pub(super) const EVENTS_MAX: u32 = 400;
/// Of how many incidents, the newest, it is measured: one of so many.
const HELD_OUT_OF: usize = 5;
/// Steps that it is measured by, at most: each is computed in less than a millisecond.
const TRIED_MAX: usize = 20_000;

/// What was learned, with how it was measured.
pub(super) struct Learned {
    pub(super) model: Model,
    pub(super) measured: Measured,
}

impl crate::Desk {
    /// The incidents that are over, those that were reported first at the beginning.
    pub(super) async fn cases(&self) -> Result<Vec<Case>, crate::Trouble> {
        let (mut found, mut before) = (Vec::new(), IncidentNumber(i64::MAX));
        while found.len() < CASES_MAX {
            let page = self.read(move |sql| {
                let numbers = rows::over(sql, before, PAGE_ROWS as i64)?;
                let events = timeline::timelines(sql, &numbers, EVENTS_MAX)?;
                Ok((numbers, cases_of(&events)))
            });
            let (numbers, cases) = page.await?;
            found.extend(cases);
            match numbers.last() {
                Some(last) if numbers.len() == PAGE_ROWS => before = *last,
                _ => break,
            }
        }
        found.truncate(CASES_MAX);
        found.reverse();
        Ok(found)
    }
}

/// The cases that timelines tell, in the opposite order: the newest first.
fn cases_of(events: &[StoredEvent]) -> Vec<Case> {
    let timelines = events.chunk_by(|one, other| one.number == other.number);
    timelines.rev().filter_map(|events| case(events.iter().map(|stored| &stored.event))).collect()
}

/// What an incident that is over went through until it worked again.
fn case<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Case> {
    let (mut steps, state) = steps(events);
    let moments = state.filter(|state| !state.lifecycle.is_open())?.moments;
    // Some say that it works again before they resolve it, some after.
    let ended = moments.restored.into_iter().chain(moments.resolved).min()?;
    // What is done when it works again takes no time from there.
    steps.retain(|step| step.at < ended);
    (!steps.is_empty()).then_some(Case { steps, ended })
}

/// What an incident went through so far, and where it is now.
pub(super) fn steps<'a>(events: impl IntoIterator<Item = &'a Event>) -> (Vec<Step>, Option<State>) {
    let (mut steps, mut state): (Vec<Step>, Option<State>) = (Vec::new(), None);
    for event in events {
        state = incident::apply(state, event);
        let Some(now) = &state else { continue };
        let facts = FACTS.iter().map(|field| standing(now, *field).unwrap_or_default());
        let (activity, facts) = (activity(now), facts.collect::<Vec<String>>());
        let last = steps.last();
        if last.is_some_and(|last| last.activity == activity && last.facts == facts) {
            continue;
        }
        // What is recorded later may have happened before.
        let at = last.map_or(event.happened_at, |last| last.at.max(event.happened_at));
        steps.push(Step { at, activity, facts });
    }
    (steps, state)
}

/// In what an incident is: its state, and what it waits for.
fn activity(state: &State) -> String {
    match &state.hold {
        Some(hold) if state.lifecycle == Lifecycle::OnHold => {
            format!("{} {}", state.lifecycle, hold.reason)
        }
        _ => state.lifecycle.to_string(),
    }
}

/// The same in words, as half a sentence.
pub(super) fn activity_words(activity: &str) -> String {
    let (state, reason) = activity.split_once(' ').unwrap_or((activity, ""));
    let waits = match reason.parse::<HoldReason>() {
        Ok(HoldReason::Requester) => "waiting for the requester",
        Ok(HoldReason::Vendor) => "waiting for a supplier",
        Ok(HoldReason::Change) => "waiting for a change",
        Ok(HoldReason::Problem) => "waiting for the solution of a problem",
        Ok(HoldReason::Scheduled) => "waiting for an agreed time",
        Err(_) => return state.replace('_', " "),
    };
    waits.to_owned()
}

fn options(zone: &TimeZone) -> Options {
    Options {
        facts: FACTS.iter().map(ToString::to_string).collect(),
        group: Some(GROUP),
        zone: zone.clone(),
        ..Options::default()
    }
}

/// Learns from incidents that are over. `None` where too few are.
pub(super) fn learn(cases: &[Case], zone: &TimeZone) -> Option<Learned> {
    let options = options(zone);
    let model = train(cases, &options).ok()?;
    let (older, newest) = cases.split_at(cases.len() - cases.len() / HELD_OUT_OF);
    // What ended only after the newest began was not known by then.
    let begun = newest.first().and_then(|case| case.steps.first()).map(|step| step.at);
    let known = older.iter().filter(|case| begun.is_none_or(|begun| case.ended <= begun));
    let older: Vec<Case> = known.cloned().collect();
    let medians = medians(older.iter().flat_map(times));
    let tried = match train(&older, &options) {
        Ok(model) => try_on(&model, newest, zone),
        // Without the newest too few are left.
        Err(_) => vec![],
    };
    let since = cases.first().and_then(|case| case.steps.first()).map(|step| step.at);
    let measured =
        Measured::of(since.unwrap_or_default(), (model.cases(), newest.len()), medians, tried);
    Some(Learned { model, measured })
}

/// The priority at each step, and how many seconds it took from there.
fn times(case: &Case) -> impl Iterator<Item = (&str, i64)> {
    case.steps.iter().map(|step| (group(step), case.ended.seconds_since(step.at)))
}

fn group(step: &Step) -> &str {
    step.facts.get(GROUP).map_or("", String::as_str)
}

/// What was expected at each step of the newest, and what came.
fn try_on(model: &Model, newest: &[Case], zone: &TimeZone) -> Vec<Tried> {
    let steps = newest.iter().rev().flat_map(|case| (1..=case.steps.len()).map(move |n| (case, n)));
    let one = |(case, n): (&Case, usize)| {
        let steps = &case.steps[..n];
        let last = &steps[n - 1];
        let now = Now { steps, at: last.at, zone };
        let told = model.expect(&now);
        Tried {
            priority: group(last).to_owned(),
            took: case.ended.seconds_since(last.at),
            told: told.map(|told| (told.low_seconds, told.median_seconds, told.high_seconds)),
        }
    };
    steps.take(TRIED_MAX).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_is_in_is_told_in_words() {
        assert_eq!(activity_words("in_progress"), "in progress");
        assert_eq!(activity_words("on_hold vendor"), "waiting for a supplier");
        assert_eq!(activity_words("new"), "new");
    }
}
