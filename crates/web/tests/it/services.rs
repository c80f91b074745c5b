//! Services: how all of them are, one with the map around it, and who may know what of it.

use crate::harness::{Page, World};
use axum::http::StatusCode;
use desk::command_line;
use incident::conduct::Degree;
use incident::{Change, Command};
use kernel::{ChangeId, IncidentNumber, OutageId, ServiceId};
use std::collections::BTreeSet;
use store::directory::changes::{self, Change as Deployment};
use store::directory::services::{self, Service};

/// A service of the Network team that needs others.
async fn service(world: &World, name: &str, needs: &[ServiceId]) -> ServiceId {
    let service = Service {
        team: Some(world.network),
        depends_on: needs.iter().copied().collect(),
        ..Service::named(ServiceId(desk::fresh()), name)
    };
    let id = service.id;
    world
        .desk
        .change(command_line(), move |sql, _| Ok(services::insert(sql, &service)?))
        .await
        .unwrap();
    id
}

/// Says that a service is out since so many seconds.
async fn out(world: &World, number: IncidentNumber, service: ServiceId, seconds: i64) {
    let outage = Command::RecordOutage {
        outage: OutageId(desk::fresh()),
        service,
        degree: Degree::Partial,
        started_at: world.desk.now().plus_seconds(-seconds),
        ended_at: None,
    };
    world.command("ines", number, outage).await;
}

async fn named(world: &World, number: IncidentNumber, service: ServiceId) {
    let classify = Command::Classify {
        title: None,
        service: Change::Set(service),
        category: Change::Keep,
        fields: Default::default(),
        affected: None,
    };
    world.command("ines", number, classify).await;
}

/// What stands in the column at the side under a heading.
fn column<'a>(page: &'a Page, heading: &str) -> &'a str {
    let (_, side) = page.body.split_once("<aside class=\"side\"").expect("the side");
    let (_, below) = side.split_once(&format!("<h2>{heading}")).expect("the heading");
    below.split("</ul>").next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn services_stand_in_two_parts_for_whoever_works_here() {
    let world = World::new().await;
    let database = service(&world, "Order <i>Database</i>", &[]).await;
    let portal = service(&world, "Customer Portal", &[database]).await;
    for who in ["mara", "ines", "ada", "otto"] {
        let page = world.get(who, "/services").await;
        assert_eq!(page.status, StatusCode::OK, "{who}");
        page.shows("All 3 are level.").shows("data-key-go=\"s\"").shows("Label Printing");
        page.shows("Order &lt;i&gt;Database&lt;/i&gt;").hides("<i>Database").hides(" style=");
    }
    let away = world.get("gwen", "/services").await;
    assert_eq!((away.status, away.location()), (StatusCode::SEE_OTHER, "/portal"));
    let away = world.get("gwen", &format!("/services/{portal}")).await;
    assert_eq!(away.location(), "/portal");
    world.get("mara", "/queue").await.shows("href=\"/services\"");

    let number = world.report("Orders hang").await;
    named(&world, number, database).await;
    out(&world, number, database, 60).await;
    let page = world.get("mara", "/services").await;
    page.shows("2 of 3 are not level.").shows("Partial outage").shows("because of ");
    assert!(column(&page, "Not level").contains("Customer Portal"), "it needs what is out");
    assert!(!column(&page, "Level").contains("Customer Portal"));
    assert!(column(&page, "Level").contains("Label Printing"));

    world.get("mara", "/services?q=portal").await.shows("Show all").shows("Customer Portal");
    let none = world.get("mara", "/services?q=nothing-like-it").await;
    none.shows("No service matches");
    let of_team = world.get("mara", &format!("/services?team={}", world.service_desk)).await;
    let (_, main) = of_team.body.split_once("<main").unwrap();
    let tables = main.split("<nav").next().unwrap();
    assert!(tables.contains("Label Printing") && !tables.contains("Customer Portal"));
    world.get("mara", "/services?team=odd").await.shows("Customer Portal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_shown_with_what_stands_around_it() {
    let world = World::new().await;
    let network = service(&world, "Core Network", &[]).await;
    let database = service(&world, "Order Database", &[network]).await;
    let portal = service(&world, "Customer Portal", &[database]).await;
    let number = world.report("Orders hang").await;
    named(&world, number, database).await;
    out(&world, number, database, 1_800).await;
    let at = world.desk.now().plus_seconds(-3_600);
    let told = [
        (network, "CHG-7 Second line", Some("https://changes.example.org/7")),
        (network, "CHG-8 <b>Firmware</b>", Some("javascript:alert(1)")),
    ]
    .map(|(service, title, link)| Deployment {
        id: ChangeId(desk::fresh()),
        at,
        service: Some(service),
        title: title.to_owned(),
        source: "Test".to_owned(),
        link: link.map(str::to_owned),
    });
    let now = world.desk.now();
    world
        .desk
        .write(move |sql| {
            for change in &told {
                changes::insert(sql, change, change.at, now)?;
            }
            Ok(())
        })
        .await
        .unwrap();

    let page = world.get("mara", &format!("/services/{database}")).await;
    page.shows("role=\"group\" aria-label=\"Service map around Order Database. Used by Customer Portal. Depends on Core Network.");
    page.shows("class=\"g-node g-down g-sel\"").shows("id=\"vw-table\"").hides(" style=");
    page.shows("needed, directly").shows("uses it, directly");
    page.shows("Partial outage since").shows(&format!("/incidents/{number}"));
    page.shows("href=\"https://changes.example.org/7\"").hides("href=\"javascript:");
    page.shows(", suspect").shows("CHG-8 &lt;b&gt;Firmware&lt;/b&gt;");
    page.shows("class=\"d-partial\"").shows("in 90 days").shows("1 open");
    page.shows("q=service%3A%22Order%20Database%22%20state%3Aopen");
    assert_eq!(page.body.matches("<rect class=\"d-").count(), 90, "a bar for each day");
    page.shows("data-stream=\"/live?services=1");
    // Its user feels it, by itself it is level.
    let user = world.get("mara", &format!("/services/{portal}?steps=1")).await;
    user.shows("Trouble comes from").shows("Degraded").hides("Core Network</text>");
    let far = world.get("mara", &format!("/services/{portal}?steps=99")).await;
    far.shows("Core Network</text>");
    // What is out of use has a past and no place on the map.
    let gone = ServiceId(desk::fresh());
    let missing = world.get("mara", &format!("/services/{gone}")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let retired = [("version", "1"), ("name", "Customer Portal"), ("criticality", "3")];
    world.post("ada", &format!("/settings/services/{portal}"), &retired).await;
    let retired = world.get("mara", &format!("/services/{portal}")).await;
    retired.shows("This service is out of use.").shows("Service map around Customer Portal.");
    world.get("mara", "/services").await.hides("Customer Portal");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_shows_by_the_health_alone() {
    let world = World::new().await;
    let access = service(&world, "Site Access", &[]).await;
    let secret = world.report_as("ines", "peter", "Badge of a leaver", Some(world.network)).await;
    named(&world, secret, access).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    out(&world, secret, access, 60).await;
    let path = format!("/services/{access}");
    for who in ["mara", "ada"] {
        let page = world.get(who, &path).await;
        page.shows("Partial outage").hides(&secret.to_string()).hides("Badge of a leaver");
        page.shows("0 open").shows("0 in 30 days").hides("Partial outage since");
        world.get(who, "/services").await.hides("1 incident").hides(&secret.to_string());
    }
    for who in ["ines", "otto"] {
        let page = world.get(who, &path).await;
        page.shows(&secret.to_string()).shows("1 open").shows("Partial outage since");
        world.get(who, "/services").await.shows("1 incident");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_set_up_with_groups_goals_and_links() {
    let world = World::new().await;
    let (north, south) = (service(&world, "North", &[]).await, service(&world, "South", &[]).await);
    let path = format!("/settings/services/{}", world.printing);
    let form = world.get("ada", &path).await;
    form.shows("name=\"needs\"").shows("name=\"cost_per_hour\"").shows("name=\"public_name\"");
    let mut fields = form.sends(&path);
    for (name, value) in [
        ("public_name", "Labels and papers"),
        ("goal", "99.9"),
        ("cost_per_hour", "1,200"),
        ("links", "Restart https://wiki.example.org/restart\nhttps://wiki.example.org"),
        ("needs", "Servers: 1 of north, South"),
    ] {
        fields.retain(|(found, _)| found != name);
        fields.push((name.to_owned(), value.to_owned()));
    }
    let sent: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = world.post("ada", &path, &sent).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let printing = world.printing;
    let stored = world.desk.read(move |sql| services::get(sql, printing)).await.unwrap().unwrap();
    assert_eq!((stored.goal_permille, stored.cost_per_hour), (Some(999), Some(1_200)));
    assert_eq!(stored.links.len(), 2);
    let needs: BTreeSet<ServiceId> = stored.needs[0].needs.iter().copied().collect();
    assert_eq!((needs, stored.needs[0].at_least), ([north, south].into(), 1));
    world.get("ada", &path).await.shows("Servers: 1 of North, South").shows("99.9");
    let page = world.get("mara", &format!("/services/{printing}")).await;
    page.shows("Labels and papers").shows("1 of North and South").shows("1,200 an hour");
    page.shows("goal 99.9%").shows("kept").shows("href=\"https://wiki.example.org/restart\"");
    world.get("otto", &path).await.shows("Labels and papers").hides("<form class=\"form\"");

    for (field, value, words) in [
        ("needs", "Servers: 3 of North, South", "3 of 2 can never work"),
        ("needs", "1 of East", "there is no service East"),
        ("links", "Evil javascript:alert(1)", "end it with an address"),
        ("goal", "101", "one decimal"),
        ("cost_per_hour", "much", "a whole number"),
    ] {
        let mut wrong: Vec<(&str, &str)> =
            sent.iter().copied().filter(|(name, _)| *name != field && *name != "version").collect();
        wrong.extend([(field, value), ("version", "2")]);
        let refused = world.post("ada", &path, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
        refused.shows(words);
    }
    assert_eq!(world.post("ines", &path, &sent).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_services_are_found_and_needed_by_name() {
    let world = World::new().await;
    let mut text = "services:\n".to_owned();
    for at in 0..250 {
        text.push_str(&format!("  - name: Node {at}\n    needs: [Label Printing]\n"));
    }
    let read = map::catalogue::read(&text).unwrap();
    world.desk.import_services(desk::command_line(), read, false).await.unwrap();
    let list = world.get("ada", "/settings/services").await;
    list.shows("The first 200 of ").shows("and 238 more").hides("Node 99<");
    world.get("ada", "/settings/services?q=node+99").await.shows("Node 99<").hides("Node 98<");
    world.get("ada", "/settings/services?q=nothing-like-it").await.shows("No service matches");

    let number = world.report("Labels are late").await;
    let page = world.get("mara", &format!("/incidents/{number}")).await;
    let own = format!("/incidents/{number}/classify");
    page.hides("id=\"d-classify\"").hides("id=\"d-record-outage\"").shows(&own);
    world.get("mara", &own).await.shows("Node 249");

    let path = format!("/settings/services/{}", world.printing);
    let form = world.get("ada", &path).await;
    form.shows("name=\"depends_on_more\"").hides("name=\"depends_on\"");
    let mut fields = form.sends(&path);
    fields.retain(|(name, _)| name != "depends_on_more");
    fields.push(("depends_on_more".to_owned(), "node 7\nNode 8".to_owned()));
    let sent: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = world.post("ada", &path, &sent).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let printing = world.printing;
    let stored = world.desk.read(move |sql| services::get(sql, printing)).await.unwrap().unwrap();
    assert_eq!(stored.depends_on.len(), 2);
    world.get("ada", &path).await.shows("name=\"depends_on\"").shows("Node 8");
}

const CATALOGUE: &str = "services:\n  - name: Dispatch\n    criticality: 1\n    needs: [Label Printing, Core <b>Network</b>]\n  - name: Core <b>Network</b>\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_is_seen_before_it_is_taken_over() {
    let world = World::new().await;
    let path = "/settings/services/import";
    world.get("ada", "/settings/services").await.shows(path);
    world.get("ada", path).await.shows("See what it would do");
    for who in ["otto", "mara"] {
        assert_eq!(world.get(who, path).await.status, StatusCode::FORBIDDEN, "{who}");
        let taken = world.post(who, &format!("{path}/take"), &[("catalogue", CATALOGUE)]).await;
        assert_eq!(taken.status, StatusCode::FORBIDDEN, "{who}");
    }
    let seen = world.post("ada", path, &[("catalogue", CATALOGUE)]).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    seen.shows("2 services made").shows("Core &lt;b&gt;Network&lt;/b&gt;").hides("<b>Network");
    assert_eq!(world.desk.read(services::list).await.unwrap().len(), 1, "nothing is made yet");
    let take = format!("{path}/take");
    let fields = seen.sends(&take);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(world.post("ada", &take, &fields).await.status, StatusCode::SEE_OTHER);
    let all = world.desk.read(services::list).await.unwrap();
    let dispatch = all.iter().find(|service| service.name == "Dispatch").unwrap();
    assert_eq!((all.len(), dispatch.criticality, dispatch.depends_on.len()), (3, 1, 2));
    let again = world.post("ada", path, &[("catalogue", CATALOGUE)]).await;
    again.shows("everything is as the catalogue says").hides("Take it over");

    for odd in ["", "services: [", "services:\n  - name: X\n    needs: [Nowhere]\n"] {
        let refused = world.post("ada", path, &[("catalogue", odd)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd:?}");
        refused.shows("to fix");
    }
}
