//! Reads broken messages until the time is over: `cargo run --release -p evenkeel-intake
//! --example fuzz_letter -- --seconds 1800 --seed 1`. What breaks a rule or panics is
//! written to a file, whose name is said, and the program ends with an error.

#[path = "../tests/letter/check.rs"]
mod check;
#[path = "../tests/letter/corpus.rs"]
mod corpus;
#[path = "../tests/letter/mutate.rs"]
mod mutate;

use std::time::{Duration, Instant};

/// Longer than this for one message is a fault, too.
const SLOW: Duration = Duration::from_secs(2);

fn argument(name: &str, otherwise: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

fn main() -> Result<(), String> {
    let (seconds, seed) = (argument("--seconds", 60), argument("--seed", 1));
    let mut dice = mutate::Dice::new(seed);
    let mut seeds = corpus::all();
    let kept = seeds.len();
    let start = Instant::now();
    let (mut cases, mut bytes, mut slowest) = (0u64, 0u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let raw = mutate::message(&mut dice, &seeds);
        let begun = Instant::now();
        let found = std::panic::catch_unwind(|| check::check(&raw));
        let took = begun.elapsed();
        let fault = match found {
            Ok(Ok(_)) if took < SLOW => None,
            Ok(Ok(_)) => Some(format!("took {took:?}")),
            Ok(Err(words)) => Some(words),
            Err(_) => Some("panicked".to_owned()),
        };
        if let Some(words) = fault {
            let path = std::env::temp_dir().join(format!("letter-{seed}-{cases}.eml"));
            std::fs::write(&path, &raw).map_err(|error| error.to_string())?;
            return Err(format!("case {cases}: {words}; the message is in {}", path.display()));
        }
        cases += 1;
        bytes += raw.len() as u64;
        slowest = slowest.max(took);
        // Some broken messages are kept for a while and broken further.
        if dice.below(20) == 0 && raw.len() < 50_000 {
            if seeds.len() < kept + 200 {
                seeds.push(("broken", raw));
            } else {
                let at = kept + dice.below(200);
                seeds[at] = ("broken", raw);
            }
        }
    }
    let spent = start.elapsed().as_secs_f64();
    println!(
        "{cases} messages, {bytes} bytes in {spent:.0} s: {:.0} a second, each read twice; the slowest took {slowest:?}",
        cases as f64 / spent
    );
    Ok(())
}
