//! Alerts of monitoring: all of them, and one with what is known of it and what can be done.

mod act;
mod list;
pub(crate) mod one;

use crate::app::App;
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::state::{Look, glyph};
use crate::part::time::{self, Here};
use crate::route::{get, post};
use crate::url;
use alert::SignalStatus;
use axum::Router;
use incident::State;
use kernel::{IntegrationId, Muted, Severity};
use maud::{Markup, html};
use std::collections::HashMap;
use store::alerts::found::Found;
use store::directory::integrations;
use store::{Failure, Sql};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::ALERTS, get(list::show))
        .route("/alerts/{id}", get(one::show))
        .route("/alerts/{id}/acknowledge", post(act::acknowledge))
        .route("/alerts/{id}/snooze", post(act::snooze))
        .route("/alerts/{id}/unsnooze", post(act::unsnooze))
        .route("/alerts/{id}/resolve", post(act::resolve))
}

/// The names of integrations, of those that tell of alerts.
type Sources = HashMap<IntegrationId, String>;

fn sources(sql: &mut dyn Sql) -> Result<Sources, Failure> {
    let all = integrations::list(sql)?.into_iter().filter(|one| one.kind.alerts());
    Ok(all.map(|one| (one.id, one.name)).collect())
}

/// How bad it is.
pub(crate) fn severity(severity: Severity) -> Markup {
    let class = match severity {
        Severity::Critical => "chip chip-crit",
        Severity::Error | Severity::Warning => "chip chip-warn",
        Severity::Info => "chip",
    };
    html! { span class=(class) { (severity_word(severity)) } }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Info",
    }
}

/// What is true of it: glyph and word.
pub(crate) fn state(state: SignalStatus) -> Markup {
    let (class, icon) = match state {
        SignalStatus::Firing => ("new", "alert"),
        SignalStatus::Acknowledged => ("progress", "eye"),
        SignalStatus::Resolved => ("resolved", "check"),
    };
    glyph(Look { class, icon, words: state_word(state) })
}

/// The same in a word.
pub(crate) fn state_word(state: SignalStatus) -> &'static str {
    match state {
        SignalStatus::Firing => "Firing",
        SignalStatus::Acknowledged => "Acknowledged",
        SignalStatus::Resolved => "Over",
    }
}

/// Why nobody is paged about it, and until when.
fn muted(who: &SignedIn, found: &Found) -> Markup {
    let alert = &found.alert;
    html! {
        @if let Some(why) = alert.muted.filter(|_| alert.is_open()) {
            span.chip { (icon("pause")) (muted_word(why)) @if let Some(until) = alert.muted_until { " until " (time::moment(until, &who.here)) } }
        }
        @if alert.is_open() && alert.is_flapping(who.here.now) { span.chip.chip-warn { "comes and goes" } }
    }
}

/// That a source said less than all of the alerts of an open incident: whether they are over nobody
/// knows, and it pages again if that stays so.
pub(crate) fn unclear(state: &State, here: &Here) -> Markup {
    let since = state.alerts.as_ref().filter(|_| state.lifecycle.is_open());
    html! {
        @if let Some(since) = since.and_then(|alerts| alerts.source_unclear_since) {
            span.chip.chip-warn title="It said that all is over while alerts may be firing" { (icon("alert")) "Source unclear since " (time::moment(since, here)) }
        }
    }
}

fn muted_word(why: Muted) -> &'static str {
    match why {
        Muted::Maintenance => "maintenance",
        Muted::Upstream => "what it needs is down",
        Muted::Snoozed => "put off",
    }
}
