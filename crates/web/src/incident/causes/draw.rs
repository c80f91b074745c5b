//! The causes that are proposed, each with its reasons.

use super::graph;
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::outward;
use crate::part::time::{self, counted};
use crate::settings::maintenance;
use crate::url;
use desk::causes::{Causes, Known, Proposed};
use incident::Policy;
use insight::cause::{Kind, What};
use kernel::ServiceId;
use maud::{Markup, html};

/// Causes that are shown at once; the others are folded away.
const FIRST: usize = 3;
/// Reasons that are named, those that say most.
const REASONS: usize = 4;
/// From here on a cause is called likely, and possible.
const LIKELY: f64 = 0.5;
const POSSIBLE: f64 = 0.2;

/// The section, with what stands in it.
pub(super) fn section(
    who: &SignedIn,
    policy: &Policy,
    causes: &Causes,
    patch: Option<&str>,
) -> Markup {
    let (first, more) = causes.probable.split_at(causes.probable.len().min(FIRST));
    html! {
        div id="causes" data-patch=[patch] {
            section.sec aria-labelledby="causes-h" {
                div.sec-h {
                    h2 id="causes-h" { "Probable cause" }
                    @if causes.affected.len() > 1 { span.meta { (counted(causes.affected.len() as i64, "service")) " affected" } }
                }
                @if first.is_empty() { p.meta { (nothing(causes)) } }
                @else { ol.stack-l { @for one in first { (row(who, policy, causes, one)) } } }
                (graph::drawing(policy, causes))
                @if !more.is_empty() {
                    details.fold {
                        summary { (icon("right")) (more.len()) " more" }
                        ol.stack-l { @for one in more { (row(who, policy, causes, one)) } }
                    }
                }
                @if !causes.refused.is_empty() {
                    details.fold {
                        summary { (icon("right")) (causes.refused.len()) " said not to be it" }
                        ul.stack-l { @for one in &causes.refused { (row(who, policy, causes, one)) } }
                    }
                }
            }
        }
    }
}

/// Why nothing is proposed.
fn nothing(causes: &Causes) -> &'static str {
    match causes.affected.is_empty() {
        true => {
            "The incident names no service. With one, changes and outages around it are looked at."
        }
        false => {
            "No change, alert or outage is known from before it began, here or in what it depends on."
        }
    }
}

fn row(who: &SignedIn, policy: &Policy, causes: &Causes, one: &Proposed) -> Markup {
    let known = &one.known;
    let reasons: Vec<String> =
        one.evidence.iter().filter_map(|said| said.fact.words()).take(REASONS).collect();
    html! {
        li {
            p {
                (icon(symbol(one.kind))) " " b { (title(one)) }
                @if let Some(service) = known.service.filter(|_| !matches!(one.what, What::Service(_))) {
                    ", " a.link href=(url::service(service)) { (name(policy, service)) }
                }
                " " (standing(one))
            }
            p.meta {
                @if let Some(at) = known.at { (time::moment(at, &who.here)) @if !known.source.is_empty() { ", " (known.source) } ". " }
                @if !reasons.is_empty() { (crate::error::sentence(&reasons.join("; "))) }
            }
            @if causes.may_judge { div.btns { (answers(causes, one)) } }
        }
    }
}

/// What it is, leading to it.
fn title(one: &Proposed) -> Markup {
    let known = &one.known;
    let to = match &one.what {
        What::Alert(id) => Some(url::alert(*id)),
        What::Maintenance(id) => Some(maintenance::address(*id)),
        What::Service(id) => Some(url::service(*id)),
        What::Change(_) | What::Record(_) => None,
    };
    html! {
        @match to {
            Some(to) => a href=(to) { (known.title) },
            None => (changed(known)),
        }
        @if let Some(number) = known.number { ", " a.link href=(url::incident(number)) { (number) } }
    }
}

/// A change, leading to where it is told of.
fn changed(known: &Known) -> Markup {
    let link = known.link.as_deref().filter(|link| outward::host(link).is_some());
    html! {
        @match link {
            Some(link) => a href=(link) rel="noopener noreferrer" target="_blank" { (known.title) span.vh { " (opens in a new tab)" } },
            None => (known.title),
        }
    }
}

/// How probable it is, in a word.
fn standing(one: &Proposed) -> Markup {
    html! {
        @match (one.said, one.score) {
            (Some(true), _) => span.chip.chip-good { (icon("check")) "the cause" },
            (Some(false), _) => span.chip { "not it" },
            (None, Some(score)) if score >= LIKELY => span.chip.chip-warn { "likely cause" },
            (None, Some(score)) if score >= POSSIBLE => span.chip { "possible cause" },
            (None, _) => span.meta { "less likely" },
        }
    }
}

/// What can be said of it, and done about it.
fn answers(causes: &Causes, one: &Proposed) -> Markup {
    let target = one.known.target.as_ref().filter(|_| one.said == Some(true) && !one.linked);
    html! {
        @if let Some((_, target)) = target.filter(|_| !matches!(one.what, What::Alert(_))) {
            (form(&format!("{}/link", url::causes(causes.number)), one, None, &format!("Link {target}")))
        } @else if target.is_some() {
            (form(&format!("{}/link", url::causes(causes.number)), one, None, "Link the alert"))
        }
        @match one.said {
            None => {
                (form(&url::causes(causes.number), one, Some("yes"), "This was it"))
                (form(&url::causes(causes.number), one, Some("no"), "Not it"))
            },
            Some(_) => (form(&url::causes(causes.number), one, Some(""), "Undo")),
        }
    }
}

fn form(action: &str, one: &Proposed, said: Option<&str>, label: &str) -> Markup {
    html! {
        form method="post" action=(action) data-live {
            input type="hidden" name="what" value=(one.what);
            @if let Some(said) = said { input type="hidden" name="said" value=(said); }
            button.btn.btn-sm type="submit" aria-label={ (label) ": " (one.known.title) } { (label) }
        }
    }
}

/// What was changed around the beginning, in one line above the timeline that opens.
pub(super) fn changes(
    who: &SignedIn,
    policy: &Policy,
    causes: &Causes,
    patch: Option<&str>,
) -> Markup {
    html! {
        div id="tl-changes" data-patch=[patch] {
            @if !causes.changes.is_empty() {
                details.fold {
                    summary { (icon("right")) (counted(causes.changes.len() as i64, "change")) " in the day before it began" }
                    ul.rows {
                        @for known in &causes.changes {
                            li {
                                (icon("wrench"))
                                p { (changed(known)) @if let Some(service) = known.service { ", " (name(policy, service)) } }
                                span.meta { @if let Some(at) = known.at { (time::moment(at, &who.here)) } @if !known.source.is_empty() { ", " (known.source) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn symbol(kind: Kind) -> &'static str {
    match kind {
        Kind::Deployment | Kind::Configuration | Kind::OtherChange | Kind::Maintenance => "wrench",
        Kind::Alert => "alert",
        Kind::Service => "services",
        Kind::Record => "flag",
    }
}

/// The name of a service.
pub(super) fn name(policy: &Policy, service: ServiceId) -> &str {
    policy.services.get(&service).map_or("a former service", |known| known.name.as_str())
}
