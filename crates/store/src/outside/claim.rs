//! Which letters to the outside leave next, and what became of them.

use super::{OUTSIDE, Outside, read_letter, read_outside};
use crate::deliveries::{BACK_OFF_SECONDS, Outcome};
use crate::directory::{many, one};
use crate::subscribers::{self, SubscriberKind};
use crate::{Columns, Failure, Sql, Value};
use kernel::{SubscriberId, Timestamp};

/// The longest a letter is taken for; one that is taken for longer was taken by a clock that has
/// been set back since.
const LEASE_SECONDS_MAX: i64 = 600;
/// Characters kept of what an attempt ended with.
const ERROR_CHARS: usize = 500;

/// What waits for the channel `$3`, is due at `$1` and nobody has, when nobody can have one
/// beyond `$2`. What was said first reaches an address first, unless it keeps failing.
pub(super) const FREE: &str = "state = 'waiting' and channel = $3 and next_at <= $1 \
    and (taken_until is null or taken_until <= $1 or taken_until > $2) \
    and not exists (select 1 from told_outside earlier where earlier.state = 'waiting' \
    and earlier.address = told_outside.address and earlier.channel = told_outside.channel \
    and earlier.id < told_outside.id and earlier.attempts < 3)";

pub(super) fn farthest(now: Timestamp) -> Timestamp {
    now.plus_seconds(LEASE_SECONDS_MAX)
}

/// Takes letters that are due and that nobody has, until `until`, which is at most ten minutes
/// away, the one that waits longest first. `name` makes the message id of one that has none yet.
/// What cannot be read is given up.
pub fn claim(
    sql: &mut dyn Sql,
    by: SubscriberKind,
    (now, until): (Timestamp, Timestamp),
    limit: i64,
    name: &dyn Fn(&Outside) -> String,
) -> Result<Vec<Outside>, Failure> {
    let statement =
        format!("select {OUTSIDE} from told_outside where {FREE} order by next_at, id limit $4");
    let values = [now.into(), farthest(now).into(), by.as_str().into(), limit.into()];
    let due = many(sql, &statement, &values, |row| {
        let id = row.int()?;
        Ok((id, read_letter(id, row)))
    })?;
    let take = "update told_outside set taken_until = $3, message_id = $4 where id = $5 \
        and state = 'waiting' and (taken_until is null or taken_until <= $1 or taken_until > $2)";
    let mut ours = Vec::with_capacity(due.len());
    for (id, letter) in due {
        let letter = match letter {
            Ok(letter) => letter,
            Err(failure) => {
                // It must not keep the others.
                tracing::error!(id, %failure, "a letter to somebody outside cannot be read");
                end(sql, id, "dead", Some(&failure.to_string()), now)?;
                continue;
            }
        };
        let message_id = letter.message_id.clone().unwrap_or_else(|| name(&letter));
        let values = [
            now.into(),
            farthest(now).into(),
            until.into(),
            (&message_id).into(),
            letter.id.into(),
        ];
        if sql.execute(take, &values)? == 1 {
            ours.push(Outside { message_id: Some(message_id), ..letter });
        }
    }
    Ok(ours)
}

/// Lets go of all that is taken: whoever took it is gone, and nobody else is there who could.
pub fn let_go_of_all(sql: &mut dyn Sql) -> Result<(), Failure> {
    let statement = "update told_outside set taken_until = null \
        where state = 'waiting' and taken_until is not null";
    sql.execute(statement, &[]).map(drop)
}

/// Records what attempts came to. An address that is refused for good counts as a letter that
/// came back; programs that take nothing for long are told nothing any more. How many were
/// given up.
pub fn settle(
    sql: &mut dyn Sql,
    outcomes: &[(i64, Outcome)],
    now: Timestamp,
) -> Result<u64, Failure> {
    let mut given_up = 0;
    for (id, outcome) in outcomes {
        let Some(letter) = waiting(sql, *id)? else { continue };
        match outcome {
            Outcome::Sent => end(sql, *id, "sent", None, now)?,
            Outcome::Withdrawn(why) => end(sql, *id, "withdrawn", Some(why), now)?,
            Outcome::Refused(error) => {
                end(sql, *id, "dead", Some(error), now)?;
                given_up += 1;
            }
            Outcome::Failed(error) => given_up += failed(sql, &letter, error, now)?,
            Outcome::NotTried(why) => {
                let statement = "update told_outside set taken_until = null, \
                    error = coalesce($2, error) where id = $1 and state = 'waiting'";
                sql.execute(statement, &[(*id).into(), kept(why.as_deref())])?;
            }
        }
        learn(sql, &letter, outcome, now)?;
    }
    Ok(given_up)
}

/// What an attempt tells of the subscription.
fn learn(
    sql: &mut dyn Sql,
    letter: &Outside,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(subscriber) = letter.subscriber else { return Ok(()) };
    match (letter.channel, outcome) {
        (SubscriberKind::Mail, Outcome::Refused(_)) => {
            let statement = "update told_outside set bounced_at = $2 where id = $1";
            sql.execute(statement, &[letter.id.into(), now.into()])?;
            subscribers::bounced(sql, subscriber, now).map(drop)
        }
        (SubscriberKind::Webhook, Outcome::Sent) => {
            subscribers::answered(sql, subscriber, true, now).map(drop)
        }
        (SubscriberKind::Webhook, Outcome::Failed(_) | Outcome::Refused(_)) => {
            subscribers::answered(sql, subscriber, false, now).map(drop)
        }
        _ => Ok(()),
    }
}

fn waiting(sql: &mut dyn Sql, id: i64) -> Result<Option<Outside>, Failure> {
    let statement =
        format!("select {OUTSIDE} from told_outside where id = $1 and state = 'waiting'");
    one(sql, &statement, &[id.into()], read_outside)
}

fn end(
    sql: &mut dyn Sql,
    id: i64,
    state: &str,
    error: Option<&str>,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = "update told_outside set state = $2, ended_at = $3, error = $4, \
        taken_until = null where id = $1 and state = 'waiting'";
    sql.execute(statement, &[id.into(), state.into(), now.into(), kept(error)]).map(drop)
}

/// Waits for longer each time, and is given up after the last; how many were.
fn failed(
    sql: &mut dyn Sql,
    letter: &Outside,
    error: &str,
    now: Timestamp,
) -> Result<u64, Failure> {
    let Some(wait) = BACK_OFF_SECONDS.get(letter.attempts as usize) else {
        end(sql, letter.id, "dead", Some(error), now)?;
        return Ok(1);
    };
    let statement = "update told_outside set attempts = attempts + 1, next_at = $2, error = $3, \
        taken_until = null where id = $1 and state = 'waiting'";
    let values = [letter.id.into(), now.plus_seconds(*wait).into(), kept(Some(error))];
    sql.execute(statement, &values)?;
    Ok(0)
}

/// Records that a mail server gave a letter back after all; whether its subscription ended by it.
/// One letter comes back once, however often that is said; one of before a restore, asked for at
/// another instant, is none of these.
pub fn bounced(
    sql: &mut dyn Sql,
    (id, asked_at): (i64, Timestamp),
    words: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let says_nothing_of_them = is_by_policy(words);
    let statement = "update told_outside set state = 'dead', ended_at = $2, bounced_at = $5, \
        error = $3, taken_until = null where id = $1 and state in ('waiting', 'sent') \
        and bounced_at is null and created_at = $4 returning coalesce(subscriber_id, '')";
    let error = kept(Some(&format!("it came back: {words}")));
    let came_back_at = (!says_nothing_of_them).then_some(now);
    let values = [id.into(), now.into(), error, asked_at.into(), came_back_at.into()];
    let subscriber = one(sql, statement, &values, Columns::text)?;
    let subscriber = subscriber.and_then(|id| id.parse::<SubscriberId>().ok());
    match subscriber {
        Some(subscriber) if !says_nothing_of_them => subscribers::bounced(sql, subscriber, now),
        _ => Ok(false),
    }
}

/// Whether a server refuses by its policy (RFC 3463: 5.7.x): that says something of us and nothing
/// of the address. Whoever loses their good name for a day must not lose all subscribers.
fn is_by_policy(words: &str) -> bool {
    words.split([' ', ':', '#', '-', '(']).any(|word| word.starts_with("5.7."))
}

/// What is kept of what an attempt ended with.
pub(super) fn kept(error: Option<&str>) -> Value {
    error.map(|error| error.chars().take(ERROR_CHARS).collect::<String>()).into()
}
