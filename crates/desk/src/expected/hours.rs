//! The hours in which a desk works, and expected times told within them. What past incidents took
//! is known by the clock on the wall, and what lies between two of their ends may be a night in
//! which nobody works: a time in it says the same as the hours before and after it, and is told
//! as one of those.

use incident::clocks::ClockKind;
use incident::policy::KnownCalendar;
use incident::telling::URGENT;
use incident::{Policy, State};
use kernel::{CalendarId, Timestamp};
use std::sync::Arc;

/// Business hours in the version that counts.
#[derive(Debug, Clone)]
pub struct Hours(Arc<KnownCalendar>);

impl PartialEq for Hours {
    fn eq(&self, other: &Hours) -> bool {
        self.0.hours.reference == other.0.hours.reference
    }
}

impl Hours {
    /// Those in which an incident is worked on: what its resolution counts; else, where it is not
    /// urgent, when its team works. `None` where that is round the clock.
    pub(super) fn of(state: &State, policy: &Policy, now: Timestamp) -> Option<Hours> {
        let in_force = |id: CalendarId| policy.calendars.newest(id, now);
        let agreed = || {
            let agreement = policy.agreement_of(state);
            agreement.calendar(state.priority, ClockKind::Resolution, state.team)
        };
        let of_team = || policy.teams.get(&state.team?)?.calendar;
        let clock = state.clocks.iter().find(|clock| clock.kind == ClockKind::Resolution);
        let counted = match clock {
            Some(clock) => clock.calendar,
            None => agreed().and_then(in_force),
        };
        let can_wait = state.priority.get() > URGENT;
        let reference = match counted {
            Some(reference) => reference,
            None if can_wait => of_team().and_then(in_force)?,
            None => return None,
        };
        Some(Hours(policy.calendars.shared(reference)?.clone()))
    }

    /// The first hours from an instant on.
    pub(super) fn after(&self, at: Timestamp) -> Timestamp {
        self.0.calendar.next_open(at).unwrap_or(at)
    }

    /// The last hours up to an instant that lies ahead; where nobody works until then, the first
    /// from then on.
    pub(super) fn before(&self, at: Timestamp, now: Timestamp) -> Timestamp {
        if self.0.calendar.is_open(at) {
            return at;
        }
        let last = self.0.calendar.open_spans(now, at).last();
        last.map_or_else(|| self.after(at), |span| span.end)
    }

    /// A time within the hours that was rounded up: at the latest when they close.
    pub(super) fn by(&self, at: Timestamp, rounded: Timestamp) -> Timestamp {
        self.0.calendar.open_spans(at, rounded).next().map_or(at, |span| span.end)
    }

    /// A time within the hours that was rounded down: at the earliest when they open.
    pub(super) fn from(&self, at: Timestamp, rounded: Timestamp) -> Timestamp {
        self.0.calendar.open_spans(rounded, at).last().map_or(at, |span| span.start)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use calendar::{Calendar, Definition, Week};
    use incident::policy::BusinessHours;
    use incident::state::CalendarRef;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Weekdays from 8 to 18.
    pub(in crate::expected) fn office() -> Hours {
        let definition = Definition::new("UTC", Week::weekdays("08:00", "18:00"));
        let calendar = Calendar::new(&definition).unwrap();
        let id = CalendarId(crate::fresh());
        let reference = CalendarRef { id, version: 1 };
        let hours =
            BusinessHours { reference, name: "Office".to_owned(), definition, retired: false };
        Hours(Arc::new(KnownCalendar { hours, calendar }))
    }

    #[test]
    fn a_night_is_told_as_the_hours_beside_it() {
        let (office, now) = (office(), at("2026-11-23T17:10:00Z"));
        let (night, morning) = (at("2026-11-24T02:30:00Z"), at("2026-11-24T08:00:00Z"));
        assert_eq!(office.after(night), morning);
        assert_eq!(office.before(night, now), at("2026-11-23T18:00:00Z"));
        assert_eq!(office.before(night, at("2026-11-23T22:00:00Z")), morning, "nobody works yet");
        let noon = at("2026-11-24T12:00:00Z");
        assert_eq!((office.after(noon), office.before(noon, now)), (noon, noon));
        // From Friday evening on the next hours are Monday's.
        assert_eq!(office.after(at("2026-11-27T18:00:00Z")), at("2026-11-30T08:00:00Z"));
    }

    #[test]
    fn what_is_rounded_stays_within_the_hours_of_its_day() {
        let office = office();
        let (early, late) = (at("2026-11-25T08:20:00Z"), at("2026-11-25T15:00:00Z"));
        let (midnight, noon) = (at("2026-11-25T00:00:00Z"), at("2026-11-25T12:00:00Z"));
        assert_eq!(office.by(late, at("2026-11-26T00:00:00Z")), at("2026-11-25T18:00:00Z"));
        assert_eq!(office.by(early, noon), noon);
        assert_eq!(office.by(noon, noon), noon);
        assert_eq!(office.from(early, midnight), at("2026-11-25T08:00:00Z"));
        assert_eq!(office.from(late, noon), noon);
        assert_eq!(office.from(noon, noon), noon);
    }
}
