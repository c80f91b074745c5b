//! One incident as a row of the queue. Nothing in it depends on who looks but
//! their zone and whether they work on incidents, so that one drawing of a change
//! serves everybody.

use crate::part::icon::icon;
use crate::part::time::Here;
use crate::part::{chip, clock, person, pri, state, time};
use crate::url;
use incident::state::LinkKind;
use maud::{Markup, html};
use store::incidents::list::IncidentRow;

/// What rows are drawn for.
#[derive(Debug, Clone)]
pub(crate) struct RowStyle<'a> {
    /// Now, and the reader's zone.
    pub(crate) here: &'a Here,
    /// What follows an incident's address, so that its page knows the view: `?view=my-work`.
    pub(crate) suffix: &'a str,
    /// Whether rows can be selected.
    pub(crate) selectable: bool,
}

/// A row.
pub(crate) fn row(row: &IncidentRow, style: &RowStyle<'_>) -> Markup {
    drawn(row, style, None)
}

/// A row as a patch.
pub(crate) fn patch(row: &IncidentRow, style: &RowStyle<'_>) -> Markup {
    html! { table { tbody { (drawn(row, style, Some(""))) } } }
}

fn drawn(row: &IncidentRow, style: &RowStyle<'_>, patch: Option<&str>) -> Markup {
    let number = row.number;
    let here = style.here;
    let look = state::look(&row.state);
    let service = row.service.as_ref().map_or("", |service| service.name.as_str());
    let requester = requester(row);
    html! {
        tr.row id={ "row-" (number) } data-number=(number) data-patch=[patch] {
            td.c-sel {
                @if style.selectable {
                    span.hit {
                        input type="checkbox" name="number" value=(number) form="bulk-form" autocomplete="off"
                            aria-label={ "Select " (number) };
                    }
                }
            }
            td.c-pri { (pri::priority(row.state.priority)) }
            td.c-num { (number) }
            td.c-title {
                a.t href={ (url::incident(number)) (style.suffix) } {
                    span { (row.title) }
                    @if row.state.major { " " (chip::major()) }
                    @if let Some(team) = &row.confidential_to { " " (chip::lock(&team.name)) }
                    @for link in row.state.links.iter().filter(|link| link.kind == LinkKind::Problem) { " " (chip::chip(&link.target)) }
                }
                div.sub {
                    (state::glyph(look))
                    span { (number) }
                    @if !service.is_empty() { span.sub-svc { (service) } }
                    (requester)
                }
            }
            td.c-req { div.req { (requester) } }
            td.c-svc { (service) }
            td.c-state { (state::glyph(look)) }
            td.c-asg {
                @match (&row.assignee, &row.team) {
                    (Some(assignee), _) => (person::person(assignee.id, &assignee.name)),
                    (None, Some(team)) => {
                        span.who.muted { span class="av av-none" aria-hidden="true" {} span { (team.name) } }
                    }
                    (None, None) => (person::nobody()),
                }
            }
            td.c-sla { @if let Some(next) = clock::next(&row.state) { (clock::sla(next, here)) } }
            td.c-upd { (time::age(row.state.updated_at, here)) }
        }
    }
}

/// Who asked, and how many more; a long name gives way to the number.
fn requester(row: &IncidentRow) -> Markup {
    let more = row.state.children.len();
    html! {
        span.req-n { (row.requester.name) }
        @if more > 0 { " " span.req-m { "+ " (time::counted(more as i64, "report")) } }
    }
}

/// The heads of the columns, over `count` rows.
pub(crate) fn heads(count: usize, selectable: bool) -> Markup {
    html! {
        thead {
            tr {
                td.c-sel {
                    @if selectable {
                        span.hit { input type="checkbox" data-select-all autocomplete="off" aria-label={ "Select all " (count) }; }
                    }
                }
                th.c-pri scope="col" { span.vh { "Priority" } }
                th.c-num scope="col" { "Number" }
                th.c-title scope="col" { "Incident" }
                th.c-req scope="col" { "Requester" }
                th.c-svc scope="col" { "Service" }
                th.c-state scope="col" { "State" }
                th.c-asg scope="col" { span { "Assignee" } }
                th.c-sla scope="col" { "Next SLA clock" }
                th.c-upd scope="col" { "Updated" }
            }
        }
    }
}

/// The bar that counts what is new.
pub(crate) fn news_bar() -> Markup {
    html! {
        button.newrows id="newrows" type="button" hidden { (icon("upd")) span {} span.end { kbd { "." } } }
    }
}
