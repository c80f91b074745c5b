//! A promise's clock: what is left of it, as words and as a mini keel.

use crate::part::icon::icon;
use crate::part::time::{self, Here};
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::{Access, State};
use kernel::Timestamp;
use maud::{Markup, PreEscaped, html};

/// Below this share of the target left, in per cent, it is a warning.
const WARN_LEFT_PERCENT: i64 = 25;
/// Where the mini keel's due tick stands: its axis is 125% of the target.
const DUE_PERCENT: f64 = 80.0;

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Enough is left.
    Ok,
    /// Little is left.
    Warn,
    /// It is over.
    Breach,
    /// It waits.
    Paused,
    /// It was met in time.
    Met,
    /// It was met too late.
    Missed,
    /// It counts no more.
    Cancelled,
}

impl Standing {
    /// How a clock stands at an instant.
    pub(crate) fn of(clock: &Clock, here: &Here) -> Standing {
        let breached =
            clock.breached_at.is_some() || clock.is_breached(here.calendar(clock), here.now);
        match clock.status {
            ClockStatus::Cancelled => Standing::Cancelled,
            ClockStatus::Stopped if breached => Standing::Missed,
            ClockStatus::Stopped => Standing::Met,
            _ if breached => Standing::Breach,
            ClockStatus::Paused => Standing::Paused,
            ClockStatus::Running => {
                let left = clock.remaining_seconds(here.calendar(clock), here.now);
                if left * 100 < clock.target_seconds * WARN_LEFT_PERCENT {
                    Standing::Warn
                } else {
                    Standing::Ok
                }
            }
        }
    }

    /// What follows `sla-`.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Standing::Ok => "ok",
            Standing::Warn => "warn",
            Standing::Breach => "breach",
            Standing::Paused | Standing::Missed | Standing::Cancelled => "paused",
            Standing::Met => "met",
        }
    }

    /// The icon's name.
    pub(crate) fn icon(self) -> &'static str {
        match self {
            Standing::Ok | Standing::Warn => "clock",
            Standing::Breach | Standing::Missed => "alert",
            Standing::Paused => "pause",
            Standing::Met => "check",
            Standing::Cancelled => "x",
        }
    }

    /// The word for those who listen.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Standing::Ok => "On track",
            Standing::Warn => "At risk",
            Standing::Breach => "Overdue",
            Standing::Paused => "Paused",
            Standing::Met => "Met",
            Standing::Missed => "Missed",
            Standing::Cancelled => "Cancelled",
        }
    }
}

/// The clock's name as a heading.
pub(crate) fn name(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Acknowledge => "Acknowledge",
        ClockKind::Response => "Response",
        ClockKind::Update => "Update",
        ClockKind::Resolution => "Resolution",
        ClockKind::Team => "Team",
        ClockKind::Vendor => "Supplier",
    }
}

/// What the clock asks for, as a verb.
pub(crate) fn verb(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Acknowledge => "acknowledge",
        ClockKind::Response => "respond",
        ClockKind::Update => "update",
        ClockKind::Resolution => "resolve",
        ClockKind::Team => "hand on",
        ClockKind::Vendor => "supply",
    }
}

/// The clock that a row shows: one that is over, else the next one due, else one
/// that waits, else how the last one ended.
pub(crate) fn next(state: &State) -> Option<&Clock> {
    next_seen(&state.clocks, Access::Full)
}

/// As [`next`], for somebody who sees this much of the incident.
pub(crate) fn next_seen(clocks: &[Clock], access: Access) -> Option<&Clock> {
    let all = || seen(clocks, access);
    let live = || all().filter(|clock| clock.status.is_live());
    live()
        .filter(|clock| clock.breached_at.is_some())
        .min_by_key(|clock| clock.breached_at)
        .or_else(|| live().filter(|clock| clock.due_at.is_some()).min_by_key(|clock| clock.due_at))
        .or_else(|| live().min_by_key(|clock| clock.target_seconds))
        .or_else(|| all().filter(|clock| clock.kind == ClockKind::Resolution).last())
}

/// The clocks that somebody sees who sees this much of an incident: those of teams and vendors are
/// the service desk's own matter, as in the API.
pub(crate) fn seen(clocks: &[Clock], access: Access) -> impl Iterator<Item = &Clock> {
    let full = access == Access::Full;
    clocks.iter().filter(move |clock| full || clock.kind.is_promised_to_requester())
}

/// Since when an incident waits, while it does.
pub(crate) fn waits_since(state: &State) -> Option<Timestamp> {
    state.hold.as_ref().map(|hold| hold.since)
}

/// The value, what it counts to, and the mini keel of a clock whose incident may be waiting.
pub(crate) fn sla(clock: &Clock, waits_since: Option<Timestamp>, here: &Here) -> Markup {
    let standing = Standing::of(clock, here);
    html! {
        span class={ "sla sla-" (standing.class()) } {
            (value(clock, standing, here)) " "
            span.sla-w { (beside(clock, standing, here)) }
            (mini_keel(clock, waits_since, here))
        }
    }
}

/// The value, when it is due, and the mini keel: where the clock's name stands beside it.
pub(crate) fn sla_until(clock: &Clock, waits_since: Option<Timestamp>, here: &Here) -> Markup {
    let standing = Standing::of(clock, here);
    let when = match (standing, clock.due_at) {
        (Standing::Ok | Standing::Warn, Some(due)) => format!("due {}", here.moment(due)),
        (Standing::Breach, Some(due)) => format!("was due {}", here.moment(due)),
        (Standing::Paused | Standing::Missed, _) => beside(clock, standing, here),
        _ => String::new(),
    };
    html! {
        span class={ "sla sla-" (standing.class()) } {
            (value(clock, standing, here)) " "
            span.sla-w { (when) }
            (mini_keel(clock, waits_since, here))
        }
    }
}

/// The value alone: "2 h 47 m", "22 m over", "Paused", "Met".
pub(crate) fn value(clock: &Clock, standing: Standing, here: &Here) -> Markup {
    html! {
        span.sla-v {
            (icon(standing.icon()))
            @match (standing, clock.due_at) {
                (Standing::Breach, Some(due)) => {
                    span.vh { (standing.word()) ": " }
                    (over(clock, due, here))
                }
                (Standing::Ok | Standing::Warn, Some(due)) => {
                    span.vh { (standing.word()) ": " }
                    (time::due(due, here))
                }
                (Standing::Breach, None) => {
                    span.vh { (standing.word()) ": " }
                    (length(clock, -clock.remaining_seconds(here.calendar(clock), here.now))) " over"
                }
                _ => (standing.word()),
            }
        }
    }
}

/// How much a running clock is over: business time, where that is not all time.
pub(crate) fn over(clock: &Clock, due: Timestamp, here: &Here) -> Markup {
    if clock.calendar.is_none() {
        return time::due(due, here);
    }
    let calendar = here.calendar(clock);
    let seconds = -clock.remaining_seconds(calendar, here.now);
    time::over(seconds, due, calendar, here)
}

/// A length of the time that a clock counts: a day of business time is no day, so such
/// a clock counts hours.
pub(crate) fn length(clock: &Clock, seconds: i64) -> String {
    match clock.calendar {
        Some(_) => time::hours(seconds),
        None => time::duration(seconds),
    }
}

fn beside(clock: &Clock, standing: Standing, here: &Here) -> String {
    match standing {
        Standing::Paused => {
            format!(
                "{} left",
                length(clock, clock.remaining_seconds(here.calendar(clock), here.now))
            )
        }
        Standing::Missed => {
            format!(
                "by {}",
                length(clock, -clock.remaining_seconds(here.calendar(clock), here.now))
            )
        }
        _ => verb(clock.kind).to_owned(),
    }
}

/// The share of the target that is used, on an axis of 125% of it; hatched behind it how long a
/// clock that stands still has been doing so.
pub(crate) fn mini_keel(clock: &Clock, waits_since: Option<Timestamp>, here: &Here) -> Markup {
    let percent = |seconds: i64| seconds as f64 / clock.target_seconds.max(1) as f64 * DUE_PERCENT;
    let used = percent(clock.elapsed_seconds(here.calendar(clock), here.now)).clamp(0.0, 100.0);
    let stands = waits_since.filter(|_| clock.status == ClockStatus::Paused);
    let waits = stands.map_or(0.0, |since| percent(here.calendar(clock).elapsed(since, here.now)));
    let waits = waits.clamp(0.0, 100.0 - used);
    let pause = match waits > 0.0 {
        true => format!(
            r#"<rect class="k-pause" x="{used:.0}%" y="2" width="{waits:.0}%" height="3"/>"#
        ),
        false => String::new(),
    };
    PreEscaped(format!(
        concat!(
            r#"<svg class="keel-mini" aria-hidden="true"><rect class="k-base" y="2" width="100%" height="3" rx="1.5"/>"#,
            r#"<rect class="k-run" y="2" width="{:.0}%" height="3" rx="1.5"/>{}<rect class="k-due" x="80%" width="1.5" height="7"/></svg>"#
        ),
        used, pause
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn here(seconds: i64) -> Here {
        Here {
            now: start().plus_seconds(seconds),
            zone: TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        }
    }

    fn start() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn running() -> Clock {
        Clock {
            kind: ClockKind::Response,
            status: ClockStatus::Running,
            target_seconds: 3_600,
            used_micros: 0,
            since: Some(start()),
            due_at: Some(start().plus_seconds(3_600)),
            stopped_at: None,
            breached_at: None,
            first_breached_at: None,
            warned_share: 0,
            calendar: None,
            team: None,
            left: false,
        }
    }

    #[test]
    fn the_clock_of_a_team_is_shown_to_the_service_desk_alone() {
        let due_at = Some(start().plus_seconds(60));
        let clocks = [running(), Clock { kind: ClockKind::Team, due_at, ..running() }];
        let shown = |access| next_seen(&clocks, access).map(|clock| clock.kind);
        assert_eq!(shown(Access::Full), Some(ClockKind::Team));
        assert_eq!(shown(Access::Public), Some(ClockKind::Response));
    }

    #[test]
    fn the_words_follow_what_is_left() {
        for (seconds, class, words) in [
            (600, "sla-ok", ">50 m<"),
            (3_000, "sla-warn", ">10 m<"),
            (4_200, "sla-breach", ">10 m over<"),
        ] {
            let html = sla(&running(), None, &here(seconds)).into_string();
            assert!(html.contains(class) && html.contains(words), "{html}");
        }
        let paused = Clock {
            status: ClockStatus::Paused,
            since: None,
            due_at: None,
            used_micros: 600_000_000,
            ..running()
        };
        let html = sla(&paused, Some(start().plus_seconds(9_279)), &here(9_999)).into_string();
        assert!(html.contains("Paused") && html.contains("50 m left"), "{html}");
        assert!(html.contains(r#"k-pause" x="13%" y="2" width="16%""#), "{html}");
    }

    #[test]
    fn the_mini_keel_has_its_due_tick_at_four_fifths() {
        let run = |seconds| mini_keel(&running(), None, &here(seconds)).into_string();
        assert!(run(1_800).contains(r#"width="40%""#));
        assert!(run(99_999).contains(r#"k-run" y="2" width="100%""#));
    }
}
