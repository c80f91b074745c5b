//! Signing in. One path leads from a credential (session cookie or bearer
//! token) to a viewer.

use crate::chance::{bytes, secret, secret_hash};
use crate::{Desk, Trouble};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use incident::{Refusal, TokenScope, Viewer};
use kernel::{PersonId, Timestamp, TokenId, limits};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use store::directory::people::Person;
use store::directory::sessions::Session;
use tokio::sync::Semaphore;

/// Seconds a session lasts without use.
const SESSION_SECONDS: i64 = 14 * 86_400;
/// A session's use is written down at most this often.
const TOUCH_SECONDS: i64 = 3_600;
/// How long a credential is believed without looking again. Signing out and
/// changes of people on this node are in force at once; on other nodes after this.
const BELIEVED_FOR: Duration = Duration::from_secs(5);
/// Credentials remembered at most.
const CREDENTIALS_MAX: usize = 20_000;
/// Passwords hashed at the same time: 19 MiB each.
const HASHES_AT_ONCE: usize = 4;
/// What the browser's name is cut to.
const AGENT_CHARS: usize = 200;

/// What somebody shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The secret of a session cookie.
    Session(String),
    /// The secret of an API token.
    Token(String),
}

/// Who that is.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Rights.
    pub viewer: Viewer,
    /// The person.
    pub person: Person,
    /// The session's hash, if it is one.
    pub session: Option<Vec<u8>>,
    /// The token, if it is one.
    pub token: Option<TokenId>,
    /// When it ends, unless it is used; `None` is never.
    pub ends: Option<Timestamp>,
}

/// Who showed a credential, and when that was last looked up.
type Believed = HashMap<Vec<u8>, (Arc<SignIn>, Instant)>;

#[derive(Default)]
pub(crate) struct Cache(Mutex<Believed>);

impl Cache {
    pub(crate) fn forget_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Believed> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn get(&self, hash: &[u8], now: Timestamp) -> Option<Arc<SignIn>> {
        self.lock()
            .get(hash)
            .filter(|(_, since)| since.elapsed() < BELIEVED_FOR)
            .filter(|(found, _)| found.ends.is_none_or(|ends| now < ends))
            .map(|(found, _)| found.clone())
    }

    fn keep(&self, hash: Vec<u8>, found: Arc<SignIn>) {
        let mut known = self.lock();
        if known.len() >= CREDENTIALS_MAX {
            known.clear();
        }
        known.insert(hash, (found, Instant::now()));
    }
}

impl Desk {
    /// Signs somebody in by password; gives the secret of a new session.
    /// Answers alike, and takes as long, whether the account exists or not.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        address: &str,
        agent: &str,
    ) -> Result<(String, PersonId), Trouble> {
        let email = email.trim().to_lowercase();
        let attempt = self.0.sign_ins.begin(&email, address, Instant::now()).map_err(|wait| {
            // Rounded up, so that waiting so long is enough.
            Trouble::Throttled { seconds: wait.as_millis().div_ceil(1_000) as u64 }
        })?;
        let wanted = email.clone();
        let found = self
            .read(move |sql| {
                let Some(person) = store::directory::people::by_email(sql, &wanted)? else {
                    return Ok(None);
                };
                let hash = store::directory::people::password_hash(sql, person.id)?;
                Ok(hash.filter(|_| person.active).map(|hash| (person, hash)))
            })
            .await?;
        let (person, hash) = found.unzip();
        let fits = verify(password.to_owned(), hash).await;
        let person = person.filter(|_| fits).ok_or(Trouble::Unknown)?;
        attempt.succeeded();
        let secret = self.open_session(person.id, agent).await?;
        Ok((secret, person.id))
    }

    /// Opens a session without a password: single sign-on and the demo's links.
    pub async fn open_session(&self, person: PersonId, agent: &str) -> Result<String, Trouble> {
        let secret = secret("");
        let now = self.now();
        let session = Session {
            secret_hash: secret_hash(&secret),
            person,
            created_at: now,
            seen_at: now,
            expires_at: now.plus_seconds(SESSION_SECONDS),
            agent: agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect(),
        };
        self.write(move |sql| Ok(store::directory::sessions::insert(sql, &session)?)).await?;
        Ok(secret)
    }

    /// Ends a session.
    pub async fn sign_out(&self, session: Vec<u8>) -> Result<(), Trouble> {
        self.0.credentials.lock().remove(&key(true, &session));
        self.write(move |sql| {
            store::directory::sessions::delete(sql, &session)?;
            Ok(())
        })
        .await
    }

    /// Ends all sessions of a person but one.
    pub async fn sign_out_elsewhere(
        &self,
        person: PersonId,
        except: Option<Vec<u8>>,
    ) -> Result<u64, Trouble> {
        let ended = self
            .write(move |sql| {
                Ok(store::directory::sessions::delete_of_person(sql, person, except.as_deref())?)
            })
            .await;
        self.0.credentials.forget_all();
        ended
    }

    /// Who shows this credential; `None` if nobody does any more.
    pub async fn who(&self, credential: &Credential) -> Result<Option<Arc<SignIn>>, Trouble> {
        let (is_session, hash) = match credential {
            Credential::Session(secret) => (true, secret_hash(secret)),
            Credential::Token(secret) => (false, secret_hash(secret)),
        };
        let key = key(is_session, &hash);
        let now = self.now();
        if let Some(found) = self.0.credentials.get(&key, now) {
            return Ok(Some(found));
        }
        let found = if is_session {
            self.by_session(hash, now).await?
        } else {
            self.by_token(hash, now).await?
        };
        let found = found.map(Arc::new);
        if let Some(found) = &found {
            self.0.credentials.keep(key, found.clone());
        }
        Ok(found)
    }

    async fn by_session(&self, hash: Vec<u8>, now: Timestamp) -> Result<Option<SignIn>, Trouble> {
        let wanted = hash.clone();
        let found =
            self.read(move |sql| store::directory::sessions::find(sql, &wanted, now)).await?;
        let Some((session, person)) = found else { return Ok(None) };
        if now.seconds_since(session.seen_at) > TOUCH_SECONDS {
            let touched = hash.clone();
            let ends = now.plus_seconds(SESSION_SECONDS);
            self.write(move |sql| Ok(store::directory::sessions::touch(sql, &touched, now, ends)?))
                .await?;
        }
        let (viewer, ends) = (self.viewer(&person, TokenScope::Admin), Some(session.expires_at));
        Ok(Some(SignIn { viewer, person, session: Some(hash), token: None, ends }))
    }

    async fn by_token(&self, hash: Vec<u8>, now: Timestamp) -> Result<Option<SignIn>, Trouble> {
        let found = self.read(move |sql| store::directory::tokens::find(sql, &hash, now)).await?;
        let Some((token, person)) = found else { return Ok(None) };
        let id = token.id;
        if token.used_at.is_none_or(|used| now.seconds_since(used) > TOUCH_SECONDS) {
            self.write(move |sql| Ok(store::directory::tokens::touch(sql, id, now).map(|_| ())?))
                .await?;
        }
        let (viewer, ends) = (self.viewer(&person, token.scope), token.expires_at);
        Ok(Some(SignIn { viewer, person, session: None, token: Some(id), ends }))
    }

    /// The rights of a person, narrowed to a scope.
    pub fn viewer(&self, person: &Person, scope: TokenScope) -> Viewer {
        Viewer {
            person: person.id,
            name: person.name.clone(),
            roles: person.roles.clone(),
            teams: self.policy().teams_of(person.id),
            organisation: person.visible_organisation(),
            scope,
        }
    }
}

/// One key space for both would let a cookie's secret serve as a token.
fn key(is_session: bool, hash: &[u8]) -> Vec<u8> {
    [&[u8::from(is_session)], hash].concat()
}

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
        return Err(Refusal::invalid(
            "password",
            format!("is longer than {} characters", limits::PASSWORD_MAX_CHARS),
        )
        .into());
    }
    let password = password.to_owned();
    let hashed = hashing(move || hash(&password)).await;
    hashed.flatten().ok_or_else(|| {
        store::Failure::Unavailable("the password could not be hashed; try again".into()).into()
    })
}

fn hash(password: &str) -> Option<String> {
    let salt: [u8; 16] = bytes();
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .ok()
        .map(|hash| hash.to_string())
}

/// Whether a password fits what is stored; nothing fits where nothing is, and that takes as long.
async fn verify(password: String, stored: Option<String>) -> bool {
    if password.chars().count() > limits::PASSWORD_MAX_CHARS {
        return false;
    }
    let fits = move || {
        let stored = stored.unwrap_or_else(hash_of_nobody);
        let Ok(parsed) = PasswordHash::new(&stored) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
    };
    hashing(fits).await.unwrap_or(false)
}

/// Runs what takes a hash's memory and time, a few at once: whoever sends many
/// passwords waits, and takes neither memory nor processors from the others.
async fn hashing<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    static PLACES: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);
    let place = PLACES.acquire().await.ok()?;
    let in_place = move || {
        let _place = place;
        f()
    };
    tokio::task::spawn_blocking(in_place).await.ok()
}

/// A hash that no password fits, to spend the same time on unknown accounts.
fn hash_of_nobody() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash(&secret("")).unwrap_or_default()).clone()
}
