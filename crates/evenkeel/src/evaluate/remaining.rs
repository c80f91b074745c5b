//! How near expected times are, and how often intervals hold.

use super::log::Log;
use super::percent;
use super::simple::{Simple, mean, median};
use super::table::Table;
use crate::cli::RemainingArgs;
use crate::failed::Failed;
use crate::{output, progress};
use insight::expected::{Case, Model, Now, Options, folds, train};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Groups of fewer cases are not told: eight of ten is too uncertain there.
const GROUP_CASES_MIN: usize = 200;
/// Of ten cases, so many begin before the date that parts what is learned from what is asked.
const LEARNED_OF_TEN: usize = 8;
/// Hours since the last event after which it is asked of what is still waiting.
const WAITS: [(&str, i64); 7] = [
    ("1 hour", 1),
    ("4 hours", 4),
    ("12 hours", 12),
    ("1 day", 24),
    ("3 days", 72),
    ("7 days", 168),
    ("20 days", 480),
];
const HOUR_SECONDS: i64 = 3_600;
/// Seconds of a day, in which times are told.
pub(super) const DAY_SECONDS: f64 = 86_400.0;

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
    /// Asked again of cases in which nothing happened for so long, by that time.
    waiting: Vec<Group>,
    /// Learned before a date and asked after it; absent where that leaves too few.
    by_time: Option<ByTime>,
}

/// Learned from cases that ended before a date, asked of cases that began from it on.
#[derive(Serialize)]
struct ByTime {
    from: Timestamp,
    learned_cases: usize,
    asked_cases: usize,
    /// Cases that began before the date and ended after it: they are in neither part.
    left_out_cases: usize,
    asked: usize,
    ours_error: f64,
    mean_per_length_error: f64,
    median_per_activity_error: f64,
    ours: Held,
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
    /// How long nothing had happened, in seconds.
    waited: i64,
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
    let told = measure(&log, args)?;
    if args.json { output::json(&told) } else { print(&told) }
}

fn measure(log: &Log, args: &RemainingArgs) -> Result<Told, Failed> {
    let fold_of = folds(log.cases.len(), args.folds as usize, u64::from(args.seed));
    let bar = progress::bar("Learning", u64::from(args.folds) + 1);
    let mut answers = Vec::new();
    for fold in 0..args.folds as usize {
        let part = Parted {
            learned: places(&fold_of, |of| of != fold).collect(),
            asked: places(&fold_of, |of| of == fold).collect(),
        };
        answers.extend(part.answers(log, args)?);
        bar.inc(1);
    }
    let (waiting, answers): (Vec<Answer<'_>>, Vec<Answer<'_>>) =
        answers.into_iter().partition(|answer| answer.waited > 0);
    let by_time = by_time(log, args);
    bar.finish_and_clear();
    let all: Vec<&Answer<'_>> = answers.iter().collect();
    Ok(Told {
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
        waiting: waited(&waiting),
        by_time,
        facts: log.facts.clone(),
    })
}

/// Which cases are learned from, and of which it is asked, by their places.
struct Parted {
    learned: Vec<usize>,
    asked: Vec<usize>,
}

impl Parted {
    /// Learned before an instant, asked from it on; what ran at it is in neither.
    fn by_time(log: &Log) -> Option<(Timestamp, Parted)> {
        let mut begins: Vec<Timestamp> = log.cases.iter().filter_map(begin).collect();
        begins.sort_unstable();
        let from = *begins.get(begins.len() * LEARNED_OF_TEN / 10)?;
        let those = |which: &dyn Fn(&Case) -> bool| {
            log.cases.iter().enumerate().filter(|(_, case)| which(case)).map(|(at, _)| at).collect()
        };
        let learned: Vec<usize> = those(&|case| case.ended < from);
        let asked: Vec<usize> = those(&|case| begin(case).is_some_and(|begin| begin >= from));
        Some((from, Parted { learned, asked }))
    }

    /// Learns, and asks for each case after each of its events but the last, and again while
    /// nothing else happens.
    fn answers<'a>(&self, log: &'a Log, args: &RemainingArgs) -> Result<Vec<Answer<'a>>, Failed> {
        let learned: Vec<Case> =
            self.learned.iter().map(|place| log.cases[*place].clone()).collect();
        let options = Options {
            facts: log.facts.clone(),
            group: log.group,
            seed: u64::from(args.seed),
            ..Options::default()
        };
        let model = train(&learned, &options).map_err(|why| {
            Failed::new(format!(
                "nothing can be learned from this file: {why}; --case, --activity and --time name \
                 its columns"
            ))
        })?;
        let simple = Simple::of(&learned);
        let mut answers = Vec::new();
        for &place in &self.asked {
            let case = &log.cases[place];
            for end in 1..=case.steps.len() {
                let next = case.steps.get(end).map_or(case.ended, |next| next.at);
                let stayed = next.seconds_since(case.steps[end - 1].at);
                let waits = WAITS.iter().map(|(_, hours)| hours * HOUR_SECONDS);
                for waited in std::iter::once(0).chain(waits.filter(|wait| *wait < stayed)) {
                    answers.push(answer(&model, &simple, log, (place, end, waited)));
                }
            }
        }
        Ok(answers)
    }
}

fn begin(case: &Case) -> Option<Timestamp> {
    case.steps.first().map(|step| step.at)
}

/// Nothing where too few are left on a side of the date.
fn by_time(log: &Log, args: &RemainingArgs) -> Option<ByTime> {
    let (from, parted) = Parted::by_time(log)?;
    let answers = parted.answers(log, args).ok()?;
    let all: Vec<&Answer<'_>> = answers.iter().filter(|answer| answer.waited == 0).collect();
    let (learned, asked) = (parted.learned.len(), parted.asked.len());
    (!all.is_empty()).then(|| ByTime {
        from,
        learned_cases: learned,
        asked_cases: asked,
        left_out_cases: log.cases.len() - learned - asked,
        asked: all.len(),
        ours_error: error(&all, |answer| answer.ours),
        mean_per_length_error: error(&all, |answer| answer.per_length),
        median_per_activity_error: error(&all, |answer| answer.per_activity),
        ours: held(&all),
    })
}

/// What was asked while cases waited, by how long they had.
fn waited<'a>(answers: &'a [Answer<'a>]) -> Vec<Group> {
    let group = |(name, hours): &(&str, i64)| {
        let some = answers.iter().filter(|answer| answer.waited == hours * HOUR_SECONDS).collect();
        group(name, some)
    };
    WAITS.iter().filter_map(group).collect()
}

fn places(fold_of: &[usize], which: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
    fold_of.iter().enumerate().filter(move |(_, of)| which(**of)).map(|(place, _)| place)
}

/// Asks of the case at a place after its first `end` events, and so many seconds later.
fn answer<'a>(
    model: &Model,
    simple: &Simple,
    log: &'a Log,
    (place, end, waited): (usize, usize, i64),
) -> Answer<'a> {
    let case = &log.cases[place];
    let last = &case.steps[end - 1];
    let at = last.at.plus_seconds(waited);
    let expected = model.expect(&Now { steps: &case.steps[..end], at, zone: &TimeZone::UTC });
    let days = |seconds: i64| seconds as f64 / DAY_SECONDS;
    Answer {
        case: place,
        waited,
        activity: &last.activity,
        group: log.group.map_or("", |nth| last.facts[nth].as_str()),
        actual: days(case.ended.seconds_since(at)),
        ours: expected.as_ref().map_or(simple.median, |told| days(told.median_seconds)),
        interval: expected.map(|told| (days(told.low_seconds), days(told.high_seconds))),
        per_length: simple.lengths.get(&end).copied().unwrap_or(simple.mean),
        per_activity: simple.activities.get(&last.activity).copied().unwrap_or(simple.median),
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

/// A group, where it has enough cases.
fn group(name: &str, some: Vec<&Answer<'_>>) -> Option<Group> {
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
}

/// Each group of enough cases, the largest first.
fn groups<'a>(answers: &'a [Answer<'a>], of: impl Fn(&'a Answer<'a>) -> &'a str) -> Vec<Group> {
    let mut found: BTreeMap<&str, Vec<&Answer<'_>>> = BTreeMap::new();
    for answer in answers {
        found.entry(of(answer)).or_default().push(answer);
    }
    let mut groups: Vec<Group> =
        found.into_iter().filter_map(|(name, some)| group(name, some)).collect();
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
    methods(told)?;
    output::line(format!(
        "\nIntervals of 80 % held {:.1} % of the time; half of them are narrower than {:.1} days. \
         Silent for {}.",
        told.ours.coverage * 100.0,
        told.ours.median_width,
        percent(told.ours.silent)
    ))?;
    match &told.by_time {
        Some(part) => output::line(format!(
            "By time: learned from the {} cases that ended before {}, asked {} times of the {} that \
             began from then on; {} are in neither. Intervals held {:.1} % of the time.",
            part.learned_cases,
            day(part.from),
            part.asked,
            part.asked_cases,
            part.left_out_cases,
            part.ours.coverage * 100.0
        ))?,
        None => output::line("By time: too few cases are left on a side of the date.")?,
    }
    table("activity", &told.activities)?;
    told.grouped_by.as_deref().map_or(Ok(()), |name| table(name, &told.groups))?;
    table("nothing happened for", &told.waiting)
}

/// The methods beside each other, by chance and by time.
fn methods(told: &Told) -> Result<(), Failed> {
    let by_time = told.by_time.as_ref();
    let row = |name: &str, error: f64, of: fn(&ByTime) -> f64| {
        let later = by_time.map_or("-".to_owned(), |part| format!("{:.2}", of(part)));
        vec![name.to_owned(), format!("{error:.2}"), later]
    };
    output::table(
        &["mean absolute error, days", "by chance", "by time"],
        &[
            row("Evenkeel", told.ours_error, |part| part.ours_error),
            row("mean per number of events", told.mean_per_length_error, |part| {
                part.mean_per_length_error
            }),
            row("median per last activity", told.median_per_activity_error, |part| {
                part.median_per_activity_error
            }),
        ],
    )
}

fn day(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at.to_jiff()).date().to_string()
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
