//! The letter that tries out the mail server.

use super::{By, DELIVERIES, TRIAL, ToldAs};
use crate::{Failure, Sql, Value};
use kernel::{PersonId, Timestamp};

/// Asks for a letter that tries out the mail server.
pub fn try_out(
    sql: &mut dyn Sql,
    person: PersonId,
    address: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let row = vec![
        Value::Null,
        0i64.into(),
        TRIAL.into(),
        person.into(),
        ToldAs::Person.as_str().into(),
        By::Email.as_str().into(),
        address.into(),
        now.into(),
        now.into(),
        "".into(),
        "".into(),
    ];
    sql.insert(&DELIVERIES, vec![row]).map(drop)
}
