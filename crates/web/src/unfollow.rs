//! Where the link at the foot of a follower's letter leads, that of a letter with collected news,
//! and that of a report by mail: they stop following, or get no more such letters, without signing
//! in. Looking changes nothing; a press does, of the page or of a mail program (RFC 8058).

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
use desk::reports::mailed;
use desk::seals::{Seals, Uncollect, Unfollow, Unmail, Unusable};
use incident::telling::{Channels, Group, Preferences};
use incident::{Command, RefusalKind};
use insight::report::Name;
use kernel::{Actor, Channel, Language, PersonId, Timestamp};
use maud::{Markup, html};
use store::Sql;
use store::directory::{people, told_how};
use store::reports::mailed::get as mailing;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/u/{token}", get(show).merge(post(stop)))
}

/// What a link ends.
#[derive(Debug, Clone, Copy)]
enum Ends {
    /// Following an incident.
    Following(Unfollow),
    /// Letters with collected news.
    Collected(Uncollect),
    /// Letters with a report.
    Mailed(Unmail),
}

impl Ends {
    /// What a token says, whichever it is.
    fn read(seals: &Seals, token: &str, now: Timestamp) -> Result<Self, Unusable> {
        let read = [
            seals.read_unfollow(token, now).map(Ends::Following),
            seals.read_uncollect(token, now).map(Ends::Collected),
            seals.read_unmail(token, now).map(Ends::Mailed),
        ];
        let expired = read.iter().any(|one| matches!(one, Err(Unusable::Expired)));
        let why = if expired { Unusable::Expired } else { Unusable::NotOurs };
        read.into_iter().find_map(Result::ok).ok_or(why)
    }

    fn person(&self) -> PersonId {
        match self {
            Ends::Following(link) => link.person,
            Ends::Collected(link) => link.person,
            Ends::Mailed(link) => link.person,
        }
    }
}

/// `GET /u/{token}`
async fn show(
    Shared(app): Shared<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
) -> PageResult<Response> {
    Ok(kept_private(match asked(&app, &token).await? {
        Asked::Open(what, who) => question(&token, &what, who.language).into_response(),
        Asked::Over(ends, language) => stopped(language, ends).into_response(),
        Asked::NoLink(unusable) => nowhere(unusable, language),
    }))
}

/// `POST /u/{token}`
async fn stop(
    Shared(app): Shared<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
) -> PageResult<Response> {
    Ok(kept_private(match asked(&app, &token).await? {
        Asked::Open(Open { ends, .. }, who) => {
            match ends {
                Ends::Following(link) => unfollow(&app, &link, who.name).await?,
                Ends::Collected(link) => uncollect(&app, link.person).await?,
                Ends::Mailed(link) => unmail(&app, link, who.name).await?,
            }
            stopped(who.language, ends).into_response()
        }
        Asked::Over(ends, language) => stopped(language, ends).into_response(),
        Asked::NoLink(unusable) => nowhere(unusable, language),
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

/// They get a report no more by mail.
async fn unmail(app: &App, link: Unmail, name: String) -> Result<(), Trouble> {
    let actor = Actor::person(link.person, name);
    let leave = move |sql: &mut dyn Sql, audit: &desk::Audit| {
        mailed::leave(sql, audit, link.person, link.report)
    };
    app.desk.change(actor, leave).await
}

/// Who came by a link.
struct Who {
    /// Their name, for the record.
    name: String,
    language: Language,
}

/// What a link ends that was not ended yet.
struct Open {
    ends: Ends,
    /// Which report they get, where it ends letters with one.
    report: Option<Name>,
}

/// What a link asks of whoever pressed it.
enum Asked {
    /// To end it.
    Open(Open, Who),
    /// Nothing any more: it was ended before.
    Over(Ends, Language),
    NoLink(Unusable),
}

async fn asked(app: &App, token: &str) -> PageResult<Asked> {
    let (seals, now) = (app.desk.seals().await?, app.desk.now());
    let ends = match Ends::read(&seals, token, now) {
        Ok(ends) => ends,
        Err(unusable) => return Ok(Asked::NoLink(unusable)),
    };
    let read = move |sql: &mut dyn Sql| {
        let Some(person) = people::get(sql, ends.person())? else { return Ok(None) };
        let open = match ends {
            Ends::Following(link) => {
                let stored = store::incidents::load(sql, link.number)?;
                let follows = stored.is_some_and(|it| it.state.watchers.contains(&person.id));
                follows.then_some(Open { ends, report: None })
            }
            Ends::Collected(_) => {
                let preferences: Preferences = told_how::get(sql, person.id)?;
                let news = preferences.channels.get(&Group::Followed).copied();
                let by_mail = news.unwrap_or(Channels::ALL).mail;
                by_mail.then_some(Open { ends, report: None })
            }
            Ends::Mailed(link) => {
                let sent = mailing(sql, link.report)?;
                let sent = sent.filter(|one| one.people.contains(&person.id));
                sent.map(|one| Open { ends, report: Some(one.report) })
            }
        };
        Ok(Some((person, open)))
    };
    let Some((person, open)) = app.desk.read(read).await? else {
        return Ok(Asked::NoLink(Unusable::NotOurs));
    };
    let language = reader_of(app, &person).language;
    Ok(match open {
        Some(open) => Asked::Open(open, Who { name: person.name, language }),
        None => Asked::Over(ends, language),
    })
}

fn question(token: &str, open: &Open, language: Language) -> Markup {
    let (say, report) = (locale::answer(language), locale::reports(language));
    let (title, words, press) = match open.ends {
        Ends::Following(link) => {
            (say.unfollow_question(link.number), say.unfollow_words(), say.unfollow_press())
        }
        Ends::Collected(_) => (
            say.unfollow_all_question().to_owned(),
            say.unfollow_all_words(),
            say.unfollow_all_press(),
        ),
        Ends::Mailed(_) => {
            let name = open.report.map(|name| report.mailed_report(name.as_str()));
            let title = report.unmail_question(name.unwrap_or_default());
            (title, report.unmail_words(), report.unmail_press())
        }
    };
    let body = html! {
        section.card.confirm aria-labelledby="stop" {
            h1 id="stop" { (title) }
            p { (words) }
            form method="post" action={ "/u/" (url::encode(token)) } {
                button.btn.btn-lg.btn-primary type="submit" { (icon("x")) (press) }
            }
        }
    };
    page(language, &title, body)
}

/// That it was ended.
fn stopped(language: Language, ends: Ends) -> Markup {
    let say = locale::answer(language);
    let words = match ends {
        Ends::Following(_) => say.unfollowed(),
        Ends::Collected(_) => say.unfollowed_all(),
        Ends::Mailed(_) => locale::reports(language).unmailed(),
    };
    let body = html! {
        p.banner.banner-good role="status" { (icon("check")) span { (words) } }
        p { a.link href=(url::ACCOUNT) { (say.unfollow_choose()) } }
    };
    page(language, words, body)
}

/// Where nothing can be ended; whoever came by no link of ours reads the language of their browser.
fn nowhere(unusable: Unusable, language: Language) -> Response {
    let say = locale::answer(language);
    let (status, words) = match unusable {
        Unusable::NotOurs => (StatusCode::NOT_FOUND, say.unfollow_nowhere()),
        Unusable::Expired => (StatusCode::GONE, say.unfollow_too_old()),
    };
    let body = html! { div.empty { h1 { (say.nowhere()) } p { (words) } } };
    (status, page(language, say.nowhere(), body)).into_response()
}
