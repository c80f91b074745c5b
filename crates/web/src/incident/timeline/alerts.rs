//! What happened to an incident's alerts, as one sentence.

use crate::url;
use incident::alerts::AlertsWhy;
use incident::event::AlertsChanged;
use kernel::{IncidentNumber, Muted};
use maud::{Markup, html};

/// Whoever told of it stands before the sentence.
pub(super) fn changed(number: IncidentNumber, data: &AlertsChanged) -> Markup {
    html! {
        (happened(data)) ": "
        @match data.firing {
            0 => b { "all alerts are over" },
            1 => { b { "1 alert" } " is firing" }
            firing => { b { (firing) " alerts" } " are firing" }
        }
        " of " a.link href=(url::alerts_of(number)) { (data.total) }
        @if data.worse { @if let Some(worst) = data.worst { ", the worst is " b { (worst.as_str()) } } }
        @if data.flapping { ", they come and go" }
        @if data.source_unclear { ", their source is unclear about some" }
        @if let Some(muted) = data.muted { ", " (silent(muted)) }
    }
}

fn happened(data: &AlertsChanged) -> String {
    match data.why {
        AlertsWhy::Released => "nothing keeps them from paging any more".to_owned(),
        AlertsWhy::Muted => "put off".to_owned(),
        AlertsWhy::Calm => "calm again".to_owned(),
        AlertsWhy::GivenBack => "given back at its source".to_owned(),
        AlertsWhy::Unclear => "nobody knows for too long".to_owned(),
        AlertsWhy::Expired => format!("{} not told of again", data.resolved),
        AlertsWhy::Gone => format!("{} unknown to their source, which was asked", data.resolved),
        AlertsWhy::Told | AlertsWhy::Person => match (data.fired, data.resolved) {
            (0, 0) => "told of alerts".to_owned(),
            (fired, 0) => format!("{fired} began"),
            (0, resolved) => format!("{resolved} ended"),
            (fired, resolved) => format!("{fired} began, {resolved} ended"),
        },
    }
}

/// Why nobody is paged, as half a sentence.
pub(in crate::incident) fn silent(muted: Muted) -> &'static str {
    match muted {
        Muted::Maintenance => "nobody is paged during maintenance",
        Muted::Upstream => "nobody is paged while a service it needs is down",
        Muted::Snoozed => "nobody is paged while it is put off",
    }
}
