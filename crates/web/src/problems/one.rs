//! The page of a problem: what is known, how to live with it, what it costs, which incidents it
//! lies behind.

use super::words::{self, named_staff};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::incident::prose;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::state as incident_state;
use crate::part::time::{self, counted, duration};
use crate::shell::{Page, Section};
use crate::url;
use desk::problems::Case;
use incident::Policy;
use incident::permissions::{may_close_problems, may_write_problems};
use kernel::limits;
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::Tie;
use store::directory::{Entry, ProblemState};
use store::incidents::list::IncidentRow;

/// Incidents that are listed, the latest: the cost counts all of them.
const INCIDENTS: usize = 200;

/// All that the page says.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) policy: &'a Policy,
    pub(super) case: &'a Case,
    pub(super) changes: &'a [Entry],
    /// What was sent of one of its forms, and what is wrong with it.
    pub(super) fields: &'a Fields,
    pub(super) errors: &'a Errors,
    /// What was done just now.
    pub(super) said: Markup,
    /// The position of the feed that this is as of.
    pub(super) position: i64,
}

impl View<'_> {
    /// The whole page.
    pub(super) fn page(&self) -> Markup {
        let problem = &self.case.listed.problem;
        let title = problem.number.to_string();
        let main = html! {
            div.page.page-w {
                div.page-h {
                    div { h1 { (problem.title) } p { (problem.number) " " (words::state(problem.state)) } }
                    @if self.writes() {
                        div.btns {
                            a.btn href=(url::problem_of(problem.number, "edit")) data-key="e" { (icon("pencil")) "Edit " kbd { "E" } }
                            @if problem.state != ProblemState::Closed {
                                a.btn href=(article(self.case)) { (icon("book")) "Write an article" }
                            }
                        }
                    }
                }
                div.stack-l {
                    (self.said)
                    (self.errors.summary())
                    div.sv-g {
                        div.stack { (self.known()) (self.workaround()) @if self.writes() { (self.steps()) } }
                        div.stack { (self.facts()) (self.cost()) }
                    }
                    (self.incidents())
                    (words::history(self.who, self.policy, self.changes))
                }
            }
        };
        Page::new(self.who, &title)
            .tab(&problem.title)
            .section(Section::Problems)
            .crumb(url::PROBLEMS, "Problems")
            .stream(url::live_services(self.position))
            .main_class("main main-canvas")
            .show(main)
    }

    fn writes(&self) -> bool {
        may_write_problems(self.who.viewer()).is_ok()
    }

    fn known(&self) -> Markup {
        let problem = &self.case.listed.problem;
        html! {
            section.card aria-labelledby="known-h" {
                div.card-h { h2 id="known-h" { "What is known" } }
                div.card-b.stack {
                    @if problem.description.is_empty() { p.meta { "Nobody wrote down yet what is seen of it." } }
                    @else { div.msg-b { (prose(&problem.description)) } }
                    h3 { "Cause" }
                    @if problem.cause.is_empty() { p.meta { "Not known yet." } }
                    @else { div.msg-b { (prose(&problem.cause)) } }
                    @if !problem.fix.is_empty() { h3 { "What makes it go away" } div.msg-b { (prose(&problem.fix)) } }
                }
            }
        }
    }

    fn workaround(&self) -> Markup {
        let problem = &self.case.listed.problem;
        html! {
            section.card aria-labelledby="way-h" {
                div.card-h { h2 id="way-h" { "Workaround" } span.meta { (words::success(self.case.listed.success)) } }
                div.card-b.stack {
                    @if problem.workaround.is_empty() { p.meta { "None yet. With a cause and a workaround it becomes a known error." } }
                    @else { div.msg-b { (prose(&problem.workaround)) } }
                    @if !problem.steps.is_empty() {
                        h3 { "Steps" }
                        ol.stack-s { @for step in &problem.steps { li { (step) } } }
                        p.meta { "They become tasks of an incident on which it is applied." }
                    }
                }
            }
        }
    }

    fn facts(&self) -> Markup {
        let (problem, policy) = (&self.case.listed.problem, self.policy);
        let category = problem.category.and_then(|id| policy.categories.get(&id));
        let team = problem.team.and_then(|id| policy.teams.get(&id));
        let plain = |name: &str, value: &str| html! { div { dt { (name) } dd { (value) } } };
        html! {
            section.card aria-labelledby="facts-h" {
                div.card-h { h2 id="facts-h" { "Facts" } }
                div.card-b {
                    dl.props {
                        div {
                            dt { "Service" }
                            dd { @match problem.service { Some(id) => a.link href=(url::service(id)) { (words::service(policy, Some(id))) }, None => "–" } }
                        }
                        (plain("Category", category.map_or("–", |category| category.path.as_str())))
                        (plain("Team", team.map_or("–", |team| team.name.as_str())))
                        (plain("Owner", problem.owner.map_or("nobody", |owner| named_staff(policy, owner))))
                        div {
                            dt { "Review" }
                            dd {
                                @match problem.review_on {
                                    Some(day) if problem.is_overdue(words::today(self.who)) => (words::overdue(day)),
                                    Some(day) => (words::day(day)),
                                    None => "no day set",
                                }
                            }
                        }
                        div {
                            dt { "Opened" }
                            dd {
                                (time::moment(problem.created_at, &self.who.here))
                                @if let Some(by) = problem.created_by { ", " (named_staff(policy, by)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn cost(&self) -> Markup {
        let cost = self.case.listed.cost;
        html! {
            section.card aria-labelledby="cost-h" {
                div.card-h { h2 id="cost-h" { "Cost so far" } }
                div.card-b {
                    dl.props {
                        div { dt { "Hours lost" } dd { (words::hours(cost.seconds)) } }
                        div { dt { "Incidents" } dd { (cost.incidents) @if cost.open > 0 { ", " (cost.open) " open" } } }
                        div { dt { "Latest" } dd { @match cost.latest { Some(at) => (time::moment(at, &self.who.here)), None => "–" } } }
                        div { dt { "Workaround" } dd { (words::success(self.case.listed.success)) } }
                    }
                    p.hint { "Hours of outage of each incident, else from report to resolution. It counts the incidents that you see." }
                }
            }
        }
    }

    /// The changes of its state that make sense, each with what it needs.
    fn steps(&self) -> Markup {
        let problem = &self.case.listed.problem;
        let closes = may_close_problems(self.who.viewer()).is_ok();
        let open = self.case.incidents.iter().filter(|(row, _)| row.state.lifecycle.is_open());
        let open = open.count();
        let button = |state: ProblemState, label: &str| {
            html! { button.btn type="submit" name="state" value=(state) { (label) } }
        };
        html! {
            section.card aria-labelledby="next-h" {
                div.card-h { h2 id="next-h" { "Next" } }
                div.card-b {
                    form.form.stack id="state" method="post" action=(url::problem_of(problem.number, "state")) {
                        input type="hidden" name="version" value=(problem.version);
                        @match problem.state {
                            ProblemState::Open => {
                                div.btns { (button(ProblemState::KnownError, "It is a known error")) }
                                @if problem.cause.is_empty() || problem.workaround.is_empty() {
                                    p.hint { "It takes a cause and a workaround: " a.link href=(url::problem_of(problem.number, "edit")) { "write them down" } "." }
                                }
                                (self.resolving(open))
                            }
                            ProblemState::KnownError => {
                                div.btns { (button(ProblemState::Open, "The workaround does not hold")) }
                                (self.resolving(open))
                            }
                            ProblemState::Resolved => {
                                div.btns {
                                    @if closes { (button(ProblemState::Closed, "Close it")) }
                                    (button(ProblemState::Open, "It is back"))
                                }
                                @if !closes { p.hint { "A manager closes it." } }
                            }
                            ProblemState::Closed => {
                                @if closes { div.btns { (button(ProblemState::Open, "Take it up again")) } }
                                @else { p.hint { "A manager can take it up again." } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn resolving(&self, open: usize) -> Markup {
        html! {
            @if open > 0 {
                label.ck {
                    input type="checkbox" name="tell" value="1" checked[self.fields.ticked("tell")];
                    "Note it on " (counted(open as i64, "linked incident")) " that " @if open == 1 { "is" } @else { "are" } " open"
                }
                (Field::new("note", "What the note says").hint("Only staff read it. Left empty it says what is resolved and what made it go away.").errors(self.errors).textarea(2, self.fields.get("note").unwrap_or_default()))
            }
            div.btns { button.btn type="submit" name="state" value=(ProblemState::Resolved) { "The cause is gone: resolve it" } }
        }
    }

    fn incidents(&self) -> Markup {
        let problem = &self.case.listed.problem;
        let all = &self.case.incidents;
        let wrong = self.errors.of("incident");
        html! {
            section.card aria-labelledby="inc-h" {
                div.card-h { h2 id="inc-h" { "Incidents" } span.meta { (all.len()) } }
                @if all.is_empty() { div.card-b { p.meta { "None is linked that you see." } } }
                @else {
                    div.scroll-x tabindex="0" role="region" aria-label="Incidents of this problem" {
                        table.dt {
                            thead { tr {
                                th scope="col" { "Incident" } th scope="col" { "State" } th scope="col" { "Linked as" }
                                th scope="col" { "Reported" } th.num scope="col" { "Restored after" }
                                @if self.writes() { th scope="col" { span.vh { "Actions" } } }
                            } }
                            tbody { @for (row, ties) in all.iter().take(INCIDENTS) { (self.incident(row, ties)) } }
                        }
                    }
                    @if all.len() > INCIDENTS { div.card-b { p.meta { "and " (all.len() - INCIDENTS) " earlier" } } }
                }
                @if self.writes() && problem.state != ProblemState::Closed {
                    div.card-b {
                        form.find method="post" action=(url::problem_of(problem.number, "link")) {
                            input.inp type="text" id="incident" name="incident" value=(self.fields.text("incident")) placeholder="INC-42" aria-label="Number of an incident" autocomplete="off"
                                maxlength=(limits::QUERY_CHARS) aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "incident-e")];
                            button.btn type="submit" { (icon("link")) "Link an incident" }
                        }
                        @if let Some(error) = wrong { p.err id="incident-e" { (icon("alert")) (error) } }
                    }
                }
            }
        }
    }

    fn incident(&self, row: &IncidentRow, ties: &BTreeSet<Tie>) -> Markup {
        let state = &row.state;
        let restored = state.moments.restored.or(state.moments.resolved);
        html! {
            tr {
                th scope="row" {
                    a.link href=(url::incident(row.number)) { (row.number) " " (row.title) }
                    @if state.confidential_to.is_some() { " " (icon("lock")) span.vh { "restricted" } }
                }
                td { (incident_state::state(state)) }
                td { (ties.iter().map(|tie| tie_word(*tie)).collect::<Vec<_>>().join(", ")) }
                td { (time::moment(state.reported_at, &self.who.here)) }
                td.num { @match restored { Some(at) => (duration(at.seconds_since(state.reported_at))), None => span.muted { "–" } } }
                @if self.writes() { td.num { (self.unlink(row, ties)) } }
            }
        }
    }

    fn unlink(&self, row: &IncidentRow, ties: &BTreeSet<Tie>) -> Markup {
        let problem = self.case.listed.problem.number;
        html! {
            @if ties.iter().any(|tie| *tie != Tie::Resolution) {
                form method="post" action=(url::problem_of(problem, "unlink")) {
                    input type="hidden" name="incident" value=(row.number);
                    button.btn.btn-sm.btn-quiet.btn-icon type="submit" aria-label={ "Unlink " (row.number) } { (icon("unlink")) }
                }
            }
        }
    }
}

/// The form of an article that begins with what this problem says.
fn article(case: &Case) -> String {
    format!("{}?problem={}", url::NEW_ARTICLE, case.listed.problem.number)
}

/// How an incident names the problem.
const fn tie_word(tie: Tie) -> &'static str {
    match tie {
        Tie::Problem => "problem",
        Tie::KnownError => "known error",
        Tie::CausedBy => "cause",
        Tie::Resolution => "resolved by it",
    }
}
