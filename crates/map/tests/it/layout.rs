//! The drawing.

use kernel::ServiceId;
use map::{BOXES_PER_COLUMN, Graph, Need, Service};
use std::collections::BTreeSet;
use uuid::Uuid;

fn id(number: usize) -> ServiceId {
    ServiceId(Uuid::from_u128(number as u128 + 1))
}

fn graph(count: usize, edges: &[(usize, usize)]) -> Graph {
    let services = (0..count).map(|number| Service {
        id: id(number),
        name: format!("S{number:03}"),
        criticality: if number == 20 { 1 } else { 3 },
    });
    let needs = edges.iter().map(|(of, on)| Need::plain(id(*of), id(*on)));
    Graph::new(services.collect(), needs.collect())
}

#[test]
fn users_stand_left_and_suppliers_right() {
    let graph = graph(6, &[(0, 1), (1, 2), (2, 3), (3, 4), (5, 1)]);
    let drawn = graph.layout(&id(1), 2);
    let boxes: Vec<_> = drawn.boxes.iter().map(|one| (one.service, one.column, one.row)).collect();
    assert_eq!(
        boxes,
        [(id(0), -1, 0), (id(5), -1, 1), (id(1), 0, 0), (id(2), 1, 0), (id(3), 2, 0)]
    );
    assert_eq!(drawn.edges, [(id(0), id(1)), (id(1), id(2)), (id(2), id(3)), (id(5), id(1))]);
    assert!(graph.layout(&id(50), 2).boxes.is_empty(), "nobody knows it");
}

#[test]
fn a_circle_is_drawn_once() {
    let graph = graph(3, &[(0, 1), (1, 2), (2, 0)]);
    let drawn = graph.layout(&id(0), 3);
    let columns: Vec<_> = drawn.boxes.iter().map(|one| (one.service, one.column)).collect();
    assert_eq!(columns, [(id(2), -1), (id(0), 0), (id(1), 1)]);
    assert_eq!(drawn.edges.len(), 3);
}

#[test]
fn a_full_column_says_how_many_more() {
    let edges: Vec<(usize, usize)> = (1..=20).map(|on| (0, on)).collect();
    let drawn = graph(21, &edges).layout(&id(0), 1);
    let column: Vec<_> = drawn.boxes.iter().filter(|one| one.column == 1).collect();
    assert_eq!(column.len(), BOXES_PER_COLUMN);
    let last = column[BOXES_PER_COLUMN - 1];
    assert_eq!((last.row, last.hidden_count), (BOXES_PER_COLUMN - 1, 20 - (BOXES_PER_COLUMN - 1)));
    assert!(column.iter().any(|one| one.service == id(20)), "the most critical stay");
    let shown: BTreeSet<ServiceId> = drawn.boxes.iter().map(|one| one.service).collect();
    assert!(drawn.edges.iter().all(|(from, to)| shown.contains(from) && shown.contains(to)));
    assert_eq!(drawn.edges.len(), BOXES_PER_COLUMN);
}
