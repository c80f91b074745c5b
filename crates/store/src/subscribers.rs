//! Whoever subscribed to the status page: by mail after a confirmation, or a program after it
//! answered a challenge.

use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use kernel::{ComponentId, Language, SubscriberId, Timestamp, words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Subscribers at once, those that have not confirmed among them: what one instance of our size
/// tells within a quarter of an hour.
pub const SUBSCRIBERS_MAX: i64 = 100_000;
/// Those that have not confirmed, at once: a flood of invented addresses ends here.
pub const UNCONFIRMED_MAX: i64 = 10_000;
/// Hours after which whoever has not confirmed is forgotten.
pub const CONFIRM_HOURS: i64 = 48;
/// Letters that came back after which a subscription ends.
pub const BOUNCES_MAX: i64 = 3;
/// Days within which they count together: a mailbox that is full once a year is there.
const BOUNCES_WITHIN_DAYS: i64 = 90;
/// Seconds of failures alone after which a program is told nothing any more: three days.
pub const FAILING_SECONDS: i64 = 3 * 86_400;
/// Days for which it stays known why a subscription ended.
const ENDED_DAYS: i64 = 30;
/// Rows that one tidying removes: whoever writes meanwhile waits.
const TIDIED_ROWS: i64 = 500;

words! {
    /// How a subscriber is told.
    SubscriberKind {
        /// By e-mail.
        Mail = "mail",
        /// A program, by signed JSON.
        Webhook = "webhook",
    }
}

words! {
    /// Why a subscription ended.
    Ended {
        /// They said so.
        Unsubscribed = "unsubscribed",
        /// Letters came back.
        Bounced = "bounced",
        /// The program says that it is gone, or took nothing for days.
        Gone = "gone",
        /// Somebody of the service desk removed it.
        Removed = "removed",
    }
}

/// Whoever subscribed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscriber {
    /// Its id.
    pub id: SubscriberId,
    /// How it is told.
    pub kind: SubscriberKind,
    /// Where: an e-mail address in lower case, or where a program listens.
    pub address: String,
    /// What is read there.
    pub language: Language,
    /// Whether it is told about all components, those to come included.
    pub everything: bool,
    /// The components otherwise.
    pub components: BTreeSet<ComponentId>,
    /// Signs what a program is sent; empty for mail. No record of it is kept anywhere else.
    #[serde(skip)]
    pub secret: String,
    /// When they last asked.
    pub asked_at: Timestamp,
    /// When they confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub ended_because: Option<Ended>,
    /// Letters that came back within 90 days, when the last one did.
    pub bounces: i64,
    /// Since when a program has taken nothing.
    pub failing_since: Option<Timestamp>,
}

impl Subscriber {
    /// What it is called in refusals and in the audit.
    pub const WHAT: &'static str = "subscriber";
}

/// Which subscribers are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// What stands in the address.
    pub text: String,
    /// Who hears of this component.
    pub component: Option<ComponentId>,
    /// After this one, in the order of ids.
    pub after: Option<SubscriberId>,
}

/// How many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Confirmed and not ended.
    pub confirmed: i64,
    /// Those of them that are told about everything.
    pub everything: i64,
    /// Those of them that chose a component; whoever is told about everything is not among them.
    pub chose: BTreeMap<ComponentId, i64>,
    /// Those that have not confirmed yet.
    pub unconfirmed: i64,
}

const SELECT: &str = "select id, kind, address, language, everything, secret, asked_at, \
    confirmed_at, ended_at, ended_because, bounces, failing_since from subscribers";

/// Stores a new one, which has not confirmed. [`Failure::Exists`] when the address has one.
pub fn insert(sql: &mut dyn Sql, one: &Subscriber) -> Result<(), Failure> {
    let values: [Value; 7] = [
        one.id.into(),
        one.kind.as_str().into(),
        (&one.address).into(),
        one.language.as_str().into(),
        one.everything.into(),
        (&one.secret).into(),
        one.asked_at.into(),
    ];
    let statement = "insert into subscribers (id, kind, address, language, everything, secret, \
        asked_at) values ($1, $2, $3, $4, $5, $6, $7)";
    sql.execute(statement, &values)?;
    choose(sql, one.id, one.everything, &one.components)
}

/// Keeps what somebody who has not confirmed asks for now; links of before lead nowhere.
pub fn ask_again(sql: &mut dyn Sql, one: &Subscriber) -> Result<(), Failure> {
    let statement = "update subscribers set language = $2, secret = $3, asked_at = $4 \
        where id = $1 and confirmed_at is null and ended_at is null";
    let values =
        [one.id.into(), one.language.as_str().into(), (&one.secret).into(), one.asked_at.into()];
    sql.execute(statement, &values)?;
    choose(sql, one.id, one.everything, &one.components)
}

/// Changes what a subscriber is told about.
pub fn choose(
    sql: &mut dyn Sql,
    id: SubscriberId,
    everything: bool,
    components: &BTreeSet<ComponentId>,
) -> Result<(), Failure> {
    let statement = "update subscribers set everything = $2 where id = $1";
    sql.execute(statement, &[id.into(), everything.into()])?;
    sql.execute("delete from subscriber_components where subscriber_id = $1", &[id.into()])?;
    if !everything {
        for component in components {
            let statement = "insert into subscriber_components (component_id, subscriber_id) \
                values ($1, $2) on conflict do nothing";
            sql.execute(statement, &[component.to_string().into(), id.into()])?;
        }
    }
    Ok(())
}

/// Confirms whoever asked at this instant, once; `false` when there is nobody who waits for it.
pub fn confirm(
    sql: &mut dyn Sql,
    id: SubscriberId,
    asked_at: Timestamp,
    now: Timestamp,
) -> Result<bool, Failure> {
    let statement = "update subscribers set confirmed_at = $3 where id = $1 and asked_at = $2 \
        and confirmed_at is null and ended_at is null and asked_at > $4";
    let since = now.plus_seconds(-CONFIRM_HOURS * 3_600);
    Ok(sql.execute(statement, &[id.into(), asked_at.into(), now.into(), since.into()])? == 1)
}

/// Ends a subscription, and withdraws what waits for it; `false` when it had ended.
pub fn end(
    sql: &mut dyn Sql,
    id: SubscriberId,
    why: Ended,
    now: Timestamp,
) -> Result<bool, Failure> {
    let statement = "update subscribers set ended_at = $2, ended_because = $3, secret = '' \
        where id = $1 and ended_at is null";
    let ended = sql.execute(statement, &[id.into(), now.into(), why.as_str().into()])? == 1;
    if ended {
        let statement = "update told_outside set state = 'withdrawn', ended_at = $2, \
            taken_until = null, error = 'the subscription ended' \
            where subscriber_id = $1 and state = 'waiting'";
        sql.execute(statement, &[id.into(), now.into()])?;
        sql.execute("delete from subscriber_components where subscriber_id = $1", &[id.into()])?;
    }
    Ok(ended)
}

/// Counts the letters that came back lately, and ends the subscription after the last one that
/// may; whether it ended.
pub fn bounced(sql: &mut dyn Sql, id: SubscriberId, now: Timestamp) -> Result<bool, Failure> {
    let statement = "update subscribers set bounces = (select count(*) from told_outside \
        where subscriber_id = $1 and bounced_at > $2) \
        where id = $1 and ended_at is null returning bounces";
    let since = now.plus_days(-BOUNCES_WITHIN_DAYS);
    match one(sql, statement, &[id.into(), since.into()], Columns::int)? {
        Some(bounces) if bounces >= BOUNCES_MAX => end(sql, id, Ended::Bounced, now),
        _ => Ok(false),
    }
}

/// Records how a program answers: `taken` or not; whether its subscription ended because it has
/// taken nothing for so long.
pub fn answered(
    sql: &mut dyn Sql,
    id: SubscriberId,
    taken: bool,
    now: Timestamp,
) -> Result<bool, Failure> {
    if taken {
        let statement = "update subscribers set failing_since = null where id = $1 \
            and failing_since is not null";
        sql.execute(statement, &[id.into()])?;
        return Ok(false);
    }
    let statement = "update subscribers set failing_since = coalesce(failing_since, $2) \
        where id = $1 and ended_at is null returning failing_since";
    let since = one(sql, statement, &[id.into(), now.into()], Columns::at)?;
    match since {
        Some(since) if now.seconds_since(since) > FAILING_SECONDS => end(sql, id, Ended::Gone, now),
        _ => Ok(false),
    }
}

/// The subscriber with this id, ended or not.
pub fn get(sql: &mut dyn Sql, id: SubscriberId) -> Result<Option<Subscriber>, Failure> {
    let found = one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)?;
    Ok(with_components(sql, found.into_iter().collect())?.pop())
}

/// The subscription of an address that has not ended.
pub fn find(
    sql: &mut dyn Sql,
    kind: SubscriberKind,
    address: &str,
) -> Result<Option<Subscriber>, Failure> {
    let statement = format!("{SELECT} where kind = $1 and address = $2 and ended_at is null");
    let found = one(sql, &statement, &[kind.as_str().into(), address.into()], read)?;
    Ok(with_components(sql, found.into_iter().collect())?.pop())
}

/// Subscribers that have not ended, in the order of their ids; `limit` at most.
pub fn list(sql: &mut dyn Sql, filter: &Filter, limit: i64) -> Result<Vec<Subscriber>, Failure> {
    let after = filter.after.map(|id| id.to_string()).unwrap_or_default();
    let mut values: Vec<Value> = vec![after.into(), limit.into()];
    let mut conditions = String::new();
    if !filter.text.is_empty() {
        values.push(crate::directory::containing(&filter.text.to_lowercase()).into());
        conditions.push_str(&format!(" and lower(address) like ${} escape '\\'", values.len()));
    }
    if let Some(component) = filter.component {
        values.push(component.to_string().into());
        conditions.push_str(&format!(
            " and (everything = 1 or exists (select 1 from subscriber_components chosen \
             where chosen.subscriber_id = subscribers.id and chosen.component_id = ${}))",
            values.len()
        ));
    }
    let statement =
        format!("{SELECT} where id > $1 and ended_at is null{conditions} order by id limit $2");
    let found = many(sql, &statement, &values, read)?;
    with_components(sql, found)
}

/// How many there are.
pub fn counts(sql: &mut dyn Sql) -> Result<Counts, Failure> {
    let statement = "select coalesce(sum(case when confirmed_at is null then 0 else 1 end), 0), \
        coalesce(sum(case when confirmed_at is null or everything = 0 then 0 else 1 end), 0), \
        coalesce(sum(case when confirmed_at is null then 1 else 0 end), 0) \
        from subscribers where ended_at is null";
    let read = |row: &mut Columns| Ok((row.int()?, row.int()?, row.int()?));
    let (confirmed, everything, unconfirmed) = one(sql, statement, &[], read)?.unwrap_or_default();
    let statement = "select component_id, count(*) from subscriber_components \
        join subscribers on subscribers.id = subscriber_components.subscriber_id \
        where confirmed_at is not null and ended_at is null group by component_id";
    let chose = many(sql, statement, &[], |row| Ok((row.parsed()?, row.int()?)))?;
    Ok(Counts { confirmed, everything, chose: chose.into_iter().collect(), unconfirmed })
}

/// How many are told about at least one of these components.
pub fn concerned(sql: &mut dyn Sql, components: &BTreeSet<ComponentId>) -> Result<i64, Failure> {
    let components: Vec<String> = components.iter().map(ToString::to_string).collect();
    let (list, values) = slots(1, &components);
    let statement = format!(
        "select count(*) from subscribers where confirmed_at is not null and ended_at is null \
         and (everything = 1 or exists (select 1 from subscriber_components chosen \
         where chosen.subscriber_id = subscribers.id and chosen.component_id in ({list})))"
    );
    Ok(one(sql, &statement, &values, Columns::int)?.unwrap_or_default())
}

/// Whether there is room for one more, confirmed and not.
pub fn is_room(sql: &mut dyn Sql) -> Result<bool, Failure> {
    let statement = "select count(*), coalesce(sum(case when confirmed_at is null then 1 else 0 \
        end), 0) from subscribers where ended_at is null";
    let read = |row: &mut Columns| Ok((row.int()?, row.int()?));
    let (all, unconfirmed) = one(sql, statement, &[], read)?.unwrap_or_default();
    Ok(all < SUBSCRIBERS_MAX && unconfirmed < UNCONFIRMED_MAX)
}

/// What [`tidy`] would find.
const FORGOTTEN: &str = "(confirmed_at is null and asked_at < $1) or ended_at < $2";

/// Whether there is somebody to be forgotten.
pub fn is_untidy(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let statement = format!("select 1 from subscribers where {FORGOTTEN} limit 1");
    Ok(!sql.query(&statement, &forgotten_before(now))?.is_empty())
}

/// Forgets whoever did not confirm in time, and whose subscription ended long ago; some at a
/// time. How many.
pub fn tidy(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Failure> {
    let [asked, ended] = forgotten_before(now);
    let statement = format!("select id from subscribers where {FORGOTTEN} order by id limit $3");
    let ids: Vec<SubscriberId> =
        many(sql, &statement, &[asked, ended, TIDIED_ROWS.into()], Columns::parsed)?;
    let (list, values) = slots(1, &ids);
    for statement in [
        format!("delete from subscriber_components where subscriber_id in ({list})"),
        format!("delete from told_outside where subscriber_id in ({list})"),
        format!("delete from subscribers where id in ({list})"),
    ] {
        sql.execute(&statement, &values)?;
    }
    Ok(ids.len() as u64)
}

fn forgotten_before(now: Timestamp) -> [Value; 2] {
    [now.plus_seconds(-CONFIRM_HOURS * 3_600).into(), now.plus_days(-ENDED_DAYS).into()]
}

fn with_components(
    sql: &mut dyn Sql,
    mut found: Vec<Subscriber>,
) -> Result<Vec<Subscriber>, Failure> {
    let ids: Vec<SubscriberId> = found.iter().map(|one| one.id).collect();
    let mut chosen: BTreeMap<SubscriberId, BTreeSet<ComponentId>> = BTreeMap::new();
    for ids in ids.chunks(256) {
        let (list, values) = slots(1, ids);
        let statement = format!(
            "select subscriber_id, component_id from subscriber_components \
             where subscriber_id in ({list})"
        );
        for (subscriber, component) in
            many(sql, &statement, &values, |row| Ok((row.parsed()?, row.parsed()?)))?
        {
            chosen.entry(subscriber).or_default().insert(component);
        }
    }
    for one in &mut found {
        one.components = chosen.remove(&one.id).unwrap_or_default();
    }
    Ok(found)
}

fn read(row: &mut Columns) -> Result<Subscriber, Failure> {
    Ok(Subscriber {
        id: row.parsed()?,
        kind: row.parsed()?,
        address: row.text()?,
        language: row.parsed()?,
        everything: row.flag()?,
        components: BTreeSet::new(),
        secret: row.text()?,
        asked_at: row.at()?,
        confirmed_at: row.opt_at()?,
        ended_at: row.opt_at()?,
        ended_because: row.opt_parsed()?,
        bounces: row.int()?,
        failing_since: row.opt_at()?,
    })
}
