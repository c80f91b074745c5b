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

/// Every version of every agreement, with the instant from which it is in force.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<(Agreement, Timestamp)>, Failure> {
    many(sql, "select body, since from agreements order by id, version", &[], read)
}

/// Every version of every agreement without what it says: which, and from when it is in force.
pub(super) fn known(sql: &mut dyn Sql) -> Result<Vec<(AgreementRef, Timestamp)>, Failure> {
    many(sql, "select id, version, since from agreements order by id, version", &[], |row| {
        Ok((AgreementRef { id: row.parsed()?, version: row.int()? }, row.at()?))
    })
}

/// This very version.
pub(super) fn get(sql: &mut dyn Sql, reference: AgreementRef) -> Result<Agreement, Failure> {
    let statement = "select body from agreements where id = $1 and version = $2";
    let values = [reference.id.into(), reference.version.into()];
    one(sql, statement, &values, Columns::json)?
        .ok_or_else(|| Failure::damaged(format!("version {} is gone", reference.version)))
}

/// Every version of an agreement, the newest first, with the instant from which it is in force.
pub fn versions(
    sql: &mut dyn Sql,
    id: AgreementId,
) -> Result<Vec<(Agreement, Timestamp)>, Failure> {
    let statement = "select body, since from agreements where id = $1 order by version desc";
    many(sql, statement, &[id.into()], read)
}

fn read(row: &mut Columns) -> Result<(Agreement, Timestamp), Failure> {
    Ok((row.json()?, row.at()?))
}
