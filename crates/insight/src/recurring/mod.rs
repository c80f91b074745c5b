//! Incidents that come again and again: which belong together ([`clusters`]), whether they become
//! more ([`trend`]), and whether what was done about them helped ([`verdict`]).
//!
//! **What belongs together** is of one service and says nearly the same. Words are weighed as in
//! [`crate::similar`]; numbers in a title name a thing and not a kind, so they are left out. A
//! common alert, problem or category brings incidents nearer to each other. Each cluster has a
//! centre, the first of its incidents, and does not drift from it.
//!
//! **A cluster stays the same one.** Whoever asks says which incidents were together before; those
//! clusters come first, under their old place, and only what fits none of them makes a new one.

mod cluster;
mod name;
mod trend;

pub use cluster::{CLUSTER_MIN, Cluster, INCIDENTS_MAX, Seen, clusters};
pub use trend::{Ratio, TREND_DAYS, Trend, Verdict, WEEKS, trend, verdict, weeks};
