//! The sources as the doors know them: read once, and again when configuration changed.

use alert::mapping::Mapping;
use desk::{Desk, Trouble};
use kernel::IntegrationKey;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::directory::{Integration, integrations};
use store::files::FileHash;

/// A source with what is needed to read it.
pub(super) struct Source {
    /// What it is.
    pub(super) integration: Integration,
    /// How its JSON is read, if it has a way of its own.
    pub(super) mapping: Option<Mapping>,
}

/// The integrations that tell of alerts. Cheap to clone.
#[derive(Clone)]
pub(super) struct Keys {
    desk: Desk,
    known: Arc<Mutex<Option<Known>>>,
}

struct Known {
    /// The version of the configuration they were read at.
    version: i64,
    /// By the hashes of their keys: how long finding one takes tells nobody how much of a key
    /// is right.
    all: Arc<HashMap<String, Arc<Source>>>,
}

impl Keys {
    pub(super) fn of(desk: Desk) -> Self {
        Keys { desk, known: Arc::default() }
    }

    /// The source that answers to this key.
    pub(super) async fn find(&self, text: &str) -> Result<Option<Arc<Source>>, Trouble> {
        let Ok(key) = text.trim().parse::<IntegrationKey>() else { return Ok(None) };
        Ok(self.all().await?.get(&hash(&key)).cloned())
    }

    async fn all(&self) -> Result<Arc<HashMap<String, Arc<Source>>>, Trouble> {
        // Asked before they are read: what changes meanwhile is read again.
        let version = self.desk.policy().version;
        if let Some(known) = &*self.lock()
            && known.version == version
        {
            return Ok(known.all.clone());
        }
        let all = self.desk.read(integrations::list).await?;
        let sources = all.into_iter().filter(|one| one.kind.alerts() && one.takes());
        let all: HashMap<_, _> =
            sources.map(|one| (hash(&one.key), Arc::new(source(one)))).collect();
        let all = Arc::new(all);
        *self.lock() = Some(Known { version, all: all.clone() });
        Ok(all)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A source, whose mapping was checked when it was set. One that does not read any more is
/// left out, so that what comes is read by the usual names instead of not at all.
fn source(integration: Integration) -> Source {
    let texts = &integration.settings.alerts.mapping;
    let mapping = match texts.is_empty() {
        true => None,
        false => Mapping::parse(texts)
            .inspect_err(|_| {
                tracing::warn!(name = %integration.name, "a mapping cannot be read");
            })
            .ok(),
    };
    Source { integration, mapping }
}

fn hash(key: &IntegrationKey) -> String {
    FileHash::of_bytes(key.as_str().as_bytes()).to_string()
}
