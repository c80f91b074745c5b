//! Paging: who is paged, in which order, until somebody takes it.

pub mod check;
mod course;
mod found;
mod plan;
mod policy;

pub use course::{Course, Cue, End, Failure, Standing, Stop, Why};
pub use found::{Finder, Found, PagedPerson, Turn, Turns};
pub use plan::{AGAIN_SECONDS, Next, Planned, PolicyRef, by_hand, person_first, plan};
pub use policy::{EscalationPolicy, EscalationStep, Hours, Paging, SchedulePolicy, Whom};

pub(crate) use course::{answered, apply, renewed};
pub(crate) use found::may_take;
