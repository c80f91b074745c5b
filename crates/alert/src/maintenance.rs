//! Windows in which alerts are recorded and page nobody.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use kernel::{IntegrationId, MaintenanceId, ServiceId, Timestamp, words};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Conditions on labels in one window.
pub const LABELS_MAX: usize = 20;
/// Bytes of a compiled pattern of a label: what people write, and no more.
const PATTERN_BYTES: usize = 65_536;

words! {
    /// How a label is compared.
    LabelTest {
        /// It is this.
        Is = "is",
        /// It is not this; a label that is missing is empty.
        IsNot = "is_not",
        /// The whole of it matches a pattern.
        Matches = "matches",
        /// It does not.
        MatchesNot = "matches_not",
    }
}

/// A condition on one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelMatch {
    /// The label.
    pub name: String,
    /// How it is compared.
    pub test: LabelTest,
    /// With what.
    pub value: String,
    /// What is remembered of its pattern.
    #[serde(skip)]
    pub ready: Ready,
}

/// A pattern that is made ready when it is first asked for, because a storm asks for it
/// thousands of times. It says nothing of what it belongs to: two of them are always equal.
#[derive(Debug, Clone, Default)]
pub struct Ready(OnceLock<Option<Regex>>);

impl PartialEq for Ready {
    fn eq(&self, _: &Ready) -> bool {
        true
    }
}

impl Eq for Ready {}

/// Which alerts a window is for: those for which all of it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matcher {
    /// Of one of these services; none is any.
    pub services: BTreeSet<ServiceId>,
    /// Of one of these integrations; none is any.
    pub integrations: BTreeSet<IntegrationId>,
    /// With labels like these.
    pub labels: Vec<LabelMatch>,
}

/// What is asked of an alert.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its service.
    pub service: Option<ServiceId>,
    /// Whose it is.
    pub integration: IntegrationId,
    /// Its labels.
    pub labels: &'a BTreeMap<String, String>,
}

/// When a window comes again, within its first and last instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// The zone of its clock, by its IANA name.
    pub time_zone: String,
    /// The days on which it begins, 1 for Monday to 7; none is every day.
    #[serde(default)]
    pub days: BTreeSet<i8>,
    /// When it begins, as `22:00`.
    pub from: String,
    /// When it ends; on the next day if that is not later.
    pub until: String,
}

/// One of the times that a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Which, lasting: 0 of a one-off, else the days since the window's first one.
    pub index: u32,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until just before when.
    pub ends_at: Timestamp,
}

/// A maintenance window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// Its id.
    pub id: MaintenanceId,
    /// What is done in it.
    pub name: String,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until when; a recurring one may have no end.
    pub ends_at: Option<Timestamp>,
    /// When it comes again.
    pub recurrence: Option<Recurrence>,
    /// For which alerts.
    pub matcher: Matcher,
    /// Who made it, as they were called.
    pub created_by: String,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Counts the changes, from 1.
    pub version: i64,
}

impl LabelMatch {
    /// Its pattern, for the whole label, if it is one.
    ///
    /// # Errors
    ///
    /// The rule it breaks.
    pub fn pattern(&self) -> Result<Option<Regex>, String> {
        if !matches!(self.test, LabelTest::Matches | LabelTest::MatchesNot) {
            return Ok(None);
        }
        let whole = format!("^(?:{})$", self.value);
        let pattern = regex::RegexBuilder::new(&whole).size_limit(PATTERN_BYTES).build();
        pattern.map(Some).map_err(|_| format!("{} has no pattern that can be used", self.name))
    }

    /// Whether it holds for an alert with these labels.
    pub fn holds(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.name).map_or("", String::as_str);
        let ready = || self.ready.0.get_or_init(|| self.pattern().ok().flatten());
        let matches = || ready().as_ref().is_some_and(|found| found.is_match(value));
        match self.test {
            LabelTest::Is => value == self.value,
            LabelTest::IsNot => value != self.value,
            LabelTest::Matches => matches(),
            LabelTest::MatchesNot => !matches(),
        }
    }
}

impl Matcher {
    /// Whether an alert is meant.
    pub fn matches(&self, subject: Subject<'_>) -> bool {
        let service = self.services.is_empty()
            || subject.service.is_some_and(|service| self.services.contains(&service));
        let integration =
            self.integrations.is_empty() || self.integrations.contains(&subject.integration);
        service && integration && self.labels.iter().all(|label| label.holds(subject.labels))
    }

    /// Whether all alerts about a service are meant, whoever tells of them and whatever their
    /// labels are.
    pub fn is_all_of(&self, service: ServiceId) -> bool {
        let named = self.services.is_empty() || self.services.contains(&service);
        named && self.integrations.is_empty() && self.labels.is_empty()
    }
}

impl Recurrence {
    /// The rules it breaks: the field, and the rule.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if TimeZone::get(&self.time_zone).is_err() {
            faults.push(("time_zone", "is no time zone such as Europe/Berlin".to_owned()));
        }
        if self.days.iter().any(|day| !(1..=7).contains(day)) {
            faults.push(("days", "are 1 for Monday to 7 for Sunday".to_owned()));
        }
        for (field, text) in [("from", &self.from), ("until", &self.until)] {
            if time(text).is_none() {
                faults.push((field, "is no time such as 22:00".to_owned()));
            }
        }
        faults
    }

    /// When it holds between two instants, if it had no first and last one; `first` is the
    /// first day of its window.
    fn times(&self, first: Timestamp, from: Timestamp, until: Timestamp) -> Vec<Occurrence> {
        let Ok(zone) = TimeZone::get(&self.time_zone) else { return Vec::new() };
        let (Some(begin), Some(end)) = (time(&self.from), time(&self.until)) else {
            return Vec::new();
        };
        let day_of = |at: Timestamp| at.to_jiff().to_zoned(zone.clone()).date();
        let first = day_of(first);
        // One may have begun the day before and last.
        let from = day_of(from).yesterday().map_or(first, |day| day.max(first));
        let last = day_of(until);
        let days = std::iter::successors(Some(from), |day| day.tomorrow().ok());
        let days = days.take_while(|day| *day <= last);
        let made = days.filter(|day| self.begins_on(day.weekday())).filter_map(|day| {
            let last = if end > begin { day } else { day.tomorrow().ok()? };
            Some(Occurrence {
                index: u32::try_from(day.since(first).ok()?.get_days()).ok()?,
                starts_at: instant(day, begin, &zone)?,
                ends_at: instant(last, end, &zone)?,
            })
        });
        made.collect()
    }

    /// Until when it holds, if it does.
    fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.time_zone).ok()?;
        let today = now.to_jiff().to_zoned(zone.clone()).date();
        let (from, until) = (time(&self.from)?, time(&self.until)?);
        let yesterday = today.yesterday().ok()?;
        [yesterday, today].into_iter().filter(|day| self.begins_on(day.weekday())).find_map(|day| {
            let last = if until > from { day } else { day.tomorrow().ok()? };
            let begin = instant(day, from, &zone)?;
            let end = instant(last, until, &zone)?;
            (begin <= now && now < end).then_some(end)
        })
    }

    fn begins_on(&self, day: Weekday) -> bool {
        self.days.is_empty() || self.days.contains(&day.to_monday_one_offset())
    }
}

impl Maintenance {
    /// The times that it holds and that touch a span, the soonest first, whether it was called
    /// off or not.
    pub fn occurrences(&self, from: Timestamp, until: Timestamp) -> Vec<Occurrence> {
        let touches = |one: &Occurrence| {
            one.starts_at < one.ends_at && one.starts_at < until && one.ends_at > from
        };
        let Some(recurrence) = &self.recurrence else {
            let Some(ends_at) = self.ends_at else { return Vec::new() };
            let once = Occurrence { index: 0, starts_at: self.starts_at, ends_at };
            return Some(once).filter(touches).into_iter().collect();
        };
        let until = self.ends_at.map_or(until, |end| end.min(until));
        let times = recurrence.times(self.starts_at, from.max(self.starts_at), until);
        let within = times.into_iter().map(|one| Occurrence {
            starts_at: one.starts_at.max(self.starts_at),
            ends_at: self.ends_at.map_or(one.ends_at, |end| end.min(one.ends_at)),
            ..one
        });
        within.filter(touches).collect()
    }

    /// Until when it holds, if it does at this instant: a one-off until its end, a recurring
    /// one until the end of this time.
    pub fn holds_until(&self, now: Timestamp) -> Option<Timestamp> {
        let over = self.ends_at.is_some_and(|end| end <= now);
        if self.cancelled || now < self.starts_at || over {
            return None;
        }
        match &self.recurrence {
            None => self.ends_at,
            Some(recurrence) => {
                let until = recurrence.until(now)?;
                Some(self.ends_at.map_or(until, |end| end.min(until)))
            }
        }
    }
}

/// A time of day; `24:00` is not one.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i8>().ok()).flatten()
    };
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}

fn instant(day: Date, at: Time, zone: &TimeZone) -> Option<Timestamp> {
    let at = day.to_datetime(at).to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_jiff(at.timestamp()))
}
