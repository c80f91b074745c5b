//! What must be known before somebody resolves an incident.

use super::{SECTION, SUBJECT, page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::settings::actor;
use crate::settings::editing::{self, Problem, saved, stale, version_field};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::policy::Closure;
use maud::{Markup, html};
use store::directory::settings::{self, Setting};
use store::{Failure, Sql};

/// `POST /settings/resolution-codes/closure`
pub(super) async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let id = settings::CLOSURE.to_owned();
            let problem = Problem::of(&app, trouble, SUBJECT, id, "").await?;
            let card = card(&app, &who, Some(fields), &problem).await?;
            let again = page(&app, &who, None, &Problem::default(), html! {}, card).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let (seen, closure) = (editing::version(fields)?, ticked(fields));
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = stored(sql)?;
            if !settings::put(sql, settings::CLOSURE, &closure, seen)? {
                return stale(seen, Some(before.version));
            }
            Ok(audit.changed(sql, SUBJECT, settings::CLOSURE, &before.value, &closure)?)
        })
        .await
}

fn ticked(fields: &Fields) -> Closure {
    Closure {
        category: fields.ticked("category"),
        cause: fields.ticked("cause"),
        knowledge: fields.ticked("knowledge"),
    }
}

fn stored(sql: &mut dyn Sql) -> Result<Setting<Closure>, Failure> {
    let stored = settings::get(sql, settings::CLOSURE)?;
    Ok(stored.unwrap_or_else(|| Setting { value: Closure::default(), version: 0 }))
}

/// The form, or what it says for whoever only reads.
pub(super) async fn card(
    app: &App,
    who: &SignedIn,
    typed: Option<Fields>,
    problem: &Problem,
) -> PageResult<Markup> {
    let setting = app.desk.read(stored).await?;
    let value = typed.as_ref().map_or(setting.value, ticked);
    let version = problem.version(&typed.unwrap_or_default(), setting.version);
    let items = [
        ("category", "Its category", value.category),
        ("cause", "Its cause, in words or by a link to what is behind it", value.cause),
        ("knowledge", "The problem, known error or article that belongs to it", value.knowledge),
    ];
    Ok(html! {
        section.card aria-labelledby="closure-h" {
            div.card-h { h2 id="closure-h" { "What must be known before an incident is resolved" } }
            div.card-b {
                (problem.banner(who, &SECTION.address()))
                @if who.viewer().configures() {
                    form.form method="post" action=(SECTION.of("closure")) {
                        (version_field(version))
                        @for (field, words, needed) in items {
                            label.ck { input type="checkbox" name=(field) value="1" checked[needed]; (words) }
                        }
                        p.hint { "Whoever resolves one is asked for it. What alerts, rules, imports or a parent resolve is not asked." }
                        div { button.btn.btn-primary type="submit" { "Save" } }
                    }
                } @else {
                    dl.props { @for (_, words, needed) in items { div { dt { (words) } dd { @if needed { "needed" } @else { "not needed" } } } } }
                }
            }
        }
    })
}
