//! What a schedule must keep to, and how it is written.

use crate::schedule;
use roster::Schedule;
use serde_json::{Value, json};

fn good() -> Value {
    json!({
        "time_zone": "Europe/Berlin",
        "layers": [{
            "name": "First",
            "rotation": { "unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00", "people": ["a", "b"] },
            "restrictions": [{ "days": ["mon"], "from": "08:00", "to": "20:00" }],
        }],
        "overrides": [{ "person": "c", "start": "2026-11-26T17:00:00Z", "end": "2026-11-27T05:00:00Z" }],
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut written = good();
    *written.pointer_mut(path).unwrap() = value;
    written
}

#[test]
fn every_rule_is_told_with_its_field() {
    assert_eq!(schedule(good()).faults(), []);
    let layer = &good()["layers"][0];
    let rotation = "layers.0.rotation";
    for (path, value, field, words) in [
        ("/time_zone", json!("Mars/Olympus"), "time_zone".to_owned(), "is no time zone"),
        ("/layers", json!(vec![layer; 21]), "layers".to_owned(), "more than 20 layers"),
        ("/layers/0/name", json!("x".repeat(121)), "layers.0.name".to_owned(), "longer than 120"),
        ("/layers/0/rotation/every", json!(0), format!("{rotation}.every"), "at least 1"),
        (
            "/layers/0/rotation/every",
            json!(521),
            format!("{rotation}.every"),
            "longer than 10 years",
        ),
        ("/layers/0/rotation/people", json!([]), format!("{rotation}.people"), "is empty"),
        (
            "/layers/0/rotation/people",
            json!(vec!["a"; 101]),
            format!("{rotation}.people"),
            "more than 100",
        ),
        (
            "/layers/0/restrictions",
            json!(vec![&layer["restrictions"][0]; 21]),
            "layers.0.restrictions".to_owned(),
            "more than 20",
        ),
        (
            "/layers/0/restrictions/0/days",
            json!([]),
            "layers.0.restrictions.0.days".to_owned(),
            "name at least one day",
        ),
        (
            "/overrides",
            json!(vec![&good()["overrides"][0]; 2_001]),
            "overrides".to_owned(),
            "more than 2000",
        ),
        (
            "/overrides/0/end",
            json!("2026-11-26T17:00:00Z"),
            "overrides.0.end".to_owned(),
            "not after start",
        ),
    ] {
        let faults = schedule(with(path, value)).faults();
        assert_eq!(faults.len(), 1, "{path}: {faults:?}");
        assert_eq!(faults[0].field, field);
        let said = faults[0].rule.to_string();
        assert!(said.contains(words), "{path}: {said}");
    }
}

#[test]
fn the_longest_shift_is_ten_years() {
    for (unit, every) in [("hour", 87_660), ("day", 3_660), ("week", 520), ("month", 120)] {
        let mut written = with("/layers/0/rotation/unit", json!(unit));
        written["layers"][0]["rotation"]["every"] = json!(every);
        assert_eq!(schedule(written.clone()).faults(), []);
        written["layers"][0]["rotation"]["every"] = json!(every + 1);
        assert_eq!(schedule(written).faults().len(), 1, "{unit}");
    }
}

#[test]
fn faults_are_told_together_but_not_without_end() {
    let mut written = good();
    let layer = json!({
        "rotation": { "unit": "day", "every": 0, "start_local": "2026-11-02T09:00:00", "people": [] },
        "restrictions": vec![json!({ "days": [], "from": "08:00", "to": "20:00" }); 20],
    });
    written["layers"] = json!(vec![layer; 20]);
    assert_eq!(schedule(written).faults().len(), 50);
}

#[test]
fn it_is_written_as_it_is_read() {
    let text = good();
    assert_eq!(serde_json::to_value(schedule(text.clone())).unwrap(), text);
    let read = |from: &str, to: &str| {
        let hours = json!([{ "days": ["mon"], "from": from, "to": to }]);
        let schedule = schedule(with("/layers/0/restrictions", hours));
        serde_json::to_value(&schedule.layers[0].restrictions[0]).unwrap()
    };
    assert_eq!(read("00:00", "24:00")["to"], "00:00", "a whole day");
    assert_eq!(
        read("08:00:30", "20:00:00"),
        json!({ "days": ["mon"], "from": "08:00:30", "to": "20:00" })
    );
}

#[test]
fn what_is_written_in_another_form_is_refused() {
    for (path, value) in [
        ("/layers/0/rotation/unit", json!("fortnight")),
        ("/layers/0/rotation/every", json!(-1)),
        ("/layers/0/rotation/every", json!(1.5)),
        ("/layers/0/rotation/start_local", json!("2026-11-02T09:00:00Z")),
        ("/layers/0/rotation/start_local", json!("2026-11-02T09:00:00+01:00")),
        ("/layers/0/rotation/start_local", json!("2026-11-02")),
        ("/layers/0/rotation/start_local", json!("2026-02-30T09:00:00")),
        ("/layers/0/restrictions/0/from", json!("24:00")),
        ("/layers/0/restrictions/0/from", json!("8:00")),
        ("/layers/0/restrictions/0/to", json!("20:60")),
        ("/layers/0/restrictions/0/days", json!(["monday"])),
        ("/overrides/0/start", json!("2026-11-26T17:00:00")),
    ] {
        let read = serde_json::from_value::<Schedule<String>>(with(path, value.clone()));
        assert!(read.is_err(), "{path} {value}");
    }
    for path in ["", "/layers/0", "/layers/0/rotation", "/layers/0/restrictions/0", "/overrides/0"]
    {
        let mut written = good();
        written.pointer_mut(path).unwrap()["colour"] = json!("blue");
        let error = serde_json::from_value::<Schedule<String>>(written).unwrap_err().to_string();
        assert!(error.contains("unknown field `colour`"), "{path}: {error}");
    }
}
