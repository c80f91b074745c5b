//! What reports count: a narrow row for each incident, kept beside the log by whoever follows it,
//! and read within what a viewer sees all of. Incidents to which something happened since are
//! measured as they are read, so that no figure is older than its answer.

mod kept;
pub mod mailed;
mod read;

pub use kept::{Head, Kept, head, keep, measured};
pub use read::{Wanted, facts, hidden_since, names, outages, pages, spans};
