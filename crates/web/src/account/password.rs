//! Changing one's own password.

use super::{Shown, actor, done, page};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{Trouble, secret_hash};
use incident::Refusal;
use kernel::limits;
use maud::{Markup, html};
use store::directory::{people, sessions};

/// `POST /me/password`
pub(super) async fn change(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    match store(&app, &who, &fields).await {
        Ok(()) => Ok(done("password")),
        Err(Trouble::Refused(refusal)) => {
            let mut errors = Errors::default();
            errors.add(refusal.field.unwrap_or("new"), &refusal.message);
            let again = page(&app, &who, Shown { errors, ..Shown::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

async fn store(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let person = who.viewer().person;
    prove(app, who, fields.get("old").unwrap_or_default()).await?;
    let hash = desk::accounts::hash_password(fields.get("new").unwrap_or_default()).await.map_err(
        |trouble| match trouble {
            Trouble::Refused(refusal) => Trouble::Refused(Refusal::invalid(
                "new",
                format!("The new password {}", refusal.message),
            )),
            other => other,
        },
    )?;
    let keep = who.sign_in.session.clone();
    app.desk
        .change(actor(who), move |sql, audit| {
            people::set_password_hash(sql, person, Some(&hash))?;
            sessions::delete_of_person(sql, person, keep.as_deref())?;
            Ok(audit.changed(sql, "password", person, &(), &())?)
        })
        .await
}

/// Whoever finds an open browser must not be able to take the account with it.
/// Signing in once more counts wrong tries like anywhere else.
async fn prove(app: &App, who: &SignedIn, old: &str) -> Result<(), Trouble> {
    let email = who.person().email.as_deref().unwrap_or_default();
    let address = format!("session of {}", who.viewer().person);
    match app.desk.sign_in(email, old, &address, "").await {
        Ok((secret, _)) => app.desk.sign_out(secret_hash(&secret)).await,
        Err(Trouble::Unknown) => Err(Refusal::invalid("old", "This is not your password").into()),
        Err(Trouble::Throttled { seconds }) => Err(Refusal::invalid(
            "old",
            format!("There were too many tries; wait {seconds} seconds"),
        )
        .into()),
        Err(trouble) => Err(trouble),
    }
}

pub(super) fn card(who: &SignedIn, shown: &Shown) -> Markup {
    let errors = &shown.errors;
    let wrong = errors.of("old").is_some() || errors.of("new").is_some();
    let hint = format!(
        "At least {} characters. A few words are easier to keep in mind than signs.",
        limits::PASSWORD_MIN_CHARS
    );
    html! {
        section.card aria-labelledby="pass" {
            div.card-h { h2 id="pass" { "Password" } }
            div.card-b {
                @if who.person().has_password {
                    form.form method="post" action="/me/password" {
                        @if wrong { (errors.summary()) }
                        (secret_field(Field::new("old", "Your password now").errors(errors), "current-password"))
                        (secret_field(Field::new("new", "New password").hint(&hint).errors(errors), "new-password"))
                        div { button.btn type="submit" { "Change password" } }
                    }
                } @else {
                    p { "You have no password. An administrator can give you one." }
                }
            }
        }
    }
}

fn secret_field(field: Field<'_>, autocomplete: &str) -> Markup {
    field.around(html! {
        input.inp type="password" id=(field.id) name=(field.id) autocomplete=(autocomplete) required maxlength=(limits::PASSWORD_MAX_CHARS)
            aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
    })
}
