//! "Try it": one made-up report under the terms of the form, before anything is saved. When it
//! would be due, and how the clock gets there.

use crate::form::Fields;
use crate::part::duration::exact;
use crate::part::week::WEEKDAYS;
use calendar::{Calendar, Reason, SkippedDay};
use jiff::ToSpan;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use kernel::{Priority, Timestamp};
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

/// What is tried when nothing is chosen: a P2 on Friday afternoon.
const USUAL: (&str, usize, &str) = ("P2", 4, "16:30");
/// Where the line begins and ends, in per cent of the drawing.
const ENDS: (f64, f64) = (6.0, 94.0);
/// Per cent that a letter takes on the narrowest drawing.
const LETTER: f64 = 2.3;
/// Days that are named one by one.
const NAMED_DAYS: usize = 6;

/// A made-up report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Try {
    /// Its priority.
    pub(super) priority: Priority,
    /// From Monday, 0.
    weekday: usize,
    /// As typed.
    time: String,
}

impl Try {
    /// What the form asks for, or the usual one.
    pub(super) fn of(fields: &Fields) -> Try {
        let known = |text: &str| Priority::ALL.into_iter().find(|one| one.to_string() == text);
        let usual = || known(USUAL.0).unwrap_or(Priority::ALL[1]);
        let day = fields.text("try_day").parse().ok().filter(|day| *day < WEEKDAYS.len());
        Try {
            priority: known(fields.text("try_priority")).unwrap_or_else(usual),
            weekday: day.unwrap_or(USUAL.1),
            time: fields.filled("try_time").unwrap_or(USUAL.2).to_owned(),
        }
    }

    /// The next time it can happen, on the wall clock of a zone. `None`: it is no time of day.
    pub(super) fn start(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let (hours, minutes) = self.time.split_once([':', '.'])?;
        let time = Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()?;
        let now = now.to_jiff().to_zoned(zone.clone());
        let ahead =
            (self.weekday as i64 - i64::from(now.weekday().to_monday_zero_offset())).rem_euclid(7);
        let mut at = DateTime::from_parts(now.date().checked_add(ahead.days()).ok()?, time);
        if at < now.datetime() {
            at = at.checked_add(7.days()).ok()?;
        }
        Some(Timestamp::from_jiff(at.to_zoned(zone.clone()).ok()?.timestamp()))
    }

    /// The fields that say what is tried; they belong to the form with this id.
    pub(super) fn fields(&self, form: &str) -> Markup {
        let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        html! {
            p.try {
                "A "
                select.inp name="try_priority" form=(form) aria-label="Priority" {
                    @for priority in Priority::ALL { option value=(priority) selected[priority == self.priority] { (priority) } }
                }
                " raised "
                select.inp name="try_day" form=(form) aria-label="Day" {
                    @for (at, day) in days.iter().enumerate() { option value=(at) selected[at == self.weekday] { (day) } }
                }
                " at "
                input.inp name="try_time" form=(form) aria-label="Time" type="text" inputmode="numeric" maxlength="5" autocomplete="off" value=(self.time);
            }
        }
    }
}

/// Moments as they are said about a calendar: on its own wall clock.
pub(super) struct Wall<'a> {
    /// The calendar's zone.
    pub(super) zone: &'a TimeZone,
    /// What the moments are told from.
    pub(super) from: Timestamp,
}

impl Wall<'_> {
    /// "Mon 10:30" within six days, else "Mon 14 Dec, 10:30".
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let local = |at: Timestamp| at.to_jiff().to_zoned(self.zone.clone());
        let (from, at) = (local(self.from), local(at));
        let apart = from.date().until(at.date()).map_or(i32::MAX, |span| span.get_days().abs());
        let form = if apart <= 6 { "%a %H:%M" } else { "%a %-d %b, %H:%M" };
        at.strftime(form).to_string()
    }
}

/// A stretch of the way to the due instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    counts: bool,
}

/// The way from the report to the due instant: what counts, and what rests between.
fn way(calendar: &Calendar, start: Timestamp, due: Timestamp) -> Vec<Stretch> {
    let mut way = Vec::new();
    let mut at = start;
    for span in calendar.open_spans(start, due) {
        if span.start > at {
            way.push(Stretch { from: at, to: span.start, counts: false });
        }
        way.push(Stretch { from: span.start, to: span.end, counts: true });
        at = span.end;
    }
    way
}

/// The keel line of a promise, as a drawing and as a sentence.
pub(super) fn line(
    calendar: &Calendar,
    wall: &Wall<'_>,
    start: Timestamp,
    due: Timestamp,
) -> Markup {
    let way = way(calendar, start, due);
    let widths = widths(&way);
    html! {
        svg.try-k role="img" aria-label=(sentence(calendar, wall, &way)) {
            (PreEscaped(drawing(calendar, wall, &way, &widths)))
        }
    }
}

/// Per cent of each stretch: rests take the same, what counts takes its share of the remainder.
fn widths(way: &[Stretch]) -> Vec<f64> {
    let length = ENDS.1 - ENDS.0;
    let rests = way.iter().filter(|stretch| !stretch.counts).count();
    let resting = match rests {
        0 => 0.0,
        1 => 26.0,
        _ => length * 0.5,
    };
    let seconds = |stretch: &Stretch| stretch.to.seconds_since(stretch.from) as f64;
    let counted: f64 = way.iter().filter(|stretch| stretch.counts).map(seconds).sum();
    way.iter()
        .map(|stretch| match stretch.counts {
            true => seconds(stretch) / counted.max(1.0) * (length - resting),
            false => resting / rests as f64,
        })
        .collect()
}

fn drawing(calendar: &Calendar, wall: &Wall<'_>, way: &[Stretch], widths: &[f64]) -> String {
    let mut svg = String::with_capacity(1_024);
    // Writing to a string does not fail.
    let mut put = |part: std::fmt::Arguments<'_>| _ = svg.write_fmt(part);
    put(format_args!(r#"<rect class="k-base" x="0" y="24" width="100%" height="4"/>"#));
    let begins = way.first().map_or(String::new(), |first| wall.moment(first.from));
    let ends = way.last().map_or(String::new(), |last| wall.moment(last.to));
    let room = (ENDS.0 + letters(&begins), ENDS.1 - letters(&ends));
    let mut x = ENDS.0;
    for (stretch, width) in way.iter().zip(widths) {
        let (class, middle) = (if stretch.counts { "kl-run" } else { "kl-pause" }, x + width / 2.0);
        put(format_args!(
            r#"<rect class="{class}" x="{x:.2}%" y="22" width="{width:.2}%" height="8"/>"#
        ));
        if stretch.counts {
            let words = short(stretch.to.seconds_since(stretch.from));
            if letters(&words) <= width + 4.0 {
                put(format_args!(
                    r#"<text x="{middle:.2}%" y="48" text-anchor="middle">{words}</text>"#
                ));
            }
        } else {
            let words = rest_word(calendar, stretch);
            let half = letters(words) / 2.0;
            if middle - half > room.0 && middle + half < room.1 && half * 2.0 <= width + 8.0 {
                put(format_args!(
                    r#"<text x="{middle:.2}%" y="12" text-anchor="middle">{words}</text>"#
                ));
            }
        }
        x += width;
    }
    put(format_args!(
        r#"<line class="kl-due" x1="{0}%" x2="{0}%" y1="14" y2="38"/><text x="{1}%" y="12">{begins}</text><text x="{0}%" y="12" text-anchor="end" class="kc">{ends}</text>"#,
        ENDS.1, ENDS.0
    ));
    svg
}

fn letters(words: &str) -> f64 {
    words.chars().count() as f64 * LETTER
}

/// "1 h 30", "45 min": what has room under a line.
fn short(seconds: i64) -> String {
    match (seconds / 3_600, seconds % 3_600 / 60) {
        (0, _) => exact(seconds),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes:02}"),
    }
}

/// Why a clock rests, in one word.
fn rest_word(calendar: &Calendar, rest: &Stretch) -> &'static str {
    let mut days = calendar.skipped(rest.from, rest.to).peekable();
    if days.peek().is_none() {
        return "night";
    }
    let weekend = |day: &SkippedDay<'_>| {
        day.reason == Reason::ClosedWeekday && day.date.weekday().to_monday_zero_offset() >= 5
    };
    let mut word = "weekend";
    for day in days {
        match day.reason {
            Reason::Holiday(_) => return "holiday",
            Reason::SpecialOpening(_) => return "special day",
            Reason::ClosedWeekday if weekend(&day) => {}
            Reason::ClosedWeekday => word = "closed",
        }
    }
    word
}

/// What the drawing shows, in words.
fn sentence(calendar: &Calendar, wall: &Wall<'_>, way: &[Stretch]) -> String {
    let parts: Vec<String> = way
        .iter()
        .take(NAMED_DAYS)
        .map(|stretch| {
            let (from, to) = (wall.moment(stretch.from), wall.moment(stretch.to));
            let seconds = stretch.to.seconds_since(stretch.from);
            match stretch.counts {
                true => format!("{} count from {from} to {to}", exact(seconds)),
                false => format!("the clock rests until {to} ({})", rest_word(calendar, stretch)),
            }
        })
        .collect();
    let more = if way.len() > NAMED_DAYS { ", and so on" } else { "" };
    let due = way.last().map(|last| format!(", due {}", wall.moment(last.to))).unwrap_or_default();
    format!("{}{more}{due}", parts.join(", "))
}

/// "Sat 28 and Sun 29 Nov; Fri 25 Dec (Christmas Day)": the days that do not count.
pub(super) fn skipped(calendar: &Calendar, start: Timestamp, due: Timestamp) -> Option<String> {
    let days: Vec<SkippedDay<'_>> = calendar.skipped(start, due).collect();
    let named = days.iter().take(NAMED_DAYS).map(|day| {
        let date = day.date.strftime("%a %-d %b");
        match day.reason {
            Reason::ClosedWeekday => date.to_string(),
            Reason::Holiday(Some(name)) => format!("{date} ({name})"),
            Reason::Holiday(None) => format!("{date} (holiday)"),
            Reason::SpecialOpening(Some(name)) => format!("most of {date} ({name})"),
            Reason::SpecialOpening(None) => format!("part of {date}"),
        }
    });
    let mut words = named.collect::<Vec<_>>();
    if days.len() > NAMED_DAYS {
        words.push(format!("{} more days", days.len() - NAMED_DAYS));
    }
    let last = words.pop()?;
    Some(if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) })
}

/// The next date on which clocks change in a zone within a year: "Sun 28 Mar 2027".
pub(super) fn clock_change(zone: &TimeZone, now: Timestamp) -> Option<String> {
    let offset = zone.to_offset(now.to_jiff());
    let change = zone.following(now.to_jiff()).find(|change| change.offset() != offset)?;
    let at = change.timestamp();
    let within = at.duration_since(now.to_jiff()) < jiff::SignedDuration::from_hours(366 * 24);
    within.then(|| at.to_zoned(zone.clone()).strftime("%a %-d %b %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::{Definition, Holiday, Week};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn office() -> Calendar {
        let mut definition = Definition::new("Europe/Berlin", Week::weekdays("08:00", "18:00"));
        definition.holidays = vec![Holiday::named("2026-12-25", "Christmas Day")];
        Calendar::new(&definition).unwrap()
    }

    #[test]
    fn a_friday_afternoon_is_due_on_monday() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let start = Try::of(&Fields::default()).start(&zone, at("2026-11-23T12:12:00Z")).unwrap();
        assert_eq!(start, at("2026-11-27T15:30:00Z"));
        let office = office();
        let due = office.due(start, 4 * 3_600).unwrap();
        let wall = Wall { zone: &zone, from: start };
        assert_eq!(wall.moment(due), "Mon 10:30");
        let html = line(&office, &wall, start, due).into_string();
        for words in [
            ">Fri 16:30<",
            ">weekend<",
            ">Mon 10:30<",
            ">1 h 30<",
            ">2 h 30<",
            "1 h 30 min count from Fri 16:30 to Fri 18:00, the clock rests until Mon 08:00 (weekend)",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert_eq!(skipped(&office, start, due).unwrap(), "Sat 28 Nov and Sun 29 Nov");
    }

    #[test]
    fn the_next_such_moment_is_meant() {
        let tried = |day: &str, time: &str| {
            Try::of(&Fields::parse(&format!("try_day={day}&try_time={time}")))
                .start(&TimeZone::UTC, at("2026-11-23T12:12:00Z"))
        };
        assert_eq!(tried("0", "13:00"), Some(at("2026-11-23T13:00:00Z")));
        assert_eq!(tried("0", "12:00"), Some(at("2026-11-30T12:00:00Z")));
        assert_eq!(tried("6", "00:30"), Some(at("2026-11-29T00:30:00Z")));
        assert_eq!(tried("6", "25:00"), None);
        assert_eq!(tried("6", "noon"), None);
    }

    #[test]
    fn long_ways_keep_within_the_drawing() {
        let office = office();
        for hours in [1, 9, 30, 200, 2_000] {
            let start = at("2026-11-28T12:00:00Z");
            let way = way(&office, start, office.due(start, hours * 3_600).unwrap());
            let total: f64 = widths(&way).iter().sum();
            assert!((total - (ENDS.1 - ENDS.0)).abs() < 0.01, "{hours} h: {total}");
        }
        let start = at("2026-12-24T08:00:00Z");
        let words = skipped(&office, start, office.due(start, 60 * 3_600).unwrap()).unwrap();
        assert!(words.starts_with("Fri 25 Dec (Christmas Day), Sat 26 Dec"), "{words}");
    }

    #[test]
    fn clock_changes_are_known_where_there_are_some() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = at("2026-11-23T12:12:00Z");
        assert_eq!(clock_change(&zone, now).unwrap(), "Sun 28 Mar 2027");
        assert_eq!(clock_change(&TimeZone::UTC, now), None);
    }
}
