//! Prometheus Alertmanager, from both of its sides: the webhook it sends, and the API it serves,
//! so that Prometheus and amtool can speak to us as to it.

pub mod answers;
pub mod api;
pub mod matchers;
mod told;
pub mod webhook;

pub use told::fingerprint;
pub(in crate::doors) use told::{Told, signal};
