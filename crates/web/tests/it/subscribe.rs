//! Subscribing without an account, and what administrators see of it.

use crate::harness::{Page, World, form};
use axum::body::Body;
use axum::http::StatusCode;
use kernel::Timestamp;
use store::directory::lists;
use store::status::page::{self, StatusPage};
use store::subscribers::{self, Filter, Subscriber, SubscriberKind};

async fn world() -> World {
    let mail = web::Mail { server: "smtp://localhost".to_owned(), from: "a@b.example".to_owned() };
    let options = web::Options { mail: Some(mail), ..web::Options::default() };
    let world = World::with(options).await;
    let public = StatusPage { public: true, name: "Northwind".to_owned(), ..StatusPage::default() };
    world.desk.write(move |sql| Ok(page::put(sql, &public, 0)?)).await.unwrap();
    world
}

async fn get(world: &World, path: &str) -> Page {
    world.get("", path).await
}

async fn post(world: &World, path: &str, body: &str) -> Page {
    world.send("", form(path), Body::from(body.to_owned())).await
}

async fn all(world: &World) -> Vec<Subscriber> {
    world.desk.read(|sql| subscribers::list(sql, &Filter::default(), 100)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_subscribes_to_a_page_that_is_not_public() {
    let world = World::new().await;
    assert_eq!(get(&world, "/status/subscribe").await.status, StatusCode::NOT_FOUND);
    let sent = post(&world, "/status/subscribe", "kind=mail&email=a%40b.example&everything=1");
    assert_eq!(sent.await.status, StatusCode::NOT_FOUND);
    assert!(all(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_changes_nothing_and_a_press_does() {
    let world = world().await;
    let asked = get(&world, "/status/subscribe?lang=de").await;
    asked.shows("Neuigkeiten abonnieren").hides("<script>");
    let sent = post(
        &world,
        "/status/subscribe",
        "kind=mail&email=Gwen%40Outside.example&everything=1&language=de",
    );
    sent.await.shows("Sehen Sie in Ihr Postfach");
    let one = all(&world).await.remove(0);
    assert_eq!((one.kind, one.address.as_str()), (SubscriberKind::Mail, "gwen@outside.example"));
    let asking = desk::seals::Asking { subscriber: one.id, at: one.asked_at };
    let seals = world.desk.seals().await.unwrap();
    let link = format!("/status/confirm/{}", seals.asking(&asking));
    let looked = get(&world, &link).await;
    looked.shows("gwen@outside.example").shows("Ja, abonnieren");
    assert_eq!(looked.header("cache-control"), "no-store");
    assert_eq!(all(&world).await[0].confirmed_at, None::<Timestamp>);
    post(&world, &link, "").await.shows("Sie haben abonniert");
    post(&world, &link, "").await.shows("Sie haben abonniert");
    assert!(all(&world).await[0].confirmed_at.is_some());

    let token = seals.subscription(one.id);
    let manage = format!("/status/subscriptions/{token}");
    get(&world, &manage).await.shows("Ihr Abonnement");
    let nothing = post(&world, &manage, "everything=0").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let end = format!("/status/unsubscribe/{token}");
    get(&world, &end).await.shows("Ja, abbestellen");
    assert_eq!(all(&world).await.len(), 1, "programs that open links end nothing");
    // As a mail program presses it (RFC 8058).
    post(&world, &end, "List-Unsubscribe=One-Click").await;
    assert!(all(&world).await.is_empty());
    assert_eq!(get(&world, &manage).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&world, &link).await.status, StatusCode::NOT_FOUND, "the link is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_not_guessed_and_addresses_not_learned() {
    let world = world().await;
    for token in ["", "0", "zz", &"0".repeat(80), "%F0%9F%92%A5", &"a".repeat(4_000)] {
        for path in ["confirm", "subscriptions"] {
            let page = get(&world, &format!("/status/{path}/{token}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path} {token}");
        }
    }
    let body = "kind=mail&email=gwen%40outside.example&everything=1&language=en";
    let first = post(&world, "/status/subscribe", body).await;
    let again = post(&world, "/status/subscribe", body).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    for wrong in ["email=", "email=no-address", "email=%3Cscript%3E%40x.example"] {
        let body = format!("kind=mail&{wrong}&everything=1");
        let page = post(&world, "/status/subscribe", &body).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        page.hides("<script>@");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_one_place_ends() {
    let world = world().await;
    let mut last = StatusCode::OK;
    for n in 0..40 {
        let body = format!("kind=mail&email=p{n}%40outside.example&everything=1&language=en");
        last = post(&world, "/status/subscribe", &body).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert!(all(&world).await.len() <= 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_subscribers_and_remove_them() {
    let world = world().await;
    let body = "kind=mail&email=gwen%40outside.example&everything=1&language=en";
    post(&world, "/status/subscribe", body).await;
    let page = world.get("ada", "/settings/subscribers").await;
    page.shows("gwen@outside.example").shows("Has not confirmed");
    let one = all(&world).await.remove(0);
    let (id, asked_at) = (one.id, one.asked_at);
    let confirm =
        move |sql: &mut dyn store::Sql| Ok(subscribers::confirm(sql, id, asked_at, asked_at)?);
    assert!(world.desk.write(confirm).await.unwrap());
    let table = world.get("ada", "/settings/subscribers/export").await;
    assert!(table.body.contains("\"mail\",\"gwen@outside.example\",\"en\",\"all\""));
    let removed = world.post("ada", &format!("/settings/subscribers/{}/remove", one.id), &[]).await;
    assert_eq!(removed.location(), "/settings/subscribers?done=saved");
    assert!(all(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_and_was_told_nobody_is_shown_with_its_reason() {
    let world = world().await;
    let now = world.desk.now();
    let damaged = move |sql: &mut dyn store::Sql| {
        let statement = "insert into announcements (about, whom, word, components, body, \
            not_before, created_at) values ('m:1:v1', 'subscribers', 'announced', 'none', '', $1, $1)";
        sql.execute(statement, &[now.into()])?;
        Ok(store::outside::spread(sql, now, 10)?)
    };
    assert!(world.desk.write(damaged).await.unwrap());
    let page = world.get("ada", "/settings/subscribers").await;
    page.shows("Set aside within 7 days").shows("stored JSON does not fit");
    world.get("ada", "/settings/stakeholder-lists").await.hides("Set aside");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_made_changed_and_removed() {
    let world = world().await;
    world.get("ada", "/settings/stakeholder-lists").await.shows("No lists").shows("New list");
    let fields = [
        ("name", "Board"),
        ("addresses", "board@outside.example de\nother@outside.example"),
        ("least_degree", "partial"),
        ("phases", "resolved"),
        ("first_and_last_only", "1"),
    ];
    let made = world.post("ada", "/settings/stakeholder-lists", &fields).await;
    let all = world.desk.read(lists::list).await.unwrap();
    let address = format!("/settings/stakeholder-lists/{}", all[0].id);
    assert_eq!(made.location(), format!("{address}?done=saved"));
    assert_eq!(all[0].members(), 2);
    world.get("ada", &address).await.shows("board@outside.example de");
    let seals = world.desk.seals().await.unwrap();
    let link = format!("/status/unsubscribe/{}", seals.listed(all[0].id, "other@outside.example"));
    get(&world, &link).await.shows("other@outside.example is taken off this list");
    let members = async || world.desk.read(lists::list).await.unwrap()[0].members();
    assert_eq!(members().await, 2, "programs that open links take nobody off");
    post(&world, &link, "List-Unsubscribe=One-Click").await;
    assert_eq!(members().await, 1);
    get(&world, &link).await.shows("You are off this list");
    let cut = post(&world, &link[..link.len() - 9], "").await;
    assert_eq!(cut.status, StatusCode::NOT_FOUND, "nobody takes it for done");
    let wrong = [("name", "Board"), ("version", "1"), ("people", "nobody at all")];
    let refused = world.post("ada", &address, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Nobody is known as");
    let stale = [("name", "Board"), ("version", "7")];
    assert_eq!(world.post("ada", &address, &stale).await.status, StatusCode::PRECONDITION_FAILED);
    world.post("ada", &format!("{address}/remove"), &[]).await;
    assert!(world.desk.read(lists::list).await.unwrap().is_empty());
}
