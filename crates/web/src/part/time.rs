//! Instants and durations in words, in the zone of whoever reads. The scripts
//! keep them up to date in the same words (`assets/js/time.js`).

use calendar::Calendar;
use incident::clocks::Clock;
use incident::policy::Calendars;
use jiff::Zoned;
use jiff::tz::TimeZone;
use kernel::{Language, Timestamp};
use maud::{Markup, html};
use std::sync::Arc;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// What is due later than in so many seconds is told by its moment, not counted down.
pub(crate) const COUNTED_SECONDS: i64 = 8 * HOUR;
/// Days whose hours are told to the scripts, and spans of them at most.
const OPEN_DAYS: i64 = 3;
const OPEN_SPANS: usize = 8;
/// Ages are counted up to this; older things have a date. In seconds.
const AGE_COUNTED: i64 = 30 * DAY;

/// Now, and where the reader is.
#[derive(Debug, Clone)]
pub(crate) struct Here {
    /// The instant of rendering.
    pub(crate) now: Timestamp,
    /// The reader's zone.
    pub(crate) zone: TimeZone,
    /// What the screen is drawn in.
    pub(crate) language: Language,
    /// The business time that clocks count.
    pub(crate) calendars: Arc<Calendars>,
}

impl Here {
    /// The business time that this clock counts.
    pub(crate) fn calendar(&self, clock: &Clock) -> &Calendar {
        self.calendars.get(clock.calendar)
    }

    /// An instant on the reader's clock.
    pub(crate) fn local(&self, at: Timestamp) -> Zoned {
        at.to_jiff().to_zoned(self.zone.clone())
    }

    /// "CET": how the reader's zone is called now.
    pub(crate) fn zone_name(&self) -> String {
        let now = self.local(self.now);
        now.time_zone().to_offset_info(now.timestamp()).abbreviation().to_owned()
    }

    /// "CET, your time zone": said once on a page.
    pub(crate) fn zone_words(&self) -> String {
        format!("{}, your time zone", self.zone_name())
    }

    /// As a field for date and time holds it.
    pub(crate) fn field(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// "13:12".
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        let at = self.local(at);
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// "Mon 23 Nov 2026, 13:12 CET".
    pub(crate) fn full(&self, at: Timestamp) -> String {
        locale::full(self.language, &self.local(at))
    }

    /// Today "12:58", within 6 days "Thu 12:20", else "17 Nov", of another year "17 Nov 2025".
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        locale::moment(self.language, &self.local(self.now), &self.local(at))
    }

    /// As [`Here::moment`], with the time of day however long ago.
    pub(crate) fn exact(&self, at: Timestamp) -> String {
        let (moment, clock) = (self.moment(at), self.clock(at));
        if moment.ends_with(&clock) { moment } else { format!("{moment} {clock}") }
    }

    /// "now", "14 min", then as [`Here::moment`].
    pub(crate) fn since_words(&self, at: Timestamp) -> String {
        let say = locale::scripts(self.language);
        match self.now.seconds_since(at) {
            ..MINUTE => say.now().to_owned(),
            gap @ ..HOUR => say.minutes(gap / MINUTE),
            _ => self.moment(at),
        }
    }

    /// "now", "14 min", "3 h", "4 d"; beyond 30 days as [`Here::moment`].
    pub(crate) fn age_words(&self, at: Timestamp) -> String {
        match self.now.seconds_since(at) {
            ..MINUTE => "now".to_owned(),
            gap @ ..HOUR => format!("{} min", gap / MINUTE),
            gap @ ..DAY => format!("{} h", gap / HOUR),
            gap @ ..AGE_COUNTED => format!("{} d", gap / DAY),
            _ => self.moment(at),
        }
    }

    /// "1 m 40 s", "2 h 47 m", beyond 8 h as [`Here::moment`]; past: "22 m over".
    pub(crate) fn due_words(&self, at: Timestamp) -> String {
        let gap = at.micros_since(self.now);
        let seconds = gap.div_euclid(kernel::time::MICROS_PER_SECOND);
        match seconds {
            _ if seconds > -MINUTE && gap <= 0 => "just over".to_owned(),
            _ if gap <= 0 => format!("{} over", late(self.now.seconds_since(at))),
            ..120 => {
                let whole = seconds + i64::from(gap % kernel::time::MICROS_PER_SECOND > 0);
                if whole < 60 {
                    format!("{whole} s")
                } else {
                    format!("{} m {} s", whole / 60, whole % 60)
                }
            }
            _ if seconds < COUNTED_SECONDS => span(seconds),
            _ => self.moment(at),
        }
    }

    /// As [`Here::due_words`], with "left" while it is counted down.
    pub(crate) fn left_words(&self, at: Timestamp) -> String {
        let words = self.due_words(at);
        let counted = at > self.now && at.seconds_since(self.now) < COUNTED_SECONDS;
        if counted { format!("{words} left") } else { words }
    }
}

/// When something happened.
pub(crate) fn since(at: Timestamp, here: &Here) -> Markup {
    ticking("since", at, &here.since_words(at), here)
}

/// How long ago something happened.
pub(crate) fn age(at: Timestamp, here: &Here) -> Markup {
    ticking("age", at, &here.age_words(at), here)
}

/// When something is due.
pub(crate) fn due(at: Timestamp, here: &Here) -> Markup {
    ticking("due", at, &here.due_words(at), here)
}

/// How long something has left.
pub(crate) fn left(at: Timestamp, here: &Here) -> Markup {
    ticking("left", at, &here.left_words(at), here)
}

/// A moment that does not count: "12:58", "Thu 12:20", "17 Nov".
pub(crate) fn moment(at: Timestamp, here: &Here) -> Markup {
    html! { time datetime=(at) title=(here.full(at)) { (here.moment(at)) } }
}

/// A duration for agents: "3 m", "2 h 47 m", "4 d 3 h".
pub(crate) fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..DAY => span(seconds),
        _ => {
            let hours = seconds % DAY / HOUR;
            if hours == 0 {
                format!("{} d", seconds / DAY)
            } else {
                format!("{} d {hours} h", seconds / DAY)
            }
        }
    }
}

/// A length of business time: "40 s", "2 h 47 m", "26 h".
pub(crate) fn hours(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ ..MINUTE => format!("{seconds} s"),
        seconds => span(seconds),
    }
}

/// How much business time something is over that was due at an instant. The scripts
/// count on through the hours that are open in the next days.
pub(crate) fn over(seconds: i64, due: Timestamp, calendar: &Calendar, here: &Here) -> Markup {
    let spans = calendar.open_spans(here.now, here.now.plus_days(OPEN_DAYS));
    let open: Vec<String> = spans
        .take(OPEN_SPANS)
        .map(|span| {
            format!("{}-{}", span.start.micros() / 1_000_000, span.end.micros() / 1_000_000)
        })
        .collect();
    let title = format!("{}, counted in business time", here.full(due));
    html! {
        time datetime=(due) title=(title) data-tick="over" data-over=(seconds) data-open=(open.join(" ")) { (over_words(seconds)) }
    }
}

fn over_words(seconds: i64) -> String {
    if seconds < MINUTE { "just over".to_owned() } else { format!("{} over", span(seconds)) }
}

/// "1 incident", "3 incidents".
pub(crate) fn counted(count: i64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {one}s", kernel::grouped(count)) }
}

fn ticking(kind: &str, at: Timestamp, words: &str, here: &Here) -> Markup {
    html! { time datetime=(at) title=(here.full(at)) data-tick=(kind) { (words) } }
}

fn late(seconds: i64) -> String {
    if seconds >= 2 * DAY { format!("{} d", seconds / DAY) } else { span(seconds) }
}

/// "53 m", "2 h", "2 h 47 m".
fn span(seconds: i64) -> String {
    let minutes = seconds / MINUTE;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} m"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Here {
        Here {
            now: "2026-11-23T12:12:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Amsterdam").unwrap(),
            language: Language::En,
            calendars: Default::default(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn moments_say_as_much_as_is_needed() {
        for (when, words) in [
            ("2026-11-23T12:11:30Z", "now"),
            ("2026-11-23T11:58:00Z", "14 min"),
            ("2026-11-23T05:00:00Z", "06:00"),
            ("2026-11-22T23:30:00Z", "00:30"),
            ("2026-11-22T22:30:00Z", "Sun 23:30"),
            ("2026-11-17T11:00:00Z", "Tue 12:00"),
            ("2026-11-16T11:00:00Z", "16 Nov"),
            ("2025-11-17T11:00:00Z", "17 Nov 2025"),
        ] {
            assert_eq!(here().since_words(at(when)), words, "{when}");
        }
        for (when, words) in [
            ("2026-11-23T11:12:00Z", "1 h"),
            ("2026-11-19T11:00:00Z", "4 d"),
            ("2026-10-25T12:00:00Z", "29 d"),
            ("2026-10-22T11:00:00Z", "22 Oct"),
            ("2015-02-28T11:00:00Z", "28 Feb 2015"),
        ] {
            assert_eq!(here().age_words(at(when)), words, "{when}");
        }
    }

    #[test]
    fn what_is_due_counts_down_and_then_up() {
        for (when, words, left) in [
            ("2026-11-23T12:12:40Z", "40 s", "40 s left"),
            ("2026-11-23T12:13:40Z", "1 m 40 s", "1 m 40 s left"),
            ("2026-11-23T14:59:30Z", "2 h 47 m", "2 h 47 m left"),
            ("2026-11-23T14:12:00Z", "2 h", "2 h left"),
            ("2026-11-23T20:12:00Z", "21:12", "21:12"),
            ("2026-11-26T11:20:00Z", "Thu 12:20", "Thu 12:20"),
            ("2026-11-23T12:11:30Z", "just over", "just over"),
            ("2026-11-23T11:50:00Z", "22 m over", "22 m over"),
            ("2026-11-23T09:07:00Z", "3 h 5 m over", "3 h 5 m over"),
            ("2026-11-19T10:00:00Z", "4 d over", "4 d over"),
        ] {
            assert_eq!(here().due_words(at(when)), words, "{when}");
            assert_eq!(here().left_words(at(when)), left, "{when}");
        }
    }

    #[test]
    fn the_full_moment_names_its_zone() {
        assert_eq!(here().full(at("2026-11-23T12:10:00Z")), "Mon 23 Nov 2026, 13:10 CET");
        assert_eq!(here().zone_words(), "CET, your time zone");
    }

    #[test]
    fn durations_carry_their_units() {
        for (seconds, words) in
            [(40, "40 s"), (720, "12 m"), (10_020, "2 h 47 m"), (3_600, "1 h"), (93_600, "1 d 2 h")]
        {
            assert_eq!(duration(seconds), words);
        }
    }
}
