//! The queue: views, filters, rows, bulk changes, preview, saved views.

use crate::harness::{Page, World, escape};
use axum::http::StatusCode;
use incident::{Change, Command};
use kernel::{IncidentNumber, Level};

fn q(text: &str) -> String {
    format!("/queue?q={}", escape(text))
}

#[tokio::test]
async fn an_instance_without_incidents_tells_where_to_begin() {
    let world = World::new().await;
    world.get("mara", "/queue").await.shows("No incident yet").hides("Set up");
    world.get("ada", "/queue").await.shows("No incident yet").shows("href=\"/settings\">Set up");
    world.report("Label printers dead on lines 3 to 6").await;
    world.get("ines", "/queue").await.hides("No incident yet").shows("Nothing waits for you");
}

#[tokio::test]
async fn rows_say_what_an_agent_needs() {
    let world = World::new().await;
    let number = world.report("Label printers dead on lines 3 to 6").await;
    let page = world.get("mara", "/queue").await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("<h1>My teams")
        .shows(&format!("id=\"row-{number}\" data-number=\"{number}\""))
        .shows("Label printers dead on lines 3 to 6")
        .shows("Gwen Tarrant")
        .shows("class=\"pri pri-4\"")
        .shows("Service Desk")
        .shows("data-tick=\"due\"")
        .shows("keel-mini")
        .shows("data-stream=\"/live?q=");
    world.get("ines", "/queue").await.hides("Label printers").shows("Nothing waits for you");
}

#[tokio::test]
async fn everybody_chooses_which_columns_they_see() {
    let world = World::new().await;
    world.report("Dock 4 is closed").await;
    let page = world.get("mara", "/queue").await;
    page.shows("aria-label=\"Columns\"").shows("value=\"upd\" checked").hides("data-hide");
    let narrow = "hide-s\" type=\"button\" popovertarget=\"columns\"";
    page.shows(narrow);
    let back = q("state:open dock");
    let all = ["num", "req", "svc", "state", "asg", "sla"];
    let mut shown: Vec<(&str, &str)> = all.iter().map(|key| ("show", *key)).collect();
    shown.push(("back", &back));
    assert_eq!(world.post("mara", "/queue/columns", &shown).await.location(), back);
    for path in ["/queue", back.as_str(), "/queue?view=all-open"] {
        let page = world.get("mara", path).await;
        page.shows("data-hide=\"risk upd\"").hides("value=\"upd\" checked");
        page.shows("popovertarget=\"columns\"").hides(narrow);
    }
    world.get("ines", "/queue?view=all-open").await.hides("data-hide");

    let nowhere = [("show", "num"), ("back", "//evil.example")];
    let sent = world.post_live("mara", "/queue/columns", &nowhere).await;
    assert_eq!(sent.header("x-location"), "/queue");
    world.get("mara", "/queue").await.shows("data-hide=\"risk req svc state asg sla upd\"");
    let unknown = world.post("mara", "/queue/columns", &[("show", "sel")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let portal = world.post("gwen", "/queue/columns", &[("show", "num")]).await;
    assert_ne!(portal.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn words_of_people_are_text() {
    let world = World::new().await;
    world.report("<img src=x onerror=alert(1)> & \"more\"").await;
    world.get("mara", "/queue").await.hides("<img src=x").shows("&lt;img src=x");
}

#[tokio::test]
async fn views_count_what_they_show() {
    let world = World::new().await;
    let first = world.report("One").await;
    world.report("Two").await;
    world
        .command(
            "mara",
            first,
            Command::Assign { team: Change::Keep, assignee: Change::Set(world.person("mara").id) },
        )
        .await;
    let page = world.get("mara", "/queue?view=my-work").await;
    page.shows("id=\"n-my-work\">1<")
        .shows("id=\"n-my-teams\">2<")
        .shows("id=\"n-unassigned\">1<")
        .shows("id=\"n-all-open\">2<");
    page.shows("<small id=\"q-total\">1 open</small>").hides("Two");
}

#[tokio::test]
async fn filters_are_chips_in_the_address() {
    let world = World::new().await;
    world.report("Scanner").await;
    let page = world.get("mara", &q("state:open scanner")).await;
    page.shows("<i>state</i> open")
        .shows("aria-label=\"Remove filter state\"")
        .shows("Scanner")
        .shows("Filtered");
    let dropped = world.get("mara", "/queue?q=state%3Aopen%20scanner&add=&drop=0").await;
    assert_eq!((dropped.status, dropped.location()), (StatusCode::SEE_OTHER, "/queue?q=scanner"));
    let added = world.get("mara", "/queue?view=my-teams&q=state%3Aopen&add=priority%3Ap1").await;
    assert_eq!(added.location(), "/queue?q=state%3Aopen%20priority%3AP1&view=my-teams");
    world
        .get("mara", added.location())
        .await
        .shows("My teams, filtered")
        .shows("No incident matches");
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_explained_where_it_stands() {
    let world = World::new().await;
    let page = world.get("mara", &q("prioritty:P1")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("aria-describedby=\"filter-e\"")
        .shows("Use priority:P1")
        .shows("value=\"prioritty:P1\"")
        .shows("This filter cannot be read");
    page.hides("data-stream");
}

#[tokio::test]
async fn pages_follow_each_other_and_lead_back() {
    let world = World::new().await;
    for at in 0..120 {
        world.report(&format!("Case {at}")).await;
    }
    let path = q("state:open sort:number");
    let first = world.get("mara", &path).await;
    first
        .shows("INC-120")
        .hides("rel=\"prev\"")
        .shows("id=\"row-INC-71\"")
        .hides("id=\"row-INC-70\"");
    let second = world.get("mara", &link(&first.body, "next")).await;
    second.shows("id=\"row-INC-70\"").shows("id=\"row-INC-21\"").hides("id=\"row-INC-20\"");
    let third = world.get("mara", &link(&second.body, "next")).await;
    third.shows("id=\"row-INC-20\"").shows("id=\"row-INC-1\"").hides("rel=\"next\"");
    let back = world.get("mara", &link(&third.body, "prev")).await;
    back.shows("id=\"row-INC-70\"");
    world.get("mara", &link(&back.body, "prev")).await.shows("id=\"row-INC-120\"");
    world.get("mara", &format!("{path}&cursor=rubbish")).await.shows("id=\"row-INC-120\"");
}

fn link(html: &str, rel: &str) -> String {
    let at = html.find(&format!("rel=\"{rel}\"")).expect("the page has the link");
    let href = html[at..].split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    href.replace("&amp;", "&")
}

#[tokio::test]
async fn selected_incidents_change_together_and_back() {
    let world = World::new().await;
    let (first, second) = (world.report("Trolley one").await, world.report("Trolley two").await);
    let fields =
        [("number", "INC-1"), ("number", "INC-2"), ("do", "me"), ("back", "/queue?view=my-teams")];
    let answer = world.post_live("mara", "/queue/bulk", &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer
        .shows(&format!("id=\"row-{first}\""))
        .shows(&format!("id=\"row-{second}\""))
        .shows("data-patch")
        .shows("Mara Lindqvist");
    assert_eq!(answer.header("x-toast"), "2%20incidents%20assigned%20to%20you");
    let undo = answer.header("x-undo").to_owned();
    assert!(undo.starts_with("/queue/undo?e=INC-1."), "{undo}");
    let back = world.post_live("mara", &undo, &[]).await;
    back.shows("Service Desk").hides("Mara Lindqvist");

    let plain = world.post("mara", "/queue/bulk", &fields).await;
    assert_eq!((plain.status, plain.location()), (StatusCode::SEE_OTHER, "/queue?view=my-teams"));
}

#[tokio::test]
async fn each_bulk_action_does_what_it_says() {
    let world = World::new().await;
    let number = world.report("Case").await;
    let into = world.report("Other").await;
    let network = format!("team:{}", world.network);
    let level = [("do", "priority"), ("level", "1/1")];
    let wishes: [(&[(&str, &str)], &str); 7] = [
        (&level, "now%20P1"),
        // A button of a list says what to do by itself.
        (&[("to", &network)], "given%20to%20Network"),
        (&[("state", "in_progress"), ("into", ""), ("tag", "")], "in%20progress"),
        (&[("state", "vendor")], "on%20hold"),
        (&[("do", "state"), ("state", "in_progress")], "in%20progress"),
        (&[("do", "tag"), ("tag", "dock")], "tagged%20dock"),
        (&[("do", "merge"), ("into", "INC-2")], "merged%20into%20INC-2"),
    ];
    for (wish, words) in wishes {
        let fields: Vec<(&str, &str)> =
            [("number", "INC-1")].into_iter().chain(wish.iter().copied()).collect();
        let answer = world.post_live("mara", "/queue/bulk", &fields).await;
        assert!(
            answer.header("x-toast").ends_with(words),
            "{wish:?}: {:?} {}",
            answer.header("x-toast"),
            answer.body
        );
        assert!(!answer.header("x-undo").is_empty(), "{wish:?}");
    }
    let both = [("number", "INC-2"), ("into", "INC-1"), ("tag", "dock")];
    world.post_live("mara", "/queue/bulk", &both).await.shows("Press Merge or Tag");
    let page = world.get("mara", &q("merged:yes tag:dock priority:P1")).await;
    page.shows(&format!("id=\"row-{number}\"")).hides(&format!("id=\"row-{into}\""));
}

#[tokio::test]
async fn what_is_refused_is_said_beside_what_is_done() {
    let world = World::new().await;
    world.report("Open").await;
    let closed = world.report("Withdrawn").await;
    let mut ask = world.desk.ask(&world.viewer("mara"), kernel::Channel::Web).on(closed);
    let reason = ask.words("reason", "Twice", 100).unwrap();
    ask.issue(Command::Cancel { reason }).await.unwrap();
    let answer = world
        .post_live("mara", "/queue/bulk", &[("number", "INC-1"), ("number", "INC-2"), ("do", "me")])
        .await;
    answer.shows("id=\"row-INC-1\"").shows("1 incident was not changed.").shows(">INC-2</a>: ");
    assert_eq!(answer.header("x-toast"), "INC-1%20assigned%20to%20you");
    for (fields, words) in [
        (&[("do", "me")][..], "Select the incidents first."),
        (&[("do", "assign"), ("number", "INC-1")], "Choose a person or a team from the list."),
        (&[("do", "priority"), ("level", "9/9"), ("number", "INC-1")], "Choose a priority."),
        (&[("do", "merge"), ("into", "7"), ("number", "INC-1")], "is not an incident number"),
    ] {
        let answer = world.post_live("mara", "/queue/bulk", fields).await;
        answer.shows(words);
        assert_eq!(answer.header("x-toast"), "");
    }
}

#[tokio::test]
async fn bulk_changes_reach_only_what_one_may_see() {
    let world = World::new().await;
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    world.get("mara", "/queue?view=all-open").await.hides("Payroll leak");
    world.get("ines", "/queue?view=all-open").await.shows("Payroll leak").shows("chip lock");
    world.get("otto", "/queue?view=all-open").await.shows("Payroll leak");
    let answer = world.post_live("mara", "/queue/bulk", &[("number", "INC-1"), ("do", "me")]).await;
    answer.hides("Payroll").hides("row-INC-1");
    assert_eq!(world.get("mara", "/incidents/INC-1/preview").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.post("gwen", "/queue/bulk", &[("number", "INC-1"), ("do", "me")]).await.status,
        StatusCode::FORBIDDEN
    );
    world
        .post_live("otto", "/queue/bulk", &[("number", "INC-1"), ("do", "me")])
        .await
        .shows("was not changed");
}

#[tokio::test]
async fn the_preview_quotes_the_report_and_takes_it() {
    let world = World::new().await;
    let number = world.report("Gate printer offline").await;
    let preview = world.get_live("mara", &format!("/incidents/{number}/preview")).await;
    preview
        .shows("“It began this morning.”")
        .shows("Gwen Tarrant")
        .shows("Take and reply")
        .shows("sla-")
        .hides("<html");
    let taken = world.post_live("mara", "/queue/take", &[("number", &number.to_string())]).await;
    assert_eq!(taken.header("x-location"), format!("/incidents/{number}#m-reply"));
    world
        .get("mara", &format!("/incidents/{number}/preview"))
        .await
        .hides("Take and reply")
        .shows("Mara Lindqvist");
    world.get("otto", &format!("/incidents/{number}/preview")).await.hides("Take and reply");
    assert_eq!(world.get("mara", "/incidents/INC-99/preview").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn views_are_saved_shared_changed_and_deleted() {
    let world = World::new().await;
    world.report("Dock").await;
    let saved = world
        .post(
            "mara",
            "/queue/views",
            &[("name", "Docks"), ("q", "state:open dock"), ("seen_by", "everybody")],
        )
        .await;
    let path = saved.location().to_owned();
    assert!(path.starts_with("/queue?view="), "{path}");
    world
        .get("mara", &path)
        .await
        .shows("<h1>Docks")
        .shows("Change this view")
        .shows("Delete view");
    let others = world.get("ines", &path).await;
    others.shows("<h1>Docks").hides("Delete view").shows("Save this view");

    let id = path.trim_start_matches("/queue?view=").to_owned();
    let change = [("name", "All docks"), ("q", "state:open dock sort:number"), ("version", "1")];
    assert_eq!(
        world.post("ines", &format!("/queue/views/{id}"), &change).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.post("mara", &format!("/queue/views/{id}"), &change).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        world.post("mara", &format!("/queue/views/{id}"), &change).await.status,
        StatusCode::PRECONDITION_FAILED
    );
    world.get("mara", &path).await.shows("<h1>All docks").shows("newest first");
    world.get("ines", "/queue").await.hides("All docks");

    assert_eq!(
        world.post("ines", &format!("/queue/views/{id}/delete"), &[]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.post("mara", &format!("/queue/views/{id}/delete"), &[]).await.location(),
        "/queue"
    );
    world.get("mara", "/queue").await.hides("All docks");
}

/// Mara saves a view that this team sees too.
async fn share(world: &World, team: &str) -> Page {
    let fields = [("name", "Docks"), ("q", "state:open dock"), ("seen_by", team)];
    world.post_live("mara", "/queue/views", &fields).await
}

#[tokio::test]
async fn a_view_is_shared_with_a_team_of_ones_own() {
    let world = World::new().await;
    let (own, other) = (world.service_desk.to_string(), world.network.to_string());
    let refused = share(&world, &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Choose one of your teams");
    assert_eq!(share(&world, &own).await.status, StatusCode::OK);
    world.get("mara", "/queue").await.shows("Docks");
    // Ines is in the other team.
    world.get("ines", "/queue").await.hides("Docks");
    world.get_live("ines", "/palette?q=docks").await.hides("view=");
    world
        .get("mara", "/queue/views/new?q=dock")
        .await
        .shows("The team Service Desk")
        .hides("The team Network");
}

#[tokio::test]
async fn a_view_without_name_or_with_a_wrong_query_is_not_saved() {
    let world = World::new().await;
    let answer =
        world.post_live("mara", "/queue/views", &[("name", " "), ("q", "prioritty:P1")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer
        .shows("2 things to fix")
        .shows("Give it a name")
        .shows("aria-invalid=\"true\"")
        .shows("value=\"prioritty:P1\"");
    let plain = world.post("mara", "/queue/views", &[("name", ""), ("q", "")]).await;
    assert_eq!(plain.status, StatusCode::UNPROCESSABLE_ENTITY);
    plain.shows("<html").shows("Give it a name");
    world.get("mara", "/queue/views/new?q=state%3Aopen").await.shows("value=\"state:open\"");
}

#[tokio::test]
async fn the_filter_suggests_fields_and_names() {
    let world = World::new().await;
    for (typed, offered) in [
        ("pri", "\"insert\":\"priority:\""),
        ("state:o", "\"insert\":\"state:open\""),
        ("service:lab", r#""insert":"service:\"Label Printing\"""#),
        ("team:net", "\"insert\":\"team:Network\""),
        ("requester:gwen", r#""insert":"requester:\"Gwen Tarrant\"""#),
        ("due:", "\"insert\":\"due<2h\""),
    ] {
        world.get_live("mara", &format!("/queue/suggest?q={}", escape(typed))).await.shows(offered);
    }
}

#[tokio::test]
async fn the_horizon_shows_what_is_due_soon() {
    let world = World::new().await;
    let number = world.report("Checkout fails").await;
    let urgent = Command::Prioritise {
        impact: Some(Level::HIGH),
        urgency: Some(Level::HIGH),
        priority: None,
        reason: None,
    };
    world.command("mara", number, urgent).await;
    let page = world.get("mara", "/queue").await;
    page.shows("class=\"horizon\"")
        .shows(&format!("aria-label=\"{number}, P1, acknowledgement due "))
        .shows("3 clocks: 0 overdue");
    let other = world.report("Checkout is slow").await;
    let urgent = Command::Prioritise {
        impact: Some(Level::HIGH),
        urgency: Some(Level::MEDIUM),
        priority: None,
        reason: None,
    };
    world.command("mara", other, urgent).await;
    let horizon = world.get("mara", "/queue").await.body;
    let horizon = horizon.split("class=\"hz\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(horizon.matches("<a ").count(), horizon.matches("tabindex=\"-1\"").count() + 1);
    let by_number = world.get("mara", &q("state:open sort:number")).await;
    by_number.shows(&format!("aria-label=\"{number}, P1"));
}

#[tokio::test]
async fn the_order_is_chosen_from_a_menu() {
    let world = World::new().await;
    let numbers: Vec<IncidentNumber> = [world.report("a").await, world.report("b").await].to_vec();
    let page = world.get("mara", "/queue").await;
    page.shows("highest cost of delay first").shows("href=\"/queue?q=team%3Amine%20state%3Aopen%20merged%3Ano%20sort%3Apriority&amp;view=my-teams\"");
    let page = world.get("mara", &q("state:open sort:-number")).await;
    let place = |number: IncidentNumber| page.body.find(&format!("id=\"row-{number}\"")).unwrap();
    assert!(place(numbers[0]) < place(numbers[1]));
}

#[tokio::test]
async fn incidents_can_be_given_to_whoever_works() {
    let world = World::new().await;
    world.report("Case").await;
    let person = |key: &str| format!("value=\"person:{}\"", world.person(key).id);
    let page = world.get("mara", "/queue").await;
    page.shows(&person("mara"))
        .shows(&person("ines"))
        .hides(&person("otto"))
        .hides(&person("gwen"));
    page.shows(&format!("value=\"team:{}\"", world.network));
}
