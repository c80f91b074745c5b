//! Customer companies of the provider.

use super::people::starting;
use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::OrganisationId;
use serde::{Deserialize, Serialize};

/// A customer company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name, unique whatever the case.
    pub name: String,
    /// Domains of its people's addresses, in lower case.
    pub email_domains: Vec<String>,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

const SELECT: &str = "select id, name, email_domains, version from organisations";

/// Stores a new organisation. [`Failure::Exists`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, organisation: &Organisation) -> Result<(), Failure> {
    sql.execute(
        "insert into organisations (id, name, email_domains) values ($1, $2, $3)",
        &values(organisation)?,
    )?;
    Ok(())
}

/// Changes an organisation; `false` when `expected_version` is not its any more.
pub fn update(
    sql: &mut dyn Sql,
    organisation: &Organisation,
    expected_version: i64,
) -> Result<bool, Failure> {
    let mut values = values(organisation)?;
    values.push(expected_version.into());
    let touched =
        sql.execute("update organisations set name = $2, email_domains = $3, version = version + 1 where id = $1 and version = $4", &values)?;
    Ok(touched == 1)
}

/// Whether people or incidents belong to an organisation.
pub fn is_used(sql: &mut dyn Sql, id: OrganisationId) -> Result<bool, Failure> {
    let statement = "select 1 where exists (select 1 from people where organisation_id = $1) \
                     or exists (select 1 from incidents where organisation_id = $1)";
    Ok(one(sql, statement, &[id.into()], Columns::int)?.is_some())
}

/// Removes an organisation; `false` when there was none. [`Failure::Reference`]
/// while people belong to it.
pub fn delete(sql: &mut dyn Sql, id: OrganisationId) -> Result<bool, Failure> {
    Ok(sql.execute("delete from organisations where id = $1", &[id.into()])? == 1)
}

/// The organisation with this id.
pub fn get(sql: &mut dyn Sql, id: OrganisationId) -> Result<Option<Organisation>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The organisation with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Organisation>, Failure> {
    one(sql, &format!("{SELECT} where lower(name) = lower($1)"), &[name.trim().into()], read)
}

/// Every organisation by name.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Organisation>, Failure> {
    many(sql, &format!("{SELECT} order by lower(name), id"), &[], read)
}

/// The organisation whose people have such addresses; of several the first by name.
pub fn of_email(sql: &mut dyn Sql, email: &str) -> Result<Option<Organisation>, Failure> {
    let Some((_, domain)) = email.rsplit_once('@') else { return Ok(None) };
    let domain = domain.trim().to_lowercase();
    // As it stands in the list: only what may have it is read, for each sender that is new.
    let pattern = format!("%{}", starting(&json(&domain)?));
    let statement =
        format!(r"{SELECT} where email_domains like $1 escape '\' order by lower(name), id");
    let found = many(sql, &statement, &[pattern.into()], read)?;
    Ok(found.into_iter().find(|organisation| organisation.email_domains.contains(&domain)))
}

fn values(organisation: &Organisation) -> Result<Vec<Value>, Failure> {
    let domains: Vec<String> =
        organisation.email_domains.iter().map(|domain| domain.trim().to_lowercase()).collect();
    Ok(vec![organisation.id.into(), (&organisation.name).into(), json(&domains)?.into()])
}

fn read(row: &mut Columns) -> Result<Organisation, Failure> {
    Ok(Organisation {
        id: row.parsed()?,
        name: row.text()?,
        email_domains: row.json()?,
        version: row.int()?,
    })
}
