//! Lists of incidents as screens and programs read them: filtered by a query,
//! bounded by what the viewer may see, paged by the values they are ordered by.

mod known;
mod order;
mod people;
mod ranked;
mod ranking;
mod services;
mod urgent;

pub use super::filter::Look;
pub use known::Known;
pub use order::{Cursor, Order};
pub use people::{Busy, busy_with};
pub use ranked::{neighbours_ranked, ranked};
pub use ranking::{LikelyLate, RANKED_MAX, Ranking};
pub use services::{OpenOf, open_of_services};

use super::filter;
use crate::directory::{many, one, slots};
use crate::{Columns, Failure, Sql, Value};
use incident::clocks::ClockKind;
use incident::{Access, Scope, State, Subject};
use kernel::{CategoryId, IncidentNumber, OrganisationId, PersonId, ServiceId, TeamId, Timestamp};
use known::Place;
use order::Step;
use query::{Expr, Query};
use serde::Serialize;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named<Id> {
    /// Its id.
    pub id: Id,
    /// Its name; empty if it is not known.
    pub name: String,
}

/// An incident with the names that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRow {
    /// Its number.
    pub number: IncidentNumber,
    /// How many events made it.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Its state, shared by all who read this version.
    pub state: Arc<State>,
    /// Its service.
    pub service: Option<Named<ServiceId>>,
    /// Its category; the name alone, without those above it.
    pub category: Option<Named<CategoryId>>,
    /// Its team.
    pub team: Option<Named<TeamId>>,
    /// Who works on it.
    pub assignee: Option<Named<PersonId>>,
    /// Who asked.
    pub requester: Named<PersonId>,
    /// The requester's address.
    pub requester_email: Option<String>,
    /// The requester's company.
    pub organisation: Option<Named<OrganisationId>>,
    /// The only team that may see it.
    pub confidential_to: Option<Named<TeamId>>,
    /// The earliest due instant of a running clock that is not breached, or of a promise.
    pub due_at: Option<Timestamp>,
    /// That clock; none where it is a promise.
    pub due_kind: Option<ClockKind>,
    /// Whether a live clock is breached, or a promise broken while it is open.
    pub breached: bool,
    /// How much of it the viewer may see.
    pub access: Access,
}

/// Some rows of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The rows.
    pub rows: Vec<IncidentRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// The instant by which a list by risk is ranked; `None` when it has another order,
    /// or is too long and ordered by what stands in for risk.
    pub ranked_at: Option<Timestamp>,
}

/// An incident's place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbours {
    /// The one before it.
    pub previous: Option<IncidentNumber>,
    /// The one after it.
    pub next: Option<IncidentNumber>,
    /// Its place, from 1; `None` when it is not in the list (any more), or further
    /// down than [`PLACES`].
    pub place: Option<i64>,
}

/// Counting stops here: "more than 9,999" says enough and costs little.
pub const COUNTED: i64 = 10_000;

/// Places in a list are told down to here, a page of the queue: whoever works through
/// a list comes from its top.
pub const PLACES: i64 = 100;

/// From which table a list is read, unless the index is told, too.
const TABLE: &str = "incidents i";

/// A page of the incidents that meet a query, at most `limit` rows, from `cursor` on.
pub fn list(
    sql: &mut dyn Sql,
    look: &Look,
    query: &Query,
    limit: usize,
    cursor: Option<&Cursor>,
) -> Result<Page, Failure> {
    list_of(sql, TABLE, look, query, limit, cursor)
}

fn list_of(
    sql: &mut dyn Sql,
    table: &str,
    look: &Look,
    query: &Query,
    limit: usize,
    cursor: Option<&Cursor>,
) -> Result<Page, Failure> {
    let order = Order::of(query);
    check_fits(order, cursor)?;
    let (condition, values) = filter::compile(sql.engine(), &query.filter, look, 1);
    let bound = order.bound(&query.filter, cursor.is_some());
    let steps = match cursor {
        Some(cursor) => order.steps(&query.filter, &cursor.values, values.len() + 1),
        None => vec![order.whole()],
    };
    let wanted = limit.saturating_add(1);
    let mut rows = Vec::new();
    for Step { condition: after, values: named, by } in steps {
        let mut values = values.clone();
        let place = cursor.iter().flat_map(|cursor| &cursor.values).take(named);
        values.extend(place.map(|value| Value::Int(*value)));
        values.push(Value::Int(i64::try_from(wanted - rows.len()).unwrap_or(i64::MAX)));
        let last = values.len();
        let page = format!("{table} where {condition}{bound}{after} order by {by} limit ${last}");
        rows.extend(read_page(sql, &look.scope, order, &page, &values)?);
        if rows.len() == wanted {
            break;
        }
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next =
        rows.last().filter(|_| more).map(|(_, values)| Cursor { order, values: values.clone() });
    let rows = rows.into_iter().map(|(row, _)| row).collect();
    Ok(Page { rows, next, ranked_at: None })
}

/// That a list in this order can go on from a place.
fn check_fits(order: Order, cursor: Option<&Cursor>) -> Result<(), Failure> {
    let fits =
        |cursor: &Cursor| cursor.order == order && cursor.values.len() == order.columns().len();
    match cursor.is_none_or(fits) {
        true => Ok(()),
        false => {
            Err(Failure::Statement("the cursor belongs to a list in another order".to_owned()))
        }
    }
}

/// How many visible incidents meet a condition, counted up to `at_most`.
pub fn count(sql: &mut dyn Sql, look: &Look, expr: &Expr, at_most: i64) -> Result<i64, Failure> {
    let (condition, mut values) = filter::compile(sql.engine(), expr, look, 1);
    values.push(at_most.into());
    let statement = format!(
        "select count(*) from (select 1 from incidents i where {condition} limit ${}) counted",
        values.len()
    );
    Ok(one(sql, &statement, &values, Columns::int)?.unwrap_or(0))
}

/// One incident; `None` also when the viewer may not see it.
pub fn get(
    sql: &mut dyn Sql,
    scope: &Scope,
    number: IncidentNumber,
) -> Result<Option<IncidentRow>, Failure> {
    Ok(get_many(sql, scope, &[number])?.pop())
}

/// Those of these incidents that the viewer may see, by number.
pub fn get_many(
    sql: &mut dyn Sql,
    scope: &Scope,
    numbers: &[IncidentNumber],
) -> Result<Vec<IncidentRow>, Failure> {
    if numbers.is_empty() {
        return Ok(vec![]);
    }
    let (list, mut values) = slots(1, numbers);
    let (visible, more) = filter::visible(sql.engine(), scope, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select {PLACE} from incidents i where i.number in ({list}) and {visible} order by i.number"
    );
    let places = many(sql, &statement, &values, place)?;
    rows_at(sql, scope, &places)
}

/// Which of these incidents the viewer may see.
pub fn seen(
    sql: &mut dyn Sql,
    scope: &Scope,
    numbers: &[IncidentNumber],
) -> Result<BTreeSet<IncidentNumber>, Failure> {
    let mut seen = BTreeSet::new();
    for some in numbers.chunks(NUMBERS_AT_ONCE) {
        let (list, mut values) = slots(1, some);
        let (visible, more) = filter::visible(sql.engine(), scope, values.len() + 1);
        values.extend(more);
        let statement =
            format!("select i.number from incidents i where i.number in ({list}) and {visible}");
        seen.extend(many(sql, &statement, &values, |row| row.int().map(IncidentNumber))?);
    }
    Ok(seen)
}

/// What comes before and after an incident in the list of a query, whether it is
/// still in that list or not. `None` when the viewer may not see it.
pub fn neighbours(
    sql: &mut dyn Sql,
    look: &Look,
    query: &Query,
    number: IncidentNumber,
) -> Result<Option<Neighbours>, Failure> {
    neighbours_of(sql, TABLE, look, query, number)
}

fn neighbours_of(
    sql: &mut dyn Sql,
    table: &str,
    look: &Look,
    query: &Query,
    number: IncidentNumber,
) -> Result<Option<Neighbours>, Failure> {
    let order = Order::of(query);
    let (visible, mut values) = filter::visible(sql.engine(), &look.scope, 2);
    values.insert(0, number.into());
    let columns = columns_sql(order);
    let here = one(
        sql,
        &format!("select {columns} from incidents i where i.number = $1 and {visible}"),
        &values,
        |row| read_values(row, order),
    )?;
    let Some(here) = here else { return Ok(None) };

    let (condition, values) = filter::compile(sql.engine(), &query.filter, look, 1);
    let mut nearest = |order: Order| -> Result<Option<i64>, Failure> {
        let bound = order.bound(&query.filter, true);
        let steps = order.steps(&query.filter, &here, values.len() + 1);
        for Step { condition: after, values: named, by } in steps {
            let mut values = values.clone();
            values.extend(here.iter().take(named).map(|value| Value::Int(*value)));
            let statement = format!(
                "select i.number from {table} where {condition}{bound}{after} order by {by} limit 1"
            );
            if let Some(found) = one(sql, &statement, &values, Columns::int)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    };
    let next = nearest(order)?.map(IncidentNumber);
    let previous = nearest(order.reversed())?.map(IncidentNumber);

    let is_in = count(
        sql,
        look,
        &Expr::all_of([query.filter.clone(), query::Term::Number(vec![number]).into()]),
        1,
    )? == 1;
    let before = if is_in { count_before(sql, table, look, query, &here)? } else { PLACES };
    Ok(Some(Neighbours { previous, next, place: (before < PLACES).then_some(before + 1) }))
}

/// A requester's open incidents that the viewer may see, the newest first.
pub fn open_of_requester(
    sql: &mut dyn Sql,
    scope: &Scope,
    person: PersonId,
    limit: usize,
) -> Result<Vec<IncidentRow>, Failure> {
    let (visible, mut values) = filter::visible(sql.engine(), scope, 1);
    values.extend([person.into(), Value::Int(limit as i64)]);
    let tail = format!(
        "where i.requester_id = ${} and i.state in ('new', 'in_progress', 'on_hold') and {visible} order by i.number desc limit ${}",
        values.len() - 1,
        values.len()
    );
    rows(sql, scope, &tail, &values)
}

fn count_before(
    sql: &mut dyn Sql,
    table: &str,
    look: &Look,
    query: &Query,
    here: &[i64],
) -> Result<i64, Failure> {
    let order = Order::of(query).reversed();
    let (condition, values) = filter::compile(sql.engine(), &query.filter, look, 1);
    let bound = order.bound(&query.filter, true);
    let mut before = 0;
    let steps = order.steps(&query.filter, here, values.len() + 1);
    for Step { condition: after, values: named, .. } in steps {
        let mut values = values.clone();
        values.extend(here.iter().take(named).map(|value| Value::Int(*value)));
        values.push((PLACES - before).into());
        let statement = format!(
            "select count(*) from (select 1 from {table} where {condition}{bound}{after} limit ${}) counted",
            values.len()
        );
        before += one(sql, &statement, &values, Columns::int)?.unwrap_or(0);
        if before >= PLACES {
            break;
        }
    }
    Ok(before)
}

/// The incidents of `page`, a `where … order by … limit …` on `incidents i`, in its order.
pub(super) fn rows(
    sql: &mut dyn Sql,
    scope: &Scope,
    page: &str,
    values: &[Value],
) -> Result<Vec<IncidentRow>, Failure> {
    let order = Order(query::Sort { key: query::SortKey::Number, reversed: false });
    let page = format!("{TABLE} {page}");
    Ok(read_page(sql, scope, order, &page, values)?.into_iter().map(|(row, _)| row).collect())
}

/// Incidents asked about at once: databases count parameters.
const NUMBERS_AT_ONCE: usize = 8_192;

const ROW: &str = "i.number, i.version, i.title, i.body, i.service_id, s.name, i.category_id, c.name, i.team_id, t.name, i.assignee_id, a.name, \
     i.requester_id, r.name, r.email, i.organisation_id, o.name, i.confidential_to, k.name, i.due_at, i.due_kind, i.breached";

const JOINS: &str = "left join services s on s.id = i.service_id left join categories c on c.id = i.category_id \
     left join teams t on t.id = i.team_id left join people a on a.id = i.assignee_id left join people r on r.id = i.requester_id \
     left join organisations o on o.id = i.organisation_id left join teams k on k.id = i.confidential_to";

/// Which incidents is found out first, from few columns and indexes; states and names are
/// read for those only that were not met before.
fn read_page(
    sql: &mut dyn Sql,
    scope: &Scope,
    order: Order,
    page: &str,
    values: &[Value],
) -> Result<Vec<(IncidentRow, Vec<i64>)>, Failure> {
    let statement = format!("select {PLACE}, {} from {page}", columns_sql(order));
    let found = many(sql, &statement, values, |row| Ok((place(row)?, read_values(row, order)?)))?;
    let (places, values): (Vec<Place>, Vec<Vec<i64>>) = found.into_iter().unzip();
    Ok(rows_at(sql, scope, &places)?.into_iter().zip(values).collect())
}

/// What [`place`] reads.
const PLACE: &str = "i.number, i.version, (select config_version from log_head where id = 1)";

fn place(row: &mut Columns) -> Result<Place, Failure> {
    let number = IncidentNumber(row.int()?);
    Ok(Place { number, version: version(row, number)?, names: row.int()? })
}

/// The rows of these incidents, in their order.
fn rows_at(
    sql: &mut dyn Sql,
    scope: &Scope,
    places: &[Place],
) -> Result<Vec<IncidentRow>, Failure> {
    let known = sql.known().cloned();
    let met = |place: &Place| known.as_ref()?.get(scope, place);
    let mut found: Vec<Option<IncidentRow>> = places.iter().map(met).collect();
    let unmet = || places.iter().zip(&found).filter(|(_, row)| row.is_none());
    let missing: Vec<IncidentNumber> = unmet().map(|(place, _)| place.number).collect();
    for numbers in missing.chunks(NUMBERS_AT_ONCE) {
        let (list, values) = slots(1, numbers);
        let statement = format!("select {ROW} from incidents i {JOINS} where i.number in ({list})");
        let rows = many(sql, &statement, &values, |row| read(row, scope))?;
        if let (Some(known), Some(place)) = (&known, places.first()) {
            known.keep(place.names, &rows);
        }
        let mut rows: HashMap<IncidentNumber, IncidentRow> =
            rows.into_iter().map(|row| (row.number, row)).collect();
        for (row, place) in found.iter_mut().zip(places).filter(|(row, _)| row.is_none()) {
            *row = rows.remove(&place.number);
        }
    }
    let there = found.into_iter().zip(places);
    there
        .map(|(row, place)| {
            row.ok_or_else(|| Failure::damaged(format!("{} is gone", place.number)))
        })
        .collect()
}

fn columns_sql(order: Order) -> String {
    let columns: Vec<&str> = order.columns().iter().map(|column| column.sql).collect();
    columns.join(", ")
}

fn read_values(row: &mut Columns, order: Order) -> Result<Vec<i64>, Failure> {
    order.columns().iter().map(|_| row.int()).collect()
}

fn read(row: &mut Columns, scope: &Scope) -> Result<IncidentRow, Failure> {
    let number = IncidentNumber(row.int()?);
    let version = version(row, number)?;
    let title = row.text()?;
    let state: Arc<State> = Arc::new(row.json()?);
    let access = scope.access(&Subject::from(&*state));
    Ok(IncidentRow {
        number,
        version,
        title,
        state,
        service: named(row)?,
        category: named(row)?,
        team: named(row)?,
        assignee: named(row)?,
        requester: named(row)?
            .ok_or_else(|| Failure::damaged(format!("{number} has no requester")))?,
        requester_email: row.opt_text()?,
        organisation: named(row)?,
        confidential_to: named(row)?,
        due_at: row.opt_at()?,
        due_kind: row.opt_text()?.map(|word| clock(&word)).transpose()?,
        breached: row.flag()?,
        access,
    })
}

fn version(row: &mut Columns, number: IncidentNumber) -> Result<u32, Failure> {
    let version = row.int()?;
    u32::try_from(version).map_err(|_| Failure::damaged(format!("the version of {number}")))
}

fn named<Id: FromStr<Err = kernel::Invalid>>(
    row: &mut Columns,
) -> Result<Option<Named<Id>>, Failure> {
    let (id, name) = (row.opt_parsed()?, row.opt_text()?);
    Ok(id.map(|id| Named { id, name: name.unwrap_or_default() }))
}

fn clock(word: &str) -> Result<ClockKind, Failure> {
    ClockKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or_else(|| Failure::damaged(format!("there is no clock {word:?}")))
}
