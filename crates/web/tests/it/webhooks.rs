//! Webhooks in the settings.

use crate::harness::World;
use axum::http::StatusCode;
use kernel::IncidentNumber;

const URL: &str = "http://127.0.0.1:40001/in?key=1";

async fn world() -> World {
    let world = World::new().await;
    world.desk.allow_outward(vec!["127.0.0.0/8".parse().unwrap()]);
    world
}

/// The address of the only webhook.
async fn only(world: &World) -> String {
    let all = world.desk.read(store::directory::webhooks::list).await.unwrap();
    format!("/settings/webhooks/{}", all[0].0.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_made_and_its_secret_shown_once() {
    let world = world().await;
    world.get("ada", "/settings/webhooks").await.shows("No webhooks yet").shows("New webhook");
    world.get("ada", "/settings/webhooks/new").await.shows("Who is told").shows("Make the webhook");
    let wrong = [("kind", "standard"), ("url", "https://10.0.0.1/"), ("every", "1")];
    let refused = world.post("ada", "/settings/webhooks", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("webhook_allow").shows("https://10.0.0.1/");
    let fields = [
        ("kind", "standard"),
        ("url", URL),
        ("name", "Ware<house>"),
        ("event", "resolved"),
        ("event", "reported"),
        ("condition", "priority:P1"),
    ];
    let made = world.post("ada", "/settings/webhooks", &fields).await;
    made.shows("whsec_").shows("it is not shown again").shows("Ware&lt;house&gt;");
    let path = only(&world).await;
    world.get("ada", &path).await.hides("whsec_").shows("priority:P1").shows("key=1");
    world
        .get("ada", "/settings/webhooks")
        .await
        .shows("2 kinds of events")
        .shows("http://127.0.0.1:40001/…");
    let rotated = world.post("ada", &format!("{path}/rotate"), &[]).await;
    rotated.shows("whsec_").shows("signs for a day");
    let removed = world.post("ada", &format!("{path}/remove"), &[]).await;
    assert_eq!(removed.location(), "/settings/webhooks?done=saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_folds_what_can_be_chosen_and_helps_with_the_condition() {
    let world = world().await;
    let page = world.get("ada", "/settings/webhooks/new").await;
    page.shows("Clocks and promises: ").shows("Tasks and models: ").shows("none");
    page.shows(r#"data-suggest="/settings/webhooks/suggest""#);
    // Without scripts and style everything is there, and what was ticked is sent.
    let sent = page.sends("/settings/webhooks");
    for (name, value) in [("event", "reported"), ("room", ""), ("kind", "standard")] {
        assert!(sent.iter().any(|(field, with)| field == name && with == value), "{name}");
    }
    let offered = world.get("ada", "/settings/webhooks/suggest?q=serv").await;
    offered.shows("service:");
    world.get("ada", "/settings/webhooks/suggest?q=hou").await.hides("hours:");
    let refused = world.get("mara", "/settings/webhooks/suggest?q=serv").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_shown_tried_and_sent_again() {
    let world = world().await;
    let fields = [("kind", "standard"), ("url", URL), ("every", "1")];
    world.post("ada", "/settings/webhooks", &fields).await;
    let path = only(&world).await;
    let tested = world.post("ada", &format!("{path}/test"), &[]).await;
    assert_eq!(tested.location(), format!("{path}?done=test"));
    let number: IncidentNumber = world.report("Printer <jams>").await;
    let since = [("since", "2026-11-22T08:00")];
    let replayed = world.post("ada", &format!("{path}/replay"), &since).await;
    assert!(replayed.location().contains("done=replay&messages="), "{}", replayed.location());
    let page = world.get("ada", &format!("{path}/messages")).await;
    page.shows("reported").shows(&number.to_string()).shows("Waiting");
    let id: kernel::WebhookId = path.rsplit('/').next().unwrap().parse().unwrap();
    let messages =
        world.desk.read(move |sql| store::webhooks::list(sql, id, None, None, 10)).await.unwrap();
    let reported = messages.iter().find(|message| message.kind == "reported").unwrap();
    let one = format!("{path}/messages/{}", reported.id);
    world.get("ada", &one).await.shows("What it says").shows("Printer &lt;jams&gt;");
    let now = world.desk.now();
    world
        .desk
        .write(move |sql| Ok(store::webhooks::end_waiting(sql, id, "off <b>", now)?))
        .await
        .unwrap();
    world.get("ada", &one).await.shows("off &lt;b&gt;").shows("Send again");
    let again = world.post("ada", &format!("{one}/send-again"), &[]).await;
    assert_eq!(again.location(), format!("{path}?done=again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_change_webhooks_and_see_where_chat_rooms_are() {
    let world = world().await;
    let fields = [("kind", "slack"), ("url", URL), ("event", "resolved")];
    let made = world.post("ada", "/settings/webhooks", &fields).await;
    let path = only(&world).await;
    assert_eq!(made.location(), format!("{path}?done=saved"));
    assert_eq!(world.get("gwen", "/settings/webhooks").await.status, StatusCode::FORBIDDEN);
    world.get("otto", &path).await.hides("key=1").hides("<form method=\"post\" action=\"/settings");
    for more in ["", "/test", "/rotate", "/remove", "/replay"] {
        let refused = world.post("otto", &format!("{path}{more}"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{more}");
    }
    let off = [("version", "1"), ("url", URL), ("event", "resolved"), ("name", "Chat")];
    let saved = world.post("ada", &path, &off).await;
    assert_eq!(saved.location(), format!("{path}?done=saved"));
    world.get("ada", &path).await.shows("not in use").hides("Send a test");
    let late = world.post("ada", &path, &off).await;
    late.shows("changed this");
}
