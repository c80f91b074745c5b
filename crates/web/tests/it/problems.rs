//! Problems and known errors: the list, the page, the form, and what an incident shows of them.

use crate::harness::World;
use axum::http::StatusCode;
use incident::Command;
use kernel::{Channel, IncidentNumber, ProblemNumber};
use store::directory::{Problem, ProblemState};

/// A known error behind these incidents.
async fn known_error(world: &World, incidents: &[IncidentNumber]) -> ProblemNumber {
    let problem = Problem {
        state: ProblemState::KnownError,
        cause: "The update resets the controller.".to_owned(),
        workaround: "Turn off fast roaming, then restart the scanner.".to_owned(),
        steps: vec!["Turn off 802.11r".to_owned(), "Restart the scanner".to_owned()],
        service: Some(world.printing),
        ..Problem::titled(ProblemNumber(0), "Scanners drop off after an update", world.desk.now())
    };
    let viewer = world.viewer("mara");
    let made = world.desk.make_problem(&viewer, Channel::Web, problem, incidents).await.unwrap();
    assert!(made.refused.is_empty());
    made.problem.number
}

#[tokio::test]
async fn a_problem_is_opened_from_incidents_of_the_queue() {
    let world = World::new().await;
    let (one, other) = (world.report("No labels").await, world.report("No labels again").await);
    world.get("mara", "/queue").await.shows("formaction=\"/problems/new\"").shows("Open a problem");
    let form = format!("/problems/new?number={one}&number={other}");
    let page = world.get("mara", &form).await;
    page.shows(&format!("{one}, {other}")).shows("Open the problem");
    let sent = page.sends("/problems");
    let mut fields: Vec<(&str, &str)> =
        sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Nothing is lost where a field is wrong, and it is said beside it.
    fields.extend([("cause", "A worn cutter")]);
    let refused = world.post("mara", "/problems", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("The title is needed").shows(r##"href="#title""##).shows(&other.to_string());
    fields.retain(|(name, _)| *name != "title");
    fields.push(("title", "The cutter is worn"));
    let made = world.post("mara", "/problems", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    assert!(made.location().starts_with("/problems/PRB-1"), "{}", made.location());
    world
        .get("mara", "/problems/PRB-1")
        .await
        .shows("The cutter is worn")
        .shows("No labels again")
        .shows("Mara Lindqvist made it");
    world.get("mara", "/problems").await.shows("PRB-1 The cutter is worn");
    world.get("mara", "/problems?show=known").await.hides("The cutter is worn");
    world.get("mara", "/problems?q=cutter").await.shows("PRB-1");
    world.get("mara", "/problems?q=printer").await.hides("PRB-1").shows("None fits");
    // The incident says so too.
    world
        .get("mara", &format!("/incidents/{one}"))
        .await
        .shows("Problem behind it")
        .shows("No workaround yet.")
        .shows("href=\"/problems/PRB-1/edit\"")
        .shows("/problems/PRB-1");
    let on_it = format!("/problems/new?number={one}");
    world.get("mara", &format!("/incidents/{one}")).await.shows(&on_it);
}

#[tokio::test]
async fn numbers_that_are_none_are_refused_beside_their_field() {
    let world = World::new().await;
    let fields = [("title", "A"), ("incidents", "INC-1 <b>nonsense</b>")];
    let refused = world.post("mara", "/problems", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("is not the number of an incident").hides("<b>nonsense");
    world
        .get("mara", "/problems?show=going-on")
        .await
        .shows("None here")
        .shows("Show what comes again");
}

#[tokio::test]
async fn each_role_does_its_own() {
    let world = World::new().await;
    let number = known_error(&world, &[]).await;
    let page = format!("/problems/{number}");
    let edit = format!("{page}/edit");
    for who in ["mara", "ines", "ada"] {
        world.get(who, &page).await.shows(&edit).shows("resolve it");
        assert_eq!(world.get(who, &edit).await.status, StatusCode::OK, "{who}");
    }
    // An auditor reads and changes nothing.
    world.get("otto", &page).await.shows("Turn off fast roaming").hides(&edit);
    assert_eq!(world.get("otto", &edit).await.status, StatusCode::FORBIDDEN);
    let fields = [("title", "Mine"), ("version", "1")];
    assert_eq!(world.post("otto", &page, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("otto", "/problems", &fields).await.status, StatusCode::FORBIDDEN);
    // Requesters find none of it.
    for path in ["/problems", page.as_str(), edit.as_str(), "/problems/new"] {
        let away = world.get("gwen", path).await;
        assert_eq!((away.status, away.location()), (StatusCode::SEE_OTHER, "/portal"), "{path}");
    }
    assert_eq!(world.post("gwen", &page, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("mara", "/problems/PRB-99").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("mara", "/problems/nonsense").await.status, StatusCode::NOT_FOUND);
    // Only managers close one.
    let resolved = [("state", "resolved"), ("version", "1")];
    let done = world.post("mara", &format!("{page}/state"), &resolved).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let closed = [("state", "closed"), ("version", "2")];
    let refused = world.post("mara", &format!("{page}/state"), &closed).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.shows("administrators close problems");
    let done = world.post("ines", &format!("{page}/state"), &closed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn restricted_incidents_are_neither_listed_nor_counted() {
    let world = World::new().await;
    let open = world.report("No labels").await;
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    let number = known_error(&world, &[open, secret]).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    let page = format!("/problems/{number}");
    let secret = secret.to_string();
    world.get("ines", &page).await.shows("Payroll leak").shows("<dd>2, 2 open</dd>");
    world
        .get("mara", &page)
        .await
        .shows("No labels")
        .hides("Payroll leak")
        .hides(&secret)
        .shows("<dd>1, 1 open</dd>");
    world.get("mara", "/problems").await.shows("1<span class=\"meta\">, 1 open");
    // Nor do they fill a form.
    let form = format!("/problems/new?number={open},{secret}");
    world.get("mara", &form).await.shows(&open.to_string()).hides(&secret).hides("Payroll");
    // Nor does what only a team may know become the title of what all of the service desk reads.
    let alone = world.get("ines", &format!("/problems/new?number={secret}")).await;
    alone.shows(&secret).hides("Payroll");
    // What cannot be seen cannot be linked, and sounds as if it were not there.
    let fields = [("incident", secret.as_str())];
    let refused = world.post("mara", &format!("{page}/link"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("could not be linked").hides("Payroll");
}

#[tokio::test]
async fn a_known_error_needs_a_cause_and_a_workaround() {
    let world = World::new().await;
    let open = world.report("No labels").await;
    world
        .post(
            "mara",
            "/problems",
            &[("title", "The cutter is worn"), ("incidents", &open.to_string())],
        )
        .await;
    let known = [("state", "known_error"), ("version", "1")];
    let refused = world.post("mara", "/problems/PRB-1/state", &known).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("The cause is needed").shows("The workaround is needed");
    let fields = [
        ("title", "The cutter is worn"),
        ("cause", "It was never changed"),
        ("workaround", "Cut by hand"),
        ("steps", "Find the scissors\r\n\r\nCut"),
        ("version", "1"),
    ];
    let saved = world.post("mara", "/problems/PRB-1", &fields).await;
    assert_eq!(saved.location(), "/problems/PRB-1?done=saved");
    // Who was slower is told, and keeps what was typed.
    let slower = world.post("ines", "/problems/PRB-1", &fields).await;
    assert_eq!(slower.status, StatusCode::PRECONDITION_FAILED);
    slower.shows("Mara Lindqvist changed this").shows("Cut by hand");
    let known = [("state", "known_error"), ("version", "2")];
    world.post("mara", "/problems/PRB-1/state", &known).await;
    world.get("mara", "/problems?show=known").await.shows("The cutter is worn");
    world.get("mara", "/problems/PRB-1").await.shows("state to known error");
    // A note that cannot be written resolves nothing: its form stays, with what is wrong beside it.
    let long = "x".repeat(kernel::limits::BODY_CHARS + 1);
    let gone = [("state", "resolved"), ("version", "3"), ("tell", "1"), ("note", long.as_str())];
    let refused = world.post("mara", "/problems/PRB-1/state", &gone).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("note is longer than").shows("resolve it");
    world.get("mara", "/problems?show=known").await.shows("The cutter is worn");
    // Resolving tells what is still open, as a note that only staff read.
    let gone =
        [("state", "resolved"), ("version", "3"), ("tell", "1"), ("note", "A new cutter is in.")];
    let done = world.post("mara", "/problems/PRB-1/state", &gone).await;
    assert_eq!(done.location(), "/problems/PRB-1?noted=1");
    world.get("mara", done.location()).await.shows("It is noted on 1 incident.");
    world.get("mara", &format!("/incidents/{open}")).await.shows("A new cutter is in.");
    world.get("gwen", &format!("/portal/incidents/{open}")).await.hides("A new cutter is in.");
}

#[tokio::test]
async fn a_workaround_shows_what_it_adds_before_it_adds_it() {
    let world = World::new().await;
    let first = world.report("No labels").await;
    let other = world.report("No labels either").await;
    let number = known_error(&world, &[first]).await;
    let page = format!("/incidents/{other}/workaround/{number}");
    world
        .get("mara", &page)
        .await
        .shows("What it adds")
        .shows("2 tasks")
        .shows("Restart the scanner")
        .shows("Nothing is sent before you send it");
    let incident = format!("/incidents/{other}");
    world.get("mara", &incident).await.hides("Restart the scanner");
    let done = world.post("mara", &page, &[]).await;
    assert_eq!(done.location(), incident);
    world
        .get("mara", &incident)
        .await
        .shows("Restart the scanner")
        .shows("Known error with a workaround")
        .shows("Details <span class=\"n\">1 workaround</span>")
        .shows(&format!("data-name=\"Apply the workaround of {number}\""))
        .shows("Turn off fast roaming, then restart the scanner.</textarea>");
    // Doing it again adds nothing, and says so before.
    world.get("mara", &page).await.shows("its steps are tasks already").shows("you have begun one");
    // Nobody but the service desk does it, and on nothing that they do not see.
    assert_eq!(world.post("otto", &page, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("gwen", &page, &[]).await.status, StatusCode::FORBIDDEN);
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    let hidden = format!("/incidents/{secret}/workaround/{number}");
    assert_eq!(world.get("mara", &hidden).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.post("mara", &hidden, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let world = World::new().await;
    let words = "<script>alert(1)</script>";
    let fields = [
        ("title", words),
        ("description", words),
        ("cause", words),
        ("workaround", words),
        ("steps", words),
        ("fix", words),
    ];
    let made = world.post("mara", "/problems", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    for path in ["/problems", "/problems/PRB-1", "/problems/PRB-1/edit", "/problems?q=%3Cscript%3E"]
    {
        world.get("mara", path).await.shows("&lt;script&gt;").hides("<script>alert");
    }
}

#[tokio::test]
async fn an_incident_is_linked_and_unlinked_on_the_page_of_its_problem() {
    let world = World::new().await;
    let open = world.report("No labels").await;
    let number = known_error(&world, &[]).await;
    let page = format!("/problems/{number}");
    let name = open.to_string();
    let fields = [("incident", name.as_str())];
    let linked = world.post("mara", &format!("{page}/link"), &fields).await;
    assert_eq!(linked.status, StatusCode::SEE_OTHER);
    world.get("mara", &page).await.shows("No labels").shows(&format!("Unlink {open}"));
    world.post("mara", &format!("{page}/unlink"), &fields).await;
    world.get("mara", &page).await.hides("No labels").shows("None is linked that you see.");
    let wrong = world.post("mara", &format!("{page}/link"), &[("incident", "nonsense")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Write the number of an incident").shows("aria-describedby=\"incident-e\"");
}
