//! Incidents: how they are written, sealed, read, listed and checked.

pub mod alike;
mod attachments;
mod brought;
mod chain;
pub mod documents;
pub mod feed;
pub mod file_texts;
pub mod filter;
pub mod list;
mod load;
pub mod loose;
mod majors;
mod pages;
mod problems;
pub mod search;
mod tables;
pub mod timeline;
mod verify;
mod write;

pub use attachments::{Attachment, attachment, names_a_file, verify_files};
pub use brought::brought_by;
pub use load::{Stored, content_belongs, due_incidents, load, load_many, title_of, words_of};
pub use majors::{outages, updates};
pub use pages::{count_open, count_reported, count_unclosed, open_after, open_of};
pub use pages::{reported_between, timelines, unclosed_after};
pub use problems::{Tie, ties};
pub use verify::{Finding, verify};
pub use write::{Head, NewContent, NewFile, Recorded, expire_outbox, lock_head, rearm, record};
