//! Durable commands per second through the desk, without HTTP: what the core
//! itself costs. `cargo run --release -p evenkeel-desk --example throughput`

use incident::Command;
use kernel::Channel;
use std::time::Instant;
use testkit::{TestDesk, blank};

const CLIENTS: usize = 64;
const SECONDS: u64 = 5;

#[tokio::main]
async fn main() {
    let t = TestDesk::new().await;
    let start = Instant::now();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (desk, viewer, vpn) = (t.desk.clone(), t.requester.clone(), t.vpn);
            tokio::spawn(async move {
                let mut done = 0_u64;
                while start.elapsed().as_secs() < SECONDS {
                    let mut ask = desk.ask(&viewer, Channel::Api);
                    let title = ask
                        .title(&format!("Label printer {client} prints nothing"))
                        .expect("a title");
                    let words = ask.words(
                        "description",
                        "Since about 12:40 on lines 3 to 6. Restarting did not help.",
                        1_000,
                    );
                    let mut report = blank(title, viewer.person);
                    report.service = Some(vpn);
                    report.description = words.ok();
                    ask.issue(Command::Report(Box::new(report))).await.expect("reported");
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("a client");
    }
    for line in t
        .desk
        .metrics()
        .encode()
        .lines()
        .filter(|line| line.contains("_sum") || line.contains("_count"))
    {
        println!("{line}");
    }
    println!(
        "{:.0} durable reports/s at {CLIENTS} clients",
        done as f64 / start.elapsed().as_secs_f64()
    );
}
