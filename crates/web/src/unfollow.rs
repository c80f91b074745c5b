//! Where the link at the foot of a follower's letter leads: they stop following, without
//! signing in. Looking changes nothing; a press does, of the page or of a mail program
//! (RFC 8058).

use crate::answer_link::{kept_private, page};
use crate::app::App;
use crate::error::PageResult;
use crate::part::icon::icon;
use crate::url;
use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Trouble;
use desk::seals::{Unfollow, Unusable};
use incident::{Command, RefusalKind};
use kernel::{Actor, Channel, Language};
use maud::{Markup, html};
use store::Sql;
use store::directory::people;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/u/{token}", get(show).post(stop))
}

/// `GET /u/{token}`
async fn show(Shared(app): Shared<App>, Path(token): Path<String>) -> PageResult<Response> {
    Ok(kept_private(match followed(&app, &token).await? {
        Followed::Yes(link, _) => question(&token, &link).into_response(),
        Followed::No => stopped().into_response(),
        Followed::NoLink(unusable) => nothing(unusable),
    }))
}

/// `POST /u/{token}`
async fn stop(Shared(app): Shared<App>, Path(token): Path<String>) -> PageResult<Response> {
    Ok(kept_private(match followed(&app, &token).await? {
        Followed::Yes(link, name) => {
            // The link is the right, to this and nothing else: it is sealed, and whoever sees
            // the incident no more may still stop following it.
            let command = Command::Unwatch { person: Some(link.person) };
            let actor = Actor::person(link.person, name);
            let ask = app.desk.ask_unlimited(actor, Channel::Email).on(link.number);
            match ask.issue(command).await {
                Ok(_) => {}
                // Somebody was faster: they follow it no more.
                Err(Trouble::Refused(refusal))
                    if matches!(refusal.kind, RefusalKind::NotFound | RefusalKind::State) => {}
                Err(trouble) => return Err(trouble.into()),
            }
            stopped().into_response()
        }
        Followed::No => stopped().into_response(),
        Followed::NoLink(unusable) => nothing(unusable),
    }))
}

/// Whether the person of a link still follows its incident.
enum Followed {
    /// With their name, for the record.
    Yes(Unfollow, String),
    No,
    NoLink(Unusable),
}

async fn followed(app: &App, token: &str) -> PageResult<Followed> {
    let seals = app.desk.seals().await?;
    let link = match seals.read_unfollow(token, app.desk.now()) {
        Ok(link) => link,
        Err(unusable) => return Ok(Followed::NoLink(unusable)),
    };
    let read = move |sql: &mut dyn Sql| {
        let person = people::get(sql, link.person)?;
        let stored = store::incidents::load(sql, link.number)?;
        Ok(person.zip(stored.map(|stored| stored.state)))
    };
    let Some((person, state)) = app.desk.read(read).await? else { return Ok(Followed::No) };
    let follows = state.watchers.contains(&link.person);
    Ok(if follows { Followed::Yes(link, person.name) } else { Followed::No })
}

fn question(token: &str, link: &Unfollow) -> Markup {
    let body = html! {
        section.card.confirm aria-labelledby="stop" {
            h1 id="stop" { "Stop following " (link.number) "?" }
            p { "You get no more letters about it. What you reported yourself you are still told." }
            form method="post" action={ "/u/" (url::encode(token)) } {
                button.btn.btn-lg.btn-primary type="submit" { (icon("x")) "Stop following it" }
            }
        }
    };
    page(Language::En, &format!("Stop following {}", link.number), body)
}

fn stopped() -> Markup {
    let body = html! {
        p.banner.banner-good role="status" { (icon("check")) span { "You do not follow this incident any more." } }
        p { a.link href=(url::ACCOUNT) { "Choose in your account what else you are told" } }
    };
    page(Language::En, "Stopped", body)
}

fn nothing(unusable: Unusable) -> Response {
    let (status, words) = match unusable {
        Unusable::NotOurs => (
            StatusCode::NOT_FOUND,
            "It may have been cut on its way. Open the whole link from the letter, or stop following on the incident’s page.",
        ),
        Unusable::Expired => {
            (StatusCode::GONE, "Its time is over. You can stop following on the incident’s page.")
        }
    };
    let body = html! { div.empty { h1 { "This link leads nowhere" } p { (words) } } };
    (status, page(Language::En, "This link leads nowhere", body)).into_response()
}
