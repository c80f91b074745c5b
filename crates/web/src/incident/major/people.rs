//! Who does what in it, who was asked to come, and where they meet.

use super::{Room, opener, page_link, post, room_word};
use crate::incident::timeline::role_word;
use crate::incident::view::View;
use crate::part::icon::icon;
use crate::part::person::small_avatar;
use crate::part::time;
use incident::CommandName as C;
use incident::conduct::{Answer, Offer, Responder, RoomKind};
use incident::state::IncidentRole;
use maud::{Markup, html};

/// Beginnings of addresses that lead somewhere when pressed.
const SCHEMES: [&str; 4] = ["https:", "tel:", "sip:", "msteams:"];

/// Who has which role.
pub(super) fn roles(room: &Room<'_>, patch: Option<&str>) -> Markup {
    html! {
        section.sec id="mj-roles" aria-labelledby="mj-roles-h" data-patch=[patch] {
            div.sec-h {
                h2 id="mj-roles-h" { "Roles" }
                @if room.can(C::GiveRole) { (opener(room, C::GiveRole, "btn btn-quiet btn-sm", html! { (icon("user")) "Give a role" })) }
            }
            ul.rows { @for role in IncidentRole::ALL { (role_row(room, *role)) } }
        }
    }
}

fn role_row(room: &Room<'_>, role: IncidentRole) -> Markup {
    let case = room.case();
    let holder = room.state().roles.get(&role).copied();
    let offer = room.conduct().and_then(|conduct| conduct.offers.get(&role));
    let since = room.conduct().and_then(|conduct| conduct.held_since.get(&role)).copied();
    let me = room.view.me;
    html! {
        li id={ "role-" (role) } {
            @match holder {
                Some(person) => (small_avatar(person, case.person(person))),
                None => span class="av av-s av-none" aria-hidden="true" {},
            }
            p { b { (capital(role_word(role))) ":" } " " @match holder { Some(person) => (case.person(person)), None => span.warn-t { "Nobody yet" } } }
            @if let Some(at) = since.filter(|_| holder.is_some()) { span.meta { "since " (time::moment(at, room.here())) } }
            div.btns {
                @if holder.is_none() && room.can(C::GiveRole) && me.is_some() {
                    (post(room, C::GiveRole, &[("role", role.as_str()), ("person", "me")], "btn btn-sm", html! { "Take it" span.vh { ": " (role_word(role)) } }))
                }
                @if holder.is_some() && room.can(C::HandOver) {
                    (page_link(room, C::HandOver, ("role", role.as_str()), "btn btn-quiet btn-sm", html! { "Hand over" span.vh { ": " (role_word(role)) } }))
                }
            }
            @if let Some(offer) = offer { (offered(room, role, offer)) }
        }
    }
}

/// A role that somebody has not accepted yet.
fn offered(room: &Room<'_>, role: IncidentRole, offer: &Offer) -> Markup {
    let case = room.case();
    let mine = room.view.me == Some(offer.to);
    let fields = [("role", role.as_str())];
    html! {
        div.meta {
            "Offered to " b { @if mine { "you" } @else { (case.person(offer.to)) } }
            @if let Some(by) = offer.by { " by " (case.person(by)) }
            ", " (time::since(offer.at, room.here()))
            @if mine {
                div.btns {
                    @if room.can(C::AcceptRole) { (post(room, C::AcceptRole, &fields, "btn btn-sm btn-primary", html! { "Accept" span.vh { " " (role_word(role)) } })) }
                    @if room.can(C::DeclineRole) { (post(room, C::DeclineRole, &fields, "btn btn-sm", html! { "Decline" span.vh { " " (role_word(role)) } })) }
                }
            }
        }
    }
}

/// Who was asked to come, and what they said.
pub(super) fn responders(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let all = room.conduct().map(|conduct| conduct.responders.as_slice()).unwrap_or_default();
    html! {
        section.sec id="mj-responders" aria-labelledby="mj-responders-h" data-patch=[patch] {
            div.sec-h {
                h2 id="mj-responders-h" { "Responders" }
                @if room.can(C::CallResponders) { (opener(room, C::CallResponders, "btn btn-quiet btn-sm", html! { (icon("plus")) "Call more" })) }
            }
            @if all.is_empty() { p.meta { "Nobody was called yet." } }
            ul.rows { @for responder in all { (responder_row(room, responder)) } }
        }
    }
}

fn responder_row(room: &Room<'_>, responder: &Responder) -> Markup {
    let case = room.case();
    let person = responder.person;
    let mine = room.view.me == Some(person) && responder.answer == Answer::Asked;
    html! {
        li id={ "resp-" (person) } {
            (small_avatar(person, case.person(person)))
            p {
                (case.person(person))
                @if let Some(team) = responder.team { ", " (case.team(team)) }
                @if let Some(note) = responder.note { " " span.meta { "“" (case.text(note)) "”" } }
            }
            (answer(room, responder))
            @if mine && room.can(C::AnswerCall) {
                div.btns {
                    (post(room, C::AnswerCall, &[("coming", "yes")], "btn btn-sm btn-primary", html! { "I am coming" }))
                    (post(room, C::AnswerCall, &[("coming", "no")], "btn btn-sm", html! { "I cannot come" }))
                }
            }
        }
    }
}

fn answer(room: &Room<'_>, responder: &Responder) -> Markup {
    let here = room.here();
    let after = responder.answered_at.map(|at| at.seconds_since(responder.asked_at));
    let reached = room.case().policy.paging.reaches(responder.person, here.now);
    let (class, symbol) = match responder.answer {
        Answer::Asked => ("chip chip-warn", "clock"),
        Answer::Coming => ("chip chip-good", "check"),
        Answer::CannotCome => ("chip", "x"),
    };
    html! {
        @if responder.answer == Answer::Asked && !reached {
            span.chip.chip-crit { (icon("alert")) "cannot be reached by a page" } " "
        }
        span class=(class) {
            (icon(symbol))
            @match responder.answer {
                Answer::Asked => { "called " (time::since(responder.asked_at, here)) },
                Answer::Coming => { "coming" @if let Some(after) = after { ", after " (time::duration(after)) } },
                Answer::CannotCome => { "cannot come" },
            }
        }
    }
}

/// Where they meet.
pub(super) fn rooms(room: &Room<'_>, patch: Option<&str>) -> Markup {
    html! {
        section.sec id="mj-rooms" aria-labelledby="mj-rooms-h" data-patch=[patch] {
            div.sec-h {
                h2 id="mj-rooms-h" { "Rooms" }
            }
            dl.props {
                @for kind in RoomKind::ALL { div { dt { (room_word(*kind)) } dd { (meeting(room, *kind)) } } }
            }
        }
    }
}

/// Where people meet, and the way to say where.
fn meeting(room: &Room<'_>, kind: RoomKind) -> Markup {
    let known = room_address(room.view, kind);
    let word = if known.is_some() { "Change" } else { "Set" };
    let label = html! { (word) span.vh { ": " (room_word(kind)) } };
    html! {
        (place(known))
        @if room.can(C::SetRoom) { " " (page_link(room, C::SetRoom, ("kind", kind.as_str()), "btn btn-quiet btn-sm", label)) }
    }
}

/// The address that is set for a kind of room.
pub(in crate::incident) fn room_address<'a>(view: &'a View<'_>, kind: RoomKind) -> Option<&'a str> {
    let id = *view.case.state().conduct.as_deref()?.rooms.get(&kind)?;
    Some(view.case.text(id))
}

/// An address, as a link where it leads somewhere.
fn place(address: Option<&str>) -> Markup {
    html! {
        @match address {
            None => span.muted { "Not set" },
            Some(address) if leads(address) => a.link.addr href=(address) rel="noopener noreferrer" target="_blank" { (address) },
            Some(address) => span.addr { (address) },
        }
    }
}

/// Nothing but these is pressed: words of people become no scripts.
pub(crate) fn leads(address: &str) -> bool {
    let lower = address.trim_start().to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
}

/// The way into the conference.
pub(super) fn join(room: &Room<'_>) -> Markup {
    let conference = room_address(room.view, RoomKind::Conference).filter(|address| leads(address));
    html! {
        @if let Some(address) = conference {
            a.btn href=(address) rel="noopener noreferrer" target="_blank" { (icon("video")) "Join the call" }
        }
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_meetings_are_pressed() {
        for address in
            ["https://meet.example/x", "tel:+49301234567", "SIP:room@example", "msteams:/l/x"]
        {
            assert!(leads(address), "{address}");
        }
        for address in ["javascript:alert(1)", "data:text/html,x", "Room 4.12", "http://x", ""] {
            assert!(!leads(address), "{address}");
        }
    }
}
