//! Saving escalation policies: plain versioned rows, checked against what they name.

use crate::rota::webhooks_in_use;
use crate::{Audit, Trouble, fresh};
use incident::Refusal;
use incident::escalation::{EscalationPolicy, EscalationStep};
use kernel::{EscalationId, Priority, limits};
use store::Sql;
use store::directory::escalations::{self, Escalation};
use store::directory::{services, teams};

const SUBJECT: &str = "escalation_policy";

/// A policy as it would be before anything of it is said: it pages from P3 on, which alerts are
/// whose severity is an error or unknown, and goes through its steps once more.
pub fn blank_escalation() -> Escalation {
    let policy = EscalationPolicy {
        id: EscalationId(fresh()),
        name: String::new(),
        version: 0,
        steps: vec![],
        repeats: 1,
        pages_from: Priority::ALL[2],
        acknowledgement_seconds: None,
        fallback: vec![],
    };
    Escalation { policy, active: true }
}

/// A step as it would be before anything of it is said.
pub fn blank_step() -> EscalationStep {
    EscalationStep {
        after_seconds: 0,
        whom: vec![],
        hours: None,
        round_robin: false,
        everyone: false,
    }
}

/// Saves a policy as its next version; version 0 makes a new one. Inside [`crate::Desk::change`].
///
/// # Errors
/// Everything that is wrong with it ([`Trouble::Faults`]), a version that is not the newest
/// any more, a name that is taken, a policy to be taken out of use that something pages by.
pub fn save_escalation(
    sql: &mut dyn Sql,
    audit: &Audit,
    escalation: Escalation,
) -> Result<Escalation, Trouble> {
    let (id, seen) = (escalation.policy.id, escalation.policy.version);
    let before = escalations::get(sql, id)?;
    let current = before.as_ref().map_or(0, |before| before.policy.version);
    if seen != current {
        return Err(Trouble::Stale { seen, current });
    }
    // One that names who is gone can be taken out of use as it is.
    if before.as_ref().is_some_and(|before| before.active && !escalation.active) {
        check_unused(sql, id)?;
    } else {
        let (policy, webhooks) = (audit.policy(sql)?, webhooks_in_use(sql)?);
        let faults = escalation.policy.faults(&policy, &webhooks);
        if !faults.is_empty() {
            return Err(Trouble::Faults(faults));
        }
    }
    match &before {
        None => {
            if escalations::list(sql)?.len() >= limits::SCHEDULES {
                let most = limits::SCHEDULES;
                let words = format!("there are {most} policies, the most there can be");
                return Err(Refusal::limit(words).into());
            }
            escalations::insert(sql, &escalation)?;
        }
        Some(_) => drop(escalations::update(sql, &escalation, seen)?),
    }
    let missing = || Refusal::not_found("there is no such escalation policy");
    let after = escalations::get(sql, id)?.ok_or_else(missing)?;
    match &before {
        None => audit.created(sql, SUBJECT, id, &after)?,
        Some(before) => audit.changed(sql, SUBJECT, id, before, &after)?,
    }
    Ok(after)
}

/// Refuses while a service or team is paged by it.
fn check_unused(sql: &mut dyn Sql, id: EscalationId) -> Result<(), Trouble> {
    let users = users_of(sql, id)?;
    if users.is_empty() {
        return Ok(());
    }
    let words = format!("used by {}; give them another policy first", users.join(", "));
    Err(Refusal::state("conflict", words).into())
}

/// What is paged by a policy: "service VPN", "team Network".
///
/// # Errors
/// The store's.
pub fn users_of(sql: &mut dyn Sql, id: EscalationId) -> Result<Vec<String>, store::Failure> {
    let services = services::list(sql)?.into_iter();
    let services = services.filter(|row| row.active && row.escalation == Some(id));
    let mut users: Vec<String> = services.map(|row| format!("service {}", row.name)).collect();
    let teams = teams::list(sql)?.into_iter();
    let teams = teams.filter(|row| row.active && row.escalation == Some(id));
    users.extend(teams.map(|row| format!("team {}", row.name)));
    Ok(users)
}
