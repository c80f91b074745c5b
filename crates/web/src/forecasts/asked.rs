//! What the form of planning asks, read as the house reads durations.

use crate::form::Fields;
use crate::part::duration::{self, WHOLE_DAY};
use crate::part::form::Errors;
use desk::planning::{Asked, STAFF_MAX};

/// Hours of a day, and days of a week; the last two are the weekend.
const HOURS: usize = 24;
const DAYS: usize = 7;
const WORKDAYS: usize = 5;

/// What is asked, and what is wrong with it. Empty fields are as usual.
pub(super) fn read(fields: &Fields) -> (Asked, Errors) {
    let (usual, mut errors) = (Asked::default(), Errors::default());
    let mut seconds = |name: &str| {
        let text = fields.filled(name)?;
        let read = duration::read(text, WHOLE_DAY);
        if read.is_none() {
            errors.add(name, "must be a duration, such as 20 min or 1 h 30 min");
        }
        read
    };
    let (handling_seconds, within) = (seconds("handling"), seconds("within"));
    let patience_seconds = seconds("patience");
    let mut per_cent = |name: &str, usual: u8| match fields.filled(name) {
        None => usual,
        Some(text) => text.parse().unwrap_or_else(|_| {
            errors.add(name, "must be a whole number of per cent");
            usual
        }),
    };
    let per_cent_in_time = per_cent("per_cent", usual.per_cent);
    let lost_per_cent = per_cent("lost", usual.lost_per_cent);
    let weeks = match fields.filled("weeks") {
        None => usual.weeks,
        Some(text) => text.parse().unwrap_or_else(|_| {
            errors.add("weeks", "must be a whole number of weeks");
            usual.weeks
        }),
    };
    let mut day = |name: &str| match fields.filled(name) {
        None => None,
        Some(text) => {
            let read = staffing(text);
            if read.is_none() {
                let most = STAFF_MAX;
                let words = format!(
                    "must be hours and people, such as 8-18 6, 18-22 2; of an hour {most} at most"
                );
                errors.add(name, words);
            }
            read
        }
    };
    let (weekday, weekend) = (day("weekday"), day("weekend"));
    let team = match fields.filled("team") {
        None => None,
        Some(text) => {
            let team = text.parse().ok();
            if team.is_none() {
                errors.add("team", "must be one of the list");
            }
            team
        }
    };
    let calendar = fields.filled("calendar").and_then(|text| {
        let calendar = text.parse().ok();
        if calendar.is_none() {
            errors.add("calendar", "must be one of the list");
        }
        calendar
    });
    let asked = Asked {
        team,
        handling_seconds,
        per_cent: per_cent_in_time,
        within_seconds: within.unwrap_or(usual.within_seconds),
        patience_seconds,
        lost_per_cent,
        staff: week(weekday, weekend),
        weeks,
        calendar,
    };
    (asked, errors)
}

/// A week of days and ends of weeks; `None` when nothing is said of either.
fn week(weekday: Option<[u32; HOURS]>, weekend: Option<[u32; HOURS]>) -> Option<Vec<u32>> {
    if weekday.is_none() && weekend.is_none() {
        return None;
    }
    let (weekday, weekend) = (weekday.unwrap_or_default(), weekend.unwrap_or_default());
    let of = |day: usize| if day < WORKDAYS { weekday } else { weekend };
    Some((0..DAYS).flat_map(of).collect())
}

/// Reads "8-18 6, 18-22 2": from hour to hour so many. Hours that are not named have nobody.
fn staffing(text: &str) -> Option<[u32; HOURS]> {
    let mut day = [0; HOURS];
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (hours, people) = part.split_once(char::is_whitespace)?;
        let (from, to) = hours.split_once(['-', '–'])?;
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        let people: u32 =
            people.trim().parse::<u32>().ok().filter(|people| *people <= STAFF_MAX)?;
        if from >= to || to > HOURS {
            return None;
        }
        day[from..to].fill(people);
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staffing_is_read_hour_by_hour() {
        let day = staffing("8-18 6, 18–22 2").unwrap();
        assert_eq!((day[7], day[8], day[17], day[18], day[22]), (0, 6, 6, 2, 0));
        for wrong in ["8-18", "18-8 2", "8-25 1", "8-18 1001", "morning 3", "8-18 -1"] {
            assert_eq!(staffing(wrong), None, "{wrong}");
        }
        let week = week(Some(day), None).unwrap();
        assert_eq!((week.len(), week[4 * 24 + 9], week[5 * 24 + 9]), (168, 6, 0));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field_and_what_is_empty_is_as_usual() {
        let (asked, errors) = read(&Fields::parse("handling=&within="));
        assert!(errors.is_empty());
        assert_eq!(asked, Asked::default());
        let (asked, errors) = read(&Fields::parse("handling=12+min&within=90s&patience=5m"));
        assert!(errors.is_empty());
        let seconds = (asked.handling_seconds, asked.within_seconds, asked.patience_seconds);
        assert_eq!(seconds, (Some(720), 90, Some(300)));
        let wrong = "handling=long&per_cent=most&weekday=all+day&team=x&weeks=many";
        let (_, errors) = read(&Fields::parse(wrong));
        for field in ["handling", "per_cent", "weekday", "team", "weeks"] {
            assert!(errors.of(field).is_some(), "{field}");
        }
    }
}
