//! Services and what they need to work: what is hit when one breaks, how each of them is, a
//! drawing of it, and catalogues of other programs read into it. Pure.

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
