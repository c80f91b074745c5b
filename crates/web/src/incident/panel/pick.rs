//! The lists behind the property rows: one form each, answered on choice.

use super::props::impact_word;
use crate::incident::head::opener;
use crate::incident::view::View;
use crate::part::away;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::person::small_avatar;
use crate::part::time::counted;
use crate::part::{pri, state};
use crate::url;
use incident::state::Lifecycle;
use incident::{CommandName as C, Policy};
use kernel::{InOrder, Level, PersonId, Priority};
use maud::{Markup, html};

/// Entries of a list at most; what is beyond is found on the command's page.
const ENTRIES: usize = 80;

/// The lists there are.
pub(in crate::incident) const PICKERS: &[&str] =
    &["state", "assignee", "team", "priority", "category", "service", "tags"];

/// One list. It says what went wrong where it was refused.
pub(in crate::incident) fn picker(
    view: &View<'_>,
    name: &str,
    errors: &Errors,
    patch: Option<&str>,
) -> Markup {
    let (command, inside) = match name {
        "state" => ("acknowledge", states(view)),
        "assignee" => ("assign", assignees(view)),
        "team" => ("assign", teams(view)),
        "priority" => ("prioritise", matrix(view)),
        "category" => ("classify", categories(view)),
        "service" => ("classify", services(view)),
        _ => ("tag", tags(view)),
    };
    html! {
        form id={ "f-" (name) } method="post" action=(url::incident_command(view.case.number, command)) data-live data-patch=[patch] {
            input type="hidden" name="form" value=(name);
            input type="hidden" name="version" value=(view.case.state().version);
            (crate::incident::dialogs::trouble(errors))
            (inside)
        }
    }
}

fn states(view: &View<'_>) -> Markup {
    let (number, now) = (view.case.number, view.case.state().lifecycle);
    let here = |this: Lifecycle| html! { button.opt type="button" data-close aria-pressed="true" { (state::glyph(state::lifecycle(this))) } };
    let goes = |command: &str, label: Markup| {
        html! { button.opt type="submit" formaction=(url::incident_command(number, command)) { (label) } }
    };
    let glyph = |this: Lifecycle| state::glyph(state::lifecycle(this));
    html! {
        @if now == Lifecycle::New { (here(now)) }
        @if view.can(C::Acknowledge) && now == Lifecycle::New { (goes("acknowledge", glyph(Lifecycle::InProgress))) }
        @if view.can(C::Resume) { (goes("resume", html! { (glyph(Lifecycle::InProgress)) span.meta { "resume" } })) }
        @if now == Lifecycle::InProgress { (here(now)) }
        @if view.can(C::Reopen) { (opener(number, "reopen", "opt", None, html! { (glyph(Lifecycle::InProgress)) span.meta { "reopen…" } })) }
        @if view.can(C::Hold) {
            (opener(number, "hold", "opt", None, html! { (glyph(Lifecycle::OnHold)) span.meta { @if now == Lifecycle::OnHold { "change…" } @else { "wait for…" } } }))
        }
        @if view.can(C::Resolve) { (opener(number, "resolve", "opt", None, html! { (glyph(Lifecycle::Resolved)) span.meta { "…" } })) }
        @if view.can(C::Confirm) { (goes("confirm", html! { (glyph(Lifecycle::Closed)) span.meta { "confirmed" } })) }
        @if view.can(C::Close) { (goes("close", html! { (glyph(Lifecycle::Closed)) span.meta { "without confirmation" } })) }
        @if view.can(C::Cancel) { (opener(number, "cancel", "opt", None, html! { (glyph(Lifecycle::Cancelled)) span.meta { "…" } })) }
        @if matches!(now, Lifecycle::Closed | Lifecycle::Cancelled) { (here(now)) }
        @if now == Lifecycle::Resolved { (here(now)) }
    }
}

/// People who may be given the incident, the team's own first.
pub(in crate::incident) fn candidates(view: &View<'_>) -> Vec<(PersonId, String, bool)> {
    let (policy, state) = (&view.case.policy, view.case.state());
    let only = state.confidential_to.and_then(|team| policy.teams.get(&team));
    let own = state.team.and_then(|team| policy.teams.get(&team));
    let mut found: Vec<(PersonId, String, bool)> = policy
        .staff
        .iter()
        .filter(|(id, staff)| {
            staff.active && staff.works() && only.is_none_or(|team| team.members.contains(id))
        })
        .map(|(id, staff)| {
            (*id, staff.name.clone(), own.is_some_and(|team| team.members.contains(id)))
        })
        .collect();
    found.order_by_key(|(id, name, own)| (!own, name.to_lowercase(), *id));
    found
}

fn assignees(view: &View<'_>) -> Markup {
    let now = view.case.state().assignee;
    let people = candidates(view);
    html! {
        input.inp data-filter aria-label="Find a person" placeholder="Find a person" autocomplete="off";
        button.opt name="assignee" value="me" { (icon("user")) span { "Me" } kbd { "I" } }
        button.opt name="assignee" value="none" aria-pressed=[pressed(now.is_none())] {
            span class="av av-s av-none" aria-hidden="true" {} span { "Nobody" }
        }
        @for (id, name, _) in people.iter().take(ENTRIES) {
            button.opt name="assignee" value=(id) data-label=(name) aria-pressed=[pressed(now == Some(*id))] {
                (small_avatar(*id, name)) span { (name) }
                @if let Some(away) = away::of(&view.case.policy, *id, &view.case.here) { span.meta { (away) } }
                @else if let Some(load) = view.case.loads.get(id) { span.meta { (counted(*load, "open incident")) } }
            }
        }
        @if people.len() > ENTRIES { (beyond(view, "assign", "Somebody else…")) }
    }
}

fn beyond(view: &View<'_>, command: &str, label: &str) -> Markup {
    html! { a.opt href=(url::incident_command(view.case.number, command)) { (icon("search")) span { (label) } } }
}

fn pressed(current: bool) -> Option<&'static str> {
    current.then_some("true")
}

/// Teams that may have the incident, by name.
pub(in crate::incident) fn teams_of(
    policy: &Policy,
    only: Option<kernel::TeamId>,
) -> Vec<(kernel::TeamId, String)> {
    let mut found: Vec<_> = policy
        .teams
        .iter()
        .filter(|(id, _)| only.is_none_or(|only| only == **id))
        .map(|(id, team)| (*id, team.name.clone()))
        .collect();
    found.order_by_key(|(id, name)| (name.to_lowercase(), *id));
    found
}

fn teams(view: &View<'_>) -> Markup {
    let state = view.case.state();
    let teams = teams_of(&view.case.policy, state.confidential_to);
    html! {
        input.inp data-filter aria-label="Find a team" placeholder="Find a team" autocomplete="off";
        @for (id, name) in teams.iter().take(ENTRIES) {
            button.opt name="team" value=(id) aria-pressed=[pressed(state.team == Some(*id))] { (icon("users")) span { (name) } }
        }
        @if teams.len() > ENTRIES { (beyond(view, "assign", "Another team…")) }
        button.opt name="team" value="none" aria-pressed=[pressed(state.team.is_none())] { span { "No team" } }
    }
}

/// The matrix as buttons, and the override with its reason.
fn matrix(view: &View<'_>) -> Markup {
    let (state, matrix) = (view.case.state(), &view.case.policy.matrix);
    html! {
        p.meta { "Impact × urgency sets the priority" }
        table.mx {
            caption.vh { "Priority matrix" }
            thead { tr { td {} @for urgency in Level::ALL { th scope="col" { (urgency.word()) " urgency" } } } }
            tbody {
                @for impact in Level::ALL {
                    tr {
                        th scope="row" { (impact_word(impact)) }
                        @for urgency in Level::ALL {
                            @let priority = matrix.priority(impact, urgency);
                            @let current = state.priority_override.is_none() && (state.impact, state.urgency) == (impact, urgency);
                            td {
                                button.mx-b name="cell" value={ (impact.get()) "-" (urgency.get()) } aria-pressed=(if current { "true" } else { "false" })
                                    aria-label={ (priority) ": " (impact_word(impact).to_lowercase()) ", " (urgency.word().to_lowercase()) " urgency" } {
                                    (pri::priority(priority))
                                }
                            }
                        }
                    }
                }
            }
        }
        hr;
        (opener(view.case.number, "prioritise", "opt", None, html! { (icon("flag")) span { "Override with a reason…" } }))
    }
}

/// Priorities as choices.
pub(in crate::incident) fn priorities() -> Vec<(String, String)> {
    Priority::ALL
        .iter()
        .map(|priority| (priority.to_string(), format!("{priority}, {}", priority.word())))
        .collect()
}

/// Categories by path.
pub(in crate::incident) fn categories_of(policy: &Policy) -> Vec<(kernel::CategoryId, String)> {
    let mut found: Vec<_> =
        policy.categories.iter().map(|(id, category)| (*id, category.path.clone())).collect();
    found.order_by_key(|(id, path)| (path.to_lowercase(), *id));
    found
}

/// Services by name.
pub(in crate::incident) fn services_of(policy: &Policy) -> Vec<(kernel::ServiceId, String)> {
    let mut found: Vec<_> =
        policy.services.iter().map(|(id, service)| (*id, service.name.clone())).collect();
    found.order_by_key(|(id, name)| (name.to_lowercase(), *id));
    found
}

fn categories(view: &View<'_>) -> Markup {
    let now = view.case.state().category;
    let all = categories_of(&view.case.policy);
    html! {
        input.inp data-filter aria-label="Find a category" placeholder="Find a category" autocomplete="off";
        @for (id, path) in all.iter().take(ENTRIES) {
            button.opt name="category" value=(id) aria-pressed=[pressed(now == Some(*id))] { span { (path) } }
        }
        @if all.len() > ENTRIES { (beyond(view, "classify", "Another category…")) }
        button.opt name="category" value="none" aria-pressed=[pressed(now.is_none())] { span { "None" } }
    }
}

fn services(view: &View<'_>) -> Markup {
    let now = view.case.state().service;
    let all = services_of(&view.case.policy);
    html! {
        input.inp data-filter aria-label="Find a service" placeholder="Find a service" autocomplete="off";
        @for (id, name) in all.iter().take(ENTRIES) {
            button.opt name="service" value=(id) aria-pressed=[pressed(now == Some(*id))] { (icon("services")) span { (name) } }
        }
        @if all.len() > ENTRIES { (beyond(view, "classify", "Another service…")) }
        button.opt name="service" value="none" aria-pressed=[pressed(now.is_none())] { span { "None" } }
    }
}

fn tags(view: &View<'_>) -> Markup {
    html! {
        div.field {
            label for="tag-add" { "Add tags" }
            input.inp id="tag-add" name="add" autocomplete="off" placeholder="vpn month-end";
            p.hint { "Separated by spaces" }
        }
        button class="btn btn-sm" type="submit" { "Add" }
        @for tag in &view.case.state().tags {
            button.opt name="remove" value=(tag) { (icon("x")) span { "Remove " (tag) } }
        }
    }
}
