//! How fast the index is and what it costs, beside SQLite's own full-text search on the same
//! texts: `cargo run --release -p evenkeel-search --example search_speed -- 1000000`.

use incident::permissions::Scope;
use kernel::{OrganisationId, PersonId, TeamId, Timestamp};
use rusqlite::{Connection, params};
use search::{Document, Filter, Index, Kind, Label, Like, Readers, Wish};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

type Any<T> = Result<T, Box<dyn std::error::Error>>;

/// Searches of each kind that are measured.
const LOOKS: usize = 200;
/// Documents of one commit while the index is filled.
const BATCH: usize = 20_000;

fn main() -> Any<()> {
    let many: usize = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let (ours, theirs) = (folder.path().join("index"), folder.path().join("fts.db"));
    println!("{many} incidents");

    let mut makes = Makes::new();
    let (index, _) = Index::open(&ours, "speed")?;
    let (mut took, mut bytes) = (Duration::ZERO, 0);
    for from in (0..many).step_by(BATCH) {
        let batch: Vec<_> = (from..many.min(from + BATCH)).map(|n| makes.incident(n)).collect();
        let start = Instant::now();
        // None of them is held longer than it is needed: their memory is not the index's.
        for document in batch {
            bytes += document.title.len() + document.public.len() + document.internal.len();
            index.put(&document)?;
        }
        index.commit(from as i64, &BTreeMap::new())?;
        took += start.elapsed();
    }
    println!("{} bytes of text each", bytes / many.max(1));
    tell("index", many, took, &ours)?;
    println!("memory after filling: {}", memory());
    drop(index);
    let start = Instant::now();
    let (index, opened) = Index::open(&ours, "speed")?;
    println!("opened again ({opened:?}) in {} ms\n", start.elapsed().as_millis());

    let mut sqlite = Connection::open(&theirs)?;
    let mut makes = Makes::new();
    let took = fill(&mut sqlite, &mut makes, many)?;
    tell("SQLite FTS5", many, took, &theirs)?;

    println!("\n{:<34}{:>10}{:>10}{:>12}{:>12}", "ms", "p50", "p99", "FTS5 p50", "FTS5 p99");
    for kind in Look::ALL {
        let mut makes = Makes::seeded(7);
        let looks: Vec<Asked> = (0..LOOKS).map(|_| kind.asked(&mut makes)).collect();
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for look in &looks {
            let start = Instant::now();
            look.of(&index)?;
            a.push(start.elapsed());
        }
        for look in &looks {
            let start = Instant::now();
            if look.fts(&sqlite)? {
                b.push(start.elapsed());
            }
        }
        println!("{:<34}{}{}", kind.name(), row(a, 10), row(b, 12));
    }
    println!("\nmemory after searching: {}", memory());
    Ok(())
}

fn row(mut took: Vec<Duration>, width: usize) -> String {
    took.sort_unstable();
    let of = |share: usize| match took.get(took.len().saturating_sub(1) * share / 100) {
        Some(took) => format!("{:>width$.2}", took.as_secs_f64() * 1_000.0),
        None => format!("{:>width$}", "-"),
    };
    format!("{}{}", of(50), of(99))
}

fn tell(name: &str, many: usize, took: Duration, at: &Path) -> Any<()> {
    let per_second = many as f64 / took.as_secs_f64().max(f64::MIN_POSITIVE);
    println!(
        "{name}: {per_second:.0} a second, {} bytes each on disk",
        size(at)? / many.max(1) as u64
    );
    Ok(())
}

fn size(at: &Path) -> Any<u64> {
    if at.is_file() {
        return Ok(at.metadata()?.len());
    }
    let mut all = 0;
    for entry in std::fs::read_dir(at)? {
        all += size(&entry?.path())?;
    }
    Ok(all)
}

/// What the process holds: all, at most, and without the pages of files.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let wanted = ["VmRSS", "VmHWM", "RssAnon"];
    let lines = status.lines().filter(|line| wanted.iter().any(|name| line.starts_with(name)));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Draws numbers that are the same each time.
struct Makes {
    seed: u64,
    words: Vec<String>,
    /// Sums of the frequencies of the words: few are said often, many seldom (Zipf).
    sums: Vec<f64>,
}

const VOCABULARY: usize = 60_000;
const BEGINNINGS: [&str; 24] = [
    "print", "serv", "netz", "mail", "conn", "pass", "scan", "log", "dat", "cloud", "disk", "vpn",
    "cert", "host", "user", "kont", "rechn", "imprim", "factur", "pant", "tecl", "druck", "err",
    "time",
];
const MIDDLES: [&str; 16] =
    ["", "er", "a", "o", "in", "ec", "or", "al", "ur", "ist", "ant", "el", "ib", "om", "uc", "et"];
const ENDS: [&str; 12] = ["", "s", "er", "en", "ing", "ed", "ion", "ung", "ado", "eur", "al", "te"];

impl Makes {
    fn new() -> Self {
        Makes::seeded(42)
    }

    fn seeded(seed: u64) -> Self {
        let mut makes = Makes { seed: 42, words: vec![], sums: vec![] };
        let mut known = BTreeSet::new();
        let mut sum = 0.0;
        while makes.words.len() < VOCABULARY {
            let mut word = BEGINNINGS[makes.below(BEGINNINGS.len())].to_owned();
            for _ in 0..=makes.below(3) {
                word.push_str(MIDDLES[makes.below(MIDDLES.len())]);
            }
            word.push_str(ENDS[makes.below(ENDS.len())]);
            if makes.below(8) == 0 {
                // Devices, codes.
                word.push_str(&makes.below(1_000).to_string());
            }
            if known.insert(word.clone()) {
                sum += 1.0 / (makes.words.len() as f64 + 5.0);
                makes.words.push(word);
                makes.sums.push(sum);
            }
        }
        makes.seed = seed;
        makes
    }

    fn next(&mut self) -> u64 {
        // Splitmix64.
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn word(&mut self) -> &str {
        let share = self.next() as f64 / u64::MAX as f64;
        let all = self.sums.last().copied().unwrap_or(0.0);
        let at = self.sums.partition_point(|sum| *sum < share * all);
        &self.words[at.min(VOCABULARY - 1)]
    }

    fn text(&mut self, words: usize) -> String {
        let mut text = String::new();
        for _ in 0..words {
            text.push_str(self.word());
            text.push(' ');
        }
        text
    }

    /// A word of the vocabulary: the lower the ranks, the more common.
    fn ranked(&mut self, from: usize, to: usize) -> String {
        let at = from + self.below(to - from);
        self.words[at].clone()
    }

    fn incident(&mut self, n: usize) -> Document {
        let confidential = self.below(50) == 0;
        let readers = Readers::Incident {
            requester: person(self.below(20_000)),
            organisation: Some(OrganisationId(Uuid::from_u128(self.below(200) as u128))),
            watchers: (0..self.below(3)).map(|_| person(self.below(20_000))).collect(),
            confidential_to: confidential.then(|| team(self.below(40))),
        };
        let at = Timestamp::from_micros(1_600_000_000_000_000).plus_seconds(n as i64 * 60);
        let title = self.text(6);
        let labels = [("state", 6), ("priority", 5), ("service", 300), ("team", 40)];
        let more = [("category", 100), ("assignee", 400), ("channel", 4), ("requester", 20_000)];
        let labels = labels.into_iter().chain(more);
        let (public, internal) = (30 + self.below(50), self.below(60));
        Document {
            public: self.text(public),
            internal: self.text(internal),
            labels: labels.map(|(name, values)| Label::new(name, self.below(values))).collect(),
            ..Document::new(Kind::Incident, format!("INC-{}", n + 1), title, readers, at)
        }
    }
}

fn person(n: usize) -> PersonId {
    PersonId(Uuid::from_u128(n as u128))
}

fn team(n: usize) -> TeamId {
    TeamId(Uuid::from_u128(n as u128))
}

/// Fills SQLite with the same texts, words and prefixes indexed.
fn fill(sqlite: &mut Connection, makes: &mut Makes, many: usize) -> Any<Duration> {
    sqlite.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         CREATE TABLE incident (n INTEGER PRIMARY KEY, state INTEGER, team INTEGER,
             requester INTEGER, open INTEGER);
         CREATE INDEX of_requester ON incident (requester);
         CREATE VIRTUAL TABLE words USING fts5 (title, public, internal, content = '',
             tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');",
    )?;
    let mut took = Duration::ZERO;
    for from in (0..many).step_by(BATCH) {
        let batch: Vec<_> = (from..many.min(from + BATCH)).map(|n| makes.incident(n)).collect();
        let start = Instant::now();
        let transaction = sqlite.transaction()?;
        {
            let mut row =
                transaction.prepare_cached("INSERT INTO incident VALUES ($1, $2, $3, $4, $5)")?;
            let mut text = transaction.prepare_cached(
                "INSERT INTO words (rowid, title, public, internal) VALUES ($1, $2, $3, $4)",
            )?;
            for (n, one) in (from as i64 + 1..).zip(&batch) {
                let label = |name| {
                    let label = one.labels.iter().find(|label| label.name == name);
                    label.and_then(|label| label.value.parse::<i64>().ok())
                };
                let open =
                    !matches!(&one.readers, Readers::Incident { confidential_to: Some(_), .. });
                row.execute(params![n, label("state"), label("team"), label("requester"), open])?;
                text.execute(params![n, one.title, one.public, one.internal])?;
            }
        }
        transaction.commit()?;
        took += start.elapsed();
    }
    Ok(took)
}

/// A kind of search.
#[derive(Clone, Copy)]
enum Look {
    Word,
    Common,
    Facets,
    Prefix,
    Mistyped,
    Filtered,
    Narrow,
    Similar,
}

/// One search.
struct Asked {
    scope: Scope,
    wish: Wish,
    like: Option<Like>,
}

impl Look {
    const ALL: [Look; 8] = [
        Look::Word,
        Look::Common,
        Look::Facets,
        Look::Prefix,
        Look::Mistyped,
        Look::Filtered,
        Look::Narrow,
        Look::Similar,
    ];

    fn name(self) -> &'static str {
        match self {
            Look::Word => "one word",
            Look::Common => "two common words",
            Look::Facets => "two common words, facets",
            Look::Prefix => "the beginning of a word",
            Look::Mistyped => "a mistyped word",
            Look::Filtered => "common words, state and team",
            Look::Narrow => "a common word, own incidents",
            Look::Similar => "similar incidents",
        }
    }

    fn asked(self, makes: &mut Makes) -> Asked {
        let desk = Scope {
            everything: false,
            open_to_staff: true,
            teams: BTreeSet::from([team(1), team(2)]),
            person: person(1),
            organisation: None,
            nothing: false,
        };
        let own = Scope { open_to_staff: false, teams: BTreeSet::new(), ..desk.clone() };
        let common =
            |makes: &mut Makes| format!("{} {}", makes.ranked(20, 100), makes.ranked(20, 100));
        let mut wish = Wish::of(match self {
            Look::Word => makes.ranked(300, 3_000),
            Look::Common | Look::Facets | Look::Filtered => common(makes),
            Look::Prefix => makes.ranked(300, 3_000).chars().take(4).collect(),
            Look::Mistyped => mistyped(&makes.ranked(300, 3_000)),
            Look::Narrow => makes.ranked(20, 100),
            Look::Similar => String::new(),
        });
        wish.typing = matches!(self, Look::Prefix);
        let like = matches!(self, Look::Similar).then(|| Like {
            title: makes.text(6),
            text: makes.text(50),
            labels: vec![Label::new("service", makes.below(300))],
            ..Like::default()
        });
        match self {
            Look::Facets => {
                wish.facets = ["state", "priority", "service", "team"].map(str::to_owned).to_vec();
            }
            Look::Filtered => {
                let one = |name: &str, value: usize| Filter {
                    name: name.to_owned(),
                    any: vec![value.to_string()],
                    not: false,
                };
                wish.filters = vec![one("state", makes.below(6)), one("team", makes.below(40))];
            }
            _ => {}
        }
        let narrow = matches!(self, Look::Narrow);
        let scope =
            if narrow { Scope { person: person(makes.below(20_000)), ..own } } else { desk };
        Asked { scope, wish, like }
    }
}

/// Two letters in the other order.
fn mistyped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = letters.len() / 2;
    let last = letters.len().saturating_sub(1);
    letters.swap(at.saturating_sub(1).min(last), at.min(last));
    letters.into_iter().collect()
}

impl Asked {
    fn of(&self, index: &Index) -> Any<u64> {
        match &self.like {
            Some(like) => Ok(index.similar(&self.scope, like, 50)?.len() as u64),
            None => Ok(index.search(&self.scope, &self.wish)?.total),
        }
    }

    /// The same with SQLite, as far as it can: false where it cannot.
    fn fts(&self, sqlite: &Connection) -> Any<bool> {
        let words: Vec<String> = match &self.like {
            // It cannot say which words are rare; some are taken as they come.
            Some(like) => query::words(&like.title),
            None => query::words(&self.wish.text),
        };
        let star = if self.wish.typing { "*" } else { "" };
        let between = if self.like.is_some() { " OR " } else { " " };
        let sought: Vec<String> = words.iter().map(|word| format!("\"{word}\"{star}")).collect();
        let value = |name: &str| {
            let filter = self.wish.filters.iter().find(|filter| filter.name == name);
            filter.and_then(|filter| filter.any[0].parse::<i64>().ok())
        };
        let requester = (!self.scope.open_to_staff).then(|| self.scope.person.0.as_u128() as i64);
        let condition = "FROM words JOIN incident ON incident.n = words.rowid
            WHERE words MATCH $1 AND (open OR $2 IS NOT NULL)
            AND ($2 IS NULL OR requester = $2) AND ($3 IS NULL OR state = $3)
            AND ($4 IS NULL OR team = $4)";
        let values = params![sought.join(between), requester, value("state"), value("team")];
        let best = format!("SELECT n {condition} ORDER BY bm25(words, 3.0, 1.0, 0.7) LIMIT 20");
        let mut best = sqlite.prepare_cached(&best)?;
        let found = best.query_map(values, |row| row.get::<_, i64>(0))?.count();
        if self.like.is_none() {
            let all = format!("SELECT count(*) {condition}");
            sqlite.prepare_cached(&all)?.query_row(values, |row| row.get::<_, i64>(0))?;
        }
        // It forgives no mistakes: what is mistyped finds nothing, fast.
        Ok(found > 0)
    }
}
