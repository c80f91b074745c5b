//! What happened, newest first, in one line each; all of it is on the incident's page.

use super::Room;
use crate::incident::case::Case;
use crate::incident::timeline::{Entry, Sort, did, entries, told};
use crate::incident::words::short;
use crate::part::icon::small_icon;
use crate::part::person::first_name;
use crate::url;
use incident::Body;
use kernel::ContentId;
use maud::{Markup, html};

/// Entries that are shown.
const ENTRIES: usize = 40;
/// Characters of words that are quoted.
const QUOTED_CHARS: usize = 160;

/// The newest entries.
pub(super) fn section(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let case = room.case();
    let all = entries(case.number, case.events());
    let incident = url::incident(case.number);
    html! {
        section.sec id="mj-timeline" aria-labelledby="mj-timeline-h" data-patch=[patch] {
            div.sec-h { h2 id="mj-timeline-h" { "Timeline" } span.meta { "newest first" } }
            ol.ptl { @for entry in all.iter().rev().take(ENTRIES) { (line(room, entry, &incident)) } }
            @if all.len() > ENTRIES { p.mts { a.link href=(incident) { "All " (all.len()) " entries" } } }
        }
    }
}

fn line(room: &Room<'_>, entry: &Entry<'_>, incident: &str) -> Markup {
    let (case, at) = (room.case(), entry.happened_at());
    let class = is_turn(&entry.event().body).then_some("mt-p");
    html! {
        li class=[class] id={ "mj-" (entry.id(case.number)) } {
            a href={ (incident) "#" (entry.id(case.number)) } { time datetime=(at) title=(case.here.full(at)) { (case.here.moment(at)) } }
            p {
                @if entry.sort.is_words() { (said(room, entry)) } @else { (told(case, entry)) (paged(case, entry)) }
            }
        }
    }
}

/// Whom it paged, where the headline says why: nobody may miss that somebody is on their way.
fn paged(case: &Case, entry: &Entry<'_>) -> Markup {
    let said = |body: &Body| matches!(body, Body::Paged(_) | Body::PagingBegan(_));
    let says_why = entry.sort == Sort::Automatic && !said(&entry.event().body);
    let pages = entry.events.iter().filter(|one| matches!(one.event.body, Body::Paged(_)));
    html! { @for one in pages.filter(|_| says_why) { ", " (did(case, one)) } }
}

/// How far the latest update is on its way outside; of those before nobody asks any more.
fn sent(room: &Room<'_>, n: u32) -> Markup {
    let (sent, all) = room.extra.sent;
    let is_latest = room.extra.said.first().is_some_and(|last| last.n == n);
    html! {
        @if is_latest && all > 0 { span.meta { ", sent to " (sent) " of " (all) " outside" } }
    }
}

/// "Update published, Identified: We found why…", "Mara wrote: …".
fn said(room: &Room<'_>, entry: &Entry<'_>) -> Markup {
    let case = room.case();
    let name = first_name(&entry.event().actor.name);
    let words = words_of(&entry.event().body).map(|id| short(case.text(id), QUOTED_CHARS));
    html! {
        @match (entry.sort, &entry.event().body) {
            (_, Body::UpdatePublished(data)) => {
                (small_icon("mega")) " " b { "Update published, " (crate::incident::timeline::phase_word(data.phase)) }
                (sent(room, entry.event().n))
            },
            (_, Body::MajorDeclared(_)) => { b { "Declared major" } " by " (name) },
            (_, Body::MajorStoodDown(_)) => { b { "Stood down" } " by " (name) },
            (_, Body::Resolved(_)) => { b { "Resolved" } " by " (name) },
            (Sort::Report, _) => { b { "Reported" } },
            (_, Body::RespondersCalled(_)) => { (small_icon("lock")) " " b { (name) } " " (did(case, entry.main)) },
            (Sort::Note, _) => { (small_icon("lock")) " " b { (name) } },
            _ => b { (name) },
        }
        @if let Some(words) = words { ": " (words) }
    }
}

pub(in crate::incident) fn words_of(body: &Body) -> Option<ContentId> {
    match body {
        Body::Reported(data) => Some(data.title),
        Body::Commented(data) => Some(data.body),
        Body::UpdatePublished(data) => Some(data.body),
        Body::Resolved(data) => Some(data.note),
        Body::Disputed(data) => Some(data.note),
        Body::Cancelled(data) => Some(data.reason),
        Body::Escalated(data) => Some(data.reason),
        Body::Rated(data) => data.note,
        Body::Reopened(data) => data.note,
        Body::PutOnHold(data) => data.note,
        Body::MajorDeclared(data) => data.reason,
        Body::MajorStoodDown(data) => data.reason,
        Body::WorkLogged(data) => data.note,
        Body::RespondersCalled(data) => data.note,
        _ => None,
    }
}

/// Whether it is one of the turns that a story of it would have.
fn is_turn(body: &Body) -> bool {
    matches!(
        body,
        Body::Reported(_)
            | Body::Acknowledged(_)
            | Body::MajorDeclared(_)
            | Body::MajorStoodDown(_)
            | Body::Mitigated(_)
            | Body::Restored(_)
            | Body::Resolved(_)
            | Body::Reopened(_)
            | Body::UpdatePublished(_)
            | Body::OutageRecorded(_)
    )
}
