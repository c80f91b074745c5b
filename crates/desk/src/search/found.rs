//! What a search answers. Everything in it is within what the viewer may see.

use incident::Lifecycle;
use kernel::{
    ArticleNumber, IncidentNumber, Invalid, PersonId, ProblemNumber, ServiceId, TeamId, Timestamp,
};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use store::incidents::list::{IncidentRow, Named};

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The words of a person in the query language: `state:open priority:P1 vpn`, or a number.
    pub text: String,
    /// Hits of each kind.
    pub limit: usize,
    /// Whether the last word is being typed, so that it may be the beginning of a longer one.
    pub typing: bool,
    /// Whether it is counted how the hits are spread over states, teams and so on.
    pub facets: bool,
}

impl Wish {
    /// What is looked for while it is typed; of incidents only titles are shown.
    pub fn typed(text: impl Into<String>, limit: usize) -> Self {
        Wish { text: text.into(), limit, typing: true, facets: false }
    }

    /// Whether it is shown where the words are in other texts than titles: these are read for it.
    pub(super) fn shows_texts(&self) -> bool {
        self.facets || !self.typing
    }
}

/// Text with the places that were looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// The places, in bytes of it, in order and apart.
    pub marks: Vec<Range<usize>>,
}

impl Marked {
    /// Text in which nothing is marked.
    pub fn plain(text: impl Into<String>) -> Self {
        Marked { text: text.into(), marks: vec![] }
    }

    /// The text in pieces, each with whether it is marked.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let (mut pieces, mut at) = (Vec::new(), 0);
        for mark in &self.marks {
            let (Some(before), Some(marked)) =
                (self.text.get(at..mark.start), self.text.get(mark.clone()))
            else {
                continue;
            };
            pieces.extend([(before, false), (marked, true)]);
            at = mark.end;
        }
        pieces.extend(self.text.get(at..).map(|rest| (rest, false)));
        pieces.retain(|(text, _)| !text.is_empty());
        pieces
    }
}

/// An incident that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundIncident {
    /// It, as lists show it.
    pub row: IncidentRow,
    /// Its title with what was looked for.
    pub title: Marked,
    /// Where else the words are, from texts that the viewer may read.
    pub snippet: Option<Marked>,
}

/// A problem that was found; for the service desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProblem {
    /// Its number.
    pub number: ProblemNumber,
    /// Its title.
    pub title: Marked,
    /// Whether its cause and a workaround are known.
    pub known_error: bool,
    /// What helps meanwhile, if that is known: the beginning of it.
    pub workaround: Option<String>,
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundArticle {
    /// Its number.
    pub number: ArticleNumber,
    /// Its title.
    pub title: Marked,
    /// A piece of it.
    pub snippet: Option<Marked>,
}

/// Something with a name that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundName<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: Marked,
    /// What tells it from others of that name: an address, a description.
    pub detail: String,
}

/// How the hits are spread over one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The field of the query language: `state`, `priority`, `service`, `team`, `channel`, …
    pub field: &'static str,
    /// The values, those with the most hits first.
    pub values: Vec<FacetValue>,
}

/// A value and how many hits have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// What to add to the query to keep these alone, such as `team:"Service desk"`.
    pub term: String,
    /// How it is called.
    pub name: String,
    /// How many hits have it.
    pub count: u64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Incidents, the best first.
    pub incidents: Vec<FoundIncident>,
    /// How many incidents meet it, as far as they are counted.
    pub total: u64,
    /// Problems and known errors.
    pub problems: Vec<FoundProblem>,
    /// Articles.
    pub articles: Vec<FoundArticle>,
    /// People; for the service desk.
    pub people: Vec<FoundName<PersonId>>,
    /// Services.
    pub services: Vec<FoundName<ServiceId>>,
    /// Teams; for the service desk.
    pub teams: Vec<FoundName<TeamId>>,
    /// How the incidents are spread.
    pub facets: Vec<Facet>,
    /// What was taken to be meant, where words as they were typed find nothing.
    pub corrected: Option<String>,
    /// Which share of the incidents can be found, from 0 to 1, while the index is filled.
    pub building: Option<f32>,
}

/// What others are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Like {
    /// An incident.
    Incident(IncidentNumber),
    /// What somebody types, about to report it.
    Typed {
        /// Its title so far.
        title: String,
        /// What else they wrote.
        text: String,
        /// The service it is about, if that is known.
        service: Option<ServiceId>,
    },
}

/// Why something is like something else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// Words that both have, the most telling first.
    pub words: Vec<String>,
    /// Whether both are about the same service.
    pub same_service: bool,
    /// Labels of alerts that both have, as `name=value`.
    pub labels: Vec<String>,
    /// Whether somebody said that it helped.
    pub helped: bool,
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The code it was resolved with.
    pub code: String,
    /// What the requester was told, where the viewer may read it.
    pub words: Option<String>,
    /// The known error whose workaround was used.
    pub known_error: Option<String>,
}

/// An incident that is like another.
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarIncident {
    /// It, as lists show it.
    pub row: IncidentRow,
    /// How alike: from 0 to 1.
    pub score: f32,
    /// Why.
    pub why: Why,
    /// How it ended, if it has.
    pub ended: Option<Ended>,
    /// How long it took until service was back, in seconds.
    pub took_seconds: Option<i64>,
}

impl SimilarIncident {
    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.row.state.lifecycle.is_open()
    }

    /// Where it is in its life.
    pub fn lifecycle(&self) -> Lifecycle {
        self.row.state.lifecycle
    }
}

/// An outage that everybody of a company is told of; no more of it than that.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownOutage {
    /// Its incident.
    pub number: IncidentNumber,
    /// Its title.
    pub title: String,
    /// Its service.
    pub service: Option<Named<ServiceId>>,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// How alike: from 0 to 1.
    pub score: f32,
    /// Words that both have, the most telling first.
    pub words: Vec<String>,
}

/// What is like an incident or what somebody types.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Similar {
    /// Incidents, the most alike first. Requesters see their own.
    pub incidents: Vec<SimilarIncident>,
    /// Known outages that everybody of the viewer's company is told of, the most alike first:
    /// "I have this too".
    pub outages: Vec<KnownOutage>,
    /// Known errors, for the service desk.
    pub known_errors: Vec<FoundProblem>,
    /// Articles: for requesters those that are published to them.
    pub articles: Vec<FoundArticle>,
    /// As in [`Found`].
    pub building: Option<f32>,
}

/// What was shown beside an incident as alike, of which something can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alike {
    /// An incident.
    Incident(IncidentNumber),
    /// A known error.
    KnownError(ProblemNumber),
}

impl fmt::Display for Alike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alike::Incident(number) => number.fmt(f),
            Alike::KnownError(number) => number.fmt(f),
        }
    }
}

impl FromStr for Alike {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let problem = text.parse().map(Alike::KnownError);
        problem.or_else(|_: Invalid| text.parse().map(Alike::Incident))
    }
}

/// What somebody said of something that was shown as alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    /// It helped; said of incidents alone.
    Helped,
    /// It is not alike, or not the known error behind it: it is not shown beside that incident any
    /// more.
    NotAlike,
}

/// How the index stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing {
    /// Positions of the log that are not yet found.
    pub behind: i64,
    /// What can be found.
    pub documents: u64,
    /// As in [`Found`].
    pub building: Option<f32>,
    /// Whether the index is out of order, so that the database answers.
    pub failing: bool,
    /// Whether erased words may still be in its files.
    pub erasing: bool,
}
