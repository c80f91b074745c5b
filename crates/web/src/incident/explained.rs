//! The clocks of an incident, each with its own explanation: what was counted, what
//! was not, and why.

use super::case::Case;
use super::clocks::{Skipped, Step};
use super::expected;
use super::view::View;
use crate::part::clock::{self, Standing, length};
use crate::part::icon::icon;
use crate::part::person::first_name;
use crate::part::time::{self, counted, duration};
use crate::url;
use desk::expected::Outlook;
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::ledger::Turn;
use incident::promise::Promise;
use incident::state::HoldReason;
use incident::{Body, CommandName as C};
use maud::{Markup, html};

/// Closed weekdays that are named; more are counted.
const CLOSED_NAMED: usize = 3;

/// Every clock with how it stands and how it came to that, and what people were promised.
pub(super) fn clocks(view: &View<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let known = |kind: &ClockKind| state.clocks.iter().find(|clock| clock.kind == *kind);
    html! {
        dl.clocks id="clocks" data-patch=[patch] {
            @for clock in ClockKind::ALL.iter().filter_map(known) { (one(view, clock)) }
            @for promise in &state.promises { (promised(case, promise)) }
            (back(case))
        }
    }
}

/// When service is expected back: as somebody said, else as those like it before. A promise stands
/// for itself.
fn back(case: &Case) -> Markup {
    let state = case.state();
    html! {
        @if let Some(expected) = state.expected {
            div.clock {
                dt { (icon("s-progress")) "Expected back" }
                dd { b { (time::moment(expected.at, &case.here)) } }
                dd {
                    "set by a person"
                    @if let (Some(low), Some(high)) = (expected.low, expected.high) {
                        ", between " (time::moment(low, &case.here)) " and " (time::moment(high, &case.here))
                    }
                }
            }
        } @else if let Some(Outlook::Likely(likely)) = &case.outlook {
            (expected::likely(likely, &case.here))
        } @else if let Some(Outlook::Unknown) = &case.outlook {
            (expected::unknown())
        }
    }
}

fn promised(case: &Case, promise: &Promise) -> Markup {
    let open = case.state().lifecycle.is_open();
    let late = promise.broken || (open && promise.is_pending() && promise.at < case.here.now);
    html! {
        div.clock.clock-crit[late] {
            dt { (icon(if late { "alert" } else { "flag" })) "Promised to " (first_name(case.person(promise.to))) }
            dd { b { @if open && !promise.kept { (time::left(promise.at, &case.here)) } @else { (time::moment(promise.at, &case.here)) } } }
            dd {
                @if promise.broken { "was promised by " (time::moment(promise.at, &case.here)) }
                @else { "given " (time::moment(promise.given_at, &case.here)) ", pauses do not move it" }
            }
        }
    }
}

fn one(view: &View<'_>, clock: &Clock) -> Markup {
    let case = view.case;
    let standing = Standing::of(clock, &case.here);
    let class = match standing {
        Standing::Met => "clock clock-met",
        Standing::Warn => "clock clock-warn",
        Standing::Breach | Standing::Missed => "clock clock-crit",
        _ => "clock",
    };
    html! {
        div class=(class) {
            dt { (icon(standing.icon())) (clock::name(clock.kind)) @if let Some(team) = clock.team { " " (case.team(team)) } }
            dd { b { (value(case, clock, standing)) } }
            dd { (story(view, clock, beside(case, clock, standing))) }
        }
    }
}

fn value(case: &Case, clock: &Clock, standing: Standing) -> Markup {
    let here = &case.here;
    let left = clock.remaining_seconds(here.calendar(clock), here.now);
    let used = clock.elapsed_seconds(here.calendar(clock), here.now);
    html! {
        @match (standing, clock.due_at) {
            (Standing::Met, _) => { "Met in " (length(clock, used)) }
            (Standing::Missed, _) => { "Late by " (length(clock, -left)) }
            (Standing::Cancelled, _) => { "Ended" }
            (Standing::Paused, _) => { "Paused, " (length(clock, left)) " left" }
            (Standing::Breach, None) => { "Paused, " (length(clock, -left)) " over" }
            (Standing::Breach, Some(due)) => { (clock::over(clock, due, here)) }
            (_, Some(due)) => { (time::left(due, here)) }
            (_, None) => { (length(clock, left)) " left" }
        }
    }
}

fn beside(case: &Case, clock: &Clock, standing: Standing) -> Markup {
    let here = &case.here;
    let waits = case.clocks.waits_of(clock.kind);
    let waited: i64 = waits.map(|(from, to)| to.unwrap_or(here.now).seconds_since(from)).sum();
    let target = || length(clock, clock.target_seconds);
    html! {
        @match (standing, clock.due_at) {
            (Standing::Met | Standing::Missed | Standing::Cancelled, _) => { "target was " (target()) }
            (Standing::Breach, Some(due)) => { "was due " (time::moment(due, here)) }
            // Then the value says already when it is due.
            (_, Some(due)) if due.seconds_since(here.now) >= time::COUNTED_SECONDS => { "target " (target()) }
            (_, Some(due)) => { "due " (time::moment(due, here)) }
            (_, None) => { "target " (target()) }
        }
        @if clock.calendar.is_some() { ", business time" }
        @if waited > 0 && standing != Standing::Cancelled { ", waited " (duration(waited)) }
        @if clock.first_breached_at.is_some() && clock.breached_at.is_none() { ", passed an earlier target" }
    }
}

/// What stands beside the value; it opens to how it was counted.
fn story(view: &View<'_>, clock: &Clock, beside: Markup) -> Markup {
    let case = view.case;
    let steps: Vec<&Step> = case.clocks.of_clock(clock.kind).collect();
    let cycles = case.clocks.steps.iter().filter(|step| {
        step.kind == clock.kind
            && !step.current
            && matches!(step.turn, Turn::Started | Turn::Restarted)
    });
    let cycles = cycles.count() as i64;
    let explanation = case.state().explanations.get(&clock.kind);
    html! {
        details id={ "story-" (clock.kind.as_str()) } {
            summary title="How it was counted" { span { (beside) } (icon("right")) }
            div.story {
                p.meta { (terms(case, clock)) }
                @if cycles > 0 { p.meta { "Began anew; " (counted(cycles, "earlier stretch")) " before." } }
                ol {
                    @for (place, step) in steps.iter().enumerate() {
                        @if let Some(before) = place.checked_sub(1).map(|before| steps[before]) { (between(case, clock, before, step)) }
                        (turn(view, clock, step))
                    }
                }
                p { b { (length(clock, clock.elapsed_seconds(case.here.calendar(clock), case.here.now))) " of " (length(clock, clock.target_seconds)) " used" } }
                @if let Some(given) = explanation {
                    p { "Why it was not in time: " (case.text(given.reason)) " " span.meta { "Owner: " (case.person(given.owner)) } }
                }
            }
        }
    }
}

/// By which hours and which agreement it counts.
fn terms(case: &Case, clock: &Clock) -> Markup {
    let agreement = &case.policy.agreement_of(case.state()).name;
    let known = clock.calendar.and_then(|reference| case.policy.calendars.known(reference));
    html! {
        @match known {
            Some(known) => {
                "Counts " (known.calendar.week_in_words()) " (" (known.hours.name) ", version "
                (known.hours.reference.version) ", " (known.calendar.time_zone()) ")"
            }
            None => { "Counts round the clock" }
        }
        ", by " (agreement)
    }
}

/// What the time from one step to the next was: counted, or waited.
fn between(case: &Case, clock: &Clock, before: &Step, step: &Step) -> Markup {
    let here = &case.here;
    let from = before.at.max(case.state().moments.detected.unwrap_or(before.at));
    if step.at <= from {
        return html! {};
    }
    let span = || {
        let (from, to) = (here.exact(from), here.exact(step.at));
        let same_day = here.local(before.at).date() == here.local(step.at).date();
        format!("{from} to {}", if same_day { here.clock(step.at) } else { to })
    };
    html! {
        @match before.status {
            ClockStatus::Running => li.story-run {
                (span()) " counted " b { (length(clock, step.added)) }
                (skipped(&step.skipped))
            },
            ClockStatus::Paused => li.meta { (span()) " did not count" },
            ClockStatus::Stopped | ClockStatus::Cancelled => li.meta { (span()) " did not count, it stood still" },
        }
    }
}

/// "; Tue 3 Nov skipped: holiday (All Souls); Sat 7 Nov and Sun 8 Nov closed".
fn skipped(days: &[Skipped]) -> Markup {
    let date = |day: &Skipped| day.date.strftime("%a %-d %b").to_string();
    let closed: Vec<String> = days.iter().filter(|day| day.why.is_none()).map(date).collect();
    html! {
        @for (day, why) in days.iter().filter_map(|day| Some((day, day.why.as_ref()?))) {
            "; " (date(day)) " skipped: " (why)
        }
        @match closed.as_slice() {
            [] => {},
            [one] => { "; " (one) " closed" },
            some if some.len() <= CLOSED_NAMED => { "; " (some.join(", ")) " closed" },
            many => { "; " (counted(many.len() as i64, "closed day")) " skipped" },
        }
    }
}

/// What a clock did, when, and why.
fn turn(view: &View<'_>, clock: &Clock, step: &Step) -> Markup {
    let case = view.case;
    let hold = case.clocks.holds.iter().find(|hold| step.cause == Some(hold.n));
    let ended_a_wait = hold.filter(|_| view.can(C::CorrectPause) && step.turn != Turn::Paused);
    html! {
        @if step.turn != Turn::Counting {
            li {
                (sentence(case, clock, step))
                @if let Some(hold) = ended_a_wait {
                    " " a.link href={ (url::incident_command(case.number, C::CorrectPause.as_str())) "?n=" (hold.n) } { "Correct this pause" }
                }
            }
        }
    }
}

fn sentence(case: &Case, clock: &Clock, step: &Step) -> Markup {
    let at = case.here.exact(step.at);
    let requester = first_name(case.person(case.state().requester));
    let words = step.words.replace("the requester", requester);
    let change = length(clock, step.adjusted.abs());
    html! {
        @match step.turn {
            Turn::Started => { b { "Started " (at) } ", target " (length(clock, step.target)) ": " (words) }
            Turn::Paused => {
                b { "Paused " (at) }
                @match awaited(case, step) {
                    Some((whom, by)) => { ", waiting for " (whom) ": put on hold by " (by) }
                    None => { ": " (words) }
                }
            }
            Turn::Resumed => { b { "Ran again " (at) } ": " (words) }
            Turn::Restarted => { b { "Began anew " (at) } ", target " (length(clock, step.target)) ": " (words) }
            Turn::Retargeted { from_seconds } => { b { "Target " (length(clock, from_seconds)) " became " (length(clock, step.target)) " " (at) } ": " (words) }
            Turn::Recalendared => { b { "Other hours from " (at) } ": " (words) }
            Turn::Corrected if step.adjusted < 0 => { b { "Corrected " (at) } ", " (change) " taken off: " (words) }
            Turn::Corrected => { b { "Corrected " (at) } ", " (change) " added: " (words) }
            Turn::TakenBack => { b { "Taken back " (at) } ", " (change) ": " (words) }
            Turn::Warned { share } => { (share) "% of the target used " (at) }
            Turn::Breached => { b { "Target passed " (at) } }
            Turn::Met => { b { "Met " (at) } ": " (words) }
            Turn::Missed => { b { "Stopped " (at) ", too late" } ": " (words) }
            Turn::Cancelled => { b { "Ended " (at) } ": " (words) }
            Turn::Counting => {}
        }
    }
}

/// What is waited for since a hold paused it, and who put it on hold.
fn awaited<'a>(case: &'a Case, step: &Step) -> Option<(&'a str, &'a str)> {
    let cause = case
        .events()
        .iter()
        .find(|stored| stored.number == case.number && Some(stored.event.n) == step.cause)?;
    let Body::PutOnHold(data) = &cause.event.body else { return None };
    let whom = match data.reason {
        HoldReason::Requester => first_name(case.person(case.state().requester)),
        HoldReason::Vendor => "a supplier",
        HoldReason::Change => "a change",
        HoldReason::Problem => "a problem's solution",
        HoldReason::Scheduled => "an agreed time",
    };
    Some((whom, &cause.event.actor.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn skipped_days_are_named_or_counted() {
        let closed = |day| Skipped { date: date(2026, 11, day), why: None };
        let holiday = Skipped { date: date(2026, 11, 3), why: Some("holiday (All Souls)".into()) };
        let words = |days: &[Skipped]| skipped(days).into_string();
        assert_eq!(words(&[]), "");
        assert_eq!(
            words(&[holiday, closed(7), closed(8)]),
            "; Tue 3 Nov skipped: holiday (All Souls); Sat 7 Nov, Sun 8 Nov closed"
        );
        let weeks: Vec<Skipped> = [7, 8, 14, 15].map(closed).into();
        assert_eq!(words(&weeks), "; 4 closed days skipped");
    }
}
