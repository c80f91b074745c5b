//! Reading them for a viewer.

use super::kept::{Kept, head, measured};
use crate::directory::{many, one, slots};
use crate::incidents::filter::{self, Look};
use crate::{Columns, Failure, Sql, Value};
use insight::report::{By, Fact, Measure, Span};
use kernel::{IncidentNumber, Priority, Timestamp};
use query::Expr;
use std::collections::{HashMap, HashSet};

/// Incidents that are measured while a report is read, at most: what the follower has not come to
/// in a second. More are measured while a report waits for too long, so it is refused.
const LIVE_MAX: usize = 500;
/// Names asked for in one statement; databases bound the number of parameters.
const NAMES_PER_STATEMENT: usize = 256;

/// What is read, and for whom.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who looks. Only incidents of which they see everything count.
    pub look: Look,
    /// Which of these.
    pub expr: Expr,
    /// From when on.
    pub from: Timestamp,
    /// Until before when.
    pub to: Timestamp,
    /// What lines are.
    pub by: By,
    /// What is measured.
    pub measures: &'static [Measure],
}

/// Incidents reported in the time that is wanted. What was merged into another is counted with it
/// alone. Nothing when too much is still to be measured.
pub fn facts(sql: &mut dyn Sql, wanted: &Wanted) -> Result<Option<Vec<Fact>>, Failure> {
    let Some(live) = live(sql)? else { return Ok(None) };
    let (tables, m) = tables(&wanted.expr);
    let mut values: Vec<Value> = vec![wanted.from.into(), wanted.to.into()];
    let (seen, more) = condition(sql, wanted, values.len() + 1);
    values.extend(more);
    let measures: String =
        wanted.measures.iter().map(|measure| format!(", {m}.{measure}")).collect();
    let of = of(wanted.by, m);
    let statement = format!(
        "select {m}.number, {m}.reported_at, {m}.priority, {of}{measures} from {tables} \
         where {m}.reported_at >= $1 and {m}.reported_at < $2 and {m}.merged_into is null \
         and ({seen})"
    );
    let count = wanted.measures.len();
    let mut found = many(sql, &statement, &values, |row| fact(row, count))?;
    found.retain(|fact| !live.contains(&fact.number));
    for (kept, of) in seen_live(sql, wanted, &live)? {
        let state = &kept.measured.state;
        if state.reported_at >= wanted.from && state.reported_at < wanted.to {
            found.push(Fact {
                number: kept.number,
                at: state.reported_at,
                priority: state.priority,
                of,
                values: wanted.measures.iter().map(|one| kept.measured.value(*one)).collect(),
            });
        }
    }
    Ok(Some(found))
}

/// Stretches in which incidents were open, those that touch the time that is wanted. Nothing when
/// too much is still to be measured.
pub fn spans(sql: &mut dyn Sql, wanted: &Wanted) -> Result<Option<Vec<Span>>, Failure> {
    let Some(live) = live(sql)? else { return Ok(None) };
    let (tables, m) = tables(&wanted.expr);
    let mut values: Vec<Value> = vec![wanted.from.into(), wanted.to.into()];
    let (seen, more) = condition(sql, wanted, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select {m}.number, {m}.priority, {m}.reported_at, o.opened_at, o.ended_at \
         from {tables} join report_open o on o.number = {m}.number \
         where o.opened_at < $2 and (o.ended_at is null or o.ended_at >= $1) \
         and {m}.merged_into is null and ({seen})"
    );
    let mut found = many(sql, &statement, &values, |row| {
        Ok(Span {
            number: IncidentNumber(row.int()?),
            priority: priority(row)?,
            reported_at: row.at()?,
            from: row.at()?,
            to: row.opt_at()?,
        })
    })?;
    found.retain(|span| !live.contains(&span.number));
    for (kept, _) in seen_live(sql, wanted, &live)? {
        let state = &kept.measured.state;
        found.extend(kept.measured.open.iter().map(|(from, to)| Span {
            number: kept.number,
            priority: state.priority,
            reported_at: state.reported_at,
            from: *from,
            to: *to,
        }));
    }
    Ok(Some(found))
}

/// Pages that were sent in the time that is wanted: one for each person whom an entry paged, in
/// however many ways, with the seconds until it was answered.
pub fn pages(sql: &mut dyn Sql, wanted: &Wanted) -> Result<Vec<Fact>, Failure> {
    let mut values: Vec<Value> = vec![wanted.from.into(), wanted.to.into()];
    let (seen, more) = condition(sql, wanted, values.len() + 1);
    values.extend(more);
    let of = match wanted.by {
        By::Person => "p.person_id".to_owned(),
        // The agreement of an incident is not a column of its own.
        By::Agreement => of(By::All, "i"),
        by => of(by, "i"),
    };
    let statement = format!(
        "select p.number, min(p.sent_at), min(i.priority), min({of}), min(p.answered_at) \
         from pages p join incidents i on i.number = p.number \
         where p.sent_at >= $1 and p.sent_at < $2 and ({seen}) \
         group by p.number, p.n, p.person_id"
    );
    many(sql, &statement, &values, |row| {
        let mut fact = fact(row, 1)?;
        let answered = fact.values.first().copied().flatten().map(Timestamp::from_micros);
        let seconds = answered.map(|answered| answered.seconds_since(fact.at).max(0));
        fact.values = vec![seconds];
        Ok(fact)
    })
}

/// Outages in which people could not use a service, or not all of it, as far as they lie in the
/// time that is wanted, each with what an hour of it costs. Those that last end `now`. What was
/// recorded in error was none.
pub fn outages(sql: &mut dyn Sql, wanted: &Wanted, now: Timestamp) -> Result<Vec<Fact>, Failure> {
    let mut values: Vec<Value> = vec![wanted.from.into(), wanted.to.into()];
    let (seen, more) = condition(sql, wanted, values.len() + 1);
    values.extend(more);
    let statement = format!(
        "select o.number, o.started_at, i.priority, o.service_id, o.started_at, o.ended_at, \
         priced.cost_per_hour from outages o join incidents i on i.number = o.number \
         left join services priced on priced.id = o.service_id \
         where o.started_at < $2 and (o.ended_at is null or o.ended_at > $1) \
         and o.degree <> 'degraded' and i.state <> 'cancelled' \
         and i.merged_into is null and ({seen})"
    );
    let mut found = many(sql, &statement, &values, |row| fact(row, 3))?;
    for fact in &mut found {
        let cost = fact.values.get(2).copied().flatten();
        let ended = fact.values.get(1).copied().flatten().map(Timestamp::from_micros);
        fact.at = fact.at.max(wanted.from);
        let ended = ended.unwrap_or(now).min(wanted.to).max(fact.at);
        fact.values = vec![Some(fact.at.micros()), Some(ended.micros()), cost];
    }
    found.retain(|fact| fact.values.first() != fact.values.get(1));
    Ok(found)
}

/// Whether an incident was hidden from some, or shown to them, after a position of the log: then
/// what was counted before must not be told.
pub fn hidden_since(sql: &mut dyn Sql, position: i64) -> Result<bool, Failure> {
    let statement =
        "select 1 from events where seq > $1 and kind = 'restricted' order by seq limit 1";
    Ok(one(sql, statement, &[position.into()], Columns::int)?.is_some())
}

/// The incidents that the rows do not tell as they are; nothing when they are too many.
fn live(sql: &mut dyn Sql) -> Result<Option<HashSet<IncidentNumber>>, Failure> {
    let limit = LIVE_MAX as i64 + 1;
    let number = |row: &mut Columns| row.int().map(IncidentNumber);
    let found = match head(sql)? {
        None => many(sql, "select number from incidents limit $1", &[limit.into()], number)?,
        Some(head) => {
            let statement = "select number from events where seq > $1 \
                union select number from incidents where number < $2 limit $3";
            let values: [Value; 3] = [head.position.into(), head.below.into(), limit.into()];
            many(sql, statement, &values, number)?
        }
    };
    Ok((found.len() <= LIVE_MAX).then(|| found.into_iter().collect()))
}

/// Those of them that the viewer sees all of and asks for, measured now, each with its line.
fn seen_live(
    sql: &mut dyn Sql,
    wanted: &Wanted,
    live: &HashSet<IncidentNumber>,
) -> Result<Vec<(Kept, Option<String>)>, Failure> {
    let mut numbers: Vec<IncidentNumber> = live.iter().copied().collect();
    if numbers.is_empty() {
        return Ok(vec![]);
    }
    numbers.sort_unstable();
    let (list, mut values) = slots(1, &numbers);
    let (seen, more) = condition(sql, wanted, values.len() + 1);
    values.extend(more);
    let of = match wanted.by {
        By::Agreement => of(By::All, "i"),
        by => of(by, "i"),
    };
    let statement = format!(
        "select i.number, {of} from incidents i \
         where i.number in ({list}) and i.merged_into is null and ({seen})"
    );
    let lines: HashMap<IncidentNumber, Option<String>> =
        many(sql, &statement, &values, |row| Ok((IncidentNumber(row.int()?), row.opt_text()?)))?
            .into_iter()
            .collect();
    let mut numbers: Vec<IncidentNumber> = lines.keys().copied().collect();
    numbers.sort_unstable();
    let with_line = |kept: Kept| {
        let of = match wanted.by {
            By::Agreement => Some(kept.measured.state.agreement.id.to_string()),
            _ => lines.get(&kept.number).cloned().flatten(),
        };
        (kept, of)
    };
    Ok(measured(sql, &numbers)?.into_iter().map(with_line).collect())
}

/// The tables to read, and by which name the narrow rows go. Where nothing is asked but who may
/// see an incident, the narrow rows tell it themselves, and the wide ones stay unread.
fn tables(expr: &Expr) -> (&'static str, &'static str) {
    match expr {
        Expr::All => ("report_facts i", "i"),
        _ => ("report_facts f join incidents i on i.number = f.number", "f"),
    }
}

/// What the viewer sees all of and asks for, as a condition on `i`.
fn condition(sql: &dyn Sql, wanted: &Wanted, first: usize) -> (String, Vec<Value>) {
    let (look, engine) = (&wanted.look, sql.engine());
    let (seen, mut values) = filter::fully_visible(engine, &look.scope, first);
    if wanted.expr == Expr::All {
        return (seen, values);
    }
    let (asked, more) = filter::compile(engine, &wanted.expr, look, first + values.len());
    values.extend(more);
    (format!("({seen}) and ({asked})"), values)
}

fn of(by: By, table: &str) -> String {
    let column = match by {
        By::Team => "team_id",
        By::Service => "service_id",
        By::Organisation => "organisation_id",
        By::Category => "category_id",
        By::Agreement => "agreement_id",
        By::Person => "assignee_id",
        By::All | By::Priority | By::Week | By::Month => return "cast(null as text)".to_owned(),
    };
    format!("{table}.{column}")
}

fn fact(row: &mut Columns, values: usize) -> Result<Fact, Failure> {
    Ok(Fact {
        number: IncidentNumber(row.int()?),
        at: row.at()?,
        priority: priority(row)?,
        of: row.opt_text()?,
        values: (0..values).map(|_| row.opt_int()).collect::<Result<_, _>>()?,
    })
}

fn priority(row: &mut Columns) -> Result<Priority, Failure> {
    let value = row.int()?;
    Priority::new(value).map_err(|_| Failure::damaged(format!("{value} is no priority")))
}

/// What lines are called, by their ids; those that there are not any more have no name.
pub fn names(
    sql: &mut dyn Sql,
    by: By,
    ids: &[String],
) -> Result<HashMap<String, String>, Failure> {
    let table = match by {
        By::Team => "teams",
        By::Service => "services",
        By::Organisation => "organisations",
        By::Category => "categories",
        By::Person => "people",
        By::Agreement => return names_of_agreements(sql, ids),
        By::All | By::Priority | By::Week | By::Month => return Ok(HashMap::new()),
    };
    let mut found = HashMap::new();
    for ids in ids.chunks(NAMES_PER_STATEMENT) {
        let (list, values) = slots(1, ids);
        let statement = format!("select id, name from {table} where id in ({list})");
        found.extend(many(sql, &statement, &values, |row| Ok((row.text()?, row.text()?)))?);
    }
    Ok(found)
}

/// Agreements by their last version.
fn names_of_agreements(
    sql: &mut dyn Sql,
    ids: &[String],
) -> Result<HashMap<String, String>, Failure> {
    let mut found = HashMap::new();
    for ids in ids.chunks(NAMES_PER_STATEMENT) {
        let (list, values) = slots(1, ids);
        let statement =
            format!("select id, body from agreements where id in ({list}) order by version");
        for (id, body) in many(sql, &statement, &values, |row| {
            Ok((row.text()?, row.json::<serde_json::Value>()?))
        })? {
            let name = body.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
            found.insert(id, name.to_owned());
        }
    }
    Ok(found)
}
