//! Letters and push that wait though what they tell has become urgent: whether something can wait
//! is judged again when its incident changes, not only when it was asked for.

use super::{BY_MAIL, planned};
use crate::directory::slots;
use crate::incidents::Recorded;
use crate::{Failure, Sql};
use incident::telling::{COUNTED, GIVEN, URGENT};
use kernel::Timestamp;

/// Follows commands that were just recorded: what waits about an incident that became urgent by
/// one of them leaves at once.
pub(crate) fn follow(sql: &mut dyn Sql, parts: &[Recorded]) -> Result<(), Failure> {
    let urgent: Vec<&Recorded> = parts.iter().filter(|part| becomes_urgent(part)).collect();
    let numbers: Vec<i64> = urgent.iter().map(|part| part.number.0).collect();
    let at = urgent.iter().filter_map(|part| part.events.last()).map(|event| event.at);
    let Some(now) = at.max() else { return Ok(()) };
    release(sql, &numbers, now)
}

fn becomes_urgent(part: &Recorded) -> bool {
    // What is told of a new incident is judged with what it is from the beginning.
    let Some(before) = &part.before else { return false };
    let is_urgent = |priority: kernel::Priority| priority.get() <= URGENT;
    (part.after.major && !before.major)
        || (is_urgent(part.after.priority) && !is_urgent(before.priority))
}

/// Has what waits about these incidents and cannot wait as they stand now leave at once, with
/// what waits before it. What was attempted before, or is on its way, goes on as it does.
pub(super) fn release(sql: &mut dyn Sql, numbers: &[i64], now: Timestamp) -> Result<(), Failure> {
    if numbers.is_empty() {
        return Ok(());
    }
    let (list, mut values) = slots(2, numbers);
    values.insert(0, now.into());
    let (given, counted) = (quoted(&GIVEN), quoted(&COUNTED));
    // As `Matter::cannot_wait` and `Matter::is_urgent` say, of what is not urgent by its word alone.
    let cannot_wait = format!(
        "exists (select 1 from incidents i where i.number = deliveries.number and (i.major = 1 \
         or i.priority <= {URGENT} and deliveries.told_as in ('person', 'team', 'rule') \
         and deliveries.word in ({given})))"
    );
    let mut released = 0;
    for channel in [BY_MAIL, "channel = 'push'"] {
        let statement = format!(
            "update deliveries set next_at = case when next_at > $1 then $1 else next_at end, \
             held = case when word in ({counted}) then '' else 'urgent' end \
             where number in ({list}) and {channel} and state = 'waiting' and attempts = 0 \
             and message_id is null and {cannot_wait} and (held in ('folding', 'quiet', 'digest') \
             or held <> 'urgent' and word not in ({counted}))"
        );
        released += sql.execute(&statement, &values)?;
    }
    match released {
        0 => Ok(()),
        _ => planned::take_along(sql, numbers, now),
    }
}

/// Words as a list of SQL.
fn quoted(words: &[&str]) -> String {
    format!("'{}'", words.join("', '"))
}
