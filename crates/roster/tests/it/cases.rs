//! Worked cases. Their conventions stand at the top of the file; ours are: hours elapse, a time
//! that is left out is the first instant after it, months end on their last day, one person is on
//! call at a time, and hand-overs go on before the start, where nobody is on call.

use crate::{at, roster, schedule};
use jiff::civil::DateTime;
use kernel::Timestamp;
use roster::{Offer, Override, Restriction, Roster, Schedule, Source, Span, Versions, within};
use serde_json::{Value, json};

const CASES: &str = include_str!("rotation_cases.json");

/// Cases under another convention, and which.
const OTHERS: [(&str, &str); 13] = [
    ("RC001", "hours on the wall clock"),
    ("RC004", "hours on the wall clock"),
    ("RC005", "hours on the wall clock"),
    ("RC007", "hours on the wall clock"),
    ("RC010", "hours on the wall clock"),
    ("RC020", "hours on the wall clock"),
    ("RC047", "what is left out is counted from before the clock change"),
    ("RC064", "two people on call at the same time"),
    ("RC067", "an override adds somebody"),
    ("RC068", "an override takes somebody away"),
    ("RC070", "two people on call at the same time"),
    ("RC082", "a shift is shorter than from one to the next"),
    ("RC083", "a shift is shorter than from one to the next"),
];

/// Cases that ask before the first shift: turns are as they say, but nobody is on call.
const BEFORE_THE_START: [&str; 3] = ["RC026", "RC028", "RC035"];

const ALL_DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[test]
fn every_case_under_our_conventions_holds() {
    let file: Value = serde_json::from_str(CASES).unwrap();
    let (mut held, mut skipped) = (0, Vec::new());
    for case in file["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        if let Some((_, why)) = OTHERS.iter().find(|(other, _)| *other == id) {
            println!("{id} left out: {why}");
            skipped.push(id);
            continue;
        }
        match case["kind"].as_str().unwrap() {
            "handoffs" => handoffs(case),
            "shift_at" => shift_at(case),
            "coverage" => coverage(case),
            "restriction" => restriction(case),
            "final_schedule" => final_schedule(case),
            "overrides" => overrides(case),
            "swap" => swap(case),
            "rolling" => rolling(case),
            "mute_interval" => mute_interval(case),
            other => panic!("{id} is of an unknown kind {other}"),
        }
        held += 1;
    }
    assert_eq!(skipped, OTHERS.map(|(id, _)| id));
    assert_eq!((held, skipped.len()), (45, 13));
}

fn rotation(case: &Value) -> Roster<String> {
    let written = &case["input"]["rotation"];
    let people = match &case["input"]["users"] {
        Value::Null => json!(["a", "b", "c"]),
        users => users.clone(),
    };
    roster(json!({ "time_zone": written["tz"], "layers": [{ "rotation": {
        "unit": written["unit"], "every": written["every"],
        "start_local": written["start_local"], "people": people,
    } }] }))
}

fn local(zone: &Value, text: &Value) -> Timestamp {
    let zone = crate::zone(zone.as_str().unwrap());
    let clock: DateTime = text.as_str().unwrap().parse().unwrap();
    Timestamp::from_jiff(zone.to_ambiguous_timestamp(clock).compatible().unwrap())
}

fn instant(text: &Value) -> Timestamp {
    at(text.as_str().unwrap())
}

/// Hand-overs within a range and those at its edges.
fn handovers(roster: &Roster<String>, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    roster.handovers(from.plus_micros(-1), to.plus_micros(1)).collect()
}

fn handoffs(case: &Value) {
    let expected: Vec<Timestamp> =
        case["expect"]["handoffs_utc"].as_array().unwrap().iter().map(instant).collect();
    let (first, last) = (expected[0], expected[expected.len() - 1]);
    assert_eq!(handovers(&rotation(case), first, last), expected, "{}", case["id"]);
}

fn shift_at(case: &Value) {
    let id = case["id"].as_str().unwrap();
    let roster = rotation(case);
    let asked = match &case["input"]["at_utc"] {
        Value::Null => local(&case["input"]["rotation"]["tz"], &case["input"]["at_local"]),
        text => instant(text),
    };
    let expected = &case["expect"];
    let turn = Span::new(instant(&expected["start_utc"]), instant(&expected["end_utc"]));
    assert!(turn.contains(asked), "{id}");
    assert_eq!(handovers(&roster, turn.start, turn.end), [turn.start, turn.end], "{id}");
    if let Some(hours) = expected["hours"].as_f64() {
        assert_eq!(turn.seconds() as f64 / 3_600.0, hours, "{id}");
    }
    let found = roster.on_call(asked);
    if BEFORE_THE_START.contains(&id) {
        assert_eq!(found, None, "{id}");
        return;
    }
    let found = found.unwrap();
    assert_eq!((found.turn, found.source), (turn, Source::Layer(0)), "{id}");
    if let Some(user) = expected["user"].as_str() {
        assert_eq!(found.person, user, "{id}");
    }
}

/// A layer that covers some hours of every day.
fn daily(from: &Value, to: &Value, who: &Value) -> Value {
    json!({
        "rotation": { "unit": "day", "every": 1, "start_local": "2016-01-01T00:00:00", "people": [who] },
        "restrictions": [{ "days": ALL_DAYS, "from": from, "to": to }],
    })
}

fn coverage(case: &Value) {
    let layers = case["input"]["layers"].as_array().unwrap().iter().map(|layer| {
        let daily = daily(&layer["from"], &layer["to"], &layer["who"]);
        roster(json!({ "time_zone": layer["tz"], "layers": [daily] }))
    });
    let layers: Vec<_> = layers.collect();
    let window = case["input"]["window_utc"].as_array().unwrap();
    let (from, to) = (instant(&window[0]), instant(&window[1]));
    let steps = (0..to.seconds_since(from)).step_by(900).map(|ahead| from.plus_seconds(ahead));
    let (mut none, mut several): (Vec<Span>, Vec<Span>) = (vec![], vec![]);
    for step in steps {
        let spans = match layers.iter().filter(|layer| layer.on_call(step).is_some()).count() {
            0 => &mut none,
            1 => continue,
            _ => &mut several,
        };
        match spans.last_mut() {
            Some(last) if last.end == step => last.end = step.plus_seconds(900),
            _ => spans.push(Span::new(step, step.plus_seconds(900))),
        }
    }
    for (found, name) in [(none, "gaps_utc"), (several, "double_cover_utc")] {
        let expected = case["expect"][name].as_array().unwrap().iter();
        let expected: Vec<Span> =
            expected.map(|span| Span::new(instant(&span[0]), instant(&span[1]))).collect();
        assert_eq!(found, expected, "{} {name}", case["id"]);
    }
}

fn restriction(case: &Value) {
    let zone = &case["input"]["tz"];
    let rule: Restriction = serde_json::from_value(case["input"]["rule"].clone()).unwrap();
    let roster = roster(json!({ "time_zone": zone, "layers": [{
        "rotation": { "unit": "week", "every": 1, "start_local": "2016-01-01T00:00:00", "people": ["a"] },
        "restrictions": [case["input"]["rule"]],
    }] }));
    for expected in case["expect"]["active"].as_array().unwrap() {
        let asked = local(zone, &expected[0]);
        let active = expected[1].as_bool().unwrap();
        assert_eq!(roster.on_call(asked).is_some(), active, "{} {}", case["id"], expected[0]);
        let rules = std::slice::from_ref(&rule);
        assert_eq!(within(zone.as_str().unwrap(), rules, asked), Ok(active));
    }
}

/// An instant so many hours into a day.
fn hours(hours: &Value) -> Timestamp {
    let micros = hours.as_f64().unwrap() * 3_600_000_000.0;
    at("2026-01-05T00:00:00Z").plus_micros(micros as i64)
}

fn clock(hours: i64) -> Value {
    json!(format!("{:02}:00", hours % 24))
}

/// Shifts within one day as layers, the one with the highest priority last.
fn one_day(shifts: &Value) -> Schedule<String> {
    let mut shifts = shifts.as_array().unwrap().clone();
    shifts.sort_by_key(|shift| shift["priority"].as_i64());
    let layers: Vec<Value> = shifts
        .iter()
        .map(|shift| {
            let from = shift["from_h"].as_i64().unwrap();
            let to = shift["to_h"].as_i64().or(shift["hours"].as_i64().map(|hours| from + hours));
            daily(&clock(from), &clock(to.unwrap()), &shift["user"])
        })
        .collect();
    schedule(json!({ "time_zone": "UTC", "layers": layers }))
}

fn final_schedule(case: &Value) {
    let input = &case["input"];
    let mut schedule = one_day(&input["shifts"]);
    for given in input["overrides"].as_array().unwrap() {
        let start = hours(&given["from_h"]);
        schedule.overrides.push(Override {
            person: given["user"].as_str().unwrap().to_owned(),
            start,
            end: start.plus_seconds(given["hours"].as_i64().unwrap() * 3_600),
        });
    }
    let roster = Roster::new(&schedule).unwrap();
    let day = &input["day_hours"];
    let found: Vec<_> = roster
        .stretches(hours(&day[0]), hours(&day[1]))
        .map(|stretch| {
            let by =
                stretch.shift.as_ref().map(|shift| matches!(shift.source, Source::Override(_)));
            (stretch.span, stretch.shift.map(|shift| shift.person), by.unwrap_or(false))
        })
        .collect();
    let expected = case["expect"]["segments"].as_array().unwrap().iter().map(|segment| {
        let span = Span::new(hours(&segment["from_h"]), hours(&segment["to_h"]));
        (span, segment["user"].as_str().map(str::to_owned), segment["override"] == true)
    });
    assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case["id"]);
}

fn overrides(case: &Value) {
    let input = &case["input"];
    let roster = Roster::new(&one_day(&input["rules"])).unwrap();
    let window = &input["window_h"];
    let found: Vec<_> = roster
        .shifts(hours(&window[0]), hours(&window[1]))
        .map(|shift| (shift.span(), shift.person))
        .collect();
    let expected = case["expect"]["shifts"].as_array().unwrap().iter().map(|shift| {
        let span = Span::new(hours(&shift["from_h"]), hours(&shift["to_h"]));
        (span, shift["user"].as_str().unwrap().to_owned())
    });
    assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case["id"]);
}

fn swap(case: &Value) {
    let input = &case["input"];
    let shift = &input["owner_shift_h"];
    let mut schedule = one_day(&json!([{ "user": "owner", "from_h": shift[0], "to_h": shift[1] }]));
    let asked = Span::new(hours(&input["swap_request_h"][0]), hours(&input["swap_request_h"][1]));
    let now = hours(&json!(0));
    let roster = Roster::new(&schedule).unwrap();
    let offer = Offer::new(&roster, "owner".to_owned(), None, asked, now).unwrap();
    if let Some(by) = input["taken_by"].as_str() {
        let (_, given) = offer.taken(by.to_owned(), now).unwrap().approved(&roster, now).unwrap();
        schedule.overrides = given;
    }
    let roster = Roster::new(&schedule).unwrap();
    let day = Span::new(hours(&json!(0)), hours(&json!(24)));
    let parts = [
        (Span::new(day.start, asked.start), false),
        (asked, true),
        (Span::new(asked.end, day.end), false),
    ];
    let found: Vec<_> = parts
        .iter()
        .flat_map(|(part, inside)| {
            let shifts = roster.shifts(part.start, part.end);
            shifts.map(move |shift| (shift.span(), shift.person, *inside))
        })
        .collect();
    let expected = case["expect"]["segments"].as_array().unwrap().iter().map(|segment| {
        let span = Span::new(hours(&segment["from_h"]), hours(&segment["to_h"]));
        (span, segment["user"].as_str().unwrap().to_owned(), segment["in_swap"] == true)
    });
    assert_eq!(found, expected.collect::<Vec<_>>(), "{}", case["id"]);
}

/// A schedule that began after its first turns: they are counted, but nobody was on call.
fn rolling(case: &Value) {
    let input = &case["input"];
    let base = at("2026-01-05T00:00:00Z");
    let unit = match input["unit"].as_str().unwrap() {
        "hour" => 3_600,
        "week" => 7 * 86_400,
        other => panic!("{other}"),
    };
    let units = |many: &Value| base.plus_seconds(many.as_i64().unwrap() * unit);
    let written = schedule(json!({ "time_zone": "UTC", "layers": [{ "rotation": {
        "unit": input["unit"], "every": input["every"],
        "start_local": "2026-01-05T00:00:00", "people": input["users"],
    } }] }));
    let begun = units(&input["first_occurrence_not_before_units"]);
    let roster = Versions::new("UTC", begun, written.layers).roster().unwrap();
    for expected in case["expect"]["on_call_at_units"].as_array().unwrap() {
        let found = roster.on_call(units(&expected[0])).map(|found| found.person);
        assert_eq!(found.as_deref(), expected[1].as_str(), "{} {expected}", case["id"]);
    }
}

fn mute_interval(case: &Value) {
    let intervals = case["input"]["intervals"].as_object().unwrap();
    for expected in case["expect"]["muted_by"].as_array().unwrap() {
        let mut found = Vec::new();
        for (name, interval) in intervals {
            let days = match &interval["weekdays"] {
                Value::Null => json!(ALL_DAYS),
                days => days.clone(),
            };
            let times = match &interval["times"] {
                Value::Null => json!([["00:00", "24:00"]]),
                times => times.clone(),
            };
            let rules: Vec<Restriction> = times
                .as_array()
                .unwrap()
                .iter()
                .map(|time| json!({ "days": days, "from": time[0], "to": time[1] }))
                .map(|rule| serde_json::from_value(rule).unwrap())
                .collect();
            if within(interval["tz"].as_str().unwrap(), &rules, instant(&expected[0])).unwrap() {
                found.push(name.clone());
            }
        }
        assert_eq!(json!(found), expected[1], "{} {}", case["id"], expected[0]);
    }
}
