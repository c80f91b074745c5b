//! The status page as files in memory: made anew when something it says changes, kept on disk so
//! that it survives a database that does not answer, and published elsewhere so that it survives
//! us. Whoever serves it asks no database.

mod follow;
mod gather;
mod kept;
mod made;
mod order;
mod publish;
mod rules;
mod spans;

pub use follow::start;
pub use gather::{Gathered, gather, snapshot};
pub use kept::read as shown_last;
pub use order::{move_component, move_group};
pub use rules::{
    COMPONENTS_MAX, GROUPS_MAX, LOGO_BYTES, REMIND_MINUTES_MAX, WORDS_CHARS, accept, check,
    check_group_room, check_room, check_words, host_of, logo,
};

use crate::Desk;
use kernel::{Language, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use store::files::Outlet;
use tokio::sync::watch;

/// The path of the public page on the instance's own domain.
pub const BASE: &str = "/status";
/// The path of the internal one.
pub const INTERNAL_BASE: &str = "/status/internal";

/// What the page needs to know of this server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where people reach this instance, without a slash at the end.
    pub url: String,
    /// The file that holds what was shown last.
    pub kept: PathBuf,
    /// Where else its files are published.
    pub outlets: Vec<Outlet>,
    /// Whether people can subscribe by mail.
    pub mail: bool,
}

/// A file of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The same compressed, where that is smaller.
    pub gzip: Option<Vec<u8>>,
    /// What it is.
    pub media_type: String,
    /// What tells it from what it was before, without quotation marks.
    pub etag: String,
}

/// One page with everything that belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// Its languages, the first when a reader asks for none of them.
    pub languages: Vec<Language>,
    /// Files by their paths below its base, without a slash before them.
    pub files: BTreeMap<String, Arc<File>>,
}

/// What is shown to whom.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    /// When it was made from the database; none while that never went well.
    pub made_at: Option<Timestamp>,
    /// What everybody may read below [`BASE`]; none while it is switched off.
    pub public: Option<Arc<Site>>,
    /// The same for a domain of its own, with that domain.
    pub own: Option<(String, Arc<Site>)>,
    /// What people of the house may read below [`INTERNAL_BASE`].
    pub internal: Option<Arc<Site>>,
    /// Whether somebody switched the public one off: what is elsewhere goes, too. A database in
    /// which nobody has set the page up says nothing of it, such as a new one after a disaster.
    pub off: bool,
}

impl Sites {
    /// What is published elsewhere: the page of its own domain, else the public one.
    pub fn published(&self) -> Option<&Arc<Site>> {
        self.own.as_ref().map(|(_, site)| site).or(self.public.as_ref())
    }
}

impl Site {
    /// The name of a file in a language, if there is one of its own for it.
    pub fn in_language(name: &str, language: Language) -> String {
        match name {
            "" => format!("index.{language}.html"),
            name => format!("{name}.{language}.html"),
        }
    }

    /// Bytes of all its files.
    pub fn bytes(&self) -> usize {
        self.files.values().map(|file| file.bytes.len()).sum()
    }

    /// Bytes of its first page as browsers load it.
    pub fn page_bytes(&self) -> usize {
        let page = self.files.get("");
        page.map_or(0, |file| file.gzip.as_ref().unwrap_or(&file.bytes).len())
    }
}

/// How publishing to one place goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Where it is, for people.
    pub shown: String,
    /// When everything was last there.
    pub written_at: Option<Timestamp>,
    /// What the last attempt ended with, since when.
    pub failing: Option<(Timestamp, String)>,
}

/// How the page is doing, for whoever looks after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// When it was last made anew.
    pub made_at: Option<Timestamp>,
    /// How long that took, in milliseconds.
    pub took_ms: u64,
    /// Why it cannot be made anew at present, since when.
    pub failing: Option<(Timestamp, String)>,
    /// Where it is published.
    pub places: Vec<Place>,
}

/// What is shown, and how that is doing.
pub struct Shown {
    sites: watch::Sender<Arc<Sites>>,
    report: Mutex<Report>,
}

impl Default for Shown {
    fn default() -> Self {
        Shown { sites: watch::Sender::new(Arc::default()), report: Mutex::default() }
    }
}

impl Shown {
    /// What is shown now.
    pub fn sites(&self) -> Arc<Sites> {
        self.sites.borrow().clone()
    }

    /// Hears of each change of it; of several at once only the last.
    pub fn listen(&self) -> watch::Receiver<Arc<Sites>> {
        self.sites.subscribe()
    }

    /// How it is doing.
    pub fn report(&self) -> Report {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn show(&self, sites: Sites) {
        self.sites.send_replace(Arc::new(sites));
    }

    fn tell(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Desk {
    /// The status page as it is shown.
    pub fn status(&self) -> &Shown {
        &self.0.status
    }
}
