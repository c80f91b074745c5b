//! What probably caused an incident: the section that comes after the page, the page without
//! scripts, and what people say there.

use crate::harness::{Page, World};
use axum::http::StatusCode;
use incident::{Change, Command};
use kernel::{ChangeId, IncidentNumber};
use store::directory::changes::{self, Change as Deployment};

/// An incident about the printing of labels, a deployment twelve minutes before, and one whose
/// words and link are no good.
async fn printing(world: &World) -> (IncidentNumber, ChangeId) {
    let number = world.report("Labels come out twice").await;
    let classify = Command::Classify {
        title: None,
        service: Change::Set(world.printing),
        category: Change::Keep,
        fields: Default::default(),
        affected: None,
    };
    world.command("mara", number, classify).await;
    let (now, id) = (world.desk.now(), ChangeId(desk::fresh()));
    let told = [
        (id, 725, "CHG-7 Release 4.18", "https://changes.example.org/7"),
        (ChangeId(desk::fresh()), 90_000, "<b>Firmware</b>", "javascript:alert(1)"),
    ]
    .map(|(id, seconds, title, link)| Deployment {
        id,
        at: now.plus_seconds(-seconds),
        service: Some(world.printing),
        title: title.to_owned(),
        source: "Pipeline".to_owned(),
        link: Some(link.to_owned()),
    });
    let keep = move |sql: &mut dyn store::Sql| {
        for change in &told {
            changes::insert(sql, change, change.at, now)?;
        }
        Ok(())
    };
    world.desk.write(keep).await.unwrap();
    (number, id)
}

fn address(number: IncidentNumber) -> String {
    format!("/incidents/{number}/causes")
}

/// What is folded away as refused.
fn refused(page: &Page) -> &str {
    page.body.split_once("said not to be it").map_or("", |(_, below)| below)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_leads_to_the_section_and_the_section_has_reasons() {
    let world = World::new().await;
    let (number, _) = printing(&world).await;
    let page = world.get("mara", &format!("/incidents/{number}")).await;
    page.shows(&format!("data-lazy=\"{}\"", address(number)));
    page.shows(&format!("href=\"{}\"", address(number))).hides("CHG-7");
    let part = world.get_live("mara", &address(number)).await;
    part.shows("id=\"causes\" data-patch=\"morph\"").hides("data-lazy").hides("<main");
    part.shows("CHG-7 Release 4.18").shows("likely cause").shows("This was it").shows("Not it");
    part.shows("Deployed 12 minutes before the first sign");
    part.shows("https://changes.example.org/7").hides("javascript:").hides("<b>Firmware");
    part.shows("id=\"tl-changes\" data-patch=\"morph\"").shows("in the day before it began");
    let whole = world.get("mara", &address(number)).await;
    whole.shows("Probable cause of").shows("CHG-7 Release 4.18").hides(" style=");
    let none = world.report("Nothing known").await;
    world.get("mara", &address(none)).await.shows("The incident names no service");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sees_and_says_what_it_may() {
    let world = World::new().await;
    let (number, id) = printing(&world).await;
    for (who, says) in [("mara", true), ("ines", true), ("ada", true), ("otto", false)] {
        let page = world.get(who, &address(number)).await;
        page.shows("CHG-7 Release 4.18");
        assert_eq!(page.body.contains("This was it"), says, "{who}");
    }
    let what = format!("change:{id}");
    let said = [("what", what.as_str()), ("said", "yes")];
    let answer = world.post_live("otto", &address(number), &said).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("gwen", &address(number)).await.location(), "/portal");
    world.command("ines", number, Command::Restrict { team: Some(world.network) }).await;
    let path = address(number);
    for page in [world.get("mara", &path).await, world.get_live("mara", &path).await] {
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.hides("CHG-7");
    }
    for page in [world.get("ines", &path).await, world.get_live("ines", &path).await] {
        page.shows("CHG-7");
    }
    let answer = world.post_live("mara", &address(number), &said).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_shown_undone_and_offers_a_link() {
    let world = World::new().await;
    let (number, id) = printing(&world).await;
    let what = format!("change:{id}");
    let no = [("what", what.as_str()), ("said", "no")];
    let answer = world.post_live("mara", &address(number), &no).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(refused(&answer).contains("CHG-7"));
    let service = format!("/services/{}", world.printing);
    world.get("mara", &service).await.shows("CHG-7").hides(", suspect");
    let undo = answer.header("x-undo").to_owned();
    let back = world.post_live("mara", &undo, &[]).await;
    back.shows("CHG-7").hides("said not to be it");
    world.get("mara", &service).await.shows(", suspect");
    let yes = [("what", what.as_str()), ("said", "yes")];
    let answer = world.post("mara", &address(number), &yes).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, &*address(number)));
    let page = world.get("mara", &address(number)).await;
    page.shows("the cause").shows("Link CHG-7").shows("Undo");
    world.get("mara", &service).await.shows(&format!(", cause of {number}"));
    let link = format!("{}/link", address(number));
    world.post_live("mara", &link, &[("what", &what)]).await.hides("Link CHG-7");
    let incident = world.get("mara", &format!("/incidents/{number}")).await;
    incident.shows("CHG-7").shows("caused by");
    for bad in ["", "change:x", "person:1"] {
        let answer = world.post_live("mara", &address(number), &[("what", bad)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{bad}");
    }
}
