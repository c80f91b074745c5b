//! How many messages a second become incidents: `cargo run --release -p evenkeel-intake
//! --example speed [messages] [senders]`, on SQLite in a folder of its own.

use intake::{Arrived, Options, accept, work};
use std::time::Instant;
use store::messages::{self, Door};
use testkit::TestDesk;

/// As the program does.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TEXT_BYTES: usize = 10_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let messages = arguments.next().unwrap_or(5_000usize);
    let senders = arguments.next().unwrap_or(8usize);
    let world = TestDesk::new().await;
    let intake = work(world.desk.clone(), Options::new(vec![]));
    let began = Instant::now();
    let mut sending = tokio::task::JoinSet::new();
    for sender in 0..senders {
        let desk = world.desk.clone();
        sending.spawn(async move {
            for n in 0..messages / senders {
                let arrived = Arrived {
                    mailbox: None,
                    door: Door::Lmtp,
                    sender: String::new(),
                    recipients: vec![],
                    raw: raw(sender, n).into_bytes(),
                    own_bytes: 0,
                };
                accept(&desk, arrived).await.expect("it is kept");
            }
        });
    }
    sending.join_all().await;
    let kept = began.elapsed().as_secs_f64();
    loop {
        let counts = world.desk.read(messages::counts).await.expect("the database answers");
        if counts.waiting == 0 {
            println!("quarantined {}", counts.quarantined);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let done = began.elapsed().as_secs_f64();
    intake.stop().await;
    let each = |seconds: f64| messages as f64 / seconds;
    println!("{messages} of {TEXT_BYTES} bytes by {senders} senders");
    println!("kept      {:>8.0} a second", each(kept));
    println!("incidents {:>8.0} a second", each(done));
}

fn raw(sender: usize, n: usize) -> String {
    let line =
        format!("Message {n} of {sender}: the printer on the second floor does nothing.\r\n");
    format!(
        "From: Person {sender}-{n} <p{n}@company{sender}.example>\r\nTo: help@desk.example\r\n\
         Subject: Printer {n}\r\nMessage-ID: <{sender}.{n}@company.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{}",
        line.repeat(TEXT_BYTES / line.len())
    )
}
