//! Reviews: the list, the document, its forms, actions, who sees which, and what is missing before
//! an incident is closed.

use crate::harness::{Page, World};
use axum::http::StatusCode;
use incident::{Command, Visibility};
use kernel::{Channel, IncidentNumber, limits};

const SUMMARY: &str = "/reviews/PIR-1/edit/summary";

async fn resolve(world: &World, actor: &str, number: IncidentNumber) {
    let mut ask = world.desk.ask(&world.viewer(actor), Channel::Web).on(number);
    let note = ask.words("note", "The cutter was changed.", limits::BODY_CHARS).unwrap();
    let code = "fixed".to_owned();
    let resolve = Command::Resolve { code, note, cause: None, known_error: None, children: false };
    ask.issue(resolve).await.unwrap();
}

/// The review of an incident that is over: PIR-1.
async fn reviewed(world: &World) {
    let number = world.report("No labels").await;
    resolve(world, "mara", number).await;
    let opened = world.post("mara", "/reviews", &[("incident", &number.to_string())]).await;
    assert_eq!((opened.status, opened.location()), (StatusCode::SEE_OTHER, "/reviews/PIR-1"));
}

/// Sends the form with this action as it is, but for these fields.
async fn send(
    world: &World,
    who: &str,
    page: &Page,
    action: &str,
    changed: &[(&str, &str)],
) -> Page {
    let sent = page.sends(action);
    let mut fields: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| changed.iter().all(|(other, _)| name != other))
        .collect();
    fields.extend(changed);
    world.post(who, action, &fields).await
}

/// Opens a form, changes these fields, and sends it.
async fn fill(world: &World, who: &str, path: &str, changed: &[(&str, &str)]) -> Page {
    let page = world.get(who, path).await;
    send(world, who, &page, path, changed).await
}

/// Where the state of the first action on a page is sent.
fn first_action(page: &Page) -> String {
    let (_, rest) = page.body.split_once(" action=\"/reviews/actions/").expect("an action");
    format!("/reviews/actions/{}", rest.split('"').next().unwrap())
}

async fn turn(world: &World, who: &str, changed: &[(&str, &str)]) -> Page {
    let page = world.get(who, "/reviews/PIR-1").await;
    send(world, who, &page, "/reviews/PIR-1/state", changed).await
}

#[tokio::test]
async fn a_review_goes_from_draft_to_published_with_its_actions() {
    let world = World::new().await;
    let number = world.report("No labels").await;
    let incident = format!("/incidents/{number}");
    world.get("mara", &incident).await.hides("Open a review");
    resolve(&world, "mara", number).await;
    world.get("mara", &incident).await.shows("Open a review");
    let name = number.to_string();
    let fields = [("incident", name.as_str())];
    let opened = world.post("mara", "/reviews", &fields).await;
    assert_eq!(opened.location(), "/reviews/PIR-1");
    // It begins as a draft from the record, and there is one of each incident.
    world
        .get("mara", "/reviews/PIR-1")
        .await
        .shows("No labels")
        .shows("was disturbed")
        .shows("Phases and promises as a table")
        .shows("class=\"ph-")
        .shows("Blameless")
        .shows(">no alert</dd>")
        .shows("Send to review");
    assert_eq!(world.post("ines", "/reviews", &fields).await.location(), "/reviews/PIR-1");
    world.get("mara", &incident).await.shows("Review PIR-1").hides("Open a review");

    let saved = fill(&world, "mara", SUMMARY, &[("summary", "The cutter was worn.")]).await;
    assert_eq!(saved.location(), "/reviews/PIR-1?done=saved#sum");
    let factors = "/reviews/PIR-1/edit/factors";
    let two = [("factor-1", "Nobody watched the cutter"), ("factor-2", "No spare on site")];
    assert_eq!(fill(&world, "mara", factors, &two).await.status, StatusCode::SEE_OTHER);
    let mara = world.person("mara").id.to_string();
    let plan = fill(&world, "mara", "/reviews/PIR-1/edit/plan", &[("owner", &mara)]).await;
    assert_eq!(plan.status, StatusCode::SEE_OTHER);
    let action = [
        ("words", "Count the labels of each cutter"),
        ("factor", "1"),
        ("owner", mara.as_str()),
        ("due_on", "2020-01-31"),
    ];
    let added = world.post("mara", "/reviews/PIR-1/actions", &action).await;
    assert_eq!(added.location(), "/reviews/PIR-1?done=saved#act");
    let other = [("words", "Keep a spare"), ("factor", "2"), ("due_on", "2099-01-31")];
    world.post("mara", "/reviews/PIR-1/actions", &other).await;
    world
        .get("mara", "/reviews/PIR-1")
        .await
        .shows("The cutter was worn.")
        .shows("Nobody watched the cutter")
        .shows("0 of 2 done, 1 late")
        .shows("Factor 2")
        .shows(" d late");

    // What is one's own stands in the list and in the inbox.
    let mine = world.get("mara", "/reviews/actions?show=mine").await;
    mine.shows("Count the labels").hides("Keep a spare");
    world.get("mara", "/reviews/actions?show=overdue").await.shows("Count the labels");
    let open = world.get("mara", "/reviews/actions").await;
    open.shows("Count the labels").shows("Keep a spare");
    world.get("mara", "/inbox").await.shows("PIR-1").shows("Count the labels");
    world.get("ines", "/inbox").await.hides("Count the labels");

    let sent = turn(&world, "mara", &[("state", "in_review")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    world.get("mara", "/reviews?show=in-review").await.shows("PIR-1 No labels");
    let published = turn(&world, "mara", &[("state", "published")]).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER);
    world.get("mara", "/reviews?show=published").await.shows("PIR-1 No labels");
    let service = world.get("mara", &format!("/services/{}", world.printing)).await;
    service.shows("/reviews?show=published&amp;service=");
    world.get("mara", "/reviews?show=due").await.hides("PIR-1");
    world.get("mara", "/reviews?show=published&q=labels").await.shows("PIR-1");
    world.get("mara", "/reviews?show=published&q=printer").await.shows("None fits");

    // An action goes on being done after that.
    let page = world.get("mara", "/reviews/PIR-1").await;
    page.hides("/edit/summary").shows("Published");
    let state = first_action(&page);
    let done = send(&world, "mara", &page, &state, &[("state", "done")]).await;
    assert_eq!(done.location(), "/reviews/PIR-1?done=saved#act");
    world.get("mara", "/reviews/PIR-1").await.shows("1 of 2 done").hides(" d late");
    world.get("mara", "/reviews/actions?show=ended").await.shows("Count the labels");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field() {
    let world = World::new().await;
    let number = world.report("No labels").await;
    let name = number.to_string();
    let fields = [("incident", name.as_str())];
    // What goes on is not reviewed.
    let early = world.post("mara", "/reviews", &fields).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    early.shows("once it is resolved");
    let nonsense = world.post("mara", "/reviews", &[("incident", "nonsense")]).await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    resolve(&world, "mara", number).await;
    world.post("mara", "/reviews", &fields).await;

    let wrong = [("words", ""), ("factor", "7"), ("due_on", "2099-01-31")];
    let refused = world.post("mara", "/reviews/PIR-1/actions", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused
        .shows("What is to be done must be")
        .shows("The factor is no factor")
        .shows("2099-01-31");
    let day = [("words", "Keep a spare"), ("due_on", "soon")];
    let refused = world.post("mara", "/reviews/PIR-1/actions", &day).await;
    refused.shows("Write a day such as").shows("Keep a spare");
    let problem = [("words", "Keep a spare"), ("problem", "PRB-77")];
    let refused = world.post("mara", "/reviews/PIR-1/actions", &problem).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Is not a known problem");

    // Publishing nothing is refused, and so is taking up again without a reason.
    fill(&world, "ines", SUMMARY, &[("summary", "")]).await;
    let empty = turn(&world, "ines", &[("state", "published")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.shows("The summary is needed before it is published");
    fill(&world, "ines", SUMMARY, &[("summary", "The cutter was worn.")]).await;
    turn(&world, "ines", &[("state", "published")]).await;
    let silent = turn(&world, "ines", &[("state", "draft"), ("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    silent.shows("The reason is needed");
    let again = turn(&world, "ines", &[("state", "draft"), ("reason", "A part is missing")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    world.get("mara", "/reviews/PIR-1").await.shows("Taken up again: A part is missing");

    // Dropping an action needs a reason, which everybody reads.
    world.post("mara", "/reviews/PIR-1/actions", &[("words", "Keep a spare")]).await;
    let page = world.get("mara", "/reviews/PIR-1").await;
    let form = first_action(&page).replace("/state", "");
    let refused = fill(&world, "mara", &form, &[("state", "dropped")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("The reason is needed");
    let dropped = [("state", "dropped"), ("reason", "The printer is replaced")];
    assert_eq!(fill(&world, "mara", &form, &dropped).await.status, StatusCode::SEE_OTHER);
    world.get("mara", "/reviews/PIR-1").await.shows("Dropped: The printer is replaced");
    for path in ["/reviews/PIR-9", "/reviews/nonsense", "/reviews/PIR-1/edit/nonsense"] {
        assert_eq!(world.get("mara", path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn actions_keep_their_factor_when_another_is_taken_out() {
    let world = World::new().await;
    reviewed(&world).await;
    let factors = "/reviews/PIR-1/edit/factors";
    let two = [("factor-1", "Nobody watched the cutter"), ("factor-2", "No spare on site")];
    fill(&world, "mara", factors, &two).await;
    for (words, factor) in [("Watch the cutter", "1"), ("Buy a spare", "2")] {
        let action = [("words", words), ("factor", factor)];
        let added = world.post("mara", "/reviews/PIR-1/actions", &action).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER);
    }
    world.get("mara", "/reviews/PIR-1").await.shows_once("Factor 1").shows_once("Factor 2");
    let fewer = fill(&world, "mara", factors, &[("factor-1", ""), two[1]]).await;
    assert_eq!(fewer.status, StatusCode::SEE_OTHER);
    let page = world.get("mara", "/reviews/PIR-1").await;
    page.shows_once("Factor 1").hides("Factor 2").shows("Watch the cutter");
    let (_, spare) = page.body.split_once("Buy a spare").unwrap();
    assert!(spare.contains("Factor 1"), "it went with its factor");
}

#[tokio::test]
async fn two_write_different_parts_at_once() {
    let world = World::new().await;
    reviewed(&world).await;
    let (first, second) = (world.get("mara", SUMMARY).await, world.get("ines", SUMMARY).await);
    let impact = "/reviews/PIR-1/edit/impact";
    let other = world.get("ines", impact).await;
    let saved = send(&world, "mara", &first, SUMMARY, &[("summary", "A worn cutter.")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let beside = send(&world, "ines", &other, impact, &[("impact", "12 people waited.")]).await;
    assert_eq!(beside.status, StatusCode::SEE_OTHER, "another part");
    // The same part: whoever is slower is told, keeps the words, and may insist.
    let slower = send(&world, "ines", &second, SUMMARY, &[("summary", "A lost cutter.")]).await;
    assert_eq!(slower.status, StatusCode::PRECONDITION_FAILED);
    slower.shows("changed this").shows("A lost cutter.");
    let page = world.get("ines", "/reviews/PIR-1").await;
    page.shows("A worn cutter.").shows("12 people waited.");
    let insisted = send(&world, "ines", &slower, SUMMARY, &[]).await;
    assert_eq!(insisted.status, StatusCode::SEE_OTHER);
    world.get("mara", "/reviews/PIR-1").await.shows("A lost cutter.").shows("12 people waited.");
}

#[tokio::test]
async fn entries_are_picked_from_the_record() {
    let world = World::new().await;
    let number = world.report("No labels").await;
    world.comment("mara", number, "The cutter looks worn.", Visibility::Internal).await;
    world.comment("mara", number, "We are on it.", Visibility::Public).await;
    resolve(&world, "mara", number).await;
    world.post("mara", "/reviews", &[("incident", &number.to_string())]).await;
    let path = "/reviews/PIR-1/edit/timeline";
    let page = world.get("mara", path).await;
    page.shows("Mara Lindqvist: The cutter looks worn.").shows("Mara Lindqvist: We are on it.");
    // Nobody picked anything else yet than what was proposed; then one is all there is.
    let sent = page.sends(path);
    let opened = |name: &str| sent.iter().find(|(found, _)| found == name).unwrap().1.clone();
    let (version, seen) = (opened("version"), opened("opened"));
    let (before, _) = page.body.split_once("We are on it.").unwrap();
    let (_, value) = before.rsplit_once("name=\"pick\" value=\"").unwrap();
    let pick = value.split('"').next().unwrap();
    let remark = format!("remark-{pick}");
    let fields = [
        ("version", version.as_str()),
        ("opened", seen.as_str()),
        ("pick", pick),
        (remark.as_str(), "too late"),
    ];
    let saved = world.post("mara", path, &fields).await;
    assert_eq!(saved.location(), "/reviews/PIR-1?done=saved#time");
    world
        .get("mara", "/reviews/PIR-1")
        .await
        .shows("We are on it.")
        .shows("<mark>too late</mark>")
        .hides("The cutter looks worn.")
        .shows("1 of ");
}

#[tokio::test]
async fn a_review_is_seen_by_whoever_sees_its_incident() {
    let world = World::new().await;
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    resolve(&world, "ines", secret).await;
    world.post("ines", "/reviews", &[("incident", &secret.to_string())]).await;
    let ines = world.person("ines").id.to_string();
    let action = [("words", "Lock the drawer"), ("owner", ines.as_str())];
    let added = world.post("ines", "/reviews/PIR-1/actions", &action).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER);
    let page = world.get("ines", "/reviews/PIR-1").await;
    page.shows("Payroll leak").shows("Lock the drawer");
    let state = first_action(&page);
    world
        .get("ines", "/reviews")
        .await
        .shows("Payroll leak")
        .shows("Due <span class=\"n\">1</span>");
    world.get("otto", "/reviews").await.shows("Payroll leak");

    let (list, actions) = ("/reviews", "/reviews/actions");
    for who in ["mara", "ada"] {
        let page = world.get(who, list).await;
        page.hides("Payroll").hides("PIR-1").shows("Due <span class=\"n\">0</span>");
        let page = world.get(who, actions).await;
        page.hides("Lock the drawer").hides("Payroll").shows("Open <span class=\"n\">0</span>");
        world.get(who, "/inbox").await.hides("Payroll").hides("Lock the drawer");
        world.get_live(who, "/palette?q=pir").await.hides("PIR-1").hides("Payroll");
        for path in ["", "/paper", "/markdown", "/edit/summary", "/edit/timeline"] {
            let path = format!("/reviews/PIR-1{path}");
            let page = world.get(who, &path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{who} {path}");
            page.hides("Payroll");
        }
        let version = [("version", "1"), ("state", "done")];
        for path in [state.as_str(), "/reviews/PIR-1/state", "/reviews/PIR-1/actions", SUMMARY] {
            let refused = world.post(who, path, &version).await;
            assert!(refused.status.is_client_error(), "{who} {path}: {}", refused.status);
            refused.hides("Payroll").hides("Lock the drawer");
        }
        let opened = world.post(who, list, &[("incident", &secret.to_string())]).await;
        assert_eq!(opened.status, StatusCode::NOT_FOUND, "{who}");
    }
    world.get_live("ines", "/palette?q=pir").await.shows("PIR-1 Payroll leak");
    world.get("ines", "/reviews/PIR-1").await.shows("0 of 1 done");
}

#[tokio::test]
async fn each_role_does_its_own() {
    let world = World::new().await;
    reviewed(&world).await;
    // An auditor reads and changes nothing.
    world
        .get("otto", "/reviews/PIR-1")
        .await
        .shows("was disturbed")
        .hides("/edit/summary")
        .hides("Send to review")
        .hides("Add the action");
    assert_eq!(world.get("otto", SUMMARY).await.status, StatusCode::FORBIDDEN);
    let fields = [("words", "Keep a spare"), ("version", "1"), ("state", "in_review")];
    for path in ["/reviews/PIR-1/actions", "/reviews/PIR-1/state"] {
        assert_eq!(world.post("otto", path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    // Whoever neither owns it nor manages does not publish it.
    let page = world.get("mara", "/reviews/PIR-1").await;
    page.shows("Send to review").hides("value=\"published\"").shows("publishes it");
    let refused = turn(&world, "mara", &[("state", "published")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    world.get("ines", "/reviews/PIR-1").await.shows("value=\"published\"");
    // Requesters find none of it.
    for path in ["/reviews", "/reviews/actions", "/reviews/PIR-1", "/reviews/PIR-1/paper"] {
        let away = world.get("gwen", path).await;
        assert_eq!((away.status, away.location()), (StatusCode::SEE_OTHER, "/portal"), "{path}");
    }
    let refused = world.post("gwen", "/reviews/PIR-1/state", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let world = World::new().await;
    reviewed(&world).await;
    let words = "<script>alert(1)</script>";
    fill(&world, "mara", SUMMARY, &[("summary", words)]).await;
    fill(&world, "mara", "/reviews/PIR-1/edit/factors", &[("factor-1", words)]).await;
    world.post("mara", "/reviews/PIR-1/actions", &[("words", words), ("factor", "1")]).await;
    for path in [
        "/reviews/PIR-1",
        "/reviews/PIR-1/paper",
        SUMMARY,
        "/reviews/PIR-1/edit/factors",
        "/reviews/actions",
    ] {
        world.get("mara", path).await.shows("&lt;script&gt;").hides("<script>alert");
    }
    let markdown = world.get("mara", "/reviews/PIR-1/markdown").await;
    assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8");
    assert_eq!(markdown.header("content-disposition"), "attachment; filename=\"PIR-1.md\"");
    markdown.hides("<script>");
}

#[tokio::test]
async fn on_paper_there_is_nothing_around_it() {
    let world = World::new().await;
    reviewed(&world).await;
    let paper = world.get("mara", "/reviews/PIR-1/paper").await;
    assert_eq!(paper.status, StatusCode::OK);
    paper.shows("<h1>No labels</h1>").shows("PIR-1, printed ");
    paper.hides("class=\"rail\"").hides("class=\"topbar\"").hides("<form");
}

#[tokio::test]
async fn what_is_missing_is_said_before_an_incident_is_closed() {
    let world = World::new().await;
    let number = world.report("No labels").await;
    world.comment("gwen", number, "Is somebody coming?", Visibility::Public).await;
    let form = format!("/incidents/{number}/resolve");
    world
        .get("mara", &form)
        .await
        .shows("Still missing")
        .shows("No category is set.")
        .shows("No cause is named.")
        .shows("No problem or article is linked.")
        .shows("Gwen wrote ")
        .shows("It can be resolved without.");
    world.comment("mara", number, "At noon.", Visibility::Public).await;
    world.get("mara", &form).await.hides("has no answer yet");
    let page = format!("/incidents/{number}");
    world.get("mara", &page).await.hides("Before it closes");
    resolve(&world, "mara", number).await;
    world.get("mara", &page).await.shows("Before it closes").shows("No category is set.");
    // Whoever changes nothing is asked for nothing.
    world.get("otto", &page).await.hides("Before it closes");
}

#[tokio::test]
async fn what_must_be_known_is_asked_in_the_form_that_resolves() {
    let world = World::new().await;
    let number = world.report("No labels").await;
    world.post("ada", "/settings/categories", &[("name", "Printing")]).await;
    let all = world.desk.read(store::directory::categories::list).await.unwrap();
    let category = all.iter().find(|category| category.name == "Printing").unwrap().id.to_string();
    let needed = [("version", "0"), ("category", "1"), ("cause", "1"), ("knowledge", "1")];
    world.post("ada", "/settings/resolution-codes/closure", &needed).await;
    let path = format!("/incidents/{number}/resolve");
    let form = world.get("mara", &path).await;
    form.shows("name=\"category\"").shows("Needed here").hides("It can be resolved without.");
    let bare = [("form", "resolve"), ("code", "fixed"), ("note", "Changed"), ("alone", "1")];
    let refused = world.post("mara", &path, &bare).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused
        .shows("3 things to fix")
        .shows("Set its category")
        .shows("Say its cause")
        .shows("Changed");
    let told = [("cause", "A worn cutter"), ("known_error", ""), ("category", category.as_str())];
    let half: Vec<_> = bare.iter().copied().chain(told).collect();
    world.post("mara", &path, &half).await.shows("Name the known error or the article");
    let article = store::directory::Article {
        body: "Change the cutter.".to_owned(),
        state: store::directory::ArticleState::Published,
        ..store::directory::Article::titled(kernel::ArticleNumber(0), "Cutters", world.desk.now())
    };
    let article = world.desk.make_article(&world.viewer("mara"), article).await.unwrap().number;
    let known = article.to_string();
    let whole: Vec<_> = half.iter().copied().chain([("article", known.as_str())]).collect();
    let done = world.post("mara", &path, &whole).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    world.get("mara", &format!("/incidents/{number}")).await.shows("Printing");
}
