//! What somebody was told, on one page: for people of the service desk and for requesters.

mod words;

use crate::account;
use crate::app::App;
use crate::articles;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::oncall;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time;
use crate::reviews;
use crate::route::{get, post};
use crate::shell::{Page, PortalPage};
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::InboxEntry;
use kernel::IncidentNumber;
use maud::{Markup, html};
use store::deliveries::inbox::{UNREAD_MAX, Which};

/// Entries on one page.
const ROWS: usize = 50;
/// Characters of people's words that the page shows; the incident has all of them.
const EXCERPT_CHARS: usize = 240;
/// Where entries are marked as read.
const READ: &str = "/inbox/read";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::INBOX, get(show)).route(READ, post(mark))
}

/// The way to the inbox from every page, with what is unread.
pub(crate) fn bell(who: &SignedIn) -> Markup {
    html! {
        a.bell href=(url::INBOX) data-key-go="i" title="Inbox" {
            (icon("bell")) span.vh { "Inbox" } (unread(who.unread, false))
        }
    }
}

/// How many entries are unread, as part of a page or as a patch of it.
pub(crate) fn unread(count: i64, patch: bool) -> Markup {
    html! {
        span.bell-n id="bell-n" data-patch[patch] hidden[count == 0] {
            @if count > 0 { (number(count)) span.vh { " unread" } }
        }
    }
}

/// "99+" for what nobody counts any more.
fn number(count: i64) -> String {
    if count >= UNREAD_MAX { format!("{}+", UNREAD_MAX - 1) } else { count.to_string() }
}

/// Entries about one incident that follow each other on the page.
struct Group {
    number: IncidentNumber,
    title: Option<String>,
    entries: Vec<InboxEntry>,
}

impl Group {
    fn unread(&self) -> usize {
        self.entries.iter().filter(|entry| entry.read_at.is_none()).count()
    }
}

/// `GET /inbox?show=unread&before=`
async fn show(
    State(app): State<App>,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let unread_only = fields.get("show") == Some("unread");
    let before = fields.filled("before").and_then(|id| id.parse::<i64>().ok());
    let mut entries = app.desk.inbox(who.viewer(), unread_only, before, ROWS + 1).await?;
    let more = entries.len() > ROWS;
    entries.truncate(ROWS);
    let newest = entries.first().map(|entry| entry.id);
    let last = entries.last().filter(|_| more).map(|entry| entry.id);
    let groups = grouped(entries);
    let due = articles::reminders(&app, &who).await?;
    let own = reviews::own(&app, &who).await?;
    let shifts = oncall::asked(&app, &who).await?;
    let ended = app.desk.ended_devices(who.viewer().person).await?;
    let body = html! {
        (account::ended_devices(&who, &ended))
        (shifts)
        (own)
        (due)
        (head(&who, unread_only, newest.filter(|_| before.is_none())))
        @if groups.is_empty() {
            @if unread_only {
                (empty("Nothing unread", "You have read everything that concerned you.", None))
            } @else {
                (empty("Nothing here yet", "What concerns you is told here as it happens.", None))
            }
        } @else {
            div.stack-l { @for group in &groups { (card(&who, group)) } }
        }
        @if let Some(last) = last {
            nav.pages aria-label="Pages" { a.btn rel="next" href=(address(unread_only, Some(last))) { "Older " (icon("right")) } }
        }
    };
    Ok(page(&who, body))
}

fn page(who: &SignedIn, body: Markup) -> Markup {
    match who.viewer().is_staff() {
        true => Page::new(who, "Inbox")
            .main_class("main main-canvas")
            .stream(url::LIVE_INBOX.to_owned())
            .show(html! { div.page { (body) } }),
        false => PortalPage::new(who, "Inbox").stream(url::LIVE_INBOX.to_owned()).show(html! {
            div.p-inc.stack-l {
                p.crumbs { a href=(url::PORTAL) data-back { "Start" } span aria-hidden="true" { "/" } "Inbox" }
                (body)
            }
        }),
    }
}

fn address(unread_only: bool, before: Option<i64>) -> String {
    let show = if unread_only { "unread" } else { "all" };
    let before = before.map(|id| format!("&before={id}")).unwrap_or_default();
    format!("{}?show={show}{before}", url::INBOX)
}

fn head(who: &SignedIn, unread_only: bool, newest: Option<i64>) -> Markup {
    html! {
        div.page-h {
            div { h1 { "Inbox" } p { "What concerned you, the newest first." } }
            @if let Some(newest) = newest.filter(|_| who.unread > 0) {
                form method="post" action=(READ) {
                    input type="hidden" name="until" value=(newest);
                    button.btn type="submit" { (icon("check")) "Mark all as read" }
                }
            }
        }
        nav.seg.mbm aria-label="Which entries" {
            @for (only, words) in [(false, "All"), (true, "Unread")] {
                a href=(address(only, None)) aria-current=[(only == unread_only).then_some("page")] { (words) }
            }
        }
    }
}

/// Entries by incident: an incident stands where its newest entry does.
fn grouped(entries: Vec<InboxEntry>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in entries {
        match groups.iter_mut().find(|group| group.number == entry.number) {
            Some(group) => group.entries.push(entry),
            None => groups.push(Group {
                number: entry.number,
                title: entry.title.clone(),
                entries: vec![entry],
            }),
        }
    }
    groups
}

fn card(who: &SignedIn, group: &Group) -> Markup {
    let number = group.number;
    let href = match who.viewer().is_staff() {
        true => url::incident(number),
        false => url::portal_incident(number),
    };
    let unread = group.unread();
    html! {
        section.card.inbox aria-labelledby={ "inbox-" (number) } {
            div.card-h {
                h2 id={ "inbox-" (number) } { a href=(href) { (number) " " (group.title.as_deref().unwrap_or("Title removed")) } }
                @if unread > 1 {
                    form method="post" action=(READ) {
                        input type="hidden" name="number" value=(number);
                        button.btn.btn-sm.btn-quiet type="submit" { "Mark all " (unread) " as read" span.vh { " of " (number) } }
                    }
                }
            }
            ul.inbox-l { @for entry in &group.entries { (line(who, entry)) } }
        }
    }
}

fn line(who: &SignedIn, entry: &InboxEntry) -> Markup {
    let is_unread = entry.read_at.is_none();
    html! {
        li id={ "in-" (entry.id) } class=[is_unread.then_some("is-unread")] {
            div {
                @match &entry.told {
                    Some(told) => {
                        p { @if is_unread { span.vh { "Unread: " } } (words::happened(entry, told, &who.here)) }
                        @if let Some(said) = told.said.as_ref().filter(|_| !words::is_reminder(entry)) { blockquote { (excerpt(said)) } }
                    }
                    None => p.muted { "You may not read this any more." }
                }
                p.meta { (time::since(entry.at, &who.here)) " · " (words::why(entry)) }
            }
            @if is_unread {
                form method="post" action=(READ) {
                    input type="hidden" name="id" value=(entry.id);
                    button.btn.btn-sm.btn-quiet type="submit" aria-label="Mark as read" title="Mark as read" { (icon("check")) }
                }
            }
        }
    }
}

/// The beginning of somebody's words.
fn excerpt(said: &str) -> String {
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(EXCERPT_CHARS) {
        Some((at, _)) => format!("{}…", words[..at].trim_end()),
        None => words,
    }
}

/// `POST /inbox/read`: one by `id`, an incident's by `number`, all up to `until`.
async fn mark(State(app): State<App>, who: SignedIn, fields: Fields) -> PageResult<Response> {
    let id = |name: &str| fields.filled(name).and_then(|text| text.parse::<i64>().ok());
    let about = || fields.filled("number").and_then(|text| text.parse::<IncidentNumber>().ok());
    let which = id("id").map(Which::One).or_else(|| id("until").map(Which::UpTo));
    let Some(which) = which.or_else(|| about().map(Which::About)) else {
        return Err(PageError::invalid("say which entry, which incident, or up to where"));
    };
    app.desk.mark_read(who.viewer(), which).await?;
    app.hub.inboxes().changed(who.viewer().person);
    Ok(Redirect::to(url::INBOX).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_end_between_letters() {
        assert_eq!(excerpt(" a\n\nb "), "a b");
        let long = "é".repeat(EXCERPT_CHARS + 1);
        assert_eq!(excerpt(&long), format!("{}…", "é".repeat(EXCERPT_CHARS)));
        assert_eq!(excerpt(&"é".repeat(EXCERPT_CHARS)), "é".repeat(EXCERPT_CHARS));
    }

    #[test]
    fn nobody_counts_beyond_a_hundred() {
        assert_eq!([number(1), number(99), number(100)], ["1", "99", "99+"]);
    }
}
