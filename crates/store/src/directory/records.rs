//! Counters of records that people call by number, and what their tables have in common.

use super::rows::one;
use crate::{Columns, Failure, Sql};
use jiff::civil::Date;

/// Counts the changes of problems and articles: what is indexed elsewhere goes by it.
pub(super) const CHANGE: &str = "change";

/// The next of a counter, from 1. Never given again, whatever becomes of it.
pub(super) fn draw(sql: &mut dyn Sql, counter: &str) -> Result<i64, Failure> {
    let statement = "insert into record_numbers (prefix, next) values ($1, 2) \
        on conflict (prefix) do update set next = record_numbers.next + 1";
    sql.execute(statement, &[counter.into()])?;
    let statement = "select next - 1 from record_numbers where prefix = $1";
    let drawn = one(sql, statement, &[counter.into()], Columns::int)?;
    drawn.ok_or_else(|| Failure::damaged(format!("the counter {counter} is missing")))
}

/// Says that a number is taken, so that the counter goes on behind it.
pub(super) fn taken(sql: &mut dyn Sql, counter: &str, number: i64) -> Result<(), Failure> {
    let statement = "insert into record_numbers (prefix, next) values ($1, $2) \
        on conflict (prefix) do update set next = case \
        when excluded.next > record_numbers.next then excluded.next else record_numbers.next end";
    let values = [counter.into(), number.saturating_add(1).into()];
    sql.execute(statement, &values).map(drop)
}

/// A day, or none.
pub(super) fn day(row: &mut Columns) -> Result<Option<Date>, Failure> {
    let Some(text) = row.opt_text()? else { return Ok(None) };
    let day = text.parse().map_err(|_| Failure::damaged(format!("{text:?} is no day")))?;
    Ok(Some(day))
}
