//! Who is paged, on the incident's page.

use crate::harness::World;

#[tokio::test]
async fn the_page_says_who_is_paged_and_who_is_next() {
    let world = World::new().await;
    let number = world.report("VPN drops").await;
    let path = format!("/incidents/{number}");
    world.get("ines", &path).await.hides("Paging: step");

    let form = format!("{path}/page");
    world.get("ines", &form).await.shows("Page somebody about").shows("Network, everybody");
    let team = format!("team:{}", world.network);
    world.post("mara", &form, &[("whom", &team), ("note", "Please look.")]).await;
    let page = world.get("mara", &path).await;
    page.shows("Paging: step 1 of 4.").shows("I have it").shows("Escalate now");
    page.shows("began to page").shows("Please look.");

    world.post("mara", &format!("{path}/escalate-page"), &[]).await;
    world.get("mara", &path).await.shows("Paging: step 2 of 4.").shows("without waiting");
    world.post("ines", &format!("{path}/acknowledge"), &[]).await;
    let page = world.get("mara", &path).await;
    page.hides("Paging: step").shows("Paging stopped").shows("Stopped paging");

    let wrong = world.post("mara", &form, &[("whom", "cat:7")]).await;
    wrong.shows("is nobody who can be paged");
}
