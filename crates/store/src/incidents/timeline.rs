//! Timelines and their words as they are stored. Who may read which entry is the
//! caller's question: each says whether it is public.

use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql};
use incident::event::Derived;
use incident::{Body, Cause, Event};
use kernel::{Actor, ContentId, InOrder, IncidentNumber};
use std::collections::HashMap;

/// Ids asked for in one statement; databases bound the number of parameters.
const IDS_PER_STATEMENT: usize = 256;

/// An event with its place in the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Its position in the feed.
    pub seq: i64,
    /// Whose timeline it belongs to.
    pub number: IncidentNumber,
    /// What happened.
    pub event: Event,
    /// Whether requester and watchers may see this entry.
    pub public: bool,
}

/// Words of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContent {
    /// Their id, as events name it.
    pub id: ContentId,
    /// Whether requester and watchers may read them.
    pub public: bool,
    /// The words; `None` when they were erased.
    pub body: Option<String>,
}

/// The events of an incident after its `after_n`-th, in order, at most `limit`.
pub fn timeline(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    after_n: u32,
    limit: usize,
) -> Result<Vec<StoredEvent>, Failure> {
    let statement =
        format!("select {EVENT} from events where number = $1 and n > $2 order by n limit $3");
    many(sql, &statement, &[number.into(), after_n.into(), (limit as i64).into()], read)
}

/// What somebody said in an incident, the latest first, at most `limit`; `actor` is their id.
pub fn said_by(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    actor: &str,
    limit: i64,
) -> Result<Vec<StoredEvent>, Failure> {
    let statement = format!(
        "select {EVENT} from events where number = $1 and kind = 'commented' and actor_id = $2 \
         order by n desc limit $3"
    );
    many(sql, &statement, &[number.into(), actor.into(), limit.into()], read)
}

/// The `n`-th event of an incident.
pub fn event(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    n: u32,
) -> Result<Option<StoredEvent>, Failure> {
    one(
        sql,
        &format!("select {EVENT} from events where number = $1 and n = $2"),
        &[number.into(), n.into()],
        read,
    )
}

/// The events of several incidents as one timeline, in the order in which they
/// happened: an incident and those merged into it.
pub fn timeline_union(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<Vec<StoredEvent>, Failure> {
    let mut found = Vec::new();
    for numbers in numbers.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, numbers);
        found.extend(many(
            sql,
            &format!("select {EVENT} from events where number in ({list})"),
            &values,
            read,
        )?);
    }
    found.order_by_key(|stored| (stored.event.happened_at, stored.seq));
    Ok(found)
}

/// The first events of several incidents, up to the `up_to`-th of each, in order.
pub fn timelines(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
    up_to: u32,
) -> Result<Vec<StoredEvent>, Failure> {
    let mut found = Vec::new();
    for numbers in numbers.chunks(IDS_PER_STATEMENT) {
        let (list, mut values) = slots(2, numbers);
        values.insert(0, up_to.into());
        let statement = format!(
            "select {EVENT} from events where number in ({list}) and n <= $1 order by number, n"
        );
        found.extend(many(sql, &statement, &values, read)?);
    }
    Ok(found)
}

/// The events that changed classification, team or priority of these incidents, in order.
pub fn classifications(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<Vec<StoredEvent>, Failure> {
    let mut found = Vec::new();
    for numbers in numbers.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, numbers);
        let statement = format!(
            "select {EVENT} from events where number in ({list}) \
            and kind in ('classified', 'assigned', 'priority_changed') order by number, n"
        );
        found.extend(many(sql, &statement, &values, read)?);
    }
    Ok(found)
}

/// How an incident began, and the first change of its priority, if there was one.
pub fn beginning(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Vec<StoredEvent>, Failure> {
    let statement = format!(
        "select {EVENT} from events where number = $1 and (n = 1 or kind = 'priority_changed') \
         order by n limit 2"
    );
    many(sql, &statement, &[number.into()], read)
}

/// All words of an incident.
pub fn contents(
    sql: &mut dyn Sql,
    number: IncidentNumber,
) -> Result<HashMap<ContentId, StoredContent>, Failure> {
    let found = many(
        sql,
        &format!("select {CONTENT} from contents where number = $1"),
        &[number.into()],
        read_content,
    )?;
    Ok(found.into_iter().map(|content| (content.id, content)).collect())
}

/// The words with these ids; unknown ids are left out.
pub fn contents_by_id(
    sql: &mut dyn Sql,
    ids: &[ContentId],
) -> Result<HashMap<ContentId, StoredContent>, Failure> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, ids);
        let contents = many(
            sql,
            &format!("select {CONTENT} from contents where id in ({list})"),
            &values,
            read_content,
        )?;
        found.extend(contents.into_iter().map(|content| (content.id, content)));
    }
    Ok(found)
}

pub(super) const EVENT: &str = "seq, number, n, kind, version, at, happened_at, actor_kind, actor_id, actor_name, channel, cause, batch, data, public";

const CONTENT: &str = "id, public, body, erased_at";

pub(super) fn read(row: &mut Columns) -> Result<StoredEvent, Failure> {
    let (seq, number) = (row.int()?, IncidentNumber(row.int()?));
    let damaged = |what: &str| Failure::damaged(format!("the {what} of entry {seq}"));
    let n = u32::try_from(row.int()?).map_err(|_| damaged("place"))?;
    let kind = row.text()?;
    let version = u32::try_from(row.int()?).map_err(|_| damaged("version"))?;
    let (at, happened_at) = (row.at()?, row.at()?);
    let actor = Actor { kind: row.parsed()?, id: row.text()?, name: row.text()? };
    let channel = row.parsed()?;
    let cause = row.text()?;
    let batch = row.opt_parsed()?;
    let body = Body::decode(&kind, version, &row.text()?);
    let cause = match (serde_json::from_str(&cause), &body) {
        (Ok(cause), _) => cause,
        (Err(_), Body::Unknown { .. }) => unknown_cause(),
        (Err(_), _) => return Err(damaged("cause")),
    };
    let event = Event { n, at, happened_at, actor, channel, cause, batch, body };
    Ok(StoredEvent { seq, number, event, public: row.flag()? })
}

/// An event of a newer version may have a cause of a newer version.
fn unknown_cause() -> Cause {
    Cause::Derived(Derived { by: "unknown".to_owned(), name: String::new(), version: 0 })
}

fn read_content(row: &mut Columns) -> Result<StoredContent, Failure> {
    let (id, public, body) = (row.parsed()?, row.flag()?, row.text()?);
    let erased = row.opt_int()?.is_some();
    Ok(StoredContent { id, public, body: (!erased).then_some(body) })
}
