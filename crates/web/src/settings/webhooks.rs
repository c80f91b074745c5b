//! Webhooks: programs elsewhere, and chat rooms, that are told what happens; how each goes.

mod draw;
mod events;
mod form;
mod messages;

use super::editing::{self, Problem, saved, saved_banner};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::queue::suggest::{Suggested, Typed, Whose, suggested};
use crate::route::{get, post};
use axum::extract::{Path, Query, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use desk::Trouble;
use desk::webhooks::{self as hooks, SUBJECT};
use kernel::WebhookId;
use maud::{Markup, html};
use store::Sql;
use store::directory::webhooks::{self as rows, Health, Webhook};
use store::webhooks::Counts;

const SECTION: Section = Section::Webhooks;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/webhooks", get(list).merge(post(create)))
        .route("/settings/webhooks/new", get(new))
        .route("/settings/webhooks/suggest", get(suggest))
        .route("/settings/webhooks/{id}", get(show).merge(post(change)))
        .route("/settings/webhooks/{id}/rotate", post(rotate))
        .route("/settings/webhooks/{id}/remove", post(remove))
        .merge(messages::routes())
}

/// A webhook with how it goes.
struct Standing {
    webhook: Webhook,
    health: Health,
    counts: Counts,
}

impl Standing {
    fn read(sql: &mut dyn Sql, webhook: Webhook, health: Health) -> Result<Self, store::Failure> {
        let counts = store::webhooks::counts(sql, Some(webhook.id))?;
        Ok(Standing { webhook, health, counts })
    }

    async fn of(app: &App, id: WebhookId) -> Result<Self, Trouble> {
        let webhook = app.desk.stored_webhook(id).await?;
        app.desk
            .read(move |sql| {
                let health = rows::health(sql, id)?.unwrap_or_default();
                Standing::read(sql, webhook, health)
            })
            .await
    }
}

async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = app.desk.read(|sql| {
        let all = rows::list(sql)?.into_iter();
        all.map(|(webhook, health)| Standing::read(sql, webhook, health)).collect()
    });
    let all: Vec<Standing> = all.await?;
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New webhook" } },
    );
    let body = html! { (saved_banner(query.as_deref())) (draw::table(&who, &all)) };
    let lead =
        html! { "Programs elsewhere and chat rooms that are told what happens in incidents." };
    Ok(section_page(&who, SECTION, lead, action, body))
}

async fn new(Administrator(who): Administrator) -> Markup {
    draw::new_page(&who, &form::blank(), &Problem::default())
}

/// `GET /settings/webhooks/suggest?q=`: what can be typed next into a condition.
async fn suggest(
    State(app): State<App>,
    Administrator(_): Administrator,
    Query(typed): Query<Typed>,
) -> PageResult<Json<Vec<Suggested>>> {
    suggested(&app, &typed, Whose::Webhook).await
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = WebhookId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(Some(secret)) => {
            let standing = Standing::of(&app, id).await?;
            let above = draw::secret(&secret, "The webhook is made.");
            page(&app, &who, standing, None, &Problem::default(), above).await
        }
        Ok(None) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            Ok((problem.status(), draw::new_page(&who, &fields, &problem)).into_response())
        }
    }
}

async fn insert(
    app: &App,
    who: &SignedIn,
    id: WebhookId,
    fields: &Fields,
) -> Result<Option<String>, Trouble> {
    let draft = form::typed(fields, form::kind(fields)?, true)?;
    let token = draft.token.clone();
    let webhook = app.desk.webhook(id, draft).await?;
    app.desk.change(actor(who), move |sql, audit| hooks::make(sql, audit, &webhook, token)).await
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<WebhookId>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let standing = Standing::of(&app, id).await?;
    let above = html! { (saved_banner(query.as_deref())) (draw::done_banner(query.as_deref())) };
    page(&app, &who, standing, None, &Problem::default(), above).await
}

/// The page of a webhook; `typed` is what somebody wanted it to be.
async fn page(
    app: &App,
    who: &SignedIn,
    standing: Standing,
    typed: Option<&Fields>,
    problem: &Problem,
    above: Markup,
) -> PageResult<Response> {
    let id = standing.webhook.id;
    let recent = app.desk.webhook_messages(who.viewer(), id, (None, None), draw::RECENT).await?;
    let stored = form::shown(&standing.webhook);
    let fields = typed.unwrap_or(&stored);
    let page = draw::page(who, &standing, &recent, fields, problem, above);
    Ok((problem.status(), page).into_response())
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<WebhookId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let standing = Standing::of(&app, id).await?;
            page(&app, &who, standing, Some(&fields), &problem, html! {}).await
        }
    }
}

async fn update(app: &App, who: &SignedIn, id: WebhookId, fields: &Fields) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    let before = app.desk.stored_webhook(id).await?;
    let draft = form::typed(fields, before.kind, fields.ticked("active"))?;
    let token = draft.token.clone();
    let webhook = Webhook { version: seen, ..app.desk.webhook(id, draft).await? };
    app.desk
        .change(actor(who), move |sql, audit| hooks::change(sql, audit, webhook, token).map(drop))
        .await
}

async fn rotate(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<WebhookId>,
) -> PageResult<Response> {
    let secret =
        app.desk.change(actor(&who), move |sql, audit| hooks::rotate(sql, audit, id)).await?;
    let above =
        draw::secret(&secret, "The secret is a new one. The one before signs for a day, too.");
    let standing = Standing::of(&app, id).await?;
    page(&app, &who, standing, None, &Problem::default(), above).await
}

async fn remove(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<WebhookId>,
) -> PageResult<Response> {
    app.desk.change(actor(&who), move |sql, audit| hooks::remove(sql, audit, id)).await?;
    Ok(saved(&SECTION.address()))
}
