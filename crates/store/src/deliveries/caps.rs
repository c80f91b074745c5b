//! How many letters may leave within a time. What is beyond waits until there is room again,
//! and leaves in one letter with what has gathered by then: nothing is dropped, and two
//! programs that answer each other end up with a letter now and then.

use kernel::Timestamp;

/// So many letters within so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// Letters.
    pub letters: usize,
    /// Minutes.
    pub minutes: i64,
}

const fn cap(letters: usize, minutes: i64) -> Cap {
    Cap { letters, minutes }
}

/// To one person about one incident.
pub const PER_INCIDENT: [Cap; 5] =
    [cap(10, 10), cap(15, 30), cap(25, 60), cap(50, 180), cap(100, 600)];
/// To one person.
pub const PER_PERSON: [Cap; 5] =
    [cap(30, 10), cap(60, 30), cap(120, 60), cap(240, 180), cap(360, 600)];
/// To one browser by push, where one word about an incident takes the place of the one before.
pub const PER_DEVICE: [Cap; 2] = [cap(15, 10), cap(40, 60)];
/// To everybody: what a busy provider never reaches and a mail server still bears.
pub const TO_EVERYBODY: [Cap; 2] = [cap(20_000, 10), cap(60_000, 60)];

/// Until when a letter has to wait, if it has to: `left` are the instants at which the last ones
/// left, the latest first.
pub fn free_at(caps: &[Cap], left: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let full = |cap: &Cap| {
        let oldest = left.get(cap.letters.checked_sub(1)?)?;
        let free = oldest.plus_seconds(cap.minutes * 60);
        (free > now).then_some(free)
    };
    caps.iter().filter_map(full).max()
}

/// The longest time that caps look at, in minutes.
pub(super) fn longest(caps: &[Cap]) -> i64 {
    caps.iter().map(|cap| cap.minutes).max().unwrap_or_default()
}

/// The most letters that caps count.
pub(super) fn most(caps: &[Cap]) -> usize {
    caps.iter().map(|cap| cap.letters).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

    proptest! {
        /// However letters come, none is lost, none overtakes another, and within no time do
        /// more leave than may.
        #[test]
        fn no_more_leave_than_may(gaps in prop::collection::vec(0i64..90, 1..400)) {
            let mut left: Vec<Timestamp> = vec![];
            let mut now = START;
            for gap in &gaps {
                now = now.plus_seconds(*gap).max(left.first().copied().unwrap_or(START));
                // What has to wait is asked again when it may leave, as often as it has to.
                let mut leaves = now;
                while let Some(free) = free_at(&PER_INCIDENT, &left, leaves) {
                    prop_assert!(free > leaves);
                    leaves = free;
                }
                left.insert(0, leaves);
            }
            prop_assert_eq!(left.len(), gaps.len());
            prop_assert!(left.windows(2).all(|pair| pair[0] >= pair[1]));
            for Cap { letters, minutes } in PER_INCIDENT {
                for several in left.windows(letters + 1) {
                    let (last, first) = (several[0], several[letters]);
                    prop_assert!(last.seconds_since(first) >= minutes * 60);
                }
            }
        }
    }
}
