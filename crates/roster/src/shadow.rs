//! Shadowing: somebody who learns is told besides whoever is on call, and never paged alone.

use crate::roster::Roster;
use crate::shift::{OnCall, Span};
use kernel::{InOrder, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// Somebody who is told besides for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shadow<P = PersonId> {
    /// Who.
    pub person: P,
    /// From this instant.
    pub start: Timestamp,
    /// Until just before this instant.
    pub end: Timestamp,
}

/// Who is on call, and who is told besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<P = PersonId> {
    /// Who is on call; nobody in a gap.
    pub on_call: Option<OnCall<P>>,
    /// Who is told besides, each once; nobody in a gap, and never who is on call themselves.
    pub besides: Vec<P>,
}

impl<P: Clone + Eq> Roster<P> {
    /// Who is on call at an instant, and who of these is told besides.
    ///
    /// ```
    /// use roster::{Roster, Schedule, Shadow};
    ///
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00", "people": ["ines"]},
    ///      "restrictions": [{"days": ["mon"], "from": "09:00", "to": "18:00"}]}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let [day, evening, week] = ["2026-11-23T12:00:00Z", "2026-11-23T20:00:00Z", "2026-11-30T00:00:00Z"]
    ///     .map(|text| text.parse().unwrap());
    /// let learns = Shadow { person: "milan".to_owned(), start: day, end: week };
    /// assert_eq!(roster.told(day, &[learns.clone()]).besides, ["milan"]);
    /// assert!(roster.told(evening, &[learns]).besides.is_empty(), "nobody is on call");
    /// ```
    pub fn told(&self, at: Timestamp, shadows: &[Shadow<P>]) -> Told<P> {
        let on_call = self.on_call(at);
        let mut besides: Vec<P> = Vec::new();
        if let Some(on_call) = &on_call {
            for shadow in shadows.iter().filter(|shadow| shadow.start <= at && at < shadow.end) {
                if shadow.person != on_call.person && !besides.contains(&shadow.person) {
                    besides.push(shadow.person.clone());
                }
            }
        }
        Told { on_call, besides }
    }

    /// When who of these is told besides within a range, by their beginnings. Two that overlap or
    /// touch and are of one person are one.
    pub fn besides(&self, from: Timestamp, to: Timestamp, shadows: &[Shadow<P>]) -> Vec<Shadow<P>> {
        let mut rising: Vec<&Shadow<P>> = shadows.iter().collect();
        rising.order_by_key(|shadow| (shadow.start, shadow.end));
        let mut found: Vec<Shadow<P>> = Vec::new();
        if rising.is_empty() {
            return found;
        }
        for shift in self.shifts(from, to) {
            for shadow in rising.iter().filter(|shadow| shadow.person != shift.person) {
                let span = Span::new(shadow.start, shadow.end).overlap(shift.span());
                let Some(Span { start, end }) = span else { continue };
                let mut known = found.iter_mut().rev();
                match known.find(|known| known.person == shadow.person && known.end >= start) {
                    Some(known) => known.end = known.end.max(end),
                    None => found.push(Shadow { person: shadow.person.clone(), start, end }),
                }
            }
        }
        found
    }
}
