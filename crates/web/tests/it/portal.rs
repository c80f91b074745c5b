//! The requesters' portal: reporting, following, confirming, and seeing nothing of others.

use crate::harness::{Page, World, escape};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use incident::command::Change;
use incident::state::HoldReason;
use incident::{Command, Visibility};
use kernel::{Channel, IncidentNumber, limits};

const BOUNDARY: &str = "----form";

/// A form with files: name, file name or nothing, bytes.
fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> Body {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file
            .map(|file| format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream"))
            .unwrap_or_default();
        body.extend_from_slice(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    Body::from(body)
}

async fn send(
    world: &World,
    who: &str,
    path: &str,
    live: bool,
    parts: &[(&str, Option<&str>, &[u8])],
) -> Page {
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header("sec-fetch-site", "same-origin");
    if live {
        request = request.header("x-live", "1");
    }
    world.send(who, request, multipart(parts)).await
}

fn text<'a>(name: &'a str, value: &'a str) -> (&'a str, Option<&'a str>, &'a [u8]) {
    (name, None, value.as_bytes())
}

fn number_in(location: &str) -> IncidentNumber {
    location.rsplit('/').next().unwrap().parse().unwrap()
}

fn address(number: IncidentNumber) -> String {
    format!("/portal/incidents/{number}")
}

async fn resolve(world: &World, number: IncidentNumber, words: &str) {
    let mut ask = world.desk.ask(&world.viewer("mara"), Channel::Web).on(number);
    let note = ask.words("note", words, limits::BODY_CHARS).unwrap();
    let cause = Some(ask.words("cause", "secret cause", limits::BODY_CHARS).unwrap());
    let command =
        Command::Resolve { code: "fixed".into(), note, cause, known_error: None, children: false };
    ask.issue(command).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_what_is_known_and_nothing_more_is_asked() {
    let world = World::new().await;
    world
        .get("gwen", "/portal")
        .await
        .shows("What is not working?")
        .shows("Nothing you reported is open.")
        .shows("Label Printing")
        .shows("working")
        .hides("All 1 service");
    let form = world.get("gwen", "/portal/report?title=Printer%20%3Cb%3Eis%20dark").await;
    form.shows("Printer &lt;b&gt;is dark").shows("Is there a way around it?").hides("Impact");

    let service = world.printing.to_string();
    let parts = [
        text("title", "Printer is dark"),
        text("description", "No light.\r\n\r\nNo <beep>."),
        text("service", &service),
        text("affected", "12"),
        text("urgency", "1"),
    ];
    let sent = send(&world, "gwen", "/portal/report", false, &parts).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let page = world.get("gwen", sent.location()).await;
    page.shows("Printer is dark")
        .shows("No &lt;beep&gt;.")
        .shows("<b>You</b>")
        .hides("P2")
        .hides("P3");
    assert!(
        page.body.contains(r#"<li class="done" aria-current="step">Reported"#),
        "{}",
        page.body
    );

    let number = number_in(sent.location());
    let stored = world
        .desk
        .read(move |sql| store::incidents::load(sql, number))
        .await
        .unwrap()
        .unwrap()
        .state;
    assert_eq!(
        (stored.channel, stored.affected, stored.urgency.get()),
        (Channel::Portal, Some(12), 1)
    );
    world.get("gwen", "/portal").await.shows("Printer is dark").shows("Received");
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_the_same_form_again_reports_once() {
    let world = World::new().await;
    let parts = [text("title", "Printer is dark"), text("form", "abc"), text("urgency", "2")];
    let first = send(&world, "gwen", "/portal/report", false, &parts).await;
    let again = send(&world, "gwen", "/portal/report", false, &parts).await;
    assert_eq!(first.location(), again.location());
    let other = send(
        &world,
        "gwen",
        "/portal/report",
        false,
        &[text("title", "Another one"), text("form", "abc")],
    )
    .await;
    assert_ne!(first.location(), other.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_the_field_and_nothing_is_lost() {
    let world = World::new().await;
    for (parts, words) in [
        (vec![text("title", " "), text("description", "kept words")], "One thing to fix"),
        (
            vec![text("title", "x"), text("description", "kept words"), text("affected", "many")],
            "write a number",
        ),
        (
            vec![text("title", "x"), text("description", "kept words"), text("urgency", "7")],
            "hoose one of the answers",
        ),
        (
            vec![
                text("title", "x"),
                text("description", "kept words"),
                text("service", "nonsense"),
            ],
            "not a known service",
        ),
    ] {
        let page = send(&world, "gwen", "/portal/report", false, &parts).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("kept words");
        assert!(page.body.to_lowercase().contains(&words.to_lowercase()), "{words}: {}", page.body);
        let patch = send(&world, "gwen", "/portal/report", true, &parts).await;
        assert_eq!(patch.status, StatusCode::UNPROCESSABLE_ENTITY);
        patch.shows(r#"id="report""#).shows(r#"data-patch="morph""#).hides("<html");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requesters_read_public_words_only() {
    let world = World::new().await;
    let number = world.report("Scanners drop off").await;
    world.comment("mara", number, "We are looking at it", Visibility::Public).await;
    world.comment("mara", number, "internal guess", Visibility::Internal).await;
    resolve(&world, number, "Roaming is off again").await;
    let page = world.get("gwen", &address(number)).await;
    page.shows("We are looking at it")
        .shows("Mara Lindqvist")
        .shows("Service Desk")
        .shows("Roaming is off again");
    page.hides("internal guess").hides("secret cause");
    page.shows("Is it working for you now?")
        .shows("It works again")
        .shows("Still broken")
        .shows("If we hear nothing we close it");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_incident_exists() {
    let world = World::new().await;
    let number = world.report("Payslip is wrong").await;
    assert_eq!(world.get("peter", &address(number)).await.status, StatusCode::NOT_FOUND);
    for action in ["confirm", "dispute", "withdraw", "watch", "unwatch"] {
        let page = world
            .post(
                "peter",
                &format!("{}/{action}", address(number)),
                &[("note", "x"), ("reason", "x")],
            )
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{action}");
    }
    let page =
        send(&world, "peter", &format!("{}/comment", address(number)), false, &[text("body", "x")])
            .await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    for path in [
        "/portal",
        "/portal/incidents",
        "/portal/incidents?show=shared",
        "/portal/suggest?q=payslip",
        "/search?q=payslip",
    ] {
        world.get("peter", path).await.hides("Payslip");
    }
    world.get("gwen", "/search?q=payslip").await.shows("Payslip is wrong").shows(&address(number));
}

#[tokio::test(flavor = "multi_thread")]
async fn still_broken_reopens_and_works_again_closes() {
    let world = World::new().await;
    let number = world.report("Scanners drop off").await;
    resolve(&world, number, "Restarted").await;

    let empty =
        world.post("gwen", &format!("{}/dispute", address(number)), &[("note", "  ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.shows("Write what is still not working").shows("<details open>");

    let patches = world
        .post_live(
            "gwen",
            &format!("{}/dispute", address(number)),
            &[("note", "Aisle 31\r\nstill drops")],
        )
        .await;
    assert_eq!(patches.status, StatusCode::OK);
    patches
        .shows("Being worked on")
        .shows(r##"data-to="#tl""##)
        .shows("Aisle 31")
        .shows("Still broken")
        .hides("<html");
    assert!(patches.body.contains(r#"id="p-confirm" hidden"#), "{}", patches.body);

    let late = world.post("gwen", &format!("{}/confirm", address(number)), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.shows("<html");

    resolve(&world, number, "Access point replaced").await;
    let confirmed = world.post("gwen", &format!("{}/confirm", address(number)), &[]).await;
    assert_eq!(
        (confirmed.status, confirmed.location()),
        (StatusCode::SEE_OTHER, address(number).as_str())
    );
    let page = world.get("gwen", &address(number)).await;
    page.shows(r#"aria-current="step">Closed"#)
        .shows("It broke again")
        .hides("Is it working for you now?");
    world.get("gwen", "/portal/incidents?show=closed").await.shows("Scanners drop off");

    is_followed(&world, number, "It is back").await;
    let error = world.report("Scanners drop off").await;
    let mut ask = world.desk.ask(&world.viewer("mara"), Channel::Web).on(error);
    let reason = ask.words("reason", "Reported twice", 1_000).unwrap();
    ask.issue(Command::Cancel { reason }).await.unwrap();
    world.get("gwen", &address(error)).await.shows("Report it again");
    is_followed(&world, error, "No, these are others").await;
}

/// What Gwen says to an incident that is over makes another one.
async fn is_followed(world: &World, number: IncidentNumber, words: &str) {
    let path = format!("{}/comment", address(number));
    let again = send(world, "gwen", &path, false, &[text("body", words)]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_ne!(again.location(), address(number));
    world.get("gwen", again.location()).await.shows(words).shows("Scanners drop off");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_takes_files_along() {
    let world = World::new().await;
    let number = world.report("Scanners drop off").await;
    let path = format!("{}/comment", address(number));
    let nothing =
        send(&world, "gwen", &path, false, &[text("body", ""), ("file", Some(""), b"")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    nothing.shows("Write something, or add a file");

    let parts = [
        text("body", "See the photo"),
        ("file", Some("aisle 24.png"), b"\x89PNG\r\n\x1a\n..".as_slice()),
    ];
    let patches = send(&world, "gwen", &path, true, &parts).await;
    assert_eq!(patches.status, StatusCode::OK, "{}", patches.body);
    patches
        .shows("See the photo")
        .shows("aisle 24.png")
        .shows(r#"data-patch="append""#)
        .hides("It began this morning.");

    let alone =
        send(&world, "gwen", &path, true, &[text("body", ""), ("file", Some("log.txt"), b"line")])
            .await;
    alone.shows("log.txt");
    let page = world.get("gwen", &address(number)).await;
    page.shows("aisle 24.png").shows("log.txt");
    let stored = world
        .desk
        .read(move |sql| store::incidents::load(sql, number))
        .await
        .unwrap()
        .unwrap()
        .state;
    assert!(stored.attachments.iter().all(|file| file.public));
    assert_eq!(stored.attachments[0].media_type, "image/png");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_outage_tells_its_title_and_takes_the_report_in() {
    let world = World::new().await;
    let major = world.report_as("mara", "peter", "VPN drops after 10 minutes", None).await;
    world.comment("peter", major, "words of Peter", Visibility::Public).await;
    world
        .desk
        .ask(&world.viewer("mara"), Channel::Web)
        .on(major)
        .issue(Command::DeclareMajor { reason: None })
        .await
        .unwrap();

    let suggestions = world.get_live("gwen", "/portal/suggest?q=vpn%20keeps%20disconn").await;
    suggestions
        .shows("We already know: VPN drops")
        .shows("I have this too")
        .shows("None of these")
        .hides("Peter")
        .hides("words of");
    world.get("gwen", "/portal/suggest?q=printer").await.hides("VPN").shows("Report “printer”");
    assert_eq!(world.get("gwen", &address(major)).await.status, StatusCode::NOT_FOUND);

    let form = world
        .get(
            "gwen",
            &format!("/portal/report?title={}&with={major}", escape("VPN drops after 10 minutes")),
        )
        .await;
    form.shows("You have this too")
        .shows("Something else")
        .shows(&format!(r#"name="with" value="{major}""#))
        .hides("words of");
    // Enter reports; that it is something else comes before the outage that is named, and keeps
    // what was typed.
    let place = |words: &str| form.body.find(words).unwrap();
    let reports = place(r#"<button class="vh" type="submit""#);
    let other = place(r#"type="submit" name="with" value="" formmethod="get""#);
    assert!(reports < other && other < place(&format!(r#"name="with" value="{major}""#)));
    let typed = format!("with=&with={major}&form=a&title=VPN&description=Since+the+update");
    let other = world.get("gwen", &format!("/portal/report?{typed}")).await;
    other
        .shows("Since the update</textarea>")
        .shows(r#"name="form" value="a""#)
        .hides("You have this too")
        .hides(&format!(r#"name="with" value="{major}""#));
    let with = major.to_string();
    let sent = send(
        &world,
        "gwen",
        "/portal/report",
        false,
        &[text("title", "VPN drops"), text("with", &with)],
    )
    .await;
    let number = number_in(sent.location());
    let stored = world
        .desk
        .read(move |sql| store::incidents::load(sql, number))
        .await
        .unwrap()
        .unwrap()
        .state;
    assert_eq!(stored.parent, Some(major));
    world
        .get("gwen", sent.location())
        .await
        .shows("Others have the same trouble")
        .hides("words of");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_is_no_known_outage_takes_no_children() {
    let world = World::new().await;
    let private = world.report_as("mara", "peter", "Private matter", None).await;
    let with = private.to_string();
    world
        .get("gwen", &format!("/portal/report?title=x&with={with}"))
        .await
        .hides("Private matter")
        .hides("You have this too");
    let sent =
        send(&world, "gwen", "/portal/report", false, &[text("title", "x"), text("with", &with)])
            .await;
    let number = number_in(sent.location());
    let stored = world
        .desk
        .read(move |sql| store::incidents::load(sql, number))
        .await
        .unwrap()
        .unwrap()
        .state;
    assert_eq!(stored.parent, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_reads_and_can_stop() {
    let world = World::new().await;
    let number = world.report("Scanners drop off").await;
    let peter = world.person("peter").id;
    world.command("mara", number, Command::Watch { person: Some(peter) }).await;
    let page = world.get("peter", &address(number)).await;
    page.shows("Scanners drop off")
        .shows("Only Gwen Tarrant and the service desk write here.")
        .shows("Stop following")
        .hides("Add something");
    world.get("peter", "/portal").await.shows("Incidents you follow").shows("Scanners drop off");
    let comment = send(
        &world,
        "peter",
        &format!("{}/comment", address(number)),
        false,
        &[text("body", "me too")],
    )
    .await;
    assert_eq!(comment.status, StatusCode::FORBIDDEN);

    let stopped = world.post("peter", &format!("{}/unwatch", address(number)), &[]).await;
    assert_eq!((stopped.status, stopped.location()), (StatusCode::SEE_OTHER, "/portal"));
    assert_eq!(world.get("peter", &address(number)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reported_in_error_is_withdrawn() {
    let world = World::new().await;
    let number = world.report_as("gwen", "gwen", "Screen is dark", None).await;
    world.get("gwen", &address(number)).await.shows("I reported this in error");
    let done = world
        .post("gwen", &format!("{}/withdraw", address(number)), &[("reason", "It was unplugged")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    world
        .get("gwen", &address(number))
        .await
        .shows(r#"aria-current="step">Withdrawn"#)
        .shows("It was unplugged")
        .shows("Report it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_time_is_promised_and_everywhere_the_same() {
    let world = World::new().await;
    let number = world.report("Scanners drop off").await;
    let now = world.desk.now();
    let (likely, late) = (now.plus_seconds(90_000), now.plus_seconds(200_000));
    let (at, high) = (Some(likely), Some(late));
    let command = Command::SetExpectedResolution { at, low: None, high, reason: None };
    world.command("mara", number, command).await;
    let words = |at: kernel::Timestamp| {
        at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime("%a %-d %b, %H:%M").to_string()
    };
    for path in ["/portal", "/portal/incidents", &address(number)] {
        world
            .get("gwen", path)
            .await
            .shows("Expected back")
            .shows(&words(likely))
            .hides(&words(late));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_requester_comes_first_and_asks_for_it() {
    let world = World::new().await;
    let asked = world.report("Scanner beeps").await;
    let hold = Command::Hold { reason: HoldReason::Requester, until: None, note: None };
    world.command("mara", asked, hold).await;
    let other = world.report("Screen flickers").await;
    let home = world.get("gwen", "/portal").await;
    let place = |words: &str| home.body.find(words).unwrap();
    assert!(place("Scanner beeps") < place("Screen flickers"), "{}", home.body);
    assert_eq!(home.body.matches("is-asked").count(), 1);

    world
        .get("gwen", &address(asked))
        .await
        .shows("We wait for your answer.")
        .shows("Your answer")
        .shows("Send the answer");
    world.get("gwen", &address(other)).await.hides("We wait for your answer.").shows("Send");
    let peter = world.person("peter").id;
    world.command("mara", asked, Command::Watch { person: Some(peter) }).await;
    world.get("peter", &address(asked)).await.hides("We wait for your answer.");
    world.get("peter", "/portal").await.shows("Scanner beeps").hides("is-asked");

    let path = format!("{}/comment", address(asked));
    let parts = [text("body", "The yellow ones"), ("file", Some("a.txt"), b"x".as_slice())];
    let patches = send(&world, "gwen", &path, true, &parts).await;
    patches.shows("The yellow ones").hides("We wait for your answer.").hides("Your answer");
    patches.shows("Work goes on").shows("a.txt").hides("added");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_taken_take_no_words_with_them() {
    let world = World::new().await;
    let large = vec![0; limits::ATTACHMENT_BYTES + 1];
    let too_large = vec![("file", Some("video.mp4"), large.as_slice())];
    let too_many = vec![("file", Some("photo.png"), b"x".as_slice()); 9];
    for (files, words) in
        [(too_large, "“video.mp4” is larger than 25 MB"), (too_many, "more than 8 files")]
    {
        let mut parts = vec![text("title", "Printer is dark"), text("description", "kept words")];
        parts.extend(files.clone());
        let page = send(&world, "gwen", "/portal/report", false, &parts).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows(words).shows("kept words").shows(r##"href="#file""##);
        world.get("gwen", "/portal").await.hides("Printer is dark");

        let number = world.report("Scanners drop off").await;
        let mut parts = vec![text("body", "kept reply")];
        parts.extend(files);
        let path = format!("{}/comment", address(number));
        let patch = send(&world, "gwen", &path, true, &parts).await;
        assert_eq!(patch.status, StatusCode::UNPROCESSABLE_ENTITY);
        patch.shows(words).shows("kept reply").shows(r#"role="alert""#).hides("<html");
        world.get("gwen", &address(number)).await.hides("kept reply");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_a_script_sends_again_is_said_once() {
    let world = World::new().await;
    let number = world.report("Scanners drop off").await;
    for _ in 0..2 {
        let request = Request::post(format!("{}/comment", address(number)))
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .header("sec-fetch-site", "same-origin")
            .header("x-live", "1")
            .header("idempotency-key", "attempt-1");
        let parts = [text("body", "It is worse now"), ("file", Some("a.txt"), b"x".as_slice())];
        let answer = world.send("gwen", request, multipart(&parts)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let page = world.get("gwen", &address(number)).await;
    assert_eq!(page.body.matches("It is worse now").count(), 1, "{}", page.body);
    assert_eq!(page.body.matches("a.txt").count(), 1, "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_from_the_team_they_are_in() {
    let world = World::new().await;
    let number = world.report("Scanners drop off").await;
    let ines = world.person("ines").id;
    let assign = Command::Assign { team: Change::Keep, assignee: Change::Set(ines) };
    world.command("mara", number, assign).await;
    world
        .get("gwen", &address(number))
        .await
        .shows("Ines from Network")
        .shows("<b>Ines Calderon</b> from Network works on it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_all_incidents_opens_all_of_them() {
    let world = World::new().await;
    let open = world.report("Scanners drop off").await;
    let over = world.report("Screen flickers").await;
    resolve(&world, over, "Cable replaced").await;
    world.post("gwen", &format!("{}/confirm", address(over)), &[]).await;
    world.get("gwen", "/portal").await.shows(r#"href="/portal/incidents?show=all">All 2"#);
    let all = world.get("gwen", "/portal/incidents?show=all").await;
    all.shows("All your incidents").shows(&open.to_string()).shows(&over.to_string());
    world.get("gwen", "/portal/incidents").await.shows(&open.to_string()).hides("flickers");
    let found = world.get("gwen", "/search?q=flickers").await;
    found.shows("p-card").shows(&over.to_string()).hides("<table");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_a_number_leads_nowhere() {
    let world = World::new().await;
    for path in ["/portal/incidents/nonsense", "/portal/incidents/INC-0", "/portal/incidents/7x"] {
        let page = world.get("gwen", path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.shows("Check the address");
        let posted = world.post("gwen", &format!("{path}/confirm"), &[]).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_sets_nothing_that_is_not_asked() {
    let world = World::new().await;
    let (peter, team) = (world.person("peter").id.to_string(), world.network.to_string());
    let parts = [
        text("title", "Printer is dark"),
        text("requester", &peter),
        text("impact", "1"),
        text("priority", "P1"),
        text("team", &team),
        text("assignee", &peter),
        text("confidential_to", &team),
        text("parent", "INC-1"),
        text("channel", "phone"),
    ];
    let sent = send(&world, "gwen", "/portal/report", false, &parts).await;
    let number = number_in(sent.location());
    let stored = world
        .desk
        .read(move |sql| store::incidents::load(sql, number))
        .await
        .unwrap()
        .unwrap()
        .state;
    assert_eq!(stored.requester, world.person("gwen").id);
    assert_eq!((stored.impact.get(), stored.priority.get()), (3, 4));
    assert_eq!((stored.team, stored.assignee, stored.confidential_to), (None, None, None));
    assert_eq!((stored.parent, stored.channel), (None, Channel::Portal));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_outage_tells_its_latest_public_words_before_the_question() {
    let world = World::new().await;
    let number = world.report_as("mara", "gwen", "Labels fail", None).await;
    world.command("mara", number, Command::DeclareMajor { reason: None }).await;
    let expected = world.desk.now().plus_seconds(2 * 3_600);
    for (words, phase) in [
        ("We look into it.", incident::state::UpdatePhase::Investigating),
        ("A server is replaced.", incident::state::UpdatePhase::Identified),
    ] {
        let mut ask = world.desk.ask(&world.viewer("mara"), kernel::Channel::Web).on(number);
        let body = ask.words("body", words, 1_000).unwrap();
        let update = Command::PublishUpdate {
            body,
            phase,
            expected: Some(expected),
            next_update: Some(world.desk.now().plus_seconds(1_800)),
            title: None,
            audiences: None,
        };
        ask.issue(update).await.unwrap();
    }
    for path in ["/portal", "/portal/report", "/portal/report?title=Labels"] {
        let page = world.get("peter", path).await;
        page.shows("We already know: Labels fail").shows("A server is replaced.");
        page.shows("Next update").hides("We look into it.").hides("It began this morning.");
    }
    let typed = world.get("peter", "/portal/suggest?q=labels").await;
    typed.shows("A server is replaced.").shows("I have this too");
    // Whoever reported it has it already.
    for path in ["/portal", "/portal/report", "/portal/suggest?q=labels"] {
        world.get("gwen", path).await.hides("I have this too");
    }
    // Whoever has it too reads of it in their own incident, and the words on its card.
    let with = number.to_string();
    let fields = [("title", "Labels fail"), ("with", with.as_str()), ("form", "a")];
    let done = world.post("peter", "/portal/report", &fields).await;
    world.get("peter", done.location()).await.shows("Labels fail");
    for who in ["peter", "gwen"] {
        let page = world.get(who, "/portal").await;
        page.hides("We already know").shows("<p class=\"p-said\">A server is replaced.</p>");
    }
    for path in ["/portal/report", "/portal/suggest?q=labels"] {
        world.get("peter", path).await.hides("A server is replaced.");
    }
}
