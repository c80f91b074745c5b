//! The service map, from outside.

mod catalogue;
mod graph;
mod layout;
