//! How many due instants a second one core computes over ordinary calendars, and in
//! the same run how many wall-clock readings the calendar library does: the least
//! that any computation of a due instant needs is one of the start and one of the end.
//!
//! ```sh
//! cargo run --release -p evenkeel-calendar --example due_speed
//! ```

use calendar::{Calendar, Definition, Holiday, Hours, Week};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use std::hint::black_box;
use std::time::Instant;

const QUESTIONS: usize = 1_000_000;
/// Every figure is taken this often, to show how steady it is.
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let calendars = ordinary_calendars()?;
    let zones = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC"]
        .map(TimeZone::get)
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    let questions = questions();
    for round in 1..=ROUNDS {
        let due = rate(&questions, |at, (start, seconds)| {
            black_box(calendars[at % calendars.len()].due(start, seconds));
        });
        let elapsed = rate(&questions, |at, (start, seconds)| {
            let end = start.plus_seconds(4 * seconds);
            black_box(calendars[at % calendars.len()].elapsed(start, end));
        });
        let raw = rate(&questions, |at, (start, seconds)| {
            let zone = &zones[at % zones.len()];
            black_box(zone.to_datetime(start.to_jiff()));
            black_box(zone.to_datetime(start.plus_seconds(seconds).to_jiff()));
        });
        println!(
            "round {round}: {due:.0} due/s, {elapsed:.0} elapsed/s; raw: {raw:.0} pairs of wall-clock readings/s"
        );
    }
    Ok(())
}

/// An office with lunch break, a service desk with long Fridays, a night shift, round the
/// clock; with the holidays of 20 years.
fn ordinary_calendars() -> Result<Vec<Calendar>, calendar::CalendarError> {
    let holidays: Vec<Holiday> = (2015..2035)
        .flat_map(|year| {
            ["01-01", "04-06", "05-01", "05-14", "05-25", "10-03", "11-01", "12-25", "12-26"]
                .map(|day| Holiday::new(format!("{year}-{day}")))
        })
        .collect();
    let mut office = Week::weekdays("08:30", "12:00");
    for day in [&mut office.mon, &mut office.tue, &mut office.wed, &mut office.thu] {
        day.push(Hours::new("13:00", "17:30"));
    }
    let weeks = [
        ("Europe/Berlin", office),
        ("America/New_York", Week::weekdays("08:00", "18:00")),
        ("Australia/Sydney", Week::weekdays("22:00", "06:00")),
        ("UTC", Week::always()),
    ];
    weeks
        .into_iter()
        .map(|(zone, week)| {
            let definition =
                Definition { holidays: holidays.clone(), ..Definition::new(zone, week) };
            Calendar::new(&definition)
        })
        .collect()
}

/// Starts over ten years and targets from a quarter of an hour to two hundred hours,
/// from a fixed sequence.
fn questions() -> Vec<(Timestamp, i64)> {
    let first = 1_420_070_400; // 2015-01-01
    let mut random = 1_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from((random >> 33) % below).unwrap_or(0)
    };
    (0..QUESTIONS)
        .map(|_| {
            let start = first + next(10 * 365 * 86_400);
            (Timestamp::default().plus_seconds(start), 900 * (1 + next(800)))
        })
        .collect()
}

/// Questions answered a second.
fn rate(questions: &[(Timestamp, i64)], ask: impl Fn(usize, (Timestamp, i64))) -> f64 {
    let begun = Instant::now();
    for (at, question) in questions.iter().enumerate() {
        ask(at, *question);
    }
    questions.len() as f64 / begun.elapsed().as_secs_f64()
}
