//! What a door gets when something is not done: the user's refusal apart from our failure.

use incident::Refusal;
use incident::policy::Fault;
use store::Failure;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The wish was refused; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Values that break rules, at least one; nothing changed.
    #[error("{}", in_words(.0))]
    Faults(Vec<Fault>),
    /// Somebody changed it since the version the caller saw.
    #[error(
        "it was changed since you saw version {seen}; it is at version {current} now. Look again and repeat"
    )]
    Stale {
        /// What the caller expected.
        seen: i64,
        /// What it is.
        current: i64,
    },
    /// The same idempotency key came with another request.
    #[error("this idempotency key was used for another request; use a new key")]
    KeyReused,
    /// Too much waits; trying again in a moment helps.
    #[error("too much is waiting; try again in a second")]
    Overloaded,
    /// Too many tries; waiting helps.
    #[error("too many tries; wait {seconds} seconds")]
    Throttled {
        /// How long to wait.
        seconds: u64,
    },
    /// Nobody known, or not with this secret.
    #[error("the e-mail address or the password does not match")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Trouble::Faults(vec![fault])
    }
}

/// Refuses to change what is at another version by now than whoever changes it saw. Who names none
/// changes it as it is.
///
/// # Errors
///
/// [`Trouble::Stale`].
pub fn check_seen(seen: Option<i64>, current: i64) -> Result<(), Trouble> {
    match seen {
        Some(seen) if seen != current => Err(Trouble::Stale { seen, current }),
        _ => Ok(()),
    }
}

fn in_words(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; ")
}
