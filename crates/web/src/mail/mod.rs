//! What came in by mail: what became of it, what waits for somebody, and what people sent as
//! it came.

mod list;
mod one;
mod original;

pub use original::{Original, OriginalFile};
pub(crate) use original::{address_for_staff, address_in_portal, link};

use crate::app::App;
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use kernel::Role;
use maud::{Markup, html};
use store::messages::{Message, MessageState};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::MAIL, get(list::show))
        .route("/mail/selected", post(list::decide))
        .route("/mail/{id}", get(one::show))
        .route("/mail/{id}/page", get(original::page_of_message))
        .route("/mail/{id}/raw", get(original::download))
        .route("/mail/{id}/{decision}", post(one::decide))
        .route("/incidents/{number}/mail/{n}", get(original::for_staff))
        .route("/incidents/{number}/mail/{n}/page", get(original::page_of_entry))
        .route("/portal/incidents/{number}/mail/{n}", get(original::in_portal))
        .route("/portal/incidents/{number}/mail/{n}/page", get(original::page_of_entry))
}

/// The two sides of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What people are told.
    Out,
    /// What people sent.
    In,
}

/// The way from what goes out to what came in and back, for those who may read both.
pub(crate) fn sides(who: &SignedIn, side: Side, quarantined: i64) -> Markup {
    let both = who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]);
    let current = |this: Side| (this == side).then_some("page");
    html! {
        @if both {
            nav.seg aria-label="Mail" {
                a href=(url::settings("mail")) aria-current=[current(Side::Out)] { "What goes out" }
                a href=(url::MAIL) aria-current=[current(Side::In)] {
                    "What came in" @if quarantined > 0 { " " span.n { (quarantined) " wait" } }
                }
            }
        }
    }
}

/// The way to the messages that wait for somebody, where some do.
pub(crate) fn waiting_link(class: &'static str, quarantined: i64) -> Markup {
    html! {
        a class=(class) href=(url::MAIL) { (icon("mail")) span { "Mail kept aside" } span.n.n-warn { (quarantined) } }
    }
}

/// What became of a message, in a word.
fn state_words(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting => "Waits to be understood",
        MessageState::Done => "In an incident",
        MessageState::Quarantined => "Kept aside",
        MessageState::Dropped => "Dropped",
    }
}

/// What became of a message, with the incident.
fn became(message: &Message, restricted: bool) -> Markup {
    html! {
        @match (message.state, message.number) {
            (_, Some(number)) if message.state != MessageState::Quarantined => {
                a.chip href=(url::incident(number)) { (number) } @if !message.public { " as a note" }
            }
            (state, _) if restricted && state == MessageState::Done => span.muted { "In a restricted incident" },
            (MessageState::Quarantined, _) => span.chip.chip-warn { (state_words(message.state)) },
            (state, _) => (state_words(state)),
        }
        @if message.state == MessageState::Quarantined && let Some(suggested) = message.suggested {
            span.meta { " may belong to " a.link href=(url::incident(suggested)) { (suggested) } }
        }
    }
}

/// What a message is called.
fn subject(message: &Message, restricted: bool) -> &str {
    match message.subject.trim() {
        "" if restricted => "About a restricted incident",
        "" if message.state == MessageState::Waiting => "(not read yet)",
        "" => "(no subject)",
        subject => subject,
    }
}

/// Who a message is from: by its header, else by its envelope.
fn from(message: &Message) -> &str {
    let sender = Some(message.sender.as_str()).filter(|sender| !sender.is_empty());
    message.from.as_deref().or(sender).unwrap_or("–")
}
