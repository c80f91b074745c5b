//! The pages of services in the settings.

use super::{All, BY_TEAM, CRITICALITIES, SECTION, form};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time::counted;
use crate::settings::editing::{self, Problem, buttons, choices, name_field, version_field};
use crate::settings::many::BOXES_MAX;
use crate::settings::{escalations as policies, maintenance, row_page};
use crate::url;
use incident::Policy;
use kernel::limits;
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::services::Service;
use store::directory::teams::Team;

/// Links of one kind in a row or on a page; more are counted.
const LINKS_MAX: usize = 12;

/// The form that finds services by name.
pub(super) fn finder(words: &str) -> Markup {
    html! {
        form.filters method="get" action=(SECTION.address()) role="search" aria-label="Find services" {
            div.field {
                label.lbl for="q" { "Name" }
                input.inp id="q" name="q" type="search" value=(words) maxlength=(limits::NAME_CHARS);
            }
            button.btn type="submit" { (icon("filter")) "Show" }
            @if !words.is_empty() { a.btn.btn-quiet href=(SECTION.address()) { "Show all" } }
        }
    }
}

pub(super) fn table(all: &All, services: &[&Service]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Services and what they depend on" { table.dt {
            thead { tr {
                th scope="col" { "Service" } th scope="col" { "Owner" } th.num scope="col" { "Criticality" }
                th scope="col" { "Depends on" } th scope="col" { "Needed by" } th scope="col" { "In use" }
            } }
            tbody { @for service in services {
                tr {
                    th scope="row" { a href=(SECTION.of(service.id)) { (service.name) } }
                    td { (all.team_of(service)) }
                    td.num { (service.criticality) }
                    td { (links(&all.needs(service))) (groups(all, service)) }
                    td { (links(&all.needed_by(service))) }
                    td { @if service.active { "yes" } @else { span.muted { "no" } } }
                }
            } }
        } }
    }
}

fn links(services: &[&Service]) -> Markup {
    html! {
        @if services.is_empty() { "–" }
        @for (at, service) in services.iter().take(LINKS_MAX).enumerate() {
            @if at > 0 { ", " }
            a href=(SECTION.of(service.id)) { (service.name) }
        }
        @if services.len() > LINKS_MAX { " and " (services.len() - LINKS_MAX) " more" }
    }
}

/// "Print servers: 2 of North, South, West", a line for each.
fn groups(all: &All, service: &Service) -> Markup {
    let shown = form::shown(service, &all.services);
    html! { @for line in shown.text("needs").lines() { div.meta { (line) } } }
}

/// The page of a service: its form for who configures, else what is known of it.
pub(super) fn page(
    (who, policy): (&SignedIn, &Policy),
    all: &All,
    stored: Option<&Service>,
    open: Option<(i64, String)>,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let address = stored.map_or_else(|| SECTION.address(), |service| SECTION.of(service.id));
    let title = stored.map_or("New service", |service| service.name.as_str());
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        section.card { div.card-b {
            @if who.viewer().configures() {
                form.form method="post" action=(address) {
                    @if let Some(service) = stored { (version_field(problem.version(fields, service.version))) }
                    (inputs((all, policy), stored, fields, problem))
                    (buttons(if stored.is_some() { "Save" } else { "Make the service" }, &SECTION.address()))
                }
            } @else if let Some(service) = stored { (facts((all, policy), service)) }
        } }
    };
    let lead = html! {
        @if let Some((count, query)) = open { a.link href=(url::queue_of(&query)) { (counted(count, "open incident")) } " on it" }
        @if let Some(service) = stored {
            ". " a.link href=(url::service(service.id)) { "How it is, and the map around it" }
        }
        @if let Some(service) = stored.filter(|_| desk::maintenance::may_plan(who.viewer())) {
            ". " a.link href={ (maintenance::ADDRESS) "/new?service=" (service.id) } { "Plan maintenance" }
        }
    };
    row_page(who, SECTION, title, lead, body)
}

fn inputs(
    (all, policy): (&All, &Policy),
    stored: Option<&Service>,
    fields: &Fields,
    problem: &Problem,
) -> Markup {
    let errors = &problem.errors;
    let nobody = std::iter::once((String::new(), "Nobody yet".to_owned()));
    let chosen = |team: &&Team| team.active || fields.text("team") == team.id.to_string();
    let teams: Vec<(String, String)> = nobody
        .chain(all.teams.iter().filter(chosen).map(|team| (team.id.to_string(), team.name.clone())))
        .collect();
    html! {
        (name_field(fields, errors))
        (Field::new("public_name", "What do customers call it?").hint("Empty when that is its name.").errors(errors).input("text", fields.text("public_name")))
        (Field::new("description", "What is it?").errors(errors).textarea(2, fields.get("description").unwrap_or_default()))
        (Field::new("team", "Who owns it?").hint("Incidents on it start with this team.").errors(errors).select(&teams, fields.text("team")))
        (Field::new("criticality", "How critical is it?").errors(errors).select(&CRITICALITIES, fields.filled("criticality").unwrap_or("3")))
        (Field::new("escalation", "Who is paged for it?").hint("An escalation policy.").errors(errors)
            .select(&policies::options(policy, BY_TEAM), fields.text("escalation")))
        (figures(fields, errors))
        (needed(all, stored, fields, errors))
        (Field::new("links", "Runbooks and other links").hint("One a line: what it is called, then its address.").errors(errors)
            .textarea(3, fields.get("links").unwrap_or_default()))
        @if stored.is_some() {
            (editing::active_field(fields, "Out of use, it stays on the incidents that have it and is not offered any more."))
        }
    }
}

/// What it costs and what it aims at.
fn figures(fields: &Fields, errors: &Errors) -> Markup {
    html! {
        div.form-2 {
            (Field::new("goal", "Availability goal, in per cent").hint("Such as 99.9. Empty when there is none.").errors(errors).input("text", fields.text("goal")))
            (Field::new("cost_per_hour", "What does an hour without it cost?").hint("In whole units of your currency.").errors(errors).input("text", fields.text("cost_per_hour")))
        }
    }
}

fn needed(all: &All, stored: Option<&Service>, fields: &Fields, errors: &Errors) -> Markup {
    let others =
        all.services.iter().filter(|service| stored.is_none_or(|stored| stored.id != service.id));
    let mut others: Vec<(String, String)> =
        others.map(|service| (service.id.to_string(), service.name.clone())).collect();
    let by_name = others.len() > BOXES_MAX;
    if by_name {
        let chosen: BTreeSet<&str> = fields.all("depends_on").collect();
        others.retain(|(id, _)| chosen.contains(id.as_str()));
    }
    html! {
        @if !(by_name && others.is_empty()) {
            (choices("depends_on", "What does it need to work?", Some("Without any one of these it is down."), &others, fields))
        }
        @if by_name {
            (Field::new(form::MORE, if others.is_empty() { "What does it need to work?" } else { "What else does it need to work?" })
                .hint("The name of one service a line. Without any one of them it is down.")
                .errors(errors).textarea(3, fields.get(form::MORE).unwrap_or_default()))
        }
        (Field::new("needs", "Of what does it need only some?")
            .hint("One group a line, such as Print servers: 2 of North, South, West. With 0 it works without all of them, but worse.")
            .errors(errors).textarea(3, fields.get("needs").unwrap_or_default()))
    }
}

fn facts((all, policy): (&All, &Policy), service: &Service) -> Markup {
    let shown = form::shown(service, &all.services);
    let some = |field: &str| shown.filled(field).unwrap_or("–").to_owned();
    html! {
        @if !service.description.is_empty() { p { (service.description) } }
        dl.props.mts {
            div { dt { "Owner" } dd { (all.team_of(service)) } }
            div { dt { "Customers see" } dd { (service.outside()) } }
            div { dt { "Criticality" } dd { (CRITICALITIES[usize::from(service.criticality.clamp(1, 4)) - 1].1) } }
            div { dt { "Escalation policy" } dd { (policies::name(policy, service.escalation, BY_TEAM)) } }
            div { dt { "Availability goal" } dd { (some("goal")) @if service.goal_permille.is_some() { "%" } } }
            div { dt { "Cost of an hour" } dd { (some("cost_per_hour")) } }
            div { dt { "Depends on" } dd { (links(&all.needs(service))) (groups(all, service)) } }
            div { dt { "Needed by" } dd { (links(&all.needed_by(service))) } }
            div { dt { "Links" } dd {
                @if service.links.is_empty() { "–" }
                @for link in &service.links { div { a.link href=(link.url) rel="noopener noreferrer" { (link.title) } } }
            } }
        }
    }
}
