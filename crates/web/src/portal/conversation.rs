//! The conversation of an incident as a list: what was said as messages, what
//! happened as lines.

use super::reader::Reader;
use super::story::{Entry, File, Kind, Line, Message, Story, What};
use super::words;
use crate::incident::attachments::address;
use crate::incident::prose;
use crate::part::icon::icon;
use crate::part::person::avatar;
use crate::part::rich::bold;
use incident::state::Hold;
use kernel::{Actor, Channel, PersonId, Timestamp};
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
    let (say, who) = (reader.say(), name(&entry.actor, reader));
    let update = matches!(message.kind, Kind::Update { .. });
    let spoken = say.spoken(spoken(message.kind), &who, reader.here.moment(entry.at));
    html! {
        article.msg.msg-upd[update] aria-label=(spoken) {
            div.msg-h {
                @if update {
                    b { (say.update()) }
                    span.meta { (say.by_who(&who)) }
                } @else {
                    b { (who) }
                    @if let Some(requester) = on_behalf(story, entry, message.kind) {
                        span.meta { (say.for_who(requester)) }
                    } @else if let Some(team) = reader.team_of(&entry.actor) {
                        span.meta { (team) }
                    }
                }
                @match message.kind {
                    Kind::Fixed => span.chip.chip-good { (icon("s-resolved")) (say.fixed()) },
                    Kind::StillBroken => span.chip.chip-warn { (icon("alert")) (say.still_broken()) },
                    Kind::Withdrawn => span.chip { (icon("s-cancelled")) (say.withdrawn()) },
                    _ => {},
                }
                (reader.since(entry.at))
            }
            div.msg-b {
                @match &message.words {
                    Some(words) => (prose(words)),
                    None => p.redacted { (say.words_removed()) },
                }
                @if let Kind::Update { expected, next } = message.kind {
                    @if expected.is_some() || next.is_some() {
                        p.dl-in {
                            @if let Some(at) = expected { span { (by(say.expected_back(), at, reader)) } }
                            @if let Some(at) = next { span { (by(say.next_update(), at, reader)) } }
                        }
                    }
                }
                @if !message.files.is_empty() {
                    ul.atts { @for file in &message.files { li { (file_link(file, reader)) } } }
                }
                @if story.mail.contains(&entry.n) && is(&entry.actor, reader.me) {
                    (crate::mail::link(&crate::mail::address_in_portal(story.row.number, entry.n)))
                }
            }
        }
    }
}

/// "Expected back by 14:20 today".
fn by(what: &str, at: Timestamp, reader: &Reader) -> Markup {
    html! { (what) " " b { (reader.say().by_time(reader.by(at))) } }
}

fn line_words(story: &Story, entry: &Entry, line: &Line, reader: &Reader) -> Markup {
    let (say, actor) = (reader.say(), &entry.actor.name);
    // Sentences about the reader have a form of their own.
    let speaker = if is(&entry.actor, reader.me) { "you" } else { "other" };
    match line {
        Line::Reported(channel) => html! {
            (bold(&say.line_reported(speaker, actor, through(*channel))))
            @if let Some(requester) = for_whom(story, entry) { " " (say.for_who(requester)) }
        },
        Line::Taken => bold(&say.line_taken(actor)),
        Line::Given { person: Some(person), team: Some(team) } => {
            bold(&say.line_given_from(person, team))
        }
        Line::Given { person: Some(person), team: None } => bold(&say.line_given(person)),
        Line::Given { person: None, team } => {
            bold(&say.line_given_team(team.as_deref().unwrap_or(say.another_team())))
        }
        Line::Waits(reason, until) => {
            let hold = Hold { reason: *reason, since: entry.at, until: *until };
            let words = words::waiting(Some(&hold), say);
            match until {
                Some(at) => html! { (say.until(words, reader.by(*at))) },
                None => html! { (words) },
            }
        }
        Line::GoesOn => html! { (say.line_goes_on()) },
        Line::Reopened => html! { (say.line_reopened()) },
        Line::StaysFixed => html! { (say.line_stays_fixed()) },
        Line::Expected(at, words) => html! {
            @match at {
                Some(at) => (by(say.expected_back(), *at, reader)),
                None => (say.line_expected_gone()),
            }
            @if let Some(words) = words { ". " (words) }
        },
        Line::Promised(at, words) => html! {
            (bold(&say.line_promised(reader.by(*at)))) @if let Some(words) = words { ". " (words) }
        },
        Line::PromisedInstead(at, words) => html! {
            @match at {
                Some(at) => (bold(&say.line_promised_now(reader.by(*at)))),
                None => (say.line_promise_gone()),
            }
            @if let Some(words) = words { ". " (words) }
        },
        Line::LaterThanSaid(at) => bold(&say.line_later(reader.by(*at))),
        Line::EffectsOver => html! { (say.line_effects_over()) },
        Line::Back => html! { (say.line_back()) },
        Line::Works if is(&entry.actor, story.row.requester.id) => {
            bold(&say.line_works(speaker, actor))
        }
        Line::Works => bold(&say.line_noted_works(actor)),
        Line::Closed(how) => html! { (say.line_closed(how)) },
        Line::Joined => html! { (say.line_joined()) },
        Line::Parted => html! { (say.line_parted()) },
        Line::Renamed(Some(title)) => html! { (say.line_renamed(title)) },
        Line::Renamed(None) => html! { (say.line_title_changed()) },
        Line::Attached(file) => {
            html! { (bold(&say.line_added(speaker, actor))) " " (file_link(file, reader)) }
        }
    }
}

fn file_link(file: &File, reader: &Reader) -> Markup {
    let size = locale::size(reader.here.language, file.bytes);
    match &file.name {
        Some(name) => {
            html! { a.att href=(address(file.id)) { (icon("clip")) (name) span.meta { (size) } } }
        }
        None => {
            html! { span.att.redacted { (icon("clip")) (reader.say().removed_file()) } }
        }
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
    if is(actor, reader.me) { reader.say().you().to_owned() } else { actor.name.clone() }
}

/// The requester, if somebody else speaks for them.
fn on_behalf<'a>(story: &'a Story, entry: &Entry, kind: Kind) -> Option<&'a str> {
    let theirs = matches!(kind, Kind::Report | Kind::StillBroken);
    for_whom(story, entry).filter(|_| theirs)
}

/// The requester, if it was somebody else.
fn for_whom<'a>(story: &'a Story, entry: &Entry) -> Option<&'a str> {
    let requester = &story.row.requester;
    (!is(&entry.actor, requester.id)).then_some(requester.name.as_str())
}

fn is(actor: &Actor, person: PersonId) -> bool {
    actor.person_id() == Some(person)
}

/// The words by which the texts choose.
fn through(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => "phone",
        Channel::Email => "email",
        Channel::Chat => "chat",
        Channel::InPerson => "in_person",
        _ => "other",
    }
}

fn spoken(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "report",
        Kind::Said => "said",
        Kind::Update { .. } => "update",
        Kind::Fixed => "fixed",
        Kind::StillBroken => "broken",
        Kind::Withdrawn => "withdrawn",
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
        Line::Expected(..) | Line::Promised(..) | Line::PromisedInstead(..) => "clock",
        Line::LaterThanSaid(_) => "alert",
        Line::Closed(_) => "s-closed",
        Line::Joined => "merge",
        Line::Parted => "unlink",
        Line::Renamed(_) => "pencil",
        Line::Attached(_) => "clip",
    }
}
