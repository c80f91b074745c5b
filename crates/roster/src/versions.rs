//! Changes of a schedule.

use crate::roster::Roster;
use crate::schedule::{Layer, Schedule, Versions};
use crate::zone::{UnknownZone, Zone};
use kernel::Timestamp;

/// A change that would begin before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("lies in the past; what was is not changed any more")]
pub struct InThePast;

/// When the first rotation of some layers starts: before that nobody is on call by them. `None`
/// without layers, and in a time zone that is none.
///
/// ```
/// use roster::{Layer, begins};
///
/// let layer = r#"{"rotation": {"unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00",
///                              "people": ["ines"]}}"#;
/// let layers: Vec<Layer<String>> = vec![serde_json::from_str(layer).unwrap()];
/// assert_eq!(begins("Europe/Berlin", &layers).unwrap().to_string(), "2026-11-02T08:00:00Z");
/// assert_eq!(begins("Nowhere", &layers), None);
/// ```
pub fn begins<P>(time_zone: &str, layers: &[Layer<P>]) -> Option<Timestamp> {
    let zone = Zone::named(time_zone).ok()?;
    layers.iter().map(|layer| zone.instant(layer.rotation.start_local)).min()
}

impl<P: Clone + Eq> Versions<P> {
    /// A schedule that begins at an instant.
    pub fn new(time_zone: impl Into<String>, since: Timestamp, layers: Vec<Layer<P>>) -> Self {
        Versions { versions: vec![(since, layers)], time_zone: time_zone.into(), overrides: vec![] }
    }

    /// The schedule with other layers from an instant on, until the next version that is planned
    /// already. What was before that instant stays as it was.
    ///
    /// # Errors
    /// When that instant is before now.
    ///
    /// ```
    /// use roster::{Layer, Versions};
    ///
    /// let of = |person: &str| -> Vec<Layer<String>> {
    ///     let layer = r#"{"rotation": {"unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00",
    ///                                  "people": ["NAME"]}}"#;
    ///     vec![serde_json::from_str(&layer.replace("NAME", person)).unwrap()]
    /// };
    /// let [begun, now, soon] = ["2026-11-02T00:00:00Z", "2026-11-23T12:00:00Z", "2026-11-24T08:00:00Z"]
    ///     .map(|text| text.parse().unwrap());
    /// let before = Versions::new("UTC", begun, of("ines"));
    /// assert!(before.changed(now, begun, of("yuki")).is_err());
    ///
    /// let after = before.changed(now, soon, of("yuki")).unwrap().roster().unwrap();
    /// assert_eq!(after.on_call(now).unwrap().person, "ines");
    /// assert_eq!(after.on_call(soon).unwrap().person, "yuki");
    /// ```
    pub fn changed(
        &self,
        now: Timestamp,
        since: Timestamp,
        layers: Vec<Layer<P>>,
    ) -> Result<Self, InThePast> {
        if since < now {
            return Err(InThePast);
        }
        let mut after = self.clone();
        after.versions.retain(|(from, _)| *from != since);
        let place = after.versions.partition_point(|(from, _)| *from < since);
        after.versions.insert(place, (since, layers));
        Ok(after)
    }

    /// Prepares it to be asked.
    ///
    /// # Errors
    /// When there is no time zone of its name.
    pub fn roster(&self) -> Result<Roster<P>, UnknownZone> {
        Roster::of(self)
    }

    /// The schedule with the layers in force at an instant.
    pub fn at(&self, at: Timestamp) -> Schedule<P> {
        let begun = self.versions.iter().rev().find(|(from, _)| *from <= at);
        Schedule {
            time_zone: self.time_zone.clone(),
            layers: begun.map(|(_, layers)| layers.clone()).unwrap_or_default(),
            overrides: self.overrides.clone(),
        }
    }
}
