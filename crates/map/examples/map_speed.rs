//! How long the impact of a service takes to find among 5,000 services with 20,000 needs: of
//! every one of them, with the slowest. `cargo run --release -p evenkeel-map --example map_speed`

use kernel::ServiceId;
use map::{Graph, Health, Need, Service};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

const SERVICES: u64 = 5_000;
const NEEDS: u64 = 20_000;
/// What is promised for any of them.
const WITHIN: Duration = Duration::from_millis(50);

fn main() {
    let graph = graph();
    let mut times = Vec::with_capacity(graph.services().len());
    let mut hit = 0;
    for service in graph.services() {
        let began = Instant::now();
        hit = graph.impact(&service.id).len().max(hit);
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let share = |part: usize| times[(times.len() - 1) * part / 100];
    println!("{SERVICES} services, {NEEDS} needs; at most {hit} are hit by one");
    println!("impact: median {:?}, 99 % {:?}, slowest {:?}", share(50), share(99), share(100));
    let own: BTreeMap<ServiceId, Health> =
        graph.services().iter().step_by(10).map(|service| (service.id, Health::Down)).collect();
    let began = Instant::now();
    let felt = graph.health(&own);
    println!("health of all with 500 down: {:?} for {}", began.elapsed(), felt.len());
    let began = Instant::now();
    let some = graph.services().iter().step_by(250);
    let found: usize = some.map(|service| graph.upstream(&service.id).len()).sum();
    println!("upstream of 20: {:?}, {found} found", began.elapsed());
    assert!(share(100) < WITHIN, "the slowest took longer than {WITHIN:?}");
}

/// A third of the needs are groups of three of which two are enough; some lead back, so that
/// there are circles.
fn graph() -> Graph {
    let mut seed = 7u64;
    let mut random = move |below: u64| {
        // xorshift: the same graph every time.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let id = |number: u64| ServiceId(Uuid::from_u128(u128::from(number) + 1));
    let services = (0..SERVICES).map(|number| Service {
        id: id(number),
        name: format!("Service {number}"),
        criticality: 3,
    });
    let mut needs = Vec::new();
    for at in 0..NEEDS {
        let of = random(SERVICES);
        let below = if at % 50 == 0 { SERVICES } else { of.max(1) };
        let needed: Vec<ServiceId> = match at % 3 {
            0 => (0..3).map(|_| id(random(below))).collect(),
            _ => vec![id(random(below))],
        };
        let at_least = if needed.len() == 3 { 2 } else { 1 };
        needs.push(Need { of: id(of), group: None, needs: needed, at_least });
    }
    Graph::new(services.collect(), needs)
}
