//! Every list pages in the same way.

use crate::harness::{Client, World, address};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Makes some things that lists tell of, and says where lists are whose addresses name one.
async fn furnished(world: &World) -> BTreeMap<&'static str, String> {
    world.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    let (ada, ines, mara) = (world.of("ada"), world.of("ines"), world.of("mara"));
    for name in ["ines", "yuki"] {
        let roles = json!({ "roles": ["agent", "responder"] });
        ada.patch(&format!("/api/v1/users/{}", address(name)), roles).await.good();
    }
    let (mut schedule, mut article, mut calendar, mut webhook) = Default::default();
    for name in ["First", "Second"] {
        for (who, path, body) in [
            (&ada, "organisations", json!({ "name": name })),
            (&ada, "views", json!({ "name": name, "query": "state:open" })),
            (&ada, "integrations", json!({ "name": name, "kind": "alertmanager" })),
            (&ada, "components", json!({ "name": name })),
            (
                &ada,
                "lists",
                json!({ "name": name, "addresses": [{ "email": "board@outside.example" }] }),
            ),
            (&mara, "macros", json!({ "name": name, "words": "Hello", "owner": "everybody" })),
            (&ines, "problems", json!({ "title": name })),
            (&ines, "incidents", json!({ "title": name })),
        ] {
            who.post(&format!("/api/v1/{path}"), body).await.good();
        }
        let office = json!({ "name": name, "time_zone": "Europe/Amsterdam", "week": { "mon": [["08:00", "18:00"]] } });
        calendar = id(&ada, "/api/v1/calendars", office).await;
        webhook = id(
            &ada,
            "/api/v1/webhooks",
            json!({ "name": name, "url": "http://127.0.0.1:40001/in" }),
        )
        .await;
        let rota = json!({ "name": name, "time_zone": "Europe/Amsterdam", "layers": [{ "name": "First", "rotation": {
            "unit": "week", "every": 1, "start_local": "2026-11-16T09:00:00", "people": [address("ines")],
        } }] });
        schedule = id(&mara, "/api/v1/schedules", rota).await;
        let made = ines.post("/api/v1/articles", json!({ "title": name, "body": "Words" })).await;
        article = made.good()["number"].as_str().unwrap().to_owned();
    }
    let article = format!("/api/v1/articles/{article}");
    ines.patch(&article, json!({ "title": "Third" })).await.good();
    let rota = format!("/api/v1/schedules/{schedule}");
    for day in ["2026-11-25", "2026-11-26"] {
        let (start, end) = (format!("{day}T10:00:00Z"), format!("{day}T12:00:00Z"));
        let body = json!({ "person": address("yuki"), "start": start, "end": end });
        mara.post(&format!("{rota}/overrides"), body.clone()).await.good();
        mara.post(&format!("{rota}/feeds"), json!({})).await.good();
    }
    let agreements = ada.get("/api/v1/agreements").await;
    let agreement = agreements.good()["items"][0]["id"].as_str().unwrap().to_owned();
    BTreeMap::from([
        ("/api/v1/agreements/{id}", format!("/api/v1/agreements/{agreement}")),
        ("/api/v1/articles/{id}/versions", format!("{article}/versions")),
        ("/api/v1/calendars/{id}", format!("/api/v1/calendars/{calendar}")),
        ("/api/v1/incidents/{number}/suggestions", "/api/v1/incidents/INC-1/suggestions".into()),
        ("/api/v1/incidents/{number}/timeline", "/api/v1/incidents/INC-1/timeline".into()),
        (
            "/api/v1/integrations/{integration}/payloads",
            "/api/v1/integrations/First/payloads".into(),
        ),
        ("/api/v1/schedules/{id}/feeds", format!("{rota}/feeds")),
        ("/api/v1/schedules/{id}/overrides", format!("{rota}/overrides")),
        ("/api/v1/schedules/{id}/shadows", format!("{rota}/shadows")),
        ("/api/v1/schedules/{id}/swaps", format!("{rota}/swaps")),
        ("/api/v1/webhooks/{id}/messages", format!("/api/v1/webhooks/{webhook}/messages")),
    ])
}

async fn id(client: &Client, path: &str, body: Value) -> String {
    client.post(path, body).await.good()["id"].as_str().unwrap().to_owned()
}

/// The items of a page, and where the next begins.
async fn page(client: &Client, path: &str) -> (Vec<Value>, Option<String>) {
    let answer = client.get(path).await;
    let mut items = answer.good()["items"].as_array().unwrap().clone();
    for item in &mut items {
        // When a token was used last is written down while these tests use one.
        item.as_object_mut().unwrap().remove("used_at");
    }
    (items, answer.json["next"].as_str().map(str::to_owned))
}

/// Where lists are, and by which parameters they are asked for, as the description says.
async fn lists(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let document = world.nobody().get("/openapi.json").await;
    let paths = document.good()["paths"].as_object().unwrap().clone();
    let list = |(path, item): (String, Value)| {
        let schema = "/get/responses/200/content/application~1json/schema/$ref";
        let name = item.pointer(schema)?.as_str()?.rsplit('/').next()?.to_owned();
        let asked = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let asked = asked.iter().filter(|one| one["in"] == "query");
        let asked = asked.filter_map(|one| one["name"].as_str()).map(str::to_owned);
        // The inbox says besides how much is unread.
        let is_list = name.starts_with("PageOf") || name == "Inbox";
        is_list.then(|| (path, asked.collect::<BTreeSet<String>>()))
    };
    paths.into_iter().filter_map(list).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_walked_through_one_by_one() {
    let world = World::new().await;
    let named = furnished(&world).await;
    let ada = world.of("ada");
    let mut several = BTreeSet::new();
    for (path, asked) in lists(&world).await {
        assert!(
            asked.contains("limit") && asked.contains("cursor"),
            "{path} is asked by {asked:?}"
        );
        // It needs a figure, and its own tests walk through it.
        if path == "/api/v1/reports/{name}/incidents" {
            continue;
        }
        let at = named.get(path.as_str()).unwrap_or(&path);
        assert!(!at.contains('{'), "say above where {path} is");
        let (all, next) = page(&ada, &format!("{at}?limit=200")).await;
        assert_eq!(next, None, "{at}");
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let (items, next) = page(&ada, &format!("{at}?limit=1{cursor}")).await;
            assert!(items.len() <= 1 && walked.len() <= all.len(), "{at} goes on and on");
            walked.extend(items);
            match next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        if all.len() > 1 {
            several.insert(path.clone());
        }
        assert_eq!(walked, all, "{at}");
    }
    for path in [
        "articles",
        "articles/{id}/versions",
        "calendars",
        "categories",
        "components",
        "incidents",
        "incidents/{number}/timeline",
        "integrations",
        "lists",
        "macros",
        "organisations",
        "problems",
        "reports",
        "schedules",
        "schedules/{id}/feeds",
        "schedules/{id}/overrides",
        "services",
        "teams",
        "tokens",
        "users",
        "views",
        "webhooks",
    ] {
        assert!(several.contains(&format!("/api/v1/{path}")), "{path} has nothing to walk through");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_refuses_what_it_does_not_know() {
    let world = World::new().await;
    let named = furnished(&world).await;
    let ada = world.of("ada");
    for path in lists(&world).await.into_keys() {
        if path == "/api/v1/reports/{name}/incidents" {
            continue;
        }
        let at = named.get(path.as_str()).unwrap_or(&path);
        for (parameter, value) in
            [("limit", "0"), ("limit", "201"), ("limit", "many"), ("cursor", "nowhere"), ("x", "1")]
        {
            let answer = ada.get(&format!("{at}?{parameter}={value}")).await;
            assert_eq!(answer.status, 422, "{at}?{parameter}={value}: {}", answer.text);
            assert_eq!(answer.json["errors"][0]["field"], parameter, "{at}: {}", answer.text);
        }
    }
}
