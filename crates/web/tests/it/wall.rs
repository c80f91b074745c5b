//! The wallboard: what is on it, who may look, and that scripts can ask for it again.

use crate::harness::World;
use axum::http::StatusCode;
use incident::Command;
use kernel::Level;

#[tokio::test]
async fn it_shows_what_burns_to_staff_alone() {
    let world = World::new().await;
    let number = world.report("Labels print blank").await;
    let high = Some(Level::HIGH);
    let urgent = Command::Prioritise { impact: high, urgency: high, priority: None, reason: None };
    world.command("mara", number, urgent).await;
    let page = world.get("otto", "/wallboard").await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("<body class=\"wall\"")
        .shows("P1 and P2")
        .shows("Labels print blank")
        .shows("Not acknowledged")
        .shows("Reported today")
        .shows("There are no schedules.")
        .shows("data-stream=\"/live?services=1&amp;after=")
        .hides("Major incidents")
        .hides("rail-mark");
    world.command("mara", number, Command::DeclareMajor { reason: None }).await;
    let again = world.get_live("otto", "/wallboard/now").await;
    again.shows("id=\"wall\" data-patch").shows("Major incidents").hides("<html");
    let plain = world.get("otto", "/wallboard/now").await;
    assert_eq!(plain.location(), "/wallboard");
    assert_eq!(world.get("gwen", "/wallboard").await.location(), "/portal");
    assert!(world.get("", "/wallboard").await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn the_rail_and_the_palette_lead_to_reports() {
    let world = World::new().await;
    world.get("mara", "/queue").await.shows("href=\"/reports\"").shows("data-key-go=\"t\"");
    world.get("gwen", "/portal").await.hides("href=\"/reports\"");
    let found = world.get_live("mara", "/palette?q=wallboard").await;
    found.shows("/wallboard");
}
