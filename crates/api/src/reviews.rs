//! Reviews of incidents that are over. What has to be done after one is in `actions`, what is
//! shown of one in `shown`, how they are written here in `template`.

pub(crate) mod actions;
mod shown;
pub(crate) mod template;

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body, Given, Nothing};
use crate::kept::{self, given};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::{Seen, Tries};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, PersonId, ReviewNumber, Timestamp};
use serde::Deserialize;
use serde_json::json;
use shown::{Brief, Shown};
use std::collections::BTreeMap;
use store::directory::reviews::{Pick, Review, ReviewState};
use utoipa::ToSchema;

/// Which incident is reviewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReview {
    #[schema(value_type = String)]
    incident: IncidentNumber,
}

/// An entry that a review shows.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPick {
    /// The incident, one of its parts or of its children.
    #[schema(value_type = String)]
    incident: IncidentNumber,
    /// The place in its timeline.
    n: u32,
    /// What is said about it.
    remark: Option<String>,
}

/// What to change of a review; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewChange {
    /// `draft` or `in_review`.
    #[schema(value_type = Option<String>)]
    state: Option<ReviewState>,
    /// By e-mail address or id; null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    owner: Option<Option<String>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    summary: Option<String>,
    impact: Option<String>,
    /// These and only these, up to 20; actions refer to their places.
    factors: Option<Vec<String>>,
    helped: Option<String>,
    hard: Option<String>,
    lessons: Option<String>,
    /// Answers to questions of the template, by key; those that are named change.
    answers: Option<BTreeMap<String, String>>,
    /// These and only these, up to 100; entries that you do not see stay.
    picks: Option<Vec<NewPick>>,
}

/// Why it is taken up again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reopening {
    reason: String,
}

pub(crate) fn doors() -> Vec<Door> {
    let change = json!({
        "summary": "Nobody could sign in for an hour.",
        "factors": ["No alert watched the certificate."],
        "picks": [{ "incident": "INC-7", "n": 1 }]
    });
    vec![
        Door::get("/api/v1/reviews", "listReviews", list)
            .about("reviews", "List reviews", "For the service desk: those of incidents that you see as a whole, the latest first; `q` looks in the incident's title.")
            .query::<ListParams>()
            .answers::<Page<Brief>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/reviews", "openReview", open)
            .about("reviews", "Open a review", "Of an incident that is over, with a draft from its facts. Major incidents get theirs by themselves. 200 is the one that there was already.")
            .body::<NewReview>(json!({ "incident": "INC-7" }))
            .once()
            .answers::<Shown>(201, "The review.")
            .answers::<Shown>(200, "The one that there was already.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/reviews/{id}", "readReview", read)
            .about("reviews", "Read a review", "By its number: what people wrote, and what the record says by itself.")
            .answers::<Shown>(200, "The review.")
            .problems(&[401, 403, 404, 503]),
        Door::get("/api/v1/reviews/{id}/markdown", "readReviewAsMarkdown", markdown)
            .about("reviews", "Read a review as Markdown", "Times are by the clock of the instance.")
            .answers_plainly(200, "text/markdown", "The review.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/reviews/{id}", "changeReview", change_one)
            .about("reviews", "Change a review", "For whoever works on the incident, until it is published.")
            .body::<ReviewChange>(change)
            .if_match()
            .answers::<Shown>(200, "The review as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/reviews/{id}", "discardReview", discard)
            .about("reviews", "Discard a review", "For its owner, managers and administrators: one that was never published and has no actions. Majors keep theirs where each gets one by itself.")
            .if_match()
            .answers_plainly(204, "", "It is gone; its number is not given again.")
            .problems(&[401, 403, 404, 409, 412, 503]),
        Door::post("/api/v1/reviews/{id}/publish", "publishReview", publish)
            .about("reviews", "Publish a review", "For its owner, managers and administrators.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<Shown>(200, "The review.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/reviews/{id}/reopen", "reopenReview", reopen)
            .about("reviews", "Take a published review up again", "For its owner, managers and administrators. It is a draft until it is published anew.")
            .body::<Reopening>(json!({ "reason": "The supplier found another cause." }))
            .once()
            .answers::<Shown>(200, "The review.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    let all = app.desk().reviews(caller.viewer()).await?;
    let (found, next) = page_of(all, &params, |one| one.review.number, |one| &one.title)?;
    let directory = app.directory().await?;
    let owners: Vec<PersonId> = found.iter().filter_map(|one| one.review.owner).collect();
    let cards = directory.people(app.desk(), owners).await?;
    let now = app.desk().now();
    let items = found.into_iter().map(|one| Brief::of(one, &cards, now)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn open(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewReview>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let incident = body.value.incident;
    let doing = async {
        let opened = app.desk().open_review(caller.viewer(), incident).await?;
        let shown = shown(&app, &caller, opened.review.number).await?;
        Ok::<_, Problem>(match opened.fresh {
            true => Answered::created(&shown)?,
            false => Answered::good(&shown)?,
        })
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let shown = shown(&app, &caller, number_of(&id)?).await?;
    let version = shown.version;
    Ok(kept::answer(&shown, version))
}

async fn markdown(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let number = number_of(&id)?;
    let zone = TimeZone::get(&app.desk().policy().time_zone).unwrap_or(TimeZone::UTC);
    let text = app.desk().review_markdown(caller.viewer(), number, &zone).await?;
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
}

async fn change_one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ReviewChange>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let number = number_of(&id)?;
    let references = References::of(&app, caller.viewer()).await?;
    let mut tries = Tries::default();
    loop {
        let before = app.desk().review(caller.viewer(), number).await?.review;
        seen.check(before.version)?;
        let row = changed(&references, before, body.value.clone()).await?;
        let done = app.desk().change_review(caller.viewer(), row).await;
        if !tries.again(seen, &done) {
            done?;
            break;
        }
    }
    let shown = shown(&app, &caller, number).await?;
    let version = shown.version;
    Ok(kept::answer(&shown, version))
}

async fn discard(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    app.desk().discard_review(caller.viewer(), number_of(&id)?, seen.must_be).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn changed(
    references: &References<'_>,
    before: Review,
    wish: ReviewChange,
) -> Result<Review, Problem> {
    let owner = wish.owner.as_ref().map(Option::as_deref);
    let owner = references.person_or("owner", owner, before.owner).await?;
    let pick = |new: NewPick| Pick {
        incident: new.incident,
        n: new.n,
        remark: new.remark.unwrap_or_default(),
    };
    let mut answers = before.answers.clone();
    answers.extend(wish.answers.unwrap_or_default());
    Ok(Review {
        state: wish.state.unwrap_or(before.state),
        owner,
        due_at: wish.due_at.unwrap_or(before.due_at),
        summary: wish.summary.unwrap_or_else(|| before.summary.clone()),
        impact: wish.impact.unwrap_or_else(|| before.impact.clone()),
        factors: wish.factors.unwrap_or_else(|| before.factors.clone()),
        helped: wish.helped.unwrap_or_else(|| before.helped.clone()),
        hard: wish.hard.unwrap_or_else(|| before.hard.clone()),
        lessons: wish.lessons.unwrap_or_else(|| before.lessons.clone()),
        answers,
        picks: match wish.picks {
            Some(picks) => picks.into_iter().map(pick).collect(),
            None => before.picks.clone(),
        },
        ..before
    })
}

async fn publish(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let number = number_of(&id)?;
    let doing = async {
        app.desk().publish_review(caller.viewer(), number, None).await?;
        Ok::<_, Problem>(Answered::good(&shown(&app, &caller, number).await?)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn reopen(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Body<Reopening>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (number, reason) = (number_of(&id)?, body.value.reason);
    let doing = async {
        app.desk().reopen_review(caller.viewer(), number, None, reason).await?;
        Ok::<_, Problem>(Answered::good(&shown(&app, &caller, number).await?)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn shown(app: &App, caller: &Caller, number: ReviewNumber) -> Result<Shown, Problem> {
    let case = app.desk().review(caller.viewer(), number).await?;
    let directory = app.directory().await?;
    let review = &case.review;
    let named = [review.owner, review.published_by];
    let owners = case.actions.iter().map(|one| one.action.owner);
    let people: Vec<PersonId> = named.into_iter().chain(owners).flatten().collect();
    let cards = directory.people(app.desk(), people).await?;
    Ok(Shown::of(case, &cards, app.desk().now()))
}

fn number_of(text: &str) -> Result<ReviewNumber, Problem> {
    text.parse().map_err(|_| kept::missing(Review::WHAT).into())
}
