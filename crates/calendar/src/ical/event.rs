//! One event of a feed.

use super::yearly::Yearly;
use super::{Budget, FeedError, LeftOut, WhyLeftOut};
use jiff::SignedDuration;
use jiff::civil::Date;
use kernel::ical::Line;
use kernel::limits::NAME_CHARS;
use std::ops::RangeInclusive;

/// Days of one event.
const DAYS_MAX: usize = 366;

/// An all-day event.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub first: Date,
    pub name: Option<String>,
    /// How many days it goes on.
    length: usize,
    rule: Option<Yearly>,
    /// First days on which it does not take place.
    except: Vec<Date>,
}

impl Event {
    /// Its days in a range, in no particular order.
    pub(super) fn days(
        &self,
        range: &RangeInclusive<Date>,
        budget: &mut Budget,
    ) -> Result<Vec<Date>, FeedError> {
        let firsts = match &self.rule {
            None => vec![self.first],
            Some(rule) => rule.dates(self.first, range, budget)?,
        };
        let mut days = Vec::new();
        for first in firsts {
            if self.except.binary_search(&first).is_ok() {
                continue;
            }
            budget.spend(self.length)?;
            for ahead in 0..self.length {
                let day = first.checked_add(SignedDuration::from_hours(24 * ahead as i64));
                days.extend(day.ok().filter(|day| range.contains(day)));
            }
        }
        Ok(days)
    }
}

/// An event while it is read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    line: usize,
    name: Option<String>,
    start: Option<String>,
    end: Option<String>,
    duration: Option<String>,
    rule: Option<String>,
    except: Vec<String>,
    single_dates: bool,
    several_rules: bool,
    cancelled: bool,
}

impl Draft {
    pub(super) fn read(event: kernel::ical::Event) -> Result<Event, LeftOut> {
        let mut draft = Draft { line: event.line, ..Draft::default() };
        event.lines.into_iter().for_each(|line| draft.take(line));
        draft.finish()
    }

    fn take(&mut self, line: Line) {
        match line.name.as_str() {
            "SUMMARY" => {
                let words: String = line.words().chars().take(NAME_CHARS).collect();
                self.name = Some(words.trim_end().to_owned()).filter(|name| !name.is_empty());
            }
            "DTSTART" => self.start = Some(line.value),
            "DTEND" => self.end = Some(line.value),
            "DURATION" => self.duration = Some(line.value),
            "RRULE" => self.several_rules |= self.rule.replace(line.value).is_some(),
            "EXDATE" => self.except.extend(line.value.split(',').map(str::to_owned)),
            "RDATE" | "RECURRENCE-ID" => self.single_dates = true,
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("cancelled"),
            _ => {}
        }
    }

    fn finish(self) -> Result<Event, LeftOut> {
        let (line, name) = (self.line, self.name.clone());
        self.event().map_err(|reason| LeftOut { line, name, reason })
    }

    fn event(self) -> Result<Event, WhyLeftOut> {
        if self.cancelled {
            return Err(WhyLeftOut::Cancelled);
        }
        if self.single_dates {
            return Err(WhyLeftOut::SingleDates);
        }
        if self.several_rules {
            return Err(WhyLeftOut::Rule);
        }
        let first = day(self.start.as_deref().ok_or(WhyLeftOut::NoDate)?)?;
        let length = match (&self.end, &self.duration) {
            // Some feeds let a day end on itself.
            (Some(end), _) => days_between(first, day(end)?).max(1),
            (None, Some(duration)) => whole_days(duration.trim())?.max(1),
            (None, None) => 1,
        };
        if length > DAYS_MAX {
            return Err(WhyLeftOut::TooLong);
        }
        let rule = self.rule.as_deref().map(|rule| Yearly::parse(rule, first)).transpose()?;
        let mut except = self.except.iter().map(|text| day(text)).collect::<Result<Vec<_>, _>>()?;
        except.sort_unstable();
        Ok(Event { first, name: self.name, length, rule, except })
    }
}

/// None when the end is not later.
fn days_between(first: Date, end: Date) -> usize {
    usize::try_from(end.duration_since(first).as_hours() / 24).unwrap_or(0)
}

/// `20261225`, or midnight of the local clock, which some programs write for whole days.
fn day(text: &str) -> Result<Date, WhyLeftOut> {
    let text = text.trim();
    let Some((digits, time)) = text.split_at_checked(8) else { return Err(WhyLeftOut::NoDate) };
    let date = digits_to_date(digits).ok_or(WhyLeftOut::NoDate)?;
    match time {
        "" | "T000000" => Ok(date),
        _ if time.starts_with('T') => Err(WhyLeftOut::TimeOfDay),
        _ => Err(WhyLeftOut::NoDate),
    }
}

/// The date of eight digits.
pub(super) fn digits_to_date(digits: &str) -> Option<Date> {
    if digits.len() != 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let year = digits[..4].parse().ok()?;
    Date::new(year, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()
}

/// `P1D` or `P2W`.
fn whole_days(duration: &str) -> Result<usize, WhyLeftOut> {
    let text = duration.strip_prefix('+').unwrap_or(duration);
    if text.contains('T') {
        return Err(WhyLeftOut::TimeOfDay);
    }
    let rest = text.strip_prefix('P').ok_or(WhyLeftOut::NoDate)?;
    let (number, days) = match (rest.strip_suffix('D'), rest.strip_suffix('W')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 7),
        _ => return Err(WhyLeftOut::NoDate),
    };
    let number: u16 = number.parse().map_err(|_| WhyLeftOut::NoDate)?;
    Ok(usize::from(number) * days)
}
