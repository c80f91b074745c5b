//! The mailboxes as the doors know them: read once, and again when configuration changed.

use desk::{Desk, Trouble};
use kernel::IntegrationKey;
use std::sync::{Arc, Mutex, PoisonError};
use store::directory::{Integration, integrations};
use store::files::FileHash;

/// The mailboxes that take what comes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Mailboxes {
    desk: Desk,
    known: Arc<Mutex<Option<Known>>>,
}

struct Known {
    /// The version of the configuration they were read at.
    version: i64,
    all: Arc<Vec<Integration>>,
}

/// Who takes what goes wrong with mail, by the standard: at every domain.
pub(crate) const POSTMASTER: &str = "postmaster";

impl Mailboxes {
    pub(crate) fn of(desk: Desk) -> Self {
        Mailboxes { desk, known: Arc::default() }
    }

    /// All of them.
    pub(crate) async fn all(&self) -> Result<Arc<Vec<Integration>>, Trouble> {
        // Asked before they are read: what changes meanwhile is read again.
        let version = self.desk.policy().version;
        if let Some(known) = &*self.lock()
            && known.version == version
        {
            return Ok(known.all.clone());
        }
        let all = Arc::new(self.desk.read(integrations::mailboxes).await?);
        *self.lock() = Some(Known { version, all: all.clone() });
        Ok(all)
    }

    /// The one that answers to this key. Hashes are compared: how long that takes tells nobody
    /// how much of a key is right.
    pub(crate) async fn by_key(&self, text: &str) -> Result<Option<Integration>, Trouble> {
        let Ok(key) = text.parse::<IntegrationKey>() else { return Ok(None) };
        let hash = |key: &IntegrationKey| FileHash::of_bytes(key.as_str().as_bytes());
        let wanted = hash(&key);
        Ok(self.all().await?.iter().find(|one| hash(&one.key) == wanted).cloned())
    }

    /// The one to which somebody wrote. What is for the postmaster of one of our domains, or
    /// of this server, goes to the first mailbox there.
    pub(crate) async fn addressed(&self, address: &str) -> Result<Option<Integration>, Trouble> {
        let all = self.all().await?;
        let found = integrations::addressed(&all, address);
        Ok(found.or_else(|| postmaster(&all, address)).cloned())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn postmaster<'a>(all: &'a [Integration], address: &str) -> Option<&'a Integration> {
    let (local, domain) = match address.rsplit_once('@') {
        Some((local, domain)) => (local, Some(format!("@{}", domain.to_lowercase()))),
        None => (address, None),
    };
    let ours = |address: &String| domain.as_ref().is_none_or(|domain| address.ends_with(domain));
    let is_ours = |one: &&Integration| one.addresses.iter().any(ours);
    local.eq_ignore_ascii_case(POSTMASTER).then(|| all.iter().find(is_ours)).flatten()
}
