//! What is written down with a job that was done, in its transaction: its key, how far its message
//! and an import came, the alarm that it raised, the surge that it accepted.

use super::{Job, Remembered};
use crate::Trouble;
use crate::ask::Done;
use kernel::Timestamp;
use store::{Failure, Sql};

/// The status kept with a command's key; doors render the answer anew.
const REMEMBERED_STATUS: u16 = 200;

/// Writes down what belongs to the transaction of jobs that were done.
pub(in crate::writer) fn remember(
    sql: &mut dyn Sql,
    jobs: &[Job],
    answers: &[Result<Done, Trouble>],
    now: Timestamp,
) -> Result<(), Failure> {
    for (job, done) in jobs.iter().zip(answers) {
        let Ok(done) = done else { continue };
        let person = job.prepared.actor.person_id();
        if let (Some(once), Some(person), false) =
            (&job.prepared.idempotency, person, done.repeated)
        {
            let remembered =
                Remembered { number: done.number, created: done.created, first_n: done.first_n };
            let answer = store::directory::idempotency::Answer {
                request_hash: once.request_hash.clone(),
                status: REMEMBERED_STATUS,
                body: serde_json::to_string(&remembered)
                    .map_err(|error| Failure::damaged(error.to_string()))?,
                created_at: now,
            };
            store::directory::idempotency::record(sql, person, &once.key, &answer)?;
        }
        if let Some(step) = &job.prepared.message {
            let n = if done.created { 1 } else { done.first_n };
            store::messages::advance(sql, step, Some((done.number, n)), now)?;
        }
        if let Some(alarm) = &job.prepared.alarm {
            store::messages::raise_alarm(sql, alarm, done.number, now)?;
        }
        if let (Some(accepting), Some(by)) = (&job.prepared.surge, person)
            && !accepting.write(sql, done.number, (by, now))?
        {
            let surge = accepting.surge;
            return Err(Failure::Broken(format!("surge {surge} was decided while it was held")));
        }
        if let Some((source, foreign_id, rows)) = &job.prepared.import_ref {
            let imported =
                store::directory::import_refs::Imported { number: done.number, rows_done: *rows };
            store::directory::import_refs::put(sql, source, foreign_id, imported)?;
        }
    }
    Ok(())
}
