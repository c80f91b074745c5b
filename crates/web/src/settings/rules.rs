//! Rules: what follows by itself when something happens, in which order they are
//! tried, and what one would have done.

mod draw;
pub(super) mod form;
mod tried;

use super::editing::{self, Problem, saved, saved_banner, stale};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::queue::suggest::{Suggested, Typed, Whose, suggested};
use crate::route::{get, post};
use axum::extract::{Path, Query, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use desk::Trouble;
use draw::{Choices, page};
use incident::rules::{Fault, Rule};
use incident::{Policy, Refusal};
use kernel::RuleId;
use maud::{Markup, html};
use store::Sql;
use store::directory::rules;

const SECTION: Section = Section::Rules;
const SUBJECT: &str = "rule";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/rules", get(list).merge(post(create)))
        .route("/settings/rules/new", get(new))
        .route("/settings/rules/try", post(try_new))
        .route("/settings/rules/suggest", get(suggest))
        .route("/settings/rules/look", post(look))
        .route("/settings/rules/{id}", get(show).merge(post(change)))
        .route("/settings/rules/{id}/try", post(try_stored))
        .route("/settings/rules/{id}/move", post(move_it))
        .route("/settings/rules/{id}/remove", post(remove))
}

async fn list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let all = app.desk.read(|sql| {
        let all = rules::list(sql)?;
        let faults = desk::check_rules(sql, &all)?;
        Ok(all.into_iter().zip(faults).collect::<Vec<_>>())
    });
    let all = all.await?;
    let edits = who.viewer().configures();
    let action = edits.then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New rule" } },
    );
    let body = html! {
        @if all.is_empty() {
            (empty("No rules yet", "A rule does the same thing every time: when something happens and a condition holds, its commands follow.", None))
        } @else {
            div.card { (table(&all, &app.desk.policy(), edits)) }
        }
    };
    let lead = html! { "What follows by itself. Rules are tried from the top down; each runs at most once for an incident and a command." };
    Ok(section_page(&who, SECTION, lead, action, body))
}

fn table(all: &[(Rule, Vec<Fault>)], policy: &Policy, edits: bool) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Rules in their order" {
            table.dt {
                thead { tr {
                    th.num scope="col" { "Order" } th scope="col" { "Rule" } th scope="col" { "When" } th scope="col" { "If" } th scope="col" { "Does" } th scope="col" { "In use" }
                    @if edits { th scope="col" { span.vh { "Actions" } } }
                } }
                tbody { @for (at, (rule, faults)) in all.iter().enumerate() {
                    tr {
                        td.num { (at + 1) }
                        th scope="row" { a href=(SECTION.of(rule.id)) { (rule.name) } @if rule.stop { " " span.chip { "last" } } }
                        td { (draw::moments(rule, policy)) }
                        td { @if rule.when.is_empty() { "always" } @else { code { (rule.when) } } }
                        td { (draw::commands(&rule.actions)) }
                        td {
                            @match (rule.active, faults.is_empty()) {
                                (false, _) => span.muted { "no" },
                                (true, true) => "yes",
                                (true, false) => span.chip { (icon("alert")) "broken" },
                            }
                        }
                        @if edits { td.num { (movers(rule, at, all.len())) } }
                    }
                } }
            }
        }
    }
}

fn movers(rule: &Rule, at: usize, count: usize) -> Markup {
    let button = |to: &str, symbol: &'static str, place: usize| {
        html! {
            form method="post" action={ (SECTION.of(rule.id)) "/move" } {
                input type="hidden" name="place" value=(place);
                button.btn.btn-sm.btn-quiet.btn-ic type="submit" aria-label={ "Move " (rule.name) " " (to) } { (icon(symbol)) }
            }
        }
    };
    html! {
        div.btns {
            @if at > 0 { (button("up", "up", at)) }
            @if at + 1 < count { (button("down", "down", at + 2)) }
        }
    }
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Markup> {
    let choices = app.desk.read(|sql| Choices::read(sql, None)).await?;
    let fields = Fields::of(vec![("on".to_owned(), "reported".to_owned())]);
    Ok(page(&who, &choices, None, &fields, &Problem::default(), html! {}))
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = RuleId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => again(&app, &who, None, &fields, trouble).await,
    }
}

async fn insert(app: &App, who: &SignedIn, id: RuleId, fields: &Fields) -> Result<(), Trouble> {
    let rule = form::typed(id, fields, i64::MAX, 1)?;
    let rule = checked(app, rule).await?;
    app.desk
        .change(actor(who), move |sql, audit| desk::rules::make_rule(sql, audit, &rule).map(drop))
        .await
}

/// A rule without fault, its condition in canonical form; the first fault otherwise.
async fn checked(app: &App, mut rule: Rule) -> Result<Rule, Trouble> {
    let asked = rule.clone();
    let faults = app.desk.read(move |sql| desk::check_rule(sql, &asked)).await?;
    if let Some(fault) = faults.first() {
        return Err(Refusal::invalid(form::field_of(&rule, fault), &fault.message).into());
    }
    if let Ok(query) = query::parse_condition(&rule.when) {
        rule.when = query.to_string();
    }
    Ok(rule)
}

/// The form again, with what is wrong.
async fn again(
    app: &App,
    who: &SignedIn,
    id: Option<RuleId>,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let name = id.map(|id| id.to_string()).unwrap_or_default();
    let problem = Problem::of(app, trouble, SUBJECT, name, "name").await?;
    let (choices, stored) = read(app, id).await?;
    let page = page(who, &choices, stored.as_ref(), fields, &problem, html! {});
    Ok((problem.status(), page).into_response())
}

async fn read(app: &App, id: Option<RuleId>) -> PageResult<(Choices, Option<Rule>)> {
    let work = move |sql: &mut dyn Sql| {
        let stored = id.map(|id| rules::get(sql, id)).transpose()?.flatten();
        Ok((Choices::read(sql, stored.as_ref())?, stored))
    };
    let (choices, stored) = app.desk.read(work).await?;
    match (id, &stored) {
        (Some(_), None) => Err(PageError::NotFound),
        _ => Ok((choices, stored)),
    }
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<RuleId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let (choices, stored) = read(&app, Some(id)).await?;
    let stored = stored.ok_or(PageError::NotFound)?;
    let asked = stored.clone();
    let faults = app.desk.read(move |sql| desk::check_rule(sql, &asked)).await?;
    let above = html! {
        (saved_banner(query.as_deref()))
        @if stored.active && !faults.is_empty() {
            div.banner.banner-warn role="status" {
                (icon("alert"))
                div {
                    b { "This rule is left out" } " until it is put right:"
                    @for fault in &faults { br; (form::where_of(fault)) " " (fault.message) }
                }
            }
        }
    };
    let fields = form::shown(&stored);
    Ok(page(&who, &choices, Some(&stored), &fields, &Problem::default(), above))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<RuleId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => again(&app, &who, Some(id), &fields, trouble).await,
    }
}

async fn update(app: &App, who: &SignedIn, id: RuleId, fields: &Fields) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    let mut rule = form::typed(id, fields, 0, seen + 1)?;
    let does = |rule: &Rule| (rule.on.clone(), rule.wait, rule.when.clone(), rule.actions.clone());
    let stored = app.desk.read(move |sql| rules::get(sql, id)).await?;
    // One that is out of date can be taken out of use as it is.
    if rule.active || stored.is_none_or(|stored| does(&stored) != does(&rule)) {
        rule = checked(app, rule).await?;
    }
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = rules::get(sql, id)?;
            let Some(before) = before.filter(|before| before.version == seen) else {
                return stale(seen, rules::get(sql, id)?.map(|now| now.version));
            };
            let rule = Rule { place: before.place, version: seen, ..rule };
            desk::rules::change_rule(sql, audit, &rule).map(drop)
        })
        .await
}

async fn move_it(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<RuleId>,
    fields: Fields,
) -> PageResult<Response> {
    let place: i64 = fields.text("place").parse().unwrap_or(i64::MAX);
    app.desk
        .change(actor(&who), move |sql, audit| {
            let missing = || Refusal::not_found("there is no such rule");
            let before = rules::get(sql, id)?.ok_or_else(missing)?;
            rules::put_at(sql, id, place)?;
            let after = rules::get(sql, id)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await?;
    Ok(saved(&SECTION.address()))
}

async fn remove(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<RuleId>,
) -> PageResult<Response> {
    app.desk
        .change(actor(&who), move |sql, audit| {
            let missing = || Refusal::not_found("there is no such rule");
            let before = rules::get(sql, id)?.ok_or_else(missing)?;
            rules::delete(sql, id)?;
            Ok(audit.deleted(sql, SUBJECT, id, &before)?)
        })
        .await?;
    Ok(saved(&SECTION.address()))
}

async fn try_new(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    tried(&app, &who, None, &fields).await
}

async fn try_stored(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<RuleId>,
    fields: Fields,
) -> PageResult<Response> {
    tried(&app, &who, Some(id), &fields).await
}

/// `GET /settings/rules/suggest?q=`: what can be typed next into a condition.
async fn suggest(
    State(app): State<App>,
    Administrator(_): Administrator,
    Query(typed): Query<Typed>,
) -> PageResult<Json<Vec<Suggested>>> {
    suggested(&app, &typed, Whose::Rule).await
}

/// `POST /settings/rules/look`: how the condition reads, while it is written.
async fn look(
    State(app): State<App>,
    Administrator(_): Administrator,
    fields: Fields,
) -> PageResult<Markup> {
    // What else is wrong is told when it is saved or tried.
    let asked = Rule { wait: None, ..form::blank(form::when(&fields)) };
    let read = query::parse_condition(&asked.when);
    let faults = app.desk.read(move |sql| desk::check_rule(sql, &asked)).await?;
    let faults = faults.into_iter().filter(|fault| fault.field == "when");
    Ok(draw::reads(read.ok().as_ref(), &faults.collect::<Vec<_>>(), fields.ticked("typing"), true))
}

/// The form as it was, and below what the rule would have done. Nothing is stored.
async fn tried(
    app: &App,
    who: &SignedIn,
    id: Option<RuleId>,
    fields: &Fields,
) -> PageResult<Response> {
    match trial(app, who, fields).await {
        Ok(result) => {
            let (choices, stored) = read(app, id).await?;
            let none = Problem::default();
            Ok(page(who, &choices, stored.as_ref(), fields, &none, result).into_response())
        }
        Err(trouble) => again(app, who, id, fields, trouble).await,
    }
}

async fn trial(app: &App, who: &SignedIn, fields: &Fields) -> Result<Markup, Trouble> {
    let rule = form::to_try(fields)?;
    let rule = checked(app, rule).await?;
    let until = app.desk.now();
    let from = until.plus_seconds(-tried::DAYS * 86_400);
    let trial = app.desk.try_rule(who.viewer(), rule.clone(), from, until).await?;
    Ok(tried::card(&rule, &trial, &who.here))
}
