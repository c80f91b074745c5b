//! A schedule layer by layer, as it is drawn: who would be on call by each, and who is.

use crate::roster::Roster;
use crate::shift::{Shift, Span};
use crate::stretches::{Stretch, Stretches, Through};
use kernel::{PersonId, Timestamp};

/// The shifts of one layer, as if there were nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane<P = PersonId> {
    /// What people call the layer.
    pub name: String,
    /// Its shifts, in order.
    pub shifts: Vec<Shift<P>>,
}

/// A schedule layer by layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes<P = PersonId> {
    /// One for each layer that is in force at some instant of the range.
    pub layers: Vec<Lane<P>>,
    /// Overrides as they win over each other.
    pub overrides: Vec<Shift<P>>,
    /// Who is on call, with the gaps.
    pub result: Vec<Stretch<P>>,
}

impl<P: Clone + Eq> Roster<P> {
    /// Layers, overrides and result within a range.
    ///
    /// ```
    /// use roster::{Roster, Schedule};
    ///
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"name": "First", "rotation": {"unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00",
    ///                                    "people": ["ines"]}},
    ///     {"name": "Nights", "rotation": {"unit": "day", "every": 1, "start_local": "2026-11-02T09:00:00",
    ///                                     "people": ["yuki"]},
    ///      "restrictions": [{"days": ["mon"], "from": "22:00", "to": "06:00"}]}
    /// ]}"#).unwrap();
    /// let roster = Roster::new(&schedule).unwrap();
    /// let (from, to) = ("2026-11-23T12:00:00Z".parse().unwrap(), "2026-11-24T12:00:00Z".parse().unwrap());
    /// let lanes = roster.lanes(from, to);
    /// let names: Vec<&str> = lanes.layers.iter().map(|lane| lane.name.as_str()).collect();
    /// assert_eq!(names, ["First", "Nights"]);
    /// assert_eq!(lanes.layers[0].shifts.len(), 1, "nothing is cut out of a layer");
    /// assert_eq!(lanes.result.len(), 3);
    /// ```
    pub fn lanes(&self, from: Timestamp, to: Timestamp) -> Lanes<P> {
        let range = Span::new(from, to);
        let mut names: Vec<&str> = Vec::new();
        for version in self.versions().iter().filter(|v| v.span.overlap(range).is_some()) {
            for (place, layer) in version.layers.iter().enumerate() {
                match names.get_mut(place) {
                    Some(name) => *name = &layer.name,
                    None => names.push(&layer.name),
                }
            }
        }
        let shifts = |through| -> Vec<Shift<P>> {
            Stretches::new(self, range, through).filter_map(|stretch| stretch.shift).collect()
        };
        let lane = |(place, name): (usize, &str)| Lane {
            name: name.to_owned(),
            shifts: shifts(Through::Layer(place)),
        };
        Lanes {
            layers: names.into_iter().enumerate().map(lane).collect(),
            overrides: shifts(Through::Overrides),
            result: self.stretches(from, to).collect(),
        }
    }
}
