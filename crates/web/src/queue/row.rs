//! One incident as a row of the queue. Nothing in it depends on who looks but
//! their zone and whether they work on incidents, so that one drawing of a change
//! serves everybody.

use crate::part::icon::icon;
use crate::part::time::Here;
use crate::part::{chip, clock, person, pri, state, time};
use crate::url;
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::state::LinkKind;
use incident::{Access, Policy};
use insight::WATERLINE;
use kernel::Timestamp;
use maud::{Markup, html};
use store::incidents::list::{IncidentRow, LikelyLate};

/// What rows are drawn for.
#[derive(Debug, Clone)]
pub(crate) struct RowStyle<'a> {
    /// Now, and the reader's zone.
    pub(crate) here: &'a Here,
    /// What follows an incident's address, so that its page knows the view: `?view=my-work`.
    pub(crate) suffix: &'a str,
    /// Whether rows can be selected.
    pub(crate) selectable: bool,
    /// What risk depends on besides the incident.
    pub(crate) policy: &'a Policy,
    /// The instant for which risk is shown.
    pub(crate) risk_at: Timestamp,
    /// Which incidents are likely late.
    pub(crate) late: LikelyLate,
    /// Whether the viewer may see the risk of every row drawn.
    pub(crate) full: bool,
}

impl<'a> RowStyle<'a> {
    /// For somebody who sees all of the rows, now.
    pub(crate) fn now(
        here: &'a Here,
        suffix: &'a str,
        selectable: bool,
        policy: &'a Policy,
        late: LikelyLate,
    ) -> Self {
        RowStyle { here, suffix, selectable, policy, risk_at: here.now, late, full: true }
    }

    /// The risk of a row, where it has one and the viewer may see it.
    pub(crate) fn risk(&self, row: &IncidentRow) -> Option<u8> {
        let seen = self.full && row.access == Access::Full;
        insight::value_of(&row.state, self.policy, self.risk_at).filter(|_| seen)
    }
}

impl RowStyle<'_> {
    /// Whether it is likely to be over only after its resolution is due, which lies ahead.
    fn is_likely_late(&self, row: &IncidentRow) -> bool {
        let ahead = |clock: &Clock| {
            clock.kind == ClockKind::Resolution
                && clock.status == ClockStatus::Running
                && clock.due_at.is_some_and(|due| due > self.risk_at)
        };
        self.full
            && row.access == Access::Full
            && row.state.lifecycle.is_open()
            && self.late.contains(&row.number)
            && row.state.clocks.iter().any(ahead)
    }
}

/// Whether half an hour of waiting breaks nothing.
pub(crate) fn is_calm(risk: Option<u8>) -> bool {
    risk.is_some_and(|risk| risk < WATERLINE)
}

/// A row whose risk, as [`RowStyle::risk`] says it, is known.
pub(crate) fn row(row: &IncidentRow, style: &RowStyle<'_>, risk: Option<u8>) -> Markup {
    drawn(row, style, risk, None)
}

/// A row as a patch.
pub(crate) fn patch(row: &IncidentRow, style: &RowStyle<'_>) -> Markup {
    html! { table { tbody { (drawn(row, style, style.risk(row), Some(""))) } } }
}

fn drawn(row: &IncidentRow, style: &RowStyle<'_>, risk: Option<u8>, patch: Option<&str>) -> Markup {
    let number = row.number;
    let here = style.here;
    let look = state::look(&row.state);
    let service = row.service.as_ref().map_or("", |service| service.name.as_str());
    let requester = requester(row);
    html! {
        tr.row.calm[is_calm(risk)] id={ "row-" (number) } data-number=(number) data-patch=[patch] {
            td.c-sel {
                @if style.selectable {
                    span.hit {
                        input type="checkbox" name="number" value=(number) form="bulk-form" autocomplete="off"
                            aria-label={ "Select " (number) };
                    }
                }
            }
            td.c-risk { @if let Some(value) = risk { (meter(value)) } }
            td.c-pri { (pri::priority(row.state.priority)) }
            td.c-num { (number) }
            td.c-title {
                a.t href={ (url::incident(number)) (style.suffix) } {
                    span { (row.title) }
                    @if row.state.major { " " (chip::major()) }
                    @else if is_proposed(row) { " " (chip::proposed()) }
                    @if style.is_likely_late(row) { " " (chip::likely_late()) }
                    @if let Some(team) = &row.confidential_to { " " (chip::lock(&team.name)) }
                    @for link in row.state.links.iter().filter(|link| link.kind == LinkKind::Problem) { " " (chip::chip(&link.target)) }
                }
                div.sub {
                    (state::glyph(look))
                    span.sub-num { (number) }
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
            td.c-sla { @if let Some(next) = clock::next_seen(&row.state.clocks, row.access) { (clock::sla(next, clock::waits_since(&row.state), here)) } }
            td.c-upd { (time::age(row.state.updated_at, here)) }
        }
    }
}

/// Whether somebody proposes to declare it major, and nobody has decided.
pub(crate) fn is_proposed(row: &IncidentRow) -> bool {
    let conduct = row.state.conduct.as_deref();
    row.state.lifecycle.is_open() && conduct.is_some_and(|conduct| conduct.proposal.is_some())
}

/// A risk as a number and as a bar.
fn meter(value: u8) -> Markup {
    html! {
        span.risk {
            (value)
            meter min="0" max="100" value=(value) aria-label={ "Risk " (value) " of 100" } {}
        }
    }
}

/// How the column of risks is sorted, and where its head leads.
pub(crate) struct ByRisk {
    /// `descending` or `ascending`, where the list is sorted by it.
    pub(crate) sorted: Option<&'static str>,
    /// The list sorted by it, or the other way round.
    pub(crate) href: String,
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
pub(crate) fn heads(count: usize, selectable: bool, by_risk: &ByRisk) -> Markup {
    html! {
        thead {
            tr {
                td.c-sel {
                    @if selectable {
                        span.hit { input type="checkbox" data-select-all autocomplete="off" aria-label={ "Select all " (count) }; }
                    }
                }
                th.c-risk scope="col" aria-sort=[by_risk.sorted] {
                    a href=(by_risk.href) title="Cost of delay, 0 to 100" {
                        "Risk "
                        @if let Some(sorted) = by_risk.sorted { (icon(if sorted == "descending" { "down" } else { "up" })) }
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

/// The line between what cannot wait half an hour and what can.
pub(crate) fn waterline(words: &str) -> Markup {
    html! {
        // As many cells as there are at least: one more would be a column of its own.
        tr.waterline id="waterline" { td colspan="3" { div.wl { span { b { "Waterline." } " " (words) } } } }
    }
}

/// The bar that counts what is new.
pub(crate) fn news_bar() -> Markup {
    html! {
        button.newrows id="newrows" type="button" hidden { (icon("upd")) span {} span.end { kbd { "." } } }
    }
}
