//! The keel line of a major incident: what happened in which phase, the next word, and the end
//! as it is expected and promised.

use crate::part::time::Here;
use kernel::Timestamp;
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

/// Space before the beginning and after the end, as a share of the time between.
const MARGIN: f64 = 0.05;
/// The shortest time that is drawn, in microseconds: five minutes.
const SHORTEST: i64 = 300_000_000;
/// Per cent of the width that a label needs to either side.
const LABEL_ROOM: f64 = 13.0;

/// The moments of a major incident.
#[derive(Debug, Clone, Default)]
pub(super) struct Moments {
    /// When it first failed, as far as outages say.
    pub(super) began: Option<Timestamp>,
    /// When it was noticed.
    pub(super) detected: Option<Timestamp>,
    /// When somebody took it.
    pub(super) acknowledged: Option<Timestamp>,
    /// When it was declared.
    pub(super) declared: Option<Timestamp>,
    /// When the impact was over.
    pub(super) mitigated: Option<Timestamp>,
    /// When it was resolved.
    pub(super) resolved: Option<Timestamp>,
    /// By when the next word is due.
    pub(super) next_word: Option<Timestamp>,
    /// When service is expected back.
    pub(super) expected: Option<Timestamp>,
    /// When it is due.
    pub(super) due: Option<Timestamp>,
}

impl Moments {
    fn first(&self) -> Option<Timestamp> {
        [self.began, self.detected, self.declared].into_iter().flatten().min()
    }

    /// Stretches with the class of their phase: unnoticed, noticed, under work, over.
    fn phases(&self, end: Timestamp) -> Vec<(&'static str, Timestamp, Timestamp)> {
        let steps = [
            ("ph-1", self.first()),
            ("ph-2", self.detected),
            ("ph-3", self.acknowledged),
            ("ph-4", self.mitigated),
        ];
        let known: Vec<_> =
            steps.into_iter().filter_map(|(class, at)| at.map(|at| (class, at))).collect();
        let mut found = Vec::new();
        for (place, (class, from)) in known.iter().enumerate() {
            let until = known.get(place + 1).map_or(end, |(_, next)| *next).min(end);
            if *from < until {
                found.push((*class, *from, until));
            }
        }
        found
    }

    /// The same story as a sentence.
    fn caption(&self, here: &Here) -> String {
        let told =
            |name: &str, at: Option<Timestamp>| at.map(|at| format!("{name} {}", here.moment(at)));
        let mut parts: Vec<String> = [
            told("First failure", self.began),
            told("Detected", self.detected),
            told("Acknowledged", self.acknowledged),
            told("Declared", self.declared),
            told("Mitigated", self.mitigated),
            told("Resolved", self.resolved),
        ]
        .into_iter()
        .flatten()
        .collect();
        if self.resolved.is_none() {
            parts.push(format!("Now {}", here.clock(here.now)));
            parts.extend(told("Next update due", self.next_word));
            parts.extend(told("Expected back", self.expected));
            parts.extend(told("Resolution due", self.due));
        }
        parts.join(". ") + "."
    }
}

/// The drawing, with a caption that tells the same.
pub(super) fn keel(moments: &Moments, here: &Here) -> Markup {
    html! {
        figure.keel aria-labelledby="mj-keel-c" {
            figcaption.vh id="mj-keel-c" { (moments.caption(here)) }
            @if let Some(first) = moments.first() { (PreEscaped(drawing(moments, first, here))) }
        }
    }
}

struct Axis {
    from: i64,
    length: f64,
}

impl Axis {
    fn of(moments: &Moments, first: Timestamp, end: Timestamp) -> Axis {
        let ahead = [moments.next_word, moments.expected, moments.due];
        let ahead = ahead.into_iter().flatten().filter(|_| moments.resolved.is_none());
        let last = ahead.chain([end]).max().unwrap_or(end);
        let span = last.micros_since(first).max(SHORTEST) as f64;
        Axis { from: first.micros() - (span * MARGIN) as i64, length: span * (1.0 + 2.0 * MARGIN) }
    }

    /// Per cent of the width.
    fn x(&self, at: Timestamp) -> f64 {
        ((at.micros() - self.from) as f64 / self.length * 100.0).clamp(0.0, 100.0)
    }
}

fn drawing(moments: &Moments, first: Timestamp, here: &Here) -> String {
    let end = moments.resolved.unwrap_or(here.now);
    let axis = Axis::of(moments, first, end);
    let open = moments.resolved.is_none();
    let mut svg = String::with_capacity(1_600);
    // Writing to a string does not fail.
    let mut put = |part: std::fmt::Arguments<'_>| _ = svg.write_fmt(part);
    put(format_args!(
        r#"<svg aria-hidden="true"><line class="kl-base" x1="0" x2="100%" y1="38" y2="38"/>"#
    ));
    let due = moments.due.filter(|_| open).map(|at| axis.x(at));
    if let Some(x) = due {
        let rest = 100.0 - x;
        put(format_args!(
            r#"<rect class="kl-over" x="{x:.2}%" y="30" width="{rest:.2}%" height="16"/>"#
        ));
    }
    for (class, from, until) in moments.phases(end) {
        let (x, width) = (axis.x(from), axis.x(until) - axis.x(from));
        put(format_args!(
            r#"<rect class="{class}" x="{x:.2}%" y="35" width="{width:.2}%" height="6"/>"#
        ));
    }
    let lines = [
        ("kl-likely", moments.expected.filter(|_| open), 26),
        ("kl-due", moments.due.filter(|_| open), 20),
        ("kl-now", Some(end), 20),
    ];
    for (class, at, top) in lines {
        let Some(at) = at else { continue };
        let x = axis.x(at);
        put(format_args!(
            r#"<line class="{class}" x1="{x:.2}%" x2="{x:.2}%" y1="{top}" y2="50"/>"#
        ));
    }
    if let Some(at) = moments.next_word.filter(|_| open) {
        put(format_args!(
            r#"<svg x="{:.2}%" y="38" overflow="visible"><circle class="kl-upd" r="7"/><path class="kl-updi" d="M0 3.4v-6.6M-2.8-.6 0-3.4 2.8-.6"/></svg>"#,
            axis.x(at)
        ));
    }
    for label in labels(moments, &axis, end, here) {
        put(format_args!(
            r#"<text class="{}" x="{:.2}%" y="14" text-anchor="{}">{} {}</text>"#,
            label.class,
            label.x,
            anchor(label.x),
            label.word,
            here.moment(label.at)
        ));
    }
    put(format_args!("</svg>"));
    svg
}

struct Label {
    class: &'static str,
    word: &'static str,
    at: Timestamp,
    x: f64,
}

/// Words above the line, the more important first; those without room are left out, the
/// caption tells them.
fn labels(moments: &Moments, axis: &Axis, end: Timestamp, here: &Here) -> Vec<Label> {
    let open = moments.resolved.is_none();
    let ahead = |at: Option<Timestamp>| at.filter(|_| open);
    let now = if open { "now" } else { "resolved" };
    let wanted = [
        ("kb", now, Some(end)),
        ("ko", "update", ahead(moments.next_word).filter(|at| *at > here.now)),
        ("kc", "due", ahead(moments.due)),
        ("ka", "expected", ahead(moments.expected)),
        ("ko", "began", moments.first()),
    ];
    let mut placed: Vec<Label> = Vec::new();
    for (class, word, at) in wanted {
        let Some(at) = at else { continue };
        let x = axis.x(at);
        if placed.iter().all(|other| (other.x - x).abs() > LABEL_ROOM) {
            placed.push(Label { class, word, at, x });
        }
    }
    placed
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

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    fn here(now: &str) -> Here {
        Here {
            now: now.parse().unwrap(),
            zone: TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        }
    }

    #[test]
    fn phases_follow_each_other_and_the_caption_tells_the_same() {
        let moments = Moments {
            began: at("2026-11-23T12:24:00Z"),
            detected: at("2026-11-23T12:31:00Z"),
            acknowledged: at("2026-11-23T12:34:00Z"),
            declared: at("2026-11-23T12:41:00Z"),
            next_word: at("2026-11-23T13:30:00Z"),
            due: at("2026-11-23T14:31:00Z"),
            ..Moments::default()
        };
        let html = keel(&moments, &here("2026-11-23T13:12:00Z")).into_string();
        assert!(html.contains("First failure 12:24. Detected 12:31. Acknowledged 12:34. Declared 12:41. Now 13:12. Next update due 13:30. Resolution due 14:31."), "{html}");
        for phase in ["ph-1", "ph-2", "ph-3"] {
            assert_eq!(html.matches(&format!("class=\"{phase}\"")).count(), 1, "{phase}");
        }
        assert!(!html.contains("ph-4") && html.contains("kl-upd"), "{html}");
        assert!(html.contains(">now 13:12<") && html.contains(">due 14:31<"), "{html}");
    }

    #[test]
    fn what_is_over_waits_for_no_word() {
        let moments = Moments {
            detected: at("2026-11-23T12:31:00Z"),
            mitigated: at("2026-11-23T13:00:00Z"),
            resolved: at("2026-11-23T13:30:00Z"),
            next_word: at("2026-11-23T14:00:00Z"),
            due: at("2026-11-23T16:00:00Z"),
            ..Moments::default()
        };
        let html = keel(&moments, &here("2026-11-24T09:00:00Z")).into_string();
        assert!(html.contains("ph-4") && !html.contains("kl-upd") && !html.contains("kl-due"));
        assert!(html.contains("Mitigated Mon 13:00. Resolved Mon 13:30."), "{html}");
    }

    #[test]
    fn nothing_known_draws_nothing() {
        let html = keel(&Moments::default(), &here("2026-11-24T09:00:00Z")).into_string();
        assert!(!html.contains("<svg"), "{html}");
    }
}
