//! Signing in. One path leads from a credential (session cookie or bearer
//! token) to a viewer.

use crate::chance::{secret, secret_hash};
use crate::{Desk, Trouble, passwords};
use incident::{TokenScope, Viewer};
use kernel::{PersonId, Timestamp, TokenId};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::directory::people::Person;
use store::directory::sessions::Session;

pub use crate::passwords::hash_password;

/// Seconds a session lasts without use.
const SESSION_SECONDS: i64 = 14 * 86_400;
/// A session's use is written down at most this often.
const SESSION_TOUCH_SECONDS: i64 = 3_600;
/// How long a credential is believed without looking again. Signing out and
/// changes of people on this node are in force at once; on other nodes after this.
const BELIEVED_FOR: Duration = Duration::from_secs(5);
/// Credentials remembered at most.
pub(crate) const CREDENTIALS_MAX: usize = 20_000;
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
pub(crate) type Cache = crate::cache::Cache<Vec<u8>, (Arc<SignIn>, Instant)>;

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
        let found = self
            .read(move |sql| {
                let Some(person) = store::directory::people::by_email(sql, &email)? else {
                    return Ok(None);
                };
                let hash = store::directory::people::password_hash(sql, person.id)?;
                Ok(hash.filter(|_| person.active).map(|hash| (person, hash)))
            })
            .await;
        let checked = match found {
            Ok(found) => {
                let (person, hash) = found.unzip();
                let fits = passwords::verify(password.to_owned(), hash).await;
                fits.map(|fits| person.filter(|_: &Person| fits))
            }
            Err(trouble) => Err(trouble),
        };
        match checked {
            Ok(Some(person)) => {
                attempt.succeeded();
                let secret = self.open_session(person.id, agent).await?;
                Ok((secret, person.id))
            }
            Ok(None) => Err(Trouble::Unknown),
            Err(trouble) => {
                attempt.withdrawn();
                Err(trouble)
            }
        }
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
        let key = key(true, &session);
        let ended = self
            .write(move |sql| Ok(store::directory::sessions::delete(sql, &session).map(drop)?))
            .await;
        self.0.credentials.forget(&key);
        ended
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
        if let Some((found, since)) = self.0.credentials.get(&key)
            && since.elapsed() < BELIEVED_FOR
            && found.ends.is_none_or(|ends| now < ends)
        {
            return Ok(Some(found));
        }
        let age = self.0.credentials.age();
        let found = if is_session {
            self.by_session(hash, now).await?
        } else {
            self.by_token(hash, now).await?
        };
        let found = found.map(Arc::new);
        if let Some(found) = &found {
            self.0.credentials.keep(age, key, (found.clone(), Instant::now()));
        }
        Ok(found)
    }

    async fn by_session(&self, hash: Vec<u8>, now: Timestamp) -> Result<Option<SignIn>, Trouble> {
        let wanted = hash.clone();
        let found =
            self.read(move |sql| store::directory::sessions::find(sql, &wanted, now)).await?;
        let Some((session, person)) = found else { return Ok(None) };
        if now.seconds_since(session.seen_at) > SESSION_TOUCH_SECONDS {
            let touched = hash.clone();
            let ends = now.plus_seconds(SESSION_SECONDS);
            self.write_later("the use of a session", move |sql| {
                store::directory::sessions::touch(sql, &touched, now, ends)
            });
        }
        let (viewer, ends) = (self.viewer(&person, TokenScope::Admin), Some(session.expires_at));
        Ok(Some(SignIn { viewer, person, session: Some(hash), token: None, ends }))
    }

    async fn by_token(&self, hash: Vec<u8>, now: Timestamp) -> Result<Option<SignIn>, Trouble> {
        let found = self.read(move |sql| store::directory::tokens::find(sql, &hash, now)).await?;
        let Some((token, person)) = found else { return Ok(None) };
        let id = token.id;
        if token.wants_touch(now) {
            self.write_later("the use of a token", move |sql| {
                store::directory::tokens::touch(sql, id, now).map(drop)
            });
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
