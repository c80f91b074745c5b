//! Nobody finds, counts or guesses what they may not see; everybody finds what they may.

use crate::case::{
    company, confidential, find, ids, incident, index, person, requester, staff, team,
};
use incident::permissions::{Access, Scope, Subject};
use proptest::prelude::*;
use search::{Document, Filter, Index, Kind, Label, Place, Readers, Wish};
use std::collections::{BTreeMap, BTreeSet};

/// Words that are far from each other, so that none is a mistaken other.
const WORDS: [&str; 8] =
    ["toner", "laptop", "invoice", "vpn", "scanner", "database", "cafeteria", "Brücke"];

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 0..4).prop_map(|w| w.join(" "))
}

fn readers() -> impl Strategy<Value = Readers> {
    let incident = (
        0u128..4,
        prop::option::of(0u128..2),
        prop::collection::btree_set(0u128..4, 0..3),
        prop::option::of(0u128..3),
    )
        .prop_map(|(of, org, watchers, to)| Readers::Incident {
            requester: person(of),
            organisation: org.map(company),
            watchers: watchers.into_iter().map(person).collect(),
            confidential_to: to.map(team),
        });
    prop_oneof![1 => Just(Readers::Everyone), 1 => Just(Readers::Staff), 6 => incident]
}

fn document() -> impl Strategy<Value = Document> {
    let texts = (words(), words(), words());
    let labels = prop::collection::btree_set((0usize..2, 0usize..3), 0..4);
    (0i64..9, prop::sample::select(&Kind::ALL[..3]), texts, labels, readers()).prop_map(
        |(n, kind, (title, public, internal), labels, readers)| Document {
            public,
            internal,
            labels: labels
                .into_iter()
                .map(|(name, value)| Label::new(["state", "team"][name], value))
                .collect(),
            ..Document::new(kind, format!("X-{n}"), title, readers, crate::case::at(n))
        },
    )
}

fn scope() -> impl Strategy<Value = Scope> {
    (
        any::<(bool, bool)>(),
        prop::collection::btree_set(0u128..3, 0..3),
        0u128..4,
        prop::option::of(0u128..2),
        prop::bool::weighted(0.05),
    )
        .prop_map(|((everything, open_to_staff), teams, of, org, nothing)| Scope {
            everything,
            open_to_staff,
            teams: teams.into_iter().map(team).collect(),
            person: person(of),
            organisation: org.map(company),
            nothing,
        })
}

/// What happens to the index: documents put in and taken out, with a commit after each turn.
fn turns() -> impl Strategy<Value = Vec<Vec<(Document, bool)>>> {
    let one = (document(), prop::bool::weighted(0.15));
    prop::collection::vec(prop::collection::vec(one, 0..12), 1..4)
}

fn wish() -> impl Strategy<Value = Wish> {
    let text = prop::collection::vec(prop::sample::select(&WORDS[..]), 0..3);
    let kinds = prop::collection::vec(prop::sample::select(&Kind::ALL[..3]), 0..2);
    let filters = prop::collection::vec(
        (0usize..2, prop::collection::vec(0usize..3, 1..3), any::<bool>()),
        0..2,
    );
    (text, any::<bool>(), kinds, filters).prop_map(|(text, typing, kinds, filters)| {
        let mut text = text.join(" ");
        if typing && text.is_ascii() && text.len() > 3 {
            text.pop();
        }
        let filters = filters.into_iter().map(|(name, any, not)| Filter {
            name: ["state", "team"][name].to_owned(),
            any: any.iter().map(ToString::to_string).collect(),
            not,
        });
        Wish {
            text,
            typing,
            kinds,
            filters: filters.collect(),
            limit: 200,
            facets: vec!["state".to_owned()],
            ..Wish::default()
        }
    })
}

fn access(scope: &Scope, document: &Document) -> Access {
    let desk = scope.everything || scope.open_to_staff;
    match &document.readers {
        _ if scope.nothing => Access::None,
        Readers::Everyone if desk => Access::Full,
        Readers::Everyone => Access::Public,
        Readers::Staff if desk => Access::Full,
        Readers::Staff => Access::None,
        Readers::Incident { requester, organisation, watchers, confidential_to } => {
            scope.access(&Subject {
                requester: *requester,
                organisation: *organisation,
                confidential_to: *confidential_to,
                watchers: watchers.clone(),
            })
        }
    }
}

fn meets(scope: &Scope, wish: &Wish, document: &Document) -> bool {
    let text = match access(scope, document) {
        Access::None => return false,
        Access::Public => format!("{} {}", document.title, document.public),
        Access::Full => format!("{} {} {}", document.title, document.public, document.internal),
    };
    let has = query::words(&text);
    let wanted = query::words(&wish.text);
    let last = wanted.len().saturating_sub(1);
    let words = wanted.iter().enumerate().all(|(at, word)| {
        let begins = wish.typing && at == last;
        has.iter().any(|had| had == word || (begins && had.starts_with(word.as_str())))
    });
    let labels = wish.filters.iter().all(|filter| {
        let mut labels = document.labels.iter();
        labels.any(|l| l.name == filter.name && filter.any.contains(&l.value)) != filter.not
    });
    words && labels && (wish.kinds.is_empty() || wish.kinds.contains(&document.kind))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_found_is_what_a_slow_search_finds(
        turns in turns(),
        looks in prop::collection::vec((scope(), wish()), 1..8),
    ) {
        let index = Index::in_memory().unwrap();
        let mut kept: BTreeMap<(Kind, String), Document> = BTreeMap::new();
        for (position, turn) in (1..).zip(turns) {
            for (document, gone) in turn {
                let key = (document.kind, document.id.clone());
                if gone {
                    index.remove(document.kind, &document.id).unwrap();
                    kept.remove(&key);
                } else {
                    index.put(&document).unwrap();
                    kept.insert(key, document);
                }
            }
            index.commit(position, &BTreeMap::new()).unwrap();
        }
        for (scope, wish) in looks {
            let found = index.search(&scope, &wish).unwrap();
            let hits: BTreeSet<_> = found.hits.iter().map(|h| (h.kind, h.id.clone())).collect();
            let slow: Vec<&Document> = kept.values().filter(|d| meets(&scope, &wish, d)).collect();
            let expected: BTreeSet<_> = slow.iter().map(|d| (d.kind, d.id.clone())).collect();
            prop_assert_eq!(&hits, &expected, "{:?} {:?}", scope, wish);
            prop_assert_eq!(found.total, expected.len() as u64);
            prop_assert_eq!(found.hits.len(), expected.len());
            let mut states: BTreeMap<String, u64> = BTreeMap::new();
            let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
            for document in slow {
                *kinds.entry(document.kind).or_default() += 1;
                for label in document.labels.iter().filter(|l| l.name == "state") {
                    *states.entry(label.value.clone()).or_default() += 1;
                }
            }
            let facets = found.facets.iter().flat_map(|facet| &facet.values);
            let counted: BTreeMap<_, _> = facets.map(|v| (v.value.clone(), v.count)).collect();
            prop_assert_eq!(counted, states);
            prop_assert_eq!(found.kinds, kinds);
            for hit in &found.hits {
                let document = &kept[&(hit.kind, hit.id.clone())];
                let inside = hit.places.contains(&Place::Internal);
                prop_assert!(!inside || access(&scope, document) == Access::Full);
            }
        }
    }
}

#[test]
fn internal_words_neither_match_nor_rank_nor_correct_for_requesters() {
    let plain = incident(1, 1, "Printer prints nothing");
    let noted = Document {
        internal: "printer printer printer, the fuser is worn".to_owned(),
        ..plain.clone()
    };
    let (without, with) = (index(&[plain]), index(&[noted]));
    assert_eq!(ids(&with, &staff(&[]), "fuser"), ["INC-1"]);
    assert_eq!(find(&with, &requester(1), "fuser").total, 0);
    let mistyped = find(&with, &requester(1), "fusre");
    assert_eq!((mistyped.total, mistyped.corrected, mistyped.near), (0, None, vec![]));
    let [a, b] = [&without, &with].map(|index| find(index, &requester(1), "printer").hits);
    assert_eq!(a, b);
    let hit = &find(&with, &staff(&[]), "fuser").hits[0];
    assert_eq!(hit.places, [Place::Internal]);
}

#[test]
fn a_word_of_a_hidden_incident_is_no_correction() {
    let index = index(&[
        confidential(1, 1, 1, "Salary list was sent to everybody"),
        incident(2, 2, "Printer prints nothing"),
    ]);
    let found = find(&index, &staff(&[2]), "salray");
    assert_eq!((found.total, found.corrected, found.near), (0, None, vec![]));
    let found = find(&index, &staff(&[1]), "salray");
    assert_eq!((found.total, found.corrected.as_deref()), (1, Some("salary")));
    // Whoever reported it finds it, though they are of another team.
    assert_eq!(ids(&index, &requester(1), "salary"), ["INC-1"]);
    let desk = Scope { person: person(1), ..staff(&[2]) };
    assert_eq!(ids(&index, &desk, "salary"), ["INC-1"]);
}

#[test]
fn what_becomes_confidential_is_gone_with_the_next_commit() {
    let index = index(&[incident(1, 1, "Salary list")]);
    assert_eq!(find(&index, &staff(&[]), "salary").total, 1);
    index.put(&confidential(1, 1, 1, "Salary list")).unwrap();
    index.commit(2, &BTreeMap::new()).unwrap();
    assert_eq!(find(&index, &staff(&[]), "salary").total, 0);
    assert_eq!(find(&index, &staff(&[1]), "salary").total, 1);
    assert_eq!(find(&index, &staff(&[]), "").total, 0);
}

#[test]
fn a_form_that_stands_in_a_hidden_incident_alone_is_no_correction() {
    let index = index(&[
        confidential(1, 1, 1, "Printers of the board"),
        incident(2, 2, "Printer prints nothing"),
    ]);
    let found = find(&index, &staff(&[2]), "pritners");
    assert_eq!((found.total, found.corrected.as_deref()), (1, Some("printer")));
    assert!(!found.near.contains(&"printers".to_owned()), "{:?}", found.near);
    let found = find(&index, &staff(&[1]), "pritners");
    assert_eq!(found.corrected.as_deref(), Some("printers"));
}
