//! How what was found is shown: marked, with names.

use super::{Facet, FacetValue, FoundArticle, FoundProblem, Marked};
use ::search::Wanted;
use incident::Policy;
use kernel::{CategoryId, ServiceId, TeamId};
use query::value_text;
use store::directory::{Article, Problem, ProblemState};

/// Characters of a text around the words.
const SNIPPET_CHARS: usize = 160;
/// Characters of a workaround that are shown.
const WORKAROUND_CHARS: usize = 300;

/// Marks what was looked for.
pub(super) struct Shown {
    wanted: Wanted,
}

impl Shown {
    pub(super) fn new(wanted: Wanted) -> Self {
        Shown { wanted }
    }

    /// Nothing is marked.
    pub(super) fn plainly() -> Self {
        Shown { wanted: Wanted::of("", false) }
    }

    pub(super) fn marked(&self, text: &str) -> Marked {
        Marked { text: text.to_owned(), marks: ::search::marks(text, &self.wanted) }
    }

    /// The part of a text in which the words are.
    pub(super) fn snippet(&self, text: &str) -> Option<Marked> {
        let found = ::search::snippet(text, &self.wanted, SNIPPET_CHARS)?;
        let before = if found.begins_before { "… " } else { "" };
        let after = if found.goes_on { " …" } else { "" };
        let by = before.len();
        let marks = found.marks.into_iter().map(|mark| mark.start + by..mark.end + by).collect();
        Some(Marked { text: format!("{before}{}{after}", found.text), marks })
    }

    pub(super) fn problem(&self, of: &Problem) -> FoundProblem {
        let workaround: String = of.workaround.chars().take(WORKAROUND_CHARS).collect();
        FoundProblem {
            number: of.number,
            title: self.marked(&of.title),
            known_error: of.state == ProblemState::KnownError,
            workaround: Some(workaround).filter(|words| !words.trim().is_empty()),
        }
    }

    pub(super) fn article(&self, of: &Article) -> FoundArticle {
        FoundArticle {
            number: of.number,
            title: self.marked(&of.title),
            snippet: self.snippet(&of.body),
        }
    }
}

/// How hits are spread, with names and with what narrows a query to each.
pub(super) fn facets(found: &[::search::Facet], policy: &Policy) -> Vec<Facet> {
    found.iter().filter_map(|facet| one(facet, policy)).collect()
}

fn one(facet: &::search::Facet, policy: &Policy) -> Option<Facet> {
    let field = match facet.name.as_str() {
        "state" => "state",
        "priority" => "priority",
        "service" => "service",
        "team" => "team",
        "category" => "category",
        "channel" => "channel",
        _ => return None,
    };
    let value = |value: &::search::FacetValue| {
        let name = named(field, &value.value, policy)?;
        let said = match field {
            "state" | "priority" | "channel" => value.value.clone(),
            "service" | "team" => value_text(&name),
            // Names of categories repeat below others.
            _ => value_text(&value.value),
        };
        Some(FacetValue { term: format!("{field}:{said}"), name, count: value.count })
    };
    let values: Vec<FacetValue> = facet.values.iter().filter_map(value).collect();
    (!values.is_empty()).then_some(Facet { field, values })
}

/// How a value is called; none for what is out of use.
fn named(field: &str, value: &str, policy: &Policy) -> Option<String> {
    Some(match field {
        "service" => policy.services.get(&value.parse::<ServiceId>().ok()?)?.name.clone(),
        "team" => policy.teams.get(&value.parse::<TeamId>().ok()?)?.name.clone(),
        "category" => policy.categories.get(&value.parse::<CategoryId>().ok()?)?.path.clone(),
        "state" | "channel" => value.replace('_', " "),
        _ => value.to_owned(),
    })
}
