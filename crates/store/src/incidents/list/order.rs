//! The orders of a list, and the place in it from which a page goes on.
//!
//! A list without `sort:` is ordered by `due` when only open incidents can be in
//! it, and by `updated` otherwise. Risk moves with time and is no column: lists by it
//! are ranked (`ranked.rs`); urgency stands in where that would be too many.

use crate::incidents::filter::{LEAST_BREACHED, NEXT_DUE, URGENCY, implies_breached, implies_open};
use incident::Scope;
use kernel::Invalid;
use query::{Expr, Query, Sort, SortKey};
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

    /// Where a list by what stands in for risk ends though more is open, as a condition with `and`
    /// before it: what is breached stands before everything else. A list the other way round
    /// begins there, and goes on from a place that is beyond.
    pub(super) fn bound(self, filter: &Expr, goes_on: bool) -> String {
        let ends = self.0.key == SortKey::Risk && !(self.0.reversed && goes_on);
        match ends && implies_breached(filter) {
            true => format!(" and {URGENCY} >= {LEAST_BREACHED}"),
            false => String::new(),
        }
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
        by(&self.columns())
    }

    /// All of a list, as one step.
    pub(super) fn whole(self) -> Step {
        Step { condition: String::new(), values: 0, by: self.by() }
    }

    /// Whatever comes after the place with these values, in steps that follow one another. Where
    /// many share the first value, as what is breached does, an index leads to the next of them
    /// only if each step says which values are the same; and it is in order without them. Where
    /// the list of `filter` has no such index there is one step, as each would go through all.
    pub(super) fn steps(self, filter: &Expr, values: &[i64], first_parameter: usize) -> Vec<Step> {
        let columns = self.columns();
        let shared = match self.0.key {
            SortKey::Due => implies_open(filter) && matches!(values.first(), Some(&(0 | i64::MAX))),
            SortKey::Risk => true,
            _ => false,
        };
        if !shared {
            let condition = format!(" and {}", self.after(first_parameter));
            return vec![Step { condition, values: columns.len(), by: by(&columns) }];
        }
        let step = |last: usize| {
            let compared = |at: usize, sign: &str| {
                format!("{} {sign} ${}", columns[at].sql, first_parameter + at)
            };
            let further = compared(last, if columns[last].descending { "<" } else { ">" });
            let parts: Vec<String> =
                (0..last).map(|at| compared(at, "=")).chain([further]).collect();
            let condition = format!(" and {}", parts.join(" and "));
            Step { condition, values: last + 1, by: by(&columns[last..]) }
        };
        // Nothing is due before what is breached, or behind the end of time.
        let ends = if columns[0].descending { 0 } else { i64::MAX };
        let first = usize::from(values.first() == Some(&ends));
        (first..columns.len()).rev().map(step).collect()
    }

    /// Whatever comes after the place with these values. The first column is
    /// compared on its own once more, because indexes understand that best.
    fn after(self, first_parameter: usize) -> String {
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

/// A part of what comes after a place in a list.
pub(super) struct Step {
    /// As SQL, with `and` before it.
    pub(super) condition: String,
    /// How many of the values of the place it names, the first.
    pub(super) values: usize,
    /// Its order.
    pub(super) by: String,
}

fn by(columns: &[Column]) -> String {
    let parts: Vec<String> = columns
        .iter()
        .map(|column| format!("{}{}", column.sql, if column.descending { " desc" } else { "" }))
        .collect();
    parts.join(", ")
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
    fn what_many_share_is_gone_through_step_by_step() {
        let steps = |text: &str, values: &[i64]| -> Vec<(usize, String)> {
            let query = query(text);
            let steps = Order::of(&query).steps(&query.filter, values, 1);
            steps.into_iter().map(|step| (step.values, step.by)).collect()
        };
        let by = |parts: &[(usize, &str)]| -> Vec<(usize, String)> {
            parts.iter().map(|(values, by)| (*values, (*by).to_owned())).collect()
        };
        let (rest, all) = ("i.priority, i.number desc", Order::of(&query("state:open")).by());
        assert_eq!(
            steps("state:open", &[0, 3, 7]),
            by(&[(3, "i.number desc"), (2, rest), (1, all.as_str())])
        );
        assert_eq!(steps("state:open", &[9, 3, 7]), by(&[(3, all.as_str())]));
        // Nothing comes behind the end of time, or before what is breached.
        assert_eq!(steps("state:open", &[i64::MAX, 3, 7]).len(), 2);
        assert_eq!(steps("state:open sort:-due", &[0, 3, 7]).len(), 2);
        assert_eq!(steps("sort:risk", &[5, 7]).len(), 2);
        assert_eq!(steps("sort:updated", &[5, 7]).len(), 1);
        assert_eq!(steps("sort:due", &[0, 3, 7]).len(), 1);
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
