//! The requesters' portal: report what is not working, see how it stands, say
//! whether it works again. Plain words only, and never the words of others.

mod actions;
mod articles;
mod conversation;
mod home;
mod incident;
mod known;
mod mine;
mod outages;
mod rating;
mod reader;
mod report;
mod story;
mod suggest;
mod trouble;
mod upload;
mod words;

pub(crate) use home::cards;
pub(crate) use incident::live_patches;
pub(crate) use report::address_of_words as report_address;

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::part::outward::dialled;
use crate::part::rich::linked;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path};
use axum::http::request::Parts;
use kernel::{IncidentNumber, Language};
use maud::{Markup, html};

/// The form of a report, and where it is posted.
const REPORT: &str = "/portal/report";
/// What the one question suggests.
const SUGGEST: &str = "/portal/suggest";

pub(crate) fn routes() -> Router<App> {
    let with_files = Router::new()
        .route(REPORT, get(report::form).merge(post(report::send)))
        .route("/portal/incidents/{number}/comment", post(actions::comment))
        .layer(DefaultBodyLimit::max(upload::BODY_BYTES));
    Router::new()
        .route(url::PORTAL, get(home::show))
        .route(SUGGEST, get(suggest::suggest))
        .route(url::PORTAL_ARTICLES, get(articles::list))
        .route("/portal/articles/{number}", get(articles::show))
        .route("/portal/articles/{number}/solved", post(articles::solved))
        .route("/portal/incidents", get(home::all))
        .route("/portal/incidents/{number}", get(incident::show))
        .route("/portal/incidents/{number}/confirm", post(actions::confirm))
        .route("/portal/incidents/{number}/dispute", post(actions::dispute))
        .route("/portal/incidents/{number}/rate", post(rating::rate))
        .route("/portal/incidents/{number}/withdraw", post(actions::withdraw))
        .route("/portal/incidents/{number}/watch", post(actions::watch))
        .route("/portal/incidents/{number}/unwatch", post(actions::unwatch))
        .merge(with_files)
}

/// The incident that an address names; what is no number names none.
struct On(IncidentNumber);

impl FromRequestParts<App> for On {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let found = Path::<IncidentNumber>::from_request_parts(parts, app).await;
        found.map(|Path(number)| On(number)).map_err(|_| PageError::NotFound)
    }
}

/// How an incident stands, in plain words with its sign.
pub(crate) fn standing_of(state: &::incident::State, language: Language) -> Markup {
    let standing = words::standing(state, locale::portal(language));
    html! { span class={ "state state-" (standing.class) } { (crate::part::icon::icon(standing.icon)) (standing.words) } }
}

/// The end of every page: the telephone if there is one, the zone of the times, the language,
/// the way out.
fn footer(who: &SignedIn, on: Option<IncidentNumber>) -> Markup {
    let (say, language) = (locale::portal(who.here.language), who.here.language);
    let phone = who.instance.setting.phone.trim();
    let call = match on {
        Some(number) => say.rather_talk_about(phone, number.0),
        None => say.rather_talk(phone),
    };
    let whose = if who.person().time_zone.is_empty() { "other" } else { "own" };
    html! {
        footer.p-foot {
            @if !phone.is_empty() { p { (linked(&call, &format!("tel:{}", dialled(phone)))) } }
            p.meta { (say.times_in(who.here.zone_name(), whose)) }
            div.btns.mts {
                (crate::language::choice(language))
                form method="post" action=(url::SIGN_OUT) { button.btn.btn-sm.btn-quiet type="submit" { (crate::part::icon::icon("logout")) (locale::entry(language).sign_out()) } }
            }
        }
    }
}
