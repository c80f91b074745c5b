//! Promises, reasons and corrections as sentences, to follow their actor's name.

use crate::incident::case::Case;
use crate::part::{clock, time};
use incident::Body;
use incident::event::{PauseCorrected, PromiseChanged};
use incident::ledger::Span;
use kernel::{ContentId, Timestamp};
use maud::{Markup, html};

/// What was promised to people, and what became of it.
pub(super) fn promised(case: &Case, body: &Body) -> Markup {
    match body {
        Body::Promised(data) => html! {
            "promised " (case.person(data.to)) " that it is over by " b { (when(case, data.at)) }
            @if let Some(reason) = data.reason { ": " (case.text(reason)) }
        },
        Body::PromiseChanged(data) => instead(case, data),
        Body::PromiseBroken(data) => html! {
            b { "the promise to " (case.person(data.to)) " was not kept" } ": " (when(case, data.at))
        },
        Body::BreachExplained(data) => html! {
            "explained the breach of the " b { (clock::name(data.clock)) " clock" } ": "
            (case.text(data.reason)) ". Owner: " (case.person(data.owner))
        },
        Body::PauseCorrected(data) => corrected(case, data),
        _ => html! {},
    }
}

/// Why an expected time changed, if somebody said it.
pub(super) fn why(case: &Case, reason: Option<ContentId>) -> Markup {
    html! { @if let Some(reason) = reason { ": " (case.text(reason)) } }
}

fn instead(case: &Case, data: &PromiseChanged) -> Markup {
    html! {
        @match data.at {
            Some(at) => { "promised " (case.person(data.to)) " " b { (when(case, at)) } " instead of " (when(case, data.before)) }
            None => { b { "took back the promise" } " to " (case.person(data.to)) ", " (when(case, data.before)) }
        }
        ": " (case.text(data.reason))
    }
}

fn corrected(case: &Case, data: &PauseCorrected) -> Markup {
    let span = |span: Option<Span>| {
        html! {
            @match span {
                Some(span) => { (when(case, span.from)) " to " (when(case, span.to)) }
                None => { "no pause" }
            }
        }
    };
    html! {
        b { "corrected a pause" } ": " (span(data.counted)) " instead of " (span(data.counted_before))
        ". " (case.text(data.reason))
    }
}

fn when(case: &Case, at: Timestamp) -> Markup {
    time::moment(at, &case.here)
}
