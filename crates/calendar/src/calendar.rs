//! The calendar itself.

use crate::check::{CalendarError, check};
use crate::day::DAY;
use crate::days::Days;
use crate::definition::{Definition, Week};
use crate::skipped::{self, SkippedDay};
use crate::spans::OpenSpans;
use crate::words;
use crate::zone;
use jiff::civil::Date;
use kernel::Timestamp;
use kernel::time::MICROS_PER_SECOND;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// How far ahead a due instant is looked for, in seconds: ten years of 365 days and
/// the three leap days they hold at most.
pub const TEN_YEARS_SECONDS: i64 = 3_653 * 86_400;
const TEN_YEARS: i64 = TEN_YEARS_SECONDS * MICROS_PER_SECOND;

/// Nothing is open more than this many microseconds, about 9,500 years, from 1970;
/// so sums of instants cannot overflow.
pub(crate) const FAR: i64 = 300_000_000_000_000_000;

/// When a provider works. Made once from its [`Definition`], then asked often;
/// every answer but the spans and days in between costs the same, however long ago
/// or far ahead.
///
/// ```
/// use calendar::{Calendar, Definition, Holiday, SpecialOpening, Hours, Week};
///
/// let mut definition = Definition::new("Europe/London", Week::weekdays("08:00", "18:00"));
/// definition.holidays = vec![Holiday::named("2026-12-25", "Christmas Day")];
/// definition.special_openings = vec![SpecialOpening {
///     date: "2026-12-24".into(),
///     name: Some("Christmas Eve".into()),
///     hours: vec![Hours::new("08:00", "12:00")],
/// }];
/// let office = Calendar::new(&definition).unwrap();
///
/// let noon = "2026-12-24T12:00:00Z".parse().unwrap();
/// assert!(!office.is_open(noon));
/// assert_eq!(office.next_open(noon).unwrap().to_string(), "2026-12-28T08:00:00Z");
/// assert_eq!(office.due(noon, 3_600).unwrap().to_string(), "2026-12-28T09:00:00Z");
/// ```
#[derive(Debug, Clone)]
pub struct Calendar {
    time_zone: String,
    in_words: String,
    holidays: BTreeSet<Date>,
    days: Days,
    stretches: Vec<Stretch>,
}

/// Between two clock changes: wall clock = UTC + `offset`, open time since the
/// beginning = `base` + open time on the wall clock.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: i64,
    offset: i64,
    base: i64,
    /// Open time up to `from`.
    open: i64,
}

impl Calendar {
    /// Checks a written calendar and prepares it.
    ///
    /// # Errors
    /// Names every field that breaks a rule.
    ///
    /// ```
    /// use calendar::{Calendar, Definition, Rule, Week};
    ///
    /// let wrong = Definition::new("Europe/Berlin", Week::weekdays("09:00", "9 pm"));
    /// let error = Calendar::new(&wrong).unwrap_err();
    /// assert_eq!(error.problems[0].field, "week.mon.0.1");
    /// assert_eq!(error.problems[0].rule, Rule::NoTime);
    /// ```
    pub fn new(definition: &Definition) -> Result<Self, CalendarError> {
        let checked = check(definition)?;
        let days = Days::new(&checked);
        let mut stretches: Vec<Stretch> = Vec::new();
        for zone::Stretch { from, offset } in zone::stretches(&checked.zone) {
            let stretch = match stretches.last() {
                None => Stretch { from, offset, base: 0, open: i64::MIN },
                Some(last) => {
                    let open = last.base + days.open_before(from + last.offset);
                    let base = open - days.open_before(from + offset);
                    Stretch { from, offset, base, open }
                }
            };
            stretches.push(stretch);
        }
        Ok(Calendar {
            time_zone: checked.zone.iana_name().unwrap_or(&definition.time_zone).to_owned(),
            in_words: words::week(&checked.week),
            holidays: checked.holidays.into_keys().collect(),
            days,
            stretches,
        })
    }

    /// Open always: every hour of every day counts.
    ///
    /// ```
    /// let always = calendar::Calendar::round_the_clock();
    /// let start = "2026-12-25T23:00:00Z".parse().unwrap();
    /// assert_eq!(always.due(start, 7_200).unwrap().to_string(), "2026-12-26T01:00:00Z");
    /// ```
    pub fn round_the_clock() -> Arc<Calendar> {
        static ALWAYS: LazyLock<Arc<Calendar>> = LazyLock::new(|| {
            let always = Calendar::new(&Definition::new("UTC", Week::always()));
            Arc::new(always.expect("the zone is known and every day has hours"))
        });
        ALWAYS.clone()
    }

    /// The zone's name in the IANA database.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// The ordinary week: `Mon–Thu 08:00–18:00; Fri 08:00–16:00`.
    pub fn week_in_words(&self) -> &str {
        &self.in_words
    }

    /// Whether this local date is among the holidays.
    pub fn has_holiday(&self, date: Date) -> bool {
        self.holidays.contains(&date)
    }

    /// Whether the instant is business time.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.part_closes(at.micros()).is_some()
    }

    /// The earliest business time at or after the instant, or none within ten years.
    pub fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        within_ten_years(at, self.reach(at.micros(), 1)? - 1)
    }

    /// Whole seconds of business time from `start` up to `end`, rounded down; none
    /// when `end` is not later.
    pub fn elapsed(&self, start: Timestamp, end: Timestamp) -> i64 {
        self.elapsed_micros(start, end) / MICROS_PER_SECOND
    }

    /// Microseconds of business time from `start` up to `end`; none when `end` is
    /// not later.
    pub fn elapsed_micros(&self, start: Timestamp, end: Timestamp) -> i64 {
        if end <= start {
            return 0;
        }
        self.open_before(end.micros()) - self.open_before(start.micros())
    }

    /// The earliest instant at which this many seconds of business time have passed
    /// since `start`: what ends exactly at closing time is due at closing time. No
    /// seconds, or fewer, are due at `start` itself, open or not. None when it is
    /// not reached within ten years.
    ///
    /// ```
    /// use calendar::{Calendar, Definition, Week};
    ///
    /// let office = Calendar::new(&Definition::new("UTC", Week::weekdays("09:00", "17:00"))).unwrap();
    /// let friday = "2026-11-27T16:00:00Z".parse().unwrap();
    /// assert_eq!(office.due(friday, 3_600).unwrap().to_string(), "2026-11-27T17:00:00Z");
    /// assert_eq!(office.due(friday, 3_601).unwrap().to_string(), "2026-11-30T09:00:01Z");
    /// ```
    pub fn due(&self, start: Timestamp, seconds: i64) -> Option<Timestamp> {
        self.due_micros(start, seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// [`Calendar::due`] for microseconds, as they are left on a clock.
    pub fn due_micros(&self, start: Timestamp, micros: i64) -> Option<Timestamp> {
        match micros {
            ..=0 => Some(start),
            1..=TEN_YEARS => within_ten_years(start, self.reach(start.micros(), micros)?),
            _ => None,
        }
    }

    /// The same time of day so many business days later; a business day is a local
    /// date on which something is open. Round the clock it is so many days. None when
    /// there are not as many within ten years.
    ///
    /// ```
    /// use calendar::{Calendar, Definition, Week};
    ///
    /// let office = Calendar::new(&Definition::new("UTC", Week::weekdays("09:00", "17:00"))).unwrap();
    /// let friday = "2026-11-27T16:30:00Z".parse().unwrap();
    /// assert_eq!(office.after_days(friday, 1).unwrap().to_string(), "2026-11-30T16:30:00Z");
    /// assert_eq!(office.after_days(friday, 5).unwrap().to_string(), "2026-12-04T16:30:00Z");
    /// ```
    pub fn after_days(&self, at: Timestamp, days: i64) -> Option<Timestamp> {
        let local = self.local(at.micros());
        let (today, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let last = today + TEN_YEARS / DAY;
        let mut open = (today + 1..=last).filter(|date| self.days.day(*date).open > 0);
        let date = match usize::try_from(days).ok()?.checked_sub(1) {
            None => today,
            Some(before) => open.nth(before)?,
        };
        Some(Timestamp::from_micros(self.instant(date * DAY + time)))
    }

    /// The spans of business time between two instants, in order; each as long as it
    /// can be, the first and the last cut at the two instants.
    ///
    /// ```
    /// use calendar::{Calendar, Definition, Week};
    ///
    /// let office = Calendar::new(&Definition::new("UTC", Week::weekdays("09:00", "17:00"))).unwrap();
    /// let from = "2026-11-27T12:00:00Z".parse().unwrap();
    /// let to = "2026-11-30T12:00:00Z".parse().unwrap();
    /// let spans: Vec<_> = office.open_spans(from, to).map(|span| span.to_string()).collect();
    /// assert_eq!(spans, [
    ///     "2026-11-27T12:00:00Z to 2026-11-27T17:00:00Z",
    ///     "2026-11-30T09:00:00Z to 2026-11-30T12:00:00Z",
    /// ]);
    /// ```
    pub fn open_spans(&self, from: Timestamp, to: Timestamp) -> OpenSpans<'_> {
        OpenSpans::new(self, from, to)
    }

    /// The local dates between two instants, first and last included, that made a
    /// clock wait: closed weekdays, holidays by name, special openings shorter than
    /// the weekday's hours.
    ///
    /// ```
    /// use calendar::{Calendar, Definition, Holiday, Week};
    ///
    /// let mut definition = Definition::new("Europe/Berlin", Week::weekdays("08:00", "18:00"));
    /// definition.holidays = vec![Holiday::named("2026-12-25", "Christmas Day")];
    /// let office = Calendar::new(&definition).unwrap();
    ///
    /// let start = "2026-12-24T16:00:00Z".parse().unwrap();
    /// let due = office.due(start, 2 * 3_600).unwrap();
    /// let skipped: Vec<_> = office.skipped(start, due).map(|day| day.to_string()).collect();
    /// assert_eq!(skipped, [
    ///     "Fri 2026-12-25: holiday (Christmas Day)",
    ///     "Sat 2026-12-26: closed on this weekday",
    ///     "Sun 2026-12-27: closed on this weekday",
    /// ]);
    /// ```
    pub fn skipped(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = SkippedDay<'_>> {
        let date = |at: i64| self.local(at).div_euclid(DAY);
        let last = if from < to { date(to.micros() - 1) } else { i64::MIN };
        skipped::between(&self.days, date(from.micros()), last)
    }

    /// When the part of the day that is open at this instant ends: by closing, at
    /// midnight, or by a clock change. What follows may be open again.
    pub(crate) fn part_closes(&self, at: i64) -> Option<i64> {
        let begun = self.begun(at);
        let local = self.local(at);
        let time = local.rem_euclid(DAY);
        let closes = self.days.day(local.div_euclid(DAY)).closes(time)?;
        let change = self.stretches.get(begun).map_or(i64::MAX, |next| next.from);
        Some(at.saturating_add(closes - time).min(change))
    }

    /// The earliest instant at which this much more than at `from` is open; between 1
    /// and ten years.
    pub(crate) fn reach(&self, from: i64, micros: i64) -> Option<i64> {
        let open = self.open_before(from) + micros;
        // The last stretch that begins with less; so the amount is reached in it.
        let begun = self.stretches.partition_point(|stretch| stretch.open < open);
        let stretch = self.stretches[..begun].last()?;
        Some(self.days.time_of(open - stretch.base)? - stretch.offset)
    }

    /// Open time before an instant, counted from an arbitrary but fixed one.
    fn open_before(&self, at: i64) -> i64 {
        self.days.open_before(self.local(at)) + self.stretches[self.begun(at) - 1].base
    }

    /// The wall clock at an instant.
    fn local(&self, at: i64) -> i64 {
        at.clamp(-FAR, FAR) + self.stretches[self.begun(at) - 1].offset
    }

    /// The first instant at which the wall clock shows this local time, or has passed it
    /// where a clock change leaves it out.
    fn instant(&self, local: i64) -> i64 {
        let reached = self
            .stretches
            .partition_point(|stretch| stretch.from.saturating_add(stretch.offset) <= local);
        let ends = |place: usize| self.stretches.get(place + 1).map_or(i64::MAX, |next| next.from);
        let shown = |place: &usize| local - self.stretches[*place].offset < ends(*place);
        match (reached.saturating_sub(2)..reached).find(shown) {
            Some(place) => local - self.stretches[place].offset,
            None => ends(reached.saturating_sub(1)),
        }
    }

    /// How many stretches have begun at an instant: at least one.
    fn begun(&self, at: i64) -> usize {
        self.stretches.partition_point(|stretch| stretch.from <= at)
    }
}

fn within_ten_years(start: Timestamp, at: i64) -> Option<Timestamp> {
    let at = Timestamp::from_micros(at);
    (0..=TEN_YEARS).contains(&at.micros_since(start)).then_some(at)
}
