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
/// How long "999+" is good whatever happens: so many are soon no fewer, and take longest to count.
const MANY_GOOD_FOR: Duration = Duration::from_secs(30);
/// How long a count is good while nothing happens: what is due moves by itself.
const GOOD_WHILE_QUIET: Duration = Duration::from_secs(10);
/// Counts kept at most.
const KEPT_MAX: usize = 100_000;

/// Counts of views, by what may be seen and the query.
#[derive(Default)]
pub(crate) struct Counts(Mutex<HashMap<Key, Kept>>);

#[derive(Clone, Copy)]
struct Kept {
    count: i64,
    stamp: Stamp,
    since: Instant,
    /// Since when somebody counts anew.
    recounted: Option<Instant>,
}

/// What a count was true for: the position of the feed and the version of the configuration.
pub(crate) type Stamp = (i64, i64);

type Key = (String, String);

impl Counts {
    /// The count of a view, from before if it is still good. While one counts anew,
    /// others go on with the count from before.
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
        match self.kept(&key, stamp) {
            Some(count) => Ok(count),
            None => self.counted(sql, look, key, expr, stamp),
        }
    }

    /// The count of a view without waiting for others who count it: for those who
    /// will not ask again.
    pub(crate) fn settled(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        who: &str,
        text: &str,
        expr: &Expr,
        stamp: Stamp,
    ) -> Result<i64, Failure> {
        match self.known(who, text, stamp) {
            Some(count) => Ok(count),
            None => self.counted(sql, look, (who.to_owned(), text.to_owned()), expr, stamp),
        }
    }

    /// The count of a view from before, if it is still good: nothing is counted for it.
    pub(crate) fn known(&self, who: &str, text: &str, stamp: Stamp) -> Option<i64> {
        let key = (who.to_owned(), text.to_owned());
        self.lock().get(&key).filter(|kept| kept.is_good(stamp)).map(|kept| kept.count)
    }

    fn counted(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        key: Key,
        expr: &Expr,
        stamp: Stamp,
    ) -> Result<i64, Failure> {
        // Good from the moment it was begun: what happens while counting may not be in it.
        let since = Instant::now();
        let count = list::count(sql, look, expr, AT_MOST)?;
        let mut kept = self.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, Kept { count, stamp, since, recounted: None });
        Ok(count)
    }

    /// The count from before; `None` says that the caller is to count.
    fn kept(&self, key: &Key, stamp: Stamp) -> Option<i64> {
        let mut all = self.lock();
        let kept = all.get_mut(key)?;
        // Whoever counts may have failed: after a while the next one tries.
        let counted = kept.recounted.is_some_and(|since| since.elapsed() < GOOD_FOR)
            && kept.stamp.1 == stamp.1;
        if kept.is_good(stamp) || counted {
            return Some(kept.count);
        }
        kept.recounted = Some(Instant::now());
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_good(&self, stamp: Stamp) -> bool {
        let age = self.since.elapsed();
        let good_for = if self.count >= AT_MOST { MANY_GOOD_FOR } else { GOOD_FOR };
        age < good_for && self.stamp.1 == stamp.1 || age < GOOD_WHILE_QUIET && self.stamp == stamp
    }
}

/// Whose counts they are: people share them only if they see the same and are the same person.
pub(crate) fn whose(scope: &Scope, zone: &str) -> String {
    let Scope { everything, open_to_staff, teams, person, organisation, nothing } = scope;
    let flags = [everything, open_to_staff, nothing].map(|flag| u8::from(*flag));
    let company = organisation.map(|company| company.to_string()).unwrap_or_default();
    let mut key = format!("{person} {zone} {flags:?} {company}");
    for team in teams {
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

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{OrganisationId, PersonId, TeamId};
    use std::collections::BTreeSet;

    fn kept_since(count: i64, seconds: u64, stamp: Stamp) -> (Counts, Key) {
        let key = ("mara".to_owned(), "state:open".to_owned());
        let since = Instant::now()
            .checked_sub(Duration::from_secs(seconds))
            .expect("the machine runs for longer");
        let counts = Counts::default();
        counts.lock().insert(key.clone(), Kept { count, stamp, since, recounted: None });
        (counts, key)
    }

    #[test]
    fn a_count_is_good_for_a_second_and_longer_while_nothing_happens_or_it_is_many() {
        for (count, seconds, now, good) in [
            (7, 0, (6, 1), true),
            (7, 2, (5, 1), true),
            (7, 2, (6, 1), false),
            (7, 20, (5, 1), false),
            (7, 0, (5, 2), false),
            (AT_MOST, 20, (6, 1), true),
            (AT_MOST, 40, (5, 1), false),
            (AT_MOST, 0, (5, 2), false),
        ] {
            let (counts, key) = kept_since(count, seconds, (5, 1));
            let known = counts.known(&key.0, &key.1, now);
            assert_eq!(known.is_some(), good, "{count}, {seconds} s, at {now:?}");
            assert_eq!(counts.kept(&key, now).is_some(), good, "{count}, {seconds} s, at {now:?}");
        }
    }

    #[test]
    fn one_counts_and_the_others_go_on() {
        let (counts, key) = kept_since(7, 20, (5, 1));
        assert_eq!(counts.kept(&key, (6, 1)), None);
        assert_eq!(counts.kept(&key, (6, 1)), Some(7));
    }

    #[test]
    fn whoever_sees_something_else_counts_anew() {
        let id = desk::fresh();
        let scope = Scope {
            everything: false,
            open_to_staff: false,
            teams: [].into(),
            person: PersonId(id),
            organisation: None,
            nothing: false,
        };
        let others = [
            Scope { everything: true, ..scope.clone() },
            Scope { open_to_staff: true, ..scope.clone() },
            Scope { teams: [TeamId(id)].into(), ..scope.clone() },
            Scope { organisation: Some(OrganisationId(id)), ..scope.clone() },
            Scope { nothing: true, ..scope.clone() },
            scope,
        ];
        let keys: BTreeSet<String> = others.iter().map(|scope| whose(scope, "UTC")).collect();
        assert_eq!(keys.len(), others.len());
    }

    #[test]
    fn many_are_said_as_many() {
        assert_eq!((words(17), words(AT_MOST)), ("17".to_owned(), "999+".to_owned()));
        assert_eq!(total(3, "team:mine state:open"), "3 open");
        assert_eq!(total(3, "state:closed"), "3");
    }
}
