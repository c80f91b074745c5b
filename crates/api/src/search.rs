//! `GET /api/v1/search`: incidents, problems, articles, people, services and teams at once.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::{Incident, load_rows};
use crate::json;
use crate::page::{Params, limit, words};
use crate::people::Named;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::search::{FoundArticle, FoundIncident, FoundProblem, Marked, Wish};
use kernel::IncidentNumber;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Hits of each kind when nothing is asked.
const HITS: usize = 10;

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchParams {
    /// Words, `"quoted words"`, a number, and conditions as in the search bar, such as
    /// `state:open priority:P1 vpn`. Conditions are about incidents.
    #[param(required = true, example = "state:open vpn")]
    q: Option<String>,
    /// Hits of each kind, 1 to 200; 10 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
}

/// A piece of a text. Put together, the pieces are the text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Piece {
    text: String,
    /// Whether it is what was searched for.
    marked: bool,
}

/// Where the words of a search are in an incident.
#[derive(Debug, Serialize, ToSchema)]
struct Marks {
    #[schema(value_type = String)]
    number: IncidentNumber,
    /// Its title.
    title: Vec<Piece>,
    /// A part of another text of it that the caller may read; empty where the words are in the
    /// title alone.
    snippet: Vec<Piece>,
}

/// A problem or known error that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemHit {
    /// Its number, such as PRB-7.
    number: String,
    title: String,
    marks: Vec<Piece>,
    /// Whether its cause and a workaround are known.
    known_error: bool,
    /// The beginning of the workaround.
    workaround: Option<String>,
}

impl From<&FoundProblem> for ProblemHit {
    fn from(of: &FoundProblem) -> Self {
        ProblemHit {
            number: of.number.to_string(),
            title: of.title.text.clone(),
            marks: pieces(&of.title),
            known_error: of.known_error,
            workaround: of.workaround.clone(),
        }
    }
}

/// An article that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArticleHit {
    /// Its number, such as KB-7.
    number: String,
    title: String,
    marks: Vec<Piece>,
    /// A part of its text; empty where the words are in the title alone.
    snippet: Vec<Piece>,
}

impl From<&FoundArticle> for ArticleHit {
    fn from(of: &FoundArticle) -> Self {
        ArticleHit {
            number: of.number.to_string(),
            title: of.title.text.clone(),
            marks: pieces(&of.title),
            snippet: of.snippet.as_ref().map(pieces).unwrap_or_default(),
        }
    }
}

/// How the incidents that meet the search are spread over one field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchFacet)]
struct Facet {
    /// The field of the query language.
    field: String,
    values: Vec<FacetValue>,
}

/// A value and how many have it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchFacetValue)]
struct FacetValue {
    /// What to add to `q` to keep these alone.
    term: String,
    name: String,
    count: u64,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct Found<'a> {
    /// The one with that number first, then the best, newer ones first among equals.
    incidents: Vec<Incident<'a>>,
    /// Where the words are in them.
    marks: Vec<Marks>,
    /// How many incidents meet it; without an index counting stops at 10,000.
    total: u64,
    /// Problems and known errors, for the service desk.
    problems: Vec<ProblemHit>,
    /// Articles.
    articles: Vec<ArticleHit>,
    /// People, for the service desk.
    people: Vec<Named>,
    /// Services in use.
    services: Vec<Named>,
    /// Teams in use, for the service desk.
    teams: Vec<Named>,
    /// How the incidents are spread.
    facets: Vec<Facet>,
    /// What was taken to be meant, where nothing has the words as they are.
    corrected: Option<String>,
    /// Which share of the incidents is found by now, from 0 to 1, while the index is filled.
    building: Option<f32>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/search", "search", find)
            .about("search", "Search everything", "What the caller may see.")
            .query::<SearchParams>()
            .answers::<Found>(200, "The hits.")
            .problems(&[401, 403, 422, 503]),
    ]
}

async fn find(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<SearchParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let limit = limit(params.limit.as_deref(), HITS)?;
    let Some(text) = words("q", params.q.as_deref())?.map(str::to_owned) else {
        return Err(Problem::invalid("q", "is needed"));
    };
    let wish = Wish { text, limit, typing: true, facets: true };
    let found = app.desk().find(caller.viewer(), wish).await?;
    let marks = found.incidents.iter().map(marks).collect();
    let rows = found.incidents.into_iter().map(|one| one.row).collect();
    let loaded = load_rows(&app, caller.viewer(), rows, None).await?;
    let named = |id: String, name: Marked| Named::of(id, name.text);
    let found = Found {
        incidents: loaded.iter().map(|one| one.show(&app)).collect(),
        marks,
        total: found.total,
        problems: found.problems.iter().map(ProblemHit::from).collect(),
        articles: found.articles.iter().map(ArticleHit::from).collect(),
        people: found
            .people
            .into_iter()
            .map(|one| named(one.id.to_string(), one.name).reached_at(one.detail))
            .collect(),
        services: found.services.into_iter().map(|s| named(s.id.to_string(), s.name)).collect(),
        teams: found.teams.into_iter().map(|t| named(t.id.to_string(), t.name)).collect(),
        facets: found.facets.into_iter().map(facet).collect(),
        corrected: found.corrected,
        building: found.building,
    };
    Ok(json::answer(StatusCode::OK, &found))
}

fn marks(of: &FoundIncident) -> Marks {
    Marks {
        number: of.row.number,
        title: pieces(&of.title),
        snippet: of.snippet.as_ref().map(pieces).unwrap_or_default(),
    }
}

fn pieces(of: &Marked) -> Vec<Piece> {
    let pieces = of.pieces().into_iter();
    pieces.map(|(text, marked)| Piece { text: text.to_owned(), marked }).collect()
}

fn facet(of: desk::search::Facet) -> Facet {
    let values = of.values.into_iter();
    Facet {
        field: of.field.to_owned(),
        values: values
            .map(|one| FacetValue { term: one.term, name: one.name, count: one.count })
            .collect(),
    }
}
