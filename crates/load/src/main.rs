//! Measures Evenkeel on this machine: the server as a process of its own, and
//! the raw limits of the database in the same run, so that ratios mean something.

mod alerts;
mod http;
mod pace;
mod raw;
mod reports;
mod scenario;
mod seed;
mod server;
mod status;

use clap::Parser;
use server::Place;
use std::path::PathBuf;
use store::Target;

/// Measures creation, alerts, pages, lists, the status page, reports, streams, start and memory.
///
/// Example: cargo build --release && cargo run --release -p evenkeel-load -- --incidents 100000
#[derive(Parser)]
struct Arguments {
    /// The binary to measure.
    #[arg(long, default_value = "target/release/evenkeel")]
    binary: PathBuf,
    /// Incidents in the store when pages are measured.
    #[arg(long, default_value_t = 100_000)]
    incidents: u64,
    /// A fresh PostgreSQL database to measure on, instead of SQLite.
    #[arg(long)]
    database_url: Option<String>,
    /// Seconds each scenario runs.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Open event streams.
    #[arg(long, default_value_t = 1_000)]
    streams: usize,
    /// Keep the data here and use it again if it is there; otherwise a temporary folder.
    #[arg(long)]
    data: Option<PathBuf>,
    /// An Alertmanager that is told the same alerts, as host:port.
    #[arg(long)]
    alertmanager: Option<String>,
    /// Does not wait until the search index and reports are filled.
    #[arg(long)]
    at_once: bool,
    /// Only these: raw, start, pages (or single ones: queue, incident, list, one, search), create, alerts, status, reports, streams.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(words) => {
            println!("failed: {words}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let temporary = tempfile::tempdir().map_err(|error| error.to_string())?;
    let data = arguments.data.clone().unwrap_or_else(|| temporary.path().join("seeded"));
    let wanted =
        |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    if wanted("raw") {
        raw::measure(arguments.database_url.as_deref(), temporary.path(), arguments.seconds)?;
    }
    let place = Place {
        binary: arguments.binary.clone(),
        data: data.clone(),
        database_url: arguments.database_url.clone(),
    };
    let target = match &arguments.database_url {
        Some(url) => Target::Postgres(url.clone()),
        None => Target::Sqlite(data.join("evenkeel.db")),
    };
    let fresh = !data.join("seeded").exists();
    if fresh {
        std::fs::create_dir_all(&data).map_err(|error| error.to_string())?;
        place.init().await?;
        let started = std::time::Instant::now();
        let number = seed::seed(&target, arguments.incidents).await?;
        println!(
            "seeded {} incidents in {:.1} s",
            arguments.incidents,
            started.elapsed().as_secs_f64()
        );
        std::fs::write(data.join("seeded"), number.to_string())
            .map_err(|error| error.to_string())?;
    }
    let long = std::fs::read_to_string(data.join("seeded")).map_err(|error| error.to_string())?;
    if wanted("alerts") {
        alerts::prepare(&target).await?;
    }
    let mut server = place.serve().await?;
    if wanted("start") {
        scenario::start(&server, arguments.incidents, "at first");
    }
    if !arguments.at_once {
        let took = server.settle().await;
        println!("the search index and reports filled, {:.0} s", took.as_secs_f64());
        if wanted("start") {
            server.stop().await;
            server = place.serve().await?;
            server.settle().await;
            scenario::start(&server, arguments.incidents, "once all was filled");
        }
    }
    scenario::pages(&server, &long, arguments.seconds, |name| wanted("pages") || wanted(name))
        .await;
    if wanted("create") {
        scenario::create(&server, arguments.seconds).await;
    }
    if wanted("alerts") {
        alerts::measure(&server, arguments.seconds).await?;
        if let Some(address) = &arguments.alertmanager {
            alerts::beside(address, arguments.seconds).await;
        }
    }
    if wanted("status") {
        status::measure(&server, arguments.seconds).await?;
    }
    if wanted("reports") {
        reports::measure(&server).await?;
    }
    if wanted("streams") {
        scenario::streams(&server, arguments.streams).await?;
    }
    println!("memory after all that: {:.0} MB", server.memory_mb());
    server.stop().await;
    Ok(())
}
