//! A message as it was sent: all of its text, quotes and signature included, and its page, in
//! a frame of its own that can do nothing.

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::incident::attachments::size_words;
use crate::part::icon::icon;
use crate::shell::{Page, PortalPage, Section};
use crate::url;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use kernel::{IncidentNumber, Timestamp};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use store::Failure;

/// A message, understood by whoever reads mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Original {
    /// Who wrote it.
    pub from: Option<String>,
    /// Where they want answers, if elsewhere.
    pub reply_to: Option<String>,
    /// To whom.
    pub to: Vec<String>,
    /// Who got it, too.
    pub cc: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// When its sender says it was sent.
    pub sent_at: Option<Timestamp>,
    /// What is known about whether its sender is who they say, in words.
    pub proof: String,
    /// That no person wrote it just now, and by what it was seen.
    pub automatic: Option<String>,
    /// All of its text.
    pub text: String,
    /// Its page, written anew so that it can do no harm and loads nothing.
    pub page: Option<String>,
    /// Files that came with it.
    pub files: Vec<OriginalFile>,
    /// What was left out or could not be read, in sentences.
    pub faults: Vec<String>,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalFile {
    /// Its name.
    pub name: String,
    /// Its type, such as `image/png`.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
}

/// What may happen in the frame of a message's page: nothing.
const FRAME_POLICY: &str = "default-src 'none'; img-src data:; style-src 'none'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'; sandbox";

/// Where staff reads the message that became an entry.
pub(crate) fn address_for_staff(number: IncidentNumber, n: u32) -> String {
    format!("{}/mail/{n}", url::incident(number))
}

/// Where its sender reads the message that became an entry.
pub(crate) fn address_in_portal(number: IncidentNumber, n: u32) -> String {
    format!("{}/mail/{n}", url::portal_incident(number))
}

/// The link on an entry to the message that it came from.
pub(crate) fn link(address: &str) -> Markup {
    html! { a.orig-l href=(address) { (icon("mail")) "Show original" } }
}

/// Reads a message; `None` where nobody here reads mail.
pub(super) async fn understood(app: &App, raw: Vec<u8>) -> PageResult<Option<Original>> {
    let Some(read) = app.options.original else { return Ok(None) };
    let read = desk::on_a_thread(move || read(&raw)).await;
    let read = read.map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(Some(read))
}

/// Its words, its page and its files; `address` is that of the message.
pub(super) fn words(original: &Original, address: &str) -> Markup {
    html! {
        @if original.text.trim().is_empty() {
            p.muted { "It has no text." }
        } @else {
            pre.orig tabindex="0" role="region" aria-label="Text of the message" { (original.text) }
        }
        @if original.page.is_some() {
            details.fold {
                summary { (icon("right")) "As a page, without images and links" }
                iframe.orig-p sandbox="" loading="lazy" title="The message as a page" src={ (address) "/page" } {}
            }
        }
        @if !original.files.is_empty() {
            div.atts { @for file in &original.files {
                span.att title=(file.media_type) { (icon("clip")) (file.name) span.meta { (size_words(file.bytes)) } }
            } }
        }
    }
}

/// `GET /incidents/{number}/mail/{n}`
pub(super) async fn for_staff(
    State(app): State<App>,
    Staff(who): Staff,
    Path((number, n)): Path<(String, String)>,
) -> PageResult<Markup> {
    let (number, n) = named(&number, &n)?;
    let (original, id) = of_entry(&app, &who, number, n).await?;
    let address = address_for_staff(number, n);
    let main = html! {
        div.page {
            div.page-h { div { h1 { "As it was sent" } p {
                (original.from.as_deref().unwrap_or("Somebody"))
                @if let Some(at) = original.sent_at { ", " (who.here.full(at)) }
            } } }
            section.card { div.card-b.stack {
                dl.props {
                    div { dt { "Subject" } dd { (original.subject) } }
                    @if !original.to.is_empty() { div { dt { "To" } dd { (original.to.join(", ")) } } }
                    @if !original.cc.is_empty() { div { dt { "Cc" } dd { (original.cc.join(", ")) } } }
                    div { dt { "More" } dd { a.link href=(url::mail(id)) { "What became of the message" } } }
                }
                (words(&original, &address))
            } }
        }
    };
    let page = Page::new(&who, "As it was sent")
        .section(Section::Queue)
        .crumb(url::QUEUE, "Queue")
        .crumb(url::incident(number), number.to_string());
    Ok(page.main_class("main main-canvas").show(main))
}

/// `GET /portal/incidents/{number}/mail/{n}`: to its sender the words alone.
pub(super) async fn in_portal(
    State(app): State<App>,
    who: SignedIn,
    Path((number, n)): Path<(String, String)>,
) -> PageResult<Markup> {
    let (number, n) = named(&number, &n)?;
    let (original, _) = of_entry(&app, &who, number, n).await?;
    let original = Original { files: vec![], ..original };
    let back = url::portal_incident(number);
    let main = html! {
        div.p-inc.stack-l {
            p.crumbs { a href=(url::PORTAL) { "Your incidents" } span aria-hidden="true" { "/" } a href=(back) data-back { (number) } }
            h1 { "As you sent it" }
            p.muted { (original.subject) @if let Some(at) = original.sent_at { ", " (who.here.full(at)) } }
            section.card { div.card-b.stack { (words(&original, &address_in_portal(number, n))) } }
        }
    };
    Ok(PortalPage::new(&who, "As you sent it").show(main))
}

async fn of_entry(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    n: u32,
) -> PageResult<(Original, i64)> {
    let found = app.desk.original(who.viewer(), number, n).await?.ok_or(PageError::NotFound)?;
    let original = understood(app, found.raw).await?.ok_or(PageError::NotFound)?;
    Ok((original, found.message.id))
}

fn named(number: &str, n: &str) -> PageResult<(IncidentNumber, u32)> {
    let number = number.parse().map_err(|_| PageError::NotFound)?;
    Ok((number, n.parse().map_err(|_| PageError::NotFound)?))
}

/// `GET …/mail/{n}/page`, of an entry.
pub(super) async fn page_of_entry(
    State(app): State<App>,
    who: SignedIn,
    Path((number, n)): Path<(String, String)>,
) -> PageResult {
    let (number, n) = named(&number, &n)?;
    frame(of_entry(&app, &who, number, n).await?.0)
}

/// `GET /mail/{id}/page`
pub(super) async fn page_of_message(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> PageResult {
    let raw = bytes(&app, &who, &id).await?;
    frame(understood(&app, raw).await?.ok_or(PageError::NotFound)?)
}

/// What stands in the frame: what was written anew, and nothing of ours.
fn frame(original: Original) -> PageResult {
    let page = original.page.ok_or(PageError::NotFound)?;
    let document = html! {
        (DOCTYPE)
        html { head { meta charset="utf-8"; title { "A message" } } body { (PreEscaped(page)) } }
    };
    let headers = [
        ("content-security-policy", FRAME_POLICY),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    Ok((headers, document).into_response())
}

/// `GET /mail/{id}/raw`: the bytes, to be kept and never to be shown.
pub(super) async fn download(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> PageResult<Response> {
    let raw = bytes(&app, &who, &id).await?;
    let name = format!("attachment; filename=\"message-{}.eml\"", id.parse::<i64>().unwrap_or(0));
    let headers = [
        ("content-type", "application/octet-stream"),
        ("content-disposition", name.as_str()),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    Ok((headers.map(|(name, value)| (name, value.to_owned())), raw).into_response())
}

async fn bytes(app: &App, who: &SignedIn, id: &str) -> PageResult<Vec<u8>> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    app.desk.message_bytes(who.viewer(), id).await?.ok_or(PageError::NotFound)
}
