//! One service: the map around it, what is known of it, what happened to it.

use super::around::Around;
use super::days::Days;
use super::side::Beside;
use super::sight::Sight;
use super::{facts, graph, recent, twin};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::time::Here;
use crate::settings::maintenance;
use crate::shell::{Page, Section};
use crate::surges;
use crate::url;
use axum::extract::{Path, RawQuery, State};
use incident::Access;
use insight::cause::What;
use kernel::{InOrder, IncidentNumber, Role, ServiceId, Timestamp};
use maud::{Markup, html};
use query::{Expr, Name, Query, Sort, SortKey, StateWord, Term};
use std::collections::BTreeSet;
use store::causes::{self, Verdict};
use store::directory::changes::{self, Change};
use store::directory::services::{self, Service};
use store::incidents::list::{self, COUNTED, IncidentRow, Look};
use store::outages::{self, OutageRow};
use store::{Failure, Sql};

/// Steps around a service that can be asked for, and what is shown when nobody asks.
const STEPS_MAX: u8 = 3;
const STEPS: u8 = 2;
/// Open incidents that are looked at: those that began shortly after a change.
const OPEN_MAX: usize = 50;
/// Services behind this one whose changes are looked at, the nearest.
const BEHIND_MAX: usize = 30;
/// Changes there and here that are looked at, the newest.
const CHANGES_MAX: usize = 200;
/// Verdicts about changes that are looked at, the newest.
const VERDICTS_MAX: usize = 200;

/// What happened to a service, as far as the reader may know.
pub(super) struct Told {
    /// Outages of the last days, those of incidents that the reader does not see, too: what it was
    /// like counts all of them.
    pub(super) outages: Vec<OutageRow>,
    seen: BTreeSet<IncidentNumber>,
    /// Open incidents, the most urgent first.
    pub(super) open: Vec<IncidentRow>,
    /// How many are open.
    pub(super) open_count: i64,
    /// Those that are over, the newest first.
    pub(super) past: Vec<IncidentRow>,
    /// How many were reported in the last 30 days.
    pub(super) lately: i64,
    /// Changes here and in what it needs, the newest first.
    pub(super) changes: Vec<Change>,
    /// When outages and open incidents began that the reader sees.
    pub(super) begun: Vec<Timestamp>,
    /// What was said of the causes of open incidents that the reader sees all of.
    judged: Vec<Verdict>,
}

impl Told {
    /// Outages of incidents that the reader sees, the newest first.
    pub(super) fn seen_outages(&self) -> impl Iterator<Item = &OutageRow> {
        self.outages.iter().filter(|row| self.seen.contains(&row.number))
    }

    /// What was said of a change: whether it was the cause, and of which open incident.
    pub(super) fn said(&self, change: &Change) -> Option<(bool, IncidentNumber)> {
        let what = What::Change(change.id);
        let all = self.judged.iter().filter(|one| one.what == what);
        all.max_by_key(|one| (one.was_it, one.at)).map(|one| (one.was_it, one.number))
    }

    /// Whether a change is suspected: as people say, or by when it came.
    pub(super) fn is_suspect(&self, change: &Change) -> bool {
        match self.said(change) {
            Some((was_it, _)) => was_it,
            None => recent::is_suspect(change.at, &self.begun),
        }
    }

    /// The services with a change that is suspected.
    fn suspects(&self) -> BTreeSet<ServiceId> {
        let suspect = self.changes.iter().filter(|one| self.is_suspect(one));
        suspect.filter_map(|change| change.service).collect()
    }

    fn read(
        sql: &mut dyn Sql,
        service: &Service,
        near: &[ServiceId],
        look: &Look,
        here: &Here,
    ) -> Result<Told, Failure> {
        let now = here.now;
        let mut outages = outages::of_service(sql, service.id, Days::since(here), now)?;
        outages.order_by_key(|row| std::cmp::Reverse(row.started_at));
        let numbers: BTreeSet<IncidentNumber> = outages.iter().map(|row| row.number).collect();
        let numbers: Vec<IncidentNumber> = numbers.into_iter().collect();
        let seen = list::seen(sql, &look.scope, &numbers)?;
        let rows = |sql: &mut dyn Sql, expr: Expr, key: SortKey, limit: usize| {
            let query = Query { filter: expr, sort: Some(Sort { key, reversed: false }) };
            list::list(sql, look, &query, limit, None).map(|page| page.rows)
        };
        let of = |more: Expr| of_service(service, more);
        let open = of(Term::State(vec![StateWord::Open]).into());
        let open_count = list::count(sql, look, &open, COUNTED)?;
        let open = rows(sql, open, SortKey::Priority, OPEN_MAX)?;
        let past = of(Expr::from(Term::State(vec![StateWord::Open])).negated());
        let past = rows(sql, past, SortKey::Reported, recent::INCIDENTS)?;
        let lately = query::parse("reported<30d").expect("the query is in the language").filter;
        let lately = list::count(sql, look, &of(lately), COUNTED)?;
        let week = now.plus_days(-recent::CHANGE_DAYS);
        let mut begun: Vec<Timestamp> = outages
            .iter()
            .filter(|row| seen.contains(&row.number) && row.started_at >= week)
            .map(|row| row.started_at)
            .collect();
        begun.extend(open.iter().map(began));
        let changes = changes::of_services(sql, near, week, now, CHANGES_MAX)?;
        let whole = open.iter().filter(|row| row.access == Access::Full);
        let whole: Vec<IncidentNumber> = whole.map(|row| row.number).collect();
        let judged = causes::of_many(sql, &whole, VERDICTS_MAX)?;
        Ok(Told { outages, seen, open, open_count, past, lately, changes, begun, judged })
    }
}

/// When an incident began as far as anybody knows.
fn began(row: &IncidentRow) -> Timestamp {
    row.state.moments.detected.unwrap_or(row.state.reported_at)
}

fn of_service(service: &Service, more: Expr) -> Expr {
    let named = Term::Service(vec![Name::Is(service.name.clone())]);
    Expr::all_of([named.into(), Term::Merged(false).into(), more])
}

/// `GET /services/{id}?steps=`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<ServiceId>,
    RawQuery(raw): RawQuery,
) -> PageResult<Markup> {
    let asked = Fields::parse(raw.as_deref().unwrap_or_default());
    let steps = asked.text("steps").parse().ok().filter(|steps| (1..=STEPS_MAX).contains(steps));
    let position = app.desk.feed().position();
    let sight = Sight::read(&app, &who).await?;
    let mut near = vec![id];
    near.extend(sight.known.graph.behind(&id, BEHIND_MAX));
    let (look, here, known) = (who.look(), who.here.clone(), sight.service(id).cloned());
    let read = move |sql: &mut dyn Sql| {
        // What is out of use is not on the map, and still has a past.
        let Some(service) = known.map_or_else(|| services::get(sql, id), |one| Ok(Some(one)))?
        else {
            return Ok(None);
        };
        let told = Told::read(sql, &service, &near, &look, &here)?;
        Ok(Some((service, told)))
    };
    let (service, told) = app.desk.read(read).await?.ok_or(PageError::NotFound)?;
    let suspects = told.suspects();
    let around = Around::of(&sight, &service, steps.unwrap_or(STEPS), &suspects);
    let beside = Beside { sight: &sight, current: Some(id), suspects: &suspects };
    let main = html! {
        div.page.page-w {
            (head(&who, &sight, &service, steps.unwrap_or(STEPS)))
            (surges::banner(&app, &who, Some(id)))
            @if !service.active { p.banner.banner-info { (icon("pause")) span { "This service is out of use." } } }
            div.sv-map { div.card { div.card-b.scroll-x tabindex="0" role="region" aria-label="Service map" { (graph::drawing(&around)) } } }
            div.sv-twin { div.card { (twin::table(&around)) } }
            div.sv-g {
                (facts::card(&who, &sight, &service, &told))
                div.stack {
                    (recent::changes(&who, &sight, &service, &told))
                    (recent::incidents(&who, &service, &told))
                    (recent::outages(&who, &told))
                }
            }
        }
        (beside.menu())
    };
    Ok(Page::new(&who, &service.name)
        .section(Section::Services)
        .crumb(url::SERVICES, "Services")
        .main_class("main main-canvas")
        .stream(url::live_services(position))
        .side(beside.column())
        .show(main))
}

fn head(who: &SignedIn, sight: &Sight, service: &Service, steps: u8) -> Markup {
    let count = sight.known.services.len();
    html! {
        div.page-h {
            div {
                h1 { "Service map " button.btn.btn-quiet.btn-sm.views-m type="button" popovertarget="views" { "Services " (icon("down")) } }
                p { "Who uses it is on the left, what it stands on is on the right. Lines run from user to supplier." }
            }
            div.btns {
                (ways_on(who, service))
                nav.seg aria-label="How far" {
                    @for far in 1..=STEPS_MAX {
                        a href={ (url::service(service.id)) "?steps=" (far) } aria-current=[(far == steps).then_some("true")] {
                            (far) span.vh { @if far == 1 { " step" } @else { " steps" } }
                        }
                    }
                }
                fieldset.seg {
                    legend.vh { "View" }
                    label { input type="radio" name="vw" id="vw-map" value="map" autocomplete="off" checked; "Map" }
                    label { input type="radio" name="vw" id="vw-table" value="table" autocomplete="off"; "Table" }
                    a href=(url::SERVICES) { "All " (count) }
                }
            }
        }
    }
}

/// What can be done from here.
fn ways_on(who: &SignedIn, service: &Service) -> Markup {
    let viewer = who.viewer();
    let reads = viewer.has(&[Role::Administrator, Role::Manager, Role::Auditor]);
    html! {
        @if desk::maintenance::may_plan(viewer) {
            a.btn.btn-quiet href={ (maintenance::ADDRESS) "/new?service=" (service.id) } { (icon("wrench")) "Plan maintenance" }
        }
        @if reads { a.btn.btn-quiet href=(url::settings(format!("services/{}", service.id))) { (icon("settings")) "Settings" } }
    }
}
