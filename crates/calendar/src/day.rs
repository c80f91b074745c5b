//! One local day: which parts of it are open, on the wall clock.

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// Microseconds of a day on the wall clock.
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

/// An opening interval in minutes since midnight; never empty. Closing before
/// opening is past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Opening {
    pub opens: u16,
    /// Up to 1440, which is 24:00.
    pub closes: u16,
}

impl Opening {
    /// Minutes open on the day itself, from and to.
    fn head(self) -> (u16, u16) {
        (self.opens, if self.closes < self.opens { 24 * 60 } else { self.closes })
    }

    /// Minutes open on the day after, from and to.
    fn tail(self) -> Option<(u16, u16)> {
        (0 < self.closes && self.closes < self.opens).then_some((0, self.closes))
    }

    /// From midnight to midnight.
    pub(crate) const fn is_whole_day(self) -> bool {
        self.opens == 0 && self.closes == 24 * 60
    }
}

/// The open parts of a day: disjoint, not touching, in order. Times are
/// microseconds since midnight on the wall clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct Day {
    parts: Vec<Part>,
    /// Microseconds open in all.
    pub open: i64,
}

#[derive(Debug, Clone, Copy)]
struct Part {
    from: i64,
    to: i64,
    /// Microseconds open on this day before this part.
    before: i64,
}

impl Day {
    /// What is open by the openings of the day and those of the day before.
    pub(crate) fn new(today: &[Opening], yesterday: &[Opening]) -> Self {
        let tails = yesterday.iter().filter_map(|opening| opening.tail());
        let mut minutes: Vec<_> = today.iter().map(|opening| opening.head()).chain(tails).collect();
        minutes.sort_unstable();
        let mut day = Day::default();
        for (from, to) in minutes {
            day.add(i64::from(from) * MINUTE, i64::from(to) * MINUTE);
        }
        day
    }

    /// Adds a part that begins no earlier than the last one.
    fn add(&mut self, from: i64, to: i64) {
        match self.parts.last_mut() {
            Some(last) if from <= last.to => {
                self.open += (to - last.to).max(0);
                last.to = last.to.max(to);
            }
            _ => {
                self.parts.push(Part { from, to, before: self.open });
                self.open += to - from;
            }
        }
    }

    /// Microseconds open before this time of day.
    pub(crate) fn open_before(&self, time: i64) -> i64 {
        let begun = self.parts.partition_point(|part| part.from < time);
        self.parts[..begun].last().map_or(0, |part| part.before + time.min(part.to) - part.from)
    }

    /// The earliest time of day before which this much is open; between 1 and `open`.
    pub(crate) fn time_of(&self, open: i64) -> i64 {
        let begun = self.parts.partition_point(|part| part.before < open);
        self.parts[..begun].last().map_or(0, |part| part.from + open - part.before)
    }

    /// When the part that is open at this time of day closes.
    pub(crate) fn closes(&self, time: i64) -> Option<i64> {
        let begun = self.parts.partition_point(|part| part.from <= time);
        self.parts[..begun].last().map(|part| part.to).filter(|to| time < *to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(today: &[(u16, u16)], yesterday: &[(u16, u16)]) -> Day {
        let openings = |hours: &[(u16, u16)]| -> Vec<Opening> {
            hours.iter().map(|&(opens, closes)| Opening { opens, closes }).collect()
        };
        Day::new(&openings(today), &openings(yesterday))
    }

    #[test]
    fn what_overlaps_or_touches_is_counted_once() {
        let day = day(&[(600, 720), (480, 660), (720, 780), (500, 510)], &[(1320, 540)]);
        assert_eq!(day.open, 780 * MINUTE);
        assert_eq!(day.closes(0), Some(780 * MINUTE));
    }

    #[test]
    fn closing_at_midnight_has_no_tail() {
        assert_eq!(day(&[], &[(1080, 0), (1080, 1440)]).open, 0);
        assert_eq!(day(&[(1080, 0)], &[]).open, 360 * MINUTE);
    }

    #[test]
    fn time_and_open_time_answer_each_other() {
        let day = day(&[(540, 720), (780, 1020)], &[]);
        assert_eq!(day.open_before(0), 0);
        assert_eq!(day.open_before(750 * MINUTE), 180 * MINUTE);
        assert_eq!(day.time_of(180 * MINUTE), 720 * MINUTE);
        assert_eq!(day.time_of(180 * MINUTE + 1), 780 * MINUTE + 1);
        assert_eq!(day.closes(720 * MINUTE), None);
        assert_eq!(day.closes(540 * MINUTE), Some(720 * MINUTE));
    }
}
