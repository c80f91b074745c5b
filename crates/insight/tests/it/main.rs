//! Tests of what waiting costs.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

mod cause;
mod properties;
mod sample;
mod surge;
mod words;
