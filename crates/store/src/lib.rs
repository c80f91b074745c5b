//! Where everything is kept: SQLite or PostgreSQL behind one narrow door.
//!
//! [`Store`] opens a database and brings its schema up to date. Reading happens in
//! closures that see one consistent snapshot, writing in transactions of a
//! [`Writer`]. Both get a [`Sql`], which is all the rest of this crate knows of a
//! database.

mod failure;
pub mod sql;

pub mod alerts;
pub mod backup;
mod disk;
pub mod engine;
pub mod expected;
pub mod files;
pub mod forget;
mod migrate;

pub mod attention;
pub mod causes;
pub mod deliveries;
pub mod directory;
pub mod incidents;
pub mod knowledge;
pub mod messages;
pub mod outside;
pub mod pages;
pub mod recurring;
pub mod reports;
pub mod status;
pub mod subscribers;
pub mod suggestions;
pub mod surges;
pub mod webhooks;

pub use engine::{Coming, Filling, Finding, Found, Once, Store, Target, Whole, Writer, probe};
pub use failure::Failure;
pub use incidents::{Tie, outages, ties, updates};
pub use sql::{Columns, Engine, Row, Sql, Table, Type, Value};
