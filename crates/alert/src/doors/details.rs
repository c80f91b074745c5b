//! Free details of an alert: short ones are labels, long ones stand in the body.

use super::Notes;
use super::limits::BODY_CHARS;
use super::loose::{Pairs, Raw};
use crate::Signal;

/// Characters of a detail that still is a label.
const SHORT_CHARS: usize = 200;

/// Adds details to a signal.
pub(super) fn add(
    notes: &mut Notes,
    field: &str,
    details: &Pairs<'_, Raw<'_>>,
    signal: &mut Signal,
) {
    if details.more > 0 {
        notes.warn(field, format_args!("holds {} details too many; left out", details.more));
    }
    let mut body = std::mem::take(&mut signal.body);
    for (name, value) in details.iter() {
        let value = value.words();
        if value.len() <= SHORT_CHARS && !value.contains('\n') {
            notes.label(&mut signal.labels, name, &value);
        } else if body.len() < BODY_CHARS * 2 {
            section(&mut body, name, &value);
        }
    }
    signal.body = notes.text(field, &body, BODY_CHARS);
}

/// Adds a named paragraph to a body.
pub(super) fn section(body: &mut String, name: &str, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    if !body.is_empty() {
        body.push_str("\n\n");
    }
    body.push_str(name);
    body.push_str(if text.contains('\n') { ":\n" } else { ": " });
    body.push_str(text.trim_end());
}
