//! The desk from outside: commands in, durable facts out.

mod commands;
mod relations;
mod sign_in;
mod time;
