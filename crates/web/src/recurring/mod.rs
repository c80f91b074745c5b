//! Incidents that come again and again: the list by what they cost, the page of each, on which
//! somebody opens a problem or says that it is nothing.

mod list;
mod one;

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult, status_of};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::problems::in_sentences;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use incident::{Policy, Refusal};
use jiff::civil::Date;
use kernel::{Channel, ClusterId, ProblemNumber, Timestamp};
use maud::{Markup, html};
use store::recurring::Recurring;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::RECURRING, get(all))
        .route("/recurring/{id}", get(show))
        .route("/recurring/{id}/problem", post(open))
        .route("/recurring/{id}/link", post(link))
        .route("/recurring/{id}/dismiss", post(dismiss))
}

/// `GET /recurring?show=dismissed`
async fn all(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let dismissed =
        Fields::parse(query.as_deref().unwrap_or_default()).text("show") == list::DISMISSED;
    let all = app.desk.recurring(who.viewer()).await?;
    Ok(list::page(&who, &app.desk.policy(), &all, dismissed))
}

fn id(text: &str) -> PageResult<ClusterId> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// `GET /recurring/{id}?since=2026-11-02`
async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let id = self::id(&id)?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let mut errors = Errors::default();
    let since = asked.filled("since").map(|text| midnight(&who, text));
    if let Some(None) = since {
        errors.add("since", "is not a day such as 2026-11-02");
    }
    page(&app, &who, id, &asked, &errors, since.flatten()).await
}

/// When a day begins, where the reader is.
fn midnight(who: &SignedIn, text: &str) -> Option<Timestamp> {
    let date: Date = text.parse().ok()?;
    let midnight = date.to_zoned(who.here.zone.clone()).ok()?;
    Some(Timestamp::from_jiff(midnight.timestamp()))
}

async fn page(
    app: &App,
    who: &SignedIn,
    id: ClusterId,
    fields: &Fields,
    errors: &Errors,
    since: Option<Timestamp>,
) -> PageResult<Markup> {
    let case = app.desk.recurring_one(who.viewer(), id).await?;
    let policy = app.desk.policy();
    let (policy, case) = (&*policy, &case);
    Ok(one::View { who, policy, case, fields, errors, since }.page())
}

/// `POST /recurring/{id}/problem`
async fn open(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let id = self::id(&id)?;
    let title = fields.text("title");
    match app.desk.recurring_problem(who.viewer(), Channel::Web, id, title).await {
        Ok(made) => Ok(to_problem(made.problem.number, made.refused.len())),
        Err(trouble) => again(&app, &who, id, &fields, trouble).await,
    }
}

/// `POST /recurring/{id}/link`
async fn link(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let id = self::id(&id)?;
    match linked(&app, &who, id, &fields).await {
        Ok((number, refused)) => Ok(to_problem(number, refused)),
        Err(trouble) => again(&app, &who, id, &fields, trouble).await,
    }
}

async fn linked(
    app: &App,
    who: &SignedIn,
    id: ClusterId,
    fields: &Fields,
) -> Result<(ProblemNumber, usize), Trouble> {
    let number: ProblemNumber = fields
        .text("number")
        .parse()
        .map_err(|_| Refusal::invalid("number", "write the number of a problem, such as PRB-12"))?;
    let linked = app.desk.link_recurring(who.viewer(), Channel::Web, id, number).await;
    match linked {
        Ok((_, refused)) => Ok((number, refused.len())),
        Err(trouble) if status_of(&trouble) == StatusCode::NOT_FOUND => {
            // The incidents are there, or the page itself is none.
            app.desk.recurring_one(who.viewer(), id).await?;
            Err(Refusal::invalid("number", format!("there is no problem {number}")).into())
        }
        Err(trouble) => Err(trouble),
    }
}

/// `POST /recurring/{id}/dismiss`
async fn dismiss(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> PageResult<Response> {
    let id = self::id(&id)?;
    match app.desk.dismiss_recurring(who.viewer(), id).await {
        Ok(()) => Ok(Redirect::to(url::RECURRING).into_response()),
        Err(trouble) => again(&app, &who, id, &Fields::default(), trouble).await,
    }
}

/// The page of the problem, which says how many incidents could not be linked.
fn to_problem(number: ProblemNumber, refused: usize) -> Response {
    let said = match refused {
        0 => "done=saved".to_owned(),
        refused => format!("refused={refused}"),
    };
    Redirect::to(&format!("{}?{said}", url::problem(number))).into_response()
}

/// The page again with what is wrong.
async fn again(
    app: &App,
    who: &SignedIn,
    id: ClusterId,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let status = status_of(&trouble);
    let mut errors = Errors::default();
    match in_sentences(trouble) {
        Trouble::Refused(refusal) if refusal.field.is_some() || refusal.code == "decided" => {
            errors.add(refusal.field.unwrap_or_default(), &refusal.message);
        }
        Trouble::Faults(faults) => {
            faults.iter().for_each(|fault| errors.add(&fault.field, &fault.message));
        }
        trouble => return Err(trouble.into()),
    }
    Ok((status, page(app, who, id, fields, &errors, None).await?).into_response())
}

/// What a cluster is called; one of a service says of which.
fn title(policy: &Policy, cluster: &Recurring) -> String {
    match cluster.service.and_then(|id| policy.services.get(&id)) {
        Some(service) => format!("{}: {}", service.name, cluster.name),
        None => cluster.name.clone(),
    }
}

/// How many came week by week.
fn bars(weeks: &[u32]) -> Markup {
    let highest = weeks.iter().copied().max().unwrap_or_default().max(1);
    let width = 100.0 / weeks.len().max(1) as f64;
    let told: Vec<String> = weeks.iter().map(ToString::to_string).collect();
    let said = format!("Incidents in each of the last {} weeks: {}", weeks.len(), told.join(", "));
    html! {
        svg.d90 role="img" aria-label=(said) {
            @for (place, count) in weeks.iter().enumerate() {
                @let height = (count * HIGHEST).div_ceil(highest).max(1);
                rect class=(if *count == 0 { "wk-b" } else { "wk-r" }) x={ (format!("{:.3}", place as f64 * width)) "%" } y=(HIGHEST - height)
                    width={ (format!("{:.3}", width * 0.72)) "%" } height=(height) rx="1" {}
            }
        }
    }
}

/// Units of the highest bar.
const HIGHEST: u32 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_drawn_and_told() {
        let drawn = bars(&[0, 3, 1]).into_string();
        assert!(drawn.contains("Incidents in each of the last 3 weeks: 0, 3, 1"), "{drawn}");
        assert!(drawn.contains(r#"y="0""#) && drawn.contains(r#"height="24""#), "{drawn}");
        assert!(drawn.contains(r#"height="8""#) && drawn.contains(r#"height="1""#), "{drawn}");
    }
}
