//! A median and a ninetieth percentile over time, with the band between them.

use super::{labelled, middle, per_cent, place};
use crate::part::time::duration;
use maud::{Markup, html};

/// Pixels from the top to the highest line, and from there to the lowest.
const TOP: f64 = 18.0;
const HIGH: f64 = 132.0;
/// Where the labels of the axis of time stand, in pixels.
const LABELS: f64 = 172.0;
/// Round lengths at which an axis may end, in seconds; beyond the last it is doubled.
const ENDS: [f64; 17] = [
    60.0,
    120.0,
    300.0,
    600.0,
    1_200.0,
    2_400.0,
    3_600.0,
    7_200.0,
    14_400.0,
    28_800.0,
    43_200.0,
    86_400.0,
    172_800.0,
    345_600.0,
    864_000.0,
    1_728_000.0,
    3_456_000.0,
];

/// One span of time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LinePoint {
    /// How it is called on the axis.
    pub(crate) label: String,
    /// The median in seconds; nothing where there were too few.
    pub(crate) middle: Option<f64>,
    /// Within which nine of ten lie.
    pub(crate) high: Option<f64>,
    /// Whether another level begins here.
    pub(crate) changes: bool,
}

/// The chart; `says` tells in a sentence what it shows.
pub(crate) fn line(points: &[LinePoint], says: &str) -> Markup {
    let most = points.iter().flat_map(|point| [point.middle, point.high]).flatten();
    let end = axis_end(most.fold(0.0, f64::max));
    let last = |of: fn(&LinePoint) -> Option<f64>| {
        points.iter().enumerate().rev().find_map(|(at, point)| Some((at, of(point)?)))
    };
    let (low, high) = (last(|point| point.middle), last(|point| point.high));
    html! {
        svg.chart.line role="img" aria-label=(says) {
            (grid(end))
            svg viewBox="0 0 100 100" preserveAspectRatio="none" x="0" y=(place(TOP)) width="100%" height=(place(HIGH)) overflow="visible" {
                @for band in bands(points, end) { polygon.c-band points=(band) {} }
                @for run in runs(points, end, |point| point.high) { polyline.c-p90 points=(run) {} }
                @for run in runs(points, end, |point| point.middle) { polyline.c-p50 points=(run) {} }
            }
            (levels(end))
            @if let Some((at, value)) = low {
                circle.c-end cx=(per_cent(middle(at, points.len()))) cy=(place(down(value, end))) r="3" {}
                text.c-lab x="100%" y=(place(down(value, end) - 9.0)) text-anchor="end" { (duration(value as i64)) }
            }
            @if let Some((_, value)) = high.filter(|(_, value)| apart(*value, low.map(|(_, value)| value), end)) {
                text.c-lab2 x="100%" y=(place(down(value, end) - 9.0)) text-anchor="end" { (duration(value as i64)) }
            }
            @for (at, _) in points.iter().enumerate().filter(|(_, point)| point.changes) {
                @let x = per_cent(at as f64 / points.len() as f64);
                line.c-chg x1=(x) x2=(x) y1=(place(TOP)) y2=(place(TOP + HIGH)) {}
            }
            @for at in labelled(points.len()) {
                text.c-tick x=(per_cent(at as f64 / points.len() as f64)) y=(place(LABELS)) { (points[at].label) }
            }
        }
    }
}

fn grid(end: f64) -> Markup {
    html! {
        @for share in [1.0, 0.5, 0.0] {
            line.c-grid x1="0" x2="100%" y1=(place(down(end * share, end))) y2=(place(down(end * share, end))) {}
        }
    }
}

/// What the lines of the grid stand for, above what is drawn on them.
fn levels(end: f64) -> Markup {
    html! {
        @for share in [1.0, 0.5] {
            text.c-tick x="0" y=(place(down(end * share, end) - 4.0)) { (duration((end * share) as i64)) }
        }
    }
}

/// Whether two labels do not touch.
fn apart(value: f64, other: Option<f64>, end: f64) -> bool {
    other.is_none_or(|other| (down(value, end) - down(other, end)).abs() > 12.0)
}

/// How far down a value lies, in pixels.
fn down(value: f64, end: f64) -> f64 {
    TOP + HIGH * (1.0 - value / end)
}

/// Where an axis ends that has to hold a value: at a round length.
fn axis_end(most: f64) -> f64 {
    let mut end = ENDS.into_iter().find(|end| most <= *end).unwrap_or(ENDS[ENDS.len() - 1]);
    while end < most && end.is_finite() {
        end *= 2.0;
    }
    end
}

fn point(at: usize, count: usize, value: f64, end: f64) -> String {
    format!("{:.2},{:.2}", middle(at, count) * 100.0, 100.0 * (1.0 - value / end))
}

/// The line of a value, interrupted where there is none.
fn runs(points: &[LinePoint], end: f64, of: fn(&LinePoint) -> Option<f64>) -> Vec<String> {
    let mut runs: Vec<Vec<String>> = vec![vec![]];
    for (at, one) in points.iter().enumerate() {
        match (of(one), runs.last_mut()) {
            (Some(value), Some(run)) => run.push(point(at, points.len(), value, end)),
            _ => runs.push(vec![]),
        }
    }
    runs.into_iter().filter(|run| !run.is_empty()).map(|run| run.join(" ")).collect()
}

/// What lies between the two lines.
fn bands(points: &[LinePoint], end: f64) -> Vec<String> {
    let mut bands: Vec<(Vec<String>, Vec<String>)> = vec![(vec![], vec![])];
    for (at, one) in points.iter().enumerate() {
        match (one.high.zip(one.middle), bands.last_mut()) {
            (Some((high, low)), Some((above, below))) => {
                above.push(point(at, points.len(), high, end));
                below.push(point(at, points.len(), low, end));
            }
            _ => bands.push((vec![], vec![])),
        }
    }
    let closed = |(above, below): (Vec<String>, Vec<String>)| {
        let around: Vec<String> = above.into_iter().chain(below.into_iter().rev()).collect();
        around.join(" ")
    };
    bands.into_iter().filter(|(above, _)| !above.is_empty()).map(closed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(middle: Option<f64>, high: Option<f64>) -> LinePoint {
        LinePoint { label: "7 Sep".to_owned(), middle, high, changes: false }
    }

    #[test]
    fn an_axis_ends_at_a_round_length() {
        for (most, end) in [
            (0.0, 60.0),
            (60.0, 60.0),
            (61.0, 120.0),
            (50_000.0, 86_400.0),
            (4_000_000.0, 6_912_000.0),
        ] {
            assert_eq!(axis_end(most), end, "{most}");
        }
    }

    #[test]
    fn a_week_without_a_value_interrupts_the_line() {
        let points = [
            at(Some(60.0), Some(120.0)),
            at(None, None),
            at(Some(60.0), Some(120.0)),
            at(Some(30.0), Some(90.0)),
        ];
        assert_eq!(runs(&points, 120.0, |point| point.middle).len(), 2);
        assert_eq!(bands(&points, 120.0).len(), 2);
        assert_eq!(runs(&points, 120.0, |point| point.middle)[0], "12.50,50.00");
        assert!(runs(&[at(None, None)], 120.0, |point| point.high).is_empty());
    }

    #[test]
    fn a_new_level_is_marked_where_it_begins() {
        let changed = LinePoint { changes: true, ..at(Some(90.0), Some(120.0)) };
        let drawn = line(&[at(Some(60.0), Some(90.0)), changed], "It took longer").into_string();
        assert!(drawn.contains(r#"class="c-chg" x1="50.00%" x2="50.00%""#), "{drawn}");
    }

    #[test]
    fn it_is_an_image_with_a_sentence_even_when_empty() {
        let drawn = line(&[], "Nothing was resolved").into_string();
        assert!(drawn.contains(r#"role="img" aria-label="Nothing was resolved""#), "{drawn}");
    }
}
