//! Files of configuration: documents of YAML become items that know where they stand.

use super::kinds::{Door, Kind};
use crate::config::nearest;
use crate::failed::Failed;
use crate::input;
use map::catalogue::tree::{self, Node, Value as Part};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Characters of a word that is told beside what is wrong with it.
const WORD_CHARS: usize = 60;
/// Folders within each other.
const DEPTH: usize = 32;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    file: Arc<PathBuf>,
    line: usize,
    field: String,
    message: String,
}

/// As compilers say it: `file:line: field: message`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        match self.field.as_str() {
            "" => write!(f, ": {}", self.message),
            field => write!(f, ": {field}: {}", self.message),
        }
    }
}

/// What a file says of one thing.
#[derive(Debug)]
pub(super) struct Item {
    /// What it is: its place among the kinds.
    pub(super) kind: usize,
    /// What tells it from the others of its kind.
    pub(super) key: String,
    /// What people call it.
    pub(super) name: String,
    /// What is said of it.
    pub(super) said: Map<String, Value>,
    file: Arc<PathBuf>,
    /// Where it stands in its document: `services[3]`.
    at: String,
    node: Node,
}

impl Item {
    /// What is wrong with a field, named as the API does: `depends_on.1`.
    pub(super) fn fault(&self, field: &str, message: &str) -> Fault {
        let (mut node, mut line, mut at) = (Some(&self.node), self.node.line, self.at.clone());
        for step in field.split('.').filter(|step| !step.is_empty()) {
            match step.parse::<usize>() {
                Ok(place) => at.push_str(&format!("[{place}]")),
                Err(_) => at.push_str(&format!(".{step}")),
            }
            node = node.and_then(|node| within(node, step, &mut line));
        }
        let word = node.and_then(Node::word).filter(|word| word.chars().count() <= WORD_CHARS);
        let message = match word {
            Some(word) if message.starts_with("is ") => format!("“{word}” {message}"),
            _ => message.to_owned(),
        };
        Fault { file: self.file.clone(), line, field: at, message }
    }
}

/// A part of a part, with the line it stands in.
fn within<'n>(node: &'n Node, step: &str, line: &mut usize) -> Option<&'n Node> {
    match &node.value {
        Part::Map(entries) => {
            let (key, found) = entries.iter().find(|(key, _)| key.name == step)?;
            *line = key.line;
            Some(found)
        }
        Part::List(items) => {
            let found = items.get(step.parse::<usize>().ok()?)?;
            *line = found.line;
            Some(found)
        }
        Part::Nothing | Part::Word(_) => None,
    }
}

/// Why files were not read.
pub(super) enum Unread {
    /// What is wrong with what they say.
    Faults(Vec<Fault>),
    /// They cannot be had.
    Failed(Failed),
}

impl From<Failed> for Unread {
    fn from(failed: Failed) -> Self {
        Unread::Failed(failed)
    }
}

/// Reads files, and of folders all `*.yaml` and `*.yml`, in order of name.
pub(super) fn read(paths: &[PathBuf], doors: &[Door]) -> Result<Vec<Item>, Unread> {
    let mut files = Vec::new();
    for path in paths {
        gather(path, DEPTH, &mut files)?;
    }
    if files.is_empty() {
        let words = "there is no file *.yaml or *.yml in what was named; name a file or its folder";
        return Err(Failed::new(words).into());
    }
    let mut reading = Reading { doors, items: vec![], faults: vec![], known: HashMap::new() };
    for path in files {
        let text = input::text(&path)?;
        reading.file(Arc::new(path), &text);
    }
    if reading.faults.is_empty() { Ok(reading.items) } else { Err(Unread::Faults(reading.faults)) }
}

fn gather(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failed> {
    if path.as_os_str() == input::STDIN || !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let failed = |error: std::io::Error| Failed::io("reading", path, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        entries.push((entry.file_name(), entry.file_type().map_err(failed)?.is_dir()));
    }
    entries.sort();
    for (name, is_folder) in entries {
        let below = path.join(&name);
        // What is hidden belongs to other programs.
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let is_yaml = below.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        if is_folder && depth > 0 {
            gather(&below, depth - 1, files)?;
        } else if is_yaml && below.is_file() {
            files.push(below);
        }
    }
    Ok(())
}

struct Reading<'a> {
    doors: &'a [Door],
    items: Vec<Item>,
    faults: Vec<Fault>,
    /// Where each thing is spoken of.
    known: HashMap<(usize, String), String>,
}

impl Reading<'_> {
    fn fault(
        &mut self,
        file: &Arc<PathBuf>,
        line: usize,
        field: impl Into<String>,
        message: impl Into<String>,
    ) {
        let (field, message) = (field.into(), message.into());
        self.faults.push(Fault { file: file.clone(), line, field, message });
    }

    fn file(&mut self, file: Arc<PathBuf>, text: &str) {
        match tree::parse(text) {
            Ok(documents) => {
                for document in documents.iter().filter(|document| !document.is_nothing()) {
                    self.document(&file, document);
                }
            }
            Err(fault) => self.fault(&file, fault.line, fault.field, fault.message),
        }
    }

    fn document(&mut self, file: &Arc<PathBuf>, document: &Node) {
        let doors = self.doors;
        let names = move || doors.iter().map(|door| door.kind.name);
        let Part::Map(lists) = &document.value else {
            let known: Vec<&str> = names().collect();
            let words = format!("a document has lists: {}", known.join(", "));
            return self.fault(file, document.line, "", words);
        };
        for (key, list) in lists {
            let found = names().position(|name| name == key.name);
            match (found, &list.value) {
                (None, _) => {
                    let words = unknown(&key.name, names());
                    self.fault(file, key.line, &key.name, words);
                }
                (Some(_), Part::Nothing) => {}
                (Some(kind), Part::List(items)) => {
                    for (place, node) in items.iter().enumerate() {
                        self.item(file, kind, format!("{}[{place}]", key.name), node);
                    }
                }
                (Some(_), _) => self.fault(file, key.line, &key.name, "must be a list"),
            }
        }
    }

    fn item(&mut self, file: &Arc<PathBuf>, kind: usize, at: String, node: &Node) {
        let doors = self.doors;
        let door = &doors[kind];
        let Part::Map(entries) = &node.value else {
            let words = format!("must have fields, `{}` among them", door.kind.key);
            return self.fault(file, node.line, at, words);
        };
        let mut said = Map::new();
        for (field, value) in entries {
            match unfit(door, &field.name) {
                Some(words) => {
                    self.fault(file, field.line, format!("{at}.{}", field.name), words);
                }
                None => {
                    said.insert(field.name.clone(), json(value));
                }
            }
        }
        let Some(key) = door.kind.key_of(&said) else {
            let name = door.kind.key;
            let (line, words) = match entries.iter().find(|(field, _)| field.name == name) {
                Some((field, _)) => {
                    (field.line, "must be text; a number stands in quotation marks")
                }
                None => (node.line, "is needed"),
            };
            return self.fault(file, line, format!("{at}.{name}"), words);
        };
        let here = format!("{}:{}", file.display(), node.line);
        if let Some(before) = self.known.get(&(kind, key.clone())) {
            let words = format!("this {} stands at {before} already", door.kind.one);
            return self.fault(file, node.line, at, words);
        }
        self.known.insert((kind, key.clone()), here);
        let name = name_of(door.kind, &said);
        self.items.push(Item { kind, key, name, said, file: file.clone(), at, node: node.clone() });
    }
}

/// What people call something.
fn name_of(kind: &Kind, fields: &Map<String, Value>) -> String {
    let text = |field: &str| fields.get(field).and_then(Value::as_str).unwrap_or_default();
    match text("group") {
        group if kind.name == "components" && !group.is_empty() => {
            format!("{group} / {}", text(kind.key))
        }
        _ => text(kind.key).to_owned(),
    }
}

/// Why a field cannot be said.
fn unfit(door: &Door, field: &str) -> Option<String> {
    if let Some((_, words)) = door.kind.left_out.iter().find(|(name, _)| *name == field) {
        return Some((*words).to_owned());
    }
    (!door.all.has(field)).then(|| unknown(field, door.all.names()))
}

fn unknown<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    match nearest(word, known.iter().copied()) {
        Some(meant) => format!("is not known here; did you mean `{meant}`?"),
        None => format!("is not known here; known are {}", known.join(", ")),
    }
}

/// A part as JSON has it. Words without quotation marks may be numbers, true or false.
fn json(node: &Node) -> Value {
    match &node.value {
        Part::Nothing => Value::Null,
        Part::Word(text) if node.plain => plain(text),
        Part::Word(text) => Value::String(text.clone()),
        Part::List(items) => Value::Array(items.iter().map(json).collect()),
        Part::Map(entries) => Value::Object(
            entries.iter().map(|(key, node)| (key.name.clone(), json(node))).collect(),
        ),
    }
}

fn plain(text: &str) -> Value {
    match text {
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    // 0049 is the beginning of a telephone number.
    let counts = digits.starts_with(|c: char| c.is_ascii_digit())
        && (!digits.starts_with('0') || digits == "0" || digits.starts_with("0."));
    let number = counts.then(|| {
        let whole = text.parse::<i64>().ok().map(Number::from);
        whole.or_else(|| fraction(text))
    });
    number.flatten().map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

fn fraction(text: &str) -> Option<Number> {
    let is_one =
        text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | 'e' | 'E' | '+'));
    is_one.then(|| text.parse::<f64>().ok().and_then(Number::from_f64)).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::kinds::doors;
    use super::*;
    use serde_json::json;

    fn reading(text: &str) -> Result<Vec<Item>, Vec<String>> {
        let doors = doors();
        let mut reading =
            Reading { doors: &doors, items: vec![], faults: vec![], known: HashMap::new() };
        reading.file(Arc::new(PathBuf::from("a.yaml")), text);
        match reading.faults.is_empty() {
            true => Ok(reading.items),
            false => Err(reading.faults.iter().map(Fault::to_string).collect()),
        }
    }

    #[test]
    fn documents_become_items() {
        let text = "teams:\n  - name: Network\n    active: true\n---\nservices:\n  - name: '42'\n    criticality: 2\n    depends_on: [VPN]\nrules:\n";
        let items = reading(text).unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!(
            Value::Object(items[0].said.clone()),
            json!({ "name": "Network", "active": true })
        );
        let service = json!({ "name": "42", "criticality": 2, "depends_on": ["VPN"] });
        assert_eq!(Value::Object(items[1].said.clone()), service);
        let fault = items[1].fault("depends_on.0", "is not a known service");
        assert_eq!(
            fault.to_string(),
            "a.yaml:8: services[0].depends_on[0]: “VPN” is not a known service"
        );
        assert_eq!(items[0].fault("", "is used").to_string(), "a.yaml:2: teams[0]: is used");
        let missing = items[0].fault("calendar", "is needed").to_string();
        assert_eq!(missing, "a.yaml:2: teams[0].calendar: is needed");
    }

    #[test]
    fn all_that_is_wrong_is_said_with_its_line() {
        let text = "servces: []\nteams:\n  - name: A\n    descripton: x\n    members: [a@b]\n  - description: y\n  - name: a\n  - name: 7\n  - just words\npeople: nobody\n";
        let faults = reading(text).unwrap_err();
        for (found, wanted) in faults.iter().zip([
            "a.yaml:1: servces: is not known here; did you mean `services`?",
            "a.yaml:4: teams[0].descripton: is not known here; did you mean `description`?",
            "a.yaml:5: teams[0].members: is said of people: give them `teams`",
            "a.yaml:6: teams[1].name: is needed",
            "a.yaml:7: teams[2]: this team stands at a.yaml:3 already",
            "a.yaml:8: teams[3].name: must be text; a number stands in quotation marks",
            "a.yaml:9: teams[4]: must have fields, `name` among them",
            "a.yaml:10: people: must be a list",
        ]) {
            assert_eq!(found, wanted);
        }
        assert_eq!(faults.len(), 8);
        assert!(reading("just words").unwrap_err()[0].contains("a document has lists"));
        assert!(reading("teams: [").unwrap_err()[0].contains("not YAML"));
    }

    #[test]
    fn words_become_what_they_are() {
        for (text, value) in [
            ("true", json!(true)),
            ("12", json!(12)),
            ("-3", json!(-3)),
            ("0", json!(0)),
            ("1.5", json!(1.5)),
            ("0.5", json!(0.5)),
            ("0049", json!("0049")),
            ("+49 30", json!("+49 30")),
            ("2026-12-25", json!("2026-12-25")),
            ("09:00", json!("09:00")),
            ("P1", json!("P1")),
            ("no", json!("no")),
            ("-", json!("-")),
            (".inf", json!(".inf")),
        ] {
            assert_eq!(plain(text), value, "{text}");
        }
    }
}
