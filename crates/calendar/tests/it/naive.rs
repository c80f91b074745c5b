//! A second opinion: random calendars, and the rule applied to minute after minute
//! by the calendar library's own conversion of instants.

use calendar::{Calendar, Definition, Holiday, Hours, SpecialOpening, Week};
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, ToSpan};
use kernel::Timestamp;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Zones and dates around which their clocks were changed in some odd way.
const CHANGES: [(&str, &str); 12] = [
    ("UTC", "2026-01-01"),
    ("Europe/Berlin", "2025-03-30"),
    ("Europe/Berlin", "2025-10-26"),
    ("America/New_York", "2024-11-03"),
    ("Australia/Lord_Howe", "2025-10-05"),
    ("Antarctica/Troll", "2025-03-30"),
    ("America/Sao_Paulo", "2017-10-15"),
    ("America/Havana", "2024-11-03"),
    ("Africa/Casablanca", "2025-02-23"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Chatham", "2024-04-07"),
    ("Asia/Pyongyang", "2018-05-05"),
];

/// The zones built in, as the calendar takes them.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A random calendar with a place in time where it matters.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub definition: Definition,
    /// A change of the zone's clock.
    pub around: Date,
}

impl World {
    pub(crate) fn calendar(&self) -> Calendar {
        Calendar::new(&self.definition).expect("a calendar")
    }

    /// An instant so many seconds from the change.
    pub(crate) fn instant(&self, seconds: i64) -> Timestamp {
        let zone = ZONES.get(&self.definition.time_zone).expect("a zone");
        let change = self.around.to_zoned(zone).expect("a date").timestamp();
        Timestamp::from_jiff(change).plus_seconds(seconds)
    }
}

/// Hours that often overlap, touch, run past midnight or end at it.
fn hours() -> impl Strategy<Value = Hours> {
    let minute = prop_oneof![
        prop::sample::select(vec![0_u16, 60, 120, 360, 540, 1_020, 1_320, 1_380]),
        0..1_440_u16
    ];
    let closes = prop_oneof![Just(1_440_u16), minute.clone()];
    let text = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    (minute, closes)
        .prop_filter("of some length", |(opens, closes)| opens != closes)
        .prop_map(move |(opens, closes)| Hours(text(opens), text(closes)))
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let day = || vec(hours(), 0..3);
    let week = (day(), day(), day(), day(), day(), day(), vec(hours(), 1..3))
        .prop_map(|(mon, tue, wed, thu, fri, sat, sun)| Week { mon, tue, wed, thu, fri, sat, sun });
    let holidays = btree_set(-8..9_i64, 0..5);
    let special = btree_map(-8..9_i64, vec(hours(), 1..3), 0..4);
    (prop::sample::select(CHANGES.to_vec()), week, holidays, special).prop_map(
        |((zone, around), week, holidays, special)| {
            let around: Date = around.parse().expect("a date");
            let date = |days: i64| (around + days.days()).to_string();
            let mut definition = Definition::new(zone, week);
            definition.holidays = holidays.into_iter().map(|at| Holiday::new(date(at))).collect();
            definition.special_openings = special
                .into_iter()
                .map(|(at, hours)| SpecialOpening { date: date(at), name: None, hours })
                .collect();
            World { definition, around }
        },
    )
}

/// Whether an instant is business time, by the words of the rule.
fn is_open(definition: &Definition, zone: &TimeZone, at: Timestamp) -> bool {
    let local = zone.to_datetime(at.to_jiff());
    let (date, time) = (local.date(), i32::from(local.hour()) * 60 + i32::from(local.minute()));
    let special = |date: Date| {
        let date = date.to_string();
        definition.special_openings.iter().find(|special| special.date == date)
    };
    let spans = |hours: &[Hours]| -> Vec<(i32, i32)> {
        let minutes = |text: &str| {
            let (hours, minutes) = text.split_once(':').expect("a time");
            hours.parse::<i32>().expect("hours") * 60 + minutes.parse::<i32>().expect("minutes")
        };
        hours.iter().map(|Hours(opens, closes)| (minutes(opens), minutes(closes))).collect()
    };
    let ordinary =
        |date: Date| definition.week.days()[date.weekday().to_monday_zero_offset() as usize].1;
    let head = |hours: &[Hours]| {
        spans(hours)
            .into_iter()
            .any(|(opens, closes)| opens <= time && (time < closes || closes < opens))
    };
    let tail = |hours: &[Hours]| {
        spans(hours).into_iter().any(|(opens, closes)| closes < opens && time < closes)
    };
    if let Some(special) = special(date) {
        return head(&special.hours);
    }
    if definition.holidays.iter().any(|holiday| holiday.date == date.to_string()) {
        return false;
    }
    let yesterday = date - SignedDuration::from_hours(24);
    let yesterdays = special(yesterday).map_or(ordinary(yesterday), |special| &special.hours);
    head(ordinary(date)) || tail(yesterdays)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn minute_after_minute_agrees(
        world in world(),
        first_minute in -9 * 1_440..0_i64,
        minutes in 1..9 * 1_440_i64,
    ) {
        let calendar = world.calendar();
        let zone = ZONES.get(&world.definition.time_zone).expect("a zone");
        let start = world.instant(first_minute * 60);
        let mut open = 0;
        let mut closed = None;
        for minute in 0..minutes {
            let at = start.plus_seconds(minute * 60);
            let expected = is_open(&world.definition, &zone, at);
            prop_assert_eq!(calendar.is_open(at), expected, "open at {}", at);
            if expected {
                open += 60;
                prop_assert_eq!(calendar.due(start, open), Some(at.plus_seconds(60)));
            }
            if expected && let Some(since) = closed.take() {
                prop_assert_eq!(calendar.next_open(since), Some(at), "next after {}", since);
            } else if !expected {
                closed.get_or_insert(at);
            }
        }
        prop_assert_eq!(calendar.elapsed(start, start.plus_seconds(minutes * 60)), open);
    }
}
