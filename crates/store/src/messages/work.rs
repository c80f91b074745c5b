//! How a message is worked on: taken for a while, brought on step by step, each in the
//! transaction of its command, so that none is done twice.

use super::{COLUMNS, Message, MessageState, Rule, came_before, read};
use crate::directory::{many, one};
use crate::{Failure, Sql, Value};
use kernel::{IncidentNumber, Timestamp};

/// Seconds between a failed attempt and the next one; after the last of them the message is
/// kept aside for a person.
pub const BACK_OFF_SECONDS: [i64; 3] = [10, 60, 300];
/// Attempts that are made.
pub const ATTEMPTS_MAX: usize = BACK_OFF_SECONDS.len() + 1;
/// The longest a message is taken for or waits. What lies beyond was set by a clock that has
/// been set back since: nobody has it any more, and it waits no longer.
const AHEAD_SECONDS_MAX: i64 = 900;
/// Why a message is kept aside that ends the program whenever it is read.
const ENDS_THE_PROGRAM: &str = "each time it was dealt with, the program ended";
/// Characters kept of a reason.
const REASON_CHARS: usize = 1_000;
/// Characters kept of a subject.
const SUBJECT_CHARS: usize = 300;
/// Bytes kept of a message id: longer ones are not ids, and an index holds them.
const MESSAGE_ID_BYTES: usize = 998;

/// A message that waits and that nobody has at `$1`, when nobody can have one beyond `$2`.
const FREE: &str =
    "state = 'waiting' and (taken_until is null or taken_until <= $1 or taken_until > $2)";
/// That it is due: first what is so by the clock, then what waits for longer than anything
/// does. Apart, because each of them is read in the order of its index.
const DUE: [&str; 2] = ["next_at <= $1", "next_at > $2"];

/// What a message says, as far as it is found by that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Its own id.
    pub message_id: Option<String>,
    /// The hash of what follows its header.
    pub body_hash: Option<String>,
    /// The address it is from; what names none is counted together.
    pub from: Option<String>,
    /// Its subject.
    pub subject: String,
    /// Whether no person wrote it.
    pub automatic: bool,
}

/// A step of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The message.
    pub id: i64,
    /// How many are done before it.
    pub step: u32,
    /// How far the message is after it.
    pub then: MessageState,
    /// What it says.
    pub read: Read,
    /// By which rule it was decided.
    pub rule: Rule,
    /// Why, in words.
    pub reason: String,
    /// Whether its entry is for everybody concerned.
    pub public: bool,
    /// Whether it reopens the incident.
    pub reopens: bool,
    /// The incident that it may belong to.
    pub suggested: Option<IncidentNumber>,
    /// What its sender calls the incident: counterpart and reference.
    pub references: Vec<(String, String)>,
}

/// Whether a message is due.
pub fn is_due(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    for due in DUE {
        let due = format!("select 1 from messages where {due} and {FREE} limit 1");
        if !sql.query(&due, &[now.into(), farthest(now).into()])?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes messages that are due and that nobody has, until `until`, which is at most a quarter
/// of an hour away, the oldest first: so many, and so many bytes, but always one. What somebody
/// had and did not bring to an end is taken alone and counts as attempted, as it may be what
/// ended the program.
pub fn claim(
    sql: &mut dyn Sql,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
    bytes: u64,
) -> Result<Vec<Message>, Failure> {
    let take = format!(
        "update messages set taken_until = $3, attempts = attempts + $5 where id = $4 and {FREE}"
    );
    let (mut taken, mut size) = (Vec::new(), 0);
    for (message, left_behind) in free(sql, now, limit)? {
        size += message.size_bytes;
        if (size > bytes || left_behind) && !taken.is_empty() {
            break;
        }
        if left_behind && message.attempts as usize + 1 >= ATTEMPTS_MAX {
            failed(sql, message.id, ENDS_THE_PROGRAM, now)?;
            continue;
        }
        let [now, farthest] = [now, farthest(now)].map(Value::from);
        let values = [now, farthest, until.into(), message.id.into(), left_behind.into()];
        if sql.execute(&take, &values)? == 1 {
            let attempts = message.attempts + u32::from(left_behind);
            taken.push(Message { attempts, ..message });
        }
        if left_behind {
            break;
        }
    }
    Ok(taken)
}

/// Messages that can be taken, and whether somebody had them and did not bring them to an end.
fn free(sql: &mut dyn Sql, now: Timestamp, limit: i64) -> Result<Vec<(Message, bool)>, Failure> {
    for due in DUE {
        let statement = format!(
            "select {COLUMNS}, taken_until from messages where {due} and {FREE} \
             order by next_at, id limit $3"
        );
        let values = [now.into(), farthest(now).into(), limit.into()];
        let found =
            many(sql, &statement, &values, |row| Ok((read(row)?, row.opt_at()?.is_some())))?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(vec![])
}

/// Keeps messages for longer that were taken until `held`; what is dealt with meanwhile, or was
/// taken by another node, stays as it is.
pub fn renew(
    sql: &mut dyn Sql,
    ids: &[i64],
    held: Timestamp,
    until: Timestamp,
) -> Result<(), Failure> {
    for id in ids {
        let statement = "update messages set taken_until = $3 \
            where id = $1 and taken_until = $2 and state = 'waiting'";
        sql.execute(statement, &[(*id).into(), held.into(), until.into()])?;
    }
    Ok(())
}

/// Lets go of messages: nobody's fault, nothing counted.
pub fn let_go(sql: &mut dyn Sql, ids: &[i64], next_at: Timestamp) -> Result<(), Failure> {
    for id in ids {
        let statement = "update messages set taken_until = null, next_at = $2 \
            where id = $1 and state = 'waiting'";
        sql.execute(statement, &[(*id).into(), next_at.into()])?;
    }
    Ok(())
}

/// Whether this step is the next one of its message.
pub fn is_at(sql: &mut dyn Sql, step: &Step) -> Result<bool, Failure> {
    let statement = "select 1 from messages where id = $1 and step = $2 and state = 'waiting'";
    Ok(!sql.query(statement, &[step.id.into(), step.step.into()])?.is_empty())
}

/// Drops a message at its first step when it turns out to be a copy of one that reached an
/// incident meanwhile, unless a person let it in; whether it did.
pub fn dropped_as_copy(sql: &mut dyn Sql, step: &Step, now: Timestamp) -> Result<bool, Failure> {
    let (0, Some(message_id), Some(hash)) =
        (step.step, &step.read.message_id, &step.read.body_hash)
    else {
        return Ok(false);
    };
    let Some(earlier) = came_before(sql, step.id, message_id, hash)? else { return Ok(false) };
    let let_in = "select 1 from messages where id = $1 and released is not null";
    if !sql.query(let_in, &[step.id.into()])?.is_empty() {
        return Ok(false);
    }
    let dropped = Step {
        then: MessageState::Dropped,
        rule: Rule::Duplicate,
        reason: format!("the same message came in before and is in {}", earlier.number),
        public: false,
        reopens: false,
        suggested: Some(earlier.number),
        references: vec![],
        ..step.clone()
    };
    advance(sql, &dropped, None, now)
}

/// Writes down a step that is done, and the entry it made; `false` when it was done before.
pub fn advance(
    sql: &mut dyn Sql,
    step: &Step,
    entry: Option<(IncidentNumber, u32)>,
    now: Timestamp,
) -> Result<bool, Failure> {
    let Read { message_id, body_hash, from, subject, automatic } = &step.read;
    let message_id = message_id.as_deref().filter(|id| id.len() <= MESSAGE_ID_BYTES);
    let domain = from.as_deref().and_then(|from| from.rsplit_once('@')).map(|(_, domain)| domain);
    let ended = (step.then != MessageState::Waiting).then_some(now);
    let (number, n) = entry.unzip();
    let statement = "update messages set step = step + 1, message_id = coalesce($3, message_id), \
        body_hash = coalesce($4, body_hash), from_address = coalesce($5, from_address, ''), \
        from_domain = coalesce($6, from_domain), subject = $7, automatic = $8, state = $9, rule = $10, \
        reason = $11, number = coalesce(number, $12), n = coalesce(n, $13), public = $14, \
        reopened = case when reopened >= $15 then reopened else $15 end, suggested = $16, ended_at = $17, \
        taken_until = case when $9 = 'waiting' then taken_until end \
        where id = $1 and step = $2 and state = 'waiting'";
    let values: [Value; 17] = [
        step.id.into(),
        step.step.into(),
        message_id.map(bare).into(),
        body_hash.as_deref().into(),
        from.as_deref().map(bare).into(),
        domain.map(bare).into(),
        cut(subject, SUBJECT_CHARS).into(),
        (*automatic).into(),
        step.then.as_str().into(),
        step.rule.as_str().into(),
        cut(&step.reason, REASON_CHARS).into(),
        number.into(),
        n.into(),
        step.public.into(),
        step.reopens.into(),
        step.suggested.into(),
        ended.into(),
    ];
    if sql.execute(statement, &values)? == 0 {
        return Ok(false);
    }
    if let Some(number) = number {
        for (counterpart, reference) in &step.references {
            // Whoever reuses a reference means the newest incident with it.
            let statement = "insert into message_references (counterpart, reference, number, seen_at) \
                values ($1, $2, $3, $4) on conflict (counterpart, reference) do update \
                set number = excluded.number, seen_at = excluded.seen_at \
                where message_references.number < excluded.number";
            let values =
                [bare(counterpart).into(), bare(reference).into(), number.into(), now.into()];
            sql.execute(statement, &values)?;
        }
    }
    Ok(true)
}

/// Waits for longer each time, and is kept aside after the last; whether it was. By which rule
/// and why a message is in an incident stays known.
pub fn failed(sql: &mut dyn Sql, id: i64, why: &str, now: Timestamp) -> Result<bool, Failure> {
    let before = "select attempts, number, rule, reason from messages \
        where id = $1 and state = 'waiting'";
    let before = one(sql, before, &[id.into()], |row| {
        Ok((row.int()?, row.opt_int()?, row.opt_text()?, row.opt_text()?))
    })?;
    let Some((before, number, rule, reason)) = before else { return Ok(false) };
    let wait = usize::try_from(before).ok().and_then(|before| BACK_OFF_SECONDS.get(before));
    let (state, ended) = match wait {
        Some(_) => (MessageState::Waiting, None),
        None => (MessageState::Quarantined, Some(now)),
    };
    let (rule, reason) = match (number, wait) {
        (None, _) => (Some(Rule::Failed.as_str().to_owned()), Some(why.to_owned())),
        (Some(_), Some(_)) => (rule, reason),
        (Some(_), None) => (rule, Some(format!("{}; then: {why}", reason.unwrap_or_default()))),
    };
    let statement = "update messages set state = $2, attempts = attempts + 1, next_at = $3, \
        ended_at = $4, rule = $5, reason = $6, taken_until = null where id = $1 and state = 'waiting'";
    let values: [Value; 6] = [
        id.into(),
        state.as_str().into(),
        now.plus_seconds(wait.copied().unwrap_or_default()).into(),
        ended.into(),
        rule.into(),
        reason.map(|reason| cut(&reason, REASON_CHARS)).into(),
    ];
    sql.execute(statement, &values)?;
    Ok(wait.is_none())
}

fn farthest(now: Timestamp) -> Timestamp {
    now.plus_seconds(AHEAD_SECONDS_MAX)
}

/// What both engines can keep.
fn bare(text: &str) -> String {
    text.replace('\0', "")
}

fn cut(text: &str, chars: usize) -> String {
    bare(text).chars().take(chars).collect()
}
