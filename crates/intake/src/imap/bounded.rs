//! A connection that brings no more than it was asked for: a server that sends without an end
//! must not fill the memory.

use crate::listener::Stream;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that a server may send before anything was asked for.
const AT_FIRST_BYTES: usize = 1_048_576;

/// A connection with a bound on what comes.
pub(super) struct Bounded {
    stream: Box<dyn Stream>,
    left: usize,
}

impl Bounded {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        Bounded { stream, left: AT_FIRST_BYTES }
    }

    /// Allows so many bytes from now on.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.left = bytes;
    }
}

impl fmt::Debug for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounded").field("left", &self.left).finish_non_exhaustive()
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut *self.stream).poll_read(context, buffer);
        let count = buffer.filled().len() - before;
        match self.left.checked_sub(count) {
            Some(left) => {
                self.left = left;
                read
            }
            None => {
                Poll::Ready(Err(io::Error::other("the server sends more than it was asked for")))
            }
        }
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(context)
    }
}
