//! Connections to the mail server: opened when there is a letter, kept for the next one, and
//! given up when the server keeps silent.

use super::CLOSING;
use super::address::{Address, Encryption};
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long one address of the server may take to be reached.
const REACH_WITHIN: Duration = Duration::from_secs(8);
/// Addresses of the server that are tried.
const ADDRESSES: usize = 3;
/// How long it may take until letters can be sent: reached, encrypted, signed in.
const OPEN_WITHIN: Duration = Duration::from_secs(40);
/// How long the server may take for one letter; some look at it for long.
const SEND_WITHIN: Duration = Duration::from_secs(120);
/// How long the server may take to say goodbye.
const END_WITHIN: Duration = Duration::from_secs(1);
/// What was silent for longer is asked whether it is still there before it is used.
const FRESH: Duration = Duration::from_secs(1);
/// How long a connection is kept without a letter. Servers end them after some minutes.
const KEEP: Duration = Duration::from_secs(10);

/// How to reach the server, and connections that are free.
pub(super) struct Connections {
    address: Address,
    tls: Option<TlsParameters>,
    hello: ClientId,
    free: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

/// Why a letter, or a connection, did not get through.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(io::Error),
    #[error("the mail server does not answer within {} seconds", .0.as_secs())]
    Silent(Duration),
    #[error(transparent)]
    Smtp(#[from] Error),
}

impl Connections {
    /// To this server; `tls` is how it is encrypted, if it is. Nothing is connected yet.
    pub(super) fn new(address: Address, tls: Option<TlsParameters>, hello: ClientId) -> Self {
        Connections { address, tls, hello, free: Mutex::default() }
    }

    /// Hands over a letter.
    pub(super) async fn send(&self, envelope: &Envelope, letter: &[u8]) -> Result<(), Broken> {
        if let Some(connection) = self.free(FRESH).await {
            match self.send_by(connection, envelope, letter).await {
                // It may have ended since the letter before; that says nothing about this one.
                Err(Broken::Smtp(error)) if is_over(&error) => {}
                done => return done,
            }
        }
        self.send_by(self.open().await?, envelope, letter).await
    }

    async fn send_by(
        &self,
        mut connection: AsyncSmtpConnection,
        envelope: &Envelope,
        letter: &[u8],
    ) -> Result<(), Broken> {
        within(SEND_WITHIN, connection.send(envelope, letter)).await?;
        if !connection.has_broken() {
            self.keep(connection);
        }
        Ok(())
    }

    /// Whether the server answers and lets this instance in.
    pub(super) async fn answers(&self) -> Result<(), Broken> {
        let connection = match self.free(Duration::ZERO).await {
            Some(connection) => connection,
            None => self.open().await?,
        };
        self.keep(connection);
        Ok(())
    }

    /// Ends connections that were not used for a while.
    pub(super) async fn rest(&self) {
        let old = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            let is_old = |(_, since): &mut (_, Instant)| since.elapsed() > KEEP;
            free.extract_if(.., is_old).collect::<Vec<_>>()
        };
        for (mut connection, _) in old {
            let _ = timeout(END_WITHIN, connection.abort()).await;
        }
    }

    /// A connection that is free and still there; one that was used just now is believed to be.
    async fn free(&self, just_now: Duration) -> Option<AsyncSmtpConnection> {
        loop {
            let next = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let (mut connection, since) = next?;
            if since.elapsed() < just_now {
                return Some(connection);
            }
            if timeout(END_WITHIN, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push((connection, Instant::now()));
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Broken> {
        timeout(OPEN_WITHIN, self.opened()).await.unwrap_or(Err(Broken::Silent(OPEN_WITHIN)))
    }

    async fn opened(&self) -> Result<AsyncSmtpConnection, Broken> {
        let server = (&*self.address.host, self.address.port);
        let mut connection = match (self.address.encryption, &self.tls) {
            (Encryption::Tls, tls) => {
                let (wait, tls) = (Some(REACH_WITHIN), tls.clone());
                AsyncSmtpConnection::connect_tokio1(server, wait, &self.hello, tls, None).await?
            }
            (Encryption::None | Encryption::StartTls, tls) => {
                let stream = Box::new(reach(server).await.map_err(Broken::Unreachable)?);
                let mut connection =
                    AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await?;
                if let Some(tls) = tls {
                    connection.starttls(tls.clone(), &self.hello).await?;
                }
                connection
            }
        };
        if let Some(credentials) = &self.address.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// Whether the connection has ended, rather than the server having said something about a letter.
fn is_over(error: &Error) -> bool {
    !error.is_client() && error.status().is_none_or(|code| u16::from(code) == CLOSING)
}

/// Something that must not take longer than this.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Broken> {
    Ok(timeout(limit, work).await.map_err(|_| Broken::Silent(limit))??)
}

/// One of the server's addresses. What is written leaves at once: the end of a letter would
/// otherwise wait until the server has acknowledged its beginning, for 40 ms on most systems.
async fn reach(server: (&str, u16)) -> io::Result<TcpStream> {
    let mut wrong = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host(server).await?.take(ADDRESSES) {
        match timeout(REACH_WITHIN, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => wrong = error,
            Err(_) => wrong = io::Error::from(io::ErrorKind::TimedOut),
        }
    }
    Err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    async fn listening() -> (TcpListener, Connections) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let hello = ClientId::Domain("company.example".to_owned());
        (listener, Connections::new(Address::of(&url).unwrap(), None, hello))
    }

    #[tokio::test]
    async fn a_server_that_ends_connections_after_each_letter_gets_the_next_one() {
        let (listener, connections) = listening().await;
        let server = tokio::spawn(async move {
            for _ in 0..3 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (read, mut write) = stream.split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 here\r\n").await.unwrap();
                let mut in_letter = false;
                while let Some(line) = lines.next_line().await.unwrap() {
                    let answer: &[u8] = match line.as_str() {
                        "." => b"250 taken\r\n",
                        _ if in_letter => continue,
                        "DATA" => b"354 go on\r\n",
                        _ => b"250 fine\r\n",
                    };
                    in_letter |= line == "DATA";
                    write.write_all(answer).await.unwrap();
                    if line == "." {
                        break;
                    }
                }
            }
        });
        let address = |text: &str| text.parse().unwrap();
        let envelope = Envelope::new(Some(address("a@b.example")), vec![address("c@d.example")]);
        for _ in 0..3 {
            connections.send(envelope.as_ref().unwrap(), b"Subject: x\r\n\r\ny\r\n").await.unwrap();
        }
        server.await.unwrap();
        assert!(matches!(connections.answers().await, Err(Broken::Unreachable(_))));
    }
}
