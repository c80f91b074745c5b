//! The horizon: what is due in the next hours, on one line.

use crate::part::time::{self, Here};
use crate::url;
use incident::clocks::{ClockKind, ClockStatus};
use kernel::{InOrder, Timestamp};
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;
use store::incidents::list::IncidentRow;

/// How far it reaches, in seconds.
pub(crate) const REACH_SECONDS: i64 = 4 * 3_600;
/// Clocks that are read at most.
pub(crate) const READ_MAX: usize = 40;
/// Marks at most; more would cover each other.
const MARKS_MAX: usize = 23;
/// Late incidents that are read at most, to say how many there are.
pub(crate) const LATE_ROWS: usize = 21;
/// Marks of what is late that fit left of now.
const LATE_MAX: usize = 2;
/// Where now stands, in per cent of the width.
const NOW: f64 = 8.0;
/// How far marks stand apart at least, in per cent.
const APART: f64 = 3.8;
/// What a promised instant is called.
const PROMISE: &str = "promise";
/// Where the last mark stands at most, in per cent.
const LAST: f64 = 98.6;

/// A promise on the horizon.
struct Mark<'a> {
    row: &'a IncidentRow,
    kind: &'static str,
    at: Timestamp,
}

/// The strip for these incidents: every running clock that is due within reach, and those that are
/// late. What is late and has no room is behind the address `late_href`.
pub(crate) fn horizon(rows: &[IncidentRow], late_href: Option<&str>, here: &Here) -> Markup {
    let end = here.now.plus_seconds(REACH_SECONDS);
    let late: Vec<Mark<'_>> = rows.iter().filter_map(|row| late(row, here)).collect();
    let mut ahead: Vec<Mark<'_>> =
        rows.iter().flat_map(running).filter(|mark| mark.at <= end).collect();
    ahead.order_by_key(|mark| mark.at);
    ahead.truncate(READ_MAX);
    let urgent = ahead.len() > MARKS_MAX;
    if urgent {
        ahead.order_by_key(|mark| (mark.row.state.priority, mark.at));
        ahead.truncate(MARKS_MAX);
        ahead.order_by_key(|mark| mark.at);
    }
    let (many, count) = (late_words(late.len()), late.len() + ahead.len());
    let counted = time::counted(i64::try_from(count).unwrap_or(i64::MAX), "clock");
    let label =
        format!("{counted}: {many} overdue, {} due before {}", ahead.len(), here.clock(end));
    html! {
        section.horizon aria-label="Horizon, promises due in the next 4 hours" {
            h2 {
                b { "Horizon" } @if urgent { "urgent in 4 h" } @else { "due in 4 h" }
                @if let Some(href) = late_href.filter(|_| late.len() > LATE_MAX) { ", " a.link href=(href) { (many) " late" } }
            }
            svg.hz role="group" aria-label=(label) { (PreEscaped(drawing(&late, &ahead, here))) }
        }
    }
}

/// "7", "20+": more than so many are not read.
fn late_words(count: usize) -> String {
    if count >= LATE_ROWS { format!("{}+", LATE_ROWS - 1) } else { count.to_string() }
}

fn drawing(late: &[Mark<'_>], ahead: &[Mark<'_>], here: &Here) -> String {
    let mut svg = String::with_capacity(1_024 + 420 * (ahead.len() + LATE_MAX));
    // Writing to a string does not fail.
    let mut put = |part: std::fmt::Arguments<'_>| _ = svg.write_fmt(part);
    if !late.is_empty() {
        put(format_args!(r#"<rect class="hz-over" x="0" y="12" width="7.5%" height="16"/>"#));
    }
    put(format_args!(
        r#"<line class="hz-line" x1="0" x2="100%" y1="28.5" y2="28.5"/><g aria-hidden="true">"#
    ));
    for hour in hours(here) {
        put(format_args!(
            r#"<line class="hz-tick" x1="{0:.1}%" x2="{0:.1}%" y1="29" y2="34"/><text x="{0:.1}%" y="46" text-anchor="middle">{1}</text>"#,
            x(hour, here),
            here.clock(hour)
        ));
    }
    if !late.is_empty() {
        put(format_args!(r#"<text x="0" y="46">late</text>"#));
    }
    put(format_args!(
        r#"<line class="hz-now" x1="{NOW}%" x2="{NOW}%" y1="6" y2="34"/><text class="hz-t" x="{NOW}%" y="46" text-anchor="middle">{}</text></g>"#,
        here.clock(here.now)
    ));
    for (place, mark) in late.iter().take(LATE_MAX).enumerate() {
        put_mark(&mut put, mark, 1.9 + 3.8 * place as f64, "was due", place == 0, here);
    }
    let wanted = ahead.iter().map(|mark| x(mark.at, here)).collect();
    for (at, (mark, place)) in ahead.iter().zip(places(wanted)).enumerate() {
        put_mark(&mut put, mark, place, "due", at == 0 && late.is_empty(), here);
    }
    svg
}

/// Where marks stand: where they want to, or beside the one that stands there, towards the end and, where
/// there is no room left, towards now. In per cent, in order.
fn places(mut places: Vec<f64>) -> Vec<f64> {
    let first = NOW + 2.0;
    let apart = APART.min((LAST - first) / places.len().max(1) as f64);
    let mut free = first;
    for place in &mut places {
        *place = place.max(free);
        free = *place + apart;
    }
    free = LAST;
    for place in places.iter_mut().rev() {
        *place = place.min(free);
        free = *place - apart;
    }
    places
}

fn put_mark(
    put: &mut impl FnMut(std::fmt::Arguments<'_>),
    mark: &Mark<'_>,
    x: f64,
    due: &str,
    first: bool,
    here: &Here,
) {
    let (number, priority) = (mark.row.number, mark.row.state.priority);
    put(format_args!(
        concat!(
            r#"<svg x="{x:.1}%" overflow="visible"><a href="{href}" aria-label="{number}, {priority}, {kind} {due} {at}"{stop}>"#,
            r#"<rect class="hz-hit" x="-13" y="1" width="26" height="28"/><rect class="hz-{class}" x="-12" y="4" width="24" height="17" rx="4"/>"#,
            r#"<text class="hz-t" x="0" y="16.5" text-anchor="middle">{priority}</text><line class="hz-stem" x1="0" x2="0" y1="21" y2="28"/></a></svg>"#
        ),
        x = x,
        href = url::incident(number),
        // One stop for Tab, arrows lead on: the list is what one wants to reach.
        stop = if first { "" } else { r#" tabindex="-1""# },
        number = number,
        priority = priority,
        kind = mark.kind,
        due = due,
        at = here.moment(mark.at),
        class = priority.get().min(4),
    ));
}

/// The clock of an incident that is over and still counts.
fn late<'a>(row: &'a IncidentRow, here: &Here) -> Option<Mark<'a>> {
    let over = row
        .state
        .clocks
        .iter()
        .filter(|clock| clock.status.is_live() && clock.breached_at.is_some());
    let Some(first) = over.min_by_key(|clock| clock.breached_at) else {
        let broken = row.state.broken_promises().next()?;
        return Some(Mark { row, kind: PROMISE, at: broken.at });
    };
    let at = first.due_at.or(first.breached_at).unwrap_or(here.now);
    Some(Mark { row, kind: kind(first.kind), at })
}

/// The clocks of an incident that run and can still be kept, and its promises.
fn running(row: &IncidentRow) -> impl Iterator<Item = Mark<'_>> {
    let live = row.state.clocks.iter().filter(|clock| clock.status == ClockStatus::Running);
    let promises = row.state.pending_promises();
    live.filter(|clock| clock.breached_at.is_none())
        .filter_map(|clock| Some(Mark { row, kind: kind(clock.kind), at: clock.due_at? }))
        .chain(promises.map(|promise| Mark { row, kind: PROMISE, at: promise.at }))
}

fn kind(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Acknowledge => "acknowledgement",
        ClockKind::Response => "response",
        ClockKind::Update => "update",
        ClockKind::Resolution => "resolution",
        ClockKind::Team => "the team's part",
        ClockKind::Vendor => "the supplier's part",
    }
}

/// Where an instant stands, in per cent: 92% of the width for the whole reach.
fn x(at: Timestamp, here: &Here) -> f64 {
    NOW + at.seconds_since(here.now).max(0) as f64 / REACH_SECONDS as f64 * (100.0 - NOW)
}

/// The full hours within reach, by the reader's clock.
fn hours(here: &Here) -> Vec<Timestamp> {
    let local = here.local(here.now);
    let into = i64::from(local.minute()) * 60 + i64::from(local.second());
    let first = here.now.plus_seconds(3_600 - into);
    let end = here.now.plus_seconds(REACH_SECONDS);
    (0..4)
        .map(|hour| first.plus_seconds(hour * 3_600))
        .filter(|at| *at <= end && x(*at, here) > NOW + 6.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_is_counted_as_far_as_it_is_read() {
        assert_eq!([3, 20, LATE_ROWS].map(late_words), ["3", "20", "20+"]);
    }

    #[test]
    fn marks_stand_beside_each_other() {
        for wanted in [vec![8.0, 8.1, 50.0], vec![97.0, 98.0, 99.0, 100.0], vec![99.0; MARKS_MAX]] {
            let count = wanted.len();
            let placed = places(wanted.clone());
            let apart = APART.min((LAST - NOW - 2.0) / count as f64);
            let gaps = placed.windows(2).map(|pair| pair[1] - pair[0]);
            assert!(gaps.into_iter().all(|gap| gap > apart - 1e-6), "{wanted:?}: {placed:?}");
            assert!(placed[0] > NOW && placed[count - 1] <= LAST, "{wanted:?}: {placed:?}");
        }
        assert_eq!(places(vec![50.0]), [50.0], "a mark alone stands at its instant");
    }
}
