//! How often suggestions of a label are right.

use super::table::{Table, cell};
use super::{figure, percent};
use crate::cli::RoutingArgs;
use crate::failed::Failed;
use crate::{output, progress};
use insight::suggest::{
    Example, Features, Measured, Model, Options, PRECISION_WANTED, Tally, Untrained, split, train,
    train_plain,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Names that columns of titles, texts and labels have, the likeliest first.
const TITLES: [&str; 4] = ["title", "short description", "summary", "subject"];
const TEXTS: [&str; 6] = ["text", "document", "description", "body", "message", "content"];
const LABELS: [&str; 10] = [
    "label",
    "group",
    "topic group",
    "assignment group",
    "team",
    "queue",
    "category",
    "service",
    "topic",
    "class",
];

/// What was measured, for programs.
#[derive(Serialize)]
struct Told {
    examples: usize,
    labels: usize,
    /// Lines without a label.
    skipped: usize,
    ours: Means,
    /// Words alone, complement naive Bayes alone.
    plain: Means,
    /// Always the most common label, as often as it occurs.
    most_common: Means,
    folds: Vec<Fold>,
}

/// Over all folds.
#[derive(Serialize)]
struct Means {
    accuracy: f64,
    calibration_error: f64,
    coverage: f64,
    precision: f64,
}

/// One time.
#[derive(Serialize)]
struct Fold {
    seed: u64,
    ours: Measured,
    plain: Measured,
    most_common: Measured,
}

/// Measures on a file and prints.
pub(super) fn run(args: &RoutingArgs) -> Result<(), Failed> {
    let table = Table::open(&args.file)?;
    let rows = table.rows().len();
    let examples = examples(&table, args)?;
    drop(table);
    let bar = progress::bar("Learning", u64::from(args.folds));
    let mut folds = Vec::new();
    for n in 0..args.folds {
        let fold = fold(&examples, u64::from(args.seed) + u64::from(n));
        folds.push(fold.map_err(|why| {
            Failed::new(format!(
                "nothing can be learned from this file: {why}; --text and --label name its columns"
            ))
        })?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let labels: BTreeSet<&str> = examples.iter().map(|example| example.label.as_str()).collect();
    let told = Told {
        examples: examples.len(),
        labels: labels.len(),
        skipped: rows - examples.len(),
        ours: means(&folds, |fold| &fold.ours),
        plain: means(&folds, |fold| &fold.plain),
        most_common: means(&folds, |fold| &fold.most_common),
        folds,
    };
    if args.json { output::json(&told) } else { print(&told, args) }
}

/// The lines that have a label.
fn examples(table: &Table, args: &RoutingArgs) -> Result<Vec<Example>, Failed> {
    let label = match &args.label {
        Some(name) => table.named(name)?,
        None => table.any_of(&LABELS).ok_or_else(|| {
            table.lacks("column that is called label, group or the like: name it with --label")
        })?,
    };
    let texts = texts(table, label, &args.texts)?;
    let example = |row: &csv::StringRecord| {
        let given = cell(row, label);
        let mut parts = texts.iter().map(|column| cell(row, *column));
        let (first, rest) = (parts.next().unwrap_or_default(), parts.collect::<Vec<_>>());
        (!given.is_empty()).then(|| Example::new(Features::of(first, &rest.join("\n")), given))
    };
    Ok(table.rows().iter().filter_map(example).collect())
}

/// The columns of the text: those that are named, else title and text by their names, else the
/// longest.
fn texts(table: &Table, label: usize, named: &[String]) -> Result<Vec<usize>, Failed> {
    if !named.is_empty() {
        return named.iter().map(|name| table.named(name)).collect();
    }
    let known: Vec<usize> = [table.any_of(&TITLES), table.any_of(&TEXTS)]
        .into_iter()
        .flatten()
        .filter(|column| *column != label)
        .collect();
    if !known.is_empty() {
        return Ok(known);
    }
    let letters =
        |column: &usize| -> usize { table.rows().iter().map(|row| cell(row, *column).len()).sum() };
    let longest = (0..table.columns().len()).filter(|column| *column != label).max_by_key(letters);
    longest.map(|column| vec![column]).ok_or_else(|| table.lacks("column of a text"))
}

/// Learns from four fifths and measures with the fifth.
fn fold(examples: &[Example], seed: u64) -> Result<Fold, Untrained> {
    let labels: Vec<&str> = examples.iter().map(|example| example.label.as_str()).collect();
    let (learned, held) = split(&labels, seed);
    let learned: Vec<Example> = learned.into_iter().map(|place| examples[place].clone()).collect();
    let held: Vec<&Example> = held.into_iter().map(|place| &examples[place]).collect();
    let options = Options { seed, ..Options::default() };
    let ours = train(&learned, &options)?;
    // Silent where it never was as precise as wanted.
    let threshold = ours.threshold(PRECISION_WANTED).map_or(f64::INFINITY, |(from, _)| from);
    Ok(Fold {
        seed,
        ours: measured(&ours, &held, threshold),
        plain: measured(&train_plain(&learned, &options)?, &held, threshold),
        most_common: most_common(&learned, &held, threshold),
    })
}

fn measured(model: &Model, held: &[&Example], threshold: f64) -> Measured {
    let mut tally = Tally::default();
    for example in held {
        let guesses = model.suggest(&example.features);
        let best = guesses.first().map(|guess| (guess.label.as_str(), guess.probability));
        tally.add(&example.label, best);
    }
    tally.measured(threshold)
}

fn most_common(learned: &[Example], held: &[&Example], threshold: f64) -> Measured {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for example in learned {
        *counts.entry(&example.label).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    let guess = most.map(|(label, count)| (label, count as f64 / learned.len() as f64));
    let mut tally = Tally::default();
    held.iter().for_each(|example| tally.add(&example.label, guess));
    tally.measured(threshold)
}

fn means(folds: &[Fold], of: impl Fn(&Fold) -> &Measured) -> Means {
    let mean = |figure: fn(&Measured) -> f64| {
        folds.iter().map(|fold| figure(of(fold))).sum::<f64>() / folds.len().max(1) as f64
    };
    Means {
        accuracy: mean(|measured| measured.accuracy),
        calibration_error: mean(|measured| measured.calibration_error),
        coverage: mean(|measured| measured.coverage),
        precision: mean(|measured| measured.precision),
    }
}

fn print(told: &Told, args: &RoutingArgs) -> Result<(), Failed> {
    let times = match args.folds {
        1 => format!("once (seed {})", args.seed),
        folds => format!(
            "{folds} times (seeds {} to {})",
            args.seed,
            u64::from(args.seed) + u64::from(folds) - 1
        ),
    };
    output::line(format!(
        "{} texts with {} labels; a fifth of them held out, {times}.",
        told.examples, told.labels
    ))?;
    match told.skipped {
        0 => {}
        1 => output::line("1 line has no label and is left out.")?,
        lines => output::line(format!("{lines} lines have no label and are left out."))?,
    }
    output::line("")?;
    let row = |name: &str, means: &Means| {
        vec![name.to_owned(), figure(means.accuracy), figure(means.calibration_error)]
    };
    output::table(
        &["method", "accuracy", "calibration error"],
        &[
            row("Evenkeel", &told.ours),
            row("words, complement naive Bayes", &told.plain),
            row("most common label", &told.most_common),
        ],
    )?;
    output::line("")?;
    output::line(format!(
        "Told only where {} are to be right: for {} of the texts, of which {} were right.",
        percent(PRECISION_WANTED),
        percent(told.ours.coverage),
        percent(told.ours.precision)
    ))?;
    let Some(first) = told.folds.first() else {
        return Ok(());
    };
    output::line(format!("\nEach label, held out with seed {}:\n", first.seed))?;
    let part = |part: Option<f64>| part.map_or_else(|| "–".to_owned(), figure);
    let labels = first.ours.labels.iter().map(|label| {
        let count = label.examples.to_string();
        vec![label.label.clone(), count, part(label.precision), part(label.recall)]
    });
    output::table(&["label", "texts", "precision", "recall"], &labels.collect::<Vec<_>>())
}
