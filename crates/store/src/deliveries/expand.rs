//! Rows of the outbox become deliveries: one for each person who is concerned and each
//! channel by which they are told.

use super::{By, DELIVERIES, ToldAs, ToldSince};
use crate::directory::{many, one};
use crate::{Failure, Sql, Value};
use incident::Audience;
use kernel::{PersonId, Timestamp};

/// The words of clocks, which are for whoever has the incident.
const OF_CLOCKS: [&str; 2] = ["clock_warned", "clock_breached"];
/// Deliveries that one transaction makes, and those of the row of the outbox that goes beyond:
/// a team may be large, and whoever writes meanwhile waits.
const MADE_MAX: usize = 1_000;

/// Something to be told, as it waits in the outbox.
struct Asked {
    id: i64,
    number: i64,
    n: i64,
    word: String,
    audience: Audience,
    created_at: Timestamp,
}

/// Somebody who is concerned.
struct Reached {
    person: PersonId,
    email: Option<String>,
}

/// Turns rows of the outbox that are due into deliveries, the earliest first, `limit` rows
/// at most and fewer when they make many; how many rows. What was asked for before `since`
/// stays, and expires.
pub fn expand(
    sql: &mut dyn Sql,
    since: ToldSince,
    now: Timestamp,
    limit: i64,
) -> Result<u64, Failure> {
    let statement = "select id, number, n, word, audience, created_at from outbox \
        where state = 'waiting' and not_before <= $1 and created_at >= $2 \
        order by not_before, id limit $3";
    let values = [now.into(), since.earliest().into(), limit.into()];
    let due = many(sql, statement, &values, |row| {
        Ok(Asked {
            id: row.int()?,
            number: row.int()?,
            n: row.int()?,
            word: row.text()?,
            audience: row.json()?,
            created_at: row.at()?,
        })
    })?;
    let mut expanded = 0;
    let mut rows = Vec::new();
    for asked in due {
        // Another node may have had it since.
        if sql.execute("delete from outbox where id = $1", &[asked.id.into()])? == 0 {
            continue;
        }
        expanded += 1;
        let audience = match OF_CLOCKS.contains(&asked.word.as_str()) {
            true => owner(sql, asked.number)?.unwrap_or_else(|| asked.audience.clone()),
            false => asked.audience.clone(),
        };
        for reached in reached(sql, &asked, &audience)? {
            rows.extend(told(&asked, &audience, reached, since, now));
        }
        if rows.len() >= MADE_MAX {
            break;
        }
    }
    if !rows.is_empty() {
        sql.insert(&DELIVERIES, rows)?;
    }
    Ok(expanded)
}

/// The deliveries to one person.
fn told(
    asked: &Asked,
    audience: &Audience,
    reached: Reached,
    since: ToldSince,
    now: Timestamp,
) -> impl Iterator<Item = Vec<Value>> {
    let by_mail = since.mail.is_some_and(|since| asked.created_at >= since);
    let by_mail = reached.email.filter(|_| by_mail).map(|address| (By::Email, address));
    let in_inbox = (asked.created_at >= since.inbox).then(|| (By::Inbox, String::new()));
    let person = reached.person;
    [in_inbox, by_mail].into_iter().flatten().map(move |(by, address)| {
        vec![
            asked.number.into(),
            asked.n.into(),
            (&asked.word).into(),
            person.into(),
            told_as(audience).as_str().into(),
            by.as_str().into(),
            address.into(),
            now.into(),
            now.into(),
        ]
    })
}

/// Whose incident it is now: what clocks say waits for the team's hours, and somebody else may
/// have it by then.
fn owner(sql: &mut dyn Sql, number: i64) -> Result<Option<Audience>, Failure> {
    let statement = "select assignee_id, team_id from incidents where number = $1";
    let found = one(sql, statement, &[number.into()], |row| {
        Ok((row.opt_parsed()?.map(Audience::Person), row.opt_parsed()?.map(Audience::Team)))
    })?;
    Ok(found.and_then(|(person, team)| person.or(team)))
}

fn told_as(audience: &Audience) -> ToldAs {
    match audience {
        Audience::Requester(_) => ToldAs::Requester,
        Audience::Person(_) => ToldAs::Person,
        Audience::Team(_) => ToldAs::Team,
        Audience::Watchers => ToldAs::Watcher,
    }
}

/// Who is concerned. Of a team and of watchers, whoever did it knows it already.
fn reached(
    sql: &mut dyn Sql,
    asked: &Asked,
    audience: &Audience,
) -> Result<Vec<Reached>, Failure> {
    const OTHERS: &str = "and people.id not in (select actor_id from events where number = $1 \
        and n = $2 and actor_kind = 'person')";
    let (number, n) = (asked.number, asked.n);
    let (who, values): (String, Vec<Value>) = match audience {
        Audience::Requester(person) | Audience::Person(person) => {
            ("where people.id = $1".to_owned(), vec![(*person).into()])
        }
        Audience::Team(team) => (
            format!("join team_members on person_id = people.id where team_id = $3 {OTHERS}"),
            vec![number.into(), n.into(), (*team).into()],
        ),
        Audience::Watchers => (
            format!(
                "join incident_watchers on person_id = people.id and incident_watchers.number = $1 \
                 where 1 = 1 {OTHERS}"
            ),
            vec![number.into(), n.into()],
        ),
    };
    let statement = format!(
        "select people.id, email from people {who} and people.active = 1 order by people.id"
    );
    many(sql, &statement, &values, |row| Ok(Reached { person: row.parsed()?, email: row.opt_text()? }))
}
