//! Pages of rows, kept as long as they are true: nothing happened since they were
//! read, no configuration changed, and time did not move on by much. Many who ask for the
//! same page at once have it read once: on PostgreSQL, 16 connections that read the same
//! rows every 5 seconds held everybody up for a fifth of a second.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::Failure;
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
pub(crate) struct Shelf {
    places: Mutex<HashMap<Key, Place>>,
    read: Condvar,
}

/// Where a page stands.
#[derive(Default)]
struct Place {
    kept: Option<Kept>,
    /// As of which position somebody reads it now.
    reading: Option<Stamp>,
}

struct Kept {
    stamp: Stamp,
    since: Instant,
    listed: Arc<Listed>,
}

/// What somebody is to do who wants a page.
enum Next {
    Take(Arc<Listed>),
    Read,
    Wait,
}

impl Shelf {
    /// The page, from before if it is still true. While one reads it others go on with the
    /// page from before if only time has passed since, and wait for the new one if more has.
    pub(crate) fn of(
        &self,
        key: Key,
        stamp: Stamp,
        read: impl FnOnce() -> Result<Listed, Failure>,
    ) -> Result<Arc<Listed>, Failure> {
        let mut places = self.lock();
        loop {
            if places.len() >= KEPT_MAX && !places.contains_key(&key) {
                places.clear();
            }
            let place = places.entry(key.clone()).or_default();
            match place.next(stamp) {
                Next::Take(listed) => return Ok(listed),
                Next::Wait => {
                    places = self.read.wait(places).unwrap_or_else(PoisonError::into_inner);
                }
                Next::Read => {
                    place.reading = Some(stamp);
                    break;
                }
            }
        }
        drop(places);
        let turn = Turn { shelf: self, key, stamp };
        // Good from the moment its reading began.
        let since = Instant::now();
        let listed = Arc::new(read()?);
        turn.keep(Kept { stamp, since, listed: listed.clone() });
        Ok(listed)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn next(&self, stamp: Stamp) -> Next {
        let being_read = self.reading == Some(stamp);
        match self.kept.as_ref().filter(|kept| kept.stamp == stamp) {
            Some(kept) if being_read || kept.since.elapsed() < GOOD_FOR => {
                Next::Take(kept.listed.clone())
            }
            None if being_read => Next::Wait,
            _ => Next::Read,
        }
    }
}

/// Somebody's turn to read. When it ends, however it ends, those who wait look again.
struct Turn<'a> {
    shelf: &'a Shelf,
    key: Key,
    stamp: Stamp,
}

impl Turn<'_> {
    fn keep(&self, kept: Kept) {
        self.shelf.lock().entry(self.key.clone()).or_default().kept = Some(kept);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.shelf.lock().get_mut(&self.key)
            && place.reading == Some(self.stamp)
        {
            place.reading = None;
        }
        self.shelf.read.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn key() -> Key {
        ("mara".into(), "state:open".into(), String::new())
    }

    fn empty() -> Listed {
        Listed { page: Page::default(), ahead: None }
    }

    /// Whether the page was read anew.
    fn reads(shelf: &Shelf, key: &Key, stamp: Stamp) -> bool {
        let mut read = false;
        let listed = shelf.of(key.clone(), stamp, || {
            read = true;
            Ok(empty())
        });
        listed.unwrap();
        read
    }

    /// Makes the page look as old as this.
    fn age(shelf: &Shelf, seconds: u64) {
        for kept in shelf.lock().values_mut().filter_map(|place| place.kept.as_mut()) {
            kept.since = Instant::now()
                .checked_sub(Duration::from_secs(seconds))
                .expect("the machine runs for longer");
        }
    }

    #[test]
    fn a_page_is_true_until_something_happens() {
        let shelf = Shelf::default();
        assert!(reads(&shelf, &key(), (5, 1)));
        assert!(!reads(&shelf, &key(), (5, 1)));
        assert!(reads(&shelf, &key(), (6, 1)));
        assert!(reads(&shelf, &key(), (6, 2)));
        let (_, query, cursor) = key();
        assert!(reads(&shelf, &("ines".into(), query, cursor), (6, 2)));
        age(&shelf, 6);
        assert!(reads(&shelf, &key(), (6, 2)));
    }

    #[test]
    fn one_reads_and_the_others_go_on_with_the_page_from_before() {
        let shelf = Shelf::default();
        assert!(reads(&shelf, &key(), (5, 1)));
        age(&shelf, 6);
        let listed = shelf.of(key(), (5, 1), || {
            assert!(!reads(&shelf, &key(), (5, 1)));
            Ok(empty())
        });
        assert!(listed.is_ok());
    }

    #[test]
    fn many_who_want_a_new_page_have_it_read_once() {
        let (shelf, count) = (Shelf::default(), AtomicUsize::new(0));
        let together = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    together.wait();
                    let listed = shelf.of(key(), (5, 1), || {
                        count.fetch_add(1, Ordering::Relaxed);
                        Ok(empty())
                    });
                    assert!(listed.is_ok());
                });
            }
        });
        assert_eq!(count.into_inner(), 1);
    }

    #[test]
    fn whoever_waits_for_a_reading_that_fails_reads_it_then() {
        let shelf = Shelf::default();
        let failed = shelf.of(key(), (5, 1), || Err(Failure::Unavailable("gone".into())));
        assert!(failed.is_err());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            shelf.of(key(), (5, 1), || panic!("in the middle"))
        }));
        assert!(panicked.is_err());
        assert!(reads(&shelf, &key(), (5, 1)));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let shelf = Shelf::default();
        for person in 0..3 * KEPT_MAX {
            assert!(reads(&shelf, &(person.to_string(), String::new(), String::new()), (5, 1)));
            assert!(shelf.lock().len() <= KEPT_MAX);
        }
    }
}
