//! More reports than usual: the banner, and the page on which somebody decides.

use crate::harness::World;
use axum::http::StatusCode;
use incident::Command;
use incident::command::Report;
use kernel::{Channel, IncidentNumber};

/// Everybody reports the same within a moment, on an instance that was used for days.
async fn surged(world: &World) -> Vec<IncidentNumber> {
    let now = world.desk.now();
    world.report_at(now.plus_seconds(-5 * 86_400), "Paper is out").await;
    let mut numbers = Vec::new();
    for who in ["mara", "ines", "ada", "otto", "gwen", "peter"] {
        let mut ask = world.desk.ask(&world.viewer("mara"), Channel::Web);
        let report = Report {
            title: ask.title(&format!("No labels for {who}")).unwrap(),
            description: None,
            requester: world.person(who).id,
            service: Some(world.printing),
            category: None,
            impact: None,
            urgency: None,
            affected: None,
            team: None,
            assignee: None,
            detected_at: None,
            fields: Default::default(),
            tags: Default::default(),
            follow_up_of: None,
            parent: None,
            confidential_to: None,
            model: None,
            alerts: None,
        };
        numbers.push(ask.issue(Command::Report(Box::new(report))).await.unwrap().number);
    }
    world.desk.watch_surges().await.unwrap();
    numbers
}

fn page_of(world: &World) -> String {
    let surges = world.desk.surges();
    assert_eq!(surges.len(), 1, "{surges:?}");
    format!("/surges/{}", surges[0].id)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_and_the_service_say_that_more_comes_than_usual() {
    let world = World::new().await;
    world.get("mara", "/queue").await.shows(r#"id="surges""#).hides("reports on");
    surged(&world).await;
    let address = page_of(&world);
    for path in ["/queue".to_owned(), format!("/settings/services/{}", world.printing)] {
        let page = world.get("ada", &path).await;
        page.shows("6 reports on Label Printing in").shows("usually none").shows(&address);
    }
    world.get_live("mara", "/surges/banner").await.shows("Make a parent").shows("data-patch");
    let other = format!("/surges/banner?service={}", desk::fresh());
    world.get_live("mara", &other).await.hides("Label Printing");
    world.get("otto", "/queue").await.hides("Make a parent").shows("Look at it");
    let page = world.get("gwen", &address).await;
    assert_ne!(page.status, StatusCode::OK, "requesters are told nothing of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_makes_a_parent_of_what_is_ticked_without_scripts() {
    let world = World::new().await;
    let numbers = surged(&world).await;
    let address = page_of(&world);
    let page = world.get("mara", &address).await;
    for who in ["mara", "gwen"] {
        page.shows(&format!("No labels for {who}"));
    }
    let sent = page.sends(&address);
    let left_out = numbers[5].to_string();
    let kept = sent.iter().filter(|(_, value)| *value != left_out);
    let fields: Vec<(&str, &str)> =
        kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // A field that cannot be is said beside it, and what was ticked stays.
    let mut wrong = fields.clone();
    wrong.retain(|(name, _)| *name != "into");
    wrong.extend([("into", "other"), ("other", "nonsense")]);
    let refused = world.post("mara", &address, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("The parent is not the number of an incident");
    let done = world.post("mara", &address, &fields).await;
    let parent = done.location().to_owned();
    world
        .get("mara", &parent)
        .await
        .shows("Label Printing does not work")
        .shows("5 incidents below it")
        .shows("Several people cannot use Label Printing")
        .shows("goes its own way");
    world.get("mara", "/queue").await.shows("They are linked to");
    world.get("mara", &address).await.shows("Its reports are linked to");
    // Somebody else was slower.
    let late = world.post("ines", &address, &fields).await;
    late.shows("Somebody decided about this surge already");
    assert_eq!(late.status, StatusCode::CONFLICT);
    // The portal says that it is known, and none of the words of others.
    world
        .get("peter", "/portal")
        .await
        .shows("Label Printing does not work")
        .shows("I have this too")
        .hides("No labels for gwen");
    // What was left out, or came since, can be linked later.
    world.get("mara", &address).await.shows("Reports that stand alone").shows("Link them to");
    let fields = [("report", left_out.as_str())];
    let linked = world.post("ines", &format!("{address}/link"), &fields).await;
    assert_eq!(linked.location(), parent);
    world.get("mara", &parent).await.shows("6 incidents below it");
    world.get("mara", &address).await.shows("Every open report has a parent already");
    // Whoever has it too needs no banner.
    world.get("peter", "/portal").await.hides("I have this too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_let_go_on_the_page_of_its_parent() {
    let world = World::new().await;
    let (parent, child) = (world.report("Labels").await, world.report("No labels").await);
    let link = Command::Link {
        kind: incident::state::LinkKind::Parent,
        target: parent.to_string(),
        cascade: None,
    };
    world.command("mara", child, link).await;
    let (page, back) = (format!("/incidents/{parent}"), parent.to_string());
    world.get("mara", &page).await.shows(&format!("{child} goes its own way"));
    let fields = [("kind", "parent"), ("target", &*back), ("back", &*back), ("own_way", "1")];
    let done = world.post("mara", &format!("/incidents/{child}/link"), &fields).await;
    assert_eq!(done.location(), page);
    world
        .get("mara", &page)
        .await
        .shows(&format!("{child} follows this one"))
        .shows("goes its own way");
}

#[tokio::test(flavor = "multi_thread")]
async fn dismissing_takes_the_banner_away() {
    let world = World::new().await;
    surged(&world).await;
    let address = page_of(&world);
    let done = world.post("mara", &format!("{address}/dismiss"), &[]).await;
    assert_eq!(done.location(), "/queue");
    world.get("mara", "/queue").await.hides("Make a parent");
    world.get("mara", &address).await.shows("Somebody says that it is nothing");
    let surges = world.desk.surges();
    let viewer = world.viewer("ines");
    let accept = desk::surges::Accept { title: "Labels".into(), ..Default::default() };
    assert!(world.desk.accept_surge(&viewer, Channel::Web, surges[0].id, accept).await.is_err());
}
