//! The description tells the truth.

use crate::harness::World;
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn document(world: &World) -> Value {
    let answer = world.nobody().get("/openapi.json").await;
    answer.good().clone()
}

/// Every operation: method, path, what is said about it.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, item): (&String, &'_ Value)| {
        let path = path.clone();
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters").cloned();
        methods.map(move |method| (method, path.clone())).collect::<Vec<_>>()
    };
    let all: Vec<(String, String)> = paths.iter().flat_map(each).collect();
    all.into_iter()
        .map(|(method, path)| {
            let operation = &document["paths"][&path][&method];
            (method, path, operation)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_described_operation_is_served() {
    let world = World::new().await;
    let document = document(&world).await;
    assert_eq!(document["openapi"], "3.1.0");
    world.report("ada", "x").await;
    let ada = world.of("ada");
    let mailbox = json!({ "name": "Desk mail", "kind": "email" });
    ada.post("/api/v1/integrations", mailbox).await.good();
    let operations = operations(&document);
    assert!(operations.len() > 80, "{}", operations.len());
    for (method, path, _) in &operations {
        let filled = path
            .replace("{number}", "INC-1")
            .replace("{user}", "ada@northwind.example")
            .replace("{team}", "Network")
            .replace("{service}", "VPN")
            .replace("{organisation}", "Harbour%20Foods")
            .replace("{category}", "Hardware")
            .replace("{field}", "service")
            .replace("{other}", "INC-1")
            .replace("{name}", "times")
            .replace("{integration}", "Desk%20mail")
            .replace("{id}", "unknown");
        let method: Method = method.to_uppercase().parse().unwrap();
        if path.ends_with("/events") {
            continue;
        }
        let request = ada.request(method.clone(), &filled, &[]);
        let answer = ada.send(request, Body::empty()).await;
        let unrouted = answer.json["detail"]
            .as_str()
            .is_some_and(|detail| detail.starts_with("There is nothing at"));
        assert!(answer.status != 405 && !unrouted, "{method} {filled}: {}", answer.text);
        // What was deleted is not found any more.
        let is_gone = path.ends_with("/{service}/map");
        if !path.contains("{id}") && !path.contains("{integration}") && !is_gone {
            assert_ne!(answer.status, 404, "{method} {filled}: {}", answer.text);
        }
        assert_ne!(answer.status, 500, "{method} {filled}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_described_whole() {
    let world = World::new().await;
    let document = document(&world).await;
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|words| !words.is_empty()), "{at}");
        assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{at}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
            "{at}: its id stands twice"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{at}");
        // A feed is opened by the secret in its address.
        if path.starts_with("/api/v1") && !path.ends_with("/calendar.ics") {
            assert!(responses.contains_key("401"), "{at}");
        }
        if path.starts_with("/api/v1") && path.contains('{') {
            assert!(responses.contains_key("400"), "{at}: an address that cannot be read");
        }
        let named: BTreeSet<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let described = parameters
            .iter()
            .filter(|p| p["in"] == "path")
            .filter_map(|p| p["name"].as_str())
            .collect::<BTreeSet<_>>();
        assert_eq!(named, described, "{at}");
        let posts = method == "post" && path.starts_with("/api/v1");
        assert_eq!(posts, parameters.iter().any(|p| p["name"] == "Idempotency-Key"), "{at}");
        if matches!(method.as_str(), "post" | "put" | "patch") {
            let content = operation["requestBody"]["content"].as_object().unwrap();
            let (kind, body) = content.iter().next().unwrap();
            assert!(
                kind == "multipart/form-data" || body["example"].is_object(),
                "{at} has no example"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn references_lead_somewhere() {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.insert(reference.clone());
                }
                fields.values().for_each(|value| walk(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let world = World::new().await;
    let document = document(&world).await;
    let mut found = BTreeSet::new();
    walk(&document, &mut found);
    assert!(found.contains("#/components/schemas/Incident"));
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for name in ["token", "session"] {
        assert!(document["components"]["securitySchemes"][name].is_object());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_of_two_kinds_are_told_apart() {
    let world = World::new().await;
    let document = document(&world).await;
    let kinds = document["components"]["schemas"]["CalendarAnswer"]["oneOf"].as_array().unwrap();
    let needed: Vec<&Value> = kinds.iter().map(|kind| &kind["required"][0]).collect();
    assert_eq!(needed, ["due_at", "business_seconds"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_are_good_bodies() {
    let world = World::new().await;
    let document = document(&world).await;
    let ada = world.of("ada");
    for (method, path, operation) in operations(&document) {
        let Some(example) = operation.pointer("/requestBody/content/application~1json/example")
        else {
            continue;
        };
        let filled = path
            .replace("{number}", "INC-1")
            .replace("{user}", "rosa@northwind.example")
            .replace("{team}", "Network")
            .replace("{service}", "VPN")
            .replace("{organisation}", "Harbour%20Foods")
            .replace("{category}", "Hardware")
            .replace("{field}", "service")
            .replace("{other}", "INC-1")
            .replace("{name}", "times")
            .replace("{id}", "00000000-0000-0000-0000-000000000000");
        let method: Method = method.to_uppercase().parse().unwrap();
        let answer = ada.json(method, &filled, example.clone(), &[]).await;
        let fields: Vec<&str> = answer.json["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|e| e["message"].as_str())
            .collect();
        // The people and things of the examples need not exist here, but their fields must.
        assert!(
            !fields
                .iter()
                .any(|words| words.contains("not known here") || words.contains("must be")),
            "{path}: {}",
            answer.text
        );
        assert!(!matches!(answer.status, 400 | 415 | 500), "{path}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_plain_and_runs_nothing_inline() {
    let world = World::new().await;
    let page = world.nobody().get("/api/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(page.text.contains("data-spec=\"/openapi.json\""));
    assert!(
        !page.text.contains("<style")
            && !page.text.contains(" style=")
            && !page.text.contains("onclick")
    );
}

/// What of a value is not as a schema says, as paths with reasons.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap();
        return misfits(document, target, value, at);
    }
    if let Some(ways) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let tried = ways.iter().map(|way| misfits(document, way, value, at));
        return tried.min_by_key(Vec::len).unwrap_or_default();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return misfits(document, &together(document, parts), value, at);
    }
    let mut found = Vec::new();
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        found.push(format!("{at} is no {kinds:?}: {value}"));
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(misfits(document, &schema["items"], item, &format!("{at}.{place}")));
    }
    let Some(fields) = value.as_object() else { return found };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            found.push(format!("{at}.{name} is missing"));
        }
    }
    let Some(properties) = schema["properties"].as_object() else { return found };
    for (name, inner) in fields {
        let at = format!("{at}.{name}");
        match properties.get(name) {
            Some(property) => found.extend(misfits(document, property, inner, &at)),
            None => found.push(format!("{at} is not described")),
        }
    }
    found
}

/// One schema of an object whose fields several describe.
fn together(document: &Value, parts: &[Value]) -> Value {
    let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
    for part in parts {
        let part = match part["$ref"].as_str() {
            Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => part,
        };
        properties.extend(part["properties"].as_object().unwrap().clone());
        required.extend(part["required"].as_array().into_iter().flatten().cloned());
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_as_described() {
    let world = World::new().await;
    let document = document(&world).await;
    let ada = world.of("ada");
    world.report("ada", "x").await;
    let id = |answer: crate::harness::Answer| answer.good()["id"].as_str().unwrap().to_owned();
    let view = json!({ "name": "Mine", "query": "state:open" });
    let view = id(ada.post("/api/v1/views", view).await);
    let token = json!({ "name": "Script", "scope": "read" });
    let token = id(ada.post("/api/v1/tokens", token).await);
    let agreements = ada.get("/api/v1/agreements").await;
    let agreement = agreements.good()["items"][0]["id"].as_str().unwrap().to_owned();
    let mut operations = operations(&document);
    operations.sort_by_key(|(method, ..)| method == "delete");
    for (method, path, operation) in operations {
        if path.ends_with("/events") || path.contains("attach") {
            continue;
        }
        let known = if path.contains("/views/") {
            &view
        } else if path.contains("/tokens/") {
            &token
        } else {
            &agreement
        };
        let filled = path
            .replace("{number}", "INC-1")
            .replace("{user}", "rosa@northwind.example")
            .replace("{team}", "Security")
            .replace("{service}", "Mail")
            .replace("{organisation}", "Harbour%20Foods")
            .replace("{category}", "Hardware")
            .replace("{field}", "service")
            .replace("{other}", "INC-1")
            .replace("{name}", "times")
            .replace("{id}", known);
        let filled = if path.ends_with("/search") { filled + "?q=x" } else { filled };
        let verb: Method = method.to_uppercase().parse().unwrap();
        let example = operation.pointer("/requestBody/content/application~1json/example");
        let answer = match example {
            Some(example) => ada.json(verb, &filled, example.clone(), &[]).await,
            None => ada.send(ada.request(verb, &filled, &[]), Body::empty()).await,
        };
        let described = &operation["responses"][answer.status.to_string()];
        assert!(described.is_object(), "{method} {filled}: {} is not described", answer.status);
        let kind = answer.header("content-type").split(';').next().unwrap_or_default();
        if !kind.ends_with("json") {
            continue;
        }
        let schema = &described["content"][kind]["schema"];
        assert!(schema.is_object(), "{method} {filled}: {kind} is not described");
        let misfits = misfits(&document, schema, &answer.json, "");
        assert!(misfits.is_empty(), "{method} {filled}: {misfits:#?}");
    }
}
