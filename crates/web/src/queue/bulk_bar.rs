//! The bar that appears while rows are selected, and its lists.

use super::Loaded;
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::{away, pri, state};
use crate::url;
use incident::Policy;
use incident::state::HoldReason;
use kernel::{InOrder, Level, Matrix, PersonId};
use maud::{Markup, html};

const ACTION: &str = "/queue/bulk";
const FORM: &str = "bulk-form";
/// People and teams in the list; the palette finds the others.
const PEOPLE_MAX: usize = 40;
const TEAMS_MAX: usize = 30;

/// The bar under the rows.
pub(super) fn bar(who: &SignedIn, loaded: &Loaded) -> Markup {
    let back = loaded.address();
    html! {
        div.bulk role="toolbar" aria-label="Actions for 0 selected incidents" {
            b data-count { "Selected" }
            form id="bulk-form" method="post" action=(ACTION) data-live data-reset {
                // Enter in a field presses the first button of its form.
                button.vh type="submit" tabindex="-1" { "Do what is written" }
                input type="hidden" name="back" value=(back);
                (opener("bulk-assign", "user", "Assign", "a"))
                button class="btn btn-quiet btn-sm" name="do" value="me" data-key="i" { (icon("user")) "To me " kbd { "I" } }
                (opener("bulk-state", "s-progress", "State", "s"))
                (opener("bulk-priority", "flag", "Priority", "p"))
                (opener("bulk-merge", "merge", "Merge", "m"))
                (opener("bulk-tag", "tag", "Tag", ""))
                button class="btn btn-quiet btn-sm" type="submit" formmethod="get" formaction=(url::NEW_PROBLEM) formnovalidate data-key="b" { (icon("book")) "Open a problem " kbd { "B" } }
            }
            button class="btn btn-quiet btn-sm btn-icon" type="button" data-clear aria-label="Clear selection" { (icon("x")) }
        }
        (popover("bulk-assign", assign(who, &loaded.policy)))
        (popover("bulk-state", states()))
        (popover("bulk-priority", priorities(&loaded.policy.matrix)))
        (popover("bulk-merge", merge()))
        (popover("bulk-tag", tag()))
    }
}

fn opener(popover: &str, name: &'static str, label: &str, key: &str) -> Markup {
    html! {
        button class="btn btn-quiet btn-sm" type="button" popovertarget=(popover) data-key=[(!key.is_empty()).then_some(key)] {
            (icon(name)) (label) @if !key.is_empty() { " " kbd { (key.to_uppercase()) } }
        }
    }
}

/// A list whose buttons and fields belong to the bar's form, so that they go with the selection without scripts too.
fn popover(id: &str, inside: Markup) -> Markup {
    html! { div id=(id) popover class="pop pop-a" { (inside) } }
}

/// Me, my teams' people, the teams, then everybody else while there is room.
fn assign(who: &SignedIn, policy: &Policy) -> Markup {
    let viewer = who.viewer();
    let mut staff: Vec<_> =
        policy.staff.iter().filter(|(_, staff)| staff.active && staff.works()).collect();
    let mine = |id: &PersonId| {
        viewer
            .teams
            .iter()
            .any(|team| policy.teams.get(team).is_some_and(|team| team.members.contains(id)))
    };
    staff.order_by_key(|(id, staff)| (**id != viewer.person, !mine(id), staff.name.to_lowercase()));
    let mut teams: Vec<_> = policy.teams.iter().collect();
    teams.order_by_key(|(_, team)| team.name.to_lowercase());
    let left_out = staff.len().saturating_sub(PEOPLE_MAX) + teams.len().saturating_sub(TEAMS_MAX);
    html! {
        input.inp type="text" data-filter aria-label="Filter people and teams" placeholder="Person or team" autocomplete="off";
        @for (id, staff) in staff.into_iter().take(PEOPLE_MAX) {
            button.opt form=(FORM) name="to" value={ "person:" (id) } {
                (icon("user")) span { (staff.name) } @if *id == viewer.person { span.meta { "you" } }
                @if let Some(away) = away::of(policy, *id, &who.here) { span.meta { (away) } }
            }
        }
        @for (id, team) in teams.into_iter().take(TEAMS_MAX) {
            button.opt form=(FORM) name="to" value={ "team:" (id) } { (icon("team")) span { (team.name) } span.meta { "team" } }
        }
        button.opt form=(FORM) name="to" value="nobody" { (icon("x")) span { "Nobody" } }
        @if left_out > 0 {
            p.pop-h { (left_out) " more: press " kbd { "Ctrl" } " " kbd { "K" } " and choose Assign" }
        }
    }
}

fn states() -> Markup {
    html! {
        (option("state", "in_progress", state::glyph(state::lifecycle(incident::Lifecycle::InProgress))))
        @for reason in [HoldReason::Requester, HoldReason::Vendor, HoldReason::Change, HoldReason::Problem] {
            (option("state", reason.as_str(), state::glyph(state::waiting(Some(reason)))))
        }
        (option("state", "closed", state::glyph(state::lifecycle(incident::Lifecycle::Closed))))
        p.pop-h { "Resolving asks for words to the requester: open the incident." }
    }
}

fn option(name: &str, value: &str, inside: Markup) -> Markup {
    html! { button.opt form=(FORM) name=(name) value=(value) { (inside) } }
}

fn priorities(matrix: &Matrix) -> Markup {
    html! {
        p.pop-h { "Impact × urgency sets the priority" }
        table.mx {
            caption.vh { "Priority matrix" }
            thead { tr { td {} @for urgency in Level::ALL { th scope="col" { (urgency.word()) " urgency" } } } }
            tbody {
                @for impact in Level::ALL {
                    tr {
                        th scope="row" { (impact.word()) " impact" }
                        @for urgency in Level::ALL {
                            @let priority = matrix.priority(impact, urgency);
                            td {
                                button.mx-b form=(FORM) name="level" value={ (impact.get()) "/" (urgency.get()) }
                                    aria-label={ (priority) ": " (impact.word()) " impact, " (urgency.word()) " urgency" } { (pri::priority(priority)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn merge() -> Markup {
    html! {
        div.field {
            label for="bulk-into" { "Merge into" }
            input.inp id="bulk-into" form=(FORM) name="into" placeholder="INC-42" autocomplete="off";
        }
        button class="btn btn-primary btn-sm" form=(FORM) name="do" value="merge" { "Merge" }
    }
}

fn tag() -> Markup {
    html! {
        div.field {
            label for="bulk-tag-in" { "Add a tag" }
            input.inp id="bulk-tag-in" form=(FORM) name="tag" maxlength=(kernel::limits::TAG_CHARS) autocomplete="off";
        }
        button class="btn btn-primary btn-sm" form=(FORM) name="do" value="tag" { "Tag" }
    }
}
