//! A second opinion that is slow and easy to believe: it goes from turn to turn, looks at every
//! date, and knows no shortcuts. And schedules to try it on, near clock changes and ends of months.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use proptest::prelude::*;
use roster::{Layer, Override, Restriction, Roster, Rotation, Schedule, Unit, Weekday};

/// Zones, each with a date near which its clock does something.
const WORLDS: [(&str, &str); 12] = [
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Europe/London", "2026-03-29"),
    ("Europe/London", "2026-10-25"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Africa/Cairo", "2026-04-24"),
    ("Asia/Beirut", "2026-03-29"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Asia/Kolkata", "2026-01-31"),
    ("Pacific/Apia", "2011-12-30"),
];

/// Somebody who takes turns.
pub type Who = u8;

/// A schedule near a date.
#[derive(Debug, Clone)]
pub struct World {
    pub schedule: Schedule<Who>,
    pub near: Timestamp,
}

impl World {
    pub fn roster(&self) -> Roster<Who> {
        assert_eq!(self.schedule.faults(), []);
        Roster::new(&self.schedule).unwrap()
    }

    /// An instant so many minutes from the date.
    pub fn minutes(&self, minutes: i64) -> Timestamp {
        self.near.plus_seconds(minutes * 60)
    }
}

/// Minutes up to some weeks; whole hours, half hours and others.
pub fn minutes() -> impl Strategy<Value = i64> {
    let week = 7 * 24 * 60_i64;
    prop_oneof![
        (-3 * 24..3 * 24_i64).prop_map(|hours| hours * 60),
        (-3 * 48..3 * 48_i64).prop_map(|halves| halves * 30),
        -6 * week..6 * week,
    ]
}

pub fn world() -> impl Strategy<Value = World> {
    let layers = prop::collection::vec(layer_parts(), 1..4);
    let overrides = prop::collection::vec((minutes(), 1..3_000_i64, 10..14_u8), 0..4);
    (0..WORLDS.len(), layers, overrides).prop_map(|(place, layers, overrides)| {
        let (zone, date) = WORLDS[place];
        let date: Date = date.parse().unwrap();
        let known = crate::zone(zone);
        let near = Timestamp::from_jiff(known.to_zoned(date.at(12, 0, 0, 0)).unwrap().timestamp());
        let layers = layers.into_iter().map(|parts| layer(date, parts)).collect();
        let overrides = overrides
            .into_iter()
            .map(|(from, long, person)| {
                let start = near.plus_seconds(from * 60);
                Override { person, start, end: start.plus_seconds(long * 60) }
            })
            .collect();
        World { schedule: Schedule { time_zone: zone.to_owned(), layers, overrides }, near }
    })
}

type LayerParts = (usize, u32, (i64, i8, i8), u8, Vec<(u8, u8, u8)>);

fn layer_parts() -> impl Strategy<Value = LayerParts> {
    let start = (-40..10_i64, 0..24_i8, prop_oneof![Just(0_i8), Just(30), 0..60_i8]);
    let restriction = (1..128_u8, 0..48_u8, 0..48_u8);
    (0..4_usize, 1..30_u32, start, 1..4_u8, prop::collection::vec(restriction, 0..3))
}

fn layer(date: Date, (unit, every, (ahead, hour, minute), many, hours): LayerParts) -> Layer<Who> {
    let unit = Unit::ALL[unit];
    let every = match unit {
        Unit::Hour => every,
        Unit::Day => 1 + every % 5,
        Unit::Week | Unit::Month => 1 + every % 3,
    };
    let half = |half: u8| jiff::civil::time((half / 2) as i8, (half % 2 * 30) as i8, 0, 0);
    let restriction = |(days, from, to): (u8, u8, u8)| Restriction {
        days: Weekday::ALL
            .iter()
            .enumerate()
            .filter(|(place, _)| days & (1 << place) != 0)
            .map(|(_, day)| *day)
            .collect(),
        from: half(from),
        to: half(to),
    };
    Layer {
        name: String::new(),
        rotation: Rotation {
            unit,
            every,
            start_local: date.checked_add(ahead.days()).unwrap().at(hour, minute, 0, 0),
            people: (0..many).collect(),
        },
        restrictions: hours.into_iter().map(restriction).collect(),
    }
}

/// When the clock first shows this or, where it never does, something later.
pub fn instant(zone: &TimeZone, clock: DateTime) -> Timestamp {
    let mut found = zone.to_ambiguous_timestamp(clock).earlier().unwrap();
    while zone.to_datetime(found) < clock {
        found = found.checked_add(1.minute()).unwrap();
    }
    Timestamp::from_jiff(found)
}

/// Who is on call.
pub fn on_call(schedule: &Schedule<Who>, at: Timestamp) -> Option<Who> {
    let covers = |known: &&Override<Who>| known.start <= at && at < known.end;
    if let Some(known) = schedule.overrides.iter().rfind(covers) {
        return Some(known.person);
    }
    let zone = crate::zone(&schedule.time_zone);
    schedule.layers.iter().rev().find_map(|layer| {
        let open = layer.restrictions.is_empty()
            || layer.restrictions.iter().any(|hours| is_within(&zone, hours, at));
        open.then(|| turn(&zone, &layer.rotation, at)).flatten()
    })
}

fn turn(zone: &TimeZone, rotation: &Rotation<Who>, at: Timestamp) -> Option<Who> {
    let starts = |turn: i64| {
        let units = turn * i64::from(rotation.every);
        let ahead = match rotation.unit {
            Unit::Hour => {
                return instant(zone, rotation.start_local).plus_seconds(3_600 * units);
            }
            Unit::Day => units.days(),
            Unit::Week => units.weeks(),
            Unit::Month => units.months(),
        };
        instant(zone, rotation.start_local.checked_add(ahead).unwrap())
    };
    let mut turn = 0;
    if at < starts(turn) {
        return None;
    }
    while starts(turn + 1) <= at {
        turn += 1;
    }
    Some(rotation.people[turn as usize % rotation.people.len()])
}

fn is_within(zone: &TimeZone, hours: &Restriction, at: Timestamp) -> bool {
    let today = zone.to_datetime(at.to_jiff()).date();
    (-3..=3_i64).any(|ahead| {
        let date = today.checked_add(ahead.days()).unwrap();
        let named = Weekday::ALL[date.weekday().to_monday_zero_offset() as usize];
        let last = match hours.to > hours.from {
            true => date,
            false => date.tomorrow().unwrap(),
        };
        hours.days.contains(&named)
            && instant(zone, date.to_datetime(hours.from)) <= at
            && at < instant(zone, last.to_datetime(hours.to))
    })
}
