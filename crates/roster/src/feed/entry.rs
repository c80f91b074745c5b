//! Out: one event for each shift.
//!
//! An event is known by its shift, not by its end: schedule, layer, beginning of the turn, and
//! which part of the turn it is where something wins over its middle. So a shift that is moved,
//! shortened or given to somebody else stays the same event with a higher number.

use crate::roster::Roster;
use crate::shift::{Shift, Source, Span};
use crate::zone::LATEST;
use kernel::ical::{escaped, write};
use kernel::limits::{ROSTER_SHIFTS, SHIFT_YEARS};
use kernel::{ScheduleId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How far around a range turns are followed to their ends, in days.
const TURN_DAYS: i64 = SHIFT_YEARS as i64 * 366;

/// An event of a feed as it was published last. Kept by whoever publishes, so that calendars learn
/// what changed and what is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// By what calendars know it. Never changes.
    pub uid: String,
    /// From when until when.
    pub span: Span,
    /// What it says.
    pub summary: String,
    /// How often it was changed.
    pub sequence: u32,
    /// When it was changed last.
    pub modified: Timestamp,
    /// It does not take place any more.
    pub cancelled: bool,
}

/// The events of a schedule for a range: every shift that lies in it, in full, with these words;
/// shifts without words are left out, as in a person's own feed. `before` is what was published
/// last: what is the same stays as it is, what is another gets a higher number, what is gone is
/// cancelled until it is over.
///
/// ```
/// use roster::{Roster, Schedule, Span, feed};
///
/// let text = r#"{"time_zone": "Europe/Oslo", "layers": [{"rotation": {"unit": "week", "every": 1,
///     "start_local": "2026-11-02T09:00:00", "people": ["Ines", "Yuki"]}}]}"#;
/// let mut schedule: Schedule<String> = serde_json::from_str(text).unwrap();
/// let id = "018f4e8c-0000-7000-8000-000000000001".parse().unwrap();
/// let [monday, now, sunday] = ["2026-11-23T08:00:00Z", "2026-11-25T12:00:00Z", "2026-11-29T12:00:00Z"]
///     .map(|text| text.parse().unwrap());
/// let range = Span::new(now, sunday);
/// let publish = |schedule: &Schedule<String>, before: &[feed::Entry]| {
///     let roster = Roster::new(schedule).unwrap();
///     feed::publish(&roster, id, range, |shift| Some(shift.person.clone()), before, now)
/// };
/// let first = publish(&schedule, &[]);
/// assert_eq!((first.len(), first[0].sequence, first[0].span.start), (1, 0, monday));
/// assert_eq!(publish(&schedule, &first), first);
///
/// schedule.overrides = vec![roster::Override { person: "Emil".into(), start: sunday, end: first[0].span.end }];
/// let second = publish(&schedule, &first);
/// assert_eq!((&second[0].uid, second[0].sequence), (&first[0].uid, 1));
/// assert!(feed::text("Network", &second).contains("SEQUENCE:1\r\n"));
/// ```
pub fn publish<P: Clone + Eq>(
    roster: &Roster<P>,
    schedule: ScheduleId,
    range: Span,
    words: impl Fn(&Shift<P>) -> Option<String>,
    before: &[Entry],
    now: Timestamp,
) -> Vec<Entry> {
    let known: HashMap<&str, &Entry> =
        before.iter().map(|entry| (entry.uid.as_str(), entry)).collect();
    let whole = roster.whole_turns(range);
    let mut parts: HashMap<String, u32> = HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    for shift in roster.shifts(whole.start, whole.end) {
        let uid = uid(schedule, &shift, &mut parts);
        if shift.span().overlap(range).is_none() || entries.len() >= ROSTER_SHIFTS {
            continue;
        }
        let Some(summary) = words(&shift) else { continue };
        let fresh = Entry {
            uid,
            span: shift.span(),
            summary,
            sequence: 0,
            modified: now,
            cancelled: false,
        };
        entries.push(match known.get(fresh.uid.as_str()) {
            Some(known) if known.says_the_same(&fresh) => (*known).clone(),
            Some(known) => Entry { sequence: known.sequence.saturating_add(1), ..fresh },
            None => fresh,
        });
    }
    let published: std::collections::HashSet<String> =
        entries.iter().map(|entry| entry.uid.clone()).collect();
    let gone = before
        .iter()
        .filter(|entry| !published.contains(&entry.uid) && entry.span.overlap(range).is_some());
    entries.extend(gone.map(|entry| entry.cancelled_at(now)));
    entries
}

/// The feed as text, with CRLF at the end of each line; calendars look again every hour.
///
/// ```
/// let text = roster::feed::text("Network, first line", &[]);
/// assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
/// assert!(text.contains("X-WR-CALNAME:Network\\, first line\r\n"));
/// assert!(text.ends_with("END:VCALENDAR\r\n"));
/// ```
pub fn text(name: &str, entries: &[Entry]) -> String {
    let mut out = String::new();
    let mut say = |name: &str, value: &str| write(&mut out, name, value);
    say("BEGIN", "VCALENDAR");
    say("VERSION", "2.0");
    say("PRODID", "-//Evenkeel//On call//EN");
    say("CALSCALE", "GREGORIAN");
    say("METHOD", "PUBLISH");
    say("NAME", &escaped(name));
    say("X-WR-CALNAME", &escaped(name));
    say("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    say("X-PUBLISHED-TTL", "PT1H");
    for entry in entries {
        say("BEGIN", "VEVENT");
        say("UID", &entry.uid);
        // When it was changed, not when it was asked for: the same feed has the same text.
        say("DTSTAMP", &utc(entry.modified));
        say("LAST-MODIFIED", &utc(entry.modified));
        say("SEQUENCE", &entry.sequence.to_string());
        say("DTSTART", &utc(entry.span.start));
        say("DTEND", &utc(entry.span.end));
        say("SUMMARY", &escaped(&entry.summary));
        say("STATUS", if entry.cancelled { "CANCELLED" } else { "CONFIRMED" });
        // Whoever is on call may have appointments all the same.
        say("TRANSP", "TRANSPARENT");
        say("END", "VEVENT");
    }
    say("END", "VCALENDAR");
    out
}

impl Entry {
    fn says_the_same(&self, other: &Entry) -> bool {
        (self.span, &self.summary, self.cancelled) == (other.span, &other.summary, other.cancelled)
    }

    fn cancelled_at(&self, now: Timestamp) -> Entry {
        match self.cancelled {
            true => self.clone(),
            false => Entry {
                cancelled: true,
                sequence: self.sequence.saturating_add(1),
                modified: now,
                ..self.clone()
            },
        }
    }
}

impl<P: Clone + Eq> Roster<P> {
    /// The range with all turns and overrides at its edges in full, so that parts of a turn are
    /// counted from its first, wherever the range begins.
    fn whole_turns(&self, range: Span) -> Span {
        let (start, end) = (self.turns_at(range.start), self.turns_at(range.end.plus_micros(-1)));
        let starts = start.map(|turn| turn.start).min().unwrap_or(range.start);
        let ends = end.map(|turn| turn.end).max().unwrap_or(range.end);
        Span::new(
            starts.min(range.start).max(range.start.plus_days(-TURN_DAYS)),
            ends.max(range.end).min(range.end.plus_days(TURN_DAYS)).min(LATEST),
        )
    }

    /// All turns and overrides that an instant lies in, also those that something wins over.
    fn turns_at(&self, at: Timestamp) -> impl Iterator<Item = Span> {
        let (version, _) = self.version_at(at);
        let layers = version.map(|version| &self.versions()[version].layers[..]);
        let turns = layers.unwrap_or_default().iter().filter_map(|layer| layer.turns.as_ref());
        let turns = turns.map(move |turns| turns.at(at, &self.zone).1);
        turns.chain(self.override_spans().filter(move |span| span.contains(at)))
    }
}

/// Counts the parts of each turn; the first has the name of the turn itself.
fn uid<P>(schedule: ScheduleId, shift: &Shift<P>, parts: &mut HashMap<String, u32>) -> String {
    let begun = utc(shift.turn.start);
    let turn = match shift.source {
        Source::Layer(place) => format!("{schedule}-layer-{place}-{begun}"),
        Source::Override(_) => format!("{schedule}-override-{begun}"),
    };
    let part = parts.entry(turn.clone()).or_default();
    *part += 1;
    match *part {
        1 => turn,
        part => format!("{turn}-{part}"),
    }
}

/// `20261123T080000Z`.
fn utc(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string()
}
