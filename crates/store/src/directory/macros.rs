//! Macros: words and commands that come again, one's own, a team's, or everybody's.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::Visibility;
use incident::macros::{Deed, Macro, Owner};
use kernel::{Language, MacroId, PersonId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Macros of one instance: all that somebody may use are at hand in the composer.
pub const MACROS_MAX: i64 = 2_000;

/// What is stored beside id, name, owner, uses and version.
#[derive(Serialize, Deserialize)]
struct Body {
    visibility: Visibility,
    words: String,
    #[serde(default)]
    by_language: BTreeMap<Language, String>,
    #[serde(default)]
    commands: Vec<Deed>,
}

const SELECT: &str = "select id, name, person_id, team_id, body, uses, version from macros";
/// Those that the person `$1` finds: their own, their teams', and everybody's.
const FOUND: &str = "(person_id = $1 or (person_id is null and team_id is null) \
    or team_id in (select team_id from team_members where person_id = $1))";

/// Stores a new macro.
pub fn insert(sql: &mut dyn Sql, one: &Macro, now: Timestamp) -> Result<(), Failure> {
    let mut values = values(one)?;
    values.push(now.into());
    let statement = "insert into macros (id, name, person_id, team_id, body, created_at) \
        values ($1, $2, $3, $4, $5, $6)";
    sql.execute(statement, &values).map(drop)
}

/// Changes a macro; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, one: &Macro, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(one)?;
    values.push(expected_version.into());
    let statement = "update macros set name = $2, person_id = $3, team_id = $4, body = $5, \
        version = version + 1 where id = $1 and version = $6";
    Ok(sql.execute(statement, &values)? == 1)
}

/// Removes a macro; `false` when there was none.
pub fn delete(sql: &mut dyn Sql, id: MacroId) -> Result<bool, Failure> {
    Ok(sql.execute("delete from macros where id = $1", &[id.into()])? == 1)
}

/// Counts that a macro was sent. That is no change of it.
pub fn used(sql: &mut dyn Sql, id: MacroId) -> Result<(), Failure> {
    sql.execute("update macros set uses = uses + 1 where id = $1", &[id.into()]).map(drop)
}

/// The macro with this id, whosoever it is.
pub fn get(sql: &mut dyn Sql, id: MacroId) -> Result<Option<Macro>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The macro with this id, if this person finds it.
pub fn seen_by(sql: &mut dyn Sql, id: MacroId, person: PersonId) -> Result<Option<Macro>, Failure> {
    let statement = format!("{SELECT} where {FOUND} and id = $2");
    one(sql, &statement, &[person.into(), id.into()], read)
}

/// Those that a person finds, by name.
pub fn of_person(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<Macro>, Failure> {
    let statement = format!("{SELECT} where {FOUND} order by lower(name), id");
    many(sql, &statement, &[person.into()], read)
}

/// Those that are not one person's own, by name.
pub fn shared(sql: &mut dyn Sql) -> Result<Vec<Macro>, Failure> {
    let statement = format!("{SELECT} where person_id is null order by lower(name), id");
    many(sql, &statement, &[], read)
}

/// How many there are.
pub fn count(sql: &mut dyn Sql) -> Result<i64, Failure> {
    Ok(one(sql, "select count(*) from macros", &[], Columns::int)?.unwrap_or_default())
}

fn values(one: &Macro) -> Result<Vec<Value>, Failure> {
    let body = Body {
        visibility: one.visibility,
        words: one.words.clone(),
        by_language: one.by_language.clone(),
        commands: one.commands.clone(),
    };
    let (person, team): (Option<PersonId>, Option<TeamId>) = match one.owner {
        Owner::Person(person) => (Some(person), None),
        Owner::Team(team) => (None, Some(team)),
        Owner::Everybody => (None, None),
    };
    Ok(vec![one.id.into(), (&one.name).into(), person.into(), team.into(), json(&body)?.into()])
}

fn read(row: &mut Columns) -> Result<Macro, Failure> {
    let (id, name) = (row.parsed()?, row.text()?);
    let (person, team) = (row.opt_parsed()?, row.opt_parsed()?);
    let owner = match (person, team) {
        (Some(person), _) => Owner::Person(person),
        (None, Some(team)) => Owner::Team(team),
        (None, None) => Owner::Everybody,
    };
    let Body { visibility, words, by_language, commands } = row.json()?;
    let (uses, version) = (row.int()?, row.int()?);
    Ok(Macro { id, name, owner, visibility, words, by_language, commands, uses, version })
}
