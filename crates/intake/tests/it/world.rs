//! A small company with a mailbox, and whoever works on what comes in, on each engine.

use desk::Trouble;
use incident::event::Body;
use incident::{State, Visibility};
use intake::{
    Address, Arrived, Attachment, Authentication, Automatic, Letter, Next, Options, Report,
    Reported, Verdict, Worker, accept,
};
use kernel::{ContentId, IncidentNumber, IntegrationId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::directory::{Integration, IntegrationKind, integrations};
use store::incidents::timeline::{self, StoredEvent};
use store::messages::{self, Accepted, Door, Message};
use store::{Store, Target};
use testkit::TestDesk;

pub const GWEN: &str = "gwen.tarrant@northwind.example";
pub const PETER: &str = "peter.nowicki@northwind.example";
pub const INES: &str = "ines.carvalhal@northwind.example";
pub const HELP: &str = "help@northwind.example";
/// The mail server that looks at senders.
pub const SERVER: &str = "mx.northwind.example";
/// Somebody nobody knows.
pub const EVE: &str = "eve@elsewhere.example";

pub struct World {
    pub t: TestDesk,
    pub mailbox: IntegrationId,
    pub worker: Arc<Worker>,
    database: Option<Database>,
}

impl Drop for World {
    fn drop(&mut self) {
        // The database goes after whoever uses it.
        if let Some(database) = self.database.take() {
            let url = database;
            std::thread::spawn(move || drop(url)).join().unwrap();
        }
    }
}

/// Runs a test on each engine.
pub async fn each(name: &str, test: impl AsyncFn(&World)) {
    test(&World::sqlite().await).await;
    if let Some(world) = World::postgres(name).await {
        test(&world).await;
    }
}

impl World {
    pub async fn sqlite() -> World {
        World::of(TestDesk::idle().await, None).await
    }

    async fn postgres(name: &str) -> Option<World> {
        let name = name.to_owned();
        let database = std::thread::spawn(move || Database::create(&name)).join().unwrap()?;
        let target = Target::Postgres(database.url.clone());
        let store = tokio::task::spawn_blocking(move || Store::open(&target)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let desk = TestDesk::idle_on(store.unwrap(), folder).await;
        Some(World::of(desk, Some(database)).await)
    }

    async fn of(t: TestDesk, database: Option<Database>) -> World {
        let mailbox = IntegrationId(desk::fresh());
        let (team, service) = (t.network, t.vpn);
        t.desk
            .write(move |sql| {
                let integration = Integration {
                    id: mailbox,
                    name: "Help".to_owned(),
                    kind: IntegrationKind::Email,
                    key: desk::integration_key(),
                    service: Some(service),
                    team: Some(team),
                    addresses: vec![HELP.to_owned()],
                    settings: Default::default(),
                    active: true,
                    archived: false,
                    new_secrets: Default::default(),
                    last_seen_at: None,
                    version: 1,
                };
                Ok(integrations::insert(sql, &integration)?)
            })
            .await
            .unwrap();
        let options = Options { read, own_addresses: vec![], auth_server: Some(SERVER.to_owned()) };
        let worker = Arc::new(Worker::new(t.desk.clone(), options));
        World { t, mailbox, worker, database }
    }

    /// A message arrives at the mailbox.
    pub async fn arrives(&self, mail: &Mail) -> Accepted {
        self.raw_arrives(mail.raw()).await
    }

    pub async fn raw_arrives(&self, raw: String) -> Accepted {
        self.arrives_from(GWEN, raw).await
    }

    /// These bytes arrive, whose envelope says that they are from there.
    pub async fn arrives_from(&self, sender: &str, raw: String) -> Accepted {
        let arrived = Arrived {
            mailbox: Some(self.mailbox),
            door: Door::Http,
            sender: sender.to_owned(),
            recipients: vec![HELP.to_owned()],
            raw: raw.into_bytes(),
            own_bytes: 0,
        };
        accept(&self.t.desk, arrived).await.unwrap()
    }

    /// Everything that is due is dealt with.
    pub async fn rounds(&self) {
        for _ in 0..1_000 {
            match self.worker.round().await {
                Next::More => {}
                Next::Idle => return,
                Next::Down => panic!("the database does not answer"),
            }
        }
        panic!("it does not end");
    }

    /// A message arrives and is dealt with; what became of it.
    pub async fn gets(&self, mail: &Mail) -> Message {
        let accepted = self.arrives(mail).await;
        self.rounds().await;
        self.message(accepted.id).await
    }

    pub async fn message(&self, id: i64) -> Message {
        self.t.desk.read(move |sql| messages::get(sql, id)).await.unwrap().unwrap()
    }

    pub async fn state(&self, number: IncidentNumber) -> State {
        let stored = self.t.desk.read(move |sql| store::incidents::load(sql, number)).await;
        stored.unwrap().unwrap().state
    }

    pub async fn events(&self, number: IncidentNumber) -> Vec<StoredEvent> {
        self.t.desk.read(move |sql| timeline::timeline(sql, number, 0, 1_000)).await.unwrap()
    }

    pub async fn words(&self, id: ContentId) -> String {
        self.t.desk.read(move |sql| store::incidents::words_of(sql, id)).await.unwrap()
    }

    /// What was said in an incident, in its order: the words, whether for everybody, by whom.
    pub async fn said(&self, number: IncidentNumber) -> Vec<(String, bool, String)> {
        let mut found = vec![];
        for stored in self.events(number).await {
            if let Body::Commented(data) = &stored.event.body {
                let public = data.visibility == Visibility::Public;
                let words = self.words(data.body).await;
                found.push((words, public, stored.event.actor.name.clone()));
            }
        }
        found
    }

    /// How many incidents there are.
    pub async fn incidents(&self) -> usize {
        let count = |sql: &mut dyn store::Sql| {
            let mut count = 0;
            while store::incidents::load(sql, IncidentNumber(count + 1))?.is_some() {
                count += 1;
            }
            Ok(count)
        };
        usize::try_from(self.t.desk.read(count).await.unwrap()).unwrap()
    }

    /// The keyed mark of an incident.
    pub async fn mark(&self, number: IncidentNumber) -> String {
        self.t.desk.seals().await.unwrap().mark(number)
    }

    /// Something is changed by hand.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut dyn store::Sql) -> Result<T, Trouble> + Send + 'static,
    ) -> T {
        self.t.desk.write(f).await.unwrap()
    }
}

/// A message in the making.
#[derive(Debug, Clone)]
pub struct Mail {
    headers: Vec<(String, String)>,
    text: String,
}

pub fn mail(from: &str, subject: &str, text: &str) -> Mail {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = COUNT.fetch_add(1, Ordering::Relaxed);
    let mail = Mail { headers: vec![], text: text.to_owned() };
    mail.with("From", from).with("To", HELP).with("Subject", subject).with(
        "Message-ID",
        &format!("<m{id}@{}>", from.rsplit_once('@').unwrap_or(("", "x")).1.trim_matches('>')),
    )
}

impl Mail {
    pub fn with(mut self, name: &str, value: &str) -> Mail {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn id(&self) -> String {
        let id = self.headers.iter().find(|(name, _)| name == "Message-ID").unwrap();
        id.1.clone()
    }

    pub fn raw(&self) -> String {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{}\r\n\r\n{}", headers.join("\r\n"), self.text)
    }
}

fn address(text: &str) -> Option<Address> {
    let text = text.trim();
    let (name, email) = match text.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>')),
        None => ("", text),
    };
    let email = email.trim().to_lowercase();
    email.contains('@').then(|| Address { name: name.to_owned(), email })
}

/// Reads a message, and does to it what these tests ask for in headers of their own.
pub fn read(raw: &[u8]) -> Letter {
    let mut letter = intake::read(raw);
    let raw = String::from_utf8_lossy(raw);
    let head = raw.split("\r\n\r\n").next().unwrap_or_default();
    let (mut about, mut outcome) = (None, None);
    for line in head.lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        match name {
            "X-Dmarc" => {
                let dmarc = if value == "pass" { Verdict::Pass } else { Verdict::Fail };
                let by = SERVER.to_owned();
                letter.authentication = Authentication { by, dmarc, ..Default::default() };
            }
            "X-Away" => letter.automatic = Some(Automatic::OutOfOffice),
            "X-Forwarded-From" => {
                let subject = letter.subject.clone();
                letter.forwarded = Some(intake::Forwarded { from: address(value), subject });
            }
            "X-File" => letter.attachments.push(Attachment {
                name: value.to_owned(),
                media_type: "text/plain".to_owned(),
                bytes: format!("bytes of {value}").into_bytes(),
                content_id: None,
            }),
            "X-About" => about = Some(value.trim_matches(['<', '>']).to_owned()),
            "X-Outcome" => outcome = Some(value.to_owned()),
            "X-Poison" => panic!("poison"),
            _ => {}
        }
    }
    if let Some(outcome) = outcome {
        letter.automatic = Some(Automatic::Report);
        letter.report = Some(Report {
            about,
            recipient: None,
            outcome: match outcome.as_str() {
                "failed" => Reported::Failed,
                "delayed" => Reported::Delayed,
                _ => Reported::Arrived,
            },
            words: "5.1.1 unknown user".to_owned(),
        });
    }
    letter
}

/// A PostgreSQL database of its own, gone with it.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    fn create(test: &str) -> Option<Database> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("EVENKEEL_TEST_POSTGRES").ok().filter(|url| !url.is_empty())?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("evenkeel_test_{test}_{}_{count}", std::process::id());
        admin(&server, &format!("create database {name}"));
        let (before, query) =
            server.split_once('?').map_or((server.as_str(), ""), |(url, query)| (url, query));
        let (address, _) = before.rsplit_once('/').expect("the URL names a database");
        let url = format!("{address}/{name}?{query}");
        Some(Database { server, name, url })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        admin(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

fn admin(server: &str, statement: &str) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls)
            .await
            .expect("the PostgreSQL for tests answers");
        let connection = tokio::spawn(connection);
        client.batch_execute(statement).await.expect("the database is made and dropped");
        drop(client);
        let _ = connection.await;
    });
}
