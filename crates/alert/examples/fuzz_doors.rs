//! Reads broken requests until the time is over: `cargo run --release -p evenkeel-alert
//! --example fuzz_doors -- --seconds 1800 --seed 1`. What breaks a rule or panics is written to a
//! file, whose name is said, and the program ends with an error.

#[path = "../tests/it/check.rs"]
mod check;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../tests/it/corpus.rs"]
mod corpus;
#[path = "../tests/it/mutate.rs"]
mod mutate;

use std::time::{Duration, Instant};

/// Longer than this for one request, at all doors, is a fault, too.
const SLOW: Duration = Duration::from_secs(2);
/// Broken requests that are kept to be broken further.
const KEPT: usize = 200;

fn argument(name: &str, otherwise: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

fn main() -> Result<(), String> {
    let (seconds, seed) = (argument("--seconds", 60), argument("--seed", 1));
    let mut dice = mutate::Dice::new(seed);
    let captured = corpus::captures().into_iter().map(|capture| capture.body);
    let examples = corpus::EXAMPLES.iter().map(|text| text.as_bytes().to_vec());
    let mut seeds: Vec<Vec<u8>> =
        captured.chain(examples).filter(|body| !body.is_empty()).collect();
    let known = seeds.len();
    let start = Instant::now();
    let (mut cases, mut bytes, mut signals, mut slowest) = (0u64, 0u64, 0u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let raw = mutate::body(&mut dice, &seeds);
        let begun = Instant::now();
        let found = std::panic::catch_unwind(|| check::check(&raw));
        let took = begun.elapsed();
        let fault = match found {
            Ok(Ok(count)) if took < SLOW => {
                signals += count as u64;
                None
            }
            Ok(Ok(_)) => Some(format!("took {took:?}")),
            Ok(Err(words)) => Some(words),
            Err(_) => Some("panicked".to_owned()),
        };
        if let Some(words) = fault {
            let path = std::env::temp_dir().join(format!("door-{seed}-{cases}.json"));
            std::fs::write(&path, &raw).map_err(|error| error.to_string())?;
            return Err(format!("case {cases}: {words}; the request is in {}", path.display()));
        }
        cases += 1;
        bytes += raw.len() as u64;
        slowest = slowest.max(took);
        if dice.below(20) == 0 && raw.len() < 20_000 {
            if seeds.len() < known + KEPT {
                seeds.push(raw);
            } else {
                let at = known + dice.below(KEPT);
                seeds[at] = raw;
            }
        }
    }
    let spent = start.elapsed().as_secs_f64();
    println!(
        "{cases} requests, {bytes} bytes, {signals} signals in {spent:.0} s: {:.0} requests a second at all doors; the slowest took {slowest:?}",
        cases as f64 / spent
    );
    Ok(())
}
