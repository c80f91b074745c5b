//! The list of webhooks, the page of one, and its messages.

use super::{SECTION, Standing, events};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{Problem, active_field, buttons, save_bar, version_field};
use crate::settings::row_page;
use crate::url;
use desk::webhooks::{Seen, shown_url};
use kernel::limits;
use maud::{Markup, html};
use store::directory::webhooks::{Webhook, WebhookKind};
use store::webhooks::{Message, MessageState};

/// The newest messages, shown on the page of a webhook.
pub(super) const RECENT: usize = 10;

const KINDS: [(&str, &str); 5] = [
    ("standard", "A program (Standard Webhooks, signed)"),
    ("slack", "Slack"),
    ("mattermost", "Mattermost"),
    ("teams", "Microsoft Teams (workflow)"),
    ("matrix", "Matrix"),
];

/// Every webhook with how it goes.
pub(super) fn table(who: &SignedIn, all: &[Standing]) -> Markup {
    if all.is_empty() {
        let words = "A webhook tells a program or a chat room what happens, while it happens.";
        return empty("No webhooks yet", words, None);
    }
    html! {
        div.card { div.scroll-x tabindex="0" role="region" aria-label="Webhooks" { table.dt {
            thead { tr {
                th scope="col" { "Webhook" } th scope="col" { "Kind" } th scope="col" { "Where" } th scope="col" { "Told of" }
                th scope="col" { "How it goes" } th.num scope="col" { "Waiting" } th.num scope="col" { "Given up" }
            } }
            tbody { @for standing in all {
                @let Standing { webhook, counts, .. } = standing;
                tr {
                    th scope="row" { a href=(SECTION.of(webhook.id)) { (webhook.name) } }
                    td { (kind_words(webhook.kind)) }
                    td { (shown_url(webhook)) }
                    td { (told_words(webhook)) }
                    td { (health(who, standing)) }
                    td.num { (counts.waiting) }
                    td.num { (counts.dead) }
                }
            } }
        } } }
    }
}

fn kind_words(kind: WebhookKind) -> &'static str {
    let found = KINDS.iter().find(|(word, _)| *word == kind.as_str());
    found.map_or("", |(_, words)| words.split(" (").next().unwrap_or_default())
}

fn told_words(webhook: &Webhook) -> Markup {
    html! {
        @match &webhook.told.events {
            None => "everything",
            Some(events) => { (time::counted(events.len() as i64, "kind")) " of events" },
        }
        @if !webhook.told.condition.is_empty() { " where " code { (webhook.told.condition) } }
    }
}

/// How it goes with a webhook, in words.
fn health(who: &SignedIn, standing: &Standing) -> Markup {
    let Standing { webhook, health, .. } = standing;
    html! {
        @match (&health.off_because, webhook.active, health.failing_since, health.ok_at) {
            (Some(_), false, _, _) => span.chip { (icon("alert")) "switched off: nothing arrived" },
            (_, false, _, _) => span.muted { "not in use" },
            (_, true, Some(since), _) => span.chip { (icon("alert")) "failing since " (time::moment(since, &who.here)) },
            (_, true, None, Some(at)) => { "arrived " (time::since(at, &who.here)) },
            (_, true, None, None) => span.muted { "nothing sent yet" },
        }
    }
}

/// The form of a new webhook.
pub(super) fn new_page(who: &SignedIn, fields: &Fields, problem: &Problem) -> Markup {
    let body = html! {
        (problem.banner(who, &SECTION.address()))
        form.form method="post" action=(SECTION.address()) {
            section.card { div.card-b.stack.where {
                (Field::new("kind", "Who is told").errors(&problem.errors).select(&KINDS, fields.text("kind")))
                (where_to(fields, &problem.errors, None))
            } }
            (told_of(fields, &problem.errors))
            (buttons("Make the webhook", &SECTION.address()))
        }
    };
    row_page(who, SECTION, "New webhook", html! { "It is told what happens from now on." }, body)
}

/// The page of a webhook.
pub(super) fn page(
    who: &SignedIn,
    standing: &Standing,
    recent: &[Seen],
    fields: &Fields,
    problem: &Problem,
    above: Markup,
) -> Markup {
    let webhook = &standing.webhook;
    let edits = who.viewer().configures();
    let address = SECTION.of(webhook.id);
    let body = html! {
        (above)
        (problem.banner(who, &address))
        (state(who, standing))
        @if edits {
            form.form method="post" action=(address) {
                (version_field(problem.version(fields, webhook.version)))
                section.card { div.card-b.stack {
                    (where_to(fields, &problem.errors, Some(webhook.kind)))
                    (active_field(fields, "What waits for a webhook that is switched off is given up. One that is switched on is told what happens from then on."))
                } }
                (told_of(fields, &problem.errors))
                (save_bar(problem.errors.len(), address.clone()))
            }
        }
        section.card aria-labelledby="sent" {
            div.card-h { h2 id="sent" { "Messages" } a.link href={ (address) "/messages" } { "All messages" } }
            (messages(who, webhook, recent, edits))
        }
        @if edits { (replay(webhook)) (ends(webhook)) }
    };
    let lead = html! { (kind_words(webhook.kind)) " · " (shown_url(webhook)) };
    row_page(who, SECTION, &webhook.name, lead, body)
}

fn state(who: &SignedIn, standing: &Standing) -> Markup {
    let Standing { webhook, health, counts } = standing;
    html! {
        @if let Some(why) = health.off_because.as_ref().filter(|_| !webhook.active) {
            p.banner.banner-warn role="status" { (icon("alert")) span {
                b { "This webhook was switched off" } ", because " (why) ". Switch it on again below once the other end is well; what it missed can be sent then."
            } }
        }
        section.card { div.card-b.stack-s {
            dl.props {
                div { dt { "How it goes" } dd { (self::health(who, standing)) } }
                @if let Some(at) = health.ok_at { div { dt { "Last arrived" } dd { (time::moment(at, &who.here)) } } }
                @if health.failures > 0 { div { dt { "Failed since" } dd { (time::counted(health.failures, "attempt")) } } }
                @if let Some(until) = health.rest_until.filter(|until| *until > who.here.now) {
                    div { dt { "Asked to wait until" } dd { (time::moment(until, &who.here)) } }
                }
                div { dt { "Waiting" } dd { (counts.waiting) @if let Some(oldest) = counts.oldest { ", the oldest since " (time::moment(oldest, &who.here)) } } }
                div { dt { "Given up" } dd { (counts.dead) } }
            }
            @if who.viewer().configures() && webhook.active {
                form method="post" action={ (SECTION.of(webhook.id)) "/test" } {
                    button.btn type="submit" { (icon("play")) "Send a test" }
                }
            }
        } }
    }
}

fn where_to(fields: &Fields, errors: &Errors, kind: Option<WebhookKind>) -> Markup {
    let matrix = kind.is_none_or(|kind| kind == WebhookKind::Matrix);
    let stays = kind.is_some();
    html! {
        (Field::new("url", "Address").hint("Begins with https://. Of Matrix, the address of the server.").errors(errors).input("url", fields.text("url")))
        (Field::new("name", "Name").hint("The name of the machine when empty.").errors(errors).input("text", fields.text("name")))
        @if matrix {
            div.form-2.when-matrix {
                (Field::new("room", "Matrix: room").hint("Its internal id, such as !abc:matrix.example.").errors(errors).input("text", fields.text("room")))
                (Field::new("token", "Matrix: access token").hint(if stays { "Stays as it is when empty." } else { "Is never shown again." }).errors(errors).input("password", ""))
            }
        }
    }
}

fn told_of(fields: &Fields, errors: &Errors) -> Markup {
    let condition = Field::new("condition", "Only incidents where")
        .hint("A condition as in the search of the queue, such as priority:P1,P2 team:Network. Empty: all.")
        .errors(errors);
    html! {
        section.card {
            div.card-h { h2 { "What it is told" } }
            div.card-b.stack.told-of {
                @if let Some(error) = errors.of("events") { p.err id="events" { (icon("alert")) (error) } }
                (checkbox("every", "Everything that happens, kinds that come later too", fields.ticked("every")))
                div.told-kinds role="group" aria-label="Kinds of events" {
                    p.hint { "Or only some kinds of events:" }
                    (events::chosen(fields))
                }
                (condition.around(html! {
                    span.sug-w {
                        input.inp.mono id="condition" name="condition" type="text" autocomplete="off" spellcheck="false" maxlength=(limits::QUERY_CHARS)
                            role="combobox" aria-expanded="false" aria-controls="condition-l" aria-autocomplete="list"
                            data-suggest=(SECTION.of("suggest")) data-stay data-min="1"
                            value=(fields.text("condition")) aria-invalid=[condition.invalid()] aria-describedby=[condition.described_by()];
                        div.pop.sug id="condition-l" role="listbox" aria-label="Suggestions" hidden {}
                    }
                }))
                (checkbox("internal", "Internal words come along: notes, causes, reasons", fields.ticked("internal")))
                (checkbox("restricted", "Incidents that are restricted to a team, too", fields.ticked("restricted")))
            }
        }
    }
}

/// A secret, this once.
pub(super) fn secret(secret: &str, words: &str) -> Markup {
    html! {
        div.banner.banner-good role="status" {
            (icon("key"))
            div {
                b { (words) " " } "Copy the secret now, it is not shown again. The other end checks signatures with it."
                output.secret.mts aria-label="Secret of the webhook" { (secret) }
            }
        }
    }
}

/// What was just asked for, where the address says so.
pub(super) fn done_banner(query: Option<&str>) -> Markup {
    let fields = Fields::parse(query.unwrap_or_default());
    let words = match (fields.get("done"), fields.text("messages").parse::<u64>()) {
        (Some("test"), _) => {
            "A test is on its way. The messages tell what becomes of it.".to_owned()
        }
        (Some("again"), _) => "The message is on its way again.".to_owned(),
        (Some("replay"), Ok(0)) => "Everything of that time has arrived already.".to_owned(),
        (Some("replay"), Ok(count)) => {
            format!("{} on their way again.", time::counted(count as i64, "message"))
        }
        _ => return html! {},
    };
    html! { p.banner.banner-good role="status" { (icon("check")) span { (words) } } }
}

/// Messages of a webhook.
pub(super) fn messages(who: &SignedIn, webhook: &Webhook, rows: &[Seen], edits: bool) -> Markup {
    if rows.is_empty() {
        return html! { div.card-b { p.muted { "Nothing was sent yet." } } };
    }
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Messages" { table.dt {
            thead { tr {
                th scope="col" { "What" } th scope="col" { "About" } th scope="col" { "State" } th scope="col" { "When" }
                th scope="col" { "Answer" } @if edits { th scope="col" { span.vh { "Actions" } } }
            } }
            tbody { @for Seen { message, restricted } in rows {
                @let address = format!("{}/messages/{}", SECTION.of(webhook.id), message.id);
                tr {
                    th scope="row" { a href=(address) { (message.kind.replace('_', " ")) } }
                    td { (about(message, *restricted)) }
                    td { (state_words(message.state)) }
                    td { (when(who, message)) }
                    td { (answer(message)) }
                    @if edits { td.num { (send_again(webhook, message)) } }
                }
            } }
        } }
    }
}

pub(super) fn send_again(webhook: &Webhook, message: &Message) -> Markup {
    html! {
        @if message.state != MessageState::Waiting && webhook.active {
            form method="post" action={ (SECTION.of(webhook.id)) "/messages/" (message.id) "/send-again" } {
                button.btn.btn-sm type="submit" aria-label={ "Send again: " (message.kind.replace('_', " ")) " " (message.id) } { (icon("refresh")) "Send again" }
            }
        }
    }
}

pub(super) fn about(message: &Message, restricted: bool) -> Markup {
    html! {
        @match message.number {
            Some(number) => a href=(url::incident(number)) { (number) },
            None if restricted => span.muted { "restricted" },
            None => "test",
        }
    }
}

pub(super) fn state_words(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting => "Waiting",
        MessageState::Sent => "Arrived",
        MessageState::Dead => "Given up",
        MessageState::Withdrawn => "Not sent",
    }
}

pub(super) fn when(who: &SignedIn, message: &Message) -> Markup {
    html! {
        @match (message.state, message.ended_at) {
            (MessageState::Waiting, _) if message.attempts > 0 => { "tried " (message.attempts) "×, again " (time::moment(message.next_at, &who.here)) },
            (_, Some(at)) => (time::moment(at, &who.here)),
            _ => (time::moment(message.created_at, &who.here)),
        }
    }
}

/// What came back, in short.
fn answer(message: &Message) -> Markup {
    html! {
        @match (&message.error, message.status) {
            (Some(error), _) => (error),
            (None, Some(status)) => { (status) @if let Some(took) = message.took_ms { ", " (took) " ms" } },
            (None, None) => {},
        }
    }
}

fn replay(webhook: &Webhook) -> Markup {
    html! {
        @if webhook.active {
            section.card aria-labelledby="past" {
                div.card-h { h2 id="past" { "Tell it of the past" } }
                div.card-b {
                    form.form method="post" action={ (SECTION.of(webhook.id)) "/replay" } {
                        (Field::new("since", "What happened since").hint("At most 14 days ago. What did not arrive is sent in its order, under the ids that it has.").input("datetime-local", ""))
                        (checkbox("all", "What arrived, too; the other end knows by its id that it had it", false))
                        div { button.btn type="submit" { (icon("history")) "Send it" } }
                    }
                }
            }
        }
    }
}

fn ends(webhook: &Webhook) -> Markup {
    html! {
        div.btns {
            @if webhook.kind == WebhookKind::Standard {
                details.edit {
                    summary.btn.btn-quiet { (icon("key")) "New secret" }
                    form method="post" action={ (SECTION.of(webhook.id)) "/rotate" } {
                        p.hint { "Messages are signed with both secrets for a day, so that the other end has time to take over the new one." }
                        div { button.btn type="submit" { "Make a new secret" } }
                    }
                }
            }
            details.edit {
                summary.btn.btn-quiet.danger { (icon("trash")) "Remove" }
                form method="post" action={ (SECTION.of(webhook.id)) "/remove" } {
                    p.hint { "It is told nothing any more, and what it was told is forgotten." }
                    div { button.btn.btn-danger type="submit" { "Remove “" (webhook.name) "”" } }
                }
            }
        }
    }
}
