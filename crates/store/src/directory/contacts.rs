//! How people are reached when they are paged: their ways with what was shown of each, and which
//! way after how long. How well it goes with one stands in its row but is no configuration.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use incident::reach::{Method, PageChannel, Reach, ReachRule};
use kernel::{ContactId, DeviceId, PersonId, Timestamp};
use serde::Serialize;
use std::collections::HashMap;

/// Characters kept of what an attempt ended with.
const ERROR_CHARS: usize = 300;

/// A way to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Whose it is.
    pub person: PersonId,
    /// By what.
    pub channel: PageChannel,
    /// Where.
    pub address: String,
    /// How its person calls it; may be empty.
    pub label: String,
    /// Since when it is known.
    pub created_at: Timestamp,
    /// Since when it is known that it reaches them, and it is used.
    pub verified_at: Option<Timestamp>,
    /// When something was last taken for it by whoever brings it.
    pub sent_at: Option<Timestamp>,
    /// When it was last shown that it reaches them: by its code, or because what was sent arrived.
    pub proved_at: Option<Timestamp>,
    /// Since when nothing was taken for it.
    pub failing_since: Option<Timestamp>,
    /// What the last attempt ended with, while it fails.
    pub error: Option<String>,
}

/// What a code that was said came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is the one: the way is used from now on.
    Right,
    /// It is not; so many tries are left.
    Wrong(i64),
    /// There is none to be said, or its time is over.
    Over,
}

/// How many messages somebody may have sent by hand to one way, in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Messages.
    pub messages: i64,
    /// Seconds.
    pub seconds: i64,
}

const SELECT: &str = "select id, person_id, channel, address, label, created_at, verified_at, \
    sent_at, proved_at, failing_since, error from contact_methods";

/// Stores a new way, not verified. [`Failure::Exists`] when its person has it.
pub fn insert(sql: &mut dyn Sql, contact: &Contact) -> Result<(), Failure> {
    sql.execute(
        "insert into contact_methods (id, person_id, channel, address, label, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
        &[
            contact.id.into(),
            contact.person.into(),
            contact.channel.as_str().into(),
            (&contact.address).into(),
            (&contact.label).into(),
            contact.created_at.into(),
        ],
    )
    .map(drop)
}

/// Removes a way with the rules that name it; `false` when there is none.
pub fn delete(sql: &mut dyn Sql, id: ContactId) -> Result<bool, Failure> {
    sql.execute("delete from contact_rules where contact_id = $1", &[id.into()])?;
    Ok(sql.execute("delete from contact_methods where id = $1", &[id.into()])? == 1)
}

/// The way with this id.
pub fn get(sql: &mut dyn Sql, id: ContactId) -> Result<Option<Contact>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The ways of somebody, the oldest first.
pub fn of_person(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<Contact>, Failure> {
    let statement = format!("{SELECT} where person_id = $1 order by created_at, id");
    many(sql, &statement, &[person.into()], read)
}

/// The ways that are used and lead to this browser.
pub fn by_browser(sql: &mut dyn Sql, device: DeviceId) -> Result<Vec<Contact>, Failure> {
    let statement = format!(
        "{SELECT} where channel = $1 and address = $2 and verified_at is not null order by id"
    );
    let values: [Value; 2] = [PageChannel::WebPush.as_str().into(), device.to_string().into()];
    many(sql, &statement, &values, read)
}

/// It is not known any more that a way reaches its person, and why: it is used no more.
pub fn unverify(
    sql: &mut dyn Sql,
    id: ContactId,
    why: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    sql.execute("update contact_methods set verified_at = null where id = $1", &[id.into()])?;
    went_wrong(sql, id, why, now)
}

/// Counts a message that somebody has sent by hand; `false` when they sent too many lately.
pub fn count_message(
    sql: &mut dyn Sql,
    id: ContactId,
    now: Timestamp,
    allowance: Allowance,
) -> Result<bool, Failure> {
    let before = now.plus_seconds(-allowance.seconds);
    let anew = "update contact_methods set codes_sent = 0, codes_since = $2 \
        where id = $1 and (codes_since is null or codes_since <= $3 or codes_since > $2)";
    sql.execute(anew, &[id.into(), now.into(), before.into()])?;
    let count = "update contact_methods set codes_sent = codes_sent + 1 \
        where id = $1 and codes_sent < $2";
    Ok(sql.execute(count, &[id.into(), allowance.messages.into()])? == 1)
}

/// Waits for this code until then; one that was sent before is worth nothing any more.
pub fn expect_code(
    sql: &mut dyn Sql,
    id: ContactId,
    hash: &[u8],
    until: Timestamp,
) -> Result<(), Failure> {
    let statement = "update contact_methods set code_hash = $2, code_until = $3, code_tries = 0 \
        where id = $1";
    sql.execute(statement, &[id.into(), hash.into(), until.into()]).map(drop)
}

/// What it comes to that somebody says this code.
pub fn say_code(
    sql: &mut dyn Sql,
    id: ContactId,
    hash: &[u8],
    now: Timestamp,
    tries_max: i64,
) -> Result<Said, Failure> {
    // Counted before it is compared, so that guesses sent at once count as well.
    let count = "update contact_methods set code_tries = code_tries + 1 where id = $1 \
        and code_hash is not null and code_until >= $2 and code_tries < $3";
    if sql.execute(count, &[id.into(), now.into(), tries_max.into()])? == 0 {
        return Ok(Said::Over);
    }
    let verify = "update contact_methods set verified_at = $3, proved_at = $3, code_hash = null, \
        code_until = null, code_tries = 0, failing_since = null, error = null \
        where id = $1 and code_hash = $2";
    if sql.execute(verify, &[id.into(), hash.into(), now.into()])? == 1 {
        return Ok(Said::Right);
    }
    let tries = "select code_tries from contact_methods where id = $1";
    let tries = one(sql, tries, &[id.into()], Columns::int)?.unwrap_or(tries_max);
    Ok(Said::Wrong((tries_max - tries).max(0)))
}

/// Something was taken for a way.
pub fn went_well(sql: &mut dyn Sql, id: ContactId, now: Timestamp) -> Result<(), Failure> {
    let statement = "update contact_methods set sent_at = $2, failing_since = null, \
        error = null where id = $1";
    sql.execute(statement, &[id.into(), now.into()]).map(drop)
}

/// What was sent to a way arrived.
pub fn reached(sql: &mut dyn Sql, id: ContactId, now: Timestamp) -> Result<(), Failure> {
    let statement = "update contact_methods set proved_at = $2 where id = $1";
    sql.execute(statement, &[id.into(), now.into()]).map(drop)
}

/// Nothing was taken for a way.
pub fn went_wrong(
    sql: &mut dyn Sql,
    id: ContactId,
    error: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "update contact_methods set failing_since = coalesce(failing_since, $2), \
        error = $3 where id = $1";
    let error: String = error.chars().filter(|c| *c != '\0').take(ERROR_CHARS).collect();
    sql.execute(statement, &[id.into(), now.into(), error.into()]).map(drop)
}

/// Which way of somebody after how long, in the order of time.
pub fn rules(sql: &mut dyn Sql, person: PersonId) -> Result<Vec<ReachRule>, Failure> {
    let statement = "select urgency, after_minutes, contact_id from contact_rules \
        where person_id = $1 order by urgency, after_minutes, contact_id";
    many(sql, statement, &[person.into()], rule)
}

/// Puts these in the place of all rules of somebody; none twice.
pub fn put_rules(sql: &mut dyn Sql, person: PersonId, rules: &[ReachRule]) -> Result<(), Failure> {
    sql.execute("delete from contact_rules where person_id = $1", &[person.into()])?;
    for rule in rules {
        let values: [Value; 4] = [
            person.into(),
            rule.urgency.as_str().into(),
            i64::from(rule.after_minutes).into(),
            rule.contact.into(),
        ];
        sql.execute(
            "insert into contact_rules (person_id, urgency, after_minutes, contact_id) \
             values ($1, $2, $3, $4)",
            &values,
        )?;
    }
    Ok(())
}

/// How somebody is reached.
pub fn reach(sql: &mut dyn Sql, person: PersonId) -> Result<Reach, Failure> {
    let email = "select email from people where id = $1";
    let email = one(sql, email, &[person.into()], Columns::opt_text)?.flatten();
    let methods = of_person(sql, person)?.into_iter().map(method).collect();
    Ok(Reach { email, methods, rules: rules(sql, person)? })
}

/// How everybody with a role is reached whose account is in use.
pub fn reach_of_staff(sql: &mut dyn Sql) -> Result<HashMap<PersonId, Reach>, Failure> {
    const STAFF: &str = "select id from people where roles <> '[]' and active = 1";
    let people = "select id, email from people where roles <> '[]' and active = 1";
    let mut found: HashMap<PersonId, Reach> = many(sql, people, &[], |row| {
        let (id, email) = (row.parsed()?, row.opt_text()?);
        Ok((id, Reach { email, ..Reach::default() }))
    })?
    .into_iter()
    .collect();
    let all = format!("{SELECT} where person_id in ({STAFF}) order by created_at, id");
    for contact in many(sql, &all, &[], read)? {
        if let Some(reach) = found.get_mut(&contact.person) {
            reach.methods.push(method(contact));
        }
    }
    let all = format!(
        "select person_id, urgency, after_minutes, contact_id from contact_rules \
         where person_id in ({STAFF}) order by person_id, urgency, after_minutes, contact_id"
    );
    for (person, rule) in many(sql, &all, &[], |row| Ok((row.parsed()?, rule(row)?)))? {
        if let Some(reach) = found.get_mut(&person) {
            reach.rules.push(rule);
        }
    }
    Ok(found)
}

fn method(contact: Contact) -> Method {
    Method {
        id: contact.id,
        channel: contact.channel,
        address: contact.address,
        verified: contact.verified_at.is_some(),
    }
}

fn rule(row: &mut Columns) -> Result<ReachRule, Failure> {
    let (urgency, minutes) = (row.parsed()?, row.int()?);
    let after_minutes = u16::try_from(minutes)
        .map_err(|_| Failure::damaged(format!("a way is used after {minutes} minutes")))?;
    Ok(ReachRule { urgency, after_minutes, contact: row.parsed()? })
}

fn read(row: &mut Columns) -> Result<Contact, Failure> {
    Ok(Contact {
        id: row.parsed()?,
        person: row.parsed()?,
        channel: row.parsed()?,
        address: row.text()?,
        label: row.text()?,
        created_at: row.at()?,
        verified_at: row.opt_at()?,
        sent_at: row.opt_at()?,
        proved_at: row.opt_at()?,
        failing_since: row.opt_at()?,
        error: row.opt_text()?,
    })
}
