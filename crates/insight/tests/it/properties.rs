//! What holds for every incident.

use crate::sample::{NOW, paused, plain, policy, running, service};
use incident::clocks::ClockKind;
use incident::state::{Hold, HoldReason};
use insight::{Exposure, risk, value};
use kernel::{Level, Priority};
use proptest::prelude::*;

fn instant() -> impl Strategy<Value = Option<i64>> {
    proptest::option::of(-4_000_i64..8_000)
}

prop_compose! {
    fn clocks()(drawn in proptest::collection::vec(
        (0_usize..6, 600_i64..400_000, -5_000_i64..400_000, proptest::bool::weighted(0.2)), 0..5,
    )) -> Vec<incident::clocks::Clock> {
        drawn
            .into_iter()
            .map(|(kind, target, left, stands)| {
                let clock = running(ClockKind::ALL[kind], target, left.min(target));
                if stands { paused(&clock) } else { clock }
            })
            .collect()
    }
}

prop_compose! {
    fn exposure()(
        priority in 0_usize..5,
        impact in 0_usize..3,
        people in prop_oneof![Just(1_u32), 1_u32..1_000],
        criticality in proptest::option::of(1_u8..=4),
        hold in proptest::option::of((0_usize..5, instant())),
        [mitigated, restored, carried, major, taken] in any::<[bool; 5]>(),
        next_update in instant(),
        expected in instant(),
        clocks in clocks(),
    ) -> Exposure {
        let at = |seconds: Option<i64>| seconds.map(|seconds| NOW.plus_seconds(seconds));
        Exposure {
            priority: Priority::ALL[priority],
            impact: Level::ALL[impact],
            people,
            service: criticality.map(service),
            hold: hold.map(|(reason, until)| Hold {
                reason: HoldReason::ALL[reason],
                since: NOW.plus_seconds(-600),
                until: at(until),
            }),
            // Mostly not, so that the rest shows.
            mitigated: mitigated && major,
            restored: restored && carried && major,
            carried: carried && major,
            major,
            taken,
            next_update: at(next_update),
            expected: at(expected),
            clocks,
        }
    }
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_figure(exposure in exposure()) {
        let (policy, now) = (policy(), NOW);
        let whole = risk(&exposure, &policy, now);
        let sum: u32 = whole.parts.iter().map(|part| u32::from(part.points)).sum();
        prop_assert_eq!(sum, u32::from(whole.value), "{:?}", whole);
        prop_assert!(whole.value <= 100);
        prop_assert!(whole.parts.iter().all(|part| part.points > 0 && !part.why.is_empty()));
        prop_assert!(whole.parts.is_sorted_by(|a, b| a.points >= b.points));
        prop_assert_eq!(value(&exposure, &policy, now), whole.value);
    }

    #[test]
    fn more_at_stake_never_lowers_it(
        exposure in exposure(), criticality in 1_u8..=4, more in 0_u32..500,
    ) {
        let policy = policy();
        let of = |exposure: &Exposure| value(exposure, &policy, NOW);
        let before = of(&exposure);
        let known = exposure.service.and_then(|id| policy.services.get(&id)).map_or(4, |s| s.criticality);
        let higher = Level::new(i64::from(exposure.impact.get()) - 1).unwrap_or(Level::HIGH);
        let sooner = Priority::new(i64::from(exposure.priority.get()) - 1).unwrap_or(exposure.priority);
        let worse = [
            Exposure { impact: higher, ..exposure.clone() },
            Exposure { people: exposure.people + more, ..exposure.clone() },
            Exposure { service: Some(service(criticality.min(known))), ..exposure.clone() },
            Exposure { priority: sooner, ..exposure.clone() },
            Exposure { major: true, ..exposure.clone() },
            Exposure { taken: false, ..exposure.clone() },
            Exposure { mitigated: false, ..exposure.clone() },
        ];
        for (at, worse) in worse.iter().enumerate() {
            prop_assert!(of(worse) >= before, "{at}: {before} became {}", of(worse));
        }
    }

    #[test]
    fn less_time_never_lowers_it(exposure in exposure(), seconds in 0_i64..20_000) {
        let policy = policy();
        let before = value(&exposure, &policy, NOW);
        prop_assert!(value(&exposure, &policy, NOW.plus_seconds(seconds)) >= before);
    }

    #[test]
    fn a_clock_that_stands_still_carries_less(exposure in exposure()) {
        let policy = policy();
        for (at, clock) in exposure.clocks.iter().enumerate().filter(|(_, clock)| clock.since.is_some()) {
            let mut still = exposure.clone();
            still.clocks[at] = paused(clock);
            prop_assert!(value(&still, &policy, NOW) <= value(&exposure, &policy, NOW));
            still.clocks.remove(at);
            prop_assert!(value(&still, &policy, NOW) <= value(&exposure, &policy, NOW));
        }
    }
}

#[test]
fn nothing_at_stake_is_next_to_nothing() {
    assert_eq!(value(&plain(), &policy(), NOW), 2);
}
