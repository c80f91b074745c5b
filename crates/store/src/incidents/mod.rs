//! Incidents: how they are written, sealed, read, listed and checked.

mod brought;
mod chain;
pub mod feed;
pub mod filter;
pub mod list;
mod load;
pub mod search;
mod tables;
pub mod timeline;
mod verify;
mod write;

pub use brought::brought_by;
pub use load::{
    Stored, content_belongs, due_incidents, file_is_used, files_named, load, title_of, words_of,
};
pub use verify::{Finding, verify};
pub use write::{Head, NewContent, NewFile, Recorded, expire_outbox, lock_head, rearm, record};
