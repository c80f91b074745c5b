//! What files can speak of. Fields are those that the API's requests take, read from its own
//! description; what one is called and what files leave out stands here.

use serde_json::{Map, Value};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// How deep a description is followed: no field of ours lies half as deep.
const DEPTH: usize = 16;
/// What is given and never shown again, wherever it stands.
const SECRETS: [&str; 4] = ["password", "secret", "client_secret", "refresh_token"];

/// One kind of thing.
#[derive(Debug)]
pub(crate) struct Kind {
    /// What files call a list of them.
    pub(crate) name: &'static str,
    /// What one is called.
    pub(crate) one: &'static str,
    /// Where the API has them.
    pub(crate) path: &'static str,
    /// The field that says which one it is.
    pub(crate) key: &'static str,
    /// Fields of requests that are no configuration, and what to do instead.
    pub(crate) left_out: &'static [(&'static str, &'static str)],
    /// Whether a change of one may change the others.
    pub(crate) entangled: bool,
}

impl Kind {
    const fn new(name: &'static str, one: &'static str, path: &'static str) -> Self {
        Kind { name, one, path, key: "name", left_out: &[], entangled: false }
    }
}

const SINCE: &str =
    "is not said in files: what is applied is in force from then on; plan ahead on screen";
const OPEN: &str =
    "is not said in files: what is open keeps what it was promised; bring it over on screen";

/// All kinds, each after those that it usually refers to.
pub(crate) static KINDS: [Kind; 10] = [
    Kind {
        left_out: &[("since", SINCE), ("open", OPEN)],
        ..Kind::new("calendars", "calendar", "/api/v1/calendars")
    },
    Kind {
        left_out: &[("members", "is said of people: give them `teams`")],
        ..Kind::new("teams", "team", "/api/v1/teams")
    },
    Kind {
        key: "email",
        left_out: &[
            ("password", "is not said in files; `evenkeel user reset-password` gives one"),
            ("away", "is not said in files; people say it themselves"),
        ],
        ..Kind::new("people", "person", "/api/v1/users")
    },
    Kind::new("services", "service", "/api/v1/services"),
    Kind {
        left_out: &[("since", SINCE)],
        ..Kind::new("schedules", "schedule", "/api/v1/schedules")
    },
    Kind::new("escalation_policies", "escalation policy", "/api/v1/escalation-policies"),
    Kind {
        left_out: &[("since", SINCE), ("open", OPEN)],
        entangled: true,
        ..Kind::new("agreements", "agreement", "/api/v1/agreements")
    },
    Kind { entangled: true, ..Kind::new("rules", "rule", "/api/v1/rules") },
    Kind {
        left_out: &[("new_key", "is not said in files; draw another key on screen")],
        ..Kind::new("integrations", "integration", "/api/v1/integrations")
    },
    Kind::new("components", "component", "/api/v1/components"),
];

/// What files call the kinds.
pub(crate) const KIND_NAMES: [&str; 10] = [
    "calendars",
    "teams",
    "people",
    "services",
    "schedules",
    "escalation_policies",
    "agreements",
    "rules",
    "integrations",
    "components",
];

impl Kind {
    /// What tells one of them from the others; nothing where its name is missing. Components
    /// are known within their group.
    pub(crate) fn key_of(&self, fields: &Map<String, Value>) -> Option<String> {
        let text = |field: &str| fields.get(field).and_then(Value::as_str).map(str::trim);
        let key = text(self.key).filter(|text| !text.is_empty())?.to_lowercase();
        let group = text("group").filter(|group| self.name == "components" && !group.is_empty());
        Some(match group {
            Some(group) => format!("{}/{key}", group.to_lowercase()),
            None => key,
        })
    }

    /// Each by what tells it from the others; those in use come before others of the same name.
    pub(crate) fn by_key(&self, all: Vec<Value>) -> HashMap<String, Value> {
        let is_used = |one: &Value| one["active"] != Value::Bool(false);
        let mut found = HashMap::with_capacity(all.len());
        for one in all {
            let Some(key) = one.as_object().and_then(|fields| self.key_of(fields)) else {
                continue;
            };
            match found.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(one);
                }
                Entry::Occupied(mut place) if is_used(&one) && !is_used(place.get()) => {
                    place.insert(one);
                }
                Entry::Occupied(_) => {}
            }
        }
        found
    }
}

/// Fields that may be said of something, and of what stands in them; of what has none all is
/// taken as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape(BTreeMap<String, Shape>);

impl Shape {
    /// The names of the fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there is such a field.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What of a value may be said.
    fn of(&self, value: &Value) -> Value {
        match value {
            Value::Object(fields) if !self.0.is_empty() => {
                let known = |(name, value): (&String, &Value)| {
                    self.0.get(name).map(|shape| (name.clone(), shape.of(value)))
                };
                Value::Object(fields.iter().filter_map(known).collect())
            }
            Value::Array(items) => Value::Array(items.iter().map(|item| self.of(item)).collect()),
            other => other.clone(),
        }
    }

    fn and(mut self, other: &Shape) -> Shape {
        for (name, shape) in &other.0 {
            let here = self.0.remove(name).unwrap_or_default();
            self.0.insert(name.clone(), here.and(shape));
        }
        self
    }
}

/// What can be said of one kind.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) kind: &'static Kind,
    /// Of a new one.
    pub(crate) create: Shape,
    /// Of one that is there.
    pub(crate) change: Shape,
    /// Of either.
    pub(crate) all: Shape,
}

impl Door {
    /// What of an answer can be said in files.
    pub(crate) fn shown(&self, answer: &Value) -> Map<String, Value> {
        match self.all.of(answer) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

/// The doors of all kinds, in their order.
pub(crate) fn doors() -> Vec<Door> {
    // It is written by the same code that serves it.
    let described = serde_json::to_value(api::openapi()).unwrap_or_default();
    KINDS.iter().map(|kind| door(&described, kind)).collect()
}

fn door(described: &Value, kind: &'static Kind) -> Door {
    let body = |path: &str, method: &str| {
        let operation = &described["paths"][path][method];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let mut shape = shape(described, schema, DEPTH);
        for (field, _) in kind.left_out {
            shape.0.remove(*field);
        }
        shape
    };
    let one = one_of(described, kind.path);
    let (create, change) = (body(kind.path, "post"), body(&one, "patch"));
    let all = create.clone().and(&change);
    Door { kind, create, change, all }
}

/// The address of one of them: what the description calls its part in braces differs.
fn one_of(described: &Value, path: &str) -> String {
    let below = format!("{path}/{{");
    let paths = described["paths"].as_object().into_iter().flatten();
    let mut paths = paths.map(|(path, _)| path);
    let one = paths.find(|path| path.starts_with(&below) && path.ends_with('}') && ends(path));
    one.cloned().unwrap_or_default()
}

/// Whether nothing follows the one part in braces.
fn ends(path: &str) -> bool {
    path.matches('{').count() == 1
}

fn shape(described: &Value, schema: &Value, depth: usize) -> Shape {
    let Some(depth) = depth.checked_sub(1) else { return Shape::default() };
    if let Some(name) = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
        return shape(described, &described["components"]["schemas"][name], depth);
    }
    let ways = ["oneOf", "anyOf", "allOf"].into_iter();
    let ways = ways.flat_map(|way| schema[way].as_array().into_iter().flatten());
    let within = ways.chain(Some(&schema["items"]).filter(|items| items.is_object()));
    let mut all = Shape::default();
    for one in within {
        all = all.and(&shape(described, one, depth));
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let here = all.0.remove(name).unwrap_or_default();
        all.0.insert(name.clone(), here.and(&shape(described, field, depth)));
    }
    all
}

/// The value without what is never shown again.
pub(crate) fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let shown = fields.iter().filter(|(name, _)| !SECRETS.contains(&name.as_str()));
            Value::Object(
                shown.map(|(name, value)| (name.clone(), without_secrets(value))).collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(without_secrets).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_has_its_fields() {
        for (door, name) in doors().iter().zip(KIND_NAMES) {
            assert_eq!(door.kind.name, name);
            let key = door.kind.key;
            assert!(door.create.has(key) && door.change.has(key), "{door:?}");
            for (field, _) in door.kind.left_out {
                assert!(!door.all.has(field), "{name}: {field}");
            }
        }
        let doors = doors();
        let integrations = doors.iter().find(|door| door.kind.name == "integrations").unwrap();
        let answer = json!({ "id": "x", "name": "Mail", "key": "s3cret", "version": 3,
            "imap": { "host": "imap.example", "error": "no", "oauth": { "client_id": "x" } } });
        let shown = json!({ "name": "Mail",
            "imap": { "host": "imap.example", "oauth": { "client_id": "x" } } });
        assert_eq!(Value::Object(integrations.shown(&answer)), shown);
        assert!(!integrations.create.has("active") && integrations.change.has("active"));
    }

    #[test]
    fn components_are_known_within_their_group() {
        let key = |name: &str, fields: Value| {
            let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
            kind.key_of(fields.as_object().unwrap())
        };
        assert_eq!(key("components", json!({ "name": "Web" })).as_deref(), Some("web"));
        let grouped = json!({ "name": "Web", "group": "Shops" });
        assert_eq!(key("components", grouped).as_deref(), Some("shops/web"));
        assert_eq!(key("people", json!({ "email": "A@b" })).as_deref(), Some("a@b"));
        assert_eq!(key("teams", json!({ "name": " " })), None);
    }

    #[test]
    fn of_two_with_one_name_the_one_in_use_is_meant() {
        let team =
            |id: i32, name: &str, active: bool| json!({ "id": id, "name": name, "active": active });
        let all = vec![
            team(1, "Network", false),
            team(2, "network", true),
            team(3, "Network", true),
            team(4, "Old", false),
            team(5, "Old", false),
            json!({ "id": 6 }),
        ];
        let found = KINDS.iter().find(|kind| kind.name == "teams").unwrap().by_key(all);
        assert_eq!(found.len(), 2);
        assert_eq!((&found["network"]["id"], &found["old"]["id"]), (&json!(2), &json!(4)));
    }
}
