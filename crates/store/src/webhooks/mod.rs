//! What webhooks are told: each has its own place in the feed, behind which nothing is
//! forgotten. Events that it wants become messages, in the transaction that moves its place;
//! a message is taken for a while, attempted, and ends as sent, dead or withdrawn. Its row
//! stays for a time as the record of it.

mod attempt;
mod off;
mod replay;
mod spread;

pub use attempt::{Answer, Came, OFF_AFTER_SECONDS, Settled, claim, due, end_waiting, settle};
pub use off::{OFF, switched_off, tell_administrators};
pub use replay::{replay, since, try_out};
pub use spread::{Wish, matching, spread, stand};

use crate::directory::{many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{IncidentNumber, Timestamp, WebhookId, words};

words! {
    /// How far a message is.
    MessageState {
        /// To be attempted, for the first time or again.
        Waiting = "waiting",
        /// Taken over at the other end.
        Sent = "sent",
        /// Given up.
        Dead = "dead",
        /// Not sent, because it must not be sent any more.
        Withdrawn = "withdrawn",
    }
}

/// What one webhook is told of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id here.
    pub id: i64,
    /// To whom.
    pub webhook: WebhookId,
    /// The event's position in the feed; `None` of a message that tries the webhook out.
    pub seq: Option<i64>,
    /// The event's incident.
    pub number: Option<IncidentNumber>,
    /// The event's kind.
    pub kind: String,
    /// Its id at the other end, the same at each attempt.
    pub message_id: String,
    /// How far it is.
    pub state: MessageState,
    /// Attempts that failed.
    pub attempts: u32,
    /// Not attempted before.
    pub next_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was sent, given up or withdrawn.
    pub ended_at: Option<Timestamp>,
    /// The status of the last answer.
    pub status: Option<i64>,
    /// The beginning of the last answer.
    pub answer: Option<String>,
    /// Milliseconds that the last attempt took.
    pub took_ms: Option<i64>,
    /// Why the last attempt failed, or why it was not sent.
    pub error: Option<String>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Messages that wait.
    pub waiting: i64,
    /// When the oldest of them was made.
    pub oldest: Option<Timestamp>,
    /// Messages that were given up.
    pub dead: i64,
}

/// The kind of a message that tries a webhook out.
pub const TRIAL: &str = "test";
/// Days for which it is kept what became of a message; longer than a replay reaches.
const KEPT_DAYS: i64 = 30;
/// Records that are removed at once.
const REMOVED_ROWS: i64 = 1_000;

pub(crate) const MESSAGE: &str = "id, webhook_id, seq, number, kind, message_id, state, attempts, \
    next_at, created_at, ended_at, status, answer, took_ms, error";

/// Messages of a webhook, the newest first, from the one before `before` on; of one state,
/// or all.
pub fn list(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    state: Option<MessageState>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Message>, Failure> {
    let mut values: Vec<Value> =
        vec![webhook.into(), before.unwrap_or(i64::MAX).into(), (limit as i64).into()];
    let mut of = "";
    if let Some(state) = state {
        of = "and state = $4";
        values.push(state.as_str().into());
    }
    let statement = format!(
        "select {MESSAGE} from webhook_messages where webhook_id = $1 and id < $2 {of} order by id desc limit $3"
    );
    many(sql, &statement, &values, read)
}

/// One message of a webhook.
pub fn get(sql: &mut dyn Sql, webhook: WebhookId, id: i64) -> Result<Option<Message>, Failure> {
    let statement =
        format!("select {MESSAGE} from webhook_messages where webhook_id = $1 and id = $2");
    one(sql, &statement, &[webhook.into(), id.into()], read)
}

/// Has a message that has ended attempted again, from the beginning and under its id;
/// `false` when there is none.
pub fn send_again(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    id: i64,
    now: Timestamp,
) -> Result<bool, Failure> {
    let statement = "update webhook_messages set state = 'waiting', attempts = 0, next_at = $3, \
        ended_at = null, taken_until = null where webhook_id = $1 and id = $2 and state <> 'waiting'";
    Ok(sql.execute(statement, &[webhook.into(), id.into(), now.into()])? == 1)
}

/// How many wait for webhooks, since when, and how many were given up; of one, or of all.
pub fn counts(sql: &mut dyn Sql, webhook: Option<WebhookId>) -> Result<Counts, Failure> {
    let (of, values): (&str, Vec<Value>) = match webhook {
        Some(id) => ("and webhook_id = $1", vec![id.into()]),
        None => ("", vec![]),
    };
    let waiting = format!(
        "select count(*), min(created_at) from webhook_messages where state = 'waiting' {of}"
    );
    let read = |row: &mut Columns| Ok((row.int()?, row.opt_at()?));
    let (waiting, oldest) = one(sql, &waiting, &values, read)?.unwrap_or_default();
    let dead = format!("select count(*) from webhook_messages where state = 'dead' {of}");
    let dead = one(sql, &dead, &values, Columns::int)?.unwrap_or_default();
    Ok(Counts { waiting, oldest, dead })
}

/// Whether there are old records to remove.
pub fn is_untidy(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let before = now.plus_seconds(-KEPT_DAYS * 86_400);
    let statement = "select 1 from webhook_messages where ended_at < $1 limit 1";
    Ok(!sql.query(statement, &[before.into()])?.is_empty())
}

/// Removes old records; how many.
pub fn tidy(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Failure> {
    let old = "select id from webhook_messages where ended_at < $1 order by ended_at limit $2";
    let before = now.plus_seconds(-KEPT_DAYS * 86_400);
    let statement = format!("delete from webhook_messages where id in ({old})");
    sql.execute(&statement, &[before.into(), REMOVED_ROWS.into()])
}

/// Leaves nothing waiting to be sent: whoever restores this begins at the head of the log.
pub(crate) fn forget_waiting(sql: &mut dyn Sql) -> Result<(), Failure> {
    sql.execute("update webhooks set position = null, rest_until = null", &[])?;
    sql.execute(
        "update webhook_messages set state = 'withdrawn', ended_at = created_at, taken_until = null, \
         error = 'waited when the backup was made' where state = 'waiting'",
        &[],
    )?;
    Ok(())
}

pub(crate) fn read(row: &mut Columns) -> Result<Message, Failure> {
    let id = row.int()?;
    Ok(Message {
        id,
        webhook: row.parsed()?,
        seq: row.opt_int()?,
        number: row.opt_int()?.map(IncidentNumber),
        kind: row.text()?,
        message_id: row.text()?,
        state: row.parsed()?,
        attempts: u32::try_from(row.int()?)
            .map_err(|_| Failure::damaged(format!("the attempts of message {id}")))?,
        next_at: row.at()?,
        created_at: row.at()?,
        ended_at: row.opt_at()?,
        status: row.opt_int()?,
        answer: row.opt_text()?,
        took_ms: row.opt_int()?,
        error: row.opt_text()?,
    })
}
