//! Many reports of one service at once: what a surge looks like can be seen without waiting for
//! one.

use super::company::Someone;
use super::director::Director;
use desk::Trouble;
use std::time::Duration;

/// How long after the start the first comes: what goes on already is known by then.
pub(super) const FIRST: Duration = Duration::from_secs(10);
/// How often one comes while the demo runs: by then the last is over.
pub(super) const EVERY: Duration = Duration::from_secs(4 * 3_600);
/// Between two of its reports.
pub(super) const APART: Duration = Duration::from_secs(3);

/// The service that it is of: one of which little comes on other days.
const SERVICE: &str = "Time Recording";
const CATEGORY: &str = "Terminal";
/// How many people report it: more than any hour brings.
const PEOPLE: usize = 8;

impl Director {
    /// Several people report the same, unless there is a surge already.
    pub(super) async fn storm(&mut self, apart: Duration) -> Result<(), Trouble> {
        if !self.desk.surges().is_empty() {
            return Ok(());
        }
        let stories = &self.stories.story;
        let place = stories.iter().position(|s| s.service == SERVICE && s.category == CATEGORY);
        let Some(place) = place else { return Ok(()) };
        let requesters = self.company.requesters().into_iter().filter(|someone| !someone.login);
        let people: Vec<Someone> = requesters.take(PEOPLE).cloned().collect();
        for person in &people {
            self.tell(place, person, 0.0).await?;
            tokio::time::sleep(apart).await;
        }
        Ok(())
    }
}
