//! In: shifts out of a feed of another program or calendar.

use super::draft::{Event, PROPERTIES};
use super::moment::Moment;
use super::rule::Budget;
use crate::schedule::Override;
use crate::shift::Span;
use crate::zone::{UnknownZone, Zone};
use kernel::ical::{self, Unreadable};
use kernel::limits::{ROSTER_FEED_BYTES, ROSTER_FEED_DATES};
use kernel::{InOrder, PersonId, Timestamp};
use std::collections::HashSet;

/// What programs put between a person's name and other words of a summary.
const JOINTS: [&str; 5] = [" - ", " – ", ": ", " | ", ","];

/// Days that one event may last: what goes on longer is no shift.
const EVENT_DAYS: i64 = 366;

/// Why a feed is not read at all. Nothing is taken from such a one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It is no feed, or not a whole one.
    #[error(
        "is no whole iCalendar feed: it {0}. Open the address without signing in and look at what comes"
    )]
    Unreadable(#[from] Unreadable),
    /// It is larger than is read.
    #[error("is larger than {ROSTER_FEED_BYTES} bytes; use a feed of this schedule only")]
    TooLarge,
    /// Its events give more dates than are looked at.
    #[error("gives more than {ROSTER_FEED_DATES} dates; use a feed of this schedule only")]
    TooManyDates,
    /// The zone for times without one is none.
    #[error(transparent)]
    UnknownZone(#[from] UnknownZone),
}

/// Shifts out of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import<P = PersonId> {
    /// Shifts of people who are known, in order, as overrides.
    pub shifts: Vec<Override<P>>,
    /// Shifts of nobody who is known, in order: to be shown, for nobody would be paged.
    pub uncovered: Vec<Uncovered>,
    /// Events that were not understood.
    pub left_out: Vec<LeftOut>,
}

/// A shift of nobody who is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// From when until when.
    pub span: Span,
    /// What the feed calls it.
    pub summary: Option<String>,
}

/// An event of a feed that gives no shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The line at which the event begins, from 1.
    pub line: usize,
    /// What the feed calls it.
    pub summary: Option<String>,
    /// Why it was left out.
    pub reason: WhyLeftOut,
}

/// Why an event gives no shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WhyLeftOut {
    /// A date, a time or a duration is missing or cannot be read.
    #[error("has a date or time that cannot be read")]
    NoDate,
    /// It has no end, or one that is not after its beginning.
    #[error("does not end after it begins")]
    NoLength,
    /// It goes on for more than a year.
    #[error("is longer than a year")]
    TooLong,
    /// Its time zone is none that is known.
    #[error("is in a time zone that is not known; use a name such as Europe/Berlin")]
    UnknownZone,
    /// It comes again by a rule that is not understood.
    #[error("comes again by a rule that is not understood; add its shifts by hand")]
    Rule,
    /// It changes an occurrence and all that follow.
    #[error("changes one occurrence and all that follow; end the series and begin a new one")]
    Following,
}

/// Reads the shifts of a feed that touch a range. `who` finds a person by an address of somebody
/// who takes part, by their name, by the summary, or by a part of it; it should not mind capitals.
/// Times without a zone, and whole days, are by the clock of `time_zone`.
///
/// Repetitions keep to RFC 5545, but an end given as a time stays at that time of the clock through
/// a clock change, so that shifts from nine to nine leave no gap.
///
/// # Errors
/// When it is no feed, not a whole one, larger than is read, or gives too many dates.
///
/// ```
/// use roster::{Span, feed};
///
/// let text = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Ines - Network\r\n\
///     DTSTART;TZID=Europe/Oslo:20261026T090000\r\nDTEND;TZID=Europe/Oslo:20261102T090000\r\n\
///     RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261123T090000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
/// let range = Span::new("2026-11-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap());
/// let who = |text: &str| text.eq_ignore_ascii_case("ines").then_some("ines");
/// let found = feed::read(text, "UTC", range, who).unwrap();
/// let starts: Vec<String> = found.shifts.iter().map(|shift| shift.start.to_string()).collect();
/// assert_eq!(starts, ["2026-10-26T08:00:00Z", "2026-11-09T08:00:00Z", "2026-11-23T08:00:00Z"]);
/// ```
pub fn read<P: Clone>(
    bytes: &[u8],
    time_zone: &str,
    range: Span,
    who: impl Fn(&str) -> Option<P>,
) -> Result<Import<P>, FeedError> {
    if bytes.len() > ROSTER_FEED_BYTES {
        return Err(FeedError::TooLarge);
    }
    let zone = Zone::named(time_zone)?;
    let mut import = Import { shifts: vec![], uncovered: vec![], left_out: vec![] };
    let mut events = Vec::new();
    for event in ical::read(bytes, &PROPERTIES)?.events {
        match Event::read(&event, &zone) {
            Ok(read) => events.push((event.line, read)),
            Err(left_out) => import.left_out.push(left_out),
        }
    }
    let replaced = Replaced::of(events.iter().map(|(_, event)| event));
    let mut budget = Budget(ROSTER_FEED_DATES);
    for (line, event) in &events {
        if event.cancelled {
            continue;
        }
        match spans(event, &replaced, range, &mut budget)? {
            Ok(spans) => import.add(event, spans, &who),
            Err(reason) => import.left_out.push(LeftOut {
                line: *line,
                summary: event.summary.clone(),
                reason,
            }),
        }
    }
    import.shifts.order_by_key(|shift| (shift.start, shift.end));
    import.uncovered.order_by_key(|shift| shift.span);
    Ok(import)
}

impl<P: Clone> Import<P> {
    fn add(&mut self, event: &Event, spans: Vec<Span>, who: &impl Fn(&str) -> Option<P>) {
        match person(event, who) {
            Some(person) => {
                let shift = |Span { start, end }| Override { person: person.clone(), start, end };
                self.shifts.extend(spans.into_iter().map(shift));
            }
            None => {
                let shift = |span| Uncovered { span, summary: event.summary.clone() };
                self.uncovered.extend(spans.into_iter().map(shift));
            }
        }
    }
}

/// Who takes part, else who is named by the summary, whole or in part.
fn person<P>(event: &Event, who: &impl Fn(&str) -> Option<P>) -> Option<P> {
    let summary = event.summary.as_deref();
    let parts = || {
        let by_joint = |joint| summary.into_iter().flat_map(move |text| text.split(joint));
        JOINTS.iter().flat_map(move |joint| by_joint(*joint)).map(str::trim)
    };
    let attendees = event.attendees.iter().map(String::as_str);
    let mut texts = attendees.chain(summary).chain(parts()).filter(|text| !text.is_empty());
    texts.find_map(who)
}

/// Occurrences for which another event stands.
struct Replaced<'a> {
    instants: HashSet<(&'a str, Timestamp)>,
    days: HashSet<(&'a str, jiff::civil::Date)>,
}

impl<'a> Replaced<'a> {
    fn of(events: impl Iterator<Item = &'a Event>) -> Self {
        let mut replaced = Replaced { instants: HashSet::new(), days: HashSet::new() };
        for event in events {
            if let (Some(uid), Some(moment)) = (event.uid.as_deref(), &event.replaces) {
                if moment.whole_day {
                    replaced.days.insert((uid, moment.local.date()));
                } else {
                    replaced.instants.insert((uid, moment.instant()));
                }
            }
        }
        replaced
    }

    fn has(&self, event: &Event, start: &Moment) -> bool {
        let Some(uid) = event.uid.as_deref().filter(|_| event.replaces.is_none()) else {
            return false;
        };
        self.instants.contains(&(uid, start.instant()))
            || self.days.contains(&(uid, start.local.date()))
    }
}

/// When an event takes place, as far as it touches the range.
fn spans(
    event: &Event,
    replaced: &Replaced<'_>,
    range: Span,
    budget: &mut Budget,
) -> Result<Result<Vec<Span>, WhyLeftOut>, FeedError> {
    let first = Span::new(event.start.instant(), event.length.end_of(&event.start));
    if first.is_empty() {
        return Ok(Err(WhyLeftOut::NoLength));
    }
    if first.end > first.start.plus_days(EVENT_DAYS) {
        return Ok(Err(WhyLeftOut::TooLong));
    }
    let from = range.start.plus_days(-EVENT_DAYS);
    let mut starts = match &event.rule {
        None => vec![event.start.clone()],
        Some(rule) => {
            let starts = rule.starts(&event.start, from, range.end, budget);
            starts.ok_or(FeedError::TooManyDates)?
        }
    };
    starts.extend(event.also.iter().cloned());
    if !budget.spend(starts.len().saturating_mul(1 + event.except.len())) {
        return Err(FeedError::TooManyDates);
    }
    let takes_place = |start: &Moment| {
        !event.except.iter().any(|except| except.names(start)) && !replaced.has(event, start)
    };
    let mut spans: Vec<Span> = starts
        .iter()
        .filter(|start| takes_place(start))
        .map(|start| Span::new(start.instant(), event.length.end_of(start)))
        .filter(|span| span.overlap(range).is_some())
        .collect();
    spans.sort_unstable();
    spans.dedup();
    Ok(Ok(spans))
}
