//! When things arrive: a table of weekdays and hours, the darker the more.

use super::opening;
use maud::{Markup, html};

/// Hours of a day.
const HOURS: usize = 24;
/// Hours between two that are written at the top.
const WRITTEN: usize = 3;
/// The darkest of the steps that follow nothing.
const STEPS: i64 = 5;

/// One day of the week.
pub(crate) struct HeatRow {
    /// How it is called.
    pub(crate) label: String,
    /// How many came in each hour, and what opens them.
    pub(crate) hours: Vec<(i64, Option<String>)>,
    /// How many came on all of them, and what opens them.
    pub(crate) all: (i64, Option<String>),
}

/// The table; `noun` is what is counted.
pub(crate) fn heat(caption: &str, noun: &str, rows: &[HeatRow]) -> Markup {
    let most = rows.iter().flat_map(|row| &row.hours).map(|(count, _)| *count).max().unwrap_or(0);
    html! {
        table.heat {
            caption.vh { (caption) }
            thead { tr {
                td {}
                @for hour in 0..HOURS {
                    th scope="col" { span.vh[!hour.is_multiple_of(WRITTEN)] { (format!("{hour:02}")) } }
                }
                th.num scope="col" { "Sum" }
            } }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { (row.label) }
                        @for (hour, (count, href)) in row.hours.iter().enumerate() {
                            td class={ "h" (step(*count, most)) } title=(told(&row.label, hour, *count, noun)) {
                                @if *count == 0 { span.vh { "0" } } @else { (opening(*count, href.as_deref())) }
                            }
                        }
                        td.num { (opening(row.all.0, row.all.1.as_deref())) }
                    }
                }
            }
        }
    }
}

/// "Mon 07:00 to 07:59, 9 incidents".
fn told(day: &str, hour: usize, count: i64, noun: &str) -> String {
    format!("{day} {hour:02}:00 to {hour:02}:59, {}", crate::part::time::counted(count, noun))
}

/// How dark a cell is: nothing is 0, the most is the darkest.
fn step(count: i64, most: i64) -> i64 {
    match count {
        ..=0 => 0,
        count => (count * STEPS + most - 1).div_euclid(most.max(1)).clamp(1, STEPS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_the_darker() {
        assert_eq!([0, 1, 3, 7, 13, 14].map(|count| step(count, 14)), [0, 1, 2, 3, 5, 5]);
        assert_eq!(step(1, 1), 5);
        assert_eq!(step(0, 0), 0);
    }

    #[test]
    fn every_hour_with_something_opens_it() {
        let mut hours = vec![(0, None); HOURS];
        hours[9] = (14, Some("/queue?q=monday".to_owned()));
        let row = HeatRow { label: "Mon".to_owned(), hours, all: (14, Some("/queue".to_owned())) };
        let drawn = heat("Arrivals", "incident", &[row]).into_string();
        assert!(drawn.contains(r#"<a href="/queue?q=monday">14</a>"#), "{drawn}");
        assert!(drawn.contains("Mon 09:00 to 09:59, 14 incidents"), "{drawn}");
        assert_eq!(drawn.matches("<a ").count(), 2);
    }
}
