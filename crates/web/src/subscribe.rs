//! Subscribing to the status page, without an account: asking, confirming, choosing, ending.
//! Looking at a page changes nothing, so that programs which open every link of a letter do
//! neither; a press does, of the page or of a mail program (RFC 8058). Whoever asks reads the
//! same whether an address is known here or not.

mod draw;

use crate::app::App;
use crate::auth::Reads;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::{get, post};
use crate::sign_in::address_of;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Router};
use desk::Trouble;
use desk::subscribers::{Chosen, Confirmation, Wish, public_components};
use draw::{Form, Page};
use kernel::{ComponentId, Language};
use std::net::SocketAddr;
use store::status::components::Component;
use store::subscribers::SubscriberKind;

/// Bytes of such a form: an address, and as many components as a page has.
const FORM_BYTES: usize = 65_536;

/// Where these pages are.
const BASE: &str = "/status";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/status/subscribe", get(ask).merge(post(asked)))
        .route("/status/confirm/{token}", get(confirm).merge(post(confirmed)))
        .route("/status/subscriptions/{token}", get(manage).merge(post(chosen)))
        .route("/status/unsubscribe/{token}", get(end).merge(post(ended)))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
}

/// The page that somebody subscribes to.
async fn page(app: &App, language: Language, query: Option<&str>) -> PageResult<Page> {
    let fields = Fields::parse(query.unwrap_or_default());
    let said = fields.get("lang").and_then(Language::of_tag);
    let status = app.desk.read(|sql| Ok(store::status::page::get(sql)?.value)).await?;
    let site = match status.name.is_empty() {
        true => app.instance().await?.setting.name.clone(),
        false => status.name,
    };
    let home = match status.domain.as_str() {
        "" => BASE.to_owned(),
        domain => format!("https://{domain}/"),
    };
    Ok(Page { language: said.unwrap_or(language), site, home, public: status.public })
}

/// The same where somebody wants to subscribe: while the page is not public there is nothing here.
async fn public_page(app: &App, language: Language, query: Option<&str>) -> PageResult<Page> {
    let page = page(app, language, query).await?;
    if page.public { Ok(page) } else { Err(PageError::NotFound) }
}

/// Links are as good as a signature: no cache keeps the page, no other site hears of it.
fn private(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

async fn components(app: &App) -> PageResult<Vec<Component>> {
    Ok(app.desk.read(public_components).await?)
}

/// `GET /status/subscribe`
async fn ask(
    State(app): State<App>,
    Reads(language): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let page = public_page(&app, language, query.as_deref()).await?;
    let fields = Fields::parse("kind=mail&everything=1");
    let form = Form { fields: &fields, wrong: None, mail: app.options.mail.is_some() };
    Ok(private(draw::ask(&page, &form, &components(&app).await?)))
}

/// `POST /status/subscribe`
async fn asked(
    State(app): State<App>,
    Reads(language): Reads,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    fields: Fields,
) -> PageResult<Response> {
    let mut page = public_page(&app, language, query.as_deref()).await?;
    let wanted = fields.get("language").and_then(|code| code.parse::<Language>().ok());
    page.language = wanted.unwrap_or(page.language);
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let network = address_of(peer, &headers, &app.options.trusted_proxies);
    let kind = match fields.get("kind") {
        Some("webhook") => SubscriberKind::Webhook,
        _ if app.options.mail.is_none() => SubscriberKind::Webhook,
        _ => SubscriberKind::Mail,
    };
    let address = match kind {
        SubscriberKind::Mail => fields.text("email"),
        SubscriberKind::Webhook => fields.text("program"),
    };
    let wish = Wish {
        kind,
        address: address.to_owned(),
        language: page.language,
        chosen: chosen_in(&fields),
    };
    match app.desk.subscribe(wish, &network).await {
        Ok(()) => Ok(private(draw::sent(&page, kind))),
        Err(trouble) => {
            let (status, wrong) = draw::Wrong::of(&trouble, kind).ok_or(trouble)?;
            let mail = app.options.mail.is_some();
            let form = Form { fields: &fields, wrong: Some(wrong), mail };
            let body = draw::ask(&page, &form, &components(&app).await?);
            Ok(private((status, body)))
        }
    }
}

fn chosen_in(fields: &Fields) -> Chosen {
    let components = fields.all("component").filter_map(|id| id.parse::<ComponentId>().ok());
    Chosen { everything: fields.text("everything") == "1", components: components.collect() }
}

/// `GET /status/confirm/{token}`
async fn confirm(
    State(app): State<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let page = page(&app, language, query.as_deref()).await?;
    let found = app.desk.look_at_asking(&token).await?;
    Ok(confirmation(page, found, &token))
}

/// `POST /status/confirm/{token}`
async fn confirmed(
    State(app): State<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let page = page(&app, language, query.as_deref()).await?;
    let found = app.desk.confirm_asking(&token).await?;
    Ok(confirmation(page, found, &token))
}

fn confirmation(page: Page, found: Confirmation, token: &str) -> Response {
    match found {
        Confirmation::Waits(one) => {
            private(draw::confirm(&Page { language: one.language, ..page }, &one, token))
        }
        Confirmation::Done(one) => {
            private(draw::confirmed(&Page { language: one.language, ..page }))
        }
        Confirmation::Nowhere => private((StatusCode::NOT_FOUND, draw::nowhere(&page))),
    }
}

/// `GET /status/subscriptions/{token}`
async fn manage(
    State(app): State<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let page = page(&app, language, query.as_deref()).await?;
    let Some(one) = app.desk.subscription(&token).await? else {
        return Ok(private((StatusCode::NOT_FOUND, draw::nowhere(&page))));
    };
    let page = Page { language: one.language, ..page };
    let saved = Fields::parse(query.as_deref().unwrap_or_default()).get("done").is_some();
    let state = if saved { draw::Managed::Saved } else { draw::Managed::Asked };
    Ok(private(draw::manage(&page, &one, &token, &components(&app).await?, state)))
}

/// `POST /status/subscriptions/{token}`
async fn chosen(
    State(app): State<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    fields: Fields,
) -> PageResult<Response> {
    let page = page(&app, language, query.as_deref()).await?;
    let Some(one) = app.desk.subscription(&token).await? else {
        return Ok(private((StatusCode::NOT_FOUND, draw::nowhere(&page))));
    };
    match app.desk.choose_components(&token, chosen_in(&fields)).await {
        Ok(true) => {
            let address = format!("{BASE}/subscriptions/{}?done=saved", crate::url::encode(&token));
            Ok(private(Redirect::to(&address)))
        }
        Ok(false) => Ok(private((StatusCode::NOT_FOUND, draw::nowhere(&page)))),
        Err(Trouble::Refused(_)) => {
            let page = Page { language: one.language, ..page };
            let all = components(&app).await?;
            let again = draw::manage(&page, &one, &token, &all, draw::Managed::NothingChosen);
            Ok(private((StatusCode::UNPROCESSABLE_ENTITY, again)))
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// `GET /status/unsubscribe/{token}`: of a subscription, or off a list.
async fn end(
    State(app): State<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let page = page(&app, language, query.as_deref()).await?;
    Ok(private(match app.desk.subscription(&token).await? {
        Some(one) => {
            draw::end(&Page { language: one.language, ..page }, &one, &token).into_response()
        }
        None => match app.desk.listed(&token).await? {
            Some(one) => {
                let page = Page { language: one.language, ..page };
                draw::leave(&page, &one.email, &token).into_response()
            }
            None => is_over(&app, &page, &token).await?,
        },
    }))
}

/// `POST /status/unsubscribe/{token}`: of the page, or of a mail program (RFC 8058). Whoever
/// presses again reads the same.
async fn ended(
    State(app): State<App>,
    Reads(language): Reads,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    app.desk.unsubscribe(&token).await?;
    let page = page(&app, language, query.as_deref()).await?;
    Ok(private(is_over(&app, &page, &token).await?))
}

/// That a subscription is over, or an address off its list. Whoever has a link that was cut on its
/// way must not take it for done.
async fn is_over(app: &App, page: &Page, token: &str) -> PageResult<Response> {
    let seals = app.desk.seals().await?;
    Ok(match (seals.read_subscription(token), seals.read_list(token)) {
        (Some(_), _) => draw::ended(page).into_response(),
        (None, Some(_)) => draw::left(page).into_response(),
        (None, None) => (StatusCode::NOT_FOUND, draw::nowhere(page)).into_response(),
    })
}
