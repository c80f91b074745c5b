//! Reports that are sent by mail: what was arranged, for whom, and when each is due.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::reports::mailed as rules;
use insight::report::{By, Name, Pace, Past, Turn};
use kernel::{Invalid, PersonId, ReportId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::str::FromStr;
use store::reports::mailed::Mailing;
use utoipa::ToSchema;

/// The hour at which a report is sent when nobody says at which.
const USUAL_HOUR: u8 = 7;

/// A report that is sent by mail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MailedReport)]
struct Shown {
    #[schema(value_type = String)]
    id: ReportId,
    /// Who arranged it: an id.
    #[schema(value_type = String)]
    owner: PersonId,
    /// Which report.
    report: String,
    /// What its lines are.
    by: String,
    /// Which incidents, in the query language; empty: all.
    q: String,
    /// The time zone of its days and of its hour.
    zone: String,
    /// Which days: `yesterday`, `last_week`, `last_month`, `last_quarter`, `last_year`.
    past: String,
    /// `daily`, `weekly`, `monthly`.
    pace: String,
    /// Weekly: 1 for Monday to 7. Monthly: 1 to 31; shorter months have it on their last day.
    day: u8,
    /// 0 to 23.
    hour: u8,
    /// Who gets it: ids.
    #[schema(value_type = Vec<String>)]
    people: BTreeSet<PersonId>,
    /// When it is sent next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    version: i64,
}

/// A new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMailedReport)]
struct New {
    /// Which report.
    report: String,
    /// What its lines are; the usual of the report when absent.
    by: Option<String>,
    /// Which incidents, in the query language; all when absent.
    q: Option<String>,
    /// The time zone of its days and of its hour; the instance's when absent.
    zone: Option<String>,
    /// Which days: `yesterday`, `last_week`, `last_month`, `last_quarter`, `last_year`.
    past: String,
    /// `daily`, `weekly`, `monthly`.
    pace: String,
    /// Weekly: 1 for Monday to 7. Monthly: 1 to 31. 1 when absent.
    day: Option<u8>,
    /// 0 to 23; 7 when absent.
    hour: Option<u8>,
    /// Who gets it: people who may see reports, by id or address; yourself when absent.
    people: Option<Vec<String>>,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailedReportChange)]
struct Changes {
    by: Option<String>,
    q: Option<String>,
    zone: Option<String>,
    past: Option<String>,
    pace: Option<String>,
    day: Option<u8>,
    hour: Option<u8>,
    /// Instead of those who get it now.
    people: Option<Vec<String>>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/mailed-reports", "listMailedReports", list)
            .about("reports", "List reports that are sent by mail", "One's own; administrators see all.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/mailed-reports", "createMailedReport", create)
            .about("reports", "Have a report sent by mail", "For managers and administrators. Everybody gets the figures that they may see themselves, in their language, with all lines as a file. What was due before it is created is not sent, and after a time without service only the last that was due.")
            .body::<New>(json!({ "report": "compliance", "by": "team", "past": "last_week", "pace": "weekly", "day": 1, "hour": 7, "zone": "Europe/Berlin" }))
            .once()
            .answers::<Shown>(201, "It.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
        Door::get("/api/v1/mailed-reports/{id}", "readMailedReport", read)
            .about("reports", "Read a report that is sent by mail", "")
            .answers::<Shown>(200, "It.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/mailed-reports/{id}", "changeMailedReport", change)
            .about("reports", "Change a report that is sent by mail", "One's own; administrators change all.")
            .body::<Changes>(json!({ "hour": 8 }))
            .if_match()
            .answers::<Shown>(200, "It, as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/mailed-reports/{id}", "stopMailedReport", stop)
            .about("reports", "Send a report by mail no more", "One's own; administrators stop all.")
            .if_match()
            .answers_plainly(204, "", "It is sent no more.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let viewer = caller.viewer().clone();
    let all = app.desk().read(move |sql| rules::mailings(sql, &viewer)).await?;
    let (found, next) = page_of(all, &params, |one| one.id, |one| one.report.as_str())?;
    let now = app.desk().now();
    let items = found.into_iter().map(|one| shown(one, now)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<New>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let new = body.value;
    let me = caller.viewer().person;
    let report: Name = word("report", &new.report)?;
    let usual = report.by().first().copied().unwrap_or(By::All);
    let turn = Turn {
        pace: word("pace", &new.pace)?,
        day: new.day.unwrap_or(1),
        hour: new.hour.unwrap_or(USUAL_HOUR),
    };
    let mailing = Mailing {
        id: ReportId(desk::fresh()),
        owner: me,
        report,
        by: new.by.as_deref().map_or(Ok(usual), |by| word("by", by))?,
        query: new.q.unwrap_or_default(),
        zone: new.zone.unwrap_or_else(|| app.desk().policy().time_zone.clone()),
        past: word("past", &new.past)?,
        turn,
        people: match new.people {
            Some(named) => people(&app, &caller, &named).await?,
            None => BTreeSet::from([me]),
        },
        done_until: app.desk().now(),
        version: 1,
    };
    let (viewer, now) = (caller.viewer().clone(), app.desk().now());
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        Ok(shown(rules::make(sql, audit, &viewer, mailing)?, now))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (id, viewer) = (find(&id)?, caller.viewer().clone());
    let one = app.desk().read(move |sql| Ok(rules::get(sql, &viewer, id))).await??;
    let version = one.version;
    Ok(kept::answer(&shown(one, app.desk().now()), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<Changes>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (id, change) = (find(&id)?, body.value);
    let by = change.by.as_deref().map(|text| word::<By>("by", text)).transpose()?;
    let past = change.past.as_deref().map(|text| word::<Past>("past", text)).transpose()?;
    let pace = change.pace.as_deref().map(|text| word::<Pace>("pace", text)).transpose()?;
    let named = match &change.people {
        Some(named) => Some(people(&app, &caller, named).await?),
        None => None,
    };
    let viewer = caller.viewer().clone();
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        let before = rules::get(sql, &viewer, id)?;
        kept::check_seen(seen.must_be, before.version)?;
        let Turn { pace: its_pace, day, hour } = before.turn;
        let after = Mailing {
            by: by.unwrap_or(before.by),
            query: change.q.unwrap_or(before.query),
            zone: change.zone.unwrap_or(before.zone),
            past: past.unwrap_or(before.past),
            turn: Turn {
                pace: pace.unwrap_or(its_pace),
                day: change.day.unwrap_or(day),
                hour: change.hour.unwrap_or(hour),
            },
            people: named.unwrap_or(before.people),
            ..before
        };
        rules::change(sql, audit, &viewer, after)
    });
    let one = changed.await?;
    let version = one.version;
    Ok(kept::answer(&shown(one, app.desk().now()), version))
}

async fn stop(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    let (id, viewer) = (find(&id)?, caller.viewer().clone());
    let stop = app.desk().change(caller.actor(), move |sql, audit| {
        rules::stop(sql, audit, &viewer, (id, seen.must_be))
    });
    stop.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The people that are named by id or address.
async fn people(
    app: &App,
    caller: &Caller,
    named: &[String],
) -> Result<BTreeSet<PersonId>, Problem> {
    if named.len() > rules::READERS_MAX {
        let words = format!("must be 1 to {} people", rules::READERS_MAX);
        return Err(Problem::invalid("people", words));
    }
    References::of(app, caller.viewer()).await?.people("people", named).await
}

fn find(text: &str) -> Result<ReportId, Problem> {
    text.parse().map_err(|_| Problem::not_found("there is no such mailed report"))
}

fn word<T: FromStr<Err = Invalid>>(field: &'static str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: Invalid| Problem::invalid(field, error.0))
}

fn shown(one: Mailing, now: Timestamp) -> Shown {
    let next_at = rules::next_due(&one, now);
    let Mailing { id, owner, report, by, query, zone, past, turn, people, version, .. } = one;
    Shown {
        id,
        owner,
        report: report.to_string(),
        by: by.to_string(),
        q: query,
        zone,
        past: past.to_string(),
        pace: turn.pace.to_string(),
        day: turn.day,
        hour: turn.hour,
        people,
        next_at,
        version,
    }
}
