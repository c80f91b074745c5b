//! Paging as sentences, to follow their actor's name.

use crate::incident::case::Case;
use crate::incident::paging::names;
use crate::part::time;
use incident::Body;
use incident::escalation::{Cue, Failure, Stop, Why};
use incident::event::{Paged, PagingBegan};
use kernel::Timestamp;
use maud::{Markup, html};

/// Who was paged, and what came of it.
pub(super) fn paging(case: &Case, body: &Body) -> Markup {
    match body {
        Body::PagingBegan(data) => began(case, data),
        Body::Paged(data) => paged(case, data),
        Body::PageAcknowledged(_) => html! { b { "answered the page" } },
        Body::PageDeclined(data) => html! {
            b { (case.person(data.person)) " cannot take it" }
            @if let Some(note) = data.note { ": " (case.text(note)) }
        },
        Body::PageFailed(data) => html! {
            b { "nobody was reached" }
            @if !data.people.is_empty() { ": " (names(case, data.people.iter().copied())) }
            ", " (failure(data.failure))
        },
        Body::PagingStopped(data) => html! {
            "stopped paging, " (stopped(data.why))
            @if let Some(at) = data.expires_at { "; it pages again " (when(case, at)) " if nothing is heard until then" }
        },
        Body::AcknowledgementExpired(data) => html! {
            b { "nothing was heard" }
            @if !data.people.is_empty() { " of " (names(case, data.people.iter().copied())) }
            @if let Some(at) = data.acknowledged_at { " since " (when(case, at)) }
        },
        Body::PagingExhausted(data) => html! {
            b { "everybody was paged and nobody took it" }
            @if data.times > 1 { ", told " (data.times) " times" }
            "; told again " (when(case, data.again_at))
        },
        _ => html! {},
    }
}

fn began(case: &Case, data: &PagingBegan) -> Markup {
    html! {
        b { "began to page" }
        @if let Some(name) = &data.name { " by the policy " (name) }
        ", " (why(data.why))
        @if let Some(note) = data.note { ": " (case.text(note)) }
    }
}

fn paged(case: &Case, data: &Paged) -> Markup {
    html! {
        @if data.people.is_empty() { b { "found nobody to page" } }
        @else { "paged " b { (names(case, data.people.iter().map(|paged| paged.person))) } }
        @match data.cue {
            Cue::Plan | Cue::ByHand => {}
            Cue::Shadows => { ", who learn beside whoever is on call" }
            Cue::Late => { ", late: nothing ran here meanwhile" }
            Cue::Escalated => { ", without waiting" }
            Cue::Declined => { ", because nobody asked before can take it" }
            Cue::Failed => { ", because nobody was reached before" }
            Cue::LastResort => { ", because nobody was reached in the end" }
            Cue::Joined => { ", because one more alert came" }
            Cue::Called => { ", who are asked to come" }
            Cue::Silent => { ", because the next update did not come" }
        }
        @if let Some(next) = &data.next { "; next " (when(case, next.at)) }
        @if let Some(note) = data.note { ": " (case.text(note)) }
    }
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Reported => "because of its priority",
        Why::Raised => "because it became more urgent",
        Why::Given => "because another team has it",
        Why::Assigned => "beginning with whoever it was given to",
        Why::Classified => "because of its service",
        Why::Reopened => "because it is open again",
        Why::Unmerged => "because it stands on its own again",
        Why::Returned => "because taking it was taken back",
        Why::Released => "because nothing keeps it from that any more",
        Why::Expired => "because nothing was heard",
        Why::ByHand => "by hand",
        Why::Called => "those who are asked to come",
        Why::Silent => "because the next update did not come",
    }
}

fn stopped(why: Stop) -> &'static str {
    match why {
        Stop::Acknowledged => "somebody has it",
        Stop::Resolved => "it is resolved",
        Stop::Closed => "it is closed",
        Stop::Cancelled => "it was recorded in error",
        Stop::Merged => "it is part of another",
        Stop::Replaced => "others are paged instead",
        Stop::Given => "another team has it, nobody of which is paged for this",
        Stop::Muted => "its alerts page nobody now; it begins again when they may",
    }
}

/// What happened instead of reaching somebody.
pub(in crate::incident) fn failure(failure: Failure) -> &'static str {
    match failure {
        Failure::Errors => "every way failed",
        Failure::NotTried => "nothing was sent",
        Failure::NoWay => "there is no way to reach them",
    }
}

fn when(case: &Case, at: Timestamp) -> Markup {
    time::moment(at, &case.here)
}
