//! The written form: what is read, what is refused, and which field is named.

use calendar::{Calendar, Definition, Holiday, Hours, Rule, Week};
use serde_json::{Value, json};

fn read(json: Value) -> Result<Definition, serde_json::Error> {
    serde_json::from_value(json)
}

/// Fields and rules that a written calendar is refused for.
fn refused(json: Value) -> Vec<(String, Rule)> {
    let error = Calendar::new(&read(json).expect("the written form")).expect_err("a refusal");
    error.problems.into_iter().map(|problem| (problem.field, problem.rule)).collect()
}

#[test]
fn every_field_that_is_wrong_is_named() {
    assert_eq!(
        refused(json!({
            "time_zone": "Europe/Atlantis",
            "week": {
                "mon": [["9:00", "17:00"], ["09:00", "09:00"]],
                "tue": [["24:00", "06:00"], ["22:00", "24:01"]],
                "sun": [["08:60", "1२:00"]],
            },
            "holidays": ["2026-02-30", {"date": "20261225", "name": "x".repeat(121)}],
            "special_openings": [
                {"date": "2026-12-24", "hours": []},
                {"date": "2026-12-24", "hours": [["10:00", "noon"]]},
            ],
        })),
        [
            ("time_zone", Rule::UnknownZone),
            ("week.mon.0.0", Rule::NoTime),
            ("week.mon.1", Rule::ZeroLength),
            ("week.tue.0.0", Rule::NoTime),
            ("week.tue.1.1", Rule::NoTime),
            ("week.sun.0.0", Rule::NoTime),
            ("week.sun.0.1", Rule::NoTime),
            ("holidays.0.date", Rule::NoDate),
            ("holidays.1.date", Rule::NoDate),
            ("holidays.1.name", Rule::NameTooLong),
            ("special_openings.0.hours", Rule::NoHours),
            ("special_openings.1.hours.0.1", Rule::NoTime),
            ("special_openings.1.date", Rule::DateTwice),
        ]
        .map(|(field, rule)| (field.to_owned(), rule))
    );
}

#[test]
fn a_calendar_that_is_never_open_is_refused_with_words() {
    let never = Definition::new("UTC", Week::default());
    assert_eq!(
        Calendar::new(&never).unwrap_err().to_string(),
        "week is never open; give at least one day opening hours"
    );
}

#[test]
fn too_much_is_refused_before_it_is_looked_at() {
    let day = |minutes: usize| format!("2{:03}-01-01", minutes % 1_000);
    let holidays: Vec<String> = (0..10_001).map(day).collect();
    let hours: Vec<Hours> = (0..49).map(|_| Hours::new("08:00", "09:00")).collect();
    let special: Vec<Value> =
        (0..1_001).map(|at| json!({"date": day(at), "hours": [["08:00", "09:00"]]})).collect();
    assert_eq!(
        refused(json!({
            "time_zone": "UTC",
            "week": {"mon": hours},
            "holidays": holidays,
            "special_openings": special,
        })),
        [
            ("week.mon".to_owned(), Rule::TooManyOpenings),
            ("holidays".to_owned(), Rule::TooManyHolidays),
            ("special_openings".to_owned(), Rule::TooManySpecialOpenings),
        ]
    );
}

#[test]
fn many_mistakes_are_told_up_to_fifty() {
    let holidays = vec!["tomorrow"; 9_000];
    let told = refused(json!({"time_zone": "UTC", "week": "always", "holidays": holidays}));
    assert_eq!(told.len(), 50);
}

#[test]
fn zones_are_found_in_any_letters_and_only_by_name() {
    let zone = |name: &str| Calendar::new(&Definition::new(name, Week::always()));
    assert_eq!(zone("europe/berlin").unwrap().time_zone(), "Europe/Berlin");
    assert_eq!(zone("UTC").unwrap().time_zone(), "UTC");
    for name in ["", "Etc/Unknown", "+02:00", "CET-1CEST,M3.5.0,M10.5.0/3", "../etc/passwd"] {
        assert!(zone(name).is_err(), "{name}");
    }
}

#[test]
fn a_date_named_twice_is_one_holiday_with_the_first_name() {
    let mut definition = Definition::new("UTC", Week::always());
    definition.holidays = vec![
        Holiday::new("2026-12-25"),
        Holiday::named("2026-12-25", " Christmas Day "),
        Holiday::named("2026-12-25", "Newton's birthday"),
    ];
    let calendar = Calendar::new(&definition).unwrap();
    let (from, to) = (crate::at("2026-12-24T00:00:00Z"), crate::at("2026-12-27T00:00:00Z"));
    let told: Vec<String> = calendar.skipped(from, to).map(|day| day.to_string()).collect();
    assert_eq!(told, ["Fri 2026-12-25: holiday (Christmas Day)"]);
}

#[test]
fn the_written_form_comes_back_as_it_went() {
    let written = json!({
        "time_zone": "America/New_York",
        "week": {"mon": [["09:00", "12:00"], ["22:00", "06:00"]], "sun": [["00:00", "24:00"]]},
        "holidays": ["2026-07-04", {"date": "2026-12-25", "name": "Christmas Day"}],
        "special_openings": [{"date": "2026-12-24", "name": "Eve", "hours": [["08:00", "12:00"]]}],
    });
    assert_eq!(serde_json::to_value(read(written.clone()).unwrap()).unwrap(), written);
}

#[test]
fn what_is_not_known_is_refused_and_named() {
    let error = |json: Value| read(json).unwrap_err().to_string();
    let unknown = error(json!({"time_zone": "UTC", "week": {"monday": []}}));
    assert!(unknown.starts_with("unknown field `monday`"), "{unknown}");
    let unknown = error(json!({"time_zone": "UTC", "week": {}, "holiday": []}));
    assert!(unknown.starts_with("unknown field `holiday`"), "{unknown}");
    let form = error(json!({"time_zone": "UTC", "week": "sometimes"}));
    assert!(form.contains("mon to sun, or \"always\""), "{form}");
    let form = error(json!({"time_zone": "UTC", "week": {}, "holidays": [20261225]}));
    assert!(form.contains("a date such as \"2026-12-25\""), "{form}");
    let form = error(json!({"time_zone": "UTC", "week": {"mon": [["09:00"]]}}));
    assert!(form.contains("invalid length 1"), "{form}");
}
