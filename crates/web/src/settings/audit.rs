//! The audit log: who changed what, when, from what to what.

use super::{Reads, Section, section_page};
use crate::app::App;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time::Here;
use crate::url::encode;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use kernel::Timestamp;
use maud::{Markup, html};
use serde_json::Value;
use store::directory::audit::{self, Entry};

const SECTION: Section = Section::Audit;
/// Rows of a page.
const PAGE_ROWS: usize = 50;
/// Characters of a value that are shown.
const VALUE_CHARS: usize = 80;
/// What can be changed, with its label.
const SUBJECTS: [(&str, &str); 9] = [
    ("", "Everything"),
    ("person", "People"),
    ("password", "Passwords"),
    ("team", "Teams"),
    ("service", "Services"),
    ("category", "Categories"),
    ("organisation", "Organisations"),
    ("setting", "Settings"),
    ("token", "API tokens"),
];

pub(super) fn routes() -> Router<App> {
    Router::new().route("/settings/audit", get(show))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let subject = fields.text("subject").to_owned();
    let before = fields.filled("before").and_then(|text| text.parse::<i64>().ok());
    let wanted = (!subject.is_empty()).then(|| subject.clone());
    let mut rows = app
        .desk
        .read(move |sql| audit::list(sql, wanted.as_deref(), PAGE_ROWS + 1, before))
        .await?;
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    let older = rows.last().filter(|_| more).map(|(id, _)| address(&subject, Some(*id)));
    let body = html! {
        form.btns method="get" action=(SECTION.address()) {
            label.lbl for="subject" { "Changes of" }
            div { select.inp id="subject" name="subject" {
                @for (value, label) in SUBJECTS { option value=(value) selected[value == subject] { (label) } }
            } }
            button.btn type="submit" { (icon("filter")) "Show" }
        }
        @if rows.is_empty() {
            (empty("Nothing here", "Nothing of this kind was changed.", None))
        } @else {
            div.card { div.scroll-x tabindex="0" role="region" aria-label="Audit log" { table.dt {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Change" } } }
                tbody { @for (_, entry) in &rows {
                    tr {
                        td.nowrap { time datetime=(entry.at) title=(who.here.full(entry.at)) { (day_and_time(entry.at, &who.here)) } }
                        td { (entry.actor_name) }
                        td { (entry.subject) " " b { (title(entry)) } " " (entry.what.replace('_', " ")) }
                        td { (changes(entry)) }
                    }
                } }
            } } }
        }
        @if before.is_some() || older.is_some() {
            nav.pages aria-label="Pages" {
                @if before.is_some() { a.btn href=(address(&subject, None)) { "Newest" } }
                @if let Some(older) = older { a.btn rel="next" href=(older) { "Older " (icon("right")) } }
            }
        }
    };
    Ok(section_page(
        &who,
        SECTION,
        html! { "Every change of configuration and people. Incidents tell their own story." },
        None,
        body,
    ))
}

fn address(subject: &str, before: Option<i64>) -> String {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    format!("{}?subject={}{before}", SECTION.address(), encode(subject))
}

/// "23 Nov 2026, 11:04": a log is read long afterwards.
fn day_and_time(at: Timestamp, here: &Here) -> String {
    here.local(at).strftime("%-d %b %Y, %H:%M").to_string()
}

/// What a thing was called, else its id.
fn title(entry: &Entry) -> &str {
    let named =
        |value: &'_ Value| value.get("name").or_else(|| value.get(0)?.get("name")).is_some();
    let told = [&entry.after, &entry.before].into_iter().flatten().find(|value| named(value));
    let name = told.and_then(|value| value.get("name").or_else(|| value.get(0)?.get("name")));
    name.and_then(Value::as_str).unwrap_or(&entry.subject_id)
}

/// What is different now, one line for each value.
fn changes(entry: &Entry) -> Markup {
    let lines = differences(entry.before.as_ref(), entry.after.as_ref());
    html! {
        @match lines.len() {
            0 => {},
            1..=3 => (list(&lines)),
            count => details { summary.meta { (count) " values " (icon("down")) } (list(&lines)) },
        }
    }
}

fn list(lines: &[(String, String, String)]) -> Markup {
    html! {
        ul {
            @for (name, before, after) in lines {
                li { span.meta { (name) } " " @if !before.is_empty() { (before) } @if !before.is_empty() && !after.is_empty() { " → " } @if !after.is_empty() { b { (after) } } }
            }
        }
    }
}

fn differences(before: Option<&Value>, after: Option<&Value>) -> Vec<(String, String, String)> {
    let (before, after) = (before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null));
    if before.is_object() || after.is_object() {
        let keys = |value: &Value| {
            value
                .as_object()
                .map(|object| object.keys().cloned().collect::<Vec<_>>())
                .unwrap_or_default()
        };
        let mut names: Vec<String> = keys(before).into_iter().chain(keys(after)).collect();
        names.sort();
        names.dedup();
        let value = |of: &Value, name: &str| of.get(name).cloned().unwrap_or(Value::Null);
        let told = names.into_iter().filter(|name| {
            name != "id" && name != "version" && value(before, name) != value(after, name)
        });
        return told
            .map(|name| {
                (name.replace('_', " "), words(&value(before, &name)), words(&value(after, &name)))
            })
            .collect();
    }
    if before == after { vec![] } else { vec![(String::new(), words(before), words(after))] }
}

fn words(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(object) => object.values().map(words).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    match text.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_different_is_told() {
        let before = json!({ "id": "1", "name": "Network", "active": true, "version": 1 });
        let after = json!({ "id": "1", "name": "Networks", "active": true, "version": 2 });
        let line = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(differences(Some(&before), Some(&after)), [line("name", "Network", "Networks")]);
        assert_eq!(differences(None, Some(&json!(["P1", "P2"]))), [line("", "", "P1, P2")]);
        assert!(differences(Some(&Value::Null), None).is_empty());
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(words(&json!("é".repeat(200))).chars().count(), VALUE_CHARS + 1);
    }
}
