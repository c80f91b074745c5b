//! What is done beside everything else. For each type of work the runtime would be compiled
//! anew, once for each of its schedulers, so work is boxed: one for each type of what it comes to.

use std::pin::Pin;
use tokio::task::JoinHandle;

/// Something to be done that comes to a `T`.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Something to be done, as one type for all that comes to a `T`.
pub fn boxed<T>(work: impl Future<Output = T> + Send + 'static) -> Boxed<T> {
    Box::pin(work)
}

/// Does something beside everything else, as `tokio::spawn`.
pub fn beside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(boxed(work))
}

/// Does something on a thread that may block, as `tokio::task::spawn_blocking`.
pub fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let work: Box<dyn FnOnce() -> T + Send> = Box::new(work);
    tokio::task::spawn_blocking(work)
}
