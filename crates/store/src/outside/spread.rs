//! Announcements become letters, some at a time, so that ten thousand keep nobody who writes.

use super::announce::remind_again;
use super::claim::kept;
use super::{Announcement, SUBSCRIBERS, Whom, announcement};
use crate::deliveries::{SAME_NEWS_MICROS, by_mail_since};
use crate::directory::{Person, lists, many, one, people, settings, slots};
use crate::subscribers::SubscriberKind;
use crate::{Columns, Failure, Sql, Table, Type, Value};
use kernel::{IncidentNumber, Language, ListId, MaintenanceId, PersonId, Timestamp};
use std::collections::BTreeSet;

/// Subscribers that one transaction makes letters for: some ten milliseconds of work.
pub const SPREAD_ROWS: i64 = 500;

const TOLD_OUTSIDE: Table<'static> = Table {
    name: "told_outside",
    columns: &[
        ("about", Type::Text),
        ("word", Type::Text),
        ("announcement_id", Type::Int),
        ("subscriber_id", Type::Text),
        ("list_id", Type::Text),
        ("channel", Type::Text),
        ("address", Type::Text),
        ("language", Type::Text),
        ("next_at", Type::Int),
        ("created_at", Type::Int),
    ],
    suffix: "on conflict do nothing",
};

/// One address that is to be told.
struct Reader {
    subscriber: Option<String>,
    channel: SubscriberKind,
    address: String,
    language: Language,
}

/// An announcement, the next that are to be told of it, and the last of them unless there are no
/// more.
type Due = (Announcement, Vec<Reader>, Option<String>);

/// Makes letters of the announcement that waits longest, for `limit` subscribers at most, and
/// remembers how far it came; whether there was one. One that cannot be read is set aside, so that
/// it keeps no other from being told. One transaction is one call.
pub fn spread(sql: &mut dyn Sql, now: Timestamp, limit: i64) -> Result<bool, Failure> {
    // People are told first, those of parts and children in the same job: who is told as one is
    // not told again as somebody outside.
    let statement = "select id from announcements where ended_at is null and not_before <= $1 \
        and not exists (select 1 from outbox where outbox.state = 'waiting' \
        and outbox.not_before <= $1 and (outbox.number = announcements.number \
        and outbox.n = announcements.n and outbox.created_at >= announcements.created_at \
        or announcements.number is not null and outbox.word = 'update_published' \
        and outbox.created_at = announcements.created_at)) order by not_before, id limit 1";
    let Some(id) = one(sql, statement, &[now.into()], Columns::int)? else { return Ok(false) };
    match due(sql, id, limit) {
        Ok(Some(due)) => tell(sql, due, now)?,
        // Another node was faster.
        Ok(None) => {}
        Err(Failure::Damaged(why)) => set_aside(sql, id, &why, now)?,
        Err(failure) => return Err(failure),
    }
    Ok(true)
}

/// An announcement with those that are told next; nothing when it is gone.
fn due(sql: &mut dyn Sql, id: i64, limit: i64) -> Result<Option<Due>, Failure> {
    let Some(due) = announcement(sql, id)? else { return Ok(None) };
    let (readers, reached) = match due.whom {
        Whom::List(list) => (members(sql, list)?, None),
        Whom::Subscribers => subscribers(sql, &due, limit)?,
    };
    Ok(Some((due, readers, reached)))
}

/// Makes letters for these readers, unless another node did.
fn tell(
    sql: &mut dyn Sql,
    (due, mut readers, reached): Due,
    now: Timestamp,
) -> Result<(), Failure> {
    // Of what was planned before there was mail, what comes later is told by mail.
    let mail = by_mail_since(sql)?.is_some_and(|since| due.not_before >= since);
    if !advance(sql, &due, reached.as_deref(), now)? {
        return Ok(());
    }
    let told = told_as_people(sql, &due)?;
    readers.retain(|reader| match reader.channel {
        SubscriberKind::Mail => mail && !told.contains(&reader.address),
        SubscriberKind::Webhook => true,
    });
    let rows = readers.into_iter().map(|reader| row(&due, reader, now)).collect::<Vec<_>>();
    if !rows.is_empty() {
        sql.insert(&TOLD_OUTSIDE, rows)?;
    }
    match due.maintenance.filter(|_| reached.is_none()) {
        Some(maintenance) => go_on(sql, maintenance, now),
        None => Ok(()),
    }
}

/// Ends an announcement that cannot be read. A letter to nobody, given up, says so where those
/// are that were given up.
fn set_aside(sql: &mut dyn Sql, id: i64, why: &str, now: Timestamp) -> Result<(), Failure> {
    tracing::error!(announcement = id, %why, "an announcement cannot be read; nobody is told of it");
    let ended = "update announcements set ended_at = $2 where id = $1 and ended_at is null";
    if sql.execute(ended, &[id.into(), now.into()])? == 0 {
        return Ok(());
    }
    let (number, work) = subject(sql, id)?;
    let of = number.map(|number| format!(" of {number}")).unwrap_or_default();
    let dead = "insert into told_outside (about, word, announcement_id, list_id, channel, address, \
        language, state, next_at, created_at, ended_at, error) \
        select cast($2 as text), word, id, case when whom = $3 then null else whom end, 'mail', \
        '', 'en', 'dead', not_before, created_at, cast($4 as bigint), cast($5 as text) \
        from announcements where id = $1 on conflict do nothing";
    let values: [Value; 5] = [
        id.into(),
        format!("a:{id}").into(),
        SUBSCRIBERS.into(),
        now.into(),
        kept(Some(&format!("announcement {id}{of}: {why}"))),
    ];
    sql.execute(dead, &values)?;
    work.map_or(Ok(()), |work| go_on(sql, work, now))
}

/// The incident and the planned work that an announcement is about, as far as that can be read.
fn subject(
    sql: &mut dyn Sql,
    id: i64,
) -> Result<(Option<IncidentNumber>, Option<MaintenanceId>), Failure> {
    let statement = "select number, maintenance_id from announcements where id = $1";
    let read = |row: &mut Columns| {
        let number = row.opt_int()?.map(IncidentNumber);
        Ok((number, row.opt_parsed().ok().flatten()))
    };
    Ok(one(sql, statement, &[id.into()], read)?.unwrap_or_default())
}

/// Plans what is told next of work that recurs. What cannot be read of it is shown with the
/// planned work, and keeps nothing else from being told.
fn go_on(sql: &mut dyn Sql, work: MaintenanceId, now: Timestamp) -> Result<(), Failure> {
    match remind_again(sql, work, now) {
        Err(Failure::Damaged(why)) => {
            tracing::error!(%work, %why, "planned work cannot be read; nobody is reminded of it");
            Ok(())
        }
        done => done,
    }
}

/// Remembers how far an announcement came, or that it is done; `false` when that is known already.
fn advance(
    sql: &mut dyn Sql,
    due: &Announcement,
    reached: Option<&str>,
    now: Timestamp,
) -> Result<bool, Failure> {
    let ended = reached.is_none().then_some(now);
    let statement = "update announcements set reached = coalesce($3, reached), ended_at = $4 \
        where id = $1 and reached = $2 and ended_at is null";
    let values: [Value; 4] = [due.id.into(), (&due.reached).into(), reached.into(), ended.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

/// The next subscribers that an announcement is for, and the last of them unless there are no more.
fn subscribers(
    sql: &mut dyn Sql,
    due: &Announcement,
    limit: i64,
) -> Result<(Vec<Reader>, Option<String>), Failure> {
    let components: Vec<String> = due.components.iter().map(ToString::to_string).collect();
    let (list, chosen) = slots(4, &components);
    let statement = format!(
        "select id, kind, address, language from subscribers where id > $1 and ended_at is null \
         and confirmed_at <= $2 and (everything = 1 or exists (select 1 \
         from subscriber_components chosen where chosen.subscriber_id = subscribers.id \
         and chosen.component_id in ({list}))) order by id limit $3"
    );
    let mut values: Vec<Value> = vec![
        (&due.reached).into(),
        // Whoever confirmed since reads the page.
        due.not_before.into(),
        limit.into(),
    ];
    values.extend(chosen);
    let found = many(sql, &statement, &values, |row| {
        let id = row.text()?;
        let reader = read_subscriber(id.clone(), row);
        Ok((id, reader))
    })?;
    let full = found.len() as i64 >= limit;
    let last = found.last().map(|(id, _)| id.clone()).filter(|_| full);
    let mut readers = Vec::with_capacity(found.len());
    for (subscriber, reader) in found {
        match reader {
            Ok(reader) => readers.push(reader),
            Err(failure) => {
                tracing::error!(%subscriber, %failure, "a subscriber cannot be read and is not told");
            }
        }
    }
    Ok((readers, last))
}

fn read_subscriber(id: String, row: &mut Columns) -> Result<Reader, Failure> {
    Ok(Reader {
        subscriber: Some(id),
        channel: row.parsed()?,
        address: row.text()?,
        language: row.parsed()?,
    })
}

/// The members of a list.
fn members(sql: &mut dyn Sql, list: ListId) -> Result<Vec<Reader>, Failure> {
    let Some(list) = lists::get(sql, list)? else { return Ok(vec![]) };
    let ids: Vec<PersonId> = list.people.into_iter().collect();
    let people = people::get_many(sql, &ids)?;
    let mut readers = by_mail(sql, people)?;
    readers.extend(list.addresses.into_iter().map(|plain| reader(plain.email, plain.language)));
    Ok(readers)
}

/// People who are there and have an address, with what they read.
fn by_mail(sql: &mut dyn Sql, people: Vec<Person>) -> Result<Vec<Reader>, Failure> {
    let usual = settings::get::<settings::Instance>(sql, settings::INSTANCE)?;
    let usual = usual.map(|stored| stored.value.language).unwrap_or_default();
    let there = people.into_iter().filter(|person| person.active);
    Ok(there
        .filter_map(|person| Some(reader(person.email?, person.language.unwrap_or(usual))))
        .collect())
}

fn reader(address: String, language: Language) -> Reader {
    Reader { subscriber: None, channel: SubscriberKind::Mail, address, language }
}

/// Addresses of people who are told the same as requesters, followers or whoever has it, of the
/// incident or of what belongs to it.
fn told_as_people(sql: &mut dyn Sql, due: &Announcement) -> Result<BTreeSet<String>, Failure> {
    let Some((number, n)) = due.update else { return Ok(BTreeSet::new()) };
    // Without the second word on the channel SQLite goes through all deliveries there are.
    let statement = "select address from deliveries where number = $1 and n = $2 \
        and channel = 'email' and channel <> 'push' union select address from deliveries where number in \
        (select number from incidents where merged_into = $1 or parent = $1) \
        and word = 'update_published' and channel = 'email' and channel <> 'push' \
        and exists (select 1 from events \
        where events.number = deliveries.number and events.n = deliveries.n \
        and events.at between $3 and $4)";
    let at = due.created_at;
    let values = [
        number.into(),
        n.into(),
        at.plus_micros(-SAME_NEWS_MICROS).into(),
        at.plus_micros(SAME_NEWS_MICROS).into(),
    ];
    let told = many(sql, statement, &values, Columns::text)?;
    Ok(told.into_iter().map(|address| address.to_lowercase()).collect())
}

fn row(due: &Announcement, reader: Reader, now: Timestamp) -> Vec<Value> {
    vec![
        (&due.about).into(),
        due.word.as_str().into(),
        due.id.into(),
        reader.subscriber.into(),
        match due.whom {
            Whom::List(list) => list.into(),
            Whom::Subscribers => Value::Null,
        },
        reader.channel.as_str().into(),
        reader.address.into(),
        reader.language.as_str().into(),
        now.into(),
        now.into(),
    ]
}
