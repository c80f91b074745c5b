//! Saving rules: versioned rows in their order, and incidents looked through where a rule
//! that waits came to be or changed, or what it counts by or names.

use crate::{Audit, Trouble, fresh};
use incident::impact::Subject;
use incident::rules::{ReadyRule, Rule};
use incident::{Policy, Refusal};
use kernel::{CalendarId, RecomputationId, RuleId, Timestamp, limits};
use store::directory::recomputations::{self, Progress, Recomputation};
use store::directory::rules;
use store::{Failure, Sql};

const SUBJECT: &str = "rule";

/// Makes a rule at its place in the order. Inside [`crate::Desk::change`].
///
/// # Errors
/// A name that is taken; more rules than there can be.
pub fn make_rule(sql: &mut dyn Sql, audit: &Audit, rule: &Rule) -> Result<Rule, Trouble> {
    if rules::list(sql)?.len() >= limits::RULES {
        let words = format!("is one too many: there are {} rules", limits::RULES);
        return Err(Refusal::invalid("name", words).into());
    }
    rules::insert(sql, rule)?;
    rules::put_at(sql, rule.id, rule.place)?;
    let made = stored(sql, rule.id)?;
    audit.created(sql, SUBJECT, made.id, &made)?;
    follow(sql, audit, &made, audit.now())?;
    Ok(made)
}

/// Changes the rule that was in this version. Inside [`crate::Desk::change`].
///
/// # Errors
/// A version that is not the newest any more, a name that is taken, no such rule.
pub fn change_rule(sql: &mut dyn Sql, audit: &Audit, rule: &Rule) -> Result<Rule, Trouble> {
    let before = stored(sql, rule.id)?;
    if !rules::update(sql, rule, rule.version)? {
        return Err(Trouble::Stale { seen: rule.version, current: before.version });
    }
    rules::put_at(sql, rule.id, rule.place)?;
    let after = stored(sql, rule.id)?;
    audit.changed(sql, SUBJECT, after.id, &before, &after)?;
    follow(sql, audit, &after, audit.now())?;
    Ok(after)
}

fn stored(sql: &mut dyn Sql, id: RuleId) -> Result<Rule, Trouble> {
    let missing = || Refusal::not_found("there is no such rule");
    Ok(rules::get(sql, id)?.ok_or_else(missing)?)
}

/// Asks for the job that tries a waiting rule on what waits already, and sets the timers
/// of what will.
fn follow(
    sql: &mut dyn Sql,
    audit: &Audit,
    rule: &Rule,
    not_before: Timestamp,
) -> Result<(), Failure> {
    if !rule.active || rule.wait.is_none() {
        return Ok(());
    }
    let job = Recomputation {
        id: RecomputationId(fresh()),
        subject: Subject::Rule(rule.id),
        name: rule.name.clone(),
        version: rule.version,
        not_before,
        created_at: audit.now(),
        started_at: None,
        finished_at: None,
        progress: Progress::default(),
    };
    recomputations::insert(sql, &job)
}

/// The same for every rule that counts by a calendar of which another version comes in force.
pub(crate) fn follow_calendar(
    sql: &mut dyn Sql,
    audit: &Audit,
    id: CalendarId,
    since: Timestamp,
) -> Result<(), Failure> {
    let policy = audit.policy(sql)?;
    for ready in policy.rules.iter().filter(|ready| ready.counts_by(id)) {
        follow(sql, audit, &ready.rule, since)?;
    }
    Ok(())
}

/// The same for every rule that was left out for what it names, and is not any more.
pub(crate) fn follow_mended(
    sql: &mut dyn Sql,
    audit: &Audit,
    (before, after): (&Policy, &Policy),
) -> Result<(), Failure> {
    for ready in after.rules.iter().filter(|ready| ready.faults.is_empty()) {
        let Rule { id, version, .. } = ready.rule;
        let left_out = |old: &ReadyRule| {
            (old.rule.id, old.rule.version) == (id, version) && !old.faults.is_empty()
        };
        if before.rules.iter().any(left_out) {
            follow(sql, audit, &ready.rule, audit.now())?;
        }
    }
    Ok(())
}
