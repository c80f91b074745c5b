//! Who is on call: layers of rotations, overrides, shifts, hand-overs, gaps. Pure. Screen,
//! paging, feed and notices all ask here, so they cannot differ.
//!
//! ```
//! use roster::{Roster, Schedule, Source};
//!
//! let schedule: Schedule<String> = serde_json::from_str(r#"{
//!     "time_zone": "Europe/Amsterdam",
//!     "layers": [
//!         {"rotation": {"unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00",
//!                       "people": ["ines", "yuki", "emil"]}},
//!         {"rotation": {"unit": "day", "every": 1, "start_local": "2026-11-02T00:00:00", "people": ["nadia"]},
//!          "restrictions": [{"days": ["sat", "sun"], "from": "08:00", "to": "20:00"}]}
//!     ],
//!     "overrides": [{"person": "yuki", "start": "2026-11-26T17:00:00Z", "end": "2026-11-27T05:00:00Z"}]
//! }"#).unwrap();
//! assert!(schedule.faults().is_empty());
//! let roster = Roster::new(&schedule).unwrap();
//!
//! let saturday = "2026-11-28T12:00:00Z".parse().unwrap();
//! let on_call = roster.on_call(saturday).unwrap();
//! assert_eq!((on_call.person.as_str(), on_call.source), ("nadia", Source::Layer(1)));
//! let night = roster.shift_at("2026-11-26T22:00:00Z".parse().unwrap()).unwrap();
//! assert_eq!((night.person.as_str(), night.source), ("yuki", Source::Override(0)));
//! ```
//!
//! # What holds
//!
//! * All stretches of time are half-open: from an instant until just before another.
//! * Overrides win over layers; a later one wins over those before it, and so does a later layer.
//!   One person is on call at a time, or nobody: a gap.
//! * Shifts of days, weeks and months hand over at the same time of the local clock. A time that a
//!   clock change leaves out is the first instant after it, one that comes twice is the first of
//!   both; a day that a month lacks is its last. Shifts of hours last exactly so long.
//! * Whose turn it is follows from the rotation's start and a count alone, so it takes as long ten
//!   years on as on the first day. Hand-overs go on before the start, but nobody is on call there.
//! * A schedule has versions, each in force from an instant on. An edit makes a new one, so no edit
//!   ever shifts the past. Overrides hold whatever the version.
//! * What breaks a rule covers nothing and disturbs nothing else; [`Schedule::faults`] names it
//!   before it is saved.

mod check;
mod compare;
mod cover;
mod dates;
mod drawing;
pub mod feed;
mod hours;
mod lanes;
mod load;
mod roster;
mod rotation;
mod schedule;
mod shadow;
mod shift;
mod stretches;
mod swap;
mod versions;
mod written;
mod zone;

pub use check::{Fault, Rule};
pub use compare::{Change, changed_days, changes};
pub use dates::for_dates;
pub use drawing::{COLUMNS_PER_DAY, Cell, Drawing, Look};
pub use hours::within;
pub use lanes::{Lane, Lanes};
pub use load::{Load, NIGHT_FROM_HOUR, NIGHT_TO_HOUR};
pub use roster::Roster;
pub use schedule::{Layer, Override, Restriction, Rotation, Schedule, Unit, Versions, Weekday};
pub use shadow::{Shadow, Told};
pub use shift::{OnCall, Shift, Source, Span};
pub use stretches::{Stretch, Stretches};
pub use swap::{Offer, OfferState, SwapRefusal};
pub use versions::{InThePast, begins};
pub use zone::UnknownZone;
