//! Shifts that are offered, and taken by somebody else.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql, Value};
use kernel::{PersonId, ScheduleId, SwapId, Timestamp, words};
use serde::{Deserialize, Serialize};

words! {
    /// How far a swap is.
    SwapState {
        /// Waits for somebody who takes it.
        Offered = "offered",
        /// Waits for a manager.
        Taken = "taken",
        /// Somebody else is on call.
        Approved = "approved",
        /// A manager said no: it stays as it was.
        Declined = "declined",
        /// Whoever offered it took it back.
        Withdrawn = "withdrawn",
    }
}

impl SwapState {
    /// Whether nothing will come of it any more, or all has.
    pub fn is_over(self) -> bool {
        !matches!(self, SwapState::Offered | SwapState::Taken)
    }
}

/// A shift, or a part of one, that is offered; or a gap for which somebody asks others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    /// Its id.
    pub id: SwapId,
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Who offers it.
    pub offered_by: PersonId,
    /// Who is asked; anybody when nobody is.
    pub asked: Option<PersonId>,
    /// From this instant.
    pub start: Timestamp,
    /// Until just before this instant.
    pub end: Timestamp,
    /// Why; may be empty.
    pub reason: String,
    /// How far it is.
    pub state: SwapState,
    /// Who took it.
    pub taken_by: Option<PersonId>,
    /// The manager who decided.
    pub decided_by: Option<PersonId>,
    /// When it was offered.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

const SELECT: &str = "select id, schedule_id, offered_by, asked_id, start_at, end_at, reason, state, taken_by, decided_by, made_at, changed_at from shift_swaps";

/// Stores a new offer.
pub fn insert(sql: &mut dyn Sql, swap: &Swap) -> Result<(), Failure> {
    let values: [Value; 12] = [
        swap.id.into(),
        swap.schedule.into(),
        swap.offered_by.into(),
        swap.asked.into(),
        swap.start.into(),
        swap.end.into(),
        (&swap.reason).into(),
        swap.state.as_str().into(),
        swap.taken_by.into(),
        swap.decided_by.into(),
        swap.made_at.into(),
        swap.changed_at.into(),
    ];
    sql.execute(
        "insert into shift_swaps (id, schedule_id, offered_by, asked_id, start_at, end_at, reason, state, taken_by, decided_by, made_at, changed_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &values,
    )?;
    Ok(())
}

/// Stores how far a swap is now, if it is still as far as it was.
pub fn update(sql: &mut dyn Sql, swap: &Swap, before: SwapState) -> Result<bool, Failure> {
    let values: [Value; 6] = [
        swap.id.into(),
        swap.state.as_str().into(),
        swap.taken_by.into(),
        swap.decided_by.into(),
        swap.changed_at.into(),
        before.as_str().into(),
    ];
    let touched = sql.execute(
        "update shift_swaps set state = $2, taken_by = $3, decided_by = $4, changed_at = $5 where id = $1 and state = $6",
        &values,
    )?;
    Ok(touched == 1)
}

/// The swap with this id.
pub fn get(sql: &mut dyn Sql, id: SwapId) -> Result<Option<Swap>, Failure> {
    one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)
}

/// The swaps of a schedule that end after an instant, in the order in which they were offered.
pub fn of_schedule(
    sql: &mut dyn Sql,
    schedule: ScheduleId,
    after: Timestamp,
) -> Result<Vec<Swap>, Failure> {
    let statement = format!("{SELECT} where schedule_id = $1 and end_at > $2 order by made_at, id");
    many(sql, &statement, &[schedule.into(), after.into()], read)
}

/// The swaps of all schedules that wait for somebody and end after an instant, the soonest first.
pub fn waiting(sql: &mut dyn Sql, after: Timestamp) -> Result<Vec<Swap>, Failure> {
    let statement = format!(
        "{SELECT} where end_at > $1 and state in ('offered', 'taken') order by start_at, id"
    );
    many(sql, &statement, &[after.into()], read)
}

fn read(row: &mut Columns) -> Result<Swap, Failure> {
    Ok(Swap {
        id: row.parsed()?,
        schedule: row.parsed()?,
        offered_by: row.parsed()?,
        asked: row.opt_parsed()?,
        start: row.at()?,
        end: row.at()?,
        reason: row.text()?,
        state: row.parsed()?,
        taken_by: row.opt_parsed()?,
        decided_by: row.opt_parsed()?,
        made_at: row.at()?,
        changed_at: row.at()?,
    })
}
