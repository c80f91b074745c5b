//! How maintenance windows look.

use super::{ADDRESS, All, SECTION, SERVICES, address, form, may_plan};
use crate::account::zone_field;
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::clock_change;
use crate::part::empty::empty;
use crate::part::form::{Field, checkbox};
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{Problem, buttons, choices, name_field, version_field};
use crate::settings::{many, row_page, section_page};
use crate::shell::{self, Page};
use crate::url;
use ::alert::maintenance::{Maintenance, Recurrence};
use kernel::{InOrder, Role, Timestamp};
use maud::{Markup, html};
use store::alerts::maintenances::{self, Damaged};

/// The days of a week, as they are stored and called.
const DAYS: [(&str, &str); 7] = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
];

/// When a window is, seen from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Now(Timestamp),
    Coming,
    Past,
}

fn when(window: &Maintenance, now: Timestamp) -> When {
    match window.holds_until(now) {
        Some(until) => When::Now(until),
        None if window.cancelled || window.ends_at.is_some_and(|end| end <= now) => When::Past,
        None => When::Coming,
    }
}

/// Says in which windows nobody is paged now, where there are some.
pub(crate) async fn now_banner(app: &App, who: &SignedIn) -> PageResult<Markup> {
    let now = who.here.now;
    let all = app.desk.read(move |sql| maintenances::current(sql, now)).await?;
    let holding: Vec<(&Maintenance, Timestamp)> =
        all.iter().filter_map(|one| Some((one, one.holds_until(now)?))).collect();
    Ok(html! {
        @if !holding.is_empty() {
            div.banner.banner-info role="status" {
                (icon("wrench"))
                div {
                    b { "Maintenance now: " }
                    @for (at, (window, until)) in holding.iter().enumerate() {
                        @if at > 0 { ", " }
                        a.link href=(address(window.id)) { (window.name) } " until " (time::moment(*until, &who.here))
                    }
                    ". What it is for is recorded and pages nobody."
                }
            }
        }
    })
}

/// The page in the frame of the settings for whoever reads them, else by itself.
fn framed(
    who: &SignedIn,
    title: Option<&str>,
    lead: Markup,
    action: Option<Markup>,
    body: Markup,
) -> Markup {
    let reads = who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]);
    if reads {
        return match title {
            Some(title) => row_page(who, SECTION, title, lead, body),
            None => section_page(who, SECTION, lead, action, body),
        };
    }
    let name = title.unwrap_or(SECTION.name());
    let main = html! {
        div.page {
            div.page-h {
                div { h1 { (name) } p { (lead) } }
                @if let Some(action) = action { div.btns { (action) } }
            }
            div.stack-l { (body) }
        }
    };
    let page = Page::new(who, name).section(shell::Section::Queue).crumb(url::ALERTS, "Alerts");
    let page = if title.is_some() { page.crumb(ADDRESS, SECTION.name()) } else { page };
    page.main_class("main main-canvas").show(main)
}

/// The list: now, coming, past.
pub(super) fn list(who: &SignedIn, all: &All, banner: Markup) -> Markup {
    let now = who.here.now;
    let of = |wanted: fn(When) -> bool| -> Vec<&Maintenance> {
        all.windows.iter().filter(|one| wanted(when(one, now))).collect()
    };
    let mut coming = of(|when| when == When::Coming);
    coming.order_by_key(|one| one.starts_at);
    let parts = [
        ("now", "Now", of(|when| matches!(when, When::Now(_)))),
        ("coming", "Coming", coming),
        ("past", "Past", of(|when| when == When::Past)),
    ];
    let action = may_plan(who.viewer()).then(
        || html! { a.btn.btn-primary href={ (ADDRESS) "/new" } { (icon("plus")) "New window" } },
    );
    let body = html! {
        (banner)
        @for one in &all.damaged { (damaged(who, one)) }
        @if all.windows.is_empty() {
            (empty("No maintenance is planned", "In a window alerts are recorded and page nobody. What is firing still at its end pages then.", None))
        }
        @for (id, title, windows) in &parts {
            @if !windows.is_empty() {
                section.card aria-labelledby=(id) {
                    div.card-h { h2 id=(id) { (title) } }
                    (table(who, all, title, windows))
                }
            }
        }
    };
    let lead = html! { "When alerts are recorded and page nobody. " (who.here.zone_words()) "." };
    framed(who, None, lead, action, body)
}

/// A window that cannot be read mutes nothing any more; that has to be known.
fn damaged(who: &SignedIn, one: &Damaged) -> Markup {
    html! {
        div.banner.banner-crit role="status" {
            (icon("alert"))
            div { b { "The window " (one.name) " cannot be read and counts for nothing: " } (one.words) ". Call it off and make it anew." }
            @if may_plan(who.viewer()) {
                form method="post" action={ (ADDRESS) "/damaged" } {
                    input type="hidden" name="id" value=(one.id);
                    button.btn.btn-sm type="submit" aria-label={ "Call off " (one.name) } { "Call it off" }
                }
            }
        }
    }
}

fn table(who: &SignedIn, all: &All, title: &str, windows: &[&Maintenance]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label={ (title) ", windows" } { table.dt.mail-t {
            thead { tr {
                th scope="col" { "Window" } th scope="col" { "When" } th scope="col" { "For" }
                th scope="col" { "By" } th scope="col" { span.vh { "Actions" } }
            } }
            tbody { @for window in windows {
                tr {
                    th scope="row" { a href=(address(window.id)) { (window.name) } }
                    td { (span(who, window)) }
                    td.mail-y { (meant(all, window)) }
                    td { (window.created_by) }
                    td.num { @if may_plan(who.viewer()) && when(window, who.here.now) != When::Past { (end_button(who, window)) } }
                }
            } }
        } }
    }
}

fn end_button(who: &SignedIn, window: &Maintenance) -> Markup {
    let now = matches!(when(window, who.here.now), When::Now(_));
    let words = match (&window.recurrence, now) {
        (Some(_), _) => "End for good",
        (None, true) => "End now",
        (None, false) => "Call off",
    };
    html! {
        form method="post" action={ (address(window.id)) "/end" } {
            button.btn.btn-sm type="submit" aria-label={ (words) ": " (window.name) } { (words) }
        }
    }
}

fn span(who: &SignedIn, window: &Maintenance) -> Markup {
    let here = &who.here;
    html! {
        @if let When::Now(until) = when(window, here.now) { b { "until " (here.exact(until)) } br; }
        @match &window.recurrence {
            Some(recurrence) => {
                (recurring(recurrence))
                br; span.meta { "from " (here.exact(window.starts_at)) @if let Some(end) = window.ends_at { " to " (here.exact(end)) } }
            }
            None => { (here.exact(window.starts_at)) @if let Some(end) = window.ends_at { " to " (here.exact(end)) } }
        }
        @if window.cancelled { br; span.meta { "called off" } }
    }
}

/// "Monday, Friday 22:00 to 23:00, Europe/Berlin".
fn recurring(recurrence: &Recurrence) -> String {
    let named = |day: &i8| {
        let text = day.to_string();
        DAYS.iter().find(|(value, _)| *value == text).map(|(_, name)| *name)
    };
    let days: Vec<&str> = recurrence.days.iter().filter_map(named).collect();
    let days = if days.is_empty() { "Every day".to_owned() } else { days.join(", ") };
    format!("{days} {} to {}, {}", recurrence.from, recurrence.until, recurrence.time_zone)
}

fn meant(all: &All, window: &Maintenance) -> String {
    let matcher = &window.matcher;
    let services = all.services.iter().filter(|one| matcher.services.contains(&one.id));
    let sources = all.sources.iter().filter(|one| matcher.integrations.contains(&one.id));
    let mut parts: Vec<String> = services.map(|one| one.name.clone()).collect();
    parts.extend(sources.map(|one| format!("from {}", one.name)));
    parts.extend(form::written(&matcher.labels).lines().map(|line| line.trim_end().to_owned()));
    let some = matcher.services.len() + matcher.integrations.len() + matcher.labels.len() > 0;
    match (parts.is_empty(), some) {
        (true, false) => "all alerts".to_owned(),
        (true, true) => "what is gone".to_owned(),
        _ => parts.join(", "),
    }
}

/// The page of one window, or of the form of a new one.
pub(super) fn page(
    who: &SignedIn,
    all: &All,
    stored: Option<&Maintenance>,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let action = stored.map_or_else(|| ADDRESS.to_owned(), |window| address(window.id));
    let title = stored.map_or("New window", |window| window.name.as_str());
    let over = stored.is_some_and(|one| when(one, who.here.now) == When::Past);
    let edits = may_plan(who.viewer()) && !over;
    let body = html! {
        (problem.banner(who, &action))
        section.card { div.card-b {
            @if edits {
                form.form method="post" action=(action) {
                    @if let Some(window) = stored { (version_field(problem.version(fields, window.version))) }
                    (inputs(all, fields, problem))
                    (buttons(if stored.is_some() { "Save" } else { "Plan it" }, ADDRESS))
                }
            } @else if let Some(window) = stored {
                dl.props {
                    div { dt { "When" } dd { (span(who, window)) } }
                    div { dt { "For" } dd { (meant(all, window)) } }
                    div { dt { "By" } dd { (window.created_by) } }
                    @if let Some(words) = all.words(window.id) { div { dt { "Told outside" } dd { (words.title) } } }
                }
            }
        } }
        @if let Some(window) = stored.filter(|_| edits) { div.btns { (end_button(who, window)) } }
    };
    let lead = html! {
        @match stored {
            None => "Alerts are recorded in it and page nobody; what is firing still at its end pages then.",
            Some(window) => (span(who, window)),
        }
    };
    framed(who, Some(title), lead, None, body)
}

fn inputs(all: &All, fields: &Fields, problem: &Problem) -> Markup {
    let errors = &problem.errors;
    // What the window names already stays to be seen: left out, it would be for everything.
    let named = |field: &str, id: &str| fields.all(field).any(|named| named == id);
    let services = all.services.iter().map(|one| (one, one.id.to_string()));
    let services: Vec<(String, String)> = services
        .filter(|(one, id)| one.active || named("service", id))
        .map(|(one, id)| (id, one.name.clone()))
        .collect();
    let mut sources: Vec<(String, String)> =
        all.sources.iter().map(|one| (one.id.to_string(), one.name.clone())).collect();
    let gone = fields.all("source").filter(|id| sources.iter().all(|(known, _)| known != id));
    let gone: Vec<_> =
        gone.map(|id| (id.to_owned(), "an integration that is gone".to_owned())).collect();
    sources.extend(gone);
    let days = DAYS.map(|(value, name)| (value.to_owned(), name.to_owned()));
    let field = |id: &'static str, label: &'static str| Field::new(id, label).errors(errors);
    html! {
        (name_field(fields, errors))
        (zone_field(fields.text("time_zone"), "All times here are on the clock of this zone.", errors))
        div.form-2 {
            (field("starts_at", "From").input("datetime-local", fields.text("starts_at")))
            (field("ends_at", "To").hint("May be empty if it comes again.").input("datetime-local", fields.text("ends_at")))
            @if let Some(zone) = crate::app::zone_named(fields.text("time_zone")) {
                (clock_change::choice(fields, "starts_at", "From", &zone))
                (clock_change::choice(fields, "ends_at", "To", &zone))
            }
        }
        fieldset.field.if-ticked {
            legend { "Does it come again?" }
            (checkbox("recurs", "Yes, between these instants, at these times", fields.ticked("recurs")))
            div.form-2 {
                (field("recurrence.from", "Begins at").input("time", fields.text("recurrence.from")))
                (field("recurrence.until", "Ends at").hint("On the next day, if that is not later.").input("time", fields.text("recurrence.until")))
            }
            (choices("day", "On which days does it begin?", Some("None ticked: every day."), &days, fields))
        }
        (many::inputs(&SERVICES, "For alerts about which services?", Some("any"), services, fields, errors))
        (choices("source", "For alerts from which integrations?", Some("None ticked: any."), &sources, fields))
        (field("matcher.labels", "With which labels?")
            .hint("One condition a line, all of which hold: site = north, env != test, host =~ web-.*, host !~ db.*")
            .textarea(3, fields.text("matcher.labels")))
        (outside(all, fields, problem))
    }
}

/// What the status page tells of it.
fn outside(all: &All, fields: &Fields, problem: &Problem) -> Markup {
    let field =
        |id: &'static str, label: &'static str| Field::new(id, label).errors(&problem.errors);
    let components = all.components.iter().map(|one| (one.id.to_string(), one.name.clone()));
    let components: Vec<(String, String)> = components.collect();
    html! {
        fieldset.field.if-ticked {
            legend { "Is it told outside?" }
            (checkbox("public", "Yes, on the status page and to its subscribers", fields.ticked("public")))
            (field("public_title", "What it is called there").input("text", fields.text("public_title")))
            (field("public_body", "What it means for people").textarea(3, fields.text("public_body")))
            (field("remind_minutes", "Reminder, in minutes before it begins").hint("Empty: no reminder.").input("number", fields.text("remind_minutes")))
        }
        (choices("component", "Which components does it concern?", None, &components, fields))
    }
}
