//! What is erased of an incident is erased of the messages that brought it as well, and bytes
//! of messages are not kept for ever.

use crate::directory::{many, one};
use crate::{Columns, Failure, Sql};
use kernel::{ContentId, IncidentNumber, Timestamp};

/// What stands instead of the reason of a message that was erased with its entry.
const WITH_ITS_ENTRY: &str = "erased with its entry in the incident";

/// The event that brought some words.
struct Brought {
    number: IncidentNumber,
    n: i64,
    at: Timestamp,
}

/// Erases the messages that brought these words, and their copies from other mailboxes.
pub(crate) fn forget(sql: &mut dyn Sql, words: ContentId, now: Timestamp) -> Result<(), Failure> {
    let by_mail = "select events.number, events.n, events.at from contents \
        join events on events.seq = contents.seq \
        where contents.id = $1 and events.channel = 'email'";
    let brought = one(sql, by_mail, &[words.into()], |row| {
        Ok(Brought { number: IncidentNumber(row.int()?), n: row.int()?, at: row.at()? })
    })?;
    let Some(brought) = brought else { return Ok(()) };
    for id in brought_by(sql, &brought)? {
        let copies = "select other.id from messages as other, messages as this where this.id = $1 \
            and (other.id = this.id or other.number is null \
            and other.message_id = this.message_id and other.body_hash = this.body_hash)";
        for id in many(sql, copies, &[id.into()], Columns::int)? {
            let statement = "update messages set subject = '', reason = $2, taken_until = null, bytes_kept = 0, \
                state = case when number is null then 'dropped' else 'done' end, \
                ended_at = coalesce(ended_at, $3) where id = $1";
            sql.execute(statement, &[id.into(), WITH_ITS_ENTRY.into(), now.into()])?;
            sql.execute("delete from message_pieces where message = $1", &[id.into()])?;
        }
    }
    Ok(())
}

/// Deletes the bytes of messages that were dealt with before this instant, of so many at most;
/// of how many. What they became stays, and who wrote when about what.
pub fn forget_bytes(sql: &mut dyn Sql, before: Timestamp, limit: usize) -> Result<usize, Failure> {
    let old = "select id from messages where bytes_kept = 1 and state in ('done', 'dropped') \
        and ended_at < $1 order by ended_at limit $2";
    let ids = many(sql, old, &[before.into(), (limit as i64).into()], Columns::int)?;
    for id in &ids {
        sql.execute("delete from message_pieces where message = $1", &[(*id).into()])?;
        sql.execute("update messages set bytes_kept = 0 where id = $1", &[(*id).into()])?;
    }
    Ok(ids.len())
}

/// The message that became this event. A file that came with one is an event of its own, after
/// the entry: it is of the last message before it, or of one that was being worked on then.
fn brought_by(sql: &mut dyn Sql, brought: &Brought) -> Result<Vec<i64>, Failure> {
    let (number, n) = (brought.number.into(), brought.n.into());
    let exactly = "select id from messages where number = $1 and n = $2";
    let found = many(sql, exactly, &[number, n], Columns::int)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let nearest = "select id from messages where number = $1 and n < $2 and (ended_at is null \
        or ended_at >= $3 or n = (select max(n) from messages where number = $1 and n < $2))";
    let values = [brought.number.into(), brought.n.into(), brought.at.into()];
    many(sql, nearest, &values, Columns::int)
}
