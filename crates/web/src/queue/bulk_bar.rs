//! The bar that appears while rows are selected, and its lists.

use super::Loaded;
use crate::part::icon::icon;
use crate::part::{pri, state};
use incident::state::HoldReason;
use incident::{Policy, Viewer};
use kernel::{Level, Matrix, PersonId};
use maud::{Markup, html};

const ACTION: &str = "/queue/bulk";
/// People and teams in the list; the palette finds the others.
const PEOPLE_MAX: usize = 40;
const TEAMS_MAX: usize = 30;

/// The bar under the rows.
pub(super) fn bar(viewer: &Viewer, loaded: &Loaded) -> Markup {
    let back = loaded.address();
    html! {
        div.bulk role="toolbar" aria-label="Actions for 0 selected incidents" {
            b data-count { "0 selected" }
            form id="bulk-form" method="post" action=(ACTION) data-live {
                input type="hidden" name="back" value=(back);
                (opener("bulk-assign", "user", "Assign", "a"))
                button class="btn btn-quiet btn-sm" name="do" value="me" data-key="i" { (icon("user")) "To me " kbd { "I" } }
                (opener("bulk-state", "s-progress", "State", "s"))
                (opener("bulk-priority", "flag", "Priority", "p"))
                (opener("bulk-merge", "merge", "Merge", "m"))
                (opener("bulk-tag", "tag", "Tag", ""))
            }
            button class="btn btn-quiet btn-sm btn-icon" type="button" data-clear aria-label="Clear selection" { (icon("x")) }
        }
        (popover("bulk-assign", "assign", &back, assign(viewer, &loaded.policy)))
        (popover("bulk-state", "state", &back, states()))
        (popover("bulk-priority", "priority", &back, priorities(&loaded.policy.matrix)))
        (popover("bulk-merge", "merge", &back, merge()))
        (popover("bulk-tag", "tag", &back, tag()))
    }
}

fn opener(popover: &str, name: &'static str, label: &str, key: &str) -> Markup {
    html! {
        button class="btn btn-quiet btn-sm" type="button" popovertarget=(popover) data-key=[(!key.is_empty()).then_some(key)] {
            (icon(name)) (label) @if !key.is_empty() { " " kbd { (key.to_uppercase()) } }
        }
    }
}

fn popover(id: &str, wish: &str, back: &str, inside: Markup) -> Markup {
    html! {
        div id=(id) popover class="pop pop-a" {
            form method="post" action=(ACTION) data-live data-bulk {
                input type="hidden" name="back" value=(back);
                input type="hidden" name="do" value=(wish);
                (inside)
            }
        }
    }
}

/// Me, my teams' people, the teams, then everybody else while there is room.
fn assign(viewer: &Viewer, policy: &Policy) -> Markup {
    let mut staff: Vec<_> =
        policy.staff.iter().filter(|(_, staff)| staff.active && staff.works()).collect();
    let mine = |id: &PersonId| {
        viewer
            .teams
            .iter()
            .any(|team| policy.teams.get(team).is_some_and(|team| team.members.contains(id)))
    };
    staff.sort_by_key(|(id, staff)| (**id != viewer.person, !mine(id), staff.name.to_lowercase()));
    let mut teams: Vec<_> = policy.teams.iter().collect();
    teams.sort_by_key(|(_, team)| team.name.to_lowercase());
    let left_out = staff.len().saturating_sub(PEOPLE_MAX) + teams.len().saturating_sub(TEAMS_MAX);
    html! {
        input.inp type="text" data-filter aria-label="Filter people and teams" placeholder="Person or team" autocomplete="off";
        @for (id, staff) in staff.into_iter().take(PEOPLE_MAX) {
            button.opt name="to" value={ "person:" (id) } {
                (icon("user")) span { (staff.name) } @if *id == viewer.person { span.meta { "you" } }
            }
        }
        @for (id, team) in teams.into_iter().take(TEAMS_MAX) {
            button.opt name="to" value={ "team:" (id) } { (icon("team")) span { (team.name) } span.meta { "team" } }
        }
        button.opt name="to" value="nobody" { (icon("x")) span { "Nobody" } }
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
    html! { button.opt name=(name) value=(value) { (inside) } }
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
                                button.mx-b name="level" value={ (impact.get()) "/" (urgency.get()) }
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
            input.inp id="bulk-into" name="into" placeholder="INC-42" autocomplete="off" required;
        }
        button class="btn btn-primary btn-sm" { "Merge" }
    }
}

fn tag() -> Markup {
    html! {
        div.field {
            label for="bulk-tag-in" { "Add a tag" }
            input.inp id="bulk-tag-in" name="tag" maxlength=(kernel::limits::TAG_CHARS) autocomplete="off" required;
        }
        button class="btn btn-primary btn-sm" { "Tag" }
    }
}
