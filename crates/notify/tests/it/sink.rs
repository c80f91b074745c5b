//! A mail server that speaks enough SMTP, takes what it is told to take, and keeps it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Said by ending the connection.
pub const HANG_UP: &str = "";

/// A letter as it came in.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    pub raw: String,
}

impl Mail {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.raw.split_once("\r\n\r\n")?;
        let head = head.replace("\r\n ", " ");
        let prefix = format!("{name}: ");
        head.lines().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
    }

    /// The whole of it, with quoted-printable read.
    pub fn words(&self) -> String {
        let raw = self.raw.replace("=\r\n", "");
        let mut bytes = Vec::with_capacity(raw.len());
        let mut rest = raw.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let coded =
                (*first == b'=').then(|| std::str::from_utf8(after.get(..2)?).ok()).flatten();
            match coded.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &after[2..];
                }
                None => {
                    bytes.push(*first);
                    rest = after;
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[derive(Default)]
struct Kept {
    mails: Vec<Mail>,
    /// What is said to whoever writes to an address, instead of taking it.
    said: HashMap<String, &'static str>,
    /// Letters are kept, but nobody is told.
    mute: bool,
}

/// The server.
pub struct Sink {
    pub port: u16,
    kept: Arc<Mutex<Kept>>,
    /// A letter came in.
    pub arrived: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Sink {
    pub async fn start() -> Sink {
        Sink::on(0).await
    }

    /// On this port, for a server that comes back.
    pub async fn on(port: u16) -> Sink {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (kept, arrived) = (Arc::new(Mutex::new(Kept::default())), Arc::new(Notify::new()));
        let (inside, rings) = (kept.clone(), arrived.clone());
        let task = tokio::spawn(async move {
            // Connections end with the server.
            let mut talks = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                talks.spawn(talk(stream, inside.clone(), rings.clone()));
            }
        });
        Sink { port, kept, arrived, task }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// From now on says this to whoever writes to the address.
    pub fn says(&self, address: &str, words: &'static str) {
        self.kept.lock().unwrap().said.insert(address.to_owned(), words);
    }

    /// Takes letters to everybody again.
    pub fn relents(&self) {
        self.kept.lock().unwrap().said.clear();
    }

    /// Keeps letters from now on without saying so.
    pub fn falls_silent(&self, mute: bool) {
        self.kept.lock().unwrap().mute = mute;
    }

    /// What came in, in its order.
    pub fn mails(&self) -> Vec<Mail> {
        self.kept.lock().unwrap().mails.clone()
    }

    /// What came in for an address.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.mails().into_iter().filter(|mail| mail.to == address).collect()
    }

    /// Is gone: nobody listens, nobody is connected.
    pub async fn stop(self) -> u16 {
        self.task.abort();
        let _ = self.task.await;
        self.port
    }
}

async fn talk(stream: TcpStream, kept: Arc<Mutex<Kept>>, arrived: Arc<Notify>) {
    let _ = answer(stream, kept, arrived).await;
}

async fn answer(
    stream: TcpStream,
    kept: Arc<Mutex<Kept>>,
    arrived: Arc<Notify>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await? {
        let reply = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-sink\r\n250 8BITMIME".to_owned(),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let said = kept.lock().unwrap().said.get(&to).copied();
                said.unwrap_or("250 ok").to_owned()
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut raw = String::new();
                loop {
                    // A letter of which the end is missing is none.
                    let Some(line) = lines.next_line().await? else { return Ok(()) };
                    if line == "." {
                        break;
                    }
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    raw.push_str("\r\n");
                }
                let mute = {
                    let mut kept = kept.lock().unwrap();
                    kept.mails.push(Mail { to: to.clone(), raw });
                    kept.mute
                };
                arrived.notify_one();
                if mute {
                    continue;
                }
                "250 taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 ok".to_owned(),
        };
        if reply == HANG_UP {
            return Ok(());
        }
        write.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
    Ok(())
}
