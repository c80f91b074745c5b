//! Slowing down whoever guesses passwords. Tries count thrice: for the account
//! from this address, for the address, and for the account from anywhere. The
//! first is strict; the others are wide, so that neither a stranger's guesses nor
//! a colleague's behind the same address keep somebody out.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failures are forgotten after this time without another.
const FORGET_AFTER: Duration = Duration::from_secs(900);
/// The first wait; it doubles with each further failure.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// Keys remembered at most.
const KEYS_MAX: usize = 100_000;

/// How many failures are free, and how long one waits at most. Nothing is ever
/// locked for good: that would be an attack of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    /// One account from one address.
    Pair,
    /// One address, whatever the accounts: an office behind it has many people.
    Address,
    /// One account from anywhere: guesses from many addresses at once.
    Account,
}

impl Rule {
    const fn free(self) -> u32 {
        match self {
            Rule::Pair => 5,
            Rule::Address => 50,
            Rule::Account => 100,
        }
    }

    const fn longest_wait(self) -> Duration {
        match self {
            Rule::Pair | Rule::Address => Duration::from_secs(300),
            Rule::Account => Duration::from_secs(30),
        }
    }
}

type Key = (Rule, String);

#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    /// Failures, and the tries under way.
    count: u32,
    /// When the last of them began.
    last: Instant,
    /// The tries under way.
    open: u32,
    /// When the last try began that is known to have failed: what is right, however
    /// often, keeps no failure from being forgotten.
    failed: Instant,
}

/// A try that has begun. It counts as failed until it is known to be right, so
/// that guesses sent all at once count as well.
#[must_use]
pub(crate) struct Try<'a> {
    throttle: &'a Throttle,
    keys: [Key; 3],
    begun: Instant,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// As long as nothing else is known.
    Failed,
    /// It was them.
    Succeeded,
    /// It could not be checked.
    Withdrawn,
}

impl Throttle {
    /// Begins a try of this account from this address, or says how long it still has to wait.
    pub(crate) fn begin(
        &self,
        account: &str,
        address: &str,
        now: Instant,
    ) -> Result<Try<'_>, Duration> {
        let keys = [
            (Rule::Pair, format!("{account} {address}")),
            (Rule::Address, address.to_owned()),
            (Rule::Account, account.to_owned()),
        ];
        let mut known = self.lock();
        let left = |key: &Key| known.get(key).and_then(|failures| failures.left(key.0, now));
        if let Some(wait) = keys.iter().filter_map(left).max() {
            return Err(wait);
        }
        for key in &keys {
            let mut failures = known.get(key).copied().unwrap_or(Failures::none(now));
            if failures.is_forgotten(now) {
                failures.count = failures.open;
            }
            failures.count = failures.count.saturating_add(1);
            failures.open = failures.open.saturating_add(1);
            failures.last = now;
            if known.len() >= KEYS_MAX && !known.contains_key(key) {
                make_room(&mut known, now);
            }
            known.insert(key.clone(), failures);
        }
        Ok(Try { throttle: self, keys, begun: now, outcome: Outcome::Failed })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Failures>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Try<'_> {
    /// It was them. Their own failures are forgotten; this one was none for the others.
    pub(crate) fn succeeded(mut self) {
        self.outcome = Outcome::Succeeded;
    }

    /// It could not be checked, which is nobody's fault.
    pub(crate) fn withdrawn(mut self) {
        self.outcome = Outcome::Withdrawn;
    }
}

impl Drop for Try<'_> {
    fn drop(&mut self) {
        let mut known = self.throttle.lock();
        for key in &self.keys {
            if key.0 == Rule::Pair && self.outcome == Outcome::Succeeded {
                known.remove(key);
            } else if let Some(failures) = known.get_mut(key) {
                failures.settle(self.begun, self.outcome);
            }
        }
    }
}

impl Failures {
    const fn none(now: Instant) -> Self {
        Failures { count: 0, last: now, open: 0, failed: now }
    }

    /// What a try came to that was under way.
    fn settle(&mut self, begun: Instant, outcome: Outcome) {
        self.open = self.open.saturating_sub(1);
        match outcome {
            Outcome::Failed => self.failed = self.failed.max(begun),
            Outcome::Succeeded | Outcome::Withdrawn => self.count = self.count.saturating_sub(1),
        }
        if self.open == 0 {
            self.last = self.failed;
        }
    }

    fn left(&self, rule: Rule, now: Instant) -> Option<Duration> {
        let over = self.count.checked_sub(rule.free())?;
        let wait = FIRST_WAIT.saturating_mul(1 << over.min(10)).min(rule.longest_wait());
        wait.checked_sub(now.duration_since(self.last)).filter(|left| !left.is_zero())
    }

    fn is_forgotten(&self, now: Instant) -> bool {
        now.duration_since(self.last) >= FORGET_AFTER
    }
}

/// Drops what is forgotten; if that is nothing, the older half.
fn make_room(known: &mut HashMap<Key, Failures>, now: Instant) {
    known.retain(|_, failures| !failures.is_forgotten(now));
    if known.len() < KEYS_MAX {
        return;
    }
    let mut ages: Vec<Instant> = known.values().map(|failures| failures.last).collect();
    let middle = ages.len() / 2;
    let (_, median, _) = ages.select_nth_unstable(middle);
    let median = *median;
    known.retain(|_, failures| failures.last > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries wrong passwords until one has to wait; how many were free, and the wait.
    fn guess(throttle: &Throttle, account: &str, address: &str, now: Instant) -> (u32, Duration) {
        for free in 0.. {
            match throttle.begin(account, address, now) {
                Ok(wrong) => drop(wrong),
                Err(wait) => return (free, wait),
            }
        }
        unreachable!()
    }

    #[test]
    fn guessing_gets_slower_and_is_forgiven() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let (free, first) = guess(&throttle, "a", "home", start);
        assert_eq!(free, Rule::Pair.free());
        let later = start + first;
        drop(throttle.begin("a", "home", later).ok().unwrap());
        let second = throttle.begin("a", "home", later).err().unwrap();
        assert!(second > first);
        assert!(throttle.begin("a", "home", later + FORGET_AFTER).is_ok());
    }

    #[test]
    fn signing_in_wipes_the_slate() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..Rule::Pair.free() - 1 {
            drop(throttle.begin("a", "home", now));
        }
        throttle.begin("a", "home", now).ok().unwrap().succeeded();
        let (free, _) = guess(&throttle, "a", "home", now);
        assert_eq!(free, Rule::Pair.free());
    }

    #[test]
    fn what_could_not_be_checked_does_not_count() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..2 * Rule::Address.free() {
            throttle.begin("a", "home", now).ok().unwrap().withdrawn();
        }
        let (free, _) = guess(&throttle, "a", "home", now);
        assert_eq!(free, Rule::Pair.free());
    }

    #[test]
    fn an_office_that_signs_in_does_not_count_against_itself() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..4 * Rule::Address.free() {
            throttle.begin(&format!("a{n}"), "office", now).ok().unwrap().succeeded();
        }
    }

    #[test]
    fn failures_are_forgotten_while_others_sign_in() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        for n in 0..60 {
            while let Err(wait) = throttle.begin(&format!("x{n}"), "office", now).map(drop) {
                now += wait;
            }
        }
        for _ in 0..16 {
            now += Duration::from_secs(60);
            if let Ok(right) = throttle.begin("gwen", "office", now) {
                right.succeeded();
            }
        }
        let after = throttle.begin("gwen", "office", now).map(Try::succeeded);
        assert_eq!(after, Ok(()));
    }

    #[test]
    fn two_who_sign_in_at_once_leave_nothing_behind() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let second = |n: u64| start + Duration::from_secs(n);
        drop(throttle.begin("x", "office", start));
        let first = throttle.begin("gwen", "office", second(800)).ok().unwrap();
        let other = throttle.begin("mara", "office", second(801)).ok().unwrap();
        first.succeeded();
        other.succeeded();
        let last = throttle.lock()[&(Rule::Address, "office".to_owned())].last;
        assert_eq!(last, start);
    }

    #[test]
    fn whoever_guesses_keeps_nobody_else_out() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        guess(&throttle, "gwen", "attacker", now);
        assert!(throttle.begin("gwen", "home", now).is_ok(), "her own door stays open");
        assert!(throttle.begin("peter", "attacker", now).is_ok(), "so does a colleague's");
    }

    #[test]
    fn many_accounts_from_one_address_and_one_account_from_many_have_their_limits() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let from_one = (0..1_000).find(|n| throttle.begin(&format!("a{n}"), "one", now).is_err());
        assert_eq!(from_one, Some(Rule::Address.free()));
        let from_many = (0..1_000).find(|n| throttle.begin("b", &format!("x{n}"), now).is_err());
        assert_eq!(from_many, Some(Rule::Account.free()));
        let wait = throttle.begin("b", "another", now).err().unwrap();
        assert!(wait <= Rule::Account.longest_wait());
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for n in 0..KEYS_MAX {
            let now = start + Duration::from_millis(n as u64 / 1_000);
            drop(throttle.begin(&format!("a{n}"), &format!("x{n}"), now));
        }
        assert!(throttle.lock().len() <= KEYS_MAX);
    }
}
