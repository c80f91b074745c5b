//! Everything decisions look up, loaded at once, and the counter that says when
//! it has to be loaded again.

use super::rows::{many, one};
use super::services::InForce;
use super::{
    Team, agreements, calendars, categories, models, notices, organisations, paging, people, rules,
    services, settings, teams,
};
use crate::{Columns, Failure, Sql};
use incident::Policy;
use incident::notices::Notices;
use incident::policy::{
    Agreements, Asking, Calendars, CategoryPolicy, Closure, ServicePolicy, StaffPolicy, TeamPolicy,
};
use incident::rules::ReadyRule;
use kernel::{Matrix, PersonId, ServiceId, TeamId};
use std::collections::HashMap;
use std::sync::Arc;

/// The policy in force. Services, teams and categories out of use are left out:
/// nothing new may name them. Settings that were never set are the standard ones;
/// [`Failure::Unusable`] when there is no agreement.
pub fn load(sql: &mut dyn Sql) -> Result<Policy, Failure> {
    load_after(sql, None)
}

/// The same where another policy was in force before. Versions of agreements, calendars,
/// schedules and escalation policies never change: those that were known then are not read
/// and made ready again.
pub fn load_after(sql: &mut dyn Sql, before: Option<&Policy>) -> Result<Policy, Failure> {
    let version = version(sql)?;
    let agreements = load_agreements(sql, before.map(|before| &before.agreements))?;
    let calendars = load_calendars(sql, before.map(|before| &*before.calendars))?;
    let matrix = settings::get::<Matrix>(sql, settings::MATRIX)?;
    let codes = settings::get(sql, settings::RESOLUTION_CODES)?;
    let instance = settings::get::<settings::Instance>(sql, settings::INSTANCE)?;
    let asking = settings::get::<Asking>(sql, settings::ASKING)?;
    let closure = settings::get::<Closure>(sql, settings::CLOSURE)?;
    let instance = instance.map_or_else(settings::Instance::default, |setting| setting.value);
    let (all_services, all_teams) = (services::in_force(sql)?, teams::list(sql)?);
    let none = Default::default();
    let paged = before.map_or(&none, |before| &*before.paging);
    let paging = Arc::new(paging::load(sql, paged, &all_services, &all_teams)?);
    let teams = load_teams(sql, all_teams)?;
    let mut policy = Policy {
        version,
        matrix_version: matrix.as_ref().map_or(0, |matrix| matrix.version),
        matrix: matrix.map_or_else(Matrix::default, |matrix| matrix.value),
        agreements,
        calendars: Arc::new(calendars),
        services: load_services(all_services, &teams),
        teams,
        categories: load_categories(sql)?,
        staff: load_staff(sql)?,
        resolution_codes: codes.map_or_else(Policy::standard_codes, |codes| codes.value),
        organisations: organisations::list(sql)?
            .into_iter()
            .map(|organisation| (organisation.id, organisation.name))
            .collect(),
        rules: [].into(),
        models: models::list(sql)?.into_iter().filter(|model| model.active).collect(),
        paging,
        asking: asking.map(|setting| setting.value).unwrap_or_default(),
        closure: closure.map(|setting| setting.value).unwrap_or_default(),
        notices: Arc::default(),
        time_zone: instance.time_zone,
        language: instance.language,
    };
    let rules = rules::list(sql)?.into_iter().filter(|rule| rule.active);
    policy.rules = rules.map(|rule| ReadyRule::of(rule, &policy)).collect();
    policy.notices = Arc::new(Notices::of(notices::list(sql)?, &policy));
    Ok(policy)
}

/// Says that configuration or people changed; call it in the transaction that
/// changes them.
pub fn bump(sql: &mut dyn Sql) -> Result<(), Failure> {
    sql.execute("update log_head set config_version = config_version + 1 where id = 1", &[])?;
    Ok(())
}

/// Counts the changes of configuration and people.
pub fn version(sql: &mut dyn Sql) -> Result<i64, Failure> {
    one(sql, "select config_version from log_head where id = 1", &[], Columns::int)?
        .ok_or_else(|| Failure::damaged("the log has no head"))
}

fn load_services(
    all: Vec<InForce>,
    teams: &HashMap<TeamId, TeamPolicy>,
) -> HashMap<ServiceId, ServicePolicy> {
    all.into_iter()
        .map(|InForce { id, name, team, criticality, .. }| {
            let team = team.filter(|team| teams.contains_key(team));
            (id, ServicePolicy { name, team, criticality })
        })
        .collect()
}

fn load_teams(sql: &mut dyn Sql, all: Vec<Team>) -> Result<HashMap<TeamId, TeamPolicy>, Failure> {
    let mut members = teams::all_members(sql)?;
    let active = all.into_iter().filter(|team| team.active);
    Ok(active
        .map(|team| {
            (
                team.id,
                TeamPolicy {
                    name: team.name,
                    members: members.remove(&team.id).unwrap_or_default(),
                    calendar: team.calendar,
                    assignment: team.assignment,
                    by_skill: team.by_skill,
                },
            )
        })
        .collect())
}

fn load_categories(
    sql: &mut dyn Sql,
) -> Result<HashMap<kernel::CategoryId, CategoryPolicy>, Failure> {
    let all = categories::list(sql)?;
    let mut paths = categories::paths(&all);
    let active = all.iter().filter(|category| category.active);
    Ok(active
        .map(|category| {
            let path = paths.remove(&category.id).unwrap_or_default();
            (category.id, CategoryPolicy { path, parent: category.parent })
        })
        .collect())
}

fn load_agreements(sql: &mut dyn Sql, before: Option<&Agreements>) -> Result<Agreements, Failure> {
    let missing = || {
        let words = "there is no agreement yet; run `evenkeel init` to set up the instance";
        Failure::Unusable(words.to_owned())
    };
    let Some(before) = before else {
        return Agreements::new(agreements::all(sql)?).ok_or_else(missing);
    };
    let mut found = Vec::new();
    for (reference, since) in agreements::known(sql)? {
        let agreement = match before.shared(reference) {
            Some(known) => known.clone(),
            None => Arc::new(agreements::get(sql, reference)?),
        };
        found.push((agreement, since));
    }
    Agreements::of(found).ok_or_else(missing)
}

/// Hours that do not read any more, after a zone was renamed for example, stop nothing:
/// their clocks count round the clock until somebody mends them.
fn load_calendars(sql: &mut dyn Sql, before: Option<&Calendars>) -> Result<Calendars, Failure> {
    let mut known = Calendars::default();
    let mut unknown = Vec::new();
    match before {
        None => unknown = calendars::all(sql)?,
        Some(before) => {
            for (reference, since) in calendars::known(sql)? {
                match before.shared(reference) {
                    Some(calendar) => known.share(calendar.clone(), since),
                    None => unknown.push((calendars::get(sql, reference)?, since)),
                }
            }
        }
    }
    for (hours, since) in unknown {
        let (name, version) = (hours.name.clone(), hours.reference.version);
        if let Err(error) = known.add(hours, since) {
            tracing::error!(%error, calendar = name, version, "a calendar cannot be used");
        }
    }
    Ok(known)
}

fn load_staff(sql: &mut dyn Sql) -> Result<HashMap<PersonId, StaffPolicy>, Failure> {
    let statement = "select id, name, roles, active, skills, away_from, away_until from people where roles <> '[]'";
    let staff = many(sql, statement, &[], |row| {
        let id = row.parsed()?;
        let (name, roles, active) = (row.text()?, row.json()?, row.flag()?);
        let (skills, away) = (row.json()?, people::away(row)?);
        Ok((id, StaffPolicy { name, roles, active, skills, away }))
    })?;
    Ok(staff.into_iter().collect())
}
