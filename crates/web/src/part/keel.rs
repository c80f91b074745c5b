//! The keel line: one promise over time, from the report to when it is due.

use crate::part::time::{Here, duration};
use calendar::Calendar;
use kernel::Timestamp;
use kernel::time::MICROS_PER_SECOND;
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

/// Space before the report and after the end, as a share of the time between.
const MARGIN: f64 = 0.05;
/// Open stretches that are drawn at most.
const OPEN_MAX: usize = 40;
/// Ticks at most: what has room on a phone.
const TICKS_MAX: i64 = 5;
/// Seconds from one tick to the next.
const STEPS: [i64; 10] =
    [900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];

/// What a keel line shows.
#[derive(Debug, Clone)]
pub(crate) struct Keel<'a> {
    /// When it was reported.
    pub(crate) reported: Timestamp,
    /// When it was answered in time, if it was.
    pub(crate) response_met: Option<Timestamp>,
    /// When it waited; the last wait may go on.
    pub(crate) pauses: Vec<(Timestamp, Option<Timestamp>)>,
    /// When it was over, if it is.
    pub(crate) ended: Option<Timestamp>,
    /// When it is or was due.
    pub(crate) due: Option<Timestamp>,
    /// When it is likely over: likely, from, until.
    pub(crate) likely: Option<(Timestamp, Timestamp, Timestamp)>,
    /// The hours that count, where not all do.
    pub(crate) hours: Option<&'a Calendar>,
}

/// The drawing, with a caption that tells the same as a sentence.
pub(crate) fn keel(keel: &Keel<'_>, here: &Here) -> Markup {
    let axis = Axis::of(keel, here);
    html! {
        figure.keel id="keel" aria-labelledby="keel-c" {
            figcaption.vh id="keel-c" { (caption(keel, here)) }
            (PreEscaped(drawing(keel, &axis, here)))
        }
    }
}

/// The same story as a sentence.
fn caption(keel: &Keel<'_>, here: &Here) -> String {
    let mut parts = vec![format!("Reported {}", here.moment(keel.reported))];
    parts.extend(keel.response_met.map(|at| format!("First response {}, met", here.moment(at))));
    for (from, until) in &keel.pauses {
        parts.push(match until {
            Some(until) => format!("Paused {} to {}", here.moment(*from), here.moment(*until)),
            None => format!("Paused since {}", here.moment(*from)),
        });
    }
    parts.extend(keel.hours.map(|hours| format!("Counts {}", hours.week_in_words())));
    parts.push(match keel.ended {
        Some(at) => format!("Resolved {}", here.moment(at)),
        None => format!("Now {}", here.clock(here.now)),
    });
    if let Some((at, low, high)) = keel.likely {
        let [at, low, high] = [at, low, high].map(|at| here.moment(at));
        parts.push(format!("Likely over by {at}, about 80 per cent range {low} to {high}"));
    }
    parts.push(match keel.due {
        Some(due) if keel.ended.unwrap_or(here.now) > due => {
            format!("Resolution was due {}", here.moment(due))
        }
        Some(due) => format!("Resolution due {}", here.moment(due)),
        None => "No resolution clock runs".to_owned(),
    });
    parts.join(". ") + "."
}

struct Axis {
    from: i64,
    length: f64,
}

impl Axis {
    fn of(keel: &Keel<'_>, here: &Here) -> Axis {
        let high = keel.likely.map(|(_, _, high)| high);
        let ends = [keel.ended.unwrap_or(here.now)].into_iter().chain(keel.due).chain(high);
        let end = ends.max().unwrap_or(here.now);
        let span = end.micros_since(keel.reported).max(60_000_000) as f64;
        Axis {
            from: keel.reported.micros() - (span * MARGIN) as i64,
            length: span * (1.0 + 2.0 * MARGIN),
        }
    }

    /// Full hours or days of the reader's clock, as many as have room.
    fn ticks(&self, here: &Here) -> Vec<Timestamp> {
        let length = self.length as i64 / MICROS_PER_SECOND;
        let step = STEPS.iter().copied().find(|step| length / step < TICKS_MAX);
        let step = step.unwrap_or(length / TICKS_MAX + 1);
        let from = Timestamp::from_micros(self.from);
        let Ok(midnight) = here.local(from).start_of_day() else { return vec![] };
        let first = Timestamp::from_jiff(midnight.timestamp());
        let gone = from.seconds_since(first) / step + 1;
        (gone..gone + TICKS_MAX)
            .map(|count| first.plus_seconds(count * step))
            .filter(|at| at.seconds_since(from) < length)
            .collect()
    }

    /// Per cent of the width.
    fn x(&self, at: Timestamp) -> f64 {
        ((at.micros() - self.from) as f64 / self.length * 100.0).clamp(0.0, 100.0)
    }
}

fn drawing(keel: &Keel<'_>, axis: &Axis, here: &Here) -> String {
    let end = keel.ended.unwrap_or(here.now);
    let now = axis.x(end);
    let mut svg = String::with_capacity(1_600);
    // Writing to a string does not fail.
    let mut put = |part: std::fmt::Arguments<'_>| _ = svg.write_fmt(part);
    put(format_args!(
        r#"<svg aria-hidden="true"><line class="kl-base" x1="0" x2="100%" y1="38" y2="38"/>"#
    ));
    if let Some(due) = keel.due {
        let x = axis.x(due);
        put(format_args!(
            r#"<rect class="kl-over" x="{x:.2}%" y="30" width="{:.2}%" height="16"/>"#,
            100.0 - x
        ));
    }
    if let Some((_, low, high)) = keel.likely {
        let (x, width) = (axis.x(low), axis.x(high) - axis.x(low));
        put(format_args!(
            r#"<rect class="kl-band" x="{x:.2}%" y="30.5" width="{width:.2}%" height="15" rx="3"/>"#
        ));
    }
    for (class, from, until) in stretches(keel, end) {
        let (x, width) = (axis.x(from), axis.x(until) - axis.x(from));
        put(format_args!(
            r#"<rect class="{class}" x="{x:.2}%" y="35" width="{width:.2}%" height="6"/>"#
        ));
    }
    for (from, until) in &keel.pauses {
        let (x, width) = (axis.x(*from), axis.x(until.unwrap_or(end)) - axis.x(*from));
        put(format_args!(
            r#"<rect class="kl-pause-b" x="{x:.2}%" y="34" width="{width:.2}%" height="8"/><rect class="kl-pause" x="{x:.2}%" y="35" width="{width:.2}%" height="6"/>"#
        ));
    }
    if let Some((at, ..)) = keel.likely {
        put(format_args!(
            r#"<line class="kl-likely" x1="{0:.2}%" x2="{0:.2}%" y1="26" y2="50"/>"#,
            axis.x(at)
        ));
    }
    if let Some(due) = keel.due {
        put(format_args!(
            r#"<line class="kl-due" x1="{0:.2}%" x2="{0:.2}%" y1="20" y2="50"/>"#,
            axis.x(due)
        ));
    }
    put(format_args!(r#"<line class="kl-now" x1="{now:.2}%" x2="{now:.2}%" y1="20" y2="50"/>"#));
    if let Some(met) = keel.response_met {
        put(format_args!(
            r#"<svg x="{:.2}%" y="38" overflow="visible"><circle class="kl-met" r="6"/><path class="kl-metc" d="m-2.6.2 1.8 1.8 3.4-3.8"/></svg>"#,
            axis.x(met)
        ));
    }
    labels(keel, axis, here, &mut put);
    scale(keel, axis, here, &mut put);
    put(format_args!("</svg>"));
    svg
}

/// What counts on the line, with its class: the way from the report until now and, where not
/// all hours count, the open hours of it and of the way ahead. Where that would be a comb, all of
/// the way until now.
fn stretches(keel: &Keel<'_>, end: Timestamp) -> Vec<(&'static str, Timestamp, Timestamp)> {
    let whole = vec![("kl-run", keel.reported, end)];
    let Some(hours) = keel.hours else { return whole };
    let last = keel.due.map_or(end, |due| due.max(end));
    let open: Vec<_> = hours.open_spans(keel.reported, last).take(OPEN_MAX + 1).collect();
    if open.len() > OPEN_MAX {
        return whole;
    }
    let run = open.iter().map(|span| ("kl-run", span.start, span.end.min(end)));
    let ahead = open.iter().map(|span| ("kl-open", span.start.max(end), span.end));
    run.chain(ahead).filter(|(_, from, until)| from < until).collect()
}

/// Words under the line: how long it waited, and the hours or days.
fn scale(keel: &Keel<'_>, axis: &Axis, here: &Here, put: &mut impl FnMut(std::fmt::Arguments<'_>)) {
    let end = keel.ended.unwrap_or(here.now);
    let waited: i64 =
        keel.pauses.iter().map(|(from, until)| until.unwrap_or(end).seconds_since(*from)).sum();
    let pause =
        keel.pauses.first().filter(|_| waited >= 60).map(|(from, _)| axis.x(*from).min(82.0));
    if let Some(x) = pause {
        put(format_args!(
            r#"<text class="kt ko" x="{x:.2}%" y="66">paused {}</text>"#,
            duration(waited)
        ));
    }
    for at in axis.ticks(here) {
        let x = axis.x(at);
        let free = pause.is_none_or(|pause| x < pause - 4.0 || x > pause + 16.0);
        if (4.0..96.0).contains(&x) && free {
            put(format_args!(
                r#"<text class="kt" x="{x:.2}%" y="66" text-anchor="middle">{}</text>"#,
                tick(at, here)
            ));
        }
    }
}

/// A full hour or day. Far from now a moment is a date alone, which would stand at each hour of it.
fn tick(at: Timestamp, here: &Here) -> String {
    let (moment, clock) = (here.moment(at), here.clock(at));
    if moment.ends_with(&clock) || clock == "00:00" { moment } else { clock }
}

/// Words above the line; those that would overlap are left out, the captions tell them.
fn labels(
    keel: &Keel<'_>,
    axis: &Axis,
    here: &Here,
    put: &mut impl FnMut(std::fmt::Arguments<'_>),
) {
    let end = keel.ended.unwrap_or(here.now);
    let (start, now) = (axis.x(keel.reported), axis.x(end));
    let due = keel.due.map(|due| (axis.x(due), due));
    if now - start > 18.0 {
        put(format_args!(
            r#"<text class="ko" x="{start:.2}%" y="14">reported {}</text>"#,
            here.moment(keel.reported)
        ));
    }
    let word = if keel.ended.is_some() { "resolved" } else { "now" };
    put(format_args!(
        r#"<text class="kb" x="{now:.2}%" y="14" text-anchor="{}">{word} {}</text>"#,
        anchor(now),
        here.moment(end)
    ));
    let likely = keel.likely.map(|(at, ..)| (axis.x(at), at)).filter(|(x, _)| {
        let apart = |other: f64| (x - other).abs() > 18.0;
        apart(now) && due.is_none_or(|(due, _)| apart(due))
    });
    if let Some((x, at)) = likely {
        put(format_args!(
            r#"<text class="ka kl-word" x="{x:.2}%" y="14" text-anchor="{}">likely {}</text>"#,
            anchor(x),
            here.moment(at)
        ));
    }
    if let Some((x, due)) = due.filter(|(x, _)| (x - now).abs() > 18.0) {
        put(format_args!(
            r#"<text class="kc" x="{x:.2}%" y="14" text-anchor="{}">due {}</text>"#,
            anchor(x),
            here.moment(due)
        ));
    }
}

/// Labels at the ends grow inwards.
fn anchor(x: f64) -> &'static str {
    match x {
        ..12.0 => "start",
        88.0.. => "end",
        _ => "middle",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn drawing_and_caption_tell_the_same() {
        let line = Keel {
            reported: at("2026-11-23T10:00:00Z"),
            response_met: Some(at("2026-11-23T10:05:00Z")),
            pauses: vec![(at("2026-11-23T10:30:00Z"), Some(at("2026-11-23T10:42:00Z")))],
            ended: None,
            due: Some(at("2026-11-23T14:00:00Z")),
            likely: None,
            hours: None,
        };
        let here = Here {
            now: at("2026-11-23T12:00:00Z"),
            zone: TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        };
        let html = keel(&line, &here).into_string();
        assert!(html.contains("Reported 10:00. First response 10:05, met. Paused 10:30 to 10:42. Now 12:00. Resolution due 14:00."));
        assert!(html.contains(r#"class="kl-now" x1="50.00%""#), "{html}");
        assert!(html.contains(">due 14:00<"));
        assert!(html.contains(">paused 12 m<") && html.contains(">reported 10:00<"), "{html}");
        assert!(html.contains(">13:00<") && !html.contains(">10:30<"), "{html}");
    }

    #[test]
    fn what_is_likely_is_a_band_and_part_of_the_sentence() {
        let line = Keel {
            reported: at("2026-11-23T10:00:00Z"),
            response_met: None,
            pauses: vec![],
            ended: None,
            due: Some(at("2026-11-23T11:30:00Z")),
            likely: Some((
                at("2026-11-23T13:00:00Z"),
                at("2026-11-23T12:00:00Z"),
                at("2026-11-23T15:00:00Z"),
            )),
            hours: None,
        };
        let here = Here {
            now: at("2026-11-23T11:00:00Z"),
            zone: TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        };
        let html = keel(&line, &here).into_string();
        assert!(
            html.contains("Likely over by 13:00, about 80 per cent range 12:00 to 15:00."),
            "{html}"
        );
        assert!(html.contains(r#"class="kl-likely" x1="59.09%""#), "{html}");
        assert!(html.contains(r#"class="kl-band" x="40.91%" y="30.5" width="54.55%""#), "{html}");
        assert!(html.contains(">likely 13:00<"), "{html}");
    }

    #[test]
    fn the_scale_has_room_however_long_it_takes() {
        for hours in [1, 3, 9, 30, 200, 2_000] {
            let line = Keel {
                reported: at("2026-11-23T10:10:00Z"),
                response_met: None,
                pauses: vec![],
                ended: None,
                due: Some(at("2026-11-23T10:10:00Z").plus_seconds(hours * 3_600)),
                likely: None,
                hours: None,
            };
            let here = Here {
                now: at("2026-11-23T10:20:00Z"),
                zone: TimeZone::UTC,
                language: Default::default(),
                calendars: Default::default(),
            };
            let ticks = Axis::of(&line, &here).ticks(&here).len() as i64;
            assert!((1..=TICKS_MAX).contains(&ticks), "{hours} h: {ticks}");
        }
    }

    #[test]
    fn a_promise_that_is_over_stays_on_the_page() {
        let line = Keel {
            reported: at("2026-11-23T10:00:00Z"),
            response_met: None,
            pauses: vec![(at("2026-11-23T11:30:00Z"), None)],
            ended: None,
            due: Some(at("2026-11-23T11:00:00Z")),
            likely: None,
            hours: None,
        };
        let here = Here {
            now: at("2026-11-25T12:00:00Z"),
            zone: TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        };
        let html = keel(&line, &here).into_string();
        assert!(html.contains("Resolution was due Mon 11:00"), "{html}");
        assert!(html.contains("Paused since Mon 11:30"));
    }

    #[test]
    fn only_open_hours_count_on_the_line_where_they_can_be_seen() {
        let week = calendar::Week::weekdays("09:00", "17:00");
        let office = Calendar::new(&calendar::Definition::new("UTC", week)).unwrap();
        let line = |due: &str| Keel {
            reported: at("2026-11-23T16:00:00Z"),
            response_met: None,
            pauses: vec![],
            ended: None,
            due: Some(at(due)),
            likely: None,
            hours: Some(&office),
        };
        let here = Here {
            now: at("2026-11-24T10:00:00Z"),
            zone: TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        };
        let html = keel(&line("2026-11-24T16:00:00Z"), &here).into_string();
        assert_eq!(html.matches("kl-run").count(), 2, "not the night: {html}");
        assert_eq!(html.matches("kl-open").count(), 1, "the rest of the day: {html}");
        assert!(html.contains("Counts Mon–Fri 09:00–17:00"), "{html}");
        let html = keel(&line("2027-11-24T16:00:00Z"), &here).into_string();
        assert_eq!((html.matches("kl-run").count(), html.matches("kl-open").count()), (1, 0));
    }
}
