//! One event of a feed, from its lines.

use super::import::{LeftOut, WhyLeftOut};
use super::moment::{Length, Moment};
use super::rule::Rule;
use crate::zone::Zone;
use kernel::ical::{self, Line};
use kernel::limits::TITLE_CHARS;

/// The lines that say something about a shift.
pub(super) const PROPERTIES: [&str; 11] = [
    "UID",
    "SUMMARY",
    "ATTENDEE",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "STATUS",
];

/// People named by one event who are looked at: more are a meeting.
const ATTENDEES_MAX: usize = 50;

/// An event.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub uid: Option<String>,
    pub summary: Option<String>,
    /// Addresses and names of who takes part.
    pub attendees: Vec<String>,
    pub start: Moment,
    pub length: Length,
    pub rule: Option<Rule>,
    /// Further beginnings.
    pub also: Vec<Moment>,
    /// Beginnings at which it does not take place.
    pub except: Vec<Moment>,
    /// The occurrence of another event that it replaces.
    pub replaces: Option<Moment>,
    pub cancelled: bool,
}

impl Event {
    /// Reads an event; times without a zone are in this one.
    pub(super) fn read(event: &ical::Event, zone: &Zone) -> Result<Event, LeftOut> {
        let lines = Lines(&event.lines);
        let summary = lines.one("SUMMARY").map(|line| {
            let words: String = line.words().chars().take(TITLE_CHARS).collect();
            words.trim_end().to_owned()
        });
        let summary = summary.filter(|words| !words.is_empty());
        lines.event(summary.clone(), zone).map_err(|reason| LeftOut {
            line: event.line,
            summary,
            reason,
        })
    }
}

struct Lines<'a>(&'a [Line]);

impl Lines<'_> {
    fn all(&self, name: &'static str) -> impl Iterator<Item = &Line> {
        self.0.iter().filter(move |line| line.name == name)
    }

    fn one(&self, name: &'static str) -> Option<&Line> {
        self.all(name).next()
    }

    fn event(&self, summary: Option<String>, zone: &Zone) -> Result<Event, WhyLeftOut> {
        let moments = |name| -> Result<Vec<Moment>, WhyLeftOut> {
            let all = self.all(name).map(|line| Moment::all(line, zone));
            Ok(all.collect::<Result<Vec<_>, _>>()?.concat())
        };
        let start = Moment::one(self.one("DTSTART").ok_or(WhyLeftOut::NoDate)?, zone)?;
        let replaces = self.one("RECURRENCE-ID");
        if replaces.is_some_and(|line| line.parameter("RANGE").is_some()) {
            return Err(WhyLeftOut::Following);
        }
        if self.all("RRULE").count() > 1 {
            return Err(WhyLeftOut::Rule);
        }
        let cancelled = self
            .one("STATUS")
            .is_some_and(|line| line.value.trim().eq_ignore_ascii_case("cancelled"));
        Ok(Event {
            uid: self.one("UID").map(|line| line.value.trim().to_owned()),
            summary,
            attendees: self.attendees(),
            length: self.length(&start, zone)?,
            rule: self.one("RRULE").map(|line| Rule::read(&line.value)).transpose()?,
            also: moments("RDATE")?,
            except: moments("EXDATE")?,
            replaces: replaces.map(|line| Moment::one(line, zone)).transpose()?,
            cancelled,
            start,
        })
    }

    fn length(&self, start: &Moment, zone: &Zone) -> Result<Length, WhyLeftOut> {
        match (self.one("DTEND"), self.one("DURATION")) {
            (Some(end), _) => {
                let end = Moment::one(end, zone)?;
                // Some programs let a day end on itself.
                let same_day = start.whole_day && end.local.date() <= start.local.date();
                Ok(if same_day { Length::days(1) } else { Length::between(start, &end) })
            }
            (None, Some(length)) => Length::read(&length.value).ok_or(WhyLeftOut::NoDate),
            (None, None) if start.whole_day => Ok(Length::days(1)),
            (None, None) => Err(WhyLeftOut::NoLength),
        }
    }

    fn attendees(&self) -> Vec<String> {
        let lines = self.all("ATTENDEE").take(ATTENDEES_MAX);
        let named = lines.flat_map(|line| {
            let value = line.value.trim();
            let mail = value
                .split_at_checked(7)
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("mailto:"));
            let address = mail.map_or(value, |(_, address)| address);
            [Some(address), line.parameter("CN")]
        });
        named.flatten().map(str::to_owned).filter(|text| !text.is_empty()).collect()
    }
}
