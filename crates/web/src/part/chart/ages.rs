//! How old what is open is, in a table whose last column draws it.

use super::{opening, per_cent};
use maud::{Markup, html};

/// The gap between two parts of a bar, as a share of its width.
const GAP: f64 = 0.006;

/// Which of three weights a part is drawn with: those of P1 and P2, of P3, of P4 and P5.
const WEIGHTS: [u8; 5] = [1, 1, 2, 3, 3];

/// One row: how old, and how many of each priority, P1 first, and what opens them.
pub(crate) struct AgeRow {
    /// How old.
    pub(crate) label: String,
    /// How many of each priority, P1 first, and what opens them.
    pub(crate) parts: Vec<(i64, String)>,
    /// What opens all of the row.
    pub(crate) href: String,
}

impl AgeRow {
    fn sum(&self) -> i64 {
        self.parts.iter().map(|(count, _)| count).sum()
    }
}

/// The table.
pub(crate) fn ages(caption: &str, heads: &[&str], rows: &[AgeRow]) -> Markup {
    let most = rows.iter().map(AgeRow::sum).max().unwrap_or(0).max(1) as f64;
    html! {
        table.age {
            caption.vh { (caption) }
            thead { tr {
                td {}
                @for head in heads { th.num scope="col" { (head) } }
                th.num scope="col" { "Sum" }
                td.bar {}
            } }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { (row.label) }
                        @for (count, href) in &row.parts { td.num { (opening(*count, Some(href.as_str()))) } }
                        td.num { b { (opening(row.sum(), Some(row.href.as_str()))) } }
                        td.bar { (bar(row, most)) }
                    }
                }
            }
        }
    }
}

fn bar(row: &AgeRow, most: f64) -> Markup {
    html! {
        svg.abar aria-hidden="true" {
            @for (part, from, width) in widths(row, most) {
                rect class={ "ab-" (WEIGHTS.get(part).unwrap_or(&3)) } x=(per_cent(from)) width=(per_cent((width - GAP).max(GAP))) height="12" {}
            }
        }
    }
}

/// Which parts there are, where each begins and how wide it is, as shares of the longest row.
fn widths(row: &AgeRow, most: f64) -> Vec<(usize, f64, f64)> {
    let mut from = 0.0;
    let mut found = Vec::new();
    for (part, (count, _)) in row.parts.iter().enumerate().filter(|(_, (count, _))| *count > 0) {
        let width = *count as f64 / most;
        found.push((part, from, width));
        from += width;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_longest() {
        let row = |parts: &[i64]| AgeRow {
            label: "Today".to_owned(),
            parts: parts.iter().map(|count| (*count, format!("/queue?n={count}"))).collect(),
            href: "/queue".to_owned(),
        };
        let drawn = ages("Age", &["P1", "P2"], &[row(&[5, 5]), row(&[0, 2])]).into_string();
        assert!(drawn.contains(r#"class="ab-1" x="50.00%" width="49.40%""#), "{drawn}");
        assert!(drawn.contains(r#"class="ab-1" x="0.00%" width="19.40%""#), "{drawn}");
        assert!(drawn.contains(r#"<a href="/queue">10</a>"#), "{drawn}");
        assert!(drawn.contains(r#"<span class="muted">0</span>"#), "{drawn}");
    }
}
