//! The service map, from outside.

#![allow(clippy::unwrap_used)] // A test that unwraps nothing fails, and says where.

mod catalogue;
mod graph;
mod layout;
