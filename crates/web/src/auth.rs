//! Who asks. Pages take [`SignedIn`], [`Staff`] or [`Administrator`] as an
//! argument; whoever is not that never reaches them.

use crate::app::{App, Instance, zone_named};
use crate::error::PageError;
use crate::part::time::Here;
use crate::url;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use desk::{Credential, SignIn, cookie};
use futures_util::future::BoxFuture;
use incident::{Scope, Viewer};
use kernel::Language;
use std::convert::Infallible;
use std::sync::Arc;
use store::directory::people::Person;
use store::incidents::list::Look;

/// Seconds a browser keeps the cookie; the session itself may end sooner.
const COOKIE_SECONDS: i64 = 14 * 86_400;
/// The cookie that remembers what somebody reads.
const LANGUAGE_COOKIE: &str = "evenkeel_language";
/// Seconds it is remembered: a year.
const LANGUAGE_SECONDS: i64 = 365 * 86_400;
/// The header by which scripts say that they want patches instead of pages.
const LIVE_HEADER: &str = "x-live";

/// Somebody who is signed in, and what rendering for them needs.
#[derive(Clone)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) sign_in: Arc<SignIn>,
    /// Where they are signed in.
    pub(crate) instance: Arc<Instance>,
    /// Now, in their zone.
    pub(crate) here: Here,
    /// The IANA name of their zone.
    pub(crate) zone_name: String,
    /// What they read: their own choice, else the instance's.
    pub(crate) language: Language,
    /// Entries of their inbox that they have not read; scripts and streams are not told here.
    pub(crate) unread: i64,
    /// Major incidents that go on or are proposed, as far as they see them; counted for pages alone.
    pub(crate) majors: i64,
}

impl SignedIn {
    /// Their rights.
    pub(crate) fn viewer(&self) -> &Viewer {
        &self.sign_in.viewer
    }

    /// The person.
    pub(crate) fn person(&self) -> &Person {
        &self.sign_in.person
    }

    /// What they may see, and what `me`, `mine` and `today` mean to them.
    pub(crate) fn look(&self) -> Look {
        let viewer = self.viewer();
        Look {
            scope: Scope::of(viewer),
            context: query::Context {
                me: Some(viewer.person),
                my_teams: viewer.teams.iter().copied().collect(),
                now: self.here.now,
                zone: self.here.zone.clone(),
            },
        }
    }

    /// The same for a screen that speaks their language whoever they are.
    #[must_use]
    pub(crate) fn in_own_language(mut self) -> SignedIn {
        self.here.language = self.language;
        self
    }

    async fn of(app: &App, sign_in: Arc<SignIn>) -> Result<SignedIn, PageError> {
        let instance = app.instance().await?;
        let language = sign_in.person.language.unwrap_or(instance.setting.language);
        let own = zone_named(&sign_in.person.time_zone);
        let zone_name = match &own {
            Some(_) => sign_in.person.time_zone.clone(),
            None => instance.zone.iana_name().unwrap_or("UTC").to_owned(),
        };
        let here = Here {
            now: app.desk.now(),
            zone: own.unwrap_or_else(|| instance.zone.clone()),
            // The screens of the service desk are in English.
            language: if sign_in.viewer.is_staff() { Language::En } else { language },
            calendars: app.desk.policy().calendars.clone(),
        };
        Ok(SignedIn { sign_in, instance, here, zone_name, language, unread: 0, majors: 0 })
    }
}

/// Somebody who may be signed in; for pages that greet both.
pub(crate) struct Maybe(pub(crate) Option<SignedIn>);

impl FromRequestParts<App> for Maybe {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Ok(Maybe(whoever(&parts.headers, app).await?))
    }
}

/// Boxed, so that not every part of the program with pages has its own copy.
fn whoever<'a>(
    headers: &'a HeaderMap,
    app: &'a App,
) -> BoxFuture<'a, Result<Option<SignedIn>, PageError>> {
    Box::pin(async move {
        let Some(secret) = session_secret(app, headers) else { return Ok(None) };
        let mut who = of_secret(app, &secret).await?;
        let draws = !Live::of(headers).0 && !wants_stream(headers);
        if let Some(who) = who.as_mut().filter(|_| draws) {
            who.unread = app.desk.unread(who.viewer()).await?;
            who.majors = crate::majors::going_on(app, who.viewer()).await?;
        }
        Ok(who)
    })
}

/// Somebody whose screen speaks their own language, whoever they are.
pub(crate) struct Reader(pub(crate) SignedIn);

impl FromRequestParts<App> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let who = SignedIn::from_request_parts(parts, app).await?;
        Ok(Reader(who.in_own_language()))
    }
}

/// What somebody reads who is not signed in: chosen here before, else what their browser asks
/// for, else the instance's.
pub(crate) struct Reads(pub(crate) Language);

impl FromRequestParts<App> for Reads {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Ok(Reads(language_of(app, &parts.headers).await?))
    }
}

async fn language_of(app: &App, headers: &HeaderMap) -> Result<Language, PageError> {
    let chosen = cookie_in(headers, LANGUAGE_COOKIE).and_then(|code| code.parse().ok());
    let wanted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?;
        Language::accepted(header.to_str().ok()?)
    };
    match chosen.or_else(wanted) {
        Some(language) => Ok(language),
        None => Ok(app.instance().await?.setting.language),
    }
}

/// What the page that says what went wrong is written in.
pub(crate) async fn language_of_trouble(app: &App, headers: &HeaderMap) -> Language {
    if let Some(secret) = session_secret(app, headers)
        && let Ok(Some(who)) = of_secret(app, &secret).await
    {
        return who.here.language;
    }
    language_of(app, headers).await.unwrap_or_default()
}

/// Remembers in the browser what somebody reads.
pub(crate) fn remember_language(app: &App, language: Language, response: &mut Response) {
    set_cookie(app, LANGUAGE_COOKIE, language.as_str(), LANGUAGE_SECONDS, response);
}

fn cookie_in<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(found, value)| (found.trim(), value.trim()))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match Maybe::from_request_parts(parts, app).await {
            Ok(Maybe(Some(who))) => Ok(who),
            Ok(Maybe(None)) => Err(to_sign_in(parts)),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// Somebody who works for the provider.
pub(crate) struct Staff(pub(crate) SignedIn);

impl FromRequestParts<App> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let who = SignedIn::from_request_parts(parts, app).await?;
        if who.viewer().is_staff() {
            return Ok(Staff(who));
        }
        // A requester who follows an agent's link lands where they can go on.
        if parts.method == Method::GET && !Live::of(&parts.headers).0 {
            return Err(Redirect::to(url::PORTAL).into_response());
        }
        Err(PageError::forbidden("this is for the service desk").into_response())
    }
}

/// Somebody who may change configuration.
pub(crate) struct Administrator(pub(crate) SignedIn);

impl FromRequestParts<App> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let who = SignedIn::from_request_parts(parts, app).await?;
        if who.viewer().configures() {
            return Ok(Administrator(who));
        }
        Err(PageError::forbidden("only administrators change this; ask one of them")
            .into_response())
    }
}

/// Who has a session with this secret, as they are now.
pub(crate) async fn of_secret(app: &App, secret: &str) -> Result<Option<SignedIn>, PageError> {
    match app.desk.who(&Credential::Session(secret.to_owned())).await? {
        Some(sign_in) => SignedIn::of(app, sign_in).await.map(Some),
        None => Ok(None),
    }
}

/// Whether the request comes from a script of ours, which wants patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Live(pub(crate) bool);

impl Live {
    pub(crate) fn of(headers: &HeaderMap) -> Live {
        Live(headers.get(LIVE_HEADER).is_some_and(|value| value == "1"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Live {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Live::of(&parts.headers))
    }
}

/// Gives the browser its new session.
pub(crate) fn begin_session(app: &App, secret: &str, response: &mut Response) {
    set_session(app, secret, COOKIE_SECONDS, response);
}

/// Takes the session from the browser.
pub(crate) fn end_session(app: &App, response: &mut Response) {
    set_session(app, "", 0, response);
}

fn set_session(app: &App, secret: &str, seconds: i64, response: &mut Response) {
    let name = cookie::session_name(app.is_https());
    set_cookie(app, name, secret, seconds, response);
    if name != cookie::SESSION {
        // One from before, when connections were plain.
        set_cookie(app, cookie::SESSION, "", 0, response);
    }
}

fn set_cookie(app: &App, name: &str, value: &str, seconds: i64, response: &mut Response) {
    let secure = if app.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let value = HeaderValue::from_str(&text).expect("secrets are hex, languages letters");
    response.headers_mut().append(header::SET_COOKIE, value);
}

/// The secret of the session, from the cookie.
pub(crate) fn session_secret(app: &App, headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookie::session_in(app.is_https(), lines).map(str::to_owned)
}

fn to_sign_in(parts: &Parts) -> Response {
    if Live::of(&parts.headers).0 || wants_stream(&parts.headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let wanted = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let next = if parts.method == Method::GET { wanted } else { "/" };
    Redirect::to(&url::sign_in(next)).into_response()
}

fn wants_stream(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

/// Refuses requests that change something and come from another site's page.
/// Browsers say where a request comes from; what says nothing is no browser and
/// carries no cookie of one.
pub(crate) async fn own_pages_only(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_own(request.headers(), app.options.public_url.as_deref()) {
        return next.run(request).await;
    }
    PageError::forbidden(
        "this form was sent from another site; open the page here and send it again",
    )
    .into_response()
}

fn is_own(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: header::HeaderName| {
        headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
    };
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(header::ORIGIN) else { return true };
    if public_url.is_some_and(|url| url.trim_end_matches('/') == origin) {
        return true;
    }
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text(header::HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        let public = Some("https://help.example.org");
        for (pairs, own) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://help.example.org")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://help.example.org"), ("host", "10.0.0.1:7878")], true),
            (&[("origin", "http://localhost:7878"), ("host", "localhost:7878")], true),
            (&[("origin", "https://evil.example"), ("host", "help.example.org")], false),
            (&[("origin", "null"), ("host", "help.example.org")], false),
            (&[], true),
        ] {
            assert_eq!(is_own(&headers(pairs), public), own, "{pairs:?}");
        }
    }
}
