//! What is found first.

use crate::case::{at, find, ids, incident, index, staff};
use search::{Document, Index, Kind, Place, Readers, Wish};

fn article(n: i64, title: &str, text: &str) -> Document {
    let id = format!("KB-{n}");
    let article = Document::new(Kind::Article, id, title, Readers::Everyone, at(0));
    Document { public: text.to_owned(), ..article }
}

#[test]
fn a_number_is_found_first_however_it_is_typed() {
    let mut documents: Vec<Document> =
        (1..30).map(|n| incident(n, 1, &format!("Same as INC-7, number {n}, 7 again 7"))).collect();
    documents.push(article(7, "Printers", ""));
    let index = index(&documents);
    for text in ["INC-7", "inc-7", "#INC-7", "INC-7:"] {
        let found = find(&index, &staff(&[]), text);
        assert_eq!(found.hits[0].id, "INC-7", "{text}");
        assert!(found.hits[0].places.contains(&Place::Number));
        assert_eq!(found.total, 29, "others speak of it");
    }
    let both: Vec<String> = ids(&index, &staff(&[]), "7").into_iter().take(2).collect();
    assert!(both.contains(&"INC-7".to_owned()) && both.contains(&"KB-7".to_owned()), "{both:?}");
    assert_eq!(ids(&index, &staff(&[]), "kb-7"), ["KB-7"]);
}

#[test]
fn title_before_text_and_exact_before_another_form() {
    let mut in_text = incident(1, 1, "It does not work at all today");
    in_text.public = "the printer in room five".into();
    let index = index(&[
        in_text,
        incident(2, 1, "Printer"),
        incident(3, 1, "Printers of the second floor"),
        incident(4, 1, "Scanner"),
    ]);
    assert_eq!(ids(&index, &staff(&[]), "printer"), ["INC-2", "INC-1", "INC-3"]);
}

#[test]
fn newer_and_what_helped_come_first_among_the_alike() {
    let old = incident(1, 1, "Mail is slow");
    let new = Document { at: at(300), ..incident(2, 1, "Mail is slow") };
    let helped = Document { weight: 40, ..incident(3, 1, "Mail is slow") };
    let index = index(&[old, new, helped]);
    let wish = Wish { now: Some(at(301)), ..Wish::of("mail slow") };
    let found = index.search(&staff(&[]), &wish).unwrap();
    let ids: Vec<&str> = found.hits.iter().map(|hit| hit.id.as_str()).collect();
    assert_eq!(ids.last(), Some(&"INC-1"));
    let all = index.search(&staff(&[]), &Wish::of("")).unwrap();
    assert_eq!(all.hits[0].id, "INC-2", "nothing typed: the newest first");
}

#[test]
fn quoted_words_are_next_to_each_other_and_as_typed() {
    let mut apart = incident(1, 1, "Toner");
    apart.public = "no paper and toner".into();
    let index = index(&[apart, incident(2, 1, "There is no toner"), incident(3, 1, "No toners")]);
    assert_eq!(ids(&index, &staff(&[]), "\"no toner\""), ["INC-2"]);
    assert_eq!(find(&index, &staff(&[]), "no toner").total, 3);
    assert_eq!(find(&index, &staff(&[]), "\"toner\"").total, 2);
    assert_eq!(find(&index, &staff(&[]), "\"toner no\"").total, 0);
}

#[test]
fn forms_accents_and_beginnings_are_found() {
    let index = index(&[
        incident(1, 1, "Störungen im Drucker"),
        incident(2, 1, "Les imprimantes sont hors service"),
        incident(3, 1, "Las impresoras no funcionan"),
        incident(4, 1, "Drukarka nie działa"),
        incident(5, 1, "Host srv-web-017 is down"),
    ]);
    for (text, id) in [
        ("störung", "INC-1"),
        ("storungen", "INC-1"),
        ("imprimante", "INC-2"),
        ("impresora", "INC-3"),
        ("dziala", "INC-4"),
        ("srv-web-017", "INC-5"),
    ] {
        assert_eq!(ids(&index, &staff(&[]), text), [id], "{text}");
    }
    let typed = |text: &str, typing| {
        let found = index.search(&staff(&[]), &Wish { typing, ..Wish::of(text) }).unwrap();
        found.hits.into_iter().map(|hit| hit.id).collect::<Vec<_>>()
    };
    assert_eq!(typed("nie druk", true), ["INC-4"]);
    assert!(typed("nie druk", false).is_empty());
    assert_eq!(typed("druk* nie", false), ["INC-4"]);
}

#[test]
fn mistakes_are_forgiven_where_nothing_matches() {
    let index = index(&[
        incident(1, 1, "Printer prints nothing"),
        incident(2, 1, "Password forgotten"),
        incident(3, 1, "Pint of milk"),
    ]);
    for (text, id, corrected) in [
        ("pritner", "INC-1", "printer"),
        ("printr nothing", "INC-1", "printer nothing"),
        ("pasword forgoten", "INC-2", "password forgotten"),
    ] {
        let found = find(&index, &staff(&[]), text);
        assert_eq!(found.hits[0].id, id, "{text}");
        assert_eq!(found.corrected.as_deref(), Some(corrected));
    }
    assert_eq!(find(&index, &staff(&[]), "vpm").total, 0, "too short to be mistyped");
    let exact = find(&index, &staff(&[]), "printer");
    assert_eq!((exact.hits[0].id.as_str(), exact.corrected), ("INC-1", None));
}

#[test]
fn pages_of_hits_do_not_overlap() {
    let documents: Vec<Document> = (1..=25).map(|n| incident(n, 1, "Mail is slow")).collect();
    let index: Index = index(&documents);
    let mut seen = std::collections::BTreeSet::new();
    for offset in [0, 10, 20] {
        let wish = Wish { limit: 10, offset, ..Wish::of("mail") };
        let found = index.search(&staff(&[]), &wish).unwrap();
        assert_eq!(found.total, 25);
        seen.extend(found.hits.into_iter().map(|hit| hit.id));
    }
    assert_eq!(seen.len(), 25);
    let none = Wish { limit: 0, ..Wish::of("mail") };
    let none = index.search(&staff(&[]), &none).unwrap();
    assert_eq!((none.total, none.hits.len()), (25, 0));
}
