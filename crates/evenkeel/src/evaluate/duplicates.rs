//! How far up duplicates are found.

use super::figure;
use super::table::{Table, cell};
use crate::cli::DuplicatesArgs;
use crate::failed::Failed;
use crate::{output, progress};
use insight::similar::{Corpus, Doc};
use kernel::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Names that columns have, the likeliest first.
const NUMBERS: [&str; 7] = ["issue id", "id", "bug id", "report id", "number", "key", "incident"];
const TITLES: [&str; 4] = ["summary", "title", "short description", "subject"];
const TEXTS: [&str; 5] = ["description", "text", "body", "document", "content"];
const TIMES: [&str; 6] = ["created", "created at", "creation time", "opened", "opened at", "date"];
const LINKED: [&str; 6] =
    ["duplicate id", "duplicates", "duplicate", "duplicate of", "duplicate ids", "master id"];

/// What was measured, for programs.
#[derive(Serialize)]
struct Told {
    reports: usize,
    /// Reports that have a duplicate in the file: so many were asked for.
    asked: usize,
    ours: Found,
    /// Words by TF-IDF, compared by their cosine.
    plain: Found,
}

/// How far up they were.
#[derive(Default, Serialize)]
struct Found {
    /// The part with a duplicate among the first five, and ten.
    recall_at_5: f64,
    recall_at_10: f64,
    /// The mean of one by the place of the first duplicate.
    mean_reciprocal_rank: f64,
}

/// Measures on two files and prints.
pub(super) fn run(args: &DuplicatesArgs) -> Result<(), Failed> {
    let table = Table::open(&args.reports)?;
    let reports = reports(&table)?;
    let duplicates = duplicates(&Table::open(&args.links)?, &reports.places)?;
    if duplicates.is_empty() {
        return Err(Failed::new(format!(
            "no report of {} has a duplicate in it by {}; do both call reports by the same numbers?",
            args.reports.display(),
            args.links.display()
        )));
    }
    let bar = progress::bar("Comparing", duplicates.len() as u64);
    let (mut ours, mut plain) = (Found::default(), Found::default());
    for (asked, others) in &duplicates {
        let order = reports.corpus.order_others(*asked);
        ours.add(order.iter().position(|place| others.contains(place)));
        let order = reports.plain.order_others(*asked);
        plain.add(order.iter().position(|place| others.contains(place)));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let asked = duplicates.len();
    let told =
        Told { reports: table.rows().len(), asked, ours: ours.of(asked), plain: plain.of(asked) };
    if args.json { output::json(&told) } else { print(&told) }
}

impl Found {
    fn add(&mut self, place: Option<usize>) {
        if let Some(place) = place {
            self.recall_at_5 += if place < 5 { 1.0 } else { 0.0 };
            self.recall_at_10 += if place < 10 { 1.0 } else { 0.0 };
            self.mean_reciprocal_rank += 1.0 / (place + 1) as f64;
        }
    }

    fn of(self, asked: usize) -> Found {
        let asked = asked as f64;
        Found {
            recall_at_5: self.recall_at_5 / asked,
            recall_at_10: self.recall_at_10 / asked,
            mean_reciprocal_rank: self.mean_reciprocal_rank / asked,
        }
    }
}

/// The reports, ready to be ranked by both methods.
struct Reports {
    /// Where each number is.
    places: BTreeMap<String, usize>,
    corpus: Corpus,
    plain: Plain,
}

fn reports(table: &Table) -> Result<Reports, Failed> {
    let number = table.any_of(&NUMBERS).ok_or_else(|| table.lacks("column id or number"))?;
    let (title, text) = (table.any_of(&TITLES), table.any_of(&TEXTS));
    let at = table.any_of(&TIMES);
    if title.is_none() && text.is_none() {
        return Err(table.lacks("column title or text"));
    }
    let mut found =
        Reports { places: BTreeMap::new(), corpus: Corpus::default(), plain: Plain::default() };
    for (place, row) in table.rows().iter().enumerate() {
        let of = |column: Option<usize>| column.map_or("", |column| cell(row, column));
        let called = cell(row, number);
        if !called.is_empty() {
            found.places.insert(called.to_owned(), place);
        }
        let doc = Doc::new(of(title), of(text));
        found.corpus.add(match instant(of(at)) {
            Some(at) => doc.at(at),
            None => doc,
        });
        found.plain.add(of(title), of(text));
    }
    found.plain.weigh();
    Ok(found)
}

/// A time as such files write it; one without a zone is taken for UTC.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Timestamp::from_jiff(zoned.timestamp()))
    })
}

/// The duplicates of each report that has some in the file.
fn duplicates(
    table: &Table,
    places: &BTreeMap<String, usize>,
) -> Result<BTreeMap<usize, BTreeSet<usize>>, Failed> {
    let number = table.any_of(&NUMBERS).unwrap_or(0);
    let linked = table.any_of(&LINKED).unwrap_or(1);
    if number == linked || table.columns().len() <= linked.max(number) {
        return Err(table.lacks("two columns, a number and its duplicates"));
    }
    let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for row in table.rows() {
        let Some(place) = places.get(cell(row, number)) else {
            continue;
        };
        let numbers = cell(row, linked).split(|c: char| c.is_whitespace() || ",;".contains(c));
        for other in numbers.filter_map(|number| places.get(number)) {
            if other != place {
                found.entry(*place).or_default().insert(*other);
            }
        }
    }
    Ok(found)
}

/// How many times the simple method reads a title, which says more than the text.
const TITLE_TIMES: usize = 2;
/// Letters of a word that it reads, at least.
const LETTERS_MIN: usize = 2;

/// The simple method: TF-IDF of words, the cosine of the angle between two.
#[derive(Default)]
struct Plain {
    docs: Vec<BTreeMap<String, f64>>,
    /// Which documents have a word, with its weight there.
    holders: BTreeMap<String, Vec<(usize, f64)>>,
}

impl Plain {
    fn add(&mut self, title: &str, text: &str) {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        for text in std::iter::repeat_n(title, TITLE_TIMES).chain([text]) {
            for word in query::words(text) {
                if word.chars().nth(LETTERS_MIN - 1).is_some() {
                    *counts.entry(word).or_default() += 1.0;
                }
            }
        }
        self.docs.push(counts);
    }

    /// Turns counts into weights of length one, once all are there.
    fn weigh(&mut self) {
        let mut having: BTreeMap<String, f64> = BTreeMap::new();
        for word in self.docs.iter().flat_map(|doc| doc.keys()) {
            match having.get_mut(word) {
                Some(count) => *count += 1.0,
                None => {
                    having.insert(word.clone(), 1.0);
                }
            }
        }
        let all = self.docs.len() as f64;
        for (place, doc) in self.docs.iter_mut().enumerate() {
            for (word, weight) in doc.iter_mut() {
                *weight *= ((1.0 + all) / (1.0 + having[word])).ln() + 1.0;
            }
            let length = doc.values().map(|weight| weight * weight).sum::<f64>().sqrt();
            for (word, weight) in doc.iter_mut() {
                *weight /= length;
                self.holders.entry(word.clone()).or_default().push((place, *weight));
            }
        }
    }

    /// All others by how alike they are.
    fn order_others(&self, asked: usize) -> Vec<usize> {
        let mut sums = vec![0.0; self.docs.len()];
        for (word, weight) in &self.docs[asked] {
            for (place, there) in &self.holders[word] {
                sums[*place] += weight * there;
            }
        }
        let mut order: Vec<usize> = (0..sums.len()).filter(|place| *place != asked).collect();
        order.sort_by(|a, b| sums[*b].total_cmp(&sums[*a]).then(a.cmp(b)));
        order
    }
}

fn print(told: &Told) -> Result<(), Failed> {
    output::line(format!(
        "{} reports; {} of them have a duplicate among these and were compared with all others.\n",
        told.reports, told.asked
    ))?;
    let row = |name: &str, found: &Found| {
        vec![
            name.to_owned(),
            figure(found.recall_at_5),
            figure(found.recall_at_10),
            figure(found.mean_reciprocal_rank),
        ]
    };
    output::table(
        &["method", "recall@5", "recall@10", "MRR"],
        &[row("Evenkeel", &told.ours), row("words, TF-IDF cosine", &told.plain)],
    )
}
