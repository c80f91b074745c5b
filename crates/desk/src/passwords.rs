//! Hashing and checking passwords. Each takes 19 MiB and tens of milliseconds on
//! purpose, so few run at once: the threads that read the database, and the
//! memory, are for whoever works.

use crate::Trouble;
use crate::chance::{bytes, secret};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use incident::Refusal;
use kernel::limits;
use std::sync::OnceLock;
use store::Failure;
use tokio::sync::Semaphore;

/// Passwords hashed at the same time.
const AT_ONCE: usize = 2;
/// Passwords being hashed or waiting for it: about a second's worth. Whoever comes
/// then is told to come back.
const WAITING_MAX: usize = 48;

/// Of the process, because its memory is.
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
static ROOM: Semaphore = Semaphore::const_new(WAITING_MAX);

/// Checks a new password against the rules and hashes it (argon2id, the
/// library's defaults: 19 MiB, 2 rounds). Takes tens of milliseconds on purpose.
pub async fn hash_password(password: &str) -> Result<String, Trouble> {
    let length = password.chars().count();
    if length < limits::PASSWORD_MIN_CHARS {
        let words =
            format!("has {length} characters; it needs at least {}", limits::PASSWORD_MIN_CHARS);
        return Err(Refusal::invalid("password", words).into());
    }
    if length > limits::PASSWORD_MAX_CHARS {
        let words = format!("is longer than {} characters", limits::PASSWORD_MAX_CHARS);
        return Err(Refusal::invalid("password", words).into());
    }
    let password = password.to_owned();
    in_turn(move || hash(&password)).await?.ok_or_else(|| {
        Failure::Unavailable("the password could not be hashed; try again".into()).into()
    })
}

/// Whether this password fits the stored hash. Without a hash none fits, and it
/// takes as long to say so.
pub(crate) async fn verify(password: String, stored: Option<String>) -> Result<bool, Trouble> {
    if password.chars().count() > limits::PASSWORD_MAX_CHARS {
        return Ok(false);
    }
    in_turn(move || {
        let stored = stored.as_deref().unwrap_or_else(|| hash_of_nobody());
        let Ok(parsed) = PasswordHash::new(stored) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
    })
    .await
}

/// Runs it when it is its turn, on a thread that may block.
async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Trouble> {
    let _room = ROOM.try_acquire().map_err(|_| Trouble::Overloaded)?;
    let turn = TURNS.acquire().await.map_err(|_| Trouble::Overloaded)?;
    // The turn lasts as long as the work, even if nobody waits for it any more.
    let done = crate::on_a_thread(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await.map_err(|error| Failure::Broken(format!("hashing a password: {error}")).into())
}

fn hash(password: &str) -> Option<String> {
    let salt: [u8; 16] = bytes();
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .ok()
        .map(|hash| hash.to_string())
}

/// A hash that no password fits, to spend the same time on unknown accounts.
fn hash_of_nobody() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash(&secret("")).unwrap_or_default())
}
