//! Telling somebody of the service desk that their reply by mail stayed inside.

use crate::{Failure, Sql};
use incident::Audience;
use kernel::{IncidentNumber, PersonId, Timestamp};

/// The word for what somebody is told whose reply by mail is not proven to be theirs.
pub const UNPROVEN: &str = "unproven";
/// Days in which one person is told so once: anybody can write in their name.
const AGAIN_DAYS: i64 = 1;

/// Has somebody told that the reply in their name, this entry of an incident, was kept as a note.
pub fn tell_unproven(
    sql: &mut dyn Sql,
    (number, n): (IncidentNumber, u32),
    person: PersonId,
    now: Timestamp,
) -> Result<(), Failure> {
    let audience = serde_json::to_string(&Audience::Person(person))
        .map_err(|error| Failure::damaged(error.to_string()))?;
    let told = "select 1 from deliveries where person_id = $1 and word = 'unproven' \
        and created_at > $2 union all select 1 from outbox where word = 'unproven' \
        and audience = $3 limit 1";
    let since = now.plus_days(-AGAIN_DAYS);
    let asked = [person.into(), since.into(), audience.as_str().into()];
    if !sql.query(told, &asked)?.is_empty() {
        return Ok(());
    }
    let statement = "insert into outbox (number, n, word, audience, not_before, created_at) \
        values ($1, $2, $3, $4, $5, $5)";
    let values = [number.into(), i64::from(n).into(), UNPROVEN.into(), audience.into(), now.into()];
    sql.execute(statement, &values).map(drop)
}
