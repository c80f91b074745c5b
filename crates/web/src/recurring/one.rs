//! The page of a cluster: its incidents, week by week, what people did, whether that helped.

use super::{bars, title};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::state;
use crate::part::time::{self, counted, duration};
use crate::problems::words;
use crate::shell::{Page, Section};
use crate::url;
use desk::recurring::{Case, LINKED_MAX};
use incident::Policy;
use incident::permissions::may_write_problems;
use insight::recurring::verdict;
use kernel::{Timestamp, limits};
use maud::{Markup, html};
use std::collections::BTreeMap;
use store::directory::Problem;
use store::incidents::list::IncidentRow;
use store::recurring::RecurringState;

/// All that the page says.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) policy: &'a Policy,
    pub(super) case: &'a Case,
    /// What was sent of one of its forms, and what is wrong with it.
    pub(super) fields: &'a Fields,
    pub(super) errors: &'a Errors,
    /// Since when something was done about it.
    pub(super) since: Option<Timestamp>,
}

impl View<'_> {
    pub(super) fn page(&self) -> Markup {
        let cluster = &self.case.listed.cluster;
        let title = title(self.policy, cluster);
        let main = html! {
            div.page.page-w {
                div.page-h { div {
                    h1 { (title) }
                    p { (counted(self.case.listed.incidents as i64, "incident")) " of the last year. " (self.standing()) }
                } }
                div.stack-l {
                    (self.errors.summary())
                    div.sv-g {
                        div.stack { (self.weeks()) (self.done()) (self.helped()) }
                        div.stack { (self.cost()) @if self.writes() { (self.decide()) } }
                    }
                    (self.incidents())
                }
            }
        };
        Page::new(self.who, &title)
            .section(Section::Problems)
            .crumb(url::PROBLEMS, "Problems")
            .crumb(url::RECURRING, "Recurring incidents")
            .main_class("main main-canvas")
            .show(main)
    }

    fn writes(&self) -> bool {
        may_write_problems(self.who.viewer()).is_ok()
    }

    fn standing(&self) -> Markup {
        let cluster = &self.case.listed.cluster;
        html! {
            @match (cluster.state, cluster.problem) {
                (RecurringState::Problem, Some(problem)) => { "Behind them lies " a.link href=(url::problem(problem)) { (problem) } "." }
                (RecurringState::Dismissed, _) => "Somebody says that it is nothing. It is silent until it has twice as many.",
                _ => "Nobody has decided about them.",
            }
        }
    }

    fn weeks(&self) -> Markup {
        let listed = &self.case.listed;
        html! {
            section.card aria-labelledby="weeks-h" {
                div.card-h { h2 id="weeks-h" { "Week by week" } }
                div.card-b {
                    (bars(&listed.weeks))
                    div.s-f { span { (listed.weeks.len()) " weeks ago" } span { "this week" } }
                    p.mts { (listed.trend.words(&listed.compared)) "." }
                }
            }
        }
    }

    fn cost(&self) -> Markup {
        let listed = &self.case.listed;
        html! {
            section.card aria-labelledby="cost-h" {
                div.card-h { h2 id="cost-h" { "Cost in the last year" } }
                div.card-b {
                    dl.props {
                        div { dt { "Hours lost" } dd { (words::hours(listed.seconds)) } }
                        div { dt { "Incidents" } dd { (listed.incidents) @if listed.open > 0 { ", " (listed.open) " open" } } }
                        div { dt { "Latest" } dd { (time::moment(listed.latest, &self.who.here)) } }
                        div { dt { "Service" } dd { (words::service(self.policy, listed.cluster.service)) } }
                    }
                    p.hint { "Hours of outage of each incident, else from report to resolution. It counts the incidents that you see and that are restricted to no team." }
                }
            }
        }
    }

    /// What people did: how the shown incidents were resolved, and what the problem says.
    fn done(&self) -> Markup {
        let mut codes: BTreeMap<&str, i64> = BTreeMap::new();
        for row in &self.case.incidents {
            if let Some(resolution) = &row.state.resolution {
                *codes.entry(self.code(&resolution.code)).or_default() += 1;
            }
        }
        html! {
            section.card aria-labelledby="done-h" {
                div.card-h { h2 id="done-h" { "What people did" } }
                div.card-b.stack {
                    @if codes.is_empty() { p.meta { "None of them was resolved yet." } }
                    @else { ul.stack-s { @for (code, count) in &codes { li { (code) ": " (counted(*count, "incident")) } } } }
                    @if let Some(problem) = &self.case.problem { (known(problem)) }
                }
            }
        }
    }

    fn code<'b>(&'b self, code: &'b str) -> &'b str {
        let known = self.policy.resolution_codes.iter().find(|known| known.code == code);
        known.map_or(code, |known| known.label.as_str())
    }

    fn helped(&self) -> Markup {
        let (case, now) = (self.case, self.who.here.now);
        let wrong = self.errors.of("since");
        html! {
            section.card aria-labelledby="helped-h" {
                div.card-h { h2 id="helped-h" { "Did it help?" } }
                div.card-b.stack {
                    @if let Some(since) = self.since {
                        @let told = verdict(&case.reported, case.known_since, since, now);
                        @let (before, after) = told.weekly();
                        p { (format!("{before:.1} a week before, {after:.1} a week since. ")) (told.words()) }
                    }
                    form.find method="get" action=(url::recurring(case.listed.cluster.id)) {
                        input.inp type="date" id="since" name="since" value=(self.fields.text("since")) aria-label="The day on which something was done" required
                            aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "since-e")];
                        button.btn type="submit" { "Compare before and since" }
                    }
                    @if let Some(error) = wrong { p.err id="since-e" { (icon("alert")) (error) } }
                    p.hint { "The day on which something was done about it: a fix, a change, training." }
                }
            }
        }
    }

    fn decide(&self) -> Markup {
        let cluster = &self.case.listed.cluster;
        html! {
            section.card id="open" aria-labelledby="open-h" {
                @if let Some(problem) = &self.case.problem {
                    div.card-h { h2 id="open-h" { "Incidents that came since" } }
                    div.card-b {
                        @if self.case.unlinked.is_empty() { p.meta { "All of them are linked to " (problem.number) "." } }
                        @else {
                            form.form.stack method="post" action=(url::recurring_of(cluster.id, "link")) {
                                input type="hidden" name="number" value=(problem.number);
                                p { (counted(self.case.unlinked.len() as i64, "incident")) " not linked to " (problem.number) " yet." }
                                div.btns { button.btn type="submit" { (icon("link")) "Link them" } }
                            }
                        }
                    }
                } @else { (self.proposal()) }
            }
        }
    }

    fn proposal(&self) -> Markup {
        let cluster = &self.case.listed.cluster;
        let wrong = self.errors.of("number");
        let name = match self.fields.get("title") {
            Some(typed) => typed.to_owned(),
            None => title(self.policy, cluster),
        };
        html! {
            div.card-h { h2 id="open-h" { "What lies behind them?" } }
            div.card-b.stack {
                form.form.stack method="post" action=(url::recurring_of(cluster.id, "problem")) {
                    (Field::new("title", "What the problem is called").hint("The incidents that you see are linked to it.").errors(self.errors).input("text", &name))
                    @if self.case.unlinked.len() > LINKED_MAX { p.hint { "The latest " (LINKED_MAX) " at first; the others can be linked here afterwards." } }
                    div.btns { button.btn.btn-primary type="submit" { "Open a problem" } }
                }
                form.find method="post" action=(url::recurring_of(cluster.id, "link")) {
                    input.inp type="text" id="number" name="number" value=(self.fields.text("number")) placeholder="PRB-12" aria-label="Number of a problem that is there" autocomplete="off"
                        maxlength=(limits::QUERY_CHARS) aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "number-e")];
                    button.btn type="submit" { (icon("link")) "Link to a problem" }
                }
                @if let Some(error) = wrong { p.err id="number-e" { (icon("alert")) (error) } }
                @if cluster.state == RecurringState::Proposed {
                    form method="post" action=(url::recurring_of(cluster.id, "dismiss")) {
                        div.btns { button.btn.btn-quiet type="submit" { "It is nothing" } }
                    }
                }
            }
        }
    }

    fn incidents(&self) -> Markup {
        let (all, shown) = (self.case.listed.incidents, self.case.incidents.len());
        html! {
            section.card aria-labelledby="inc-h" {
                div.card-h { h2 id="inc-h" { "Incidents" } span.meta { (all) } }
                div.scroll-x tabindex="0" role="region" aria-label="Incidents that belong together" {
                    table.dt {
                        thead { tr {
                            th scope="col" { "Incident" } th scope="col" { "State" } th scope="col" { "Reported" }
                            th.num scope="col" { "Restored after" }
                        } }
                        tbody { @for row in &self.case.incidents { (self.incident(row)) } }
                    }
                }
                @if all > shown { div.card-b { p.meta { "and " (all - shown) " earlier" } } }
            }
        }
    }

    fn incident(&self, row: &IncidentRow) -> Markup {
        let restored = row.state.moments.restored.or(row.state.moments.resolved);
        html! {
            tr {
                th scope="row" { a.link href=(url::incident(row.number)) { (row.number) " " (row.title) } }
                td { (state::state(&row.state)) }
                td { (time::moment(row.state.reported_at, &self.who.here)) }
                td.num { @match restored { Some(at) => (duration(at.seconds_since(row.state.reported_at))), None => span.muted { "–" } } }
            }
        }
    }
}

/// What the problem says of it.
fn known(problem: &Problem) -> Markup {
    html! {
        p {
            a.link href=(url::problem(problem.number)) { (problem.number) " " (problem.title) } " "
            (words::state(problem.state))
        }
        @if !problem.fix.is_empty() { h3 { "What makes it go away" } p { (problem.fix) } }
    }
}
