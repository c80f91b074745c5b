//! The list of major incidents: what waits for a decision, what goes on, what was of late.

use super::{asked, hourly, kept};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time::{self, duration};
use crate::part::{pri, state};
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::State;
use desk::status::Site;
use incident::conduct;
use incident::permissions::granted;
use incident::state::IncidentRole;
use incident::{Access, CommandName as C, Policy};
use kernel::{ContentId, IncidentNumber, ServiceId, grouped};
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::incidents::list::{self, IncidentRow, Look};
use store::incidents::timeline::contents_by_id;
use store::status::incidents::names;
use store::{Failure, Sql};

/// What waits for a decision.
const PROPOSED: &str = "proposed:yes state:open sort:reported";
/// What goes on.
const OPEN: &str = "major:yes state:open sort:reported";
/// What was, of late.
const PAST: &str = "major:yes -state:open reported<90d sort:reported";
/// Incidents of each that are shown.
const ROWS: usize = 100;

/// All that the page shows.
struct Seen {
    proposed: Vec<IncidentRow>,
    open: Vec<IncidentRow>,
    past: Vec<IncidentRow>,
    /// Why something is proposed.
    reasons: HashMap<ContentId, String>,
    hourly: BTreeMap<ServiceId, i64>,
    /// What the status page calls them, of those that it was told of.
    outside: BTreeMap<IncidentNumber, String>,
}

impl Seen {
    fn read(sql: &mut dyn Sql, look: &Look) -> Result<Seen, Failure> {
        let mut rows = |text: &str| -> Result<Vec<IncidentRow>, Failure> {
            let found = list::list(sql, look, &asked(text), ROWS, None)?.rows;
            Ok(found.into_iter().filter(|row| row.access == Access::Full).collect())
        };
        let (proposed, open, past) = (rows(PROPOSED)?, rows(OPEN)?, rows(PAST)?);
        let reasons: Vec<ContentId> = proposed
            .iter()
            .filter_map(|row| row.state.conduct.as_deref()?.proposal.as_ref()?.reason)
            .collect();
        let reasons = contents_by_id(sql, &reasons)?
            .into_iter()
            .filter_map(|(id, content)| Some((id, content.body?)))
            .collect();
        let numbers: Vec<IncidentNumber> = open.iter().chain(&past).map(|row| row.number).collect();
        let outside = names(sql, &numbers)?;
        Ok(Seen { proposed, open, past, reasons, hourly: hourly(sql)?, outside })
    }
}

/// `GET /majors`.
pub(super) async fn show(State(app): State<App>, Staff(who): Staff) -> PageResult<Markup> {
    let (look, position) = (who.look(), app.desk.feed().position());
    let seen = app.desk.read(move |sql| Seen::read(sql, &look)).await?;
    let policy = app.desk.policy();
    let sites = app.desk.status().sites();
    let site = sites.public.as_deref();
    let drawn = Drawn { who: &who, policy: &policy, seen: &seen, site };
    let main = html! {
        div.page {
            div.page-h { div { h1 { "Major incidents" } p { (drawn.lead()) } } }
            div.stack-l {
                @if !seen.proposed.is_empty() { (drawn.proposed()) }
                (drawn.open())
                (drawn.past())
            }
        }
    };
    // It is fetched anew a moment after a change, as pages about services are.
    let page = Page::new(&who, "Major incidents")
        .section(Section::Majors)
        .stream(url::live_services(position));
    Ok(page.main_class("main main-canvas").show(main))
}

struct Drawn<'a> {
    who: &'a SignedIn,
    policy: &'a Arc<Policy>,
    seen: &'a Seen,
    /// The public status page, where there is one.
    site: Option<&'a Site>,
}

impl Drawn<'_> {
    fn lead(&self) -> String {
        match (self.seen.open.len(), self.seen.proposed.len()) {
            (0, 0) => "None goes on, none is proposed.".to_owned(),
            (open, 0) => format!("{open} open."),
            (open, proposed) => format!("{open} open, {proposed} proposed."),
        }
    }

    fn name(&self, person: kernel::PersonId) -> &str {
        self.policy.staff.get(&person).map_or("somebody", |staff| staff.name.as_str())
    }

    fn may(&self, row: &IncidentRow, command: C) -> bool {
        granted(self.who.viewer(), &row.state)(command)
            && incident::decide::allowed(&row.state).any(|name| name == command)
    }

    fn proposed(&self) -> Markup {
        html! {
            section.card aria-labelledby="proposed-h" {
                div.card-h { h2 id="proposed-h" { "Waiting for a decision" } span.meta { "accepting declares it" } }
                ul.card-b.stack-l { @for row in &self.seen.proposed { (self.proposal(row)) } }
            }
        }
    }

    fn proposal(&self, row: &IncidentRow) -> Markup {
        let here = &self.who.here;
        let proposal = row.state.conduct.as_deref().and_then(|conduct| conduct.proposal.as_ref());
        let reason =
            proposal.and_then(|proposal| proposal.reason).and_then(|id| self.seen.reasons.get(&id));
        let decide = |command: C, class: &str, label: &str| {
            html! {
                @if self.may(row, command) {
                    form method="post" action=(url::incident_command(row.number, command)) {
                        input type="hidden" name="screen" value="major";
                        button class=(class) type="submit" { (label) span.vh { " " (row.number) } }
                    }
                }
            }
        };
        html! {
            li id={ "proposed-" (row.number) } {
                p {
                    (pri::priority(row.state.priority)) " "
                    a.link href=(url::major(row.number)) { (row.number) " " (row.title) }
                }
                @if let Some(proposal) = proposal {
                    p.meta {
                        "proposed by " (proposal.by.map_or("a rule", |person| self.name(person)))
                        ", " (time::since(proposal.at, here))
                    }
                }
                @if let Some(reason) = reason { p { "“" (reason) "”" } }
                div.btns {
                    (decide(C::DeclareMajor, "btn btn-sm btn-danger", "Accept"))
                    (decide(C::DeclineMajor, "btn btn-sm", "Decline"))
                }
            }
        }
    }

    fn open(&self) -> Markup {
        html! {
            section.card aria-labelledby="open-h" {
                div.card-h { h2 id="open-h" { "Open" } }
                @if self.seen.open.is_empty() {
                    (empty("No major incident goes on", "Agents and rules declare and propose them from an incident.", None))
                } @else {
                    div.scroll-x tabindex="0" role="region" aria-label="Open major incidents" {
                        table.dt {
                            thead { tr {
                                th scope="col" { "Incident" } th scope="col" { "State" } th scope="col" { "Service" }
                                th scope="col" { "Commander" } th scope="col" { "Next update" } th.num scope="col" { "Since" }
                            } }
                            tbody { @for row in &self.seen.open { (self.open_row(row)) } }
                        }
                    }
                }
            }
        }
    }

    fn open_row(&self, row: &IncidentRow) -> Markup {
        let here = &self.who.here;
        let conduct = row.state.conduct.as_deref();
        let due = conduct.and_then(|conduct| conduct.communication.due);
        let since =
            conduct.and_then(|conduct| conduct.declared_at).unwrap_or(row.state.reported_at);
        html! {
            tr {
                (self.head(row))
                td { (state::state(&row.state)) }
                td { (service(row)) }
                td {
                    @match row.state.roles.get(&IncidentRole::Commander) {
                        Some(person) => (self.name(*person)),
                        None => span.warn-t { "Nobody yet" },
                    }
                }
                td {
                    @match due {
                        Some(at) if at <= here.now => span.crit-t { (time::due(at, here)) },
                        Some(at) => (time::due(at, here)),
                        None => span.muted { "none due" },
                    }
                }
                td.num { (time::age(since, here)) }
            }
        }
    }

    fn past(&self) -> Markup {
        html! {
            section.card aria-labelledby="past-h" {
                div.card-h { h2 id="past-h" { "Last 90 days" } span.meta { "by when they were reported" } }
                @if self.seen.past.is_empty() {
                    div.card-b { p.meta { "None ended in this time." } }
                } @else {
                    div.scroll-x tabindex="0" role="region" aria-label="Major incidents of the last 90 days" {
                        table.dt {
                            thead { tr {
                                th scope="col" { "Incident" } th scope="col" { "Service" } th scope="col" { "Reported" }
                                th.num scope="col" { "Mitigated after" } th.num scope="col" { "Resolved after" }
                                th.num scope="col" { "Updates in time" } th.num scope="col" { "Cost" }
                            } }
                            tbody { @for row in &self.seen.past { (self.past_row(row)) } }
                        }
                    }
                }
            }
        }
    }

    fn past_row(&self, row: &IncidentRow) -> Markup {
        let state = &row.state;
        let noticed = state.moments.detected.unwrap_or(state.reported_at);
        let after = |at: Option<kernel::Timestamp>| {
            at.map_or("–".to_owned(), |at| duration(at.seconds_since(noticed)))
        };
        let mitigated = [state.moments.mitigated, state.moments.restored, state.moments.resolved];
        let words = state.conduct.as_deref().map(|conduct| kept(&conduct.communication));
        let cost = conduct::cost(&state.outages, &self.seen.hourly, self.who.here.now);
        html! {
            tr {
                (self.head(row))
                td { (service(row)) }
                td { (time::moment(state.reported_at, &self.who.here)) }
                td.num { (after(mitigated.into_iter().flatten().min())) }
                td.num { (after(state.moments.resolved)) }
                td.num { (words.unwrap_or_else(|| "–".to_owned())) }
                td.num { (cost.map_or("–".to_owned(), grouped)) }
            }
        }
    }

    fn head(&self, row: &IncidentRow) -> Markup {
        html! {
            th scope="row" {
                (pri::priority(row.state.priority)) " "
                a.link href=(url::major(row.number)) { (row.number) " " (row.title) }
                @if row.state.confidential_to.is_some() { " " (icon("lock")) span.vh { "restricted" } }
                @if let Some(address) = self.outside(row.number) {
                    div.meta { a.link href=(address) { "On the status page" span.vh { ": " (row.number) } } }
                }
            }
        }
    }

    /// Where the status page tells of one.
    fn outside(&self, number: IncidentNumber) -> Option<String> {
        let id = self.seen.outside.get(&number)?;
        let is_shown = self.site?.files.contains_key(&url::status_file(id));
        is_shown.then(|| url::status_incident(id))
    }
}

fn service(row: &IncidentRow) -> &str {
    row.service.as_ref().map_or("–", |service| service.name.as_str())
}
