//! What is still missing before an incident is put away: a quiet list with the ways to add it. It
//! stands in nobody's way.

use super::timeline::{Sort, entries};
use super::view::View;
use crate::part::icon::small_icon;
use crate::part::person::first_name;
use crate::part::time;
use crate::url;
use incident::policy::Closure;
use incident::state::{Lifecycle, LinkKind};
use incident::{Body, CommandName as C};
use kernel::{IncidentNumber, Timestamp};
use maud::{Markup, html};
use store::incidents::timeline::StoredEvent;

/// Something that is not there, and where it is added.
struct Gap {
    words: Markup,
    href: String,
    way: String,
}

/// What is missing while it is being resolved: the form asks for some of it.
pub(super) fn check(view: &View<'_>, patch: Option<&str>) -> Markup {
    let state = view.case.state();
    let mut gaps = general(view);
    if !names_cause(view) {
        gaps.push(Gap {
            words: html! { "No cause is named." },
            href: "#resolve-cause".to_owned(),
            way: "Name it above".to_owned(),
        });
    }
    let needs = view.case.policy.closure;
    let linked = state.links.iter().any(|link| is_knowledge(link.kind));
    if !linked {
        gaps.push(Gap {
            words: html! { "No problem or article is linked." },
            href: "#resolve-known_error".to_owned(),
            way: "Name one above".to_owned(),
        });
    }
    html! {
        div id="closure" data-patch=[patch] {
            @if !gaps.is_empty() {
                p.lbl { "Still missing" }
                (list(&gaps))
                @if needs == Closure::default() { p.hint { "It can be resolved without." } }
                @else { p.hint { "What is marked as needed above must be given; it can be resolved without the rest." } }
            }
        }
    }
}

/// What is missing of what is resolved and not closed yet.
pub(super) fn section(view: &View<'_>, patch: Option<&str>) -> Markup {
    let state = view.case.state();
    let mut gaps = Vec::new();
    if view.rights.works && state.lifecycle == Lifecycle::Resolved {
        gaps = general(view);
        if !names_cause(view) {
            gaps.push(Gap {
                words: html! { "No cause is named." },
                href: url::causes(view.case.number),
                way: "Say what it was".to_owned(),
            });
        }
    }
    html! {
        div id="closing" data-patch=[patch] {
            @if !gaps.is_empty() {
                section.sec aria-labelledby="closing-h" {
                    div.sec-h { h2 id="closing-h" { "Before it closes" } span.meta { (gaps.len()) } }
                    (list(&gaps))
                }
            }
        }
    }
}

/// What can be missing at any time.
fn general(view: &View<'_>) -> Vec<Gap> {
    let (case, mut gaps) = (view.case, Vec::new());
    if case.state().category.is_none() && view.can(C::Classify) {
        gaps.push(Gap {
            words: html! { "No category is set." },
            href: url::incident_command(case.number, C::Classify),
            way: "Choose one".to_owned(),
        });
    }
    gaps.extend(unanswered(view));
    gaps
}

/// Words that nobody answered.
#[derive(Debug)]
pub(super) struct Asked {
    /// The first name of whoever said them.
    by: String,
    /// When.
    pub(super) at: Timestamp,
    /// The id of their entry.
    entry: String,
}

/// The requester's last words, where nobody said anything to them since.
pub(super) fn asked(number: IncidentNumber, events: &[StoredEvent]) -> Option<Asked> {
    let all = entries(number, events);
    let said = all.iter().rev().find(|entry| {
        matches!(entry.sort, Sort::Message | Sort::Reply | Sort::Update)
            && !matches!(entry.event().body, Body::Rated(_))
    })?;
    let asked = said.sort == Sort::Message && said.event().actor.person_id().is_some();
    asked.then(|| Asked {
        by: first_name(&said.event().actor.name).to_owned(),
        at: said.happened_at(),
        entry: said.id(number),
    })
}

fn unanswered(view: &View<'_>) -> Option<Gap> {
    let case = view.case;
    let Asked { by, at, entry } = case.asked()?;
    Some(Gap {
        words: html! { (by) " wrote " (time::since(*at, &case.here)) " and has no answer yet." },
        href: format!("{}#{entry}", url::incident(case.number)),
        way: "Read it".to_owned(),
    })
}

/// Whether somebody said why it happened.
fn names_cause(view: &View<'_>) -> bool {
    let state = view.case.state();
    state.resolution.as_ref().is_some_and(|resolution| resolution.cause.is_some())
        || state.links.iter().any(|link| is_knowledge(link.kind) && !link.reverse)
}

/// Whether a link leads to what is known of the cause.
const fn is_knowledge(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::Problem | LinkKind::KnownError | LinkKind::CausedBy)
}

fn list(gaps: &[Gap]) -> Markup {
    html! {
        ul.stack-s { @for gap in gaps {
            li.meta { (small_icon("minus")) " " (gap.words) " " a.link href=(gap.href) { (gap.way) } }
        } }
    }
}
