//! Who names no version changes what there is; who names one that is past is refused.

use crate::harness::{Client, World, address};
use axum::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

/// How many change the same thing at the same time.
const AT_ONCE: i64 = 8;

async fn made(client: &Client, path: &str, body: Value) -> Value {
    let answer = client.post(&format!("/api/v1/{path}"), body).await;
    answer.good().clone()
}

/// Everything that is changed by steps of its own, with a change of each.
async fn things(world: &World) -> Vec<(Method, String, Value)> {
    world.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    let ada = world.of("ada");
    let number = made(&ada, "incidents", json!({ "title": "No VPN" })).await["number"].clone();
    let resolve = format!("incidents/{}/resolve", number.as_str().unwrap());
    made(&ada, &resolve, json!({ "code": "fixed", "note": "New certificate." })).await;
    let review = made(&ada, "reviews", json!({ "incident": number })).await["number"].clone();
    let action = made(&ada, "action-items", json!({ "review": review, "words": "Watch it" })).await;
    let hook = made(&ada, "webhooks", json!({ "url": "http://127.0.0.1:40001/in" })).await;
    let problem = made(&ada, "problems", json!({ "title": "Loose cable" })).await;
    let article = made(&ada, "articles", json!({ "title": "Cables", "body": "Push." })).await;
    let at = |family: &str, id: &Value| format!("/api/v1/{family}/{}", id.as_str().unwrap());
    let questions = json!({
        "for_majors": true, "due_days": 5, "off": [], "questions": [], "kinds": []
    });
    let field = json!({ "field": "team", "on": true, "precision": 90, "by_itself": null });
    let patch = |path: String, body: Value| (Method::PATCH, path, body);
    vec![
        patch(at("reviews", &review), json!({ "summary": "Nobody could sign in." })),
        patch(at("action-items", &action["id"]), json!({ "words": "Watch it well" })),
        patch(at("webhooks", &hook["id"]), json!({ "events": "*" })),
        patch(at("problems", &problem["number"]), json!({ "workaround": "Push it in." })),
        patch(at("articles", &article["number"]), json!({ "body": "Push harder." })),
        patch(format!("/api/v1/users/{}", address("rosa")), json!({ "phone": "+31 20 1234567" })),
        patch("/api/v1/teams/Network".to_owned(), json!({ "description": "Cables" })),
        (Method::PUT, "/api/v1/settings/reviews".to_owned(), questions),
        (Method::PUT, "/api/v1/settings/suggestions".to_owned(), json!({ "fields": [field] })),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_names_no_version_is_not_refused_because_others_are_faster() {
    let world = World::new().await;
    let things = things(&world).await;
    let ada = world.of("ada");
    for (method, path, body) in things {
        let before = version(&ada.get(&path).await);
        let change = || ada.json(method.clone(), &path, body.clone(), &[]);
        for answer in join_all((0..AT_ONCE).map(|_| change())).await {
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text);
        }
        let now = version(&ada.get(&path).await);
        assert_eq!(now, before + AT_ONCE, "{method} {path}");

        let tag = |version: i64| format!("\"{version}\"");
        let (past, present) = (tag(now - 1), tag(now));
        let late = ada.json(method.clone(), &path, body.clone(), &[("if-match", &past)]).await;
        late.problem(412);
        let right = ada.json(method.clone(), &path, body, &[("if-match", &present)]).await;
        assert_eq!(right.status, 200, "{method} {path}: {}", right.text);
    }
}

fn version(answer: &crate::harness::Answer) -> i64 {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.header("etag").trim_matches('"').parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_out_of_use_while_others_change_it_is_out_of_use() {
    let world = World::new().await;
    let things = things(&world).await;
    let ada = world.of("ada");
    for (family, ended) in
        [("action-items", "dropped"), ("problems", "closed"), ("articles", "retired")]
    {
        let all = format!("/api/v1/{family}/");
        let (_, path, body) = things.iter().find(|(_, path, _)| path.starts_with(&all)).unwrap();
        let stale = ada.request(Method::DELETE, path, &[("if-match", "\"99\"")]);
        ada.send(stale, axum::body::Body::empty()).await.problem(412);
        let changes = join_all((0..AT_ONCE).map(|_| ada.patch(path, body.clone())));
        let (ends, _) = tokio::join!(ada.delete(path), changes);
        assert_eq!(ends.status, 204, "{path}: {}", ends.text);
        let now = ada.get(path).await;
        assert_eq!(now.good()["state"], ended, "{path}");
    }
}
