//! A drawing of what stands around a service: who uses it on the left, what it needs on the
//! right, one column for each step.

use crate::Graph;
use kernel::{InOrder, ServiceId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Boxes of one column at most: what fits a screen. The last stands for all that do not.
pub const BOXES_PER_COLUMN: usize = 7;

/// A box of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Box {
    /// The service; the first of those that are hidden where some are.
    pub service: ServiceId,
    /// 0 is the service that it is about; who uses it has less, what it needs more.
    pub column: i32,
    /// From the top, from 0.
    pub row: usize,
    /// How many services this box stands for and does not name; 0 for a service that is drawn.
    pub hidden_count: usize,
}

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// The boxes, column by column and row by row.
    pub boxes: Vec<Box>,
    /// From whoever needs something to what is needed, between boxes.
    pub edges: Vec<(ServiceId, ServiceId)>,
}

impl Graph {
    /// What stands at most so many steps around a service.
    pub fn layout(&self, focus: &ServiceId, steps: u8) -> Drawing {
        let Some(place) = self.place(focus) else { return Drawing::default() };
        let columns = self.columns(place, u32::from(steps));
        let mut rows: HashMap<usize, usize> = HashMap::new();
        // Of those that are hidden, the box that stands for them.
        let mut shown_by: HashMap<usize, usize> = HashMap::new();
        let mut boxes = Vec::new();
        let mut outward: Vec<i32> = columns.keys().copied().collect();
        outward.order_by_key(|column| column.abs());
        for column in outward {
            let members: &[usize] = columns.get(&column).map_or(&[], Vec::as_slice);
            let (kept, hidden) = self.chosen(members);
            for (row, at) in self.ordered(kept, &rows).into_iter().enumerate() {
                rows.insert(at, row);
                shown_by.insert(at, at);
                boxes.push((column, row, at, 0));
            }
            if let Some(first) = hidden.first() {
                boxes.push((column, BOXES_PER_COLUMN - 1, *first, hidden.len()));
                shown_by.extend(hidden.iter().map(|at| (*at, *first)));
            }
        }
        boxes.sort_unstable();
        let boxes = boxes.into_iter().map(|(column, row, at, hidden_count)| Box {
            service: self.services[at].id,
            column,
            row,
            hidden_count,
        });
        Drawing { boxes: boxes.collect(), edges: self.edges(&shown_by) }
    }

    /// Who stands in which column. What is on both sides, in a circle, stands where it is
    /// nearer.
    fn columns(&self, focus: usize, steps: u32) -> BTreeMap<i32, Vec<usize>> {
        let suppliers = self.walk(focus, |graph, at| graph.suppliers(at));
        let users = self.walk(focus, |graph, at| graph.users(at));
        let mut nearest: BTreeMap<usize, i32> = BTreeMap::from([(focus, 0)]);
        let right = suppliers.into_iter().map(|(at, depth)| (at, depth, 1));
        let left = users.into_iter().map(|(at, depth)| (at, depth, -1));
        for (at, depth, side) in right.chain(left).filter(|(_, depth, _)| *depth <= steps) {
            // At most 255 steps, so it fits.
            let column = side * i32::try_from(depth).unwrap_or(i32::MAX);
            let known = nearest.entry(at).or_insert(column);
            if column.abs() < known.abs() {
                *known = column;
            }
        }
        let mut columns: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        for (at, column) in nearest {
            columns.entry(column).or_default().push(at);
        }
        columns
    }

    /// Those of a column that are drawn, the most critical, and those that are not.
    fn chosen(&self, members: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut kept = members.to_vec();
        kept.order_by_key(|at| self.weight(*at));
        let hidden = match kept.len() > BOXES_PER_COLUMN {
            true => kept.split_off(BOXES_PER_COLUMN - 1),
            false => vec![],
        };
        (kept, hidden)
    }

    /// In the order of what they are joined to in the columns that are drawn, so that few lines
    /// cross.
    fn ordered(&self, mut kept: Vec<usize>, rows: &HashMap<usize, usize>) -> Vec<usize> {
        let middle = |at: usize| {
            let joined = self.suppliers(at).into_iter().chain(self.users(at));
            let near: Vec<usize> = joined.filter_map(|other| rows.get(&other).copied()).collect();
            // In hundredths of a row.
            (near.iter().sum::<usize>() * 100).checked_div(near.len()).unwrap_or(usize::MAX)
        };
        kept.order_by_key(|at| {
            let (criticality, name, id) = self.weight(*at);
            (middle(*at), criticality, name.to_owned(), id)
        });
        kept
    }

    fn weight(&self, at: usize) -> (u8, &str, ServiceId) {
        let service = &self.services[at];
        (service.criticality, service.name.as_str(), service.id)
    }

    fn edges(&self, shown_by: &HashMap<usize, usize>) -> Vec<(ServiceId, ServiceId)> {
        let mut edges = BTreeSet::new();
        for (at, shown) in shown_by {
            let needed = self.suppliers(*at).into_iter().filter_map(|other| shown_by.get(&other));
            edges.extend(needed.filter(|other| *other != shown).map(|other| (*shown, *other)));
        }
        let named = |(from, to): (usize, usize)| (self.services[from].id, self.services[to].id);
        edges.into_iter().map(named).collect()
    }
}
