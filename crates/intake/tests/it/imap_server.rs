//! An IMAP server that knows one folder, for tests only.

use intake::MESSAGE_BYTES;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// The password of its only user.
pub const PASSWORD: &str = "open \"sesame\"";

/// How the server answers when it is asked for the text of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// As it should.
    Good,
    /// It says no.
    No,
    /// It says good-bye.
    Bye,
    /// It hangs up.
    Silence,
    /// It hangs up in the middle.
    Half,
    /// It says that there is no text.
    Nil,
    /// It says that all is well, and nothing else.
    Nothing,
    /// It sends without an end.
    Endless,
}

/// A message in the folder.
#[derive(Clone)]
pub struct Lying {
    pub uid: u32,
    pub seen: bool,
    pub raw: Vec<u8>,
    /// How long the server says it is.
    pub size: usize,
    pub temper: Temper,
}

/// What is on the server.
#[derive(Default)]
pub struct Folder {
    pub validity: u32,
    pub lying: Vec<Lying>,
    pub moved: Vec<u32>,
    /// The uids whose text was fetched, in order.
    pub fetched: Vec<u32>,
    /// Whether sizes are refused.
    pub no_sizes: bool,
    /// Whether searching is refused.
    pub no_search: bool,
    /// What somebody signed in with by XOAUTH2, in base64.
    pub signed: Vec<String>,
}

#[derive(Clone)]
pub struct Server {
    pub port: u16,
    folder: Arc<Mutex<Folder>>,
    news: Arc<Notify>,
}

impl Server {
    pub async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let folder = Arc::new(Mutex::new(Folder { validity: 1, ..Folder::default() }));
        let server = Server { port, folder, news: Arc::new(Notify::new()) };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move { server.speak(stream).await });
            }
        });
        server
    }

    /// Looks at what there is, or changes it.
    pub fn with<T>(&self, f: impl FnOnce(&mut Folder) -> T) -> T {
        f(&mut self.folder.lock().unwrap())
    }

    /// Puts a message there and tells who waits.
    pub fn put(&self, uid: u32, seen: bool, text: &str) {
        let raw = text.as_bytes().to_vec();
        self.with(|folder| {
            folder.lying.push(Lying { uid, seen, size: raw.len(), raw, temper: Temper::Good })
        });
        self.news.notify_waiters();
    }

    /// Lets the server have a temper about a message.
    pub fn vex(&self, uid: u32, temper: Temper) {
        self.with(|folder| {
            let one = folder.lying.iter_mut().find(|one| one.uid == uid).unwrap();
            one.temper = temper;
        });
    }

    async fn speak(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"* OK ready\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let (tag, command) = line.split_once(' ')?;
            let answer = match command {
                "IDLE" => {
                    let news = self.news.notified();
                    write.write_all(b"+ idling\r\n").await.ok()?;
                    let done = tokio::select! {
                        () = news => {
                            write.write_all(b"* 1 EXISTS\r\n").await.ok()?;
                            lines.next_line().await.ok()??
                        }
                        line = lines.next_line() => line.ok()??,
                    };
                    assert_eq!(done, "DONE");
                    "OK done".to_owned()
                }
                "AUTHENTICATE XOAUTH2" => {
                    write.write_all(b"+ \r\n").await.ok()?;
                    let said = lines.next_line().await.ok()??;
                    self.with(|folder| folder.signed.push(said));
                    "OK done".to_owned()
                }
                other => self.answer(other, &mut write).await?,
            };
            write.write_all(format!("{tag} {answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }

    async fn answer(
        &self,
        command: &str,
        write: &mut tokio::net::tcp::OwnedWriteHalf,
    ) -> Option<String> {
        let quoted = format!("\"{}\"", PASSWORD.replace('"', "\\\""));
        let ok = "OK done".to_owned();
        let mut untagged: Vec<Vec<u8>> = vec![];
        let mut hang_up = false;
        let mut say = |text: &[u8]| untagged.push(text.to_vec());
        let words: Vec<&str> = command.split(' ').collect();
        let status = match words.as_slice() {
            ["CAPABILITY"] => {
                say(b"CAPABILITY IMAP4rev1 IDLE MOVE");
                ok
            }
            ["LOGIN", ..] if command.ends_with(&quoted) => ok,
            ["LOGIN", ..] => "NO [AUTHENTICATIONFAILED] wrong".to_owned(),
            ["SELECT", ..] => self.with(|folder| {
                let next = folder.lying.iter().map(|one| one.uid).max().unwrap_or_default() + 1;
                say(format!("{} EXISTS", folder.lying.len()).as_bytes());
                say(format!("OK [UIDVALIDITY {}] valid", folder.validity).as_bytes());
                say(format!("OK [UIDNEXT {next}] next").as_bytes());
                ok
            }),
            ["UID", "SEARCH", ..] if self.with(|folder| folder.no_search) => {
                "NO not now".to_owned()
            }
            ["UID", "SEARCH", "UID", range, rest @ ..] => self.with(|folder| {
                let (from, to) = range.split_once(':').unwrap_or((range, range));
                let from: u32 = from.parse().unwrap();
                let last = folder.lying.iter().map(|one| one.uid).max().unwrap_or_default();
                let (low, high) = match to {
                    "*" => (from.min(last), from.max(last)),
                    to => (from, to.parse().unwrap()),
                };
                let unseen = rest.contains(&"UNSEEN");
                let found = folder
                    .lying
                    .iter()
                    .filter(|one| (low..=high).contains(&one.uid) && !(unseen && one.seen));
                let found: Vec<String> = found.map(|one| one.uid.to_string()).collect();
                say(format!("SEARCH {}", found.join(" ")).as_bytes());
                ok
            }),
            ["UID", "FETCH", uid, what @ ..] => self.with(|folder| {
                let uid: u32 = uid.parse().unwrap();
                let Some(one) = folder.lying.iter().find(|one| one.uid == uid).cloned() else {
                    return ok;
                };
                // Somebody reads it, and another one, at this moment.
                say(format!("1 FETCH (UID {uid} FLAGS (\\Seen))").as_bytes());
                say(b"2 FETCH (FLAGS (\\Seen))");
                if !what.concat().contains("BODY.PEEK[]") {
                    if folder.no_sizes {
                        return "NO not now".to_owned();
                    }
                    say(format!("1 FETCH (UID {uid} RFC822.SIZE {})", one.size).as_bytes());
                    return ok;
                }
                folder.fetched.push(uid);
                let claimed = match one.temper {
                    Temper::Endless => 2 * MESSAGE_BYTES,
                    Temper::Half => one.raw.len() + 10,
                    _ => one.raw.len(),
                };
                let mut text = format!("1 FETCH (UID {uid} BODY[] {{{claimed}}}\r\n").into_bytes();
                match one.temper {
                    Temper::Good => {
                        text.extend_from_slice(&one.raw);
                        text.push(b')');
                        say(&text);
                    }
                    Temper::Half => {
                        text.extend_from_slice(&one.raw);
                        say(&text);
                        hang_up = true;
                    }
                    Temper::Endless => {
                        text.resize(MESSAGE_BYTES + 1_048_576, b'x');
                        say(&text);
                        hang_up = true;
                    }
                    Temper::No => return "NO [SERVERBUG] not this one".to_owned(),
                    Temper::Bye => {
                        say(b"BYE too tired");
                        hang_up = true;
                    }
                    Temper::Silence => hang_up = true,
                    Temper::Nil => say(format!("1 FETCH (UID {uid} BODY[] NIL)").as_bytes()),
                    Temper::Nothing => {}
                }
                ok
            }),
            ["UID", "STORE", uid, ..] => self.with(|folder| {
                let uid: u32 = uid.parse().unwrap();
                folder
                    .lying
                    .iter_mut()
                    .filter(|one| one.uid == uid)
                    .for_each(|one| one.seen = true);
                ok
            }),
            ["UID", "MOVE", uid, ..] => self.with(|folder| {
                let uid: u32 = uid.parse().unwrap();
                folder.lying.retain(|one| one.uid != uid);
                folder.moved.push(uid);
                ok
            }),
            ["NOOP" | "LOGOUT"] => ok,
            _ => "BAD unknown".to_owned(),
        };
        for text in untagged {
            write.write_all(&[b"* ", text.as_slice(), b"\r\n"].concat()).await.ok()?;
        }
        (!hang_up).then_some(status)
    }
}
