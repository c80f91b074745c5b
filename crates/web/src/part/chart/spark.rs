//! A row of small bars: how something went of late.

use super::{per_cent, place};
use maud::{Markup, html};

/// Pixels of the highest bar, and of one that stands for nothing.
const HIGH: f64 = 18.0;
const NOTHING: f64 = 1.0;
/// The share of its column that a bar fills.
const FILLED: f64 = 0.72;

/// The bars, the newest last. The numbers stand beside it, so it is for the eye alone.
pub(crate) fn spark(counts: &[i64]) -> Markup {
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let columns = counts.len().max(1) as f64;
    html! {
        svg.spark aria-hidden="true" {
            @for (at, count) in counts.iter().enumerate() {
                @let high = (*count as f64 / most * HIGH).max(NOTHING);
                rect x=(per_cent(at as f64 / columns)) y=(place(20.0 - high)) width=(per_cent(FILLED / columns)) height=(place(high)) rx=".5" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_height() {
        let drawn = spark(&[0, 4]).into_string();
        assert!(drawn.contains(r#"y="19.00""#) && drawn.contains(r#"y="2.00""#), "{drawn}");
    }
}
