//! Problems: the rules they keep, what their incidents have cost, and how they become linked.
//! How a workaround is applied stands in `workaround`.

mod workaround;

use crate::{Audit, Desk, Trouble};
use incident::permissions::{may_close_problems, may_read_problems, may_write_problems};
use incident::policy::Fault;
use incident::state::LinkKind;
use incident::{Access, Command, Refusal, Scope, Viewer};
use kernel::{Actor, BatchId, Channel, IncidentNumber, ProblemNumber, limits};
use std::collections::{BTreeMap, BTreeSet};
use store::directory::problems::{self as rows, Problem, ProblemState, STEPS_MAX};
use store::directory::{categories, people, services, teams};
use store::incidents::list::{self, IncidentRow};
use store::knowledge::{self, Record, Success};
use store::ties::{self, Cost};
use store::{Failure, Sql, Tie};

pub use workaround::{Applied, Noted};

/// Incidents that one problem is made from at once.
pub const FROM_INCIDENTS_MAX: usize = 200;

/// A problem in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// It.
    pub problem: Problem,
    /// What its incidents have cost, those that the viewer sees.
    pub cost: Cost,
    /// How its workaround did on those.
    pub success: Success,
}

/// A problem with what belongs to it.
#[derive(Debug, Clone)]
pub struct Case {
    /// It, with its figures.
    pub listed: Listed,
    /// Its incidents that the viewer sees, the latest first, each with how it names it.
    pub incidents: Vec<(IncidentRow, BTreeSet<Tie>)>,
}

/// A problem that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// It.
    pub problem: Problem,
    /// The incidents that name it now.
    pub linked: Vec<IncidentNumber>,
    /// Those that could not be linked.
    pub refused: Vec<IncidentNumber>,
}

/// Refuses to name a problem that is not there.
pub(crate) fn missing(sql: &mut dyn Sql, command: &Command) -> Result<Option<Refusal>, Failure> {
    let (field, target) = match command {
        Command::Link {
            kind: LinkKind::Problem | LinkKind::KnownError | LinkKind::CausedBy,
            target,
            ..
        } => ("target", target),
        Command::Resolve { known_error: Some(target), .. } => ("known_error", target),
        _ => return Ok(None),
    };
    // What has no such form is refused by the rules of links.
    let Ok(number) = target.trim().parse::<ProblemNumber>() else { return Ok(None) };
    Ok(match rows::exists(sql, number)? {
        true => None,
        false => Some(Refusal::invalid(field, "is not a known problem")),
    })
}

/// Checks a problem as it is to be saved.
///
/// # Errors
///
/// [`Trouble::Faults`] with every rule it breaks.
pub fn check(sql: &mut dyn Sql, problem: &Problem) -> Result<(), Trouble> {
    let mut faults = Vec::new();
    check_title(&problem.title, &mut faults);
    for (field, text) in [
        ("description", &problem.description),
        ("cause", &problem.cause),
        ("workaround", &problem.workaround),
        ("fix", &problem.fix),
    ] {
        check_body(field, text, &mut faults);
    }
    check_steps(&problem.steps, &mut faults);
    if problem.state == ProblemState::KnownError {
        let why = "is needed: a known error is a problem whose cause is written down and that has a workaround";
        for (field, text) in [("cause", &problem.cause), ("workaround", &problem.workaround)] {
            if text.trim().is_empty() {
                faults.push(Fault::new(field, why));
            }
        }
    }
    if let Some(id) = problem.service
        && services::get(sql, id)?.is_none()
    {
        faults.push(Fault::new("service", "is not known"));
    }
    if let Some(id) = problem.category
        && categories::get(sql, id)?.is_none()
    {
        faults.push(Fault::new("category", "is not known"));
    }
    if let Some(id) = problem.team
        && teams::get(sql, id)?.is_none()
    {
        faults.push(Fault::new("team", "is not known"));
    }
    if let Some(id) = problem.owner
        && people::get(sql, id)?.is_none()
    {
        faults.push(Fault::new("owner", "is not known"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

pub(crate) fn check_title(title: &str, faults: &mut Vec<Fault>) {
    let chars = title.trim().chars().count();
    if chars == 0 || chars > limits::TITLE_CHARS || title.chars().any(char::is_control) {
        let most = limits::TITLE_CHARS;
        faults.push(Fault::new(
            "title",
            format!("is needed, in one line of {most} characters at most"),
        ));
    }
}

pub(crate) fn check_body(field: &str, text: &str, faults: &mut Vec<Fault>) {
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if !text.chars().all(plain) {
        faults.push(Fault::new(field, "holds a control character"));
    }
    if text.chars().count() > limits::BODY_CHARS {
        let most = limits::BODY_CHARS;
        faults.push(Fault::new(field, format!("is longer than {most} characters")));
    }
}

fn check_steps(steps: &[String], faults: &mut Vec<Fault>) {
    if steps.len() > STEPS_MAX {
        faults.push(Fault::new("steps", format!("are more than {STEPS_MAX}")));
    }
    for (place, step) in steps.iter().enumerate() {
        let chars = step.trim().chars().count();
        let fits =
            (1..=limits::TITLE_CHARS).contains(&chars) && !step.chars().any(char::is_control);
        if !fits {
            let most = limits::TITLE_CHARS;
            let words = format!("must be one line of 1 to {most} characters");
            faults.push(Fault::new(format!("steps.{place}"), words));
        }
    }
}

/// Makes a problem under the next number, whatever number it has.
///
/// # Errors
///
/// A rule it breaks, or the viewer makes none.
pub fn make(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    problem: Problem,
) -> Result<Problem, Trouble> {
    may_write_problems(viewer)?;
    if problem.state == ProblemState::Closed {
        may_close_problems(viewer)?;
    }
    check(sql, &problem)?;
    let problem = Problem {
        number: rows::next_number(sql)?,
        created_by: audit.by(),
        created_at: audit.now(),
        updated_at: audit.now(),
        version: 1,
        ..problem
    };
    rows::insert(sql, &problem)?;
    audit.created(sql, Problem::WHAT, problem.number, &problem)?;
    Ok(problem)
}

/// Changes a problem that is at the version it was seen at, and gives it as it is now.
///
/// # Errors
///
/// A rule it breaks; somebody was faster; there is none; the viewer may not.
pub fn change(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    problem: &Problem,
) -> Result<Problem, Trouble> {
    may_write_problems(viewer)?;
    let seen = problem.version;
    let before = rows::get(sql, problem.number)?.ok_or_else(unknown)?;
    if before.version != seen {
        return Err(Trouble::Stale { seen, current: before.version });
    }
    let closed = |one: &Problem| one.state == ProblemState::Closed;
    if closed(&before) != closed(problem) {
        may_close_problems(viewer)?;
    }
    check(sql, problem)?;
    let after = Problem {
        created_by: before.created_by,
        created_at: before.created_at,
        updated_at: audit.now(),
        ..problem.clone()
    };
    if !rows::update(sql, &after, seen)? {
        return Err(Trouble::Stale { seen, current: seen + 1 });
    }
    let after = Problem { version: seen + 1, ..after };
    audit.changed(sql, Problem::WHAT, after.number, &before, &after)?;
    Ok(after)
}

impl Desk {
    /// All problems with their figures, those changed last first.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when they are not for this viewer.
    pub async fn problems(&self, viewer: &Viewer) -> Result<Vec<Listed>, Trouble> {
        may_read_problems(viewer)?;
        let (scope, now) = (Scope::of(viewer), self.now());
        self.read(move |sql| {
            let all = rows::list(sql)?;
            let mut costs = ties::cost(sql, &scope, &[], now)?;
            let mut did = successes(sql, &scope, &all)?;
            let listed = |problem: Problem| Listed {
                cost: costs.remove(&problem.number).unwrap_or_default(),
                success: did.remove(&Record::Problem(problem.number)).unwrap_or_default(),
                problem,
            };
            Ok(all.into_iter().map(listed).collect())
        })
        .await
    }

    /// All problems with what their incidents have cost, those changed last first: without how
    /// their workarounds did, which takes longer to find out.
    ///
    /// # Errors
    ///
    /// As of [`Desk::problems`].
    pub async fn costs_of_problems(
        &self,
        viewer: &Viewer,
    ) -> Result<Vec<(Problem, Cost)>, Trouble> {
        may_read_problems(viewer)?;
        let (scope, now) = (Scope::of(viewer), self.now());
        self.read(move |sql| {
            let mut costs = ties::cost(sql, &scope, &[], now)?;
            let with_cost = |problem: Problem| {
                let cost = costs.remove(&problem.number).unwrap_or_default();
                (problem, cost)
            };
            Ok(rows::list(sql)?.into_iter().map(with_cost).collect())
        })
        .await
    }

    /// A problem with its incidents that the viewer sees.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none, or problems are not for this viewer.
    pub async fn problem(&self, viewer: &Viewer, number: ProblemNumber) -> Result<Case, Trouble> {
        may_read_problems(viewer)?;
        let (scope, now) = (Scope::of(viewer), self.now());
        self.read(move |sql| {
            let Some(problem) = rows::get(sql, number)? else { return Ok(None) };
            let cost = ties::cost(sql, &scope, &[number], now)?.remove(&number);
            let success = successes(sql, &scope, std::slice::from_ref(&problem))?;
            let success = success.into_values().next().unwrap_or_default();
            let incidents = incidents_of(sql, &scope, number)?;
            let listed = Listed { problem, cost: cost.unwrap_or_default(), success };
            Ok(Some(Case { listed, incidents }))
        })
        .await?
        .ok_or_else(unknown)
    }

    /// A problem without its incidents and figures: for whoever changes it.
    ///
    /// # Errors
    ///
    /// As of [`Desk::problem`].
    pub async fn bare_problem(
        &self,
        viewer: &Viewer,
        number: ProblemNumber,
    ) -> Result<Problem, Trouble> {
        may_read_problems(viewer)?;
        self.read(move |sql| rows::get(sql, number)).await?.ok_or_else(unknown)
    }

    /// Makes a problem and links incidents to it, several at once.
    ///
    /// # Errors
    ///
    /// A rule it breaks, or the viewer makes none. What one incident refuses is told of that one.
    pub async fn make_problem(
        &self,
        viewer: &Viewer,
        channel: Channel,
        problem: Problem,
        incidents: &[IncidentNumber],
    ) -> Result<Made, Trouble> {
        check_from(incidents)?;
        let (actor, maker) = (actor(viewer), viewer.clone());
        let made = self.change(actor, move |sql, audit| make(sql, audit, &maker, problem));
        let problem = made.await?;
        let (linked, refused) =
            self.link_problem(viewer, channel, problem.number, incidents).await?;
        Ok(Made { problem, linked, refused })
    }

    /// Links incidents to a problem that is there; which were and which refused.
    ///
    /// # Errors
    ///
    /// The database fails, or there are too many.
    pub async fn link_problem(
        &self,
        viewer: &Viewer,
        channel: Channel,
        problem: ProblemNumber,
        incidents: &[IncidentNumber],
    ) -> Result<(Vec<IncidentNumber>, Vec<IncidentNumber>), Trouble> {
        check_from(incidents)?;
        let (mut linked, mut refused) = (vec![], vec![]);
        let batch = BatchId(crate::fresh());
        let each: BTreeSet<IncidentNumber> = incidents.iter().copied().collect();
        for number in each {
            let (kind, target) = (LinkKind::Problem, problem.to_string());
            let link = Command::Link { kind, target, cascade: None };
            match self.ask(viewer, channel).on(number).in_batch(batch).issue(link).await {
                Ok(_) => linked.push(number),
                Err(Trouble::Refused(refusal)) if refusal.code == "nothing_to_change" => {
                    linked.push(number);
                }
                // One that waits too long is told like one that refuses: it can be asked for again.
                Err(Trouble::Refused(_) | Trouble::Overloaded) => refused.push(number),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok((linked, refused))
    }

    /// Changes a problem that is at the version it was seen at.
    ///
    /// # Errors
    ///
    /// As of [`change`].
    pub async fn change_problem(
        &self,
        viewer: &Viewer,
        problem: Problem,
    ) -> Result<Problem, Trouble> {
        let (actor, by) = (actor(viewer), viewer.clone());
        self.change(actor, move |sql, audit| change(sql, audit, &by, &problem)).await
    }
}

pub(crate) fn actor(viewer: &Viewer) -> Actor {
    Actor::person(viewer.person, viewer.name.clone())
}

pub(crate) fn unknown() -> Trouble {
    Refusal::not_found("there is no such problem").into()
}

fn check_from(incidents: &[IncidentNumber]) -> Result<(), Trouble> {
    if incidents.len() <= FROM_INCIDENTS_MAX {
        return Ok(());
    }
    let words = format!("are more than {FROM_INCIDENTS_MAX}; link the others afterwards");
    Err(Refusal::invalid("incidents", words).into())
}

fn successes(
    sql: &mut dyn Sql,
    scope: &Scope,
    problems: &[Problem],
) -> Result<BTreeMap<Record, Success>, Failure> {
    let records: Vec<Record> =
        problems.iter().map(|problem| Record::Problem(problem.number)).collect();
    let mut found = BTreeMap::new();
    for some in records.chunks(RECORDS_AT_ONCE) {
        found.append(&mut knowledge::success(sql, scope, some)?);
    }
    Ok(found)
}

/// Records whose success is asked for in one question; databases bound the number of parameters.
pub(crate) const RECORDS_AT_ONCE: usize = 1_024;

/// The incidents of a problem of which somebody sees everything, the latest first.
pub(crate) fn incidents_of(
    sql: &mut dyn Sql,
    scope: &Scope,
    problem: ProblemNumber,
) -> Result<Vec<(IncidentRow, BTreeSet<Tie>)>, Failure> {
    let mut how: BTreeMap<IncidentNumber, BTreeSet<Tie>> = BTreeMap::new();
    for row in ties::of_problem(sql, problem)? {
        how.entry(row.number).or_default().insert(row.tie);
    }
    let numbers: Vec<IncidentNumber> = how.keys().copied().collect();
    let mut found = list::get_many(sql, scope, &numbers)?;
    found.retain(|row| row.access == Access::Full);
    found.reverse();
    let with_ties = |row: IncidentRow| {
        let ties = how.remove(&row.number).unwrap_or_default();
        (row, ties)
    };
    Ok(found.into_iter().map(with_ties).collect())
}
