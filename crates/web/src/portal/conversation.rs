//! The conversation of an incident as a list: what was said as messages, what
//! happened as lines.

use super::reader::Reader;
use super::story::{Entry, File, Kind, Line, Message, Story, What};
use super::words;
use crate::incident::attachments::{address, size_words};
use crate::part::icon::icon;
use crate::part::person::avatar;
use incident::state::Hold;
use kernel::{Actor, Channel, PersonId};
use maud::{Markup, html};

/// The whole conversation.
pub(super) fn list(story: &Story, reader: &Reader) -> Markup {
    html! {
        ol.tl.p-tl id="tl" { @for entry in &story.entries { (item(story, entry, reader, false)) } }
    }
}

/// The entries that came or changed after the `after_n`-th event, to be appended.
pub(super) fn news(story: &Story, reader: &Reader, after_n: u32) -> Markup {
    let new = story.entries.iter().filter(|entry| entry.last_n > after_n);
    html! { @for entry in new { (item(story, entry, reader, true)) } }
}

fn item(story: &Story, entry: &Entry, reader: &Reader, append: bool) -> Markup {
    let id = format!("e-{}", entry.n);
    let (patch, to) = (append.then_some("append"), append.then_some("#tl"));
    match &entry.what {
        What::Message(message) => html! {
            li id=(id) data-kind=(data_kind(message.kind)) data-what=(data_what(message.kind)) data-patch=[patch] data-to=[to] {
                @match message.kind {
                    Kind::Update { .. } => span.tl-ic { (icon("mega")) },
                    _ => (face(&entry.actor)),
                }
                (said(story, entry, message, reader))
            }
        },
        What::Line(line) => html! {
            li.tl-ev id=(id) data-kind="event" data-what="entry" data-patch=[patch] data-to=[to] {
                span.tl-ic { (icon(line_icon(line))) }
                div { (line_words(story, entry, line, reader)) " · " (reader.since(entry.at)) }
            }
        },
    }
}

fn said(story: &Story, entry: &Entry, message: &Message, reader: &Reader) -> Markup {
    let who = name(&entry.actor, reader);
    let update = matches!(message.kind, Kind::Update { .. });
    html! {
        article.msg.msg-upd[update] aria-label=(format!("{} {who}, {}", spoken(message.kind), reader.here.moment(entry.at))) {
            div.msg-h {
                @if update {
                    b { "Update" }
                    span.meta { "by " (who) }
                } @else {
                    b { (who) }
                    @if let Some(note) = on_behalf(story, entry, message.kind) {
                        span.meta { (note) }
                    } @else if let Some(team) = reader.team_of(&entry.actor) {
                        span.meta { (team) }
                    }
                }
                @match message.kind {
                    Kind::Fixed => span.chip.chip-good { (icon("s-resolved")) "Fixed" },
                    Kind::StillBroken => span.chip.chip-warn { (icon("alert")) "Still broken" },
                    Kind::Withdrawn => span.chip { (icon("s-cancelled")) "Withdrawn" },
                    _ => {},
                }
                (reader.since(entry.at))
            }
            div.msg-b {
                @match &message.words {
                    Some(words) => @for paragraph in words.replace("\r\n", "\n").split("\n\n").filter(|text| !text.trim().is_empty()) { p { (paragraph.trim()) } },
                    None => p.redacted { "These words were removed." },
                }
                @if let Kind::Update { expected, next } = message.kind {
                    @if expected.is_some() || next.is_some() {
                        p.dl-in {
                            @if let Some(at) = expected { span { "Expected back " b { "by " (reader.by(at)) } } }
                            @if let Some(at) = next { span { "Next update " b { (reader.by(at)) } } }
                        }
                    }
                }
                @if !message.files.is_empty() {
                    ul.atts { @for file in &message.files { li { (file_link(file)) } } }
                }
                @if story.mail.contains(&entry.n) && is(&entry.actor, reader.me) {
                    (crate::mail::link(&crate::mail::address_in_portal(story.row.number, entry.n)))
                }
            }
        }
    }
}

fn line_words(story: &Story, entry: &Entry, line: &Line, reader: &Reader) -> Markup {
    let who = name(&entry.actor, reader);
    match line {
        Line::Reported(channel) => {
            html! { b { (who) } " reported this" (through(*channel)) (for_whom(story, entry)) }
        }
        Line::Taken => html! { b { (who) } " has it" },
        Line::Given { person: Some(person), team: Some(team) } => {
            html! { b { (person) } " from " (team) " works on it" }
        }
        Line::Given { person: Some(person), team: None } => html! { b { (person) } " works on it" },
        Line::Given { person: None, team } => {
            html! { "Given to " b { (team.as_deref().unwrap_or("another team")) } }
        }
        Line::Waits(reason, until) => {
            let hold = Hold { reason: *reason, since: entry.at, until: *until };
            html! { (words::waiting(Some(&hold))) @if let Some(at) = until { ", until " (reader.by(*at)) } }
        }
        Line::GoesOn => html! { "Work goes on" },
        Line::Reopened => html! { "Taken up again" },
        Line::StaysFixed => html! { "Counts as fixed after all" },
        Line::Expected(Some(at)) => html! { "Expected back " b { "by " (reader.by(*at)) } },
        Line::Expected(None) => html! { "There is no expected time any more" },
        Line::Promised(at, words) => html! {
            "Promised to work again " b { "by " (reader.by(*at)) } @if let Some(words) = words { ". " (words) }
        },
        Line::PromisedInstead(at, words) => html! {
            @match at {
                Some(at) => { "Now promised " b { "by " (reader.by(*at)) } }
                None => { "There is no promised time any more" }
            }
            @if let Some(words) = words { ". " (words) }
        },
        Line::LaterThanSaid(at) => {
            html! { b { "Later than we said" } ": it was promised by " (reader.by(*at)) }
        }
        Line::EffectsOver => html! { "The effects are over; the cause is still being looked for" },
        Line::Back => html! { "Service is back" },
        Line::Works if entry.actor.person_id() == Some(story.row.requester.id) => {
            html! { b { (who) } " said that it works again" }
        }
        Line::Works => html! { b { (who) } " noted that it works again" },
        Line::Closed(words) => html! { (words) },
        Line::Joined => html! { "Handled together with another report of the same trouble" },
        Line::Parted => html! { "Handled on its own again" },
        Line::Renamed(Some(title)) => html! { "Title is now “" (title) "”" },
        Line::Renamed(None) => html! { "Title changed" },
        Line::Attached(file) => html! { b { (who) } " added " (file_link(file)) },
    }
}

fn file_link(file: &File) -> Markup {
    let size = size_words(file.bytes);
    match &file.name {
        Some(name) => {
            html! { a.att href=(address(file.id)) { (icon("clip")) (name) span.meta { (size) } } }
        }
        None => html! { span.att.redacted { (icon("clip")) "removed file" } },
    }
}

/// Initials of a person; programs and the product itself have none.
fn face(actor: &Actor) -> Markup {
    match actor.person_id() {
        Some(id) => avatar(id, &actor.name),
        None => html! { span.tl-ic { (icon("server")) } },
    }
}

/// "You" for the reader, else the name as it was then.
fn name(actor: &Actor, reader: &Reader) -> String {
    if actor.person_id() == Some(reader.me) { "You".to_owned() } else { actor.name.clone() }
}

/// Who speaks for the requester, if it is somebody else.
fn on_behalf(story: &Story, entry: &Entry, kind: Kind) -> Option<String> {
    let requester = &story.row.requester;
    let theirs = matches!(kind, Kind::Report | Kind::StillBroken);
    (theirs && !is(&entry.actor, requester.id)).then(|| format!("for {}", requester.name))
}

fn for_whom(story: &Story, entry: &Entry) -> String {
    let requester = &story.row.requester;
    if is(&entry.actor, requester.id) { String::new() } else { format!(" for {}", requester.name) }
}

fn is(actor: &Actor, person: PersonId) -> bool {
    actor.person_id() == Some(person)
}

fn through(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => " by phone",
        Channel::Email => " by e-mail",
        Channel::Chat => " by chat",
        Channel::InPerson => " in person",
        _ => "",
    }
}

fn spoken(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "Report by",
        Kind::Said => "Message by",
        Kind::Update { .. } => "Update by",
        Kind::Fixed => "Fix told by",
        Kind::StillBroken => "Still broken, says",
        Kind::Withdrawn => "Withdrawn by",
    }
}

fn data_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "report",
        Kind::Update { .. } => "update",
        _ => "message",
    }
}

fn data_what(kind: Kind) -> &'static str {
    match kind {
        Kind::Update { .. } => "update",
        _ => "message",
    }
}

fn line_icon(line: &Line) -> &'static str {
    match line {
        Line::Reported(_) => "s-new",
        Line::Taken | Line::Given { .. } => "user",
        Line::Waits(..) => "pause",
        Line::GoesOn => "play",
        Line::Reopened => "undo",
        Line::StaysFixed | Line::Works | Line::Back | Line::EffectsOver => "check",
        Line::Expected(_) | Line::Promised(..) | Line::PromisedInstead(..) => "clock",
        Line::LaterThanSaid(_) => "alert",
        Line::Closed(_) => "s-closed",
        Line::Joined => "merge",
        Line::Parted => "unlink",
        Line::Renamed(_) => "pencil",
        Line::Attached(_) => "clip",
    }
}
