//! The rows, and how far the log was followed.

use crate::directory::{one, slots};
use crate::incidents::timeline;
use crate::sql::{Row, Table, Type};
use crate::{Failure, Sql, Value};
use incident::Event;
use insight::report::{Measure, Measured, measure};
use kernel::IncidentNumber;
use std::collections::BTreeMap;

/// Columns beside what is measured.
const OF_STATE: [(&str, Type); 13] = [
    ("number", Type::Int),
    ("version", Type::Int),
    ("reported_at", Type::Int),
    ("priority", Type::Int),
    ("service_id", Type::Text),
    ("category_id", Type::Text),
    ("team_id", Type::Text),
    ("assignee_id", Type::Text),
    ("requester_id", Type::Text),
    ("organisation_id", Type::Text),
    ("agreement_id", Type::Text),
    ("confidential_to", Type::Text),
    ("merged_into", Type::Int),
];

const OPEN: Table<'static> = Table {
    name: "report_open",
    columns: &[
        ("number", Type::Int),
        ("n", Type::Int),
        ("opened_at", Type::Int),
        ("ended_at", Type::Int),
    ],
    suffix: "on conflict do nothing",
};

/// How far the log was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its position.
    pub position: i64,
    /// Incidents before this number are still to be measured; 0 when all are.
    pub below: IncidentNumber,
}

/// An incident as it was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Which.
    pub number: IncidentNumber,
    /// What was measured.
    pub measured: Measured,
}

/// How far the log was followed; nothing before that was begun.
pub fn head(sql: &mut dyn Sql) -> Result<Option<Head>, Failure> {
    one(sql, "select position, below from report_head where id = 1", &[], |row| {
        Ok(Head { position: row.int()?, below: IncidentNumber(row.int()?) })
    })
}

/// Measures incidents from their timelines.
pub fn measured(sql: &mut dyn Sql, numbers: &[IncidentNumber]) -> Result<Vec<Kept>, Failure> {
    let mut timelines: BTreeMap<IncidentNumber, Vec<Event>> = BTreeMap::new();
    for stored in timeline::timelines(sql, numbers, u32::MAX)? {
        timelines.entry(stored.number).or_default().push(stored.event);
    }
    let kept = timelines
        .into_iter()
        .filter_map(|(number, events)| measure(&events).map(|measured| Kept { number, measured }));
    Ok(kept.collect())
}

/// Keeps what was measured and moves on from `before` to `after`. `false`, and nothing is kept,
/// when another node moved on meanwhile.
pub fn keep(
    sql: &mut dyn Sql,
    before: Option<Head>,
    after: Head,
    rows: &[Kept],
) -> Result<bool, Failure> {
    if !moved_on(sql, before, after)? {
        return Ok(false);
    }
    if rows.is_empty() {
        return Ok(true);
    }
    let columns: Vec<(&str, Type)> = OF_STATE
        .into_iter()
        .chain(Measure::OF_INCIDENTS.iter().map(|measure| (measure.as_str(), Type::Int)))
        .collect();
    let taken: Vec<String> =
        columns.iter().skip(1).map(|(name, _)| format!("{name} = excluded.{name}")).collect();
    let suffix = format!(
        "on conflict (number) do update set {} where excluded.version >= report_facts.version",
        taken.join(", ")
    );
    let table = Table { name: "report_facts", columns: &columns, suffix: &suffix };
    sql.insert(&table, rows.iter().map(row).collect())?;
    let numbers: Vec<IncidentNumber> = rows.iter().map(|kept| kept.number).collect();
    let (list, values) = slots(1, &numbers);
    sql.execute(&format!("delete from report_open where number in ({list})"), &values)?;
    let spans: Vec<Row> = rows.iter().flat_map(open).collect();
    if !spans.is_empty() {
        sql.insert(&OPEN, spans)?;
    }
    Ok(true)
}

fn moved_on(sql: &mut dyn Sql, before: Option<Head>, after: Head) -> Result<bool, Failure> {
    let after: [Value; 2] = [after.position.into(), after.below.into()];
    let moved = match before {
        None => {
            let statement = "insert into report_head (id, position, below) values (1, $1, $2) \
                on conflict (id) do nothing";
            sql.execute(statement, &after)?
        }
        Some(before) => {
            let statement = "update report_head set position = $1, below = $2 \
                where id = 1 and position = $3 and below = $4";
            let [position, below] = after;
            let values = [position, below, before.position.into(), before.below.into()];
            sql.execute(statement, &values)?
        }
    };
    Ok(moved == 1)
}

fn row(kept: &Kept) -> Row {
    let state = &kept.measured.state;
    let of_state: [Value; 13] = [
        kept.number.into(),
        state.version.into(),
        state.reported_at.into(),
        state.priority.get().into(),
        state.service.into(),
        state.category.into(),
        state.team.into(),
        state.assignee.into(),
        state.requester.into(),
        state.organisation.into(),
        state.agreement.id.into(),
        state.confidential_to.into(),
        state.merged_into.into(),
    ];
    let values = kept.measured.values.iter().map(|value| Value::from(*value));
    of_state.into_iter().chain(values).collect()
}

fn open(kept: &Kept) -> Vec<Row> {
    let spans = kept.measured.open.iter().enumerate();
    spans
        .map(|(n, (from, to))| {
            vec![kept.number.into(), (n as i64).into(), (*from).into(), (*to).into()]
        })
        .collect()
}
