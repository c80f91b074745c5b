//! A desk with two mailboxes, and somebody at its doors.

use intake::{Bound, Listen, Listening};
use kernel::{Actor, IntegrationId, IntegrationKey};
use std::time::Duration;
use store::directory::integrations::{self, Integration, IntegrationKind, Settings};
use store::messages::{self, Message};
use testkit::TestDesk;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long anything may take: far beyond what is expected on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A desk whose mailboxes are `help@x.example` and `plant@x.example`.
pub async fn desk() -> TestDesk {
    let desk = TestDesk::idle().await;
    for (number, name, address) in [(1, "Help", "help@x.example"), (2, "Plant", "plant@x.example")]
    {
        mailbox(&desk, number, name, address).await;
    }
    desk
}

/// The key of a mailbox.
pub fn key(number: u8) -> IntegrationKey {
    IntegrationKey::of([number; 16])
}

pub async fn mailbox(desk: &TestDesk, number: u8, name: &str, address: &str) -> IntegrationId {
    let mailbox = Integration {
        id: IntegrationId(desk::fresh()),
        name: name.to_owned(),
        kind: IntegrationKind::Email,
        key: key(number),
        service: None,
        team: Some(desk.network),
        addresses: vec![address.to_owned()],
        settings: Settings::default(),
        new_secrets: None,
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    };
    let id = mailbox.id;
    let insert =
        desk.desk.change(Actor::system(), move |sql, _| Ok(integrations::insert(sql, &mailbox)?));
    insert.await.unwrap();
    id
}

/// What was kept, the oldest first, with its bytes.
pub async fn kept(desk: &TestDesk) -> Vec<(Message, String)> {
    let read = |sql: &mut dyn store::Sql| {
        let mut all = messages::list(sql, None, None, 10_000)?;
        all.reverse();
        let with_bytes = all.into_iter().map(|message| {
            let raw = messages::raw(sql, message.id)?.unwrap_or_default();
            Ok((message, String::from_utf8_lossy(&raw).into_owned()))
        });
        with_bytes.collect::<Result<Vec<_>, store::Failure>>()
    };
    desk.desk.read(read).await.unwrap()
}

/// A listener at free places of this machine.
pub async fn listen(desk: &TestDesk, options: Listen) -> Listening {
    let options = Listen { host: "desk.example".to_owned(), ..options };
    Bound::to(&options).await.unwrap().start(desk.desk.clone())
}

/// A listener for SMTP and one for LMTP.
pub async fn both(desk: &TestDesk) -> Listening {
    let free = || Some("127.0.0.1:0".to_owned());
    listen(desk, Listen { smtp: free(), lmtp: free(), ..Listen::default() }).await
}

/// Somebody who brings mail.
pub struct Caller {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Caller {
    /// Calls, and hears the greeting.
    pub async fn at(address: &str) -> Caller {
        let mut caller = Caller::silent(address).await;
        let greeting = caller.hear().await;
        assert!(greeting.starts_with("220 desk.example "), "{greeting}");
        caller
    }

    /// Calls and hears nothing yet.
    pub async fn silent(address: &str) -> Caller {
        Caller { stream: TcpStream::connect(address).await.unwrap(), heard: vec![] }
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends bytes as long as they are taken; whether all were.
    pub async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// The next answer, all its lines; empty when there is none any more.
    pub async fn hear(&mut self) -> String {
        let mut answer = String::new();
        loop {
            let line = self.line().await;
            let more = line.as_bytes().get(3) == Some(&b'-');
            answer.push_str(&line);
            if !more {
                return answer;
            }
            answer.push('\n');
        }
    }

    /// Says a command and hears its answer.
    pub async fn say(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n").as_bytes()).await;
        self.hear().await
    }

    /// Says a command that is answered with this code.
    pub async fn expect(&mut self, command: &str, code: &str) {
        let answer = self.say(command).await;
        assert!(answer.starts_with(code), "{command}: {answer}");
    }

    async fn line(&mut self) -> String {
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.heard.drain(..=end).collect();
                assert!(line.ends_with(b"\r\n"), "{line:?}");
                return String::from_utf8_lossy(&line[..line.len() - 2]).into_owned();
            }
            let mut chunk = [0; 4_096];
            let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut chunk)).await;
            match read.expect("an answer in time") {
                Ok(0) | Err(_) => return String::new(),
                Ok(count) => self.heard.extend_from_slice(&chunk[..count]),
            }
        }
    }
}
