//! For how long a case has been waiting since its last step, in parts that are calibrated by
//! themselves.

use crate::suggest::seeded::Dice;

const MINUTE: f32 = 60.0;
const HOUR: f32 = 3_600.0;
const DAY: f32 = 86_400.0;
/// Where parts begin, in seconds; before the first one it is right after the step.
const BEGINS: [f32; 13] = [
    MINUTE,
    5.0 * MINUTE,
    15.0 * MINUTE,
    HOUR,
    4.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    4.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
    30.0 * DAY,
    60.0 * DAY,
];
/// How many times as long as its beginning the last part is taken to be.
const LAST_TIMES: f32 = 3.0;
/// Chance is drawn as one of so many.
const FINE: usize = 1 << 20;

/// How many parts there are.
pub(super) const PARTS: usize = BEGINS.len() + 1;

/// In which part a wait of so many seconds lies.
pub(super) fn part(seconds: f32) -> usize {
    BEGINS.partition_point(|begin| *begin <= seconds)
}

/// A wait of a part by chance, each multiple of its beginning being as likely as another; none
/// in the first.
pub(super) fn drawn(part: usize, dice: &mut Dice) -> f32 {
    let Some(begin) = part.checked_sub(1).and_then(|at| BEGINS.get(at)).copied() else {
        return 0.0;
    };
    let end = BEGINS.get(part).copied().unwrap_or(begin * LAST_TIMES);
    begin * (end / begin).powf(dice.below(FINE) as f32 / FINE as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_lies_in_its_part() {
        let mut dice = Dice::new(3);
        for nth in 0..PARTS {
            for _ in 0..200 {
                assert_eq!(part(drawn(nth, &mut dice)), nth);
            }
        }
        assert_eq!([0.0, 59.0, 60.0, HOUR, 1e9].map(part), [0, 0, 1, 4, PARTS - 1]);
    }
}
