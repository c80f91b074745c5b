//! What people are told by push: deliveries to browsers. What is due for one browser about one
//! incident leaves as one word, the newest, which takes the place of the others.

use super::caps::{self, PER_DEVICE};
use super::{By, DELIVERIES, DELIVERY, Delivery, Held, TRIAL, ToldAs, farthest, read};
use crate::directory::{Device, many, slots};
use crate::{Failure, Sql, Value};
use kernel::{DeviceId, InOrder, IncidentNumber, Timestamp};
use std::collections::BTreeMap;

/// A delivery that waits, that is due at `$1` and that nobody has, when nobody can have one
/// beyond `$2`, to a browser whose server did not ask to be left alone.
const FREE: &str = "state = 'waiting' and channel = 'push' and next_at <= $1 \
    and (taken_until is null or taken_until <= $1 or taken_until > $2) \
    and not exists (select 1 from push_subscriptions device \
    where device.id = deliveries.address and device.rest_until > $1)";

/// Whether something is due.
pub fn is_due(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let statement = format!("select 1 from deliveries where {FREE} limit 1");
    Ok(!sql.query(&statement, &[now.into(), farthest(now).into()])?.is_empty())
}

/// Takes deliveries that are due and that nobody has, until `until`, `limit` at most: together
/// what is for one browser about one incident, in its order.
pub fn claim(
    sql: &mut dyn Sql,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Vec<Delivery>>, Failure> {
    let statement =
        format!("select {DELIVERY} from deliveries where {FREE} order by next_at, id limit $3");
    let due = many(sql, &statement, &[now.into(), farthest(now).into(), limit.into()], read)?;
    let mut words: BTreeMap<(String, Option<IncidentNumber>), Vec<Delivery>> = BTreeMap::new();
    for delivery in due {
        words.entry((delivery.address.clone(), delivery.number)).or_default().push(delivery);
    }
    let mut taken = Vec::with_capacity(words.len());
    let mut leaving: BTreeMap<String, usize> = BTreeMap::new();
    for ((address, _), mut word) in words {
        let leaves = leaving.entry(address.clone()).or_default();
        if let Some(free_at) = has_to_wait(sql, &word, &address, *leaves, now)? {
            hold(sql, &word, free_at)?;
            continue;
        }
        *leaves += 1;
        word.order_by_key(|delivery| delivery.id);
        let mut ours = Vec::with_capacity(word.len());
        for delivery in word {
            if take(sql, delivery.id, now, until)? {
                ours.push(delivery);
            }
        }
        if !ours.is_empty() {
            taken.push(ours);
        }
    }
    Ok(taken)
}

/// Asks for a word that tries out a browser.
pub fn try_out(sql: &mut dyn Sql, device: &Device, now: Timestamp) -> Result<(), Failure> {
    let row = vec![
        Value::Null,
        0i64.into(),
        TRIAL.into(),
        device.person.into(),
        ToldAs::Person.as_str().into(),
        By::Push.as_str().into(),
        device.id.to_string().into(),
        now.into(),
        now.into(),
        Held::Urgent.as_str().into(),
        "".into(),
    ];
    sql.insert(&DELIVERIES, vec![row]).map(drop)
}

fn take(sql: &mut dyn Sql, id: i64, now: Timestamp, until: Timestamp) -> Result<bool, Failure> {
    let statement = "update deliveries set taken_until = $3 where id = $4 and state = 'waiting' \
        and (taken_until is null or taken_until <= $1 or taken_until > $2)";
    let values = [now.into(), farthest(now).into(), until.into(), id.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Until when a word has to wait because so many left to this browser lately, `leaving` more
/// just now. What is urgent, and what was attempted before, does not.
fn has_to_wait(
    sql: &mut dyn Sql,
    word: &[Delivery],
    address: &str,
    leaving: usize,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let overtakes =
        |delivery: &Delivery| delivery.held == Some(Held::Urgent) || delivery.attempts > 0;
    if word.iter().any(overtakes) {
        return Ok(None);
    }
    let statement = "select distinct number, ended_at from deliveries where address = $1 \
        and channel = 'push' and state = 'sent' and ended_at > $2 order by ended_at desc limit $3";
    let since = now.plus_seconds(-60 * caps::longest(&PER_DEVICE));
    let values = [address.into(), since.into(), (caps::most(&PER_DEVICE) as i64).into()];
    let left = many(sql, statement, &values, |row| {
        row.opt_int()?;
        row.at()
    })?;
    let lately: Vec<Timestamp> = std::iter::repeat_n(now, leaving).chain(left).collect();
    Ok(caps::free_at(&PER_DEVICE, &lately, now))
}

fn hold(sql: &mut dyn Sql, word: &[Delivery], until: Timestamp) -> Result<(), Failure> {
    let ids: Vec<i64> = word.iter().map(|delivery| delivery.id).collect();
    let (list, mut values) = slots(3, &ids);
    values.splice(0..0, [until.into(), Held::Cap.as_str().into()]);
    let statement = format!(
        "update deliveries set next_at = $1, held = $2 where id in ({list}) and state = 'waiting'"
    );
    sql.execute(&statement, &values).map(drop)
}

/// The browser that a delivery is for.
pub fn device_of(delivery: &Delivery) -> Result<DeviceId, Failure> {
    let damaged = |_| Failure::damaged(format!("the browser of delivery {}", delivery.id));
    delivery.address.parse().map_err(damaged)
}
