//! Does what is stored still hold together? Chain, replay, words, references.

use super::brought::brought_by;
use super::chain::{Sealable, content_digest, seal};
use super::majors::Beside;
use super::problems::Ties;
use super::tables::INCIDENT_COLUMNS;
use crate::Failure;
use crate::sql::{Columns, Row, Sql, Value};
use incident::{Body, Cause, Event, State, apply};
use kernel::{Actor, ContentId, IncidentNumber, PersonId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The incident, if it is about one.
    pub number: Option<IncidentNumber>,
    /// The position in the log, if it is about one entry.
    pub seq: Option<i64>,
    /// What does not hold.
    pub what: String,
}

/// Rows read at a time, so that memory does not grow with the log.
const PAGE_ROWS: i64 = 2_000;

/// Checks everything; calls `progress` with the position reached and the last one.
pub fn verify(
    sql: &mut dyn Sql,
    progress: &mut dyn FnMut(i64, i64),
) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    verify_chain(sql, progress, &mut findings)?;
    verify_states(sql, &mut findings)?;
    verify_contents(sql, &mut findings)?;
    verify_references(sql, &mut findings)?;
    Ok(findings)
}

fn finding(number: Option<i64>, seq: Option<i64>, what: impl Into<String>) -> Finding {
    Finding { number: number.map(IncidentNumber), seq, what: what.into() }
}

fn verify_chain(
    sql: &mut dyn Sql,
    progress: &mut dyn FnMut(i64, i64),
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let head = sql.query("select position, hash from log_head where id = 1", &[])?.pop();
    let Some(head) = head else {
        findings.push(finding(None, None, "the head of the log is missing"));
        return Ok(());
    };
    let mut head = Columns::of(head);
    let (position, head_hash) = (head.int()?, head.bytes()?);
    let (mut seq, mut hash) = (0_i64, Vec::new());
    loop {
        let digests = digests_after(sql, seq)?;
        let rows = sql.query(
            "select seq, number, n, kind, version, at, happened_at, actor_kind, actor_id, actor_name, channel, cause, \
             coalesce(batch, ''), data, public, hash from events where seq > $1 order by seq limit $2",
            &[seq.into(), Value::Int(PAGE_ROWS)],
        )?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let stored = check_seal(row, seq, &hash, &digests, findings)?;
            (seq, hash) = stored;
        }
        progress(seq, position);
    }
    if seq != position || hash != head_hash {
        findings.push(finding(None, Some(seq), format!("the log ends at {seq}, its head says {position}: entries at the end are missing or changed")));
    }
    Ok(())
}

type Digests = HashMap<i64, Vec<Vec<u8>>>;

fn digests_after(sql: &mut dyn Sql, seq: i64) -> Result<Digests, Failure> {
    let rows = sql.query(
        "select seq, digest from contents where seq > $1 and seq <= (select coalesce(max(seq), $1) from (select seq from events where seq > $1 order by seq limit $2) page) order by seq, id",
        &[seq.into(), Value::Int(PAGE_ROWS)],
    )?;
    let mut found = Digests::new();
    for row in rows {
        let mut columns = Columns::of(row);
        found.entry(columns.int()?).or_default().push(columns.bytes()?);
    }
    Ok(found)
}

fn check_seal(
    row: Row,
    before: i64,
    previous: &[u8],
    digests: &Digests,
    findings: &mut Vec<Finding>,
) -> Result<(i64, Vec<u8>), Failure> {
    let mut c = Columns::of(row);
    let (seq, number, n) = (c.int()?, c.int()?, c.int()?);
    let kind = c.text()?;
    let (version, at, happened_at) = (c.int()?, c.int()?, c.int()?);
    let texts = [c.text()?, c.text()?, c.text()?, c.text()?, c.text()?, c.text()?, c.text()?];
    let [actor_kind, actor_id, actor_name, channel, cause, batch, data] = &texts;
    let public = c.flag()?;
    let hash = c.bytes()?;
    if seq != before + 1 {
        findings.push(finding(
            Some(number),
            Some(seq),
            format!("entries between {before} and {seq} are missing"),
        ));
    }
    let sealable = Sealable {
        seq,
        number: IncidentNumber(number),
        n: u32::try_from(n).unwrap_or(0),
        kind: &kind,
        version: u32::try_from(version).unwrap_or(0),
        at,
        happened_at,
        actor_kind,
        actor_id,
        actor_name,
        channel,
        cause,
        batch,
        data,
        public,
    };
    let none = Vec::new();
    let mine: Vec<&[u8]> = digests.get(&seq).unwrap_or(&none).iter().map(Vec::as_slice).collect();
    if seal(previous, &sealable, &mine) != hash {
        findings.push(finding(
            Some(number),
            Some(seq),
            "the seal does not fit: the entry, its words or the one before was changed",
        ));
    }
    Ok((seq, hash))
}

/// Incidents read at a time.
const PAGE_INCIDENTS: i64 = 200;

fn verify_states(sql: &mut dyn Sql, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let columns: Vec<&str> = INCIDENT_COLUMNS.iter().map(|(name, _)| *name).collect();
    let statement = format!(
        "select {} from incidents where number > $1 order by number limit $2",
        columns.join(", ")
    );
    let mut last = 0_i64;
    loop {
        let rows = sql.query(&statement, &[last.into(), PAGE_INCIDENTS.into()])?;
        let Some(up_to) = rows.last() else { return Ok(()) };
        let up_to = Columns::of(up_to.clone()).int()?;
        let sets = Sets::read(sql, last, up_to)?;
        let beside = Beside::read(sql, last, up_to)?;
        let ties = Ties::read(sql, last, up_to)?;
        for row in rows {
            verify_state(sql, row, (&sets, &beside, &ties), findings)?;
        }
        last = up_to;
    }
}

fn verify_state(
    sql: &mut dyn Sql,
    mut row: Row,
    (sets, beside, ties): (&Sets, &Beside, &Ties),
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let stored: Result<State, _> = Columns::of(row.split_off(row.len() - 1)).json();
    let mut columns = Columns::of(row.clone());
    let (number, _version, title) = (columns.int()?, columns.int()?, columns.text()?);
    let events = events_of(sql, number)?;
    verify_words(sql, number, &events, findings)?;
    match (events.iter().fold(None, apply), stored) {
        (_, Err(error)) => findings.push(finding(Some(number), None, error.to_string())),
        (None, Ok(_)) => {
            findings.push(finding(Some(number), None, "it has a state and no timeline"))
        }
        (Some(replayed), Ok(stored)) => {
            if replayed != stored {
                let words = "its state is not what its timeline says";
                findings.push(finding(Some(number), None, words));
            }
            let columns = columns_differ(number, &row, &stored, &title);
            let mut others = beside.differ(number, &stored, &events)?;
            others.extend(ties.differ(number, &events));
            for column in sets.differ(number, &stored).chain(columns).chain(others) {
                let words = format!("what lists say of its {column} is not what its state says");
                findings.push(finding(Some(number), None, words));
            }
            verify_title(sql, number, &stored, &title, findings)?;
        }
    }
    Ok(())
}

/// The columns that say something else than the state. When the next timer rings is
/// the policy's to say, too.
fn columns_differ(
    number: i64,
    row: &Row,
    state: &State,
    title: &str,
) -> impl Iterator<Item = &'static str> {
    let wanted = super::write::incident_row(IncidentNumber(number), state, title, None);
    let pairs = INCIDENT_COLUMNS.iter().zip(row.iter().zip(wanted));
    pairs
        .filter(|((name, _), (found, wanted))| *name != "wake_at" && *found != wanted)
        .map(|((name, _), _)| *name)
}

/// What the tables beside the incidents say of some of them.
#[derive(Default)]
struct Sets {
    tags: HashMap<i64, BTreeSet<String>>,
    watchers: HashMap<i64, BTreeSet<PersonId>>,
    fields: HashMap<i64, BTreeMap<String, String>>,
}

impl Sets {
    /// Of the incidents after `last`, up to `up_to`.
    fn read(sql: &mut dyn Sql, last: i64, up_to: i64) -> Result<Self, Failure> {
        let mut sets = Sets::default();
        let mut rows = |what: &str, table: &str| {
            let statement =
                format!("select number, {what} from {table} where number > $1 and number <= $2");
            sql.query(&statement, &[last.into(), up_to.into()])
        };
        for row in rows("tag", "incident_tags")? {
            let mut row = Columns::of(row);
            sets.tags.entry(row.int()?).or_default().insert(row.text()?);
        }
        for row in rows("person_id", "incident_watchers")? {
            let mut row = Columns::of(row);
            sets.watchers.entry(row.int()?).or_default().insert(row.parsed()?);
        }
        for row in rows("name, value", "incident_fields")? {
            let mut row = Columns::of(row);
            sets.fields.entry(row.int()?).or_default().insert(row.text()?, row.text()?);
        }
        Ok(sets)
    }

    /// Those that say something else than the state.
    fn differ(&self, number: i64, state: &State) -> impl Iterator<Item = &'static str> {
        let same = [
            ("tags", self.tags.get(&number).unwrap_or(&BTreeSet::new()) == &state.tags),
            ("watchers", self.watchers.get(&number).unwrap_or(&BTreeSet::new()) == &state.watchers),
            ("fields", self.fields.get(&number).unwrap_or(&BTreeMap::new()) == &state.fields),
        ];
        same.into_iter().filter(|(_, same)| !same).map(|(what, _)| what)
    }
}

fn verify_title(
    sql: &mut dyn Sql,
    number: i64,
    state: &State,
    title: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let rows =
        sql.query("select body, erased_at from contents where id = $1", &[state.title.into()])?;
    let Some(row) = rows.into_iter().next() else {
        findings.push(finding(Some(number), None, "the words of its title are missing"));
        return Ok(());
    };
    let mut columns = Columns::of(row);
    let (body, erased) = (columns.text()?, columns.opt_int()?.is_some());
    let expected = if erased { super::write::ERASED_TITLE } else { &body };
    if expected != title {
        findings.push(finding(Some(number), None, "its title is not what its timeline says"));
    }
    Ok(())
}

/// Words that its timeline names are its own: those of another would be erased with the other's.
fn verify_words(
    sql: &mut dyn Sql,
    number: i64,
    events: &[Event],
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let rows = sql.query("select id from contents where number = $1", &[number.into()])?;
    let own: Result<HashSet<ContentId>, Failure> =
        rows.into_iter().map(|row| Columns::of(row).parsed()).collect();
    let own = own?;
    for (id, n) in brought_by(events).into_iter().filter(|(id, _)| !own.contains(id)) {
        let words = format!("entry {n} names words {id}, which are not its own");
        findings.push(finding(Some(number), None, words));
    }
    Ok(())
}

/// What its timeline tells.
fn events_of(sql: &mut dyn Sql, number: i64) -> Result<Vec<Event>, Failure> {
    let rows = sql.query(
        "select n, kind, version, at, happened_at, actor_kind, actor_id, actor_name, channel, cause, data from events where number = $1 order by n",
        &[number.into()],
    )?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let mut c = Columns::of(row);
        let n = u32::try_from(c.int()?).unwrap_or(0);
        let kind = c.text()?;
        let version = u32::try_from(c.int()?).unwrap_or(0);
        let (at, happened_at) = (c.at()?, c.at()?);
        let actor = Actor { kind: c.parsed()?, id: c.text()?, name: c.text()? };
        let channel = c.parsed()?;
        let cause: Cause = c.json()?;
        let body = Body::decode(&kind, version, &c.text()?);
        events.push(Event { n, at, happened_at, actor, channel, cause, batch: None, body });
    }
    Ok(events)
}

fn verify_contents(sql: &mut dyn Sql, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let mut last = String::new();
    loop {
        let rows = sql.query(
            "select id, number, seq, salt, digest, body, erased_at from contents where id > $1 order by id limit $2",
            &[(&last).into(), Value::Int(PAGE_ROWS)],
        )?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let mut c = Columns::of(row);
            last = c.text()?;
            let (number, seq) = (c.int()?, c.int()?);
            let (salt, digest, body, erased) =
                (c.bytes()?, c.bytes()?, c.text()?, c.opt_int()?.is_some());
            if erased {
                if !body.is_empty() || !salt.is_empty() {
                    findings.push(finding(Some(number), Some(seq), "erased words are still there"));
                }
            } else if content_digest(&salt, &body) != digest {
                findings.push(finding(
                    Some(number),
                    Some(seq),
                    "the words of an entry were changed",
                ));
            }
        }
    }
}

/// References without a declared foreign key, with what each one means.
const REFERENCES: &[(&str, &str)] = &[
    (
        "select e.number from events e left join incidents i on i.number = e.number where i.number is null",
        "events of an incident that does not exist",
    ),
    (
        "select c.number from contents c left join events e on e.seq = c.seq where e.seq is null",
        "words that no entry brought",
    ),
    (
        "select i.number from incidents i left join people p on p.id = i.requester_id where p.id is null",
        "its requester does not exist",
    ),
    (
        "select i.number from incidents i left join people p on p.id = i.assignee_id where i.assignee_id is not null and p.id is null",
        "its assignee does not exist",
    ),
    (
        "select i.number from incidents i left join teams t on t.id = i.team_id where i.team_id is not null and t.id is null",
        "its team does not exist",
    ),
    (
        "select i.number from incidents i left join services s on s.id = i.service_id where i.service_id is not null and s.id is null",
        "its service does not exist",
    ),
    (
        "select i.number from incidents i left join incidents j on j.number = i.merged_into where i.merged_into is not null and j.number is null",
        "it is merged into an incident that does not exist",
    ),
    (
        "select i.number from incidents i left join incidents j on j.number = i.parent where i.parent is not null and j.number is null",
        "its parent does not exist",
    ),
    (
        "select a.number from attachments a left join contents c on c.id = a.name_content where c.id is null",
        "a file without a name",
    ),
];

fn verify_references(sql: &mut dyn Sql, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    for (query, what) in REFERENCES {
        for row in sql.query(&format!("{query} limit 100"), &[])? {
            findings.push(finding(Some(Columns::of(row).int()?), None, *what));
        }
    }
    if sql.engine() == crate::Engine::Sqlite {
        for row in sql.query("select \"table\", rowid from pragma_foreign_key_check", &[])? {
            let mut columns = Columns::of(row);
            findings.push(finding(
                None,
                None,
                format!("a row of {} refers to something that does not exist", columns.text()?),
            ));
        }
    }
    Ok(())
}
