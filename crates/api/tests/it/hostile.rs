//! Requests that nobody means well with, and those that are merely wrong.

use crate::harness::{World, token};
use axum::body::Body;
use axum::http::Method;
use incident::TokenScope;
use kernel::limits;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_are_no_bodies() {
    let world = World::new().await;
    let ines = world.of("ines");
    let deep = format!("{{\"title\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let large = format!("{{\"title\": \"{}\"}}", "x".repeat(limits::JSON_BODY_BYTES));
    let cases: [(&str, &str, u16); 16] = [
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("application/json", "{\"title\": \"x\"} trailing", 400),
        ("application/json", "{\"title\": \"x\",}", 400),
        ("application/json", "{'title': 'x'}", 400),
        ("application/json", "\u{feff}{\"title\": \"x\"}", 400),
        ("application/json", "{\"title\": \"\\ud800\"}", 400),
        ("application/json", "{\"title\": \"x\", \"impact\": 1e999}", 400),
        ("application/json", &deep, 400),
        ("application/json", &large, 413),
        ("application/json", "[]", 422),
        ("application/json", "null", 422),
        ("application/json", "\"x\"", 422),
        ("text/plain", "{\"title\": \"x\"}", 415),
        ("application/x-www-form-urlencoded", "title=x", 415),
        ("application/merge-patch+json; charset=utf-8", "{\"title\": \"x\"}", 201),
    ];
    for (kind, body, status) in cases {
        let request =
            ines.request(Method::POST, "/api/v1/incidents", &[]).header("content-type", kind);
        let answer = ines.send(request, Body::from(body.to_owned())).await;
        let start: String = body.chars().take(60).collect();
        assert_eq!(answer.status, status, "{kind} {start}: {}", answer.text);
        if status != 201 {
            answer.problem(status);
        }
    }
    // Where any key may stand, none stands twice either.
    for (path, body, field) in [
        ("incidents", r#"{"title": "x", "title": "y"}"#, "title"),
        ("incidents", r#"{"title": "x", "fields": {"a": "b", "a": "c"}}"#, "fields.a"),
        (
            "commands",
            r#"{"commands": [{"command": "report", "title": "x", "title": "y"}]}"#,
            "commands.0.title",
        ),
    ] {
        let request = ines.request(Method::POST, &format!("/api/v1/{path}"), &[]);
        let request = request.header("content-type", "application/json");
        ines.send(request, Body::from(body)).await.field(422, field);
    }
    let request = ines
        .request(Method::POST, "/api/v1/incidents", &[])
        .header("content-type", "application/json");
    let answer = ines.send(request, Body::from(&b"{\"title\": \"\xff\xfe\"}"[..])).await;
    answer.problem(400);
    assert_eq!(ines.get("/api/v1/incidents/count").await.good()["count"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_is_text() {
    let world = World::new().await;
    let ines = world.of("ines");
    for title in [
        "<script>alert(1)</script>",
        "'; drop table incidents; --",
        "{{7*7}} ${7*7}",
        "\u{202e}gnihsif",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🚒",
        "\" or 1=1",
    ] {
        let made =
            ines.post("/api/v1/incidents", json!({ "title": title, "description": title })).await;
        assert_eq!(made.good()["title"], title);
        let path = format!("/api/v1/incidents/{}", made.json["number"].as_str().unwrap());
        assert_eq!(ines.get(&path).await.good()["description"], title);
        assert_eq!(made.header("x-content-type-options"), "nosniff");
        assert_eq!(made.header("content-type"), "application/json");
    }
    let cleaned = ines
        .post("/api/v1/incidents", json!({ "title": "a\u{0}b\u{7}c", "description": "x\u{0}\ny" }))
        .await;
    assert_eq!(cleaned.good()["title"], "abc");
    assert_eq!(cleaned.json["description"], "x\ny");
    ines.post("/api/v1/incidents", json!({ "title": "\u{0}\u{1}" })).await.field(422, "title");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_that_are_no_queries() {
    let world = World::new().await;
    let ines = world.of("ines");
    let long = "x".repeat(limits::QUERY_CHARS + 1);
    let many = vec!["a"; limits::QUERY_TERMS + 1].join("%20");
    for q in ["priority:P9", "(", "state:", "%00", &long, &many, "due%3Cnonsense"] {
        ines.get(&format!("/api/v1/incidents?q={q}")).await.field(422, "q");
        ines.get(&format!("/api/v1/incidents/count?q={q}")).await.field(422, "q");
    }
    for q in
        ["%22%27%3B--", "*", "%25", "_", "%F0%9F%9A%92", "%FF", "NEAR(a%20b)", "a%20AND", "title:"]
    {
        let answer = ines.get(&format!("/api/v1/incidents?q={q}")).await;
        assert!(matches!(answer.status, 200 | 422), "{q}: {}", answer.text);
        let answer = ines.get(&format!("/api/v1/search?q={q}")).await;
        assert!(matches!(answer.status, 200 | 422), "{q}: {}", answer.text);
        for path in ["users", "teams", "services"] {
            let answer = ines.get(&format!("/api/v1/{path}?q={q}")).await;
            assert!(matches!(answer.status, 200 | 422), "{path} {q}: {}", answer.text);
        }
    }
    for path in ["search", "users", "teams"] {
        ines.get(&format!("/api/v1/{path}?q=%00")).await.field(422, "q");
        ines.get(&format!("/api/v1/{path}?q={long}")).await.field(422, "q");
    }
    for path in ["services/%ff", "incidents/%ff", "incidents/%ff/timeline", "users/%c3%28"] {
        world.of("ada").get(&format!("/api/v1/{path}")).await.problem(400);
    }
    ines.post("/api/v1/incidents/%ff/acknowledge", json!({})).await.problem(400);
    for (path, words) in [
        ("incidents?colour=1", "is not known here; known are q, limit, cursor"),
        ("users?lmit=1", "is not known here; did you mean limit?"),
    ] {
        let (_, name) = path.split_once('?').unwrap();
        let field = name.trim_end_matches("=1");
        assert_eq!(ines.get(&format!("/api/v1/{path}")).await.field(422, field), words);
    }
    for path in [
        "users/%00",
        "teams/%00",
        "incidents/%00",
        "tokens/%00",
        "attachments/%00",
        "attachments/INC-1.x",
        "attachments/..%2f..%2fevenkeel.db",
        "attachments/0192f3a4-0000-7000-8000-000000000000",
    ] {
        let status = world.of("ada").get(&format!("/api/v1/{path}")).await.status;
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_are_needed() {
    let world = World::new().await;
    let id = world.id("ines").await;
    let late = "2026-11-23T09:00:00Z".parse().unwrap();
    let ends = token(&world.desk, id, TokenScope::Read, Some(late)).await;
    let client = world.with_token(&ends);
    assert_eq!(client.get("/api/v1/users/me").await.status, 200);
    for other in
        [world.nobody(), world.with_token("evk_nonsense"), world.with_token(&"x".repeat(5_000))]
    {
        for path in [
            "/api/v1/incidents",
            "/api/v1/users/me",
            "/api/v1/events",
            "/api/v1/incidents/INC-1/acknowlege",
        ] {
            let answer = other.get(path).await;
            answer.problem(401);
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
        other.post("/api/v1/incidents", json!({ "title": "x" })).await.problem(401);
        other.post("/api/v1/incidents", json!("not read before one is known")).await.problem(401);
    }
    for header in ["Basic YTpi", "Bearer", "Bearer  ", "x"] {
        world
            .nobody()
            .get_with("/api/v1/users/me", &[("authorization", header)])
            .await
            .problem(401);
    }
    world.clock.advance(7_200);
    client.get("/api/v1/users/me").await.problem(401);
    let later = token(&world.desk, id, TokenScope::Read, Some(late)).await;
    world.with_token(&later).get("/api/v1/users/me").await.problem(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_needs_its_own_origin_to_change_things() {
    let world = World::new().await;
    let secret = world.desk.open_session(world.id("ines").await, "test").await.unwrap();
    let cookie = format!("__Host-evenkeel_session={secret}");
    let nobody = world.nobody();
    let get = nobody
        .get_with("/api/v1/users/me", &[("cookie", &cookie), ("sec-fetch-site", "cross-site")])
        .await;
    assert_eq!(get.good()["scope"], "admin");
    let post = |headers: &[(&'static str, &'static str)]| {
        let mut headers: Vec<(&str, String)> =
            headers.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
        headers.push(("cookie", cookie.clone()));
        let nobody = nobody.clone();
        async move {
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            nobody.post_with("/api/v1/incidents", json!({ "title": "x" }), &headers).await
        }
    };
    assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await.status, 201);
    assert_eq!(post(&[("origin", "https://desk.northwind.example")]).await.status, 201);
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example"), ("host", "desk.northwind.example")],
    ] {
        assert_eq!(post(headers).await.problem(403)["code"], "cross_site");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_addresses_and_methods_are_problems_too() {
    let world = World::new().await;
    let ines = world.of("ines");
    for path in [
        "/api",
        "/api/v2/incidents",
        "/api/v1",
        "/api/v1/nonsense",
        "/api/v1/incidents/INC-1/a/b",
        "/api/v1/troubles",
    ] {
        ines.get(path).await.problem(404);
    }
    for path in [
        "/api/v1/rules/%00",
        "/api/v1/notification-rules/a%00b",
        "/api/v1/attachments/%ff",
        "/api/v1/teams/%ed%a0%80",
    ] {
        world.of("ada").get(path).await.problem(400);
    }
    for (method, path) in [
        (Method::DELETE, "/api/v1/incidents"),
        (Method::PUT, "/api/v1/incidents/INC-1"),
        (Method::GET, "/api/v1/incidents/INC-1/acknowledge"),
        (Method::POST, "/api/v1/incidents/INC-1/timeline"),
        (Method::GET, "/api/v1/commands"),
        (Method::POST, "/api/v1/settings/priority-matrix"),
        (Method::POST, "/healthz"),
        (Method::DELETE, "/api/v1/users/me"),
    ] {
        let answer = ines.send(ines.request(method.clone(), path, &[]), Body::empty()).await;
        answer.problem(405);
        assert!(!answer.header("allow").is_empty(), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_says_how_it_is() {
    let world = World::new().await;
    let nobody = world.nobody();
    assert_eq!(nobody.get("/healthz").await.text, "ok");
    assert_eq!(
        nobody.get("/readyz").await.good(),
        &json!({ "ready": true, "store": true, "writer": true })
    );
    world.report("ines", "x").await;
    let metrics = nobody.get("/metrics").await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert!(metrics.text.contains("evenkeel_api_requests_total{method=\"POST\",route=\"/api/v1/incidents\",status=\"2xx\"} 1"), "{}", metrics.text);
    assert!(metrics.text.contains("# TYPE evenkeel_commands_total counter"), "{}", metrics.text);
    let wanted = [("accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")];
    let open = nobody.get_with("/metrics", &wanted).await;
    assert!(open.header("content-type").starts_with("application/openmetrics-text"));
    assert!(
        open.text.contains("# TYPE evenkeel_commands counter") && open.text.ends_with("# EOF\n")
    );
}
