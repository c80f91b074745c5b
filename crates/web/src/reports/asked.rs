//! What an address asks of a report: which days, on whose clock, of which incidents.

use crate::app::zone_named;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::Errors;
use crate::url::encode;
use desk::reports::Asked as Wanted;
use insight::report::{By, Name, Period};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::limits;
use query::Expr;

/// The days shown when nothing is asked for.
const USUAL: &str = "30";
/// The word for days of one's own choice.
pub(super) const OWN: &str = "own";
/// Stretches of days by the word in the address.
pub(super) const PRESETS: [(&str, &str); 8] = [
    ("7", "Last 7 days"),
    ("30", "Last 30 days"),
    ("90", "Last 90 days"),
    ("this-month", "This month"),
    ("last-month", "Last month"),
    ("this-year", "This year"),
    ("365", "Last 365 days"),
    (OWN, "From, to"),
];

/// What is asked for. What cannot be is said in `errors`, and the usual takes its place.
pub(super) struct Asked {
    /// The preset, by its word.
    pub(super) preset: &'static str,
    /// The days.
    pub(super) period: Period,
    /// The name of the zone whose days they are.
    pub(super) zone_name: String,
    /// The query that incidents must meet, as it was typed.
    pub(super) words: String,
    /// The same, read.
    filter: Expr,
    /// What lines are of, where that was chosen.
    pub(super) by: Option<By>,
    /// Whether the days before are compared.
    pub(super) compares: bool,
    /// What is wrong with the rest.
    pub(super) errors: Errors,
}

impl Asked {
    /// Reads the query part of an address.
    pub(super) fn read(query: Option<&str>, who: &SignedIn) -> Asked {
        let fields = Fields::parse(query.unwrap_or_default());
        let mut errors = Errors::default();
        let (zone_name, zone) = zone(&fields, who, &mut errors);
        let today = who.here.now.to_jiff().to_zoned(zone.clone()).date();
        let wanted = fields.filled("period").unwrap_or(USUAL);
        let preset = PRESETS.iter().map(|(word, _)| *word).find(|word| *word == wanted);
        let preset = preset.unwrap_or(USUAL);
        let chosen = match preset {
            OWN => own_days(&fields, &mut errors),
            preset => Some(days_of(preset, today)),
        };
        let (from, to) = chosen.unwrap_or_else(|| days_of(USUAL, today));
        let period = Period::new(from, to, zone.clone()).unwrap_or_else(|error| {
            errors.add("to", error.words());
            let (from, to) = days_of(USUAL, today);
            Period::new(from, to, zone).expect("the last days are days of any zone")
        });
        let words: String = fields.text("q").chars().take(limits::QUERY_CHARS + 1).collect();
        let filter = query::parse(&words).map(|query| query.filter).unwrap_or_else(|error| {
            errors.add("q", error.message);
            Expr::nothing()
        });
        Asked {
            preset,
            period,
            zone_name,
            words,
            filter,
            by: fields.filled("by").and_then(|word| word.parse().ok()),
            compares: fields.ticked("compare") || query.is_none_or(str::is_empty),
            errors,
        }
    }

    /// The days before, as many.
    pub(super) fn before(&self) -> Option<Period> {
        let days = i64::try_from(self.period.count()).ok()?;
        let from = self.period.from().checked_sub(days.days()).ok()?;
        let to = self.period.from().checked_sub(1.day()).ok()?;
        Period::new(from, to, self.period.zone().clone()).ok()
    }

    /// The same as the query part of an address.
    pub(super) fn query(&self) -> String {
        let mut text = match self.preset {
            OWN => format!("period={OWN}&from={}&to={}", self.period.from(), self.period.to()),
            preset => format!("period={preset}"),
        };
        text.push_str(&self.of_whom());
        if self.compares {
            text.push_str("&compare=1");
        }
        text
    }

    /// The query part of an address for exactly these days.
    pub(super) fn query_of(&self, period: &Period, by: Option<By>) -> String {
        let by = by.map_or(String::new(), |by| format!("&by={by}"));
        let days = format!("period={OWN}&from={}&to={}", period.from(), period.to());
        format!("{days}{by}{}", self.of_whom())
    }

    /// Where programs read a report, in this form.
    pub(super) fn api(&self, name: Name, by: By, form: &str) -> String {
        let days = format!("from={}&to={}", self.period.from(), self.period.to());
        format!("/api/v1/reports/{name}.{form}?{days}&by={by}{}", self.of_whom())
    }

    /// Where programs read what happened to the incidents of these days, for process mining.
    pub(super) fn events(&self) -> String {
        let days = format!("from={}&to={}", self.period.from(), self.period.to());
        format!("/api/v1/reports/events.xes?{days}{}", self.of_whom())
    }

    /// Of which zone and of which incidents, as it goes on in the query part of an address.
    pub(super) fn of_whom(&self) -> String {
        let mut text = format!("&zone={}", encode(&self.zone_name));
        if !self.words.is_empty() {
            text.push_str(&format!("&q={}", encode(&self.words)));
        }
        text
    }

    /// What is asked of the desk.
    pub(super) fn of(&self, name: Name, by: By, period: &Period) -> Wanted {
        Wanted {
            name,
            by: Some(by),
            from: Some(period.from()),
            to: Some(period.to()),
            zone: Some(period.zone().clone()),
            filter: self.filter.clone(),
        }
    }
}

/// The zone that days are counted in: the one asked for, else the reader's.
fn zone(fields: &Fields, who: &SignedIn, errors: &mut Errors) -> (String, TimeZone) {
    let own = || (who.zone_name.clone(), who.here.zone.clone());
    match fields.filled("zone") {
        None => own(),
        Some(name) => match zone_named(name) {
            Some(zone) => (name.to_owned(), zone),
            None => {
                errors.add("zone", "is not a time zone, such as Europe/Amsterdam");
                own()
            }
        },
    }
}

/// The first and the last day that were typed.
fn own_days(fields: &Fields, errors: &mut Errors) -> Option<(Date, Date)> {
    let mut day = |name: &'static str| {
        let date = fields.filled(name).and_then(|text| text.parse::<Date>().ok());
        if date.is_none() {
            errors.add(name, "must be a day, such as 2026-11-23");
        }
        date
    };
    let (from, to) = (day("from"), day("to"));
    Some((from?, to?))
}

/// The days of a preset, today the last.
fn days_of(preset: &str, today: Date) -> (Date, Date) {
    let back = |days: i64| today.checked_sub(days.days()).unwrap_or(today);
    match preset {
        "this-month" => (today.first_of_month(), today),
        "last-month" => {
            let end = today.first_of_month().checked_sub(1.day()).unwrap_or(today);
            (end.first_of_month(), end)
        }
        "this-year" => (today.first_of_year(), today),
        days => (back(days.parse::<i64>().unwrap_or(30) - 1), today),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_days_until_today() {
        let today: Date = "2026-03-01".parse().unwrap();
        for (preset, from, to) in [
            ("7", "2026-02-23", "2026-03-01"),
            ("30", "2026-01-31", "2026-03-01"),
            ("this-month", "2026-03-01", "2026-03-01"),
            ("last-month", "2026-02-01", "2026-02-28"),
            ("this-year", "2026-01-01", "2026-03-01"),
        ] {
            let (first, last) = days_of(preset, today);
            assert_eq!((first.to_string(), last.to_string()), (from.into(), to.into()), "{preset}");
        }
    }

    #[test]
    fn every_preset_but_ones_own_is_known() {
        let today: Date = "2026-11-23".parse().unwrap();
        for (preset, _) in PRESETS.iter().filter(|(word, _)| *word != OWN) {
            let (from, to) = days_of(preset, today);
            assert!(from <= to, "{preset}");
        }
        assert!(PRESETS.iter().any(|(word, _)| *word == USUAL));
    }
}
