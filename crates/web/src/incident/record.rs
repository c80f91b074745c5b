//! The record of an incident in one line an entry, for reviews that show some of it.

use super::case::Case;
use super::major::words_of;
use super::timeline::{Entry, Sort, did, entries};
use super::words::{plain, short};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::url;
use kernel::{IncidentNumber, Timestamp};
use maud::html;

/// Characters of words that are quoted; the incident has all of them.
const QUOTED_CHARS: usize = 300;

/// An entry of the record.
pub(crate) struct Line {
    /// The incident in whose timeline it is: the one asked for, or a part of it.
    pub(crate) incident: IncidentNumber,
    /// The place there of what it is about.
    pub(crate) n: u32,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// Where it stands on the incident's page.
    pub(crate) href: String,
    /// Who did or said what.
    pub(crate) words: String,
    /// Whether only staff read it on the incident.
    pub(crate) internal: bool,
    places: Vec<(IncidentNumber, u32)>,
}

impl Line {
    /// Whether the event at this place is part of it.
    pub(crate) fn holds(&self, incident: IncidentNumber, n: u32) -> bool {
        self.places.contains(&(incident, n))
    }
}

/// The record of an incident, oldest first.
///
/// # Errors
///
/// [`PageError::NotFound`](crate::error::PageError) for whoever does not see all of it.
pub(crate) async fn record(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
) -> PageResult<Vec<Line>> {
    let case = Case::load(app, who.viewer(), &who.here, number).await?;
    Ok(entries(number, case.events()).iter().map(|entry| line(&case, entry)).collect())
}

fn line(case: &Case, entry: &Entry<'_>) -> Line {
    let (main, name) = (entry.main, &entry.event().actor.name);
    let said = words_of(&entry.event().body).filter(|_| entry.sort.is_words());
    let words = match said {
        Some(id) => format!("{name}: {}", short(case.text(id), QUOTED_CHARS)),
        None => plain(&html! { (name) " " (did(case, main)) "." }),
    };
    let places = entry.events.iter().chain(&entry.files).chain(entry.ended.iter());
    Line {
        incident: main.number,
        n: main.event.n,
        at: entry.happened_at(),
        href: format!("{}#{}", url::incident(case.number), entry.id(case.number)),
        words,
        internal: entry.sort == Sort::Note,
        places: places.map(|stored| (stored.number, stored.event.n)).collect(),
    }
}
