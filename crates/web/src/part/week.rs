//! The ordinary week of a calendar: a picture of its hours, and how long its days are.

use crate::part::duration::WHOLE_DAY;
use calendar::{Calendar, Definition, Week};
use kernel::Timestamp;
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

/// The weekdays, from Monday.
pub(crate) const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// 2024-01-01T00:00:00Z, a Monday.
const MONDAY: i64 = 1_704_067_200_000_000;
/// Height of a weekday, and of the whole picture, in CSS pixels.
const ROW: usize = 16;
/// Times written under the picture.
const HOURS: [i64; 5] = [0, 6, 12, 18, 24];

/// When each weekday is open, in seconds since its midnight, from Monday. What runs past
/// midnight stands on both days; a week that cannot be one is closed.
fn open(week: &Week) -> [Vec<(i64, i64)>; 7] {
    let mut days: [Vec<(i64, i64)>; 7] = Default::default();
    let Ok(calendar) = Calendar::new(&Definition::new("UTC", week.clone())) else { return days };
    for (day, open) in days.iter_mut().enumerate() {
        let midnight = Timestamp::from_micros(MONDAY).plus_seconds(day as i64 * WHOLE_DAY);
        let spans = calendar.open_spans(midnight, midnight.plus_seconds(WHOLE_DAY));
        open.extend(
            spans
                .map(|span| (span.start.seconds_since(midnight), span.end.seconds_since(midnight))),
        );
    }
    days
}

/// How long a day of this week is, in seconds: as long as most of its days, the longer ones
/// where as many are shorter; a whole day where no day is open.
pub(crate) fn day_seconds(week: &Week) -> i64 {
    let days = open(week).map(|spans| spans.iter().map(|(from, to)| to - from).sum::<i64>());
    let common = |length: &i64| days.iter().filter(|other| *other == length).count();
    let longest = days.iter().filter(|length| **length > 0).max_by_key(|one| (common(one), **one));
    longest.copied().unwrap_or(WHOLE_DAY)
}

/// The picture: a line for each weekday, filled while it is open. `words` say the same.
pub(crate) fn picture(week: &Week, words: &str) -> Markup {
    let mut svg = String::with_capacity(2_048);
    // Writing to a string does not fail.
    let mut put = |part: std::fmt::Arguments<'_>| _ = svg.write_fmt(part);
    for (day, spans) in open(week).iter().enumerate() {
        put(format_args!(
            r#"<text x="-32" y="{}">{}</text><svg y="{}" width="100%" height="11"><rect class="wk-b" width="100%" height="10" rx="2"/>"#,
            day * ROW + 13,
            WEEKDAYS[day],
            day * ROW + 4
        ));
        for (from, to) in spans {
            put(format_args!(
                r#"<rect class="wk-r" x="{:.2}%" width="{:.2}%" height="10"/>"#,
                share(*from),
                share(to - from)
            ));
        }
        put(format_args!("</svg>"));
    }
    for hour in HOURS {
        let anchor = if hour == 0 {
            "start"
        } else if hour == 24 {
            "end"
        } else {
            "middle"
        };
        put(format_args!(
            r#"<text x="{:.2}%" y="{}" text-anchor="{anchor}">{hour:02}:00</text>"#,
            share(hour * 3_600),
            7 * ROW + 16
        ));
    }
    html! {
        div.sl-w role="img" aria-label={ "Open " (words) } {
            svg.wk aria-hidden="true" { (PreEscaped(svg)) }
        }
    }
}

/// Per cent of a day.
fn share(seconds: i64) -> f64 {
    seconds as f64 / WHOLE_DAY as f64 * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Hours;

    #[test]
    fn a_day_is_as_long_as_most_days() {
        assert_eq!(day_seconds(&Week::weekdays("08:00", "18:00")), 36_000);
        assert_eq!(day_seconds(&Week::always()), WHOLE_DAY);
        assert_eq!(day_seconds(&Week::default()), WHOLE_DAY);
        let mut week = Week::weekdays("08:00", "18:00");
        week.fri = vec![Hours::new("08:00", "14:00")];
        assert_eq!(day_seconds(&week), 36_000);
        let even = Week { fri: week.fri, thu: week.thu, ..Week::default() };
        assert_eq!(day_seconds(&even), 36_000);
    }

    #[test]
    fn what_runs_past_midnight_stands_on_both_days() {
        let night = Week { sun: vec![Hours::new("22:00", "06:00")], ..Week::default() };
        let days = open(&night);
        assert_eq!(days[6], [(79_200, 86_400)]);
        assert_eq!(days[0], [(0, 21_600)]);
        assert!(days[1].is_empty());
        let html = picture(&night, "Sun 22:00–06:00").into_string();
        assert!(html.contains(r#"<rect class="wk-r" x="91.67%" width="8.33%" height="10"/>"#));
        assert!(html.contains(r#"aria-label="Open Sun 22:00–06:00""#));
    }
}
