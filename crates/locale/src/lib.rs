//! What people read, in their language. Texts stand in `locales/{en,de,fr,es,pt,pl}/*.ftl`, in
//! the syntax of Project Fluent; the build turns each message into a function, so that a text
//! or an argument that is missing does not compile. `portal(language).received()` says it.
//!
//! Pure: nothing is read or looked up when a text is asked for.

mod moments;
mod numbers;
mod rich;
pub mod template;
mod texts;

pub use kernel::Language;
pub use moments::{Names, date, date_names, full, moment, promise, weekday_time};
pub use numbers::{Plural, number, plural, size};
pub use rich::{Mark, Rich};
pub use texts::*;

/// What stands between a name and its value, before the space.
pub const fn colon(language: Language) -> &'static str {
    match language {
        Language::Fr => "\u{a0}:",
        _ => ":",
    }
}
