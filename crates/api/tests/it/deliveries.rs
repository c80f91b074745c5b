//! Who was told what by mail.

use crate::harness::{World, address};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde_json::{Value, json};
use store::deliveries::{self, Outcome, ToldSince};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_are_listed_and_those_given_up_are_sent_again() {
    let world = World::new().await;
    let (first, second) =
        (world.report("rosa", "VPN drops").await, world.report("rosa", "Payroll").await);
    let now = world.desk.now();
    world
        .desk
        .write(move |sql| {
            deliveries::expand(
                sql,
                ToldSince::always(Timestamp::from_micros(0)),
                &TimeZone::UTC,
                now,
                100,
            )?;
            let rosa = deliveries::list(sql, None, None, 100)?;
            let refused = [(rosa[0].id, Outcome::Refused("550 nobody".to_owned()))];
            Ok(deliveries::settle(sql, &refused, now)?)
        })
        .await
        .unwrap();
    let (ada, otto) = (world.of("ada"), world.of("otto"));
    let page = ada.get("/api/v1/deliveries?limit=1").await;
    let newest = &page.good()["items"][0];
    let expected = json!({
        "id": newest["id"], "number": second, "restricted": false, "word": "reported",
        "told_as": "requester", "channel": "email", "name": newest["name"],
        "rule": "reported-requester",
        "address": address("rosa"), "state": "dead", "attempts": 0, "next_at": newest["next_at"],
        "created_at": newest["created_at"], "ended_at": newest["ended_at"], "error": "550 nobody", "held": Value::Null,
    });
    assert_eq!(newest, &expected);
    let rest = format!("/api/v1/deliveries?cursor={}", page.json["next"].as_str().unwrap());
    assert_eq!(ada.get(&rest).await.good()["items"][0]["number"], json!(first));
    let dead = ada.get("/api/v1/deliveries?state=dead").await;
    assert_eq!(dead.good()["items"].as_array().unwrap().len(), 1);
    ada.get("/api/v1/deliveries?state=lost").await.field(422, "state");
    ada.get("/api/v1/deliveries?cursor=x").await.field(422, "cursor");

    let path = format!("/api/v1/deliveries/{}", newest["id"]);
    let again = || json!({ "state": "waiting" });
    for other in ["otto", "mara", "ines", "rosa"] {
        world.of(other).patch(&path, again()).await.problem(403);
    }
    world.of("ines").get("/api/v1/deliveries").await.problem(403);
    ada.patch(&path, json!({ "state": "sent" })).await.field(422, "state");
    assert_eq!(ada.patch(&path, again()).await.status, 204);
    ada.patch(&path, again()).await.problem(404);
    let audit = ada.get("/api/v1/audit?subject=delivery").await;
    assert_eq!(
        audit.good()["items"].as_array().unwrap().len(),
        1,
        "who sent it again is on record"
    );
    let waiting = otto.get("/api/v1/deliveries?state=waiting").await;
    assert_eq!(waiting.good()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_letter_is_about_is_for_whoever_may_see_it() {
    let world = World::new().await;
    let number = world.report("rosa", "Somebody reads my mail").await;
    let path = format!("/api/v1/incidents/{number}/restrict");
    world.of("ines").post(&path, json!({ "team": "Network" })).await.good();
    let now = world.desk.now();
    world
        .desk
        .write(move |sql| {
            Ok(deliveries::expand(
                sql,
                ToldSince::always(Timestamp::from_micros(0)),
                &TimeZone::UTC,
                now,
                100,
            )?)
        })
        .await
        .unwrap();
    for (who, seen, restricted) in
        [("ada", Value::Null, true), ("otto", json!(number), false), ("mara", json!(number), false)]
    {
        let answer = world.of(who).get("/api/v1/deliveries").await;
        let item = &answer.good()["items"][0];
        assert_eq!((&item["number"], &item["restricted"]), (&seen, &json!(restricted)), "{who}");
    }
}
