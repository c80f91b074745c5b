//! Broken input: nothing panics, everything stays within its limits.

use super::check::{check, now};
use super::{corpus, mutate};
use alert::doors::alertmanager::webhook;
use alert::doors::{Kind, Request, key, limits};
use proptest::prelude::*;

fn seeds() -> Vec<Vec<u8>> {
    let captured = corpus::captures().into_iter().map(|capture| capture.body);
    let examples = corpus::EXAMPLES.iter().map(|text| text.as_bytes().to_vec());
    captured.chain(examples).filter(|body| !body.is_empty()).collect()
}

#[test]
fn what_was_captured_passes_every_door() {
    let mut signals = 0;
    for body in seeds() {
        signals += check(&body).unwrap();
    }
    assert!(signals > 100, "{signals}");
}

#[test]
fn broken_captures_keep_all_limits() {
    let (seeds, mut dice) = (seeds(), mutate::Dice::new(7));
    for case in 0..400 {
        let body = mutate::body(&mut dice, &seeds);
        if let Err(words) = check(&body) {
            let begin = &body[..body.len().min(500)];
            panic!("case {case}: {words:.500}\n{}", String::from_utf8_lossy(begin));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_keep_all_limits(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&body).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn keys_stay_apart(a in "[a-c]{500,530}", b in "[a-c]{500,530}") {
        prop_assert_eq!(key(&a) == key(&b), a == b);
        prop_assert!(key(&a).len() <= limits::KEY_BYTES);
    }

    #[test]
    fn a_mapping_in_any_words_is_read_or_refused(text in "[a-z.\\[\\]{}()?='|$@ ,_>0-9]{0,60}") {
        if let Ok(mapping) = alert::mapping::Mapping::parse([("title", &text)]) {
            let document = serde_json::json!({"a": {"b": [1, {"c": null}]}, "match": "x"});
            prop_assert_eq!(mapping.read(&document, now(), "fresh").signals.len(), 1);
        }
    }
}

#[test]
fn deep_nesting_costs_neither_stack_nor_page() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let body =
        format!(r#"{{"x": {deep}, "alerts": [{{"labels": {{"alertname": "A", "b": {deep}}}}}]}}"#);
    let reading = webhook::read(&Request::post(body.as_bytes(), now(), "fresh")).unwrap();
    assert_eq!(reading.signals[0].title, "A");
}

#[test]
fn bodies_of_empty_alerts_are_cheap() {
    let body = format!(r#"{{"alerts": [{}{{}}]}}"#, "{},".repeat(300_000));
    let reading = webhook::read(&Request::post(body.as_bytes(), now(), "fresh")).unwrap();
    assert_eq!(reading.signals.len(), 0);
    assert_eq!(reading.left_out, 300_001, "those that say nothing are not known to be over");
    assert!(!reading.warnings.is_empty());
}

#[test]
fn ten_thousand_alerts_are_ten_thousand_signals() {
    let one = |n: usize| {
        format!(
            r#"{{"status": "firing", "labels": {{"alertname": "Same", "n": "{n}"}}, "fingerprint": "{n:016x}"}}"#
        )
    };
    let alerts: Vec<String> = (0..10_000).map(one).collect();
    let body = format!(r#"{{"groupKey": "g", "alerts": [{}]}}"#, alerts.join(","));
    let reading = Kind::Alertmanager.read(&Request::post(body.as_bytes(), now(), "fresh")).unwrap();
    let keys: std::collections::BTreeSet<_> =
        reading.signals.iter().map(|signal| &signal.key).collect();
    assert_eq!(keys.len(), 10_000);
    assert!(reading.warnings.is_empty());
}
