//! Pages of rows, kept as long as they are true: nothing happened since they were
//! read, no configuration changed, and time did not move on by much.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::incidents::list::{IncidentRow, Page};

/// How long rows are good while nothing happens: what is due moves by itself.
const GOOD_FOR: Duration = Duration::from_secs(5);
/// Pages kept at most: about 150 kB each.
const KEPT_MAX: usize = 64;

/// What a page of the queue lists.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The rows.
    pub(crate) page: Page,
    /// Incidents with promises within reach of the horizon, where these are not the rows themselves.
    pub(crate) ahead: Option<Vec<IncidentRow>>,
}

/// Position of the log and version of the configuration, as read together with the rows.
pub(crate) type Stamp = (i64, i64);

/// Who looks, the query, and where the page begins.
pub(crate) type Key = (String, String, String);

/// Pages that were read before.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<HashMap<Key, Kept>>);

type Kept = (Stamp, Instant, Arc<Listed>);

impl Shelf {
    /// The page, if it is still true.
    pub(crate) fn get(&self, key: &Key, stamp: Stamp) -> Option<Arc<Listed>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, since, listed) = kept.get(key)?;
        (*at == stamp && since.elapsed() < GOOD_FOR).then(|| listed.clone())
    }

    /// Keeps a page.
    pub(crate) fn put(&self, key: Key, stamp: Stamp, listed: Arc<Listed>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, (stamp, Instant::now(), listed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_true_until_something_happens() {
        let shelf = Shelf::default();
        let key: Key = ("mara".into(), "state:open".into(), String::new());
        let listed = Arc::new(Listed { page: Page::default(), ahead: None });
        shelf.put(key.clone(), (5, 1), listed);
        assert!(shelf.get(&key, (5, 1)).is_some());
        assert!(shelf.get(&key, (6, 1)).is_none());
        assert!(shelf.get(&key, (5, 2)).is_none());
        assert!(shelf.get(&("ines".into(), key.1.clone(), key.2.clone()), (5, 1)).is_none());
    }
}
