//! When an incident is expected to be over, as its past tells: the time, the span that about four
//! of five end in, and what both come from.

use super::suggested::per_cent;
use crate::part::icon::icon;
use crate::part::time::{self, Here, counted, duration};
use crate::url;
use desk::expected::{Basis, Likely};
use maud::{Markup, html};

/// The time with its span; it opens to what it comes from.
pub(super) fn likely(likely: &Likely, here: &Here) -> Markup {
    let (at, low, high) = likely.rounded(&here.zone);
    let now = low <= here.now;
    html! {
        div.clock id="likely" {
            dt { (icon("s-progress")) "Expected back" }
            dd { b { "Likely by " (time::moment(at, here)) } }
            dd {
                details {
                    summary title="What it comes from" {
                        span {
                            "about 80% between " @if now { "now" } @else { (time::moment(low, here)) } " and " (time::moment(high, here))
                            @if let Some(late) = likely.late { ", " (per_cent(late)) " risk of a late fix" }
                        }
                        (icon("right"))
                    }
                    div.story {
                        p.meta { (basis(&likely.basis)) }
                        p.meta { "Requesters read the time alone. Who knows better sets an expected time, which then counts. " a.link href=(url::EXPECTED) { "How often it is right" } }
                    }
                }
            }
        }
    }
}

/// That nothing can be said.
pub(super) fn unknown() -> Markup {
    html! {
        div.clock id="likely" {
            dt { (icon("s-progress")) "Expected back" }
            dd { b { "No estimate yet" } }
            dd { "Fewer than 15 incidents like it lasted this long" }
        }
    }
}

/// "From 214 incidents like it: service Payroll, priority P2, in progress for 2 h or longer."
fn basis(basis: &Basis) -> String {
    let cases = counted(i64::try_from(basis.cases).unwrap_or(i64::MAX), "incident");
    let mut like: Vec<String> =
        basis.alike.iter().map(|(field, value)| format!("{field} {value}")).collect();
    let activity = &basis.activity;
    like.push(match basis.since_seconds {
        ..60 => activity.clone(),
        seconds => format!("{activity} for {} or longer", duration(seconds)),
    });
    format!("From {cases} like it: {}.", like.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::suggestions::Suggested;

    #[test]
    fn what_it_comes_from_is_a_sentence() {
        let from = Basis {
            cases: 214,
            alike: vec![(Suggested::Service, "Payroll".into()), (Suggested::Priority, "P2".into())],
            activity: "in progress".to_owned(),
            since_seconds: 7_200,
        };
        assert_eq!(
            basis(&from),
            "From 214 incidents like it: service Payroll, priority P2, in progress for 2 h or longer."
        );
        let fresh = Basis { alike: vec![], activity: "new".to_owned(), since_seconds: 5, ..from };
        assert_eq!(basis(&fresh), "From 214 incidents like it: new.");
    }
}
