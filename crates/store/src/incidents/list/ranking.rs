//! Risk as an order of many incidents. It moves with time and configuration, so no
//! column holds it: what it depends on is read once for each version of an incident
//! and kept, and figures are computed from that in memory.

use super::{Look, many, one, slots};
use crate::incidents::filter::{self, NEXT_DUE};
use crate::{Columns, Engine, Failure, Sql, Value};
use incident::{Access, Policy, Scope, State, Subject};
use insight::Exposure;
use kernel::{IncidentNumber, PersonId, Timestamp};
use query::{Expr, StateWord, Term};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Incidents ranked by risk at most; a longer list is ordered by what stands in for it.
pub const RANKED_MAX: usize = 10_000;
/// How long an order is good while nothing happens, in microseconds: risk moves by itself.
const GOOD_FOR_MICROS: i64 = 5_000_000;
/// How long it is known whatever happens that there are too many to be ranked, in microseconds.
const TOO_MANY_FOR_MICROS: i64 = 30_000_000;
/// How many times as long either is good while somebody ranks anew.
const MEANWHILE_TIMES: i64 = 3;
/// Incidents that get their new places in an order from before; after more it is made anew.
const MOVED_MAX: usize = 200;
/// Orders that are made at the same time at most.
const TURNS: usize = 16;
/// Orders kept at most: 32 bytes for each incident in them.
const ORDERS_MAX: usize = 32;
/// Incidents of somebody's own that are looked through for what only they see.
const OWN_MAX: i64 = 1_000;
/// Incidents kept at most, before those that are not open any more are forgotten: 1 kB each.
const KEPT_MAX: usize = 2 * RANKED_MAX;
/// States read at once.
const CHUNK: usize = 500;

/// Incidents that are likely to be over only after their resolution is due.
pub type LikelyLate = Arc<HashSet<IncidentNumber>>;

/// What risk depends on besides the incident, and what was read of incidents before.
/// Cheap to clone; clones share what they read.
#[derive(Clone)]
pub struct Ranking {
    policy: Arc<Policy>,
    board: Arc<Board>,
    most: usize,
}

#[derive(Default)]
struct Board {
    kept: Mutex<HashMap<IncidentNumber, Arc<Kept>>>,
    orders: Mutex<HashMap<String, Ordered>>,
    late: Mutex<LikelyLate>,
    /// Who makes an order holds one of these, by its key: others wait for it instead of making it, too.
    turns: [Mutex<()>; TURNS],
}

/// Of one version of an open incident.
struct Kept {
    version: i64,
    subject: Subject,
    exposure: Option<Exposure>,
}

/// An incident's place: the higher the risk the earlier, then what is likely late, then what is
/// due sooner, then priority, then the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) value: Reverse<i64>,
    /// 1 where it is likely late, else 0.
    pub(super) late: Reverse<i64>,
    pub(super) due: i64,
    pub(super) priority: i64,
    pub(super) number: Reverse<i64>,
}

/// The open incidents of a query by rank.
#[derive(Clone)]
pub(super) struct Ordered {
    stamp: (i64, i64),
    /// The instant for which risk was computed.
    pub(super) at: Timestamp,
    /// The incidents; `None` when there are too many.
    pub(super) ranks: Option<Arc<Vec<Rank>>>,
    /// Somebody ranks anew.
    renewed: bool,
}

impl Ordered {
    /// Whether nothing happened since; that there are too many is not looked at for each change.
    fn is_of(&self, stamp: (i64, i64)) -> bool {
        self.stamp == stamp || self.ranks.is_none() && self.stamp.1 == stamp.1
    }

    /// How long it is good, in microseconds.
    fn good_for(&self, meanwhile: bool) -> i64 {
        let alone = if self.ranks.is_none() { TOO_MANY_FOR_MICROS } else { GOOD_FOR_MICROS };
        if self.renewed && meanwhile { MEANWHILE_TIMES * alone } else { alone }
    }
}

struct Candidate {
    number: IncidentNumber,
    version: i64,
    due: i64,
    priority: i64,
}

impl Ranking {
    /// Under this policy; nothing is read yet.
    pub fn new(policy: Arc<Policy>) -> Self {
        Ranking::bounded(policy, RANKED_MAX)
    }

    /// The same for at most so many incidents.
    pub fn bounded(policy: Arc<Policy>, most: usize) -> Self {
        Ranking { policy, board: Arc::default(), most }
    }

    /// The same under another policy, with what was read.
    #[must_use]
    pub fn under(&self, policy: Arc<Policy>) -> Self {
        Ranking { policy, board: self.board.clone(), most: self.most }
    }

    /// Which incidents are likely late, as it was found last.
    pub fn likely_late(&self) -> LikelyLate {
        lock(&self.board.late).clone()
    }

    /// Keeps which incidents are likely late; orders that are made from now on go by it.
    pub fn keep_likely_late(&self, late: LikelyLate) {
        *lock(&self.board.late) = late;
    }

    /// The open incidents that meet a condition, by rank: at the instant `at` if it is
    /// given, though they be twice as many by now; else about now.
    pub(super) fn order(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        filter: &Expr,
        at: Option<Timestamp>,
    ) -> Result<Ordered, Failure> {
        let stamp = (crate::incidents::feed::position(sql)?, self.policy.version);
        let look = &shared(sql, look)?;
        let key = key(sql.engine(), look, filter);
        let now = look.context.now;
        if let Some(ordered) = self.board.ordered(&key, stamp, at, now, true) {
            return Ok(ordered);
        }
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let _turn = lock(&self.board.turns[hasher.finish() as usize % TURNS]);
        if let Some(ordered) = self.board.ordered(&key, stamp, at, now, false) {
            return Ok(ordered);
        }
        let before = self.board.before(&key, stamp, now).filter(|_| at.is_none());
        if let Some(before) = before
            && let Some(ordered) = self.moved(sql, look, filter, &before, stamp)?
        {
            self.board.keep(key, &ordered);
            return Ok(ordered);
        }
        let most = if at.is_some() { 2 * self.most } else { self.most } as i64 + 1;
        let at = at.unwrap_or(now);
        let candidates = candidates(sql, look, filter, most)?;
        let ranks = match candidates.len() as i64 == most {
            true => None,
            false => Some(Arc::new(self.ranks(sql, look, candidates, at)?)),
        };
        let ordered = Ordered { stamp, at, ranks, renewed: false };
        self.board.keep(key, &ordered);
        Ok(ordered)
    }

    /// An order from before with what happened since: whatever changed is sought and ranked anew,
    /// for the same instant, so that it is the order that would be made for it. `None` when
    /// that is too much.
    fn moved(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        filter: &Expr,
        before: &Ordered,
        stamp: (i64, i64),
    ) -> Result<Option<Ordered>, Failure> {
        let Some(ranks) = &before.ranks else { return Ok(None) };
        let changed = changed(sql, before.stamp.0, stamp.0)?;
        if changed.len() > MOVED_MAX {
            return Ok(None);
        }
        let stays = |rank: &&Rank| changed.binary_search(&IncidentNumber(rank.number.0)).is_err();
        let mut ranks: Vec<Rank> = ranks.iter().filter(stays).copied().collect();
        let mut look = look.clone();
        look.context.now = before.at;
        let these = Expr::all_of([Expr::Term(Term::Number(changed)), filter.clone()]);
        let candidates = candidates(sql, &look, &these, i64::MAX)?;
        ranks.extend(self.ranks(sql, &look, candidates, before.at)?);
        // Two runs that are sorted already: merged, not sorted again.
        ranks.sort();
        let fits = ranks.len() <= self.most;
        let (at, ranks) = (before.at, Some(Arc::new(ranks)));
        Ok(fits.then_some(Ordered { stamp, at, ranks, renewed: false }))
    }

    fn ranks(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        candidates: Vec<Candidate>,
        at: Timestamp,
    ) -> Result<Vec<Rank>, Failure> {
        let kept = self.kept(sql, &candidates)?;
        let late = self.likely_late();
        let mut ranks: Vec<Rank> = candidates
            .iter()
            .zip(kept)
            .map(|(candidate, kept)| {
                // Who does not see all of an incident does not learn its risk by its place.
                let full = look.scope.access(&kept.subject) == Access::Full;
                let exposure = kept.exposure.as_ref().filter(|_| full);
                let value = exposure.map_or(0, |known| insight::value(known, &self.policy, at));
                let late = full && late.contains(&candidate.number);
                Rank {
                    value: Reverse(value.into()),
                    late: Reverse(late.into()),
                    due: candidate.due,
                    priority: candidate.priority,
                    number: Reverse(candidate.number.0),
                }
            })
            .collect();
        ranks.sort_unstable();
        Ok(ranks)
    }

    /// What is kept of these, read first where it is missing or of another version.
    fn kept(&self, sql: &mut dyn Sql, candidates: &[Candidate]) -> Result<Vec<Arc<Kept>>, Failure> {
        let mut found: Vec<Option<Arc<Kept>>> = {
            let kept = lock(&self.board.kept);
            let known =
                |one: &Candidate| kept.get(&one.number).filter(|kept| kept.version == one.version);
            candidates.iter().map(|one| known(one).cloned()).collect()
        };
        let missing: Vec<usize> = (0..found.len()).filter(|at| found[*at].is_none()).collect();
        for places in missing.chunks(CHUNK) {
            let numbers: Vec<IncidentNumber> =
                places.iter().map(|at| candidates[*at].number).collect();
            let fresh = read(sql, &numbers)?;
            places.iter().for_each(|at| found[*at] = fresh.get(&candidates[*at].number).cloned());
            let mut kept = lock(&self.board.kept);
            if kept.len() + fresh.len() > KEPT_MAX {
                kept.clear();
            }
            kept.extend(fresh);
        }
        let there = found.into_iter().zip(candidates);
        there
            .map(|(kept, one)| {
                kept.ok_or_else(|| Failure::damaged(format!("{} is gone", one.number)))
            })
            .collect()
    }
}

impl Board {
    /// The order from before, if it is still good; the first who finds that time moved it is
    /// to rank anew, and the others go on with it `meanwhile`.
    fn ordered(
        &self,
        key: &str,
        stamp: (i64, i64),
        at: Option<Timestamp>,
        now: Timestamp,
        meanwhile: bool,
    ) -> Option<Ordered> {
        let mut orders = lock(&self.orders);
        let kept = orders.get_mut(key).filter(|kept| kept.is_of(stamp))?;
        if let Some(at) = at {
            return (kept.at == at).then(|| kept.clone());
        }
        let age = now.micros_since(kept.at);
        if (0..kept.good_for(meanwhile)).contains(&age) {
            return Some(kept.clone());
        }
        kept.renewed = true;
        None
    }

    /// The order as it was a moment ago, before something happened.
    fn before(&self, key: &str, stamp: (i64, i64), now: Timestamp) -> Option<Ordered> {
        let orders = lock(&self.orders);
        let kept = orders.get(key)?;
        let young = (0..GOOD_FOR_MICROS).contains(&now.micros_since(kept.at));
        let follows = kept.stamp.1 == stamp.1 && kept.stamp.0 < stamp.0;
        (young && follows).then(|| kept.clone())
    }

    fn keep(&self, key: String, ordered: &Ordered) {
        let mut orders = lock(&self.orders);
        if orders.len() >= ORDERS_MAX && !orders.contains_key(&key) {
            let oldest = orders.iter().min_by_key(|(_, kept)| kept.at).map(|(key, _)| key.clone());
            oldest.and_then(|key| orders.remove(&key));
        }
        orders.insert(key, ordered.clone());
    }
}

/// As whom an order is made. Whoever sees all of whatever they see at all sees it by role and
/// teams: they are nobody in particular here, and share the order with everybody like them.
fn shared(sql: &mut dyn Sql, look: &Look) -> Result<Look, Failure> {
    let mut look = look.clone();
    let scope = &look.scope;
    if scope.everything || scope.open_to_staff && !sees_more_of_their_own(sql, scope.person)? {
        look.scope.person = PersonId(uuid::Uuid::nil());
    }
    Ok(look)
}

/// Whether somebody asked for something open that is confidential, or perhaps: where there is
/// more of their own than [`OWN_MAX`], it is not looked through.
fn sees_more_of_their_own(sql: &mut dyn Sql, person: PersonId) -> Result<bool, Failure> {
    let statement = "select count(*), \
        count(case when confidential_to is not null and state in ('new', 'in_progress', 'on_hold') then 1 end) \
        from (select confidential_to, state from incidents where requester_id = $1 limit $2) own";
    let (own, confidential) =
        one(sql, statement, &[person.into(), OWN_MAX.into()], |row| Ok((row.int()?, row.int()?)))?
            .unwrap_or_default();
    Ok(own == OWN_MAX || confidential > 0)
}

/// Whose order of what: who sees the same and means the same by it shares one.
fn key(engine: Engine, look: &Look, filter: &Expr) -> String {
    let Scope { everything, open_to_staff, teams, nothing, .. } = &look.scope;
    let zone = look.context.zone.iana_name().unwrap_or_default();
    // The parameters say who is meant, and only where it matters; when is said by the filter.
    let mut whenever = look.clone();
    whenever.context.now = Timestamp::default();
    let (condition, values) = filter::compile(engine, filter, &whenever, 1);
    let flags = (everything, open_to_staff, nothing);
    format!("{flags:?} {teams:?} {zone} {filter:?} {condition} {values:?}")
}

fn candidates(
    sql: &mut dyn Sql,
    look: &Look,
    filter: &Expr,
    most: i64,
) -> Result<Vec<Candidate>, Failure> {
    let open = Expr::Term(Term::State(vec![StateWord::Open]));
    let filter = Expr::all_of([filter.clone(), open]);
    let (condition, mut values) = filter::compile(sql.engine(), &filter, look, 1);
    values.push(most.into());
    let statement = format!(
        "select i.number, i.version, {NEXT_DUE}, i.priority from incidents i where {condition} limit ${}",
        values.len()
    );
    many(sql, &statement, &values, |row| {
        Ok(Candidate {
            number: IncidentNumber(row.int()?),
            version: row.int()?,
            due: row.int()?,
            priority: row.int()?,
        })
    })
}

/// The incidents to which something happened after one position, up to another; one more than
/// [`MOVED_MAX`] stands for many.
fn changed(sql: &mut dyn Sql, after: i64, until: i64) -> Result<Vec<IncidentNumber>, Failure> {
    let values: [Value; 3] = [after.into(), until.into(), (MOVED_MAX as i64 + 1).into()];
    let statement =
        "select distinct number from events where seq > $1 and seq <= $2 order by number limit $3";
    many(sql, statement, &values, |row| row.int().map(IncidentNumber))
}

fn read(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<HashMap<IncidentNumber, Arc<Kept>>, Failure> {
    let (list, values) = slots(1, numbers);
    let statement = format!("select number, version, body from incidents where number in ({list})");
    let found = many(sql, &statement, &values, |row: &mut Columns| {
        let (number, version) = (IncidentNumber(row.int()?), row.int()?);
        let state: State = row.json()?;
        let kept = Kept { version, subject: Subject::from(&state), exposure: Exposure::of(&state) };
        Ok((number, Arc::new(kept)))
    })?;
    Ok(found.into_iter().collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
