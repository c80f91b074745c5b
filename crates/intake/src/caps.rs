//! Loops end here: how much may come within which time, as buckets over what came. All
//! numbers are from mail.md (Zammad's windows for mail that triggers set off, alga-psa's cap
//! of reopenings) or follow from them as said.

use kernel::Timestamp;

/// So many within so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many.
    pub count: usize,
    /// Within how many minutes.
    pub minutes: i64,
}

const fn windows<const N: usize>(pairs: [(usize, i64); N]) -> [Window; N] {
    let mut found = [Window { count: 0, minutes: 0 }; N];
    let mut at = 0;
    while at < N {
        found[at] = Window { count: pairs[at].0, minutes: pairs[at].1 };
        at += 1;
    }
    found
}

/// Messages of one address to one incident (mail.md: per ticket and recipient).
pub const PER_INCIDENT: [Window; 5] =
    windows([(10, 10), (15, 30), (25, 60), (50, 180), (100, 600)]);
/// New incidents of one address while as many letters go to it (mail.md, the same windows):
/// two machines that answer each other. The next ones are not answered.
pub const ANSWERED: [Window; 5] = PER_INCIDENT;
/// New incidents of one address by messages that no person wrote: ten times as many, as
/// monitoring does so on a bad day. Reports on letters that are not known here count as well, and
/// those without a sender together.
pub const AUTOMATIC: [Window; 3] = windows([(100, 10), (250, 60), (1_000, 600)]);
/// Messages of one domain, within an hour: more than a company of a hundred thousand writes
/// when everything is down.
pub const DOMAIN: Window = Window { count: 250_000, minutes: 60 };
/// All messages within an hour. At least a thousand a second are promised, 3,600,000 an hour:
/// this is far above, so that many senders at once are never taken for a loop, and still ends
/// one before it fills the disk.
pub const EVERYTHING: Window = Window { count: 10_000_000, minutes: 60 };
/// Reopenings of one incident by mail within a day (mail.md: alga-psa limits them).
pub const REOPENINGS: Window = Window { count: 5, minutes: 1_440 };
/// An alarm about the same is raised once within so many seconds.
pub const ALARM_REST_SECONDS: i64 = 86_400;
/// Seconds for which a node does not ask again whether an alarm was raised.
pub const ALARM_KNOWN_SECONDS: i64 = 600;

/// How many new incidents one address may make: by messages that no person wrote, or with answers.
pub fn new_incidents(automatic: bool) -> &'static [Window] {
    if automatic { &AUTOMATIC } else { &ANSWERED }
}

/// The longest of these windows, in seconds.
pub fn reach(windows: &[Window]) -> i64 {
    windows.iter().map(|window| window.minutes * 60).max().unwrap_or_default()
}

/// The most that any of these windows counts.
pub fn most(windows: &[Window]) -> usize {
    windows.iter().map(|window| window.count).max().unwrap_or_default()
}

/// The first window that is full, given when things came, the newest first.
pub fn full(windows: &[Window], times: &[Timestamp], now: Timestamp) -> Option<Window> {
    windows.iter().copied().find(|window| {
        let since = now.plus_seconds(-window.minutes * 60);
        window.count > 0 && times.get(window.count - 1).is_some_and(|at| *at > since)
    })
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.minutes {
            1_440 => write!(f, "{} within a day", self.count),
            60 => write!(f, "{} within an hour", self.count),
            minutes => write!(f, "{} within {minutes} minutes", self.count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_window_is_full_when_its_count_came_within_it() {
        let nine: Vec<_> = (0..9).map(|n| at(1_000 - n)).collect();
        assert_eq!(full(&PER_INCIDENT, &nine, at(1_000)), None);
        let ten: Vec<_> = (0..10).map(|n| at(1_000 - n)).collect();
        assert_eq!(full(&PER_INCIDENT, &ten, at(1_000)), Some(PER_INCIDENT[0]));
        // Ten minutes later the first window has room again.
        assert_eq!(full(&PER_INCIDENT, &ten, at(1_000 + 600)), None);
    }

    proptest! {
        /// Whatever comes, no more gets through than each window has room for.
        #[test]
        fn nothing_gets_round_the_caps(gaps in proptest::collection::vec(0i64..200, 1..400)) {
            let (mut now, mut through) = (0, Vec::<i64>::new());
            for gap in gaps {
                now += gap;
                let times: Vec<_> = through.iter().rev().map(|s| at(*s)).collect();
                if full(&PER_INCIDENT, &times, at(now)).is_none() {
                    through.push(now);
                }
            }
            for window in PER_INCIDENT {
                for (i, first) in through.iter().enumerate() {
                    let within = through[i..].iter().filter(|s| **s < first + window.minutes * 60);
                    prop_assert!(within.count() <= window.count);
                }
            }
        }
    }
}
