//! The page of all reports.

use super::asked::Asked;
use super::cards;
use super::frame;
use super::read::{LINES, Overview, lines_of};
use super::table::{Shown, at, delta, moved, value};
use super::words::{by_word, figure, icon_of, title};
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::time::duration;
use crate::problems::words as problems;
use crate::url;
use desk::recurring::Listed as Recurring;
use desk::reports::Report;
use desk::reports::mailed::may_arrange;
use incident::permissions::may_write_problems;
use insight::report::{By, Name, Table, Unit};
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// What should be kept of an agreement, in per cent: what service desks usually promise.
pub(super) const GOAL: f64 = 95.0;
/// Lines of the table at the foot; its report has all.
const LINES_SHOWN: usize = 25;

/// All of it.
pub(super) fn page(who: &SignedIn, asked: &Asked, seen: &Overview) -> Markup {
    let counted = first(&seen.kept).and_then(|table| value(table, "all", "incidents"));
    let lead = html! {
        (frame::days(asked)) ", " (crate::part::time::counted(counted.unwrap_or(0.0) as i64, "incident"))
        ". Every number opens the incidents behind it."
    };
    let main = html! {
        (frame::head("Service quality", lead, export(who, asked)))
        div.stack-l {
            (frame::form(who, asked, url::REPORTS, None))
            (tiles(asked, seen))
            div.rp-g {
                (cards::kept(asked, &seen.kept))
                (cards::times(asked, &seen.weeks, "acknowledge", "Time to acknowledge"))
                (cards::times(asked, &seen.weeks, "resolve", "Time to resolve"))
            }
            div.rp-g2 { (cards::flow(asked, &seen.backlog)) (cards::ages(asked, &seen.backlog)) }
            (causes(who, seen))
            (cards::arrivals(asked, &seen.arrivals))
            (lines(asked, seen))
            (besides(asked, seen))
        }
    };
    frame::page(who, asked, None, main)
}

/// The figures of each report to take along: in a file now, or by letter.
fn export(who: &SignedIn, asked: &Asked) -> Markup {
    html! {
        button.btn type="button" popovertarget="export" { (icon("download")) "Export" }
        nav.pop.pop-a.menu id="export" popover aria-label="Export" {
            p.pop-h { "As CSV, for spreadsheets" }
            @for name in Name::ALL.iter().copied() {
                a.opt href=(asked.api(name, super::one::lines_of(name, asked), "csv")) download { (icon(icon_of(name))) (title(name)) }
            }
            @if may_arrange(who.viewer()) {
                p.pop-h { "By mail" }
                a.opt href=(url::MAILED_REPORTS) { (icon("reply")) "Mailed reports" }
            }
        }
    }
}

/// The first table of a report.
pub(super) fn first(report: &Report) -> Option<&Table> {
    report.tables.first()
}

/// A tile: one figure of a report, what stands under it, and how it moved.
struct Tile<'a> {
    name: &'a str,
    report: &'a Report,
    before: Option<&'a Arc<Report>>,
    table: usize,
    column: &'a str,
    more_is_good: bool,
    under: String,
}

fn tile(asked: &Asked, tile: &Tile<'_>) -> Markup {
    let none = HashMap::new();
    let shown = Shown { asked, report: tile.report, names: &none };
    let table = tile.report.tables.get(tile.table);
    let found = table.and_then(|table| at(table, "all", tile.column).map(|found| (table, found)));
    let Some((table, (line, column, cell))) = found else { return html! {} };
    let then = tile.before.and_then(|before| before.tables.get(tile.table));
    let then = then.and_then(|then| value(then, "all", tile.column));
    let inner = html! {
        span.lab { (tile.name) }
        span.val { (figure(cell.value, column.unit)) }
        span.sub { (tile.under) }
        (delta(moved(cell.value, then, column.unit, tile.more_is_good)))
    };
    html! {
        @if cell.counted == 0 { div.tile { (inner) } }
        @else { a.tile href=(shown.behind(&table.figure(line, column))) { (inner) } }
    }
}

fn tiles(asked: &Asked, seen: &Overview) -> Markup {
    let of =
        |report: &Report, column: &str| first(report).and_then(|table| value(table, "all", column));
    let (met, late) = (of(&seen.kept, "resolution_met"), of(&seen.kept, "resolution_breached"));
    let decided = met.unwrap_or(0.0) + late.unwrap_or(0.0);
    let within = |column: &str| match of(&seen.times, column) {
        Some(seconds) => format!("9 in 10 within {}", duration(seconds as i64)),
        None => "nothing measured".to_owned(),
    };
    let base = Tile {
        name: "Resolved within the agreement",
        report: &seen.kept,
        before: seen.kept_before.as_ref(),
        table: 0,
        column: "resolution_share",
        more_is_good: true,
        under: format!("{:.0} of {decided:.0}, goal {GOAL:.0}%", met.unwrap_or(0.0)),
    };
    let times = |name, column, under| Tile {
        name,
        report: &seen.times,
        before: seen.times_before.as_ref(),
        table: 0,
        column,
        more_is_good: false,
        under,
    };
    let acknowledge =
        times("Time to acknowledge, median", "acknowledge_median", within("acknowledge_p90"));
    let resolve = times("Time to resolve, median", "resolve_median", within("resolve_p90"));
    let open = Tile {
        name: "Open at the end",
        report: &seen.backlog,
        before: None,
        table: 1,
        column: "open",
        more_is_good: false,
        under: cards::opened_with(&seen.backlog),
    };
    let confirmed = Tile {
        name: "Confirmed by the requester",
        report: &seen.reopened,
        before: seen.reopened_before.as_ref(),
        table: 0,
        column: "confirmed",
        more_is_good: true,
        under: format!("{} opened again", figure(of(&seen.reopened, "share"), Unit::Share)),
    };
    html! {
        div.tiles {
            @for one in [&base, &acknowledge, &resolve, &open, &confirmed] { (tile(asked, one)) }
        }
    }
}

/// Causes that have a problem, by what they cost, and what comes again without one.
fn causes(who: &SignedIn, seen: &Overview) -> Markup {
    html! {
        section.card aria-labelledby="causes-h" {
            div.card-h { h2 id="causes-h" { a href=(url::PROBLEMS) { "What keeps coming back" } } span.meta { "problems that are not over, by hours lost; " a.link href=(url::RECURRING) { "recurring incidents" } } }
            @if seen.causes.is_empty() && seen.unowned.is_empty() { p.card-b.muted { "No problem has incidents. Open one from recurring incidents, or from the queue: select incidents with one cause and press B." } }
            @else {
                div.scroll-x tabindex="0" role="region" aria-label="What keeps coming back, table" { table.dt {
                    thead { tr {
                        th scope="col" { "Cause" } th.num scope="col" { "Incidents" } th.num scope="col" { "Open" }
                        th.num scope="col" { "Hours lost" } th scope="col" { "State" }
                    } }
                    tbody {
                        @for listed in &seen.causes {
                            @let address = url::problem(listed.problem.number);
                            tr {
                                th scope="row" { a.link href=(address) { (listed.problem.number) " " (listed.problem.title) } }
                                td.num { a href=(address) { (listed.cost.incidents) } }
                                td.num { a href=(address) { (listed.cost.open) } }
                                td.num { a href=(address) { (problems::hours(listed.cost.seconds)) } }
                                td { (problems::state(listed.problem.state)) }
                            }
                        }
                        @for one in &seen.unowned { (unowned(who, one)) }
                    }
                } }
            }
        }
    }
}

/// What comes again, of which nobody looks for the cause.
fn unowned(who: &SignedIn, one: &Recurring) -> Markup {
    let address = url::recurring(one.cluster.id);
    html! {
        tr {
            th scope="row" { a.link href=(address) { (one.cluster.name) } }
            td.num { a href=(address) { (one.incidents) } }
            td.num { a href=(address) { (one.open) } }
            td.num { a href=(address) { (problems::hours(one.seconds)) } }
            td {
                @if may_write_problems(who.viewer()).is_ok() { a.btn.btn-sm href={ (address) "#open" } { "Open a problem" } }
                @else { span.muted { "nobody owns this yet" } }
            }
        }
    }
}

/// Clocks and times by service, team and so on.
fn lines(asked: &Asked, seen: &Overview) -> Markup {
    let by = lines_of(asked);
    let (kept, times) = (&seen.lines.0, &seen.lines.1);
    let (Some(kept_table), Some(times_table)) = (first(kept), first(times)) else {
        return html! {};
    };
    let of_kept = Shown { asked, report: kept, names: &seen.names };
    let of_times = Shown { asked, report: times, names: &seen.names };
    let of_out = Shown { asked, report: &seen.out, names: &seen.names };
    let all: Vec<_> = kept_table.lines.iter().skip(1).collect();
    html! {
        section.card id="lines" aria-labelledby="lines-h" {
            div.card-h {
                h2 id="lines-h" { "By " (by_word(by).to_lowercase()) }
                nav.seg.seg-w aria-label="Lines of the table" {
                    @for one in LINES {
                        a href={ (url::REPORTS) "?" (asked.query()) "&by=" (one) "#lines" } aria-current=[(one == by).then_some("true")] { (by_word(one)) }
                    }
                }
            }
            @if all.is_empty() { p.card-b.muted { "Nothing was reported in these days." } }
            @else {
                div.scroll-x.mts tabindex="0" role="region" aria-label={ "Table by " (by_word(by).to_lowercase()) } { table.dt.rp-t {
                    thead { tr {
                        th scope="col" { (by_word(by)) } th.num scope="col" { "Incidents" } th.num scope="col" { "Late" }
                        th.num scope="col" { "Within the agreement" } th.num scope="col" { "Acknowledge, median" }
                        th.num scope="col" { "Resolve, median" }
                        @if by == By::Service { @for title in ["Available", "Out", "Cost"] { th.num scope="col" { (title) } } }
                    } }
                    tbody {
                        @for line in all.iter().take(LINES_SHOWN) {
                            tr {
                                th scope="row" { (of_kept.head(line)) }
                                @for column in ["incidents", "resolution_breached"] { td.num { (of_kept.figure_at(kept_table, &line.key, column)) } }
                                td.num.crit-t[is_below(kept_table, &line.key)] { (of_kept.figure_at(kept_table, &line.key, "resolution_share")) }
                                @for column in ["acknowledge_median", "resolve_median"] { td.num { (of_times.figure_at(times_table, &line.key, column)) } }
                                @if by == By::Service {
                                    @for column in ["available", "out", "cost"] { td.num { @if let Some(out) = first(&seen.out) { (of_out.figure_at(out, &line.key, column)) } } }
                                }
                            }
                        }
                    }
                } }
                p.card-b.meta {
                    @if all.len() > LINES_SHOWN { "The first " (LINES_SHOWN) " of " (all.len()) ". " }
                    a.link href={ (url::report(Name::Compliance)) "?" (asked.query()) "&by=" (by) } { "All clocks" } ", "
                    a.link href={ (url::report(Name::Times)) "?" (asked.query()) "&by=" (by) } { "all times" } "."
                }
            }
        }
    }
}

/// Whether a line keeps less than the goal.
fn is_below(table: &Table, line: &str) -> bool {
    value(table, line, "resolution_share").is_some_and(|share| share * 100.0 < GOAL)
}

/// The survey, on-call load, communication, downtime.
fn besides(asked: &Asked, seen: &Overview) -> Markup {
    let of =
        |report: &Report, column: &str| first(report).and_then(|table| value(table, "all", column));
    let told = |report: &Report, column: &str, unit| figure(of(report, column), unit);
    let cost = match of(&seen.out, "cost") {
        None => "no cost of an hour is known".to_owned(),
        cost => format!("cost {}", figure(cost, Unit::Amount)),
    };
    let make = |name, report, column, more_is_good, under| Tile {
        name,
        report,
        before: None,
        table: 0,
        column,
        more_is_good,
        under,
    };
    let (content, pages) = (&*seen.content, &*seen.pages);
    let (updates, out) = (&*seen.updates, &*seen.out);
    let rated = format!(
        "{} rated of {}",
        told(content, "rated", Unit::Count),
        told(content, "over", Unit::Count)
    );
    let night = format!("{} by night", told(pages, "night", Unit::Count));
    let missed = format!("{} missed", told(updates, "missed", Unit::Count));
    let all = [
        (Name::Satisfaction, make("Survey, mean score", content, "mean", true, rated)),
        (Name::OnCall, make("Pages", pages, "pages", false, night)),
        (Name::Communication, make("Updates in time", updates, "share", true, missed)),
        (Name::Downtime, make("Services out", out, "out", false, cost)),
    ];
    html! {
        section aria-labelledby="besides-h" {
            h2.vh id="besides-h" { "Survey, on call, communication, downtime" }
            div.tiles { @for (_, one) in &all { (tile(asked, one)) } }
            p.meta.mts {
                "More: "
                @for (at, (name, _)) in all.iter().enumerate() {
                    @if at > 0 { ", " }
                    a.link href={ (url::report(*name)) "?" (asked.query()) } { (title(*name).to_lowercase()) }
                }
                "."
            }
        }
    }
}
