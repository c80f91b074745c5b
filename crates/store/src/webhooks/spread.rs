//! From the feed to messages.

use crate::directory::webhooks::{Webhook, list};
use crate::directory::{many, slots};
use crate::incidents::filter::{Look, compile};
use crate::{Failure, Sql, Table, Type, Value};
use kernel::{IncidentNumber, Timestamp, WebhookId};
use query::Expr;
use std::collections::BTreeSet;

/// Numbers asked for in one statement; databases bound the number of parameters.
const NUMBERS_AT_ONCE: usize = 256;

pub(super) const MESSAGES: Table<'static> = Table {
    name: "webhook_messages",
    columns: &[
        ("webhook_id", Type::Text),
        ("seq", Type::Int),
        ("number", Type::Int),
        ("kind", Type::Text),
        ("message_id", Type::Text),
        ("next_at", Type::Int),
        ("created_at", Type::Int),
    ],
    suffix: "on conflict do nothing",
};

/// An event that a webhook is to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The event's position in the feed.
    pub seq: i64,
    /// Its incident.
    pub number: IncidentNumber,
    /// Its kind.
    pub kind: String,
    /// The id at the other end.
    pub message_id: String,
}

/// The webhooks in use, and where in the feed each stands.
pub fn stand(sql: &mut dyn Sql) -> Result<Vec<(Webhook, Option<i64>)>, Failure> {
    let all = list(sql)?.into_iter().filter(|(webhook, _)| webhook.active);
    Ok(all.map(|(webhook, health)| (webhook, health.position)).collect())
}

/// Moves a webhook from its place in the feed to a later one, with what it is to be told of
/// what lies between. `false`, and nothing is done, when it stands elsewhere by now: another
/// node was first.
pub fn spread(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    (from, to): (Option<i64>, i64),
    wishes: Vec<Wish>,
    now: Timestamp,
) -> Result<bool, Failure> {
    let (stands, mut values) = match from {
        Some(from) => ("position = $3", vec![from.into()]),
        None => ("position is null", vec![]),
    };
    values.splice(0..0, [Value::from(webhook), to.into()]);
    let moved =
        format!("update webhooks set position = $2 where id = $1 and active = 1 and {stands}");
    if sql.execute(&moved, &values)? == 0 {
        return Ok(false);
    }
    if !wishes.is_empty() {
        sql.insert(&MESSAGES, wishes.into_iter().map(|wish| row(webhook, wish, now)).collect())?;
    }
    Ok(true)
}

pub(super) fn row(webhook: WebhookId, wish: Wish, now: Timestamp) -> Vec<Value> {
    vec![
        webhook.into(),
        wish.seq.into(),
        wish.number.into(),
        wish.kind.into(),
        wish.message_id.into(),
        now.into(),
        now.into(),
    ]
}

/// Which of these incidents meet a condition now.
pub fn matching(
    sql: &mut dyn Sql,
    look: &Look,
    condition: &Expr,
    numbers: &BTreeSet<IncidentNumber>,
) -> Result<BTreeSet<IncidentNumber>, Failure> {
    let numbers: Vec<IncidentNumber> = numbers.iter().copied().collect();
    let mut found = BTreeSet::new();
    for some in numbers.chunks(NUMBERS_AT_ONCE) {
        let (list, mut values) = slots(1, some);
        let (meets, more) = compile(sql.engine(), condition, look, values.len() + 1);
        values.extend(more);
        let statement =
            format!("select i.number from incidents i where i.number in ({list}) and {meets}");
        found.extend(many(sql, &statement, &values, |row| row.int().map(IncidentNumber))?);
    }
    Ok(found)
}
