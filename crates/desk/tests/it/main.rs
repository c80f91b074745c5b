//! The desk from outside: commands in, durable facts out.

#![allow(clippy::unwrap_used)] // A test that unwraps nothing fails, and says where.

mod assignment;
mod causes;
mod commands;
mod expected;
mod files;
mod knowledge;
mod macros;
mod mailed;
mod map;
mod models;
mod paging;
mod push;
mod recurring;
mod relations;
mod reports;
mod resilience;
mod reviews;
mod rings;
mod rules;
mod search;
mod shared;
mod sign_in;
mod status;
mod suggestions;
mod surges;
mod terms;
mod time;
mod together;
mod waits;
