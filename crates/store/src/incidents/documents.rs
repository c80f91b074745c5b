//! What the index that finds is told of incidents: their words, what they are found by, and who
//! may see them. Read after a commit, never within one.

use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use incident::Lifecycle;
use kernel::{
    CategoryId, Channel, IncidentNumber, OrganisationId, PersonId, Priority, ServiceId, TeamId,
    Timestamp,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Incidents whose words are read in one statement: bounds what is held at once.
const NUMBERS_PER_STATEMENT: usize = 128;
/// Characters of one comment, description or note: what follows are logs, which tell little.
const WORDS_CHARS: i64 = 16_384;
/// Characters of one attached file.
const FILE_CHARS: i64 = 65_536;
/// Bytes of all words of one incident: a thousand long comments.
const INCIDENT_BYTES: usize = 524_288;
/// Labels of alerts of one incident: a storm repeats the same few.
const LABELS_MAX: usize = 100;
/// Alerts of one incident whose labels are read, the newest: it may have a hundred thousand, and
/// each change of it reads them again.
const ALERTS_MAX: usize = 200;
/// Incidents whose alerts are read in one statement.
const ALERTED_PER_STATEMENT: usize = 16;

/// An incident as the index is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its number.
    pub number: IncidentNumber,
    /// Its title.
    pub title: String,
    /// What it is found by, and who may see it.
    pub state: Standing,
    /// Everything else that was said, in the order it came.
    pub words: Vec<Words>,
    /// Labels of its alerts, as `name=value`; for those who see all of it.
    pub labels: BTreeSet<String>,
}

/// What of a state the index is told: the rest of one, such as its clocks, is not even read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Standing {
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// Priority in force.
    pub priority: Priority,
    /// The door it came through.
    pub channel: Channel,
    /// Whether it is a major incident.
    #[serde(default)]
    pub major: bool,
    /// Service.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Category.
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// Team.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// Assignee.
    #[serde(default)]
    pub assignee: Option<PersonId>,
    /// Requester.
    pub requester: PersonId,
    /// The requester's company.
    #[serde(default)]
    pub organisation: Option<OrganisationId>,
    /// Who follows it.
    #[serde(default)]
    pub watchers: BTreeSet<PersonId>,
    /// The only team that may see it.
    #[serde(default)]
    pub confidential_to: Option<TeamId>,
    /// When something last happened.
    pub updated_at: Timestamp,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What.
    pub text: String,
    /// Whether requester and watchers may read it.
    pub public: bool,
    /// Whether it stands in an attached file.
    pub in_file: bool,
}

/// What happened after a position of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// The position up to which this tells.
    pub until: i64,
    /// Incidents to which something happened.
    pub numbers: BTreeSet<IncidentNumber>,
    /// Those of them that got files.
    pub attached: BTreeSet<IncidentNumber>,
    /// Whether words were erased.
    pub erased: bool,
    /// How many entries it were.
    pub entries: usize,
}

/// What happened after a position, in `limit` entries at most. Positions are given out in the
/// order of commit, so nothing before `until` comes later.
pub fn changed_after(sql: &mut dyn Sql, after: i64, limit: usize) -> Result<Changed, Failure> {
    let statement = "select seq, number, kind from events where seq > $1 order by seq limit $2";
    let values = [after.into(), (limit as i64).into()];
    let entries = many(sql, statement, &values, |row| {
        Ok((row.int()?, IncidentNumber(row.int()?), row.text()?))
    })?;
    let mut changed = Changed { until: after, entries: entries.len(), ..Changed::default() };
    for (seq, number, kind) in entries {
        changed.until = seq;
        changed.erased |= kind == "redacted";
        if kind == "attached" {
            changed.attached.insert(number);
        }
        changed.numbers.insert(number);
    }
    Ok(changed)
}

/// The seal of the entry at a position: with it, a log is known again.
pub fn seal_at(sql: &mut dyn Sql, position: i64) -> Result<Option<Vec<u8>>, Failure> {
    one(sql, "select hash from events where seq = $1", &[position.into()], Columns::bytes)
}

/// How many incidents there are before a number.
pub fn count_before(sql: &mut dyn Sql, before: IncidentNumber) -> Result<i64, Failure> {
    let statement = "select count(*) from incidents where number < $1";
    Ok(one(sql, statement, &[before.into()], Columns::int)?.unwrap_or_default())
}

/// The incidents before a number, the newest first; `limit` at most.
pub fn numbers_before(
    sql: &mut dyn Sql,
    before: IncidentNumber,
    limit: usize,
) -> Result<Vec<IncidentNumber>, Failure> {
    let statement = "select number from incidents where number < $1 order by number desc limit $2";
    let values = [before.into(), (limit as i64).into()];
    many(sql, statement, &values, |row| row.int().map(IncidentNumber))
}

/// What the index is told of these incidents; those that there are not are left out.
pub fn documents(sql: &mut dyn Sql, numbers: &[IncidentNumber]) -> Result<Vec<Document>, Failure> {
    let mut found = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(NUMBERS_PER_STATEMENT) {
        let mut words = words_of(sql, numbers)?;
        let mut labels = labels_of(sql, numbers)?;
        let (list, values) = slots(1, numbers);
        let statement =
            format!("select number, title, body from incidents where number in ({list})");
        found.extend(
            many(sql, &statement, &values, |row| {
                Ok((IncidentNumber(row.int()?), row.text()?, row.json::<Standing>()?))
            })?
            .into_iter()
            .map(|(number, title, state)| {
                let mut words = words.remove(&number).unwrap_or_default();
                words.retain(|words| words.text != title);
                let labels = labels.remove(&number).unwrap_or_default();
                Document { number, title, state, words, labels }
            }),
        );
    }
    Ok(found)
}

/// What was said in incidents that a reader of its public side, or of all of it, may read; the
/// first of each, up to [`INCIDENT_BYTES`].
fn words_of(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, Vec<Words>>, Failure> {
    let (list, mut values) = slots(1, numbers);
    let slot = values.len() + 1;
    values.push(WORDS_CHARS.into());
    let said = format!(
        "select number, substr(body, 1, ${slot}), public from contents \
         where number in ({list}) and erased_at is null order by number, seq"
    );
    let mut all = many(sql, &said, &values, |row| words(row, false))?;
    values.pop();
    values.push(FILE_CHARS.into());
    let files = format!(
        "select a.number, substr(t.body, 1, ${slot}), a.public from attachments a \
         join file_texts t on t.attachment_id = a.id \
         where a.number in ({list}) and t.body is not null order by a.number, a.created_at"
    );
    all.extend(many(sql, &files, &values, |row| words(row, true))?);
    let mut found: HashMap<IncidentNumber, (usize, Vec<Words>)> = HashMap::new();
    for (number, words) in all {
        let (bytes, of_one) = found.entry(number).or_default();
        *bytes += words.text.len();
        if *bytes <= INCIDENT_BYTES {
            of_one.push(words);
        }
    }
    Ok(found.into_iter().map(|(number, (_, words))| (number, words)).collect())
}

/// What was said in these incidents, as [`Document::words`].
pub fn said(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, Vec<Words>>, Failure> {
    let mut found = HashMap::new();
    for numbers in numbers.chunks(NUMBERS_PER_STATEMENT) {
        found.extend(words_of(sql, numbers)?);
    }
    Ok(found)
}

fn words(row: &mut Columns, in_file: bool) -> Result<(IncidentNumber, Words), Failure> {
    let number = IncidentNumber(row.int()?);
    Ok((number, Words { text: row.text()?, public: row.flag()?, in_file }))
}

fn labels_of(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, BTreeSet<String>>, Failure> {
    let (list, values) = slots(1, numbers);
    let statement = format!("select number from alert_groups where number in ({list})");
    let alerted = many(sql, &statement, &values, |row| row.int().map(IncidentNumber))?;
    let mut found: HashMap<IncidentNumber, BTreeSet<String>> = HashMap::new();
    for part in alerted.chunks(ALERTED_PER_STATEMENT) {
        let newest = |at: usize| {
            format!(
                "select * from (select a.number, d.labels from alerts a \
                 join alert_details d on d.alert_id = a.id where a.number = ${at} \
                 order by a.id desc limit {ALERTS_MAX}) newest_{at}"
            )
        };
        let statement: Vec<String> = (1..=part.len()).map(newest).collect();
        let values: Vec<Value> = part.iter().map(|number| (*number).into()).collect();
        let all: Vec<(IncidentNumber, BTreeMap<String, String>)> =
            many(sql, &statement.join(" union all "), &values, |row| {
                Ok((IncidentNumber(row.int()?), row.json()?))
            })?;
        for (number, labels) in all {
            let of_one = found.entry(number).or_default();
            let room = LABELS_MAX.saturating_sub(of_one.len());
            of_one.extend(
                labels.into_iter().take(room).map(|(name, value)| format!("{name}={value}")),
            );
        }
    }
    Ok(found)
}

/// The labels of the alerts of these incidents, as [`Document::labels`].
pub fn labels(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, BTreeSet<String>>, Failure> {
    let mut found = HashMap::new();
    for numbers in numbers.chunks(NUMBERS_PER_STATEMENT) {
        found.extend(labels_of(sql, numbers)?);
    }
    Ok(found)
}
