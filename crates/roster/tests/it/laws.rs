//! What holds for every schedule.

use crate::naive::{self, World, minutes, world};
use crate::{at, roster};
use kernel::Timestamp;
use proptest::prelude::*;
use roster::{Roster, Shift, Source, Span, Stretch, Versions, changed_days, changes};
use serde_json::json;
use std::collections::BTreeSet;

/// A range near the date of a world.
fn range() -> impl Strategy<Value = (i64, i64)> {
    (minutes(), minutes()).prop_map(|(one, other)| (one.min(other), one.max(other) + 1))
}

fn span(world: &World, (from, to): (i64, i64)) -> Span {
    Span::new(world.minutes(from), world.minutes(to))
}

fn clipped<P>(shift: Shift<P>, range: Span) -> Option<Shift<P>> {
    let both = shift.span().overlap(range)?;
    Some(Shift { start: both.start, end: both.end, ..shift })
}

proptest! {
    #[test]
    fn who_is_on_call_is_what_somebody_finds_who_goes_turn_by_turn(
        world in world(),
        asked in prop::collection::vec(minutes(), 12),
    ) {
        let roster = world.roster();
        for minutes in asked {
            let asked = world.minutes(minutes);
            let found = roster.on_call(asked).map(|found| found.person);
            prop_assert_eq!(found, naive::on_call(&world.schedule, asked), "{}", asked);
        }
    }

    #[test]
    fn shifts_and_gaps_are_the_range_and_say_what_every_instant_says(
        world in world(),
        range in range(),
    ) {
        let roster = world.roster();
        let range = span(&world, range);
        let stretches: Vec<_> = roster.stretches(range.start, range.end).collect();
        let mut since = range.start;
        for Stretch { span, shift } in &stretches {
            prop_assert_eq!(span.start, since);
            prop_assert!(!span.is_empty());
            since = span.end;
            let middle = span.start.plus_micros(span.end.micros_since(span.start) / 2);
            for asked in [span.start, middle, span.end.plus_micros(-1)] {
                let found = roster.on_call(asked).map(|found| (found.person, found.source, found.turn));
                let said = shift.as_ref().map(|shift| (shift.person, shift.source, shift.turn));
                prop_assert_eq!(found, said, "{}", asked);
            }
            if let Some(shift) = shift {
                prop_assert_eq!(shift.span(), *span);
                prop_assert_eq!(shift.turn.overlap(*span), Some(*span), "a shift lies in its turn");
            }
        }
        prop_assert_eq!(since, range.end);
        for pair in stretches.windows(2) {
            let said = |stretch: &Stretch<u8>| {
                stretch.shift.as_ref().map(|shift| (shift.person, shift.source, shift.turn))
            };
            prop_assert_ne!(said(&pair[0]), said(&pair[1]), "what touches and is the same is one");
        }
        let shifts: Vec<_> = roster.shifts(range.start, range.end).collect();
        let gaps: Vec<_> = roster.gaps(range.start, range.end).collect();
        prop_assert_eq!(shifts.len() + gaps.len(), stretches.len());
        let seconds = |spans: &mut dyn Iterator<Item = Span>| {
            spans.map(|span| span.end.micros_since(span.start)).sum::<i64>()
        };
        let all = range.end.micros_since(range.start);
        let both = seconds(&mut shifts.iter().map(Shift::span)) + seconds(&mut gaps.iter().copied());
        prop_assert_eq!(both, all, "gaps are the rest");
    }

    #[test]
    fn a_part_of_a_range_is_that_part_of_its_shifts(
        world in world(),
        whole in range(),
        (from, to) in range(),
    ) {
        let roster = world.roster();
        let whole = Span::new(world.minutes(whole.0.min(from)), world.minutes(whole.1.max(to)));
        let part = span(&world, (from, to));
        let cut: Vec<_> = roster
            .shifts(whole.start, whole.end)
            .filter_map(|shift| clipped(shift, part))
            .collect();
        prop_assert_eq!(roster.shifts(part.start, part.end).collect::<Vec<_>>(), cut);
    }

    #[test]
    fn a_shift_reaches_as_far_as_it_truly_does(world in world(), minutes in minutes()) {
        let roster = world.roster();
        let asked = world.minutes(minutes);
        let Some(shift) = roster.shift_at(asked) else {
            prop_assert!(roster.on_call(asked).is_none());
            return Ok(());
        };
        prop_assert!(shift.span().contains(asked));
        for beyond in [shift.start.plus_micros(-1), shift.end] {
            let other = roster.on_call(beyond);
            let same = other.is_some_and(|other| (other.source, other.turn) == (shift.source, shift.turn));
            prop_assert!(!same, "it goes on at {}", beyond);
        }
    }

    #[test]
    fn an_edit_never_shifts_the_past(
        before in world(),
        after in world(),
        (begun, now) in range(),
        ahead in 0..20_000_i64,
        range in range(),
    ) {
        let first = Versions {
            versions: vec![(before.minutes(begun), before.schedule.layers.clone())],
            time_zone: before.schedule.time_zone.clone(),
            overrides: before.schedule.overrides.clone(),
        };
        let (now, since) = (before.minutes(now), before.minutes(now + ahead));
        let second = first.changed(now, since, after.schedule.layers.clone()).unwrap();
        prop_assert!(first.changed(since.plus_micros(1), since, vec![]).is_err());
        let (old, new) = (Roster::of(&first).unwrap(), Roster::of(&second).unwrap());
        let range = span(&before, range);
        let until = range.end.min(since);
        let past = |roster: &Roster<u8>| roster.stretches(range.start, until).collect::<Vec<_>>();
        prop_assert_eq!(past(&old), past(&new));
        for change in changes(&old, &new, range.start, range.end) {
            prop_assert!(change.span.start >= since);
        }
        // From then on it is as if it had always been so.
        let alone = Roster::new(&second.at(since)).unwrap();
        let from = range.start.max(since);
        let people = |roster: &Roster<u8>| {
            roster.shifts(from, range.end).map(|shift| (shift.span(), shift.person)).collect::<Vec<_>>()
        };
        prop_assert_eq!(people(&new), people(&alone));
    }

    #[test]
    fn changed_days_are_those_on_which_some_instant_differs(
        before in world(),
        other in world(),
        (from, to) in range(),
    ) {
        let mut after = before.clone();
        after.schedule.layers = other.schedule.layers;
        let (old, new) = (before.roster(), after.roster());
        let range = span(&before, (from, to));
        let person = |roster: &Roster<u8>, asked| roster.on_call(asked).map(|found| found.person);
        let mut expected = BTreeSet::new();
        // All boundaries of these schedules lie on whole minutes: nothing is missed between.
        let step = ((to - from) / 2_000).max(1);
        for minutes in (from..to).step_by(step as usize) {
            let asked = before.minutes(minutes);
            if person(&old, asked) != person(&new, asked) {
                expected.insert(new.date(asked));
            }
        }
        let found: BTreeSet<_> = changed_days(&old, &new, range.start, range.end).into_iter().collect();
        if step == 1 {
            prop_assert_eq!(&found, &expected);
        }
        prop_assert!(expected.is_subset(&found));
        prop_assert_eq!(changed_days(&old, &old, range.start, range.end), []);
        for change in changes(&old, &new, range.start, range.end) {
            prop_assert_ne!(change.before, change.after);
            prop_assert_eq!(change.before, person(&old, change.span.start));
            prop_assert_eq!(change.after, person(&new, change.span.end.plus_micros(-1)));
        }
    }

    #[test]
    fn hours_add_up(world in world(), range in range()) {
        let roster = world.roster();
        let range = span(&world, range);
        let mut shifts: Vec<_> = roster.shifts(range.start, range.end).collect();
        for load in roster.load(range.start, range.end) {
            let theirs = shifts.iter().filter(|shift| shift.person == load.person);
            let micros: i64 = theirs.map(|shift| shift.end.micros_since(shift.start)).sum();
            prop_assert_eq!(load.total_seconds, micros / 1_000_000);
            prop_assert!((0..=load.total_seconds).contains(&load.night_seconds));
            prop_assert!((0..=load.total_seconds).contains(&load.weekend_seconds));
            shifts.retain(|shift| shift.person != load.person);
        }
        prop_assert!(shifts.is_empty());
    }

    #[test]
    fn hand_overs_are_where_turns_of_the_first_layer_meet(world in world(), range in range()) {
        let mut alone = world.clone();
        alone.schedule.overrides.clear();
        alone.schedule.layers.truncate(1);
        alone.schedule.layers[0].restrictions.clear();
        let range = span(&world, range);
        let found: Vec<_> = world.roster().handovers(range.start, range.end).collect();
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        let starts: Vec<Timestamp> = alone
            .roster()
            .shifts(range.start, range.end)
            .map(|shift| shift.start)
            .filter(|start| *start > range.start)
            .collect();
        let after_start: Vec<_> = match starts.first() {
            Some(first) => found.iter().copied().filter(|at| at >= first).collect(),
            None => vec![],
        };
        prop_assert_eq!(after_start, starts);
    }

    #[test]
    fn lanes_are_the_layers_and_their_result(world in world(), range in range()) {
        let roster = world.roster();
        let range = span(&world, range);
        let lanes = roster.lanes(range.start, range.end);
        prop_assert_eq!(lanes.layers.len(), world.schedule.layers.len());
        for (place, lane) in lanes.layers.iter().enumerate() {
            let mut alone = world.clone();
            alone.schedule.overrides.clear();
            alone.schedule.layers = vec![world.schedule.layers[place].clone()];
            let expected: Vec<_> = alone.roster().shifts(range.start, range.end).collect();
            let found = lane.shifts.iter().cloned();
            let found: Vec<_> = found.map(|shift| Shift { source: Source::Layer(0), ..shift }).collect();
            prop_assert_eq!(found, expected);
        }
        let by_override = |shift: &&Shift<u8>| matches!(shift.source, Source::Override(_));
        let result: Vec<_> = roster.stretches(range.start, range.end).collect();
        let overrides: Vec<_> =
            result.iter().filter_map(|stretch| stretch.shift.as_ref()).filter(by_override).cloned().collect();
        prop_assert_eq!(&lanes.overrides, &overrides);
        prop_assert_eq!(lanes.result, result);
    }

    #[test]
    fn nothing_breaks_at_the_edges_of_time(
        world in world(),
        from in any::<i64>(),
        to in any::<i64>(),
    ) {
        let roster = world.roster();
        let [from, to] = [from, to].map(|micros| Timestamp::from_micros(0).plus_micros(micros));
        roster.on_call(from);
        roster.shift_at(to);
        prop_assert!(roster.stretches(from, to).take(5).all(|stretch| !stretch.span.is_empty()));
        roster.handovers(from, to).take(5).for_each(drop);
        let end = Timestamp::from_micros(0).plus_micros(i64::MAX);
        prop_assert!(roster.stretches(end.plus_days(-1), end).count() < 100);
    }
}

#[test]
fn a_century_of_hours_is_asked_as_fast_as_a_day() {
    let roster = roster(json!({ "time_zone": "Europe/Berlin", "layers": [{ "rotation": {
        "unit": "hour", "every": 1, "start_local": "1970-01-01T00:00:00", "people": ["a", "b", "c"],
    } }] }));
    // 130 years of 8,766 hours, modulo three people; the clock was an hour ahead of UTC.
    let asked = at("2100-01-01T00:00:00Z");
    let hours = asked.seconds_since(at("1969-12-31T23:00:00Z")) / 3_600;
    let expected = ["a", "b", "c"][hours as usize % 3];
    for _ in 0..10_000 {
        assert_eq!(roster.on_call(asked).unwrap().person, expected);
    }
}

#[test]
fn shifts_go_on_through_a_version_that_changes_nothing_of_them() {
    let layers = crate::schedule(json!({ "time_zone": "UTC", "layers": [{ "rotation": {
        "unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00", "people": ["a", "b"],
    } }] }))
    .layers;
    let versions = Versions::new("UTC", at("2026-11-01T00:00:00Z"), layers.clone());
    let now = at("2026-11-25T00:00:00Z");
    let roster = versions.changed(now, now, layers).unwrap().roster().unwrap();
    let shift = roster.shift_at(now).unwrap();
    assert_eq!(shift.span(), shift.turn);
    let handovers: Vec<_> =
        roster.handovers(at("2026-11-16T09:00:00Z"), at("2026-11-30T09:00:01Z")).collect();
    assert_eq!(handovers, [at("2026-11-23T09:00:00Z"), at("2026-11-30T09:00:00Z")]);
    assert!(roster.on_call(at("2026-10-31T23:59:59Z")).is_none(), "it had not begun");
}

#[test]
fn a_layer_that_breaks_a_rule_covers_nothing_and_disturbs_nothing() {
    let schedule = crate::schedule(json!({ "time_zone": "UTC", "layers": [
        { "rotation": { "unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00", "people": ["a"] } },
        { "rotation": { "unit": "day", "every": 0, "start_local": "2026-11-02T09:00:00", "people": ["b"] } },
        { "rotation": { "unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00", "people": [] } },
        { "rotation": { "unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00", "people": ["c"] },
          "restrictions": [{ "days": [], "from": "08:00", "to": "20:00" }] },
    ] }));
    assert_eq!(schedule.faults().len(), 3);
    let roster = Roster::new(&schedule).unwrap();
    assert_eq!(roster.on_call(at("2026-11-23T12:00:00Z")).unwrap().person, "a");
}
