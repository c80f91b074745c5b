//! What stands beside the form: "Try it", and what the last days would have been.

use super::draw::{FORM, View};
use super::tryout::{self, Try, Wall};
use crate::part::duration::exact;
use incident::clocks::ClockKind;
use incident::policy::Agreement;
use maud::{Markup, html};

/// The promises that a made-up report tries, with their words.
const TRIED: [(ClockKind, &str); 3] = [
    (ClockKind::Acknowledge, "take by"),
    (ClockKind::Response, "respond by"),
    (ClockKind::Resolution, "resolve by"),
];

/// The card. `history` is what the last days would have been, once somebody asked.
pub(super) fn card(
    view: &View<'_>,
    draft: &Agreement,
    history: Option<&Markup>,
    patch: bool,
) -> Markup {
    let tried = Try::of(view.fields);
    html! {
        aside.card.sl-p id="try" aria-labelledby="try-h" data-patch[patch] {
            div.card-h { h2 id="try-h" { "Try it" } }
            div.card-b.stack {
                (tried.fields(FORM))
                noscript { button.btn.btn-sm type="submit" form=(FORM) formaction={ (view.address) "/look" } { "Show" } }
                (outcome(view, draft, &tried))
                @if let Some(change) = clock_change(view, draft, &tried) { p.meta { (change) } }
                hr;
                @if let Some(history) = history { (history) } @else {
                    p.meta { "What would these terms have made of the incidents of the last 30 days?" }
                }
                div { button.btn type="submit" form=(FORM) data-look formaction={ (view.address) "/history" } data-busy="Looking back…" {
                    @if history.is_some() { "Look back again" } @else { "Look back 30 days" }
                } }
            }
        }
    }
}

fn outcome(view: &View<'_>, draft: &Agreement, tried: &Try) -> Markup {
    let at = tried.priority;
    let id = draft.calendar(at, ClockKind::Resolution, None);
    let (calendar, zone) = (view.all.calendar(id), view.all.zone(id, &view.who.here.zone));
    let Some(start) = tried.start(&zone, view.who.here.now) else {
        return html! { p.err { "Write the time as 16:30." } };
    };
    let wall = Wall { zone: &zone, from: start };
    let due =
        |kind| draft.target(at, kind, None).map(|seconds| (seconds, calendar.due(start, seconds)));
    let last = TRIED.iter().rev().find_map(|(kind, _)| due(*kind));
    html! {
        @match last {
            None => p.meta { "Nothing is promised at " (at) ": no clock runs." },
            Some((seconds, None)) => p.meta { (exact(seconds)) " of business time are not over within ten years." },
            Some((seconds, Some(end))) => {
                ul.try-o { @for (kind, words) in TRIED {
                    @if let Some((_, Some(end))) = due(kind) { li { span { (words) } b { (wall.moment(end)) } } }
                } }
                (tryout::line(calendar, &wall, start, end))
                p.meta {
                    (exact(seconds)) " of " @if id.is_none() { "time round the clock" } @else { "business time" } ", in " (zone_name(&zone)) "."
                    @if let Some(days) = tryout::skipped(calendar, start, end) { " Not counted: " (days) "." }
                }
            }
        }
    }
}

fn zone_name(zone: &jiff::tz::TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// What happens when clocks change, where business hours follow the wall clock.
fn clock_change(view: &View<'_>, draft: &Agreement, tried: &Try) -> Option<String> {
    let id = draft.calendar(tried.priority, ClockKind::Resolution, None);
    id?;
    let zone = view.all.zone(id, &view.who.here.zone);
    let date = tryout::clock_change(&zone, view.who.here.now)?;
    Some(format!(
        "Across the clock change on {date}, due times follow the wall clock of {}.",
        zone_name(&zone)
    ))
}
