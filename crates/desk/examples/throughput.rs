//! Durable commands per second through the desk, without HTTP: what the core
//! itself costs. `cargo run --release -p evenkeel-desk --example throughput`
//!
//! `… -- rules` does it with 0, 20 and 200 rules in use, none of which matches, one after
//! the other, and says what share of the first is left.

use desk::{Desk, command_line};
use incident::Command;
use incident::rules::{Action, Fact, Moment, Rule, Wait};
use kernel::{Channel, RuleId};
use std::collections::BTreeSet;
use std::time::Instant;
use testkit::{TestDesk, blank};

const CLIENTS: usize = 64;
const SECONDS: u64 = 5;
/// Each number of rules is measured so often, in turns: what disturbs the machine for a
/// while then disturbs all alike.
const TURNS: usize = 3;

#[tokio::main]
async fn main() {
    if std::env::args().any(|arg| arg == "rules") {
        return with_rules().await;
    }
    let t = TestDesk::new().await;
    let rate = reports_per_second(&t).await;
    let metrics = t.desk.metrics().encode();
    for line in metrics.lines().filter(|line| line.contains("_sum") || line.contains("_count")) {
        println!("{line}");
    }
    println!("{rate:.0} durable reports/s at {CLIENTS} clients");
}

async fn with_rules() {
    let counts = [0, 20, 200];
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..TURNS {
        for (count, rates) in counts.into_iter().zip(&mut rates) {
            let t = TestDesk::new().await;
            make(&t.desk, count).await;
            rates.push(reports_per_second(&t).await);
        }
    }
    let medians = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[TURNS / 2]
    });
    for (count, median) in counts.into_iter().zip(medians) {
        let share = 100.0 * median / medians[0];
        println!(
            "{count:>3} rules: {median:.0} durable reports/s at {CLIENTS} clients, {share:.0} %"
        );
    }
}

/// Rules as people write them: by service and tag, by words, by people, by time.
async fn make(desk: &Desk, count: usize) {
    let rules: Vec<Rule> = (0..count)
        .map(|n| {
            let (moment, when) = match n % 4 {
                0 => (Moment::Reported, format!("service:VPN (tag:line-{n} or priority:P1)")),
                1 => (Moment::Reported, format!("\"conveyor {n}\" or \"forklift {n}\"")),
                2 => (Moment::Reported, format!("vip:yes or requester:nobody-{n}@example.org")),
                _ => (Moment::Waited, format!("priority<=P2 -tag:told-{n}")),
            };
            let wait = Wait { fact: Fact::Unassigned, seconds: 1_800, calendar: None };
            Rule {
                id: RuleId(desk::fresh()),
                name: format!("Rule {n}"),
                place: i64::MAX,
                active: true,
                on: BTreeSet::from([moment]),
                wait: (moment == Moment::Waited).then_some(wait),
                when,
                actions: vec![Action::Comment { body: "By rule".to_owned() }],
                stop: false,
                version: 1,
            }
        })
        .collect();
    let made = desk.change(command_line(), move |sql, audit| {
        for rule in &rules {
            desk::rules::make_rule(sql, audit, rule)?;
        }
        Ok(())
    });
    made.await.expect("the rules");
    desk.recompute_due().await.expect("nothing waits yet");
}

async fn reports_per_second(t: &TestDesk) -> f64 {
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
    done as f64 / start.elapsed().as_secs_f64()
}
