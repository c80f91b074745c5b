//! A client that costs as little as possible, because it shares the machine
//! with what it measures: one connection, one request at a time, HTTP/1.1.

use std::io;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection that is kept.
pub struct Client {
    stream: BufReader<TcpStream>,
    line: String,
}

/// An answer.
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The cookie it sets, if it does.
    pub cookie: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: &str) -> io::Result<Client> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Client { stream: BufReader::with_capacity(65_536, stream), line: String::new() })
    }

    /// Sends a request that is already in its final form and reads the answer.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.get_mut().write_all(request).await?;
        self.read_answer().await
    }

    /// Sends a request and reads only the head of the answer; the body streams.
    pub async fn open_stream(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.get_mut().write_all(request).await?;
        let (status, _, _, _) = self.read_head().await?;
        Ok(status)
    }

    /// Waits for the next line of a streamed body.
    pub async fn next_line(&mut self) -> io::Result<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(self.line.trim_end())
    }

    async fn read_answer(&mut self) -> io::Result<Answer> {
        let (status, length, chunked, cookie) = self.read_head().await?;
        let mut body = Vec::new();
        if chunked {
            self.read_chunks(&mut body).await?;
        } else {
            body.resize(length, 0);
            self.stream.read_exact(&mut body).await?;
        }
        Ok(Answer { status, cookie, body })
    }

    async fn read_head(&mut self) -> io::Result<(u16, usize, bool, Option<String>)> {
        let broken = |words: &str| io::Error::new(io::ErrorKind::InvalidData, words.to_owned());
        let status = self.next_line().await?.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| broken("no status line"))?;
        let (mut length, mut chunked, mut cookie) = (0, false, None);
        loop {
            let line = self.next_line().await?;
            if line.is_empty() {
                return Ok((status, length, chunked, cookie));
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => {
                    length = value.trim().parse().map_err(|_| broken("no length"))?
                }
                "transfer-encoding" => chunked = value.contains("chunked"),
                "set-cookie" => cookie = value.trim().split(';').next().map(str::to_owned),
                _ => {}
            }
        }
    }

    async fn read_chunks(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let size = usize::from_str_radix(self.next_line().await?.trim(), 16);
            let size =
                size.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "no chunk size"))?;
            let start = body.len();
            body.resize(start + size, 0);
            self.stream.read_exact(&mut body[start..]).await?;
            self.next_line().await?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

/// A GET request.
pub fn get(host: &str, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").into_bytes()
}

/// A POST request.
pub fn post(host: &str, path: &str, headers: &str, kind: &str, body: &str) -> Vec<u8> {
    with_body("POST", host, path, &format!("Content-Type: {kind}\r\n{headers}"), body)
}

/// A request that brings something; its kind is among the headers.
pub fn with_body(method: &str, host: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}
