//! Cover: who could take a stretch of time.

use crate::load::Load;
use crate::roster::Roster;
use crate::schedule::Override;
use crate::shift::Span;
use kernel::limits::ROSTER_DAYS;
use kernel::{InOrder, Timestamp};

/// Days for which somebody takes over at most where nobody would follow: long enough to mend the
/// schedule, short enough not to be forgotten.
const GAP_DAYS: i64 = 7;

impl<P: Clone + Eq> Roster<P> {
    /// Who could cover a stretch of time, the fairest choice first: fewest hours on call within
    /// the window, then fewest at night, then the order given. Left out is who is on call within
    /// the stretch already, and who is `busy` then, which the caller knows: on call elsewhere, away.
    ///
    /// ```
    /// use roster::{Roster, Schedule, Span};
    ///
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "day", "every": 1, "start_local": "2026-11-02T00:00:00",
    ///                   "people": ["ines", "ines", "yuki", "emil"]},
    ///      "restrictions": [{"days": ["mon", "tue", "wed", "thu"], "from": "00:00", "to": "00:00"}]}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let [monday, friday, saturday] = ["2026-11-02", "2026-11-06", "2026-11-07"]
    ///     .map(|date| format!("{date}T00:00:00Z").parse().unwrap());
    /// let people = roster.people(monday);
    /// let found = roster.cover(Span::new(friday, saturday), Span::new(monday, saturday), &people,
    ///     |person| person == "emil");
    /// let names: Vec<_> = found.iter().map(|load| (load.person.as_str(), load.total_seconds)).collect();
    /// assert_eq!(names, [("yuki", 86_400), ("ines", 172_800)]);
    /// ```
    pub fn cover(
        &self,
        gap: Span,
        window: Span,
        candidates: &[P],
        busy: impl Fn(&P) -> bool,
    ) -> Vec<Load<P>> {
        let on_call = self.load(gap.start, gap.end);
        let carried = self.load(window.start, window.end);
        let free =
            |person: &&P| !busy(person) && on_call.iter().all(|load| load.person != **person);
        let mut found: Vec<Load<P>> = candidates
            .iter()
            .filter(free)
            .map(|person| {
                let known = carried.iter().find(|load| load.person == *person).cloned();
                known.unwrap_or_else(|| Load {
                    person: person.clone(),
                    total_seconds: 0,
                    night_seconds: 0,
                    weekend_seconds: 0,
                })
            })
            .collect();
        found.order_by_key(|load| (load.total_seconds, load.night_seconds));
        found
    }

    /// The override by which somebody takes over now: until the end of the shift that runs, or
    /// in a gap until somebody is on call again, a week at most. Nothing when they are on call
    /// themselves.
    ///
    /// ```
    /// # use roster::{Roster, Schedule};
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00", "people": ["ines"]}}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let now = "2026-11-23T22:13:00Z".parse().unwrap();
    /// let taken = roster.take_now("yuki".to_owned(), now).unwrap();
    /// assert_eq!((taken.start, taken.end.to_string().as_str()), (now, "2026-11-24T09:00:00Z"));
    /// assert!(roster.take_now("ines".to_owned(), now).is_none());
    /// ```
    pub fn take_now(&self, person: P, now: Timestamp) -> Option<Override<P>> {
        let stretch = self.stretches(now, now.plus_days(ROSTER_DAYS)).next()?;
        let end = match stretch.shift {
            Some(shift) if shift.person == person => return None,
            Some(shift) => shift.end,
            None => stretch.span.end.min(now.plus_days(GAP_DAYS)),
        };
        Some(Override { person, start: now, end })
    }
}
