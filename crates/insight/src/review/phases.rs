//! The phases of an incident: how long it took to notice it, to take it, to end its impact.

use incident::state::Moments;
use kernel::{Timestamp, words};

words! {
    /// The moments that part the phases, in the order that people expect.
    Mark {
        /// It began: a service was out, an alert fired, or somebody noticed.
        Started = "started",
        /// It was noticed.
        Detected = "detected",
        /// Somebody took it.
        Acknowledged = "acknowledged",
        /// Its impact was over.
        Mitigated = "mitigated",
        /// Service was verified to be back.
        Restored = "restored",
        /// It was resolved.
        Resolved = "resolved",
    }
}

/// What is known of when it was what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When the first outage began.
    pub first_out: Option<Timestamp>,
    /// When the first of its alerts fired.
    pub first_alert: Option<Timestamp>,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// The moments that were recorded.
    pub moments: Moments,
}

/// A moment, if there was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Which.
    pub mark: Mark,
    /// When; none where nobody recorded it.
    pub at: Option<Timestamp>,
}

/// What lies between two moments that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// It begins with this one.
    pub from: Mark,
    /// It ends with this one.
    pub to: Mark,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How long it lasted, in seconds. Those of all spans sum up to the whole.
    pub seconds: i64,
}

/// The phases of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phases {
    /// All moments, in the order that people expect, those that are missing too.
    pub marks: Vec<Reached>,
    /// What lies between those that are there, in the order in which they came. That may be
    /// another order: some end the impact before anybody takes it.
    pub spans: Vec<Span>,
}

impl Phases {
    /// When it was what.
    pub fn at(&self, mark: Mark) -> Option<Timestamp> {
        self.marks.iter().find(|reached| reached.mark == mark)?.at
    }

    /// The moments that nobody recorded.
    pub fn missing(&self) -> impl Iterator<Item = Mark> {
        self.marks.iter().filter(|reached| reached.at.is_none()).map(|reached| reached.mark)
    }

    /// Seconds from when it began to a moment.
    pub fn until(&self, mark: Mark) -> Option<i64> {
        Some(self.at(mark)?.seconds_since(self.at(Mark::Started)?))
    }

    /// Seconds from when it began to the last moment that is known.
    pub fn seconds(&self) -> i64 {
        self.spans.iter().map(|span| span.seconds).sum()
    }
}

/// The phases of an incident. It began with the first that is known of it, whatever that is.
///
/// ```
/// use incident::state::Moments;
/// use insight::review::{Mark, Seen, phases};
///
/// let at = |text: &str| Some(text.parse::<kernel::Timestamp>().unwrap());
/// let found = phases(&Seen {
///     first_out: at("2026-11-12T07:02:00Z"),
///     first_alert: None,
///     reported_at: at("2026-11-12T07:09:00Z").unwrap(),
///     moments: Moments { resolved: at("2026-11-12T09:06:00Z"), ..Moments::default() },
/// });
/// assert_eq!(found.until(Mark::Detected), Some(7 * 60));
/// assert_eq!(found.seconds(), 124 * 60);
/// assert_eq!(found.missing().count(), 3);
/// ```
pub fn phases(seen: &Seen) -> Phases {
    let moments = &seen.moments;
    let detected = moments.detected.unwrap_or(seen.reported_at).min(seen.reported_at);
    let later = [moments.acknowledged, moments.mitigated, moments.restored, moments.resolved];
    let started = [seen.first_out, seen.first_alert]
        .into_iter()
        .chain(later)
        .flatten()
        .fold(detected, Timestamp::min);
    let marks: Vec<Reached> = Mark::ALL
        .iter()
        .map(|mark| {
            let at = match mark {
                Mark::Started => Some(started),
                Mark::Detected => Some(detected),
                Mark::Acknowledged => moments.acknowledged,
                Mark::Mitigated => moments.mitigated,
                Mark::Restored => moments.restored,
                Mark::Resolved => moments.resolved,
            };
            Reached { mark: *mark, at }
        })
        .collect();
    let mut there: Vec<(Timestamp, Mark)> =
        marks.iter().filter_map(|reached| Some((reached.at?, reached.mark))).collect();
    there.sort_unstable();
    let spans = there.windows(2).filter_map(|two| {
        let [(began, from), (ended, to)] = two else { return None };
        // Whole seconds since the beginning, so that the parts sum up to the whole.
        let seconds = ended.seconds_since(started) - began.seconds_since(started);
        Some(Span { from: *from, to: *to, began: *began, ended: *ended, seconds })
    });
    let spans = spans.collect();
    Phases { marks, spans }
}

/// "1 d 4 h", "1 h 12 min", "40 s": at most two units, the smaller one rounded down.
pub fn lasted(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3_600);
    let (minutes, rest) = (seconds % 3_600 / 60, seconds % 60);
    let two = |first: i64, unit: &str, second: i64, of: &str| match second {
        0 => format!("{first} {unit}"),
        _ => format!("{first} {unit} {second} {of}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => two(hours, "h", minutes, "min"),
        (days, hours, _) => two(days, "d", hours, "h"),
    }
}
