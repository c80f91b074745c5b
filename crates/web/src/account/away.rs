//! Saying that one is not there.

use super::{Shown, actor, done, page};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::away;
use crate::part::form::Errors;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use maud::{Markup, html};
use store::directory::people::{self, Person, Recorded};

/// `POST /me/away`: from when and until when; empty fields say that one is there.
pub(super) async fn change(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    let away = match away::typed(&fields, who.person().away, &who.here) {
        Ok(away) => away,
        Err(refusal) => {
            let mut errors = Errors::default();
            errors.add(refusal.field.unwrap_or_default(), &refusal.message);
            let shown = Shown { errors, typed: fields, ..Shown::default() };
            let again = page(&app, &who, shown).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let id = who.viewer().person;
    app.desk
        .change(actor(&who), move |sql, audit| {
            let Some(before) = people::get(sql, id)? else { return Err(Trouble::Unknown) };
            let version = before.version;
            let after = Person { away, version: version + 1, ..before.clone() };
            people::update(sql, &after, version)?;
            // It steers who gets work, so it is on record, unlike preferences.
            let (before, after) = (Recorded::of(sql, &before)?, Recorded::of(sql, &after)?);
            Ok(audit.changed(sql, "person", id, &before, &after)?)
        })
        .await?;
    Ok(done(if away.is_some() { "away" } else { "back" }))
}

/// For people who work on incidents.
pub(super) fn card(who: &SignedIn, shown: &Shown) -> Markup {
    let stored = away::shown(who.person().away, &who.here);
    let planned = !stored.is_empty();
    let wrong = [away::FROM, away::UNTIL].iter().any(|field| shown.errors.of(field).is_some());
    let fields = if wrong { shown.typed.clone() } else { Fields::of(stored) };
    html! {
        section.card aria-labelledby="away" {
            div.card-h {
                h2 id="away" { "Absence" }
                @if let Some(words) = away::words(who.person().away, &who.here) { span.chip { (words) } }
            }
            div.card-b {
                @if wrong { (shown.errors.summary()) }
                form.form id="f-away" method="post" action="/me/away" {
                    p.meta { "While you are away no team gives you an incident by itself, and lists of people say so. What you have stays yours." }
                    (away::inputs(&fields, &shown.errors))
                }
                div.btns.mts {
                    button.btn.btn-primary type="submit" form="f-away" { "Save" }
                    @if planned { form method="post" action="/me/away" { button.btn type="submit" { "I am back" } } }
                }
            }
        }
    }
}
