//! What somebody has to do after a review.

use super::number_of;
use super::shown::handle;
use crate::app::App;
use crate::auth::Caller;
use crate::directory::Cards;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, given};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::{Seen, Tries};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::reviews::{ActionFilter, Measured, NewAction};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{ActionId, IncidentNumber, PersonId, ProblemNumber, ReviewNumber, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::reviews::{Action, ActionState, ListedAction};
use utoipa::{IntoParams, ToSchema};

/// The reason of what was dropped without one.
const DROPPED: &str = "Dropped over the API";

/// Something to be done after a review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActionItem)]
pub(super) struct ShownAction {
    #[schema(value_type = String)]
    id: ActionId,
    #[schema(value_type = String)]
    review: ReviewNumber,
    words: String,
    /// The factor of the review that it takes away, from 1.
    factor: Option<u32>,
    /// Who does it, by e-mail address.
    owner: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// `open`, `done` or `dropped`.
    #[schema(value_type = String)]
    state: ActionState,
    /// Whether it is open though its day is over.
    overdue: bool,
    /// Why it was dropped; empty otherwise.
    reason: String,
    /// The problem that it should end.
    #[schema(value_type = Option<String>)]
    problem: Option<ProblemNumber>,
    /// The key of the group of recurring incidents that it should end.
    cluster: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// How often incidents of its problem came before it was done, and since; within a review.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<ShownEffect>,
    /// The incident that was reviewed; in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    incident: Option<IncidentNumber>,
    version: i64,
}

/// What came before an action was done, and since.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActionEffect)]
struct ShownEffect {
    before: u32,
    before_days: i64,
    after: u32,
    after_days: i64,
    /// `too_early`, `too_few`, `fewer`, `no_difference` or `more`.
    told: String,
    /// The same as a sentence.
    words: String,
}

impl ShownAction {
    pub(super) fn of(one: Measured, cards: &Cards, today: Date) -> Self {
        let effect = one.effect.map(|effect| ShownEffect {
            before: effect.before,
            before_days: effect.before_days,
            after: effect.after,
            after_days: effect.after_days,
            told: effect.told.to_string(),
            words: effect.words(),
        });
        let action = one.action;
        ShownAction {
            owner: handle(cards, action.owner),
            overdue: action.is_overdue(today),
            id: action.id,
            review: action.review,
            words: action.words,
            factor: action.factor,
            due_on: action.due_on,
            state: action.state,
            reason: action.reason,
            problem: action.problem,
            cluster: action.cluster,
            ended_at: action.ended_at,
            effect,
            incident: None,
            version: action.version,
        }
    }

    fn listed(one: ListedAction, cards: &Cards, today: Date) -> Self {
        let measured = Measured { action: one.action, effect: None };
        ShownAction { incident: Some(one.incident), ..ShownAction::of(measured, cards, today) }
    }
}

/// How actions are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ActionParams {
    /// Words that must begin words of what is to be done.
    q: Option<String>,
    /// Items of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
    /// Yours alone.
    mine: Option<bool>,
    /// Those that are not done or dropped alone.
    open: Option<bool>,
    /// Those alone that are open though their day is over.
    overdue: Option<bool>,
}

/// A new action.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewActionItem {
    /// The review, where the address does not say it.
    review: Option<String>,
    words: String,
    /// The factor of the review that it takes away, from 1.
    factor: Option<u32>,
    /// By e-mail address or id.
    owner: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// The problem that it should end.
    #[schema(value_type = Option<String>)]
    problem: Option<ProblemNumber>,
    /// The key of the group of recurring incidents that it should end.
    cluster: Option<String>,
}

/// What to change of an action; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActionItemChange {
    words: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    factor: Option<Option<u32>>,
    /// Null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    owner: Option<Option<String>>,
    /// Null for no day.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Option<Date>>,
    /// `open`, `done` or `dropped`; dropping needs a reason.
    #[schema(value_type = Option<String>)]
    state: Option<ActionState>,
    reason: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    problem: Option<Option<ProblemNumber>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    cluster: Option<Option<String>>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::post("/api/v1/reviews/{id}/actions", "addActionItem", add)
            .about("reviews", "Write down what is to be done", "For whoever works on the incident; also after the review was published.")
            .body::<NewActionItem>(json!({ "words": "Watch certificates", "factor": 1, "due_on": "2026-12-15" }))
            .once()
            .answers::<ShownAction>(201, "The action.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/action-items", "listActionItems", list)
            .about("reviews", "List what is to be done after reviews", "For the service desk, what is due first. Of reviews whose incidents you see as a whole.")
            .query::<ActionParams>()
            .answers::<Page<ShownAction>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/action-items", "createActionItem", create)
            .about("reviews", "Write down what is to be done after a review", "The same as within the review, which `review` names.")
            .body::<NewActionItem>(json!({ "review": "PIR-3", "words": "Watch certificates" }))
            .once()
            .answers::<ShownAction>(201, "The action.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/action-items/{id}", "readActionItem", read)
            .about("reviews", "Read what is to be done", "For whoever sees all of the incident.")
            .answers::<ShownAction>(200, "The action.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/action-items/{id}", "changeActionItem", change)
            .about("reviews", "Change what is to be done", "For whoever works on the incident.")
            .body::<ActionItemChange>(json!({ "state": "done" }))
            .if_match()
            .answers::<ShownAction>(200, "The action as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/action-items/{id}", "dropActionItem", remove)
            .about("reviews", "Drop what was to be done", "For whoever works on the incident. It stays with the review, as dropped.")
            .if_match()
            .answers_plainly(204, "", "It is dropped.")
            .problems(&[401, 403, 404, 412, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ActionParams>,
) -> Result<Response, Problem> {
    let yes = |given: Option<bool>| given.unwrap_or(false);
    let filter = ActionFilter {
        mine: yes(params.mine),
        open: yes(params.open),
        overdue: yes(params.overdue),
    };
    let all = app.desk().review_actions(caller.viewer(), filter).await?;
    let params = ListParams { q: params.q, limit: params.limit, cursor: params.cursor };
    let (found, next) = page_of(all, &params, |one| one.action.id, |one| &one.action.words)?;
    let directory = app.directory().await?;
    let owners: Vec<PersonId> = found.iter().filter_map(|one| one.action.owner).collect();
    let cards = directory.people(app.desk(), owners).await?;
    let today = today(&app);
    let items = found.into_iter().map(|one| ShownAction::listed(one, &cards, today)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn add(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Body<NewActionItem>,
) -> Result<Response, Problem> {
    if body.value.review.as_ref().is_some_and(|review| *review != id) {
        return Err(Problem::invalid("review", "is another than the address says"));
    }
    write_down(&app, &caller, once, &id, body).await
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewActionItem>,
) -> Result<Response, Problem> {
    let review = body.value.review.clone();
    let id = review.ok_or_else(|| Problem::invalid("review", "is needed"))?;
    write_down(&app, &caller, once, &id, body).await
}

async fn write_down(
    app: &App,
    caller: &Caller,
    once: Once,
    review: &str,
    body: Body<NewActionItem>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let number = number_of(review)?;
    let references = References::of(app, caller.viewer()).await?;
    let new = body.value;
    let owner = references.opt_person("owner", new.owner.as_deref()).await?;
    let new = NewAction {
        words: new.words,
        factor: new.factor,
        owner,
        due_on: new.due_on,
        problem: new.problem,
        cluster: new.cluster,
    };
    let doing = async {
        let action = app.desk().add_review_action(caller.viewer(), number, new).await?;
        Ok::<_, Problem>(Answered::created(&shown(app, action).await?)?)
    };
    once::done(app, caller, once.of(&body.bytes), doing).await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let action = app.desk().review_action(caller.viewer(), find(&id)?).await?;
    let version = action.version;
    Ok(kept::answer(&shown(&app, action).await?, version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ActionItemChange>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let id = find(&id)?;
    let references = References::of(&app, caller.viewer()).await?;
    let mut tries = Tries::default();
    let action = loop {
        let before = app.desk().review_action(caller.viewer(), id).await?;
        seen.check(before.version)?;
        let wanted = changed(&references, before, body.value.clone()).await?;
        let done = app.desk().change_review_action(caller.viewer(), wanted).await;
        if !tries.again(seen, &done) {
            break done?;
        }
    };
    let version = action.version;
    Ok(kept::answer(&shown(&app, action).await?, version))
}

async fn changed(
    references: &References<'_>,
    before: Action,
    wish: ActionItemChange,
) -> Result<Action, Problem> {
    let owner = wish.owner.as_ref().map(Option::as_deref);
    let owner = references.person_or("owner", owner, before.owner).await?;
    Ok(Action {
        words: wish.words.unwrap_or_else(|| before.words.clone()),
        factor: wish.factor.unwrap_or(before.factor),
        owner,
        due_on: wish.due_on.unwrap_or(before.due_on),
        state: wish.state.unwrap_or(before.state),
        reason: wish.reason.unwrap_or_else(|| before.reason.clone()),
        problem: wish.problem.unwrap_or(before.problem),
        cluster: wish.cluster.unwrap_or_else(|| before.cluster.clone()),
        ..before
    })
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    let (id, mut tries) = (find(&id)?, Tries::default());
    loop {
        let before = app.desk().review_action(caller.viewer(), id).await?;
        seen.check(before.version)?;
        // What was dropped before keeps its reason.
        let reason = match before.reason.is_empty() {
            true => DROPPED.to_owned(),
            false => before.reason.clone(),
        };
        let wanted = Action { state: ActionState::Dropped, reason, ..before };
        let done = app.desk().change_review_action(caller.viewer(), wanted).await;
        if !tries.again(seen, &done) {
            done?;
            return Ok(StatusCode::NO_CONTENT);
        }
    }
}

fn find(text: &str) -> Result<ActionId, Problem> {
    text.parse().map_err(|_| kept::missing(Action::WHAT).into())
}

async fn shown(app: &App, action: Action) -> Result<ShownAction, Problem> {
    let directory = app.directory().await?;
    let cards = directory.people(app.desk(), action.owner).await?;
    Ok(ShownAction::of(Measured { action, effect: None }, &cards, today(app)))
}

/// The day it is, by the clock of the instance.
fn today(app: &App) -> Date {
    let zone = TimeZone::get(&app.desk().policy().time_zone).unwrap_or(TimeZone::UTC);
    app.desk().now().to_jiff().to_zoned(zone).date()
}
