//! Rows of the outbox become deliveries: one for each person who is concerned and each
//! channel by which they are told.

use super::concerned::{Concerned, Reached, Standing, standings};
use super::family::Families;
use super::planned::{Plan, carry_out};
use super::{By, Delivery, DeliveryState, Held, ToldAs, ToldSince};
use crate::directory::{devices, one};
use crate::{Columns, Failure, Sql};
use incident::Audience;
use incident::notices::Terms as Row;
use incident::policy::Asking;
use incident::rating::SURVEY;
use incident::telling::{Channels, Leaves, Matter, Preferences};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, PersonId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The words of clocks, which are for whoever has the incident.
const OF_CLOCKS: [&str; 2] = ["clock_warned", "clock_breached"];
/// Deliveries that one transaction makes, and those of the row of the outbox that goes beyond:
/// a team may be large, and whoever writes meanwhile waits.
const MADE_MAX: usize = 500;
/// Rows of the outbox for which is read at once who is concerned.
const ROWS_AT_ONCE: usize = 128;

/// How long a letter waits for what may follow: people send a second sentence, a file or a
/// correction within half a minute, and nobody misses half a minute.
pub const FOLDING_SECONDS: i64 = 30;
/// What waits for what may follow.
const FOLDED: [&str; 6] =
    ["commented", "attached", "update_published", "expectation_set", "promised", "promise_changed"];

/// How long a row of the outbox that cannot be read is left to others, in seconds.
const DAMAGED_SECONDS: i64 = 3_600;

/// The word of a hold that waits for the requester.
const HELD: &str = "put_on_hold";
/// A question so shortly before a hold, or after it, is what the hold waits for: it is told, and
/// the hold is not told besides.
const QUESTION_SECONDS: i64 = 120;

/// Something to be told, as it waits in the outbox.
pub(super) struct Asked {
    pub(super) id: i64,
    pub(super) number: i64,
    pub(super) n: i64,
    pub(super) word: String,
    pub(super) audience: Audience,
    pub(super) created_at: Timestamp,
    row: Row,
}

/// What holds for all that is told at once.
#[derive(Clone, Copy)]
struct Terms<'a> {
    since: ToldSince,
    zone: &'a TimeZone,
    now: Timestamp,
}

/// Turns rows of the outbox that are due into deliveries, as [`plan`] and [`carry_out`] do in
/// two steps; how many rows.
pub fn expand(
    sql: &mut dyn Sql,
    since: ToldSince,
    zone: &TimeZone,
    now: Timestamp,
    limit: i64,
) -> Result<u64, Failure> {
    let plan = plan(sql, since, zone, now, limit)?;
    carry_out(sql, plan, now)
}

/// Reads what rows of the outbox that are due make, the earliest first, `limit` rows at most and
/// fewer when they make many. What was asked for before `since` stays, and expires. `zone` is
/// that of people who chose none. Letters are made wherever one process of the instance has a
/// mail server, be it another one than this.
pub fn plan(
    sql: &mut dyn Sql,
    since: ToldSince,
    zone: &TimeZone,
    now: Timestamp,
    limit: i64,
) -> Result<Plan, Failure> {
    let since = match since.mail {
        Some(_) => since,
        None => ToldSince { mail: super::by_mail_since(sql)?, ..since },
    };
    let (due, damaged) = due(sql, since, now, limit)?;
    let terms = Terms { since, zone, now };
    let is_pushed = devices::are_any(sql)?;
    let mut known: BTreeMap<i64, Standing> = BTreeMap::new();
    // What each of them makes.
    let nothing = damaged.into_iter().map(|id| (id, vec![]));
    let (mut made, mut count): (BTreeMap<i64, Vec<Delivery>>, usize) = (nothing.collect(), 0);
    let mut surveyed = BTreeSet::new();
    let mut families = Families::default();
    for some in due.chunks(ROWS_AT_ONCE) {
        let mut to = Vec::with_capacity(some.len());
        for asked in some {
            to.push(match OF_CLOCKS.contains(&asked.word.as_str()) && !asked.row.added {
                true => owner(sql, asked.number)?.unwrap_or_else(|| asked.audience.clone()),
                false => asked.audience.clone(),
            });
        }
        standings(sql, some.iter().map(|asked| asked.number), &mut known)?;
        let pairs: Vec<(&Asked, &Audience)> = some.iter().zip(&to).collect();
        let concerned = Concerned::read(sql, &pairs, is_pushed)?;
        for (asked, audience) in pairs {
            if count >= MADE_MAX {
                break;
            }
            let rows = made.entry(asked.id).or_default();
            if asked.word == HELD && is_question_told(sql, asked)?
                || asked.word == SURVEY && was_asked_lately(sql, asked, &mut surveyed, now)?
            {
                continue;
            }
            let standing = known.entry(asked.number).or_default();
            for reached in concerned.by(asked, audience) {
                let knows = families.has_told(sql, asked, audience, reached.person)?;
                let some = told(asked, audience, (reached, knows), standing, terms);
                if some.iter().any(|one| one.by == By::Email) {
                    families.tells(sql, asked, audience, reached.person)?;
                }
                rows.extend(some);
            }
            count += rows.len();
        }
        if count >= MADE_MAX {
            break;
        }
    }
    let held = known.iter().filter(|(_, standing)| standing.held).map(|(number, _)| *number);
    Ok(Plan { held: held.collect(), asked: due, made })
}

/// Rows of the outbox that are due, the earliest first, and the ids of those that nobody could read
/// for too long: what is damaged in one keeps no other from being told.
fn due(
    sql: &mut dyn Sql,
    since: ToldSince,
    now: Timestamp,
    limit: i64,
) -> Result<(Vec<Asked>, Vec<i64>), Failure> {
    let statement = "select id, number, n, word, created_at, not_before, audience, terms \
        from outbox where state = 'waiting' and not_before <= $1 and not_before >= $2 and created_at >= $2 \
        order by not_before, id limit $3";
    let values = [now.into(), since.earliest().into(), limit.into()];
    let (mut due, mut damaged) = (vec![], vec![]);
    for row in sql.query(statement, &values)? {
        let mut row = Columns::of(row);
        let (id, number, n, word) = (row.int()?, row.int()?, row.int()?, row.text()?);
        let (created_at, not_before) = (row.at()?, row.at()?);
        match (row.json(), row.json()) {
            (Ok(audience), Ok(row)) => {
                due.push(Asked { id, number, n, word, audience, created_at, row });
            }
            // A newer program may have written it, and tells it.
            _ if now.seconds_since(not_before) < DAMAGED_SECONDS => {}
            (Err(failure), _) | (_, Err(failure)) => {
                tracing::error!(%failure, number, n, word, "nobody is told what cannot be read");
                damaged.push(id);
            }
        }
    }
    Ok((due, damaged))
}

/// The deliveries to one person; who knows it already from another incident gets no letter.
fn told(
    asked: &Asked,
    audience: &Audience,
    (reached, knows): (&Reached, bool),
    standing: &mut Standing,
    terms: Terms,
) -> Vec<Delivery> {
    let (since, now) = (terms.since, terms.now);
    let matter = Matter {
        word: &asked.word,
        audience,
        priority: standing.priority,
        major: standing.major,
        waits_for_requester: standing.waits_for_requester,
    };
    let mut channels = channels(&asked.row, &reached.preferences, &matter);
    if knows {
        // It stands in their inbox; a letter of its own would say the same again.
        channels = Channels { mail: false, push: false, inbox: true };
    }
    let mut rows = Vec::new();
    let mut row = |by: By, address: String, next_at: Timestamp, held: Option<Held>| {
        rows.push(Delivery {
            id: 0,
            number: Some(IncidentNumber(asked.number)),
            // Entries are counted in `u32` where they are recorded.
            n: u32::try_from(asked.n).unwrap_or_default(),
            word: asked.word.clone(),
            person: reached.person,
            told_as: told_as(audience, &asked.row),
            by,
            address,
            message_id: None,
            state: DeliveryState::Waiting,
            attempts: 0,
            next_at,
            created_at: now,
            ended_at: None,
            error: None,
            held,
            rule: asked.row.rule.clone(),
        });
    };
    let by_mail = channels.mail && since.mail.is_some_and(|since| asked.created_at >= since);
    let address = reached.email.clone().filter(|_| by_mail);
    let own = TimeZone::get(&reached.time_zone).ok().filter(|_| !reached.time_zone.is_empty());
    let zone = own.as_ref().unwrap_or(terms.zone);
    // Whoever wants letters or push alone and cannot get any finds it in their inbox.
    let in_vain = match channels.mail {
        true => address.is_none(),
        false => channels.push && reached.devices.is_empty(),
    };
    if (channels.inbox || in_vain) && asked.created_at >= since.inbox {
        row(By::Inbox, String::new(), now, None);
    }
    if channels.push && asked.created_at >= since.inbox {
        let (next_at, held) = match reached.preferences.rings(&matter, now, zone) {
            Leaves::AfterQuiet(at) | Leaves::WithDigest(at) => (at, Some(Held::Quiet)),
            Leaves::Now => (now, matter.is_urgent().then_some(Held::Urgent)),
        };
        for device in &reached.devices {
            row(By::Push, device.to_string(), next_at, held);
        }
    }
    if let Some(address) = address {
        let is_first = standing.told.insert(reached.person);
        let folds = !is_first && FOLDED.contains(&asked.word.as_str());
        let leaves = match asked.row.always {
            true => Leaves::Now,
            false => reached.preferences.leaves(&matter, now, zone),
        };
        let (next_at, held) = match leaves {
            // The first word about something new never waits.
            Leaves::Now if folds && !matter.cannot_wait() && !asked.row.always => {
                (now.plus_seconds(FOLDING_SECONDS), Some(Held::Folding))
            }
            Leaves::Now => (now, matter.is_urgent().then_some(Held::Urgent)),
            Leaves::AfterQuiet(at) => (at, Some(Held::Quiet)),
            Leaves::WithDigest(at) => (at, Some(Held::Digest)),
        };
        row(By::Email, address, next_at, held);
    }
    rows
}

/// By which channels somebody is told: those of the row that they want, or all of the row's where
/// it is told in any case.
fn channels(row: &Row, preferences: &Preferences, matter: &Matter) -> Channels {
    let wanted = match row.always {
        true => Channels::ALL,
        false => preferences.channels(matter),
    };
    Channels {
        mail: wanted.mail && row.channels.mail,
        inbox: wanted.inbox && row.channels.inbox,
        push: wanted.push && row.channels.push,
    }
}

/// Whether the requester is told by somebody's words what a hold waits for; who only follows it
/// asks nothing for us.
fn is_question_told(sql: &mut dyn Sql, asked: &Asked) -> Result<bool, Failure> {
    let statement = "select 1 from events said join events held on held.number = said.number \
        and held.n = $2 where said.number = $1 and said.kind = 'commented' and said.public = 1 \
        and said.at >= held.at - $3 and said.actor_id not in \
        (select requester_id from incidents where number = $1) \
        and said.data not like '%\"by_follower\":true%' limit 1";
    let micros = QUESTION_SECONDS * 1_000_000;
    let found = sql.query(statement, &[asked.number.into(), asked.n.into(), micros.into()])?;
    Ok(!found.is_empty())
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

/// Whether the requester was asked how content they are, of this incident or lately of another.
/// `surveyed` are those who are asked just now.
fn was_asked_lately(
    sql: &mut dyn Sql,
    asked: &Asked,
    surveyed: &mut BTreeSet<PersonId>,
    now: Timestamp,
) -> Result<bool, Failure> {
    let Audience::Requester(person) = &asked.audience else { return Ok(false) };
    if !surveyed.insert(*person) {
        return Ok(true);
    }
    let since = now.plus_days(-Asking::SURVEY_DAYS);
    let statement = "select 1 from deliveries where word = 'survey' and person_id = $1 \
        and state <> 'withdrawn' and (number = $2 or created_at > $3) limit 1";
    let values = [(*person).into(), asked.number.into(), since.into()];
    Ok(!sql.query(statement, &values)?.is_empty())
}

fn told_as(audience: &Audience, row: &Row) -> ToldAs {
    match audience {
        Audience::Person(_) | Audience::Team(_) if row.added => ToldAs::Rule,
        Audience::Requester(_) => ToldAs::Requester,
        Audience::Person(_) => ToldAs::Person,
        Audience::Team(_) => ToldAs::Team,
        // Lists and subscribers are told as somebody outside, and have no delivery here.
        Audience::Watchers | Audience::List(_) | Audience::Subscribers => ToldAs::Watcher,
    }
}
