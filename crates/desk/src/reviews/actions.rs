//! What somebody has to do after a review, and whether it helped.

use super::{check, seen, today, unknown};
use crate::problems::actor;
use crate::{Audit, Desk, Trouble};
use incident::permissions::{may_read_reviews, may_write_review};
use incident::{Refusal, Scope, State, Viewer};
use insight::review::{BEFORE_DAYS, Effect, effect};
use jiff::civil::Date;
use kernel::{ActionId, PersonId, ProblemNumber, ReviewNumber, Timestamp};
use serde_json::json;
use store::directory::problems;
use store::directory::reviews::{
    self as rows, ACTIONS_PER_REVIEW, Action, ActionState, ListedAction, Review,
};
use store::{Failure, Sql};

/// Which actions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ActionFilter {
    /// Those of the viewer alone.
    pub mine: bool,
    /// Those that are not done or dropped.
    pub open: bool,
    /// Those that are open though their day is over.
    pub overdue: bool,
}

/// A new action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewAction {
    /// What is to be done.
    pub words: String,
    /// The factor that it takes away, from 1.
    pub factor: Option<u32>,
    /// Who does it.
    pub owner: Option<PersonId>,
    /// By when.
    pub due_on: Option<Date>,
    /// The problem that it should end.
    pub problem: Option<ProblemNumber>,
    /// The key of the group of recurring incidents that it should end.
    pub cluster: Option<String>,
}

/// An action with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// It.
    pub action: Action,
    /// How often incidents of its problem came before it was done, and since; none while it is
    /// not done, or names no problem. It counts what the viewer sees.
    pub effect: Option<Effect>,
}

impl Desk {
    /// Actions of reviews whose incidents the viewer sees as a whole, those due first.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when they are not for this viewer.
    pub async fn review_actions(
        &self,
        viewer: &Viewer,
        filter: ActionFilter,
    ) -> Result<Vec<ListedAction>, Trouble> {
        may_read_reviews(viewer)?;
        let (scope, person) = (Scope::of(viewer), viewer.person);
        let today = today(&self.policy(), self.now());
        let open = filter.open || filter.overdue;
        let mut found = self.read(move |sql| rows::actions(sql, &scope, open)).await?;
        found.retain(|one| {
            (!filter.mine || one.action.owner == Some(person))
                && (!filter.overdue || one.action.is_overdue(today))
        });
        Ok(found)
    }

    /// An action.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is none that the viewer may read.
    pub async fn review_action(&self, viewer: &Viewer, id: ActionId) -> Result<Action, Trouble> {
        may_read_reviews(viewer)?;
        let scope = Scope::of(viewer);
        let found = self.read(move |sql| {
            let Some(action) = rows::action(sql, id)? else { return Ok(None) };
            let Some(review) = rows::get(sql, action.review)? else { return Ok(None) };
            Ok(seen(sql, &scope, review.incident)?.map(|_| action))
        });
        found.await?.ok_or_else(no_action)
    }

    /// Writes down what is to be done after a review, published or not.
    ///
    /// # Errors
    ///
    /// A rule it breaks, or the viewer writes no actions of it.
    pub async fn add_review_action(
        &self,
        viewer: &Viewer,
        review: ReviewNumber,
        new: NewAction,
    ) -> Result<Action, Trouble> {
        let (by, policy) = (viewer.clone(), self.policy());
        let id = ActionId(crate::fresh());
        self.change(actor(viewer), move |sql, audit| {
            let (review, state) = writable(sql, &by, review)?;
            if rows::actions_of(sql, review.number)?.len() >= ACTIONS_PER_REVIEW {
                let words = format!("a review has {ACTIONS_PER_REVIEW} actions at most");
                return Err(Refusal::limit(words).into());
            }
            let action = Action {
                factor: new.factor,
                owner: new.owner,
                due_on: new.due_on,
                problem: new.problem,
                cluster: new.cluster,
                created_by: audit.by(),
                ..Action::of(id, review.number, new.words.trim(), audit.now())
            };
            check::action(&policy, &state, review.factors.len(), None, &action)?;
            check_problem(sql, action.problem)?;
            rows::add_action(sql, &action)?;
            audit.created(sql, Action::WHAT, action.id, &kept(&action, &state))?;
            Ok(action)
        })
        .await
    }

    /// Changes an action that is at the version it was seen at. When it was done or dropped is
    /// noted with that.
    ///
    /// # Errors
    ///
    /// A rule it breaks; somebody was faster; there is none; the viewer may not.
    pub async fn change_review_action(
        &self,
        viewer: &Viewer,
        wanted: Action,
    ) -> Result<Action, Trouble> {
        let (by, policy) = (viewer.clone(), self.policy());
        self.change(actor(viewer), move |sql, audit| {
            let before = rows::action(sql, wanted.id)?.ok_or_else(no_action)?;
            let (review, state) = match writable(sql, &by, before.review) {
                Err(Trouble::Refused(refusal)) if refusal.code == "not_found" => {
                    return Err(no_action());
                }
                found => found?,
            };
            let version = wanted.version;
            if before.version != version {
                return Err(Trouble::Stale { seen: version, current: before.version });
            }
            check::action(&policy, &state, review.factors.len(), Some(&before), &wanted)?;
            if wanted.problem != before.problem {
                check_problem(sql, wanted.problem)?;
            }
            save(sql, audit, &state, &before, wanted)
        })
        .await
    }
}

/// Actions with what came of them.
pub(super) fn measured(
    sql: &mut dyn Sql,
    scope: &Scope,
    actions: Vec<Action>,
    now: Timestamp,
) -> Result<Vec<Measured>, Failure> {
    let mut found = Vec::with_capacity(actions.len());
    for action in actions {
        let effect = match (action.state, action.problem, action.ended_at) {
            (ActionState::Done, Some(problem), Some(done)) => {
                let since = done.plus_days(-BEFORE_DAYS);
                let reported = rows::reported_of_problem(sql, scope, problem, since)?;
                // Before the first incident there was no record, and no telling.
                let known_since = store::surges::first_report(sql)?.unwrap_or(done);
                Some(effect(&reported, known_since, done, now))
            }
            _ => None,
        };
        found.push(Measured { action, effect });
    }
    Ok(found)
}

/// Lets actions keep the factor that they take away when factors move: its place is another then.
/// One that is taken out is taken away by nobody.
pub(super) fn follow(
    sql: &mut dyn Sql,
    audit: &Audit,
    state: &State,
    before: &[String],
    after: &Review,
) -> Result<(), Trouble> {
    if before == after.factors {
        return Ok(());
    }
    for action in rows::actions_of(sql, after.number)? {
        let factor = action.factor.and_then(|place| moved(before, &after.factors, place));
        if factor != action.factor {
            let wanted = Action { factor, ..action.clone() };
            save(sql, audit, state, &action, wanted)?;
        }
    }
    Ok(())
}

/// The place of a factor among those that there are now, from 1.
fn moved(before: &[String], after: &[String], place: u32) -> Option<u32> {
    let at = (place as usize).checked_sub(1)?;
    let words = before.get(at)?;
    if after.get(at) == Some(words) {
        return Some(place);
    }
    match after.iter().position(|other| other == words) {
        Some(at) => u32::try_from(at + 1).ok(),
        // Its words were changed where they stand.
        None if after.len() >= before.len() => Some(place),
        None => None,
    }
}

fn writable(
    sql: &mut dyn Sql,
    by: &Viewer,
    number: ReviewNumber,
) -> Result<(Review, State), Trouble> {
    let review = rows::get(sql, number)?.ok_or_else(unknown)?;
    let state = seen(sql, &Scope::of(by), review.incident)?.ok_or_else(unknown)?;
    may_write_review(by, &state)?;
    Ok((review, state))
}

fn save(
    sql: &mut dyn Sql,
    audit: &Audit,
    state: &State,
    before: &Action,
    wanted: Action,
) -> Result<Action, Trouble> {
    let (seen, now) = (before.version, audit.now());
    let ended_at = match (wanted.state, before.state) {
        (ActionState::Open, _) => None,
        (one, other) if one == other => before.ended_at,
        _ => Some(now),
    };
    let reason = match wanted.state {
        ActionState::Dropped => wanted.reason.trim().to_owned(),
        ActionState::Open | ActionState::Done => String::new(),
    };
    let after = Action {
        words: wanted.words.trim().to_owned(),
        reason,
        ended_at,
        review: before.review,
        created_by: before.created_by,
        created_at: before.created_at,
        updated_at: now,
        ..wanted
    };
    if !rows::update_action(sql, &after, seen)? {
        return Err(Trouble::Stale { seen, current: seen + 1 });
    }
    let after = Action { version: seen + 1, ..after };
    audit.changed(sql, Action::WHAT, after.id, &kept(before, state), &kept(&after, state))?;
    Ok(after)
}

/// What the audit keeps of an action; as of reviews.
fn kept(action: &Action, state: &State) -> serde_json::Value {
    match state.confidential_to {
        None => json!(action),
        Some(_) => json!({
            "id": action.id, "review": action.review, "state": action.state,
            "version": action.version,
        }),
    }
}

fn check_problem(sql: &mut dyn Sql, problem: Option<ProblemNumber>) -> Result<(), Trouble> {
    match problem {
        Some(number) if !problems::exists(sql, number)? => {
            Err(Refusal::invalid("problem", "is not a known problem").into())
        }
        _ => Ok(()),
    }
}

fn no_action() -> Trouble {
    Refusal::not_found("there is no such action, or you may not see it").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_found_where_it_went() {
        let all = |words: &[&str]| words.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let before = all(&["fuse", "alarm", "spare"]);
        assert_eq!(moved(&before, &all(&["fuse", "spare"]), 3), Some(2));
        assert_eq!(moved(&before, &all(&["fuse", "spare"]), 2), None, "taken out");
        assert_eq!(moved(&before, &all(&["spare", "alarm", "fuse"]), 1), Some(3));
        assert_eq!(moved(&before, &all(&["fuse", "no alarm", "spare"]), 2), Some(2), "reworded");
        assert_eq!(moved(&before, &before, 9), None);
    }
}
