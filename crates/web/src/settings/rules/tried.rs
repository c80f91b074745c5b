//! What a rule would have done, as a card above its form.

use crate::part::icon::icon;
use crate::part::time::{self, Here, counted};
use crate::url;
use desk::{TRIAL_SHOWN, Trial};
use incident::rules::{Moment, Rule};
use maud::{Markup, html};

/// Days looked back: a quarter.
pub(super) const DAYS: i64 = 91;

/// The result of a trial.
pub(super) fn card(rule: &Rule, trial: &Trial, here: &Here) -> Markup {
    let reports = rule.on.iter().all(|moment| *moment == Moment::Reported);
    html! {
        section.card id="tried" aria-labelledby="tried-h" {
            div.card-h {
                h2 id="tried-h" { "Tried on the past" }
                span.meta { "nothing was saved or changed" }
            }
            div.card-b.stack-s {
                p {
                    "Would have matched " b { (trial.matched) } " of " (counted(trial.judged as i64, "incident"))
                    " that you see of the last " (DAYS) " days"
                    @if !trial.complete { ", of which only the newest were looked at" }
                    "."
                }
                p.hint {
                    @if reports { "Each incident is judged as it was when it was reported." }
                    @else {
                        "Each incident is judged after every command it got"
                        @if rule.wait.is_some() { ", and when the wait was over" }
                        "; the time is that of the first match."
                    }
                    " Names and marks of people are those of now."
                }
            }
            @if !trial.found.is_empty() { (matches(trial, here)) }
        }
    }
}

fn matches(trial: &Trial, here: &Here) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Incidents that would have matched" {
            table.dt {
                thead { tr { th scope="col" { "Incident" } th scope="col" { "When" } th scope="col" { "Because" } th.num scope="col" { "Times" } } }
                tbody { @for (row, hit) in &trial.found {
                    tr {
                        th scope="row" { a href=(url::incident(row.number)) { (row.number) } " " (row.title) }
                        td { (time::moment(hit.at, here)) }
                        td { (hit.because) }
                        td.num { (hit.times) }
                    }
                } }
            }
        }
        @if trial.matched > TRIAL_SHOWN {
            div.card-b { p.hint { (icon("dots")) "The newest " (TRIAL_SHOWN) " are shown." } }
        }
    }
}
