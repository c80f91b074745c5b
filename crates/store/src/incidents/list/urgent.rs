//! Lists by risk that are too long to be ranked: by what stands in for it, first what is open,
//! along its index, then the rest, which has no urgency, by number. Neither part is sorted.

use super::ranked::{open, rest, turned};
use super::{
    Cursor, Look, Neighbours, Order, PLACES, Page, TABLE, check_fits, count, list_of, neighbours_of,
};
use crate::incidents::filter::{self, implies_open};
use crate::{Engine, Failure, Sql};
use kernel::IncidentNumber;
use query::{Expr, Query, Term};

/// A list in its two parts.
struct Parts {
    open: Query,
    rest: Query,
    /// From which table what is open is read.
    table: &'static str,
    order: Order,
}

/// A page of a list by urgency, as [`super::list`] gives it.
pub(super) fn by_urgency(
    sql: &mut dyn Sql,
    look: &Look,
    query: &Query,
    limit: usize,
    cursor: Option<&Cursor>,
) -> Result<Page, Failure> {
    let Some(parts) = Parts::of(sql.engine(), look, query) else {
        let table = along_urgency(sql.engine(), look, query);
        return list_of(sql, table, look, query, limit, cursor);
    };
    check_fits(parts.order, cursor)?;
    let reversed = parts.order.sort().reversed;
    // What is not open has the urgency 0, and nothing else has.
    let open = cursor.map_or(!reversed, |cursor| cursor.values[0] > 0);
    let mut page = parts.page(sql, look, open, limit, cursor)?;
    if page.next.is_some() || open == reversed {
        return Ok(page);
    }
    let room = limit.saturating_sub(page.rows.len());
    let mut onward = parts.page(sql, look, !open, room.max(1), None)?;
    if room == 0 {
        // The next page is the first of the other part.
        let begins = if reversed { vec![1, 0] } else { vec![0, i64::MAX] };
        let next = Cursor { order: parts.order, values: begins };
        page.next = (!onward.rows.is_empty()).then_some(next);
        return Ok(page);
    }
    page.rows.append(&mut onward.rows);
    Ok(Page { next: onward.next, ..page })
}

/// What comes before and after an incident in a list by urgency, as [`super::neighbours`] says it.
pub(super) fn neighbours_by_urgency(
    sql: &mut dyn Sql,
    look: &Look,
    query: &Query,
    number: IncidentNumber,
) -> Result<Option<Neighbours>, Failure> {
    let Some(parts) = Parts::of(sql.engine(), look, query) else {
        let table = along_urgency(sql.engine(), look, query);
        return neighbours_of(sql, table, look, query, number);
    };
    let this = Expr::all_of([open(), Term::Number(vec![number]).into()]);
    let is_open = count(sql, look, &this, 1)? == 1;
    let (table, part, other_table, other) = match is_open {
        true => (parts.table, &parts.open, TABLE, &parts.rest),
        false => (TABLE, &parts.rest, parts.table, &parts.open),
    };
    let Some(mut found) = neighbours_of(sql, table, look, part, number)? else { return Ok(None) };
    let ends = |sql: &mut dyn Sql, other: &Query| -> Result<Option<IncidentNumber>, Failure> {
        let page = list_of(sql, other_table, look, other, 1, None)?;
        Ok(page.rows.first().map(|row| row.number))
    };
    if is_open != parts.order.sort().reversed {
        if found.next.is_none() {
            found.next = ends(sql, other)?;
        }
        return Ok(Some(found));
    }
    if found.previous.is_none() {
        found.previous = ends(sql, &turned(other))?;
    }
    if let Some(place) = found.place {
        let place = place + count(sql, look, &other.filter, PLACES)?;
        found.place = (place <= PLACES).then_some(place);
    }
    Ok(Some(found))
}

impl Parts {
    /// The parts of a list; `None` when all of it is open.
    fn of(engine: Engine, look: &Look, query: &Query) -> Option<Parts> {
        let rest = rest(query)?;
        let filter = Expr::all_of([query.filter.clone(), open()]);
        let open = Query { filter, sort: query.sort };
        let table = along_urgency(engine, look, &open);
        Some(Parts { open, rest, table, order: Order::of(query) })
    }

    /// A page of one part, its next one as a place in all of the list.
    fn page(
        &self,
        sql: &mut dyn Sql,
        look: &Look,
        open: bool,
        limit: usize,
        cursor: Option<&Cursor>,
    ) -> Result<Page, Failure> {
        if open {
            return list_of(sql, self.table, look, &self.open, limit, cursor);
        }
        let from = cursor
            .map(|cursor| Cursor { order: Order::of(&self.rest), values: vec![cursor.values[1]] });
        let page = list_of(sql, TABLE, look, &self.rest, limit, from.as_ref())?;
        let next =
            page.next.map(|next| Cursor { order: self.order, values: vec![0, next.values[0]] });
        Ok(Page { next, ..page })
    }
}

/// The table of what is open: read along the index of what stands in for
/// risk. SQLite keeps no statistics; it would rather take what a team or nobody has from another
/// index, all of it, and sort that. What nothing meets says nothing of being open, and the index
/// holds only that.
fn along_urgency(engine: Engine, look: &Look, query: &Query) -> &'static str {
    let met = || filter::compile(engine, &query.filter, look, 1).0 != filter::NOTHING;
    match engine {
        Engine::Sqlite if implies_open(&query.filter) && met() => {
            "incidents i indexed by incidents_urgency"
        }
        _ => TABLE,
    }
}
