//! The functions that the build made of the files.

// What a machine writes is not for reading.
#![allow(clippy::all)]

use crate::numbers::{Plural, number, plural};
use crate::rich::{Put, Rich};
use kernel::Language;
use std::fmt::Display;

fn put(out: &mut impl Put, shown: &dyn Display) {
    out.put(shown);
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));
