//! How many an update reaches that is for those who reported it, or for a list; and how many
//! letters have not left, or never will.

use crate::directory::lists::List;
use crate::directory::{many, one, slots};
use crate::{Columns, Engine, Failure, Sql};
use kernel::{IncidentNumber, Timestamp};

/// People that one question names: well below what engines allow.
const NAMED_AT_ONCE: usize = 256;

/// Days back to which letters that were given up are counted.
pub const GIVEN_UP_DAYS: i64 = 7;

/// Announcements that could not be read whose reasons are told: what many have in common is seen
/// in a few.
const SET_ASIDE_SHOWN: i64 = 20;

/// Letters and messages that nobody has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unsent {
    /// They wait to leave.
    pub waiting: i64,
    /// They were given up within [`GIVEN_UP_DAYS`].
    pub dead: i64,
    /// Why announcements were set aside within that time, of which nobody was told; the newest
    /// first, some of them.
    pub set_aside: Vec<String>,
}

/// What has not left: to subscribers, and to lists.
pub fn unsent(sql: &mut dyn Sql, now: Timestamp) -> Result<(Unsent, Unsent), Failure> {
    let read = |row: &mut Columns| Ok((row.int()?, row.int()?));
    let by_whom = "coalesce(sum(case when list_id is null then 1 else 0 end), 0), \
        coalesce(sum(case when list_id is null then 0 else 1 end), 0)";
    let waiting = format!("select {by_whom} from told_outside where state = 'waiting'");
    let (waiting, listed) = one(sql, &waiting, &[], read)?.unwrap_or_default();
    let dead = format!(
        "select {by_whom} from told_outside where ended_at > $1 and state = 'dead' \
         and address <> ''"
    );
    let since = now.plus_days(-GIVEN_UP_DAYS);
    let (dead, listed_dead) = one(sql, &dead, &[since.into()], read)?.unwrap_or_default();
    let mut to_all = Unsent { waiting, dead, set_aside: vec![] };
    let mut to_lists = Unsent { waiting: listed, dead: listed_dead, set_aside: vec![] };
    // A letter to nobody stands for an announcement that was set aside.
    let set_aside = "select case when list_id is null then 1 else 0 end, \
        coalesce(error, '') from told_outside where ended_at > $1 and state = 'dead' and address = '' order by ended_at desc, id desc \
        limit $2";
    let values = [since.into(), SET_ASIDE_SHOWN.into()];
    for (is_for_all, why) in many(sql, set_aside, &values, |row| Ok((row.flag()?, row.text()?)))? {
        let of = if is_for_all { &mut to_all } else { &mut to_lists };
        of.set_aside.push(why);
    }
    Ok((to_all, to_lists))
}

/// To how many addresses outside an update was sent, and how many there are so far; whoever
/// is told nothing any more is not among them.
pub fn sent(sql: &mut dyn Sql, number: IncidentNumber, n: u32) -> Result<(i64, i64), Failure> {
    let statement = "select coalesce(sum(case when state = 'sent' then 1 else 0 end), 0), count(*) \
        from told_outside where about = $1 and state <> 'withdrawn'";
    let read = |row: &mut Columns| Ok((row.int()?, row.int()?));
    Ok(one(sql, statement, &[about_update(number, n).into()], read)?.unwrap_or_default())
}

/// How letters about an update name it.
pub(super) fn about_update(number: IncidentNumber, n: impl std::fmt::Display) -> String {
    format!("u:{}:{n}", number.0)
}

/// Which incidents read the words about one: itself, what is merged into it, and the open children
/// that follow it. Children of what is confidential do not.
fn told_together(sql: &mut dyn Sql) -> String {
    let follows = match sql.engine() {
        Engine::Sqlite => "json_extract(body, '$.follows_parent') = 1",
        Engine::Postgres => "(body::jsonb ->> 'follows_parent') = 'true'",
    };
    format!(
        "(number = $1 or merged_into = $1 or (parent = $1 and merged_into is null \
         and state in ('new', 'in_progress', 'on_hold') and {follows} \
         and exists (select 1 from incidents top where top.number = $1 \
         and top.confidential_to is null)))"
    )
}

/// How many reported an incident, or what is told with it: each person once.
pub fn requesters(sql: &mut dyn Sql, number: IncidentNumber) -> Result<i64, Failure> {
    let statement = format!(
        "select count(distinct requester_id) from incidents where {} \
         and not exists (select 1 from integrations where person_id = incidents.requester_id)",
        told_together(sql)
    );
    Ok(one(sql, &statement, &[number.into()], Columns::int)?.unwrap_or_default())
}

/// How many follow it besides.
pub fn watchers(sql: &mut dyn Sql, number: IncidentNumber) -> Result<i64, Failure> {
    let statement = format!(
        "select count(distinct person_id) from incident_watchers where number = $1 \
         and person_id not in (select requester_id from incidents where {})",
        told_together(sql)
    );
    Ok(one(sql, &statement, &[number.into()], Columns::int)?.unwrap_or_default())
}

/// How many of a list have an address and are there.
pub fn members(sql: &mut dyn Sql, list: &List) -> Result<i64, Failure> {
    let mut found = list.addresses.len() as i64;
    let people: Vec<String> = list.people.iter().map(ToString::to_string).collect();
    for people in people.chunks(NAMED_AT_ONCE) {
        let (named, values) = slots(1, people);
        let statement = format!(
            "select count(*) from people where active = 1 and email is not null and id in ({named})"
        );
        found += one(sql, &statement, &values, Columns::int)?.unwrap_or_default();
    }
    Ok(found)
}
