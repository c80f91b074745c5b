//! What a schedule must keep to. All faults are told at once, each with its field, so that a form
//! can mark them.

use crate::schedule::{Layer, Override, Restriction, Rotation, Schedule, Unit};
use crate::zone::Zone;
use kernel::limits::{
    LAYER_RESTRICTIONS, NAME_CHARS, ROTATION_PEOPLE, SCHEDULE_LAYERS, SCHEDULE_OVERRIDES,
    SHIFT_YEARS,
};

/// Faults told at once; more would not help whoever mends them.
const FAULTS_MAX: usize = 50;

/// One thing that is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The path in the written form, such as `layers.0.rotation.every`.
    pub field: String,
    /// The rule that it breaks.
    pub rule: Rule,
}

/// What a schedule must keep to. The text goes on after the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// The time zone is none that is known.
    #[error("is no time zone of the IANA database; write one such as Europe/Berlin or UTC")]
    UnknownZone,
    /// More layers than can be meant.
    #[error("has more than {SCHEDULE_LAYERS} layers; make a schedule of its own of some")]
    TooManyLayers,
    /// A name that is too long to be shown.
    #[error("is longer than {NAME_CHARS} characters; shorten it")]
    NameTooLong,
    /// A shift without length.
    #[error("must be at least 1")]
    NoLength,
    /// A shift that nobody hands over any more.
    #[error("makes shifts longer than {SHIFT_YEARS} years; choose fewer")]
    TooLong,
    /// Nobody takes turns.
    #[error("is empty; name at least one person")]
    NoPeople,
    /// More people than can take turns.
    #[error("has more than {ROTATION_PEOPLE} people; share them out over several layers")]
    TooManyPeople,
    /// More restrictions than can be meant.
    #[error("has more than {LAYER_RESTRICTIONS} entries; join those with the same hours")]
    TooManyRestrictions,
    /// Hours on no day.
    #[error("is empty; name at least one day, mon to sun")]
    NoDays,
    /// More overrides than count at once.
    #[error("has more than {SCHEDULE_OVERRIDES} entries; leave out those long past")]
    TooManyOverrides,
    /// An override that ends before it begins.
    #[error("is not after start")]
    EndsBeforeStart,
}

impl<P> Schedule<P> {
    /// Everything that is wrong with it, at most 50 things in the order of the written form;
    /// nothing when it can be saved.
    ///
    /// ```
    /// use roster::{Rule, Schedule};
    ///
    /// let schedule: Schedule<String> = serde_json::from_str(r#"{"time_zone": "UTC", "layers": [
    ///     {"rotation": {"unit": "day", "every": 0, "start_local": "2026-11-02T09:00:00", "people": []}}
    /// ]}"#).unwrap();
    /// let faults = schedule.faults();
    /// assert_eq!((faults[0].field.as_str(), faults[0].rule), ("layers.0.rotation.every", Rule::NoLength));
    /// assert_eq!(faults[1].field, "layers.0.rotation.people");
    /// assert_eq!(faults[1].rule.to_string(), "is empty; name at least one person");
    /// ```
    pub fn faults(&self) -> Vec<Fault> {
        let mut notes = Notes::default();
        notes.check(Zone::named(&self.time_zone).is_ok(), "time_zone", Rule::UnknownZone);
        if notes.check(self.layers.len() <= SCHEDULE_LAYERS, "layers", Rule::TooManyLayers) {
            for (at, layer) in self.layers.iter().enumerate() {
                notes.layer(&format!("layers.{at}"), layer);
            }
        }
        let few = self.overrides.len() <= SCHEDULE_OVERRIDES;
        if notes.check(few, "overrides", Rule::TooManyOverrides) {
            for (at, Override { start, end, .. }) in self.overrides.iter().enumerate() {
                notes.check(start < end, &format!("overrides.{at}.end"), Rule::EndsBeforeStart);
            }
        }
        notes.0
    }
}

#[derive(Default)]
struct Notes(Vec<Fault>);

impl Notes {
    /// Notes a rule that is broken; says whether it holds.
    fn check(&mut self, holds: bool, field: &str, rule: Rule) -> bool {
        if !holds && self.0.len() < FAULTS_MAX {
            self.0.push(Fault { field: field.to_owned(), rule });
        }
        holds
    }

    fn layer<P>(&mut self, place: &str, layer: &Layer<P>) {
        let short = layer.name.chars().count() <= NAME_CHARS;
        self.check(short, &format!("{place}.name"), Rule::NameTooLong);
        self.rotation(&format!("{place}.rotation"), &layer.rotation);
        self.restrictions(&format!("{place}.restrictions"), &layer.restrictions);
    }

    fn rotation<P>(&mut self, place: &str, rotation: &Rotation<P>) {
        let every = format!("{place}.every");
        self.check(rotation.every > 0, &every, Rule::NoLength);
        let units_a_year = match rotation.unit {
            Unit::Hour => 8_766,
            Unit::Day => 366,
            Unit::Week => 52,
            Unit::Month => 12,
        };
        self.check(rotation.every <= SHIFT_YEARS * units_a_year, &every, Rule::TooLong);
        let people = format!("{place}.people");
        self.check(!rotation.people.is_empty(), &people, Rule::NoPeople);
        self.check(rotation.people.len() <= ROTATION_PEOPLE, &people, Rule::TooManyPeople);
    }

    fn restrictions(&mut self, place: &str, restrictions: &[Restriction]) {
        let few = restrictions.len() <= LAYER_RESTRICTIONS;
        if self.check(few, place, Rule::TooManyRestrictions) {
            for (at, restriction) in restrictions.iter().enumerate() {
                let field = format!("{place}.{at}.days");
                self.check(!restriction.days.is_empty(), &field, Rule::NoDays);
            }
        }
    }
}
