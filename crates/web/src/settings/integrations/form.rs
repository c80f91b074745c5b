//! An integration as the fields of a form, and back. Fields of how alerts become incidents are
//! named as the rules name them.

use super::tools::Tool;
use super::{All, asked};
use crate::form::Fields;
use crate::part::duration::{self, WHOLE_DAY};
use crate::settings::editing;
use ::alert::AlertSettings;
use desk::Trouble;
use incident::Refusal;
use store::directory::integrations::{Integration, Settings};

/// The form of a new one, called like its tool.
pub(super) fn blank(tool: &Tool, all: &All) -> Fields {
    let taken = |name: &str| all.sources.iter().any(|one| one.name.eq_ignore_ascii_case(name));
    let mut names = std::iter::once(tool.name.to_owned())
        .chain((2..).map(|count| format!("{} {count}", tool.name)));
    let name = names.find(|name| !taken(name)).unwrap_or_default();
    let mut pairs = vec![("name".to_owned(), name)];
    pairs.extend(settings(&AlertSettings::default()));
    pairs.extend(asked::pairs(None));
    Fields::of(pairs)
}

/// One that is there.
pub(super) fn shown(source: &Integration) -> Fields {
    let mut pairs = vec![("name".to_owned(), source.name.clone())];
    pairs.extend(source.service.map(|id| ("service".to_owned(), id.to_string())));
    pairs.extend(source.team.map(|id| ("team".to_owned(), id.to_string())));
    pairs.extend(source.active.then(|| ("active".to_owned(), "1".to_owned())));
    pairs.extend(settings(&source.settings.alerts));
    pairs.extend(asked::pairs(source.settings.ask.as_ref()));
    Fields::of(pairs)
}

fn settings(alerts: &AlertSettings) -> Vec<(String, String)> {
    let time = |seconds| duration::written(seconds, WHOLE_DAY);
    let mut pairs = vec![
        ("alerts.window_seconds", time(alerts.window_seconds)),
        ("alerts.storm_groups", alerts.storm_groups.to_string()),
        ("alerts.flap_changes", alerts.flap_changes.to_string()),
        ("alerts.flap_seconds", time(alerts.flap_seconds)),
        ("alerts.unclear_seconds", time(alerts.unclear_seconds)),
        ("alerts.heartbeat_seconds", time(alerts.heartbeat_seconds)),
    ];
    pairs.extend(alerts.auto_resolve.then(|| ("alerts.auto_resolve", "1".to_owned())));
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The integration as the form wants it; its mapping has a form of its own.
pub(super) fn typed(before: Integration, fields: &Fields) -> Result<Integration, Trouble> {
    let usual = before.settings.alerts.clone();
    let alerts = AlertSettings {
        window_seconds: seconds(fields, "alerts.window_seconds", usual.window_seconds)?,
        auto_resolve: fields.ticked("alerts.auto_resolve"),
        storm_groups: number(fields, "alerts.storm_groups", usual.storm_groups)?,
        flap_changes: number(fields, "alerts.flap_changes", usual.flap_changes)?,
        flap_seconds: seconds(fields, "alerts.flap_seconds", usual.flap_seconds)?,
        unclear_seconds: seconds(fields, "alerts.unclear_seconds", usual.unclear_seconds)?,
        heartbeat_seconds: seconds(fields, "alerts.heartbeat_seconds", usual.heartbeat_seconds)?,
        mapping: usual.mapping,
    };
    let (ask, new_secrets) = match fields.get("ask.url") {
        Some(_) => asked::typed(fields)?.unzip(),
        // A form without the field leaves it as it is.
        None => (before.settings.ask.clone(), None),
    };
    Ok(Integration {
        name: editing::name(fields)?,
        service: editing::id(fields, "service")?,
        team: editing::id(fields, "team")?,
        settings: Settings { alerts, ask, ..before.settings },
        new_secrets,
        ..before
    })
}

/// A length of time; one that the form does not have stays.
fn seconds(fields: &Fields, name: &'static str, before: i64) -> Result<i64, Refusal> {
    let Some(text) = fields.get(name) else { return Ok(before) };
    let wrong = || Refusal::invalid(name, "Write it like 15 min, 4 h or 2 days");
    duration::read(text, WHOLE_DAY).ok_or_else(wrong)
}

fn number(fields: &Fields, name: &'static str, before: u32) -> Result<u32, Refusal> {
    let Some(text) = fields.get(name) else { return Ok(before) };
    text.trim().parse().map_err(|_| Refusal::invalid(name, "Write a whole number"))
}
