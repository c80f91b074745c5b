//! The orders of a list, and the place in it from which a page goes on.
//!
//! A list without `sort:` is ordered by `due` when only open incidents can be in
//! it, and by `updated` otherwise. Risk moves with time and is no column: lists by it
//! are ranked (`ranked.rs`); urgency stands in where that would be too many.

use crate::Value;
use crate::incidents::filter::{NEXT_DUE, URGENCY, implies_open};
use incident::Scope;
use kernel::Invalid;
use query::{Query, Sort, SortKey};
use std::fmt;

/// One of the columns a list is ordered by: an integer, never null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) sql: &'static str,
    pub(super) descending: bool,
}

const fn up(sql: &'static str) -> Column {
    Column { sql, descending: false }
}

const fn down(sql: &'static str) -> Column {
    Column { sql, descending: true }
}

/// Breached first, without a due instant last.
const DUE: Column = up(NEXT_DUE);
const PRIORITY: Column = up("i.priority");
const NUMBER: Column = down("i.number");

/// Values of a cursor in a ranked list. Those of before it told what is likely late had one fewer,
/// and are refused.
pub(super) const RANKED_VALUES: usize = 7;

/// The order of a list. Equal incidents are ordered by number, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order(pub(super) Sort);

impl Order {
    /// The order of a query's list.
    pub fn of(query: &Query) -> Self {
        let key = if implies_open(&query.filter) { SortKey::Due } else { SortKey::Updated };
        Order(query.sort.unwrap_or(Sort { key, reversed: false }))
    }

    /// The query for somebody who may see no incident whole: when clocks of teams and suppliers
    /// are due, and what waiting costs, is not for them to learn by the order of a list or by its
    /// cursor. Such a list is ordered by what changed last. Staff learn it of the few that are
    /// confidential to others and that they reported or watch: no condition of theirs finds
    /// those by it, but they stand where they stand.
    #[must_use]
    pub fn told_to(query: Query, scope: &Scope) -> Query {
        let internal = matches!(Order::of(&query).0.key, SortKey::Due | SortKey::Risk);
        if scope.everything || scope.open_to_staff || !internal {
            return query;
        }
        let reversed = query.sort.is_some_and(|sort| sort.reversed);
        Query { sort: Some(Sort { key: SortKey::Updated, reversed }), ..query }
    }

    /// What it is ordered by, as a query would say it.
    pub fn sort(self) -> Sort {
        self.0
    }

    pub(super) fn reversed(self) -> Self {
        Order(Sort { reversed: !self.0.reversed, ..self.0 })
    }

    /// The columns, the most important first. What stands in for risk is one, because indexes
    /// lead to a place at once only along their first column.
    pub(super) fn columns(self) -> Vec<Column> {
        let columns: &[Column] = match self.0.key {
            SortKey::Due => &[DUE, PRIORITY, NUMBER],
            SortKey::Priority => &[PRIORITY, DUE, NUMBER],
            SortKey::Updated => &[down("i.updated_at"), NUMBER],
            SortKey::Reported => &[down("i.reported_at"), NUMBER],
            SortKey::Number => &[NUMBER],
            SortKey::Risk => &[down(URGENCY), NUMBER],
        };
        columns
            .iter()
            .map(|column| Column { descending: column.descending != self.0.reversed, ..*column })
            .collect()
    }

    /// As SQL on `incidents i`: `a desc, b`.
    pub fn by(self) -> String {
        let columns = self.columns();
        let parts: Vec<String> = columns
            .iter()
            .map(|column| format!("{}{}", column.sql, if column.descending { " desc" } else { "" }))
            .collect();
        parts.join(", ")
    }

    /// Whatever comes after the place with these values. The first column is
    /// compared on its own once more, because indexes understand that best.
    pub(super) fn after(self, first_parameter: usize) -> String {
        let columns = self.columns();
        let mut condition = String::new();
        for (at, column) in columns.iter().enumerate().rev() {
            let slot = format!("${}", first_parameter + at);
            let sign = if column.descending { "<" } else { ">" };
            condition = if condition.is_empty() {
                format!("{} {sign} {slot}", column.sql)
            } else {
                format!("({0} {sign} {slot} or ({0} = {slot} and {condition}))", column.sql)
            };
        }
        let first = columns[0];
        format!(
            "({} {}= ${first_parameter} and {condition})",
            first.sql,
            if first.descending { "<" } else { ">" }
        )
    }
}

/// A place in a list, to go on from. It holds the values the list is ordered by,
/// so it stays good when the incident it was made from changes or leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(super) order: Order,
    pub(super) values: Vec<i64>,
}

impl Cursor {
    /// Reads a cursor that an earlier page of this query's list gave.
    ///
    /// # Errors
    ///
    /// Says so when it is none, or one of a list in another order.
    pub fn parse(text: &str, query: &Query) -> Result<Self, Invalid> {
        let bad = || {
            Invalid::new("is not a cursor of this list; leave it out to begin at the first page")
        };
        let bytes = unhex(text).ok_or_else(bad)?;
        let (head, rest) = bytes.split_at_checked(2).ok_or_else(bad)?;
        let key = SortKey::ALL.get(usize::from(head[0])).ok_or_else(bad)?;
        let order = Order(Sort { key: *key, reversed: head[1] == 1 });
        let (values, odd) = rest.as_chunks::<{ size_of::<i64>() }>();
        let ranked = order.0.key == SortKey::Risk && values.len() == RANKED_VALUES;
        let fits = ranked || values.len() == order.columns().len();
        if head[1] > 1 || !odd.is_empty() || !fits {
            return Err(bad());
        }
        if order != Order::of(query) {
            return Err(Invalid::new(
                "belongs to a list in another order; leave it out to begin at the first page",
            ));
        }
        let values = values.iter().map(|bytes| i64::from_be_bytes(*bytes)).collect();
        Ok(Cursor { order, values })
    }

    /// The risk of the last incident before this place, in a ranked list.
    pub fn risk(&self) -> Option<u8> {
        let ranked = self.order.0.key == SortKey::Risk && self.values.len() == RANKED_VALUES;
        let value = self.values.get(2).filter(|_| ranked && self.values[1] == 0)?;
        u8::try_from(*value).ok()
    }

    pub(super) fn parameters(&self) -> impl Iterator<Item = Value> {
        self.values.iter().map(|value| Value::Int(*value))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Order(sort) = self.order;
        let key = SortKey::ALL.iter().position(|key| *key == sort.key).unwrap_or_default();
        write!(f, "{key:02x}{:02x}", u8::from(sort.reversed))?;
        self.values.iter().try_for_each(|value| write!(f, "{value:016x}"))
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|byte| char::from(byte).to_digit(16))
        .map(|digit| u8::try_from(digit?).ok())
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query(text: &str) -> Query {
        query::parse(text).unwrap()
    }

    #[test]
    fn open_lists_are_ordered_by_due_and_others_by_change() {
        assert_eq!(Order::of(&query("state:open")).0.key, SortKey::Due);
        assert_eq!(Order::of(&query("state:closed")).0.key, SortKey::Updated);
        assert_eq!(
            Order::of(&query("state:open sort:-number")).0,
            Sort { key: SortKey::Number, reversed: true }
        );
    }

    #[test]
    fn what_comes_after_is_compared_column_by_column() {
        assert_eq!(
            Order::of(&query("sort:updated")).after(3),
            "(i.updated_at <= $3 and (i.updated_at < $3 or (i.updated_at = $3 and i.number < $4)))"
        );
        assert_eq!(
            Order::of(&query("sort:-number")).after(1),
            "(i.number >= $1 and i.number > $1)"
        );
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = Cursor { order: Order::of(&query("sort:number")), values: vec![-7] };
        assert_eq!(Cursor::parse(&cursor.to_string(), &query("sort:number")), Ok(cursor.clone()));
        for other in ["sort:-number", "sort:updated", "state:open"] {
            assert!(
                Cursor::parse(&cursor.to_string(), &query(other))
                    .unwrap_err()
                    .0
                    .contains("another order"),
                "{other}"
            );
        }
    }

    #[test]
    fn a_cursor_of_before_urgency_was_one_column_is_refused() {
        let by_risk = query("sort:risk");
        let cursor = |values: Vec<i64>| Cursor { order: Order::of(&by_risk), values };
        let good = cursor(vec![7, -9]);
        assert_eq!(Cursor::parse(&good.to_string(), &by_risk), Ok(good.clone()));
        assert_eq!(good.risk(), None);
        let refused = Cursor::parse(&cursor(vec![0, 1, 2, 3, -9]).to_string(), &by_risk);
        assert!(refused.unwrap_err().0.contains("leave it out"));
    }

    #[test]
    fn a_cursor_of_before_lists_told_what_is_likely_late_is_refused() {
        let by_risk = query("sort:risk");
        let cursor = |values: Vec<i64>| Cursor { order: Order::of(&by_risk), values };
        let good = cursor(vec![1, 0, 80, 1, 4, 2, -9]);
        assert_eq!(Cursor::parse(&good.to_string(), &by_risk), Ok(good.clone()));
        assert_eq!(good.risk(), Some(80));
        let old = cursor(vec![1, 0, 80, 4, 2, -9]);
        let refused = Cursor::parse(&old.to_string(), &by_risk).unwrap_err();
        assert!(refused.0.contains("leave it out"), "{}", refused.0);
    }

    proptest! {
        #[test]
        fn rubbish_is_refused(text in prop_oneof![any::<String>(), "[0-9a-f]{0,80}"]) {
            match Cursor::parse(&text, &query("state:open")) {
                Ok(cursor) => prop_assert_eq!(cursor.to_string(), text.to_lowercase()),
                Err(error) => prop_assert!(error.0.contains("leave it out")),
            }
        }
    }
}
