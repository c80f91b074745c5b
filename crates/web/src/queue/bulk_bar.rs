//! The bar that appears while rows are selected, and its lists.

use super::Loaded;
use crate::part::icon::icon;
use crate::part::{pri, state};
use incident::state::HoldReason;
use kernel::{Level, Matrix};
use maud::{Markup, html};

const ACTION: &str = "/queue/bulk";

/// The bar under the rows.
pub(super) fn bar(loaded: &Loaded) -> Markup {
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
        (popover("bulk-assign", "assign", &back, assign()))
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

fn assign() -> Markup {
    html! {
        div.field {
            label for="bulk-to" { "Person or team" }
            input.inp id="bulk-to" type="text" data-suggest="/queue/assignees" data-into="#bulk-to-v" data-eager role="combobox"
                aria-expanded="false" aria-controls="bulk-to-l" aria-autocomplete="list" autocomplete="off";
            div class="pop sug" id="bulk-to-l" role="listbox" aria-label="People and teams" hidden {}
            input type="hidden" id="bulk-to-v" name="to";
        }
        button class="btn btn-primary btn-sm" { "Assign" }
        " "
        button class="btn btn-sm" name="to" value="nobody" { "Nobody" }
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
