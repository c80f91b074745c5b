//! Letters that came back, and finding a letter by its message id.

use super::{DELIVERY, Delivery, kept, read};
use crate::directory::one;
use crate::{Failure, Sql};
use kernel::Timestamp;

/// The first delivery that left with this message id.
pub fn by_message_id(sql: &mut dyn Sql, message_id: &str) -> Result<Option<Delivery>, Failure> {
    let statement = format!(
        "select {DELIVERY} from deliveries where message_id = $1 \
         order by case state when 'sent' then 0 else 1 end, id limit 1"
    );
    one(sql, &statement, &[message_id.into()], read)
}

/// Records that a mail server gave a letter back after all, with all that it told; `false` when
/// it had been given up before.
pub fn bounced(sql: &mut dyn Sql, id: i64, words: &str, now: Timestamp) -> Result<bool, Failure> {
    let statement = "update deliveries set state = 'dead', ended_at = $2, bounced_at = $2, \
        error = $3, taken_until = null where state in ('waiting', 'sent') \
        and (id = $1 or message_id = (select message_id from deliveries where id = $1))";
    let error = kept(Some(&format!("it came back: {words}")));
    Ok(sql.execute(statement, &[id.into(), now.into(), error])? > 0)
}

/// Whether a letter to this address came back since.
pub fn bounces(sql: &mut dyn Sql, address: &str, since: Timestamp) -> Result<bool, Failure> {
    let statement = "select 1 from deliveries where address = $1 and bounced_at >= $2 limit 1";
    Ok(!sql.query(statement, &[address.into(), since.into()])?.is_empty())
}
