//! What was drawn for one page is shown on the next, and only where it is true.

use crate::harness::World;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use incident::state::LinkKind;
use incident::{Command, Visibility};
use store::directory::people;

#[tokio::test]
async fn what_was_drawn_for_one_reader_is_not_shown_to_another() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let address = format!("/incidents/{number}");
    let (erase, dialog, list) = ("/redact?content=", "id=\"d-resolve\"", "id=\"p-assignee\"");
    for _ in 0..2 {
        world.get("ines", &address).await.shows(erase).shows(dialog).shows(list);
        world.get("mara", &address).await.hides(erase).shows(dialog).shows(list);
        world.get("otto", &address).await.hides(erase).hides(dialog).hides(list);
    }
}

#[tokio::test]
async fn a_new_name_shows_at_once() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let address = format!("/incidents/{number}");
    let before = world.get("mara", &address).await.body.matches("Gwen Tarrant").count();
    let gwen = world.person("gwen").id;
    let renamed = world.desk.change(desk::command_line(), move |sql, _| {
        let mut person = people::get(sql, gwen)?.unwrap();
        person.name = "Gwen Oakley".to_owned();
        Ok(people::update(sql, &person, person.version)?)
    });
    assert!(renamed.await.unwrap());
    let page = world.get("mara", &address).await;
    page.hides("Gwen Tarrant");
    assert_eq!(page.body.matches("Gwen Oakley").count(), before);
}

#[tokio::test]
async fn what_happens_since_shows_at_once() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let address = format!("/incidents/{number}");
    for words in ["It leans to the left", "It leans to the right"] {
        world.get("mara", &address).await.hides(words);
        world.comment("ines", number, words, Visibility::Internal).await;
        world.get("mara", &address).await.shows(words);
    }
}

#[tokio::test]
async fn what_was_drawn_for_those_who_may_know_an_incident_is_not_shown_to_others() {
    let world = World::new().await;
    let (open, hidden) = (world.report("Gate stays open").await, world.report("Leak").await);
    world.command("ines", hidden, Command::Restrict { team: Some(world.network) }).await;
    let (kind, target) = (LinkKind::Related, hidden.to_string());
    world.command("ines", open, Command::Link { kind, target, cascade: None }).await;
    let address = format!("/incidents/{open}");
    let (named, told) = (format!("linked <b>{hidden}</b>"), "linked <b>a restricted incident</b>");
    for _ in 0..2 {
        world.get("ines", &address).await.shows(&named).hides(told);
        world.get("mara", &address).await.shows(told).hides(&format!("{hidden}<"));
    }
    world.command("ines", hidden, Command::Restrict { team: None }).await;
    world.get("mara", &address).await.shows(&named).hides(told);
}

#[tokio::test]
async fn what_is_erased_or_restricted_is_gone_at_once() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let (address, words) = (format!("/incidents/{number}"), "The code of the door is 4711");
    world.comment("mara", number, words, Visibility::Internal).await;
    world.get("mara", &address).await.shows(words);
    let page = world.get("ines", &address).await;
    let (before, _) = page.body.rsplit_once(words).unwrap();
    let (_, content) = before.rsplit_once("/redact?content=").unwrap();
    let content = content.split('"').next().unwrap().parse().unwrap();
    world.command("ines", number, Command::Redact { content }).await;
    for who in ["mara", "ines"] {
        world.get(who, &address).await.hides(words).shows("Removed by");
    }
    world.command("ines", number, Command::Restrict { team: Some(world.network) }).await;
    assert_eq!(world.get("mara", &address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_in_pieces_is_as_long_as_it_says() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    for address in [format!("/incidents/{number}"), "/queue".to_owned()] {
        // The second is put together of what was drawn for the first.
        for _ in 0..2 {
            let page = world.get("mara", &address).await;
            assert_eq!(page.header("content-length"), page.body.len().to_string(), "{address}");
        }
        let head = world.send("mara", Request::head(address.as_str()), Body::empty()).await;
        assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
        assert_eq!(head.header("content-type"), "text/html; charset=utf-8");
        let packed = Request::get(address.as_str()).header("accept-encoding", "gzip");
        let packed = world.raw("mara", packed, Body::empty()).await;
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        assert!(!packed.headers().contains_key("content-length"));
    }
}
