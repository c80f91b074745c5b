//! Teams that incidents are assigned to, and who belongs to them.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::assignment::{Standing, Way};
use kernel::{CalendarId, EscalationId, PersonId, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name, unique whatever the case.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it works; none is round the clock.
    #[serde(default)]
    pub calendar: Option<CalendarId>,
    /// How it gives what comes to it to one of its people.
    #[serde(default)]
    pub assignment: Way,
    /// Whether people who know the service or category come before the others.
    #[serde(default)]
    pub by_skill: bool,
    /// By which policy somebody is paged where the service has none.
    #[serde(default)]
    pub escalation: Option<EscalationId>,
    /// Whether incidents can be assigned to it.
    pub active: bool,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

const SELECT: &str = "select id, name, description, active, calendar_id, assignment, by_skill, escalation_id, version from teams";

/// Stores a new team. [`Failure::Exists`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, team: &Team) -> Result<(), Failure> {
    sql.execute(
        "insert into teams (id, name, description, active, calendar_id, assignment, by_skill, escalation_id) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &values(team),
    )?;
    Ok(())
}

/// Changes a team; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, team: &Team, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(team);
    values.push(expected_version.into());
    let touched = sql.execute(
        "update teams set name = $2, description = $3, active = $4, calendar_id = $5, assignment = $6, by_skill = $7, \
         escalation_id = $8, version = version + 1 where id = $1 and version = $9",
        &values,
    )?;
    Ok(touched == 1)
}

/// The team with this id.
pub fn get(sql: &mut dyn Sql, id: TeamId) -> Result<Option<Team>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The team with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Team>, Failure> {
    one(sql, &format!("{SELECT} where lower(name) = lower($1)"), &[name.trim().into()], read)
}

/// Every team by name, those out of use too.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Team>, Failure> {
    many(sql, &format!("{SELECT} order by lower(name), id"), &[], read)
}

/// The people of a team.
pub fn members(sql: &mut dyn Sql, team: TeamId) -> Result<BTreeSet<PersonId>, Failure> {
    let rows = many(
        sql,
        "select person_id from team_members where team_id = $1",
        &[team.into()],
        Columns::parsed,
    )?;
    Ok(rows.into_iter().collect())
}

/// The people of every team that has some.
pub fn all_members(sql: &mut dyn Sql) -> Result<BTreeMap<TeamId, BTreeSet<PersonId>>, Failure> {
    let mut teams: BTreeMap<TeamId, BTreeSet<PersonId>> = BTreeMap::new();
    for (team, person) in many(sql, "select team_id, person_id from team_members", &[], |row| {
        Ok((row.parsed()?, row.parsed()?))
    })? {
        teams.entry(team).or_default().insert(person);
    }
    Ok(teams)
}

/// The teams that a person belongs to, in use or not, by name.
pub fn of_person(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<Team>, Failure> {
    let statement = format!(
        "{SELECT} where id in (select team_id from team_members where person_id = $1) order by lower(name), id"
    );
    many(sql, &statement, &[person.into()], read)
}

/// Adds somebody to a team; `false` when they were there already.
/// [`Failure::Reference`] when one of the two does not exist.
pub fn add_member(sql: &mut dyn Sql, team: TeamId, person: PersonId) -> Result<bool, Failure> {
    let statement =
        "insert into team_members (team_id, person_id) values ($1, $2) on conflict do nothing";
    Ok(sql.execute(statement, &[team.into(), person.into()])? == 1)
}

/// Takes somebody out of a team; `false` when they were not in it.
pub fn remove_member(sql: &mut dyn Sql, team: TeamId, person: PersonId) -> Result<bool, Failure> {
    Ok(sql.execute(
        "delete from team_members where team_id = $1 and person_id = $2",
        &[team.into(), person.into()],
    )? == 1)
}

/// Makes these, and only these, the people of a team.
pub fn set_members(
    sql: &mut dyn Sql,
    team: TeamId,
    people: &BTreeSet<PersonId>,
) -> Result<(), Failure> {
    let before = members(sql, team)?;
    for gone in before.difference(people) {
        remove_member(sql, team, *gone)?;
    }
    for new in people.difference(&before) {
        add_member(sql, team, *new)?;
    }
    Ok(())
}

/// Makes these, and only these, the teams of a person.
pub fn set_teams(
    sql: &mut dyn Sql,
    person: PersonId,
    teams: &BTreeSet<TeamId>,
) -> Result<(), Failure> {
    let statement = "select team_id from team_members where person_id = $1";
    let before: BTreeSet<TeamId> =
        many(sql, statement, &[person.into()], Columns::parsed)?.into_iter().collect();
    for gone in before.difference(teams) {
        remove_member(sql, *gone, person)?;
    }
    for new in teams.difference(&before) {
        add_member(sql, *new, person)?;
    }
    Ok(())
}

/// What a team's choice goes by, of everybody in it: what they have open, and when they had
/// their last turn in it.
pub fn standings(sql: &mut dyn Sql, team: TeamId) -> Result<HashMap<PersonId, Standing>, Failure> {
    let statement = "select person_id, turn from team_members where team_id = $1";
    let turns = many(sql, statement, &[team.into()], |row| Ok((row.parsed()?, row.int()?)))?;
    let people: Vec<PersonId> = turns.iter().map(|(person, _)| *person).collect();
    let open = crate::incidents::open_of(sql, &people)?;
    let standing = |(person, turn)| {
        let open = open.get(&person).copied().unwrap_or_default();
        (person, Standing { open, turn })
    };
    Ok(turns.into_iter().map(standing).collect())
}

/// Writes down when somebody had a turn in a team.
pub fn take_turn(
    sql: &mut dyn Sql,
    team: TeamId,
    person: PersonId,
    turn: i64,
) -> Result<(), Failure> {
    sql.execute(
        "update team_members set turn = $3 where team_id = $1 and person_id = $2",
        &[team.into(), person.into(), turn.into()],
    )?;
    Ok(())
}

fn values(team: &Team) -> Vec<Value> {
    vec![
        team.id.into(),
        (&team.name).into(),
        (&team.description).into(),
        team.active.into(),
        team.calendar.into(),
        team.assignment.as_str().into(),
        team.by_skill.into(),
        team.escalation.into(),
    ]
}

fn read(row: &mut Columns) -> Result<Team, Failure> {
    Ok(Team {
        id: row.parsed()?,
        name: row.text()?,
        description: row.text()?,
        active: row.flag()?,
        calendar: row.opt_parsed()?,
        assignment: row.parsed()?,
        by_skill: row.flag()?,
        escalation: row.opt_parsed()?,
        version: row.int()?,
    })
}
