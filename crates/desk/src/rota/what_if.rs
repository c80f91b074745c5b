//! What a change of a schedule would change: when another person would be paged.

use super::ready;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Timestamp, limits};
use roster::{Change, Span, Versions, changed_days, changes};
use std::collections::BTreeSet;
use store::Failure;

/// What would change within the days that are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// The days on which another person would be paged, on the clocks of the schedule.
    pub days: BTreeSet<Date>,
    /// How many days were looked at.
    pub of: i64,
    /// When whose turn it is changes, in order.
    pub changes: Vec<Change>,
}

impl WhatIf {
    /// "changes who is paged on 3 of the next 90 days".
    pub fn in_words(&self) -> String {
        match self.days.len() {
            0 => format!("changes nothing about who is paged in the next {} days", self.of),
            days => format!("changes who is paged on {days} of the next {} days", self.of),
        }
    }
}

/// Compares two rosters over the coming days. Where nobody would be on call, somebody else is
/// paged if the fallback differs.
///
/// # Errors
/// A zone that is none.
pub fn compare(
    before: Option<&Versions>,
    after: &Versions,
    fallback_differs: bool,
    now: Timestamp,
) -> Result<WhatIf, Failure> {
    let (from, to) = (now, now.plus_days(limits::WHAT_IF_DAYS));
    let none = Versions { versions: vec![], overrides: vec![], ..after.clone() };
    let (was, will) = (ready(before.unwrap_or(&none))?, ready(after)?);
    let mut days: BTreeSet<Date> = changed_days(&was, &will, from, to).into_iter().collect();
    if fallback_differs {
        let zone = TimeZone::get(&after.time_zone).unwrap_or(TimeZone::UTC);
        days.extend(will.gaps(from, to).flat_map(|gap| dates(gap, &zone)));
    }
    let changes = changes(&was, &will, from, to);
    Ok(WhatIf { days, of: limits::WHAT_IF_DAYS, changes })
}

/// The days that a stretch of time touches.
fn dates(span: Span, zone: &TimeZone) -> impl Iterator<Item = Date> + use<> {
    let date = |at: Timestamp| at.to_jiff().to_zoned(zone.clone()).date();
    let (first, last) = (date(span.start), date(span.end.plus_micros(-1)));
    first.series(1.day()).take_while(move |date| *date <= last)
}
