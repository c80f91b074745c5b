//! Both engines find the same words.

use crate::harness::{each_engine, write};
use kernel::ContentId;
use store::engine::{words_erase, words_from, words_insert, words_parameter};
use store::{Store, Value};

const BODIES: [&str; 7] = [
    "The VPN to Düsseldorf drops every 10 minutes, error E-1044.",
    "Der Drucker im Büro Łódź klemmt; Straße 5",
    "mail.example.com/login?user=mara answers 502",
    "Принтер не печатает",
    "印刷できません",
    "12abc 1e5 0x1F v2.10.3 a'b\"c : & | ! <-> *",
    "",
];

fn id(place: usize) -> ContentId {
    format!("01890000-0000-7000-8000-{place:012}").parse().expect("it works")
}

fn fill(store: &Store) {
    write(store, |sql| {
        let mut words = Vec::new();
        for (place, body) in BODIES.iter().enumerate() {
            let content = "insert into contents (id, number, seq, public, salt, digest, body) values ($1, 1, 1, 1, $2, $2, $3)";
            sql.execute(content, &[id(place).into(), Vec::<u8>::new().into(), (*body).into()])?;
            words.push((Value::from(id(place)), Value::from(*body)));
        }
        words_insert(sql, words)
    });
}

fn find(store: &Store, text: &str, prefix: bool) -> Vec<usize> {
    let engine = store.engine();
    let query = format!("select id from {} and public = $2 order by id", words_from(engine, 1));
    let found = store
        .read_blocking(|sql| sql.query(&query, &[words_parameter(engine, text, prefix), 1.into()]))
        .expect("it works");
    (0..BODIES.len()).filter(|place| found.contains(&vec![Value::from(id(*place))])).collect()
}

#[test]
fn words_are_found_however_they_are_written() {
    each_engine("words", |store| {
        fill(store);
        for (text, prefix, places) in [
            ("vpn", false, &[0][..]),
            ("dusseldorf", false, &[0]),
            ("DÜSSEL", true, &[0]),
            ("dussel", false, &[]),
            ("e-1044", false, &[0]),
            ("lodz", false, &[1]),
            ("strasse 5", false, &[1]),
            ("buro lod", true, &[1]),
            ("lodz buro", true, &[]),
            ("example", false, &[2]),
            ("502", false, &[2]),
            ("user mara", false, &[2]),
            ("ПРИНТЕР", false, &[3]),
            ("印刷", true, &[4]),
            ("12abc", false, &[5]),
            ("12", true, &[5]),
            ("1e5", false, &[5]),
            ("10.3", false, &[5]),
            ("2.10", false, &[]),
            ("a'b\"c", false, &[5]),
            ("d", true, &[0, 1]),
        ] {
            assert_eq!(find(store, text, prefix), places, "{text}");
        }
    });
}

#[test]
fn no_text_breaks_a_search() {
    each_engine("hostile", |store| {
        fill(store);
        for text in [
            "",
            "\"",
            "'",
            "*",
            "a*b:*",
            "NEAR(",
            "OR",
            "body:vpn",
            "-",
            "\\",
            "' | 'vpn",
            "\" OR \"vpn",
            "<->",
            "!vpn",
            "\u{0}",
        ] {
            let found = find(store, text, true);
            assert!(found.len() <= 2, "{text} finds {found:?}");
        }
        let long = "x".repeat(100_000);
        assert_eq!(find(store, &long, true), [] as [usize; 0]);
    });
}

#[test]
fn long_words_and_texts_are_indexed() {
    each_engine("long", |store| {
        let word = "ü".repeat(5_000);
        let body = format!("{word} {} last", "same ".repeat(12_000));
        write(store, |sql| {
            let content = "insert into contents (id, number, seq, public, salt, digest, body) values ($1, 1, 1, 1, $2, $2, $3)";
            sql.execute(content, &[id(0).into(), Vec::<u8>::new().into(), Value::from(&body)])?;
            words_insert(sql, vec![(id(0).into(), body.clone().into())])
        });
        assert_eq!(find(store, &word, false), [0]);
        assert_eq!(find(store, "same same", false), [0]);
        assert_eq!(find(store, "last", false), [0]);
    });
}

#[test]
fn erased_words_are_not_found() {
    each_engine("erased", |store| {
        fill(store);
        write(store, |sql| words_erase(sql, &[id(0), id(3)]));
        assert_eq!(find(store, "vpn", true), [] as [usize; 0]);
        assert_eq!(find(store, "drucker", true), [1]);
    });
}
