//! All services: those that are not level first.

use super::open_query;
use super::side::Beside;
use super::sight::{Sight, Split};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::health;
use crate::part::icon::icon;
use crate::part::pri::priority;
use crate::part::time::counted;
use crate::settings::maintenance;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{RawQuery, State};
use kernel::{InOrder, Role, TeamId, limits};
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::services::Service;

/// Services in one table: more are found by their name.
const ROWS_MAX: usize = 200;
/// Services that are named as the reason; more are counted.
const REASONS_MAX: usize = 3;

/// Which services.
struct Asked {
    words: String,
    team: Option<TeamId>,
}

impl Asked {
    fn read(query: Option<&str>) -> Asked {
        let fields = Fields::parse(query.unwrap_or_default());
        let words = fields.text("q").chars().take(limits::NAME_CHARS).collect();
        // What somebody typed into an address may be anything: what is nothing is not asked for.
        Asked { words, team: fields.filled("team").and_then(|id| id.parse().ok()) }
    }

    fn is_filtered(&self) -> bool {
        !self.words.is_empty() || self.team.is_some()
    }

    fn passes(&self, service: &Service) -> bool {
        let named = query::fold(&format!("{} {}", service.name, service.public_name));
        let words = query::fold(&self.words);
        let found = words.split_whitespace().all(|word| named.contains(word));
        found && self.team.is_none_or(|team| service.team == Some(team))
    }
}

/// `GET /services?q=&team=`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = Asked::read(query.as_deref());
    let position = app.desk.feed().position();
    let sight = Sight::read(&app, &who).await?;
    let maintained = maintenance::now_banner(&app, &who).await?;
    let none = BTreeSet::new();
    let beside = Beside { sight: &sight, current: None, suspects: &none };
    let Split { uneven, level } = sight.split(|service| asked.passes(service));
    let main = html! {
        div.page.page-w {
            (head(&who, &sight))
            div.stack-l {
                (maintained)
                (filter(&asked, &sight))
                @if uneven.is_empty() && level.is_empty() { (nothing(&who, &asked)) }
                (section(&sight, "Not level", "uneven", &uneven))
                (section(&sight, "Level", "level", &level))
            }
        }
        (beside.menu())
    };
    Ok(Page::new(&who, "Services")
        .section(Section::Services)
        .main_class("main main-canvas")
        .stream(url::live_services(position))
        .side(beside.column())
        .show(main))
}

fn head(who: &SignedIn, sight: &Sight) -> Markup {
    let Split { uneven, level } = sight.split(|_| true);
    let all = uneven.len() + level.len();
    let reads = who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]);
    html! {
        div.page-h {
            div {
                h1 { "Services " button.btn.btn-quiet.btn-sm.views-m type="button" popovertarget="views" { "List " (icon("down")) } }
                p {
                    @if all == 0 { "What people use, and what it stands on." }
                    @else if uneven.is_empty() { "All " (all) " are level." }
                    @else { (uneven.len()) " of " (all) " are not level." }
                }
            }
            @if reads { div.btns { a.btn href=(url::settings("services")) { (icon("settings")) "Service settings" } } }
        }
    }
}

fn filter(asked: &Asked, sight: &Sight) -> Markup {
    let owners: BTreeSet<TeamId> =
        sight.known.services.values().filter_map(|service| service.team).collect();
    let mut teams: Vec<(TeamId, &str)> = owners
        .into_iter()
        .filter_map(|id| Some((id, sight.policy.teams.get(&id)?.name.as_str())))
        .collect();
    teams.order_by_key(|(_, name)| name.to_lowercase());
    html! {
        form.filters method="get" action=(url::SERVICES) role="search" aria-label="Find services" {
            div.field {
                label.lbl for="q" { "Name" }
                input.inp id="q" name="q" type="search" value=(asked.words) maxlength=(limits::NAME_CHARS);
            }
            div.field {
                label.lbl for="team" { "Owner" }
                select.inp id="team" name="team" {
                    option value="" selected[asked.team.is_none()] { "Any team" }
                    @for (id, name) in &teams { option value=(id) selected[asked.team == Some(*id)] { (name) } }
                }
            }
            button.btn type="submit" { (icon("filter")) "Show" }
            @if asked.is_filtered() { a.btn.btn-quiet href=(url::SERVICES) { "Show all" } }
        }
    }
}

fn nothing(who: &SignedIn, asked: &Asked) -> Markup {
    if asked.is_filtered() {
        return empty(
            "No service matches",
            "Take a condition away.",
            Some((url::SERVICES, "Show all")),
        );
    }
    let new = url::settings("services/new");
    let action = who.viewer().configures().then_some((new.as_str(), "New service"));
    empty(
        "No services yet",
        "Incidents interrupt services; what they stand on makes the map.",
        action,
    )
}

fn section(sight: &Sight, title: &str, id: &str, services: &[&Service]) -> Markup {
    html! {
        @if !services.is_empty() {
            section.card aria-labelledby=(id) {
                div.card-h { h2 id=(id) { (title) } span.meta { (counted(services.len() as i64, "service")) } }
                (table(sight, title, &services[..services.len().min(ROWS_MAX)]))
                @if services.len() > ROWS_MAX {
                    div.card-b { p.meta { "The first " (ROWS_MAX) ". Write a part of a name above to find the others." } }
                }
            }
        }
    }
}

fn table(sight: &Sight, title: &str, services: &[&Service]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label={ (title) ", table" } { table.dt.sv-t {
            thead { tr {
                th scope="col" { "Service" } th scope="col" { "Health" } th scope="col" { "Owner" }
                th.num scope="col" { "Criticality" } th scope="col" { "Open incidents" }
            } }
            tbody { @for service in services { (row(sight, service)) } }
        } }
    }
}

fn row(sight: &Sight, service: &Service) -> Markup {
    let open = sight.open.get(&service.id);
    html! {
        tr {
            th scope="row" {
                a href=(url::service(service.id)) { (service.name) }
                // The same in other letters tells nothing.
                @if !service.public_name.is_empty() && query::fold(&service.public_name) != query::fold(&service.name) { div.meta { (service.public_name) } }
            }
            td { (health::health(sight.health(service.id))) (reasons(&sight.causes(service.id))) }
            td { (sight.owner(service).unwrap_or("–")) }
            td.num { (service.criticality) }
            td.nowrap {
                @match open {
                    Some(open) => { (priority(open.worst)) " " a.link href=(url::queue_of(&open_query(service))) { (counted(open.count, "incident")) } }
                    None => span.muted { "none" },
                }
            }
        }
    }
}

/// "because of Order Database": what it gets its trouble from.
fn reasons(because: &[&Service]) -> Markup {
    html! {
        @if !because.is_empty() {
            div.meta {
                "because of "
                @for (at, service) in because.iter().take(REASONS_MAX).enumerate() {
                    @if at > 0 { ", " }
                    a href=(url::service(service.id)) { (service.name) }
                }
                @if because.len() > REASONS_MAX { " and " (because.len() - REASONS_MAX) " more" }
            }
        }
    }
}
