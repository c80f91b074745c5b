//! Counts of views, kept for a moment: many pages ask for the same ones, and
//! between two changes nothing but time can move them.

use incident::Scope;
use query::Expr;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::incidents::list::{self, Look};
use store::{Failure, Sql};

/// Counting stops here: "999+" says enough.
pub(crate) const AT_MOST: i64 = 1_000;
/// How long a count is good whatever happens.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// How long a count is good while nothing happens: what is due moves by itself.
const GOOD_WHILE_QUIET: Duration = Duration::from_secs(10);
/// Counts kept at most.
const KEPT_MAX: usize = 100_000;

/// Counts of views, by what may be seen and the query.
#[derive(Default)]
pub(crate) struct Counts(Mutex<HashMap<(String, String), Kept>>);

#[derive(Clone, Copy)]
struct Kept {
    count: i64,
    stamp: Stamp,
    since: Instant,
}

/// What a count was true for: the position of the feed and the version of the configuration.
pub(crate) type Stamp = (i64, i64);

impl Counts {
    /// The count of a view, from before if it is still good.
    pub(crate) fn of(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        who: &str,
        text: &str,
        expr: &Expr,
        stamp: Stamp,
    ) -> Result<i64, Failure> {
        let key = (who.to_owned(), text.to_owned());
        if let Some(count) = self.kept(&key, stamp) {
            return Ok(count);
        }
        let count = list::count(sql, look, expr, AT_MOST)?;
        let mut kept = self.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, Kept { count, stamp, since: Instant::now() });
        Ok(count)
    }

    fn kept(&self, key: &(String, String), stamp: Stamp) -> Option<i64> {
        let kept = self.lock().get(key).copied()?;
        let age = kept.since.elapsed();
        let good = age < GOOD_FOR && kept.stamp.1 == stamp.1
            || age < GOOD_WHILE_QUIET && kept.stamp == stamp;
        good.then_some(kept.count)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose counts they are: people share them only if they see the same and are the same person.
pub(crate) fn whose(scope: &Scope, zone: &str) -> String {
    let mut key = format!("{} {zone} {}", scope.person, u8::from(scope.everything));
    for team in &scope.teams {
        key.push(' ');
        key.push_str(&team.to_string());
    }
    key
}

/// "17 open", or "17" where not all of them are.
pub(crate) fn total(count: i64, text: &str) -> String {
    let open = text.split_whitespace().any(|term| term == "state:open");
    format!("{}{}", words(count), if open { " open" } else { "" })
}

/// "17", "999+".
pub(crate) fn words(count: i64) -> String {
    if count >= AT_MOST { format!("{}+", AT_MOST - 1) } else { count.to_string() }
}
