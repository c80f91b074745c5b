//! The description tells the truth.

use crate::harness::World;
use axum::body::Body;
use axum::http::Method;
use serde_json::Value;
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
        if !path.contains("{id}") {
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
        if path.starts_with("/api/v1") {
            assert!(responses.contains_key("401"), "{at}");
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
