//! What came in by mail: the bytes are kept before anything else is done with them, and
//! what became of a message stays as the record of it.

mod forgotten;
mod found;
mod work;

pub(crate) use forgotten::forget;
pub use forgotten::forget_bytes;
pub use found::{
    Alarm, Earlier, Raised, alarm_raised, alarms, came_before, came_within, counted, domains,
    incidents_by_message, incidents_by_reference, letters_to, raise_alarm, reopenings, times_from,
    times_in, told_by,
};
pub use work::{
    ATTEMPTS_MAX, BACK_OFF_SECONDS, Read, Step, advance, claim, dropped_as_copy, failed, is_at,
    is_due, let_go, renew,
};

use crate::directory::{many, one, slots};
use crate::files::FileHash;
use crate::{Columns, Failure, Sql, Table, Type, Value};
use kernel::{IncidentNumber, IntegrationId, Timestamp, words};
use serde::Serialize;

words! {
    /// Through which door a message came.
    Door {
        /// An HTTP request.
        Http = "http",
        /// The listener for SMTP.
        Smtp = "smtp",
        /// The listener for LMTP.
        Lmtp = "lmtp",
        /// The command line, from a mail server's pipe.
        Pipe = "pipe",
        /// Fetched from a mailbox.
        Imap = "imap",
    }
}

words! {
    /// How far a message is.
    MessageState {
        /// To be understood, for the first time or again.
        Waiting = "waiting",
        /// It became an incident, or an entry of one.
        Done = "done",
        /// Kept aside until a person decides.
        Quarantined = "quarantined",
        /// It was for nobody.
        Dropped = "dropped",
    }
}

words! {
    /// By which rule it was decided what a message belongs to.
    Rule {
        /// It answers a letter of ours, by its keyed message id.
        OwnMessage = "own_message",
        /// It carries the keyed mark of an incident.
        Mark = "mark",
        /// It answers a message that came in, or was sent, about an incident.
        Answer = "answer",
        /// It names the number of an incident in its subject.
        Number = "number",
        /// It carries the number that its sender's own system gave an incident of ours.
        Reference = "reference",
        /// It belongs to nothing that is known.
        New = "new",
        /// It came in already.
        Duplicate = "duplicate",
        /// It is a letter of ours that came back.
        OwnLetter = "own_letter",
        /// A mail server reports what became of a letter of ours.
        Report = "report",
        /// Somebody is away.
        OutOfOffice = "out_of_office",
        /// What comes from there gets out of hand.
        Loop = "loop",
        /// It cannot be understood, or done.
        Failed = "failed",
        /// A person decided it.
        Person = "person",
    }
}

words! {
    /// How a person let a message in.
    Released {
        /// As something new.
        AsNew = "as_new",
        /// Into the incident that it was held to belong to.
        Into = "into",
        /// As if it had just come.
        Again = "again",
    }
}

/// A message as it arrives.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The mailbox it came to, where that is known.
    pub mailbox: Option<IntegrationId>,
    /// Through which door.
    pub door: Door,
    /// The sender of its envelope; empty for what mail servers report.
    pub sender: String,
    /// The recipients of its envelope.
    pub recipients: Vec<String>,
    /// When.
    pub received_at: Timestamp,
    /// The hash of its bytes as they were sent.
    pub hash: FileHash,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// A message that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Its id.
    pub id: i64,
    /// Whether the very same was there already.
    pub repeated: bool,
}

/// A message as it is stored, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its id.
    pub id: i64,
    /// The mailbox it came to, where that is known.
    pub mailbox: Option<IntegrationId>,
    /// Through which door.
    pub door: Door,
    /// The sender of its envelope; empty for what mail servers report.
    pub sender: String,
    /// The recipients of its envelope.
    pub recipients: Vec<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// How long it is.
    pub size_bytes: u64,
    /// How often the very same bytes came.
    pub copies: u32,
    /// Its own id, once it was read.
    pub message_id: Option<String>,
    /// The address it is from, once it was read.
    pub from: Option<String>,
    /// Its subject, once it was read.
    pub subject: String,
    /// Whether no person wrote it.
    pub automatic: bool,
    /// How far it is.
    pub state: MessageState,
    /// By which rule it was decided.
    pub rule: Option<Rule>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The incident it became or went to.
    pub number: Option<IncidentNumber>,
    /// Its entry there.
    pub n: Option<u32>,
    /// Whether that entry is for everybody concerned.
    pub public: bool,
    /// The incident it may belong to.
    pub suggested: Option<IncidentNumber>,
    /// How a person let it in.
    pub released: Option<Released>,
    /// Commands that are done.
    pub step: u32,
    /// Attempts that failed.
    pub attempts: u32,
    /// Not attempted before.
    pub next_at: Timestamp,
    /// When it was decided.
    pub ended_at: Option<Timestamp>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Messages that wait to be understood.
    pub waiting: i64,
    /// When the oldest of them came.
    pub oldest: Option<Timestamp>,
    /// Messages that wait for a person.
    pub quarantined: i64,
}

/// Ids asked for in one statement; databases bound the number of parameters.
const IDS_PER_STATEMENT: usize = 256;
/// Seconds within which the very same bytes without an id of their own are a copy: who sends
/// them again because they heard no answer does so soon, and a program that says the same
/// every night means it.
const COPY_SECONDS: i64 = 600;
/// Bytes of one piece of a message.
const PIECE_BYTES: usize = 64 * 1024;

const COLUMNS: &str = "id, mailbox_id, door, sender, recipients, received_at, size_bytes, copies, \
    message_id, from_address, subject, automatic, state, rule, reason, number, n, public, \
    suggested, released, step, attempts, next_at, ended_at";

const PIECES: Table<'static> = Table {
    name: "message_pieces",
    columns: &[("message", Type::Int), ("piece", Type::Int), ("bytes", Type::Bytes)],
    suffix: "",
};

/// Keeps a message. The very same bytes in the same mailbox are kept once, when they have an id
/// of their own or come again soon; never as a copy of what is kept aside, dropped or erased.
pub fn accept(sql: &mut dyn Sql, new: &NewMessage) -> Result<Accepted, Failure> {
    if let Some(id) = copied(sql, new)? {
        return Ok(Accepted { id, repeated: true });
    }
    let statement = "insert into messages \
        (mailbox_id, door, sender, recipients, received_at, hash, size_bytes, next_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $5) returning id";
    let recipients = serde_json::to_string(&new.recipients)
        .map_err(|error| Failure::Statement(error.to_string()))?;
    let values = [
        new.mailbox.into(),
        new.door.as_str().into(),
        (&new.sender).into(),
        recipients.into(),
        new.received_at.into(),
        (&new.hash).into(),
        (new.raw.len() as i64).into(),
    ];
    let id = one(sql, statement, &values, Columns::int)?;
    let id = id.ok_or_else(|| Failure::damaged("a message that was kept has no id"))?;
    // Piece by piece: a large message is not copied as a whole once more.
    for (bytes, piece) in new.raw.chunks(PIECE_BYTES).zip(0i64..) {
        sql.insert(&PIECES, vec![vec![id.into(), piece.into(), bytes.into()]])?;
    }
    Ok(Accepted { id, repeated: false })
}

/// The message that this one is a copy of, which counts it.
fn copied(sql: &mut dyn Sql, new: &NewMessage) -> Result<Option<i64>, Failure> {
    let statement = "update messages set copies = copies + 1 where id = (select id from messages \
        where coalesce(mailbox_id, '') = coalesce($1, '') and hash = $2 \
        and state in ('waiting', 'done') and (message_id is not null or received_at > $3) \
        and exists (select 1 from message_pieces where message = messages.id) \
        order by id desc limit 1) returning id";
    let soon = new.received_at.plus_seconds(-COPY_SECONDS);
    one(sql, statement, &[new.mailbox.into(), (&new.hash).into(), soon.into()], Columns::int)
}

/// The bytes of a message; none once they were erased.
pub fn raw(sql: &mut dyn Sql, id: i64) -> Result<Option<Vec<u8>>, Failure> {
    let statement = "select bytes from message_pieces where message = $1 order by piece";
    let pieces = many(sql, statement, &[id.into()], Columns::bytes)?;
    Ok((!pieces.is_empty()).then(|| pieces.concat()))
}

/// One message.
pub fn get(sql: &mut dyn Sql, id: i64) -> Result<Option<Message>, Failure> {
    one(sql, &format!("select {COLUMNS} from messages where id = $1"), &[id.into()], read)
}

/// The message that became this entry of an incident.
pub fn of_entry(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    n: u32,
) -> Result<Option<Message>, Failure> {
    let statement =
        format!("select {COLUMNS} from messages where number = $1 and n = $2 order by id limit 1");
    one(sql, &statement, &[number.into(), n.into()], read)
}

/// The entries of these incidents that messages became whose bytes are still there.
pub fn entries_of(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<Vec<(IncidentNumber, u32)>, Failure> {
    let mut found = vec![];
    for numbers in numbers.chunks(IDS_PER_STATEMENT) {
        let (list, values) = slots(1, numbers);
        let statement = format!(
            "select number, n from messages where number in ({list}) and n is not null \
             and exists (select 1 from message_pieces where message = messages.id)"
        );
        found.extend(many(sql, &statement, &values, |row| {
            let number = IncidentNumber(row.int()?);
            let n = u32::try_from(row.int()?);
            Ok((number, n.map_err(|_| Failure::damaged(format!("a message of {number}")))?))
        })?);
    }
    Ok(found)
}

/// Messages, the newest first, from the one before `before` on; of one state, or all.
pub fn list(
    sql: &mut dyn Sql,
    state: Option<MessageState>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Message>, Failure> {
    let mut values: Vec<Value> = vec![before.unwrap_or(i64::MAX).into(), (limit as i64).into()];
    let mut of = "";
    if let Some(state) = state {
        of = "and state = $3";
        values.push(state.as_str().into());
    }
    let statement =
        format!("select {COLUMNS} from messages where id < $1 {of} order by id desc limit $2");
    many(sql, &statement, &values, read)
}

/// How many wait, since when, and how many a person is to decide about.
pub fn counts(sql: &mut dyn Sql) -> Result<Counts, Failure> {
    let waiting = "select count(*), min(received_at) from messages where state = 'waiting'";
    let read = |row: &mut Columns| Ok((row.int()?, row.opt_at()?));
    let (waiting, oldest) = one(sql, waiting, &[], read)?.unwrap_or_default();
    Ok(Counts { waiting, oldest, quarantined: quarantined(sql)? })
}

/// How many a person is to decide about.
pub fn quarantined(sql: &mut dyn Sql) -> Result<i64, Failure> {
    let aside = "select count(*) from messages where state = 'quarantined'";
    Ok(one(sql, aside, &[], Columns::int)?.unwrap_or_default())
}

/// Lets a message that is kept aside in, into this incident if one is named; `false` when it is
/// not kept aside, or its bytes are gone.
pub fn release(
    sql: &mut dyn Sql,
    id: i64,
    how: Released,
    into: Option<IncidentNumber>,
    now: Timestamp,
) -> Result<bool, Failure> {
    let statement = "update messages set state = 'waiting', released = $2, \
        suggested = coalesce($3, suggested), attempts = 0, \
        step = case when number is null then 0 else step end, next_at = $4, taken_until = null, \
        ended_at = null where id = $1 and state = 'quarantined' \
        and exists (select 1 from message_pieces where message = $1)";
    let values = [id.into(), how.as_str().into(), into.into(), now.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Erases a message that is kept aside or was dropped: its bytes and what it says. That it
/// came stays on record.
pub fn erase(sql: &mut dyn Sql, id: i64, why: &str, now: Timestamp) -> Result<bool, Failure> {
    let statement = "update messages set state = 'dropped', reason = $2, subject = '', \
        ended_at = $3, taken_until = null, bytes_kept = 0 \
        where id = $1 and state in ('quarantined', 'dropped')";
    let erased = sql.execute(statement, &[id.into(), why.into(), now.into()])? == 1;
    if erased {
        sql.execute("delete from message_pieces where message = $1", &[id.into()])?;
    }
    Ok(erased)
}

fn read(row: &mut Columns) -> Result<Message, Failure> {
    let id = row.int()?;
    let count = |value: i64| {
        u32::try_from(value).map_err(|_| Failure::damaged(format!("a figure of message {id}")))
    };
    Ok(Message {
        id,
        mailbox: row.opt_parsed()?,
        door: row.parsed()?,
        sender: row.text()?,
        recipients: row.json()?,
        received_at: row.at()?,
        size_bytes: row.int()?.unsigned_abs(),
        copies: row.int().and_then(count)?,
        message_id: row.opt_text()?,
        from: row.opt_text()?.filter(|from| !from.is_empty()),
        subject: row.text()?,
        automatic: row.flag()?,
        state: row.parsed()?,
        rule: row.opt_parsed()?,
        reason: row.opt_text()?,
        number: row.opt_int()?.map(IncidentNumber),
        n: row.opt_int()?.map(count).transpose()?,
        public: row.flag()?,
        suggested: row.opt_int()?.map(IncidentNumber),
        released: row.opt_parsed()?,
        step: row.int().and_then(count)?,
        attempts: row.int().and_then(count)?,
        next_at: row.at()?,
        ended_at: row.opt_at()?,
    })
}
