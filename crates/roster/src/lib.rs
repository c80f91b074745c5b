//! Who is on call: layers of rotations, overrides, shifts, hand-overs, gaps. Pure. Screen,
//! paging, feed and notices all ask here, so they cannot differ.

mod schedule;

pub use schedule::{Layer, Override, Restriction, Rotation, Schedule, Unit, Versions, Weekday};
