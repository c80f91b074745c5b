//! Payloads of other projects, if their folder is named in `EVENKEEL_ALERT_PAYLOADS`: whatever a
//! monitoring tool sends becomes an alert with a title.

use super::check::{check, now};
use alert::mapping::Mapping;
use serde_json::Value;

#[test]
fn payloads_of_other_tools_become_alerts() {
    let Some(folder) = std::env::var_os("EVENKEEL_ALERT_PAYLOADS") else {
        println!("skipped: not found");
        return;
    };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        for payload in payloads(&value) {
            check(payload.to_string().as_bytes())
                .unwrap_or_else(|words| panic!("{}: {words}", path.display()));
            let reading = Mapping::usual_for(payload).read(payload, now(), "fresh");
            assert_eq!(reading.signals.len(), 1);
            let title = &reading.signals[0].title;
            let named = title != "Alert without a title" && !title.starts_with('{');
            // An alarm of CloudWatch has a door of its own.
            assert!(named || payload["Message"].is_object(), "{}: {title}", path.display());
            read += 1;
        }
    }
    assert!(read > 10, "{read}");
}

/// The payloads of a file: below `ALERTS`, alone or by name.
fn payloads(value: &Value) -> Vec<&Value> {
    let all = value.get("ALERTS").or(value.get("ALERT")).unwrap_or(value);
    let named = all.as_object().into_iter().flatten().filter_map(|(_, one)| one.get("payload"));
    let named: Vec<&Value> = named.collect();
    match all {
        Value::Array(list) => list.iter().collect(),
        _ if named.is_empty() => vec![all],
        _ => named,
    }
}
