//! The page of one message: what it says, what was decided and why, and what can be done.

use super::list::decides;
use super::original::{self, Original};
use super::{became, from, subject};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult, sentence, status_of};
use crate::form::Fields;
use crate::incident::attachments::size_words;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::{Incoming, LetIn, Trouble};
use kernel::IncidentNumber;
use maud::{Markup, html};
use store::directory::integrations;
use store::messages::{Door, Message, MessageState, Released, Rule};

/// Seconds after which the page of a message that was just let in is looked at again.
const AGAIN: (&str, &str) = ("refresh", "1");

/// What the page shows.
struct Shown {
    incoming: Incoming,
    mailbox: Option<String>,
    original: Option<Original>,
    /// Whether its bytes are there and may be read.
    whole: bool,
}

impl Shown {
    async fn load(app: &App, who: &SignedIn, id: i64) -> PageResult<Shown> {
        let found = app.desk.message(who.viewer(), id).await?;
        let incoming = found.ok_or(PageError::NotFound)?;
        let mailbox = match incoming.message.mailbox {
            None => None,
            Some(id) => app.desk.read(move |sql| integrations::get(sql, id)).await?,
        };
        let raw = app.desk.message_bytes(who.viewer(), id).await?;
        let whole = raw.is_some();
        let original = match raw {
            Some(raw) => original::understood(app, raw).await?,
            None => None,
        };
        Ok(Shown { incoming, mailbox: mailbox.map(|one| one.name), original, whole })
    }
}

/// `GET /mail/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    let shown = Shown::load(&app, &who, id).await?;
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let message = &shown.incoming.message;
    let under_way = message.state == MessageState::Waiting && message.attempts == 0;
    let done = fields.get("done");
    let page = page(&who, &shown, &fields, &Errors::default(), done).into_response();
    // Whoever let it in sees what becomes of it, without a script.
    Ok(match under_way && done == Some("let-in") {
        true => ([AGAIN], page).into_response(),
        false => page,
    })
}

fn page(
    who: &SignedIn,
    shown: &Shown,
    fields: &Fields,
    errors: &Errors,
    done: Option<&str>,
) -> Markup {
    let Incoming { message, restricted } = &shown.incoming;
    let title = subject(message, *restricted);
    let main = html! {
        div.page {
            div.page-h { div {
                h1 { (title) }
                p { "From " (from(message)) ", " (time::moment(message.received_at, &who.here)) }
            } }
            div.stack-l {
                (said(message, done))
                (errors.summary())
                (decision(who, shown, fields, errors))
                @if let Some(original) = &shown.original { (contents(who, message, original)) }
                @else if !restricted { (gone(shown.whole)) }
            }
        }
    };
    Page::new(who, title)
        .section(Section::Queue)
        .crumb(url::QUEUE, "Queue")
        .crumb(url::MAIL, "Incoming mail")
        .main_class("main main-canvas")
        .show(main)
}

fn said(message: &Message, done: Option<&str>) -> Markup {
    let words = match (done, message.state) {
        (Some("let-in"), MessageState::Waiting) => "It is being let in.",
        (Some("let-in"), MessageState::Done) => "It was let in.",
        (Some("deleted"), MessageState::Dropped) => "What it said is erased.",
        _ => return html! {},
    };
    html! { p.banner.banner-good role="status" { (icon("check")) span {
        (words) @if let Some(number) = message.number { " " a.link href=(url::incident(number)) { "Open " (number) } }
    } } }
}

fn decision(who: &SignedIn, shown: &Shown, fields: &Fields, errors: &Errors) -> Markup {
    let Incoming { message, restricted } = &shown.incoming;
    let decides = decides(who) && !restricted;
    html! {
        section.card aria-labelledby="decision" {
            div.card-h { h2 id="decision" { "What became of it" } }
            div.card-b.stack {
                dl.props {
                    div { dt { "State" } dd { (became(message, *restricted)) } }
                    @if let Some(reason) = &message.reason { div { dt { "Why" } dd { (sentence(reason)) } } }
                    div { dt { "Came" } dd {
                        (who.here.exact(message.received_at)) " " (door_words(message.door))
                        @if let Some(name) = &shown.mailbox { " to " (name) }
                        @if message.copies > 1 { ", " (message.copies) " times" }
                    } }
                    @if let Some(released) = message.released { div { dt { "Let in" } dd { (released_words(released)) } } }
                    @if message.attempts > 0 { div { dt { "Attempts" } dd { (message.attempts) " failed" } } }
                }
                @if decides && message.state == MessageState::Quarantined {
                    (choices(shown, fields, errors))
                } @else if decides && shown.whole && message.state == MessageState::Dropped {
                    div.btns { (delete(message)) }
                }
            }
        }
    }
}

fn choices(shown: &Shown, fields: &Fields, errors: &Errors) -> Markup {
    let message = &shown.incoming.message;
    let address = url::mail(message.id);
    let typed = fields.text("into");
    html! {
        div.btns {
            @if shown.whole {
                @if let Some(number) = message.suggested {
                    form method="post" action={ (address) "/add" } {
                        input type="hidden" name="into" value=(number);
                        button.btn.btn-primary type="submit" { (icon("merge")) "Add to " (number) }
                    }
                }
                form method="post" action={ (address) "/release" } {
                    button.btn.btn-primary[message.suggested.is_none()] type="submit" { (icon("plus")) "Make an incident of it" }
                }
                @if message.rule == Some(Rule::Failed) {
                    form method="post" action={ (address) "/again" } {
                        button.btn type="submit" { (icon("refresh")) "Try it again" }
                    }
                }
                details.edit open[!errors.is_empty()] {
                    summary.btn { (icon("merge")) "Add to another incident" }
                    form method="post" action={ (address) "/add" } {
                        (Field::new("into", "Its number").hint("Such as INC-7.").errors(errors).input("text", typed))
                        div { button.btn.btn-sm type="submit" { "Add it there" } }
                    }
                }
            }
            (delete(message))
        }
    }
}

fn delete(message: &Message) -> Markup {
    html! {
        details.edit {
            summary.btn.btn-quiet.danger { (icon("trash")) "Delete" }
            form method="post" action={ (url::mail(message.id)) "/delete" } {
                p.hint { "What it says is erased and cannot be brought back. That it came stays on record." }
                div { button.btn.btn-sm.btn-danger type="submit" { "Delete it" } }
            }
        }
    }
}

fn contents(who: &SignedIn, message: &Message, original: &Original) -> Markup {
    let address = url::mail(message.id);
    html! {
        section.card aria-labelledby="message" {
            div.card-h {
                h2 id="message" { "The message" }
                a.btn.btn-sm href={ (address) "/raw" } download { (icon("download")) "Download the message" }
            }
            div.card-b.stack {
                dl.props {
                    div { dt { "From" } dd { (original.from.as_deref().unwrap_or("–")) } }
                    @if let Some(reply_to) = &original.reply_to { div { dt { "Answers to" } dd { (reply_to) } } }
                    @if !original.to.is_empty() { div { dt { "To" } dd { (original.to.join(", ")) } } }
                    @if !original.cc.is_empty() { div { dt { "Cc" } dd { (original.cc.join(", ")) } } }
                    @if let Some(at) = original.sent_at { div { dt { "Date" } dd { (who.here.full(at)) } } }
                    div { dt { "Subject" } dd { (original.subject) } }
                    div { dt { "Proof" } dd { (original.proof) } }
                    @if let Some(automatic) = &original.automatic { div { dt { "Automatic" } dd { (automatic) } } }
                    div { dt { "Envelope" } dd {
                        "from " (if message.sender.is_empty() { "a mail server" } else { &message.sender })
                        @if !message.recipients.is_empty() { " to " (message.recipients.join(", ")) }
                    } }
                    div { dt { "Size" } dd { (size_words(message.size_bytes)) } }
                }
                @if !original.faults.is_empty() {
                    div.banner.banner-warn { (icon("alert")) div { @for (at, fault) in original.faults.iter().enumerate() { @if at > 0 { br; } (fault) } } }
                }
                (original::words(original, &address))
            }
        }
    }
}

fn gone(whole: bool) -> Markup {
    let words = if whole {
        "This instance cannot show messages. Download it instead."
    } else {
        "It is not kept as it came: it was erased, is older than 90 days, or lies with the incident that it belongs to."
    };
    html! { p.muted { (words) } }
}

fn door_words(door: Door) -> &'static str {
    match door {
        Door::Http => "by HTTP",
        Door::Smtp => "by SMTP",
        Door::Lmtp => "by LMTP",
        Door::Pipe => "by the pipe of a mail server",
        Door::Imap => "by IMAP",
    }
}

fn released_words(released: Released) -> &'static str {
    match released {
        Released::AsNew => "by somebody, as something new",
        Released::Into => "by somebody, into an incident",
        Released::Again => "by somebody, as if it had just come",
    }
}

/// `POST /mail/{id}/release`, `add`, `again` and `delete`.
pub(super) async fn decide(
    State(app): State<App>,
    Staff(who): Staff,
    Path((id, decision)): Path<(String, String)>,
    fields: Fields,
) -> PageResult {
    let id: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let outcome = match decision.as_str() {
        "release" => app.desk.let_message_in(who.viewer(), id, LetIn::AsNew).await,
        "again" => app.desk.let_message_in(who.viewer(), id, LetIn::Again).await,
        "add" => match fields.text("into").parse::<IncidentNumber>() {
            Ok(number) => {
                app.desk.let_message_in(who.viewer(), id, LetIn::Into(Some(number))).await
            }
            Err(error) => Err(incident::Refusal::invalid("into", error.to_string()).into()),
        },
        "delete" => app.desk.erase_message(who.viewer(), id).await,
        _ => return Err(PageError::NotFound),
    };
    match outcome {
        Ok(()) => {
            let done = if decision == "delete" { "deleted" } else { "let-in" };
            Ok(Redirect::to(&format!("{}?done={done}", url::mail(id))).into_response())
        }
        Err(Trouble::Refused(refusal)) if decides(&who) => {
            let status = status_of(&Trouble::Refused(refusal.clone()));
            if status == StatusCode::NOT_FOUND {
                return Err(PageError::NotFound);
            }
            let mut errors = Errors::default();
            errors.add(refusal.field.unwrap_or_default(), &refusal.message);
            again(&app, &who, id, &fields, &errors, status).await
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// The page with what is wrong.
async fn again(
    app: &App,
    who: &SignedIn,
    id: i64,
    fields: &Fields,
    errors: &Errors,
    status: StatusCode,
) -> PageResult<Response> {
    let shown = Shown::load(app, who, id).await?;
    Ok((status, page(who, &shown, fields, errors, None)).into_response())
}
