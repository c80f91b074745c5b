//! A gateway for text messages that keeps what it is sent.

use crate::harness::PATIENCE;
use crate::machine::until;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

/// A text message as it came.
#[derive(Debug, Clone)]
pub struct Sms {
    /// The path that it was sent to, by which the test knows which server sent it.
    pub path: String,
    pub to: String,
    pub text: String,
    pub id: String,
    pub at: Instant,
}

impl Sms {
    /// The path of the link in it.
    pub fn link(&self) -> String {
        let (_, rest) = self.text.split_once("/a/").unwrap_or_else(|| panic!("no link: {self:?}"));
        format!("/a/{}", rest.split_whitespace().next().expect("a token"))
    }
}

/// A gateway that listens until the test ends.
pub struct Sink {
    pub address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    messages: Vec<Sms>,
    /// Messages to these paths are kept and never answered.
    silent: BTreeSet<String>,
}

impl Sink {
    pub fn open() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let shared = kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = shared.clone();
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        Sink { address, kept }
    }

    /// The settings of a server that sends here, to this path.
    pub fn settings(&self, path: &str) -> Vec<String> {
        let body = r#"{"to": "{to}", "text": "{text}", "id": "{id}"}"#;
        let url = format!("http://{}{path}", self.address);
        let said = ["--sms-gateway-url", &url, "--sms-gateway-body", body];
        let more = ["--paging-allow", "127.0.0.0/8", "--public-url", "http://desk.company.example"];
        said.into_iter().chain(more).map(str::to_owned).collect()
    }

    /// From now on what comes to this path is kept and not answered, or is answered again.
    pub fn silence(&self, path: &str, silent: bool) {
        let mut kept = self.lock();
        match silent {
            true => kept.silent.insert(path.to_owned()),
            false => kept.silent.remove(path),
        };
    }

    /// Everything that was sent to a number, in order.
    pub fn to(&self, number: &str) -> Vec<Sms> {
        self.lock().messages.iter().filter(|sms| sms.to == number).cloned().collect()
    }

    /// Waits for so many messages to a number.
    #[track_caller]
    pub fn wait(&self, number: &str, count: usize) -> Vec<Sms> {
        until(&format!("{count} messages to {number}"), || {
            let found = self.to(number);
            (found.len() >= count).then_some(found)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("nobody panics with it")
    }
}

/// One connection, kept alive.
fn serve(stream: TcpStream, kept: &Mutex<Kept>) {
    stream.set_nodelay(true).expect("a socket");
    let mut stream = BufReader::new(stream);
    while let Some((path, body)) = request(&mut stream) {
        let body: Value = serde_json::from_slice(&body).expect("JSON as the settings say");
        let said = |name: &str| body[name].as_str().expect(name).to_owned();
        let (to, text, id) = (said("to"), said("text"), said("id"));
        let silent = {
            let mut kept = kept.lock().expect("nobody panics with it");
            let silent = kept.silent.contains(&path);
            kept.messages.push(Sms { path, to, text, id, at: Instant::now() });
            silent
        };
        if silent {
            std::thread::sleep(PATIENCE);
            return;
        }
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        if stream.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The path and the body of the next request.
fn request(stream: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    if stream.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).ok()?;
        match line.trim_end().to_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((path, body))
}
