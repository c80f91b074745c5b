//! What came in and what went out, with what was open as a line above.

use super::{labelled, middle, per_cent, place};
use maud::{Markup, html};

/// Pixels of the line above, of the bars upwards and downwards, and where they begin.
const LINE: f64 = 36.0;
const GROUND: f64 = 132.0;
const UP: f64 = 72.0;
const DOWN: f64 = 36.0;
/// Where the labels of the axis of time stand, in pixels.
const LABELS: f64 = 190.0;
/// The share of its column that a bar fills.
const FILLED: f64 = 0.66;

/// One span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FlowPoint {
    /// How it is called on the axis.
    pub(crate) label: String,
    /// How many came.
    pub(crate) came: i64,
    /// How many went.
    pub(crate) went: i64,
    /// How many were open at its end.
    pub(crate) open: i64,
    /// Whether another level of what comes begins here.
    pub(crate) changes: bool,
}

/// The chart; `says` tells in a sentence what it shows. Both directions have one scale.
pub(crate) fn flow(points: &[FlowPoint], says: &str) -> Markup {
    let count = points.len().max(1) as f64;
    let scale = scale(points);
    let bar = |at: usize| per_cent((at as f64 + (1.0 - FILLED) / 2.0) / count);
    html! {
        svg.chart.flow role="img" aria-label=(says) {
            svg viewBox="0 0 100 36" preserveAspectRatio="none" y="0" width="100%" height=(place(LINE)) overflow="visible" {
                @if let Some(line) = backlog(points) { polyline.c-back points=(line) {} }
            }
            @if let (Some(first), Some(last)) = (points.first(), points.last()) {
                text.c-lab2 x="0" y=(place(LINE + 12.0)) { (first.open) " open" }
                text.c-lab x="100%" y=(place(LINE + 12.0)) text-anchor="end" { (last.open) " open" }
            }
            line.c-axis x1="0" x2="100%" y1=(place(GROUND)) y2=(place(GROUND)) {}
            @for (at, point) in points.iter().enumerate() {
                @let (up, down) = (point.came as f64 * scale, point.went as f64 * scale);
                rect.c-in x=(bar(at)) y=(place(GROUND - up)) width=(per_cent(FILLED / count)) height=(place(up)) {}
                rect.c-out x=(bar(at)) y=(place(GROUND + 2.0)) width=(per_cent(FILLED / count)) height=(place(down)) {}
            }
            @for (at, _) in points.iter().enumerate().filter(|(_, point)| point.changes) {
                line.c-chg x1=(per_cent(at as f64 / count)) x2=(per_cent(at as f64 / count)) y1=(place(LINE + 20.0)) y2=(place(GROUND + DOWN)) {}
            }
            @for at in labelled(points.len()) {
                text.c-tick x=(per_cent(at as f64 / count)) y=(place(LABELS)) { (points[at].label) }
            }
        }
    }
}

/// Pixels of one incident.
fn scale(points: &[FlowPoint]) -> f64 {
    let most = |of: fn(&FlowPoint) -> i64| points.iter().map(of).max().unwrap_or(0).max(1) as f64;
    (UP / most(|point| point.came)).min(DOWN / most(|point| point.went))
}

/// The line of what was open, over the whole of its height.
fn backlog(points: &[FlowPoint]) -> Option<String> {
    let least = points.iter().map(|point| point.open).min()?;
    let most = points.iter().map(|point| point.open).max()?;
    let range = (most - least).max(1) as f64;
    let spot = |(at, point): (usize, &FlowPoint)| {
        let height = (point.open - least) as f64 / range;
        format!("{:.2},{:.1}", middle(at, points.len()) * 100.0, 34.0 - 28.0 * height)
    };
    Some(points.iter().enumerate().map(spot).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(came: i64, went: i64, open: i64) -> FlowPoint {
        FlowPoint { label: "26 Oct".to_owned(), came, went, open, changes: false }
    }

    #[test]
    fn one_incident_is_as_high_upwards_as_downwards() {
        assert_eq!(scale(&[day(36, 1, 0)]), 2.0);
        assert_eq!(scale(&[day(1, 36, 0)]), 1.0);
        assert_eq!(scale(&[]), 36.0);
    }

    #[test]
    fn a_new_level_is_marked_where_it_begins() {
        let changed = FlowPoint { changes: true, ..day(9, 1, 8) };
        let drawn = flow(&[day(1, 1, 0), changed], "More came").into_string();
        assert!(drawn.contains(r#"class="c-chg" x1="50.00%""#), "{drawn}");
        assert!(drawn.contains(r#"role="img" aria-label="More came""#), "{drawn}");
    }

    #[test]
    fn the_backlog_uses_its_height() {
        let line = backlog(&[day(0, 0, 57), day(7, 0, 64)]).unwrap();
        assert_eq!(line, "25.00,34.0 75.00,6.0");
        assert_eq!(backlog(&[]), None);
        assert_eq!(backlog(&[day(0, 0, 5)]).unwrap(), "50.00,34.0");
    }
}
