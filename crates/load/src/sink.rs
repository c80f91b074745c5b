//! A gateway for text messages that takes them at once and notes when each came.

use serde_json::Value;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it answers to everything.
const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
/// What it wants to be sent.
const BODY: &str = r#"{"to": "{to}", "text": "{text}"}"#;

/// A text message as it came.
#[derive(Clone)]
pub struct Sms {
    /// The number it is for.
    pub to: String,
    /// Its words.
    pub text: String,
    /// When all of it was there.
    pub at: Instant,
}

/// A gateway on this machine that listens until the program ends.
pub struct Sink {
    address: String,
    kept: Arc<Mutex<Vec<Sms>>>,
}

impl Sink {
    /// Listens at a free port.
    pub async fn open() -> Result<Sink, String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?.to_string();
        let kept: Arc<Mutex<Vec<Sms>>> = Arc::default();
        let shared = kept.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Ok(Sink { address, kept })
    }

    /// The settings of a server that sends here.
    pub fn settings(&self) -> Vec<String> {
        let url = format!("http://{}/", self.address);
        let gateway = ["--sms-gateway-url", &url, "--sms-gateway-body", BODY];
        let more = ["--paging-allow", "127.0.0.0/8", "--public-url", "http://desk.load.example"];
        gateway.into_iter().chain(more).map(str::to_owned).collect()
    }

    /// Everything that came, in order.
    pub fn all(&self) -> Vec<Sms> {
        lock(&self.kept).clone()
    }
}

/// One connection, for as many messages as it brings.
async fn serve(stream: TcpStream, kept: Arc<Mutex<Vec<Sms>>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(body) = next_body(&mut stream).await? {
        let at = Instant::now();
        let body: Value = serde_json::from_slice(&body)?;
        let said = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        lock(&kept).push(Sms { to: said("to"), text: said("text"), at });
        stream.get_mut().write_all(TAKEN).await?;
    }
    Ok(())
}

/// The body of the next request; none where no other comes.
async fn next_body(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut length: usize = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            let read = value.trim().parse();
            length = read.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "no length"))?;
        }
    }
    let mut body = vec![0_u8; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(body))
}

fn lock(kept: &Mutex<Vec<Sms>>) -> MutexGuard<'_, Vec<Sms>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
