//! What the clocks would say under terms that nobody saved yet.

use crate::oracle::{calendars, compare, instant, priority, traces};
use calendar::{Calendar, Definition, Week};
use incident::Lifecycle;
use incident::clocks::ClockStatus;
use incident::preview::{Entry, Happening, Outlook, Promised, Terms, preview};
use kernel::{Priority, Timestamp};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

fn entry(event: &Value) -> Entry {
    let what = match event["type"].as_str().unwrap() {
        "create" => Happening::Create(priority(&event["priority"])),
        "set_priority" => Happening::SetPriority(priority(&event["priority"])),
        "respond" => Happening::Respond,
        "hold" => Happening::Hold,
        "resume" => Happening::Resume,
        "assign" => Happening::Assign,
        "resolve" => Happening::Resolve,
        "reopen" => Happening::Reopen,
        "close" => Happening::Close,
        "cancel" => Happening::Cancel,
        other => panic!("{other}"),
    };
    Entry { at: instant(&event["at"]), what }
}

#[test]
fn the_clocks_say_what_the_oracle_says_after_every_event_and_at_the_end() {
    for trace in traces() {
        let id = trace["id"].as_str().unwrap();
        let known = calendars(&trace);
        let policy = &trace["policy"];
        let rows = policy["targets"].as_object().unwrap().iter();
        let others = policy["calendar_by_priority"].as_object().unwrap().iter();
        let terms = Terms {
            targets: rows
                .map(|(name, row)| {
                    let seconds = |field: &str| row[field].as_i64().unwrap();
                    let promised = Promised {
                        response_seconds: seconds("response_s"),
                        resolution_seconds: seconds("resolution_s"),
                    };
                    (name.parse().unwrap(), promised)
                })
                .collect(),
            pause_response: policy["pause_response"].as_bool().unwrap(),
            calendar: &known["default"],
            calendar_by_priority: others
                .map(|(name, of)| (name.parse().unwrap(), &known[of.as_str().unwrap()]))
                .collect(),
        };
        let entries: Vec<Entry> = trace["events"].as_array().unwrap().iter().map(entry).collect();
        let mut moments: Vec<(usize, Timestamp, &Value)> = trace["checkpoints"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
            .map(|(place, expected)| (place + 1, entries[place].at, expected))
            .collect();
        moments.push((entries.len(), instant(&trace["as_of"]), &trace["expect"]));
        assert_eq!(moments.len(), entries.len() + 1, "{id}");
        for (happened, at, expected) in moments {
            let what = format!("{id} after {happened} events");
            let seen = preview(&terms, &entries[..happened], at).unwrap();
            assert_eq!(seen.lifecycle.as_str(), expected["state"], "{what}");
            assert_eq!(seen.priority, priority(&expected["priority"]), "{what}");
            let calendar = terms.calendar(seen.priority);
            compare(&seen.response, calendar, &expected["response"], at, &what);
            compare(&seen.resolution, calendar, &expected["resolution"], at, &what);
            if entries.get(happened).is_none_or(|next| next.at > at) {
                let whole = preview(&terms, &entries, at).unwrap();
                assert_eq!(whole, seen, "{what}: what happens later changes nothing");
            }
        }
    }
}

fn office() -> Calendar {
    Calendar::new(&Definition::new("Europe/Berlin", Week::weekdays("09:00", "17:00"))).unwrap()
}

fn terms(calendar: &Calendar) -> Terms<'_> {
    let promised =
        |hours: i64| Promised { response_seconds: hours * 900, resolution_seconds: hours * 3_600 };
    let targets = Priority::ALL.map(|each| (each, promised(4 * i64::from(each.get()))));
    Terms {
        targets: BTreeMap::from(targets),
        pause_response: true,
        calendar,
        calendar_by_priority: BTreeMap::new(),
    }
}

fn monday(seconds: i64) -> Timestamp {
    "2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap().plus_seconds(seconds)
}

fn at(second: i64, what: Happening) -> Entry {
    Entry { at: monday(second), what }
}

fn p(level: u8) -> Priority {
    Priority::ALL[usize::from(level - 1)]
}

#[test]
fn due_at_closing_time_is_met_all_night_and_missed_in_the_morning() {
    let office = office();
    let mut terms = terms(&office);
    // 8 hours from Monday 09:00 in Berlin: due at closing time, 17:00.
    let both = Promised { response_seconds: 28_800, resolution_seconds: 28_800 };
    terms.targets.insert(p(1), both);
    let seen = |second| preview(&terms, &[at(0, Happening::Create(p(1)))], monday(second)).unwrap();
    let due = monday(8 * 3_600);
    for second in [0, 8 * 3_600, 20 * 3_600, 24 * 3_600] {
        let clock = seen(second).resolution;
        assert_eq!((clock.due_at, clock.breached_at), (Some(due), None), "{second}");
    }
    assert_eq!(seen(24 * 3_600 + 1).resolution.breached_at, Some(due));
    let resolved = [at(0, Happening::Create(p(1))), at(24 * 3_600, Happening::Resolve)];
    let clock = preview(&terms, &resolved, monday(30 * 3_600)).unwrap().resolution;
    assert_eq!((clock.status, clock.breached_at), (ClockStatus::Stopped, None));
}

#[test]
fn another_calendar_counts_from_the_change_on() {
    let (office, always) = (office(), Calendar::round_the_clock());
    let mut terms = terms(&office);
    terms.calendar_by_priority.insert(p(1), &always);
    terms.targets.insert(p(1), terms.targets[&p(2)]);
    // Two hours of the office day, one night hour under P1, one more after it that does not count.
    let entries = [
        at(6 * 3_600, Happening::Create(p(2))),
        at(9 * 3_600, Happening::SetPriority(p(1))),
        at(10 * 3_600, Happening::SetPriority(p(2))),
    ];
    let seen = preview(&terms, &entries, monday(11 * 3_600)).unwrap();
    assert_eq!(seen.resolution.elapsed_seconds(&office, monday(11 * 3_600)), 3 * 3_600);
    // Five hours are left, from Tuesday 09:00 on.
    assert_eq!(seen.resolution.due_at, Some(monday(24 * 3_600 + 5 * 3_600)));
}

#[test]
fn what_cannot_happen_is_refused_with_its_field() {
    let office = office();
    let mut terms = terms(&office);
    terms.targets.remove(&p(5));
    let create = at(0, Happening::Create(p(1)));
    let cases: [(&[Entry], i64, &str); 12] = [
        (&[], 0, "events"),
        (&[at(0, Happening::Respond)], 0, "events.0.type"),
        (&[create], -1, "as_of"),
        (&[create, create], 0, "events.1.type"),
        (&[create, at(-1, Happening::Respond)], 0, "events.1.at"),
        (&[create, at(1, Happening::Resume)], 9, "events.1.type"),
        (&[create, at(1, Happening::Close)], 9, "events.1.type"),
        (&[create, at(1, Happening::Reopen)], 9, "events.1.type"),
        (&[create, at(1, Happening::Cancel), at(2, Happening::Hold)], 9, "events.2.type"),
        (&[create, at(20, Happening::Reopen)], 9, "events.1.type"),
        (&[create, at(1, Happening::SetPriority(p(5)))], 9, "events.1.priority"),
        (&[at(0, Happening::Create(p(5)))], 0, "events.0.priority"),
    ];
    for (entries, as_of, field) in cases {
        let fault = preview(&terms, entries, monday(as_of)).unwrap_err();
        assert_eq!(fault.field, field, "{entries:?}: {fault}");
    }
}

/// A course in which now and then something happens that is possible; open at its end.
fn course() -> impl Strategy<Value = Vec<Entry>> {
    use Happening as H;
    let what = prop_oneof![
        Just(H::Respond),
        Just(H::Hold),
        Just(H::Hold),
        Just(H::Resume),
        Just(H::Resume),
        Just(H::Resolve),
        Just(H::Reopen),
        (1u8..=5).prop_map(|level| H::SetPriority(p(level))),
    ];
    proptest::collection::vec((0i64..40_000, what), 0..12).prop_map(|wanted| {
        let office = office();
        let mut entries = vec![at(0, H::Create(p(3)))];
        let mut second = 0;
        for (wait, what) in wanted {
            second += wait;
            entries.push(at(second, what));
            if preview(&terms(&office), &entries, monday(0)).is_err() {
                entries.pop();
            }
        }
        let last = end(&entries);
        match seen(&entries, last).lifecycle {
            Lifecycle::OnHold => entries.push(Entry { at: last, what: H::Resume }),
            Lifecycle::Resolved => entries.push(Entry { at: last, what: H::Reopen }),
            _ => {}
        }
        entries
    })
}

fn end(entries: &[Entry]) -> Timestamp {
    entries.last().map_or(monday(0), |entry| entry.at)
}

fn seen(entries: &[Entry], at: Timestamp) -> Outlook {
    preview(&terms(&office()), entries, at).unwrap()
}

proptest! {
    #[test]
    fn a_pause_never_makes_anything_due_earlier(
        entries in course(),
        (wait, hold) in (0i64..40_000, 1i64..200_000),
    ) {
        let last = end(&entries);
        let paused = Entry { at: last.plus_seconds(wait), what: Happening::Hold };
        let resumed = Entry { at: paused.at.plus_seconds(hold), what: Happening::Resume };
        let before = seen(&entries, resumed.at);
        let after = seen(&[&entries[..], &[paused, resumed]].concat(), resumed.at);
        for (before, after) in
            [(before.response, after.response), (before.resolution, after.resolution)]
        {
            if before.status == ClockStatus::Running && before.breached_at.is_none() {
                prop_assert!(after.due_at >= before.due_at, "{before:?} {after:?}");
            }
            prop_assert!(after.breached_at.is_none() || after.breached_at == before.breached_at);
            let used = |clock: &incident::clocks::Clock| clock.used_at(&office(), resumed.at);
            prop_assert!(used(&after) <= used(&before), "waiting uses nothing up");
        }
    }

    #[test]
    fn looking_and_pausing_for_no_time_splits_nothing_off(entries in course(), wait in 0i64..300_000) {
        let (last, as_of) = (end(&entries), end(&entries).plus_seconds(wait));
        let whole = seen(&entries, as_of);
        let split = last.plus_micros(wait * 333_333);
        let parts = [Happening::Assign, Happening::Hold, Happening::Resume];
        let parts = parts.map(|what| Entry { at: split, what });
        let parted = seen(&[&entries[..], &parts].concat(), as_of);
        for (whole, parted) in
            [(whole.response, parted.response), (whole.resolution, parted.resolution)]
        {
            let office = office();
            prop_assert_eq!(whole.used_at(&office, as_of), parted.used_at(&office, as_of));
            // What is paused with nothing left is due again when it goes on.
            if whole.remaining_seconds(&office, split) != 0 {
                prop_assert_eq!(whole.breached_at, parted.breached_at);
                if whole.breached_at.is_none() {
                    prop_assert_eq!(whole.due_at, parted.due_at);
                }
            }
        }
    }
}
