//! Reports that are sent by mail: what was arranged, by whom, for whom. Managers arrange it, each
//! their own; administrators see all.

mod draw;

use super::asked::Asked;
use super::named;
use super::one::lines_of;
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::{get, post};
use crate::settings::actor;
use crate::settings::editing::{self, Problem, ids, saved, saved_banner};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::reports::mailed::{self as rules, may_arrange, may_read};
use incident::Refusal;
use insight::report::{By, Pace, Turn};
use kernel::{PersonId, ReportId, Timestamp};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::Sql;
use store::directory::people::{self, PeopleFilter, Person};
use store::reports::mailed::Mailing;

/// People offered as readers at most.
const PEOPLE_OFFERED: usize = 1_000;
/// The hour that is offered first.
const USUAL_HOUR: &str = "7";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(url::MAILED_REPORTS, get(list).merge(post(create)))
        .route("/reports/mailed/new", get(new))
        .route("/reports/mailed/{id}", get(show).merge(post(change)))
        .route("/reports/mailed/{id}/stop", post(stop))
}

/// Where the report that is shown is arranged to be sent; nothing for who may not.
pub(super) fn address_for(who: &SignedIn, asked: &Asked, name: super::Name) -> Option<String> {
    let by = lines_of(name, asked);
    may_arrange(who.viewer()).then(|| url::new_mailed_report(name, by, &asked.of_whom()))
}

/// `GET /reports/mailed`
async fn list(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let viewer = who.viewer().clone();
    let (all, names) = app
        .desk
        .read(move |sql| {
            let all = rules::mailings(sql, &viewer)?;
            let ids: BTreeSet<PersonId> =
                all.iter().flat_map(|one| one.people.iter().copied().chain([one.owner])).collect();
            let ids: Vec<PersonId> = ids.into_iter().collect();
            let names = people::names(sql, &ids)?;
            Ok((all, names))
        })
        .await?;
    let body = html! { (saved_banner(query.as_deref())) (draw::list(&who, &all, &names)) };
    Ok(draw::page(&who, None, body))
}

/// `GET /reports/mailed/new?report=&by=&zone=&q=`
async fn new(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    must_arrange(&who)?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let report = named(asked.text("report"))?;
    let usual = report.by().first().copied().unwrap_or(By::All);
    let by = asked.filled("by").and_then(|word| word.parse::<By>().ok());
    let by = by.filter(|by| report.by().contains(by)).unwrap_or(usual);
    let fields = Fields::default()
        .with("report", report.as_str())
        .with("by", by.as_str())
        .with("zone", asked.filled("zone").unwrap_or(&who.zone_name))
        .with("q", asked.text("q"))
        .with("past", "last_week")
        .with("pace", "weekly")
        .with("weekday", "1")
        .with("month_day", "1")
        .with("hour", USUAL_HOUR)
        .with("people", who.viewer().person.to_string());
    form(&app, &who, None, &fields, &Problem::default()).await
}

/// `POST /reports/mailed`
async fn create(State(app): State<App>, Staff(who): Staff, fields: Fields) -> PageResult<Response> {
    must_arrange(&who)?;
    let (id, viewer, typed_in) = (ReportId(desk::fresh()), who.viewer().clone(), fields.clone());
    let made = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let one = typed(id, viewer.person, &typed_in, 1)?;
            rules::make(sql, audit, &viewer, one)
        })
        .await;
    answer(&app, &who, made, (id, None), &fields).await
}

/// `GET /reports/mailed/{id}`
async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<ReportId>,
) -> PageResult<Markup> {
    must_arrange(&who)?;
    let one = stored(&app, &who, id).await?;
    form(&app, &who, Some(&one), &shown(&one), &Problem::default()).await
}

/// `POST /reports/mailed/{id}`
async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<ReportId>,
    fields: Fields,
) -> PageResult<Response> {
    must_arrange(&who)?;
    let one = stored(&app, &who, id).await?;
    let (viewer, typed_in) = (who.viewer().clone(), fields.clone());
    let changed = app
        .desk
        .change(actor(&who), move |sql, audit| {
            let one = typed(id, viewer.person, &typed_in, editing::version(&typed_in)?)?;
            rules::change(sql, audit, &viewer, one)
        })
        .await;
    answer(&app, &who, changed, (id, Some(&one)), &fields).await
}

/// `POST /reports/mailed/{id}/stop`
async fn stop(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<ReportId>,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    app.desk
        .change(actor(&who), move |sql, audit| rules::stop(sql, audit, &viewer, (id, None)))
        .await?;
    Ok(saved(url::MAILED_REPORTS))
}

/// The list after it was stored, or the form with what is wrong.
async fn answer(
    app: &App,
    who: &SignedIn,
    done: Result<Mailing, Trouble>,
    (id, one): (ReportId, Option<&Mailing>),
    fields: &Fields,
) -> PageResult<Response> {
    match done {
        Ok(_) => Ok(saved(url::MAILED_REPORTS)),
        Err(trouble) => {
            let problem = Problem::of(app, trouble, Mailing::WHAT, id.to_string(), "").await?;
            let again = form(app, who, one, fields, &problem).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn form(
    app: &App,
    who: &SignedIn,
    one: Option<&Mailing>,
    fields: &Fields,
    problem: &Problem,
) -> PageResult<Markup> {
    let filter = PeopleFilter { staff_only: true, active: Some(true), ..PeopleFilter::default() };
    let chosen = fields.all("people").filter_map(|id| id.parse().ok()).take(rules::READERS_MAX);
    let chosen: Vec<PersonId> = chosen.collect();
    let read = move |sql: &mut dyn Sql| {
        let offered = people::list(sql, &filter, PEOPLE_OFFERED, None)?;
        Ok(with_chosen(offered, people::get_many(sql, &chosen)?))
    };
    let mut offered = app.desk.read(read).await?;
    offered.retain(may_read);
    Ok(draw::page(who, Some(one.is_some()), draw::form(who, one, fields, problem, &offered)))
}

/// Whoever is chosen is offered too, or saving the form again would end their mail.
fn with_chosen(mut offered: Vec<Person>, chosen: Vec<Person>) -> Vec<Person> {
    let known: BTreeSet<PersonId> = offered.iter().map(|person| person.id).collect();
    offered.extend(chosen.into_iter().filter(|person| !known.contains(&person.id)));
    offered
}

fn must_arrange(who: &SignedIn) -> PageResult<()> {
    match may_arrange(who.viewer()) {
        true => Ok(()),
        false => Err(PageError::forbidden("managers arrange that reports are sent")),
    }
}

async fn stored(app: &App, who: &SignedIn, id: ReportId) -> PageResult<Mailing> {
    let viewer = who.viewer().clone();
    let found = app.desk.read(move |sql| Ok(rules::get(sql, &viewer, id))).await?;
    Ok(found?)
}

/// What was arranged as the form holds it.
fn shown(one: &Mailing) -> Fields {
    let day = one.turn.day.to_string();
    let (weekday, month_day) = match one.turn.pace {
        Pace::Monthly => ("1", day.as_str()),
        Pace::Daily | Pace::Weekly => (day.as_str(), "1"),
    };
    let fields = Fields::default()
        .with("report", one.report.as_str())
        .with("by", one.by.as_str())
        .with("zone", one.zone.as_str())
        .with("q", one.query.as_str())
        .with("past", one.past.as_str())
        .with("pace", one.turn.pace.as_str())
        .with("weekday", weekday)
        .with("month_day", month_day)
        .with("hour", one.turn.hour.to_string());
    one.people.iter().fold(fields, |fields, person| fields.and("people", person.to_string()))
}

/// What was arranged as the form says it.
fn typed(id: ReportId, me: PersonId, fields: &Fields, version: i64) -> Result<Mailing, Trouble> {
    let pace: Pace = chosen(fields, "pace")?;
    let day = match pace {
        Pace::Daily => 1,
        Pace::Weekly => chosen(fields, "weekday")?,
        Pace::Monthly => chosen(fields, "month_day")?,
    };
    Ok(Mailing {
        id,
        owner: me,
        report: chosen(fields, "report")?,
        by: chosen(fields, "by")?,
        query: fields.text("q").trim().to_owned(),
        zone: fields.text("zone").trim().to_owned(),
        past: chosen(fields, "past")?,
        turn: Turn { pace, day, hour: chosen(fields, "hour")? },
        people: ids(fields, "people")?,
        // The desk says from when on.
        done_until: Timestamp::from_micros(0),
        version,
    })
}

fn chosen<T: std::str::FromStr>(fields: &Fields, field: &'static str) -> Result<T, Trouble> {
    let wrong = |_| Trouble::from(Refusal::invalid(field, "Choose one of the list"));
    fields.text(field).parse().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_chosen_is_offered_once_however_many_there_are() {
        let begin = Timestamp::from_micros(0);
        let person = |name: &str| Person::new(PersonId(desk::fresh()), name, None, begin);
        let (ada, zoe) = (person("Ada"), person("Zoe"));
        let offered = with_chosen(vec![ada.clone()], vec![ada, zoe]);
        let names: Vec<&str> = offered.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names, ["Ada", "Zoe"]);
    }
}
