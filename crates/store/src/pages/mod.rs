//! Pages: attempts to reach one person by one way, because one entry of an incident paged them.
//! Their rows are made with that entry, in its transaction, and stay as the record of it.

pub mod ledger;
pub mod plan;
pub mod send;
