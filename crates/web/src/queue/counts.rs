//! Counts of views.

/// Counts of views, kept for a second.
#[derive(Default)]
pub(crate) struct Counts {}
