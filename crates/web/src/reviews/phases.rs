//! How long what took: the phases of an incident on one line, in figures, and as a table.

use crate::part::clock;
use crate::part::icon::icon;
use crate::part::time::{self, Here};
use incident::clocks::ClockKind;
use insight::review::{Facts, Kept, Mark, Outcome, Phases, Span, lasted};
use kernel::{Timestamp, grouped};
use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

/// Space before the beginning and after the end, as a share of the time between.
const MARGIN: f64 = 0.02;
/// Per cent of the width that the words of a moment take.
const LABEL_WIDTH: f64 = 18.0;
/// Per cent of the width from which on a phase has room for its words.
const PHASE_WIDTH: f64 = 13.0;
/// Seconds of a day: within one, a moment is told by the clock alone.
const DAY: i64 = 86_400;

/// Moments by how much they tell: those that come first keep their place.
const BY_WEIGHT: [Mark; 6] = [
    Mark::Started,
    Mark::Resolved,
    Mark::Mitigated,
    Mark::Acknowledged,
    Mark::Restored,
    Mark::Detected,
];

/// What a moment is called.
pub(super) const fn mark_word(mark: Mark) -> &'static str {
    match mark {
        Mark::Started => "Started",
        Mark::Detected => "Detected",
        Mark::Acknowledged => "Acknowledged",
        Mark::Mitigated => "Mitigated",
        Mark::Restored => "Restored",
        Mark::Resolved => "Resolved",
    }
}

/// What is done in the phase that ends with this moment.
const fn verb(mark: Mark) -> &'static str {
    match mark {
        Mark::Started => "start",
        Mark::Detected => "detect",
        Mark::Acknowledged => "acknowledge",
        Mark::Mitigated => "mitigate",
        Mark::Restored => "restore",
        Mark::Resolved => "resolve",
    }
}

/// The colour of the phase that ends with this moment.
const fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Started | Mark::Detected => "ph-1",
        Mark::Acknowledged => "ph-2",
        Mark::Mitigated => "ph-3",
        Mark::Restored | Mark::Resolved => "ph-4",
    }
}

/// The colour of the timeline from this moment on.
pub(super) const fn group(mark: Mark) -> &'static str {
    match mark {
        Mark::Started => "g g1",
        Mark::Detected => "g g2",
        Mark::Acknowledged => "g g3",
        Mark::Mitigated | Mark::Restored => "g g4",
        Mark::Resolved => "g g5",
    }
}

/// The line, the figures below it, and the same as a table, which is `open` on paper. `due` is when
/// it was to be resolved.
pub(super) fn section(facts: &Facts, due: Option<Timestamp>, here: &Here, open: bool) -> Markup {
    html! {
        section id="ph" aria-label="Phases" {
            figure class="keel rv-k" aria-labelledby="pk" {
                figcaption.vh id="pk" { (caption(&facts.phases, due, here)) }
                (PreEscaped(drawing(&facts.phases, due, here)))
            }
            (tiles(facts, due, here))
            (twin(facts, here, open))
        }
    }
}

/// The same story as a sentence.
fn caption(phases: &Phases, due: Option<Timestamp>, here: &Here) -> String {
    let mut parts = Vec::new();
    if let Some(at) = phases.at(Mark::Started) {
        parts.push(format!("Started {}", here.exact(at)));
    }
    parts.extend(phases.spans.iter().map(|span| {
        let what = mark_word(span.to).to_lowercase();
        format!("{what} {} after {}", here.exact(span.ended), lasted(span.seconds))
    }));
    let missing: Vec<String> =
        phases.missing().map(|mark| mark_word(mark).to_lowercase()).collect();
    let mut words = parts.join(", ");
    words.push('.');
    if !missing.is_empty() {
        words.push_str(&format!(" Nobody recorded when it was {}.", missing.join(", ")));
    }
    if let Some(due) = due {
        words.push_str(&format!(" Resolution was due {}.", here.exact(due)));
    }
    words
}

struct Axis {
    from: i64,
    length: f64,
    /// Whether the clock alone says which moment it is.
    short: bool,
}

impl Axis {
    fn of(phases: &Phases, due: Option<Timestamp>) -> Option<Axis> {
        let start = phases.at(Mark::Started)?;
        let last = phases.marks.iter().filter_map(|reached| reached.at).chain(due).max()?;
        let length = last.micros_since(start).max(60_000_000) as f64;
        Some(Axis {
            from: start.micros() - (length * MARGIN) as i64,
            length: length * (1.0 + 2.0 * MARGIN),
            short: last.seconds_since(start) < DAY,
        })
    }

    /// Per cent of the width.
    fn x(&self, at: Timestamp) -> f64 {
        ((at.micros() - self.from) as f64 / self.length * 100.0).clamp(0.0, 100.0)
    }

    fn words(&self, at: Timestamp, here: &Here) -> String {
        if self.short { here.clock(at) } else { here.exact(at) }
    }
}

fn drawing(phases: &Phases, due: Option<Timestamp>, here: &Here) -> String {
    let Some(axis) = Axis::of(phases, due) else { return String::new() };
    let mut svg = String::with_capacity(1_600);
    // Writing to a string does not fail.
    let mut put = |part: std::fmt::Arguments<'_>| _ = svg.write_fmt(part);
    put(format_args!(
        r#"<svg aria-hidden="true"><line class="kl-base" x1="0" x2="100%" y1="38" y2="38"/>"#
    ));
    for span in &phases.spans {
        let (x, width) = (axis.x(span.began), axis.x(span.ended) - axis.x(span.began));
        put(format_args!(
            r#"<rect class="{}" x="{x:.2}%" y="31" width="{width:.2}%" height="14"/>"#,
            class(span.to)
        ));
    }
    if let Some(due) = due {
        put(format_args!(
            r#"<line class="kl-due" x1="{0:.2}%" x2="{0:.2}%" y1="22" y2="52"/>"#,
            axis.x(due)
        ));
    }
    for (x, class, words) in labels(phases, due, &axis, here) {
        put(format_args!(
            r#"<text class="{class}" x="{x:.2}%" y="14" text-anchor="{}">{words}</text>"#,
            anchor(x)
        ));
    }
    for span in &phases.spans {
        let (from, to) = (axis.x(span.began), axis.x(span.ended));
        if to - from >= PHASE_WIDTH {
            put(format_args!(
                r#"<text class="kt" x="{:.2}%" y="66" text-anchor="middle">{} {}</text>"#,
                (from + to) / 2.0,
                verb(span.to),
                lasted(span.seconds)
            ));
        }
    }
    put(format_args!("</svg>"));
    svg
}

/// Words above the line, those that tell most: what has no room is told by caption and table.
fn labels(
    phases: &Phases,
    due: Option<Timestamp>,
    axis: &Axis,
    here: &Here,
) -> Vec<(f64, &'static str, String)> {
    let mut found: Vec<(f64, &'static str, String)> = Vec::new();
    let mut add = |at: Timestamp, class: &'static str, word: &str| {
        let x = axis.x(at);
        let has_room = found.iter().all(|(other, ..)| (other - x).abs() >= LABEL_WIDTH);
        if has_room {
            found.push((x, class, format!("{word} {}", axis.words(at, here))));
        }
    };
    for mark in BY_WEIGHT {
        let class = match mark {
            Mark::Started | Mark::Detected | Mark::Acknowledged => "ko",
            Mark::Mitigated | Mark::Restored | Mark::Resolved => "kb",
        };
        if let Some(at) = phases.at(mark) {
            add(at, class, &mark_word(mark).to_lowercase());
        }
    }
    if let Some(due) = due {
        add(due, "kc", "due");
    }
    found
}

/// Labels at the ends grow inwards.
fn anchor(x: f64) -> &'static str {
    match x {
        ..12.0 => "start",
        88.0.. => "end",
        _ => "middle",
    }
}

/// The figures that are looked at first.
fn tiles(facts: &Facts, due: Option<Timestamp>, here: &Here) -> Markup {
    let phases = &facts.phases;
    let detected = phases.at(Mark::Detected);
    let since = |at: Option<Timestamp>| Some(at?.seconds_since(detected?).max(0));
    let over = [Mark::Mitigated, Mark::Restored, Mark::Resolved];
    let mitigated = over.into_iter().filter_map(|mark| phases.at(mark)).min();
    let promise = |kind: ClockKind| facts.outcomes.iter().find(|one| one.kind == kind);
    html! {
        dl.rv-t {
            (tile("To detect", phases.until(Mark::Detected), detected_by(facts)))
            (tile("To acknowledge", since(phases.at(Mark::Acknowledged)), promise(ClockKind::Acknowledge).map(target).unwrap_or_default()))
            (tile("To mitigate", since(mitigated), "from detection".to_owned()))
            div {
                dt { "Resolution agreement" }
                dd.sla-m {
                    @match promise(ClockKind::Resolution) { Some(outcome) => (kept(outcome)), None => span.muted { "none" } }
                }
                dd.sub {
                    @if let Some(due) = due { "due " (time::moment(due, here)) }
                    @if facts.figures.words_missed > 0 { @if due.is_some() { ", " } (time::counted(i64::from(facts.figures.words_missed), "status update")) " late" }
                }
            }
        }
    }
}

fn tile(name: &str, seconds: Option<i64>, sub: String) -> Markup {
    html! {
        div {
            dt { (name) }
            dd { @match seconds { Some(seconds) => (lasted(seconds)), None => "–" } }
            dd.sub { (sub) }
        }
    }
}

/// What told of it.
fn detected_by(facts: &Facts) -> String {
    let by = if facts.alerted { "by an alert" } else { "no alert" };
    match facts.reports {
        0 => by.to_owned(),
        count => format!("{by}, {} joined", time::counted(i64::from(count), "report")),
    }
}

/// "target 10 min, met".
fn target(outcome: &Outcome) -> String {
    format!("target {}, {}", lasted(outcome.target_seconds), kept_word(outcome.kept))
}

const fn kept_word(kept: Kept) -> &'static str {
    match kept {
        Kept::Met => "met",
        Kept::Missed => "missed",
        Kept::Running => "running",
        Kept::Cancelled => "cancelled",
    }
}

/// Whether a promise was kept, and by how much.
fn kept(outcome: &Outcome) -> Markup {
    let left = outcome.target_seconds - outcome.used_seconds;
    html! {
        @match outcome.kept {
            Kept::Met => span.chip.chip-good { (icon("check")) "Met, " (lasted(left)) " to spare" },
            // Of what was never stopped nobody knows how much was used.
            Kept::Missed if left >= 0 => span.chip.chip-crit { (icon("alert")) "Missed" },
            Kept::Missed => span.chip.chip-crit { (icon("alert")) "Missed by " (lasted(-left)) },
            other => span.chip { (kept_word(other)) },
        }
    }
}

/// The same as tables.
fn twin(facts: &Facts, here: &Here, open: bool) -> Markup {
    html! {
        details.fold.mts open[open] {
            summary { (icon("right")) "Phases and promises as a table" }
            div.scroll-x tabindex="0" role="region" aria-label="Phases and promises" {
                table.dt {
                    thead { tr { th scope="col" { "Phase" } th scope="col" { "From" } th scope="col" { "To" } th.num scope="col" { "Lasted" } } }
                    tbody { @for span in &facts.phases.spans { (row(span, here)) } }
                }
                @if !facts.outcomes.is_empty() {
                    table.dt {
                        thead { tr { th scope="col" { "Promise" } th.num scope="col" { "Target" } th.num scope="col" { "Used" } th scope="col" { "Outcome" } } }
                        tbody { @for outcome in &facts.outcomes {
                            tr {
                                th scope="row" { (clock::name(outcome.kind)) }
                                td.num { (lasted(outcome.target_seconds)) }
                                td.num { (lasted(outcome.used_seconds)) }
                                td { (kept_word(outcome.kept)) }
                            }
                        } }
                    }
                }
            }
            @if facts.updates > 0 { p.meta { (time::counted(i64::from(facts.updates), "status update")) " published, " (facts.figures.words_kept) " in time." } }
            @if let Some(cost) = facts.figures.cost { p.meta { "The outages cost " (grouped(cost)) "." } }
        }
    }
}

fn row(span: &Span, here: &Here) -> Markup {
    html! {
        tr {
            th scope="row" { (mark_word(span.from)) " to " (mark_word(span.to).to_lowercase()) }
            td { (time::moment(span.began, here)) }
            td { (time::moment(span.ended, here)) }
            td.num { (lasted(span.seconds)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use incident::state::Moments;
    use insight::review::{Seen, phases};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn here() -> Here {
        Here {
            now: at("2026-11-23T12:00:00Z"),
            zone: jiff::tz::TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        }
    }

    #[test]
    fn drawing_and_caption_tell_the_same() {
        let found = phases(&Seen {
            first_out: Some(at("2026-11-23T07:00:00Z")),
            first_alert: None,
            reported_at: at("2026-11-23T07:30:00Z"),
            moments: Moments {
                acknowledged: Some(at("2026-11-23T08:00:00Z")),
                mitigated: Some(at("2026-11-23T10:00:00Z")),
                resolved: Some(at("2026-11-23T11:00:00Z")),
                ..Moments::default()
            },
        });
        let due = Some(at("2026-11-23T11:30:00Z"));
        let svg = drawing(&found, due, &here());
        assert_eq!(svg.matches("<rect").count(), 4, "{svg}");
        assert!(svg.contains(">started 07:00<") && svg.contains(">mitigate 2 h<"), "{svg}");
        assert!(svg.contains("kl-due") && !svg.contains(">due 11:30<"), "no room beside: {svg}");
        let words = caption(&found, due, &here());
        assert_eq!(
            words,
            "Started 07:00, detected 07:30 after 30 min, acknowledged 08:00 after 30 min, \
             mitigated 10:00 after 2 h, resolved 11:00 after 1 h. Nobody recorded when it was \
             restored. Resolution was due 11:30."
        );
    }

    #[test]
    fn an_incident_that_took_no_time_is_drawn() {
        let found = phases(&Seen {
            first_out: None,
            first_alert: None,
            reported_at: at("2026-11-23T07:30:00Z"),
            moments: Moments::default(),
        });
        let svg = drawing(&found, None, &here());
        assert!(svg.contains("started 07:30") && !svg.contains("NaN"), "{svg}");
    }
}
