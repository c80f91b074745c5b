//! Search and what is alike: an index beside the database that follows the log, and the doors to
//! it. What the index says is read again in the database within the viewer's scope, so that an
//! index that is behind never shows what must not be seen.

mod alike;
mod asked;
mod configuration;
mod documents;
mod find;
mod follow;
mod found;
mod kept;
mod marks;
mod purging;
mod reading;
mod said;
mod shown;
mod texts;
mod weights;

pub use find::FOUND_MAX;
pub use found::{
    Alike, Ended, Facet, FacetValue, Feedback, Found, FoundArticle, FoundIncident, FoundName,
    FoundProblem, KnownOutage, Like, Marked, Similar, SimilarIncident, Standing, Why, Wish,
};
pub(crate) use kept::Kept;

use crate::{Desk, Trouble};
use std::path::PathBuf;
use store::directory::policy;
use store::incidents::feed;

impl Desk {
    /// Keeps an index in this folder from now on, in memory where there is none; for whoever
    /// serves. Until then, and while the index is out of order, the database answers.
    pub fn use_search(&self, folder: Option<PathBuf>) {
        if self.0.search.folder.set(folder).is_ok() {
            follow::start(self);
        }
    }

    /// How the index stands.
    pub fn search_standing(&self) -> Standing {
        self.0.search.seen().standing
    }

    /// Waits until everything that is committed by now is found, by attached files too.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn search_caught_up(&self) -> Result<(), Trouble> {
        let (position, configuration) =
            self.read(|sql| Ok((feed::position(sql)?, policy::version(sql)?))).await?;
        let mut seen = self.0.search.listen();
        let done = seen.wait_for(|seen| {
            seen.position >= position
                && seen.configuration >= configuration
                && seen.standing.building.is_none()
                && !seen.reading
        });
        // It ends with the desk, which is held here.
        drop(done.await);
        Ok(())
    }
}
