//! Writes that wait at the same time and share one transaction: what many do at once, each a
//! little, such as keeping messages that arrive.

use super::catch;
use crate::Trouble;
use store::{Failure, Sql, Writer};
use tokio::sync::oneshot;

/// A write that can be done again, should one of those beside it fail.
pub(crate) trait Together: Send {
    /// Does it.
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), Failure>;

    /// How many bytes it writes, roughly.
    fn bytes(&self) -> usize;

    /// Tells whoever waits for it.
    fn answer(self: Box<Self>, done: Result<(), Failure>);
}

/// A write of a closure.
pub(crate) struct Shared<T, F> {
    bytes: usize,
    write: F,
    value: Option<T>,
    reply: oneshot::Sender<Result<T, Trouble>>,
}

impl<T, F> Shared<T, F> {
    pub(crate) fn new(bytes: usize, write: F, reply: oneshot::Sender<Result<T, Trouble>>) -> Self {
        Shared { bytes, write, value: None, reply }
    }
}

impl<T: Send, F: Fn(&mut dyn Sql) -> Result<T, Failure> + Send> Together for Shared<T, F> {
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        self.value = Some((self.write)(sql)?);
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn answer(self: Box<Self>, done: Result<(), Failure>) {
        let Shared { value, reply, .. } = *self;
        let nothing = || Failure::Broken("a write ended without a value".to_owned());
        let answer = done.and_then(|()| value.ok_or_else(nothing));
        // The caller may have gone; what was done is done all the same.
        drop(reply.send(answer.map_err(Trouble::from)));
    }
}

/// All in one transaction. When that fails for a reason that may be one's own, each gets
/// its own, so that only that one fails.
pub(super) fn run(connection: &mut Writer, mut writes: Vec<Box<dyn Together>>) {
    if writes.is_empty() {
        return;
    }
    let done = catch(connection, |connection| {
        connection.transaction(|sql| writes.iter_mut().try_for_each(|write| write.run(sql)))
    });
    match done.and_then(|done| done) {
        Ok(()) => writes.into_iter().for_each(|write| write.answer(Ok(()))),
        Err(Failure::Unavailable(words)) => {
            let failed = || Err(Failure::Unavailable(words.clone()));
            writes.into_iter().for_each(|write| write.answer(failed()));
        }
        Err(_) if writes.len() > 1 => {
            writes.into_iter().for_each(|write| run(connection, vec![write]));
        }
        Err(failure) => {
            if let Some(write) = writes.pop() {
                write.answer(Err(failure));
            }
        }
    }
}
