//! Alerts as people look for them.

use super::{details, read};
use crate::alerts::details::Details;
use crate::directory::{containing, many, one};
use crate::incidents::filter;
use crate::{Failure, Sql, Value};
use alert::{Alert, SignalStatus};
use incident::Scope;
use kernel::{AlertId, IncidentNumber, IntegrationId, Muted, ServiceId, Severity, Timestamp};

/// Words that are looked for at most: each looks through what every alert says.
const SEARCH_WORDS: usize = 6;

/// What is looked for; everything that is set has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only those that are not over, or only those that are.
    pub open: Option<bool>,
    /// In this state.
    pub state: Option<SignalStatus>,
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// About this service.
    pub service: Option<ServiceId>,
    /// Of this incident.
    pub number: Option<IncidentNumber>,
    /// As bad as this.
    pub severity: Option<Severity>,
    /// Only those of which nobody is paged, for whatever reason.
    pub muted: bool,
    /// With this key at its source.
    pub key: Option<String>,
    /// Of this group.
    pub group: Option<String>,
    /// With all of these words in its title, labels or key.
    pub text: Option<String>,
    /// Older than this one.
    pub before: Option<AlertId>,
}

/// An alert with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The alert.
    pub alert: Alert,
    /// What it says.
    pub details: Details,
}

const SELECT: &str = "select a.id, a.integration_id, a.key, a.state, a.severity, a.service_id, a.group_key, \
    a.number, a.count, a.first_at, a.last_at, a.started_at, a.ends_at, a.ended_at, a.muted, \
    a.muted_until, a.changes, a.flapping_until, a.check_at, a.digest, a.once from alerts a \
    left join incidents i on i.number = a.number";

/// Whether an alert says a word.
const SAYS: &str = "(lower(a.key) like $0 escape '\\' or exists (select 1 from alert_details d \
    where d.alert_id = a.id and (lower(d.title) like $0 escape '\\' or lower(d.labels) like $0 escape '\\')))";

/// The alerts that somebody may see, those that are not over first, of each the newest first.
/// One that begins among those that are over asks for them alone.
pub fn open_first(
    sql: &mut dyn Sql,
    scope: &Scope,
    wanted: &Wanted,
    limit: usize,
) -> Result<Vec<Found>, Failure> {
    if wanted.open.is_some() {
        return list(sql, scope, wanted, limit);
    }
    let mut found = list(sql, scope, &Wanted { open: Some(true), ..wanted.clone() }, limit)?;
    if found.len() < limit {
        let over = Wanted { open: Some(false), before: None, ..wanted.clone() };
        found.extend(list(sql, scope, &over, limit - found.len())?);
    }
    Ok(found)
}

/// How many alerts that are not over somebody may see, by state, severity and why nobody is
/// paged.
pub fn counts(sql: &mut dyn Sql, scope: &Scope) -> Result<Vec<Counted>, Failure> {
    let (seen, values) = seen(sql, scope, 1);
    let statement = format!(
        "select a.state, a.severity, a.muted, count(*) from alerts a \
         left join incidents i on i.number = a.number \
         where a.ended_at is null and {seen} group by a.state, a.severity, a.muted"
    );
    many(sql, &statement, &values, |row| {
        Ok(Counted {
            state: row.parsed()?,
            severity: row.parsed()?,
            muted: row.opt_parsed()?,
            count: row.int()?,
        })
    })
}

/// Alerts that are alike, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// What is true of them.
    pub state: SignalStatus,
    /// How bad they are.
    pub severity: Severity,
    /// Why nobody is paged about them.
    pub muted: Option<Muted>,
    /// How many.
    pub count: i64,
}

/// The alerts that somebody may see, the newest first. Those of an incident are for whoever
/// sees all of that; those without one for everybody who works here.
pub fn list(
    sql: &mut dyn Sql,
    scope: &Scope,
    wanted: &Wanted,
    limit: usize,
) -> Result<Vec<Found>, Failure> {
    if wanted.number.is_some() && wanted.open == Some(true) && wanted.state.is_none() {
        return in_each_state(sql, scope, wanted, limit);
    }
    let mut values: Vec<Value> = Vec::new();
    let mut conditions: Vec<String> = Vec::new();
    let mut add = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(condition.replace("$0", &format!("${}", values.len())));
    };
    if let Some(state) = wanted.state {
        add("a.state = $0", state.as_str().into());
    }
    if let Some(integration) = wanted.integration {
        add("a.integration_id = $0", integration.into());
    }
    if let Some(service) = wanted.service {
        add("a.service_id = $0", service.into());
    }
    if let Some(number) = wanted.number {
        add("a.number = $0", number.into());
    }
    if let Some(severity) = wanted.severity {
        add("a.severity = $0", severity.as_str().into());
    }
    if let Some(key) = &wanted.key {
        add("a.key = $0", key.into());
    }
    if let Some(group) = &wanted.group {
        add("a.group_key = $0", group.into());
    }
    for word in wanted.text.iter().flat_map(|text| text.split_whitespace()).take(SEARCH_WORDS) {
        add(SAYS, containing(word).into());
    }
    if let Some(before) = wanted.before {
        add("a.id < $0", before.into());
    }
    if wanted.muted {
        conditions.push("a.muted is not null".to_owned());
    }
    match wanted.open {
        Some(true) => conditions.push("a.ended_at is null".to_owned()),
        Some(false) => conditions.push("a.ended_at is not null".to_owned()),
        None => {}
    }
    let (seen, more) = seen(sql, scope, values.len() + 1);
    conditions.push(seen);
    values.extend(more);
    // Few are not over: they are found by an index of their own and sorted, instead of looking
    // through all there ever were in their order. Those of one incident have an index in that.
    let sorted = wanted.open == Some(true) && wanted.number.is_none();
    let order = if sorted { "a.id || ''" } else { "a.id" };
    let conditions = conditions.join(" and ");
    let statement = format!("{SELECT} where {conditions} order by {order} desc limit {limit}");
    let alerts = many(sql, &statement, &values, read)?;
    with_details(sql, alerts)
}

/// From when until when the newest alerts of an incident fired; no end while they do.
pub fn fired(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    limit: usize,
) -> Result<Vec<(Timestamp, Option<Timestamp>)>, Failure> {
    let statement = format!(
        "select first_at, ended_at from alerts where number = $1 order by id desc limit {limit}"
    );
    many(sql, &statement, &[number.into()], |row| Ok((row.at()?, row.opt_at()?)))
}

/// As [`list`], for the open alerts of an incident, which may be a hundred thousand: the newest in
/// each state are found by an index.
fn in_each_state(
    sql: &mut dyn Sql,
    scope: &Scope,
    wanted: &Wanted,
    limit: usize,
) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    for state in [SignalStatus::Firing, SignalStatus::Acknowledged] {
        let wanted = Wanted { state: Some(state), ..wanted.clone() };
        found.extend(list(sql, scope, &wanted, limit)?);
    }
    found.sort_unstable_by_key(|one| std::cmp::Reverse(one.alert.id));
    found.truncate(limit);
    Ok(found)
}

/// The alert with this id, if somebody may see it.
pub fn get(sql: &mut dyn Sql, scope: &Scope, id: AlertId) -> Result<Option<Found>, Failure> {
    let (seen, more) = seen(sql, scope, 2);
    let values: Vec<Value> = [id.into()].into_iter().chain(more).collect();
    let found = one(sql, &format!("{SELECT} where a.id = $1 and {seen}"), &values, read)?;
    Ok(with_details(sql, found.into_iter().collect())?.pop())
}

/// The alert with this id, whoever asks.
pub fn by_id(sql: &mut dyn Sql, id: AlertId) -> Result<Option<Found>, Failure> {
    let found = one(sql, &format!("{SELECT} where a.id = $1"), &[id.into()], read)?;
    Ok(with_details(sql, found.into_iter().collect())?.pop())
}

/// The open alert of an integration with this key, or the last one that was over.
pub fn by_key(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    key: &str,
) -> Result<Option<Found>, Failure> {
    let statement =
        format!("{SELECT} where a.integration_id = $1 and a.key = $2 and a.ended_at is null");
    let parameters = [integration.into(), key.into()];
    let mut found = one(sql, &statement, &parameters, read)?;
    if found.is_none() {
        let statement = format!(
            "{SELECT} where a.integration_id = $1 and a.key = $2 and a.ended_at is not null order by a.ended_at desc limit 1"
        );
        found = one(sql, &statement, &parameters, read)?;
    }
    Ok(with_details(sql, found.into_iter().collect())?.pop())
}

/// The open alerts of an integration, the newest first, for its own program.
pub fn of_integration(
    sql: &mut dyn Sql,
    integration: IntegrationId,
    limit: usize,
) -> Result<Vec<Found>, Failure> {
    let statement = format!(
        "{SELECT} where a.integration_id = $1 and a.ended_at is null order by a.id desc limit {limit}"
    );
    let alerts = many(sql, &statement, &[integration.into()], read)?;
    with_details(sql, alerts)
}

fn seen(sql: &mut dyn Sql, scope: &Scope, first: usize) -> (String, Vec<Value>) {
    let staff = scope.everything || scope.open_to_staff;
    let without = if staff && !scope.nothing { "a.number is null" } else { "1 = 0" };
    let (full, values) = filter::fully_visible(sql.engine(), scope, first);
    (format!("({without} or (i.number is not null and ({full})))"), values)
}

fn with_details(sql: &mut dyn Sql, alerts: Vec<Alert>) -> Result<Vec<Found>, Failure> {
    let ids: Vec<AlertId> = alerts.iter().map(|alert| alert.id).collect();
    let mut said = details::of(sql, &ids)?;
    let found = alerts.into_iter().map(|alert| {
        let details =
            said.remove(&alert.id).ok_or_else(|| Failure::damaged("an alert has no words"))?;
        Ok(Found { alert, details })
    });
    found.collect()
}
