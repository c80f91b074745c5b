//! Tests of what waiting costs, what surges, what is suggested and what is alike.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

mod cause;
mod demand;
mod expected;
mod line;
mod properties;
mod recurring;
mod report;
mod review;
mod sample;
mod similar;
mod staffing;
mod suggest;
mod surge;
mod words;
