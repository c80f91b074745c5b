//! A policy with one service of each criticality, and incidents to compare.

use incident::Policy;
use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::policy::{Agreement, Agreements, ServicePolicy};
use insight::Exposure;
use kernel::{AgreementId, Level, Matrix, Priority, ServiceId, Timestamp};
use std::collections::HashMap;

/// Monday, 23 November 2026, 12:12 UTC.
pub const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

fn uuid(digits: &str) -> String {
    format!("00000000-0000-0000-0000-{digits:0>12}")
}

/// The service of this criticality, 1 to 4.
pub fn service(criticality: u8) -> ServiceId {
    uuid(&criticality.to_string()).parse().unwrap()
}

pub fn policy() -> Policy {
    let agreement: AgreementId = uuid("a").parse().unwrap();
    let services: HashMap<ServiceId, ServicePolicy> = (1..=4)
        .map(|criticality| {
            let name = ["Checkout", "VPN", "Printing", "Canteen menu"];
            let name = name[usize::from(criticality) - 1].to_owned();
            (service(criticality), ServicePolicy { name, team: None, criticality })
        })
        .collect();
    Policy {
        version: 1,
        matrix: Matrix::default(),
        matrix_version: 1,
        agreements: Agreements::only(Agreement::standard(agreement)),
        calendars: Default::default(),
        services,
        teams: HashMap::new(),
        categories: HashMap::new(),
        staff: HashMap::new(),
        resolution_codes: vec![],
        organisations: HashMap::new(),
        rules: [].into(),
        models: [].into(),
        paging: std::sync::Arc::default(),
        asking: Default::default(),
        closure: Default::default(),
        notices: Default::default(),
        time_zone: "UTC".to_owned(),
        language: Default::default(),
    }
}

/// A P4 of one person that somebody works on; nothing is promised.
pub fn plain() -> Exposure {
    Exposure {
        priority: Priority::ALL[3],
        impact: Level::LOW,
        people: 1,
        service: None,
        hold: None,
        mitigated: false,
        restored: false,
        carried: false,
        major: false,
        taken: true,
        next_update: None,
        expected: None,
        clocks: vec![],
    }
}

/// A clock that runs round the clock and falls due in so many seconds; negative: it is over.
pub fn running(kind: ClockKind, target_seconds: i64, left: i64) -> Clock {
    let since = NOW.plus_seconds(left - target_seconds);
    let due = NOW.plus_seconds(left);
    let over = (left < 0).then_some(due);
    Clock {
        kind,
        status: ClockStatus::Running,
        target_seconds,
        used_micros: 0,
        since: Some(since),
        due_at: Some(due),
        stopped_at: None,
        breached_at: over,
        first_breached_at: over,
        warned_share: 0,
        calendar: None,
        team: None,
        left: false,
    }
}

/// The same clock, standing still with what is used at [`NOW`].
pub fn paused(clock: &Clock) -> Clock {
    let calendar = calendar_of(clock);
    Clock {
        status: ClockStatus::Paused,
        used_micros: clock.used_at(&calendar, NOW),
        since: None,
        due_at: None,
        ..clock.clone()
    }
}

fn calendar_of(_: &Clock) -> std::sync::Arc<calendar::Calendar> {
    calendar::Calendar::round_the_clock()
}
