//! Agreements: what is promised to whom. Any can be tried before it is saved: on a
//! made-up timeline, on open incidents, on the past.

mod fields;
mod preview;
mod recomputations;
mod stored;
mod what_if;

use crate::door::Door;

pub(crate) fn doors() -> Vec<Door> {
    let mut doors = stored::doors();
    doors.push(preview::door());
    doors.extend(what_if::doors());
    doors.extend(recomputations::doors());
    doors
}
