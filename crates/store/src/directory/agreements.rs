//! Agreements: every version is kept, because incidents refer to it.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql};
use incident::policy::Agreement;
use incident::state::AgreementRef;
use kernel::{AgreementId, Timestamp};

/// Stores a version of an agreement, in force from `since`. [`Failure::Exists`]
/// when that version is there already.
pub fn insert(sql: &mut dyn Sql, agreement: &Agreement, since: Timestamp) -> Result<(), Failure> {
    let AgreementRef { id, version } = agreement.reference;
    let values = [id.into(), version.into(), json(agreement)?.into(), since.into()];
    sql.execute(
        "insert into agreements (id, version, body, since) values ($1, $2, $3, $4)",
        &values,
    )?;
    Ok(())
}

/// The agreement in force: what was put in force last.
pub fn in_force(sql: &mut dyn Sql) -> Result<Option<Agreement>, Failure> {
    one(
        sql,
        "select body from agreements order by since desc, version desc, id desc limit 1",
        &[],
        Columns::json,
    )
}

/// Every version of an agreement, the newest first, with the instant from which it is in force.
pub fn versions(
    sql: &mut dyn Sql,
    id: AgreementId,
) -> Result<Vec<(Agreement, Timestamp)>, Failure> {
    let statement = "select body, since from agreements where id = $1 order by version desc";
    many(sql, statement, &[id.into()], |row| Ok((row.json()?, row.at()?)))
}
