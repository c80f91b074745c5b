//! What people are told: rows of the outbox become deliveries, one for each person and
//! channel; a delivery is taken for a while, attempted, and ends as sent, dead or
//! withdrawn. Its row stays as the record of it.

mod bounced;
pub mod caps;
mod claim;
mod concerned;
mod expand;
mod family;
pub mod inbox;
mod planned;
pub mod push;
mod trial;
mod unproven;
pub(crate) mod urgent;

pub use bounced::{bounced, bounces, by_message_id};
pub use claim::{Taken, claim, full_until};
pub use expand::{expand, plan};
pub(crate) use family::SAME_NEWS_MICROS;
pub use family::also_theirs;
pub use planned::{Plan, carry_out};
pub use trial::try_out;
pub use unproven::{UNPROVEN, tell_unproven};

use crate::directory::{many, one, settings, slots};
use crate::{Columns, Engine, Failure, Sql, Table, Type, Value};
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
        /// An administrator's row of who is told what says so.
        Rule = "rule",
    }
}

words! {
    /// How they are told.
    By {
        /// By e-mail.
        Email = "email",
        /// In the product: done when it is there.
        Inbox = "inbox",
        /// To a browser that shows it; the address is its id.
        Push = "push",
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

words! {
    /// Why a letter waits that could leave, or that it never does.
    Held {
        /// For what may follow soon, to be told with it.
        Folding = "folding",
        /// For the end of its reader's quiet hours.
        Quiet = "quiet",
        /// For the one letter that collects news for its reader.
        Digest = "digest",
        /// Many letters about the incident left lately, to its reader or to everybody.
        Cap = "cap",
        /// Many letters left to its reader lately: it is told in one with others.
        Crowd = "crowd",
        /// For nothing: however many letters left lately, it leaves before those that wait.
        Urgent = "urgent",
    }
}

impl Held {
    /// Whether it leaves in one letter with what is about other incidents.
    pub(crate) fn gathers(self) -> bool {
        matches!(self, Held::Digest | Held::Crowd)
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
    /// Why it waits, or waited.
    pub held: Option<Held>,
    /// The row of the table of who is told what by which they are told; empty for none.
    pub rule: String,
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
    /// When the oldest of them was asked for, but for those that wait because their reader
    /// wants it so.
    pub oldest: Option<Timestamp>,
    /// Deliveries that were given up.
    pub dead: i64,
    /// Deliveries that wait because so many letters left lately.
    pub slowed: i64,
}

/// The word of a letter that tries out the mail server.
pub const TRIAL: &str = "trial";
/// Since when people are told by mail: what was to be told before is told to nobody.
const BY_MAIL_SINCE: &str = "told_since";
/// The same for what they are told in the product.
const IN_INBOX_SINCE: &str = "inbox_since";
/// Seconds between a failed attempt and the next one; after the last of them it is given up.
pub const BACK_OFF_SECONDS: [i64; 7] = [60, 300, 900, 3_600, 14_400, 43_200, 86_400];
/// The longest a delivery is taken for. One that is taken for longer was taken by a clock
/// that has been set back since, and nobody has it any more.
const LEASE_SECONDS_MAX: i64 = 600;
/// Characters kept of what an attempt ended with.
const ERROR_CHARS: usize = 500;

const DELIVERY: &str = "id, number, n, word, person_id, told_as, channel, address, message_id, \
    state, attempts, next_at, created_at, ended_at, error, held, rule";

/// By mail, said so that SQLite looks for the incident, the person or the letter that is asked
/// for: told `channel = 'email'` it prefers to go through all letters that wait.
const BY_MAIL: &str = "channel <> 'push' and channel <> 'inbox'";

/// States in which a letter ended without having left: an index holds these alone.
const UNSENT: &str = "state in ('dead', 'withdrawn')";

/// A delivery that waits, that is due at `$1` and that nobody has, when nobody can have one
/// beyond `$2`.
const FREE: &str = "state = 'waiting' and channel = 'email' and next_at <= $1 \
    and (taken_until is null or taken_until <= $1 or taken_until > $2)";

/// What was said first to somebody about an incident reaches them first, unless it keeps
/// failing: then the others do not wait for it. What is collected has an order of its own, and
/// what is urgent overtakes what waits because so many letters left lately.
const IN_ORDER: &str = "not exists (select 1 from deliveries before where before.state = 'waiting' \
    and before.person_id = deliveries.person_id and before.number = deliveries.number \
    and before.channel = deliveries.channel and before.id < deliveries.id and before.attempts < 3 \
    and (before.held = 'digest') = (deliveries.held = 'digest') \
    and not (deliveries.held = 'urgent' and before.held in ('cap', 'crowd')))";

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
        ("held", Type::Text),
        ("rule", Type::Text),
    ],
    suffix: "on conflict do nothing",
};

/// Since when people are told; what was to be told before is told to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldSince {
    /// In the product.
    pub inbox: Timestamp,
    /// By mail; `None` for whoever has no mail server.
    pub mail: Option<Timestamp>,
}

impl ToldSince {
    /// From this instant on, by every channel.
    pub const fn always(at: Timestamp) -> Self {
        ToldSince { inbox: at, mail: Some(at) }
    }

    fn earliest(self) -> Timestamp {
        self.mail.map_or(self.inbox, |mail| mail.min(self.inbox))
    }
}

/// Since when people are told, which is `now` for a channel by which nobody ever was. Without
/// a mail server nobody is told by mail what happens until there is one; on PostgreSQL another
/// process may have one, and letters are made for it.
pub fn told_since(
    sql: &mut dyn Sql,
    there_is_mail: bool,
    now: Timestamp,
) -> Result<ToldSince, Failure> {
    let mut since = |key| {
        settings::put(sql, key, &now, 0)?;
        Ok::<_, Failure>(settings::get(sql, key)?.map_or(now, |stored| stored.value))
    };
    let inbox = since(IN_INBOX_SINCE)?;
    if there_is_mail {
        return Ok(ToldSince { inbox, mail: Some(since(BY_MAIL_SINCE)?) });
    }
    if sql.engine() == Engine::Sqlite {
        sql.execute("delete from settings where key = $1", &[BY_MAIL_SINCE.into()])?;
    }
    Ok(ToldSince { inbox, mail: None })
}

/// Since when people of this instance are told by mail, whichever process has a mail server.
pub(crate) fn by_mail_since(sql: &mut dyn Sql) -> Result<Option<Timestamp>, Failure> {
    Ok(settings::get(sql, BY_MAIL_SINCE)?.map(|stored| stored.value))
}

/// Whether a row of the outbox is to become deliveries, or a delivery is due.
pub fn is_due(sql: &mut dyn Sql, since: ToldSince, now: Timestamp) -> Result<bool, Failure> {
    // What is older than telling is not gone through: nothing is told before it was said.
    let outbox = "select 1 from outbox where state = 'waiting' and not_before <= $1 \
        and not_before >= $2 and created_at >= $2 limit 1";
    if !sql.query(outbox, &[now.into(), since.earliest().into()])?.is_empty() {
        return Ok(true);
    }
    if inbox::is_due(sql, now)? {
        return Ok(true);
    }
    if since.mail.is_none() {
        return Ok(false);
    }
    let due = format!("select 1 from deliveries where {FREE} and {IN_ORDER} limit 1");
    Ok(!sql.query(&due, &[now.into(), farthest(now).into()])?.is_empty())
}

/// Lets go of all that is taken: whoever took it is gone, and nobody else is there who could.
pub fn let_go_of_all(sql: &mut dyn Sql) -> Result<(), Failure> {
    let statement = "update deliveries set taken_until = null \
        where state = 'waiting' and channel in ('email', 'push') and taken_until is not null";
    sql.execute(statement, &[]).map(drop)
}

/// Takes deliveries out of the letter that they were taken for: a letter that tells them later is
/// another one, under a name of its own.
pub fn leave_out(sql: &mut dyn Sql, ids: &[i64]) -> Result<(), Failure> {
    let (list, values) = slots(1, ids);
    let statement = format!(
        "update deliveries set message_id = null where id in ({list}) and state = 'waiting'"
    );
    sql.execute(&statement, &values).map(drop)
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

/// Has a letter that was given up attempted again, from the beginning; `false` when there
/// is none. All that it tells goes with it.
pub fn send_again(sql: &mut dyn Sql, id: i64, now: Timestamp) -> Result<bool, Failure> {
    let statement = format!(
        "update deliveries set state = 'waiting', attempts = 0, next_at = $2, \
         ended_at = null, taken_until = null where state = 'dead' and {UNSENT} and channel = 'email' \
         and exists (select 1 from deliveries one where one.id = $1 and one.state = 'dead' \
         and (one.id = deliveries.id or one.message_id = deliveries.message_id))"
    );
    Ok(sql.execute(&statement, &[id.into(), now.into()])? > 0)
}

/// Letters, the newest first, from the one before `before` on; of one
/// state, or all.
pub fn list(
    sql: &mut dyn Sql,
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Delivery>, Failure> {
    let mut values: Vec<Value> = vec![before.unwrap_or(i64::MAX).into(), (limit as i64).into()];
    let mut of = "and channel = 'email'".to_owned();
    if let Some(state) = state {
        of.push_str(" and state = $3");
        if matches!(state, DeliveryState::Dead | DeliveryState::Withdrawn) {
            of.push_str(" and ");
            of.push_str(UNSENT);
        }
        values.push(state.as_str().into());
    }
    let statement =
        format!("select {DELIVERY} from deliveries where id < $1 {of} order by id desc limit $2");
    many(sql, &statement, &values, read)
}

/// How many letters wait, since when, and how many were given up.
pub fn counts(sql: &mut dyn Sql) -> Result<Counts, Failure> {
    let waiting = "select count(*), min(case when held in ('quiet', 'digest') then null \
        else created_at end), coalesce(sum(case when held in ('cap', 'crowd') then 1 else 0 end), 0) \
        from deliveries where state = 'waiting' and channel = 'email'";
    let read = |row: &mut Columns| Ok((row.int()?, row.opt_at()?, row.int()?));
    let (waiting, oldest, slowed) = one(sql, waiting, &[], read)?.unwrap_or_default();
    let dead = format!(
        "select count(*) from deliveries where state = 'dead' and {UNSENT} and channel = 'email'"
    );
    let dead = one(sql, &dead, &[], Columns::int)?.unwrap_or_default();
    Ok(Counts { waiting, oldest, dead, slowed })
}

/// Letters that wait because so many left lately: to whom, about what, how many, and until when
/// the first of them waits.
pub type Slowed = (PersonId, Option<IncidentNumber>, i64, Timestamp);

/// The letters that wait because so many left lately, the most first.
pub fn slowed(sql: &mut dyn Sql, limit: i64) -> Result<Vec<Slowed>, Failure> {
    let statement = "select person_id, number, count(*), min(next_at) from deliveries \
        where state = 'waiting' and channel = 'email' and held in ('cap', 'crowd') group by person_id, number \
        order by 3 desc, 1, 2 limit $1";
    many(sql, statement, &[limit.into()], |row| {
        Ok((row.parsed()?, row.opt_int()?.map(IncidentNumber), row.int()?, row.at()?))
    })
}

/// The message id of the first letter to somebody about an incident, to which later ones
/// belong.
pub fn first_message(
    sql: &mut dyn Sql,
    person: PersonId,
    number: IncidentNumber,
) -> Result<Option<String>, Failure> {
    let statement = "select message_id from deliveries where person_id = $1 and number = $2 \
        and state = 'sent' and message_id is not null and held not in ('digest', 'crowd') \
        order by id limit 1";
    one(sql, statement, &[person.into(), number.into()], Columns::text)
}

/// Forgets what ended before an instant, `limit` deliveries at most; how many.
pub fn forget_ended(sql: &mut dyn Sql, before: Timestamp, limit: i64) -> Result<u64, Failure> {
    let statement = "delete from deliveries where id in (select id from deliveries \
        where ended_at < $1 order by ended_at limit $2)";
    sql.execute(statement, &[before.into(), limit.into()])
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

fn held(row: &mut Columns) -> Result<Option<Held>, Failure> {
    let word = row.text()?;
    let wrong = |error: kernel::Invalid| Failure::damaged(format!("why a delivery waits {error}"));
    (!word.is_empty()).then(|| word.parse().map_err(wrong)).transpose()
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
        held: held(row)?,
        rule: row.text()?,
    })
}
