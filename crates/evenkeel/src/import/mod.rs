//! `evenkeel import servicenow-audit`: replays another system's log as real commands
//! at their original times. Interrupted, it goes on where it was; repeated, it
//! changes nothing. And `evenkeel import services`, in [`services`].

mod difference;
mod mapping;
mod names;
mod problems;
mod replay;
mod rows;
pub(crate) mod services;

use crate::cli::ServicenowAuditArgs;
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::output;
use desk::Desk;
use indicatif::{ProgressBar, ProgressStyle};
use mapping::Mapping;
use problems::{Counted, Problem, Problems};
use replay::{Counts, Replay};
use rows::{Facts, Read1, Rows};
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Rows read and told at a time: bounds memory, whatever the size of the file.
const CHUNK: usize = 4_000;

/// Imports a file, or prints the mapping.
pub(crate) async fn run(args: &ServicenowAuditArgs, settings: &Settings) -> Result<(), Failed> {
    if args.print_mapping {
        return output::line(mapping::BUILT_IN.trim_end());
    }
    let Some(path) = &args.file else {
        return Err(Failed::usage("name the file to import, .csv or .csv.gz"));
    };
    let mapping = Mapping::read(args.mapping.as_deref())?;
    let zone = jiff::tz::TimeZone::get(&args.time_zone).map_err(|_| {
        Failed::usage(format!(
            "there is no time zone {}; write it like Europe/Berlin",
            args.time_zone
        ))
    })?;
    let desk = instance::open(settings, Missing::Refuse).await?;
    let rows = Rows::open(path, mapping.clone(), zone, desk.now())?;
    let bar = bar();
    let began = Instant::now();
    let told = tell(desk, mapping, rows, args.limit.unwrap_or(u64::MAX), &bar).await;
    bar.finish_and_clear();
    told?.print(began.elapsed(), args.json)
}

/// What came of it.
#[derive(Debug)]
struct Told {
    read: u64,
    counts: Counts,
    /// People, teams and categories.
    made: [u64; 3],
    problems: Problems,
    /// Why it ended before the end of the file.
    broke_off: Option<Failed>,
}

async fn tell(
    desk: Desk,
    mapping: Mapping,
    rows: Rows,
    limit: u64,
    bar: &ProgressBar,
) -> Result<Told, Failed> {
    let mut replay = Replay::new(desk, mapping).await?;
    let mut problems = Problems::default();
    let mut broke_off = None;
    let mut read = 0;
    let mut chunks = read_ahead(rows, limit);
    let say = |line: String| bar.suspend(|| output::say(line));
    while let Some(chunk) = chunks.recv().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(failed) => {
                broke_off = Some(failed);
                break;
            }
        };
        for problem in &chunk.problems {
            problems.add(problem, say);
        }
        read += chunk.rows_read;
        for problem in &replay.tell(chunk.rows).await? {
            problems.add(problem, say);
        }
        bar.set_position(read);
    }
    let made = replay.names.made;
    Ok(Told { read, counts: replay.counts, made, problems, broke_off })
}

/// Rows read together.
#[derive(Default)]
struct Chunk {
    rows_read: u64,
    rows: Vec<Facts>,
    problems: Vec<Problem>,
}

/// Reads the next rows while others are told.
fn read_ahead(mut rows: Rows, limit: u64) -> mpsc::Receiver<Result<Chunk, Failed>> {
    let (sender, chunks) = mpsc::channel(1);
    desk::on_a_thread(move || {
        let mut left = limit;
        loop {
            let mut chunk = Chunk::default();
            let end = loop {
                if left == 0 {
                    break Ok(true);
                }
                if chunk.rows_read >= CHUNK as u64 {
                    break Ok(false);
                }
                let mut found = Vec::new();
                match rows.next(&mut found) {
                    Ok(true) => {}
                    Ok(false) => break Ok(true),
                    Err(failed) => break Err(failed),
                }
                left -= 1;
                chunk.rows_read += 1;
                for one in found {
                    match one {
                        Read1::Row(facts) => chunk.rows.push(*facts),
                        Read1::Problem(problem) => chunk.problems.push(problem),
                    }
                }
            };
            // Nobody listens any more when telling failed.
            if sender.blocking_send(Ok(chunk)).is_err() {
                return;
            }
            match end {
                Ok(false) => {}
                Ok(true) => return,
                Err(failed) => {
                    drop(sender.blocking_send(Err(failed)));
                    return;
                }
            }
        }
    });
    chunks
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {pos} rows, {per_sec}, {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// The same for programs.
#[derive(Serialize)]
struct Figures {
    rows_read: u64,
    rows_told: u64,
    rows_known: u64,
    incidents: u64,
    steps: u64,
    people: u64,
    teams: u64,
    categories: u64,
    seconds: f64,
    problems: Vec<Counted>,
}

impl Told {
    /// Prints what came of it; fails where the file could not be read, or only in part.
    fn print(self, took: Duration, json: bool) -> Result<(), Failed> {
        match json {
            true => output::json(&self.figures(took))?,
            false => self.table(took)?,
        }
        let Counts { rows_told, rows_known, .. } = self.counts;
        match self.broke_off {
            Some(failed) => Err(failed),
            None if rows_told + rows_known == 0 => Err(Failed::new(
                "nothing could be read; compare the columns with the mapping that --print-mapping shows",
            )),
            None => Ok(()),
        }
    }

    fn figures(&self, took: Duration) -> Figures {
        let Counts { reported, steps, rows_told, rows_known } = self.counts;
        let [people, teams, categories] = self.made;
        Figures {
            rows_read: self.read,
            rows_told,
            rows_known,
            incidents: reported,
            steps,
            people,
            teams,
            categories,
            seconds: took.as_secs_f64(),
            problems: self.problems.counted(),
        }
    }

    fn table(&self, took: Duration) -> Result<(), Failed> {
        let Counts { reported, steps, rows_told, rows_known } = self.counts;
        let [people, teams, categories] = self.made;
        let rate = self.read as f64 / took.as_secs_f64().max(0.001);
        let lines = [
            ("rows read", self.read.to_string()),
            ("rows told", rows_told.to_string()),
            ("rows known before", rows_known.to_string()),
            ("incidents imported", reported.to_string()),
            ("steps recorded", steps.to_string()),
            ("people, teams, categories made", format!("{people}, {teams}, {categories}")),
            ("time", format!("{:.1} s, {rate:.0} rows a second", took.as_secs_f64())),
        ];
        let rows: Vec<Vec<String>> =
            lines.map(|(what, value)| vec![what.to_owned(), value]).to_vec();
        output::table(&["import", ""], &rows)?;
        self.problems.print()
    }
}

#[cfg(test)]
mod tests;
