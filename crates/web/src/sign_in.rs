//! Signing in by e-mail and password, and out again.

use crate::app::App;
use crate::assets;
use crate::auth::{Maybe, Reads, SignedIn, begin_session, end_session};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::rich::linked;
use crate::route::{get, post};
use crate::shell;
use crate::url;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Router};
use desk::Trouble;
use kernel::{Language, Network, Role, limits};
use locale::Entry;
use maud::{Markup, html};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Where the form is, and where it is posted.
const SIGN_IN: &str = "/sign-in";
/// The bits of an IPv6 address that its subscriber chooses.
const INTERFACE_BITS: u32 = 64;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(SIGN_IN, get(show).merge(post(send))).route(url::SIGN_OUT, post(sign_out))
}

/// Why nobody was signed in.
enum Refused {
    /// Address or password do not match.
    Mismatch,
    /// Too many tries.
    Wait(u64),
}

/// `GET /sign-in?next=`
async fn show(
    State(app): State<App>,
    Maybe(who): Maybe,
    Reads(language): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let next = next_page(&fields);
    if who.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    if !has_administrator(&app) {
        return Ok(first_run(language).into_response());
    }
    Ok(page(&app, language, ("", next), None).await?.into_response())
}

/// `POST /sign-in`
async fn send(
    State(app): State<App>,
    Maybe(before): Maybe,
    Reads(language): Reads,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Response> {
    let next = next_page(&fields);
    let email: String = fields.text("email").chars().take(limits::EMAIL_CHARS).collect();
    let password = fields.get("password").unwrap_or_default();
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let address = address_of(peer, &headers, &app.options.trusted_proxies);
    let agent =
        headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match app.desk.sign_in(&email, password, &address, agent).await {
        Ok((secret, _)) => {
            // The browser forgets the session it had; nobody else is to find it.
            if let Some(session) = before.and_then(|who| who.sign_in.session.clone()) {
                app.desk.sign_out(session).await?;
            }
            let mut response = Redirect::to(next).into_response();
            begin_session(&app, &secret, &mut response);
            Ok(response)
        }
        Err(Trouble::Unknown) => {
            let again = page(&app, language, (&email, next), Some(Refused::Mismatch)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(Trouble::Throttled { seconds }) => {
            let again = page(&app, language, (&email, next), Some(Refused::Wait(seconds))).await?;
            let mut response = (StatusCode::TOO_MANY_REQUESTS, again).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// `POST /sign-out`
async fn sign_out(State(app): State<App>, who: SignedIn) -> PageResult<Response> {
    if let Some(session) = who.sign_in.session.clone() {
        app.desk.sign_out(session).await?;
    }
    let mut response = Redirect::to(SIGN_IN).into_response();
    end_session(&app, &mut response);
    Ok(response)
}

/// Where to go afterwards: only to a page of ours. Browsers drop tabs and line
/// ends from addresses, so such signs are taken for an attempt to leave.
fn next_page(fields: &Fields) -> &str {
    let wanted = fields.get("next").unwrap_or("/");
    let own = url::is_own_path(wanted) && !wanted.contains(char::is_control) && wanted.is_ascii();
    if own && !wanted.starts_with(SIGN_IN) { wanted } else { "/" }
}

/// The address that tries are counted by. Each trusted proxy on the way says last in
/// `X-Forwarded-For` whom it speaks for; what anybody else wrote there is no word of theirs.
pub(crate) fn address_of(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[Network]) -> String {
    let Some(peer) = peer else { return "unknown".to_owned() };
    let lists = headers.get_all("x-forwarded-for").iter().rev();
    let mut told = lists
        .flat_map(|value| value.to_str().unwrap_or_default().rsplit(','))
        .map(|address| address.trim().parse::<IpAddr>());
    let mut address = peer;
    while trusted.iter().any(|network| network.contains(address)) {
        let Some(Ok(before)) = told.next() else { break };
        address = before;
    }
    network(address).to_string()
}

/// An IPv6 subscriber has 2^64 addresses: they are one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << INTERFACE_BITS)))
        }
        address => address,
    }
}

fn has_administrator(app: &App) -> bool {
    app.desk
        .policy()
        .staff
        .values()
        .any(|person| person.active && person.roles.contains(&Role::Administrator))
}

async fn page(
    app: &App,
    language: Language,
    (email, next): (&str, &str),
    refused: Option<Refused>,
) -> PageResult<Markup> {
    let (instance, say) = (app.instance().await?, locale::entry(language));
    let mismatch = matches!(refused, Some(Refused::Mismatch));
    let main = html! {
        main.lg id="main" tabindex="-1" {
            div.lg-w { (wordmark()) }
            form.lg-f method="post" action=(SIGN_IN) {
                h1 { (say.sign_in_to(&instance.setting.name)) }
                @if let Some(refused) = &refused { (alert(refused, say)) }
                input type="hidden" name="next" value=(next);
                div.field {
                    label for="em" { (say.email()) }
                    input.inp.inp-lg id="em" name="email" type="email" autocomplete="username" required value=(email)
                        autofocus[email.is_empty()] aria-invalid=[mismatch.then_some("true")];
                }
                div.field {
                    label for="pw" { (say.password()) }
                    input.inp.inp-lg id="pw" name="password" type="password" autocomplete="current-password" required
                        maxlength=(limits::PASSWORD_MAX_CHARS) autofocus[!email.is_empty()]
                        aria-invalid=[mismatch.then_some("true")] aria-describedby=[mismatch.then_some("pw-e")];
                    @if mismatch { p.err id="pw-e" { (icon("alert")) (say.does_not_match()) } }
                }
                button.btn.btn-lg.btn-primary.btn-block type="submit" { (say.sign_in()) }
                p.hint { (say.no_password()) }
            }
            (crate::language::choice(language))
        }
    };
    Ok(shell::bare_page(language, say.sign_in(), "login", main))
}

fn alert(refused: &Refused, say: Entry) -> Markup {
    html! {
        div.banner.banner-crit role="alert" tabindex="-1" {
            (icon("alert"))
            div {
                @match refused {
                    Refused::Mismatch => (linked(&say.not_signed_in(), "#pw")),
                    Refused::Wait(seconds) => (linked(&waiting(*seconds, say), "#pw")),
                }
            }
        }
    }
}

/// Rounded up, so that waiting so long is enough.
fn waiting(seconds: u64, say: Entry) -> locale::Rich {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    if seconds <= 90 {
        say.wait_seconds(seconds)
    } else {
        say.wait_minutes(seconds.saturating_add(59) / 60)
    }
}

fn first_run(language: Language) -> Markup {
    let say = locale::entry(language);
    let main = html! {
        main.lg id="main" tabindex="-1" {
            div.lg-w { (wordmark()) }
            div.lg-f {
                h1 { (say.first_run()) }
                p { (say.first_run_words()) }
                pre.secret { "evenkeel init --admin-email you@example.org" }
                p { (say.first_run_then()) }
                a.btn.btn-lg.btn-block href=(SIGN_IN) { (say.load_again()) }
            }
        }
    };
    shell::bare_page(language, say.first_run_title(), "login", main)
}

fn wordmark() -> Markup {
    html! {
        svg.wordmark.lg-m viewBox="0 0 112 26" role="img" aria-label="Evenkeel" { use href={ (assets::icons()) "#wordmark" } {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_only_goes_on_to_pages_of_ours() {
        for (next, goes_to) in [
            ("", "/"),
            ("next=%2Fqueue%3Fq%3Da", "/queue?q=a"),
            ("next=https%3A%2F%2Fevil.example", "/"),
            ("next=%2F%2Fevil.example", "/"),
            ("next=%2F%09%2Fevil.example", "/"),
            ("next=%2F%5Cevil.example", "/"),
            ("next=%2Fsign-in%3Fnext%3D%2F", "/"),
        ] {
            assert_eq!(next_page(&Fields::parse(next)), goes_to, "{next}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_may_say_for_whom_it_speaks() {
        let trusted = [Network::LOOPBACK_V4, Network::LOOPBACK_V6, "10.0.0.0/24".parse().unwrap()];
        let forwarded = |value: &'static str| {
            HeaderMap::from_iter([(
                "x-forwarded-for".parse().unwrap(),
                HeaderValue::from_static(value),
            )])
        };
        for (peer, header, address) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1", "198.51.100.66, 198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "198.51.100.66, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
            ("127.0.0.1", "10.0.0.8,10.0.0.7", "10.0.0.8"),
            ("127.0.0.1", "198.51.100.66, garbage, 10.0.0.7", "10.0.0.7"),
            ("10.0.0.7", "not an address", "10.0.0.7"),
            ("10.0.1.7", "198.51.100.1", "10.0.1.7"),
            ("192.168.0.9", "198.51.100.1", "192.168.0.9"),
            ("::1", "2001:db8::1:2:3:4", "2001:db8::"),
            ("2001:db8:0:7::1", "", "2001:db8:0:7::"),
            ("::ffff:203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ] {
            let found = address_of(Some(peer.parse().unwrap()), &forwarded(header), &trusted);
            assert_eq!(found, address, "{peer} says {header}");
        }
        let mut twice = forwarded("198.51.100.1");
        twice.append("x-forwarded-for", HeaderValue::from_static("10.0.0.7"));
        assert_eq!(
            address_of(Some("127.0.0.1".parse().unwrap()), &twice, &trusted),
            "198.51.100.1"
        );
        assert_eq!(address_of(None, &HeaderMap::new(), &trusted), "unknown");
    }

    #[test]
    fn waiting_is_told_in_round_numbers() {
        for (seconds, words) in
            [(1, "1 second"), (90, "90 seconds"), (91, "2 minutes"), (300, "5 minutes")]
        {
            let said = waiting(seconds, locale::entry(Language::En)).to_string();
            assert!(said.contains(&format!("Wait {words}, then")), "{said}");
        }
    }
}
