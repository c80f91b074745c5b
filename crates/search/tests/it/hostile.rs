//! Whatever is typed: an answer, soon.

use crate::case::{find, incident, index, staff};
use proptest::prelude::*;
use search::{Document, Filter, Kind, Label, Like, Wish};

#[test]
fn huge_and_odd_searches_are_answered() {
    let index = index(&[incident(1, 1, "Printer prints nothing")]);
    let long = "a".repeat(1_000_000);
    let many = "printer ".repeat(200_000);
    let quotes = "\"".repeat(100_000);
    let nested = format!("{}printer{}", "(".repeat(50_000), ")".repeat(50_000));
    let stars = "p* ".repeat(10_000);
    for text in [
        &long,
        &many,
        &quotes,
        &nested,
        &stars,
        "\0",
        "\u{301}\u{301}",
        "\u{fdfa}",
        "🖨",
        "AND OR NOT",
        "title:x",
    ] {
        find(&index, &staff(&[]), text);
    }
    assert_eq!(find(&index, &staff(&[]), &many).total, 1);
    assert_eq!(find(&index, &staff(&[]), &nested).total, 0, "beyond what is read");
    assert_eq!(find(&index, &staff(&[]), "((printer))").total, 1);
    assert_eq!(find(&index, &staff(&[]), "??? -- \"\"").total, 0);
    let huge = Wish {
        limit: usize::MAX,
        offset: usize::MAX,
        facets: vec!["state".to_owned(); 10_000],
        filters: vec![
            Filter {
                name: "x=".repeat(10_000),
                any: vec!["a".repeat(200); 2_000],
                not: true
            };
            50
        ],
        ..Wish::of("printer")
    };
    assert_eq!(index.search(&staff(&[]), &huge).unwrap().total, 1);
}

#[test]
fn huge_documents_are_taken() {
    let mut document = incident(1, 1, &"t".repeat(100_000));
    document.public = "x".repeat(300_000) + " never";
    document.internal = "word ".repeat(100_000);
    document.labels =
        (0..5_000).map(|n| Label::new("tag", format!("{n}{}", "y".repeat(500)))).collect();
    let index = index(&[document]);
    assert_eq!(find(&index, &staff(&[]), "word").total, 1);
    assert_eq!(find(&index, &staff(&[]), "never").total, 0, "beyond what is read");
}

#[test]
fn a_name_with_a_sign_of_ours_is_no_other_name() {
    let mut document = incident(1, 1, "Printer");
    document.labels = vec![Label::new("a", "b=c"), Label::new("kind", "article")];
    let index = index(&[document]);
    let with = |name: &str, value: &str| {
        let filter = Filter { name: name.into(), any: vec![value.into()], not: false };
        index.search(&staff(&[]), &Wish { filters: vec![filter], ..Wish::of("") }).unwrap().total
    };
    assert_eq!([with("a", "b=c"), with("a=b", "c"), with("kind", "article")], [1, 0, 0]);
    let kinds = Wish { kinds: vec![Kind::Article], ..Wish::of("") };
    assert_eq!(index.search(&staff(&[]), &kinds).unwrap().total, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_that_is_typed_or_written_is_refused(
        texts in prop::collection::vec(any::<(String, String, String)>(), 1..4),
        typed in prop::collection::vec(any::<String>(), 1..4),
        typing: bool,
    ) {
        let documents: Vec<Document> = (1..)
            .zip(texts)
            .map(|(n, (title, public, internal))| Document {
                public,
                internal,
                ..incident(n, 1, &title)
            })
            .collect();
        let index = index(&documents);
        for document in &documents {
            // Each is found by the words of its own title, as far as they are read.
            let words: Vec<String> = query::words(&document.title).into_iter().take(16).collect();
            let words = words.join(" ");
            if !words.is_empty() && words.len() < 900 {
                let found = find(&index, &staff(&[]), &words);
                prop_assert!(found.hits.iter().any(|hit| hit.id == document.id), "{:?}", words);
            }
        }
        for text in typed {
            index.search(&staff(&[]), &Wish { typing, ..Wish::of(&text) }).unwrap();
            index.similar(&staff(&[]), &Like { text, ..Like::default() }, 5).unwrap();
        }
    }
}

#[test]
fn of_very_many_words_that_begin_alike_the_most_frequent_are_found() {
    let mut log = incident(1, 1, "A log");
    log.public = (0..6_000).map(|n| format!("st{n:04} ")).collect();
    let mut documents = vec![log];
    documents.extend((2..6).map(|n| incident(n, 1, "The conveyor is stuck")));
    let index = index(&documents);
    let wish = Wish { typing: true, ..Wish::of("st") };
    let found = index.search(&staff(&[]), &wish).unwrap();
    assert_eq!(found.total, 5);
    assert!(found.hits.iter().any(|hit| hit.id == "INC-5"), "{:?}", found.hits);
}
