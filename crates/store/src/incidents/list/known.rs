//! Rows that were read before. A version of an incident never changes, and the names
//! around it change only with the configuration; so a list asks the database which
//! incidents in which versions, and reads only those it has not met.

use super::IncidentRow;
use incident::{Scope, Subject};
use kernel::IncidentNumber;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rows of one generation at most, about 2 kB each; two generations are kept.
const GENERATION_MAX: usize = 1_500;

/// What readers of one database have met. Writers never ask it: what they see may be
/// rolled back, and the version be made again with other content.
#[derive(Default)]
pub struct Known(Mutex<Generations>);

/// What was met lately, and what was before: whatever is met again moves to the young,
/// the rest is forgotten with the old.
#[derive(Default)]
struct Generations {
    young: HashMap<IncidentNumber, Kept>,
    old: HashMap<IncidentNumber, Kept>,
}

struct Kept {
    names: i64,
    row: IncidentRow,
}

/// An incident as a reader's snapshot has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: IncidentNumber,
    pub(super) version: u32,
    /// The version of configuration and people.
    pub(super) names: i64,
}

impl Known {
    /// The row for whoever sees what is in `scope`, if it was met in this version and under
    /// these names.
    pub(super) fn get(&self, scope: &Scope, place: &Place) -> Option<IncidentRow> {
        let row = self.met(place)?;
        Some(IncidentRow { access: scope.access(&Subject::from(&*row.state)), ..row })
    }

    fn met(&self, place: &Place) -> Option<IncidentRow> {
        let fits = |kept: &&Kept| kept.row.version == place.version && kept.names == place.names;
        let mut all = self.lock();
        if let Some(kept) = all.young.get(&place.number).filter(fits) {
            return Some(kept.row.clone());
        }
        let kept = all.old.remove(&place.number).filter(|kept| fits(&kept))?;
        let row = kept.row.clone();
        all.keep(kept);
        Some(row)
    }

    /// Keeps rows that were read in one snapshot.
    pub(super) fn keep(&self, names: i64, rows: &[IncidentRow]) {
        let mut all = self.lock();
        for row in rows {
            all.keep(Kept { names, row: row.clone() });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn keep(&mut self, kept: Kept) {
        if self.young.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(kept.row.number, kept);
    }
}
