//! What somebody was told, by the API.

use crate::harness::World;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde_json::{Value, json};
use store::deliveries::{self, ToldSince, inbox};

async fn tell(world: &World) {
    let now = world.desk.now();
    let since = ToldSince::always(Timestamp::from_micros(0));
    let told = world.desk.write(move |sql| {
        deliveries::expand(sql, since, &TimeZone::UTC, now, 100)?;
        let ids: Vec<i64> = inbox::arriving(sql, now, 100)?.iter().map(|one| one.id).collect();
        Ok(inbox::arrive(sql, &ids, now)?)
    });
    told.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_reads_what_they_were_told_and_marks_it() {
    let world = World::new().await;
    let (first, second) =
        (world.report("rosa", "VPN drops").await, world.report("rosa", "Payroll").await);
    tell(&world).await;
    let rosa = world.of("rosa");
    let page = rosa.get("/api/v1/inbox?limit=1").await;
    let item = &page.good()["items"][0];
    assert_eq!(page.json["unread"], json!(2));
    assert_eq!((&item["number"], &item["title"]), (&json!(second), &json!("Payroll")));
    assert_eq!((&item["word"], &item["told_as"]), (&json!("reported"), &json!("requester")));
    assert_eq!(item["read_at"], Value::Null);
    let rest = format!("/api/v1/inbox?cursor={}", page.json["next"].as_str().unwrap());
    assert_eq!(rosa.get(&rest).await.good()["items"][0]["number"], json!(first));
    assert_eq!(world.of("otto").get("/api/v1/inbox").await.good()["items"], json!([]));

    let read = "/api/v1/inbox/read";
    for wrong in [json!({}), json!({ "id": 1, "until": 2 })] {
        rosa.post(read, wrong).await.field(422, "id");
    }
    rosa.get("/api/v1/inbox?unread=yes").await.field(422, "unread");
    rosa.get("/api/v1/inbox?cursor=x").await.field(422, "cursor");
    let theirs = world.of("otto").post(read, json!({ "id": item["id"] })).await;
    assert_eq!(theirs.good(), &json!({ "marked": 0, "unread": 0 }));
    let marked = rosa.post(read, json!({ "number": first })).await;
    assert_eq!(marked.good(), &json!({ "marked": 1, "unread": 1 }));
    let unread = rosa.get("/api/v1/inbox?unread=true").await;
    assert_eq!(unread.good()["items"].as_array().unwrap().len(), 1);
    let marked = rosa.post(read, json!({ "until": item["id"] })).await;
    assert_eq!(marked.good(), &json!({ "marked": 1, "unread": 0 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_says_how_they_want_to_be_told() {
    let world = World::new().await;
    let rosa = world.of("rosa");
    let path = "/api/v1/users/me/notifications";
    let before = rosa.get(path).await;
    assert_eq!(
        before.good()["channels"]["reported"],
        json!({ "mail": true, "inbox": true, "push": false })
    );
    assert_eq!(before.json["push_words"], json!(false));
    assert_eq!(
        (&before.json["quiet"], &before.json["digest"]["every"]),
        (&Value::Null, &json!("off"))
    );
    let change = json!({
        "channels": {
            "followed": { "mail": false, "inbox": true },
            "clocks": { "mail": true, "inbox": true, "push": true },
        },
        "push_words": true,
        "quiet": { "from": "22:00", "until": "07:00" },
        "digest": { "every": "day", "at": "08:00" },
    });
    let after = rosa.patch(path, change).await;
    assert_eq!(
        after.good()["channels"]["followed"],
        json!({ "mail": false, "inbox": true, "push": false })
    );
    assert_eq!(
        (&after.json["channels"]["clocks"]["push"], &after.json["push_words"]),
        (&json!(true), &json!(true))
    );
    // Whoever does not speak of push leaves it as it is.
    let without = json!({ "channels": { "clocks": { "mail": true, "inbox": true } } });
    assert_eq!(rosa.patch(path, without).await.good(), &after.json);
    assert_eq!(after.json["quiet"], json!({ "from": "22:00", "until": "07:00" }));
    assert_eq!(rosa.get(path).await.good(), &after.json);
    for (wrong, field) in [
        (json!({ "channels": { "weather": { "mail": true, "inbox": true } } }), "channels"),
        (json!({ "quiet": { "from": "25:00", "until": "07:00" } }), "quiet"),
        (json!({ "digest": { "every": "day" } }), "digest"),
        (json!({ "digest": { "every": "week" } }), "digest"),
    ] {
        rosa.patch(path, wrong).await.field(422, field);
    }
    let after = rosa.patch(path, json!({ "quiet": null })).await;
    assert_eq!(
        (&after.good()["quiet"], &after.json["digest"]["at"]),
        (&Value::Null, &json!("08:00"))
    );
    assert_eq!(world.of("otto").get(path).await.good()["digest"]["every"], json!("off"));
}
