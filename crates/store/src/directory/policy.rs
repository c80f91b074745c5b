//! Everything decisions look up, loaded at once, and the counter that says when
//! it has to be loaded again.

use super::rows::{many, one};
use super::{
    agreements, calendars, categories, models, organisations, rules, services, settings, teams,
};
use crate::{Columns, Failure, Sql};
use incident::Policy;
use incident::policy::{
    Agreements, Calendars, CategoryPolicy, ServicePolicy, StaffPolicy, TeamPolicy,
};
use incident::rules::ReadyRule;
use kernel::{Matrix, PersonId, TeamId};
use std::collections::HashMap;
use std::sync::Arc;

/// The policy in force. Services, teams and categories out of use are left out:
/// nothing new may name them. Settings that were never set are the standard ones;
/// [`Failure::Unusable`] when there is no agreement.
pub fn load(sql: &mut dyn Sql) -> Result<Policy, Failure> {
    let version = version(sql)?;
    let agreements = Agreements::new(agreements::all(sql)?).ok_or_else(|| {
        Failure::Unusable(
            "there is no agreement yet; run `evenkeel init` to set up the instance".to_owned(),
        )
    })?;
    let matrix = settings::get::<Matrix>(sql, settings::MATRIX)?;
    let codes = settings::get(sql, settings::RESOLUTION_CODES)?;
    let teams = load_teams(sql)?;
    let mut policy = Policy {
        version,
        matrix_version: matrix.as_ref().map_or(0, |matrix| matrix.version),
        matrix: matrix.map_or_else(Matrix::default, |matrix| matrix.value),
        agreements,
        calendars: Arc::new(load_calendars(sql)?),
        services: services::list(sql)?
            .into_iter()
            .filter(|service| service.active)
            .map(|service| {
                let team = service.team.filter(|team| teams.contains_key(team));
                (
                    service.id,
                    ServicePolicy { name: service.name, team, criticality: service.criticality },
                )
            })
            .collect(),
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
        time_zone: time_zone(sql)?,
    };
    let rules = rules::list(sql)?.into_iter().filter(|rule| rule.active);
    policy.rules = rules.map(|rule| ReadyRule::of(rule, &policy)).collect();
    Ok(policy)
}

/// The instance's zone; UTC until it is set.
fn time_zone(sql: &mut dyn Sql) -> Result<String, Failure> {
    #[derive(serde::Deserialize)]
    struct Instance {
        #[serde(default)]
        time_zone: String,
    }
    let found = settings::get::<Instance>(sql, settings::INSTANCE)?;
    Ok(found.map_or_else(|| "UTC".to_owned(), |setting| setting.value.time_zone))
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

fn load_teams(sql: &mut dyn Sql) -> Result<HashMap<TeamId, TeamPolicy>, Failure> {
    let mut members = teams::all_members(sql)?;
    let active = teams::list(sql)?.into_iter().filter(|team| team.active);
    Ok(active
        .map(|team| {
            (
                team.id,
                TeamPolicy {
                    name: team.name,
                    members: members.remove(&team.id).unwrap_or_default(),
                    calendar: team.calendar,
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

/// Hours that do not read any more, after a zone was renamed for example, stop nothing:
/// their clocks count round the clock until somebody mends them.
fn load_calendars(sql: &mut dyn Sql) -> Result<Calendars, Failure> {
    let mut known = Calendars::default();
    for (hours, since) in calendars::all(sql)? {
        let (name, version) = (hours.name.clone(), hours.reference.version);
        if let Err(error) = known.add(hours, since) {
            tracing::error!(%error, calendar = name, version, "a calendar cannot be used");
        }
    }
    Ok(known)
}

fn load_staff(sql: &mut dyn Sql) -> Result<HashMap<PersonId, StaffPolicy>, Failure> {
    let staff =
        many(sql, "select id, name, roles, active from people where roles <> '[]'", &[], |row| {
            Ok((
                row.parsed()?,
                StaffPolicy { name: row.text()?, roles: row.json()?, active: row.flag()? },
            ))
        })?;
    Ok(staff.into_iter().collect())
}
