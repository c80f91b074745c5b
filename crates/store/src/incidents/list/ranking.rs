//! Risk as an order of many incidents. It moves with time and configuration, so no
//! column holds it: what it depends on is read once for each version of an incident
//! and kept, and figures are computed from that in memory.

use super::{Look, many, slots};
use crate::incidents::filter::{self, NEXT_DUE};
use crate::{Columns, Failure, Sql};
use incident::{Access, Policy, State, Subject};
use insight::Exposure;
use kernel::{IncidentNumber, Timestamp};
use query::{Expr, StateWord, Term};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Incidents ranked by risk at most; a longer list is ordered by what stands in for it.
pub const RANKED_MAX: usize = 10_000;
/// How long an order is good while nothing happens, in microseconds: risk moves by itself.
const GOOD_FOR_MICROS: i64 = 5_000_000;
/// Orders kept at most: 32 bytes for each incident in them.
const ORDERS_MAX: usize = 32;
/// Incidents kept at most, before those that are not open any more are forgotten: 1 kB each.
const KEPT_MAX: usize = 2 * RANKED_MAX;
/// States read at once.
const CHUNK: usize = 500;

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
}

/// Of one version of an open incident.
struct Kept {
    version: i64,
    subject: Subject,
    exposure: Option<Exposure>,
}

/// An incident's place: the higher the risk the earlier, then what is due sooner, then
/// priority, then the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) value: Reverse<i64>,
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
    /// The incidents; `None` when there are more than [`RANKED_MAX`].
    pub(super) ranks: Option<Arc<Vec<Rank>>>,
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

    /// The open incidents that meet a condition, by rank: at the instant `at` if it is
    /// given, however many there are; else about now.
    pub(super) fn order(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        filter: &Expr,
        at: Option<Timestamp>,
    ) -> Result<Ordered, Failure> {
        let stamp = (crate::incidents::feed::position(sql)?, self.policy.version);
        let key = key(look, filter);
        let good = |ordered: &Ordered| {
            let age = look.context.now.micros_since(ordered.at);
            ordered.stamp == stamp
                && at.map_or((0..GOOD_FOR_MICROS).contains(&age), |at| at == ordered.at)
        };
        if let Some(ordered) = lock(&self.board.orders).get(&key).filter(|kept| good(kept)) {
            return Ok(ordered.clone());
        }
        let most = if at.is_some() { i64::MAX } else { self.most as i64 + 1 };
        let at = at.unwrap_or(look.context.now);
        let candidates = candidates(sql, look, filter, most)?;
        let ranks = match candidates.len() as i64 == most {
            true => None,
            false => Some(Arc::new(self.ranks(sql, look, candidates, at)?)),
        };
        let ordered = Ordered { stamp, at, ranks };
        let mut orders = lock(&self.board.orders);
        if orders.len() >= ORDERS_MAX {
            orders.clear();
        }
        orders.insert(key, ordered.clone());
        Ok(ordered)
    }

    fn ranks(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        candidates: Vec<Candidate>,
        at: Timestamp,
    ) -> Result<Vec<Rank>, Failure> {
        let kept = self.kept(sql, &candidates)?;
        let mut ranks: Vec<Rank> = candidates
            .iter()
            .zip(kept)
            .map(|(candidate, kept)| {
                // Who does not see all of an incident does not learn its risk by its place.
                let full = look.scope.access(&kept.subject) == Access::Full;
                let exposure = kept.exposure.as_ref().filter(|_| full);
                let value = exposure.map_or(0, |known| insight::value(known, &self.policy, at));
                Rank {
                    value: Reverse(value.into()),
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
        let mut found: HashMap<IncidentNumber, Arc<Kept>> = HashMap::new();
        let mut missing: Vec<IncidentNumber> = Vec::new();
        {
            let kept = lock(&self.board.kept);
            for candidate in candidates {
                match kept.get(&candidate.number).filter(|kept| kept.version == candidate.version) {
                    Some(kept) => _ = found.insert(candidate.number, kept.clone()),
                    None => missing.push(candidate.number),
                }
            }
        }
        for numbers in missing.chunks(CHUNK) {
            let fresh = read(sql, numbers)?;
            found.extend(fresh.iter().map(|(number, kept)| (*number, kept.clone())));
            let mut kept = lock(&self.board.kept);
            if kept.len() + fresh.len() > KEPT_MAX {
                kept.clear();
            }
            kept.extend(fresh);
        }
        candidates
            .iter()
            .map(|candidate| {
                found
                    .remove(&candidate.number)
                    .ok_or_else(|| Failure::damaged(format!("{} is gone", candidate.number)))
            })
            .collect()
    }
}

/// Whose order of what: who sees the same and means the same by it shares one.
fn key(look: &Look, filter: &Expr) -> String {
    let context = &look.context;
    let zone = context.zone.iana_name().unwrap_or_default();
    format!("{:?} {:?} {:?} {zone} {filter:?}", look.scope, context.me, context.my_teams)
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

fn read(
    sql: &mut dyn Sql,
    numbers: &[IncidentNumber],
) -> Result<Vec<(IncidentNumber, Arc<Kept>)>, Failure> {
    let (list, values) = slots(1, numbers);
    let statement = format!("select number, version, body from incidents where number in ({list})");
    many(sql, &statement, &values, |row: &mut Columns| {
        let (number, version) = (IncidentNumber(row.int()?), row.int()?);
        let state: State = row.json()?;
        let kept = Kept { version, subject: Subject::from(&state), exposure: Exposure::of(&state) };
        Ok((number, Arc::new(kept)))
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
