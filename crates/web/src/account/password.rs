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
use kernel::{Language, limits};
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
    let (person, say) = (who.viewer().person, locale::account(who.here.language));
    prove(app, who, fields.get("old").unwrap_or_default()).await?;
    let hash = desk::accounts::hash_password(fields.get("new").unwrap_or_default()).await.map_err(
        |trouble| match trouble {
            Trouble::Refused(refusal) => Trouble::Refused(Refusal::invalid(
                "new",
                match say.language() {
                    Language::En => format!("The new password {}", refusal.message),
                    _ => {
                        say.password_refused(limits::PASSWORD_MIN_CHARS, limits::PASSWORD_MAX_CHARS)
                    }
                },
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
    let say = locale::account(who.here.language);
    let email = who.person().email.as_deref().unwrap_or_default();
    let address = format!("session of {}", who.viewer().person);
    match app.desk.sign_in(email, old, &address, "").await {
        Ok((secret, _)) => app.desk.sign_out(secret_hash(&secret)).await,
        Err(Trouble::Unknown) => Err(Refusal::invalid("old", say.not_your_password()).into()),
        Err(Trouble::Throttled { seconds }) => {
            Err(Refusal::invalid("old", say.too_many_tries(seconds)).into())
        }
        Err(trouble) => Err(trouble),
    }
}

pub(super) fn card(who: &SignedIn, shown: &Shown) -> Markup {
    let errors = &shown.errors;
    let wrong = errors.of("old").is_some() || errors.of("new").is_some();
    let (say, language) = (locale::account(who.here.language), who.here.language);
    let hint = say.new_password_hint(limits::PASSWORD_MIN_CHARS);
    html! {
        section.card aria-labelledby="pass" {
            div.card-h { h2 id="pass" { (locale::entry(language).password()) } }
            div.card-b {
                @if who.person().has_password {
                    form.form method="post" action="/me/password" {
                        @if wrong { (errors.summary_in(language)) }
                        (secret_field(Field::new("old", say.your_password_now()).errors(errors), "current-password"))
                        (secret_field(Field::new("new", say.new_password()).hint(&hint).errors(errors), "new-password"))
                        div { button.btn type="submit" { (say.change_password()) } }
                    }
                } @else {
                    p { (say.no_password()) }
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
