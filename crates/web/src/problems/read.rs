//! What is read of problems beyond what the desk tells: the list as it was asked for, incidents of
//! late, changes. Of incidents that the reader does not see, nothing is told and nothing counted.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use incident::Scope;
use kernel::{InOrder, ProblemNumber, ServiceId};
use query::fold;
use store::Sql;
use store::directory::audit;
use store::directory::{Entry, Problem, ProblemState};
use store::ties::{self, Cost};

/// Rows of the list: whoever looks for another one types a word of it.
const SHOWN: usize = 100;
/// Days in which incidents count as of late.
const LATELY_DAYS: i64 = 30;
/// Changes that are told, the newest.
const CHANGES: usize = 30;

/// Which problems are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Whatever is not over.
    GoingOn,
    /// Those whose cause or workaround is looked for.
    Open,
    /// Those with a workaround.
    Known,
    /// Those that are over.
    Over,
}

impl Which {
    pub(super) const ALL: [Which; 4] = [Which::GoingOn, Which::Open, Which::Known, Which::Over];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Which::GoingOn => "going-on",
            Which::Open => "open",
            Which::Known => "known",
            Which::Over => "over",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Which::GoingOn => "Not over",
            Which::Open => "Open",
            Which::Known => "Known errors",
            Which::Over => "Resolved",
        }
    }

    fn of(word: &str) -> Which {
        Which::ALL.into_iter().find(|which| which.word() == word).unwrap_or(Which::GoingOn)
    }

    fn holds(self, state: ProblemState) -> bool {
        let over = matches!(state, ProblemState::Resolved | ProblemState::Closed);
        match self {
            Which::GoingOn => !over,
            Which::Open => state == ProblemState::Open,
            Which::Known => state == ProblemState::KnownError,
            Which::Over => over,
        }
    }
}

/// What is asked of the list.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) which: Which,
    pub(super) service: Option<ServiceId>,
    pub(super) words: String,
}

impl Asked {
    pub(super) fn of(fields: &Fields) -> Asked {
        let words = fields.text("q").chars().take(kernel::limits::QUERY_CHARS).collect();
        Asked {
            which: Which::of(fields.text("show")),
            service: fields.filled("service").and_then(|id| id.parse().ok()),
            words,
        }
    }

    fn holds(&self, problem: &Problem) -> bool {
        self.which.holds(problem.state)
            && self.service.is_none_or(|service| problem.service == Some(service))
            && has_words(
                &self.words,
                &[
                    problem.number.to_string().as_str(),
                    problem.title.as_str(),
                    problem.description.as_str(),
                    problem.cause.as_str(),
                ],
            )
    }
}

/// Whether every typed word is somewhere in these texts.
pub(crate) fn has_words(typed: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    fold(typed).split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}

/// A problem of the list, and its incidents of late.
pub(super) struct Row {
    pub(super) problem: Problem,
    pub(super) cost: Cost,
    pub(super) lately: i64,
}

/// The list: the dearest first, and how many more there are.
pub(super) struct List {
    pub(super) rows: Vec<Row>,
    pub(super) more: usize,
}

/// The problems that were asked for.
pub(super) async fn listed(app: &App, who: &SignedIn, asked: &Asked) -> PageResult<List> {
    let mut found = app.desk.costs_of_problems(who.viewer()).await?;
    found.retain(|(problem, _)| asked.holds(problem));
    found.order_by_key(|(problem, cost)| {
        std::cmp::Reverse((cost.seconds, cost.incidents, problem.number))
    });
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    let (scope, since) = (Scope::of(who.viewer()), who.here.now.plus_days(-LATELY_DAYS));
    let numbers: Vec<ProblemNumber> = found.iter().map(|(problem, _)| problem.number).collect();
    let of_late = move |sql: &mut dyn Sql| ties::reported_since(sql, &scope, &numbers, since);
    let of_late = app.desk.read(of_late).await?;
    let row = |(problem, cost): (Problem, Cost)| Row {
        lately: of_late.get(&problem.number).copied().unwrap_or_default(),
        problem,
        cost,
    };
    Ok(List { rows: found.into_iter().map(row).collect(), more })
}

/// The newest changes of a record.
pub(crate) async fn changes(
    app: &App,
    subject: &'static str,
    id: String,
) -> PageResult<Vec<Entry>> {
    Ok(app.desk.read(move |sql| audit::of(sql, subject, &id, CHANGES)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_somewhere() {
        let texts = ["PRB-3", "Scanners drop off Wi-Fi", "Über roaming"];
        assert!(has_words("wi-fi uber", &texts));
        assert!(has_words("", &texts));
        assert!(has_words("prb-3", &texts));
        assert!(!has_words("wi-fi printer", &texts));
    }

    #[test]
    fn an_unknown_word_lists_what_goes_on() {
        let asked = Asked::of(&Fields::parse("show=nonsense&service=x&q=+a+"));
        assert_eq!((asked.which, asked.service, asked.words.as_str()), (Which::GoingOn, None, "a"));
        assert!(Which::GoingOn.holds(ProblemState::KnownError));
        assert!(!Which::GoingOn.holds(ProblemState::Closed));
        assert!(Which::Over.holds(ProblemState::Resolved));
    }
}
