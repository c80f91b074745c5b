//! Tests of what waiting costs, what surges, what is suggested and what is alike.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

mod cause;
mod properties;
mod recurring;
mod sample;
mod similar;
mod suggest;
mod surge;
mod words;
