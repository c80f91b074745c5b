//! Suggestions on an incident, in the form of a new one, and the page of how good they are.

use crate::harness::World;
use axum::http::StatusCode;
use incident::{Change, Command};
use kernel::IncidentNumber;

const NETWORK: [&str; 4] =
    ["VPN tunnel to the gateway drops", "VPN slow today", "No tunnel", "Cannot reach the gateway"];
const DESK: [&str; 4] =
    ["Printer jams at the paper tray", "Printer slow today", "No paper", "The tray does not open"];

/// A desk whose people gave many incidents to teams.
async fn learned() -> World {
    let world = World::new().await;
    for n in 0..240 {
        let (titles, team) = match n % 2 {
            0 => (NETWORK, world.network),
            _ => (DESK, world.service_desk),
        };
        let number = world.report_as("mara", "gwen", titles[n / 2 % 4], None).await;
        let give = Command::Assign { team: Change::Set(team), assignee: Change::Keep };
        world.command("mara", number, give).await;
    }
    world.desk.learn_now().await.unwrap();
    world
}

async fn team(world: &World, number: IncidentNumber) -> Option<kernel::TeamId> {
    let read = world.desk.read(move |sql| store::incidents::load(sql, number)).await;
    read.unwrap().unwrap().state.team
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suggestion_stands_under_what_is_missing_and_is_accepted_with_its_origin() {
    let world = learned().await;
    let number = world.report_as("mara", "gwen", NETWORK[0], None).await;
    let address = format!("/incidents/{number}");
    let page = world.get("mara", &address).await;
    page.shows("Suggested: ").shows("<b>Network</b>").shows("because").shows(r#"data-key="o""#);
    world.get("otto", &address).await.hides("Suggested: ");
    world.get("gwen", &format!("/portal/incidents/{number}")).await.hides("Suggested");
    world
        .get_live("mara", &format!("/palette?on={number}"))
        .await
        .shows("Accept the suggested team: Network");
    let accept = format!("{address}/suggestions/team/accept");
    let refused = world.post("gwen", &accept, &[]).await;
    assert_ne!(refused.status, StatusCode::OK);
    assert_eq!(team(&world, number).await, None);
    let stale = world.post_live("mara", &accept, &[("value", "something else")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let value = world.network.to_string();
    let done = world.post_live("mara", &accept, &[("value", &value)]).await;
    done.shows("accepted suggestion 1").hides("Suggested: ");
    assert!(done.header("x-toast").starts_with("Accepted"));
    assert_eq!(team(&world, number).await, Some(world.network));
    world.get("ines", "/reports/suggestions").await.shows("accepted 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_suggestion_is_dismissed_for_good() {
    let world = learned().await;
    let number = world.report_as("mara", "gwen", DESK[0], None).await;
    let address = format!("/incidents/{number}");
    let dismiss = format!("{address}/suggestions/team/dismiss");
    world.get("mara", &address).await.shows(&dismiss);
    assert_eq!(world.post("mara", &dismiss, &[]).await.location(), address);
    world.get("mara", &address).await.hides("Suggested: ");
    assert_eq!(world.post("mara", &dismiss, &[]).await.status, StatusCode::CONFLICT);
    // A slip is taken back, once, by whoever could dismiss it.
    let take_back = format!("{address}/suggestions/team/take-back");
    assert_eq!(world.post("otto", &take_back, &[]).await.status, StatusCode::FORBIDDEN);
    let back = world.post_live("mara", &take_back, &[]).await;
    back.shows(&dismiss);
    assert!(back.header("x-toast").starts_with("Suggested"));
    assert_eq!(world.post("mara", &take_back, &[]).await.status, StatusCode::CONFLICT);
    let again = world.post_live("mara", &dismiss, &[]).await;
    assert_eq!(again.header("x-undo"), take_back);
    let unknown = format!("{address}/suggestions/colour/accept");
    assert_eq!(world.post("mara", &unknown, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_incident_is_suggested_of_while_it_is_typed() {
    let world = learned().await;
    let typed = [("title", NETWORK[0]), ("description", "")];
    let page = world.post_live("mara", "/incidents/new/suggest", &typed).await;
    page.shows("Team suggested: ").shows("<b>Network</b>").shows("take=team");
    let empty = world.post_live("mara", "/incidents/new/suggest", &[("title", "")]).await;
    empty.shows(r#"id="suggested""#).hides("suggested: ");
    let refused = world.post_live("gwen", "/incidents/new/suggest", &typed).await;
    assert_ne!(refused.status, StatusCode::OK);
    let fill = format!("/incidents/new/fill?take=team&value={}", world.network);
    let filled = world.post_live("mara", &fill, &typed).await;
    filled.shows(&format!(r#"value="{}" selected"#, world.network)).hides("Team suggested: ");
}

/// Reports with what the form carries after a suggestion of the team was shown, and this team.
async fn typed(world: &World, carried: &str, team: &str) {
    let gwen = world.person("gwen").id.to_string();
    let fields = [
        ("requester", gwen.as_str()),
        ("caller", "Gwen Tarrant"),
        ("title", NETWORK[0]),
        ("suggested_team", carried),
        ("team", team),
    ];
    let done = world.post("mara", "/incidents/new", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    // It is written after what waits.
    world.desk.write(|_sql| Ok(())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_suggestion_in_the_form_is_counted() {
    let world = learned().await;
    let shown = [("title", NETWORK[0])];
    let page = world.post_live("mara", "/incidents/new/suggest", &shown).await;
    let (_, carried) = page.body.split_once(r#"name="suggested_team" value=""#).unwrap();
    let carried = carried.split('"').next().unwrap().to_owned();
    // It stays with the form when it was accepted there.
    let fill = format!("/incidents/new/fill?take=team&value={}", world.network);
    let sent = [("title", NETWORK[0]), ("suggested_team", &carried)];
    world.post_live("mara", &fill, &sent).await.shows(&format!(r#"value="{carried}""#));
    typed(&world, &carried, &world.network.to_string()).await;
    typed(&world, &carried, &world.service_desk.to_string()).await;
    typed(&world, &carried, "").await;
    // What no model can have suggested is not counted.
    let forged = [format!("99:900:{}", world.network), "1:900:nothing".into(), "odd".into()];
    for carried in forged {
        typed(&world, &carried, &world.network.to_string()).await;
    }
    let page = world.get("otto", "/reports/suggestions").await;
    page.shows("Shown on 3 incidents: accepted 1, corrected 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_read_how_good_they_are_and_administrators_change_it() {
    let world = learned().await;
    let address = "/reports/suggestions";
    let page = world.get("otto", address).await;
    page.shows("Learned from 240 incidents").shows("the newest 48 of them").shows(r#"class="cal""#);
    page.shows("As a table").shows("Too little is known").hides("Save the settings");
    assert_ne!(world.get("gwen", address).await.status, StatusCode::OK);
    let page = world.get("ada", address).await;
    page.shows("Save the settings").shows("Learn again now");
    let mut fields = page.sends(address);
    for (name, value) in &mut fields {
        if name == "team-precision" {
            *value = "12".to_owned();
        }
    }
    let sent: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = world.post("ada", address, &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("50 to 99 per cent").shows(r#"value="12""#);
    let kept = sent.iter().copied().filter(|(name, _)| *name != "team-on");
    let off: Vec<(&str, &str)> =
        kept.map(|(name, v)| (name, if name == "team-precision" { "90" } else { v })).collect();
    let saved = world.post("ada", address, &off).await;
    assert_eq!(saved.location(), "/reports/suggestions?done=saved");
    world.get("otto", address).await.shows("It is switched off.");
    assert_ne!(world.post("mara", address, &off).await.status, StatusCode::SEE_OTHER);
    let learning = world.post("ada", "/reports/suggestions/learn", &[]).await;
    assert_eq!(learning.location(), "/reports/suggestions?learning=1");
    world.get("ada", learning.location()).await.shows("being learned again");
}
