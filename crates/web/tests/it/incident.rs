//! The incident's page, what is done on it, and the form of a new incident.

use crate::harness::{Page, World, escape, form};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use incident::clocks::ClockKind;
use incident::{Access, Lifecycle, Scope, State, Visibility};
use kernel::IncidentNumber;
use store::directory::people;
use store::incidents::list;

/// The incident as it is stored.
async fn stored(world: &World, number: IncidentNumber) -> State {
    let scope = Scope::of(&world.viewer("otto"));
    let row = world.desk.read(move |sql| list::get(sql, &scope, number)).await.unwrap().unwrap();
    assert_eq!(row.access, Access::Full);
    (*row.state).clone()
}

fn path(number: IncidentNumber, rest: &str) -> String {
    format!("/incidents/{number}{rest}")
}

/// A form with files, as browsers send it.
async fn send_files(
    world: &World,
    who: &str,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> Page {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    if let Some((name, bytes)) = file {
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n").bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .header("sec-fetch-site", "same-origin");
    world.send(who, request, Body::from(body)).await
}

#[tokio::test]
async fn the_page_shows_the_incident_to_staff_alone() {
    let world = World::new().await;
    let number = world.report("Label printer prints blank labels").await;
    for who in ["mara", "ines", "ada", "otto"] {
        let page = world.get(who, &path(number, "")).await;
        assert_eq!(page.status, StatusCode::OK, "{who}");
        page.shows("Label printer prints blank labels")
            .shows("It began this morning.")
            .shows("aria-label=\"Timeline\"");
    }
    world.get("mara", &path(number, "")).await.shows(" data-print").shows("INC-1, printed ");
    // Who sees only the public side is led to it; who sees nothing learns nothing.
    assert_eq!(
        world.get("gwen", &path(number, "")).await.location(),
        format!("/portal/incidents/{number}")
    );
    let nothing = world.get("peter", &path(number, "")).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    nothing.hides("Label printer");
    assert_eq!(world.get("mara", "/incidents/INC-999").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("mara", "/incidents/rubbish").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_auditor_reads_and_finds_no_buttons() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let page = world.get("otto", &path(number, "")).await;
    page.hides("class=\"composer\"")
        .hides("/assign\"")
        .hides("d-resolve")
        .hides("popovertarget=\"p-state\"");
    let refused = world.post_live("otto", &path(number, "/acknowledge"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(stored(&world, number).await.lifecycle, Lifecycle::New);
}

#[tokio::test]
async fn no_page_holds_inline_styles_or_scripts() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    for path in [path(number, ""), path(number, "/resolve"), "/incidents/new".to_owned()] {
        let page = world.get("mara", &path).await;
        page.hides(" style=").hides("<script>").hides(" onclick=").hides("javascript:");
        assert!(page.header("content-security-policy").contains("default-src 'self'"));
    }
}

#[tokio::test]
async fn words_of_people_are_text() {
    let world = World::new().await;
    let number = world.report("<img src=x onerror=alert(1)>").await;
    world
        .comment(
            "mara",
            number,
            "<script>alert(2)</script> see https://wiki.example/x",
            Visibility::Internal,
        )
        .await;
    let page = world.get("mara", &path(number, "")).await;
    page.hides("<img src=x").hides("<script>alert(2)").shows("&lt;script&gt;alert(2)");
    page.shows("href=\"https://wiki.example/x\" rel=\"noopener noreferrer nofollow\"");
}

#[tokio::test]
async fn every_form_has_a_page_of_its_own() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    for command in [
        "resolve",
        "hold",
        "escalate",
        "merge",
        "link",
        "cancel",
        "restrict",
        "declare-major",
        "stand-down",
        "reopen",
        "dispute",
        "classify",
        "prioritise",
        "set-expected-resolution",
        "watch",
        "give-role",
        "assign",
        "tag",
        "log-work",
        "add-task",
        "redact",
    ] {
        let page = world.get("mara", &path(number, &format!("/{command}"))).await;
        assert_eq!(page.status, StatusCode::OK, "{command}");
        page.shows(&format!("id=\"f-{command}\""))
            .shows(&format!("action=\"/incidents/{number}/{command}\""));
    }
    for nothing in ["/tick", "/note", "/comment", "/report", "/fly", "/acknowledge"] {
        assert_eq!(
            world.get("mara", &path(number, nothing)).await.status,
            StatusCode::NOT_FOUND,
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn taking_it_answers_with_patches_and_can_be_undone() {
    let world = World::new().await;
    let number = world.report("Pallet wrapper counts twice").await;
    let taken = world.post_live("mara", &path(number, "/assign"), &[("assignee", "me")]).await;
    assert_eq!(taken.status, StatusCode::OK);
    taken
        .shows("id=\"inc-bar\" data-patch=\"morph\"")
        .shows("id=\"props\"")
        .shows("Mara Lindqvist")
        .shows("In progress");
    assert_eq!(taken.header("x-toast"), "Assignment%20changed");
    let undo = taken.header("x-undo").to_owned();
    assert!(undo.starts_with(&path(number, "/undo?n=")), "{undo}");
    assert_eq!(stored(&world, number).await.assignee, Some(world.person("mara").id));

    let twice = world.post_live("mara", &path(number, "/assign"), &[("assignee", "me")]).await;
    assert_eq!(twice.status, StatusCode::OK, "taking what is one's own changes nothing");
    assert_eq!(twice.header("x-toast"), "It%20is%20yours%20already");

    let undone = world.post_live("mara", &undo, &[]).await;
    assert_eq!(undone.status, StatusCode::OK);
    let state = stored(&world, number).await;
    assert_eq!((state.assignee, state.lifecycle), (None, Lifecycle::New));
    undone.shows("changed something and took it back");
}

#[tokio::test]
async fn plain_forms_lead_back_to_the_incident() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let held = world
        .post(
            "mara",
            &path(number, "/hold"),
            &[("reason", "vendor"), ("note", "Called the maker"), ("alone", "1")],
        )
        .await;
    assert_eq!((held.status, held.location()), (StatusCode::SEE_OTHER, path(number, "").as_str()));
    let page = world.get("mara", &path(number, "")).await;
    page.shows("Waiting on supplier").shows("Called the maker");
    let resumed = world.post("mara", &path(number, "/resume"), &[]).await;
    assert_eq!(resumed.status, StatusCode::SEE_OTHER);
    let resolved = world
        .post(
            "mara",
            &path(number, "/resolve"),
            &[("form", "resolve"), ("code", "fixed"), ("note", "Calibrated."), ("cause", "Dust")],
        )
        .await;
    assert_eq!(resolved.status, StatusCode::SEE_OTHER);
    world
        .get("mara", &path(number, ""))
        .await
        .shows("Resolved: Permanent fix")
        .shows("Calibrated.")
        .shows("Waits for confirmation");
    world.post("mara", &path(number, "/confirm"), &[]).await;
    assert_eq!(stored(&world, number).await.lifecycle, Lifecycle::Closed);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_the_field_and_nothing_is_lost() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let sent =
        [("form", "resolve"), ("code", "fixed"), ("note", "  "), ("cause", "A worn bearing")];
    for live in [true, false] {
        let page = match live {
            true => world.post_live("mara", &path(number, "/resolve"), &sent).await,
            false => world.post("mara", &path(number, "/resolve"), &sent).await,
        };
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("id=\"resolve-note-e\"")
            .shows("The text is needed")
            .shows("value=\"A worn bearing\"")
            .shows("aria-invalid=\"true\"");
    }
    let refused = world.post_live("mara", &path(number, "/confirm"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.shows("id=\"refusal\"").shows("role=\"alert\"");
    let unknown = world
        .post_live(
            "mara",
            &path(number, "/watch"),
            &[("form", "watch"), ("person", "nobody@northwind.example")],
        )
        .await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    unknown.shows("Nobody is known here as nobody@northwind.example");
}

#[tokio::test]
async fn a_change_by_somebody_else_is_told_before_it_is_overwritten() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let version = stored(&world, number).await.version.to_string();
    world.post_live("ines", &path(number, "/prioritise"), &[("cell", "1-1")]).await;
    world.comment("ines", number, "Look at dock 2.", Visibility::Internal).await;
    let sent = [("form", "priority"), ("version", version.as_str()), ("cell", "3-3")];
    let told = world.post_live("mara", &path(number, "/prioritise"), &sent).await;
    assert_eq!(told.status, StatusCode::PRECONDITION_FAILED);
    told.shows("id=\"f-priority\"")
        .shows("Ines Calderon changed priority from P4 to P1")
        .shows("Send it again");
    let now = stored(&world, number).await;
    assert_eq!(now.priority.get(), 1);
    // What others changed elsewhere is no obstacle.
    let sent =
        [("form", "team"), ("version", version.as_str()), ("team", &world.network.to_string())];
    assert_eq!(
        world.post_live("mara", &path(number, "/assign"), &sent).await.status,
        StatusCode::OK
    );
    let sent = [("form", "priority"), ("version", &now.version.to_string()), ("cell", "3-3")];
    assert_eq!(
        world.post_live("mara", &path(number, "/prioritise"), &sent).await.status,
        StatusCode::OK
    );
    assert_eq!(stored(&world, number).await.priority.get(), 5);
}

#[tokio::test]
async fn the_same_form_sent_twice_is_stored_once() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    for _ in 0..2 {
        let request = Request::post(path(number, "/comments"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("x-live", "1")
            .header("idempotency-key", "abc");
        let sent = world.send("mara", request, Body::from("mode=note&body=Only+once")).await;
        assert_eq!(sent.status, StatusCode::OK);
    }
    let page = world.get("mara", &path(number, "")).await;
    assert_eq!(page.body.matches("<p>Only once</p>").count(), 1);
}

#[tokio::test]
async fn replies_notes_and_updates_go_to_their_readers() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let comments = path(number, "/comments");
    for (mode, words) in
        [("reply", "We are on it."), ("note", "Bearing is worn."), ("update", "Back by noon.")]
    {
        let sent = world
            .post("mara", &comments, &[("mode", mode), ("body", words), ("phase", "identified")])
            .await;
        assert_eq!(
            (sent.status, sent.location()),
            (StatusCode::SEE_OTHER, format!("{}#end", path(number, "")).as_str()),
            "{mode}"
        );
    }
    let page = world.get("mara", &path(number, "")).await;
    page.shows("data-kind=\"reply\"")
        .shows("data-kind=\"note\"")
        .shows("data-kind=\"update\"")
        .shows("Response met")
        .shows("Identified");
    let state = stored(&world, number).await;
    assert!(
        state
            .clocks
            .iter()
            .any(|clock| clock.kind == ClockKind::Response && clock.stopped_at.is_some())
    );
    let empty = world.post_live("mara", &comments, &[("mode", "reply"), ("body", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.shows("id=\"c-warn\"").shows("The text is needed");
    let waits = world
        .post_live(
            "mara",
            &comments,
            &[("mode", "reply"), ("body", "Which dock?"), ("then", "waiting")],
        )
        .await;
    assert_eq!(waits.status, StatusCode::OK);
    assert_eq!(stored(&world, number).await.lifecycle, Lifecycle::OnHold);
}

#[tokio::test]
async fn a_status_update_begins_with_the_phase_that_the_incident_is_in() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let page = world.get("mara", &path(number, "")).await;
    page.shows("<option value=\"investigating\" selected>").hides("No update says yet");
    let eased = world.post_live("mara", &path(number, "/mitigate"), &[]).await;
    eased.shows("id=\"untold\"").shows("No update says yet that its impact is over.");
    let page = world.get("mara", &path(number, "")).await;
    page.shows("<option value=\"monitoring\" selected>").shows("No update says yet");
    let told = [("mode", "update"), ("body", "It holds."), ("phase", "monitoring")];
    world.post("mara", &path(number, "/comments"), &told).await;
    let page = world.get("mara", &path(number, "")).await;
    page.shows("<option value=\"monitoring\" selected>").hides("No update says yet");

    // What was told to be over and was taken up again is not over.
    let resolve = [("code", "fixed"), ("note", "Calibrated.")];
    world.post("mara", &path(number, "/resolve"), &resolve).await;
    let told = [("mode", "update"), ("body", "It is over."), ("phase", "resolved")];
    world.post("mara", &path(number, "/comments"), &told).await;
    let page = world.get("mara", &path(number, "")).await;
    page.shows("<option value=\"resolved\" selected>").hides("No update says yet");
    let reopened = world.post("mara", &path(number, "/reopen"), &[("note", "It drifts.")]).await;
    assert_eq!(reopened.status, StatusCode::SEE_OTHER, "{}", reopened.body);
    let page = world.get("mara", &path(number, "")).await;
    page.shows("<option value=\"investigating\" selected>").hides("No update says yet");
}

#[tokio::test]
async fn a_refused_comment_stays_in_the_composer() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    for command in ["/resolve", "/confirm"] {
        world.post("mara", &path(number, command), &[("code", "fixed"), ("note", "Done.")]).await;
    }
    let page = world
        .post("mara", &path(number, "/comments"), &[("mode", "reply"), ("body", "One more thing")])
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.shows("This was not sent.").shows("One more thing</textarea>");
}

#[tokio::test]
async fn words_can_become_the_resolution() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let sent = world
        .post_live(
            "mara",
            &path(number, "/comments"),
            &[("mode", "reply"), ("body", "Calibrated, please check"), ("then", "resolve")],
        )
        .await;
    let goal = sent.header("x-location").to_owned();
    assert_eq!(goal, path(number, "/resolve?from_draft=1"));
    world
        .get("mara", &goal)
        .await
        .shows("Calibrated, please check</textarea>")
        .shows("name=\"from_draft\"");
    assert_eq!(stored(&world, number).await.version, 2, "nothing was said yet");
    let fields = [
        ("form", "resolve"),
        ("from_draft", "1"),
        ("code", "fixed"),
        ("note", "Calibrated, please check"),
    ];
    world.post("mara", &path(number, "/resolve"), &fields).await;
    world.get("mara", &path(number, "")).await.hides("data-draft-reply");
}

#[tokio::test]
async fn drafts_are_kept_per_person_and_mode() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let draft = |who: &'static str, body: &'static str| {
        let request = Request::put(path(number, "/drafts/note"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        world.send(who, request, Body::from(format!("body={}", escape(body))))
    };
    assert_eq!(draft("mara", "Ask Ruben about \"dock 2\"").await.status, StatusCode::NO_CONTENT);
    world
        .get("mara", &path(number, ""))
        .await
        .shows("data-draft-note=\"Ask Ruben about &quot;dock 2&quot;\"");
    world.get("ines", &path(number, "")).await.hides("Ask Ruben");
    assert_eq!(draft("gwen", "x").await.status, StatusCode::FORBIDDEN, "the portal has no drafts");

    // Two tabs of one person.
    let from_tab = |known: String, body: &'static str| {
        let request = form(&path(number, "/drafts/note")).method("PUT");
        let request = request.header("x-draft-known", known);
        world.send("mara", request, Body::from(format!("body={}", escape(body))))
    };
    let page = world.get("mara", &path(number, "")).await;
    let known = page.body.split("data-known-note=\"").nth(1).unwrap().split('"').next().unwrap();
    let first = from_tab(known.to_owned(), "The first tab").await;
    assert_eq!(first.status, StatusCode::NO_CONTENT);
    let second = from_tab(known.to_owned(), "The second tab").await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    second.shows("The first tab").shows(first.header("x-draft"));
    world.get("mara", &path(number, "")).await.shows("data-draft-note=\"The first tab\"");
    let chosen = from_tab(first.header("x-draft").to_owned(), "The second tab").await;
    assert_eq!(chosen.status, StatusCode::NO_CONTENT);
    draft("mara", "").await;
    world.get("mara", &path(number, "")).await.hides("Ask Ruben");
}

#[tokio::test]
async fn those_who_are_here_are_shown_to_the_others() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let told = world.post_live("ines", &path(number, "/presence"), &[("doing", "note")]).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    let page = world.get("mara", &path(number, "")).await;
    page.shows("Ines is writing a note").shows("<span id=\"c-others\"></span>");
    world.post_live("ines", &path(number, "/presence"), &[("doing", "reply")]).await;
    let page = world.get("mara", &path(number, "")).await.body;
    let composer = page.split("id=\"c-others\"").nth(1).unwrap();
    assert!(composer.contains("Ines is writing a reply"), "{page}");
    world.get("ines", &path(number, "")).await.hides("Ines is writing a note");
    assert_eq!(
        world.post_live("ines", &path(number, "/presence"), &[("doing", "dancing")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn files_come_and_go_with_the_right_to_see_them() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let html = b"<script>alert(1)</script>";
    let sent = send_files(
        &world,
        "mara",
        &path(number, "/comments"),
        &[("mode", "note"), ("body", "See the log")],
        Some(("log.html", html)),
    )
    .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let page = world.get("mara", &path(number, "")).await;
    page.shows("log.html").shows("25 B");
    let file = stored(&world, number).await.attachments[0].clone();
    assert!(!file.public);
    let address = format!("/attachments/{}", file.id);
    let got = world.get("mara", &address).await;
    assert_eq!((got.status, got.body.as_bytes()), (StatusCode::OK, &html[..]));
    assert!(got.header("content-disposition").starts_with("attachment; filename=\"log.html\""));
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(!got.header("content-type").contains("html"));
    for who in ["gwen", "peter"] {
        assert_eq!(world.get(who, &address).await.status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[tokio::test]
async fn erased_words_leave_who_and_when() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    world.comment("mara", number, "The password is hunter2", Visibility::Internal).await;
    world.get("mara", &path(number, "")).await.hides("/redact?content=");
    let page = world.get("ines", &path(number, "")).await;
    let start = page.body.rfind("/redact?content=").unwrap() + "/redact?content=".len();
    let content = page.body[start..start + 36].to_owned();
    let form = world.get("ines", &path(number, &format!("/redact?content={content}"))).await;
    form.shows("Erase for good");
    let done = world
        .post(
            "ines",
            &path(number, "/redact"),
            &[("form", "redact"), ("content", &content), ("alone", "1")],
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = world.get("mara", &path(number, "")).await;
    page.hides("hunter2").shows("Removed by Ines Calderon on");
}

#[tokio::test]
async fn merged_incidents_show_one_timeline() {
    let world = World::new().await;
    let (part, main) =
        (world.report("Scale 2 drifts").await, world.report("All scales drift").await);
    world.comment("mara", part, "Only since the move", Visibility::Internal).await;
    let merged = world
        .post_live("mara", &path(part, "/merge"), &[("form", "merge"), ("into", &main.to_string())])
        .await;
    assert_eq!(merged.status, StatusCode::OK);
    merged.shows("This is part of");
    world
        .get("mara", &path(main, ""))
        .await
        .shows("Only since the move")
        .shows(&format!("id=\"e-{part}-1\""))
        .shows("merged into it");
    world.post("mara", &path(part, "/unmerge"), &[]).await;
    world.get("mara", &path(main, "")).await.hides("Only since the move");
    let wrong = world
        .post_live("mara", &path(part, "/merge"), &[("form", "merge"), ("into", "INC-99")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"merge-into-e\"");
}

#[tokio::test]
async fn a_restricted_incident_is_gone_for_the_others() {
    let world = World::new().await;
    let number = world.report("Key card log looks wrong").await;
    let restricted = world
        .post_live(
            "ines",
            &path(number, "/restrict"),
            &[("form", "restrict"), ("team", &world.network.to_string())],
        )
        .await;
    assert_eq!(restricted.status, StatusCode::OK);
    restricted.shows("class=\"chip lock\"");
    for address in [path(number, ""), path(number, "/resolve")] {
        assert_eq!(world.get("mara", &address).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(
        world.post_live("mara", &path(number, "/acknowledge"), &[]).await.status,
        StatusCode::NOT_FOUND
    );
    // To others it has neither number nor title where it is linked.
    let open = world.report("Gate stays open").await;
    world
        .post_live(
            "ines",
            &path(open, "/link"),
            &[("form", "link"), ("kind", "related"), ("target", &number.to_string())],
        )
        .await;
    let named = format!("{number}<");
    let page = world.get("mara", &path(open, "")).await;
    page.shows("linked <b>a restricted incident</b> as related").hides("Key card log");
    page.hides(&named).hides(&format!("{number} ")).hides(&format!("\"{number}\""));
    let page = world.get("ines", &path(open, "")).await;
    page.shows("Key card log").shows(&named).hides("a restricted incident");
}

#[tokio::test]
async fn clocks_explain_themselves() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    world.post("mara", &path(number, "/hold"), &[("reason", "requester")]).await;
    let page = world.get("mara", &path(number, "")).await;
    page.shows("id=\"story-resolution\"")
        .shows("Resolution clock started, target 5 d")
        .shows("Resolution clock paused")
        .shows("Standard, round the clock");
    page.shows("Acknowledge clock met").shows("id=\"keel-c\"").shows("Paused since");
    world.post("mara", &path(number, "/resume"), &[]).await;
    world.get("mara", &path(number, "")).await.shows("Clocks paused for").hides("resumed work");
}

#[tokio::test]
async fn tasks_tags_work_and_roles_are_kept() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    world
        .post_live(
            "mara",
            &path(number, "/add-task"),
            &[("form", "add-task"), ("title", "Order a bearing")],
        )
        .await
        .shows("Order a bearing");
    let task = stored(&world, number).await.tasks[0].id.to_string();
    world
        .post_live("mara", &path(number, "/complete-task"), &[("task", &task), ("done", "1")])
        .await
        .shows("1 of 1");
    world
        .post_live(
            "mara",
            &path(number, "/log-work"),
            &[("form", "log-work"), ("duration", "1 h 30 m")],
        )
        .await
        .shows("1 h 30 m");
    world
        .post_live("mara", &path(number, "/tag"), &[("form", "tags"), ("add", "dock scales")])
        .await;
    world
        .post_live(
            "mara",
            &path(number, "/classify"),
            &[
                ("form", "classify"),
                ("title", "Scales drift"),
                ("new_field", "site"),
                ("new_value", "Dock 2"),
            ],
        )
        .await
        .shows("Dock 2");
    world.post_live("mara", &path(number, "/watch"), &[]).await.shows("Watching");
    let state = stored(&world, number).await;
    assert_eq!(state.tags.len(), 2);
    assert_eq!(state.fields["site"], "Dock 2");
    assert!(state.watchers.contains(&world.person("mara").id));
    world
        .get("mara", &path(number, ""))
        .await
        .shows("<h1>Scales drift</h1>")
        .hides("1 person who follows it");
    // Who writes is not whom it goes to.
    world.get("ines", &path(number, "")).await.shows("and 1 person who follows it in the portal");
}

#[tokio::test]
async fn the_pager_leads_through_the_view() {
    let world = World::new().await;
    let mut numbers = Vec::new();
    for title in ["One", "Two", "Three"] {
        numbers.push(world.report(title).await);
    }
    let asked = "?q=state%3Aopen%20sort%3Anumber";
    let page = world.get("mara", &path(numbers[1], asked)).await;
    page.shows("2 of 3")
        .shows(&format!("href=\"/incidents/{}?q=", numbers[2]))
        .shows(&format!("href=\"/incidents/{}?q=", numbers[0]));
    world.get("mara", &path(numbers[1], "")).await.shows("class=\"pager\"");
    let other = world.report_as("ines", "gwen", "Of another team", Some(world.network)).await;
    world.get("mara", &path(other, "")).await.hides("class=\"pager\"");
}

#[tokio::test]
async fn a_dialog_can_be_drawn_anew() {
    let world = World::new().await;
    let (parent, child) = (world.report("Line 4").await, world.report("Line 4 too").await);
    let page = world.get("mara", &path(parent, "")).await;
    page.hides("below it with the same words");
    let linked = [("kind", "parent"), ("target", "INC-1")];
    world.post("mara", &path(child, "/link"), &linked).await;
    let form = world.get_live("mara", &path(parent, "/resolve")).await;
    form.shows("id=\"f-resolve\"")
        .shows("data-patch=\"morph\"")
        .shows("1 incident")
        .shows("below it with the same words")
        .hides("<html");
}

#[tokio::test]
async fn a_call_is_logged_on_behalf_of_the_caller() {
    let world = World::new().await;
    let form = world.get("mara", "/incidents/new").await;
    form.shows("<h1>New incident</h1>").shows("data-suggest=\"/incidents/new/callers\"");
    assert_eq!(world.get("otto", "/incidents/new").await.status, StatusCode::FORBIDDEN);
    let found = world.get_live("mara", "/incidents/new/callers?q=gwen").await;
    found.shows("\"label\":\"Gwen Tarrant\"");
    let gwen = world.person("gwen").id.to_string();
    let sent = [
        ("caller", "Gwen Tarrant"),
        ("requester", gwen.as_str()),
        ("channel", "phone"),
        ("title", "Headset has no sound"),
        ("service", "label printing"),
        ("cell", "1-2"),
        ("assignee", "me"),
    ];
    let made = world.post("mara", "/incidents/new", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let page = world.get("mara", made.location()).await;
    page.shows("Headset has no sound").shows("logged by Mara Lindqvist").shows("by phone");
    let number: IncidentNumber = made.location().trim_start_matches("/incidents/").parse().unwrap();
    world.get("mara", "/incidents/new?title=Gate%207").await.shows("value=\"Gate 7\"");
    let state = stored(&world, number).await;
    assert_eq!(
        (state.requester, state.priority.get(), state.service),
        (world.person("gwen").id, 2, Some(world.printing))
    );
    world
        .get_live("mara", &format!("/incidents/new/caller?value={gwen}"))
        .await
        .shows("Headset has no sound")
        .shows("data-patch=\"morph\"");
    world
        .get_live("mara", &format!("/incidents/new/service?value={}", world.printing))
        .await
        .shows("Headset has no sound");
}

#[tokio::test]
async fn two_letters_do_not_say_who_calls() {
    let world = World::new().await;
    let gwen = world.person("gwen").id.to_string();
    let sent = [("caller", "gw"), ("channel", "phone"), ("title", "Headset has no sound")];
    let asked = world.post("mara", "/incidents/new", &sent).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", asked.body);
    asked.shows("too short to tell who is meant").shows(&format!("value=\"{gwen}\""));
    let meant = [sent[0], sent[1], sent[2], ("meant", gwen.as_str())];
    assert_eq!(world.post("mara", "/incidents/new", &meant).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_second_call_becomes_a_note_and_a_stranger_becomes_known() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let number_text = number.to_string();
    let sent = [
        ("caller", "gwen@northwind.example"),
        ("existing", number_text.as_str()),
        ("title", "Now dock 3 too"),
    ];
    let made = world.post("mara", "/incidents/new", &sent).await;
    assert_eq!(made.location(), path(number, ""), "{}", made.body);
    world
        .get("mara", made.location())
        .await
        .shows("Gwen Tarrant got in touch again (phone)")
        .shows("Now dock 3 too");
    assert_eq!(stored(&world, number).await.moments.responded, None, "that was no answer to Gwen");

    let sent = [
        ("new_name", "Tess Okafor"),
        ("new_email", "tess@northwind.example"),
        ("title", "Gate is stuck"),
    ];
    let made = world.post("mara", "/incidents/new", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    world.get("mara", made.location()).await.shows("Tess Okafor").shows("tess@northwind.example");

    let refused = [
        ("new_name", "Ute Brandl"),
        ("new_email", "ute@northwind.example"),
        ("title", "Gate is stuck"),
        ("detected_at", "2200-01-01T08:00"),
    ];
    let answer = world.post("mara", "/incidents/new", &refused).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    let ute = |sql: &mut dyn store::Sql| people::by_email(sql, "ute@northwind.example");
    assert_eq!(world.desk.read(ute).await.unwrap(), None, "a refused report makes nobody known");

    // No address tells that she is the same; the key does.
    let sent = "new_name=Ute+Brandl&title=Gate+is+stuck";
    for _ in 0..2 {
        let request = form("/incidents/new").header("idempotency-key", "gate-1");
        let made = world.send("mara", request, Body::from(sent)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    }
    world.get("mara", "/incidents/new/callers?q=Ute").await.shows_once("Ute Brandl");

    let nobody = world.post("mara", "/incidents/new", &[("title", "Gate is stuck")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    nobody.shows("Say who calls").shows("value=\"Gate is stuck\"");
    let other = world.report_as("mara", "peter", "Peter's own", None).await.to_string();
    let sent = [("caller", "Gwen Tarrant"), ("existing", other.as_str()), ("title", "x")];
    assert_eq!(
        world.post("mara", "/incidents/new", &sent).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn requesters_reach_none_of_it() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    for address in [
        "/incidents/new",
        "/incidents/new/callers?q=gw",
        "/incidents/new/caller?value=x",
        &path(number, "/resolve"),
    ] {
        assert_eq!(world.get("gwen", address).await.location(), "/portal", "{address}");
        assert_eq!(
            world.get_live("gwen", address).await.status,
            StatusCode::FORBIDDEN,
            "{address}"
        );
    }
    for (address, fields) in [
        (path(number, "/acknowledge"), &[][..]),
        (path(number, "/comments"), &[("mode", "note"), ("body", "x")]),
    ] {
        assert_eq!(
            world.post_live("gwen", &address, fields).await.status,
            StatusCode::FORBIDDEN,
            "{address}"
        );
    }
    assert_eq!(stored(&world, number).await.version, 2);
}
