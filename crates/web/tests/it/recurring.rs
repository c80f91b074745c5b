//! Recurring incidents: the list, the page, what is decided there, and who sees what.

use crate::harness::World;
use axum::http::StatusCode;
use incident::Command;
use kernel::IncidentNumber;

async fn reported(world: &World) -> Vec<IncidentNumber> {
    let mut numbers = vec![];
    for line in 1..=4 {
        numbers.push(world.report(&format!("Belt {line} stands still")).await);
    }
    world.desk.find_recurring().await.unwrap();
    numbers
}

async fn address(world: &World) -> String {
    let all = world.desk.recurring(&world.viewer("mara")).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    format!("/recurring/{}", all[0].cluster.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_again_is_listed_and_becomes_a_problem() {
    let world = World::new().await;
    world.get("mara", "/recurring").await.shows("Nothing comes again");
    world.get("mara", "/problems").await.shows(r#"href="/recurring""#);
    let numbers = reported(&world).await;
    let address = address(&world).await;
    let list = world.get("mara", "/recurring").await;
    list.shows("Belt stands still").shows(&format!("{address}#open")).shows("Too few to tell: 4");
    list.shows("Incidents in each of the last 26 weeks");
    let reports = world.get("mara", "/reports").await;
    reports.shows("Belt stands still").shows(&format!("{address}#open")).shows("Open a problem");
    let page = world.get("mara", &address).await;
    page.shows("Belt 4 stands still").shows("Nobody has decided").shows("Week by week");
    // What is wrong is said beside the field, and nothing is lost.
    let refused = world.post("mara", &format!("{address}/problem"), &[("title", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("The title is needed");
    let refused = world.post("mara", &format!("{address}/link"), &[("number", "PRB-99")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("There is no problem PRB-99");
    let fields = [("title", "Belts stand still")];
    let done = world.post("mara", &format!("{address}/problem"), &fields).await;
    let problem = world.get("mara", done.location()).await;
    problem.shows("Belts stand still").shows(&numbers[0].to_string());
    world.get("mara", "/recurring").await.shows("PRB-1").hides("#open");
    world.get("mara", &address).await.shows("Behind them lies").shows("All of them are linked");
    let late = world.post("ines", &format!("{address}/problem"), &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.shows("PRB-1 lies behind these incidents already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_compared_with_the_time_before() {
    let world = World::new().await;
    reported(&world).await;
    let address = address(&world).await;
    let asked = world.get("mara", &format!("{address}?since=2020-01-01")).await;
    asked.shows("a week before").shows(r#"value="2020-01-01""#).shows("too few to tell");
    let wrong = world.get("mara", &format!("{address}?since=soon")).await;
    wrong.shows("Is not a day such as 2026-11-02").hides("a week before");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dismissed_is_listed_apart() {
    let world = World::new().await;
    reported(&world).await;
    let address = address(&world).await;
    let done = world.post("mara", &format!("{address}/dismiss"), &[]).await;
    assert_eq!(done.location(), "/recurring");
    world.get("mara", "/recurring").await.shows("Nothing comes again").hides(&address);
    world.get("mara", "/recurring?show=dismissed").await.shows(&address);
    world.get("mara", &address).await.shows("Somebody says that it is nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sees_its_own_and_nobody_what_is_confidential() {
    let world = World::new().await;
    let numbers = reported(&world).await;
    let address = address(&world).await;
    for path in ["/recurring", address.as_str()] {
        let page = world.get("gwen", path).await;
        assert_ne!(page.status, StatusCode::OK, "requesters see no problems");
    }
    world.get("otto", &address).await.shows("Belt 1 stands still").hides("Open a problem");
    let refused = world.post("otto", &format!("{address}/dismiss"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let restrict = Command::Restrict { team: Some(world.service_desk) };
    world.command("mara", numbers[0], restrict.clone()).await;
    for who in ["mara", "ines", "otto"] {
        world.get(who, &address).await.shows("3 incidents of the last year").hides("Belt 1 stands");
    }
    world.command("mara", numbers[1], restrict).await;
    for who in ["ines", "otto"] {
        world.get(who, "/recurring").await.hides("Belt stands still");
        assert_eq!(world.get(who, &address).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(world.get("mara", "/recurring/nothing").await.status, StatusCode::NOT_FOUND);
}
