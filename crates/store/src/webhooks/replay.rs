//! Sending again what has happened, and trying a webhook out.

use super::spread::{MESSAGES, Wish, row};
use super::{MESSAGE, TRIAL, read};
use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use kernel::{Timestamp, WebhookId};

/// Positions asked for in one statement; databases bound the number of parameters.
const AT_ONCE: usize = 256;

/// The position before the first event that was recorded at an instant or later; the head
/// of the feed when there is none.
pub fn since(sql: &mut dyn Sql, at: Timestamp) -> Result<i64, Failure> {
    let first = "select min(seq) from events where at >= $1";
    let first = one(sql, first, &[at.into()], Columns::opt_int)?.flatten();
    match first {
        Some(first) => Ok(first - 1),
        None => crate::incidents::feed::position(sql),
    }
}

/// Has a webhook told of these events: for the first time, or again where they were given up
/// or withdrawn; with `all` again where they arrived, too. How many wait for it now that did
/// not before.
pub fn replay(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    wishes: Vec<Wish>,
    all: bool,
    now: Timestamp,
) -> Result<u64, Failure> {
    let seqs: Vec<i64> = wishes.iter().map(|wish| wish.seq).collect();
    let mut waiting = 0;
    let which = if all { "state <> 'waiting'" } else { "state in ('dead', 'withdrawn')" };
    for some in seqs.chunks(AT_ONCE) {
        let (list, mut values) = slots(3, some);
        values.splice(0..0, [Value::from(webhook), now.into()]);
        let again = format!(
            "update webhook_messages set state = 'waiting', attempts = 0, next_at = $2, \
             ended_at = null, taken_until = null where webhook_id = $1 and seq in ({list}) and {which}"
        );
        waiting += sql.execute(&again, &values)?;
    }
    if !wishes.is_empty() {
        let rows = wishes.into_iter().map(|wish| row(webhook, wish, now)).collect();
        waiting += sql.insert(&MESSAGES, rows)?;
    }
    Ok(waiting)
}

/// Asks for a message that tries a webhook out; its id.
pub fn try_out(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    message_id: &str,
    now: Timestamp,
) -> Result<i64, Failure> {
    let row = vec![
        webhook.into(),
        Value::Null,
        Value::Null,
        TRIAL.into(),
        message_id.into(),
        now.into(),
        now.into(),
    ];
    sql.insert(&MESSAGES, vec![row])?;
    let made =
        format!("select {MESSAGE} from webhook_messages where webhook_id = $1 and message_id = $2");
    let made = many(sql, &made, &[webhook.into(), message_id.into()], read)?;
    let made = made.first().ok_or_else(|| Failure::damaged("a message was not kept"))?;
    Ok(made.id)
}
