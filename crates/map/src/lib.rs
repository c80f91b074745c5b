//! Services and what they need to work: what is hit when one breaks, how each of them is, a
//! drawing of it, and catalogues of other programs read into it. Pure.
//!
//! The rule by which health is felt, in one place: [`spread`].

pub mod catalogue;
mod graph;
mod layout;
pub mod spread;

pub use graph::{Graph, Need, Service};
pub use layout::{BOXES_PER_COLUMN, Box, Drawing};
pub use spread::{Felt, Hit, causes};

pub mod availability;

use kernel::words;

words! {
    /// How a service is, from the best to the worst.
    Health {
        /// As it should be.
        Level = "level",
        /// Planned work is going on.
        Maintenance = "maintenance",
        /// Slower or worse than agreed, or something it needs is out and it may be.
        Degraded = "degraded",
        /// Some of it, or for some.
        Partial = "partial",
        /// All of it, for everybody.
        Down = "down",
    }
}
