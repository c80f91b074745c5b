//! Choosing what one reads, signed in or not: stored for the person, remembered in the browser.

use crate::account;
use crate::app::App;
use crate::auth::{Maybe, remember_language};
use crate::error::PageResult;
use crate::form::Fields;
use crate::route::post;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::Language;
use maud::{Markup, html};

/// Where the choice is posted.
const LANGUAGE: &str = "/language";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(LANGUAGE, post(choose))
}

/// `POST /language`
async fn choose(
    State(app): State<App>,
    Maybe(who): Maybe,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Response> {
    let language = account::language_typed(&fields)?;
    if let Some(who) = &who {
        account::change_own(&app, who, move |person| person.language = language).await?;
    }
    let mut response = Redirect::to(&account::came_from(&headers)).into_response();
    if let Some(language) = language {
        remember_language(&app, language, &mut response);
    }
    Ok(response)
}

/// Every language by its own name, the one that is read now pressed.
pub(crate) fn choice(now: Language) -> Markup {
    html! {
        form.langs method="post" action=(LANGUAGE) role="group" aria-label=(locale::entry(now).language_label()) {
            @for language in Language::ALL {
                button.btn.btn-sm.btn-quiet type="submit" name="language" value=(language) lang=(language)
                    aria-pressed=(if *language == now { "true" } else { "false" }) { (language.name()) }
            }
        }
    }
}
