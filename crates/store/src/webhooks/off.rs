//! Telling administrators that a webhook was switched off.

use crate::directory::many;
use crate::{Failure, Sql};
use kernel::Timestamp;

/// The word of a letter that says so.
pub const OFF: &str = "webhook_off";

/// Has every administrator told by mail, where anybody is told by mail at all.
pub fn tell_administrators(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Failure> {
    sql.execute(
        "insert into deliveries (number, n, word, person_id, told_as, channel, address, next_at, created_at) \
         select null, 0, $1, id, 'person', 'email', email, $2, $2 from people \
         where active = 1 and email is not null and roles like '%\"administrator\"%' \
         and exists (select 1 from settings where key = 'told_since') order by id",
        &[OFF.into(), now.into()],
    )
}

/// The names of those that were switched off by themselves and are still, and why.
pub fn switched_off(sql: &mut dyn Sql) -> Result<Vec<(String, String)>, Failure> {
    let statement = "select name, off_because from webhooks \
        where active = 0 and off_because is not null order by lower(name), id";
    many(sql, statement, &[], |row| Ok((row.text()?, row.text()?)))
}
