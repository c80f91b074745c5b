//! Measures reading: `cargo run --release -p evenkeel-intake --example read_letter -- FILE
//! [TIMES]` reads a message so many times and says how long one took and how much memory
//! the process held at most.

use std::time::Instant;

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    let times: u32 = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1);
    let raw = std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
    let start = Instant::now();
    let mut letter = intake::Letter::default();
    for _ in 0..times {
        letter = intake::read(&raw);
    }
    let spent = start.elapsed().as_secs_f64();
    for file in &mut letter.attachments {
        file.bytes.truncate(32);
    }
    println!("{letter:#?}");
    println!(
        "{:.0} a second, {:.3} ms each",
        f64::from(times) / spent,
        spent * 1e3 / f64::from(times)
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!(
        "{}",
        status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory is not known here")
    );
    Ok(())
}
