//! What must be known of an incident before somebody resolves it.

use crate::refusal::{Refusal, RefusalKind};
use crate::state::{LinkKind, State};
use serde::{Deserialize, Serialize};

/// What must be known before somebody resolves an incident, for the whole instance. Nothing is
/// needed as it comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Closure {
    /// Its category.
    pub category: bool,
    /// Its cause: in words, or by a link to the problem, known error or incident behind it.
    pub cause: bool,
    /// What is known of it: a problem or known error that is linked, or an article that was used.
    pub knowledge: bool,
}

/// What a resolution brings along, beside what the incident has already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// Words about the cause.
    pub cause: bool,
    /// The known error whose workaround was used.
    pub known_error: bool,
    /// An article that was used on it.
    pub article: bool,
}

impl Closure {
    /// What is missing, by the name of the field that gives it: `category`, `cause` and
    /// `known_error`, in this order.
    pub fn missing(self, state: &State, given: Given) -> Vec<&'static str> {
        let leads = |kinds: &[LinkKind]| {
            state.links.iter().any(|link| !link.reverse && kinds.contains(&link.kind))
        };
        let known = given.known_error || leads(&[LinkKind::Problem, LinkKind::KnownError]);
        let caused = known || given.cause || leads(&[LinkKind::CausedBy]);
        [
            ("category", self.category && state.category.is_none()),
            ("cause", self.cause && !caused),
            ("known_error", self.knowledge && !known && !given.article),
        ]
        .into_iter()
        .filter_map(|(field, lacks)| lacks.then_some(field))
        .collect()
    }

    /// Refuses a resolution that lacks what is needed; all of it is named at once.
    ///
    /// # Errors
    /// [`RefusalKind::Invalid`] with the code `closure_incomplete`; `missing` names the fields.
    pub fn check(self, state: &State, given: Given) -> Result<(), Refusal> {
        let missing = self.missing(state, given);
        let Some(first) = missing.first().copied() else { return Ok(()) };
        let words: Vec<_> = missing.iter().map(|field| needed(field)).collect();
        Err(Refusal {
            kind: RefusalKind::Invalid,
            code: "closure_incomplete",
            message: format!("before it is resolved, {}", words.join("; ")),
            field: Some(first),
            missing,
            allowed: vec![],
        })
    }
}

/// What is said of a field that is missing.
pub fn needed(field: &str) -> &'static str {
    match field {
        "category" => "set its category",
        "cause" => "say its cause, or link the problem behind it",
        _ => "name the known error or the article that was used",
    }
}
