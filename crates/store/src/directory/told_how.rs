//! How people want to be told, where they said so.

use super::rows::{json, one};
use crate::{Columns, Failure, Sql};
use incident::telling::Preferences;
use kernel::PersonId;

/// How somebody wants to be told.
pub fn get(sql: &mut dyn Sql, person: PersonId) -> Result<Preferences, Failure> {
    let statement = "select preferences from told_how where person_id = $1";
    let stored = one(sql, statement, &[person.into()], Columns::json::<Preferences>)?;
    Ok(stored.unwrap_or_default())
}

/// Stores how somebody wants to be told.
pub fn put(sql: &mut dyn Sql, person: PersonId, preferences: &Preferences) -> Result<(), Failure> {
    let statement = "insert into told_how (person_id, preferences) values ($1, $2) \
        on conflict (person_id) do update set preferences = excluded.preferences";
    sql.execute(statement, &[person.into(), json(preferences)?.into()]).map(drop)
}
