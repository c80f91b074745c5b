//! Reports of service quality: figures, the incidents behind each, and the same for spreadsheets.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::{Incident, load_rows, parse_query};
use crate::json;
use crate::page::{self, Page, PageParams, Params, limit, next_of, words};
use crate::path::Path;
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::reports::{Asked, Called, Report};
use futures_util::stream;
use incident::{Scope, Viewer};
use insight::report::{By, Cell, Figure, Line, Name, Period, Table};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{InOrder, IncidentNumber, Timestamp, limits};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use store::incidents::list;
use utoipa::{IntoParams, ToSchema};

/// The forms of a report: how its address ends, and its media type.
const FORMS: &[(&str, &str)] = &[
    ("json", "application/json"),
    ("csv", "text/csv"),
    ("ndjson", "application/x-ndjson"),
    ("parquet", "application/vnd.apache.parquet"),
];

/// What a report is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct ReportParams {
    /// The first day, such as `2026-11-01`; 30 days until the last when absent.
    from: Option<String>,
    /// The last day, which counts as a whole; today when absent. At most 1,830 days.
    to: Option<String>,
    /// What lines are: `all`, `priority`, `team`, `service`, `organisation`, `category`,
    /// `agreement` (with priorities), `person`, `week`, `month`, as the report has it.
    by: Option<String>,
    /// The time zone of the days, such as `Europe/Berlin`; the instance's when absent.
    zone: Option<String>,
    /// Which incidents, in the query language.
    q: Option<String>,
}

/// Which incidents are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct BehindParams {
    /// The figure, as the report names it.
    #[param(required = true)]
    figure: Option<String>,
    /// As the report was asked for.
    from: Option<String>,
    /// As the report was asked for.
    to: Option<String>,
    /// As the report was asked for.
    by: Option<String>,
    /// As the report was asked for.
    zone: Option<String>,
    /// As the report was asked for.
    q: Option<String>,
    /// Items of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// A report that there is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownReport)]
struct Known {
    name: String,
    /// What its lines can be, the usual first.
    by: Vec<String>,
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Report)]
struct Shown {
    name: String,
    /// What its lines are.
    by: String,
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// The time zone of the days.
    zone: String,
    /// When it was counted: at most a minute ago.
    #[schema(value_type = String, format = DateTime)]
    counted_at: Timestamp,
    tables: Vec<ShownTable>,
    /// Where a level changed: in the backlog how many came each day, in times the medians of
    /// weeks. They are found by a test, not by eye.
    changes: Vec<ShownChange>,
}

/// A table of a report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportTable)]
struct ShownTable {
    key: String,
    columns: Vec<ShownColumn>,
    lines: Vec<ShownLine>,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportColumn)]
struct ShownColumn {
    key: String,
    title: String,
    /// `count`, `share` (0 to 1), `seconds`, `number` or `amount` (units of the instance's currency).
    unit: String,
}

/// A line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportLine)]
struct ShownLine {
    /// `all`, `none`, `P1`, an id, a day, or the first day of a week or month.
    key: String,
    /// What people read.
    name: String,
    /// Its figures, in the order of the columns.
    cells: Vec<ShownCell>,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportFigure)]
struct ShownCell {
    /// Null where there was nothing to count.
    value: Option<f64>,
    /// How many incidents, pages or outages are behind it.
    counted: u64,
    /// Its name, for `…/incidents?figure=`.
    figure: String,
}

/// A level that changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportChange)]
struct ShownChange {
    /// Which time: `acknowledge`, `respond`, `mitigate`, `restore` or `resolve`; null for what
    /// came each day.
    measure: Option<String>,
    /// The first day of the new level, or of its first week.
    day: String,
    /// The mean of a day before, or the median of weeks in seconds.
    before: f64,
    /// The same from then on.
    after: f64,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/reports", "listReports", names)
            .about("reports", "List the reports there are", "")
            .query::<PageParams>()
            .answers::<Page<Known>>(200, "A page of them.")
            .problems(&[401, 403, 422]),
        Door::get("/api/v1/reports/events.xes", "readTraces", traces)
            .about("reports", "Read timelines for process mining", "XES (IEEE 1849): a trace for each incident that was reported in the period and that you see all of, with what happened, when and by whom. Managers, administrators and auditors read who by name; for others each person is a number, the same throughout the log. Nothing that people wrote is in it.")
            .query::<ReportParams>()
            .answers_plainly(200, "application/xml", "The log, sent as it is read.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/reports/{name}", "readReport", read)
            .about("reports", "Read a report", "Of incidents that you see all of, those merged into others with those. `{name}` with `.csv` or `.ndjson`, or `Accept` with `text/csv` or `application/x-ndjson`, gives the same as comma-separated values or lines of JSON; `.parquet` (`application/vnd.apache.parquet`) gives what is counted, a row for each incident, page or outage, typed. 503 while what is counted is being measured after an upgrade.")
            .query::<ReportParams>()
            .answers::<Shown>(200, "The report.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::get("/api/v1/reports/{name}/incidents", "listReportIncidents", behind)
            .about("reports", "List the incidents behind a figure", "Those that are counted, the newest first. One that counts several times is listed once.")
            .query::<BehindParams>()
            .answers::<Page<Incident>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
    ]
}

async fn names(caller: Caller, Params(params): Params<PageParams>) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let known = |name: &Name| Known {
        name: name.to_string(),
        by: name.by().iter().map(By::to_string).collect(),
    };
    let all = Name::ALL.iter().map(known).collect();
    let page = Page::of(all, &params, |report: &Known| report.name.clone())?;
    Ok(json::answer(StatusCode::OK, &page))
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Params(params): Params<ReportParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (name, form) = name.split_once('.').unwrap_or((name.as_str(), accepted(&headers)));
    let asked = asked(name, &params)?;
    if form == "parquet" {
        let rows = app.desk().report_rows(caller.viewer(), &asked).await?;
        return Ok(file(rows.name, &rows.period, form, rows.parquet));
    }
    let report = app.desk().report(caller.viewer(), &asked).await?;
    let labels = app.desk().report_names(&report).await?;
    let label = |key: &str| report.label(&labels, key);
    match form {
        "json" => Ok(json::answer(StatusCode::OK, &shown(&report, &labels))),
        "csv" => Ok(file(report.name, &report.period, form, desk::reports::csv(&report, label))),
        "ndjson" => {
            Ok(file(report.name, &report.period, form, desk::reports::ndjson(&report, label)))
        }
        _ => Err(no_such_report()),
    }
}

async fn behind(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Params(params): Params<BehindParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let BehindParams { figure, from, to, by, zone, q, limit: wanted, cursor } = params;
    let asked = asked(&name, &ReportParams { from, to, by, zone, q })?;
    let figure: Figure = words("figure", figure.as_deref())?
        .unwrap_or_default()
        .parse()
        .map_err(|error: kernel::Invalid| Problem::invalid("figure", error.0))?;
    let limit = limit(wanted.as_deref(), limits::PAGE_ROWS)?;
    let before = page::cursor(cursor.as_deref())?.unwrap_or(i64::MAX);
    let found = app.desk().report_incidents(caller.viewer(), &asked, figure).await?;
    let found = found.ok_or_else(|| Problem::invalid("figure", "is no figure of this report"))?;
    let mut numbers: Vec<IncidentNumber> =
        found.into_iter().filter(|number| number.0 < before).take(limit + 1).collect();
    let next = next_of(&mut numbers, limit, |number| number.0);
    let scope = Scope::of(caller.viewer());
    let mut rows = app.desk().read(move |sql| list::get_many(sql, &scope, &numbers)).await?;
    rows.order_by_key(|row| std::cmp::Reverse(row.number));
    let loaded = load_rows(&app, caller.viewer(), rows, None).await?;
    let items = loaded.iter().map(|one| one.show(&app)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn traces(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ReportParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let asked = asked(Name::Arrivals.as_str(), &params)?;
    let numbers = app.desk().report_numbers(caller.viewer(), &asked).await?;
    let viewer = caller.viewer().clone();
    let called = Called::to(&viewer);
    let numbers = numbers.into();
    let parts = Parts { app, viewer, numbers, called, begun: false, ended: false };
    let pieces = stream::unfold(parts, |mut parts| async move {
        let piece = parts.next().await?;
        Some((piece, parts))
    });
    let name = "attachment; filename=\"events.xes\"";
    let headers = [(CONTENT_TYPE, "application/xml; charset=utf-8"), (CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// A log that is being sent.
struct Parts {
    app: App,
    viewer: Viewer,
    numbers: VecDeque<IncidentNumber>,
    /// How people are called, in all pieces alike.
    called: Called,
    begun: bool,
    ended: bool,
}

impl Parts {
    /// The next piece. An error breaks the connection off, so that no half log looks whole.
    async fn next(&mut self) -> Option<Result<String, std::io::Error>> {
        if self.ended {
            return None;
        }
        if !std::mem::replace(&mut self.begun, true) {
            return Some(Ok(desk::reports::XES_HEAD.to_owned()));
        }
        let count = self.numbers.len().min(desk::reports::TRACES_A_PIECE);
        let some: Vec<IncidentNumber> = self.numbers.drain(..count).collect();
        if some.is_empty() {
            self.ended = true;
            return Some(Ok(desk::reports::XES_TAIL.to_owned()));
        }
        let piece = self.app.desk().traces(&self.viewer, some, &mut self.called).await;
        self.ended = piece.is_err();
        Some(piece.map_err(|trouble| std::io::Error::other(trouble.to_string())))
    }
}

fn no_such_report() -> Problem {
    Problem::not_found("there is no such report")
}

fn asked(name: &str, params: &ReportParams) -> Result<Asked, Problem> {
    let name: Name = name.parse().map_err(|_| no_such_report())?;
    let by = words("by", params.by.as_deref())?.map(str::parse::<By>).transpose();
    let zone = words("zone", params.zone.as_deref())?.map(TimeZone::get).transpose();
    Ok(Asked {
        name,
        by: by.map_err(|error| Problem::invalid("by", error.0))?,
        from: day("from", params.from.as_deref())?,
        to: day("to", params.to.as_deref())?,
        zone: zone
            .map_err(|_| Problem::invalid("zone", "is no time zone, such as Europe/Berlin"))?,
        filter: parse_query(params.q.as_deref())?.filter,
    })
}

/// A day, or the day of an instant in UTC; the instant at which a period ends is no part of it.
fn day(field: &'static str, given: Option<&str>) -> Result<Option<Date>, Problem> {
    let Some(text) = words(field, given)? else { return Ok(None) };
    let wrong = || Problem::invalid(field, "must be a day, such as 2026-11-01");
    if !text.contains('T') {
        return text.parse::<Date>().map(Some).map_err(|_| wrong());
    }
    let at = text.parse::<Timestamp>().map_err(|_| wrong())?;
    let within = if field == "to" { at.plus_seconds(-1) } else { at };
    Ok(Some(within.to_jiff().to_zoned(TimeZone::UTC).date()))
}

/// The form that is asked for by media type, the first of ours that is named; JSON else.
fn accepted(headers: &HeaderMap) -> &'static str {
    let named = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let media = named.flat_map(|value| value.split(','));
    let mut media = media.map(|one| one.split(';').next().unwrap_or_default().trim());
    let form =
        media.find_map(|one| FORMS.iter().find(|(_, known)| one.eq_ignore_ascii_case(known)));
    form.map_or("json", |(form, _)| *form)
}

fn file(name: Name, period: &Period, form: &str, content: impl Into<Body>) -> Response {
    let media_type = FORMS.iter().find(|(known, _)| *known == form).map_or("", |(_, media)| *media);
    let charset = if media_type.starts_with("text/") { "; charset=utf-8" } else { "" };
    let (from, to) = (period.from(), period.to());
    let disposition = format!("attachment; filename=\"{name}-{from}-{to}.{form}\"");
    let headers =
        [(CONTENT_TYPE, format!("{media_type}{charset}")), (CONTENT_DISPOSITION, disposition)];
    (StatusCode::OK, headers, content.into()).into_response()
}

fn shown(report: &Report, labels: &HashMap<String, String>) -> Shown {
    let changes = report.changes.iter().map(|change| ShownChange {
        measure: change.measure.map(|measure| measure.to_string()),
        day: change.day.clone(),
        before: change.before,
        after: change.after,
    });
    let zone = report.period.zone().iana_name().unwrap_or("UTC");
    Shown {
        name: report.name.to_string(),
        by: report.by.to_string(),
        from: report.period.from().to_string(),
        to: report.period.to().to_string(),
        zone: zone.to_owned(),
        counted_at: report.counted_at,
        tables: report.tables.iter().map(|table| shown_table(report, table, labels)).collect(),
        changes: changes.collect(),
    }
}

fn shown_table(report: &Report, table: &Table, labels: &HashMap<String, String>) -> ShownTable {
    let columns = table.columns.iter().map(|column| ShownColumn {
        key: column.key.clone(),
        title: column.title.clone(),
        unit: column.unit.as_str().to_owned(),
    });
    let line = |line: &Line| ShownLine {
        key: line.key.clone(),
        name: report.label(labels, &line.key),
        cells: cells(table, line),
    };
    ShownTable {
        key: table.key.clone(),
        columns: columns.collect(),
        lines: table.lines.iter().map(line).collect(),
    }
}

fn cells(table: &Table, line: &Line) -> Vec<ShownCell> {
    let cells = table.columns.iter().zip(&line.cells);
    let shown = cells.map(|(column, Cell { value, counted })| ShownCell {
        value: *value,
        counted: *counted,
        figure: table.figure(line, column).to_string(),
    });
    shown.collect()
}
