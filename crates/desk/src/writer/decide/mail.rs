//! What a job does for mail.

use super::Job;

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
