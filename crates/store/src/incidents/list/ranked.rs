//! Lists by risk, page by page: first what is open, by rank, then the rest, which has
//! no risk, by number.
//!
//! Risk moves while somebody turns pages, so a cursor says for which instant its list
//! was ranked, and the pages that follow are ranked for the same one: an incident
//! comes twice or not at all only if it changed meanwhile itself.

use super::order::RANKED_VALUES;
use super::ranking::{Rank, Ranking};
use super::urgent::{by_urgency, neighbours_by_urgency};
use super::{
    Cursor, IncidentRow, Look, Neighbours, Order, PLACES, Page, count, get_many, list, neighbours,
};
use crate::incidents::filter::implies_open;
use crate::{Failure, Sql};
use incident::Scope;
use kernel::{InOrder, IncidentNumber, Timestamp};
use query::{Expr, Query, Sort, SortKey, StateWord, Term};
use std::cmp::Reverse;

/// How long pages follow the instant of the first one, in microseconds.
const FOLLOWED_MICROS: i64 = 900_000_000;

/// A page of the incidents that meet a query, as [`list`] gives it, but by true risk
/// where that is the order. Of more than [`super::RANKED_MAX`] open incidents the order is
/// what stands in for risk.
pub fn ranked(
    sql: &mut dyn Sql,
    look: &Look,
    ranking: &Ranking,
    query: &Query,
    limit: usize,
    cursor: Option<&Cursor>,
) -> Result<Page, Failure> {
    let order = Order::of(query);
    if order.sort().key != SortKey::Risk {
        return list(sql, look, query, limit, cursor);
    }
    if cursor.is_some_and(|cursor| cursor.values.len() != RANKED_VALUES) {
        return by_urgency(sql, look, query, limit, cursor);
    }
    let from = cursor.map(|cursor| From::of(cursor, look.context.now));
    let ordered = ranking.order(sql, look, &query.filter, from.and_then(|from| from.at))?;
    let Some(ranks) = &ordered.ranks else {
        return by_urgency(sql, look, query, limit, None);
    };
    let rest = rest(query);
    let mut turn = Turn { order, limit, from, rows: vec![], end: None, more: false };
    let parts = if order.sort().reversed { [false, true] } else { [true, false] };
    let began = from.map(|from| matches!(from.place, Place::Ranked(_)));
    let first = began.and_then(|ranked| parts.iter().position(|part| *part == ranked));
    for part in &parts[first.unwrap_or(0)..] {
        match (part, &rest) {
            (true, _) => turn.ranked(sql, &look.scope, ranks)?,
            (false, Some(rest)) => turn.rest(sql, look, rest)?,
            (false, None) => {}
        }
        if turn.more {
            break;
        }
    }
    Ok(turn.page(ordered.at))
}

/// What comes before and after an incident in the list of a query, as [`neighbours`]
/// says it, but by true risk where that is the order.
pub fn neighbours_ranked(
    sql: &mut dyn Sql,
    look: &Look,
    ranking: &Ranking,
    query: &Query,
    number: IncidentNumber,
) -> Result<Option<Neighbours>, Failure> {
    let order = Order::of(query);
    if order.sort().key != SortKey::Risk {
        return neighbours(sql, look, query, number);
    }
    let ordered = ranking.order(sql, look, &query.filter, None)?;
    let Some(ranks) = &ordered.ranks else {
        return neighbours_by_urgency(sql, look, query, number);
    };
    let reversed = order.sort().reversed;
    let line = Line { ranks, reversed };
    let rest = rest(query);
    let Some(at) = line.place_of(number) else {
        return beside_the_rest(sql, look, rest, &line, number);
    };
    let mut found = Neighbours {
        previous: at.checked_sub(1).and_then(|before| line.at(before)),
        next: line.at(at + 1),
        place: i64::try_from(at).ok().map(|at| at + 1),
    };
    if let Some(rest) = rest {
        let ended = |sql: &mut dyn Sql, rest: Query| -> Result<_, Failure> {
            Ok(list(sql, look, &rest, 1, None)?.rows.first().map(|row| row.number))
        };
        if reversed {
            let before = count(sql, look, &rest.filter, PLACES)?;
            found.place = found.place.map(|place| place + before);
            if found.previous.is_none() {
                found.previous = ended(sql, turned(&rest))?;
            }
        } else if found.next.is_none() {
            found.next = ended(sql, rest)?;
        }
    }
    found.place = found.place.filter(|place| *place <= PLACES);
    Ok(Some(found))
}

/// What is ranked, as the list shows it.
struct Line<'a> {
    ranks: &'a [Rank],
    reversed: bool,
}

impl Line<'_> {
    /// The incident at a place, counted from 0.
    fn at(&self, place: usize) -> Option<IncidentNumber> {
        self.ranks.get(self.turned(place)?).map(|rank| IncidentNumber(rank.number.0))
    }

    fn last(&self) -> Option<IncidentNumber> {
        self.at(self.ranks.len().checked_sub(1)?)
    }

    /// The place of an incident.
    fn place_of(&self, number: IncidentNumber) -> Option<usize> {
        self.turned(self.ranks.iter().position(|rank| rank.number.0 == number.0)?)
    }

    fn turned(&self, place: usize) -> Option<usize> {
        if self.reversed { self.ranks.len().checked_sub(place + 1) } else { Some(place) }
    }
}

/// The neighbours of an incident that is not ranked: among the rest, or none where it left
/// the list, but the first of it to go on with.
fn beside_the_rest(
    sql: &mut dyn Sql,
    look: &Look,
    rest: Option<Query>,
    line: &Line<'_>,
    number: IncidentNumber,
) -> Result<Option<Neighbours>, Failure> {
    let Some(rest) = rest else {
        let seen = !get_many(sql, &look.scope, &[number])?.is_empty();
        let first = Neighbours { previous: None, next: line.at(0), place: None };
        return Ok(seen.then_some(first));
    };
    let Some(mut found) = neighbours(sql, look, &rest, number)? else { return Ok(None) };
    if line.reversed {
        found.next = found.next.or_else(|| line.at(0));
    } else {
        found.previous = found.previous.or_else(|| line.last());
        let before = i64::try_from(line.ranks.len()).unwrap_or(PLACES);
        found.place = found.place.map(|place| place + before).filter(|place| *place <= PLACES);
    }
    Ok(Some(found))
}

/// What meets a query and is not open, by number; `None` when everything that meets it is.
pub(super) fn rest(query: &Query) -> Option<Query> {
    if implies_open(&query.filter) {
        return None;
    }
    let reversed = query.sort.is_some_and(|sort| sort.reversed);
    Some(Query {
        filter: Expr::all_of([query.filter.clone(), Expr::Not(Box::new(open()))]),
        sort: Some(Sort { key: SortKey::Number, reversed }),
    })
}

/// That an incident is open.
pub(super) fn open() -> Expr {
    Expr::Term(Term::State(vec![StateWord::Open]))
}

pub(super) fn turned(query: &Query) -> Query {
    let sort = query.sort.map(|sort| Sort { reversed: !sort.reversed, ..sort });
    Query { filter: query.filter.clone(), sort }
}

/// Where a page begins.
#[derive(Clone, Copy)]
struct From {
    /// The instant for which the list is ranked, while that is not long ago.
    at: Option<Timestamp>,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Ranked(Rank),
    Rest(i64),
}

impl From {
    fn of(cursor: &Cursor, now: Timestamp) -> From {
        let value = |at: usize| cursor.values.get(at).copied().unwrap_or_default();
        let at = Timestamp::from_micros(value(0));
        let followed = (0..FOLLOWED_MICROS).contains(&now.micros_since(at));
        let place = match value(1) {
            0 => Place::Ranked(Rank {
                value: Reverse(value(2)),
                late: Reverse(value(3)),
                due: value(4),
                priority: value(5),
                number: Reverse(value(6)),
            }),
            _ => Place::Rest(value(6)),
        };
        From { at: followed.then_some(at), place }
    }
}

/// A page in the making.
struct Turn {
    order: Order,
    limit: usize,
    from: Option<From>,
    rows: Vec<IncidentRow>,
    /// The place of the last row.
    end: Option<Place>,
    /// Whether the list goes on after it.
    more: bool,
}

impl Turn {
    fn ranked(&mut self, sql: &mut dyn Sql, scope: &Scope, ranks: &[Rank]) -> Result<(), Failure> {
        let reversed = self.order.sort().reversed;
        let from = self.from;
        let begins = |rank: &&Rank| match from.map(|from| from.place) {
            Some(Place::Ranked(from)) if reversed => **rank < from,
            Some(Place::Ranked(from)) => **rank > from,
            _ => true,
        };
        let room = self.limit - self.rows.len();
        let onward: Box<dyn Iterator<Item = &Rank>> =
            if reversed { Box::new(ranks.iter().rev()) } else { Box::new(ranks.iter()) };
        let mut wanted: Vec<Rank> = onward.filter(begins).take(room + 1).copied().collect();
        self.more = wanted.len() > room;
        wanted.truncate(room);
        let numbers: Vec<IncidentNumber> =
            wanted.iter().map(|rank| IncidentNumber(rank.number.0)).collect();
        let mut rows = get_many(sql, scope, &numbers)?;
        rows.order_by_key(|row| numbers.iter().position(|number| *number == row.number));
        self.rows.extend(rows);
        self.end = wanted.last().copied().map(Place::Ranked).or(self.end);
        Ok(())
    }

    fn rest(&mut self, sql: &mut dyn Sql, look: &Look, rest: &Query) -> Result<(), Failure> {
        let from = match self.from.map(|from| from.place) {
            Some(Place::Rest(number)) => {
                Some(Cursor { order: Order::of(rest), values: vec![number] })
            }
            _ => None,
        };
        let room = self.limit - self.rows.len();
        let mut found = list(sql, look, rest, room.max(1), from.as_ref())?;
        self.more = found.next.is_some() || found.rows.len() > room;
        found.rows.truncate(room);
        self.end = found.rows.last().map(|row| Place::Rest(row.number.0)).or(self.end);
        self.rows.extend(found.rows);
        Ok(())
    }

    fn page(self, at: Timestamp) -> Page {
        let next = self.end.filter(|_| self.more).map(|end| {
            let values = match end {
                Place::Ranked(rank) => {
                    let (risk, late) = (rank.value.0, rank.late.0);
                    vec![at.micros(), 0, risk, late, rank.due, rank.priority, rank.number.0]
                }
                Place::Rest(number) => vec![at.micros(), 1, 0, 0, 0, 0, number],
            };
            Cursor { order: self.order, values }
        });
        Page { rows: self.rows, next, ranked_at: Some(at) }
    }
}
