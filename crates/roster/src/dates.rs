//! Holidays and other dates on which somebody else is on call. They become overrides, so they are
//! seen, changed and taken back like any other, and hold whatever version the schedule has.

use crate::schedule::Override;
use crate::zone::{UnknownZone, Zone, plus_days};
use jiff::civil::{Date, Time};
use kernel::limits::COVER_DATES;

/// Overrides for a list of dates: on each, the next of these people from a time of day to the same
/// time of the next day. Dates are put in order, each once; at most [`COVER_DATES`] are taken.
///
/// # Errors
/// When there is no time zone of this name.
///
/// ```
/// let dates = ["2026-12-26", "2026-12-25"].map(|date| date.parse().unwrap());
/// let nine = "09:00".parse().unwrap();
/// let found = roster::for_dates("Europe/Oslo", &dates, nine, &["ines", "yuki"]).unwrap();
/// assert_eq!((found[0].person, found[0].start.to_string().as_str()), ("ines", "2026-12-25T08:00:00Z"));
/// assert_eq!((found[1].person, found[1].end.to_string().as_str()), ("yuki", "2026-12-27T08:00:00Z"));
/// ```
pub fn for_dates<P: Clone>(
    time_zone: &str,
    dates: &[Date],
    from: Time,
    people: &[P],
) -> Result<Vec<Override<P>>, UnknownZone> {
    let zone = Zone::named(time_zone)?;
    let mut dates: Vec<Date> = dates.iter().copied().take(COVER_DATES).collect();
    dates.sort_unstable();
    dates.dedup();
    let overrides = dates.into_iter().zip(people.iter().cycle()).map(|(date, person)| Override {
        person: person.clone(),
        start: zone.instant(date.to_datetime(from)),
        end: zone.instant(plus_days(date, 1).to_datetime(from)),
    });
    Ok(overrides.collect())
}
