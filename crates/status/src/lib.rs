//! What the outside reads of services: the status page as files, the same facts as JSON, feeds
//! and calendar, and the words of letters about it. Pure: a snapshot goes in, bytes come out.

pub mod snapshot;
pub mod words;

pub use snapshot::Snapshot;
