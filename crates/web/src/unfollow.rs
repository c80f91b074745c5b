//! Where the link at the foot of a follower's letter leads, and that of a letter with collected
//! news: they stop following, or get no more such letters, without signing in. Looking changes
//! nothing; a press does, of the page or of a mail program (RFC 8058).

use crate::answer_link::{kept_private, page, reader_of};
use crate::app::App;
use crate::auth::Reads;
use crate::error::PageResult;
use crate::part::icon::icon;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::seals::{Unfollow, Unusable};
use incident::telling::{Channels, Group, Preferences};
use incident::{Command, RefusalKind};
use kernel::{Actor, Channel, Language, PersonId};
use maud::{Markup, html};
use store::Sql;
use store::directory::{people, told_how};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/u/{token}", get(show).merge(post(stop)))
}

/// `GET /u/{token}`
async fn show(
    Shared(app): Shared<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
) -> PageResult<Response> {
    Ok(kept_private(match asked(&app, &token).await? {
        Asked::Follows(link, who) => {
            let say = locale::answer(who.language);
            let title = say.unfollow_question(link.number);
            question(&token, who.language, &title, say.unfollow_words(), say.unfollow_press())
                .into_response()
        }
        Asked::Collects(who) => {
            let say = locale::answer(who.language);
            let (title, words) = (say.unfollow_all_question(), say.unfollow_all_words());
            question(&token, who.language, title, words, say.unfollow_all_press()).into_response()
        }
        other => over(other, language),
    }))
}

/// `POST /u/{token}`
async fn stop(
    Shared(app): Shared<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
) -> PageResult<Response> {
    Ok(kept_private(match asked(&app, &token).await? {
        Asked::Follows(link, who) => {
            unfollow(&app, &link, who.name).await?;
            stopped(who.language, false).into_response()
        }
        Asked::Collects(who) => {
            uncollect(&app, who.id).await?;
            stopped(who.language, true).into_response()
        }
        other => over(other, language),
    }))
}

/// The link is the right, to this and nothing else: it is sealed, and whoever sees the incident
/// no more may still stop following it.
async fn unfollow(app: &App, link: &Unfollow, name: String) -> Result<(), Trouble> {
    let command = Command::Unwatch { person: Some(link.person) };
    let actor = Actor::person(link.person, name);
    match app.desk.ask_unlimited(actor, Channel::Email).on(link.number).issue(command).await {
        Ok(_) => Ok(()),
        // Somebody was faster: they follow it no more.
        Err(Trouble::Refused(refusal))
            if matches!(refusal.kind, RefusalKind::NotFound | RefusalKind::State) =>
        {
            Ok(())
        }
        Err(trouble) => Err(trouble),
    }
}

/// News on what they follow come to their inbox alone.
async fn uncollect(app: &App, person: PersonId) -> Result<(), Trouble> {
    app.desk
        .write(move |sql| {
            let mut preferences = told_how::get(sql, person)?;
            let followed = preferences.wanted(Group::Followed);
            let inbox_alone = Channels { mail: false, inbox: true, ..followed };
            preferences.channels.insert(Group::Followed, inbox_alone);
            Ok(told_how::put(sql, person, &preferences)?)
        })
        .await
}

/// Who came by a link.
struct Who {
    id: PersonId,
    /// Their name, for the record.
    name: String,
    language: Language,
}

/// What a link asks of whoever pressed it.
enum Asked {
    /// To stop following its incident.
    Follows(Unfollow, Who),
    /// To send no more letters with collected news.
    Collects(Who),
    /// Nothing any more: they do not follow it.
    Stopped(Language),
    /// Nothing any more: they get no such letters.
    Uncollected(Language),
    NoLink(Unusable),
}

async fn asked(app: &App, token: &str) -> PageResult<Asked> {
    let (seals, now) = (app.desk.seals().await?, app.desk.now());
    let (link, person) = match (seals.read_unfollow(token, now), seals.read_uncollect(token, now)) {
        (Ok(link), _) => (Some(link), link.person),
        (_, Ok(all)) => (None, all.person),
        (Err(Unusable::Expired), _) | (_, Err(Unusable::Expired)) => {
            return Ok(Asked::NoLink(Unusable::Expired));
        }
        _ => return Ok(Asked::NoLink(Unusable::NotOurs)),
    };
    let read = move |sql: &mut dyn Sql| {
        let Some(person) = people::get(sql, person)? else { return Ok(None) };
        let stored = link.map(|link| store::incidents::load(sql, link.number)).transpose()?;
        let follows = stored.flatten().is_some_and(|it| it.state.watchers.contains(&person.id));
        let preferences: Preferences = told_how::get(sql, person.id)?;
        let news = preferences.channels.get(&Group::Followed).copied().unwrap_or(Channels::ALL);
        Ok(Some((person, follows, news.mail)))
    };
    let Some((person, follows, collects)) = app.desk.read(read).await? else {
        return Ok(Asked::NoLink(Unusable::NotOurs));
    };
    let language = reader_of(app, &person).language;
    let who = Who { id: person.id, name: person.name, language };
    Ok(match link {
        Some(link) if follows => Asked::Follows(link, who),
        Some(_) => Asked::Stopped(language),
        None if collects => Asked::Collects(who),
        None => Asked::Uncollected(language),
    })
}

fn question(token: &str, language: Language, title: &str, words: &str, press: &str) -> Markup {
    let body = html! {
        section.card.confirm aria-labelledby="stop" {
            h1 id="stop" { (title) }
            p { (words) }
            form method="post" action={ "/u/" (url::encode(token)) } {
                button.btn.btn-lg.btn-primary type="submit" { (icon("x")) (press) }
            }
        }
    };
    page(language, title, body)
}

/// That they follow one incident no more, or get no letters with collected news at all.
fn stopped(language: Language, all: bool) -> Markup {
    let say = locale::answer(language);
    let words = if all { say.unfollowed_all() } else { say.unfollowed() };
    let body = html! {
        p.banner.banner-good role="status" { (icon("check")) span { (words) } }
        p { a.link href=(url::ACCOUNT) { (say.unfollow_choose()) } }
    };
    page(language, words, body)
}

/// Where nothing is asked any more; whoever came by no link of ours reads the language of
/// their browser.
fn over(asked: Asked, language: Language) -> Response {
    let unusable = match asked {
        Asked::NoLink(unusable) => unusable,
        Asked::Uncollected(language) => return stopped(language, true).into_response(),
        Asked::Stopped(language)
        | Asked::Follows(_, Who { language, .. })
        | Asked::Collects(Who { language, .. }) => {
            return stopped(language, false).into_response();
        }
    };
    let say = locale::answer(language);
    let (status, words) = match unusable {
        Unusable::NotOurs => (StatusCode::NOT_FOUND, say.unfollow_nowhere()),
        Unusable::Expired => (StatusCode::GONE, say.unfollow_too_old()),
    };
    let body = html! { div.empty { h1 { (say.nowhere()) } p { (words) } } };
    (status, page(language, say.nowhere(), body)).into_response()
}
