//! Browsers that show one's news when no page is open. A browser is allowed with the script of
//! the page, which asks its person and the browser; the list and its buttons need none.

use super::{came_from, done, sessions};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::time;
use crate::url;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::push::Draft;
use kernel::{DeviceId, Timestamp};
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use store::directory::{Device, EndedDevice};

/// `POST /me/devices`
pub(super) async fn allow(
    State(app): State<App>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Response> {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let say = locale::account(who.here.language);
    let label = sessions::browser(agent.unwrap_or_default(), say);
    app.desk.allow_device(who.viewer().person, typed(&fields, label)).await?;
    Ok(done("allowed"))
}

/// `POST /me/devices/renew`: by the worker, when the browser was given another address.
pub(super) async fn renew(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    let (before, draft) = (fields.text("before").to_owned(), typed(&fields, String::new()));
    app.desk.renew_device(who.viewer().person, before, draft).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn typed(fields: &Fields, label: String) -> Draft {
    let text = |name| fields.text(name).to_owned();
    Draft { endpoint: text("endpoint"), p256dh: text("p256dh"), auth: text("auth"), label }
}

/// `POST /me/devices/{id}/test`
pub(super) async fn try_out(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<DeviceId>,
) -> PageResult<Response> {
    app.desk.try_device(who.viewer().person, id).await?;
    Ok(done("tried"))
}

/// `POST /me/devices/{id}/remove`
pub(super) async fn remove(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<DeviceId>,
) -> PageResult<Response> {
    app.desk.remove_device(who.viewer().person, id).await?;
    Ok(done("stopped"))
}

/// `POST /me/devices/heard`: they know which browsers their vendors ended until an instant.
pub(super) async fn heard(
    State(app): State<App>,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Response> {
    let until = fields.filled("until").and_then(|text| text.parse::<Timestamp>().ok());
    let until = until.ok_or_else(|| PageError::invalid("say until when"))?;
    app.desk.heard_of_devices(who.viewer().person, until).await?;
    Ok(Redirect::to(&came_from(&headers)).into_response())
}

/// Browsers that show no news any more though their person wanted it: said until they know.
pub(crate) fn ended(who: &SignedIn, ended: &[EndedDevice]) -> Markup {
    let Some(last) = ended.first() else { return html! {} };
    html! {
        div.banner.banner-warn role="status" {
            (icon("alert"))
            div.stack-s {
                @for device in ended { p { b { (device.label) } " shows you no news any more: its vendor ended that, " (time::moment(device.ended_at, &who.here)) "." } }
                p { "To have it back, open " a.link href={ (url::ACCOUNT) "#push" } { "your account" } " in that browser and allow it again." }
                form method="post" action="/me/devices/heard" {
                    input type="hidden" name="until" value=(last.ended_at);
                    button.btn.btn-sm type="submit" { (icon("check")) "I know" }
                }
            }
        }
    }
}

pub(super) fn card(who: &SignedIn, devices: &[Device], key: &str) -> Markup {
    html! {
        section.card id="push" aria-labelledby="push-h" data-key=(key) {
            div.card-h { h2 id="push-h" { "Push" } }
            div.card-b.stack {
                p { "A browser can show you news when no page of ours is open, on a telephone, too: what is urgent, and what you choose above. It stays allowed when you sign out." }
                (this_browser())
            }
            @if !devices.is_empty() { (list(who, devices)) }
        }
    }
}

/// What the script shows of it depends on what the browser can and was told.
fn this_browser() -> Markup {
    html! {
        p.hint data-when="" { "Allowing it needs scripts, which are not running here." }
        p.hint data-when="unable" hidden { "This browser cannot do it here. On an iPhone or iPad add this page to the Home Screen and open it from there. Elsewhere it needs an encrypted connection (https)." }
        p.hint data-when="denied" hidden { "This browser was told to show nothing of this site. Allow notifications of it in the settings of the browser, then load this page again." }
        p.banner.banner-warn data-when="failed" role="alert" hidden { (icon("alert")) span { "The browser could not be signed up. Its vendor’s service may be out of reach, or switched off in its settings." } }
        p.hint data-when="on" hidden { "This browser shows you news." }
        form method="post" action="/me/devices" data-when="off" hidden {
            @for name in ["endpoint", "p256dh", "auth"] { input type="hidden" name=(name); }
            button.btn type="button" data-allow { (icon("bell")) "Show news in this browser" }
        }
    }
}

fn list(who: &SignedIn, devices: &[Device]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Browsers that show you news" { table.dt {
            thead { tr { th scope="col" { "Browser" } th scope="col" { "Allowed" } th scope="col" { "How it goes" } th scope="col" { span.vh { "Actions" } } } }
            tbody { @for device in devices {
                tr data-device=(digest(&device.endpoint)) {
                    th scope="row" { (device.label) " " span.chip data-this hidden { "this one" } }
                    td { (time::moment(device.created_at, &who.here)) }
                    td { (health(who, device)) }
                    td.num { div.btns {
                        form method="post" action={ "/me/devices/" (device.id) "/test" } {
                            button.btn.btn-sm type="submit" aria-label={ "Try out " (device.label) } { (icon("play")) "Try it out" }
                        }
                        form method="post" action={ "/me/devices/" (device.id) "/remove" } data-remove {
                            button.btn.btn-sm type="submit" aria-label={ "Stop " (device.label) } { (icon("x")) "Stop" }
                        }
                    } }
                }
            } }
        } }
    }
}

fn health(who: &SignedIn, device: &Device) -> Markup {
    html! {
        @match (device.failing_since, device.ok_at) {
            (Some(since), _) => { span.chip { (icon("alert")) "failing since " (time::moment(since, &who.here)) } @if let Some(error) = &device.error { " " (error) } },
            (None, Some(at)) => { "shown " (time::since(at, &who.here)) },
            (None, None) => span.muted { "nothing sent yet" },
        }
    }
}

/// By this a browser knows itself in the list; its address is a secret and not shown.
fn digest(endpoint: &str) -> String {
    Sha256::digest(endpoint.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
