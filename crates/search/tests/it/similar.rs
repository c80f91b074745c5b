//! What is alike.

use crate::case::{confidential, incident, index, requester, staff};
use search::{Document, Kind, Label, Like};

fn like(title: &str) -> Like {
    Like { title: title.to_owned(), ..Like::default() }
}

fn documents() -> Vec<Document> {
    let mut labelled = incident(2, 1, "Toner is empty in the printer");
    labelled.labels.push(Label::new("service", "print"));
    vec![
        incident(1, 1, "Toner of the label printer is empty"),
        labelled,
        incident(3, 1, "Password forgotten"),
        confidential(4, 2, 1, "Toner of the label printer is empty"),
        Document { internal: "label toner".into(), ..incident(5, 3, "Something else") },
    ]
}

#[test]
fn rare_words_that_are_shared_are_told_with_their_weight() {
    let index = index(&documents());
    let alike = index.similar(&staff(&[]), &like("label printers without toner"), 10).unwrap();
    let ids: Vec<&str> = alike.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids, ["INC-1", "INC-2"]);
    let words: Vec<&str> = alike[0].words.iter().map(|s| s.word.as_str()).collect();
    assert_eq!(words[0], "label", "{words:?}");
    assert!(words.contains(&"printers") && words.contains(&"toner"), "{words:?}");
    assert!(alike[0].words[0].weight >= alike[0].words[1].weight);
    assert!(alike.iter().all(|a| (0.0..=1.0).contains(&a.score)));
    assert!(alike[0].score > alike[1].score);
    assert_eq!(alike[0].length, 7);
}

#[test]
fn what_is_hidden_is_not_alike() {
    let index = index(&documents());
    let found = |scope| {
        let alike = index.similar(&scope, &like("label printers without toner"), 10).unwrap();
        alike.into_iter().map(|a| a.id).collect::<Vec<_>>()
    };
    assert!(found(staff(&[1])).contains(&"INC-4".to_owned()));
    assert!(!found(staff(&[2])).contains(&"INC-4".to_owned()));
    assert_eq!(found(requester(2)), ["INC-4"]);
    assert!(found(requester(3)).is_empty(), "internal words are not compared");
    let nothing = incident::permissions::Scope { nothing: true, ..staff(&[1]) };
    assert!(found(nothing).is_empty());
}

#[test]
fn labels_make_more_alike_and_itself_is_left_out() {
    let index = index(&documents());
    for _ in 0..2 {
        // Written anew twice in one commit: neither of them is found.
        index.put(&documents()[0]).unwrap();
    }
    index.commit(2, &Default::default()).unwrap();
    let like = Like {
        labels: vec![Label::new("service", "print"), Label::new("service", "none")],
        kinds: vec![Kind::Incident],
        not: Some((Kind::Incident, "INC-1".to_owned())),
        ..like("toner printer")
    };
    let alike = index.similar(&staff(&[]), &like, 10).unwrap();
    assert_eq!(alike.len(), 1);
    assert_eq!(alike[0].id, "INC-2");
    assert_eq!(alike[0].labels, [Label::new("service", "print")]);
    let articles = Like { kinds: vec![Kind::Article], ..like };
    assert!(index.similar(&staff(&[]), &articles, 10).unwrap().is_empty());
}

#[test]
fn frequencies_are_those_of_all_forms() {
    let index = index(&documents());
    assert_eq!(index.documents(), 5);
    assert_eq!(index.document_frequency("toner").unwrap(), 3);
    assert_eq!(index.document_frequency("printers").unwrap(), 3);
    assert_eq!(index.document_frequency("nowhere").unwrap(), 0);
}

#[test]
fn a_limit_holds_and_a_long_text_is_no_trouble() {
    let documents: Vec<Document> =
        (1..=40).map(|n| incident(n, 1, &format!("Toner empty in printer {n}"))).collect();
    let index = index(&documents);
    let text = "toner printer word ".repeat(50_000);
    let like = Like { text, ..like("toner") };
    assert_eq!(index.similar(&staff(&[]), &like, 5).unwrap().len(), 5);
    assert!(index.similar(&staff(&[]), &like, 0).unwrap().is_empty());
    assert_eq!(index.similar(&staff(&[]), &like, usize::MAX).unwrap().len(), 40);
    assert!(index.similar(&staff(&[]), &Like::default(), 5).unwrap().is_empty());
}
