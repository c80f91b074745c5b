//! Expected times on the incident's page and in the portal, how often they were right, planning.

use crate::harness::World;
use axum::http::StatusCode;
use incident::Command;
use kernel::limits;

/// Twenty incidents, one after the other, that took two hours.
async fn learned() -> World {
    let world = World::new().await;
    over(&world, 20).await;
    world
}

async fn over(world: &World, count: usize) {
    let now = world.desk.now();
    for hours in (1..=count as i64).rev().map(|place| 3 * place) {
        let begun = now.plus_seconds(-hours * 3_600);
        let number = world.report_at(begun, "Scanner drops").await;
        let ended = begun.plus_seconds(7_200);
        let ask = world.desk.ask(&world.viewer("mara"), kernel::Channel::Web);
        let mut ask = ask.on(number).at(ended);
        let note = ask.words("note", "It works again.", limits::BODY_CHARS).unwrap();
        let code = "fixed".to_owned();
        let done = Command::Resolve { code, note, cause: None, known_error: None, children: false };
        ask.issue(done).await.unwrap();
    }
    world.desk.learn_expected_now().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_see_a_span_with_its_basis_and_requesters_the_time_alone() {
    let world = learned().await;
    let number = world.report("Scanner drops").await;
    let address = format!("/incidents/{number}");
    let page = world.get("mara", &address).await;
    page.shows("Likely by ").shows("80% between ").shows("From 20 incidents like it: ");
    page.shows(r#"class="kl-band""#).shows("80 per cent range").shows("/reports/expected");
    world.get("otto", &address).await.shows("Likely by ");
    let portal = format!("/portal/incidents/{number}");
    let page = world.get("gwen", &portal).await;
    page.shows("Likely back").hides("80%").hides("like it");
    // What a person says counts instead.
    let at = world.desk.now().plus_seconds(3_600);
    let said = Command::SetExpectedResolution { at: Some(at), low: None, high: None, reason: None };
    world.command("mara", number, said).await;
    let page = world.get("mara", &address).await;
    page.shows("set by a person").hides("Likely by ").hides(r#"class="kl-band""#);
    world.get("gwen", &portal).await.shows("Expected back").hides("Likely back");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_says_what_is_likely_late() {
    let world = learned().await;
    let number = world.report("Scanner drops").await;
    let at = world.desk.now().plus_days(60);
    let said = Command::SetExpectedResolution { at: Some(at), low: None, high: None, reason: None };
    world.command("mara", number, said).await;
    world.get("mara", "/queue?q=state:open").await.hides("Likely late");
    world.desk.watch_expected().await.unwrap();
    world.get("mara", "/queue?q=state:open").await.shows_once("Likely late");
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_than_fifteen_say_nothing() {
    let world = World::new().await;
    over(&world, 14).await;
    let number = world.report("Scanner drops").await;
    let page = world.get("mara", &format!("/incidents/{number}")).await;
    page.shows("No estimate yet").hides("Likely by ").hides(r#"class="kl-band""#);
    world.get("gwen", &format!("/portal/incidents/{number}")).await.hides("Likely back");
    world.get("otto", "/reports/expected").await.shows("No estimate yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_read_how_often_they_were_right() {
    let world = learned().await;
    let page = world.get("otto", "/reports/expected").await;
    page.shows("Learned from 20 incidents").shows("As a table").shows("Within the span");
    page.shows("Nothing that was shown is closed yet.");
    assert_ne!(world.get("gwen", "/reports/expected").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_plan_and_what_is_wrong_is_told_at_its_field() {
    let world = World::new().await;
    let weeks = world.desk.now().plus_days(-40);
    for day in 0..40 {
        world.report_at(weeks.plus_days(day), "Scanner drops").await;
    }
    let address = "/reports/planning";
    for who in ["mara", "otto"] {
        assert_eq!(world.get(who, address).await.status, StatusCode::FORBIDDEN, "{who}");
    }
    assert_ne!(world.get("gwen", address).await.status, StatusCode::OK);
    world.get("ada", address).await.shows("What comes");
    let page = world.get("ines", address).await;
    page.shows("40 reports since").shows(r#"class="heat""#).shows("Each hour as a table");
    page.shows("is assumed to take 20 min").hides("What if these are there");
    page.shows("/settings/agreements").shows("/settings/calendars");
    let asked = "?handling=12+min&per_cent=90&within=5m&patience=10m&weekday=8-18+3";
    let page = world.get("ines", &format!("{address}{asked}")).await;
    page.shows("What if these are there").shows("12 min, as you said").shows("give up");
    page.shows("What came, with these people").shows("Waiting on average").shows("Longest");
    let page = world.get("ines", &format!("{address}?weeks=99")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("1 to 26");
    let wrong = format!("{address}?handling=long&weekday=always&per_cent=90");
    let page = world.get("ines", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("20 min or 1 h 30 min").shows("8-18 6").shows(r#"value="long""#);
    let page = world.get("ines", &format!("{address}?per_cent=100")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("1 to 99 per cent");
}
