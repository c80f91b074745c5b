//! Where one is signed in, and signing out everywhere else.

use super::done;
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::time;
use axum::extract::State;
use axum::response::Response;
use locale::Account;
use maud::{Markup, html};
use store::directory::Session;

/// Browsers by the word in what they call themselves; the first that fits.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Systems likewise.
const SYSTEMS: [(&str, &str); 6] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// `POST /me/sessions/end-others`
pub(super) async fn end_others(State(app): State<App>, who: SignedIn) -> PageResult<Response> {
    app.desk.sign_out_elsewhere(who.viewer().person, who.sign_in.session.clone()).await?;
    Ok(done("sessions"))
}

pub(super) fn card(who: &SignedIn, sessions: &[Session]) -> Markup {
    let this = who.sign_in.session.as_deref();
    let say = locale::account(who.here.language);
    html! {
        section.card aria-labelledby="sess" {
            div.card-h {
                h2 id="sess" { (say.signed_in_where()) }
                @if sessions.len() > 1 {
                    form method="post" action="/me/sessions/end-others" { button.btn.btn-sm type="submit" { (say.end_others()) } }
                }
            }
            div.scroll-x tabindex="0" role="region" aria-label=(say.signed_in_where()) {
                table.dt {
                    thead { tr { th scope="col" { (say.browser()) } th scope="col" { (say.signed_in()) } th scope="col" { (say.last_used()) } } }
                    tbody {
                        @for session in sessions {
                            tr {
                                th scope="row" { (browser(&session.agent, say)) @if this == Some(session.secret_hash.as_slice()) { " " span.chip { (say.this_one()) } } }
                                td { (time::moment(session.created_at, &who.here)) }
                                td { (time::moment(session.seen_at, &who.here)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// "Firefox on Linux"; as it calls itself if that is no browser we know.
pub(super) fn browser(agent: &str, say: Account) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => say.browser_on(browser, system),
        (Some(browser), None) => browser.to_owned(),
        _ if agent.trim().is_empty() => say.browser_unknown().to_owned(),
        _ => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_as_people_know_them() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", "Unknown"),
        ] {
            assert_eq!(browser(agent, locale::account(kernel::Language::En)), name);
        }
    }
}
