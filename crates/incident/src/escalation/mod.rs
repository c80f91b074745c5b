//! Paging: who is paged, in which order, until somebody takes it.

mod policy;

pub use policy::{EscalationPolicy, EscalationStep, Hours, Paging, SchedulePolicy, Whom};
