//! The rules that maintenance windows keep, whoever plans them.

use crate::Trouble;
use alert::maintenance::{LABELS_MAX, Maintenance};
use incident::policy::Fault;
use incident::{TokenScope, Viewer};

/// Whether somebody plans maintenance: whoever works here does, reading alone is no planning.
pub fn may_plan(viewer: &Viewer) -> bool {
    viewer.scope >= TokenScope::Write && viewer.works()
}

/// Whether a window may be kept as it is.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check(row: &Maintenance) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    if row.ends_at.is_some_and(|end| end <= row.starts_at) {
        faults.push(Fault::new("ends_at", "must lie after the beginning"));
    }
    if row.ends_at.is_none() && row.recurrence.is_none() {
        faults.push(Fault::new("ends_at", "is needed unless it recurs"));
    }
    if let Some(recurrence) = &row.recurrence {
        let broken = recurrence.faults().into_iter();
        faults
            .extend(broken.map(|(field, words)| Fault::new(format!("recurrence.{field}"), words)));
    }
    if row.matcher.labels.len() > LABELS_MAX {
        faults.push(Fault::new("matcher.labels", format!("are more than {LABELS_MAX}")));
    }
    for label in &row.matcher.labels {
        if let Err(words) = label.pattern() {
            faults.push(Fault::new("matcher.labels", words));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}
