//! The properties: each row says a value and opens the list to choose another.

use super::pick::picker;
use crate::incident::drawn::{Part, drawn};
use crate::incident::head::opener;
use crate::incident::suggested;
use crate::incident::view::View;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::many::Pieces;
use crate::part::person::small_avatar;
use crate::part::time;
use crate::part::{pri, state};
use crate::services;
use incident::CommandName as C;
use kernel::Level;
use maud::{Markup, html};
use store::suggestions::Suggested;

/// The section of the properties.
pub(super) fn props(view: &View<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    html! {
        section.sec id="props" aria-labelledby="props-h" data-patch=[patch] {
            h2.vh id="props-h" { "Properties" }
            dl.props {
                (row(view, "State", "state", Some("s"), view.rights.works, state::state(state)))
                (row(view, "Assignee", "assignee", Some("a"), view.can(C::Assign), assignee(view)))
                (suggestible(view, "Team", Suggested::Team, Some("t"), view.can(C::Assign), html! {
                    (icon("users")) (given(state.team.map(|team| case.team(team)), "No team"))
                }))
                @if let Some(called) = on_call(view) { (plain("On call now", called)) }
                (suggestible(view, "Priority", Suggested::Priority, Some("p"), view.can(C::Prioritise), priority(view)))
                (suggestible(view, "Category", Suggested::Category, Some("y"), view.can(C::Classify), html! {
                    (given(state.category.map(|category| case.category(category)), "None"))
                }))
                (suggestible(view, "Service", Suggested::Service, None, view.can(C::Classify), html! {
                    (given(state.service.map(|service| case.service(service)), "None"))
                }))
                (classified(view, "Affected", html! {
                    span { @match state.affected { Some(1) => "1 person", Some(count) => { (count) " people" },
                        None if !state.children.is_empty() => { "At least " (1 + state.children.len()) ", one for each report" },
                        None => "Not known"
                    } }
                }))
                @for (name, value) in &state.fields { (classified(view, &name.replace('_', " "), html! { span { (value) } })) }
                (row(view, "Tags", "tags", None, view.can(C::Tag), tags(view)))
                (expected(view))
                @if let Some(organisation) = &case.row.organisation { (plain("Organisation", html! { (organisation.name) })) }
                @if let Some(team) = state.confidential_to {
                    (plain("Restricted to", html! { span class="chip lock" { (icon("lock")) (case.team(team)) } }))
                }
            }
            @if view.rights.works {
                // On a phone the title has no room for it.
                p class="mts show-s" { button class="btn btn-sm" type="button" popovertarget="more" { (icon("dots")) "More actions" } }
                (pickers(view))
            }
        }
    }
}

/// Who would be paged about it now, while it is open.
fn on_call(view: &View<'_>) -> Option<Markup> {
    let (case, state) = (view.case, view.case.state());
    if !state.lifecycle.is_open() {
        return None;
    }
    services::on_call(&case.policy, (state.service, state.team), case.here.now)
}

/// A value, or, quieter, that there is none.
fn given(value: Option<&str>, none: &str) -> Markup {
    html! { @match value { Some(value) => span { (value) }, None => span.muted { (none) } } }
}

/// A row with what is suggested of it, if something is.
fn suggestible(
    view: &View<'_>,
    name: &str,
    field: Suggested,
    key: Option<&str>,
    may: bool,
    value: Markup,
) -> Markup {
    row_with(view, name, field.as_str(), key, may, value, suggested::line(view, field))
}

/// A value and the button that opens its list; without the right, the value alone.
fn row(
    view: &View<'_>,
    name: &str,
    list: &str,
    key: Option<&str>,
    may: bool,
    value: Markup,
) -> Markup {
    row_with(view, name, list, key, may, value, html! {})
}

/// A row with something under its value.
fn row_with(
    view: &View<'_>,
    name: &str,
    list: &str,
    key: Option<&str>,
    may: bool,
    value: Markup,
    below: Markup,
) -> Markup {
    html! {
        div {
            dt { (name) }
            dd {
                @if may && view.rights.works {
                    button.prop type="button" popovertarget={ "p-" (list) } data-key=[key] data-name={ "Set " (name.to_lowercase()) } {
                        (value)
                        @if let Some(key) = key { kbd { (key.to_uppercase()) } }
                    }
                } @else { span.flex { (value) } }
                (below)
            }
        }
    }
}

fn plain(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A value that the classification's form changes.
fn classified(view: &View<'_>, name: &str, value: Markup) -> Markup {
    html! {
        div {
            dt { (name) }
            dd { @if view.can(C::Classify) { (opener(view.case.number, "classify", "prop", None, value)) } @else { (value) } }
        }
    }
}

fn assignee(view: &View<'_>) -> Markup {
    match view.case.state().assignee {
        Some(id) => {
            html! { (small_avatar(id, view.case.person(id))) span { (view.case.person(id)) } }
        }
        None => {
            html! { span class="av av-s av-none" aria-hidden="true" {} span.muted { "Nobody" } }
        }
    }
}

fn priority(view: &View<'_>) -> Markup {
    let state = view.case.state();
    html! {
        (pri::priority(state.priority))
        span {
            @match &state.priority_override {
                Some(set) => { "by hand, matrix says " (set.computed) ": " (view.case.text(set.reason)) },
                None => { (state.impact.word()) " × " (state.urgency.word().to_lowercase()) },
            }
        }
    }
}

/// Impact as the matrix calls it.
pub(super) fn impact_word(impact: Level) -> &'static str {
    match impact.get() {
        1 => "High impact",
        2 => "Medium impact",
        _ => "Low impact",
    }
}

fn tags(view: &View<'_>) -> Markup {
    let tags = &view.case.state().tags;
    html! {
        @if tags.is_empty() { span.muted { "None" } }
        @else { span.chips { @for tag in tags { span.chip { (tag) } } } }
    }
}

fn expected(view: &View<'_>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let value = html! {
        span { @match state.expected { Some(expected) => (time::moment(expected.at, &case.here)), None => "Not said" } }
    };
    html! {
        div {
            dt { "Expected back" }
            dd {
                @if view.can(C::SetExpectedResolution) { (opener(case.number, "set-expected-resolution", "prop", None, value)) }
                @else { (value) }
            }
        }
        @if let Some(next) = state.next_update { (plain("Next update", time::moment(next, &case.here))) }
    }
}

fn pickers(view: &View<'_>) -> Pieces {
    drawn(view, Part::pickers(view), || {
        html! {
            @for name in super::PICKERS {
                div class=(if *name == "priority" { "pop mx-pop" } else { "pop pop-a" }) id={ "p-" (name) } popover {
                    (picker(view, name, &Errors::default(), None))
                }
            }
        }
    })
}
