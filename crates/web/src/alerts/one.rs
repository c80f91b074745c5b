//! The page of an alert: what it says, what is known of it, and what can be done.

use super::{muted, severity, sources, state, state_word};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::part::time;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use incident::permissions::granted;
use incident::{Access, CommandName, Scope, Viewer};
use kernel::{AlertId, InOrder, Muted, Timestamp};
use maud::{Markup, html};
use store::alerts::found::{self, Found, Wanted};
use store::alerts::payloads::{self, Payload};
use store::incidents::list::{self, IncidentRow};
use store::{Failure, Sql};

/// Other alerts that are named beside one.
const OTHERS: usize = 6;
/// Characters of a body that are shown: what somebody reads through.
const BODY_SHOWN_CHARS: usize = 20_000;

/// An alert with what is around it.
struct Known {
    found: Found,
    source: Option<String>,
    incident: Option<IncidentRow>,
    /// Of the same group.
    group: Vec<Found>,
    /// Before, under the same key.
    earlier: Vec<Found>,
    /// The body that brought it, for those who may read it.
    payload: Option<Payload>,
}

/// `GET /alerts/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<AlertId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let viewer = who.viewer().clone();
    let known = app.desk.read(move |sql| read(sql, &viewer, id)).await?;
    let known = known.ok_or(PageError::NotFound)?;
    let policy = app.desk.policy();
    let service = known.found.alert.service.and_then(|id| policy.services.get(&id));
    let service = service.map(|service| service.name.as_str());
    let done = Fields::parse(query.as_deref().unwrap_or_default());
    let words = match done.get("done") {
        Some("acknowledged") => Some("Acknowledged: the incident is somebody’s."),
        Some("unsnoozed") => Some("Put off no longer. If it is firing still, it pages."),
        Some("snoozed") => Some("Put off. If it is firing still, it pages then."),
        Some("resolved") => {
            Some("It is over. If its source tells of it again, that is a new alert.")
        }
        _ => None,
    };
    let title = &known.found.details.title;
    let main = html! {
        div.page {
            div.page-h {
                div { h1 { (title) } p { (lead(&who, &known, service)) } }
                (buttons(&who, &known))
            }
            div.stack-l {
                @if let Some(words) = words { p.banner.banner-good role="status" { (icon("check")) span { (words) } } }
                div.sl-g {
                    div.stack-l { (says(&known)) (labels(&known)) (payload(&who, &known)) }
                    div.stack-l { (incident(&who, &known)) (story(&who, &known)) (others(&who, &known)) }
                }
            }
        }
    };
    let page = Page::new(&who, title).section(Section::Queue);
    let page = page.crumb(url::QUEUE, "Queue").crumb(url::ALERTS, "Alerts");
    Ok(page.main_class("main main-canvas").show(main))
}

fn read(sql: &mut dyn Sql, viewer: &Viewer, id: AlertId) -> Result<Option<Known>, Failure> {
    let scope = Scope::of(viewer);
    let Some(found) = found::get(sql, &scope, id)? else { return Ok(None) };
    let alert = &found.alert;
    let source = sources(sql)?.remove(&alert.integration);
    let incident = match alert.number {
        Some(number) => list::get(sql, &scope, number)?.filter(|row| row.access == Access::Full),
        None => None,
    };
    let mut others = |wanted: Wanted| {
        let wanted = Wanted { integration: Some(alert.integration), ..wanted };
        let mut found = found::open_first(sql, &scope, &wanted, OTHERS + 1)?;
        found.retain(|other| other.alert.id != id);
        found.truncate(OTHERS);
        Ok::<_, Failure>(found)
    };
    let group = others(Wanted { group: Some(alert.group.clone()), ..Wanted::default() })?;
    let earlier = others(Wanted { key: Some(alert.key.clone()), ..Wanted::default() })?;
    let payload = match viewer.configures() {
        true => body_of(sql, &found)?,
        false => None,
    };
    Ok(Some(Known { source, incident, group, earlier, payload, found }))
}

/// The body that brought an alert. Of several that came at once it is the one that names it.
fn body_of(sql: &mut dyn Sql, found: &Found) -> Result<Option<Payload>, Failure> {
    let alert = &found.alert;
    let all = payloads::at(sql, alert.integration, alert.first_at)?;
    if all.len() == 1 {
        return Ok(all.into_iter().next());
    }
    let names = |body: &Payload| {
        let text = String::from_utf8_lossy(&body.bytes);
        text.contains(&alert.key) || text.contains(&found.details.title)
    };
    Ok(all.into_iter().find(names))
}

fn lead(who: &SignedIn, known: &Known, service: Option<&str>) -> Markup {
    let alert = &known.found.alert;
    html! {
        span.chips {
            (severity(alert.severity)) (state(alert.state)) (muted(who, &known.found))
            span.meta {
                @if let Some(service) = service { (service) ", " }
                "from " (known.source.as_deref().unwrap_or("a former source"))
                ", since " (time::moment(alert.started_at.unwrap_or(alert.first_at), &who.here))
            }
        }
    }
}

fn buttons(who: &SignedIn, known: &Known) -> Markup {
    let alert = &known.found.alert;
    let address = url::alert(alert.id);
    let acknowledges = known.incident.as_ref().is_some_and(|row| {
        let mut allowed = incident::decide::allowed(&row.state);
        allowed.any(|name| name == CommandName::Acknowledge)
            && granted(who.viewer(), &row.state)(CommandName::Acknowledge)
    });
    if !who.viewer().works() || !alert.is_open() {
        return html! {};
    }
    html! {
        div.btns {
            @if acknowledges {
                form method="post" action={ (address) "/acknowledge" } { button.btn.btn-primary type="submit" { (icon("check")) "Acknowledge" } }
            }
            details.edit {
                summary.btn { (icon("pause")) "Snooze" }
                p.hint { "Nobody is paged about it until then. If it is firing still, it pages then." }
                form.btns method="post" action={ (address) "/snooze" } {
                    @for (hours, words) in [("1", "1 hour"), ("4", "4 hours"), ("24", "1 day")] {
                        button.btn.btn-sm type="submit" name="hours" value=(hours) { (words) }
                    }
                }
                form.stack-s method="post" action={ (address) "/snooze" } {
                    (Field::new("until", "Or until").input("datetime-local", ""))
                    div { button.btn.btn-sm type="submit" { "Put off until then" } }
                }
            }
            @if alert.muted == Some(Muted::Snoozed) {
                form method="post" action={ (address) "/unsnooze" } { button.btn type="submit" { (icon("play")) "Put off no longer" } }
            }
            form method="post" action={ (address) "/resolve" } { button.btn type="submit" { (icon("s-resolved")) "Resolve" } }
        }
    }
}

fn says(known: &Known) -> Markup {
    let details = &known.found.details;
    html! {
        section.card aria-labelledby="says" {
            div.card-h { h2 id="says" { "What it says" } }
            div.card-b.stack {
                @if details.body.trim().is_empty() { p.muted { "No more than its title." } } @else { div.letter { (details.body) } }
                @if !details.links.is_empty() {
                    ul.rows { @for link in &details.links { li { (icon("ext")) p { (outward(&link.href, &link.text)) } } } }
                }
                @if !details.responders.is_empty() { p.meta { "Its source wants told: " (details.responders.join(", ")) } }
            }
        }
    }
}

/// A place elsewhere. What is no web address is text: nobody follows it by a press.
fn outward(href: &str, text: &str) -> Markup {
    let lower = href.trim().to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    html! {
        @if web { a.link href=(href.trim()) rel="noreferrer noopener" target="_blank" { (text) span.vh { " (opens in a new tab)" } } }
        @else { (text) ": " (href) }
    }
}

fn labels(known: &Known) -> Markup {
    let Found { alert, details } = &known.found;
    html! {
        section.card aria-labelledby="labels" {
            div.card-h { h2 id="labels" { "Labels" } span.meta { (time::counted(details.labels.len() as i64, "label")) } }
            div.scroll-x tabindex="0" role="region" aria-label="Labels" { table.dt.mail-t {
                tbody {
                    @for (name, value) in &details.labels { tr { th scope="row" { (name) } td.mail-y { (value) } } }
                    tr { th scope="row" { "Key at its source" } td.mail-y { (alert.key) } }
                    tr { th scope="row" { "Group" } td.mail-y { (alert.group) } }
                }
            } }
        }
    }
}

fn payload(who: &SignedIn, known: &Known) -> Markup {
    let alert = &known.found.alert;
    html! {
        @if let Some(body) = &known.payload {
            section.card aria-labelledby="raw" {
                div.card-h {
                    h2 id="raw" { "The body that brought it" }
                    span.meta { (body.door) ", " (time::moment(body.received_at, &who.here)) }
                    a.end.link href={ (url::settings("integrations")) "/" (alert.integration) } { "All that came" }
                }
                div.card-b { pre.orig tabindex="0" { (raw_text(&body.bytes)) } }
            }
        }
    }
}

/// A body as text, as far as it is shown; JSON in lines.
pub(crate) fn raw_text(bytes: &[u8]) -> String {
    let document = serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let pretty = document.and_then(|document| serde_json::to_string_pretty(&document).ok());
    let text = pretty.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned());
    match text.char_indices().nth(BODY_SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn incident(who: &SignedIn, known: &Known) -> Markup {
    let alert = &known.found.alert;
    html! {
        section.card aria-labelledby="incident" {
            div.card-h { h2 id="incident" { "Incident" } }
            div.card-b.stack-s {
                @match (&known.incident, alert.number) {
                    (Some(row), _) => {
                        p { a.link href=(url::incident(row.number)) { (row.number) " " (row.title) } }
                        p { (crate::part::pri::priority(row.state.priority)) " " (crate::part::state::state(&row.state)) " " (super::unclear(&row.state, &who.here)) }
                        p { a.link href=(url::alerts_of(row.number)) { "All its alerts" } }
                    }
                    (None, Some(number)) => p { (number) },
                    (None, None) => p.muted { "None: it is recorded only, and nobody is paged." },
                }
            }
        }
    }
}

/// What was told of it and when, as far as that is kept.
fn story(who: &SignedIn, known: &Known) -> Markup {
    let mut lines = moments(known);
    lines.order_by_key(|(at, _)| *at);
    html! {
        section.card aria-labelledby="story" {
            div.card-h { h2 id="story" { "What its source said" } span.meta { "told " @if known.found.alert.count == 1 { "once" } @else { (time::counted(known.found.alert.count, "time")) } } }
            div.card-b {
                ol.rows { @for (at, words) in &lines {
                    li { (icon(if *at > who.here.now { "clock" } else { "history" })) p { (words) } span.meta { (time::moment(*at, &who.here)) } }
                } }
            }
        }
    }
}

fn moments(known: &Known) -> Vec<(Timestamp, String)> {
    let alert = &known.found.alert;
    let mut lines = vec![(alert.first_at, "Told of for the first time".to_owned())];
    let mut add =
        |at: Option<Timestamp>, words: &str| lines.extend(at.map(|at| (at, words.to_owned())));
    add(alert.started_at, "Began, by the clock of its source");
    add(alert.ended_at, "Over");
    let open = alert.is_open();
    add(alert.ends_at.filter(|_| open), "Over by then, unless it is told of again");
    add(
        alert.muted_until.filter(|_| open && alert.muted.is_some()),
        "Pages then, if it is firing still",
    );
    let again = alert.count > 1 && Some(alert.last_at) != alert.ended_at;
    add(again.then_some(alert.last_at), "Told of again, the last time");
    // Backwards: beginnings and ends take turns, those of earlier ones under its key included.
    let mut begins = open;
    for at in alert.changes.iter().rev() {
        if *at != alert.first_at && Some(*at) != alert.ended_at {
            add(
                Some(*at),
                if begins { "Began, as an earlier alert" } else { "An earlier alert was over" },
            );
        }
        begins = !begins;
    }
    lines
}

fn others(who: &SignedIn, known: &Known) -> Markup {
    let alert = &known.found.alert;
    let of_group =
        format!("{}?source={}&group={}", url::ALERTS, alert.integration, url::encode(&alert.group));
    html! {
        (named(who, "group", "Of the same group", &known.group, Some(of_group)))
        (named(who, "earlier", "The same before", &known.earlier, None))
    }
}

fn named(who: &SignedIn, id: &str, title: &str, found: &[Found], all: Option<String>) -> Markup {
    html! {
        @if !found.is_empty() {
            section.card aria-labelledby=(id) {
                div.card-h { h2 id=(id) { (title) } @if let Some(all) = all { a.end.link href=(all) { "All of it" } } }
                div.card-b {
                    ul.rows { @for one in found {
                        li {
                            (icon("alert"))
                            p { a.link href=(url::alert(one.alert.id)) { (one.details.title) } }
                            span.meta { (state_word(one.alert.state).to_lowercase()) ", " (time::moment(one.alert.first_at, &who.here)) }
                        }
                    } }
                }
            }
        }
    }
}
