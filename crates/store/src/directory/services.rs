//! Services that people use, who owns them and what they depend on. Circles of
//! dependencies exist in real life and are kept; only a service that depends on
//! itself is refused.

use super::rows::{json, many, one, slots};
use crate::{Columns, Failure, Row, Sql, Table, Type, Value};
use kernel::{EscalationId, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use map::Need;
pub use map::catalogue::Link;

/// Criticality when nothing is said.
const CRITICALITY: u8 = 3;
/// Services asked for in one statement; databases bound the number of parameters.
const NAMED_PER_STATEMENT: usize = 512;

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its name, unique whatever the case.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The owner team.
    pub team: Option<TeamId>,
    /// Criticality 1 (highest) to 4.
    pub criticality: u8,
    /// Whether incidents can name it.
    pub active: bool,
    /// What it cannot do without, each of them.
    pub depends_on: BTreeSet<ServiceId>,
    /// By which policy somebody is paged for it; the one of its team when there is none.
    #[serde(default)]
    pub escalation: Option<EscalationId>,
    /// What it is called outside; its name when empty.
    #[serde(default)]
    pub public_name: String,
    /// What an hour without it costs, in whole units of the instance's currency.
    #[serde(default)]
    pub cost_per_hour: Option<i64>,
    /// The goal of its availability, in thousandths.
    #[serde(default)]
    pub goal_permille: Option<u16>,
    /// Places to read on.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Groups of which it needs some, "2 of 3"; always of the service itself.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Counts the changes, from 1. Read only.
    pub version: i64,
}

impl Service {
    /// A service in use of which nothing but its name is known.
    pub fn named(id: ServiceId, name: impl Into<String>) -> Service {
        Service {
            id,
            name: name.into(),
            description: String::new(),
            team: None,
            criticality: CRITICALITY,
            active: true,
            depends_on: BTreeSet::new(),
            escalation: None,
            public_name: String::new(),
            cost_per_hour: None,
            goal_permille: None,
            links: vec![],
            needs: vec![],
            version: 1,
        }
    }

    /// What it is called outside.
    pub fn outside(&self) -> &str {
        if self.public_name.is_empty() { &self.name } else { &self.public_name }
    }

    /// Everything that it needs itself: what it cannot do without, and its groups.
    pub fn all_needs(&self) -> impl Iterator<Item = Need> {
        let plain = self.depends_on.iter().map(|on| Need::plain(self.id, *on));
        let groups = self.needs.iter().map(|need| Need { of: self.id, ..need.clone() });
        plain.chain(groups)
    }
}

const SELECT: &str = "select id, name, description, team_id, criticality, active, version, escalation_id, \
    public_name, cost_per_hour, goal_permille, links, needs from services";

/// As [`values`] has them.
const SERVICES: Table = Table {
    name: "services",
    columns: &[
        ("id", Type::Text),
        ("name", Type::Text),
        ("description", Type::Text),
        ("team_id", Type::Text),
        ("criticality", Type::Int),
        ("active", Type::Int),
        ("escalation_id", Type::Text),
        ("public_name", Type::Text),
        ("cost_per_hour", Type::Int),
        ("goal_permille", Type::Int),
        ("links", Type::Text),
        ("needs", Type::Text),
    ],
    suffix: "",
};

const DEPENDENCIES: Table = Table {
    name: "service_dependencies",
    columns: &[("service_id", Type::Text), ("depends_on", Type::Text)],
    suffix: "",
};

/// Stores a new service with its dependencies. [`Failure::Exists`] when the name
/// is taken, [`Failure::Reference`] when team or dependency do not exist.
pub fn insert(sql: &mut dyn Sql, service: &Service) -> Result<(), Failure> {
    check_groups(sql, service)?;
    sql.execute(
        "insert into services (id, name, description, team_id, criticality, active, escalation_id, public_name, \
         cost_per_hour, goal_permille, links, needs) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &values(service)?,
    )?;
    set_dependencies(sql, service.id, &service.depends_on)
}

/// Stores new services that may need each other, in a few statements. As [`insert`].
pub fn insert_all(sql: &mut dyn Sql, services: &[Service]) -> Result<(), Failure> {
    let rows = services.iter().map(values).collect::<Result<Vec<_>, Failure>>()?;
    sql.insert(&SERVICES, rows)?;
    let mut needs: Vec<Row> = Vec::new();
    for service in services {
        check_groups(sql, service)?;
        if service.depends_on.contains(&service.id) {
            return Err(itself());
        }
        let of = service.depends_on.iter();
        needs.extend(of.map(|on| vec![service.id.into(), (*on).into()]));
    }
    sql.insert(&DEPENDENCIES, needs).map(drop)
}

/// Changes a service and its dependencies; `false` when `expected_version` is not
/// its any more.
pub fn update(
    sql: &mut dyn Sql,
    service: &Service,
    expected_version: i64,
) -> Result<bool, Failure> {
    check_groups(sql, service)?;
    let mut values = values(service)?;
    values.push(expected_version.into());
    let touched = sql.execute(
        "update services set name = $2, description = $3, team_id = $4, criticality = $5, active = $6, escalation_id = $7, \
         public_name = $8, cost_per_hour = $9, goal_permille = $10, links = $11, needs = $12, \
         version = version + 1 where id = $1 and version = $13",
        &values,
    )?;
    if touched == 1 {
        set_dependencies(sql, service.id, &service.depends_on)?;
    }
    Ok(touched == 1)
}

/// The service with this id.
pub fn get(sql: &mut dyn Sql, id: ServiceId) -> Result<Option<Service>, Failure> {
    let found = one(sql, &format!("{SELECT} where id = $1"), &[id.into()], read)?;
    found.map(|service| with_dependencies(sql, service)).transpose()
}

/// The service with this name, whatever the case.
pub fn by_name(sql: &mut dyn Sql, name: &str) -> Result<Option<Service>, Failure> {
    let found =
        one(sql, &format!("{SELECT} where lower(name) = lower($1)"), &[name.trim().into()], read)?;
    found.map(|service| with_dependencies(sql, service)).transpose()
}

/// Every service by name, those out of use too.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Service>, Failure> {
    let mut services = many(sql, &format!("{SELECT} order by lower(name), id"), &[], read)?;
    let mut needs: BTreeMap<ServiceId, BTreeSet<ServiceId>> = BTreeMap::new();
    for (service, on) in
        many(sql, "select service_id, depends_on from service_dependencies", &[], |row| {
            Ok((row.parsed()?, row.parsed()?))
        })?
    {
        needs.entry(service).or_default().insert(on);
    }
    for service in &mut services {
        service.depends_on = needs.remove(&service.id).unwrap_or_default();
    }
    Ok(services)
}

/// The services in use by name, without what is known of them.
pub fn names(sql: &mut dyn Sql) -> Result<Vec<(ServiceId, String)>, Failure> {
    let statement = "select id, name from services where active = 1 order by lower(name), id";
    many(sql, statement, &[], |row| Ok((row.parsed()?, row.text()?)))
}

/// A service in use, as far as decisions look it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InForce {
    pub(super) id: ServiceId,
    pub(super) name: String,
    pub(super) team: Option<TeamId>,
    pub(super) criticality: u8,
    pub(super) escalation: Option<EscalationId>,
}

/// The services in use, in no order: read after each change of configuration, so no more than
/// decisions need.
pub(super) fn in_force(sql: &mut dyn Sql) -> Result<Vec<InForce>, Failure> {
    let statement =
        "select id, name, team_id, criticality, escalation_id from services where active = 1";
    many(sql, statement, &[], |row| {
        Ok(InForce {
            id: row.parsed()?,
            name: row.text()?,
            team: row.opt_parsed()?,
            criticality: criticality(row.int()?)?,
            escalation: row.opt_parsed()?,
        })
    })
}

fn criticality(value: i64) -> Result<u8, Failure> {
    u8::try_from(value).map_err(|_| Failure::damaged("a criticality is not 1 to 4"))
}

/// What an hour without each service costs, where that is known; those out of use too.
pub fn hourly(sql: &mut dyn Sql) -> Result<Vec<(ServiceId, i64)>, Failure> {
    let statement = "select id, cost_per_hour from services where cost_per_hour is not null";
    many(sql, statement, &[], |row| Ok((row.parsed()?, row.int()?)))
}

fn set_dependencies(
    sql: &mut dyn Sql,
    service: ServiceId,
    depends_on: &BTreeSet<ServiceId>,
) -> Result<(), Failure> {
    if depends_on.contains(&service) {
        return Err(itself());
    }
    let before = dependencies(sql, service)?;
    for gone in before.difference(depends_on) {
        sql.execute(
            "delete from service_dependencies where service_id = $1 and depends_on = $2",
            &[service.into(), (*gone).into()],
        )?;
    }
    for new in depends_on.difference(&before) {
        sql.execute(
            "insert into service_dependencies (service_id, depends_on) values ($1, $2)",
            &[service.into(), (*new).into()],
        )?;
    }
    Ok(())
}

fn dependencies(sql: &mut dyn Sql, service: ServiceId) -> Result<BTreeSet<ServiceId>, Failure> {
    let statement = "select depends_on from service_dependencies where service_id = $1";
    Ok(many(sql, statement, &[service.into()], Columns::parsed)?.into_iter().collect())
}

fn with_dependencies(sql: &mut dyn Sql, service: Service) -> Result<Service, Failure> {
    Ok(Service { depends_on: dependencies(sql, service.id)?, ..service })
}

fn itself() -> Failure {
    Failure::Reference("a service cannot depend on itself".to_owned())
}

/// What groups name has to be there, and be another service.
fn check_groups(sql: &mut dyn Sql, service: &Service) -> Result<(), Failure> {
    let named: BTreeSet<ServiceId> =
        service.needs.iter().flat_map(|need| need.needs.iter().copied()).collect();
    if named.contains(&service.id) {
        return Err(itself());
    }
    let named: Vec<ServiceId> = named.into_iter().collect();
    for part in named.chunks(NAMED_PER_STATEMENT) {
        let (names, values) = slots(1, part);
        let statement = format!("select count(*) from services where id in ({names})");
        let found = one(sql, &statement, &values, Columns::int)?.unwrap_or(0);
        if found != part.len() as i64 {
            return Err(Failure::Reference("a service of a group".to_owned()));
        }
    }
    Ok(())
}

fn values(service: &Service) -> Result<Vec<Value>, Failure> {
    let needs = service.needs.iter().map(|need| Need { of: service.id, ..need.clone() });
    Ok(vec![
        service.id.into(),
        (&service.name).into(),
        (&service.description).into(),
        service.team.into(),
        service.criticality.into(),
        service.active.into(),
        service.escalation.into(),
        (&service.public_name).into(),
        service.cost_per_hour.into(),
        service.goal_permille.map(i64::from).into(),
        json(&service.links)?.into(),
        json(&needs.collect::<Vec<Need>>())?.into(),
    ])
}

fn read(row: &mut Columns) -> Result<Service, Failure> {
    Ok(Service {
        id: row.parsed()?,
        name: row.text()?,
        description: row.text()?,
        team: row.opt_parsed()?,
        criticality: criticality(row.int()?)?,
        active: row.flag()?,
        version: row.int()?,
        escalation: row.opt_parsed()?,
        public_name: row.text()?,
        cost_per_hour: row.opt_int()?,
        goal_permille: row
            .opt_int()?
            .map(u16::try_from)
            .transpose()
            .map_err(|_| Failure::damaged("the goal of a service is out of range"))?,
        links: row.json()?,
        needs: row.json()?,
        depends_on: BTreeSet::new(),
    })
}
