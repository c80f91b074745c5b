//! How near expected times are, and how often intervals hold.

use super::log::Log;
use super::percent;
use super::table::Table;
use crate::cli::RemainingArgs;
use crate::failed::Failed;
use crate::{output, progress};
use insight::expected::{Case, Model, Now, Options, folds, train};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;

/// Groups of fewer cases are not told: eight of ten is too uncertain there.
const GROUP_CASES_MIN: usize = 200;
const DAY_SECONDS: f64 = 86_400.0;

/// What was measured, for programs. Times are days.
#[derive(Serialize)]
struct Told {
    cases: usize,
    events: usize,
    /// Cases of one event, and lines without a case or a time.
    single_event_cases: usize,
    skipped_lines: usize,
    /// How often it was asked: after each event but the last of each case.
    asked: usize,
    folds: u32,
    seed: u32,
    /// The facts that were looked at.
    facts: Vec<String>,
    /// Mean absolute errors. Where nothing is told, ours counts with the median of all.
    ours_error: f64,
    mean_per_length_error: f64,
    median_per_activity_error: f64,
    ours: Held,
    activities: Vec<Group>,
    /// By the values of this fact.
    grouped_by: Option<String>,
    groups: Vec<Group>,
}

/// How intervals held.
#[derive(Serialize)]
struct Held {
    /// The part of those told that ended in the interval.
    coverage: f64,
    /// How wide the interval is in the middle of all.
    median_width: f64,
    mean_width: f64,
    /// The part for which nothing is told.
    silent: f64,
}

#[derive(Serialize)]
struct Group {
    name: String,
    cases: usize,
    asked: usize,
    error: f64,
    #[serde(flatten)]
    held: Held,
}

/// One answer beside what happened, in days.
struct Answer<'a> {
    case: usize,
    activity: &'a str,
    group: &'a str,
    actual: f64,
    ours: f64,
    interval: Option<(f64, f64)>,
    per_length: f64,
    per_activity: f64,
}

/// Measures on a file and prints.
pub(super) fn run(args: &RemainingArgs) -> Result<(), Failed> {
    let table = Table::open(&args.file)?;
    let log = Log::of(&table, args)?;
    drop(table);
    let fold_of = folds(log.cases.len(), args.folds as usize, u64::from(args.seed));
    let bar = progress::bar("Learning", u64::from(args.folds));
    let mut answers = Vec::new();
    for fold in 0..args.folds as usize {
        answers.extend(measured(&log, &fold_of, fold, args)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let all: Vec<&Answer<'_>> = answers.iter().collect();
    let told = Told {
        cases: log.cases.len(),
        events: log.events,
        single_event_cases: log.single,
        skipped_lines: log.skipped,
        asked: answers.len(),
        folds: args.folds,
        seed: args.seed,
        ours_error: error(&all, |answer| answer.ours),
        mean_per_length_error: error(&all, |answer| answer.per_length),
        median_per_activity_error: error(&all, |answer| answer.per_activity),
        ours: held(&all),
        activities: groups(&answers, |answer| answer.activity),
        grouped_by: log.group.map(|nth| log.facts[nth].clone()),
        groups: if log.group.is_some() { groups(&answers, |a| a.group) } else { Vec::new() },
        facts: log.facts.clone(),
    };
    if args.json { output::json(&told) } else { print(&told) }
}

/// Learns from the other folds and asks for each case of this one, after each of its events but
/// the last.
fn measured<'a>(
    log: &'a Log,
    fold_of: &[usize],
    fold: usize,
    args: &RemainingArgs,
) -> Result<Vec<Answer<'a>>, Failed> {
    let learned: Vec<Case> =
        places(fold_of, |of| of != fold).map(|place| log.cases[place].clone()).collect();
    let options = Options {
        facts: log.facts.clone(),
        group: log.group,
        seed: u64::from(args.seed),
        ..Options::default()
    };
    let model = train(&learned, &options).map_err(|why| {
        Failed::new(format!(
            "nothing can be learned from this file: {why}; --case, --activity and --time name its \
             columns"
        ))
    })?;
    let simple = Simple::of(&learned);
    let mut answers = Vec::new();
    for place in places(fold_of, |of| of == fold) {
        for end in 1..=log.cases[place].steps.len() {
            answers.push(answer(&model, &simple, log, place, end));
        }
    }
    Ok(answers)
}

fn places(fold_of: &[usize], which: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
    fold_of.iter().enumerate().filter(move |(_, of)| which(**of)).map(|(place, _)| place)
}

fn answer<'a>(
    model: &Model,
    simple: &Simple,
    log: &'a Log,
    place: usize,
    end: usize,
) -> Answer<'a> {
    let case = &log.cases[place];
    let last = &case.steps[end - 1];
    let now = Now { steps: &case.steps[..end], at: last.at, zone: &TimeZone::UTC };
    let expected = model.expect(&now);
    let days = |seconds: i64| seconds as f64 / DAY_SECONDS;
    Answer {
        case: place,
        activity: &last.activity,
        group: log.group.map_or("", |nth| last.facts[nth].as_str()),
        actual: days(case.ended.seconds_since(last.at)),
        ours: expected.as_ref().map_or(simple.median, |told| days(told.median_seconds)),
        interval: expected.map(|told| (days(told.low_seconds), days(told.high_seconds))),
        per_length: simple.lengths.get(&end).copied().unwrap_or(simple.mean),
        per_activity: simple.activities.get(&last.activity).copied().unwrap_or(simple.median),
    }
}

/// The simple methods, in days.
struct Simple {
    /// The mean after so many events.
    lengths: BTreeMap<usize, f64>,
    /// The median after an activity.
    activities: BTreeMap<String, f64>,
    mean: f64,
    median: f64,
}

impl Simple {
    fn of(cases: &[Case]) -> Simple {
        let mut lengths: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let mut activities: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let mut all = Vec::new();
        for case in cases {
            for (nth, step) in case.steps.iter().enumerate() {
                let took = case.ended.seconds_since(step.at) as f64 / DAY_SECONDS;
                lengths.entry(nth + 1).or_default().push(took);
                activities.entry(step.activity.clone()).or_default().push(took);
                all.push(took);
            }
        }
        Simple {
            lengths: lengths.into_iter().map(|(length, took)| (length, mean(&took))).collect(),
            activities: activities.into_iter().map(|(name, took)| (name, median(took))).collect(),
            mean: mean(&all),
            median: median(all),
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        many if many.is_multiple_of(2) => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}

fn error(answers: &[&Answer<'_>], of: impl Fn(&Answer<'_>) -> f64) -> f64 {
    mean(&answers.iter().map(|answer| (of(answer) - answer.actual).abs()).collect::<Vec<_>>())
}

fn held(answers: &[&Answer<'_>]) -> Held {
    let told: Vec<(f64, f64, f64)> = answers
        .iter()
        .filter_map(|answer| answer.interval.map(|(low, high)| (low, high, answer.actual)))
        .collect();
    let within = told.iter().filter(|(low, high, actual)| (low..=high).contains(&actual)).count();
    let widths: Vec<f64> = told.iter().map(|(low, high, _)| high - low).collect();
    Held {
        coverage: within as f64 / told.len().max(1) as f64,
        mean_width: mean(&widths),
        median_width: median(widths),
        silent: (answers.len() - told.len()) as f64 / answers.len().max(1) as f64,
    }
}

/// Each group of enough cases, the largest first.
fn groups<'a>(answers: &'a [Answer<'a>], of: impl Fn(&'a Answer<'a>) -> &'a str) -> Vec<Group> {
    let mut found: BTreeMap<&str, Vec<&Answer<'_>>> = BTreeMap::new();
    for answer in answers {
        found.entry(of(answer)).or_default().push(answer);
    }
    let group = |(name, some): (&str, Vec<&Answer<'a>>)| {
        let mut cases: Vec<usize> = some.iter().map(|answer| answer.case).collect();
        cases.sort_unstable();
        cases.dedup();
        (cases.len() >= GROUP_CASES_MIN).then(|| Group {
            name: name.to_owned(),
            cases: cases.len(),
            asked: some.len(),
            error: error(&some, |answer| answer.ours),
            held: held(&some),
        })
    };
    let mut groups: Vec<Group> = found.into_iter().filter_map(group).collect();
    groups.sort_by(|a, b| b.asked.cmp(&a.asked).then(a.name.cmp(&b.name)));
    groups
}

fn print(told: &Told) -> Result<(), Failed> {
    output::line(format!(
        "{} cases with {} events; asked {} times, after each event but the last. {} folds by case \
         (seed {}).",
        told.cases, told.events, told.asked, told.folds, told.seed
    ))?;
    if told.single_event_cases > 0 {
        output::line(format!("Cases with one event, left out: {}.", told.single_event_cases))?;
    }
    if told.skipped_lines > 0 {
        output::line(format!("Lines without a case or a time, left out: {}.", told.skipped_lines))?;
    }
    if !told.facts.is_empty() {
        output::line(format!("Looked at beside activities and times: {}.", told.facts.join(", ")))?;
    }
    output::line("")?;
    let row = |name: &str, error: f64| vec![name.to_owned(), format!("{error:.2}")];
    output::table(
        &["method", "mean absolute error, days"],
        &[
            row("Evenkeel", told.ours_error),
            row("mean per number of events", told.mean_per_length_error),
            row("median per last activity", told.median_per_activity_error),
        ],
    )?;
    output::line(format!(
        "\nIntervals of 80 % held {:.1} % of the time; half of them are narrower than {:.1} days. \
         Silent for {}.",
        told.ours.coverage * 100.0,
        told.ours.median_width,
        percent(told.ours.silent)
    ))?;
    table("activity", &told.activities)?;
    told.grouped_by.as_deref().map_or(Ok(()), |name| table(name, &told.groups))
}

fn table(name: &str, groups: &[Group]) -> Result<(), Failed> {
    if groups.is_empty() {
        return Ok(());
    }
    output::line("")?;
    let row = |group: &Group| {
        vec![
            group.name.clone(),
            group.cases.to_string(),
            format!("{:.2}", group.error),
            format!("{:.1} %", group.held.coverage * 100.0),
            format!("{:.1}", group.held.median_width),
            percent(group.held.silent),
        ]
    };
    output::table(
        &[name, "cases", "error, days", "held", "width, days", "silent"],
        &groups.iter().map(row).collect::<Vec<_>>(),
    )
}
