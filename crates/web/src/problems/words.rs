//! What problems and articles have in common on screen: names, days, hours, changes.

use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::time::{self, counted};
use crate::url;
use incident::Policy;
use jiff::civil::Date;
use kernel::{CategoryId, InOrder, PersonId, ServiceId, TeamId};
use maud::{Markup, html};
use store::directory::{Entry, ProblemState};
use store::knowledge::Success;

/// Seconds of an hour.
const HOUR: i64 = 3_600;
/// Fields whose new words are not told: they are long, and the page shows them.
const LONG: [&str; 6] = ["description", "cause", "workaround", "steps", "fix", "body"];
/// Fields that every change has.
const UNTOLD: [&str; 6] =
    ["version", "updated_at", "updated_by", "created_at", "created_by", "number"];
/// Characters of a value in the history.
const VALUE_CHARS: usize = 80;

/// The way between problems and articles.
pub(crate) fn both(problems: bool) -> Markup {
    html! {
        nav.seg aria-label="Problems and articles" {
            a href=(url::PROBLEMS) aria-current=[problems.then_some("page")] { "Problems" }
            a href=(url::ARTICLES) aria-current=[(!problems).then_some("page")] { "Articles" }
        }
    }
}

/// What a state is called.
pub(crate) const fn state_word(state: ProblemState) -> &'static str {
    match state {
        ProblemState::Open => "Open",
        ProblemState::KnownError => "Known error",
        ProblemState::Resolved => "Resolved",
        ProblemState::Closed => "Closed",
    }
}

/// The state as a chip.
pub(crate) fn state(state: ProblemState) -> Markup {
    let class = match state {
        ProblemState::Open => "chip chip-warn",
        ProblemState::KnownError => "chip chip-accent",
        ProblemState::Resolved => "chip chip-good",
        ProblemState::Closed => "chip",
    };
    html! { span class=(class) { (state_word(state)) } }
}

/// What a service is called.
pub(crate) fn service(policy: &Policy, service: Option<ServiceId>) -> &str {
    let known = |id: ServiceId| {
        policy.services.get(&id).map_or("out of use", |service| service.name.as_str())
    };
    service.map_or("–", known)
}

/// What somebody of the service desk is called.
pub(crate) fn named_staff(policy: &Policy, person: PersonId) -> &str {
    policy.staff.get(&person).map_or("somebody", |staff| staff.name.as_str())
}

/// Options of a list: nothing, called `none`, then these by name.
pub(crate) fn by_name(
    none: &str,
    all: impl Iterator<Item = (String, String)>,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = all.collect();
    all.order_by_key(|(id, name)| (name.to_lowercase(), id.clone()));
    all.insert(0, (String::new(), none.to_owned()));
    all
}

/// The services to choose from.
pub(crate) fn services(policy: &Policy, none: &str) -> Vec<(String, String)> {
    let all = policy.services.iter();
    by_name(none, all.map(|(id, service)| (id.to_string(), service.name.clone())))
}

/// The categories to choose from.
pub(crate) fn categories(policy: &Policy) -> Vec<(String, String)> {
    let all = policy.categories.iter();
    by_name("–", all.map(|(id, category)| (id.to_string(), category.path.clone())))
}

/// The teams to choose from.
pub(crate) fn teams(policy: &Policy) -> Vec<(String, String)> {
    let all = policy.teams.iter();
    by_name("–", all.map(|(id, team)| (id.to_string(), team.name.clone())))
}

/// The people to choose an owner from.
pub(crate) fn owners(policy: &Policy) -> Vec<(String, String)> {
    let all = policy.staff.iter().filter(|(_, staff)| staff.active && staff.works());
    by_name("Nobody", all.map(|(id, staff)| (id.to_string(), staff.name.clone())))
}

/// "17 Nov 2026".
pub(crate) fn day(day: Date) -> Markup {
    html! { time datetime=(day) { (day.strftime("%-d %b %Y").to_string()) } }
}

/// A day of review that is over.
pub(crate) fn overdue(date: Date) -> Markup {
    html! { span.warn-t { (icon("clock")) (day(date)) ", overdue" } }
}

/// Today, where the reader is.
pub(crate) fn today(who: &SignedIn) -> Date {
    who.here.local(who.here.now).date()
}

/// "1,140": whole hours, below ten with a tenth.
pub(crate) fn hours(seconds: i64) -> String {
    let tenths = (seconds.max(0) * 10 + HOUR / 2) / HOUR;
    match tenths {
        0 => "0".to_owned(),
        ..100 if tenths % 10 != 0 => format!("{}.{}", tenths / 10, tenths % 10),
        _ => locale::number(kernel::Language::En, (tenths + 5) / 10),
    }
}

/// "helped 12 of 15", and how much is not judged yet.
pub(crate) fn success(success: Success) -> Markup {
    let waiting = success.used.saturating_sub(success.judged);
    html! {
        @if success.used == 0 { span.muted { "not used yet" } }
        @else {
            @if success.judged > 0 { "helped " (success.helped) " of " (success.judged) }
            @if success.judged > 0 && waiting > 0 { ", " }
            @if waiting > 0 { (counted(i64::from(waiting), "use")) " not over yet" }
        }
    }
}

/// What was changed and by whom, the newest first.
pub(crate) fn history(who: &SignedIn, policy: &Policy, changes: &[Entry]) -> Markup {
    html! {
        section.card aria-labelledby="history-h" {
            div.card-h { h2 id="history-h" { "History" } }
            div.card-b {
                @if changes.is_empty() { p.meta { "Nothing is on record any more." } }
                @else { ul.stack-s { @for entry in changes { li {
                    span { (entry.actor_name) " " (did(policy, entry)) }
                    span.meta { ", " (time::since(entry.at, &who.here)) }
                } } } }
            }
        }
    }
}

fn did(policy: &Policy, entry: &Entry) -> String {
    let parts = parts(policy, entry);
    match (entry.what.as_str(), parts.is_empty()) {
        ("created", _) => "made it".to_owned(),
        ("changed", false) => format!("changed {}", parts.join(", ")),
        ("changed", true) => "saved it".to_owned(),
        (what, _) => what.replace('_', " "),
    }
}

/// What is another since: short values are told, long ones named.
fn parts(policy: &Policy, entry: &Entry) -> Vec<String> {
    let (Some(before), Some(after)) = (
        entry.before.as_ref().and_then(serde_json::Value::as_object),
        entry.after.as_ref().and_then(serde_json::Value::as_object),
    ) else {
        return vec![];
    };
    let changed = after.iter().filter(|(name, value)| {
        !UNTOLD.contains(&name.as_str()) && before.get(name.as_str()) != Some(*value)
    });
    let told = changed.map(|(name, value)| {
        let field = name.replace('_', " ");
        match LONG.contains(&name.as_str()) {
            true => field,
            false => format!("{field} to {}", value_words(policy, name, value)),
        }
    });
    told.collect()
}

fn value_words(policy: &Policy, name: &str, value: &serde_json::Value) -> String {
    let known = |id: &str| match name {
        "service" => id.parse::<ServiceId>().ok().map(|id| service(policy, Some(id)).to_owned()),
        "owner" => id.parse::<PersonId>().ok().map(|id| named_staff(policy, id).to_owned()),
        "team" => {
            id.parse::<TeamId>().ok().and_then(|id| Some(policy.teams.get(&id)?.name.clone()))
        }
        "category" => id
            .parse::<CategoryId>()
            .ok()
            .and_then(|id| Some(policy.categories.get(&id)?.path.clone())),
        _ => Some(id.replace('_', " ")),
    };
    match value {
        serde_json::Value::Null => "nothing".to_owned(),
        serde_json::Value::String(text) => {
            let words = known(text).unwrap_or_else(|| "something out of use".to_owned());
            words.chars().take(VALUE_CHARS).collect()
        }
        serde_json::Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        serde_json::Value::Array(all) => {
            counted(all.len() as i64, "entry").replace("entrys", "entries")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_short() {
        for (seconds, words) in [
            (0, "0"),
            (60, "0"),
            (360, "0.1"),
            (5_400, "1.5"),
            (7_200, "2"),
            (4_104_000, "1,140"),
            (-5, "0"),
        ] {
            assert_eq!(hours(seconds), words, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_over_is_not_judged() {
        let shown = |used, judged, helped| success(Success { used, judged, helped }).into_string();
        assert_eq!(shown(15, 15, 12), "helped 12 of 15");
        assert_eq!(shown(16, 15, 12), "helped 12 of 15, 1 use not over yet");
        assert!(shown(0, 0, 0).contains("not used yet"));
    }
}
