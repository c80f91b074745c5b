//! The other end of webhooks: takes what it is told to take, in the way it is told to.

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// Who signed the certificate of an encrypted endpoint; no system trusts them.
pub const AUTHORITY: &[u8] = include_bytes!("../tls/authority.pem");

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Got {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    /// As text, whatever it is.
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// How it answers.
#[derive(Debug, Clone)]
pub enum Says {
    /// With these bytes.
    Bytes(String),
    /// With a body without an end.
    Endless,
    /// Never.
    Nothing,
    /// By ending the connection.
    HangUp,
    /// With what it was sent.
    Echo,
}

pub fn status(line: &str) -> Says {
    Says::Bytes(format!("HTTP/1.1 {line}\r\ncontent-length: 2\r\n\r\nno"))
}

/// Listens on a free port of this machine.
pub struct Endpoint {
    pub port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    says: Arc<Mutex<VecDeque<Says>>>,
    always: Arc<Mutex<Option<Says>>>,
    pub arrived: Arc<Notify>,
}

/// A connection, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Encrypts with the certificate of the tests, for 127.0.0.1.
fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("../tls/host.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../tls/key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

impl Endpoint {
    pub async fn start() -> Endpoint {
        Endpoint::accepting(None).await
    }

    /// One that speaks TLS alone.
    pub async fn encrypted() -> Endpoint {
        Endpoint::accepting(Some(acceptor())).await
    }

    async fn accepting(tls: Option<TlsAcceptor>) -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let endpoint = Endpoint {
            port,
            got: Arc::default(),
            says: Arc::default(),
            always: Arc::default(),
            arrived: Arc::default(),
        };
        let (got, says, always, arrived) = (
            endpoint.got.clone(),
            endpoint.says.clone(),
            endpoint.always.clone(),
            endpoint.arrived.clone(),
        );
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (got, says) = (got.clone(), says.clone());
                let (always, arrived, tls) = (always.clone(), arrived.clone(), tls.clone());
                tokio::spawn(async move {
                    let stream: Box<dyn Stream> = match tls {
                        None => Box::new(stream),
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => Box::new(stream),
                            Err(_) => return,
                        },
                    };
                    let mut stream = BufReader::new(stream);
                    let Some(one) = read(&mut stream).await else { return };
                    let sent = one.body.clone();
                    got.lock().unwrap().push(one);
                    let next = says.lock().unwrap().pop_front();
                    let next = next.or_else(|| always.lock().unwrap().clone());
                    arrived.notify_one();
                    answer(stream.into_inner(), next, &sent).await;
                });
            }
        });
        endpoint
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/in?key=1", self.port)
    }

    /// The next answers.
    pub fn says(&self, next: impl IntoIterator<Item = Says>) {
        self.says.lock().unwrap().extend(next);
    }

    /// The answer to everything else; `None` is that it took it.
    pub fn always(&self, answer: Option<Says>) {
        *self.always.lock().unwrap() = answer;
    }

    /// What came in, in its order.
    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The types of what came in.
    pub fn types(&self) -> Vec<String> {
        self.got().iter().map(|got| got.json()["type"].as_str().unwrap().to_owned()).collect()
    }
}

async fn read(stream: &mut BufReader<Box<dyn Stream>>) -> Option<Got> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.ok()?;
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Some(Got { line: line.trim_end().to_owned(), headers, body, bytes })
}

async fn answer(mut stream: Box<dyn Stream>, says: Option<Says>, sent: &str) {
    let bytes = match says {
        None => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        Some(Says::Bytes(bytes)) => bytes,
        Some(Says::Echo) => {
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{sent}", sent.len())
        }
        Some(Says::HangUp) => return,
        Some(Says::Nothing) => return std::future::pending().await,
        Some(Says::Endless) => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut sent = stream.write_all(head.as_bytes()).await;
            let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
            while sent.is_ok() {
                sent = stream.write_all(chunk.as_bytes()).await;
            }
            return;
        }
    };
    let _ = stream.write_all(bytes.as_bytes()).await;
    let _ = stream.shutdown().await;
}
