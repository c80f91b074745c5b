//! Where the links of a resolution's letter lead: its requester says whether it is over,
//! without signing in. Looking changes nothing; pressing a button does, once, and only while
//! the incident is resolved as it was when the letter was written.

use crate::app::App;
use crate::auth::Reads;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::{icon, mark};
use crate::{page_link, shell, url};
use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use desk::Trouble;
use desk::seals::{Link, Unusable};
use incident::permissions::{Access, Subject};
use incident::{Command, Lifecycle, Refusal, RefusalKind, Scope, State, TokenScope, Viewer};
use kernel::{Channel, Language, limits};
use locale::{Answer, Portal};
use maud::{Markup, html};
use store::Sql;
use store::directory::people;
use store::incidents::timeline::contents_by_id;

/// Why an answer without words is none.
const NO_WORDS: &str = "write in a few words what is still not working";
/// How often it is looked again when others change the incident meanwhile.
const TRIES: u32 = 3;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/a/{token}", get(show).post(say))
}

/// What a link is about, as its reader may know it.
struct Asked {
    link: Link,
    viewer: Viewer,
    state: State,
    title: Option<String>,
    note: Option<String>,
    /// What the letter was written in.
    language: Language,
}

/// Why a link answers nothing.
enum Silent {
    /// It is not ours, it is about nobody, or they may not see it any more.
    Nothing,
    /// Its time is over.
    Expired,
}

/// `GET /a/{token}`
async fn show(
    Shared(app): Shared<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
) -> PageResult<Response> {
    if let Some(page) = page_link::show(&app, &token).await? {
        return Ok(page);
    }
    Ok(kept_private(match ask(&app, &token).await? {
        Ok(asked) => asked_page(&token, &asked, None).into_response(),
        Err(silent) => silence(&silent, language),
    }))
}

/// `POST /a/{token}`
async fn say(
    Shared(app): Shared<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    if let Some(page) = page_link::say(&app, &token, &fields).await? {
        return Ok(page);
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let asked = match ask(&app, &token).await? {
            Ok(asked) => asked,
            Err(silent) => return Ok(kept_private(silence(&silent, language))),
        };
        if !asked.is_open() {
            break;
        }
        match answer(&app, &asked, &fields).await {
            Ok(()) => break,
            Err(Trouble::Stale { .. }) if tries < TRIES => {}
            Err(Trouble::Refused(refusal)) if refusal.kind != RefusalKind::NotFound => {
                let page = asked_page(&token, &asked, Some(&asked.words_of(&refusal)));
                return Ok(kept_private((StatusCode::UNPROCESSABLE_ENTITY, page).into_response()));
            }
            Err(trouble) => return Err(trouble.into()),
        }
    }
    Ok(kept_private(Redirect::to(&address(&token)).into_response()))
}

fn address(token: &str) -> String {
    format!("/a/{}", url::encode(token))
}

/// Says it as the person whom the link was sent to, who may do with it nothing else.
async fn answer(app: &App, asked: &Asked, fields: &Fields) -> Result<(), Trouble> {
    let version = Some(i64::from(asked.state.version));
    let ask = app.desk.ask(&asked.viewer, Channel::Email);
    let mut ask = ask.on(asked.link.number).expecting(version);
    let command = match fields.text("say") {
        "works" => Command::Confirm,
        _ => {
            let text = fields.text("note");
            if text.is_empty() {
                return Err(Refusal::invalid("note", NO_WORDS).into());
            }
            Command::Dispute { note: ask.words("note", text, limits::BODY_CHARS)? }
        }
    };
    ask.issue(command).await.map(drop)
}

/// What this link is about.
async fn ask(app: &App, token: &str) -> PageResult<Result<Asked, Silent>> {
    let seals = app.desk.seals().await?;
    let link = match seals.read_link(token, app.desk.now()) {
        Ok(link) => link,
        Err(Unusable::NotOurs) => return Ok(Err(Silent::Nothing)),
        Err(Unusable::Expired) => return Ok(Err(Silent::Expired)),
    };
    let read = move |sql: &mut dyn Sql| {
        let person = people::get(sql, link.person)?;
        let stored = store::incidents::load(sql, link.number)?;
        let Some((person, stored)) = person.zip(stored) else { return Ok(None) };
        let state = stored.state;
        let note = state.resolution.as_ref().map(|resolution| resolution.note);
        let ids: Vec<_> = [Some(state.title), note].into_iter().flatten().collect();
        let mut words = contents_by_id(sql, &ids)?;
        let mut of = |id| words.remove(&id).filter(|found| found.public)?.body;
        let title = of(state.title);
        let note = note.and_then(&mut of);
        Ok(Some((person, state, title, note)))
    };
    let Some((person, state, title, note)) = app.desk.read(read).await? else {
        return Ok(Err(Silent::Nothing));
    };
    // What somebody may do as staff, they do signed in.
    let viewer = app.desk.viewer(&person, TokenScope::Write);
    let viewer = Viewer { roles: Default::default(), organisation: None, ..viewer };
    let sees = Scope::of(&viewer).access(&Subject::from(&state)) != Access::None;
    if !person.active || !sees || state.requester != person.id {
        return Ok(Err(Silent::Nothing));
    }
    let language = person.language.unwrap_or(app.desk.policy().language);
    Ok(Ok(Asked { link, viewer, state, title, note, language }))
}

impl Asked {
    fn say(&self) -> Answer {
        locale::answer(self.language)
    }

    fn plainly(&self) -> Portal {
        locale::portal(self.language)
    }

    /// What is wrong with an answer.
    fn words_of(&self, refusal: &Refusal) -> String {
        let say = self.plainly();
        match (refusal.kind, refusal.field) {
            (RefusalKind::Invalid, Some("note")) if refusal.message == NO_WORDS => {
                self.say().write_what_is_broken().to_owned()
            }
            (RefusalKind::Invalid, Some("note")) => say.too_long(limits::BODY_CHARS as i64),
            _ => self.say().not_accepted().to_owned(),
        }
    }

    /// Whether it waits for this answer.
    fn is_open(&self) -> bool {
        self.state.lifecycle == Lifecycle::Resolved && self.state.reopenings == self.link.reopenings
    }
}

/// Links are as good as a signature: no cache keeps the page, no other site hears of it.
pub(crate) fn kept_private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

pub(crate) fn page(language: Language, title: &str, body: Markup) -> Markup {
    let main = html! {
        header.p-top { a.p-brand href="/" { (mark()) b { "Evenkeel" } } }
        main.p-main id="main" tabindex="-1" { (body) }
    };
    shell::bare_page(language, title, "portal", main)
}

fn asked_page(token: &str, asked: &Asked, wrong: Option<&str>) -> Markup {
    let number = asked.link.number;
    let title = asked.title.as_deref();
    let title = title.unwrap_or_else(|| locale::letters(asked.language).title_removed());
    let body = html! {
        div {
            p.meta { (number) }
            h1 { (title) }
        }
        @if asked.is_open() { (question(token, asked, wrong)) } @else { (told(asked)) }
        p { a.link href=(url::portal_incident(number)) { (asked.say().open_in_portal()) } }
    };
    page(asked.language, &format!("{number} {title}"), body)
}

fn question(token: &str, asked: &Asked, wrong: Option<&str>) -> Markup {
    let (action, say, plain) = (address(token), asked.say(), asked.plainly());
    html! {
        section.card.confirm aria-labelledby="cf" {
            h2 id="cf" { (plain.is_it_working()) }
            @if let Some(note) = &asked.note { p { (note) } }
            div.confirm-b {
                form method="post" action=(action) {
                    input type="hidden" name="say" value="works";
                    button.btn.btn-lg.btn-primary.btn-block type="submit" { (icon("check")) (plain.it_works()) }
                }
            }
        }
        section.card.confirm aria-labelledby="still-broken" {
            h2 id="still-broken" tabindex="-1" { (say.still_broken_question()) }
            form.stack-s method="post" action=(action) {
                input type="hidden" name="say" value="broken";
                label.lbl for="note" { (plain.what_is_still_broken()) }
                textarea.inp id="note" name="note" rows="3" required maxlength=(limits::BODY_CHARS)
                    aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "note-e")] {}
                @if let Some(wrong) = wrong { p.err id="note-e" { (icon("alert")) (wrong) } }
                div { button.btn.btn-lg type="submit" { (icon("x")) (plain.still_broken()) } }
            }
            p.meta { (say.takes_it_up()) }
        }
    }
}

/// How it stands, where no answer is waited for.
fn told(asked: &Asked) -> Markup {
    let words = asked.say().stands(match asked.state.lifecycle {
        Lifecycle::Closed => "closed",
        Lifecycle::Cancelled => "withdrawn",
        Lifecycle::Resolved => "fixed_anew",
        _ => "work",
    });
    html! { p.banner.banner-info role="status" { (icon("check")) span { (words) } } }
}

fn silence(silent: &Silent, language: Language) -> Response {
    let say = locale::answer(language);
    let (status, title, words) = match silent {
        Silent::Nothing => (StatusCode::NOT_FOUND, say.nowhere(), say.nowhere_words()),
        Silent::Expired => (StatusCode::GONE, say.too_old(), say.too_old_words()),
    };
    let body = html! {
        div.empty {
            h1 { (title) }
            p { (words) }
            a.btn href=(url::PORTAL) { (say.open_portal()) }
        }
    };
    (status, page(language, title, body)).into_response()
}
