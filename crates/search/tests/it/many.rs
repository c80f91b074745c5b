//! Searches over more documents than are looked at together, and documents that are put in again.

use crate::case::{find, incident, requester, staff};
use search::{Index, Kind, Place, Wish};
use std::collections::BTreeMap;

const DOCUMENTS: i64 = 10_000;
/// Each document whose number this divides says something else by now.
const ANEW: i64 = 11;
/// Each of as many people reported as many.
const PEOPLE: i64 = 100;

fn title(n: i64) -> String {
    let mut title = String::from("Office");
    for (each, word) in [(3, "printer"), (5, "printers"), (7, "scanning"), (4_500, "modem")] {
        if n % each == 0 {
            title.push(' ');
            title.push_str(word);
        }
    }
    title
}

fn filled() -> Index {
    let index = Index::in_memory().unwrap();
    let reporter = |n: i64| (n % PEOPLE) as u128;
    for n in 1..=DOCUMENTS {
        index.put(&incident(n, reporter(n), &title(n))).unwrap();
    }
    index.commit(1, &BTreeMap::new()).unwrap();
    for n in (1..=DOCUMENTS).filter(|n| n % ANEW == 0) {
        index.put(&incident(n, reporter(n), "Office again")).unwrap();
    }
    index.commit(2, &BTreeMap::new()).unwrap();
    index
}

fn count(meets: impl Fn(i64) -> bool) -> u64 {
    (1..=DOCUMENTS).filter(|n| n % ANEW != 0 && meets(*n)).count() as u64
}

#[test]
fn all_that_has_a_form_of_each_word_is_counted() {
    let index = filled();
    let prints = |n: i64| n % 3 == 0 || n % 5 == 0;
    let scans = |n: i64| n % 7 == 0;
    let total = |text: &str| find(&index, &staff(&[]), text).total;
    assert_eq!(index.documents(), DOCUMENTS as u64);
    assert_eq!(total("office"), DOCUMENTS as u64);
    assert_eq!(total("printer"), count(prints));
    assert_eq!(total("printers"), count(prints));
    assert_eq!(total("scan"), count(scans));
    assert_eq!(total("printer scanning"), count(|n| prints(n) && scans(n)));
    assert_eq!(total("modem printer"), 2);
    let typing = Wish { typing: true, ..Wish::of("office prin") };
    assert_eq!(index.search(&staff(&[]), &typing).unwrap().total, count(prints));
    let found = find(&index, &staff(&[]), "printer scanning");
    assert_eq!(found.kinds, BTreeMap::from([(Kind::Incident, found.total)]));
}

#[test]
fn what_somebody_sees_of_many_is_counted() {
    let index = filled();
    let own = |n: i64| n % PEOPLE == 7;
    let total = |text: &str| find(&index, &requester(7), text).total;
    assert_eq!(total("printer"), count(|n| own(n) && (n % 3 == 0 || n % 5 == 0)));
    assert_eq!(total("printer scanning"), count(|n| own(n) && n % 21 == 0));
    assert_eq!(find(&index, &requester(5_000), "printer").total, 0);
}

#[test]
fn of_many_those_with_the_word_as_typed_come_first() {
    let index = filled();
    for (text, each) in [("printer", 3), ("printers", 5), ("office printers scanning", 35)] {
        let found = find(&index, &staff(&[]), text);
        assert_eq!(found.hits.len(), 20);
        for hit in found.hits {
            let n: i64 = hit.id.trim_start_matches("INC-").parse().unwrap();
            assert_eq!(n % each, 0, "{text} finds {n}");
            assert_eq!(hit.places, [Place::Title]);
        }
    }
}

#[test]
fn a_document_is_there_once_however_often_it_is_put_in() {
    let index = Index::in_memory().unwrap();
    let put = |title: &str| index.put(&incident(1, 1, title)).unwrap();
    let remove = || index.remove(Kind::Incident, "INC-1").unwrap();
    let only = |at: i64, title: &str| {
        index.commit(at, &BTreeMap::new()).unwrap();
        assert_eq!(index.documents(), 1, "{title}");
        assert_eq!(find(&index, &staff(&[]), title).total, 1, "{title}");
    };
    put("Printer");
    put("Scanner");
    only(1, "Scanner");
    put("Modem");
    only(2, "Modem");
    remove();
    put("Router");
    only(3, "Router");
    remove();
    index.commit(4, &BTreeMap::new()).unwrap();
    assert_eq!(index.documents(), 0);
    put("Cable");
    remove();
    put("Monitor");
    only(5, "Monitor");
    index.clear().unwrap();
    put("Keyboard");
    put("Mouse");
    only(6, "Mouse");
}
