//! Pages in messages: as text, and as a page that can do no harm. A browser's rules for
//! broken pages are not followed to the letter; nothing of a page is passed on, what is
//! shown is written anew from what was understood.

mod elements;
mod safe;
mod text;
mod tokens;

pub(super) use safe::safe;
pub(super) use text::lines;
