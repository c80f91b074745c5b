//! Letters per second into a mail server on this machine that takes whatever it gets:
//! `cargo run --release -p evenkeel-notify --example drain -- 10000`, or with `-- 10000 subscribers`
//!
//! Reports of as many people are made until so many letters wait; then they are sent. What the sink got is
//! counted by Message-ID, so that a letter that came twice or never is seen. With subscribers it is one announcement
//! that reaches as many: they are made first, and the time is that from its commit to the last letter.

use incident::{Command, TokenScope};
use kernel::{Channel, Language, MaintenanceId, PersonId, SubscriberId};
use notify::{Courier, Next, Options, Smtp};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::directory::{Person, people};
use store::outside::{self, News, Planned};
use store::status::page::{self, StatusPage};
use store::subscribers::{self, Subscriber, SubscriberKind};
use testkit::{TestDesk, blank};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// As the program does.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LETTERS: usize = 10_000;
/// Reports at once while letters are made.
const REPORTERS: usize = 64;

/// The Message-IDs that came in.
type Got = Arc<Mutex<Vec<String>>>;

#[tokio::main]
async fn main() {
    let subscribers = std::env::args().nth(2).is_some_and(|what| what == "subscribers");
    let letters = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(LETTERS);
    let (port, got) = sink();
    let desk = Arc::new(TestDesk::idle().await);
    let from = "Service Desk <help@northwind.example>";
    let smtp = Smtp::of(&format!("smtp://127.0.0.1:{port}"), from).expect("both are addresses");
    let (_stop, stopped) = watch::channel(false);
    let options = Options { smtp, public_url: "https://desk.northwind.example".to_owned() };
    let courier = Courier::new(desk.desk.clone(), Some(options), stopped);
    // People are told what happens from now on.
    while courier.round().await == Next::More {}

    match subscribers {
        true => announce(&desk, letters).await,
        false => report(&desk, letters).await,
    }

    let begun = Instant::now();
    loop {
        match courier.round().await {
            Next::More => {}
            Next::Idle => break,
            Next::Down => panic!("the sink takes nothing"),
        }
    }
    let took = begun.elapsed();
    let got = got.lock().unwrap_or_else(PoisonError::into_inner);
    let distinct = got.iter().collect::<HashSet<_>>().len();
    println!(
        "{} letters, {distinct} different ones, in {:.1} s: {:.0}/s",
        got.len(),
        took.as_secs_f64(),
        got.len() as f64 / took.as_secs_f64()
    );
    assert_eq!((distinct, got.len()), (letters, distinct));
}

/// One announcement of planned work to so many subscribers.
async fn announce(desk: &TestDesk, count: usize) {
    let now = desk.desk.now();
    let subscriber = move |n: usize| Subscriber {
        id: SubscriberId(desk::fresh()),
        kind: SubscriberKind::Mail,
        address: format!("s{n}@company.example"),
        language: Language::En,
        everything: true,
        components: BTreeSet::new(),
        secret: String::new(),
        asked_at: now,
        confirmed_at: None,
        ended_at: None,
        ended_because: None,
        bounces: 0,
        failing_since: None,
    };
    let made = desk.desk.write(move |sql| {
        for n in 0..count {
            let one = subscriber(n);
            subscribers::insert(sql, &one)?;
            subscribers::confirm(sql, one.id, now, now)?;
        }
        let news = News {
            maintenance: MaintenanceId(desk::fresh()),
            version: 1,
            planned: Planned {
                title: "Router firmware".to_owned(),
                body: "The network is slow.".to_owned(),
                starts_at: now.plus_days(3),
                ends_at: None,
            },
            again: vec![],
            components: BTreeSet::new(),
            remind_minutes: None,
            takes_place: true,
        };
        // Subscribers hear from a page that everybody may read.
        page::put(sql, &StatusPage { public: true, ..StatusPage::default() }, 0)?;
        Ok(outside::plan(sql, &news, now)?)
    });
    made.await.expect("they subscribed");
}

/// Reports of so many people.
async fn report(desk: &Arc<TestDesk>, letters: usize) {
    let people = people(desk, letters).await;
    let reporting = people.chunks(letters.div_ceil(REPORTERS)).map(|some| {
        let (desk, some) = (desk.clone(), some.to_vec());
        tokio::spawn(async move {
            for person in some {
                let viewer = desk.desk.viewer(&person, TokenScope::Admin);
                let mut ask = desk.desk.ask(&viewer, Channel::Portal);
                let title = ask.title("The printer prints blank labels").expect("a title");
                let report = Command::Report(Box::new(blank(title, person.id)));
                ask.issue(report).await.expect("reported");
            }
        })
    });
    for reporter in reporting.collect::<Vec<_>>() {
        reporter.await.expect("reports are taken");
    }
}

/// So many people: one alone would get few letters with much in each.
async fn people(desk: &TestDesk, count: usize) -> Vec<Person> {
    let now = desk.desk.now();
    let named = |n: usize| {
        let email = format!("p{n}@company.example");
        Person::new(PersonId(desk::fresh()), format!("Person {n}"), Some(&email), now)
    };
    let people: Vec<Person> = (0..count).map(named).collect();
    let rows = people.clone();
    let known = desk.desk.write(move |sql| {
        for person in &rows {
            people::insert(sql, person, None)?;
        }
        Ok(())
    });
    known.await.expect("they are known");
    people
}

/// Takes letters on a thread of its own, as another program would.
fn sink() -> (u16, Got) {
    let got = Got::default();
    let inside = got.clone();
    let (port, is_at) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("an address");
            port.send(address.port()).expect("somebody waits for it");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, inside.clone()));
            }
        });
    });
    (is_at.recv_timeout(Duration::from_secs(10)).expect("the sink listens"), got)
}

async fn take(stream: TcpStream, got: Got) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let reply: &[u8] = match line.get(..4).unwrap_or_default() {
            "EHLO" => b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    if let Some(id) = line.strip_prefix("Message-ID: ") {
                        let mut got = got.lock().unwrap_or_else(PoisonError::into_inner);
                        got.push(id.to_owned());
                    }
                }
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        write.write_all(reply).await?;
    }
    Ok(())
}
