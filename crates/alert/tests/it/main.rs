//! The doors from outside: real requests, examples of what has no capture, and broken input.

mod captures;
mod check;
mod corpus;
mod examples;
mod hostile;
mod mappings;
mod mutate;
mod opsgenie;
mod payloads;
