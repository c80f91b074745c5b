//! Changes that other programs tell of: kept for whoever asks what was changed before a service
//! broke.

use super::check::is_address;
use crate::{Desk, Trouble, fresh};
use kernel::{ChangeId, ServiceId, Timestamp, limits};
use store::directory::{Change, changes};

/// A change as a program tells of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// At which service, if that is known.
    pub service: Option<ServiceId>,
    /// What, in one line.
    pub title: String,
    /// Who or what says so.
    pub source: String,
    /// When; now if it is not said. What is said to lie ahead counts as now.
    pub at: Option<Timestamp>,
    /// Where to read on.
    pub link: Option<String>,
}

impl Desk {
    /// Keeps a change. What is kept, and whether it is new: just the same told again is not.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn keep_change(&self, heard: Heard) -> Result<(Change, bool), Trouble> {
        let (now, change) = (self.now(), self.change_of(heard));
        let id = change.id;
        let kept = self.write_together(move |sql| changes::insert(sql, &change, now)).await?;
        let is_new = kept.id == id;
        Ok((kept, is_new))
    }

    /// Whether just the same was kept before.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn knows_change(&self, heard: Heard) -> Result<bool, Trouble> {
        let change = self.change_of(heard);
        Ok(self.read(move |sql| changes::told_before(sql, &change)).await?.is_some())
    }

    fn change_of(&self, heard: Heard) -> Change {
        let now = self.now();
        Change {
            id: ChangeId(fresh()),
            at: heard.at.map_or(now, |at| at.min(now)),
            service: heard.service,
            title: line(&heard.title, limits::TITLE_CHARS),
            source: line(&heard.source, limits::NAME_CHARS),
            link: heard.link.filter(|link| is_address(link)),
        }
    }
}

/// One line of at most so many characters.
fn line(text: &str, max_chars: usize) -> String {
    let text = text.replace(char::is_control, " ");
    text.trim().chars().take(max_chars).collect()
}
