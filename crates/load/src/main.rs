//! Measures Evenkeel on this machine: the server as a process of its own, and
//! the raw limits of the database in the same run, so that ratios mean something.

mod alerts;
mod http;
mod many;
mod pace;
mod paging;
mod raw;
mod reports;
mod scenario;
mod seed;
mod server;
mod sink;
mod status;

use clap::Parser;
use kernel::IncidentNumber;
use server::{Place, Server};
use sink::Sink;
use std::path::PathBuf;
use store::Target;

/// Measures creation, alerts, pages, lists, the status page, reports, streams, paging, start and memory.
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
    /// Only these: raw, start, pages (or single ones: queue, incident, list, one, search), create, alerts, status, reports, streams, paging, many.
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

impl Arguments {
    /// Whether a part is asked for.
    fn want(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let temporary = tempfile::tempdir().map_err(|error| error.to_string())?;
    let data = arguments.data.clone().unwrap_or_else(|| temporary.path().join("seeded"));
    if arguments.want("raw") {
        raw::measure(arguments.database_url.as_deref(), temporary.path(), arguments.seconds)?;
    }
    let sink = if arguments.want("paging") { Some(Sink::open().await?) } else { None };
    let place = Place {
        binary: arguments.binary.clone(),
        data: data.clone(),
        database_url: arguments.database_url.clone(),
        settings: sink.as_ref().map(Sink::settings).unwrap_or_default(),
    };
    let target = match &arguments.database_url {
        Some(url) => Target::Postgres(url.clone()),
        None => Target::Sqlite(data.join("evenkeel.db")),
    };
    let last = seeded(&place, &target, arguments.incidents).await?;
    if arguments.want("alerts") {
        alerts::prepare(&target).await?;
    }
    let server = start(&place, &arguments).await?;
    measure(&server, &arguments, last, sink.as_ref()).await?;
    println!("memory after all that: {:.0} MB", server.memory_mb());
    server.stop().await;
    Ok(())
}

/// Fills the store unless it was filled before. The last of its incidents that is open.
async fn seeded(place: &Place, target: &Target, count: u64) -> Result<IncidentNumber, String> {
    let done = place.data.join("seeded");
    if !done.exists() {
        std::fs::create_dir_all(&place.data).map_err(|error| error.to_string())?;
        place.init().await?;
        let started = std::time::Instant::now();
        let number = seed::seed(target, count).await?;
        println!("seeded {count} incidents in {:.1} s", started.elapsed().as_secs_f64());
        std::fs::write(&done, number.to_string()).map_err(|error| error.to_string())?;
    }
    let last = std::fs::read_to_string(&done).map_err(|error| error.to_string())?;
    last.trim().parse().map_err(|kernel::Invalid(words)| words)
}

/// Starts the server, and waits until what it fills at first is filled.
async fn start(place: &Place, arguments: &Arguments) -> Result<Server, String> {
    let server = place.serve().await?;
    if arguments.want("start") {
        scenario::start(&server, arguments.incidents, "at first");
    }
    if arguments.at_once {
        return Ok(server);
    }
    let took = server.settle().await;
    println!("the search index and reports filled, {:.0} s", took.as_secs_f64());
    if !arguments.want("start") {
        return Ok(server);
    }
    server.stop().await;
    let server = place.serve().await?;
    server.settle().await;
    scenario::start(&server, arguments.incidents, "once all was filled");
    Ok(server)
}

/// Measures the parts that are asked for. `last` is the last incident of the store that is open.
async fn measure(
    server: &Server,
    arguments: &Arguments,
    last: IncidentNumber,
    sink: Option<&Sink>,
) -> Result<(), String> {
    let seconds = arguments.seconds;
    let page = |name: &str| arguments.want("pages") || arguments.want(name);
    scenario::pages(server, &last.to_string(), seconds, page).await;
    if arguments.want("create") {
        scenario::create(server, seconds).await;
    }
    if arguments.want("alerts") {
        alerts::measure(server, seconds).await?;
        if let Some(address) = &arguments.alertmanager {
            alerts::beside(address, seconds).await;
        }
    }
    if arguments.want("status") {
        status::measure(server, seconds).await?;
    }
    if arguments.want("reports") {
        reports::measure(server).await?;
    }
    if arguments.want("streams") {
        scenario::streams(server, arguments.streams).await?;
    }
    if let Some(sink) = sink {
        paging::measure(server, sink, last, seconds).await?;
    }
    if arguments.want("many") {
        many::measure(server).await?;
    }
    Ok(())
}
