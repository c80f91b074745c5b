//! The pieces that screens are made of: functions from plain values to markup.

pub(crate) mod away;
pub(crate) mod chart;
pub(crate) mod chip;
pub(crate) mod clock;
pub(crate) mod clock_change;
pub(crate) mod duration;
pub(crate) mod empty;
pub(crate) mod form;
pub(crate) mod health;
pub(crate) mod icon;
pub(crate) mod keel;
pub(crate) mod many;
pub(crate) mod marked;
pub(crate) mod outward;
pub(crate) mod person;
pub(crate) mod pri;
pub(crate) mod rating;
pub(crate) mod rich;
pub(crate) mod state;
pub(crate) mod telling;
pub(crate) mod time;
pub(crate) mod week;
