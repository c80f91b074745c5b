//! What is told to whoever is no person of an incident: members of lists, subscribers of the
//! status page. An update or planned work becomes an announcement, an announcement becomes
//! letters some at a time, and a letter is taken, attempted and ends as others do.
//!
//! An announcement remembers how far it came and makes its letters in the same transaction, so
//! that whatever ends the program neither loses nor doubles one; nobody is told the same twice,
//! however many lists they are on.

mod announce;
mod claim;
mod reached;
mod spread;

pub use announce::{
    News, Planned, Reminders, announce, are_windows_untold, concerned, follow_windows, plan,
    reminders, set_reminders,
};
pub use claim::{bounced, claim, let_go_of_all, settle};
pub use reached::{GIVEN_UP_DAYS, Unsent, members, requesters, sent, unsent, watchers};
pub use spread::{SPREAD_ROWS, spread};

use crate::directory::one;
use crate::subscribers::{Subscriber, SubscriberKind};
use crate::{Columns, Failure, Sql, Value};
use kernel::{
    ComponentId, IncidentNumber, Language, ListId, MaintenanceId, SubscriberId, Timestamp, words,
};
use std::collections::BTreeSet;

words! {
    /// What is told.
    Word {
        /// A published update of an incident.
        Update = "update",
        /// Work is planned.
        Announced = "announced",
        /// Planned work changed.
        Changed = "changed",
        /// Planned work does not take place.
        Cancelled = "cancelled",
        /// Planned work begins soon.
        Reminder = "reminder",
        /// Planned work begins.
        Started = "started",
        /// Planned work is over.
        Completed = "completed",
        /// Somebody is asked whether they want to subscribe.
        Confirm = "confirm",
        /// Somebody who subscribed asked to subscribe again.
        Already = "already",
        /// A program is asked whether it wants to hear.
        Challenge = "challenge",
    }
}

/// Days for which it stays known what was told outside.
const KEPT_DAYS: i64 = 90;
/// Rows that one tidying removes: whoever writes meanwhile waits.
const TIDIED_ROWS: i64 = 1_000;
/// Whom an announcement for subscribers names.
const SUBSCRIBERS: &str = "subscribers";
/// Whom something is announced to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Whoever subscribed to the status page.
    Subscribers,
    /// A list of stakeholders.
    List(ListId),
}

/// What is to be told outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Its id.
    pub id: i64,
    /// What is told; nobody is told the same twice.
    pub about: String,
    /// What it is.
    pub word: Word,
    /// To whom.
    pub whom: Whom,
    /// Of an update: its incident and its entry.
    pub update: Option<(IncidentNumber, u32)>,
    /// Of planned work: which.
    pub maintenance: Option<MaintenanceId>,
    /// What it concerns.
    pub components: BTreeSet<ComponentId>,
    /// Of planned work: what is told.
    pub planned: Option<Planned>,
    /// When it is told.
    pub not_before: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Up to which subscriber letters are made.
    reached: String,
}

/// What one address is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Its id.
    pub id: i64,
    /// What is told.
    pub word: Word,
    /// The announcement; none for what a subscription itself needs.
    pub announcement: Option<i64>,
    /// Who subscribed; none for members of lists.
    pub subscriber: Option<SubscriberId>,
    /// The list otherwise.
    pub list: Option<ListId>,
    /// How.
    pub channel: SubscriberKind,
    /// Where.
    pub address: String,
    /// What is read there.
    pub language: Language,
    /// The message id, from the first attempt on.
    pub message_id: Option<String>,
    /// Attempts that failed.
    pub attempts: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
}

const ANNOUNCEMENT: &str = "id, about, word, whom, number, n, maintenance_id, components, body, \
    not_before, created_at, reached";
const OUTSIDE: &str = "id, word, announcement_id, subscriber_id, list_id, channel, address, \
    language, message_id, attempts, created_at";

/// Asks that a subscriber be told what its subscription itself needs, this once.
pub fn ask(
    sql: &mut dyn Sql,
    subscriber: &Subscriber,
    word: Word,
    now: Timestamp,
) -> Result<(), Failure> {
    let about = format!("s:{}:{word}:{}", subscriber.id, now.micros());
    let statement = "insert into told_outside (about, word, subscriber_id, channel, address, \
        language, next_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $7) \
        on conflict do nothing";
    let values: [Value; 7] = [
        about.into(),
        word.as_str().into(),
        subscriber.id.into(),
        subscriber.kind.as_str().into(),
        (&subscriber.address).into(),
        subscriber.language.as_str().into(),
        now.into(),
    ];
    sql.execute(statement, &values).map(drop)
}

/// Whether an announcement is to become letters.
pub fn is_announced(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let statement =
        "select 1 from announcements where ended_at is null and not_before <= $1 limit 1";
    Ok(!sql.query(statement, &[now.into()])?.is_empty())
}

/// Whether something waits that leaves by this channel.
pub fn is_due(sql: &mut dyn Sql, by: SubscriberKind, now: Timestamp) -> Result<bool, Failure> {
    let statement = format!("select 1 from told_outside where {} limit 1", claim::FREE);
    let values = [now.into(), claim::farthest(now).into(), by.as_str().into()];
    Ok(!sql.query(&statement, &values)?.is_empty())
}

/// The announcement with this id.
pub fn announcement(sql: &mut dyn Sql, id: i64) -> Result<Option<Announcement>, Failure> {
    let statement = format!("select {ANNOUNCEMENT} from announcements where id = $1");
    one(sql, &statement, &[id.into()], read_announcement)
}

/// The opaque id of an incident on the status page, once it has a place there.
pub fn page_of(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Option<String>, Failure> {
    let statement = "select id from status_incidents where number = $1";
    one(sql, statement, &[number.into()], Columns::text)
}

/// The title of an incident as somebody outside may read it: none of what is restricted to a
/// team.
pub fn title_of(sql: &mut dyn Sql, number: IncidentNumber) -> Result<Option<String>, Failure> {
    let statement = "select title from incidents where number = $1 and confidential_to is null";
    one(sql, statement, &[number.into()], Columns::text)
}

/// Whether there is something to be forgotten.
pub fn is_untidy(sql: &mut dyn Sql, now: Timestamp) -> Result<bool, Failure> {
    let statement = "select 1 from told_outside where ended_at < $1 union all \
        select 1 from announcements where ended_at < $1 limit 1";
    Ok(!sql.query(statement, &[now.plus_days(-KEPT_DAYS).into()])?.is_empty())
}

/// Forgets what was told long ago, some at a time.
pub fn tidy(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, Failure> {
    let mut removed = 0;
    for table in ["told_outside", "announcements"] {
        let statement = format!(
            "delete from {table} where id in (select id from {table} \
             where ended_at < $1 order by ended_at limit $2)"
        );
        let values = [now.plus_days(-KEPT_DAYS).into(), TIDIED_ROWS.into()];
        removed += sql.execute(&statement, &values)?;
    }
    Ok(removed)
}

/// Leaves nothing waiting to be told.
pub(crate) fn forget_waiting(sql: &mut dyn Sql) -> Result<(), Failure> {
    sql.execute("update announcements set ended_at = created_at where ended_at is null", &[])?;
    sql.execute(
        "update told_outside set state = 'withdrawn', ended_at = created_at, taken_until = null, \
         error = 'waited when the backup was made' where state = 'waiting'",
        &[],
    )
    .map(drop)
}

fn read_announcement(row: &mut Columns) -> Result<Announcement, Failure> {
    let (id, about, word, whom) = (row.int()?, row.text()?, row.parsed()?, row.text()?);
    let (number, n) = (row.opt_int()?, row.int()?);
    let maintenance = row.opt_parsed()?;
    let components = row.json()?;
    let body = row.text()?;
    let damaged = |what: &str| Failure::damaged(format!("{what} of announcement {id}"));
    let whom = match whom.as_str() {
        SUBSCRIBERS => Whom::Subscribers,
        list => Whom::List(list.parse().map_err(|_| damaged("the list"))?),
    };
    let planned = match body.as_str() {
        "" => None,
        body => Some(serde_json::from_str(body).map_err(|_| damaged("what is told"))?),
    };
    let n = u32::try_from(n).map_err(|_| damaged("the entry"))?;
    Ok(Announcement {
        id,
        about,
        word,
        whom,
        update: number.map(|number| (IncidentNumber(number), n)),
        maintenance,
        components,
        planned,
        not_before: row.at()?,
        created_at: row.at()?,
        reached: row.text()?,
    })
}

fn read_outside(row: &mut Columns) -> Result<Outside, Failure> {
    let id = row.int()?;
    read_letter(id, row)
}

/// The letter with this id, from the other columns.
fn read_letter(id: i64, row: &mut Columns) -> Result<Outside, Failure> {
    Ok(Outside {
        id,
        word: row.parsed()?,
        announcement: row.opt_int()?,
        subscriber: row.opt_parsed()?,
        list: row.opt_parsed()?,
        channel: row.parsed()?,
        address: row.text()?,
        language: row.parsed()?,
        message_id: row.opt_text()?,
        attempts: u32::try_from(row.int()?)
            .map_err(|_| Failure::damaged(format!("the attempts of letter {id}")))?,
        created_at: row.at()?,
    })
}
