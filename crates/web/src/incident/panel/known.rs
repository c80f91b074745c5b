//! The problems and known errors that an incident names: how to live with each, and whether that
//! helped before.

use crate::incident::known::Known;
use crate::incident::view::View;
use crate::incident::words::short;
use crate::part::icon::icon;
use crate::problems::words;
use crate::url;
use incident::CommandName as C;
use incident::state::Lifecycle;
use maud::{Markup, html};
use store::directory::ProblemState;

/// Characters of a workaround in the panel; the whole of it stands on its page.
const WORDS_SHOWN: usize = 240;

/// The cards.
pub(super) fn section(view: &View<'_>, patch: Option<&str>) -> Markup {
    html! {
        div id="known" data-patch=[patch] {
            @for known in &view.case.known { (card(view, known)) }
        }
    }
}

/// The ways to a new problem and to an article.
pub(super) fn ways(view: &View<'_>) -> Markup {
    let (case, state) = (view.case, view.case.state());
    let writes_article = matches!(state.lifecycle, Lifecycle::Resolved | Lifecycle::Closed)
        && state.resolution.is_some()
        && state.confidential_to.is_none();
    html! {
        @if view.rights.works {
            div.btns.mts {
                a class="btn btn-quiet btn-sm" href=(url::new_problem(&[case.number])) data-key="b" { (icon("book")) "Open a problem" }
                @if writes_article {
                    form method="post" action={ (url::incident(case.number)) "/article" } {
                        button class="btn btn-quiet btn-sm" type="submit" data-name="Make an article of this" { (icon("plus")) "Make an article of this" }
                    }
                }
            }
        }
    }
}

fn card(view: &View<'_>, known: &Known) -> Markup {
    let problem = &known.problem;
    let id = format!("ke-{}", problem.number);
    let is_known = problem.state == ProblemState::KnownError;
    let applies = is_known && view.rights.works && view.can(C::AddTask);
    html! {
        section.sec aria-labelledby=(id) {
            div.sec-h {
                h2 id=(id) { @if is_known { "Known error with a workaround" } @else { "Problem behind it" } }
                (words::state(problem.state))
            }
            p { a.link href=(url::problem(problem.number)) { (problem.number) " " (problem.title) } }
            p.meta.mts {
                @if problem.workaround.is_empty() {
                    "No workaround yet. "
                    @if view.rights.works { a.link href=(url::problem_of(problem.number, "edit")) { "Write down what helps" } }
                }
                @else { (short(&problem.workaround, WORDS_SHOWN)) " " }
                @if known.success.judged > 0 { "It " (words::success(known.success)) "." }
            }
            @if applies {
                div.btns.mts {
                    a class="btn btn-sm" href=(url::apply_workaround(view.case.number, problem.number)) data-name={ "Apply the workaround of " (problem.number) } { (icon("wrench")) "Apply workaround" }
                }
            }
        }
    }
}
