//! Settings: mailboxes.

use crate::harness::World;
use axum::http::StatusCode;
use store::directory::integrations::{self, Integration};

async fn all(world: &World) -> Vec<Integration> {
    world.desk.read(integrations::list).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_made_changed_and_deleted() {
    let world = World::new().await;
    world.get("ada", "/settings/mailboxes").await.shows("No mailboxes yet");
    let (team, service) = (world.network.to_string(), world.printing.to_string());
    let fields = [
        ("name", "Desk mail"),
        ("addresses", "Help@x.example,\n it@x.example help@x.example"),
        ("team", team.as_str()),
        ("service", service.as_str()),
        ("silence_after_seconds", "4 h"),
    ];
    let made = world.post("ada", "/settings/mailboxes", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let path = made.location().split('?').next().unwrap().to_owned();
    let stored = all(&world).await.remove(0);
    assert_eq!(stored.addresses, ["help@x.example", "it@x.example"]);
    assert_eq!(stored.settings.silence_after_seconds, Some(4 * 3_600));
    let key = stored.key.as_str().to_owned();
    let page = world.get("ada", &path).await;
    page.shows(&format!("/intake/{key}/email")).shows("value=\"4 h\"").shows("none yet");
    world.get("otto", "/settings/mailboxes").await.shows("help@x.example, it@x.example");
    world
        .get("otto", &path)
        .await
        .shows("told of after 4 h")
        .hides(&key)
        .hides("<form class=\"form\"");

    let fields = [("version", "1"), ("name", "Desk post"), ("addresses", ""), ("team", "")];
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    let stale = world.post("ada", &path, &fields).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    stale.shows("changed this");
    let stored = all(&world).await.remove(0);
    assert_eq!((stored.name.as_str(), stored.active), ("Desk post", false));
    assert_eq!((stored.key.as_str(), stored.settings.silence_after_seconds), (key.as_str(), None));

    for action in ["new-key", "delete"] {
        let at = format!("{path}/{action}");
        assert_eq!(world.post("otto", &at, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(all(&world).await[0].key.as_str(), key);
    }
    let drawn = world.post("ada", &format!("{path}/new-key"), &[]).await;
    assert_eq!(drawn.status, StatusCode::SEE_OTHER);
    assert_ne!(all(&world).await[0].key.as_str(), key);
    world.post("ada", &format!("{path}/delete"), &[]).await;
    assert_eq!(all(&world).await, []);
    assert_eq!(world.get("ada", &path).await.status, StatusCode::NOT_FOUND);
    let gone = world.post("ada", &format!("{path}/delete"), &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_says_what_is_wrong() {
    let world = World::new().await;
    world.post("ada", "/settings/mailboxes", &[("name", "A"), ("addresses", "a@x.example")]).await;
    for (field, value, words) in [
        ("addresses", "nobody", "is no e-mail address"),
        ("addresses", "a@x.example", "belongs to the mailbox A"),
        ("silence_after_seconds", "often", "Write it like 4 h"),
        ("silence_after_seconds", "1 s", "must be 300 to"),
        ("name", "a", "taken already"),
    ] {
        let mut fields = vec![("name", "B"), (field, value)];
        if field == "name" {
            fields.remove(0);
        }
        let refused = world.post("ada", "/settings/mailboxes", &fields).await;
        assert!(refused.status.is_client_error(), "{field}: {}", refused.status);
        refused.shows(words).shows(&format!("id=\"{field}-e\""));
    }
    assert_eq!(all(&world).await.len(), 1);
}
