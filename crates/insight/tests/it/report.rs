//! Figures of reports: percentiles, days when clocks change, and levels that change.

use insight::report::{
    By, Fact, Figure, Measure, Name, Period, PeriodError, Span, backlog, behind, behind_backlog,
    behind_heat, changes, columns, heat, measures, shifts, shifts_of_times, tabulate, with_night,
};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, Priority, Timestamp};
use proptest::prelude::*;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn period(from: Date, to: Date) -> Period {
    Period::new(from, to, berlin()).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn fact(number: i64, at: Timestamp, values: Vec<Option<i64>>) -> Fact {
    Fact { number: IncidentNumber(number), at, priority: Priority::ALL[0], of: None, values }
}

/// A small generator, so that every run is the same (SplitMix64).
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        let (least, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > least {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

#[test]
fn a_day_is_as_long_as_its_clocks_make_it() {
    let spring = period(date(2026, 3, 28), date(2026, 3, 30));
    let hours = |day: usize| spring.day_start(day + 1).seconds_since(spring.day_start(day)) / 3_600;
    assert_eq!((hours(0), hours(1), hours(2)), (24, 23, 24));
    let autumn = period(date(2026, 10, 25), date(2026, 10, 25));
    assert_eq!(autumn.end().seconds_since(autumn.start()), 25 * 3_600);
    assert_eq!(spring.index(at("2026-03-28T22:59:59Z")), Some(0));
    assert_eq!(spring.index(at("2026-03-28T23:00:00Z")), Some(1));
    assert_eq!(spring.index(at("2026-03-29T22:00:00Z")), Some(2));
    assert_eq!(spring.index(spring.end()), None);
    let wrong = |from, to| Period::new(from, to, berlin()).unwrap_err();
    assert_eq!(wrong(date(2026, 1, 2), date(2026, 1, 1)), PeriodError::Backwards);
    assert_eq!(wrong(date(2000, 1, 1), date(2026, 1, 1)), PeriodError::TooLong);
}

#[test]
fn the_repeated_hour_counts_where_the_clock_stood() {
    let autumn = period(date(2026, 10, 25), date(2026, 10, 25));
    let facts =
        [fact(1, at("2026-10-25T00:30:00Z"), vec![]), fact(2, at("2026-10-25T01:30:00Z"), vec![])];
    let table = heat(&facts, &autumn);
    let sunday = table.lines.iter().find(|line| line.key == "sun").unwrap();
    assert_eq!(sunday.cells[3].counted, 2, "02:30 twice");
    let figure: Figure = "hours~sun~h02".parse().unwrap();
    assert_eq!(behind_heat(&figure, &facts, &autumn).unwrap().len(), 2);
    let mut pages = [fact(1, at("2026-10-25T00:30:00Z"), vec![None])];
    with_night(&mut pages, &autumn);
    assert_eq!(pages[0].values, [Some(1), None]);
}

#[test]
fn an_empty_period_has_lines_and_no_shares() {
    let whole = period(date(2026, 3, 1), date(2026, 4, 30));
    for name in Name::ALL.iter().copied() {
        for by in name.by().iter().copied() {
            let table = tabulate("t", &columns(name), measures(name), by, &[], &whole);
            assert_eq!(table.lines[0].key, "all");
            let shares = table.columns.iter().zip(&table.lines[0].cells);
            for (column, cell) in shares.filter(|(column, _)| column.key.ends_with("share")) {
                assert_eq!(cell.value, None, "{name} {}", column.key);
            }
        }
    }
    let months = tabulate("t", &columns(Name::Hops), &[], By::Month, &[], &whole);
    let keys: Vec<&str> = months.lines.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys, ["all", "2026-03-01", "2026-04-01"]);
    let days = backlog(&[], &whole, whole.end());
    assert_eq!(days[0].lines.len(), 61);
}

#[test]
fn downtime_costs_what_its_hours_cost_and_time_that_outages_share_counts_once() {
    let whole = period(date(2026, 3, 1), date(2026, 3, 31));
    let out = |number: i64, of: &str, minutes: (i64, i64), cost: Option<i64>| {
        let at = |minute: i64| whole.start().plus_seconds(minute * 60);
        let (began, ended) = (at(minutes.0), at(minutes.1));
        let values = vec![Some(began.micros()), Some(ended.micros()), cost];
        Fact { of: Some(of.to_owned()), ..fact(number, began, values) }
    };
    let facts = [
        out(1, "vpn", (0, 60), Some(1_200)),
        out(2, "vpn", (30, 90), Some(1_200)),
        out(3, "mail", (0, 60), Some(600)),
        out(4, "wiki", (0, 600), None),
    ];
    let (columns, measures) = (columns(Name::Downtime), measures(Name::Downtime));
    let place = |key: &str| columns.iter().position(|column| column.key == key).unwrap();
    let (seconds, cost) = (place("out"), place("cost"));
    for (by, line, minutes, costs) in [
        (By::All, "all", 750.0, Some(2_400.0)),
        (By::Service, "all", 750.0, Some(2_400.0)),
        (By::Service, "vpn", 90.0, Some(1_800.0)),
        (By::Service, "mail", 60.0, Some(600.0)),
        (By::Service, "wiki", 600.0, None),
    ] {
        let table = tabulate("downtime", &columns, measures, by, &facts, &whole);
        let line = table.lines.iter().find(|one| one.key == line).unwrap();
        assert_eq!(line.cells[seconds].value, Some(minutes * 60.0), "{by} {}", line.key);
        assert_eq!(line.cells[cost].value, costs, "{by} {}", line.key);
    }
    let figure: Figure = "downtime~all~cost".parse().unwrap();
    let listed = behind(&figure, &columns, measures, By::Service, &facts, &whole).unwrap();
    assert_eq!(listed, [1, 2, 3].map(IncidentNumber).into(), "those of which a cost is known");
}

#[test]
fn every_incident_has_a_measure_and_every_measure_of_incidents_a_place() {
    let last = Measure::OF_INCIDENTS.last().copied();
    assert_eq!(last, Some(Measure::Confirmed));
    for name in Name::ALL.iter().filter(|name| !matches!(name, Name::OnCall | Name::Downtime)) {
        for measure in measures(*name) {
            assert!(Measure::OF_INCIDENTS.contains(measure), "{name} {measure}");
        }
    }
}

#[test]
fn a_level_that_doubles_is_found_where_it_does() {
    let mut dice = Dice(7);
    let counts: Vec<u64> =
        (0..120).map(|day| dice.poisson(if day < 60 { 10.0 } else { 20.0 })).collect();
    let found = changes(&counts);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].at.abs_diff(60) <= 3, "{found:?}");
    assert!(found[0].before < 12.0 && found[0].after > 17.0, "{found:?}");
}

#[test]
fn a_level_that_stays_is_rarely_said_to_change() {
    let mut alarms = 0;
    for seed in 0..200u64 {
        let mut dice = Dice(seed * 1_000 + 1);
        // Five busy days and two quiet ones, without a change.
        let mean = |day: usize| if day % 7 < 5 { 12.0 } else { 3.0 };
        let counts: Vec<u64> = (0..182).map(|day| dice.poisson(mean(day))).collect();
        alarms += usize::from(!changes(&counts).is_empty());
    }
    assert!(alarms <= 4, "{alarms} of 200");
    assert!(changes(&[]).is_empty());
    assert!(changes(&[0; 100]).is_empty());
    assert!(changes(&[5; 13]).is_empty(), "too short to tell");
}

/// Medians of weeks around a level, as ragged as times are.
fn weeks(dice: &mut Dice, levels: &[(usize, f64)]) -> Vec<Option<f64>> {
    let mut medians = Vec::new();
    for (many, level) in levels {
        medians.extend((0..*many).map(|_| {
            let normal = (0..12).map(|_| dice.unit()).sum::<f64>() - 6.0;
            Some(level * (0.35 * normal).exp())
        }));
    }
    medians
}

#[test]
fn times_that_stay_are_rarely_said_to_change() {
    let mut alarms = 0;
    for seed in 0..400u64 {
        let mut dice = Dice(seed * 1_000 + 3);
        alarms += usize::from(!shifts(&weeks(&mut dice, &[(40, 3_600.0)]), 1).is_empty());
    }
    // One in a hundred: of 400 four, and more than ten only once in two hundred times.
    assert!(alarms <= 10, "{alarms} of 400");
    assert!(shifts(&[], 1).is_empty());
    assert!(shifts(&[Some(60.0); 52], 1).is_empty());
    assert!(shifts(&[None; 52], 1).is_empty());
    let both = weeks(&mut Dice(1), &[(3, 60.0), (3, 6e6)]);
    assert!(shifts(&both, 1).is_empty(), "too short to tell");
}

#[test]
fn times_that_double_are_found_where_they_do_and_two_changes_are_two() {
    for seed in 0..20u64 {
        let mut dice = Dice(seed * 1_000 + 5);
        let found = shifts(&weeks(&mut dice, &[(26, 3_600.0), (26, 10_800.0)]), 5);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].at.abs_diff(26) <= 3, "{found:?}");
        assert!((2_400.0..5_400.0).contains(&found[0].before), "{found:?}");
        assert!((7_200.0..16_200.0).contains(&found[0].after), "{found:?}");
    }
    let mut medians = weeks(&mut Dice(9), &[(20, 600.0), (20, 6_000.0), (20, 60_000.0)]);
    // A week without a median, and one that is out of all proportion.
    medians[3] = None;
    medians[10] = Some(1e9);
    let found: Vec<usize> = shifts(&medians, 5).iter().map(|shift| shift.at).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].abs_diff(20) <= 2 && found[1].abs_diff(40) <= 2, "{found:?}");
}

#[test]
fn a_shift_of_times_has_its_week_and_slow_ones_that_lack_make_none() {
    // From a Wednesday on: 26 weeks of which the first has five days.
    let half = period(date(2026, 1, 7), date(2026, 7, 5));
    let measures = [Measure::Resolve, Measure::Restore];
    let mut facts = Vec::new();
    for index in 0..half.count() {
        for n in 0..6_i64 {
            let hours = if index < 89 { 2 } else { 8 };
            let seconds = hours * 3_600 + (index as i64 * 37 + n * 301) % 1_800;
            // Of the last three weeks only the quick ones are over.
            let restored =
                (index < 159 || n == 0).then_some(3_600 - 1_800 * i64::from(index >= 159));
            let restored = restored.map(|seconds| seconds + (index as i64 * 53 + n * 17) % 600);
            let values = vec![Some(seconds), restored];
            facts.push(fact(
                index as i64 * 10 + n,
                half.day_start(index).plus_seconds(600),
                values,
            ));
        }
    }
    let found = shifts_of_times(&facts, &measures, &half);
    assert_eq!(found.len(), 1, "{found:?}");
    let (measure, week, shift) = &found[0];
    assert_eq!((*measure, week.as_str()), (Measure::Resolve, "2026-04-06"));
    assert!(shift.before < 10_000.0 && shift.after > 28_000.0, "{shift:?}");
    assert!(shifts_of_times(&[], &measures, &half).is_empty());
}

proptest! {
    #[test]
    fn what_is_stretched_is_found_in_the_same_places(
        seconds in proptest::collection::vec(1.0_f64..1e6, 0..60),
        times in 1.5_f64..20.0,
    ) {
        let medians: Vec<Option<f64>> = seconds.iter().map(|one| Some(*one)).collect();
        let stretched: Vec<Option<f64>> = seconds.iter().map(|one| Some((one * times).ln())).collect();
        let places = |values: &[Option<f64>]| -> Vec<usize> {
            shifts(values, 5).iter().map(|shift| shift.at).collect()
        };
        prop_assert_eq!(places(&medians), places(&stretched));
        for at in places(&medians) {
            prop_assert!((4..=medians.len() - 4).contains(&at));
        }
    }

    #[test]
    fn percentiles_are_the_least_values_that_enough_do_not_pass(
        seconds in proptest::collection::vec(proptest::option::of(0i64..100), 0..60),
    ) {
        let whole = period(date(2026, 3, 1), date(2026, 3, 2));
        let facts: Vec<Fact> = seconds.iter().enumerate().map(|(n, value)| {
            let mut values = vec![None; measures(Name::Times).len()];
            values[0] = *value;
            fact(n as i64 + 1, whole.start(), values)
        }).collect();
        let (columns, measures) = (columns(Name::Times), measures(Name::Times));
        let table = tabulate("times", &columns, measures, By::All, &facts, &whole);
        let of = |key: &str| {
            let place = columns.iter().position(|column| column.key == key).unwrap();
            table.lines[0].cells[place]
        };
        let known: Vec<i64> = seconds.iter().copied().flatten().collect();
        let slow = |per_cent: usize| known.iter().copied().filter(|value| {
            known.iter().filter(|other| *other <= value).count() * 100 >= per_cent * known.len()
        }).min().map(|value| value as f64);
        prop_assert_eq!(of("acknowledge_median").value, slow(50));
        prop_assert_eq!(of("acknowledge_p90").value, slow(90));
        let figure: Figure = "times~all~acknowledge_count".parse().unwrap();
        let listed = behind(&figure, &columns, measures, By::All, &facts, &whole).unwrap();
        prop_assert_eq!(listed.len() as f64, of("acknowledge_count").value.unwrap());
    }

    #[test]
    fn what_is_open_adds_up_and_is_listed(
        spans in proptest::collection::vec((0i64..40, proptest::option::of(0i64..20)), 0..50),
    ) {
        let whole = period(date(2026, 3, 20), date(2026, 4, 5));
        let begin = whole.start().plus_days(-10);
        let spans: Vec<Span> = spans.iter().enumerate().map(|(n, (from, length))| {
            let from = begin.plus_seconds(from * 70_001);
            Span {
                number: IncidentNumber(n as i64 + 1),
                priority: Priority::ALL[n % 5],
                reported_at: from,
                from,
                to: length.map(|length| from.plus_seconds(length * 50_021)),
            }
        }).collect();
        let now = whole.end();
        let days = &backlog(&spans, &whole, now)[0];
        for (day, line) in days.lines.iter().enumerate() {
            let end = whole.day_start(day + 1);
            let open = spans.iter().filter(|span| {
                span.from < end && span.to.is_none_or(|to| to >= end)
            }).count() as u64;
            // One that lasted for no time came and went, and was never open.
            prop_assert_eq!(line.cells[0].counted, open, "{}", line.key);
            for (place, column) in ["open", "in", "out"].iter().enumerate() {
                let figure: Figure = format!("days~{}~{column}", line.key).parse().unwrap();
                let listed = behind_backlog(&figure, &spans, &whole, now).unwrap();
                prop_assert_eq!(listed.len() as u64, line.cells[place].counted);
            }
        }
    }
}
