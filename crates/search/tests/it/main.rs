//! The index as a whole: what is found, by whom, in which order, and what breaks it not.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

mod broken;
mod case;
mod hostile;
mod many;
mod ranking;
mod sight;
mod similar;
mod together;
