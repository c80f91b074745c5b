//! What is done once and comes to a value, through code that knows of no value: hundreds of
//! questions are asked, and what surrounds each of them is compiled once.

use crate::Failure;
use crate::sql::Sql;
use std::any::Any;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Work on a connection, whatever it comes to.
pub(crate) type Work<'w> = &'w mut dyn FnMut(&mut dyn Sql) -> Result<(), Failure>;

/// Work that is done at most once, and what it came to.
pub struct Once<F, T> {
    work: Option<F>,
    value: Option<T>,
}

impl<F, T> Once<F, T> {
    /// Work that is to be done.
    pub fn of(work: F) -> Self {
        Once { work: Some(work), value: None }
    }

    /// The work, the first time it is asked for.
    pub fn take(&mut self) -> Option<F> {
        self.work.take()
    }

    /// Keeps what it came to.
    pub fn keep(&mut self, value: T) {
        self.value = Some(value);
    }

    /// What it came to.
    ///
    /// # Errors
    ///
    /// [`Failure::Broken`] when it was never done.
    pub fn value(self) -> Result<T, Failure> {
        self.value.ok_or_else(|| Failure::Broken("work ended without a value".to_owned()))
    }
}

impl<T, F: FnOnce(&mut dyn Sql) -> Result<T, Failure>> Once<F, T> {
    /// Does it on a connection.
    pub(crate) fn on(&mut self, sql: &mut dyn Sql) -> Result<(), Failure> {
        if let Some(work) = self.take() {
            self.keep(work(sql)?);
        }
        Ok(())
    }
}

/// A value of any type.
pub type Found = Box<dyn Any + Send>;

/// What comes to a value of any type, or fails.
pub type Finding<F> = Pin<Box<dyn Future<Output = Result<Found, F>> + Send>>;

/// A `T` on its way through code that knows of no value. Nothing is done before it is awaited.
#[must_use = "nothing is done before it is awaited"]
pub struct Coming<T, F = Failure, E = F> {
    finding: Finding<F>,
    value: PhantomData<fn() -> Result<T, E>>,
}

impl<T, F, E> Coming<T, F, E> {
    /// What is found must be a `T`.
    pub fn of(finding: Finding<F>) -> Self {
        Coming { finding, value: PhantomData }
    }

    /// The same, with failures as another type tells them.
    pub fn failing_as<O>(self) -> Coming<T, F, O> {
        Coming::of(self.finding)
    }
}

impl<T: 'static, F, E: From<F>> Future for Coming<T, F, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let found = ready!(self.finding.as_mut().poll(context))?;
        let value = found.downcast::<T>().expect("what is found is of the type that was asked for");
        Poll::Ready(Ok(*value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_comes_through_code_that_knows_of_none() {
        let comes: Coming<u8> = Coming::of(Box::pin(async { Ok(Box::new(7_u8) as Found) }));
        assert_eq!(comes.await.unwrap(), 7);
        let broken = || Failure::Broken("the disk".to_owned());
        let fails: Coming<u8> = Coming::of(Box::pin(async move { Err(broken()) }));
        assert!(matches!(fails.await, Err(Failure::Broken(words)) if words == "the disk"));
    }
}
