//! How long a page takes to be written, and what it weighs:
//! `cargo run --release -p evenkeel-status --example status_speed`.

#![allow(clippy::unwrap_used)]

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::time::Instant;

/// Times it is written.
const ROUNDS: u32 = 20;

fn main() {
    let page = sample::demo();
    let first = status::render(&page);
    let began = Instant::now();
    for _ in 0..ROUNDS {
        assert_eq!(status::render(&page), first);
    }
    let each = began.elapsed() / ROUNDS;
    println!(
        "{} components, {} incidents, {} languages: {:.1} ms, {} files",
        page.components.len(),
        page.incidents.len(),
        page.site.languages.len(),
        each.as_secs_f64() * 1_000.0,
        first.files.len()
    );
    println!("{:>9} {:>9}  path", "bytes", "gzip");
    for (path, file) in &first.files {
        let gzip = file.gzip.as_ref().map_or(file.bytes.len(), Vec::len);
        println!("{:>9} {gzip:>9}  {path}", file.bytes.len());
    }
}
