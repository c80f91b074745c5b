//! Major incidents on screen: the list, the room, and what of them the other pages show.

use crate::harness::{Page, World};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use incident::conduct::{Answer, Degree};
use incident::state::{IncidentRole, UpdatePhase};
use incident::{Command, State};
use kernel::IncidentNumber;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long a stream may take to tell something.
const PATIENCE: Duration = Duration::from_secs(20);

fn room(number: IncidentNumber) -> String {
    format!("/incidents/{number}/major")
}

fn path(number: IncidentNumber, command: &str) -> String {
    format!("/incidents/{number}/{command}")
}

async fn stored(world: &World, number: IncidentNumber) -> State {
    let read = move |sql: &mut dyn store::Sql| store::incidents::load(sql, number);
    world.desk.read(read).await.unwrap().unwrap().state
}

/// A major incident about label printing, declared by Mara.
async fn declared(world: &World) -> IncidentNumber {
    let number = world.report("Labels print blank").await;
    let service = world.printing.to_string();
    let form = [("service", service.as_str())];
    world.post("mara", &path(number, "classify"), &form).await;
    world.command("mara", number, Command::DeclareMajor { reason: None }).await;
    number
}

/// A form of the room that leads back to it.
#[track_caller]
fn leads_back(page: &Page, number: IncidentNumber) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert_eq!(page.location(), room(number));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_decided_on_the_list_and_marked_everywhere() {
    let world = World::new().await;
    let number = world.report("Labels print blank").await;
    world.get("mara", "/majors").await.shows("None goes on, none is proposed.");
    let form = [("reason", "All sites wait")];
    let sent = world.post("mara", &path(number, "propose-major"), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);

    let list = world.get("ines", "/majors").await;
    list.shows("Waiting for a decision")
        .shows("Labels print blank")
        .shows("proposed by Mara Lindqvist")
        .shows("All sites wait")
        .shows(">Accept<")
        .shows(">Decline<")
        .shows(", 1 open or proposed");
    world.get("ines", "/queue?q=state:open").await.shows("Proposed major");
    world
        .get("ines", &format!("/incidents/{number}"))
        .await
        .shows("proposes to declare it a major incident")
        .shows("#d-decline-major");
    // Who only reads decides nothing.
    world.get("otto", "/majors").await.shows("All sites wait").hides(">Accept<");

    let accepted = world.post("ines", &path(number, "declare-major"), &[("screen", "major")]).await;
    leads_back(&accepted, number);
    world.get("ines", "/majors").await.hides("Waiting for a decision").shows("1 open.");
    world.get("ines", "/queue?q=state:open").await.hides("Proposed major").shows("chip-crit");
    assert!(stored(&world, number).await.major);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_is_for_majors_and_for_staff() {
    let world = World::new().await;
    let plain = world.report("Scale drifts").await;
    assert_eq!(world.get("mara", &room(plain)).await.location(), format!("/incidents/{plain}"));
    let number = declared(&world).await;
    let page = world.get("mara", &room(number)).await;
    page.shows("Major incident</span>")
        .shows("Labels print blank")
        .shows("declared by Mara Lindqvist")
        .shows("aria-label=\"Preview of what each audience reads\"")
        .shows("Nobody yet")
        .shows("the incident is about it")
        .hides(" style=")
        .hides("<script>");
    let read = world.get("otto", &room(number)).await;
    assert_eq!(read.status, StatusCode::OK);
    read.hides("<textarea").hides("/give-role").hides("Stand down</a>").hides("Call more");
    assert_eq!(world.get("gwen", &room(number)).await.location(), "/portal");
    // What a team alone may see stays its own.
    world.command("ines", number, Command::Restrict { team: Some(world.network) }).await;
    assert_eq!(world.get("mara", &room(number)).await.status, StatusCode::NOT_FOUND);
    world.get("mara", "/majors").await.hides("Labels print blank");
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_taken_handed_over_and_accepted_by_whoever_is_asked() {
    let world = World::new().await;
    let number = declared(&world).await;
    let take = [("screen", "major"), ("role", "commander"), ("person", "me")];
    leads_back(&world.post("mara", &path(number, "give-role"), &take).await, number);
    let mara = world.person("mara").id;
    assert_eq!(stored(&world, number).await.roles.get(&IncidentRole::Commander), Some(&mara));

    // The page of its own knows the role that was pressed.
    world
        .get("mara", &path(number, "hand-over?screen=major&role=commander"))
        .await
        .shows("<option value=\"commander\" selected>")
        .shows("name=\"screen\" value=\"major\"");
    let ines = world.person("ines").id.to_string();
    let offer = [("screen", "major"), ("role", "commander"), ("to", ines.as_str())];
    leads_back(&world.post("mara", &path(number, "hand-over"), &offer).await, number);
    world.get("mara", &room(number)).await.shows("Offered to").hides("/accept-role");
    world.get("ines", &room(number)).await.shows("/accept-role").shows("/decline-role");
    let accept = [("screen", "major"), ("role", "commander")];
    leads_back(&world.post("ines", &path(number, "accept-role"), &accept).await, number);
    let roles = stored(&world, number).await.roles;
    assert_eq!(roles[&IncidentRole::Commander], world.person("ines").id);
    world.get("mara", &room(number)).await.hides("Offered to").shows("accepted the role");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_says_whom_it_is_for_and_promises_the_next() {
    let world = World::new().await;
    let number = declared(&world).await;
    let update = [
        ("screen", "major"),
        ("phase", "identified"),
        ("title", "Some labels are blank"),
        ("body", "A driver update was wrong. It is rolled back."),
        ("next_in", "30"),
        ("to", ""),
        ("to", "requesters"),
    ];
    leads_back(&world.post("mara", &path(number, "publish-update"), &update).await, number);
    let state = stored(&world, number).await;
    let conduct = state.conduct.clone().unwrap();
    let left = conduct.communication.due.unwrap().seconds_since(world.desk.now());
    assert!((1_700..=1_800).contains(&left), "in half an hour: {left}");
    let page = world.get("mara", &room(number)).await;
    page.shows("data-count")
        .shows("promised for")
        .shows("Update published, Identified")
        .shows("value=\"Some labels are blank\"");
    // Requesters and nobody else, which the next one begins with.
    page.shows("value=\"requesters\" checked").hides("value=\"status_page\" checked");
    world
        .get("gwen", &format!("/portal/incidents/{number}"))
        .await
        .shows("A driver update was wrong.");
    // The incident's page goes on from the phase that was told, too.
    world
        .get("mara", &format!("/incidents/{number}"))
        .await
        .shows("<option value=\"identified\" selected>");

    let nobody = [("screen", "major"), ("phase", "monitoring"), ("body", "Kept words"), ("to", "")];
    let refused = world.post("mara", &path(number, "publish-update"), &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("This was not sent.").shows("Kept words").shows("choose whom it is for");
    let refused = world.post_live("mara", &path(number, "publish-update"), &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"c-warn\" data-patch=\"morph\"").hides("<textarea");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_composer_shows_how_each_audience_will_read_it() {
    let world = World::new().await;
    let number = declared(&world).await;
    let typed = [
        ("phase", "identified"),
        ("title", "Some labels are <blank>"),
        ("body", "We roll it back."),
        ("to", ""),
        ("to", "requesters"),
    ];
    let preview = path(number, "major/preview");
    let patches = world.post_live("mara", &preview, &typed).await;
    for part in ["pv-page", "pv-mail", "pv-chat"] {
        patches.shows(&format!("id=\"{part}\" data-patch=\"morph\""));
    }
    patches.shows("Some labels are &lt;blank&gt;").shows("id=\"mj-publish\" data-patch=\"text\"");
    patches.shows("Publish to 1 person");
    let plain = world.post("mara", &preview, &typed).await;
    plain.shows("We roll it back.").shows("value=\"identified\" checked");
    assert!(stored(&world, number).await.conduct.unwrap().communication.last_at.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_approved_by_somebody_else_or_rejected() {
    let world = World::new().await;
    let number = declared(&world).await;
    let update = [
        ("screen", "major"),
        ("phase", "investigating"),
        ("body", "We look into it."),
        ("to", ""),
        ("to", "requesters"),
    ];
    leads_back(&world.post("mara", &path(number, "draft-update"), &update).await, number);
    let id = stored(&world, number).await.conduct.unwrap().drafts[0].id.to_string();
    world
        .get("mara", &room(number))
        .await
        .shows("Waits for approval")
        .shows("Somebody else has to approve it.")
        .hides("Approve and publish");
    world.get("ines", &room(number)).await.shows("Approve and publish").shows(">Reject<");
    world.get("gwen", &format!("/portal/incidents/{number}")).await.hides("We look into it.");
    let approve = [("screen", "major"), ("update", id.as_str())];
    leads_back(&world.post("ines", &path(number, "approve-update"), &approve).await, number);
    world.get("gwen", &format!("/portal/incidents/{number}")).await.shows("We look into it.");

    world.post("mara", &path(number, "draft-update"), &update).await;
    let id = stored(&world, number).await.conduct.unwrap().drafts[0].id.to_string();
    world
        .get("ines", &path(number, &format!("reject-update?screen=major&update={id}")))
        .await
        .shows("What should Mara change");
    let reject = [("screen", "major"), ("update", id.as_str()), ("reason", "Say what to do")];
    leads_back(&world.post("ines", &path(number, "reject-update"), &reject).await, number);
    assert!(stored(&world, number).await.conduct.unwrap().drafts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_called_and_say_whether_they_come() {
    let world = World::new().await;
    let number = declared(&world).await;
    let ines = format!("person:{}", world.person("ines").id);
    let call = [("screen", "major"), ("whom", ines.as_str()), ("note", "Printers of all sites")];
    leads_back(&world.post("mara", &path(number, "call-responders"), &call).await, number);
    world.get("mara", &room(number)).await.shows("Ines Calderon").hides("I am coming");
    world.get("ines", &room(number)).await.shows("I am coming").shows("I cannot come");
    let unsaid = world.post("ines", &path(number, "answer-call"), &[("note", "Maybe")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody comes unasked");
    let answer = [("screen", "major"), ("coming", "no")];
    leads_back(&world.post("ines", &path(number, "answer-call"), &answer).await, number);
    let responders = stored(&world, number).await.conduct.unwrap().responders;
    assert_eq!(responders[0].answer, Answer::CannotCome);
    world.get("mara", &room(number)).await.shows("cannot come");
    let nobody = [("form", "call-responders"), ("note", "x")];
    let refused = world.post("mara", &path(number, "call-responders"), &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Choose whom to call").shows("href=\"#call-responders-whom\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_and_impact_are_said_and_only_meetings_are_links() {
    let world = World::new().await;
    let number = declared(&world).await;
    let set = |kind, address| [("screen", "major"), ("kind", kind), ("address", address)];
    let conference = set("conference", "https://meet.example/labels");
    leads_back(&world.post("mara", &path(number, "set-room"), &conference).await, number);
    let page = world.get("mara", &room(number)).await;
    page.shows("href=\"https://meet.example/labels\"").shows("Join the call");
    world.post("mara", &path(number, "set-room"), &set("chat", "javascript:alert(1)")).await;
    world.get("mara", &room(number)).await.hides("href=\"javascript:");
    // The form begins with what is set of the room that it is about.
    let form = |more: &str| path(number, &format!("set-room?screen=major{more}"));
    let said = "value=\"https://meet.example/labels\"";
    world.get("mara", &form("&kind=conference")).await.shows(said);
    world.get("mara", &form("&kind=chat")).await.hides(said).shows("name=\"address\"");
    world.get("mara", &form("")).await.shows("Which room?").hides("name=\"address\"");
    let impact = [("screen", "major"), ("statement", "Nothing can be sent from <Gdańsk>.")];
    leads_back(&world.post("mara", &path(number, "state-impact"), &impact).await, number);
    world
        .get("mara", &room(number))
        .await
        .shows("Nothing can be sent from &lt;Gdańsk&gt;.")
        .shows("stated the impact");
    // The form begins with what is said.
    world.get("mara", &path(number, "state-impact")).await.shows("&lt;Gdańsk&gt;.</textarea>");
    // Whoever began before somebody else stated it is told, and overwrites nothing unseen.
    let version = stored(&world, number).await.version.to_string();
    let stated = |words| {
        [
            ("form", "state-impact"),
            ("screen", "major"),
            ("version", version.as_str()),
            ("statement", words),
        ]
    };
    let done = world.post_live("ines", &path(number, "state-impact"), &stated("All sites.")).await;
    done.shows("id=\"f-state-impact\"").shows("All sites.</textarea>");
    let told = world.post_live("mara", &path(number, "state-impact"), &stated("One site.")).await;
    assert_eq!(told.status, StatusCode::PRECONDITION_FAILED);
    told.shows("while this was open").shows("One site.");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_of_outages_is_kept() {
    let world = World::new().await;
    let number = declared(&world).await;
    let first = stored(&world, number).await.outages[0].clone();
    assert_eq!((first.service, first.ended_at), (world.printing, None));
    world.get("mara", &room(number)).await.shows("lasts").shows("Label Printing");
    let id = first.id.to_string();
    let ago = |seconds: i64| first.started_at.plus_seconds(-seconds).to_string()[..19].to_owned();
    let (began, ended) = (ago(7_200), ago(5_400));
    let change = [
        ("screen", "major"),
        ("outage", id.as_str()),
        ("degree", "degraded"),
        ("started_at", began.as_str()),
        ("ended_at", ended.as_str()),
    ];
    leads_back(&world.post("mara", &path(number, "change-outage"), &change).await, number);
    let outage = stored(&world, number).await.outages[0].clone();
    assert_eq!(outage.degree, Degree::Degraded);
    assert_eq!(outage.ended_at.unwrap().seconds_since(outage.started_at), 1_800);
    world.get("mara", &room(number)).await.shows("Slower or worse").shows("30 m");
    world
        .get("mara", &path(number, &format!("change-outage?outage={id}")))
        .await
        .shows("<option value=\"degraded\" selected>");
    let remove = [("screen", "major"), ("outage", id.as_str()), ("reason", "A test")];
    leads_back(&world.post("mara", &path(number, "remove-outage"), &remove).await, number);
    assert!(stored(&world, number).await.outages.is_empty());

    let service = world.printing.to_string();
    let record = [
        ("form", "record-outage"),
        ("service", service.as_str()),
        ("degree", "full"),
        ("started_at", "soon"),
    ];
    let refused = world.post_live("mara", &path(number, "record-outage"), &record).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"record-outage-started_at-e\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_follows_what_others_do() {
    let world = World::new().await;
    let number = declared(&world).await;
    let request =
        Request::get(format!("/live?major={number}")).header("accept", "text/event-stream");
    let response = world.raw("ines", request, Body::empty()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut stream = response.into_body().into_data_stream();
    let role = Command::HandOver { role: IncidentRole::Scribe, to: world.person("ines").id };
    world.command("mara", number, role).await;
    let until = Instant::now() + PATIENCE;
    let mut told = String::new();
    while !told.contains("/accept-role") {
        let bytes = timeout_at(until, stream.next()).await.expect(&told).unwrap().unwrap();
        told.push_str(std::str::from_utf8(&bytes).unwrap());
    }
    assert!(told.contains("id=\"mj-roles\""), "{told}");
    let hidden = world.raw("gwen", Request::get(format!("/live?major={number}")), Body::empty());
    assert_eq!(hidden.await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_stays_readable_with_its_figures() {
    let world = World::new().await;
    let number = declared(&world).await;
    leads_back(
        &world.post("mara", &path(number, "mitigate"), &[("screen", "major")]).await,
        number,
    );
    let state = stored(&world, number).await;
    assert!(state.moments.mitigated.is_some() && state.outages[0].ended_at.is_some());
    let marked = world.get("mara", &room(number)).await;
    marked.shows("Service is back").hides("Mark as mitigated");
    marked.shows("No update says yet that its impact is over.");
    let back = world.post_live("mara", &path(number, "restore"), &[("screen", "major")]).await;
    back.shows("id=\"untold\" data-patch=\"morph\"").shows("Marking it told nobody outside.");
    let resolve = [("screen", "major"), ("code", "fixed"), ("note", "The driver was rolled back.")];
    leads_back(&world.post("mara", &path(number, "resolve"), &resolve).await, number);
    world.get("mara", &room(number)).await.shows("Major incident, resolved").shows("It is over.");
    world
        .get("mara", "/majors")
        .await
        .shows("Last 90 days")
        .shows("Labels print blank")
        .shows("No major incident goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_incident_s_page_leads_to_the_room_and_publishes_to_audiences() {
    let world = World::new().await;
    let number = declared(&world).await;
    let page = world.get("mara", &format!("/incidents/{number}")).await;
    page.shows(&format!("href=\"/incidents/{number}/major\""))
        .shows("id=\"of-outages-h\"")
        .shows("name=\"to\" value=\"requesters\" checked")
        .shows("name=\"title\"");
    let fields = [
        ("mode", "update"),
        ("phase", "monitoring"),
        ("title", "Labels"),
        ("body", "It prints again."),
        ("to", ""),
        ("to", "requesters"),
    ];
    let sent = world.post("mara", &path(number, "comments"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let read = move |sql: &mut dyn store::Sql| store::updates::of_incident(sql, number);
    let said = world.desk.read(read).await.unwrap();
    assert_eq!(
        (said[0].phase, said[0].body.as_str()),
        (UpdatePhase::Monitoring, "It prints again.")
    );
    assert_eq!(said[0].title.as_deref(), Some("Labels"));
    assert!(said[0].audiences.requesters && !said[0].audiences.chat);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_says_when_the_next_word_is_due() {
    let world = World::new().await;
    let service = world.printing.to_string();
    let mut fields = vec![
        ("name", "Printing"),
        ("services", service.as_str()),
        ("calendar", "always"),
        ("p2_response", "30m"),
        ("starts_at", "reported"),
        ("warn_shares", ""),
        ("close_after_days", "5"),
        ("follow_up_days", "30"),
        ("requesters", ""),
        ("v_calendar", ""),
        ("major_first", "15 min"),
        ("major_p1", "30 min"),
        ("major_approval", "1"),
    ];
    let made = world.post("ada", "/settings/agreements", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let address = made.location().split('?').next().unwrap().to_owned();
    let id = address.rsplit('/').next().unwrap().parse().unwrap();
    let majors = world.desk.policy().agreements.last(id).unwrap().majors.clone().unwrap();
    assert_eq!(majors.first_notice_seconds, Some(900));
    assert_eq!(majors.cadence_seconds.into_values().collect::<Vec<_>>(), [1_800]);
    assert!(majors.approval);
    let page = world.get("ada", &address).await;
    page.shows("name=\"major_first\"").shows("value=\"15 min\"");
    fields.retain(|(name, _)| *name != "major_p1");
    fields.push(("major_p1", "often"));
    let wrong = world.post("ada", "/settings/agreements", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("“often” is no duration");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_proposes() {
    let world = World::new().await;
    let form = [
        ("name", "All printers"),
        ("on", "reported"),
        ("when", "affected>=50"),
        ("major", "propose"),
        ("major_reason", "Many are affected"),
        ("active", "1"),
    ];
    let made = world.post("ada", "/settings/rules", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let read = |sql: &mut dyn store::Sql| store::directory::rules::list(sql);
    let rules = world.desk.read(read).await.unwrap();
    let reason = Some("Many are affected".to_owned());
    assert_eq!(rules[0].actions, [incident::rules::Action::ProposeMajor { reason }]);
    let address = made.location().split('?').next().unwrap().to_owned();
    world.get("ada", &address).await.shows("<option value=\"propose\" selected>");
}
