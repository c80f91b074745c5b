//! Escalation policies: who is paged, in which order, after how long, and what happens at
//! the end.

pub(crate) mod draw;
mod form;
mod look;

use self::draw::page;
use super::editing::{self, Problem, saved, saved_banner};
use super::whom::Names;
use super::{ConfiguresPaging, Reads, Section, actor, section_page};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::escalations::{blank_escalation, save_escalation, users_of};
use incident::Policy;
use incident::escalation::Turns;
use kernel::{EscalationId, InOrder, Timestamp};
use maud::{Markup, html};
use store::Sql;
use store::directory::escalations::{self, Escalation};
use store::pages::plan;

const SECTION: Section = Section::Escalations;
const SUBJECT: &str = "escalation_policy";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/escalation-policies", get(list).merge(post(create)))
        .route("/settings/escalation-policies/new", get(new))
        .route("/settings/escalation-policies/new/look", post(look_new))
        .route("/settings/escalation-policies/{id}", get(show).merge(post(change)))
        .route("/settings/escalation-policies/{id}/look", post(look_stored))
}

/// The policies in use to choose from, after a choice of none.
pub(super) fn options(policy: &Policy, none: &str) -> Vec<(String, String)> {
    let known = policy.paging.policies.values();
    let mut all: Vec<(String, String)> =
        known.map(|one| (one.id.to_string(), one.name.clone())).collect();
    all.order_by_key(|(id, name)| (name.to_lowercase(), id.clone()));
    all.insert(0, (String::new(), none.to_owned()));
    all
}

/// What a policy is called, in use or not.
pub(super) fn name(policy: &Policy, id: Option<EscalationId>, none: &'static str) -> String {
    let known = id.map(|id| policy.paging.policies.get(&id));
    match known {
        None => none.to_owned(),
        Some(Some(known)) => known.name.clone(),
        Some(None) => "one that is out of use".to_owned(),
    }
}

/// What a page is drawn from: the policy, stored or new, with what its form chooses from.
struct All {
    stored: Option<Escalation>,
    names: Names,
    /// What is paged by it.
    users: Vec<String>,
    /// The zone of hours where nobody says another.
    zone: String,
    /// Whose turn it was last.
    turns: Turns,
    /// When it is looked at.
    now: Timestamp,
}

impl All {
    async fn read(app: &App, who: &SignedIn, id: Option<EscalationId>) -> PageResult<All> {
        let names = Names::read(app).await?;
        let read = move |sql: &mut dyn Sql| {
            let turns = plan::turns(sql)?;
            let Some(id) = id else { return Ok((None, vec![], turns)) };
            Ok((escalations::get(sql, id)?, users_of(sql, id)?, turns))
        };
        let (stored, users, turns) = app.desk.read(read).await?;
        if id.is_some() && stored.is_none() {
            return Err(PageError::NotFound);
        }
        let zone = who.instance.setting.time_zone.clone();
        Ok(All { stored, names, users, zone, turns, now: app.desk.now() })
    }

    /// What a form means, over what is stored, and what is wrong with it.
    fn draft(&self, fields: &Fields) -> (form::Draft, Errors) {
        let before = self.stored.clone().unwrap_or_else(blank_escalation);
        form::read(fields, before, &self.zone)
    }
}

async fn list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let names = Names::read(&app).await?;
    let read = |sql: &mut dyn Sql| {
        let all = escalations::list(sql)?.into_iter().map(|one| {
            let users = users_of(sql, one.policy.id)?;
            Ok((one, users))
        });
        all.collect::<Result<Vec<_>, store::Failure>>()
    };
    let all = app.desk.read(read).await?;
    let action = who.viewer().configures_paging().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New policy" } },
    );
    let body = html! {
        @if all.is_empty() {
            (empty("No escalation policies yet", "A policy says who is paged first, who next if nobody takes it, and who is told in the end.", None))
        } @else {
            div.card { (table(&all, &names)) }
        }
    };
    let lead = html! { "Who is paged, in which order, until somebody takes it. The policy of a service comes before that of its team." };
    Ok(section_page(&who, SECTION, lead, action, body))
}

fn table(all: &[(Escalation, Vec<String>)], names: &Names) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Escalation policies" { table.dt {
            thead { tr {
                th scope="col" { "Policy" } th scope="col" { "Steps" } th scope="col" { "Begins with" }
                th scope="col" { "For" } th scope="col" { "In use" }
            } }
            tbody { @for (one, users) in all {
                tr {
                    th scope="row" { a href=(SECTION.of(one.policy.id)) { (one.policy.name) } }
                    td { ol { @for (at, step) in one.policy.steps.iter().enumerate() {
                        li { b { (draw::since_begin(&one.policy, at)) } " " (draw::whom_words(step, names)) }
                    } } }
                    td { (one.policy.pages_from) }
                    td { @if users.is_empty() { span.muted { "nothing yet" } } @else { (users.join(", ")) } }
                    td {
                        @match (one.active, one.policy.gone(&names.policy, &names.webhooks).is_empty()) {
                            (false, _) => span.muted { "no" },
                            (true, true) => "yes",
                            (true, false) => span.chip { (icon("alert")) "broken" },
                        }
                    }
                }
            } }
        } }
    }
}

async fn new(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
) -> PageResult<Markup> {
    let all = All::read(&app, &who, None).await?;
    Ok(page(&who, &all, &Fields::default(), &Problem::default(), html! {}))
}

async fn create(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    fields: Fields,
) -> PageResult<Response> {
    save(&app, &who, None, &fields).await
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<EscalationId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = All::read(&app, &who, Some(id)).await?;
    let fields = all.stored.as_ref().map(form::shown).unwrap_or_default();
    Ok(page(&who, &all, &fields, &Problem::default(), saved_banner(query.as_deref())))
}

async fn change(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path(id): Path<EscalationId>,
    fields: Fields,
) -> PageResult<Response> {
    save(&app, &who, Some(id), &fields).await
}

async fn look_new(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    live: Live,
    fields: Fields,
) -> PageResult<Response> {
    look(&app, &who, live, None, &fields).await
}

async fn look_stored(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    live: Live,
    Path(id): Path<EscalationId>,
    fields: Fields,
) -> PageResult<Response> {
    look(&app, &who, live, Some(id), &fields).await
}

/// Whom the form would page, while it is filled in. Nothing is stored.
async fn look(
    app: &App,
    who: &SignedIn,
    live: Live,
    id: Option<EscalationId>,
    fields: &Fields,
) -> PageResult<Response> {
    let all = All::read(app, who, id).await?;
    let patch = draw::beside(who, &all, fields, true);
    let whole = page(who, &all, fields, &Problem::default(), html! {});
    Ok(Answer::patch(patch).else_page(whole).reply(live))
}

/// Stores the form, or shows it again with what is wrong.
async fn save(
    app: &App,
    who: &SignedIn,
    id: Option<EscalationId>,
    fields: &Fields,
) -> PageResult<Response> {
    let all = All::read(app, who, id).await?;
    let (draft, errors) = all.draft(fields);
    let subject = id.map(|id| id.to_string()).unwrap_or_default();
    let problem = match errors.is_empty() {
        false => Problem::invalid(errors),
        true => match store(app, who, &all, &draft.escalation, fields).await {
            Ok(id) => return Ok(saved(&SECTION.of(id))),
            Err(trouble) => Problem::of(app, draft.told(trouble), SUBJECT, subject, "name").await?,
        },
    };
    Ok((problem.status(), page(who, &all, fields, &problem, html! {})).into_response())
}

async fn store(
    app: &App,
    who: &SignedIn,
    all: &All,
    escalation: &Escalation,
    fields: &Fields,
) -> Result<EscalationId, Trouble> {
    let mut escalation = escalation.clone();
    if let Some(stored) = &all.stored {
        escalation.policy.version = editing::version_on(fields, stored.policy.version)?;
    }
    let saved =
        app.desk.change(actor(who), move |sql, audit| save_escalation(sql, audit, escalation));
    Ok(saved.await?.policy.id)
}
