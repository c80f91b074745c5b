//! Reports of a year: counted for the first time and from what is at hand, while reports come in.

use crate::http::Client;
use crate::pace::{self, MakeRequest};
use crate::server::Server;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The reports there are.
const NAMES: [&str; 12] = [
    "compliance",
    "times",
    "backlog",
    "arrivals",
    "reopenings",
    "hops",
    "first-contact",
    "workload",
    "on-call",
    "communication",
    "downtime",
    "satisfaction",
];
/// Times each is asked for once it was counted.
const AGAIN: usize = 20;
/// Incidents reported a second meanwhile.
const BESIDE: f64 = 50.0;
/// How long what is measured of each incident may take to be there.
const PATIENCE: Duration = Duration::from_secs(600);

/// Asks for each report once and then again, of 365 days until today, alone and while others work.
pub async fn measure(server: &Server) -> Result<(), String> {
    let mut client = Client::connect(&server.address).await.map_err(|error| error.to_string())?;
    let started = Instant::now();
    while ask(&mut client, server, NAMES[0], "").await?.0 != 200 {
        if started.elapsed() > PATIENCE {
            return Err("there are no reports".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("reports are there after {:.1} s", started.elapsed().as_secs_f64());
    each(&mut client, server, "alone", &year()).await?;
    let request = server.report(r#"{"title":"Gate 4 does not open","service":"Service 3"}"#);
    let make: MakeRequest = Arc::new(move |_| request.clone());
    let (address, end) = (server.address.clone(), PATIENCE.as_secs());
    let beside = tokio::spawn(async move { pace::open(&address, 4, end, 201, make, BESIDE).await });
    let elsewhere = format!("{}&zone=Europe/Berlin", year());
    let done = each(&mut client, server, "beside 50 reports/s", &elsewhere).await;
    beside.abort();
    done
}

async fn each(
    client: &mut Client,
    server: &Server,
    beside: &str,
    query: &str,
) -> Result<(), String> {
    for name in NAMES {
        let (_, first) = ask(client, server, name, query).await?;
        let mut again = Vec::with_capacity(AGAIN);
        for _ in 0..AGAIN {
            again.push(ask(client, server, name, query).await?.1);
        }
        again.sort_unstable();
        println!(
            "report {name}, {beside}: first {:.0} ms, again p50 {:.1} ms, worst {:.1} ms",
            first.as_secs_f64() * 1_000.0,
            again[AGAIN / 2].as_secs_f64() * 1_000.0,
            again[AGAIN - 1].as_secs_f64() * 1_000.0,
        );
    }
    Ok(())
}

/// The 365 days until today, as a query.
fn year() -> String {
    let first = desk::Clock::now(&desk::SystemClock).plus_seconds(-364 * 86_400).to_string();
    format!("from={}", &first[..10])
}

/// Status of the answer, and how long it took.
async fn ask(
    client: &mut Client,
    server: &Server,
    name: &str,
    query: &str,
) -> Result<(u16, Duration), String> {
    let request = server.api(&format!("/api/v1/reports/{name}?{query}"));
    let started = Instant::now();
    let answer = client.send(&request).await.map_err(|error| error.to_string())?;
    Ok((answer.status, started.elapsed()))
}
