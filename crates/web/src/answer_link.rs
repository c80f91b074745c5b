//! Where the links of letters to a requester lead: they say whether it is over, and once it is
//! closed how content they are, without signing in. Looking changes nothing; pressing a button
//! does, whether it is over once, and only while the incident is resolved as it was when the
//! letter was written.

use crate::app::{App, zone_named};
use crate::auth::{Live, Reads};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::{icon, mark};
use crate::part::rating;
use crate::part::time::Here;
use crate::route::{get, post};
use crate::{page_link, shell, url};
use axum::Router;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::seals::{Link, Unusable};
use incident::permissions::{Access, Subject};
use incident::rating::{Rating, Score};
use incident::{Command, Lifecycle, Refusal, RefusalKind, Scope, State, TokenScope, Viewer};
use jiff::tz::TimeZone;
use kernel::{Channel, Language, limits};
use locale::{Answer, Portal};
use maud::{Markup, html};
use store::Sql;
use store::directory::{Person, people};
use store::incidents::timeline::contents_by_id;

/// Why an answer without words is none.
const NO_WORDS: &str = "write in a few words what is still not working";
/// How often it is looked again when others change the incident meanwhile.
const TRIES: u32 = 3;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/a/{token}", get(show).merge(post(say)))
}

/// What a link is about, as its reader may know it.
struct Asked {
    link: Link,
    viewer: Viewer,
    state: State,
    title: Option<String>,
    note: Option<String>,
    /// The instant of looking, where its reader is, and what the letter was written in.
    here: Here,
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
    live: Live,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    if let Some(page) = page_link::show(&app, &token, live).await? {
        return Ok(page);
    }
    let chosen = Fields::parse(query.as_deref().unwrap_or_default()).text("score").parse().ok();
    Ok(kept_private(match ask(&app, &token).await? {
        Ok(asked) => asked_page(&token, &asked, chosen, None).into_response(),
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
        let rates = fields.text("say") == "rate";
        if !(asked.is_open() && !rates || asked.can_be_rated() && rates) {
            break;
        }
        match answer(&app, &asked, &fields).await {
            Ok(()) => break,
            Err(Trouble::Stale { .. }) if tries < TRIES => {}
            Err(Trouble::Refused(refusal)) if refusal.kind != RefusalKind::NotFound => {
                let chosen = fields.text("score").parse().ok();
                let page = asked_page(&token, &asked, chosen, Some(&asked.words_of(&refusal)));
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
        "rate" => {
            let score = fields.text("score").parse::<Score>();
            let score = score.map_err(|error| Refusal::invalid("score", error.0))?;
            let note = ask.opt_words("words", fields.filled("words"), limits::BODY_CHARS)?;
            Command::Rate { score, note }
        }
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
    let here = reader_of(app, &person);
    Ok(Ok(Asked { link, viewer, state, title, note, here }))
}

/// The clock and the language of somebody who is not signed in.
pub(crate) fn reader_of(app: &App, person: &Person) -> Here {
    let policy = app.desk.policy();
    let zone = [&person.time_zone, &policy.time_zone].into_iter().find_map(|name| zone_named(name));
    Here {
        now: app.desk.now(),
        zone: zone.unwrap_or(TimeZone::UTC),
        language: person.language.unwrap_or(policy.language),
        calendars: policy.calendars.clone(),
    }
}

impl Asked {
    fn say(&self) -> Answer {
        locale::answer(self.here.language)
    }

    fn plainly(&self) -> Portal {
        locale::portal(self.here.language)
    }

    /// What is wrong with an answer.
    fn words_of(&self, refusal: &Refusal) -> String {
        let say = self.plainly();
        match (refusal.kind, refusal.field) {
            (RefusalKind::Invalid, Some("note")) if refusal.message == NO_WORDS => {
                self.say().write_what_is_broken().to_owned()
            }
            (RefusalKind::Invalid, Some("note" | "words")) => {
                say.too_long(limits::BODY_CHARS as i64)
            }
            _ => self.say().not_accepted().to_owned(),
        }
    }

    /// Whether it waits for this answer.
    fn is_open(&self) -> bool {
        self.state.lifecycle == Lifecycle::Resolved && self.state.reopenings == self.link.reopenings
    }
}

impl Asked {
    /// Whether its requester can say how content they are.
    fn can_be_rated(&self) -> bool {
        self.state.takes_rating(self.here.now)
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

fn asked_page(token: &str, asked: &Asked, chosen: Option<Score>, wrong: Option<&str>) -> Markup {
    let number = asked.link.number;
    let title = asked.title.as_deref();
    let title = title.unwrap_or_else(|| locale::letters(asked.here.language).title_removed());
    let body = html! {
        div {
            p.meta { (number) }
            h1 { (title) }
        }
        @if asked.is_open() { (question(token, asked, wrong)) } @else { (told(asked)) }
        @if asked.can_be_rated() { (rated(token, asked, chosen, wrong)) }
        p { a.link href=(url::portal_incident(number)) { (asked.say().open_in_portal()) } }
    };
    page(asked.here.language, &format!("{number} {title}"), body)
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

fn rated(token: &str, asked: &Asked, chosen: Option<Score>, wrong: Option<&str>) -> Markup {
    let until = |rating: &Rating| asked.here.full(rating.changes_until());
    let given = asked.state.rating.as_ref().map(|rating| (rating, until(rating)));
    rating::question(asked.here.language, &address(token), chosen, given, wrong)
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
