//! The audit log: who changed what, when, from what to what.

use super::{Reads, Section, section_page};
use crate::app::{App, INSTANCE_SETTING};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time::Here;
use crate::route::get;
use crate::url::encode;
use axum::Router;
use axum::extract::{RawQuery, State};
use kernel::{PersonId, Timestamp, limits};
use maud::{Markup, html};
use serde_json::Value;
use std::collections::HashMap;
use store::directory::audit::{self, AuditFilter, Entry};
use store::directory::people::PeopleFilter;
use store::directory::{calendars, categories, organisations, people, services, settings, teams};
use store::{Failure, Sql};

const SECTION: Section = Section::Audit;
/// Rows of a page.
const PAGE_ROWS: usize = 50;
/// People that the words for one may mean, at most.
const PEOPLE: usize = 50;
/// Characters of a value that are shown.
const VALUE_CHARS: usize = 80;
/// What can be changed, with its label.
const SUBJECTS: [(&str, &str); 18] = [
    ("", "Everything"),
    ("person", "People"),
    ("password", "Passwords"),
    ("team", "Teams"),
    ("delivery", "Letters"),
    ("agreement", "Agreements"),
    ("calendar", "Calendars"),
    ("rule", "Rules"),
    ("webhook", "Webhooks"),
    ("problem", "Problems"),
    ("article", "Articles"),
    ("service", "Services"),
    ("category", "Categories"),
    ("organisation", "Organisations"),
    ("setting", "Settings"),
    ("letter", "Words of letters"),
    ("token", "API tokens"),
    ("integration", "Integrations"),
];

/// Settings by their key.
const SETTINGS: [(&str, &str); 3] = [
    (settings::MATRIX, "priority matrix"),
    (settings::RESOLUTION_CODES, "resolution codes"),
    (INSTANCE_SETTING, "general"),
];
/// Values that tell nothing to a reader.
const UNTOLD: [&str; 3] = ["id", "version", "created_at"];

/// What ids stand for.
type Names = HashMap<String, String>;
/// A value that is different: its name, what it was, what it is.
type Line = (String, String, String);

pub(super) fn routes() -> Router<App> {
    Router::new().route("/settings/audit", get(show))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let before = fields.filled("before").and_then(|text| text.parse::<i64>().ok());
    let mut filter = AuditFilter {
        subject: fields.filled("subject").map(str::to_owned),
        actors: None,
        from: day(&fields, "from", &who.here, 0)?,
        until: day(&fields, "until", &who.here, 1)?,
    };
    let by = fields.filled("who").map(str::to_owned);
    let read = move |sql: &mut dyn Sql| {
        if let Some(text) = by {
            let found = PeopleFilter { text: Some(text), ..PeopleFilter::default() };
            let found = people::list(sql, &found, PEOPLE, None)?;
            filter.actors = Some(found.into_iter().map(|person| person.id).collect());
        }
        let rows = audit::find(sql, &filter, PAGE_ROWS + 1, before)?;
        Ok((names(sql, &rows)?, rows))
    };
    let (names, mut rows) = app.desk.read(read).await?;
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    let older = rows.last().filter(|_| more).map(|(id, _)| address(&fields, Some(*id)));
    let body = html! {
        (filter_form(&fields))
        @if rows.is_empty() {
            (empty("Nothing here", "Nothing like this was changed.", None))
        } @else {
            div.card { div.scroll-x tabindex="0" role="region" aria-label="Audit log" { table.dt {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Change" } } }
                tbody { @for (_, entry) in &rows {
                    tr {
                        td.nowrap { time datetime=(entry.at) title=(who.here.full(entry.at)) { (day_and_time(entry.at, &who.here)) } }
                        td { (entry.actor_name) }
                        td { (entry.subject.replace('_', " ")) " " b { (title(entry, &names)) } " " (entry.what.replace('_', " ")) }
                        td { (changes(entry, &names)) }
                    }
                } }
            } } }
        }
        @if before.is_some() || older.is_some() {
            nav.pages aria-label="Pages" {
                @if before.is_some() { a.btn href=(address(&fields, None)) { "Newest" } }
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

fn filter_form(fields: &Fields) -> Markup {
    html! {
        form.filters method="get" action=(SECTION.address()) {
            div.field {
                label.lbl for="subject" { "Changes of" }
                select.inp id="subject" name="subject" {
                    @for (value, label) in SUBJECTS { option value=(value) selected[value == fields.text("subject")] { (label) } }
                }
            }
            div.field {
                label.lbl for="who" { "By" }
                input.inp id="who" name="who" value=(fields.text("who")) placeholder="Name or e-mail" maxlength=(limits::EMAIL_CHARS);
            }
            div.field {
                label.lbl for="from" { "From" }
                input.inp type="date" id="from" name="from" value=(fields.text("from"));
            }
            div.field {
                label.lbl for="until" { "To" }
                input.inp type="date" id="until" name="until" value=(fields.text("until"));
            }
            button.btn type="submit" { (icon("filter")) "Show" }
        }
    }
}

/// The beginning of a day of the reader's, some days after the one that is written.
fn day(fields: &Fields, name: &str, here: &Here, later: i64) -> PageResult<Option<Timestamp>> {
    let Some(text) = fields.filled(name) else { return Ok(None) };
    let date = text.parse::<jiff::civil::Date>().ok();
    let day = date.and_then(|date| date.checked_add(jiff::Span::new().days(later)).ok());
    let begins = day.and_then(|day| day.to_zoned(here.zone.clone()).ok());
    let begins = begins
        .ok_or_else(|| PageError::invalid(format!("{text} is not a day such as 2026-11-23")))?;
    Ok(Some(Timestamp::from_jiff(begins.timestamp())))
}

fn address(fields: &Fields, before: Option<i64>) -> String {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    let kept: Vec<String> = ["subject", "who", "from", "until"]
        .iter()
        .map(|name| format!("{name}={}", encode(fields.text(name))))
        .collect();
    format!("{}?{}{before}", SECTION.address(), kept.join("&"))
}

/// "23 Nov 2026, 11:04": a log is read long afterwards.
fn day_and_time(at: Timestamp, here: &Here) -> String {
    here.local(at).strftime("%-d %b %Y, %H:%M").to_string()
}

/// Reads what the ids in the entries stand for: nobody knows a team by its id.
fn names(sql: &mut dyn Sql, rows: &[(i64, Entry)]) -> Result<Names, Failure> {
    let mut names = Names::new();
    names.extend(teams::list(sql)?.into_iter().map(|team| (team.id.to_string(), team.name)));
    names.extend(services::list(sql)?.into_iter().map(|row| (row.id.to_string(), row.name)));
    names.extend(organisations::list(sql)?.into_iter().map(|row| (row.id.to_string(), row.name)));
    let calendars = calendars::all(sql)?.into_iter();
    names.extend(calendars.map(|(row, _)| (row.reference.id.to_string(), row.name)));
    let paths = categories::paths(&categories::list(sql)?);
    names.extend(paths.into_iter().map(|(id, path)| (id.to_string(), path)));
    let mut texts: Vec<&str> = rows.iter().map(|(_, entry)| entry.subject_id.as_str()).collect();
    for (_, entry) in rows {
        for value in [&entry.before, &entry.after].into_iter().flatten() {
            texts_in(value, &mut texts);
        }
    }
    let ids: Vec<PersonId> = texts
        .into_iter()
        .filter(|text| !names.contains_key(*text))
        .filter_map(|text| text.parse().ok())
        .collect();
    names.extend(people::names(sql, &ids)?.into_iter().map(|(id, name)| (id.to_string(), name)));
    Ok(names)
}

fn texts_in<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts_in(value, found)),
        Value::Object(object) => object.values().for_each(|value| texts_in(value, found)),
        _ => {}
    }
}

/// What a thing was called, else its id.
fn title<'a>(entry: &'a Entry, names: &'a Names) -> &'a str {
    if entry.subject == "setting" {
        let known = SETTINGS.iter().find(|(id, _)| *id == entry.subject_id);
        return known.map_or(&entry.subject_id, |(_, label)| label);
    }
    let told =
        [&entry.after, &entry.before].into_iter().flatten().find_map(|value| value.get("name"));
    let told = told.and_then(Value::as_str);
    told.or_else(|| names.get(&entry.subject_id).map(String::as_str)).unwrap_or(&entry.subject_id)
}

/// What is different now, one line for each value.
fn changes(entry: &Entry, names: &Names) -> Markup {
    let lines = differences(entry.before.as_ref(), entry.after.as_ref(), names);
    html! {
        @match lines.len() {
            0 => {},
            1..=3 => (list(&lines)),
            count => details { summary.meta { (count) " values " (icon("down")) } (list(&lines)) },
        }
    }
}

fn list(lines: &[Line]) -> Markup {
    html! {
        ul {
            @for (name, before, after) in lines {
                li { span.meta { (name) } " " @if !before.is_empty() { (before) } @if !before.is_empty() && !after.is_empty() { " → " } @if !after.is_empty() { b { (after) } } }
            }
        }
    }
}

fn differences(before: Option<&Value>, after: Option<&Value>, names: &Names) -> Vec<Line> {
    let (before, after) = (before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null));
    let line = |name: String, before: &Value, after: &Value| {
        (name, words(before, names), words(after, names))
    };
    let value = |of: &Value, name: &str| of.get(name).cloned().unwrap_or(Value::Null);
    match (before, after) {
        (Value::Object(_), _) | (_, Value::Object(_)) => {
            let keys = |value: &Value| -> Vec<String> {
                value.as_object().map(|found| found.keys().cloned().collect()).unwrap_or_default()
            };
            let mut fields: Vec<String> = keys(before).into_iter().chain(keys(after)).collect();
            fields.sort();
            fields.dedup();
            let told = fields.into_iter().filter(|field| {
                let (before, after) = (value(before, field), value(after, field));
                !UNTOLD.contains(&field.as_str())
                    && before != after
                    && !(before.is_null() && says_nothing(&after))
            });
            told.flat_map(|field| {
                let (before, after) = (value(before, &field), value(after, &field));
                let name = field.replace('_', " ");
                match before.is_object() && after.is_object() {
                    false => vec![line(name, &before, &after)],
                    true => {
                        let within = differences(Some(&before), Some(&after), names);
                        within
                            .into_iter()
                            .map(|(of, b, a)| (format!("{name} {of}"), b, a))
                            .collect()
                    }
                }
            })
            .collect()
        }
        // Of a list only the entries that came, went or changed.
        (Value::Array(old), Value::Array(new)) => {
            let only = |these: &[Value], those: &[Value]| {
                Value::Array(these.iter().filter(|one| !those.contains(one)).cloned().collect())
            };
            match (only(old, new), only(new, old)) {
                (gone, come) if gone != come => vec![line(String::new(), &gone, &come)],
                _ if old == new => vec![],
                _ => vec![line(String::new(), before, after)],
            }
        }
        _ if before == after => vec![],
        _ => vec![line(String::new(), before, after)],
    }
}

/// Whether a value of something new is as good as none.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

fn words(value: &Value, names: &Names) -> String {
    let joined = |values: &mut dyn Iterator<Item = &Value>, between: &str| {
        values.map(|value| words(value, names)).collect::<Vec<_>>().join(between)
    };
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => names.get(text).unwrap_or(text).clone(),
        Value::Array(values) => joined(&mut values.iter(), ", "),
        Value::Object(object) => joined(&mut object.values(), " "),
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

    fn line(name: &str, before: &str, after: &str) -> Line {
        (name.to_owned(), before.to_owned(), after.to_owned())
    }

    #[test]
    fn only_what_is_different_is_told() {
        let names = Names::new();
        let differences =
            |before: Value, after: Value| differences(Some(&before), Some(&after), &names);
        let before = json!({ "id": "1", "name": "Network", "active": true, "version": 1 });
        let after = json!({ "id": "1", "name": "Networks", "active": true, "version": 2 });
        assert_eq!(differences(before, after.clone()), [line("name", "Network", "Networks")]);
        let new = json!({ "name": "Networks", "vip": false, "site": "", "roles": ["agent"] });
        assert_eq!(
            differences(Value::Null, new),
            [line("name", "", "Networks"), line("roles", "", "agent")]
        );
        let codes = |labels: &[&str]| {
            json!(labels.iter().map(|label| json!({ "label": label })).collect::<Vec<_>>())
        };
        assert_eq!(
            differences(codes(&["Fixed", "Gone"]), codes(&["Fixed", "Moved"])),
            [line("", "Gone", "Moved")]
        );
        assert_eq!(differences(json!(["a", "b"]), json!(["b", "a"])), [line("", "a, b", "b, a")]);
        let targets = |seconds: i64| json!({ "targets": { "P1": { "response": 600, "resolution": seconds } } });
        assert_eq!(
            differences(targets(7_200), targets(3_600)),
            [line("targets P1 resolution", "7200", "3600")]
        );
        assert!(differences(Value::Null, Value::Null).is_empty());
        assert!(differences(json!([1]), json!([1])).is_empty());
    }

    #[test]
    fn ids_are_read_as_people_know_them() {
        let names = Names::from([("t1".to_owned(), "Network".to_owned())]);
        let (before, after) = (json!({ "team": null }), json!({ "team": "t1" }));
        assert_eq!(differences(Some(&before), Some(&after), &names), [line("team", "", "Network")]);
    }

    #[test]
    fn long_values_are_cut() {
        let long = json!("é".repeat(200));
        assert_eq!(words(&long, &Names::new()).chars().count(), VALUE_CHARS + 1);
    }
}
