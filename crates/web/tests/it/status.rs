//! The status page: its settings, its components, and who reads the internal one.

use crate::harness::World;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use std::time::Duration;

/// Far beyond what is waited for; reached only when something is broken.
const PATIENCE: Duration = Duration::from_secs(20);
const PAGE: &str = "/settings/status-page";
const COMPONENTS: &str = "/settings/components";
const GROUPS: &str = "/settings/component-groups";

/// The address of the first row of a list below `start`.
fn first(body: &str, start: &str) -> String {
    let (_, rest) = body.split_once(&format!("href=\"{start}/0")).expect("a row");
    format!("{start}/0{}", rest.split('"').next().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_set_the_page_up() {
    let world = World::new().await;
    world.get("ada", PAGE).await.shows("switched off").shows("name=\"public\"");
    world.get("otto", PAGE).await.shows("switched off").hides("name=\"public\"");
    assert_eq!(world.get("mara", PAGE).await.status, StatusCode::FORBIDDEN);
    let form = [
        ("version", "0"),
        ("public", "1"),
        ("name", "Northwind"),
        ("first", "de"),
        ("other", "en"),
        ("time_zone", "Europe/Berlin"),
        ("domain", "Status.Northwind.example"),
        ("support", "help@northwind.example"),
        ("domain_is_ours", "1"),
    ];
    assert_eq!(world.post("otto", PAGE, &form).await.status, StatusCode::FORBIDDEN);
    let saved = world.post("ada", PAGE, &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = world.get("ada", PAGE).await;
    page.shows("value=\"status.northwind.example\"").shows("value=\"Northwind\"");
    let sent = page.sends(PAGE);
    for (name, value) in [
        ("first", "de"),
        ("other", "en"),
        ("public", "1"),
        ("version", "1"),
        ("domain_is_ours", "1"),
    ] {
        assert!(sent.iter().any(|(n, v)| n == name && v == value), "{name}: {sent:?}");
    }
    page.shows("switched on");
    // Of the instance's language it is where only others are named.
    let mut others = form;
    (others[0].1, others[3].1, others[4].1) = ("1", "", "fr");
    assert_eq!(world.post("ada", PAGE, &others).await.status, StatusCode::SEE_OTHER);
    let sent = world.get("ada", PAGE).await.sends(PAGE);
    for (name, value) in [("first", "en"), ("other", "fr")] {
        assert!(sent.iter().any(|(n, v)| n == name && v == value), "{name}: {sent:?}");
    }
    let mut odd = form;
    odd[0].1 = "2";
    odd[6].1 = "https://status.example";
    let refused = world.post("ada", PAGE, &odd).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"domain-e\"");
    let own = Request::post(PAGE)
        .header("host", "status.northwind.example")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = Body::from("version=2&domain=status.northwind.example");
    world.send("ada", own, body).await.shows("id=\"domain-e\"");
    let stale = world.post("ada", PAGE, &form).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
}

/// Sends the form with a picture of these bytes.
async fn with_logo(world: &World, version: &str, bytes: &[u8]) -> crate::harness::Page {
    let mut body = Vec::new();
    let fields = [("version", version), ("first", "en"), ("time_zone", "UTC")];
    for (name, value) in fields {
        let part =
            format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--B\r\ncontent-disposition: form-data; name=\"logo\"; filename=\"logo.png\"\r\n\r\n",
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--B--\r\n");
    let request = Request::post(PAGE).header("content-type", "multipart/form-data; boundary=B");
    world.send("ada", request, Body::from(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_a_picture_by_its_bytes() {
    let world = World::new().await;
    let refused = with_logo(&world, "0", b"<svg onload=alert(1)>").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"logo-e\"");
    let saved = with_logo(&world, "0", b"\x89PNG\r\n\x1a\nrest").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    world.get("ada", PAGE).await.shows("Remove the logo");
    let form = [("version", "1"), ("no_logo", "1")];
    assert_eq!(world.post("ada", PAGE, &form).await.status, StatusCode::SEE_OTHER);
    world.get("ada", PAGE).await.hides("Remove the logo");
}

#[tokio::test(flavor = "multi_thread")]
async fn components_are_made_moved_and_removed_without_scripts() {
    let world = World::new().await;
    world.get("ada", COMPONENTS).await.shows("No components yet");
    assert_eq!(
        world.post("mara", COMPONENTS, &[("name", "Labels")]).await.status,
        StatusCode::FORBIDDEN
    );
    world.post("ada", GROUPS, &[("name", "Warehouses")]).await;
    let group = first(&world.get("ada", COMPONENTS).await.body, GROUPS);
    let group_id = group.rsplit('/').next().unwrap().to_owned();
    let printing = world.printing.to_string();
    for name in ["Labels", "Scanners"] {
        let form = [("name", name), ("service", printing.as_str()), ("group", group_id.as_str())];
        let made = world.post("ada", COMPONENTS, &form).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    }
    let again = [("name", "labels"), ("group", group_id.as_str())];
    let taken = world.post("ada", COMPONENTS, &again).await;
    taken.shows("id=\"name-e\"").shows("taken already");
    let list = world.get("ada", COMPONENTS).await;
    let at = |body: &str, name: &str| body.find(&format!(">{name}</a>")).expect("it is listed");
    assert!(at(&list.body, "Labels") < at(&list.body, "Scanners"));
    let labels = first(&list.body, COMPONENTS);
    world.post("ada", &format!("{labels}/move"), &[("to", "down")]).await;
    let list = world.get("ada", COMPONENTS).await;
    assert!(at(&list.body, "Scanners") < at(&list.body, "Labels"));
    let trail = world.get("ada", "/settings/audit?subject=component").await;
    trail.shows("position</span> 1 → <b>2</b>");
    let moved = world.post("mara", &format!("{labels}/move"), &[("to", "up")]).await;
    assert_eq!(moved.status, StatusCode::FORBIDDEN);
    world.post("ada", COMPONENTS, &[("name", "Scanners")]).await;
    let clash = world.post("ada", &format!("{group}/remove"), &[]).await;
    clash.shows("rename one first");
    let alone = world.get("ada", COMPONENTS).await;
    let (_, after) = alone.body.split_once("Without a group").expect("it stands alone");
    world.post("ada", &format!("{}/remove", first(after, COMPONENTS)), &[]).await;
    world.post("ada", &format!("{labels}/remove"), &[]).await;
    world.get("ada", COMPONENTS).await.hides(">Labels</a>");
    world.post("ada", &format!("{group}/remove"), &[]).await;
    world.get("ada", COMPONENTS).await.shows("Without a group").hides("Warehouses");
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_say_how_a_component_is() {
    let world = World::new().await;
    world.post("ada", COMPONENTS, &[("name", "Card payments")]).await;
    let one = first(&world.get("mara", COMPONENTS).await.body, COMPONENTS);
    let says = format!("{one}/condition");
    let down = [("health", "down"), ("reason", "The bank says so")];
    assert_eq!(world.post("otto", &says, &down).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("mara", &says, &down).await.status, StatusCode::SEE_OTHER);
    world.get("mara", COMPONENTS).await.shows("Out for everybody").shows("The bank says so");
    // Its form holds what is said, so that saying it again takes neither reason nor end away.
    world.get("mara", &one).await.shows("value=\"The bank says so\"");
    let until = [("health", "down"), ("reason", "Still"), ("until", "2099-01-01T09:30")];
    assert_eq!(world.post("mara", &says, &until).await.status, StatusCode::SEE_OTHER);
    world.get("mara", &one).await.shows("value=\"2099-01-01T09:30\"").shows("value=\"Still\"");
    let past = [("health", "down"), ("until", "2020-01-01T00:00")];
    let refused = world.post("mara", &says, &past).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"until-e\"");
    world.post("mara", &says, &[("health", "")]).await;
    world.get("mara", COMPONENTS).await.hides("Out for everybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn planned_work_is_told_outside_where_that_is_ticked() {
    let world = World::new().await;
    world.post("ada", COMPONENTS, &[("name", "Scanners")]).await;
    let component = first(&world.get("ada", COMPONENTS).await.body, COMPONENTS);
    let component = component.rsplit('/').next().unwrap();
    let address = "/settings/maintenance";
    let window = [
        ("name", "Router firmware"),
        ("time_zone", "UTC"),
        ("starts_at", "2990-01-01T00:00"),
        ("ends_at", "2999-01-01T00:00"),
        ("public", "1"),
        ("public_title", "New network hardware"),
        ("component", component),
        ("remind_minutes", "60"),
    ];
    let mut untitled = window;
    untitled[5].1 = " ";
    let refused = world.post("mara", address, &untitled).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"public_title-e\"");
    let made = world.post("mara", address, &window).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let one = first(&world.get("mara", address).await.body, address);
    let page = world.get("mara", &one).await;
    page.shows("value=\"New network hardware\"").shows(&format!("value=\"{component}\" checked"));
    world.get("otto", &one).await.shows("Told outside");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_work_here_find_what_the_page_tells_of_an_incident() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let service = world.printing.to_string();
    let labels = [("name", "Labels"), ("service", service.as_str())];
    assert_eq!(world.post("ada", COMPONENTS, &labels).await.status, StatusCode::SEE_OTHER);
    let public = [("version", "0"), ("public", "1"), ("name", "Northwind"), ("first", "en")];
    assert_eq!(world.post("ada", PAGE, &public).await.status, StatusCode::SEE_OTHER);
    let number = world.report("Labels print blank").await;
    let incident = format!("/incidents/{number}");
    let of_service = [("service", service.as_str())];
    world.post("mara", &format!("{incident}/classify"), &of_service).await;
    let declare = incident::Command::DeclareMajor { reason: None };
    world.command("mara", number, declare).await;
    let room = format!("{incident}/major");
    let screens = ["/majors", room.as_str(), incident.as_str()];
    for screen in screens {
        world.get("mara", screen).await.hides("href=\"/status/incidents/");
    }
    let update = [
        ("screen", "major"),
        ("phase", "investigating"),
        ("body", "Some labels are blank. We look into it."),
        ("to", ""),
        ("to", "status_page"),
    ];
    let said = world.post("mara", &format!("{incident}/publish-update"), &update).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    let options = desk::status::Options {
        url: "https://desk.northwind.example".to_owned(),
        kept: folder.path().join("kept"),
        outlets: vec![],
        mail: false,
    };
    desk::status::start(&world.desk, options).await;
    let mut heard = world.desk.status().listen();
    let tells =
        |site: &desk::status::Site| site.files.keys().any(|name| name.starts_with("incidents/"));
    let made = heard.wait_for(|sites| sites.public.as_deref().is_some_and(tells));
    drop(tokio::time::timeout(PATIENCE, made).await.expect("it is made in time"));
    for screen in screens {
        world.get("mara", screen).await.shows("href=\"/status/incidents/");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_internal_page_is_for_people_who_work_here() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    world.post("ada", COMPONENTS, &[("name", "Build servers"), ("internal", "1")]).await;
    let options = desk::status::Options {
        url: "https://desk.northwind.example".to_owned(),
        kept: folder.path().join("kept"),
        outlets: vec![],
        mail: false,
    };
    desk::status::start(&world.desk, options).await;
    let mut heard = world.desk.status().listen();
    let made = heard.wait_for(|sites| sites.internal.is_some());
    drop(tokio::time::timeout(PATIENCE, made).await.expect("it is made in time"));
    let address = "/status/internal";
    let page = world.get("mara", address).await;
    page.shows("Build servers");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert_eq!(world.get("gwen", address).await.status, StatusCode::FORBIDDEN);
    let nobody = Request::get(address);
    let answer = world.send("nobody", nobody, Body::empty()).await;
    assert!(answer.location().starts_with("/sign-in"), "{}", answer.location());
    assert_eq!(world.get("mara", "/status/internal/nothing").await.status, StatusCode::NOT_FOUND);
    let json = world.get("mara", "/status/internal/api/v2/components.json").await;
    json.shows("Build servers");
    assert_eq!(world.get("mara", "/status").await.status, StatusCode::NOT_FOUND, "not public");
}
