//! Connections: taken, limited, and ended in good order.

use super::rest;
use super::status::Front;
use super::tls::Certificate;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::Service;

/// What a connection may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Connections at once; more wait to be taken. Ten thousand streams and room to work.
    pub(super) connections: usize,
    /// How long a request's head may take to come, and a connection may lie idle. More
    /// than the minute for which proxies keep theirs, so that they end them, not we.
    pub(super) head_within: Duration,
    /// Bytes of a request's head.
    pub(super) head_bytes: usize,
    /// How long agreeing on encryption may take.
    pub(super) handshake_within: Duration,
    /// How long the rest of a request is waited for that nobody read.
    pub(super) rest_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 16_384,
            head_within: Duration::from_secs(75),
            head_bytes: 64 * 1024,
            handshake_within: Duration::from_secs(10),
            rest_within: Duration::from_secs(5),
        }
    }
}

/// How long to wait when the system has no connection to give, such as when too many
/// files are open.
const BREATHER: Duration = Duration::from_millis(100);

/// What answers requests: the status page from memory, everything else by the routes.
#[derive(Clone)]
pub(super) struct Answering {
    pub(super) front: Front,
    pub(super) router: Router,
}

/// Answers requests until told to stop, then ends when all connections have. With a
/// certificate nothing but HTTPS is answered.
pub(super) async fn serve(
    listener: Arc<TcpListener>,
    certificate: Option<Certificate>,
    answering: Answering,
    mut stop: watch::Receiver<bool>,
    limits: Limits,
) {
    let fresh = certificate.clone().map(|shown| desk::beside(shown.keep_fresh()));
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.connections));
    loop {
        let taken = tokio::select! {
            taken = take(&listener, room.clone()) => taken,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some((stream, peer, permit)) = taken else {
            tokio::time::sleep(BREATHER).await;
            continue;
        };
        // Answers are small and somebody waits for them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays slow");
        }
        let watcher = graceful.watcher();
        let Some(certificate) = &certificate else {
            desk::beside(connection(stream, peer, answering.clone(), limits, watcher, permit));
            continue;
        };
        let (acceptor, answering, stop) = (certificate.acceptor(), answering.clone(), stop.clone());
        desk::beside(async move {
            if let Some(stream) = encrypted(&acceptor, stream, stop, limits).await {
                connection(stream, peer, answering, limits, watcher, permit).await;
            }
        });
    }
    drop(listener);
    if let Some(fresh) = fresh {
        fresh.abort();
    }
    graceful.shutdown().await;
}

async fn take(
    listener: &TcpListener,
    room: Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = room.acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            tracing::debug!(%error, "a connection could not be taken");
            None
        }
    }
}

/// Agrees on encryption; `None` when that comes to nothing.
async fn encrypted(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    mut stop: watch::Receiver<bool>,
    limits: Limits,
) -> Option<TlsStream<TcpStream>> {
    let agreed = tokio::select! {
        agreed = tokio::time::timeout(limits.handshake_within, acceptor.accept(stream)) => agreed,
        _ = stop.wait_for(|stop| *stop) => return None,
    };
    match agreed {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no encryption was agreed on");
            None
        }
        Err(_) => None,
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    answering: Answering,
    limits: Limits,
    watcher: Watcher,
    permit: OwnedSemaphorePermit,
) {
    let answer = service_fn(move |mut request: Request<Incoming>| {
        let answered = answering.front.answer(&mut request).ok_or_else(|| {
            let (mut request, rest) = rest::lend(request);
            request.extensions_mut().insert(ConnectInfo(peer));
            (answering.router.clone().call(request), rest)
        });
        async move {
            let (routed, rest) = match answered {
                Ok(response) => return Ok(response),
                Err(routed) => routed,
            };
            let mut answer = routed.await;
            if let Ok(response) = &mut answer {
                rest.take_in(response, limits.rest_within).await;
            }
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .max_buf_size(limits.head_bytes)
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(permit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Far beyond what is waited for; reached only when something is broken.
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn start(
        limits: Limits,
    ) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        start_with(None, limits).await
    }

    async fn start_with(
        certificate: Option<Certificate>,
        limits: Limits,
    ) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = Router::new().route(
            "/",
            get(|peer: ConnectInfo<SocketAddr>| async move { peer.0.ip().to_string() }),
        );
        let answering = Answering { front: Front::default(), router };
        (
            address,
            stop,
            tokio::spawn(serve(Arc::new(listener), certificate, answering, stopped, limits)),
        )
    }

    async fn all(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut text)).await.unwrap().unwrap();
        text
    }

    #[tokio::test]
    async fn handlers_know_the_peer_and_idle_connections_end_on_stop() {
        let (address, stop, server) = start(Limits::default()).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        let mut asking = TcpStream::connect(address).await.unwrap();
        asking.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let answer = all(&mut asking).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("127.0.0.1"), "{answer}");
        stop.send_replace(true);
        tokio::time::timeout(PATIENCE, server).await.unwrap().unwrap();
        assert_eq!(all(&mut idle).await, "");
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_ends_the_connection() {
        let (address, _stop, _server) =
            start(Limits { head_within: Duration::from_millis(50), ..Limits::default() }).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
        assert!(!all(&mut slow).await.contains("200"));
    }

    #[tokio::test]
    async fn too_large_a_head_is_refused() {
        let (address, _stop, _server) =
            start(Limits { head_bytes: 8_192, ..Limits::default() }).await;
        let mut greedy = TcpStream::connect(address).await.unwrap();
        let head = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(20_000));
        // The server may close before everything is sent.
        drop(greedy.write_all(head.as_bytes()).await);
        let mut bytes = [0; 12];
        tokio::time::timeout(PATIENCE, greedy.read_exact(&mut bytes)).await.unwrap().unwrap();
        assert_eq!(&bytes, b"HTTP/1.1 431");
    }

    #[tokio::test]
    async fn what_is_refused_by_its_head_leaves_the_connection_in_order() {
        let (address, _stop, _server) = start(Limits::default()).await;
        let mut kept = TcpStream::connect(address).await.unwrap();
        kept.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        kept.write_all(b"helloGET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let answers = all(&mut kept).await;
        assert!(answers.starts_with("HTTP/1.1 405"), "{answers}");
        assert!(answers.contains("HTTP/1.1 200 OK") && answers.ends_with("127.0.0.1"), "{answers}");
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_ends_the_connection_and_the_answer_says_so() {
        let (address, _stop, _server) =
            start(Limits { rest_within: Duration::from_millis(50), ..Limits::default() }).await;
        for head in ["content-length: 5", "content-length: 5\r\nexpect: 100-continue"] {
            let mut slow = TcpStream::connect(address).await.unwrap();
            let head = format!("POST / HTTP/1.1\r\nhost: x\r\n{head}\r\n\r\n");
            slow.write_all(head.as_bytes()).await.unwrap();
            let answer = all(&mut slow).await;
            assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
            assert!(answer.contains("connection: close"), "{answer}");
        }
    }

    #[tokio::test]
    async fn more_connections_than_there_is_room_for_wait() {
        let (address, _stop, _server) = start(Limits { connections: 1, ..Limits::default() }).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut byte = [0; 1];
        first.read_exact(&mut byte).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        drop(first);
        assert!(all(&mut second).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn with_a_certificate_nothing_plain_is_answered_and_nobody_stays_silent() {
        let limits = Limits { handshake_within: Duration::from_millis(50), ..Limits::default() };
        let certificate = super::super::tls::tests::certificate();
        let (address, _stop, _server) = start_with(Some(certificate), limits).await;
        let mut plain = TcpStream::connect(address).await.unwrap();
        plain.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut bytes = Vec::new();
        // An alert of TLS, and the end.
        drop(tokio::time::timeout(PATIENCE, plain.read_to_end(&mut bytes)).await.unwrap());
        assert!(!bytes.starts_with(b"HTTP"), "{bytes:?}");
        let mut silent = TcpStream::connect(address).await.unwrap();
        assert_eq!(all(&mut silent).await, "");
    }
}
