//! What a database was last known to hold, to notice that a restore has replaced it.

use super::{Engine, Store};
use crate::Failure;
use crate::sql::{Columns, Sql};

/// What a database held when it was looked at. A SQLite file is never replaced while it
/// is in use, so there is nothing to know of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filling {
    /// Which restore filled it, as [`mark_restored`] wrote it down.
    restored: String,
    /// The file that PostgreSQL keeps the head of the log in. Emptying the table gives it
    /// another one, but so does tidying up (`vacuum full`, `cluster`).
    file: i64,
    position: i64,
    hash: Vec<u8>,
}

impl Store {
    /// What the database holds now. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when the database does not answer.
    pub fn filling(&self) -> Result<Filling, Failure> {
        match self.engine() {
            Engine::Sqlite => Ok(Filling::default()),
            Engine::Postgres => self.read_blocking(look),
        }
    }

    /// What the database holds now; `None` when that does not go on from what it is known
    /// to have held, because a restore has replaced it. Blocks.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] when the database does not answer.
    pub fn follow(&self, known: &Filling) -> Result<Option<Filling>, Failure> {
        match self.engine() {
            Engine::Sqlite => Ok(Some(known.clone())),
            Engine::Postgres => self.read_blocking(|sql| {
                let found = look(sql)?;
                let goes_on = found.restored == known.restored
                    && (found.file == known.file || holds(sql, known)?);
                Ok(goes_on.then_some(found))
            }),
        }
    }
}

fn look(sql: &mut dyn Sql) -> Result<Filling, Failure> {
    let head = "select coalesce(obj_description('log_head'::regclass, 'pg_class'), ''), \
        pg_relation_filenode('log_head')::bigint, position, hash from log_head where id = 1";
    let found = sql.query(head, &[])?.pop();
    let mut head =
        Columns::of(found.ok_or_else(|| Failure::damaged("the head of the log is missing"))?);
    Ok(Filling {
        restored: head.text()?,
        file: head.int()?,
        position: head.int()?,
        hash: head.bytes()?,
    })
}

/// Writes down that a restore fills the database, in its transaction. The log alone does not tell:
/// whoever looked a moment before the restored backup was made finds that it goes on from there.
pub(crate) fn mark_restored(sql: &mut dyn Sql) -> Result<(), Failure> {
    if sql.engine() == Engine::Postgres {
        let mark = "do $mark$ begin \
            execute format('comment on table log_head is %L', 'restored ' || gen_random_uuid()); \
            end $mark$";
        sql.execute(mark, &[])?;
    }
    Ok(())
}

/// Whether the log is the known one up to the known position. Of an empty one nothing is known.
fn holds(sql: &mut dyn Sql, known: &Filling) -> Result<bool, Failure> {
    let there = "select 1 from events where seq = $1 and hash = $2";
    let found = sql.query(there, &[known.position.into(), known.hash.clone().into()])?;
    Ok(!found.is_empty())
}
