//! The incidents behind a figure. Those that missed what was agreed say why in one line.

use super::asked::Asked;
use super::table::Shown;
use super::why::{self, Why};
use super::{cards, frame, one};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::part::empty::empty;
use crate::part::time::{self, counted};
use crate::part::{clock, pri, state};
use crate::url;
use desk::reports::Report;
use incident::clocks::ClockKind;
use incident::{Access, Event, Scope};
use insight::report::{By, Figure, Name};
use kernel::{InOrder, IncidentNumber, Timestamp};
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;
use store::incidents::list::{self, IncidentRow};
use store::incidents::timeline;
use store::{Failure, Sql};

/// Incidents of a page.
const ROWS: usize = 50;
/// Entries of a timeline that are read to tell why: far more than incidents have.
const ENTRIES: u32 = 2_000;

/// What is behind a figure.
pub(super) struct Behind {
    report: Arc<Report>,
    names: HashMap<String, String>,
    figure: Figure,
    by: By,
    /// How many there are, which page this is, from 1, and whether there is another.
    total: usize,
    page: usize,
    rows: Vec<(IncidentRow, Option<Why>)>,
}

/// The clock that a column counts as late.
fn late_clock(name: Name, column: &str) -> Option<ClockKind> {
    let clock = column.strip_suffix("_breached").filter(|_| name == Name::Compliance)?;
    match clock {
        "acknowledge" => Some(ClockKind::Acknowledge),
        "response" => Some(ClockKind::Response),
        "update" => Some(ClockKind::Update),
        "resolution" => Some(ClockKind::Resolution),
        _ => None,
    }
}

impl Behind {
    /// Reads a page of them; nothing where the report has no such figure.
    pub(super) async fn read(
        app: &App,
        who: &SignedIn,
        asked: &Asked,
        name: Name,
        (figure, page): (Figure, usize),
    ) -> PageResult<Behind> {
        let (viewer, by) = (who.viewer(), one::lines_of(name, asked));
        let wanted = asked.of(name, by, &asked.period);
        let report = app.desk.report(viewer, &wanted).await?;
        let names = app.desk.report_names(&report).await?;
        let numbers = app.desk.report_incidents(viewer, &wanted, figure.clone()).await?;
        let numbers = numbers.ok_or(PageError::NotFound)?;
        let total = numbers.len();
        let page = page.clamp(1, total.div_ceil(ROWS).max(1));
        let shown: Vec<IncidentNumber> =
            numbers.into_iter().skip((page - 1) * ROWS).take(ROWS).collect();
        let (scope, now) = (Scope::of(viewer), who.here.now);
        let late = late_clock(name, &figure.column).is_some();
        let rows = app.desk.read(move |sql| rows(sql, &scope, &shown, late, now)).await?;
        Ok(Behind { report, names, figure, by, total, page, rows })
    }
}

/// Those that may be seen, in this order, each with why it was late where that is asked.
fn rows(
    sql: &mut dyn Sql,
    scope: &Scope,
    numbers: &[IncidentNumber],
    late: bool,
    now: Timestamp,
) -> Result<Vec<(IncidentRow, Option<Why>)>, Failure> {
    let mut rows = list::get_many(sql, scope, numbers)?;
    rows.retain(|row| row.access == Access::Full);
    rows.order_by_key(|row| numbers.iter().position(|number| *number == row.number));
    if !late {
        return Ok(rows.into_iter().map(|row| (row, None)).collect());
    }
    let seen: Vec<IncidentNumber> = rows.iter().map(|row| row.number).collect();
    let mut events: HashMap<IncidentNumber, Vec<Event>> = HashMap::new();
    for stored in timeline::timelines(sql, &seen, ENTRIES)? {
        events.entry(stored.number).or_default().push(stored.event);
    }
    let with_why = |row: IncidentRow| {
        let own: Vec<&Event> = events.get(&row.number).into_iter().flatten().collect();
        let why = Why::of(&own, &row.state, now);
        (row, Some(why))
    };
    Ok(rows.into_iter().map(with_why).collect())
}

/// The page.
pub(super) fn page(app: &App, who: &SignedIn, asked: &Asked, behind: &Behind) -> Markup {
    let (report, figure) = (&*behind.report, &behind.figure);
    let shown = Shown { asked, report, names: &behind.names };
    let table = report.tables.iter().find(|table| table.key == figure.table);
    let heading = table.map_or_else(String::new, |table| {
        cards::heading(&shown, table, &figure.line, &figure.column)
    });
    let told = table.and_then(|table| cards::told_figure(table, &figure.line, &figure.column));
    let back =
        format!("{}?{}", url::report(report.name), asked.query_of(&report.period, Some(behind.by)));
    let lead = html! {
        (counted(behind.total as i64, "incident")) @if let Some(told) = &told { ", the figure is " (told) } ". " (frame::days(asked)) ", "
        a.link href=(back) { "the report" } "."
    };
    let main = html! {
        (frame::head(&heading, lead, html! {}))
        @if behind.rows.is_empty() { (empty("None", "Nothing is behind this figure that you see.", Some((back.as_str(), "To the report")))) }
        @else { (list_of(app, who, report.name, behind)) (pages(asked, behind)) }
    };
    frame::page(who, asked, Some(report.name), main)
}

fn list_of(app: &App, who: &SignedIn, name: Name, behind: &Behind) -> Markup {
    let late = late_clock(name, &behind.figure.column);
    let policy = app.desk.policy();
    html! {
        section.card aria-label="Incidents" {
            @match late {
                Some(kind) => {
                    p.card-b.meta { "The first target each passed, how often it changed teams, and where it was longest. The number leads to its clocks." }
                    ul.rp-w { @for (row, why) in &behind.rows { @if let Some(why) = why { (why::entry(row, why, kind, &policy, &who.here)) } } }
                }
                None => div.scroll-x tabindex="0" role="region" aria-label="Incidents, table" { table.dt.rp-t {
                    thead { tr {
                        th scope="col" { "Incident" } th scope="col" { "State" } th scope="col" { "Service" } th scope="col" { "With" }
                        th scope="col" { "Clock" } th scope="col" { "Reported" }
                    } }
                    tbody { @for (row, _) in &behind.rows { (line(who, row)) } }
                } },
            }
        }
    }
}

fn line(who: &SignedIn, row: &IncidentRow) -> Markup {
    let here = &who.here;
    let with = match (&row.assignee, &row.team) {
        (Some(assignee), _) => assignee.name.as_str(),
        (None, Some(team)) => team.name.as_str(),
        (None, None) => "nobody",
    };
    html! {
        tr {
            th scope="row" { (pri::priority(row.state.priority)) " " a.link href=(url::incident(row.number)) { (row.number) " " (row.title) } }
            td { (state::state(&row.state)) }
            td { (row.service.as_ref().map_or("–", |service| service.name.as_str())) }
            td { (with) }
            td { @if let Some(next) = clock::next_seen(&row.state.clocks, row.access) { (clock::sla(next, clock::waits_since(&row.state), here)) } @else { "–" } }
            td { (time::moment(row.state.reported_at, here)) }
        }
    }
}

/// The way to the pages before and after.
fn pages(asked: &Asked, behind: &Behind) -> Markup {
    let address = |page: usize| {
        let query = asked.query_of(&behind.report.period, Some(behind.by));
        let figure = url::encode(&behind.figure.to_string());
        format!("{}/behind?{query}&figure={figure}&page={page}", url::report(behind.report.name))
    };
    let last = behind.total.div_ceil(ROWS);
    html! {
        @if last > 1 {
            nav.btns.mts aria-label="Pages" {
                @if behind.page > 1 { a.btn rel="prev" href=(address(behind.page - 1)) { "Newer" } }
                span.meta { "Page " (behind.page) " of " (last) }
                @if behind.page < last { a.btn rel="next" href=(address(behind.page + 1)) { "Older" } }
            }
        }
    }
}
