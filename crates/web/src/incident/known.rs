//! The problems and known errors that an incident names.

use incident::state::LinkKind;
use incident::{Scope, State};
use kernel::{InOrder, ProblemNumber};
use std::collections::BTreeSet;
use store::directory::{Problem, ProblemState, problems};
use store::knowledge::{self, Record, Success};
use store::{Failure, Sql};

/// Uses by which it is told here whether a workaround helps, the latest: reading an incident waits for
/// it, and the page of the problem counts all of them.
pub(super) const JUDGED: i64 = 200;

/// A problem that an incident names, and how its workaround did.
pub(super) struct Known {
    /// It.
    pub(super) problem: Problem,
    /// On the latest incidents that everybody sees who sees this page.
    pub(super) success: Success,
}

/// The problems that an incident names, known errors first.
pub(super) fn read(sql: &mut dyn Sql, scope: &Scope, state: &State) -> Result<Vec<Known>, Failure> {
    let named = state.links.iter().filter(|link| {
        matches!(link.kind, LinkKind::Problem | LinkKind::KnownError | LinkKind::CausedBy)
    });
    let numbers: BTreeSet<ProblemNumber> =
        named.filter_map(|link| link.target.parse().ok()).collect();
    if numbers.is_empty() {
        return Ok(vec![]);
    }
    let numbers: Vec<ProblemNumber> = numbers.into_iter().collect();
    let records: Vec<Record> = numbers.iter().copied().map(Record::Problem).collect();
    let mut did = knowledge::success_of_latest(sql, scope, &records, JUDGED)?;
    let found = problems::get_many(sql, &numbers)?.into_iter();
    let mut found: Vec<Known> = found
        .map(|problem| Known {
            success: did.remove(&Record::Problem(problem.number)).unwrap_or_default(),
            problem,
        })
        .collect();
    found.order_by_key(|known| known.problem.state != ProblemState::KnownError);
    Ok(found)
}
