//! What major incidents leave beside the incidents themselves, so that others find it without
//! reading timelines: outages by service, and published updates by when they came. Written in
//! the transaction of the command, from its events and states alone.

use super::tables::{OUTAGES, PUBLISHED_UPDATES};
use super::write::Recorded;
use crate::Failure;
use crate::directory::{json, many, slots};
use crate::sql::{Columns, Row, Sql, Value};
use incident::conduct::{Degree, Outage};
use incident::event::UpdatePublished;
use incident::{Body, Event, State};
use kernel::{InOrder, IncidentNumber, OutageId, ServiceId, Timestamp};
use std::collections::BTreeMap;

/// Outages that one question answers at most, the latest first: years of a busy service.
const OUTAGES_MAX: i64 = 10_000;
/// Published updates that one question answers at most, the latest first.
const UPDATES_MAX: i64 = 10_000;

/// Outages, as they stand.
pub mod outages {
    use super::{
        Columns, Degree, Failure, IncidentNumber, OUTAGES_MAX, OutageId, ServiceId, Sql, Timestamp,
        Value, many,
    };

    /// A span in which a service was worse than agreed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OutageRow {
        /// Its id.
        pub id: OutageId,
        /// The incident that tells of it.
        pub number: IncidentNumber,
        /// The service.
        pub service: ServiceId,
        /// How bad.
        pub degree: Degree,
        /// From when on.
        pub started_at: Timestamp,
        /// Until when; none while it lasts.
        pub ended_at: Option<Timestamp>,
    }

    const COLUMNS: &str = "id, number, service_id, degree, started_at, ended_at";

    /// Those that share an instant with this span, the latest first.
    ///
    /// # Errors
    /// The database fails, or holds what no program of ours wrote.
    pub fn between(
        sql: &mut dyn Sql,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<OutageRow>, Failure> {
        found(
            sql,
            "started_at < $2 and (ended_at is null or ended_at > $1)",
            &[from.into(), to.into()],
        )
    }

    /// Those of a service that share an instant with this span, the latest first.
    ///
    /// # Errors
    /// As of [`between`].
    pub fn of_service(
        sql: &mut dyn Sql,
        service: ServiceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<OutageRow>, Failure> {
        let within = "service_id = $3 and started_at < $2 and (ended_at is null or ended_at > $1)";
        found(sql, within, &[from.into(), to.into(), service.into()])
    }

    /// Those of an incident, the latest first.
    ///
    /// # Errors
    /// As of [`between`].
    pub fn of_incident(
        sql: &mut dyn Sql,
        number: IncidentNumber,
    ) -> Result<Vec<OutageRow>, Failure> {
        found(sql, "number = $1", &[number.into()])
    }

    /// Those that last, the latest first.
    ///
    /// # Errors
    /// As of [`between`].
    pub fn lasting(sql: &mut dyn Sql) -> Result<Vec<OutageRow>, Failure> {
        found(sql, "ended_at is null", &[])
    }

    fn found(
        sql: &mut dyn Sql,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<OutageRow>, Failure> {
        let statement = format!(
            "select {COLUMNS} from outages where {condition} \
             order by started_at desc, id desc limit {OUTAGES_MAX}"
        );
        many(sql, &statement, values, read)
    }

    fn read(columns: &mut Columns) -> Result<OutageRow, Failure> {
        Ok(OutageRow {
            id: columns.parsed()?,
            number: IncidentNumber(columns.int()?),
            service: columns.parsed()?,
            degree: columns.parsed()?,
            started_at: columns.at()?,
            ended_at: columns.opt_at()?,
        })
    }
}

/// Updates that were published, with their words.
pub mod updates {
    use super::{
        Columns, Failure, IncidentNumber, Sql, Timestamp, UPDATES_MAX, Value, many, slots,
    };
    use incident::conduct::Audiences;
    use incident::state::UpdatePhase;

    /// A word that was said to some audiences.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PublishedUpdate {
        /// The incident.
        pub number: IncidentNumber,
        /// The place in its timeline.
        pub n: u32,
        /// When it was published.
        pub at: Timestamp,
        /// Where it stands.
        pub phase: UpdatePhase,
        /// What it is called outside; none where it says nothing, or that was erased.
        pub title: Option<String>,
        /// The words; empty where they were erased.
        pub body: String,
        /// When service is expected back.
        pub expected: Option<Timestamp>,
        /// When the next word comes.
        pub next_update: Option<Timestamp>,
        /// Whom it is for.
        pub audiences: Audiences,
    }

    /// Those for the status page since an instant, the latest first.
    ///
    /// # Errors
    /// The database fails, or holds what no program of ours wrote.
    pub fn on_status_page(
        sql: &mut dyn Sql,
        since: Timestamp,
    ) -> Result<Vec<PublishedUpdate>, Failure> {
        found(sql, "u.status_page = 1 and u.at >= $1", &[since.into()])
    }

    /// Those of an incident, the latest first.
    ///
    /// # Errors
    /// As of [`on_status_page`].
    pub fn of_incident(
        sql: &mut dyn Sql,
        number: IncidentNumber,
    ) -> Result<Vec<PublishedUpdate>, Failure> {
        found(sql, "u.number = $1", &[number.into()])
    }

    /// The latest words of each of these incidents that went to requesters or to the status page,
    /// of those that were not erased; of a few incidents, since all are named in one question.
    ///
    /// # Errors
    /// As of [`on_status_page`].
    pub fn latest_public(
        sql: &mut dyn Sql,
        numbers: &[IncidentNumber],
    ) -> Result<Vec<PublishedUpdate>, Failure> {
        let (named, values) = slots(1, numbers);
        let condition = format!(
            "u.number in ({named}) and u.n = (select max(one.n) from published_updates one \
             join contents said on said.id = one.body_content and said.erased_at is null \
             where one.number = u.number and (one.requesters = 1 or one.status_page = 1))"
        );
        found(sql, &condition, &values)
    }

    fn found(
        sql: &mut dyn Sql,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<PublishedUpdate>, Failure> {
        let statement = format!(
            "select u.number, u.n, u.at, u.phase, t.body, coalesce(b.body, ''), u.expected, \
             u.next_update, u.requesters, u.lists, u.status_page, u.chat from published_updates u \
             left join contents b on b.id = u.body_content and b.erased_at is null \
             left join contents t on t.id = u.title_content and t.erased_at is null \
             where {condition} order by u.at desc, u.number desc, u.n desc limit {UPDATES_MAX}"
        );
        many(sql, &statement, values, read)
    }

    fn read(columns: &mut Columns) -> Result<PublishedUpdate, Failure> {
        Ok(PublishedUpdate {
            number: IncidentNumber(columns.int()?),
            n: u32::try_from(columns.int()?).unwrap_or(0),
            at: columns.at()?,
            phase: columns.parsed()?,
            title: columns.opt_text()?,
            body: columns.text()?,
            expected: columns.opt_at()?,
            next_update: columns.opt_at()?,
            audiences: Audiences {
                requesters: columns.flag()?,
                lists: columns.json()?,
                status_page: columns.flag()?,
                chat: columns.flag()?,
            },
        })
    }
}

/// Brings both in line with what was recorded.
pub(super) fn store(sql: &mut dyn Sql, parts: &[Recorded]) -> Result<(), Failure> {
    let mut updates = Vec::new();
    for part in parts {
        store_outages(sql, part)?;
        for event in &part.events {
            open_words(sql, event)?;
            updates.extend(update_row(part.number, event)?);
        }
    }
    if !updates.is_empty() {
        sql.insert(&PUBLISHED_UPDATES, updates)?;
    }
    Ok(())
}

/// What was written for approval was internal until it was published.
fn open_words(sql: &mut dyn Sql, event: &Event) -> Result<(), Failure> {
    let Body::UpdatePublished(data) = &event.body else { return Ok(()) };
    if data.update.is_some() && data.is_public() {
        for id in std::iter::once(data.body).chain(data.title) {
            sql.execute("update contents set public = 1 where id = $1", &[id.into()])?;
        }
    }
    Ok(())
}

fn store_outages(sql: &mut dyn Sql, part: &Recorded) -> Result<(), Failure> {
    let known = part.before.as_ref().map_or(&[][..], |state| &state.outages);
    let now = &part.after.outages;
    for gone in known.iter().filter(|known| now.iter().all(|outage| outage.id != known.id)) {
        let values = [part.number.into(), Value::Text(gone.id.to_string())];
        sql.execute("delete from outages where number = $1 and id = $2", &values)?;
    }
    let changed = now.iter().filter(|outage| !known.contains(outage));
    let rows: Vec<Row> = changed.map(|outage| outage_row(part.number, outage)).collect();
    if !rows.is_empty() {
        sql.insert(&OUTAGES, rows)?;
    }
    Ok(())
}

fn outage_row(number: IncidentNumber, outage: &Outage) -> Row {
    vec![
        Value::Text(outage.id.to_string()),
        number.into(),
        outage.service.into(),
        outage.degree.as_str().into(),
        outage.started_at.into(),
        outage.ended_at.into(),
    ]
}

/// The row of an update, since there is a choice of audiences.
fn update_row(number: IncidentNumber, event: &Event) -> Result<Option<Row>, Failure> {
    let Body::UpdatePublished(data) = &event.body else { return Ok(None) };
    let UpdatePublished { title, body, phase, expected, next_update, audiences, .. } = &**data;
    let Some(audiences) = audiences else { return Ok(None) };
    Ok(Some(vec![
        number.into(),
        event.n.into(),
        event.happened_at.into(),
        phase.as_str().into(),
        (*title).into(),
        (*body).into(),
        (*expected).into(),
        (*next_update).into(),
        audiences.requesters.into(),
        json(&audiences.lists)?.into(),
        audiences.status_page.into(),
        audiences.chat.into(),
    ]))
}

/// What both tables hold of some incidents, as rows.
#[derive(Default)]
pub(super) struct Beside {
    outages: BTreeMap<i64, Vec<Row>>,
    updates: BTreeMap<i64, Vec<Row>>,
}

impl Beside {
    /// Of the incidents after `last`, up to `up_to`.
    pub(super) fn read(sql: &mut dyn Sql, last: i64, up_to: i64) -> Result<Self, Failure> {
        let mut beside = Beside::default();
        for (table, into, order) in [
            (&OUTAGES, &mut beside.outages, "number, id"),
            (&PUBLISHED_UPDATES, &mut beside.updates, "number, n"),
        ] {
            let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
            let number = columns.iter().position(|name| *name == "number").unwrap_or(0);
            let statement = format!(
                "select {} from {} where number > $1 and number <= $2 order by {order}",
                columns.join(", "),
                table.name
            );
            for row in sql.query(&statement, &[last.into(), up_to.into()])? {
                let Some(Value::Int(of)) = row.get(number) else { continue };
                into.entry(*of).or_default().push(row);
            }
        }
        Ok(beside)
    }

    /// Those that say something else than the state and the timeline.
    pub(super) fn differ(
        &self,
        number: i64,
        state: &State,
        events: &[Event],
    ) -> Result<Vec<&'static str>, Failure> {
        let (of, none) = (IncidentNumber(number), Vec::new());
        let mut outages: Vec<&Outage> = state.outages.iter().collect();
        outages.order_by_key(|outage| outage.id.to_string());
        let outages: Vec<Row> = outages.into_iter().map(|outage| outage_row(of, outage)).collect();
        let mut updates = Vec::new();
        for event in events {
            updates.extend(update_row(of, event)?);
        }
        let same = [
            ("outages", self.outages.get(&number).unwrap_or(&none) == &outages),
            ("published updates", self.updates.get(&number).unwrap_or(&none) == &updates),
        ];
        Ok(same.into_iter().filter(|(_, same)| !same).map(|(what, _)| what).collect())
    }
}
