//! Lists of stakeholders: people and plain addresses that an update can be for, and what of
//! all that happens they want to hear.

use super::rows::{json, many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::conduct::Degree;
use incident::state::UpdatePhase;
use kernel::{Language, ListId, PersonId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Members of one list, people and addresses together: more are subscribers of the status page.
pub const MEMBERS_MAX: usize = 1_000;
/// Lists of one instance: a composer shows them all.
pub const LISTS_MAX: usize = 100;

/// An address that is no person's here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainAddress {
    /// The e-mail address, in lower case.
    pub email: String,
    /// What its reader reads.
    #[serde(default)]
    pub language: Language,
}

/// A list of stakeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Its id.
    pub id: ListId,
    /// Its name.
    pub name: String,
    /// People on it.
    pub people: BTreeSet<PersonId>,
    /// Addresses on it that are no person's here.
    pub addresses: BTreeSet<PlainAddress>,
    /// What it wants to hear.
    #[serde(flatten)]
    pub wants: Wants,
    /// Its version.
    pub version: i64,
}

/// What a list wants to hear of the updates that are for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wants {
    /// About these services; about all when there are none.
    #[serde(default)]
    pub services: BTreeSet<ServiceId>,
    /// Only when something was at least so bad; whatever it was when absent.
    #[serde(default)]
    pub least_degree: Option<Degree>,
    /// Only where it stands like this; wherever when there are none.
    #[serde(default)]
    pub phases: BTreeSet<UpdatePhase>,
    /// Only the first word about an incident, and that it is over.
    #[serde(default)]
    pub first_and_last_only: bool,
}

/// What an update is about, as far as lists ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// Services that are concerned.
    pub services: BTreeSet<ServiceId>,
    /// The worst that any of them was.
    pub worst: Option<Degree>,
    /// Where it stands.
    pub phase: UpdatePhase,
    /// Whether the list has heard nothing of it before.
    pub first: bool,
}

impl Wants {
    /// Whether an update is wanted. What is over is wanted by whoever may have heard that it began.
    pub fn hears(&self, matter: &Matter) -> bool {
        let services = self.services.is_empty() || !self.services.is_disjoint(&matter.services);
        let degree = match (self.least_degree, matter.worst) {
            (None, _) => true,
            (Some(least), Some(worst)) => worst >= least,
            // Nothing was out, so it was no worse than the least there is.
            (Some(least), None) => least == Degree::Degraded,
        };
        let phase = self.phases.is_empty() || self.phases.contains(&matter.phase);
        let place =
            !self.first_and_last_only || matter.first || matter.phase == UpdatePhase::Resolved;
        services && degree && phase && place
    }
}

impl List {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "list";

    /// Members, people and addresses together.
    pub fn members(&self) -> usize {
        self.people.len() + self.addresses.len()
    }
}

/// What is stored beside id, name and version.
#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(default)]
    people: BTreeSet<PersonId>,
    #[serde(default)]
    addresses: BTreeSet<PlainAddress>,
    #[serde(flatten)]
    wants: Wants,
}

const SELECT: &str = "select id, name, body, version from stakeholder_lists";

/// Stores a new list. [`Failure::Exists`] when the name is taken.
pub fn insert(sql: &mut dyn Sql, list: &List, now: Timestamp) -> Result<(), Failure> {
    let mut values = values(list)?;
    values.push(now.into());
    let statement =
        "insert into stakeholder_lists (id, name, body, created_at) values ($1, $2, $3, $4)";
    sql.execute(statement, &values).map(drop)
}

/// Changes a list; `false` when `expected_version` is not its any more.
pub fn update(sql: &mut dyn Sql, list: &List, expected_version: i64) -> Result<bool, Failure> {
    let mut values = values(list)?;
    values.push(expected_version.into());
    let statement = "update stakeholder_lists set name = $2, body = $3, version = version + 1 \
        where id = $1 and version = $4";
    Ok(sql.execute(statement, &values)? == 1)
}

/// Removes a list; `false` when there was none. What waits for it is told to nobody.
pub fn delete(sql: &mut dyn Sql, id: ListId, now: Timestamp) -> Result<bool, Failure> {
    let waiting = "update told_outside set state = 'withdrawn', ended_at = $2, \
        taken_until = null, error = 'the list is gone' where list_id = $1 and state = 'waiting'";
    sql.execute(waiting, &[id.into(), now.into()])?;
    Ok(sql.execute("delete from stakeholder_lists where id = $1", &[id.into()])? == 1)
}

/// Tells an address nothing of what waits to be sent to it as one of this list.
pub fn withdraw(
    sql: &mut dyn Sql,
    id: ListId,
    address: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "update told_outside set state = 'withdrawn', ended_at = $3, \
        taken_until = null, error = 'it was taken off the list' \
        where list_id = $1 and address = $2 and state = 'waiting'";
    sql.execute(statement, &[id.into(), address.into(), now.into()]).map(drop)
}

/// The list with this id.
pub fn get(sql: &mut dyn Sql, id: ListId) -> Result<Option<List>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// All lists, by name.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<List>, Failure> {
    many(sql, &format!("{SELECT} order by lower(name), id"), &[], read)
}

/// All lists that can be read, by name: one that cannot be keeps nobody from writing to the others.
pub fn readable(sql: &mut dyn Sql) -> Result<Vec<List>, Failure> {
    let rows = sql.query(&format!("{SELECT} order by lower(name), id"), &[])?;
    let found = rows.into_iter().filter_map(|row| match read(&mut Columns::of(row)) {
        Ok(list) => Some(list),
        Err(failure) => {
            tracing::warn!(%failure, "a list cannot be read; nobody can choose it");
            None
        }
    });
    Ok(found.collect())
}

/// How many lists there are.
pub fn count(sql: &mut dyn Sql) -> Result<i64, Failure> {
    let statement = "select count(*) from stakeholder_lists";
    Ok(one(sql, statement, &[], Columns::int)?.unwrap_or_default())
}

fn values(list: &List) -> Result<Vec<Value>, Failure> {
    let body = Body {
        people: list.people.clone(),
        addresses: list.addresses.clone(),
        wants: list.wants.clone(),
    };
    Ok(vec![list.id.into(), (&list.name).into(), json(&body)?.into()])
}

fn read(row: &mut Columns) -> Result<List, Failure> {
    let (id, name) = (row.parsed()?, row.text()?);
    let Body { people, addresses, wants } = row.json()?;
    Ok(List { id, name, people, addresses, wants, version: row.int()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matter() -> Matter {
        Matter {
            services: BTreeSet::new(),
            worst: Some(Degree::Partial),
            phase: UpdatePhase::Identified,
            first: false,
        }
    }

    #[test]
    fn a_list_that_wants_nothing_special_hears_all() {
        assert!(Wants::default().hears(&matter()));
        assert!(Wants::default().hears(&Matter { worst: None, ..matter() }));
    }

    #[test]
    fn what_is_not_bad_enough_is_not_heard() {
        let wants = |least| Wants { least_degree: Some(least), ..Wants::default() };
        assert!(wants(Degree::Degraded).hears(&matter()));
        assert!(wants(Degree::Partial).hears(&matter()));
        assert!(!wants(Degree::Full).hears(&matter()));
        let nothing_out = Matter { worst: None, ..matter() };
        assert!(wants(Degree::Degraded).hears(&nothing_out));
        assert!(!wants(Degree::Partial).hears(&nothing_out));
    }

    #[test]
    fn first_and_last_are_heard_and_nothing_between() {
        let wants = Wants { first_and_last_only: true, ..Wants::default() };
        assert!(!wants.hears(&matter()));
        assert!(wants.hears(&Matter { first: true, ..matter() }));
        assert!(wants.hears(&Matter { phase: UpdatePhase::Resolved, ..matter() }));
    }
}
