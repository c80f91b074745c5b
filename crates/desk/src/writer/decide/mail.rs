//! What a job does for mail.

use super::{Job, Round};
use store::{Failure, Sql};

/// What a job does for mail, by which it is known within its round.
pub(super) fn mail_of(job: &Job) -> impl Iterator<Item = String> {
    let message = job.prepared.message.as_ref();
    let step = message.map(|step| format!("{} {}", step.id, step.step));
    let first = message.filter(|step| step.step == 0).map(|step| &step.read);
    let copy = first.and_then(|read| {
        let (id, hash) = (read.message_id.as_ref()?, read.body_hash.as_ref()?);
        Some(format!("copy {hash} {id}"))
    });
    let alarm = job.prepared.alarm.as_ref().map(|alarm| format!("alarm {}", alarm.about));
    step.into_iter().chain(copy).chain(alarm)
}

impl Round<'_> {
    /// Whether this step of a message was done before, or this alarm raised.
    pub(super) fn mail_done(&self, sql: &mut dyn Sql, job: &Job) -> Result<bool, Failure> {
        if mail_of(job).any(|key| self.mail.contains(&key)) {
            return Ok(true);
        }
        if let Some(step) = &job.prepared.message
            && (!store::messages::is_at(sql, step)?
                || store::messages::dropped_as_copy(sql, step, self.now)?)
        {
            return Ok(true);
        }
        match &job.prepared.alarm {
            Some(alarm) => store::messages::alarm_raised(sql, alarm),
            None => Ok(false),
        }
    }
}
