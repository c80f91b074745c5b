//! Recording decisions: one transaction stores events, state, words, files'
//! references and outbox rows of all commands that waited, and moves the head
//! of the log.

use super::brought::{brought_by, content_is_public, is_public};
use super::chain::{Sealable, content_digest, seal};
use super::loose;
use super::majors;
use super::problems;
use super::tables::{ATTACHMENTS, CONTENTS, EVENTS, OUTBOX, Written};
use crate::deliveries::urgent;
use crate::files::FileHash;
use crate::pages::plan::{self, NewPage};
use crate::sql::{Columns, Row, Sql, Value};
use crate::{Failure, engine};
use incident::clocks::{Clock, ClockStatus};
use incident::{Body, Effect, Event, State, Visibility};
use kernel::{AttachmentId, ContentId, InOrder, IncidentNumber, Timestamp};
use query::Breach;
use std::collections::{BTreeMap, BTreeSet};

/// The head of the log. Whoever holds it is the only writer of incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Seq of the last event.
    pub position: i64,
    /// Its seal.
    pub hash: Vec<u8>,
    /// Number of the next incident.
    pub next_incident: i64,
    /// Changes with every change of configuration or people.
    pub config_version: i64,
}

/// Words to be kept.
#[derive(Debug, Clone)]
pub struct NewContent {
    /// Their id, as events name it.
    pub id: ContentId,
    /// Random, so that the digest gives nothing away.
    pub salt: [u8; 16],
    /// The words.
    pub body: String,
}

/// A file whose bytes are stored already.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its id.
    pub id: AttachmentId,
    /// Its name in the file store.
    pub hash: FileHash,
}

/// What one decision did to one incident.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Which.
    pub number: IncidentNumber,
    /// The state before, if it existed.
    pub before: Option<State>,
    /// The state after.
    pub after: State,
    /// The events, in order; `n` follows the version before.
    pub events: Vec<Event>,
    /// Words the events brought.
    pub contents: Vec<NewContent>,
    /// Files the events brought.
    pub files: Vec<NewFile>,
    /// What is to be told to whom.
    pub effects: Vec<Effect>,
    /// Who is paged, by which ways.
    pub pages: Vec<NewPage>,
    /// When the next timer rings.
    pub wake_at: Option<Timestamp>,
}

/// Locks the head of the log for the rest of the transaction.
pub fn lock_head(sql: &mut dyn Sql) -> Result<Head, Failure> {
    let lock = match sql.engine() {
        // The transaction is the lock: it began as a writer.
        crate::Engine::Sqlite => "",
        crate::Engine::Postgres => " for update",
    };
    let text = format!(
        "select position, hash, next_incident, config_version from log_head where id = 1{lock}"
    );
    let row = sql
        .query(&text, &[])?
        .pop()
        .ok_or_else(|| Failure::damaged("the head of the log is missing"))?;
    let mut columns = Columns::of(row);
    Ok(Head {
        position: columns.int()?,
        hash: columns.bytes()?,
        next_incident: columns.int()?,
        config_version: columns.int()?,
    })
}

/// Stores what was decided and moves the head, which the transaction must hold.
/// The seq of the last event of each recorded part is given back.
pub fn record(sql: &mut dyn Sql, head: &mut Head, parts: &[Recorded]) -> Result<Vec<i64>, Failure> {
    let mut rows = Rows::default();
    let mut last = Vec::with_capacity(parts.len());
    for part in parts {
        rows.add(head, part)?;
        last.push(head.position);
    }
    rows.store(sql)?;
    majors::store(sql, parts)?;
    problems::store(sql, parts)?;
    urgent::follow(sql, parts)?;
    for part in parts {
        store_sets(sql, part)?;
        erase(sql, part)?;
    }
    settle_titles(sql, parts)?;
    plan::follow(sql, parts)?;
    sql.execute(
        "update log_head set position = $1, hash = $2, next_incident = $3 where id = 1",
        &[head.position.into(), head.hash.clone().into(), head.next_incident.into()],
    )?;
    Ok(last)
}

/// Removes words that still wait though they were to be told before this instant: stale
/// words help nobody. The oldest first, `limit` at most; how many.
pub fn expire_outbox(sql: &mut dyn Sql, before: Timestamp, limit: i64) -> Result<u64, Failure> {
    let stale = "select id from outbox where state = 'waiting' and not_before < $1 \
        order by not_before limit $2";
    let statement = format!("delete from outbox where id in ({stale})");
    sql.execute(&statement, &[before.into(), limit.into()])
}

/// Sets when an incident's next timer rings, without an entry in its timeline.
pub fn rearm(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    wake_at: Option<Timestamp>,
) -> Result<(), Failure> {
    let statement = "update incidents set wake_at = $2 where number = $1";
    sql.execute(statement, &[number.into(), wake_at.into()]).map(drop)
}

#[derive(Default)]
struct Rows {
    incidents: BTreeMap<IncidentNumber, (Written, Row)>,
    events: Vec<Row>,
    contents: Vec<Row>,
    attachments: Vec<Row>,
    attached: Vec<FileHash>,
    outbox: Vec<Row>,
}

impl Rows {
    fn add(&mut self, head: &mut Head, part: &Recorded) -> Result<(), Failure> {
        let brought = brought_by(&part.events);
        let mut contents: Vec<&NewContent> = part.contents.iter().collect();
        contents.order_by_key(|content| content.id.to_string());
        for event in &part.events {
            head.position += 1;
            let public = is_public(event);
            let mine: Vec<_> = contents
                .iter()
                .filter(|content| brought.get(&content.id) == Some(&event.n))
                .collect();
            let digests: Vec<Vec<u8>> =
                mine.iter().map(|content| content_digest(&content.salt, &content.body)).collect();
            for (content, digest) in mine.iter().zip(&digests) {
                self.contents.push(vec![
                    content.id.into(),
                    part.number.into(),
                    head.position.into(),
                    content_is_public(event, content.id).into(),
                    content.salt.to_vec().into(),
                    digest.clone().into(),
                    content.body.clone().into(),
                ]);
            }
            self.add_event(head, part.number, event, public, &digests)?;
            self.add_file(part, event)?;
        }
        let row_in = |state: &State| {
            incident_row(part.number, state, title_brought(part, state), part.wake_at)
        };
        let mut row = row_in(&part.after);
        let written = match &part.before {
            Some(before) => Written::between(&row_in(before), &row),
            None => Written::New,
        };
        row.push(json(&part.after)?.into());
        // Two decisions on one incident in one transaction: the later state wins, an earlier title stays.
        self.incidents
            .entry(part.number)
            .and_modify(|(earlier, taken)| {
                let title = std::mem::replace(&mut taken[TITLE], Value::Null);
                *earlier = written.max(*earlier);
                taken.clone_from(&row);
                if taken[TITLE] == Value::Text(String::new()) {
                    taken[TITLE] = title;
                }
            })
            .or_insert((written, row));
        for effect in &part.effects {
            let at = part.events.last().map_or(part.after.updated_at, |event| event.at);
            self.outbox.push(vec![
                part.number.into(),
                effect.n.into(),
                effect.word.clone().into(),
                json(&effect.audience)?.into(),
                at.plus_seconds(effect.delay_seconds).into(),
                at.into(),
                json(&effect.terms)?.into(),
            ]);
        }
        Ok(())
    }

    fn add_event(
        &mut self,
        head: &mut Head,
        number: IncidentNumber,
        event: &Event,
        public: bool,
        digests: &[Vec<u8>],
    ) -> Result<(), Failure> {
        let cause = json(&event.cause)?;
        let data = event.body.data_json();
        let batch = event.batch.map(|batch| batch.to_string());
        let sealable = Sealable {
            seq: head.position,
            number,
            n: event.n,
            kind: event.body.kind(),
            version: event.body.version(),
            at: event.at.micros(),
            happened_at: event.happened_at.micros(),
            actor_kind: event.actor.kind.as_str(),
            actor_id: &event.actor.id,
            actor_name: &event.actor.name,
            channel: event.channel.as_str(),
            cause: &cause,
            batch: batch.as_deref().unwrap_or_default(),
            data: &data,
            public,
        };
        let digests: Vec<&[u8]> = digests.iter().map(Vec::as_slice).collect();
        head.hash = seal(&head.hash, &sealable, &digests);
        self.events.push(vec![
            head.position.into(),
            number.into(),
            event.n.into(),
            event.body.kind().into(),
            event.body.version().into(),
            event.at.into(),
            event.happened_at.into(),
            event.actor.kind.as_str().into(),
            (&event.actor.id).into(),
            (&event.actor.name).into(),
            event.channel.as_str().into(),
            cause.into(),
            batch.into(),
            data.into(),
            public.into(),
            head.hash.clone().into(),
        ]);
        Ok(())
    }

    fn add_file(&mut self, part: &Recorded, event: &Event) -> Result<(), Failure> {
        let Body::Attached(data) = &event.body else { return Ok(()) };
        let file = part.files.iter().find(|file| file.id == data.attachment);
        let file = file.ok_or_else(|| Failure::damaged("an attachment without its file"))?;
        self.attached.push(file.hash.clone());
        self.attachments.push(vec![
            file.id.into(),
            part.number.into(),
            data.name.into(),
            (&file.hash).into(),
            Value::Int(i64::try_from(data.size_bytes).unwrap_or(i64::MAX)),
            (&data.media_type).into(),
            (data.visibility == Visibility::Public).into(),
            event.at.into(),
        ]);
        Ok(())
    }

    fn store(self, sql: &mut dyn Sql) -> Result<(), Failure> {
        let mut by_written: BTreeMap<Written, Vec<Row>> = BTreeMap::new();
        for (written, row) in self.incidents.into_values() {
            by_written.entry(written).or_default().push(row);
        }
        for (written, rows) in by_written {
            sql.insert(&written.table(), rows)?;
        }
        sql.insert(&EVENTS, self.events)?;
        if !self.contents.is_empty() {
            let words = self.contents.iter().map(|row| (row[0].clone(), row[6].clone())).collect();
            sql.insert(&CONTENTS, self.contents)?;
            engine::words_insert(sql, words)?;
        }
        if !self.attachments.is_empty() {
            sql.insert(&ATTACHMENTS, self.attachments)?;
            for hash in self.attached {
                loose::attached(sql, &hash)?;
            }
        }
        if !self.outbox.is_empty() {
            sql.insert(&OUTBOX, self.outbox)?;
        }
        Ok(())
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::damaged(error.to_string()))
}

/// Where the title stands in an incident's row.
const TITLE: usize = 2;

/// The words of a title that were brought just now. An empty title means: as it was.
fn title_brought<'a>(part: &'a Recorded, state: &State) -> &'a str {
    let title = part.contents.iter().find(|content| content.id == state.title);
    title.map_or("", |content| &content.body)
}

/// The row of an incident in a state, but for its body.
pub(super) fn incident_row(
    number: IncidentNumber,
    state: &State,
    title: &str,
    wake_at: Option<Timestamp>,
) -> Row {
    let running = state
        .clocks
        .iter()
        .filter(|clock| clock.status == ClockStatus::Running && clock.breached_at.is_none());
    let due = running.filter_map(|clock| clock.due_at.map(|at| (at, Some(clock.kind))));
    let due = due.chain(state.pending_promises().map(|promise| (promise.at, None))).min();
    let late = |clock: &Clock| clock.status.is_live() && clock.breached_at.is_some();
    let breached = state.clocks.iter().any(late) || state.broken_promises().next().is_some();
    let breach = state.explained().map(|explained| Breach::from(explained).as_str());
    vec![
        number.into(),
        state.version.into(),
        title.into(),
        state.lifecycle.as_str().into(),
        state.hold.as_ref().map(|hold| hold.reason.as_str()).into(),
        state.hold.as_ref().map(|hold| hold.since).into(),
        state.hold.as_ref().and_then(|hold| hold.until).into(),
        state.priority.get().into(),
        state.impact.get().into(),
        state.urgency.get().into(),
        state.service.into(),
        state.category.into(),
        state.team.into(),
        state.assignee.into(),
        state.requester.into(),
        state.organisation.into(),
        state.channel.as_str().into(),
        state.major.into(),
        state.confidential_to.into(),
        state.merged_into.into(),
        state.parent.into(),
        state.reported_at.into(),
        state.updated_at.into(),
        state.moments.acknowledged.into(),
        state.moments.responded.into(),
        state.moments.resolved.into(),
        state.moments.closed.into(),
        due.map(|(at, _)| at).into(),
        due.and_then(|(_, kind)| kind).map(|kind| kind.as_str()).into(),
        breached.into(),
        breach.into(),
        state.reopenings.into(),
        state.unanswered_since.into(),
        wake_at.into(),
        state.affected.into(),
        state.proposal().is_some().into(),
    ]
}

/// Tags, watchers and fields have tables of their own, written only when they change.
fn store_sets(sql: &mut dyn Sql, part: &Recorded) -> Result<(), Failure> {
    let before = part.before.as_ref();
    let number = Value::from(part.number);
    let none = BTreeSet::new();
    let tags = before.map_or(&none, |state| &state.tags);
    for tag in part.after.tags.difference(tags) {
        sql.execute(
            "insert into incident_tags (number, tag) values ($1, $2) on conflict do nothing",
            &[number.clone(), tag.into()],
        )?;
    }
    for tag in tags.difference(&part.after.tags) {
        sql.execute(
            "delete from incident_tags where number = $1 and tag = $2",
            &[number.clone(), tag.into()],
        )?;
    }
    let nobody = BTreeSet::new();
    let watchers = before.map_or(&nobody, |state| &state.watchers);
    for person in part.after.watchers.difference(watchers) {
        let values = [number.clone(), (*person).into()];
        sql.execute("insert into incident_watchers (number, person_id) values ($1, $2) on conflict do nothing", &values)?;
    }
    for person in watchers.difference(&part.after.watchers) {
        sql.execute(
            "delete from incident_watchers where number = $1 and person_id = $2",
            &[number.clone(), (*person).into()],
        )?;
    }
    let empty = BTreeMap::new();
    let fields = before.map_or(&empty, |state| &state.fields);
    for (name, value) in
        part.after.fields.iter().filter(|(name, value)| fields.get(*name) != Some(value))
    {
        sql.execute(
            "insert into incident_fields (number, name, value) values ($1, $2, $3) on conflict (name, number) do update set value = excluded.value",
            &[number.clone(), name.into(), value.into()],
        )?;
    }
    for name in fields.keys().filter(|name| !part.after.fields.contains_key(*name)) {
        sql.execute(
            "delete from incident_fields where number = $1 and name = $2",
            &[number.clone(), name.into()],
        )?;
    }
    Ok(())
}

/// The title that the rows got, and the one they should have.
struct Titled {
    has: ContentId,
    wants: ContentId,
    erased: BTreeSet<ContentId>,
}

/// Whatever several decisions of one transaction did to a title, the last state says
/// which it is: rows got the words that were brought last, which an undo took back
/// or a redaction erased.
fn settle_titles(sql: &mut dyn Sql, parts: &[Recorded]) -> Result<(), Failure> {
    let mut titles: BTreeMap<IncidentNumber, Titled> = BTreeMap::new();
    for part in parts {
        let wants = part.after.title;
        let titled = titles.entry(part.number).or_insert_with(|| Titled {
            has: part.before.as_ref().map_or(wants, |state| state.title),
            wants,
            erased: BTreeSet::new(),
        });
        if part.contents.iter().any(|content| content.id == wants) {
            titled.has = wants;
        }
        titled.wants = wants;
        titled.erased.extend(part.events.iter().filter_map(|event| match &event.body {
            Body::Redacted(data) => Some(data.content),
            _ => None,
        }));
    }
    for (number, titled) in titles {
        if titled.has != titled.wants || titled.erased.contains(&titled.wants) {
            let title = super::load::words_of(sql, titled.wants)?;
            let values = [number.into(), title.into()];
            sql.execute("update incidents set title = $2 where number = $1", &values)?;
        }
    }
    Ok(())
}

/// What a redaction leaves in place of words.
pub(crate) const ERASED_TITLE: &str = "[removed]";

fn erase(sql: &mut dyn Sql, part: &Recorded) -> Result<(), Failure> {
    for event in &part.events {
        let Body::Redacted(data) = &event.body else { continue };
        engine::words_erase(sql, &[data.content])?;
        engine::words_overwrite(sql, data.content)?;
        sql.execute(
            "update contents set body = '', salt = $3, erased_at = $2 where id = $1",
            &[data.content.into(), event.at.into(), Value::Bytes(vec![])],
        )?;
        loose::erase(sql, data.content, event.at)?;
        crate::messages::forget(sql, data.content, event.at)?;
    }
    Ok(())
}
