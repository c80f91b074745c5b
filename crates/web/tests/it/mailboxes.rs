//! Settings: mailboxes.

use crate::harness::World;
use axum::http::StatusCode;
use store::deliveries;
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
        ("silence_after_seconds", "1 s", "Must be at least 5 minutes"),
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

#[tokio::test(flavor = "multi_thread")]
async fn a_test_message_goes_to_the_mailbox_by_the_mail_server() {
    let mail = web::Mail {
        server: "smtp://mail.northwind.example".to_owned(),
        from: "Help <help@northwind.example>".to_owned(),
    };
    let world = World::with(web::Options { mail: Some(mail), ..web::Options::default() }).await;
    world.post("ada", "/settings/mailboxes", &[("name", "A"), ("addresses", "a@x.example")]).await;
    world.post("ada", "/settings/mailboxes", &[("name", "B")]).await;
    let stored = all(&world).await;
    let path = |at: usize| format!("/settings/mailboxes/{}", stored[at].id);
    world.get("ada", &path(1)).await.hides("Send a test message");
    world.get("otto", &path(0)).await.hides("Send a test message");
    world.get("ada", &path(0)).await.shows("must come back in here").shows("Send a test message");
    assert_eq!(
        world.post("otto", &format!("{}/test", path(0)), &[]).await.status,
        StatusCode::FORBIDDEN
    );
    let none = world.post("ada", &format!("{}/test", path(1)), &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = world.post("ada", &format!("{}/test", path(0)), &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    world.get("ada", sent.location()).await.shows("On its way.").shows("waits to be sent");
    let letters = world.desk.read(|sql| deliveries::list(sql, None, None, 9)).await.unwrap();
    assert_eq!(letters[0].address, "a@x.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_there_is_no_test_message() {
    let world = World::new().await;
    world.post("ada", "/settings/mailboxes", &[("name", "A"), ("addresses", "a@x.example")]).await;
    let path = format!("/settings/mailboxes/{}", all(&world).await[0].id);
    world.get("ada", &path).await.hides("Send a test message");
    let refused = world.post("ada", &format!("{path}/test"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_fetched_from_a_server_and_its_password_never_shown() {
    let world = World::new().await;
    world.post("ada", "/settings/mailboxes", &[("name", "A")]).await;
    let id = all(&world).await[0].id;
    let path = format!("/settings/mailboxes/{id}");
    let fields = |host: &'static str, version: &'static str| {
        [
            ("version", version),
            ("imap_host", host),
            ("imap_security", "starttls"),
            ("imap_user", "help@x.example"),
            ("imap_sign_in", "password"),
            ("imap_password", " hush hush "),
        ]
    };
    let at = format!("{path}/imap");
    let wrong = world.post("ada", &at, &fields("", "1")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"imap_host-e\"").shows("help@x.example").hides("hush");
    assert_eq!(world.post("otto", &at, &fields("h", "1")).await.status, StatusCode::FORBIDDEN);
    let saved = world.post("ada", &at, &fields("imap.x.example", "1")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let imap = all(&world).await.remove(0).settings.imap.unwrap();
    assert_eq!((imap.port, imap.folder.as_str(), imap.move_to), (143, "INBOX", None));
    let secrets = world.desk.read(move |sql| integrations::secrets(sql, id)).await.unwrap();
    assert_eq!(secrets.password.as_deref(), Some(" hush hush "));
    world.get("ada", &path).await.shows("imap.x.example").shows("Last fetched").hides("hush");
    world.get("otto", &path).await.shows("imap.x.example").hides("imap_password");
    // Another server gets no password that was given for this one.
    let other = [
        ("version", "2"),
        ("imap_host", "imap.evil.example"),
        ("imap_security", "starttls"),
        ("imap_user", "help@x.example"),
        ("imap_sign_in", "password"),
    ];
    let refused = world.post("ada", &at, &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"imap_password-e\"").shows("Must be given anew");
    // The other form leaves it alone.
    let name = [("version", "2"), ("name", "B"), ("active", "1")];
    assert_eq!(world.post("ada", &path, &name).await.status, StatusCode::SEE_OTHER);
    assert!(all(&world).await[0].settings.imap.is_some());
    world.get("ada", "/settings/audit").await.hides("hush");
    assert_eq!(
        world.post("ada", &format!("{path}/imap/stop"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(all(&world).await[0].settings.imap.is_none());
}
