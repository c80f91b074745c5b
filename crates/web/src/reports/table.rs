//! A table of figures as it is shown: each figure opens what is behind it.

use super::asked::{Asked, OWN};
use super::words::{by_word, figure};
use crate::part::icon::icon;
use crate::part::pri;
use crate::url;
use desk::reports::Report;
use insight::report::{By, Cell, Column, Figure, Line, Table, Unit};
use kernel::Priority;
use maud::{Markup, html};
use std::collections::HashMap;

/// Lines of a table that are shown; the download has all.
const LINES_SHOWN: usize = 200;
/// Columns of a kind that stand beside each other at most: more are wider than a screen.
const COLUMNS_BESIDE: usize = 12;

/// What figures are drawn with.
pub(super) struct Shown<'a> {
    /// What was asked.
    pub(super) asked: &'a Asked,
    /// The report.
    pub(super) report: &'a Report,
    /// What teams, services and so on are called, as far as its lines are of them.
    pub(super) names: &'a HashMap<String, String>,
}

impl Shown<'_> {
    /// Where the incidents behind a figure are listed.
    pub(super) fn behind(&self, figure: &Figure) -> String {
        let query = self.asked.query_of(&self.report.period, Some(self.report.by));
        let figure = url::encode(&figure.to_string());
        format!("{}/behind?{query}&figure={figure}", url::report(self.report.name))
    }

    /// What a line is called, as words. What was counted stays when its team or service is gone.
    pub(super) fn label(&self, key: &str) -> String {
        let by = self.report.by;
        match (key, by) {
            ("all", _) => "All".to_owned(),
            ("none", _) => format!("No {}", by_word(by).to_lowercase()),
            (key, By::Week) => format!("Week of {}", day(key)),
            (key, By::Month) => month(key),
            (key, By::All | By::Priority) => weekday(key).unwrap_or(key).to_owned(),
            (key, _) => {
                let told = self.report.label(self.names, key);
                if told == key { "Not in use any more".to_owned() } else { told }
            }
        }
    }

    /// The head of a line: priorities as their markers, all else as words.
    pub(super) fn head(&self, line: &Line) -> Markup {
        let marked = (self.report.by == By::Priority).then(|| priority(&line.key)).flatten();
        html! {
            @match marked {
                Some(known) => (pri::priority(known)),
                None => (self.label(&line.key)),
            }
        }
    }

    /// A figure as a link to what is behind it.
    pub(super) fn figure(
        &self,
        table: &Table,
        line: &Line,
        column: &Column,
        cell: &Cell,
    ) -> Markup {
        let told = figure(cell.value, column.unit);
        html! {
            @if cell.counted == 0 || cell.value.is_none() { span.muted { (told) } }
            @else { a href=(self.behind(&table.figure(line, column))) { (told) } }
        }
    }

    /// The same, found by the keys of its line and column; a dash where there is none.
    pub(super) fn figure_at(&self, table: &Table, line: &str, column: &str) -> Markup {
        match at(table, line, column) {
            Some((line, column, cell)) => self.figure(table, line, column, cell),
            None => html! { span.muted { "–" } },
        }
    }

    /// The whole table, in parts where its columns are too many; `before` has the same of the days
    /// before.
    pub(super) fn table(&self, table: &Table, before: Option<&Table>) -> Markup {
        let (shown, rest) = table.lines.split_at(table.lines.len().min(LINES_SHOWN));
        let (parts, by) = (parts(&table.columns), by_word(self.report.by).to_lowercase());
        let name = |at: usize| match parts.len() {
            1 => format!("Table by {by}"),
            all => format!("Table by {by}, part {} of {all}", at + 1),
        };
        html! {
            @if before.is_some() { p.meta.card-b { "Below each figure: the days before." } }
            @for (at, part) in parts.iter().enumerate() {
                div.scroll-x tabindex="0" role="region" aria-label=(name(at)) {
                    table.dt.rp-t {
                        (self.column_heads(part))
                        tbody { @for line in shown { (self.line(table, line, part, before)) } }
                    }
                }
            }
            @if !rest.is_empty() { p.meta.card-b { "The first " (LINES_SHOWN) " lines; the download has all " (table.lines.len()) "." } }
        }
    }

    /// The heads of columns: what several share stands above them, and each says its own.
    fn column_heads(&self, part: &[Group<'_>]) -> Markup {
        let two = part.iter().any(|group| group.shared().is_some());
        let rows = two.then_some("2");
        html! {
            thead {
                tr {
                    th scope="col" rowspan=[rows] { (by_word(self.report.by)) }
                    @for group in part {
                        @match group.shared() {
                            Some(shared) => th.rp-b scope="colgroup" colspan=(group.columns.len()) { (shared) },
                            None => { @for column in group.columns { th.num scope="col" rowspan=[rows] { (column.title) } } }
                        }
                    }
                }
                @if two {
                    tr {
                        @for group in part {
                            @for (at, column) in group.columns.iter().enumerate() {
                                @if let Some((_, own)) = column.part { th.num.rp-b[at == 0] scope="col" { (own) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn line(
        &self,
        table: &Table,
        line: &Line,
        part: &[Group<'_>],
        before: Option<&Table>,
    ) -> Markup {
        html! {
            tr {
                th scope="row" { (self.head(line)) }
                @for group in part {
                    @for (at, (column, cell)) in group.columns.iter().zip(line.cells.iter().skip(group.first)).enumerate() {
                        td.num.rp-b[at == 0 && column.part.is_some()] {
                            (self.figure(table, line, column, cell))
                            @if let Some((_, _, then)) = before.and_then(|before| self::at(before, &line.key, &column.key)) {
                                div.meta { span.vh { "before " } span.nowrap { (figure(then.value, column.unit)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Columns that stand beside each other: those of a kind, or one of its own kind.
struct Group<'a> {
    /// The place of the first among the columns of its table.
    first: usize,
    columns: &'a [Column],
}

impl Group<'_> {
    /// What they share.
    fn shared(&self) -> Option<&'static str> {
        self.columns.first()?.part.map(|(shared, _)| shared)
    }
}

/// The columns of a table in parts that fit beside the list of reports. What is of a kind stays
/// together, and what is of no kind stands in the first part.
fn parts(columns: &[Column]) -> Vec<Vec<Group<'_>>> {
    let shared = |column: &Column| column.part.map(|(shared, _)| shared);
    let (mut parts, mut part, mut first, mut beside) = (vec![], vec![], 0, 0);
    for columns in columns.chunk_by(|a, b| shared(a).is_some() && shared(a) == shared(b)) {
        let group = Group { first, columns };
        first += columns.len();
        let width = if group.shared().is_some() { columns.len() } else { 0 };
        if beside + width > COLUMNS_BESIDE {
            parts.push(std::mem::take(&mut part));
            beside = 0;
        }
        beside += width;
        part.push(group);
    }
    parts.push(part);
    parts
}

/// A figure by the keys of its line and column.
pub(super) fn at<'a>(
    table: &'a Table,
    line: &str,
    column: &str,
) -> Option<(&'a Line, &'a Column, &'a Cell)> {
    let place = table.columns.iter().position(|known| known.key == column)?;
    let line = table.lines.iter().find(|known| known.key == line)?;
    Some((line, table.columns.get(place)?, line.cells.get(place)?))
}

/// The name of a figure and what it says, for screens beside the reports; nothing where nothing was
/// counted.
pub(crate) fn figure_at(report: &Report, line: &str, column: &str) -> Option<(Figure, String)> {
    let table = report.tables.first()?;
    let (line, column, cell) = at(table, line, column)?;
    let told = figure(cell.value, column.unit);
    (cell.counted > 0 && cell.value.is_some()).then(|| (table.figure(line, column), told))
}

/// Where the incidents behind a figure of such a report are listed, in days of the zone of this
/// name.
pub(crate) fn behind_of(report: &Report, zone: &str, figure: &Figure) -> String {
    let (from, to, by) = (report.period.from(), report.period.to(), report.by);
    let figure = url::encode(&figure.to_string());
    let days = format!("period={OWN}&from={from}&to={to}&zone={}", url::encode(zone));
    format!("{}/behind?{days}&by={by}&figure={figure}", url::report(report.name))
}

/// The value of a figure by the keys of its line and column.
pub(super) fn value(table: &Table, line: &str, column: &str) -> Option<f64> {
    at(table, line, column).and_then(|(_, _, cell)| cell.value)
}

/// The priority that a line is of.
pub(super) fn priority(key: &str) -> Option<Priority> {
    Priority::ALL.iter().copied().find(|known| known.to_string() == key)
}

/// "Mon" of "mon", where it is a day of the week.
pub(super) fn weekday(key: &str) -> Option<&'static str> {
    const WEEK: [(&str, &str); 7] = [
        ("mon", "Mon"),
        ("tue", "Tue"),
        ("wed", "Wed"),
        ("thu", "Thu"),
        ("fri", "Fri"),
        ("sat", "Sat"),
        ("sun", "Sun"),
    ];
    WEEK.iter().find(|(known, _)| *known == key).map(|(_, told)| *told)
}

/// "7 Sep" of "2026-09-07".
pub(super) fn day(key: &str) -> String {
    dated(key, "%-d %b")
}

fn month(key: &str) -> String {
    dated(key, "%B %Y")
}

fn dated(key: &str, form: &str) -> String {
    match key.parse::<jiff::civil::Date>() {
        Ok(date) => date.strftime(form).to_string(),
        Err(_) => key.to_owned(),
    }
}

/// How a figure moved against the days before: words, and whether that is good. Nothing where
/// there is nothing to compare.
pub(super) fn moved(
    now: Option<f64>,
    before: Option<f64>,
    unit: Unit,
    more_is_good: bool,
) -> Option<(String, Option<bool>)> {
    let (now, before) = (now?, before?);
    let difference = now - before;
    let told = match unit {
        Unit::Share => format!("{:+.1} points", difference * 100.0).replace('-', "−"),
        Unit::Seconds => {
            let length = crate::part::time::duration(difference.abs() as i64);
            format!("{length} {}", if difference > 0.0 { "slower" } else { "faster" })
        }
        Unit::Count => format!("{difference:+.0}").replace('-', "−"),
        Unit::Number => format!("{difference:+.1}").replace('-', "−"),
        Unit::Amount => {
            let more = if difference > 0.0 { "+" } else { "" };
            format!("{more}{}", kernel::grouped(difference.round() as i64))
        }
    };
    let least = if unit == Unit::Share { 0.000_5 } else { 0.05 };
    match difference.abs() < least {
        true => Some(("no change".to_owned(), None)),
        false => Some((told, Some((difference > 0.0) == more_is_good))),
    }
}

/// The same as a line of a tile.
pub(super) fn delta(moved: Option<(String, Option<bool>)>) -> Markup {
    html! {
        @if let Some((words, good)) = moved {
            span.sub {
                span.delta-good[good == Some(true)].delta-bad[good == Some(false)] { (words) }
                " against the days before"
            }
        }
    }
}

/// The links that take a report along.
pub(super) fn downloads(links: &[(&str, String)]) -> Markup {
    html! {
        @for (label, href) in links { a.btn href=(href) download { (icon("download")) (label) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insight::report::Name;

    #[test]
    fn what_moved_is_told_with_whether_it_is_good() {
        for (now, before, unit, more, told) in [
            (Some(0.976), Some(0.965), Unit::Share, true, Some(("+1.1 points", Some(true)))),
            (Some(0.96), Some(0.97), Unit::Share, true, Some(("−1.0 points", Some(false)))),
            (Some(360.0), Some(480.0), Unit::Seconds, false, Some(("2 m faster", Some(true)))),
            (Some(480.0), Some(360.0), Unit::Seconds, false, Some(("2 m slower", Some(false)))),
            (Some(64.0), Some(57.0), Unit::Count, false, Some(("+7", Some(false)))),
            (Some(5.0), Some(5.0), Unit::Count, false, Some(("no change", None))),
            (None, Some(5.0), Unit::Count, false, None),
        ] {
            let expected = told.map(|(words, good)| (words.to_owned(), good));
            assert_eq!(moved(now, before, unit, more), expected);
        }
    }

    #[test]
    fn wide_tables_come_in_parts_that_keep_what_is_of_a_kind_together() {
        let widths = |name| {
            let columns = insight::report::columns(name);
            let parts = parts(&columns);
            let all = || parts.iter().flatten();
            let places: Vec<usize> = all().map(|group| group.first).collect();
            assert!(places.is_sorted(), "{places:?}");
            assert_eq!(all().map(|group| group.columns.len()).sum::<usize>(), columns.len());
            let width =
                |part: &Vec<Group<'_>>| part.iter().map(|group| group.columns.len()).sum::<usize>();
            parts.iter().map(width).collect::<Vec<usize>>()
        };
        assert_eq!(widths(Name::Compliance), [13]);
        assert_eq!(widths(Name::Times), [13, 12, 8]);
        assert_eq!(widths(Name::Hops), [6]);
        assert_eq!(widths(Name::Arrivals), [0]);
    }

    #[test]
    fn days_and_months_are_told_as_people_write_them() {
        assert_eq!(
            (day("2026-09-07"), month("2026-11-01")),
            ("7 Sep".into(), "November 2026".into())
        );
        assert_eq!(day("no day"), "no day");
    }
}
