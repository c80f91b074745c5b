//! How components were, day by day: what the bars of the page are made of.

use crate::snapshot::{Component, Condition, Snapshot, Span};
use crate::times::Clock;
use jiff::civil::Date;
use kernel::Timestamp;
use map::Health;

/// Days that a page shows, today included.
pub const DAYS: i32 = 90;

/// Microseconds of a day; with less known of a component there is no figure.
const DAY_MICROS: i64 = 86_400 * kernel::time::MICROS_PER_SECOND;

/// What a component says of a service that is felt so.
pub const fn of_service(health: Health) -> Condition {
    match health {
        Health::Level => Condition::Operational,
        Health::Degraded => Condition::Degraded,
        Health::Partial => Condition::Partial,
        Health::Down => Condition::Major,
        Health::Maintenance => Condition::Maintenance,
    }
}

/// How bad a condition is: 0 as it should be, then planned work, slower, partly out, out.
pub const fn rank(condition: Condition) -> usize {
    match condition {
        Condition::Operational => 0,
        Condition::Maintenance => 1,
        Condition::Degraded => 2,
        Condition::Partial => 3,
        Condition::Major => 4,
    }
}

/// Conditions by their rank.
const RANKED: [Condition; 5] = [
    Condition::Operational,
    Condition::Maintenance,
    Condition::Degraded,
    Condition::Partial,
    Condition::Major,
];

/// The worst of conditions; operational of none.
pub fn worst(of: impl IntoIterator<Item = Condition>) -> Condition {
    RANKED[of.into_iter().map(rank).max().unwrap_or(0)]
}

/// How a component was at an instant, by its spans.
pub fn at(component: &Component, at: Timestamp) -> Condition {
    let lasts = |span: &&Span| span.started_at <= at && span.ended_at.is_none_or(|end| at < end);
    worst(component.spans.iter().filter(lasts).map(|span| span.condition))
}

/// A day of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Which, in the zone of the page.
    pub date: Date,
    /// Microseconds of it that something is known of: it began after midnight, or today lasts.
    pub known: i64,
    /// Microseconds of it by the rank of the condition. At each instant the worst one counts;
    /// what was as it should be is not counted here.
    lasted: [i64; 5],
}

impl Day {
    /// Microseconds in a condition, the worst of each instant.
    pub const fn lasted(&self, condition: Condition) -> i64 {
        match condition {
            Condition::Operational => self.known - self.amiss(),
            other => self.lasted[rank(other)],
        }
    }

    /// The worst of the day; none if nothing is known of it.
    pub fn worst(&self) -> Option<Condition> {
        let worst = RANKED.iter().rev().find(|condition| self.lasted[rank(**condition)] > 0);
        (self.known > 0).then(|| worst.copied().unwrap_or(Condition::Operational))
    }

    const fn amiss(&self) -> i64 {
        self.lasted[1] + self.lasted[2] + self.lasted[3] + self.lasted[4]
    }
}

/// A share of time in which a component worked, planned work and slowness aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Available {
    /// In hundredths of a percent, cut off: 10,000 only where nothing was out.
    pub hundredths: u32,
    /// Of how many days something is known.
    pub days: usize,
}

/// The share of what is known of these days in which nothing of it was out; none if less than
/// a day is known.
pub fn available(days: &[Day]) -> Option<Available> {
    let known: i64 = days.iter().map(|day| day.known).sum();
    let out: i64 = days.iter().map(|day| day.lasted[3] + day.lasted[4]).sum();
    let share = i128::from(known - out) * 10_000 / i128::from(known.max(1));
    let hundredths = u32::try_from(share).ok()?;
    let days = days.iter().filter(|day| day.known > 0).count();
    (known >= DAY_MICROS).then_some(Available { hundredths, days })
}

/// The last 90 days of a component, oldest first, in the zone of the page.
pub fn bars(component: &Component, snapshot: &Snapshot) -> Vec<Day> {
    let clock = Clock::new(&snapshot.site.time_zone, snapshot.at);
    Calendar::new(&clock, snapshot.at).bars(component)
}

/// The days of a page with their first instants, counted once for all components.
#[derive(Debug)]
pub(crate) struct Calendar {
    /// Day, first instant, first instant after it; the last one ends now.
    days: Vec<(Date, Timestamp, Timestamp)>,
    now: Timestamp,
}

impl Calendar {
    pub(crate) fn new(clock: &Clock, now: Timestamp) -> Calendar {
        let starts: Vec<(Date, Timestamp)> = (0..DAYS)
            .rev()
            .map(|ago| clock.days_ago(ago))
            .map(|date| (date, clock.start_of(date)))
            .collect();
        let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([now]);
        let days = starts.iter().zip(ends).map(|((date, start), end)| (*date, *start, end));
        Calendar { days: days.collect(), now }
    }

    pub(crate) fn bars(&self, component: &Component) -> Vec<Day> {
        let since = component.created_at;
        let mut bars: Vec<Day> = self
            .days
            .iter()
            .map(|(date, start, end)| Day {
                date: *date,
                known: end.micros_since((*start).max(since)).max(0),
                lasted: [0; 5],
            })
            .collect();
        let first = self.days.first().map_or(self.now, |(_, start, _)| *start);
        for segment in segments(&component.spans, first.max(since), self.now) {
            self.count(&segment, &mut bars);
        }
        bars
    }

    /// Counts a segment into each day that it touches.
    fn count(&self, segment: &Segment, bars: &mut [Day]) {
        let from = self.days.partition_point(|(_, _, end)| *end <= segment.from);
        for ((_, start, end), bar) in self.days.iter().zip(bars).skip(from) {
            if *start >= segment.until {
                return;
            }
            let lasted = segment.until.min(*end).micros_since(segment.from.max(*start));
            bar.lasted[segment.rank] += lasted.max(0);
        }
    }
}

/// A stretch in which one condition was the worst.
#[derive(Debug)]
struct Segment {
    rank: usize,
    from: Timestamp,
    until: Timestamp,
}

/// Spans that may overlap as stretches that do not: at each instant the worst one counts.
fn segments(spans: &[Span], from: Timestamp, until: Timestamp) -> Vec<Segment> {
    let mut edges: Vec<(Timestamp, usize, i32)> = Vec::with_capacity(spans.len() * 2);
    for span in spans {
        let start = span.started_at.max(from);
        let end = span.ended_at.unwrap_or(until).min(until);
        if start < end && span.condition != Condition::Operational {
            edges.extend([(start, rank(span.condition), 1), (end, rank(span.condition), -1)]);
        }
    }
    edges.sort_unstable();
    let (mut open, mut found, mut since) = ([0_i32; 5], Vec::new(), from);
    for (at, rank, step) in edges {
        let worst = open.iter().rposition(|count| *count > 0);
        if let Some(rank) = worst.filter(|_| since < at) {
            found.push(Segment { rank, from: since, until: at });
        }
        since = at;
        open[rank] += step;
    }
    found
}
