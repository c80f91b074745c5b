//! Taking messages, and what attempts came to.

use super::{MESSAGE, Message, MessageState, read};
use crate::directory::{many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{Timestamp, WebhookId};

/// Seconds between a failed attempt and the next one, some more or less; after the last of
/// them the message is given up.
pub const BACK_OFF_SECONDS: [i64; 9] =
    [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// Of a hundred parts of a pause, how many it is shorter or longer at most.
const JITTER_PERCENT: i64 = 10;
/// Seconds for which nothing arrives before a webhook is switched off.
pub const OFF_AFTER_SECONDS: i64 = 5 * 86_400;
/// Failures in a row after which one that goes well says that the other end is back: what
/// waits for it then does not wait any longer.
const BACK_AFTER: i64 = 5;
/// The longest that another end is left alone when it asks for it.
const REST_SECONDS_MAX: i64 = 86_400;
/// The longest a message is taken for. One that is taken for longer was taken by a clock
/// that has been set back since, and nobody has it any more.
const LEASE_SECONDS_MAX: i64 = 600;
/// Characters kept of an error.
const ERROR_CHARS: usize = 500;
/// Characters kept of an answer.
pub const ANSWER_CHARS: usize = 1_000;

/// A message that waits, is due at `$2`, that nobody has, when nobody can have one beyond `$3`.
const FREE: &str = "state = 'waiting' and next_at <= $2 \
    and (taken_until is null or taken_until <= $2 or taken_until > $3)";
/// What happened first to an incident arrives first.
const IN_ORDER: &str = "not exists (select 1 from webhook_messages before \
    where before.webhook_id = webhook_messages.webhook_id and before.state = 'waiting' \
    and before.number = webhook_messages.number and before.seq < webhook_messages.seq)";
/// Its webhook is in use and does not rest.
const AWAKE: &str = "exists (select 1 from webhooks where id = $1 and active = 1 \
    and (rest_until is null or rest_until <= $2))";

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its status, if there was an answer at all.
    pub status: Option<u16>,
    /// Its beginning.
    pub text: String,
    /// Milliseconds until then.
    pub took_ms: i64,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It arrived.
    Sent(Answer),
    /// It did not, and may later.
    Failed {
        /// Why.
        error: String,
        /// What came back.
        answer: Answer,
        /// For how many seconds the other end asks to be left alone.
        rest_seconds: Option<i64>,
    },
    /// It must not be sent any more, and why.
    Withdrawn(String),
    /// It was not attempted: nothing counted.
    NotTried,
}

/// What is to be known after attempts were recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Messages that were given up.
    pub given_up: u64,
    /// Since when nothing arrives, where that is for too long.
    pub failing_since: Option<Timestamp>,
}

/// The webhooks for which something is due.
pub fn due(sql: &mut dyn Sql, now: Timestamp) -> Result<Vec<WebhookId>, Failure> {
    let statement = "select id from webhooks where active = 1 \
        and (rest_until is null or rest_until <= $1) and exists (select 1 from webhook_messages \
        where webhook_id = webhooks.id and state = 'waiting' and next_at <= $1 \
        and (taken_until is null or taken_until <= $1 or taken_until > $2)) order by id";
    many(sql, statement, &[now.into(), farthest(now).into()], Columns::parsed)
}

/// Takes messages to a webhook that are due and that nobody has, until `until`, which is at
/// most ten minutes away: the one that waits longest first, of each incident one at a time.
pub fn claim(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Message>, Failure> {
    let statement = format!(
        "select {MESSAGE} from webhook_messages where webhook_id = $1 and {FREE} and {IN_ORDER} \
         and {AWAKE} order by next_at, seq, id limit $4"
    );
    let values = [webhook.into(), now.into(), farthest(now).into(), limit.into()];
    let found = many(sql, &statement, &values, read)?;
    let take = format!(
        "update webhook_messages set taken_until = $4 where webhook_id = $1 and id = $5 and {FREE}"
    );
    let mut taken = Vec::with_capacity(found.len());
    for message in found {
        let values =
            [webhook.into(), now.into(), farthest(now).into(), until.into(), message.id.into()];
        if sql.execute(&take, &values)? == 1 {
            taken.push(message);
        }
    }
    Ok(taken)
}

/// Records what attempts for a webhook came to.
pub fn settle(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    came: &[(i64, Came)],
    now: Timestamp,
) -> Result<Settled, Failure> {
    let mut settled = Settled::default();
    for (id, came) in came {
        match came {
            Came::Sent(answer) => {
                end(sql, *id, MessageState::Sent, None, Some(answer), now)?;
                went_well(sql, webhook, now)?;
            }
            Came::Withdrawn(why) => {
                end(sql, *id, MessageState::Withdrawn, Some(why), None, now)?;
            }
            Came::NotTried => {
                let let_go = "update webhook_messages set taken_until = null where id = $1";
                sql.execute(let_go, &[(*id).into()])?;
            }
            Came::Failed { error, answer, rest_seconds } => {
                let rest = rest_seconds.map(|seconds| seconds.clamp(1, REST_SECONDS_MAX));
                settled.given_up += failed(sql, *id, (error, answer), rest, now)?;
                went_wrong(sql, webhook, rest, now)?;
            }
        }
    }
    let since = "select failing_since from webhooks where id = $1 and active = 1";
    let since = one(sql, since, &[webhook.into()], Columns::opt_at)?.flatten();
    let failed = came.iter().any(|(_, came)| matches!(came, Came::Failed { .. }));
    settled.failing_since =
        since.filter(|since| failed && now.seconds_since(*since) >= OFF_AFTER_SECONDS);
    Ok(settled)
}

/// Gives up what waits for a webhook, and why; how many. They can be sent again.
pub fn end_waiting(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    why: &str,
    now: Timestamp,
) -> Result<u64, Failure> {
    let statement = "update webhook_messages set state = 'dead', ended_at = $2, error = $3, \
        taken_until = null where webhook_id = $1 and state = 'waiting'";
    sql.execute(statement, &[webhook.into(), now.into(), why.into()])
}

fn end(
    sql: &mut dyn Sql,
    id: i64,
    state: MessageState,
    error: Option<&str>,
    answer: Option<&Answer>,
    now: Timestamp,
) -> Result<u64, Failure> {
    let mut values: Vec<Value> =
        vec![id.into(), state.as_str().into(), now.into(), cut(error, ERROR_CHARS)];
    values.extend(answered(answer));
    sql.execute(
        "update webhook_messages set state = $2, ended_at = $3, error = $4, status = $5, \
         answer = $6, took_ms = $7, taken_until = null where id = $1 and state = 'waiting'",
        &values,
    )
}

/// Waits for longer each time, and is given up after the last; how many were.
fn failed(
    sql: &mut dyn Sql,
    id: i64,
    (error, answer): (&str, &Answer),
    rest: Option<i64>,
    now: Timestamp,
) -> Result<u64, Failure> {
    let attempts =
        "select attempts, message_id from webhook_messages where id = $1 and state = 'waiting'";
    let read = |row: &mut Columns| Ok((row.int()?, row.text()?));
    let Some((before, message_id)) = one(sql, attempts, &[id.into()], read)? else { return Ok(0) };
    let Some(pause) = pause(before, &message_id) else {
        return end(sql, id, MessageState::Dead, Some(error), Some(answer), now);
    };
    let next_at = now.plus_seconds(pause.max(rest.unwrap_or_default()));
    let mut values: Vec<Value> = vec![id.into(), next_at.into(), cut(Some(error), ERROR_CHARS)];
    values.extend(answered(Some(answer)));
    sql.execute(
        "update webhook_messages set attempts = attempts + 1, next_at = $2, error = $3, \
         status = $4, answer = $5, took_ms = $6, taken_until = null \
         where id = $1 and state = 'waiting'",
        &values,
    )?;
    Ok(0)
}

/// Seconds until the next attempt after so many that failed before this one. Messages that
/// failed together do not come back together: each has its own part more or less.
fn pause(before: i64, message_id: &str) -> Option<i64> {
    let whole = usize::try_from(before).ok().and_then(|before| BACK_OFF_SECONDS.get(before))?;
    let mixed = message_id.bytes().fold(before as u64 ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let percent = (mixed % (2 * JITTER_PERCENT as u64 + 1)) as i64 - JITTER_PERCENT;
    Some((whole + whole * percent / 100).max(1))
}

/// The other end answers. After an outage what waits for it waits no longer.
fn went_well(sql: &mut dyn Sql, webhook: WebhookId, now: Timestamp) -> Result<(), Failure> {
    let failures = "select failures from webhooks where id = $1";
    let failures = one(sql, failures, &[webhook.into()], Columns::int)?.unwrap_or_default();
    if failures >= BACK_AFTER {
        let sooner = "update webhook_messages set next_at = $2 where webhook_id = $1 \
            and state = 'waiting' and next_at > $2";
        sql.execute(sooner, &[webhook.into(), now.into()])?;
    }
    let well = "update webhooks set failures = 0, failing_since = null, rest_until = null, \
        ok_at = $2 where id = $1";
    sql.execute(well, &[webhook.into(), now.into()]).map(drop)
}

fn went_wrong(
    sql: &mut dyn Sql,
    webhook: WebhookId,
    rest: Option<i64>,
    now: Timestamp,
) -> Result<(), Failure> {
    let until = rest.map(|seconds| now.plus_seconds(seconds));
    let wrong = "update webhooks set failures = failures + 1, \
        failing_since = coalesce(failing_since, $2), rest_until = coalesce($3, rest_until) \
        where id = $1";
    sql.execute(wrong, &[webhook.into(), now.into(), until.into()]).map(drop)
}

fn answered(answer: Option<&Answer>) -> [Value; 3] {
    let Some(answer) = answer else { return [Value::Null, Value::Null, Value::Null] };
    let text = (!answer.text.is_empty()).then_some(answer.text.as_str());
    [answer.status.map(i64::from).into(), cut(text, ANSWER_CHARS), answer.took_ms.into()]
}

/// At most so many characters, without those that databases refuse.
fn cut(text: Option<&str>, chars: usize) -> Value {
    let cut = |text: &str| text.chars().filter(|c| *c != '\0').take(chars).collect::<String>();
    text.map(cut).into()
}

fn farthest(now: Timestamp) -> Timestamp {
    now.plus_seconds(LEASE_SECONDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_differ_a_little_from_message_to_message() {
        for (before, whole) in BACK_OFF_SECONDS.iter().enumerate() {
            let pauses: Vec<i64> =
                (0..50).map(|n| pause(before as i64, &format!("msg_{n}")).unwrap()).collect();
            assert!(pauses.iter().all(|pause| (pause - whole).abs() * 10 <= *whole), "{pauses:?}");
            assert!(*whole < 100 || pauses.iter().any(|pause| *pause != pauses[0]));
        }
        assert_eq!(pause(BACK_OFF_SECONDS.len() as i64, "msg_1"), None);
    }
}
