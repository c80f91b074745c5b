//! A company with 5,000 services and 20,000 needs: how long it takes to take it over, to see the
//! map, to see it again after something happened, and to ask for the impact of each service.
//! `cargo run --release -p evenkeel-desk --example service_map`

use desk::command_line;
use incident::Command;
use incident::conduct::Degree;
use kernel::OutageId;
use map::catalogue;
use std::fmt::Write;
use std::time::{Duration, Instant};
use testkit::TestDesk;

const SERVICES: u64 = 5_000;
const NEEDS_OF_EACH: u64 = 4;
/// What is promised for the impact of any of them.
const WITHIN: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() {
    let t = TestDesk::new().await;
    let text = company();
    let began = Instant::now();
    let read = catalogue::read(&text).expect("the catalogue is right");
    println!("catalogue of {} kB read in {:?}", text.len() / 1_024, began.elapsed());
    let began = Instant::now();
    let plan = t.desk.import_services(command_line(), read, false).await.expect("taken over");
    println!("{} services taken over in {:?}", plan.services.len(), began.elapsed());
    seen(&t, "map seen first").await;
    seen(&t, "map seen again").await;
    let number = t.report("VPN slow").await;
    seen(&t, "map seen after a report").await;
    let record = Command::RecordOutage {
        outage: OutageId(desk::fresh()),
        service: t.vpn,
        degree: Degree::Full,
        started_at: t.desk.now(),
        ended_at: None,
    };
    t.issue(&t.agent, number, record).await.expect("recorded");
    seen(&t, "map seen after an outage").await;
    impact_of_each(&t).await;
}

async fn seen(t: &TestDesk, what: &str) {
    let began = Instant::now();
    let sight = t.desk.service_map().await.expect("the map");
    println!("{what}: {:?}, {} services", began.elapsed(), sight.services.len());
}

async fn impact_of_each(t: &TestDesk) {
    let sight = t.desk.service_map().await.expect("the map");
    let (mut down, mut up) = (Vec::new(), Vec::new());
    let mut hit = 0;
    for id in sight.services.keys() {
        let began = Instant::now();
        hit = sight.graph.impact(id).len().max(hit);
        down.push(began.elapsed());
        // Every hundredth is enough to know it.
        if down.len().is_multiple_of(100) {
            let began = Instant::now();
            sight.graph.upstream(id);
            up.push(began.elapsed());
        }
    }
    for (what, times) in [("impact", &mut down), ("upstream", &mut up)] {
        times.sort_unstable();
        let share = |part: usize| times[(times.len() - 1) * part / 100];
        println!("{what}: median {:?}, 99 % {:?}, slowest {:?}", share(50), share(99), share(100));
    }
    println!("at most {hit} are hit by one");
    let slowest = down.last().copied().unwrap_or_default();
    assert!(slowest < WITHIN, "the slowest impact took longer than {WITHIN:?}");
}

/// Each service needs some of those before it; a third of them as a group of which one may fail.
fn company() -> String {
    let mut seed = 7u64;
    let mut random = move |below: u64| {
        // xorshift: the same company every time.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let mut text = "services:\n".to_owned();
    for at in 0..SERVICES {
        let mut needs: Vec<u64> = (0..NEEDS_OF_EACH).map(|_| random(at.max(1))).collect();
        needs.sort_unstable();
        needs.dedup();
        needs.retain(|need| *need != at);
        let names: Vec<String> = needs.iter().map(|need| format!("Service {need}")).collect();
        let needs = match (names.len(), at % 3) {
            (0, _) => String::new(),
            (count, 0) if count > 1 => {
                let (at_least, of) = (count - 1, names.join(", "));
                format!("    needs: [{{ group: Pool, at_least: {at_least}, of: [{of}] }}]\n")
            }
            _ => format!("    needs: [{}]\n", names.join(", ")),
        };
        // Writing to a text cannot fail.
        let _ = write!(text, "  - name: Service {at}\n{needs}");
    }
    text
}
