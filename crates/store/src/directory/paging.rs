//! What decides who is paged, as far as it is in use.

use super::schedules::{self, Head, Override};
use super::services::InForce;
use super::{Team, contacts, escalations, shadows};
use crate::{Failure, Sql};
use incident::escalation::{EscalationPolicy, Paging, SchedulePolicy};
use kernel::{EscalationId, ScheduleId, Timestamp};
use roster::{Layer, Versions};
use std::collections::HashMap;
use std::sync::Arc;

/// How far back decisions look at who was on call: a timer that rings late rings for its own
/// instant. What is older is read where somebody asks for it.
const KEPT_SECONDS: i64 = 40 * 86_400;

/// Schedules and policies in use, and where they apply. What did not change since `before` is
/// shared with it.
pub(super) fn load(
    sql: &mut dyn Sql,
    before: &Paging,
    services: &[InForce],
    teams: &[Team],
) -> Result<Paging, Failure> {
    let policies = load_policies(sql, before)?;
    let used = |id: Option<EscalationId>| id.filter(|id| policies.contains_key(id));
    let of_teams = teams.iter().filter(|team| team.active);
    Ok(Paging {
        schedules: load_schedules(sql, before)?,
        of_services: services
            .iter()
            .filter_map(|service| Some((service.id, used(service.escalation)?)))
            .collect(),
        of_teams: of_teams.filter_map(|team| Some((team.id, used(team.escalation)?))).collect(),
        policies,
        reach: contacts::reach_of_staff(sql)?,
    })
}

fn load_policies(
    sql: &mut dyn Sql,
    before: &Paging,
) -> Result<HashMap<EscalationId, Arc<EscalationPolicy>>, Failure> {
    let mut policies = HashMap::new();
    for (id, version) in escalations::known(sql)? {
        let known = before.policies.get(&id).filter(|known| known.version == version);
        let policy = match known {
            Some(known) => Some(known.clone()),
            None => escalations::get(sql, id)?.map(|found| Arc::new(found.policy)),
        };
        policies.extend(policy.map(|policy| (id, policy)));
    }
    Ok(policies)
}

fn load_schedules(
    sql: &mut dyn Sql,
    before: &Paging,
) -> Result<HashMap<ScheduleId, Arc<SchedulePolicy>>, Failure> {
    let mut overrides: HashMap<ScheduleId, Vec<roster::Override>> = HashMap::new();
    for one in schedules::lately_overridden(sql, KEPT_SECONDS)? {
        overrides.entry(one.schedule).or_default().push(Override::plain(one));
    }
    let mut shadows: HashMap<ScheduleId, Vec<roster::Shadow>> = HashMap::new();
    for one in shadows::lately(sql, KEPT_SECONDS)? {
        shadows.entry(one.schedule).or_default().push(one.plain());
    }
    let mut found = HashMap::new();
    for Head { id, name, time_zone, fallback, version } in schedules::heads(sql)? {
        let known = before.schedules.get(&id).filter(|known| known.version == version);
        let overrides = overrides.remove(&id).unwrap_or_default();
        let shadows = shadows.remove(&id).unwrap_or_default();
        // A version has one set of layers and one name for ever; overrides and shadows change
        // beneath it.
        let is_same = |known: &&Arc<SchedulePolicy>| {
            known.roster.overrides == overrides && known.shadows == shadows
        };
        let shared = known.filter(is_same);
        let schedule = match (shared, known) {
            (Some(shared), _) => shared.clone(),
            (None, Some(known)) => {
                let roster = Versions { overrides, ..known.roster.clone() };
                Arc::new(SchedulePolicy { roster, shadows, ..SchedulePolicy::clone(known) })
            }
            (None, None) => {
                let versions = layers_of(sql, id)?;
                let roster = Versions { versions, time_zone, overrides };
                Arc::new(SchedulePolicy { name, version, roster, fallback, shadows })
            }
        };
        found.insert(id, schedule);
    }
    Ok(found)
}

/// The layers in force since shortly before the last ones were saved, and to come.
fn layers_of(sql: &mut dyn Sql, id: ScheduleId) -> Result<Vec<(Timestamp, Vec<Layer>)>, Failure> {
    let versions = schedules::versions(sql, id)?;
    let last = versions.last().map_or(Timestamp::default(), |version| version.made_at);
    let needed = last.plus_seconds(-KEPT_SECONDS);
    let mut rising = schedules::in_force(versions);
    let over = rising.iter().skip(1).take_while(|(since, _)| *since <= needed).count();
    rising.drain(..over);
    Ok(rising)
}
