//! Paging: who is paged, in which order, until somebody takes it.

pub mod check;
mod policy;

pub use policy::{EscalationPolicy, EscalationStep, Hours, Paging, SchedulePolicy, Whom};
