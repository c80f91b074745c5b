//! What the company's service desk promises: business hours, agreements, and what
//! teams and suppliers promise each other.

use super::company::Named;
use calendar::{Definition, Holiday, Week};
use desk::{Audit, Trouble};
use incident::clocks::ClockKind;
use incident::policy::{
    Agreement, BusinessHours, CalendarChoice, MajorTargets, Selection, Targets, TeamTargets,
    VendorTargets,
};
use incident::state::{AgreementRef, CalendarRef};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use kernel::{AgreementId, CalendarId, Priority, Timestamp};
use std::collections::BTreeMap;
use store::Sql;
use store::directory::{agreements, calendars};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// Seconds from declaring a major incident to the first word about it, and from word to word.
const FIRST_NOTICE: u32 = 15 * 60;
const CADENCE: u32 = 30 * 60;
/// Of the office.
const BUSINESS_DAY: i64 = 10 * HOUR;

/// Easter Sundays around the years in which somebody may look at the demo.
const EASTER: [Date; 8] = [
    date(2025, 4, 20),
    date(2026, 4, 5),
    date(2027, 3, 28),
    date(2028, 4, 16),
    date(2029, 4, 1),
    date(2030, 4, 21),
    date(2031, 4, 13),
    date(2032, 3, 28),
];

/// Services that the warehouses cannot do without for a night.
const AROUND_THE_CLOCK: [&str; 4] =
    ["Label Printing", "Handheld Scanners", "Warehouse Wi-Fi", "Core Network"];

/// Puts the company's promises in force from `since`.
pub(super) fn found(
    sql: &mut dyn Sql,
    audit: &Audit,
    named: &Named,
    since: Timestamp,
) -> Result<(), Trouble> {
    let office = office();
    calendars::insert(sql, &office, since)?;
    audit.created(sql, "calendar", office.reference.id, &office)?;
    let first = agreements::all(sql)?.pop().map(|(agreement, _)| agreement);
    let first = first.unwrap_or_else(|| Agreement::standard(AgreementId(desk::fresh())));
    let standard = standard(&first, office.reference.id, named);
    agreements::insert(sql, &standard, since)?;
    audit.changed(sql, "agreement", standard.reference.id, &first, &standard)?;
    let warehouse = warehouse(&standard, named);
    agreements::insert(sql, &warehouse, since)?;
    audit.created(sql, "agreement", warehouse.reference.id, &warehouse)?;
    Ok(())
}

fn office() -> BusinessHours {
    let mut definition = Definition::new("Europe/Berlin", Week::weekdays("08:00", "18:00"));
    definition.holidays = EASTER.iter().flat_map(|easter| holidays(*easter)).collect();
    BusinessHours {
        reference: CalendarRef { id: CalendarId(desk::fresh()), version: 1 },
        name: "Business hours, Hamburg office".to_owned(),
        definition,
        retired: false,
    }
}

/// The ten public holidays of Hamburg in the year of this Easter Sunday.
fn holidays(easter: Date) -> Vec<Holiday> {
    let year = easter.year();
    let around = |days: i32| easter.saturating_add(days.days());
    [
        (date(year, 1, 1), "New Year's Day"),
        (around(-2), "Good Friday"),
        (around(1), "Easter Monday"),
        (date(year, 5, 1), "Labour Day"),
        (around(39), "Ascension Day"),
        (around(50), "Whit Monday"),
        (date(year, 10, 3), "German Unity Day"),
        (date(year, 10, 31), "Reformation Day"),
        (date(year, 12, 25), "Christmas Day"),
        (date(year, 12, 26), "Second Day of Christmas"),
    ]
    .map(|(day, name)| Holiday::named(day.to_string(), name))
    .into()
}

/// For everything else: what is grave counts round the clock, the rest in office hours.
fn standard(first: &Agreement, office: CalendarId, named: &Named) -> Agreement {
    let [p1, p2, p3, p4, p5] = Priority::ALL;
    let mut targets = first.targets.clone();
    targets.insert(p3, row(HOUR, 2 * HOUR, Some(8 * HOUR), 2 * BUSINESS_DAY));
    targets.insert(p4, row(4 * HOUR, 8 * HOUR, None, 5 * BUSINESS_DAY));
    targets.insert(p5, row(BUSINESS_DAY, 2 * BUSINESS_DAY, None, 10 * BUSINESS_DAY));
    Agreement {
        reference: AgreementRef { id: first.reference.id, version: first.reference.version + 1 },
        name: "Standard, business hours".to_owned(),
        targets,
        calendar: Some(office),
        calendar_by_priority: BTreeMap::from([(p1, None), (p2, None)]),
        team_targets: vec![TeamTargets {
            team: Some(named.teams["Network"]),
            calendar: CalendarChoice::OfAgreement,
            targets: of_each([3 * HOUR, 6 * HOUR, 15 * HOUR, 45 * HOUR, 90 * HOUR]),
        }],
        vendor_targets: Some(VendorTargets {
            calendar: CalendarChoice::OfAgreement,
            targets: of_each([4 * HOUR, 8 * HOUR, 30 * HOUR, 100 * HOUR, 200 * HOUR]),
        }),
        majors: Some(MajorTargets {
            first_notice_seconds: Some(FIRST_NOTICE),
            cadence_seconds: BTreeMap::from([(p1, CADENCE), (p2, 2 * CADENCE)]),
            approval: false,
        }),
        ..first.clone()
    }
}

/// For the halls, which work day and night.
fn warehouse(standard: &Agreement, named: &Named) -> Agreement {
    let [_, _, p3, p4, p5] = Priority::ALL;
    let mut targets = standard.targets.clone();
    targets.insert(p3, row(30 * MINUTE, HOUR, Some(4 * HOUR), 24 * HOUR));
    targets.insert(p4, row(2 * HOUR, 4 * HOUR, None, 72 * HOUR));
    targets.insert(p5, row(8 * HOUR, 24 * HOUR, None, 168 * HOUR));
    Agreement {
        reference: AgreementRef { id: AgreementId(desk::fresh()), version: 1 },
        name: "Warehouse floor, around the clock".to_owned(),
        targets,
        calendar: None,
        calendar_by_priority: BTreeMap::new(),
        applies_to: Selection {
            services: AROUND_THE_CLOCK.iter().map(|name| named.services[*name]).collect(),
            ..Selection::default()
        },
        place: 1,
        is_default: false,
        ..standard.clone()
    }
}

fn row(acknowledge: i64, response: i64, update: Option<i64>, resolution: i64) -> Targets {
    let mut targets = Targets::from([
        (ClockKind::Acknowledge, acknowledge),
        (ClockKind::Response, response),
        (ClockKind::Resolution, resolution),
    ]);
    targets.extend(update.map(|seconds| (ClockKind::Update, seconds)));
    targets
}

fn of_each(seconds: [i64; 5]) -> BTreeMap<Priority, i64> {
    Priority::ALL.into_iter().zip(seconds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_is_closed_on_ten_days_a_year() {
        let office = calendar::Calendar::new(&office().definition).expect("it can be used");
        let closed = |year: i16| {
            let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
            days.filter(|day| office.has_holiday(*day)).count()
        };
        assert_eq!(EASTER.map(|easter| closed(easter.year())), [10; 8]);
        assert!(EASTER.iter().all(|easter| easter.weekday() == jiff::civil::Weekday::Sunday));
    }
}
