//! The cards of reports: each a drawing, with the same as a table of links.

use super::asked::Asked;
use super::overview::{GOAL, first};
use super::table::{Shown, at, day, priority, value, weekday};
use super::words::{figure, share, title};
use crate::part::chart::{
    AgeRow, Bullet, FlowPoint, HeatRow, LinePoint, ages as age_table, as_table, bullets,
    flow as flow_chart, heat, line,
};
use crate::part::pri;
use crate::part::time::{counted, duration};
use crate::url;
use desk::reports::{Changed, Report};
use insight::report::{By, Line, Name, Table};
use kernel::Priority;
use maud::{Markup, html};
use std::collections::HashMap;

/// Days whose bars stand for one day each; beyond, each stands for a week.
const DAYS_DRAWN: usize = 62;
/// Days that one bar stands for beyond.
const WEEK: usize = 7;
/// Hours whose reports are told together, and how many there must be of all to tell of them.
const STRETCH: usize = 3;
const MANY: i64 = 20;
/// Clocks beside the one of resolving: their columns, and how each is called.
const OTHERS: [(&str, &str); 3] =
    [("acknowledge", "Acknowledged"), ("response", "Answered"), ("update", "Updated")];

/// Times that are drawn by week: their columns, and how each is called.
const TIMES: [(&str, &str); 4] = [
    ("acknowledge", "Time to acknowledge"),
    ("respond", "Time to respond"),
    ("restore", "Time to restore"),
    ("resolve", "Time to resolve"),
];

/// A card whose heading leads to its report.
fn card(asked: &Asked, name: Name, heading: &str, beside: Markup, body: Markup) -> Markup {
    let id = format!("card-{}", heading.to_lowercase().replace([' ', ','], "-"));
    html! {
        section.card aria-labelledby=(id) {
            div.card-h {
                h2 id=(id) { a href={ (url::report(name)) "?" (asked.query()) } { (heading) } }
                (beside)
            }
            div.card-b { (body) }
        }
    }
}

fn shown<'a>(asked: &'a Asked, report: &'a Report, none: &'a HashMap<String, String>) -> Shown<'a> {
    Shown { asked, report, names: none }
}

fn count(table: &Table, line: &str, column: &str) -> i64 {
    at(table, line, column).map_or(0, |(_, _, cell)| cell.counted as i64)
}

/// What of the agreements was kept, by priority. A share that is not whole leads to what was
/// late, and why.
pub(super) fn kept(asked: &Asked, report: &Report) -> Markup {
    let none = HashMap::new();
    let shown = shown(asked, report, &none);
    let Some(table) = first(report) else { return html! {} };
    let bullet = |priority: &Priority| {
        let key = priority.to_string();
        let (met, late) =
            (count(table, &key, "resolution_met"), count(table, &key, "resolution_breached"));
        let told = value(table, &key, "resolution_share");
        let column = if late > 0 { "resolution_breached" } else { "resolution_met" };
        let opens = at(table, &key, column).map(|(line, column, _)| table.figure(line, column));
        Bullet {
            label: html! { (pri::priority(*priority)) },
            share: told.map(|told| told * 100.0),
            value: html! {
                @match (told, opens) {
                    (Some(told), Some(opens)) => a.link href=(shown.behind(&opens)) {
                        (share(told)) span.vh { " of " (key) @if late > 0 { ": what was late, and why" } }
                    },
                    _ => span.muted { "none" },
                }
            },
            beside: html! { (met) " of " (met + late) },
        }
    };
    let rows: Vec<Bullet> = Priority::ALL.iter().map(bullet).collect();
    let body = html! {
        (bullets(GOAL, &rows))
        p.meta.mts {
            @for (at, (key, words)) in OTHERS.iter().enumerate() {
                @if at > 0 { ", " }
                (words) " in time " (shown.figure_at(table, "all", &format!("{key}_share")))
                @if count(table, "all", &format!("{key}_breached")) > 0 { " (" (shown.figure_at(table, "all", &format!("{key}_breached"))) " late)" }
            }
            "."
        }
    };
    let goal = html! { span.key.key-t { "goal " (GOAL) "%" } };
    card(asked, Name::Compliance, "Agreements by priority", goal, body)
}

/// A time by week: the median and what nine in ten do not pass.
pub(super) fn times(asked: &Asked, report: &Report, what: &str, heading: &str) -> Markup {
    let none = HashMap::new();
    let shown = shown(asked, report, &none);
    let Some(table) = first(report) else { return html! {} };
    let columns = ["median", "p90", "count"].map(|column| format!("{what}_{column}"));
    let weeks: Vec<&Line> = table.lines.iter().skip(1).collect();
    let changes: Vec<&Changed> = report
        .changes
        .iter()
        .filter(|one| one.measure.is_some_and(|of| of.as_str() == what))
        .collect();
    let point = |week: &&Line| LinePoint {
        label: day(&week.key),
        middle: value(table, &week.key, &columns[0]),
        high: value(table, &week.key, &columns[1]),
        changes: changes.iter().any(|change| change.day == week.key),
    };
    let points: Vec<LinePoint> = weeks.iter().map(point).collect();
    let beside = html! { span.key.key-p50 { "median" } span.key.key-p90 { "9 in 10" } };
    let body = html! {
        (line(&points, &told(heading, &points)))
        @for change in &changes { p.meta.mts { (changed(change)) } }
        (as_table(&format!("{heading} by week"), html! {
            table.dt {
                thead { tr { th scope="col" { "Week of" } th.num scope="col" { "Median" } th.num scope="col" { "9 in 10 within" } th.num scope="col" { "Incidents" } } }
                tbody { @for week in &weeks {
                    tr {
                        th scope="row" { (day(&week.key)) }
                        @for column in &columns { td.num { (shown.figure_at(table, &week.key, column)) } }
                    }
                } }
            }
        }))
    };
    card(asked, Name::Times, heading, beside, body)
}

/// The chart of times as a sentence.
fn told(heading: &str, points: &[LinePoint]) -> String {
    let ends = |of: fn(&LinePoint) -> Option<f64>| {
        let known: Vec<f64> = points.iter().filter_map(of).collect();
        let words = |value: f64| duration(value as i64);
        Some((words(*known.first()?), words(*known.last()?)))
    };
    let weeks = counted(points.len() as i64, "week");
    match (ends(|point| point.middle), ends(|point| point.high)) {
        (Some((first, last)), Some((high_first, high_last))) => format!(
            "{heading} over {weeks}. The median went from {first} to {last}, nine in ten from {high_first} to {high_last}."
        ),
        _ => format!("{heading} over {weeks}. Nothing was measured."),
    }
}

/// What came and went each day, with what was open.
pub(super) fn flow(asked: &Asked, report: &Report) -> Markup {
    let none = HashMap::new();
    let shown = shown(asked, report, &none);
    let Some(table) = first(report) else { return html! {} };
    let points = flow_points(report, table);
    let sum = |of: fn(&FlowPoint) -> i64| points.iter().map(of).sum::<i64>();
    let (came, went) = (sum(|point| point.came), sum(|point| point.went));
    let says = format!(
        "Incidents that came and went, {}. {came} came, {went} went. {}",
        super::frame::days(asked),
        opened_with(report)
    );
    let beside = html! { span.key { (came) " came" } span.key.key-out { (went) " went" } };
    let body = html! {
        (flow_chart(&points, &says))
        (changes(report))
        (as_table("Came and went by day", html! {
            table.dt {
                thead { tr { th scope="col" { "Day" } @for column in &table.columns { th.num scope="col" { (column.title) } } } }
                tbody { @for line in table.lines.iter().rev().take(DAYS_DRAWN) {
                    tr {
                        th scope="row" { (day(&line.key)) }
                        @for column in &table.columns { td.num { (shown.figure_at(table, &line.key, &column.key)) } }
                    }
                } }
            }
        }))
    };
    card(asked, Name::Backlog, "Came and went", beside, body)
}

/// The days of a backlog as bars, by week where they are many.
fn flow_points(report: &Report, table: &Table) -> Vec<FlowPoint> {
    let size = if table.lines.len() > DAYS_DRAWN { WEEK } else { 1 };
    let bar = |days: &[Line]| {
        let sum = |column: &str| days.iter().map(|one| count(table, &one.key, column)).sum::<i64>();
        let last = days.last().map_or(0, |one| count(table, &one.key, "open"));
        FlowPoint {
            label: days.first().map(|one| day(&one.key)).unwrap_or_default(),
            came: sum("in"),
            went: sum("out"),
            open: last,
            changes: report
                .changes
                .iter()
                .any(|change| days.iter().any(|one| one.key == change.day)),
        }
    };
    table.lines.chunks(size).map(bar).collect()
}

/// "57 when these days began": what was open before the first day.
pub(super) fn opened_with(report: &Report) -> String {
    let begun = first(report).and_then(|table| {
        let day = &table.lines.first()?.key;
        let [open, came, went] = ["open", "in", "out"].map(|column| count(table, day, column));
        Some(open - came + went)
    });
    begun.map_or_else(
        || "These days lie ahead".to_owned(),
        |open| format!("{} when these days began", open.max(0)),
    )
}

/// Where the level of what comes changed, in words.
pub(super) fn changes(report: &Report) -> Markup {
    html! {
        @for change in &report.changes { p.meta.mts { (changed(change)) } }
    }
}

/// One of them: "Restore, median: 3 h since the week of 2 Mar, 5 h before. Chance rarely does that."
fn changed(change: &Changed) -> String {
    let (from, Changed { before, after, .. }) = (day(&change.day), change);
    let levels = match change.measure {
        Some(_) => {
            let [after, before] = [after, before].map(|seconds| duration(*seconds as i64));
            format!("{}: {after} since the week of {from}, {before} before", change.title())
        }
        None => format!("{after:.1} a day came since {from}, {before:.1} before"),
    };
    format!("{levels}. Chance rarely does that.")
}

/// How old what is open is.
pub(super) fn ages(asked: &Asked, report: &Report) -> Markup {
    let none = HashMap::new();
    let shown = shown(asked, report, &none);
    let Some(table) = report.tables.get(1) else { return html! {} };
    let all = table.lines.first();
    let opens = |line: &str, column: &str| {
        // A priority of which nothing is open has no line, and nothing to open.
        at(table, line, column)
            .map_or(String::new(), |(line, column, _)| shown.behind(&table.figure(line, column)))
    };
    let row = |(key, label): (&str, &str)| {
        let part = |priority: &Priority| {
            let line = priority.to_string();
            (count(table, &line, key), opens(&line, key))
        };
        AgeRow {
            label: label.to_owned(),
            parts: Priority::ALL.iter().map(part).collect(),
            href: opens("all", key),
        }
    };
    let buckets = table.columns.iter().skip(1);
    let rows: Vec<AgeRow> =
        buckets.map(|column| row((column.key.as_str(), column.title.as_str()))).collect();
    let open = all.map_or(0, |line| count(table, &line.key, "open"));
    let body = html! {
        div.scroll-x tabindex="0" role="region" aria-label="Age of what is open, table" {
            (age_table("Open incidents by age and priority", &["P1", "P2", "P3", "P4", "P5"], &rows))
        }
    };
    card(asked, Name::Backlog, &format!("Age of the {open} open"), html! {}, body)
}

/// When incidents are reported.
pub(super) fn arrivals(asked: &Asked, report: &Report) -> Markup {
    let none = HashMap::new();
    let shown = shown(asked, report, &none);
    let Some(table) = first(report) else { return html! {} };
    let row = |of: &Line| {
        let mut cells = table.columns.iter().map(|column| {
            let counted = count(table, &of.key, &column.key);
            (counted, (counted > 0).then(|| shown.behind(&table.figure(of, column))))
        });
        let all = cells.next().unwrap_or_default();
        let label = weekday(&of.key).unwrap_or(&of.key).to_owned();
        HeatRow { label, all, hours: cells.collect() }
    };
    let rows: Vec<HeatRow> = table.lines.iter().skip(1).map(row).collect();
    let beside = html! {
        span.meta { "by weekday and hour, " (asked.zone_name) @if let Some(words) = busiest(&rows) { ". " (words) } }
    };
    let body = html! {
        div.scroll-x tabindex="0" role="region" aria-label="When incidents arrive, table" {
            (heat("Incidents reported, by weekday and hour of day", "incident", &rows))
        }
    };
    card(asked, Name::Arrivals, "When incidents arrive", beside, body)
}

/// "Mon 07:00 to 10:00 alone brings 36 of 412": when most come, the first of several; nothing of a
/// few.
fn busiest(rows: &[HeatRow]) -> Option<String> {
    let all: i64 = rows.iter().map(|row| row.all.0).sum();
    let mut best: Option<(i64, &str, usize)> = None;
    for row in rows {
        for (hour, stretch) in row.hours.windows(STRETCH).enumerate() {
            let count: i64 = stretch.iter().map(|(count, _)| *count).sum();
            if best.is_none_or(|(most, ..)| count > most) {
                best = Some((count, row.label.as_str(), hour));
            }
        }
    }
    let (count, day, hour) = best.filter(|_| all >= MANY)?;
    Some(format!("{day} {hour:02}:00 to {:02}:00 alone brings {count} of {all}", hour + STRETCH))
}

/// What stands before the table of a report that has a drawing.
pub(super) fn drawing(asked: &Asked, report: &Report) -> Markup {
    match report.name {
        Name::Backlog => html! { (flow(asked, report)) (ages(asked, report)) },
        Name::Arrivals => arrivals(asked, report),
        Name::Times => times_drawn(asked, report),
        Name::Compliance if first(report).is_some_and(of_priorities) => kept(asked, report),
        _ => html! {},
    }
}

/// Times by week where lines are weeks; where they changed is told in any case.
fn times_drawn(asked: &Asked, report: &Report) -> Markup {
    if report.by == By::Week {
        return html! {
            div.rp-g2 { @for (what, heading) in TIMES { (times(asked, report, what, heading)) } }
        };
    }
    if report.changes.is_empty() {
        return html! {};
    }
    html! {
        section.card aria-labelledby="changes-h" {
            div.card-h { h2 id="changes-h" { "What changed" } }
            div.card-b { (changes(report)) }
        }
    }
}

fn of_priorities(table: &Table) -> bool {
    table.lines.iter().skip(1).all(|line| priority(&line.key).is_some())
}

/// The heading of an incident list: the report, the line, the column.
pub(super) fn heading(shown: &Shown<'_>, table: &Table, line: &str, column: &str) -> String {
    let known = table.columns.iter().find(|known| known.key == column);
    let column = known.map_or("", |column| column.title.as_str());
    format!("{}: {}, {}", title(shown.report.name), shown.label(line), column.to_lowercase())
}

/// A figure as the list of what is behind it tells it.
pub(super) fn told_figure(table: &Table, line: &str, column: &str) -> Option<String> {
    at(table, line, column).map(|(_, column, cell)| figure(cell.value, column.unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_hours_are_told_of_many_alone() {
        let row = |label: &str, busy: usize, count: i64| {
            let hours = (0..24).map(|hour| (if hour == busy { count } else { 0 }, None)).collect();
            HeatRow { label: label.to_owned(), all: (count, None), hours }
        };
        let week = [row("Mon", 9, 12), row("Tue", 23, 9)];
        assert_eq!(busiest(&week).unwrap(), "Mon 07:00 to 10:00 alone brings 12 of 21");
        let late = [row("Tue", 23, 30)];
        assert_eq!(busiest(&late).unwrap(), "Tue 21:00 to 24:00 alone brings 30 of 30");
        assert_eq!((busiest(&[row("Mon", 9, 19)]), busiest(&[])), (None, None));
    }
}
