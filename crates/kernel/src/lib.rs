//! The words every other room uses: instants, ids, numbers, priorities, actors,
//! languages, limits, parts of addresses, the lines of iCalendar, and sorting. Pure: no clock, no random numbers, no input or output.

pub mod actor;
mod address;
mod grouped;
pub mod ical;
pub mod id;
mod key;
mod language;
pub mod limits;
mod network;
pub mod number;
mod order;
mod outward;
pub mod priority;
mod severity;
pub mod time;
mod words;

pub use actor::{Actor, ActorKind, Channel, Role};
pub use address::encoded;
pub use grouped::grouped;
pub use id::*;
pub use key::IntegrationKey;
pub use language::Language;
pub use network::Network;
pub use number::{ArticleNumber, IncidentNumber, ProblemNumber, ReviewNumber};
pub use order::InOrder;
pub use outward::{Outward, is_internet};
pub use priority::{Level, Matrix, Priority};
pub use severity::{Muted, Severity};
pub use time::Timestamp;

/// A value from outside that is not what it should be; the text names the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    /// An error with these words.
    pub fn new(words: impl Into<String>) -> Self {
        Invalid(words.into())
    }
}
