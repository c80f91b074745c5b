//! The smallest HTTP client that does: one connection, kept alive.

use crate::harness::PATIENCE;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};

pub struct Client(BufReader<TcpStream>);

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// By name in lower case.
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Client {
    pub fn connect(address: SocketAddr) -> Client {
        Client::try_connect(address).expect("the server answers")
    }

    pub fn try_connect(address: SocketAddr) -> Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Client(BufReader::new(stream)))
    }

    pub fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.try_send("GET", path, headers, "").expect("an answer")
    }

    pub fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_send("POST", path, headers, body).expect("an answer")
    }

    pub fn try_send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer> {
        self.ask(method, path, headers, body)?;
        let (status, headers) = self.head()?;
        let body = self.body(&headers)?;
        Ok(Answer { status, headers, body })
    }

    /// Asks for a stream of events; what follows is read with [`Client::event`].
    pub fn stream(mut self, path: &str, headers: &[(&str, &str)]) -> Result<Client> {
        self.ask("GET", path, &[headers, &[("accept", "text/event-stream")]].concat(), "")?;
        let (status, _) = self.head()?;
        if status != 200 {
            return Err(Error::other(format!("the stream answers {status}")));
        }
        Ok(self)
    }

    /// The id of the next whole event; `None` when the stream has ended.
    pub fn event(&mut self) -> Option<i64> {
        let mut id = None;
        loop {
            let mut line = String::new();
            match self.0.read_line(&mut line) {
                Ok(read) if read > 0 && line.ends_with('\n') => {}
                _ => return None,
            }
            match line.trim_end() {
                "" if id.is_some() => return id,
                line => {
                    if let Some(text) = line.strip_prefix("id:") {
                        id = text.trim().parse().ok();
                    }
                }
            }
        }
    }

    fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<()> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: evenkeel\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if method != "GET" {
            if !headers.iter().any(|(name, _)| *name == "content-type") {
                request.push_str("content-type: application/json\r\n");
            }
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.0.get_mut().write_all(request.as_bytes())
    }

    fn head(&mut self) -> Result<(u16, HashMap<String, String>)> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| Error::new(ErrorKind::InvalidData, first))?;
        let mut headers = HashMap::new();
        loop {
            let line = self.line()?;
            match line.split_once(':') {
                Some((name, value)) => headers.insert(name.to_lowercase(), value.trim().to_owned()),
                None => return Ok((status, headers)),
            };
        }
    }

    fn body(&mut self, headers: &HashMap<String, String>) -> Result<String> {
        let mut bytes = Vec::new();
        if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            loop {
                let length = usize::from_str_radix(&self.line()?, 16).map_err(Error::other)?;
                // Each part is followed by an empty line.
                let mut part = vec![0; length + 2];
                self.0.read_exact(&mut part)?;
                if length == 0 {
                    break;
                }
                bytes.extend_from_slice(&part[..length]);
            }
        } else {
            let length =
                headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            bytes.resize(length, 0);
            self.0.read_exact(&mut bytes)?;
        }
        String::from_utf8(bytes).map_err(Error::other)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
