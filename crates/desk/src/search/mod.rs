//! Search and what is alike: an index beside the database that follows the log, and the doors to
//! it. What the index says is read again in the database within the viewer's scope, so that an
//! index that is behind never shows what must not be seen.

mod found;

pub use found::{
    Ended, Facet, FacetValue, Feedback, Found, FoundArticle, FoundIncident, FoundName,
    FoundProblem, Like, Marked, Similar, SimilarIncident, Standing, Why, Wish,
};

// Desk::find(&self, viewer: &Viewer, wish: Wish) -> Result<Found, Trouble>
// Desk::similar(&self, viewer: &Viewer, like: Like) -> Result<Similar, Trouble>
// Desk::say_of_similar(&self, viewer: &Viewer, subject: IncidentNumber, other: IncidentNumber,
//     feedback: Option<Feedback>) -> Result<(), Trouble>
// Desk::search_standing(&self) -> Standing
// Desk::use_search(&self, folder: Option<PathBuf>)
