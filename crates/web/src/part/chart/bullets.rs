//! A share per row against a goal.

use super::per_cent;
use maud::{Markup, html};

/// Per cents between two marks at which an axis may begin.
const STEP: f64 = 5.0;
/// How far before the goal an axis begins, in times of what the goal leaves open.
const BEFORE_GOAL: f64 = 2.0;

/// One row: what it is of, its share, and what stands beside it.
pub(crate) struct Bullet {
    /// What it is of.
    pub(crate) label: Markup,
    /// The share in per cent; nothing where nothing was measured.
    pub(crate) share: Option<f64>,
    /// The share as a link.
    pub(crate) value: Markup,
    /// What it is a share of.
    pub(crate) beside: Markup,
}

/// Where the axis begins, in per cent: before the goal and before the lowest share.
fn axis_from(goal: f64, shares: impl Iterator<Item = f64>) -> f64 {
    let usual = goal - BEFORE_GOAL * (100.0 - goal);
    let least = shares.fold(usual, f64::min);
    let least = if least < usual { least - STEP } else { least };
    ((least / STEP).floor() * STEP).clamp(0.0, 95.0)
}

/// The rows with the goal marked in each; a share below the goal is the deviation. Each row says
/// its numbers in words, so the bars are for the eye alone.
pub(crate) fn bullets(goal: f64, rows: &[Bullet]) -> Markup {
    let from = axis_from(goal, rows.iter().filter_map(|row| row.share));
    let on_axis = |share: f64| per_cent((share - from) / (100.0 - from));
    html! {
        ul.bullets {
            @for row in rows {
                li {
                    (row.label)
                    svg.bul aria-hidden="true" {
                        rect.b-base y="2" width="100%" height="12" rx="2" {}
                        @if let Some(share) = row.share {
                            rect class=(if share < goal { "b-miss" } else { "b-val" }) y="5" width=(on_axis(share)) height="6" rx="1" {}
                        }
                        rect.b-tgt x=(on_axis(goal)) y="0" width="2" height="16" {}
                    }
                    (row.value)
                    span.meta.num { (row.beside) }
                }
            }
        }
        p.meta.mts { "Axis from " (from) " to 100%; the mark is the goal." }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_holds_every_share_and_the_goal() {
        let from = |goal: f64, shares: &[f64]| axis_from(goal, shares.iter().copied());
        assert_eq!(from(95.0, &[92.3, 100.0]), 85.0);
        assert_eq!(from(95.0, &[71.0]), 65.0);
        assert_eq!(from(95.0, &[0.0]), 0.0);
        assert_eq!(from(95.0, &[]), 85.0);
        assert_eq!(from(100.0, &[100.0]), 95.0);
        assert_eq!(from(50.0, &[50.0]), 0.0);
    }

    #[test]
    fn colour_is_for_what_misses_the_goal() {
        let bullet = |share| Bullet {
            label: html! { "P1" },
            share,
            value: html! { "value" },
            beside: html! { "beside" },
        };
        let drawn = |share| bullets(95.0, &[bullet(share)]).into_string();
        assert!(drawn(Some(92.0)).contains("b-miss") && !drawn(Some(92.0)).contains("b-val"));
        assert!(drawn(Some(95.0)).contains("b-val") && !drawn(Some(95.0)).contains("b-miss"));
        assert!(!drawn(None).contains("b-val") && !drawn(None).contains("b-miss"));
    }
}
