//! What a review of an incident says by itself, from the record alone and without a language
//! model: its phases ([`phases()`]), what was promised and what it cost ([`facts()`]), which entries
//! of the timeline are worth showing ([`picks`]), a draft of the summary ([`summary()`]), whether
//! a factor names a person ([`named`]), and whether an action helped ([`effect()`]). A review as a
//! text file is written by [`markdown()`].

mod blame;
mod effect;
mod facts;
mod markdown;
mod phases;
mod pick;
mod summary;

pub use blame::named;
pub use effect::{BEFORE_DAYS, CHANCE_MAX, Effect, TOO_EARLY_DAYS, Told, effect};
pub use facts::{Downtime, Facts, Kept, Outcome, downtime, facts, outcomes};
pub use markdown::{Document, Part, escaped, markdown};
pub use phases::{Mark, Phases, Reached, Seen, Span, lasted, phases};
pub use pick::{PROPOSED_MAX, phrase, picks};
pub use summary::{Story, impact, summary};
