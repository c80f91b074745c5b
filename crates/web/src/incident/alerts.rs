//! The alerts of an incident: the first of them, and what is named in its timeline.

use super::view::View;
use crate::alerts;
use crate::part::icon::icon;
use crate::part::outward;
use crate::part::time::{self, counted};
use crate::settings::maintenance;
use crate::url;
use ::alert::maintenance::Maintenance;
use incident::{Scope, State};
use kernel::{AlertId, IncidentNumber, Timestamp};
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};
use store::alerts::found::{self, Found, Wanted};
use store::alerts::{details, maintenances};
use store::{Failure, Sql};

/// Alerts that are named beside the timeline.
const FIRST: usize = 5;
/// Places to read on that are offered beside each: the graph, the runbook, the source.
const LINKS: usize = 3;

/// What the page of an incident shows of its alerts.
pub(super) struct Alerts {
    /// The first of them, those that are not over before the others.
    first: Vec<Found>,
    /// The titles of those that its timeline names.
    titles: HashMap<AlertId, String>,
    /// The window in which nobody is paged about its service, and until when it holds.
    window: Option<(Maintenance, Timestamp)>,
}

impl Alerts {
    /// Reads them.
    pub(super) fn read(
        sql: &mut dyn Sql,
        scope: &Scope,
        state: &State,
        number: IncidentNumber,
        (named, now): (&BTreeSet<AlertId>, Timestamp),
    ) -> Result<Alerts, Failure> {
        let window = match state.service.filter(|_| state.lifecycle.is_open()) {
            Some(service) => {
                let all = maintenances::current(sql, now)?.into_iter();
                let holding = all.filter_map(|one| Some((one.holds_until(now)?, one)));
                let of = holding.filter(|(_, one)| one.matcher.is_all_of(service));
                of.max_by_key(|(until, _)| *until).map(|(until, one)| (one, until))
            }
            None => None,
        };
        let named: Vec<AlertId> = named.iter().copied().collect();
        let titles = match named.is_empty() {
            true => HashMap::new(),
            false => {
                details::of(sql, &named)?.into_iter().map(|(id, one)| (id, one.title)).collect()
            }
        };
        let first = match state.alerts {
            Some(_) => {
                let wanted = Wanted { number: Some(number), ..Wanted::default() };
                found::open_first(sql, scope, &wanted, FIRST)?
            }
            None => vec![],
        };
        Ok(Alerts { first, titles, window })
    }

    /// The alerts that its timeline names, with their titles, in order.
    pub(super) fn titles(&self) -> Vec<(AlertId, String)> {
        let mut titles: Vec<_> =
            self.titles.iter().map(|(id, title)| (*id, title.clone())).collect();
        titles.sort_unstable();
        titles
    }

    /// Links to alerts that an entry names.
    pub(super) fn links<'a>(&'a self, named: &'a [AlertId]) -> impl Iterator<Item = Markup> + 'a {
        named.iter().filter_map(move |id| Some((id, self.titles.get(id)?))).map(|(id, title)| {
            html! { a.link href=(url::alert(*id)) { (title) } }
        })
    }
}

/// The section beside the timeline.
pub(super) fn section(view: &View<'_>, patch: Option<&str>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let Alerts { first, window, .. } = &case.alerts;
    html! {
        div id="alerts" data-patch=[patch] {
            @if state.alerts.is_some() || window.is_some() {
                section.sec aria-labelledby="alerts-h" {
                    div.sec-h {
                        h2 id="alerts-h" { "Alerts" }
                        @if let Some(alerts) = &state.alerts { span.meta { (alerts.firing) " firing of " (alerts.total) } }
                    }
                    @if let Some((window, until)) = window {
                        p { a.chip href=(maintenance::address(window.id)) { (icon("wrench")) "Maintenance until " (time::moment(*until, &case.here)) } }
                    }
                    (alerts::unclear(state, &case.here))
                    @if !first.is_empty() {
                        ul class="rows links" { @for one in first {
                            li {
                                (icon(if one.alert.is_open() { "alert" } else { "check" }))
                                p { a class="who ck" href=(url::alert(one.alert.id)) { span { (one.details.title) } } }
                                span.meta { (alerts::state_word(one.alert.state).to_lowercase()) }
                                @if !one.details.links.is_empty() {
                                    span.meta { @for link in one.details.links.iter().take(LINKS) { (outward::button(&link.href, &link.text)) " " } }
                                }
                            }
                        } }
                    }
                    @if let Some(alerts) = &state.alerts {
                        p { a class="link ck" href=(url::alerts_of(case.number)) { "Show " (counted(i64::from(alerts.total), "alert")) } }
                    }
                }
            }
        }
    }
}
