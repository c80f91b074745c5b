//! What the figure is made of, in numbers and words.

use crate::sample::{NOW, paused, plain, policy, running, service};
use incident::clocks::ClockKind;
use incident::state::{Hold, HoldReason};
use insight::{Exposure, Risk, WATERLINE, risk};
use kernel::{Level, Priority};

fn of(exposure: &Exposure) -> Risk {
    risk(exposure, &policy(), NOW)
}

fn told(risk: &Risk) -> Vec<String> {
    risk.parts.iter().map(|part| format!("{} {}: {}", part.points, part.name, part.why)).collect()
}

#[test]
fn the_worst_half_hour_is_a_hundred() {
    let worst = Exposure {
        priority: Priority::ALL[0],
        impact: Level::HIGH,
        people: 900,
        service: Some(service(1)),
        major: true,
        taken: false,
        next_update: Some(NOW.plus_seconds(-120)),
        clocks: vec![
            running(ClockKind::Response, 900, -1_320),
            running(ClockKind::Resolution, 14_400, -60),
        ],
        ..plain()
    };
    let risk = of(&worst);
    assert_eq!(
        told(&risk),
        [
            "70 service: P1 goes on: Checkout (criticality 1), high impact, 900 people",
            "20 response: response 22 m over",
            "5 major: major incident",
            "4 next_update: promised update 2 m late",
            "1 untaken: nobody has taken it",
        ]
    );
    assert_eq!(risk.value, 100);
}

#[test]
fn a_due_time_within_half_an_hour_puts_it_above_the_waterline() {
    let soon = Exposure {
        service: Some(service(2)),
        taken: false,
        clocks: vec![running(ClockKind::Response, 28_800, 240)],
        ..plain()
    };
    let risk = of(&soon);
    assert_eq!(
        told(&risk),
        [
            "59 response: response due in 4 m",
            "5 service: VPN (criticality 2), low impact",
            "3 untaken: nobody has taken it",
        ]
    );
    assert!(risk.is_above_waterline());
    let later =
        Exposure { clocks: vec![running(ClockKind::Response, 28_800, 1_801)], ..soon.clone() };
    let risk = of(&later);
    assert!(risk.value < WATERLINE, "{risk:?}");
    assert_eq!(told(&risk)[0], "7 response: response due in 30 m");
    let waits = Exposure { clocks: vec![paused(&soon.clocks[0])], ..soon };
    assert_eq!(told(&of(&waits))[1], "3 untaken: nobody has taken it");
    assert!(told(&of(&waits))[2].ends_with("response paused with 4 m left"));
}

#[test]
fn an_interruption_of_high_priority_is_above_the_waterline_until_its_impact_is_over() {
    let down = Exposure { priority: Priority::ALL[1], service: Some(service(3)), ..plain() };
    assert_eq!(told(&of(&down)), ["54 service: P2 goes on: Printing (criticality 3), low impact"]);
    let hold = |reason| Some(Hold { reason, since: NOW, until: None });
    let below = [
        Exposure { mitigated: true, ..down.clone() },
        Exposure { restored: true, ..down.clone() },
        Exposure { carried: true, ..down.clone() },
        Exposure { priority: Priority::ALL[2], ..down.clone() },
        Exposure { hold: hold(HoldReason::Requester), ..down.clone() },
        Exposure { hold: hold(HoldReason::Scheduled), ..down.clone() },
    ];
    for exposure in below {
        assert!(of(&exposure).value < 5, "{exposure:?}");
    }
    let pushed = Exposure { hold: hold(HoldReason::Vendor), ..down };
    assert!(of(&pushed).is_above_waterline());
}

#[test]
fn a_fixed_instant_is_a_cut_off() {
    let at = |seconds| Some(NOW.plus_seconds(seconds));
    let until =
        |seconds| Some(Hold { reason: HoldReason::Scheduled, since: NOW, until: at(seconds) });
    for (exposure, words) in [
        (Exposure { next_update: at(720), ..plain() }, "54 next_update: update promised in 12 m"),
        (Exposure { expected: at(1_799), ..plain() }, "54 expected: people expect it back in 29 m"),
        (Exposure { expected: at(-90), ..plain() }, "54 expected: people expected it back 1 m ago"),
        (Exposure { hold: until(600), ..plain() }, "54 hold_end: hold ends in 10 m"),
    ] {
        assert_eq!(told(&of(&exposure))[0], words);
    }
    for exposure in [
        Exposure { next_update: at(1_800), ..plain() },
        Exposure { expected: at(9_000), ..plain() },
        Exposure { hold: until(86_400), ..plain() },
    ] {
        assert!(!of(&exposure).is_above_waterline(), "{exposure:?}");
    }
}

#[test]
fn without_forecasts_the_chance_follows_what_is_left() {
    let points = |left: i64| {
        let clocks = vec![running(ClockKind::Resolution, 172_800, left)];
        let exposure = Exposure { priority: Priority::ALL[2], carried: true, clocks, ..plain() };
        of(&exposure).value
    };
    // 14 points at stake: none of them at the start, a tenth with half the time left.
    assert_eq!([172_800, 88_200, 45_000, 5_400].map(points), [0, 1, 4, 10]);
    assert_eq!([1_799, 900, 0, -1].map(points), [61, 62, 64, 64]);
}
