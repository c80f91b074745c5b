//! Who asks. A bearer token, or the session of a browser, which must prove that
//! the request comes from our own pages before it may change anything.

use crate::app::App;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use desk::{Credential, SignIn, cookie};
use futures_util::future::BoxFuture;
use incident::{TokenScope, Viewer};
use kernel::{Actor, PersonId, Role, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::directory::Person;

/// Bytes of a secret that are looked at; ours are shorter.
const SECRET_BYTES: usize = 512;

/// Somebody known who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    who: Arc<SignIn>,
    /// What they showed; nothing was asked of whoever is at the command line of the machine.
    credential: Option<Credential>,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        // Nothing that comes from outside can bring one along.
        if let Some(caller) = parts.extensions.get::<Caller>() {
            return Ok(caller.clone());
        }
        Caller::of(&parts.headers, is_safe(&parts.method), app).await
    }
}

impl Caller {
    /// Boxed, so that not every part of the program with operations has its own copy.
    fn of<'a>(
        headers: &'a HeaderMap,
        is_safe: bool,
        app: &'a App,
    ) -> BoxFuture<'a, Result<Caller, Problem>> {
        Box::pin(async move {
            let credential = credential(headers, app.public_url())?;
            if matches!(credential, Credential::Session(_)) && !is_safe {
                check_origin(headers, app.public_url())?;
            }
            match app.desk().who(&credential).await? {
                Some(who) => Ok(Caller { who, credential: Some(credential) }),
                None => Err(Problem::unauthenticated(match credential {
                    Credential::Token(_) => "this token is not known, or it has expired",
                    Credential::Session(_) => "this session has ended; sign in again",
                })),
            }
        })
    }

    /// Whoever is at the command line of the machine: they may configure everything.
    pub(crate) fn command_line() -> Self {
        let Actor { name, .. } = desk::command_line();
        let nobody = PersonId(Default::default());
        let viewer = Viewer {
            person: nobody,
            name: name.clone(),
            roles: BTreeSet::from([Role::Administrator]),
            teams: BTreeSet::new(),
            organisation: None,
            scope: TokenScope::Admin,
        };
        let person = Person::new(nobody, name, None, Timestamp::default());
        let who = SignIn { viewer, person, session: None, token: None, ends: None };
        Caller { who: Arc::new(who), credential: None }
    }

    /// Their rights.
    pub(crate) fn viewer(&self) -> &Viewer {
        &self.who.viewer
    }

    /// The person.
    pub(crate) fn person(&self) -> &Person {
        &self.who.person
    }

    /// The hash of their session, if it is one.
    pub(crate) fn session(&self) -> Option<Vec<u8>> {
        self.who.session.clone()
    }

    /// The caller in the record.
    pub(crate) fn actor(&self) -> Actor {
        match self.credential {
            Some(_) => Actor::person(self.who.viewer.person, self.who.viewer.name.clone()),
            None => desk::command_line(),
        }
    }

    /// Looks again who that is; nobody when the credential has ended.
    pub(crate) async fn again(&self, app: &App) -> Result<Option<Caller>, Problem> {
        let Some(credential) = &self.credential else { return Ok(Some(self.clone())) };
        let who = app.desk().who(credential).await?;
        Ok(who.map(|who| Caller { who, credential: self.credential.clone() }))
    }

    /// Refuses those who may not read at all.
    pub(crate) fn must_read(&self) -> Result<(), Problem> {
        if self.viewer().scope == TokenScope::Intake {
            return Err(Problem::forbidden(
                "this token may only report incidents; use one with the scope read",
            ));
        }
        Ok(())
    }

    /// Refuses those who may not read configuration and people.
    pub(crate) fn must_be_staff(&self) -> Result<(), Problem> {
        self.must_read()?;
        if !self.viewer().reads_configuration() {
            return Err(Problem::forbidden("this is for people of the service desk"));
        }
        Ok(())
    }

    /// Refuses those who may not look at settings as a whole, what they would do to
    /// incidents that are hidden from others included.
    pub(crate) fn must_read_settings(&self) -> Result<(), Problem> {
        self.must_read()?;
        if !self.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]) {
            return Err(Problem::forbidden(
                "administrators, managers and auditors ask what terms would do",
            ));
        }
        Ok(())
    }

    /// Refuses those whose token may not change anything.
    pub(crate) fn must_write(&self) -> Result<(), Problem> {
        self.must_read()?;
        if self.viewer().scope < TokenScope::Write {
            return Err(Problem::forbidden(
                "this token may only read; use one with the scope write",
            ));
        }
        Ok(())
    }

    /// Refuses those who may not read configuration and people, or whose token may not change
    /// anything.
    pub(crate) fn must_edit(&self) -> Result<(), Problem> {
        self.must_be_staff()?;
        self.must_write()
    }

    /// Refuses those who may not change who is on call and who is paged.
    pub(crate) fn must_configure_paging(&self) -> Result<(), Problem> {
        if !self.viewer().configures_paging() {
            let words = match self.viewer().has(&[Role::Administrator, Role::Manager]) {
                true => "this token may not change configuration; use one with the scope admin",
                false => "only administrators and managers change who is on call and who is paged",
            };
            return Err(Problem::forbidden(words));
        }
        Ok(())
    }

    /// Refuses those who may not change configuration.
    pub(crate) fn must_configure(&self) -> Result<(), Problem> {
        if !self.viewer().configures() {
            let words = match self.viewer().has(&[Role::Administrator]) {
                true => "this token may not change configuration; use one with the scope admin",
                false => "only administrators change configuration",
            };
            return Err(Problem::forbidden(words));
        }
        Ok(())
    }
}

fn credential(headers: &HeaderMap, public_url: Option<&str>) -> Result<Credential, Problem> {
    if let Some(given) = headers.get(AUTHORIZATION) {
        let token = given.to_str().ok().and_then(|text| text.split_once(' ')).and_then(
            |(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()),
        );
        return match token {
            Some(token) if !token.is_empty() && token.len() <= SECRET_BYTES => {
                Ok(Credential::Token(token.to_owned()))
            }
            _ => Err(Problem::unauthenticated(
                "the header Authorization must be: Bearer and a token",
            )),
        };
    }
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    match cookie::session_in(cookie::is_encrypted(public_url), cookies) {
        Some(secret) => Ok(Credential::Session(secret.to_owned())),
        None => Err(Problem::unauthenticated("send a token: Authorization: Bearer TOKEN")),
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A browser says where a request comes from; a session alone proves nothing.
fn check_origin(headers: &HeaderMap, public_url: Option<&str>) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let ours = match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => text(ORIGIN.as_str())
            .is_some_and(|origin| is_ours(origin, text(HOST.as_str()), public_url)),
    };
    if ours {
        return Ok(());
    }
    let words = "a session may change things from our own pages only; use a token";
    Err(Problem::forbidden(words).coded("cross_site"))
}

fn is_ours(origin: &str, host: Option<&str>, public_url: Option<&str>) -> bool {
    let public =
        public_url.is_some_and(|url| url.trim_end_matches('/').eq_ignore_ascii_case(origin));
    let same = origin
        .split_once("://")
        .is_some_and(|(_, of)| host.is_some_and(|host| host.eq_ignore_ascii_case(of)));
    public || same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_session_changes_things_from_our_own_pages_only() {
        let public = Some("https://desk.example.com");
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false),
            (&[("origin", "http://127.0.0.1:8000"), ("host", "127.0.0.1:8000")], true),
            (&[("origin", "https://desk.example.com"), ("host", "inner:80")], true),
            (&[("origin", "https://desk.example.com.evil.example"), ("host", "inner")], false),
            (&[("origin", "null"), ("host", "a")], false),
            (&[("host", "a")], false),
        ];
        for (given, good) in cases {
            assert_eq!(check_origin(&headers(given), public).is_ok(), good, "{given:?}");
        }
    }

    #[test]
    fn credentials_are_found_where_they_belong() {
        let token = |text: &str| Credential::Token(text.to_owned());
        let plainly = |given: &HeaderMap| credential(given, None);
        assert_eq!(plainly(&headers(&[("authorization", "bearer abc")])).unwrap(), token("abc"));
        let both = headers(&[("authorization", "Bearer abc"), ("cookie", "evenkeel_session=xyz")]);
        assert_eq!(plainly(&both).unwrap(), token("abc"));
        let plain = headers(&[("cookie", "a=b; evenkeel_session=xyz; c=d")]);
        let own = headers(&[("cookie", "__Host-evenkeel_session=xyz")]);
        let encrypted = Some("https://desk.example.com");
        let session = Credential::Session("xyz".to_owned());
        assert_eq!(plainly(&plain).unwrap(), session);
        assert_eq!(credential(&own, encrypted).unwrap(), session);
        assert_eq!(credential(&plain, encrypted).unwrap_err().status, 401, "perhaps planted");
        for bad in
            [("authorization", "Basic abc"), ("authorization", "Bearer "), ("cookie", "session=x")]
        {
            assert_eq!(plainly(&headers(&[bad])).unwrap_err().status, 401, "{bad:?}");
        }
    }
}
