//! The doors from outside: real requests, examples of what has no capture, and broken input.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod captures;
mod check;
mod corpus;
mod examples;
mod hostile;
mod mappings;
mod mutate;
mod opsgenie;
mod payloads;
