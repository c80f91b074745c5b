//! What of a request nobody read: taken in after it was answered.
//!
//! Whoever refuses by the head alone leaves the body lying. The connection would end without a word then, under the
//! next request of a client that keeps it, and take an answer with it that the client has not read yet.

use axum::body::{Body, Bytes};
use axum::http::header::{CONNECTION, EXPECT};
use axum::http::{HeaderValue, Request, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot;

/// Bytes that are taken in and thrown away: more than anybody hands in by mistake.
const MOST_BYTES: usize = 64 << 20;

/// A body that comes back when whoever has it lets it go.
struct Lent {
    incoming: Option<Incoming>,
    /// Whether somebody began to read; until then a client that asks first sends nothing.
    begun: bool,
    back: Option<oneshot::Sender<(Incoming, bool)>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.begun = true;
        match &mut self.incoming {
            Some(incoming) => Pin::new(incoming).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map(Incoming::size_hint).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(incoming), Some(back)) = (self.incoming.take(), self.back.take()) {
            // Nobody waits for it once the connection is gone.
            drop(back.send((incoming, self.begun)));
        }
    }
}

/// What may be left of a request once it is answered.
pub(super) struct Rest {
    back: Option<oneshot::Receiver<(Incoming, bool)>>,
    /// The client sends its body only when told to.
    asks_first: bool,
}

/// Lends the body of a request to whoever answers it.
pub(super) fn lend(request: Request<Incoming>) -> (Request<Body>, Rest) {
    let asks_first = request.headers().contains_key(EXPECT);
    if request.body().is_end_stream() {
        return (request.map(Body::new), Rest { back: None, asks_first });
    }
    let (give, back) = oneshot::channel();
    let lent =
        |incoming| Body::new(Lent { incoming: Some(incoming), begun: false, back: Some(give) });
    (request.map(lent), Rest { back: Some(back), asks_first })
}

impl Rest {
    /// Takes in what is left. What does not end in time and within bounds ends the connection, and the answer says so.
    pub(super) async fn take_in(self, response: &mut Response<Body>, within: Duration) {
        // Where somebody still reads it, or has read it all, nothing is left to take.
        let Some((incoming, begun)) = self.back.and_then(|mut back| back.try_recv().ok()) else {
            return;
        };
        if incoming.is_end_stream() {
            return;
        }
        let sent = begun || !self.asks_first;
        let ended = sent && tokio::time::timeout(within, to_end(incoming)).await.unwrap_or(false);
        if !ended {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// Whether the end came.
async fn to_end(mut incoming: Incoming) -> bool {
    let mut room = MOST_BYTES;
    loop {
        match poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await {
            None => return true,
            Some(Err(_)) => return false,
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                let Some(left) = room.checked_sub(bytes) else { return false };
                room = left;
            }
        }
    }
}
