//! Documents and viewers to test with.

use incident::permissions::Scope;
use kernel::{OrganisationId, PersonId, TeamId, Timestamp};
use search::{Document, Found, Index, Kind, Readers, Wish};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

pub fn team(n: u128) -> TeamId {
    TeamId(Uuid::from_u128(1_000 + n))
}

pub fn company(n: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(2_000 + n))
}

/// Somebody who sees the public side of their own.
pub fn requester(n: u128) -> Scope {
    Scope {
        everything: false,
        open_to_staff: false,
        teams: BTreeSet::new(),
        person: person(n),
        organisation: None,
        nothing: false,
    }
}

/// Somebody of the service desk in these teams.
pub fn staff(teams: &[u128]) -> Scope {
    let teams = teams.iter().map(|n| team(*n)).collect();
    Scope { open_to_staff: true, teams, ..requester(900) }
}

/// An incident of a person, open to the service desk.
pub fn incident(n: i64, of: u128, title: &str) -> Document {
    let readers = Readers::Incident {
        requester: person(of),
        organisation: None,
        watchers: BTreeSet::new(),
        confidential_to: None,
    };
    Document::new(Kind::Incident, format!("INC-{n}"), title, readers, at(0))
}

/// The same, to be seen by one team.
pub fn confidential(n: i64, of: u128, to: u128, title: &str) -> Document {
    let readers = Readers::Incident {
        requester: person(of),
        organisation: None,
        watchers: BTreeSet::new(),
        confidential_to: Some(team(to)),
    };
    Document { readers, ..incident(n, of, title) }
}

pub fn at(days: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000).plus_days(days)
}

/// An index of these.
pub fn index(documents: &[Document]) -> Index {
    let index = Index::in_memory().unwrap();
    for document in documents {
        index.put(document).unwrap();
    }
    index.commit(1, &BTreeMap::new()).unwrap();
    index
}

pub fn find(index: &Index, scope: &Scope, text: &str) -> Found {
    index.search(scope, &Wish::of(text)).unwrap()
}

/// The ids that are found, the best first.
pub fn ids(index: &Index, scope: &Scope, text: &str) -> Vec<String> {
    find(index, scope, text).hits.into_iter().map(|hit| hit.id).collect()
}
