//! What is measured of the server.

use crate::http::{Client, get};
use crate::pace::{self, MakeRequest, Measured};
use crate::server::Server;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Clients of the throughput runs.
pub const CLIENTS: usize = 32;
/// Clients of the creation run.
const CREATORS: usize = 64;

/// Start and memory.
pub fn start(server: &Server, incidents: u64, when: &str) {
    println!(
        "start to ready with {incidents} incidents, {when}: {:.3} s, memory then {:.0} MB",
        server.start_took.as_secs_f64(),
        server.memory_mb()
    );
}

/// Durable creation: as fast as it goes, then at half of that.
pub async fn create(server: &Server, seconds: u64) {
    let request = |i: u64| {
        format!(
            r#"{{"title":"Label printer {i} prints nothing","description":"Since about 12:40 on lines 3 to 6. Restarting did not help.","service":"Service {}"}}"#,
            i % 15
        )
    };
    let made: Vec<Vec<u8>> = (0..256).map(|i| server.report(&request(i))).collect();
    let make: MakeRequest = Arc::new(move |i| made[(i % 256) as usize].clone());
    both(server, "create", CREATORS, seconds, 201, make).await;
}

/// As fast as it goes, then at half of that.
pub async fn both(
    server: &Server,
    name: &str,
    clients: usize,
    seconds: u64,
    expect: u16,
    make: MakeRequest,
) {
    let used = server.cpu_seconds();
    let most = pace::closed(&server.address, clients, seconds, expect, make.clone()).await;
    let each = (server.cpu_seconds() - used) * 1_000.0 / most.answers() as f64;
    print(&format!("{name}, {clients} clients, {each:.2} ms of processor each"), &most);
    let rate = most.per_second / 2.0;
    let half = pace::open(&server.address, clients, seconds, expect, make, rate).await;
    print(&format!("{name}, at half that load"), &half);
}

/// Pages and lists, as fast as they go and at half of that.
pub async fn pages(server: &Server, long: &str, seconds: u64, wanted: impl Fn(&str) -> bool) {
    let scenarios = [
        ("queue", "queue page", server.page("/queue")),
        ("incident", "incident page with 100 entries", server.page(&format!("/incidents/{long}"))),
        ("list", "list call, 50 open", server.api("/api/v1/incidents?q=state:open&limit=50")),
        ("one", "one incident", server.api(&format!("/api/v1/incidents/{long}"))),
        ("search", "search, two words", server.api("/api/v1/incidents?q=printer+offline&limit=50")),
    ];
    for (_, name, request) in scenarios.into_iter().filter(|(key, ..)| wanted(key)) {
        let make: MakeRequest = Arc::new(move |_| request.clone());
        both(server, name, CLIENTS, seconds, 200, make).await;
    }
}

/// Many open streams, one change: when has everybody seen it?
pub async fn streams(server: &Server, count: usize) -> Result<(), String> {
    let headers =
        format!("Authorization: Bearer {}\r\nAccept: text/event-stream\r\n", server.token);
    let request = get(&server.address, "/api/v1/events", &headers);
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        let mut client =
            Client::connect(&server.address).await.map_err(|error| error.to_string())?;
        let status = client.open_stream(&request).await.map_err(|error| error.to_string())?;
        if status != 200 {
            return Err(format!("a stream answered {status}"));
        }
        clients.push(client);
    }
    println!("memory with {count} streams: {:.0} MB", server.memory_mb());
    let mut worst = Duration::ZERO;
    for round in 0..3 {
        let title = format!("Change number {round} that everybody sees");
        let mut poster =
            Client::connect(&server.address).await.map_err(|error| error.to_string())?;
        let started = Instant::now();
        poster
            .send(&server.report(&format!(r#"{{"title":"{title}"}}"#)))
            .await
            .map_err(|error| error.to_string())?;
        let mut waits = Vec::with_capacity(count);
        for mut client in clients {
            let title = title.clone();
            waits.push(tokio::spawn(async move {
                loop {
                    match client.next_line().await {
                        Ok(line) if line.contains(&title) => return Some(client),
                        Ok(_) => {}
                        Err(_) => return None,
                    }
                }
            }));
        }
        clients = Vec::with_capacity(count);
        for wait in waits {
            let seen = tokio::time::timeout(Duration::from_secs(30), wait).await;
            let client = seen.map_err(|_| "a stream did not see the change in 30 s")?;
            clients.push(client.map_err(|error| error.to_string())?.ok_or("a stream ended")?);
        }
        worst = worst.max(started.elapsed());
    }
    println!(
        "{count} streams, a change seen by all: {:.0} ms (worst of 3)",
        worst.as_secs_f64() * 1_000.0
    );
    Ok(())
}

/// Prints what was measured.
pub fn print(name: &str, measured: &Measured) {
    println!(
        "{name}: {:.0}/s, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms{}",
        measured.per_second,
        measured.percentile_ms(0.5),
        measured.percentile_ms(0.95),
        measured.percentile_ms(0.99),
        if measured.failures > 0 {
            format!(", {} FAILED", measured.failures)
        } else {
            String::new()
        }
    );
}
