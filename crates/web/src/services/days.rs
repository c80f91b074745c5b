//! How a service was, day by day, and how much of the time it was there.

use crate::part::health::word;
use crate::part::time::Here;
use incident::conduct::Degree;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Timestamp;
use map::Health;
use map::availability::{MILLION, Spell, available, worst};
use maud::{Markup, html};
use store::outages::OutageRow;

/// Days that are looked back on, today among them.
pub(super) const DAYS: i64 = 90;
/// Days that are told in words beside the bars: the last of those that were not level.
const TOLD: usize = 5;
/// Units of the highest bar.
const HIGHEST: u8 = 24;

/// How bad an outage of a degree makes a service.
pub(super) const fn health_of(degree: Degree) -> Health {
    match degree {
        Degree::Degraded => Health::Degraded,
        Degree::Partial => Health::Partial,
        Degree::Full => Health::Down,
    }
}

/// The days of a service.
pub(super) struct Days {
    /// The share of them in which it was there, in parts of a million.
    pub(super) available: i64,
    days: Vec<(Date, Health)>,
}

impl Days {
    /// From its outages, on the reader's clock.
    pub(super) fn of(outages: &[OutageRow], here: &Here) -> Days {
        let spell = |row: &OutageRow| Spell {
            health: health_of(row.degree),
            started_at: row.started_at,
            ended_at: row.ended_at,
        };
        let spells: Vec<Spell> = outages.iter().map(spell).collect();
        let dates = dates(here);
        let from = dates.first().map_or(here.now, |(_, start)| *start);
        let ends = dates.iter().skip(1).map(|(_, start)| *start).chain([here.now]);
        let days =
            dates.iter().zip(ends).map(|((date, start), end)| (*date, worst(&spells, *start, end)));
        Days { available: available(&spells, from, here.now), days: days.collect() }
    }

    /// The first instant that is looked back on.
    pub(super) fn since(here: &Here) -> Timestamp {
        dates(here).first().map_or(here.now, |(_, start)| *start)
    }

    /// The bars: the taller, the worse.
    pub(super) fn bars(&self, name: &str, today: Date) -> Markup {
        let width = 100.0 / self.days.len().max(1) as f64;
        html! {
            svg.d90 role="img" aria-label=(self.sentence(name, today)) {
                @for (place, (_, health)) in self.days.iter().enumerate() {
                    @let (class, height) = bar(*health);
                    rect class=(class) x={ (format!("{:.3}", place as f64 * width)) "%" } y=(HIGHEST - height)
                        width={ (format!("{:.3}", width * 0.72)) "%" } height=(height) rx="1" {}
                }
            }
            div.s-f { span { (DAYS) " days ago" } span { "today" } }
        }
    }

    fn sentence(&self, name: &str, today: Date) -> String {
        let uneven = self.days.iter().rev().filter(|(_, health)| *health != Health::Level);
        let told: Vec<String> = uneven
            .take(TOLD)
            .map(|(date, health)| match *date == today {
                true => format!("{} today", word(*health)),
                false => format!("{} {}", word(*health), date.strftime("%-d %B")),
            })
            .collect();
        match told.is_empty() {
            true => format!("{name}, last {DAYS} days: level on all of them"),
            false => format!("{name}, last {DAYS} days: {}", told.join(", ")),
        }
    }
}

/// The days and when each begins, the oldest first.
fn dates(here: &Here) -> Vec<(Date, Timestamp)> {
    let today = here.local(here.now).date();
    let start = |back: i64| {
        let date = today.checked_sub(back.days()).ok()?;
        let midnight = date.to_zoned(here.zone.clone()).ok()?;
        Some((date, Timestamp::from_jiff(midnight.timestamp())))
    };
    (0..DAYS).rev().filter_map(start).collect()
}

const fn bar(health: Health) -> (&'static str, u8) {
    match health {
        Health::Level => ("d-ok", 12),
        Health::Maintenance => ("d-maint", 12),
        Health::Degraded => ("d-degraded", 16),
        Health::Partial => ("d-partial", 20),
        Health::Down => ("d-down", HIGHEST),
    }
}

/// "99.86%", rounded down, so that a goal that was missed never reads as kept.
pub(super) fn percent(millionths: i64) -> String {
    if millionths >= MILLION {
        return "100%".to_owned();
    }
    format!("{}.{:02}%", millionths / 10_000, millionths % 10_000 / 100)
}

/// "99.9%", a goal in thousandths.
pub(super) fn goal(permille: u16) -> String {
    match permille % 10 {
        0 => format!("{}%", permille / 10),
        tenths => format!("{}.{tenths}%", permille / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use kernel::{IncidentNumber, OutageId, ServiceId};

    fn here() -> Here {
        Here {
            now: "2026-11-23T12:12:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Amsterdam").unwrap(),
            language: Default::default(),
            calendars: Default::default(),
        }
    }

    fn outage(degree: Degree, from: &str, to: &str) -> OutageRow {
        let id = "00000000-0000-0000-0000-000000000001";
        OutageRow {
            id: id.parse::<OutageId>().unwrap(),
            number: IncidentNumber(7),
            service: id.parse::<ServiceId>().unwrap(),
            degree,
            started_at: from.parse().unwrap(),
            ended_at: (!to.is_empty()).then(|| to.parse().unwrap()),
        }
    }

    #[test]
    fn days_are_those_of_the_reader_and_the_worst_of_each_counts() {
        let here = here();
        // 23:30 in Amsterdam until half past midnight.
        let night = outage(Degree::Full, "2026-11-20T22:30:00Z", "2026-11-20T23:30:00Z");
        let now = outage(Degree::Partial, "2026-11-23T12:00:00Z", "");
        let slow = outage(Degree::Degraded, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z");
        let days = Days::of(&[night, now, slow], &here);
        assert_eq!(days.days.len(), 90);
        let last: Vec<Health> = days.days.iter().rev().take(4).map(|(_, health)| *health).collect();
        assert_eq!(last, [Health::Partial, Health::Level, Health::Down, Health::Down]);
        let today = here.local(here.now).date();
        assert_eq!(
            days.sentence("VPN", today),
            "VPN, last 90 days: partly out today, out 21 November, out 20 November"
        );
        assert!((999_300..999_500).contains(&days.available), "{}", days.available);
        let drawn = days.bars("VPN", today).into_string();
        assert_eq!(drawn.matches("<rect").count(), 90);
        assert_eq!(drawn.matches("class=\"d-down\"").count(), 2);
    }

    #[test]
    fn shares_read_as_people_write_them() {
        assert_eq!(percent(1_000_000), "100%");
        assert_eq!(percent(999_999), "99.99%");
        assert_eq!(percent(998_600), "99.86%");
        assert_eq!(percent(0), "0.00%");
        assert_eq!(goal(999), "99.9%");
        assert_eq!(goal(1_000), "100%");
    }
}
