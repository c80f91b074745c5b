//! Charts as drawings in the page: pure functions from plain values, placed in per cent of their
//! box so that nothing distorts. Each says in a sentence what it shows and is one image to those
//! who listen; the numbers stand as links in a table beside it.

mod ages;
mod bullets;
mod flow;
mod heat;
mod line;

pub(crate) use ages::{AgeRow, ages};
pub(crate) use bullets::{Bullet, bullets};
pub(crate) use flow::{FlowPoint, flow};
pub(crate) use heat::{HeatRow, heat};
pub(crate) use line::{LinePoint, line};

use maud::{Markup, html};

/// A place or length in per cent of the box: "66.67%".
fn per_cent(share: f64) -> String {
    format!("{:.2}%", (share * 100.0).clamp(0.0, 100.0))
}

/// A place in pixels or in hundredths of a box: "12.50".
fn place(value: f64) -> String {
    format!("{value:.2}")
}

/// The middle of the `at`th of `count` columns that share the width.
fn middle(at: usize, count: usize) -> f64 {
    (at as f64 + 0.5) / count.max(1) as f64
}

/// Which of `count` labels along an axis are written, so that they do not touch: the first, and
/// those after each third.
fn labelled(count: usize) -> Vec<usize> {
    let mut at = vec![0, count / 3, count * 2 / 3];
    at.retain(|place| *place < count);
    at.dedup();
    at
}

/// A number that opens what is behind it; nothing opens nothing.
pub(crate) fn opening(count: i64, href: Option<&str>) -> Markup {
    html! {
        @match href {
            Some(href) if count != 0 => a href=(href) { (count) },
            _ => span.muted { (count) },
        }
    }
}

/// What a drawing shows, as a table that opens.
pub(crate) fn as_table(name: &str, table: Markup) -> Markup {
    html! {
        details.ch-t {
            summary class="btn btn-quiet btn-sm" { "As a table" span.vh { ": " (name) } }
            div.scroll-x.mts tabindex="0" role="region" aria-label=(name) { (table) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_apart_and_each_once() {
        assert_eq!(labelled(12), [0, 4, 8]);
        assert_eq!(labelled(2), [0, 1]);
        assert_eq!(labelled(1), [0]);
        assert!(labelled(0).is_empty());
    }

    #[test]
    fn places_stay_in_the_box() {
        assert_eq!(
            (per_cent(2.0 / 3.0), per_cent(-1.0), per_cent(7.0)),
            ("66.67%".into(), "0.00%".into(), "100.00%".into())
        );
        assert_eq!(middle(0, 1), 0.5);
    }

    #[test]
    fn nothing_opens_nothing() {
        assert_eq!(opening(0, Some("/queue")).into_string(), r#"<span class="muted">0</span>"#);
        assert_eq!(opening(3, Some("/queue")).into_string(), r#"<a href="/queue">3</a>"#);
    }
}
