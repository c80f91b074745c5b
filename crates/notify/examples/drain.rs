//! Letters per second into a mail server on this machine that takes whatever it gets:
//! `cargo run --release -p evenkeel-notify --example drain -- 10000`
//!
//! Reports of as many people are made until so many letters wait; then they are sent. What the sink got is
//! counted by Message-ID, so that a letter that came twice or never is seen.

use incident::{Command, TokenScope};
use kernel::{Channel, PersonId};
use notify::{Courier, Next, Options, Smtp};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::directory::{Person, people};
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

    let people = people(&desk, letters).await;
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
