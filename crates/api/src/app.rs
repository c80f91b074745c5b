//! What every handler has at hand.

use crate::Options;
use crate::directory::Directory;
use crate::events::Told;
use crate::observe::Figures;
use crate::problem::Problem;
use axum::http::HeaderMap;
use desk::Desk;
use std::sync::{Arc, PoisonError, RwLock};

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    desk: Desk,
    options: Options,
    directory: RwLock<Option<Arc<Directory>>>,
    told: Told,
    figures: Figures,
}

impl App {
    pub(crate) fn new(desk: Desk, options: Options) -> Self {
        let figures = Figures::new(&desk);
        let told = Told::default();
        let directory = RwLock::default();
        App(Arc::new(Inner { desk, options, directory, told, figures }))
    }

    /// Where commands are executed.
    pub(crate) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// Where this instance is reached, if that is known.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.0.options.public_url.as_deref()
    }

    /// Where others find this instance.
    pub(crate) fn base(&self, headers: &HeaderMap) -> String {
        self.0.options.base(headers)
    }

    /// The name of the host in that address.
    pub(crate) fn host(&self) -> Option<&str> {
        desk::status::host_of(self.public_url()?)
    }

    /// What was told to live streams lately.
    pub(crate) fn told(&self) -> &Told {
        &self.0.told
    }

    /// Counts and times of requests.
    pub(crate) fn figures(&self) -> &Figures {
        &self.0.figures
    }

    /// The names in force, read anew when configuration or people changed.
    pub(crate) async fn directory(&self) -> Result<Arc<Directory>, Problem> {
        let version = self.0.desk.policy().version;
        let known = self.0.directory.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.version() == version) {
            return Ok(known);
        }
        self.read_directory(version).await
    }

    /// The names in force, read anew when these incidents refer to one that is
    /// not known here yet: another node may have brought it.
    pub(crate) async fn directory_for<'a>(
        &self,
        mut states: impl Iterator<Item = &'a incident::State>,
    ) -> Result<Arc<Directory>, Problem> {
        let known = self.directory().await?;
        if states.all(|state| known.knows(state)) {
            return Ok(known);
        }
        self.read_directory(known.version()).await
    }

    async fn read_directory(&self, version: i64) -> Result<Arc<Directory>, Problem> {
        let read = self.0.desk.read(move |sql| Directory::load(sql, version)).await?;
        let read = Arc::new(read);
        *self.0.directory.write().unwrap_or_else(PoisonError::into_inner) = Some(read.clone());
        Ok(read)
    }
}
