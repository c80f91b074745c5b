//! How components look in the settings.

use super::super::groups::ADDRESS as GROUPS;
use super::{ADDRESS, All, SECTION, address, may_plan};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::{Field, checkbox};
use crate::part::icon::icon;
use crate::settings::editing::{Problem, buttons, name_field, version_field};
use crate::settings::{row_page, section_page};
use crate::shell::{self, Page};
use crate::url;
use kernel::{ComponentGroupId, Role};
use map::Health;
use maud::{Markup, html};
use store::status::components::Component;
use store::status::groups::Group;

/// How a component can be said to be.
const HEALTHS: [(&str, &str); 6] = [
    ("", "What the outages of its service say"),
    ("level", "As it should be"),
    ("degraded", "Slower or worse than usual"),
    ("partial", "Out for some"),
    ("down", "Out for everybody"),
    ("maintenance", "In planned maintenance"),
];

fn health_words(health: Health) -> &'static str {
    let found = HEALTHS.iter().find(|(word, _)| *word == health.as_str());
    found.map_or("unknown", |(_, words)| *words)
}

/// The page in the frame of the settings for whoever reads them, else by itself.
fn framed(
    who: &SignedIn,
    title: Option<&str>,
    lead: Markup,
    action: Option<Markup>,
    body: Markup,
) -> Markup {
    if who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]) {
        return match title {
            Some(title) => row_page(who, SECTION, title, lead, body),
            None => section_page(who, SECTION, lead, action, body),
        };
    }
    let name = title.unwrap_or(SECTION.name());
    let main = html! {
        div.page {
            div.page-h { div { h1 { (name) } p { (lead) } } }
            div.stack-l { (body) }
        }
    };
    let page = Page::new(who, name).section(shell::Section::Queue).crumb(url::QUEUE, "Queue");
    let page = if title.is_some() { page.crumb(ADDRESS, SECTION.name()) } else { page };
    page.main_class("main main-canvas").show(main)
}

/// The list, by heading.
pub(super) fn list(who: &SignedIn, all: &All, banner: Markup) -> Markup {
    let edits = who.viewer().configures();
    let action = edits.then(|| {
        html! {
            a.btn href={ (GROUPS) "/new" } { (icon("plus")) "New group" }
            a.btn.btn-primary href={ (ADDRESS) "/new" } { (icon("plus")) "New component" }
        }
    });
    let body = html! {
        (banner)
        @if all.components.is_empty() && all.groups.is_empty() {
            (empty("No components yet", "A component is what people know: the web shop, printing. Its condition comes from the outages of its service.", None))
        }
        (under(who, all, None))
        @for group in &all.groups { (under(who, all, Some(group))) }
    };
    framed(who, None, html! { "What the status page shows, in its order." }, action, body)
}

/// A heading with what stands under it.
fn under(who: &SignedIn, all: &All, group: Option<&Group>) -> Markup {
    let id = group.map(|group| group.id);
    let rows: Vec<&Component> = all.components.iter().filter(|one| one.group == id).collect();
    let title = group.map_or("Without a group", |group| group.name.as_str());
    html! {
        @if group.is_some() || !rows.is_empty() {
            section.card aria-label=(title) {
                div.card-h {
                    h2 { @match group { Some(group) => { a.link href={ (GROUPS) "/" (group.id) } { (title) } }, None => (title) } }
                    @if let Some(group) = group.filter(|_| who.viewer().configures()) {
                        (movers(&format!("{GROUPS}/{}", group.id), title, ends(&all.groups, |one| one.id == group.id)))
                    }
                }
                @if rows.is_empty() { div.card-b { p.meta { "Nothing stands here yet; the page leaves it out." } } }
                @else { (table(who, all, title, &rows)) }
            }
        }
    }
}

fn table(who: &SignedIn, all: &All, title: &str, rows: &[&Component]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label={ (title) ", components" } { table.dt {
            thead { tr {
                th scope="col" { "Component" } th scope="col" { "Service" } th scope="col" { "Said by hand" }
                th scope="col" { span.vh { "Actions" } }
            } }
            tbody { @for (at, one) in rows.iter().enumerate() {
                tr {
                    th scope="row" {
                        a href=(address(one.id)) { (one.name) }
                        @if one.internal { " " span.chip { (icon("lock")) "internal" } }
                    }
                    td { (service(all, one)) }
                    td { (said(who, all, one)) }
                    td.num { @if who.viewer().configures() { (movers(&address(one.id), &one.name, (at == 0, at + 1 == rows.len()))) } }
                }
            } }
        } }
    }
}

/// Whether one is the first, and whether it is the last.
fn ends<T>(all: &[T], is_it: impl Fn(&T) -> bool) -> (bool, bool) {
    (all.first().is_some_and(&is_it), all.last().is_some_and(&is_it))
}

/// Up and down, as buttons of a form; those that lead nowhere cannot be pressed.
fn movers(address: &str, name: &str, (first, last): (bool, bool)) -> Markup {
    html! {
        form.btns method="post" action={ (address) "/move" } {
            button.btn.btn-sm.btn-quiet type="submit" name="to" value="up" disabled[first] aria-label={ "Move up: " (name) } { (icon("up")) }
            button.btn.btn-sm.btn-quiet type="submit" name="to" value="down" disabled[last] aria-label={ "Move down: " (name) } { (icon("down")) }
        }
    }
}

fn service(all: &All, one: &Component) -> Markup {
    let found = one.service.and_then(|id| all.services.iter().find(|service| service.id == id));
    html! {
        @match found {
            Some(service) => (service.name),
            None => span.muted { "none: it is as somebody says" },
        }
    }
}

fn said(who: &SignedIn, all: &All, one: &Component) -> Markup {
    html! {
        @match all.said(one.id) {
            Some(said) => {
                (health_words(said.health))
                @if let Some(until) = said.ended_at { ", until " (who.here.moment(until)) }
                br; span.meta { (said.set_by) @if !said.reason.is_empty() { ": " (said.reason) } }
            },
            None => span.muted { "nothing" },
        }
    }
}

/// A component as its form shows it.
pub(super) fn shown(one: &Component) -> Fields {
    let mut pairs = vec![
        ("name".to_owned(), one.name.clone()),
        ("description".to_owned(), one.description.clone()),
    ];
    pairs.extend(one.service.map(|id| ("service".to_owned(), id.to_string())));
    pairs.extend(one.group.map(|id| ("group".to_owned(), id.to_string())));
    pairs.extend(one.internal.then(|| ("internal".to_owned(), "1".to_owned())));
    Fields::of(pairs)
}

/// The page of a component, or of the form of a new one.
pub(super) fn page(
    who: &SignedIn,
    all: &All,
    stored: Option<&Component>,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let action = stored.map_or_else(|| ADDRESS.to_owned(), |one| address(one.id));
    let title = stored.map_or("New component", |one| one.name.as_str());
    let body = html! {
        (problem.banner(who, &action))
        @if let Some(one) = stored { (condition(who, all, one, fields, problem)) }
        @if who.viewer().configures() {
            section.card { div.card-b {
                form.form method="post" action=(action) {
                    @if let Some(one) = stored { (version_field(problem.version(fields, one.version))) }
                    (inputs(all, fields, problem))
                    (buttons(if stored.is_some() { "Save" } else { "Make the component" }, ADDRESS))
                }
            } }
            @if let Some(one) = stored {
                form method="post" action={ (address(one.id)) "/remove" } {
                    button.btn.btn-sm type="submit" { (icon("trash")) "Remove the component" }
                }
            }
        }
    };
    framed(who, Some(title), html! {}, None, body)
}

fn inputs(all: &All, fields: &Fields, problem: &Problem) -> Markup {
    let errors = &problem.errors;
    let none = |words: &str| (String::new(), words.to_owned());
    let mut services = vec![none("None: somebody says how it is")];
    let offered = all
        .services
        .iter()
        .filter(|one| one.active || fields.text("service") == one.id.to_string());
    services.extend(offered.map(|one| (one.id.to_string(), one.name.clone())));
    let mut groups = vec![none("None")];
    let named = |id: ComponentGroupId, name: &str| (id.to_string(), name.to_owned());
    groups.extend(all.groups.iter().map(|one| named(one.id, &one.name)));
    html! {
        (name_field(fields, errors))
        (Field::new("description", "What it is").hint("For people outside. May be empty.").errors(errors).textarea(2, fields.text("description")))
        (Field::new("service", "Service").hint("Its outages are those of the component.").errors(errors).select(&services, fields.text("service")))
        (Field::new("group", "Stands under").errors(errors).select(&groups, fields.text("group")))
        div.field {
            (checkbox("internal", "On the internal page alone", fields.ticked("internal")))
        }
    }
}

/// What is said of it, and the form that says something else.
fn condition(
    who: &SignedIn,
    all: &All,
    one: &Component,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let errors = &problem.errors;
    // What is said now stands in the form: said again, its end and its reason stay.
    let now = all.said(one.id);
    let sent = |field: &str, now: Option<String>| {
        fields.get(field).map(str::to_owned).or(now).unwrap_or_default()
    };
    let health = sent("health", now.map(|said| said.health.as_str().to_owned()));
    let until = now.and_then(|said| said.ended_at).map(|at| who.here.field(at));
    let (until, reason) =
        (sent("until", until), sent("reason", now.map(|said| said.reason.clone())));
    html! {
        section.card aria-labelledby="said" {
            div.card-h { h2 id="said" { "How it is" } }
            div.card-b.stack {
                p { "Said by hand: " (said(who, all, one)) }
                @if may_plan(who.viewer()) {
                    form.form method="post" action={ (address(one.id)) "/condition" } {
                        (Field::new("health", "It is").errors(errors).select(&HEALTHS, &health))
                        div.form-2 {
                            (Field::new("until", "Until").hint("Empty: until somebody ends it.").errors(errors).input("datetime-local", &until))
                            (Field::new("reason", "Why").hint("Stays inside.").errors(errors).input("text", &reason))
                        }
                        div { button.btn type="submit" { "Say so" } }
                    }
                }
            }
        }
    }
}
