//! How a page leaves: taken for a while, attempted, and settled. What fails pulls the next way of
//! the same person to now, and is tried again itself for a while, always under the same id.

use crate::directory::{contacts, many, one};
use crate::{Columns, Engine, Failure, Sql, Value};
use incident::reach::{PageChannel, Urgency};
use kernel::{ContactId, IncidentNumber, Outward, PageId, PersonId, Timestamp, words};
use std::collections::BTreeMap;

words! {
    /// How far a page is.
    PageState {
        /// To be attempted, for the first time or again.
        Waiting = "waiting",
        /// Taken over by whoever brings it.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
        /// Not needed any more.
        CalledOff = "called_off",
    }
}

/// One attempt to reach one person by one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its id, by which a provider knows a repeat.
    pub id: PageId,
    /// The incident.
    pub number: IncidentNumber,
    /// The entry that paged them.
    pub n: i64,
    /// Who.
    pub person: PersonId,
    /// Which of their ways; `None` for the address of their account.
    pub contact: Option<ContactId>,
    /// By what.
    pub channel: PageChannel,
    /// Where.
    pub address: String,
    /// How much it matters.
    pub urgency: Urgency,
    /// Not attempted before.
    pub due_at: Timestamp,
    /// How far it is.
    pub state: PageState,
    /// Attempts that failed.
    pub attempts: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a provider took it.
    pub sent_at: Option<Timestamp>,
    /// When it is known to have arrived.
    pub received_at: Option<Timestamp>,
    /// When the person acted on it.
    pub answered_at: Option<Timestamp>,
    /// By which the provider knows it.
    pub provider_ref: Option<String>,
    /// What the last attempt ended with.
    pub error: Option<String>,
    /// Whether they learn: somebody else is on call.
    pub learns: bool,
}

/// How an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It may go better in a moment.
    Now(String),
    /// It will never go well.
    Ever(String),
}

/// What followed from an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fell {
    /// When it is tried again.
    pub again_at: Option<Timestamp>,
    /// The way that is used at once instead.
    pub to: Option<PageId>,
    /// Nothing is left that could reach this person by this entry.
    pub reached_nobody: bool,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Pages that are due and wait.
    pub due: i64,
    /// Since when the oldest of them is due.
    pub oldest: Option<Timestamp>,
    /// Pages that were given up within a day.
    pub failed: i64,
}

/// Seconds between a failed attempt and the next one; after the last of them it is given up. By
/// then the policy has long gone on to somebody else.
pub const BACK_OFF_SECONDS: [i64; 5] = [3, 10, 30, 60, 120];
/// The longest a page is taken for. One that is taken for longer was taken by a clock that has
/// been set back since, and nobody has it any more.
const LEASE_SECONDS_MAX: i64 = 600;
/// Characters kept of an error.
const ERROR_CHARS: usize = 500;
/// Seconds of a day, for which pages that were given up are counted.
const DAY_SECONDS: i64 = 86_400;
/// Pages of one address that are looked at when an answer comes in.
const ANSWERABLE_ROWS: i64 = 20;

const COLUMNS: &str = "id, number, n, person_id, contact_id, channel, address, urgency, due_at, \
    state, attempts, created_at, sent_at, received_at, answered_at, provider_ref, error, learns";

/// A page that is due at `$1` and that nobody has, when nobody can have one beyond `$2`.
const FREE: &str = "state = 'waiting' and due_at <= $1 \
    and (taken_until is null or taken_until <= $1 or taken_until > $2)";

/// Stores a page that waits.
pub fn insert(sql: &mut dyn Sql, page: &Page) -> Result<(), Failure> {
    sql.execute(
        "insert into pages (id, number, n, person_id, contact_id, channel, address, urgency, \
         due_at, created_at, learns) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            page.id.into(),
            page.number.into(),
            page.n.into(),
            page.person.into(),
            page.contact.into(),
            page.channel.as_str().into(),
            (&page.address).into(),
            page.urgency.as_str().into(),
            page.due_at.into(),
            page.created_at.into(),
            page.learns.into(),
        ],
    )
    .map(drop)
}

/// The page with this id.
pub fn get(sql: &mut dyn Sql, id: PageId) -> Result<Option<Page>, Failure> {
    let statement = format!("select {COLUMNS} from pages where id = $1");
    one(sql, &statement, &[id.into()], read)
}

/// All pages of one entry, in the order of their attempts.
pub fn of_entry(sql: &mut dyn Sql, number: IncidentNumber, n: i64) -> Result<Vec<Page>, Failure> {
    let statement =
        format!("select {COLUMNS} from pages where number = $1 and n = $2 order by due_at, id");
    many(sql, &statement, &[number.into(), n.into()], read)
}

/// All pages of an incident that reached somebody, or may, since an entry; the oldest first.
pub fn since(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    n: i64,
    limit: i64,
) -> Result<Vec<Page>, Failure> {
    let statement = format!(
        "select {COLUMNS} from pages where number = $1 and n >= $2 order by n, due_at, id limit $3"
    );
    many(sql, &statement, &[number.into(), n.into(), limit.into()], read)
}

/// The pages that were sent to an address since then and that nobody answered, the latest first.
pub fn unanswered(
    sql: &mut dyn Sql,
    channel: PageChannel,
    address: &str,
    since: Timestamp,
) -> Result<Vec<Page>, Failure> {
    let statement = format!(
        "select {COLUMNS} from pages where state = 'sent' and answered_at is null \
         and sent_at >= $1 and channel = $2 and address = $3 order by sent_at desc, id desc limit $4"
    );
    let values: [Value; 4] =
        [since.into(), channel.as_str().into(), address.into(), ANSWERABLE_ROWS.into()];
    many(sql, &statement, &values, read)
}

/// The channels by which something can be taken now. One that is not known keeps no other.
pub fn due_channels(sql: &mut dyn Sql, now: Timestamp) -> Result<Vec<PageChannel>, Failure> {
    let statement = format!("select distinct channel from pages where {FREE} order by channel");
    let names = many(sql, &statement, &[now.into(), farthest(now).into()], Columns::text)?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// How many pages may be taken of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Pages.
    pub pages: i64,
    /// Pages to one host, those on their way included, where addresses name hosts.
    pub to_one_host: i64,
    /// Pages on their way, by [`host`].
    pub busy: BTreeMap<String, i64>,
}

impl Room {
    /// For so many pages, to whichever hosts.
    pub fn of(pages: i64) -> Self {
        Room { pages, to_one_host: i64::MAX, busy: BTreeMap::new() }
    }
}

/// The host that an address names, such as `https://chat.example/`; `None` where it names none.
pub fn host(address: &str) -> Option<String> {
    let to: Outward = address.parse().ok()?;
    Some(format!("{}/", to.origin()))
}

/// Takes pages of a channel that are due and that nobody has, until `until`, which is at most
/// ten minutes away: what is urgent first, then what has waited longest.
pub fn claim(
    sql: &mut dyn Sql,
    channel: PageChannel,
    now: Timestamp,
    until: Timestamp,
    room: &Room,
) -> Result<Vec<Page>, Failure> {
    // "high" comes before "low". Nodes pass over what another one is about to take.
    let lock = match sql.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => "for update skip locked",
    };
    let mut busy = room.busy.clone();
    let mut values: Vec<Value> =
        vec![now.into(), farthest(now).into(), channel.as_str().into(), room.pages.into()];
    let mut others = String::new();
    for (host, _) in busy.iter().filter(|(_, count)| **count >= room.to_one_host) {
        values.push(host.into());
        // Hosts have ASCII characters alone.
        others += &format!("and substr(address, 1, {}) <> ${} ", host.len(), values.len());
    }
    let statement = format!(
        "select {COLUMNS} from pages where {FREE} and channel = $3 {others}\
         order by urgency, due_at, id limit $4 {lock}"
    );
    let found = many(sql, &statement, &values, read)?;
    let take = format!("update pages set taken_until = $3 where id = $4 and {FREE}");
    let mut taken = Vec::with_capacity(found.len());
    for page in found {
        if let Some(host) = host(&page.address) {
            let count = busy.entry(host).or_default();
            if *count >= room.to_one_host {
                continue;
            }
            *count += 1;
        }
        let values: [Value; 4] = [now.into(), farthest(now).into(), until.into(), page.id.into()];
        if sql.execute(&take, &values)? == 1 {
            taken.push(page);
        }
    }
    Ok(taken)
}

/// Lets go of a page that was not attempted.
pub fn let_go(sql: &mut dyn Sql, id: PageId) -> Result<(), Failure> {
    let statement = "update pages set taken_until = null where id = $1 and state = 'waiting'";
    sql.execute(statement, &[id.into()]).map(drop)
}

/// Lets go of everything: where one server at a time has the database, whoever took it is gone.
/// What waits for another attempt is tried at once.
pub fn let_go_of_all(sql: &mut dyn Sql) -> Result<u64, Failure> {
    let statement = "update pages set taken_until = null \
        where state = 'waiting' and taken_until is not null";
    sql.execute(statement, &[])
}

/// A provider took it.
pub fn sent(
    sql: &mut dyn Sql,
    page: &Page,
    reference: Option<&str>,
    now: Timestamp,
) -> Result<(), Failure> {
    // Whoever answered it meanwhile called it off; that it left is true all the same.
    let statement = "update pages set state = 'sent', sent_at = $2, provider_ref = $3, \
        error = null, taken_until = null where id = $1 and state in ('waiting', 'called_off')";
    sql.execute(statement, &[page.id.into(), now.into(), reference.into()])?;
    match page.contact {
        Some(contact) => contacts::went_well(sql, contact, now),
        None => Ok(()),
    }
}

/// It is not needed any more, and why.
pub fn call_off(sql: &mut dyn Sql, id: PageId, why: &str) -> Result<(), Failure> {
    let statement = "update pages set state = 'called_off', error = $2, taken_until = null \
        where id = $1 and state = 'waiting'";
    sql.execute(statement, &[id.into(), cut(why)]).map(drop)
}

/// An attempt failed, or a provider says that what it took did not arrive.
pub fn failed(
    sql: &mut dyn Sql,
    page: &Page,
    wrong: &Wrong,
    now: Timestamp,
) -> Result<Fell, Failure> {
    let (error, pause) = match wrong {
        Wrong::Ever(error) => (error, None),
        Wrong::Now(error) => (error, pause(page.attempts)),
    };
    let again_at = pause.map(|seconds| now.plus_seconds(seconds));
    let state = if again_at.is_some() { PageState::Waiting } else { PageState::Failed };
    let statement = "update pages set state = $2, attempts = attempts + 1, taken_until = $3, \
        error = $4 where id = $1 and state in ('waiting', 'sent')";
    let values: [Value; 4] = [page.id.into(), state.as_str().into(), again_at.into(), cut(error)];
    if sql.execute(statement, &values)? == 0 {
        return Ok(Fell::default());
    }
    if let Some(contact) = page.contact {
        contacts::went_wrong(sql, contact, error, now)?;
    }
    let to = pull_next(sql, page, now)?;
    let reached_nobody = again_at.is_none() && to.is_none() && !is_reachable(sql, page)?;
    Ok(Fell { again_at, to, reached_nobody })
}

/// It arrived, as the provider says.
pub fn received(sql: &mut dyn Sql, id: PageId, now: Timestamp) -> Result<(), Failure> {
    let statement = "update pages set received_at = coalesce(received_at, $2) where id = $1";
    sql.execute(statement, &[id.into(), now.into()])?;
    match get(sql, id)?.and_then(|page| page.contact) {
        Some(contact) => contacts::reached(sql, contact, now),
        None => Ok(()),
    }
}

/// Somebody acted on what they were paged about: what was sent to them is answered, what waits
/// for them is not needed any more.
pub fn answered(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    person: PersonId,
    now: Timestamp,
) -> Result<(), Failure> {
    let sent = "update pages set answered_at = $3 where number = $1 and person_id = $2 \
        and state = 'sent' and answered_at is null";
    sql.execute(sent, &[number.into(), person.into(), now.into()])?;
    let waiting = "update pages set state = 'called_off', answered_at = $3, taken_until = null, \
        error = 'they answered' where number = $1 and person_id = $2 and state = 'waiting'";
    sql.execute(waiting, &[number.into(), person.into(), now.into()]).map(drop)
}

/// Nothing that waits leaves any more: whoever keeps this elsewhere pages nobody again. What is
/// still going on pages by its next step.
pub(crate) fn forget_waiting(sql: &mut dyn Sql) -> Result<(), Failure> {
    let statement = "update pages set state = 'called_off', taken_until = null, \
        error = 'it waited when a backup was made' where state = 'waiting'";
    sql.execute(statement, &[]).map(drop)
}

/// How many there are.
pub fn counts(sql: &mut dyn Sql, now: Timestamp) -> Result<Counts, Failure> {
    let due = "select count(*), min(due_at) from pages where state = 'waiting' and due_at <= $1";
    let due = one(sql, due, &[now.into()], |row| Ok((row.int()?, row.opt_at()?)))?;
    let failed = "select count(*) from pages where state = 'failed' and due_at > $1";
    let failed =
        one(sql, failed, &[now.plus_seconds(-DAY_SECONDS).into()], Columns::int)?.unwrap_or(0);
    let (due, oldest) = due.unwrap_or_default();
    Ok(Counts { due, oldest, failed })
}

/// The next way to the same person, by another place, is due now.
fn pull_next(sql: &mut dyn Sql, page: &Page, now: Timestamp) -> Result<Option<PageId>, Failure> {
    let next = "select id from pages where number = $1 and n = $2 and person_id = $3 \
        and state = 'waiting' and due_at > $6 and not (channel = $4 and address = $5) \
        and not exists (select 1 from pages others where others.number = $1 and others.n = $2 \
          and others.person_id = $3 and others.channel = pages.channel \
          and others.address = pages.address and others.due_at = $6) \
        order by due_at, id limit 1";
    let values: [Value; 6] = [
        page.number.into(),
        page.n.into(),
        page.person.into(),
        page.channel.as_str().into(),
        (&page.address).into(),
        now.into(),
    ];
    let Some(next) = one(sql, next, &values, Columns::parsed::<PageId>)? else { return Ok(None) };
    let pull = "update pages set due_at = $2 where id = $1 and state = 'waiting'";
    sql.execute(pull, &[next.into(), now.into()])?;
    Ok(Some(next))
}

/// Whether anything reached this person by this entry, or still may.
fn is_reachable(sql: &mut dyn Sql, page: &Page) -> Result<bool, Failure> {
    let statement = "select 1 from pages where number = $1 and n = $2 and person_id = $3 \
        and state in ('waiting', 'sent') limit 1";
    let values: [Value; 3] = [page.number.into(), page.n.into(), page.person.into()];
    Ok(!sql.query(statement, &values)?.is_empty())
}

/// Seconds until the next attempt after so many that failed before this one.
fn pause(before: i64) -> Option<i64> {
    usize::try_from(before).ok().and_then(|before| BACK_OFF_SECONDS.get(before)).copied()
}

fn farthest(now: Timestamp) -> Timestamp {
    now.plus_seconds(LEASE_SECONDS_MAX)
}

/// At most so many characters, without those that databases refuse.
fn cut(text: &str) -> Value {
    text.chars().filter(|c| *c != '\0').take(ERROR_CHARS).collect::<String>().into()
}

pub(crate) fn read(row: &mut Columns) -> Result<Page, Failure> {
    Ok(Page {
        id: row.parsed()?,
        number: IncidentNumber(row.int()?),
        n: row.int()?,
        person: row.parsed()?,
        contact: row.opt_parsed()?,
        channel: row.parsed()?,
        address: row.text()?,
        urgency: row.parsed()?,
        due_at: row.at()?,
        state: row.parsed()?,
        attempts: row.int()?,
        created_at: row.at()?,
        sent_at: row.opt_at()?,
        received_at: row.opt_at()?,
        answered_at: row.opt_at()?,
        provider_ref: row.opt_text()?,
        error: row.opt_text()?,
        learns: row.flag()?,
    })
}
