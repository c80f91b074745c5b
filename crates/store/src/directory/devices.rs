//! Browsers that people allowed to show news when no page is open (Web Push). How well it
//! goes with one stands in the same row.

use super::rows::{many, one, slots};
use crate::{Columns, Failure, Sql};
use kernel::{DeviceId, PersonId, Timestamp};
use std::collections::BTreeMap;

/// A browser that shows somebody news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// The address at its vendor's server; whoever knows it can send to it.
    pub endpoint: String,
    /// Its public key, base64url without padding.
    pub p256dh: String,
    /// The secret that it shares with us, base64url without padding.
    pub auth: String,
    /// How its person knows it.
    pub label: String,
    /// When they allowed it.
    pub created_at: Timestamp,
    /// When something was last taken for it.
    pub ok_at: Option<Timestamp>,
    /// Since when nothing was taken for it.
    pub failing_since: Option<Timestamp>,
    /// What the last attempt ended with, while it fails.
    pub error: Option<String>,
}

/// A browser that takes nothing any more, of which its person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedDevice {
    /// How its person knew it.
    pub label: String,
    /// When its vendor's server said that it is gone.
    pub ended_at: Timestamp,
}

/// Characters kept of what an attempt ended with.
const ERROR_CHARS: usize = 300;

/// Browsers that ended which one page names.
const ENDED_MAX: i64 = 10;

const SELECT: &str = "select id, person_id, endpoint, p256dh, auth, label, created_at, ok_at, \
    failing_since, error from push_subscriptions";

/// Stores a browser. One that was known under its address, to whomever it belonged, is this one
/// now: it keeps its id where it stays with its person.
pub fn put(sql: &mut dyn Sql, device: &Device) -> Result<(), Failure> {
    let others = "delete from push_subscriptions where endpoint = $1 and person_id <> $2";
    sql.execute(others, &[(&device.endpoint).into(), device.person.into()])?;
    // Whoever allows it again knows.
    let ended = "delete from push_ended where person_id = $1 and label = $2";
    sql.execute(ended, &[device.person.into(), (&device.label).into()])?;
    sql.execute(
        "insert into push_subscriptions (id, person_id, endpoint, p256dh, auth, label, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (endpoint) do update set \
         p256dh = excluded.p256dh, auth = excluded.auth, label = excluded.label, \
         failing_since = null, rest_until = null, error = null",
        &[
            device.id.into(),
            device.person.into(),
            (&device.endpoint).into(),
            (&device.p256dh).into(),
            (&device.auth).into(),
            (&device.label).into(),
            device.created_at.into(),
        ],
    )
    .map(drop)
}

/// Puts the address and keys that a browser was given in the place of those that it had. It stays
/// the same browser: whoever is paged by it goes on to be.
pub fn renew(sql: &mut dyn Sql, id: DeviceId, given: &Device) -> Result<(), Failure> {
    let others = "delete from push_subscriptions where endpoint = $1 and id <> $2";
    sql.execute(others, &[(&given.endpoint).into(), id.into()])?;
    sql.execute(
        "update push_subscriptions set endpoint = $2, p256dh = $3, auth = $4, \
         failing_since = null, rest_until = null, error = null where id = $1",
        &[id.into(), (&given.endpoint).into(), (&given.p256dh).into(), (&given.auth).into()],
    )
    .map(drop)
}

/// The browser at this address.
pub fn at(sql: &mut dyn Sql, endpoint: &str) -> Result<Option<Device>, Failure> {
    one(sql, &format!("{SELECT} where endpoint = $1"), &[endpoint.into()], read)
}

/// The browser with this id.
pub fn get(sql: &mut dyn Sql, id: DeviceId) -> Result<Option<Device>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// Those of one person, in the order in which they allowed them.
pub fn of_person(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<Device>, Failure> {
    let statement = format!("{SELECT} where person_id = $1 order by created_at, id");
    many(sql, &statement, &[person.into()], read)
}

/// The ids of those of several people.
pub fn of_people(
    sql: &mut dyn Sql,
    people: &[PersonId],
) -> Result<BTreeMap<PersonId, Vec<DeviceId>>, Failure> {
    let (list, values) = slots(1, people);
    let statement = format!(
        "select person_id, id from push_subscriptions where person_id in ({list}) \
         order by created_at, id"
    );
    let mut found: BTreeMap<PersonId, Vec<DeviceId>> = BTreeMap::new();
    for (person, id) in
        many(sql, &statement, &values, |row| Ok((row.parsed()?, row.parsed::<DeviceId>()?)))?
    {
        found.entry(person).or_default().push(id);
    }
    Ok(found)
}

/// Whether there are any at all.
pub fn are_any(sql: &mut dyn Sql) -> Result<bool, Failure> {
    Ok(!sql.query("select 1 from push_subscriptions limit 1", &[])?.is_empty())
}

/// Removes one of a person's; `false` when it was none.
pub fn delete(sql: &mut dyn Sql, person: PersonId, id: DeviceId) -> Result<bool, Failure> {
    let statement = "delete from push_subscriptions where id = $1 and person_id = $2";
    Ok(sql.execute(statement, &[id.into(), person.into()])? == 1)
}

/// Removes one whose browser takes nothing any more, of which its person is told.
pub fn forget(sql: &mut dyn Sql, id: DeviceId, now: Timestamp) -> Result<(), Failure> {
    sql.execute(
        "insert into push_ended (id, person_id, label, ended_at) \
         select id, person_id, label, cast($2 as bigint) from push_subscriptions where id = $1 \
         on conflict do nothing",
        &[id.into(), now.into()],
    )?;
    sql.execute("delete from push_subscriptions where id = $1", &[id.into()]).map(drop)
}

/// Those of one person that take nothing any more and of which they have not heard, the last
/// first.
pub fn ended(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<EndedDevice>, Failure> {
    let statement = "select label, ended_at from push_ended where person_id = $1 \
        order by ended_at desc, id limit $2";
    many(sql, statement, &[person.into(), ENDED_MAX.into()], |row| {
        Ok(EndedDevice { label: row.text()?, ended_at: row.at()? })
    })
}

/// Their person has heard of those that ended until then.
pub fn heard(sql: &mut dyn Sql, person: PersonId, until: Timestamp) -> Result<(), Failure> {
    let statement = "delete from push_ended where person_id = $1 and ended_at <= $2";
    sql.execute(statement, &[person.into(), until.into()]).map(drop)
}

/// Something was taken for it.
pub fn works(sql: &mut dyn Sql, id: DeviceId, now: Timestamp) -> Result<(), Failure> {
    let statement = "update push_subscriptions set ok_at = $2, failing_since = null, \
        rest_until = null, error = null where id = $1";
    sql.execute(statement, &[id.into(), now.into()]).map(drop)
}

/// Something was not taken for it, and why; until when its server wants to be left alone.
pub fn fails(
    sql: &mut dyn Sql,
    id: DeviceId,
    error: &str,
    rest_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Failure> {
    let error: String = error.chars().take(ERROR_CHARS).collect();
    let statement = "update push_subscriptions set failing_since = coalesce(failing_since, $2), \
        rest_until = $3, error = $4 where id = $1";
    let values = [id.into(), now.into(), rest_until.into(), error.into()];
    sql.execute(statement, &values).map(drop)
}

fn read(row: &mut Columns) -> Result<Device, Failure> {
    Ok(Device {
        id: row.parsed()?,
        person: row.parsed()?,
        endpoint: row.text()?,
        p256dh: row.text()?,
        auth: row.text()?,
        label: row.text()?,
        created_at: row.at()?,
        ok_at: row.opt_at()?,
        failing_since: row.opt_at()?,
        error: row.opt_text()?,
    })
}
