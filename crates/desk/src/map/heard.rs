//! Changes that other programs tell of: kept for whoever asks what was changed before a service
//! broke.

use super::check::is_address;
use crate::{Desk, Trouble, fresh};
use kernel::{ChangeId, ServiceId, Timestamp, limits};
use store::Sql;
use store::directory::{Change, changes};

/// For so long what says the same is the same change where nobody says when it was, in seconds:
/// whoever heard no answer tells again.
const SAME_SECONDS: i64 = 60;

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
        let (now, (change, since)) = (self.now(), self.change_of(heard));
        let id = change.id;
        let keep = move |sql: &mut dyn Sql| changes::insert(sql, &change, since, now);
        let kept = self.write_together(keep).await?;
        let is_new = kept.id == id;
        Ok((kept, is_new))
    }

    /// Whether just the same was kept before.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn knows_change(&self, heard: Heard) -> Result<bool, Trouble> {
        let (change, since) = self.change_of(heard);
        Ok(self.read(move |sql| changes::told_before(sql, &change, since)).await?.is_some())
    }

    /// The change, and since when the same is no other.
    fn change_of(&self, heard: Heard) -> (Change, Timestamp) {
        let now = self.now();
        let (at, since) = match heard.at.filter(|at| *at <= now) {
            Some(at) => (at, at),
            None => (now, now.plus_seconds(-SAME_SECONDS)),
        };
        let change = Change {
            id: ChangeId(fresh()),
            at,
            service: heard.service,
            title: line(&heard.title, limits::TITLE_CHARS),
            source: line(&heard.source, limits::NAME_CHARS),
            link: heard.link.filter(|link| is_address(link)),
        };
        (change, since)
    }
}

/// One line of at most so many characters.
fn line(text: &str, max_chars: usize) -> String {
    let text = text.replace(char::is_control, " ");
    text.trim().chars().take(max_chars).collect()
}
