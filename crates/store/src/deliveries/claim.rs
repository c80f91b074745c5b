//! Which deliveries leave next, and which of them in one letter.

use super::caps::{self, PER_INCIDENT, PER_PERSON, TO_EVERYBODY};
use super::{BY_MAIL, By, DELIVERY, Delivery, FREE, Held, IN_ORDER, farthest, read};
use crate::directory::{many, one};
use crate::{Engine, Failure, Sql};
use incident::rating::SURVEY;
use kernel::{IncidentNumber, Timestamp};
use std::collections::BTreeSet;

/// Whoever claims letters on PostgreSQL holds this lock: the letters of "letters".
const CLAIMING: i64 = 0x006c_6574_7465_7273;
/// Entries that one letter tells at most; the rest is told by the next one.
const FOLDED_MAX: usize = 30;
/// What is told in a letter of its own, so that nobody overlooks it, as long as its reader gets
/// no more letters than they may: that a report has arrived, and that the matter is over.
const ALONE: [&str; 4] = ["reported", "resolved", CLOSED, "cancelled"];
/// The word that it is closed.
const CLOSED: &str = "closed";

/// What was taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// Letters: deliveries to one person that leave together, in their order.
    pub letters: Vec<Vec<Delivery>>,
    /// Deliveries that wait from now on, because so many letters left lately.
    pub slowed: u64,
}

/// Takes deliveries that are due and that nobody has, until `until`, which is at most ten
/// minutes away: the one that waits longest first, to each person about each incident one
/// letter at a time; with it what may be told in the same letter. `full` says until when everybody
/// has to wait ([`full_until`]); `name` makes the message id of a letter that has none yet.
pub fn claim(
    sql: &mut dyn Sql,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
    full: Option<Timestamp>,
    name: &dyn Fn(&Delivery) -> String,
) -> Result<Taken, Failure> {
    alone(sql)?;
    let (columns, free) = (columns(), FREE);
    let statement = format!(
        "select {columns} from deliveries where {free} and {IN_ORDER} order by next_at, id limit $3"
    );
    let heads = many(sql, &statement, &[now.into(), farthest(now).into(), limit.into()], read)?;
    let everybody = full.filter(|until| *until > now);
    let mut taken = Taken::default();
    let mut seen: BTreeSet<i64> = BTreeSet::new();
    for head in heads {
        if seen.contains(&head.id) {
            continue;
        }
        if let Some((free_at, held)) = has_to_wait(sql, &head, everybody, now)? {
            taken.slowed += hold(sql, head.id, free_at, held)?;
            continue;
        }
        let id = head.message_id.clone();
        let letter = together(sql, head, now)?;
        seen.extend(letter.iter().map(|delivery| delivery.id));
        let message_id = id.unwrap_or_else(|| name(&named(&letter)));
        let mut ours = Vec::with_capacity(letter.len());
        for delivery in letter {
            if take(sql, &delivery, &message_id, now, until)? {
                ours.push(Delivery { message_id: Some(message_id.clone()), ..delivery });
            } else if ours.is_empty() {
                // Another node has the letter.
                break;
            }
        }
        if !ours.is_empty() {
            taken.letters.push(ours);
        }
    }
    Ok(taken)
}

/// Lets one node claim at a time: each counts how many letters left to somebody lately, and two
/// that counted at once would send more than may leave. On SQLite there is one writer anyway.
fn alone(sql: &mut dyn Sql) -> Result<(), Failure> {
    if sql.engine() == Engine::Postgres {
        sql.query("select pg_advisory_xact_lock($1)::text", &[CLAIMING.into()])?;
    }
    Ok(())
}

/// Where they are reached now: an address may have been corrected since.
fn columns() -> String {
    DELIVERY.replace(
        "address",
        "coalesce((select email from people where people.id = person_id), address)",
    )
}

/// What names a letter: the first entry of it, but no incident when it is about several.
fn named(letter: &[Delivery]) -> Delivery {
    let mut first = letter[0].clone();
    if first.held.is_some_and(Held::gathers) {
        first.number = None;
    }
    first
}

/// The deliveries that leave in one letter with this one, which is the first of them.
fn together(sql: &mut dyn Sql, head: Delivery, now: Timestamp) -> Result<Vec<Delivery>, Failure> {
    let columns = columns();
    let (condition, values) = match (&head.message_id, head.number) {
        // What an attempt was made with stays as it is: it may have arrived.
        (Some(message_id), _) => ("message_id = $3".to_owned(), vec![message_id.into()]),
        (None, None) => return Ok(vec![head]),
        (None, Some(number)) => match head.held.filter(|held| held.gathers()) {
            Some(held) => (
                "message_id is null and held = $3 and person_id = $4 and next_at <= $5".to_owned(),
                vec![held.as_str().into(), head.person.into(), now.into()],
            ),
            None => (
                "held <> 'digest' and person_id = $3 and number = $4".to_owned(),
                vec![head.person.into(), number.into()],
            ),
        },
    };
    let statement = format!(
        "select {columns} from deliveries where id > $1 and state = 'waiting' and {BY_MAIL} \
         and {condition} order by id limit $2"
    );
    let mut all = vec![head.id.into(), (FOLDED_MAX as i64 - 1).into()];
    all.extend(values);
    let rest = many(sql, &statement, &all, read)?;
    let count = folds(&head, &rest);
    Ok(std::iter::once(head).chain(rest.into_iter().take(count)).collect())
}

/// How many of those that follow are told in the same letter: up to the first that is told on
/// its own, so that the order stays.
fn folds(head: &Delivery, rest: &[Delivery]) -> usize {
    if head.message_id.is_some() || head.held.is_some_and(Held::gathers) {
        return rest.len();
    }
    let alone = |delivery: &Delivery| ALONE.contains(&delivery.word.as_str());
    if alone(head) {
        // How it went is asked with the word that it is closed.
        let asks = |next: &&Delivery| next.word == SURVEY && next.message_id.is_none();
        return usize::from(head.word == CLOSED && rest.first().is_some_and(|next| asks(&next)));
    }
    rest.iter().take_while(|next| !alone(next) && next.message_id.is_none()).count()
}

fn take(
    sql: &mut dyn Sql,
    delivery: &Delivery,
    message_id: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, Failure> {
    // Those that leave with another one need not be due.
    let statement = "update deliveries set taken_until = $3, message_id = $4, address = $6 \
        where id = $5 and state = 'waiting' and channel = 'email' \
        and (taken_until is null or taken_until <= $1 or taken_until > $2)";
    let values = [
        now.into(),
        farthest(now).into(),
        until.into(),
        message_id.into(),
        delivery.id.into(),
        (&delivery.address).into(),
    ];
    Ok(sql.execute(statement, &values)? == 1)
}

/// Until when everybody has to wait, if so many letters left lately. It reads what left within an
/// hour, so it is not asked for each letter.
pub fn full_until(sql: &mut dyn Sql, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let mut free_at: Option<Timestamp> = None;
    for cap in TO_EVERYBODY {
        // What left lately is looked for by when it ended. Grouped by the message id itself, SQLite
        // would go through all letters there ever were to have them in its order.
        let nth = "select max(ended_at) from deliveries where ended_at > $2 and state = 'sent' \
            and message_id is not null group by message_id || '' order by 1 desc limit 1 offset $1";
        let since = now.plus_seconds(-60 * cap.minutes);
        let values = [(cap.letters as i64 - 1).into(), since.into()];
        let left = one(sql, nth, &values, |row| row.at())?;
        let free = left.map(|left| left.plus_seconds(cap.minutes * 60));
        free_at = free_at.max(free.filter(|free| *free > now));
    }
    Ok(free_at)
}

/// Until when a letter has to wait, and why. What is urgent, what was attempted before, and what
/// somebody asked for to try out the mail server, does not.
fn has_to_wait(
    sql: &mut dyn Sql,
    head: &Delivery,
    everybody: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<(Timestamp, Held)>, Failure> {
    let (None, Some(number)) = (&head.message_id, head.number) else { return Ok(None) };
    if head.held == Some(Held::Urgent) {
        return Ok(None);
    }
    let lately = lately(sql, head, now)?;
    let about: Vec<Timestamp> =
        lately.iter().filter(|(other, _)| *other == Some(number)).map(|(_, at)| *at).collect();
    let all: Vec<Timestamp> = lately.into_iter().map(|(_, at)| at).collect();
    let about = caps::free_at(&PER_INCIDENT, &about, now);
    let person = caps::free_at(&PER_PERSON, &all, now);
    let digest = head.held == Some(Held::Digest);
    // Beyond what one person gets, all that is theirs leaves in one letter, even what is told in
    // a letter of its own otherwise: one by one it would never get through.
    let held = match (digest, person) {
        (true, _) => Held::Digest,
        (false, Some(_)) => Held::Crowd,
        (false, None) => Held::Cap,
    };
    Ok(about.max(person).max(everybody).map(|free_at| (free_at, held)))
}

/// The letters that left to somebody lately or are on their way, the latest first: about which
/// incident, and when.
fn lately(
    sql: &mut dyn Sql,
    head: &Delivery,
    now: Timestamp,
) -> Result<Vec<(Option<IncidentNumber>, Timestamp)>, Failure> {
    let statement = "select max(number), max(moment) from (\
        select number, message_id, ended_at as moment from deliveries where person_id = $1 \
        and message_id is not null and ended_at > $2 and state = 'sent' union all \
        select number, message_id, $3 as moment from deliveries where person_id = $1 \
        and message_id is not null and state = 'waiting' and taken_until > $3\
        ) as letters group by message_id order by 2 desc limit $4";
    let since =
        now.plus_seconds(-60 * caps::longest(&PER_PERSON).max(caps::longest(&PER_INCIDENT)));
    let most = caps::most(&PER_PERSON).max(caps::most(&PER_INCIDENT));
    let values = [head.person.into(), since.into(), now.into(), (most as i64).into()];
    many(sql, statement, &values, |row| Ok((row.opt_int()?.map(IncidentNumber), row.at()?)))
}

fn hold(sql: &mut dyn Sql, id: i64, until: Timestamp, held: Held) -> Result<u64, Failure> {
    let statement = "update deliveries set next_at = $2, held = $3 \
        where id = $1 and state = 'waiting' and channel = $4";
    let values = [id.into(), until.into(), held.as_str().into(), By::Email.as_str().into()];
    sql.execute(statement, &values)
}
