//! The mailboxes as the doors know them: read once, and again when configuration changed.

use desk::{Desk, Trouble};
use kernel::IntegrationKey;
use std::sync::{Arc, Mutex, PoisonError};
use store::directory::{Integration, integrations};

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

    /// The one that answers to this key.
    pub(crate) async fn by_key(&self, text: &str) -> Result<Option<Integration>, Trouble> {
        let Ok(key) = text.parse::<IntegrationKey>() else { return Ok(None) };
        Ok(self.all().await?.iter().find(|one| one.key == key).cloned())
    }

    /// The one to which somebody wrote.
    pub(crate) async fn addressed(&self, address: &str) -> Result<Option<Integration>, Trouble> {
        Ok(integrations::addressed(&self.all().await?, address).cloned())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
