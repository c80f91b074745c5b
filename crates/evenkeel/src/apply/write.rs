//! Writing YAML that people can keep: one field a line, quotation marks only where they are needed.

use kernel::InOrder;
use serde_json::{Map, Value};

/// Characters up to which a list stands on one line.
const LINE_CHARS: usize = 90;
/// What YAML, of any age, takes for something else than a word.
const NO_WORDS: [&str; 11] =
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", ".inf", ".nan"];

/// Lists by name as a document.
pub(super) fn document(lists: &[(&str, Vec<Map<String, Value>>)], first: &[&str]) -> String {
    let mut text = String::new();
    for (name, items) in lists.iter().filter(|(_, items)| !items.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("{name}:\n"));
        for item in items {
            text.push_str("  - ");
            fields(item, 4, first, &mut text);
        }
    }
    text
}

/// Fields in lines; the first stands where the text ends.
fn fields(map: &Map<String, Value>, indent: usize, first: &[&str], text: &mut String) {
    let place = |name: &String| first.iter().position(|one| one == name).unwrap_or(first.len());
    let mut entries: Vec<_> = map.iter().collect();
    entries.order_by_key(|(name, _)| place(name));
    for (at, (name, value)) in entries.into_iter().enumerate() {
        if at > 0 {
            text.push_str(&" ".repeat(indent));
        }
        text.push_str(&word(name));
        text.push(':');
        below(value, indent, first, text);
    }
}

/// A value behind a colon or a dash, and the end of its line.
fn below(value: &Value, indent: usize, first: &[&str], text: &mut String) {
    if let Some(flow) = flow(value) {
        text.push_str(&format!(" {flow}\n"));
        return;
    }
    match value {
        Value::String(words) => {
            text.push_str(" |-\n");
            for line in words.split('\n') {
                if !line.is_empty() {
                    text.push_str(&" ".repeat(indent + 2));
                }
                text.push_str(&format!("{line}\n"));
            }
        }
        Value::Array(items) => {
            text.push('\n');
            for item in items {
                text.push_str(&format!("{}-", " ".repeat(indent + 2)));
                match item {
                    Value::Object(map) if !map.is_empty() => {
                        text.push(' ');
                        fields(map, indent + 4, first, text);
                    }
                    item => below(item, indent + 2, first, text),
                }
            }
        }
        Value::Object(map) => {
            text.push_str(&format!("\n{}", " ".repeat(indent + 2)));
            fields(map, indent + 2, first, text);
        }
        // These stand on one line.
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A value on one line, where it fits there.
fn flow(value: &Value) -> Option<String> {
    match value {
        Value::String(words) => (!stands_in_lines(words)).then(|| word(words)),
        Value::Object(map) => map.is_empty().then(|| "{}".to_owned()),
        Value::Array(items) => {
            let one = |item: &Value| match item {
                // Lines would end the list.
                Value::String(words) => Some(word(words)),
                item => flow(item),
            };
            let items: Vec<String> = items.iter().map(one).collect::<Option<_>>()?;
            let line = format!("[{}]", items.join(", "));
            (line.chars().count() <= LINE_CHARS).then_some(line)
        }
        other => Some(other.to_string()),
    }
}

/// Whether a text reads as it is, line by line.
fn stands_in_lines(words: &str) -> bool {
    let plain = |line: &str| {
        !line.ends_with(' ') && !line.chars().any(|c| c.is_control() || c == '\u{feff}')
    };
    words.contains('\n')
        && !words.starts_with([' ', '\n'])
        && !words.ends_with('\n')
        && words.split('\n').all(plain)
}

/// A word, in quotation marks unless it is one without them everywhere.
fn word(words: &str) -> String {
    let inner = |c: char| c.is_alphanumeric() || " _./@+-".contains(c);
    let plain = words.starts_with(char::is_alphabetic)
        && !words.ends_with(' ')
        && words.chars().all(inner)
        && !NO_WORDS.contains(&words.to_lowercase().as_str());
    match plain {
        true => words.to_owned(),
        false => Value::from(words).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use map::catalogue::tree;
    use serde_json::json;

    #[test]
    fn it_is_written_for_people() {
        let service = json!({
            "criticality": 1,
            "depends_on": ["VPN", "ERP: core"],
            "description": "First line\n\n- second",
            "name": "Größe",
            "needs": [{ "group": null, "of": ["A", "B"], "at_least": 1 }],
            "team": "on",
            "week": { "mon": [["08:00", "18:00"]], "tue": [] },
        });
        let items = vec![service.as_object().unwrap().clone()];
        let text = document(&[("services", items), ("rules", vec![])], &["name"]);
        let wanted = "services:\n  - name: Größe\n    criticality: 1\n    depends_on: [VPN, \"ERP: core\"]\n    description: |-\n      First line\n\n      - second\n    needs:\n      - at_least: 1\n        group: null\n        of: [A, B]\n    team: \"on\"\n    week:\n      mon: [[\"08:00\", \"18:00\"]]\n      tue: []\n";
        assert_eq!(text, wanted);
        assert!(tree::parse(&text).is_ok());
    }

    #[test]
    fn texts_come_back_as_they_were() {
        for words in [
            "plain",
            "two words",
            "",
            " x",
            "x ",
            "- x",
            "a: b",
            "a #b",
            "#b",
            "true",
            "No",
            "12",
            "1.5",
            "0x1f",
            "~",
            "\"q\"",
            "it's",
            "{a}",
            "[a]",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "a\tb",
            "a\nb",
            "a\n\nb",
            "a\n b",
            "a\nb ",
            "a\nb\n",
            "\na",
            " a\nb",
            "a\r\nb",
            "ü: ß",
            "a\\nb",
            "---",
            "a\n---\nb",
            "a\n# b",
        ] {
            let item =
                json!({ "name": words, "list": [words, [words]], "map": { "inner": words } });
            let text = document(&[("x", vec![item.as_object().unwrap().clone()])], &["name"]);
            let read = tree::parse(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
            let tree::Value::List(items) = &read[0].get("x").unwrap().value else {
                panic!("{text}")
            };
            let tree::Value::Map(fields) = &items[0].value else { panic!("{text}") };
            let name = fields.iter().find(|(key, _)| key.name == "name").unwrap();
            assert_eq!(name.1.value, tree::Value::Word(words.to_owned()), "{text}");
            assert!(!matches!(words, "true" | "12" | "1.5") || !name.1.plain, "{text}");
        }
    }
}
