//! What the outside reads of services: the status page as files, the same facts as JSON, feeds
//! and calendar, and the words of letters about it. Pure: a snapshot goes in, bytes come out.
//!
//! ```text
//! Snapshot ── clean ──► View (bars, clock) ──► page/ (HTML, each language)
//!                                          ├─► json.rs (Statuspage v2)
//!                                          ├─► feeds/ (Atom, RSS)
//!                                          └─► ics.rs (planned work) ──► Bundle of files
//! ```

mod bundle;
mod clean;
pub mod condition;
mod feeds;
mod ics;
mod json;
mod page;
pub mod snapshot;
mod times;
mod view;
pub mod words;

pub use bundle::{Bundle, File, render};
pub use snapshot::Snapshot;
