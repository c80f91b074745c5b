//! Escalation policies over HTTP, and who names them.

use crate::harness::{World, address};
use serde_json::{Value, json};

fn network() -> Value {
    json!({
        "name": "Network",
        "steps": [
            { "after_seconds": 0, "whom": [{ "team": "Network" }] },
            { "after_seconds": 480, "whom": [{ "person": address("mara") }, { "team": "Security" }], "round_robin": true,
              "hours": { "time_zone": "Europe/Oslo", "within": [{ "days": ["mon"], "from": "08:00", "to": "18:00" }] } },
        ],
        "repeats": 2,
        "pages_from": "P3",
        "fallback": [{ "person": address("ada") }],
    })
}

const PATH: &str = "/api/v1/escalation-policies";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_is_made_changed_used_and_retired() {
    let world = World::new().await;
    let (ada, mara, ines) = (world.of("ada"), world.of("mara"), world.of("ines"));
    assert_eq!(ines.post(PATH, network()).await.status, 403);
    let made = mara.post(PATH, network()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for field in ["steps", "repeats", "pages_from", "fallback"] {
        let mut asked = network()[field].clone();
        if field == "steps" {
            asked[0]["hours"] = Value::Null;
            for (at, step) in asked.as_array_mut().unwrap().iter_mut().enumerate() {
                step["everyone"] = json!(false);
                step["round_robin"] = json!(at == 1);
            }
        }
        assert_eq!(made.json[field], asked, "{field}");
    }
    assert_eq!(made.json["faults"], json!([]));
    assert_eq!(ines.get(&format!("{PATH}/NETWORK")).await.good()["id"], made.json["id"]);
    assert_eq!(mara.post(PATH, network()).await.status, 409);
    let path = format!("{PATH}/network");
    let changed = mara.patch(&path, json!({ "acknowledgement_seconds": 3600, "repeats": 0 })).await;
    assert_eq!(
        (&changed.good()["version"], &changed.json["acknowledgement_seconds"]),
        (&json!(2), &json!(3600))
    );

    let named = json!({ "escalation_policy": "network" });
    let service = ada.patch("/api/v1/services/VPN", named.clone()).await;
    assert_eq!(service.good()["escalation_policy"], "Network");
    let team = ada.patch("/api/v1/teams/Security", named).await;
    assert_eq!(team.good()["escalation_policy"], "Network");
    let paging = world.desk.policy().paging.clone();
    assert_eq!((paging.of_services.len(), paging.of_teams.len()), (1, 1));
    let kept = mara.delete(&path).await;
    kept.problem(409);
    assert!(kept.text.contains("service VPN, team Security"), "{}", kept.text);
    let unknown = json!({ "escalation_policy": "Netwrk" });
    let hint = ada.patch("/api/v1/services/VPN", unknown).await.field(422, "escalation_policy");
    assert!(hint.contains("did you mean Network?"), "{hint}");
    let none = json!({ "escalation_policy": null });
    ada.patch("/api/v1/services/VPN", none.clone()).await.good();
    assert_eq!(
        ada.patch("/api/v1/teams/Security", none).await.good()["escalation_policy"],
        Value::Null
    );
    assert_eq!(mara.delete(&path).await.status, 204);
    assert!(world.desk.policy().paging.policies.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_paged_is_not_taken_away() {
    let world = World::new().await;
    let (ada, mara) = (world.of("ada"), world.of("mara"));
    let schedule = json!({ "name": "First line", "time_zone": "UTC", "layers": [{ "rotation": {
        "unit": "day", "every": 1, "start_local": "2026-11-16T09:00:00", "people": [address("ines")] } }] });
    mara.post("/api/v1/schedules", schedule).await.good();
    world.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    let hook = json!({ "name": "Siren", "url": "http://127.0.0.1:40001/siren" });
    let hook = ada.post("/api/v1/webhooks", hook).await.good()["id"].as_str().unwrap().to_owned();
    let mut policy = network();
    policy["steps"][0]["whom"] =
        json!([{ "schedule": "First line" }, { "webhook": "Siren" }, { "team": "Network" }]);
    mara.post(PATH, policy).await.good();
    for path in [
        "/api/v1/schedules/First%20line".to_owned(),
        format!("/api/v1/webhooks/{hook}"),
        "/api/v1/teams/Network".to_owned(),
        format!("/api/v1/users/{}", address("mara")),
    ] {
        let kept = ada.delete(&path).await;
        assert_eq!(kept.status, 409, "{path}: {}", kept.text);
        assert!(kept.text.contains("scalation policy Network pages"), "{path}: {}", kept.text);
    }
    let gone = json!({ "active": false });
    assert_eq!(ada.patch(&format!("/api/v1/users/{}", address("mara")), gone).await.status, 409);
    // Somebody on a rota can leave; the schedule says so.
    assert_eq!(ada.delete(&format!("/api/v1/users/{}", address("ines"))).await.status, 204);
    let listed = mara.get("/api/v1/schedules").await;
    assert_eq!(listed.good()["items"][0]["faults"][0]["field"], "layers.0.rotation.people.0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_policy_is_told_by_field() {
    let world = World::new().await;
    let mara = world.of("mara");
    let ada = json!({ "person": address("ada") });
    let steps = |step: Value| json!([step]);
    let step = |field: &str, value: Value| {
        let mut step = json!({ "after_seconds": 60, "whom": [ada.clone()] });
        step[field] = value;
        json!([step])
    };
    for (field, value, at) in [
        ("name", json!(" "), "name"),
        ("steps", json!([]), "steps"),
        ("steps", step("whom", json!([])), "steps.0.whom"),
        ("steps", step("whom", json!([ada, ada])), "steps.0.whom.1"),
        ("steps", step("whom", json!([{ "person": address("rosa") }])), "steps.0.whom.0"),
        ("steps", step("whom", json!([{ "schedule": "None" }])), "steps.0.whom.0"),
        ("steps", step("whom", json!([{ "robot": "x" }])), "steps.0.whom.0"),
        ("steps", step("after_seconds", json!(-1)), "steps.0.after_seconds"),
        ("steps", step("after_seconds", json!(86_401)), "steps.0.after_seconds"),
        (
            "steps",
            step(
                "hours",
                json!({ "time_zone": "Mars", "within": [{ "days": ["mon"], "from": "08:00", "to": "09:00" }] }),
            ),
            "steps.0.hours.time_zone",
        ),
        (
            "steps",
            step("hours", json!({ "time_zone": "UTC", "within": [] })),
            "steps.0.hours.within",
        ),
        (
            "steps",
            steps(
                json!({ "after_seconds": 60, "whom": [ada], "round_robin": true, "everyone": true }),
            ),
            "steps.0.everyone",
        ),
        ("repeats", json!(11), "repeats"),
        ("acknowledgement_seconds", json!(5), "acknowledgement_seconds"),
        ("fallback", json!([{ "team": "Nowhere" }]), "fallback.0"),
    ] {
        let mut policy = network();
        policy[field] = value.clone();
        let refused = mara.post(PATH, policy).await;
        assert_eq!(refused.status, 422, "{field} {value}: {}", refused.text);
        let found = refused.json["errors"][0]["field"].as_str().unwrap();
        assert!(found.starts_with(at), "{field} {value}: {found}, not {at}");
    }
    mara.post(PATH, json!({ "name": "Empty" })).await.field(422, "steps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_whose_steps_do_not_wait_is_not_repeated_unless_told_so() {
    let world = World::new().await;
    let mara = world.of("mara");
    let steps = json!([{ "after_seconds": 0, "whom": [{ "team": "Network" }] }]);
    let made = mara.post(PATH, json!({ "name": "At once", "steps": steps })).await;
    assert_eq!((made.status, &made.json["repeats"]), (201, &json!(0)), "{}", made.text);
    let waiting = json!([{ "after_seconds": 300, "whom": [{ "team": "Network" }] }]);
    let made = mara.post(PATH, json!({ "name": "In turn", "steps": waiting })).await;
    assert_eq!(made.good()["repeats"], json!(1));
}
