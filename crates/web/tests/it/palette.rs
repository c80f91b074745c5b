//! The command palette.

use crate::harness::{World, escape};
use axum::http::StatusCode;
use incident::Command;

#[tokio::test]
async fn incidents_are_found_by_number_and_by_words() {
    let world = World::new().await;
    let number = world.report("Cold store door alarm").await;
    world.report("Other").await;
    for typed in [number.to_string(), "1".to_owned(), "cold alar".to_owned(), "#cold".to_owned()] {
        let page = world.get_live("mara", &format!("/palette?q={}", escape(&typed))).await;
        assert!(page.header("content-type").starts_with("application/json"));
        page.shows("INC-1 Cold store door alarm").shows("\"href\":\"/incidents/INC-1\"");
    }
    let page = world.get_live("gwen", "/palette?q=cold").await;
    page.shows("/portal/incidents/INC-1").hides("New incident");
    world.get_live("peter", "/palette?q=cold").await.hides("Cold store");
    assert_eq!(world.get_live("", "/palette?q=cold").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn secrets_are_not_found() {
    let world = World::new().await;
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    for typed in ["payroll", "INC-1"] {
        world.get_live("mara", &format!("/palette?q={typed}")).await.hides("Payroll");
        world.get_live("ines", &format!("/palette?q={typed}")).await.shows("Payroll");
    }
}

#[tokio::test]
async fn things_are_gone_to_by_name() {
    let world = World::new().await;
    world
        .get_live("mara", "/palette?q=label")
        .await
        .shows("Label Printing")
        .shows(&format!("/services/{}", world.printing))
        .shows("service%3A%22Label%20Printing%22");
    world.get_live("mara", "/palette?q=!lab").await.shows("Label Printing");
    world
        .get_live("mara", "/palette?q=%40gwen")
        .await
        .shows("Gwen Tarrant")
        .shows("requester%3Agwen%40northwind.example");
    world.get_live("mara", "/palette?q=network").await.shows("team%3ANetwork");
    world
        .get_live("mara", "/palette?q=gate%207")
        .await
        .shows("New incident “gate 7”")
        .shows("/incidents/new?title=gate%207");
    world.get_live("otto", "/palette?q=gate%207").await.hides("New incident");
    world.get_live("mara", "/palette?q=unass").await.shows("/queue?view=unassigned");
    world.get_live("mara", "/palette?q=matrix").await.hides("settings/");
    world.get_live("ada", "/palette?q=matrix").await.shows("/settings/priority-matrix");
}

#[tokio::test]
async fn actions_go_step_by_step() {
    let world = World::new().await;
    let number = world.report("Gate").await;
    world
        .get_live("mara", "/palette?q=&on=INC-1")
        .await
        .shows("This incident")
        .shows("\"step\":\"assign\"");
    let people = world.get_live("mara", "/palette?q=ines&on=INC-1&step=assign").await;
    people
        .shows("Ines Calderon")
        .hides("Ada Brandt")
        .shows("\"form\":\"/queue/bulk\"")
        .shows("\"number\":\"INC-1\"");
    world.get_live("mara", "/palette?q=p1&on=INC-1&step=priority").await.shows("\"level\":\"1/1\"");
    world
        .get_live("mara", "/palette?q=supp&on=INC-1&step=state")
        .await
        .shows("Waiting on supplier");
    world.get_live("mara", "/palette?q=hold&on=INC-1").await.shows("/incidents/INC-1/hold");
    world.get_live("otto", "/palette?q=&on=INC-1").await.hides("This incident");
    world.get_live("otto", "/palette?q=&on=INC-1&step=assign").await.shows("{\"groups\":[]}");

    let to = format!("person:{}", world.person("ines").id);
    let answer = world
        .post_live("mara", "/queue/bulk", &[("number", "INC-1"), ("do", "assign"), ("to", &to)])
        .await;
    answer.shows("Ines Calderon").shows(&format!("row-{number}"));
}

#[tokio::test]
async fn every_page_of_the_settings_is_gone_to() {
    let world = World::new().await;
    let page = world.get("ada", "/settings/teams").await;
    let (_, beside) = page.body.split_once("<nav class=\"side\"").unwrap();
    let (beside, _) = beside.split_once("</nav>").unwrap();
    let links = beside.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let links: Vec<&str> = links.filter(|link| !link.starts_with("/assets/")).collect();
    assert!(links.len() > 20, "{links:?}");
    let found = world.get_live("ada", "/palette?q=settings").await;
    for link in &links {
        found.shows(&format!("\"href\":\"{link}\""));
    }
    world.get_live("mara", "/palette?q=settings").await.hides("/settings/");
    world.get_live("mara", "/palette?q=maintenance").await.shows("/settings/maintenance");
}
