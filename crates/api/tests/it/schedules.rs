//! Schedules over HTTP: made, asked, changed, overridden, swapped, read by calendars.

use crate::harness::{Answer, Client, World, address};
use axum::http::Method;
use serde_json::{Value, json};

/// From Monday, 16 November, 09:00 in Amsterdam: Ines and Yuki week by week.
fn network() -> Value {
    json!({
        "name": "Network",
        "time_zone": "Europe/Amsterdam",
        "layers": [layer(&["ines", "yuki"])],
        "fallback": { "team": "Network" },
    })
}

fn layer(people: &[&str]) -> Value {
    let people: Vec<String> = people.iter().map(|name| address(name)).collect();
    json!({ "name": "First", "rotation": {
        "unit": "week", "every": 1, "start_local": "2026-11-16T09:00:00", "people": people,
    } })
}

/// A world in which Ines and Yuki respond, with the schedule of the network.
async fn world() -> World {
    let world = World::new().await;
    let ada = world.of("ada");
    for name in ["ines", "yuki"] {
        let roles = json!({ "roles": ["agent", "responder"] });
        ada.patch(&format!("/api/v1/users/{}", address(name)), roles).await.good();
    }
    world.of("mara").post("/api/v1/schedules", network()).await.good();
    world
}

async fn on_call(client: &Client, at: &str) -> Value {
    let answer = client.get(&format!("/api/v1/schedules/network/on-call?at={at}")).await;
    answer.good()["person"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_is_made_asked_and_taken_out_of_use() {
    let world = world().await;
    let (mara, ines) = (world.of("mara"), world.of("ines"));
    let shown = ines.get("/api/v1/schedules/NETWORK").await;
    assert_eq!(shown.good()["layers"][0]["rotation"]["people"][1], address("yuki").as_str());
    assert_eq!(shown.json["fallback"], json!({ "team": "Network" }));
    assert_eq!((&shown.json["version"], &shown.json["faults"]), (&json!(1), &json!([])));
    assert_eq!(shown.header("etag"), "\"1\"");

    let now = ines.get("/api/v1/schedules/network/on-call").await;
    assert_eq!(
        (&now.good()["person"], &now.json["name"]),
        (&json!(address("yuki")), &json!("Yuki"))
    );
    assert_eq!(now.json["end"], "2026-11-30T08:00:00Z");
    let shifts = ines.get("/api/v1/schedules/network/shifts?to=2026-12-14T08:00:00Z").await;
    let people: Vec<&Value> =
        shifts.good()["shifts"].as_array().unwrap().iter().map(|shift| &shift["person"]).collect();
    let (ines_is, yuki_is) = (json!(address("ines")), json!(address("yuki")));
    assert_eq!(people, [&yuki_is, &ines_is, &yuki_is]);
    assert_eq!(shifts.json["handovers"][0], "2026-11-30T08:00:00Z");
    let long = ines.get("/api/v1/schedules/network/shifts?to=2029-12-14T08:00:00Z").await;
    long.field(422, "to");
    ines.get("/api/v1/schedules/network/on-call?at=noon").await.field(422, "at");

    assert_eq!(world.of("rosa").get("/api/v1/schedules").await.status, 403);
    assert_eq!(ines.patch("/api/v1/schedules/network", json!({ "name": "X" })).await.status, 403);
    assert_eq!(mara.post("/api/v1/schedules", network()).await.status, 409);
    assert_eq!(mara.delete("/api/v1/schedules/network").await.status, 204);
    assert_eq!(ines.get("/api/v1/schedules/network").await.good()["active"], false);
    mara.post("/api/v1/schedules", network()).await.good();
    let audit = world.of("ada").get("/api/v1/audit?subject=schedule").await;
    assert_eq!(audit.good()["items"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_schedule_answers_from_the_start_of_its_rotation() {
    let world = world().await;
    let ines = world.of("ines");
    let shown = ines.get("/api/v1/schedules/network").await;
    assert_eq!(shown.good()["since"], "2026-11-16T08:00:00Z");
    assert_eq!(on_call(&ines, "2026-11-16T07:59:59Z").await, Value::Null);
    assert_eq!(on_call(&ines, "2026-11-16T08:00:00Z").await, json!(address("ines")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_leaves_the_past_and_says_what_it_changes() {
    let world = world().await;
    let mara = world.of("mara");
    let change = json!({ "layers": [layer(&["ines", "mara"])], "since": "2026-11-25T08:00:00Z" });
    let asked = mara.post("/api/v1/schedules/network/what-if", change.clone()).await;
    // The rest of this week, and every other of the 12 that follow.
    assert_eq!(asked.good()["of"], 90);
    assert_eq!(asked.json["days"][0], "2026-11-25");
    let first = &asked.json["changes"][0];
    assert_eq!(
        (&first["before"], &first["after"]),
        (&json!(address("yuki")), &json!(address("mara")))
    );
    let days = asked.json["days"].as_array().unwrap().len();
    let words = format!("changes who is paged on {days} of the next 90 days");
    assert_eq!(asked.json["summary"], words.as_str());
    assert_eq!(on_call(&mara, "2026-11-26T12:00:00Z").await, address("yuki"), "nothing is saved");

    let changed = mara.patch("/api/v1/schedules/network", change).await;
    assert_eq!(
        (&changed.good()["version"], &changed.json["since"]),
        (&json!(2), &json!("2026-11-25T08:00:00Z"))
    );
    assert_eq!(on_call(&mara, "2026-11-24T12:00:00Z").await, address("yuki"));
    assert_eq!(on_call(&mara, "2026-11-26T12:00:00Z").await, address("mara"));
    let nothing = mara.post("/api/v1/schedules/network/what-if", json!({ "name": "Wires" })).await;
    assert_eq!(nothing.good()["days"], json!([]));

    let past = json!({ "layers": [layer(&["yuki"])], "since": "2026-11-22T08:00:00Z" });
    mara.patch("/api/v1/schedules/network", past).await.field(422, "since");
    let zone = json!({ "time_zone": "Europe/London" });
    mara.patch("/api/v1/schedules/network", zone).await.field(422, "time_zone");
    let stale = [("if-match", "\"1\"")];
    let late =
        mara.json(Method::PATCH, "/api/v1/schedules/network", json!({ "name": "X" }), &stale).await;
    assert_eq!(late.status, 412, "{}", late.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_schedule_is_told_by_field() {
    let world = world().await;
    let mara = world.of("mara");
    let with = |field: &str, value: Value| {
        let mut schedule = network();
        schedule["name"] = json!("Other");
        schedule[field] = value;
        schedule
    };
    let every = |every: u32| {
        let mut layer = layer(&["ines"]);
        layer["rotation"]["every"] = json!(every);
        json!([layer])
    };
    for (field, value, at) in [
        ("name", json!(""), "name"),
        ("time_zone", json!("Mars"), "time_zone"),
        ("layers", json!([]), "layers"),
        ("layers", json!([layer(&[])]), "layers.0.rotation.people"),
        ("layers", json!([layer(&["rosa"])]), "layers.0.rotation.people.0"),
        ("layers", json!([layer(&["nobody"])]), "layers.0.rotation.people.0"),
        ("layers", every(0), "layers.0.rotation.every"),
        ("fallback", json!({ "schedule": "Nets" }), "fallback"),
        ("fallback", json!({ "person": address("rosa") }), "fallback"),
    ] {
        mara.post("/api/v1/schedules", with(field, value)).await.field(422, at);
    }
    mara.post("/api/v1/schedules", json!({ "name": "Other" })).await.field(422, "time_zone");
    // A circle of schedules that fall back to each other pages nobody.
    mara.post("/api/v1/schedules", with("fallback", json!({ "schedule": "Network" }))).await.good();
    let circle = json!({ "fallback": { "schedule": "Other" } });
    mara.patch("/api/v1/schedules/network", circle).await.field(422, "fallback");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn responders_stand_in_and_managers_arrange_for_others() {
    let world = world().await;
    let (mara, ines) = (world.of("mara"), world.of("ines"));
    let overrides = "/api/v1/schedules/network/overrides";
    let taken = ines.post(overrides, json!({})).await;
    assert_eq!(
        (&taken.good()["person"], &taken.json["start"]),
        (&json!(address("ines")), &json!("2026-11-23T08:00:00Z"))
    );
    assert_eq!(taken.json["end"], "2026-11-30T08:00:00Z", "until this shift ends");
    assert_eq!(ines.get("/api/v1/schedules/network/on-call").await.good()["override"], true);
    assert_eq!(ines.post(overrides, json!({})).await.status, 409, "it is hers already");

    let of_yuki = json!({ "person": address("yuki"), "end": "2026-11-24T08:00:00Z" });
    assert_eq!(ines.post(overrides, of_yuki.clone()).await.status, 403);
    assert_eq!(world.of("otto").post(overrides, json!({})).await.status, 403);
    let narrow = world.narrowed("ines", incident::TokenScope::Read).await;
    assert_eq!(narrow.post(overrides, json!({})).await.status, 403);
    let later = mara.post(overrides, of_yuki).await;
    assert_eq!(later.good()["made_by"], address("mara").as_str());
    assert_eq!(on_call(&mara, "2026-11-23T09:00:00Z").await, address("yuki"), "the later one wins");

    for (body, at) in [
        (json!({ "start": "2026-11-22T08:00:00Z" }), "start"),
        (json!({ "end": "2026-11-23T07:00:00Z" }), "end"),
        (json!({ "end": "2028-11-23T07:00:00Z" }), "end"),
        (json!({ "person": address("rosa"), "end": "2026-11-24T08:00:00Z" }), "person"),
    ] {
        mara.post(overrides, body).await.field(422, at);
    }

    world.clock.set("2026-11-23T10:00:00Z".parse().unwrap());
    let id = taken.json["id"].as_str().unwrap();
    assert_eq!(ines.delete(&format!("{overrides}/{id}")).await.status, 204);
    assert_eq!(ines.delete(&format!("{overrides}/{id}")).await.status, 409, "it is over");
    let listed = ines.get(overrides).await;
    assert_eq!(listed.good()["items"][0]["end"], "2026-11-23T10:00:00Z", "what was, stays");
    let id = later.json["id"].as_str().unwrap();
    assert_eq!(world.of("yuki").delete(&format!("{overrides}/{id}")).await.status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shift_is_offered_and_taken() {
    let world = world().await;
    let (mara, ines, yuki) = (world.of("mara"), world.of("ines"), world.of("yuki"));
    let swaps = "/api/v1/schedules/network/swaps";
    let tuesday = json!({ "start": "2026-11-24T08:00:00Z", "end": "2026-11-25T08:00:00Z", "reason": "A wedding" });
    ines.post(swaps, tuesday.clone()).await.field(422, "start");
    let answer =
        |swap: &Answer, verb: &str| format!("{swaps}/{}/{verb}", swap.json["id"].as_str().unwrap());
    let offer = yuki.post(swaps, tuesday.clone()).await;
    assert_eq!(offer.good()["state"], "offered");
    assert_eq!(on_call(&mara, "2026-11-24T12:00:00Z").await, address("yuki"));
    assert_eq!(yuki.post(&answer(&offer, "take"), json!({})).await.status, 409, "it is hers");
    let taken = ines.post(&answer(&offer, "take"), json!({})).await;
    assert_eq!(
        (&taken.good()["state"], &taken.json["taken_by"]),
        (&json!("approved"), &json!(address("ines")))
    );
    assert_eq!(on_call(&mara, "2026-11-24T12:00:00Z").await, address("ines"));
    assert_eq!(on_call(&mara, "2026-11-25T12:00:00Z").await, address("yuki"));
    assert_eq!(ines.post(&answer(&offer, "take"), json!({})).await.status, 409);
    // What two agreed to, one does not end alone.
    let overrides = ines.get("/api/v1/schedules/network/overrides").await;
    let made = overrides.good()["items"][0]["id"].as_str().unwrap().to_owned();
    let made = format!("/api/v1/schedules/network/overrides/{made}");
    assert_eq!(ines.delete(&made).await.status, 403);
    assert_eq!(mara.delete(&made).await.status, 204);

    mara.patch("/api/v1/schedules/network", json!({ "swaps_need_approval": true })).await.good();
    let offer = yuki.post(swaps, tuesday.clone()).await;
    let taken = ines.post(&answer(&offer, "take"), json!({})).await;
    assert_eq!(taken.good()["state"], "taken");
    assert_eq!(
        on_call(&mara, "2026-11-24T12:00:00Z").await,
        address("yuki"),
        "until it is approved"
    );
    assert_eq!(ines.post(&answer(&offer, "approve"), json!({})).await.status, 403);
    let approved = mara.post(&answer(&offer, "approve"), json!({})).await;
    assert_eq!(approved.good()["decided_by"], address("mara").as_str());
    assert_eq!(on_call(&mara, "2026-11-24T12:00:00Z").await, address("ines"));

    let friday = json!({ "start": "2026-11-27T08:00:00Z", "end": "2026-11-28T08:00:00Z", "asked": address("mara") });
    let offer = yuki.post(swaps, friday).await;
    assert_eq!(ines.post(&answer(&offer, "take"), json!({})).await.status, 403, "Mara was asked");
    assert_eq!(ines.post(&answer(&offer, "withdraw"), json!({})).await.status, 403);
    assert_eq!(
        yuki.post(&answer(&offer, "withdraw"), json!({})).await.good()["state"],
        "withdrawn"
    );
    assert_eq!(mara.post(&answer(&offer, "take"), json!({})).await.status, 409);
    assert_eq!(ines.get(swaps).await.good()["items"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calendar_elsewhere_reads_by_its_address_alone() {
    let world = world().await;
    let (yuki, nobody) = (world.of("yuki"), world.nobody());
    let feeds = "/api/v1/schedules/network/feeds";
    let made = yuki.post_with(feeds, json!({ "own": true }), &[("idempotency-key", "1")]).await;
    let url = made.good()["url"].as_str().unwrap();
    let path = url.strip_prefix("https://desk.northwind.example").unwrap();
    let again = yuki.post_with(feeds, json!({ "own": true }), &[("idempotency-key", "1")]).await;
    assert_eq!((&again.good()["id"], &again.json["url"]), (&made.json["id"], &Value::Null));
    let read = nobody.get(path).await;
    assert_eq!((read.status, read.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert!(read.text.contains("SUMMARY:On call: Network\r\n"), "{}", read.text);
    assert!(read.text.contains("DTSTART:20261123T080000Z"), "{}", read.text);
    assert!(!read.text.contains("DTSTART:20261130T080000Z"), "the week of Ines");
    let tag = read.header("etag").to_owned();
    world.clock.set("2026-11-23T09:00:00Z".parse().unwrap());
    let unchanged = nobody.get_with(path, &[("if-none-match", &tag)]).await;
    assert_eq!(unchanged.status, 304, "{}", unchanged.text);

    let all = yuki.post(feeds, json!({})).await;
    let all = all.good()["url"].as_str().unwrap().split_once(".example").unwrap().1.to_owned();
    assert!(nobody.get(&all).await.text.contains("SUMMARY:Ines on call: Network"));
    assert_eq!(
        world.of("ines").get(feeds).await.good()["items"],
        json!([]),
        "others see their own"
    );
    let id = made.json["id"].as_str().unwrap();
    assert_eq!(world.of("ines").delete(&format!("{feeds}/{id}")).await.status, 404);
    assert_eq!(yuki.delete(&format!("{feeds}/{id}")).await.status, 204);
    assert_eq!(nobody.get(path).await.status, 404);
    // Whoever leaves takes their addresses along.
    let ada = world.of("ada");
    ada.patch(&format!("/api/v1/users/{}", address("yuki")), json!({ "active": false }))
        .await
        .good();
    assert_eq!(nobody.get(&all).await.status, 404);
    let faults = ada.get("/api/v1/schedules/network").await.good()["faults"].clone();
    assert_eq!(faults[0]["field"], "layers.0.rotation.people.1", "{faults}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_learns_is_told_besides() {
    let world = world().await;
    let (mara, ines) = (world.of("mara"), world.of("ines"));
    let shadows = "/api/v1/schedules/network/shadows";
    // Yuki has this week. Responders say so of themselves.
    let made = ines.post(shadows, json!({ "end": "2026-12-07T08:00:00Z" })).await;
    assert_eq!(made.good()["person"], address("ines").as_str());
    let of_others = json!({ "person": address("mara"), "end": "2026-12-07T08:00:00Z" });
    assert_eq!(ines.post(shadows, of_others).await.status, 403);
    let past = json!({ "end": "2026-11-01T00:00:00Z" });
    mara.post(shadows, past).await.field(422, "end");
    let now = mara.get("/api/v1/schedules/network/on-call").await;
    assert_eq!(now.good()["besides"], json!([address("ines")]));
    let own = "/api/v1/schedules/network/on-call?at=2026-12-01T00:00:00Z";
    assert_eq!(mara.get(own).await.good()["besides"], json!([]), "it is her own week");

    let id = made.json["id"].as_str().unwrap();
    assert_eq!(mara.delete(&format!("{shadows}/{id}")).await.status, 204);
    assert_eq!(mara.delete(&format!("{shadows}/{id}")).await.status, 404, "it never began");
    let after = mara.get("/api/v1/schedules/network/on-call").await;
    assert_eq!(after.good()["besides"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rota_is_read_before_it_is_taken() {
    let world = world().await;
    let mara = world.of("mara");
    let event = |summary: &str, from: &str, to: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{from}\r\nSUMMARY:{summary}\r\nDTSTART:{from}T080000Z\r\nDTEND:{to}T080000Z\r\nEND:VEVENT\r\n"
        )
    };
    let feed = |third: &str| {
        let events = [
            event("Yuki", "20261130", "20261207"),
            event("Nemo", "20261207", "20261214"),
            event(third, "20261214", "20261221"),
        ];
        format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.concat())
    };
    let preview = "/api/v1/schedules/rota-preview";
    let asked = json!({ "ical": feed("Yuki"), "schedule": "network" });
    let looked = mara.post(preview, asked).await;
    assert_eq!(looked.good()["overrides"].as_array().unwrap().len(), 2);
    assert_eq!(looked.json["unmatched"][0]["name"], "Nemo");
    assert_eq!(looked.json["layer"], Value::Null, "somebody is missing");
    assert!(looked.json["summary"].as_str().unwrap().starts_with("changes who is paged on"));
    let named = json!({ "ical": feed("Yuki"), "people": { "nemo": address("ines") } });
    let layer = mara.post(preview, named).await.good()["layer"].clone();
    assert_eq!(layer["rotation"]["people"], json!([address("yuki"), address("ines")]));
    assert_eq!(layer["rotation"]["unit"], "week");
    mara.post(preview, json!({ "ical": "x" })).await.field(422, "ical");
    mara.post(preview, json!({})).await.field(422, "ical");
    let asked = json!({ "ical": feed("Yuki") });
    assert_eq!(world.of("ines").post(preview, asked).await.status, 403);

    let overrides = looked.json["overrides"].clone();
    let import = "/api/v1/schedules/network/overrides-import";
    let brought = mara.post(import, json!({ "overrides": overrides.clone() })).await;
    assert_eq!(brought.status, 201, "{}", brought.text);
    assert_eq!(on_call(&mara, "2026-12-01T12:00:00Z").await, address("yuki"));
    let twice = mara.post(import, json!({ "overrides": overrides })).await;
    assert_eq!(twice.good()["overrides"], json!([]), "what is there is not made twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holidays_are_covered_in_turn() {
    let world = world().await;
    let mara = world.of("mara");
    let holidays = "/api/v1/schedules/network/holidays";
    let asked = json!({
        "dates": ["2026-12-26", "2026-12-25", "2026-01-01"], "from": "09:00",
        "people": [address("ines"), address("mara")], "preview": true,
    });
    let looked = mara.post(holidays, asked.clone()).await;
    assert_eq!(looked.good()["overrides"][1]["person"], address("mara").as_str());
    assert_eq!(looked.json["overrides"][0]["start"], "2026-12-25T08:00:00Z");
    let before = on_call(&mara, "2026-12-26T12:00:00Z").await;
    assert_ne!(before, address("mara"), "nothing is saved");
    let mut taken = asked;
    taken["preview"] = json!(false);
    mara.post(holidays, taken).await.good();
    assert_eq!(on_call(&mara, "2026-12-25T12:00:00Z").await, address("ines"));
    assert_eq!(on_call(&mara, "2026-12-26T12:00:00Z").await, address("mara"));
    let past = json!({ "dates": ["2001-01-01"], "people": [address("ines")] });
    mara.post(holidays, past).await.field(422, "dates");
}
