//! The functions that the build made of the files.

// Made code; text and parts go the same way whatever they are.
#![allow(clippy::needless_pass_by_value, clippy::too_many_lines, clippy::single_char_add_str)]

use crate::numbers::{Plural, number, plural};
use crate::rich::{Put, Rich};
use kernel::Language;
use std::fmt::Display;

fn put(out: &mut impl Put, shown: &dyn Display) {
    out.put(shown);
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));
