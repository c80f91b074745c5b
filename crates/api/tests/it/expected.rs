//! When service is expected back, as programs read it.

use crate::harness::World;
use serde_json::{Value, json};

/// Incidents that are over after 50 to 60 minutes.
async fn learned(world: &World) {
    for n in 0..20 {
        let number = world.report("rosa", "VPN drops").await;
        world.clock.advance(3_000 + n % 7 * 100);
        let done = json!({ "code": "fixed", "note": "It works again." });
        world.of("mara").post(&format!("/api/v1/incidents/{number}/resolve"), done).await.good();
    }
    world.desk.learn_expected_now().await.unwrap();
}

async fn expected(world: &World, who: &str, number: &str) -> Value {
    let answer = world.of(who).get(&format!("/api/v1/incidents/{number}")).await;
    answer.good()["expected_resolution"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_says_when_it_is_expected_to_be_over_and_from_where_that_is() {
    let world = World::new().await;
    let number = world.report("rosa", "VPN drops").await;
    assert_eq!(expected(&world, "mara", &number).await, Value::Null, "nothing is known yet");
    learned(&world).await;
    let number = world.report("rosa", "VPN drops").await;
    let told = expected(&world, "mara", &number).await;
    assert_eq!((&told["source"], &told["cases"]), (&json!("history"), &json!(20)));
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let (low, at, high) = (text(&told, "low"), text(&told, "at"), text(&told, "high"));
    let at: kernel::Timestamp = at.parse().unwrap();
    assert!(low.parse::<kernel::Timestamp>().unwrap() <= at);
    assert!(at <= high.parse::<kernel::Timestamp>().unwrap() && at > world.desk.now(), "{told}");
    // Requesters see the time alone, and not to the second.
    let own = expected(&world, "rosa", &number).await;
    assert_eq!(
        (&own["source"], &own["low"], &own["high"]),
        (&json!("history"), &json!(null), &json!(null))
    );
    assert_eq!((&own["cases"], &own["late"]), (&json!(null), &json!(null)));
    let told_at: kernel::Timestamp = text(&own, "at").parse().unwrap();
    assert!(told_at >= at && told_at.micros() % (300 * 1_000_000) == 0, "{own}");
    world.of("ben").get(&format!("/api/v1/incidents/{number}")).await.problem(404);
    // A person wins.
    let soon = world.desk.now().plus_seconds(600).to_string();
    let set = format!("/api/v1/incidents/{number}/set-expected-resolution");
    let done = world.of("mara").post(&set, json!({ "at": soon })).await;
    assert_eq!(done.good()["expected_resolution"]["source"], json!("said"));
    for who in ["mara", "rosa"] {
        let said = expected(&world, who, &number).await;
        assert_eq!((&said["source"], &said["at"]), (&json!("said"), &json!(soon)), "{who}");
    }
}
