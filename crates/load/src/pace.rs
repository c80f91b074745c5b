//! Two ways to load: as fast as N clients can (throughput), and at a fixed rate
//! whatever the server does (open loop), which makes percentiles honest: a
//! request that had to wait counts from when it should have been sent.

use crate::http::Client;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// What was measured.
pub struct Measured {
    /// Answers per second.
    pub per_second: f64,
    /// Sorted latencies.
    latencies: Vec<Duration>,
    /// Answers that were not what was expected.
    pub failures: u64,
}

impl Measured {
    /// How many answers were what was expected.
    pub fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// The latency that this share (0 to 1) of the answers did not exceed, in milliseconds.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        percentile_ms(&self.latencies, share)
    }
}

fn percentile_ms(sorted: &[Duration], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = ((sorted.len() as f64 * share) as usize).min(last);
    sorted.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1_000.0)
}

/// How long things took, in words: the median, what 99 of a hundred did not exceed, and the worst.
pub fn spread(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let [median, most, worst] = [0.5, 0.99, 1.0].map(|share| percentile_ms(&took, share));
    format!("p50 {median:.1} ms, p99 {most:.1} ms, worst {worst:.1} ms")
}

/// Makes the request number `i`.
pub type MakeRequest = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// N clients, each sends the next request when the answer is there.
pub async fn closed(
    address: &str,
    clients: usize,
    seconds: u64,
    expect: u16,
    make: MakeRequest,
) -> Measured {
    run(address, clients, seconds, expect, make, None).await
}

/// `rate` requests per second over N connections, sent when they are due.
pub async fn open(
    address: &str,
    clients: usize,
    seconds: u64,
    expect: u16,
    make: MakeRequest,
    rate: f64,
) -> Measured {
    run(address, clients, seconds, expect, make, Some(rate)).await
}

/// N clients send each of these once, the next when the answer is there.
pub async fn each_once(
    address: &str,
    clients: usize,
    expect: u16,
    requests: Vec<Vec<u8>>,
) -> Measured {
    let (next, requests) = (Arc::new(AtomicU64::new(0)), Arc::new(requests));
    let start = Instant::now();
    let mut tasks = Vec::with_capacity(clients);
    for _ in 0..clients {
        let (address, requests, next) = (address.to_owned(), requests.clone(), next.clone());
        tasks.push(tokio::spawn(async move {
            let (mut latencies, mut failures) = (vec![], 0);
            let Ok(mut client) = Client::connect(&address).await else { return (latencies, 1) };
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                let sent = Instant::now();
                match client.send(request).await {
                    Ok(answer) if answer.status == expect => latencies.push(sent.elapsed()),
                    Ok(_) => failures += 1,
                    Err(_) => return (latencies, failures + 1),
                }
            }
            (latencies, failures)
        }));
    }
    gather(tasks, start).await
}

async fn run(
    address: &str,
    clients: usize,
    seconds: u64,
    expect: u16,
    make: MakeRequest,
    rate: Option<f64>,
) -> Measured {
    let next = Arc::new(AtomicU64::new(0));
    let start = Instant::now() + Duration::from_millis(50);
    let end = start + Duration::from_secs(seconds);
    let mut tasks = Vec::with_capacity(clients);
    for _ in 0..clients {
        let (address, make, next) = (address.to_owned(), make.clone(), next.clone());
        tasks.push(tokio::spawn(async move {
            let mut latencies = Vec::with_capacity(4_096);
            let mut failures = 0;
            let Ok(mut client) = Client::connect(&address).await else { return (latencies, 1) };
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let due = match rate {
                    Some(rate) => start + Duration::from_secs_f64(i as f64 / rate),
                    None => Instant::now().max(start),
                };
                if due >= end {
                    return (latencies, failures);
                }
                tokio::time::sleep_until(due.into()).await;
                match client.send(&make(i)).await {
                    Ok(answer) if answer.status == expect => latencies.push(due.elapsed()),
                    Ok(_) => failures += 1,
                    Err(_) => {
                        failures += 1;
                        match Client::connect(&address).await {
                            Ok(again) => client = again,
                            Err(_) => return (latencies, failures),
                        }
                    }
                }
            }
        }));
    }
    gather(tasks, start).await
}

async fn gather(tasks: Vec<JoinHandle<(Vec<Duration>, u64)>>, start: Instant) -> Measured {
    let (mut latencies, mut failures) = (Vec::new(), 0);
    for task in tasks {
        if let Ok((more, failed)) = task.await {
            latencies.extend(more);
            failures += failed;
        }
    }
    let took = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Measured { per_second: latencies.len() as f64 / took, latencies, failures }
}
