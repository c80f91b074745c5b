//! What incidents tell when they are looked at as a whole. Pure: no clock, no
//! chance beyond a seed that is given, no database.
//!
//! [`risk`] is what the next half hour costs if nobody works on an incident, from
//! 0 to 100, with the parts it is made of. [`surge`] tells more reports of a service than
//! that hour of the week brings. [`cause`] ranks what probably caused an incident. [`suggest`]
//! learns from past incidents what a new one probably is, and how sure that is. [`similar`] ranks
//! what is alike, and says why. [`recurring`] finds what comes again and again. [`review`] is what
//! a review says by itself from the record. [`report`] counts how it went, and names the incidents
//! behind each figure. [`expected`] is how long a case still takes. [`demand`] is how much comes at
//! each hour of the week, [`staffing`] how many people that takes, and [`line`](mod@line) how what was
//! recorded would have gone with others.

pub mod cause;
pub mod demand;
pub mod expected;
mod exposure;
pub mod line;
pub mod recurring;
pub mod report;
pub mod review;
mod risk;
pub mod similar;
pub mod staffing;
pub mod suggest;
pub mod surge;
mod words;

pub use exposure::Exposure;
pub use risk::{HALF_HOUR_SECONDS, Part, Risk, WATERLINE, risk, risk_of, value, value_of};
