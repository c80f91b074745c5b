//! Cases computed by other programs, each with its expected answer. Boundaries that
//! fall into a clock change are judged instant by instant.

use calendar::{Calendar, Definition, Week};
use kernel::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    tz: String,
    week: Week,
    holidays: Vec<calendar::Holiday>,
    start: Timestamp,
    #[serde(flatten)]
    question: Question,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Question {
    Due { duration_s: i64, due: Option<Timestamp> },
    Between { end: Timestamp, business_s: i64 },
}

#[test]
fn every_case_has_its_answer() {
    let cases: Vec<Case> = include_str!("business_time.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case"))
        .collect();
    assert_eq!(cases.len(), 400);
    let wrong: Vec<String> = cases.into_iter().filter_map(judge).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is wrong with the answer to a case, if anything is.
fn judge(case: Case) -> Option<String> {
    let mut definition = Definition::new(case.tz, case.week);
    definition.holidays = case.holidays;
    let calendar = Calendar::new(&definition).expect("a calendar");
    let (got, expected) = match case.question {
        Question::Due { duration_s, due } => {
            (format!("{:?}", calendar.due(case.start, duration_s)), format!("{due:?}"))
        }
        Question::Between { end, business_s } => {
            (calendar.elapsed(case.start, end).to_string(), business_s.to_string())
        }
    };
    (got != expected).then(|| format!("{}: {got}, expected {expected}", case.id))
}

#[test]
fn what_cannot_be_reached_within_ten_years_has_no_due_instant() {
    let week = serde_json::json!({"wed": [["10:00", "10:15"]]});
    let calendar =
        crate::calendar(serde_json::json!({"time_zone": "Asia/Kathmandu", "week": week}));
    let start = crate::at("2024-01-01T00:00:00Z");
    let quarters_in_ten_years = 522;
    assert!(calendar.due(start, quarters_in_ten_years * 900).is_some());
    assert_eq!(calendar.due(start, (quarters_in_ten_years + 1) * 900), None);
    assert_eq!(calendar.due(start, i64::MAX), None);
}
