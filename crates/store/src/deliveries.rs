//! What people are told: rows of the outbox become deliveries, one for each person and
//! channel; a delivery is taken for a while, attempted, and ends as sent, dead or
//! withdrawn. Its row stays as the record of it.

use crate::directory::{many, one, settings};
use crate::{Columns, Failure, Sql, Table, Type, Value};
use incident::Audience;
use kernel::{IncidentNumber, PersonId, Timestamp, words};

words! {
    /// Why somebody is told.
    ToldAs {
        /// They reported it, or it was reported for them.
        Requester = "requester",
        /// They follow it.
        Watcher = "watcher",
        /// It is theirs, or they were brought in.
        Person = "person",
        /// Their team has it.
        Team = "team",
    }
}

words! {
    /// How they are told.
    By {
        /// By e-mail.
        Email = "email",
    }
}

words! {
    /// How far a delivery is.
    DeliveryState {
        /// To be attempted, for the first time or again.
        Waiting = "waiting",
        /// Taken over by the mail server.
        Sent = "sent",
        /// Given up.
        Dead = "dead",
        /// Not told, because it must not be told any more.
        Withdrawn = "withdrawn",
    }
}

/// What one person is told by one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: i64,
    /// The incident; `None` for a letter that tries out the mail server.
    pub number: Option<IncidentNumber>,
    /// The entry of the timeline that is told.
    pub n: u32,
    /// What is told of it.
    pub word: String,
    /// To whom.
    pub person: PersonId,
    /// Why to them.
    pub told_as: ToldAs,
    /// How.
    pub by: By,
    /// Where they are reached.
    pub address: String,
    /// The message id, from the first attempt on.
    pub message_id: Option<String>,
    /// How far it is.
    pub state: DeliveryState,
    /// Attempts that failed.
    pub attempts: u32,
    /// Not attempted before.
    pub next_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was sent, given up or withdrawn.
    pub ended_at: Option<Timestamp>,
    /// What the last attempt ended with, or why it was not told.
    pub error: Option<String>,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has it.
    Sent,
    /// It failed, and may succeed later.
    Failed(String),
    /// It failed and will always fail.
    Refused(String),
    /// It must not be told any more, and why.
    Withdrawn(String),
    /// It was not attempted: nobody's fault, nothing counted; what keeps the server from taking
    /// any, if that is why.
    NotTried(Option<String>),
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Deliveries that wait.
    pub waiting: i64,
    /// When the oldest of them was asked for.
    pub oldest: Option<Timestamp>,
    /// Deliveries that were given up.
    pub dead: i64,
}

/// The word of a letter that tries out the mail server.
pub const TRIAL: &str = "trial";
/// The words of clocks, which are for whoever has the incident.
const OF_CLOCKS: [&str; 2] = ["clock_warned", "clock_breached"];
/// Since when people are told: what was to be told before is told to nobody.
const SINCE: &str = "told_since";
/// Seconds between a failed attempt and the next one; after the last of them it is given up.
pub const BACK_OFF_SECONDS: [i64; 7] = [60, 300, 900, 3_600, 14_400, 43_200, 86_400];
/// The longest a delivery is taken for. One that is taken for longer was taken by a clock
/// that has been set back since, and nobody has it any more.
const LEASE_SECONDS_MAX: i64 = 600;
/// Characters kept of what an attempt ended with.
const ERROR_CHARS: usize = 500;

const DELIVERY: &str = "id, number, n, word, person_id, told_as, channel, address, message_id, \
    state, attempts, next_at, created_at, ended_at, error";

/// A delivery that waits, that is due at `$1` and that nobody has, when nobody can have one
/// beyond `$2`.
const FREE: &str = "state = 'waiting' and channel = 'email' and next_at <= $1 \
    and (taken_until is null or taken_until <= $1 or taken_until > $2)";

/// What was said first to somebody about an incident reaches them first, unless it keeps
/// failing: then the others do not wait for it.
const IN_ORDER: &str = "not exists (select 1 from deliveries before where before.state = 'waiting' \
    and before.person_id = deliveries.person_id and before.number = deliveries.number \
    and before.channel = deliveries.channel and before.id < deliveries.id and before.attempts < 3)";

const DELIVERIES: Table<'static> = Table {
    name: "deliveries",
    columns: &[
        ("number", Type::Int),
        ("n", Type::Int),
        ("word", Type::Text),
        ("person_id", Type::Text),
        ("told_as", Type::Text),
        ("channel", Type::Text),
        ("address", Type::Text),
        ("next_at", Type::Int),
        ("created_at", Type::Int),
    ],
    suffix: "on conflict do nothing",
};

/// Since when people are told, which is `now` when nobody ever was.
pub fn told_since(sql: &mut dyn Sql, now: Timestamp) -> Result<Timestamp, Failure> {
    settings::put(sql, SINCE, &now, 0)?;
    Ok(settings::get(sql, SINCE)?.map_or(now, |stored| stored.value))
}

/// Says that people are not told any more: what happens until they are again is told to
/// nobody afterwards.
pub fn told_to_nobody(sql: &mut dyn Sql) -> Result<(), Failure> {
    sql.execute("delete from settings where key = $1", &[SINCE.into()]).map(drop)
}

/// Whether a row of the outbox is to become deliveries, or a delivery is due.
pub fn is_due(sql: &mut dyn Sql, since: Timestamp, now: Timestamp) -> Result<bool, Failure> {
    let outbox = "select 1 from outbox where state = 'waiting' and not_before <= $1 \
        and created_at >= $2 limit 1";
    if !sql.query(outbox, &[now.into(), since.into()])?.is_empty() {
        return Ok(true);
    }
    let due = format!("select 1 from deliveries where {FREE} and {IN_ORDER} limit 1");
    Ok(!sql.query(&due, &[now.into(), farthest(now).into()])?.is_empty())
}

/// Turns rows of the outbox that are due into deliveries, the earliest first, `limit` rows
/// at most; how many rows. What was asked for before `since` stays, and expires.
pub fn expand(
    sql: &mut dyn Sql,
    since: Timestamp,
    now: Timestamp,
    limit: i64,
) -> Result<u64, Failure> {
    let statement = "select id, number, n, word, audience from outbox where state = 'waiting' \
        and not_before <= $1 and created_at >= $2 order by not_before, id limit $3";
    let due = many(sql, statement, &[now.into(), since.into(), limit.into()], |row| {
        let (id, number, n) = (row.int()?, row.int()?, row.int()?);
        Ok((id, number, n, row.text()?, row.json::<Audience>()?))
    })?;
    let mut expanded = 0;
    let mut rows = Vec::new();
    for (id, number, n, word, audience) in due {
        // Another node may have had it since.
        if sql.execute("delete from outbox where id = $1", &[id.into()])? == 0 {
            continue;
        }
        expanded += 1;
        let audience = match OF_CLOCKS.contains(&word.as_str()) {
            true => owner(sql, number)?.unwrap_or(audience),
            false => audience,
        };
        let told_as = told_as(&audience);
        for (person, address) in reached(sql, number, n, &audience)? {
            rows.push(vec![
                number.into(),
                n.into(),
                (&word).into(),
                person.into(),
                told_as.as_str().into(),
                By::Email.as_str().into(),
                address.into(),
                now.into(),
                now.into(),
            ]);
        }
    }
    if !rows.is_empty() {
        sql.insert(&DELIVERIES, rows)?;
    }
    Ok(expanded)
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

/// Who can be told by e-mail, and at which address. Of a team and of watchers, whoever did
/// it knows it already.
fn reached(
    sql: &mut dyn Sql,
    number: i64,
    n: i64,
    audience: &Audience,
) -> Result<Vec<(PersonId, String)>, Failure> {
    const OTHERS: &str = "and people.id not in (select actor_id from events where number = $1 \
        and n = $2 and actor_kind = 'person')";
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
        "select people.id, email from people {who} and email is not null and people.active = 1 order by people.id"
    );
    many(sql, &statement, &values, |row| Ok((row.parsed()?, row.text()?)))
}

/// Asks for a letter that tries out the mail server.
pub fn try_out(
    sql: &mut dyn Sql,
    person: PersonId,
    address: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let row = vec![
        Value::Null,
        0i64.into(),
        TRIAL.into(),
        person.into(),
        ToldAs::Person.as_str().into(),
        By::Email.as_str().into(),
        address.into(),
        now.into(),
        now.into(),
    ];
    sql.insert(&DELIVERIES, vec![row]).map(drop)
}

/// Takes deliveries that are due and that nobody has, until `until`, which is at most ten
/// minutes away: the one that waits longest first, to each person about each incident one
/// at a time. `name` makes the message id of one that has none yet.
pub fn claim(
    sql: &mut dyn Sql,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
    name: &dyn Fn(&Delivery) -> String,
) -> Result<Vec<Delivery>, Failure> {
    // Where they are reached now: an address may have been corrected since.
    let columns = DELIVERY.replace(
        "address",
        "coalesce((select email from people where people.id = person_id), address)",
    );
    let statement = format!(
        "select {columns} from deliveries where {FREE} and {IN_ORDER} order by next_at, id limit $3"
    );
    let found = many(sql, &statement, &[now.into(), farthest(now).into(), limit.into()], read)?;
    let take = format!(
        "update deliveries set taken_until = $3, message_id = $4, address = $6 where id = $5 and {FREE}"
    );
    let mut taken = Vec::with_capacity(found.len());
    for mut delivery in found {
        let message_id = delivery.message_id.take().unwrap_or_else(|| name(&delivery));
        let values = [
            now.into(),
            farthest(now).into(),
            until.into(),
            (&message_id).into(),
            delivery.id.into(),
            (&delivery.address).into(),
        ];
        if sql.execute(&take, &values)? == 1 {
            taken.push(Delivery { message_id: Some(message_id), ..delivery });
        }
    }
    Ok(taken)
}

/// Lets go of all that is taken: whoever took it is gone, and nobody else is there who could.
pub fn let_go_of_all(sql: &mut dyn Sql) -> Result<(), Failure> {
    let statement = "update deliveries set taken_until = null \
        where state = 'waiting' and taken_until is not null";
    sql.execute(statement, &[]).map(drop)
}

/// Records what attempts came to; how many deliveries were given up by it.
pub fn settle(
    sql: &mut dyn Sql,
    outcomes: &[(i64, Outcome)],
    now: Timestamp,
) -> Result<u64, Failure> {
    let end = "update deliveries set state = $2, ended_at = $3, error = $4, taken_until = null \
        where id = $1 and state = 'waiting'";
    let mut given_up = 0;
    for (id, outcome) in outcomes {
        let mut ended = |state: DeliveryState, error: Option<&str>| {
            let values = [(*id).into(), state.as_str().into(), now.into(), kept(error)];
            sql.execute(end, &values)
        };
        match outcome {
            Outcome::Sent => drop(ended(DeliveryState::Sent, None)?),
            Outcome::Withdrawn(why) => drop(ended(DeliveryState::Withdrawn, Some(why))?),
            Outcome::Refused(error) => given_up += ended(DeliveryState::Dead, Some(error))?,
            Outcome::Failed(error) => given_up += failed(sql, *id, error, now)?,
            Outcome::NotTried(why) => {
                let let_go = "update deliveries set taken_until = null, \
                    error = coalesce($2, error) where id = $1 and state = 'waiting'";
                sql.execute(let_go, &[(*id).into(), kept(why.as_deref())])?;
            }
        }
    }
    Ok(given_up)
}

/// Waits for longer each time, and is given up after the last; how many were.
fn failed(sql: &mut dyn Sql, id: i64, error: &str, now: Timestamp) -> Result<u64, Failure> {
    let attempts = "select attempts from deliveries where id = $1 and state = 'waiting'";
    let Some(before) = one(sql, attempts, &[id.into()], Columns::int)? else { return Ok(0) };
    let wait = usize::try_from(before).ok().and_then(|before| BACK_OFF_SECONDS.get(before));
    let (state, ended) = match wait {
        Some(_) => (DeliveryState::Waiting, None),
        None => (DeliveryState::Dead, Some(now)),
    };
    let next_at = now.plus_seconds(wait.copied().unwrap_or_default());
    let values =
        [id.into(), state.as_str().into(), next_at.into(), Value::from(ended), kept(Some(error))];
    sql.execute(
        "update deliveries set state = $2, attempts = attempts + 1, next_at = $3, ended_at = $4, \
         error = $5, taken_until = null where id = $1 and state = 'waiting'",
        &values,
    )?;
    Ok(u64::from(wait.is_none()))
}

/// Has a delivery that was given up attempted again, from the beginning; `false` when there
/// is none.
pub fn send_again(sql: &mut dyn Sql, id: i64, now: Timestamp) -> Result<bool, Failure> {
    let statement = "update deliveries set state = 'waiting', attempts = 0, next_at = $2, \
        ended_at = null, taken_until = null where id = $1 and state = 'dead'";
    Ok(sql.execute(statement, &[id.into(), now.into()])? == 1)
}

/// Deliveries, the newest first, from the one before `before` on; of one state, or all.
pub fn list(
    sql: &mut dyn Sql,
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Delivery>, Failure> {
    let mut values: Vec<Value> = vec![before.unwrap_or(i64::MAX).into(), (limit as i64).into()];
    let mut of = "";
    if let Some(state) = state {
        of = "and state = $3";
        values.push(state.as_str().into());
    }
    let statement =
        format!("select {DELIVERY} from deliveries where id < $1 {of} order by id desc limit $2");
    many(sql, &statement, &values, read)
}

/// How many wait, since when, and how many were given up.
pub fn counts(sql: &mut dyn Sql) -> Result<Counts, Failure> {
    let waiting = "select count(*), min(created_at) from deliveries where state = 'waiting'";
    let read = |row: &mut Columns| Ok((row.int()?, row.opt_at()?));
    let (waiting, oldest) = one(sql, waiting, &[], read)?.unwrap_or_default();
    let dead = "select count(*) from deliveries where state = 'dead'";
    let dead = one(sql, dead, &[], Columns::int)?.unwrap_or_default();
    Ok(Counts { waiting, oldest, dead })
}

/// The delivery with this message id.
pub fn by_message_id(sql: &mut dyn Sql, message_id: &str) -> Result<Option<Delivery>, Failure> {
    let statement = format!("select {DELIVERY} from deliveries where message_id = $1");
    one(sql, &statement, &[message_id.into()], read)
}

/// Records that a mail server gave a delivery back after all; `false` when it had been given
/// up before.
pub fn bounced(sql: &mut dyn Sql, id: i64, words: &str, now: Timestamp) -> Result<bool, Failure> {
    let statement = "update deliveries set state = 'dead', ended_at = $2, bounced_at = $2, \
        error = $3, taken_until = null where id = $1 and state <> 'dead'";
    let error = kept(Some(&format!("it came back: {words}")));
    Ok(sql.execute(statement, &[id.into(), now.into(), error])? == 1)
}

/// Whether a letter to this address came back since.
pub fn bounces(sql: &mut dyn Sql, address: &str, since: Timestamp) -> Result<bool, Failure> {
    let statement = "select 1 from deliveries where address = $1 and bounced_at >= $2 limit 1";
    Ok(!sql.query(statement, &[address.into(), since.into()])?.is_empty())
}

/// The message id of the first letter to somebody about an incident, to which later ones
/// belong.
pub fn first_message(
    sql: &mut dyn Sql,
    person: PersonId,
    number: IncidentNumber,
) -> Result<Option<String>, Failure> {
    let statement = "select message_id from deliveries where person_id = $1 and number = $2 \
        and state = 'sent' and message_id is not null order by id limit 1";
    one(sql, statement, &[person.into(), number.into()], Columns::text)
}

/// Leaves nothing waiting to be told.
pub(crate) fn forget_waiting(sql: &mut dyn Sql) -> Result<(), Failure> {
    sql.execute("delete from outbox", &[])?;
    sql.execute(
        "update deliveries set state = 'withdrawn', ended_at = created_at, taken_until = null, \
         error = 'waited when the backup was made' where state = 'waiting'",
        &[],
    )?;
    Ok(())
}

fn farthest(now: Timestamp) -> Timestamp {
    now.plus_seconds(LEASE_SECONDS_MAX)
}

fn kept(error: Option<&str>) -> Value {
    error.map(|error| error.chars().take(ERROR_CHARS).collect::<String>()).into()
}

fn read(row: &mut Columns) -> Result<Delivery, Failure> {
    let id = row.int()?;
    let count = |value: i64| {
        u32::try_from(value).map_err(|_| Failure::damaged(format!("a figure of delivery {id}")))
    };
    Ok(Delivery {
        id,
        number: row.opt_int()?.map(IncidentNumber),
        n: row.int().and_then(count)?,
        word: row.text()?,
        person: row.parsed()?,
        told_as: row.parsed()?,
        by: row.parsed()?,
        address: row.text()?,
        message_id: row.opt_text()?,
        state: row.parsed()?,
        attempts: row.int().and_then(count)?,
        next_at: row.at()?,
        created_at: row.at()?,
        ended_at: row.opt_at()?,
        error: row.opt_text()?,
    })
}
