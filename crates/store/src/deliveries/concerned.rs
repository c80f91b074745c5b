//! Who is concerned by what is told, and how the incidents stand: read for several rows of the
//! outbox at once. A busy minute has thousands of rows about few teams, and whoever writes
//! meanwhile waits.

use super::expand::Asked;
use crate::directory::{devices, many, slots};
use crate::{Columns, Failure, Sql, Value};
use incident::Audience;
use incident::telling::Preferences;
use kernel::{DeviceId, PersonId, TeamId};
use std::collections::{BTreeMap, BTreeSet};

/// Ids of one statement.
const IDS_PER_STATEMENT: usize = 256;

/// Somebody who is concerned.
#[derive(Clone)]
pub(super) struct Reached {
    pub(super) person: PersonId,
    pub(super) email: Option<String>,
    pub(super) time_zone: String,
    pub(super) preferences: Preferences,
    /// Browsers that show them news.
    pub(super) devices: Vec<DeviceId>,
}

/// How an incident stands, as far as preferences ask.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) priority: u8,
    pub(super) major: bool,
    pub(super) waits_for_requester: bool,
    /// Who has been told of it by mail.
    pub(super) told: BTreeSet<PersonId>,
    /// Whether a letter about it waits for what may follow, or for the end of quiet hours.
    pub(super) held: bool,
}

/// Adds how incidents stand, those that are not known yet.
pub(super) fn standings(
    sql: &mut dyn Sql,
    numbers: impl Iterator<Item = i64>,
    known: &mut BTreeMap<i64, Standing>,
) -> Result<(), Failure> {
    let unknown: BTreeSet<i64> = numbers.filter(|number| !known.contains_key(number)).collect();
    let unknown: Vec<i64> = unknown.into_iter().collect();
    for numbers in unknown.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, numbers);
        let statement = format!(
            "select number, priority, major, case when state = 'on_hold' \
             and hold_reason = 'requester' then 1 else 0 end from incidents where number in ({list})"
        );
        known.extend(many(sql, &statement, &values, |row| {
            let number = row.int()?;
            // Priorities are 1 to 5.
            let priority = u8::try_from(row.int()?).unwrap_or(u8::MAX);
            let (major, waits_for_requester) = (row.flag()?, row.flag()?);
            let standing = Standing { priority, major, waits_for_requester, ..Standing::default() };
            Ok((number, standing))
        })?);
        // Without the second word on the channel SQLite takes no index of those by number, which
        // leave out what is pushed, and goes through all deliveries there are.
        let statement = format!(
            "select number, person_id, max(case when state = 'waiting' \
             and held in ('folding', 'quiet') then 1 else 0 end) from deliveries \
             where number in ({list}) and channel = 'email' and channel <> 'push' \
             group by number, person_id"
        );
        let read = |row: &mut Columns| Ok((row.int()?, row.parsed()?, row.flag()?));
        for (number, person, held) in many(sql, &statement, &values, read)? {
            let standing = known.entry(number).or_default();
            standing.told.insert(person);
            standing.held |= held;
        }
    }
    Ok(())
}

/// People behind audiences.
pub(super) struct Concerned {
    people: BTreeMap<PersonId, Reached>,
    teams: BTreeMap<TeamId, BTreeSet<PersonId>>,
    watchers: BTreeMap<i64, BTreeSet<PersonId>>,
    /// Who did what is told: number and place in the timeline.
    actors: BTreeSet<(i64, i64, PersonId)>,
}

impl Concerned {
    /// Reads who is behind these audiences.
    pub(super) fn read(
        sql: &mut dyn Sql,
        asked: &[(&Asked, &Audience)],
        with_devices: bool,
    ) -> Result<Self, Failure> {
        let (mut people, mut teams) = (BTreeSet::new(), BTreeSet::new());
        let (mut followed, mut entries) = (BTreeSet::new(), BTreeSet::new());
        for (asked, audience) in asked {
            match audience {
                Audience::Requester(person) | Audience::Person(person) => {
                    people.insert(*person);
                    continue;
                }
                Audience::Team(team) => teams.insert(*team),
                Audience::Watchers => followed.insert(asked.number),
                // They are told outside, by an announcement.
                Audience::List(_) | Audience::Subscribers => continue,
            };
            entries.insert((asked.number, asked.n));
        }
        let teams = members(sql, &teams)?;
        let watchers = watchers(sql, &followed)?;
        people.extend(teams.values().chain(watchers.values()).flatten());
        let people: Vec<PersonId> = people.into_iter().collect();
        let actors = actors(sql, &entries.into_iter().collect::<Vec<_>>())?;
        Ok(Concerned { people: read_people(sql, &people, with_devices)?, teams, watchers, actors })
    }

    /// Who is concerned. Of a team and of watchers, whoever did it knows it already.
    pub(super) fn by<'a>(
        &'a self,
        asked: &Asked,
        audience: &Audience,
    ) -> impl Iterator<Item = &'a Reached> + use<'a> {
        let (one, some) = match audience {
            Audience::Requester(person) | Audience::Person(person) => (Some(*person), None),
            Audience::Team(team) => (None, self.teams.get(team)),
            Audience::Watchers => (None, self.watchers.get(&asked.number)),
            Audience::List(_) | Audience::Subscribers => (None, None),
        };
        let (number, n) = (asked.number, asked.n);
        let did = move |person: &PersonId| self.actors.contains(&(number, n, *person));
        let some = some.into_iter().flatten().copied().filter(move |person| !did(person));
        one.into_iter().chain(some).filter_map(|person| self.people.get(&person))
    }
}

fn members(
    sql: &mut dyn Sql,
    teams: &BTreeSet<TeamId>,
) -> Result<BTreeMap<TeamId, BTreeSet<PersonId>>, Failure> {
    let mut found: BTreeMap<TeamId, BTreeSet<PersonId>> = BTreeMap::new();
    let teams: Vec<TeamId> = teams.iter().copied().collect();
    for teams in teams.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, teams);
        let statement =
            format!("select team_id, person_id from team_members where team_id in ({list})");
        for (team, person) in
            many(sql, &statement, &values, |row| Ok((row.parsed()?, row.parsed()?)))?
        {
            found.entry(team).or_default().insert(person);
        }
    }
    Ok(found)
}

fn watchers(
    sql: &mut dyn Sql,
    numbers: &BTreeSet<i64>,
) -> Result<BTreeMap<i64, BTreeSet<PersonId>>, Failure> {
    let mut found: BTreeMap<i64, BTreeSet<PersonId>> = BTreeMap::new();
    let numbers: Vec<i64> = numbers.iter().copied().collect();
    for numbers in numbers.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, numbers);
        let statement =
            format!("select number, person_id from incident_watchers where number in ({list})");
        for (number, person) in
            many(sql, &statement, &values, |row| Ok((row.int()?, row.parsed()?)))?
        {
            found.entry(number).or_default().insert(person);
        }
    }
    Ok(found)
}

/// Which people did what these entries tell.
fn actors(
    sql: &mut dyn Sql,
    entries: &[(i64, i64)],
) -> Result<BTreeSet<(i64, i64, PersonId)>, Failure> {
    let mut found = BTreeSet::new();
    for entries in entries.chunks(IDS_PER_STATEMENT / 2) {
        // The last is repeated, so that lists of any length need few different statements.
        let length = entries.len().next_power_of_two();
        let pair =
            |at| format!("(cast(${} as bigint), cast(${} as bigint))", 2 * at + 1, 2 * at + 2);
        let pairs = (0..length).map(pair);
        let pairs = pairs.collect::<Vec<_>>().join(", ");
        let last = entries.last().into_iter().cycle();
        let values = entries.iter().chain(last).take(length);
        let values: Vec<Value> =
            values.flat_map(|(number, n)| [(*number).into(), (*n).into()]).collect();
        let statement = format!(
            "select number, n, actor_id from events where actor_kind = 'person' \
             and (number, n) in (values {pairs})"
        );
        found.extend(many(sql, &statement, &values, |row| {
            Ok((row.int()?, row.int()?, row.parsed()?))
        })?);
    }
    Ok(found)
}

fn read_people(
    sql: &mut dyn Sql,
    people: &[PersonId],
    with_devices: bool,
) -> Result<BTreeMap<PersonId, Reached>, Failure> {
    let mut found = BTreeMap::new();
    for people in people.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, people);
        let statement = format!(
            "select people.id, email, time_zone, preferences from people \
             left join told_how on told_how.person_id = people.id \
             where people.id in ({list}) and people.active = 1"
        );
        found.extend(many(sql, &statement, &values, |row| {
            let (person, email, time_zone) = (row.parsed()?, row.opt_text()?, row.text()?);
            let stored = row.opt_text()?;
            // Whoever's preferences cannot be read is told rather too much than nothing.
            let preferences = stored.and_then(|json| serde_json::from_str(&json).ok());
            let preferences = preferences.unwrap_or_default();
            Ok((person, Reached { person, email, time_zone, preferences, devices: vec![] }))
        })?);
        if with_devices {
            for (person, devices) in devices::of_people(sql, people)? {
                if let Some(reached) = found.get_mut(&person) {
                    reached.devices = devices;
                }
            }
        }
    }
    Ok(found)
}
