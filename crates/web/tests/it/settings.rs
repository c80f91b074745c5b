//! The settings: who may read and change them, that every form stores what it
//! says, and that nobody overwrites another's change unknowingly.

use crate::harness::{Page, World, escape};
use axum::http::StatusCode;
use store::directory::reviews::{Section, Template};
use store::directory::{audit, categories, people, services, settings, teams};

const PAGES: [&str; 16] = [
    "agreements",
    "calendars",
    "rules",
    "priority-matrix",
    "categories",
    "services",
    "resolution-codes",
    "reviews",
    "teams",
    "people",
    "organisations",
    "general",
    "mailboxes",
    "notifications",
    "tokens",
    "audit",
];

const NEW: [&str; 10] = [
    "agreements",
    "calendars",
    "rules",
    "teams",
    "people",
    "services",
    "categories",
    "organisations",
    "mailboxes",
    "notifications",
];

/// The value of a hidden field or an input of a page.
fn value_of(page: &Page, name: &str) -> String {
    let (_, rest) = page
        .body
        .split_once(&format!(r#"name="{name}" value=""#))
        .unwrap_or_else(|| panic!("{name} is missing in {}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_change_managers_and_auditors_read() {
    let world = World::new().await;
    assert_eq!(world.get("ada", "/settings").await.location(), "/settings/teams");
    for page in PAGES {
        let path = format!("/settings/{page}");
        for who in ["ada", "ines", "otto"] {
            let shown = world.get(who, &path).await;
            assert_eq!(shown.status, StatusCode::OK, "{who} {path}: {}", shown.body);
            shown.shows(r#"aria-label="Settings""#).shows(r#"aria-current="page""#);
            if who != "ada" {
                shown.hides("btn-primary").hides(r#"<form class="form""#);
            }
        }
        for who in ["mara", "gwen"] {
            assert_eq!(world.get(who, &path).await.status, StatusCode::FORBIDDEN, "{who} {path}");
        }
    }
    for page in NEW {
        let path = format!("/settings/{page}");
        assert_eq!(world.get("ada", &format!("{path}/new")).await.status, StatusCode::OK);
        for who in ["ines", "otto", "mara", "gwen"] {
            assert_eq!(
                world.get(who, &format!("{path}/new")).await.status,
                StatusCode::FORBIDDEN,
                "{who} {path}"
            );
            assert_eq!(
                world.post(who, &path, &[("name", "Sneaky")]).await.status,
                StatusCode::FORBIDDEN,
                "{who} {path}"
            );
        }
    }
    for path in ["priority-matrix", "resolution-codes", "general"] {
        assert_eq!(
            world.post("ines", &format!("/settings/{path}"), &[("version", "0")]).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_made_filled_and_taken_out_of_use() {
    let world = World::new().await;
    let made = world
        .post(
            "ada",
            "/settings/teams",
            &[("name", "Applications"), ("description", "Everything with a window")],
        )
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let path = made.location().split('?').next().unwrap().to_owned();
    world.get("ada", made.location()).await.shows("Saved.").shows("Everything with a window");

    let twice = world
        .post("ada", "/settings/teams", &[("name", "applications"), ("description", "kept")])
        .await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    twice.shows("This name is taken already").shows("kept");

    let members = format!("{path}/members");
    let unknown = world.post("ada", &members, &[("person", "nobody@northwind.example")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    unknown
        .shows("Nobody is known")
        .shows("nobody@northwind.example")
        .shows("Everything with a window");
    assert_eq!(
        world.post("ada", &members, &[("person", "mara@northwind.example")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        world.post("ada", &members, &[("person", "ines calderon")]).await.status,
        StatusCode::SEE_OTHER
    );
    let page = world.get("ada", &path).await;
    page.shows("Mara Lindqvist").shows("Ines Calderon");
    let mara = world.person("mara").id;
    world.post("ada", &format!("{members}/{mara}/remove"), &[]).await;
    world.get("ada", &path).await.hides("Mara Lindqvist").shows("Ines Calderon");

    let version = value_of(&page, "version");
    world
        .post("ada", &path, &[("version", &version), ("name", "Applications"), ("description", "")])
        .await;
    assert!(!world.desk.policy().teams.values().any(|team| team.name == "Applications"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_second_is_told_and_loses_nothing() {
    let world = World::new().await;
    let path = format!("/settings/teams/{}", world.network);
    let first = [("version", "1"), ("name", "Networks"), ("description", ""), ("active", "1")];
    assert_eq!(world.post("ada", &path, &first).await.status, StatusCode::SEE_OTHER);
    let second = [
        ("version", "1"),
        ("name", "Network and Wi-Fi"),
        ("description", "typed by the second"),
        ("active", "1"),
    ];
    let page = world.post("ada", &path, &second).await;
    assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
    page.shows("Ada Brandt changed this").shows("typed by the second").shows("Network and Wi-Fi");
    let version = value_of(&page, "version");
    assert_eq!(version, "2");
    let again = [
        ("version", version.as_str()),
        ("name", "Network and Wi-Fi"),
        ("description", ""),
        ("active", "1"),
    ];
    assert_eq!(world.post("ada", &path, &again).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_between_does_not_hide_that_somebody_was_faster() {
    let world = World::new().await;
    let (path, matrix) =
        (format!("/settings/teams/{}", world.network), "/settings/priority-matrix");
    let first = [("version", "1"), ("name", "Networks"), ("description", ""), ("active", "1")];
    assert_eq!(world.post("ada", &path, &first).await.status, StatusCode::SEE_OTHER);
    let page = world.post("ada", &path, &[("version", "1"), ("name", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let version = value_of(&page, "version");
    let second = [("version", version.as_str()), ("name", "Wi-Fi"), ("active", "1")];
    let told = world.post("ada", &path, &second).await;
    assert_eq!(told.status, StatusCode::PRECONDITION_FAILED);
    world.get("ada", &path).await.shows("Networks").hides("Wi-Fi");

    // A setting that was never stored has version 0.
    let torn = world.post("ada", matrix, &[("version", "-1"), ("p11", "P9")]).await;
    assert_eq!(value_of(&torn, "version"), "-1");
    let codes = "/settings/resolution-codes";
    let torn = world.post("ada", codes, &[("version", "-1"), ("label", "x"), ("code", "")]).await;
    assert_eq!(value_of(&torn, "version"), "-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn trying_a_rule_does_not_hide_that_somebody_was_faster() {
    let world = World::new().await;
    let form = [("name", "To Field service"), ("on", "reported"), ("add", "seen"), ("active", "1")];
    let made = world.post("ada", "/settings/rules", &form).await;
    let address = made.location().split('?').next().unwrap().to_owned();
    let opened = [&form[..], &[("version", "1")]].concat();
    assert_eq!(world.post("ada", &address, &opened).await.status, StatusCode::SEE_OTHER);
    let tried = world.post("ada", &format!("{address}/try"), &opened).await;
    tried.shows("Would have matched");
    assert_eq!(value_of(&tried, "version"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_says_how_it_gives_and_who_is_next() {
    let world = World::new().await;
    let path = format!("/settings/teams/{}", world.network);
    let page = world.get("ada", &path).await;
    page.shows("By hand").shows("Each in turn").hides("Would get what comes");
    let version = value_of(&page, "version");
    let way = [("version", version.as_str()), ("name", "Network"), ("active", "1")];
    let luck: Vec<_> = way.into_iter().chain([("assignment", "by_luck")]).collect();
    let refused = world.post("ada", &path, &luck).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chosen = [("assignment", "least_loaded"), ("by_skill", "1")];
    let chosen: Vec<_> = way.into_iter().chain(chosen).collect();
    assert_eq!(world.post("ada", &path, &chosen).await.status, StatusCode::SEE_OTHER);
    let page = world.get("ada", &path).await;
    page.shows(r#"value="least_loaded" checked"#)
        .shows("Would get what comes to the team now: the only one there.");
    page.shows("Whoever knows its service or category comes first.");

    let number = world.report_as("mara", "gwen", "No signal", Some(world.network)).await;
    let incident = world.get("mara", &format!("/incidents/{number}")).await;
    incident.shows("assigned it to <b>Ines Calderon</b> (the only one there)");
    world.get("gwen", &format!("/portal/incidents/{number}")).await.hides("the only one there");

    let away = [("away_from", ""), ("away_until", "2126-01-07T09:00")];
    let done = world.post("ines", "/me/away", &away).await;
    assert_eq!(done.location(), "/me?done=away");
    world
        .get("ines", done.location())
        .await
        .shows("Your absence is stored.")
        .shows("away until 7 Jan 2126 09:00");
    world.get("ada", &path).await.shows("Nobody is there, 1 person of the team is away");
    let number = world.report_as("mara", "gwen", "Slow", Some(world.network)).await;
    let address = format!("/incidents/{number}");
    let incident = world.get("mara", &address).await;
    incident
        .shows("one person is away; it stays with the team")
        .shows("away until 7 Jan 2126 09:00");
    world
        .get("mara", &format!("{address}/assign"))
        .await
        .shows("Ines Calderon, away until 7 Jan 2126 09:00");
    world.get("gwen", &format!("/portal{address}")).await.hides("is away");
    // They can be given it by hand all the same.
    let ines = world.person("ines").id.to_string();
    let given = world
        .post(
            "mara",
            &format!("{address}/assign"),
            &[("team", &world.network.to_string()), ("assignee", &ines)],
        )
        .await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);

    let back = world.post("ines", "/me/away", &[]).await;
    assert_eq!(back.location(), "/me?done=back");
    world.get("ines", "/me").await.hides("away until");
    let wrong = [("away_from", "2026-01-07T09:00"), ("away_until", "2026-01-07T09:00")];
    let wrong = world.post("ines", "/me/away", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("The end must be later than the beginning").shows("2026-01-07T09:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_leaves_the_choice_to_the_team_or_to_nobody() {
    let world = World::new().await;
    let network = world.network.to_string();
    let path = format!("/settings/teams/{network}");
    let version = value_of(&world.get("ada", &path).await, "version");
    let turns = [
        ("version", version.as_str()),
        ("name", "Network"),
        ("active", "1"),
        ("assignment", "round_robin"),
    ];
    world.post("ada", &path, &turns).await;
    for (choice, expected) in [("open", Some(world.person("ines").id)), ("none", None)] {
        let number = world.report("No signal").await;
        let page = world.get("mara", &format!("/incidents/{number}/assign")).await;
        page.shows("As the team does it");
        let form = [("team", network.as_str()), ("assignee", choice)];
        world.post("mara", &format!("/incidents/{number}/assign"), &form).await;
        let stored =
            world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap().unwrap();
        assert_eq!(
            (stored.state.team, stored.state.assignee),
            (Some(world.network), expected),
            "{choice}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_knows_is_kept() {
    let world = World::new().await;
    let mara = world.person("mara").id;
    let path = format!("/settings/people/{mara}");
    let printing = world.printing.to_string();
    let page = world.get("ada", &path).await;
    page.shows("What they know well").shows("Label Printing");
    let version = value_of(&page, "version");
    let fields = [
        ("version", version.as_str()),
        ("name", "Mara Lindqvist"),
        ("email", "mara@northwind.example"),
        ("roles", "agent"),
        ("active", "1"),
        ("skill_services", printing.as_str()),
        ("away_from", "2126-03-01T08:00"),
    ];
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    let staff = world.desk.policy().staff[&mara].clone();
    assert_eq!(staff.skills.services, [world.printing].into());
    assert_eq!(staff.away.map(|away| away.until), Some(None));
    let page = world.get("ada", &path).await;
    page.shows("What they know well (1)").shows("2126-03-01T08:00");
    world.get("otto", &path).await.shows("Label Printing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_added_with_roles_and_gets_a_password_once() {
    let world = World::new().await;
    let network = world.network.to_string();
    let fields = [
        ("name", "Yuki Tanaka"),
        ("email", "Yuki@Northwind.example"),
        ("roles", "agent"),
        ("roles", "responder"),
        ("teams", network.as_str()),
        ("job_title", "Engineer"),
        ("time_zone", "Asia/Tokyo"),
        ("vip", "1"),
    ];
    let made = world.post("ada", "/settings/people", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let path = made.location().split('?').next().unwrap().to_owned();
    let page = world.get("ada", &path).await;
    page.shows("Agent, Responder")
        .shows("yuki@northwind.example")
        .shows("Asia/Tokyo")
        .shows("cannot sign in");
    world.get("ada", "/settings/people?q=tan").await.shows("Yuki Tanaka").hides("Gwen");
    world.get("ada", "/settings/people?which=staff").await.shows("Yuki Tanaka").hides("Gwen");
    world
        .get_live("ada", "/settings/people/suggest?q=yu")
        .await
        .shows("yuki@northwind.example")
        .shows("Yuki Tanaka");

    let page = world.post("ada", &format!("{path}/password"), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    let (_, rest) = page.body.split_once(r#"aria-label="The new password">"#).unwrap();
    let password = rest.split('<').next().unwrap();
    assert!(world.desk.sign_in("yuki@northwind.example", password, "test", "").await.is_ok());

    let twice = world
        .post(
            "ada",
            "/settings/people",
            &[("name", "Another"), ("email", "yuki@northwind.example")],
        )
        .await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    twice.shows("This e-mail address is taken already");
    for (field, value, words) in [
        ("email", "no address", "no e-mail address"),
        ("time_zone", "Mars/Olympus", "no such time zone"),
        ("name", "", "name is needed"),
        ("roles", "king", "must be one of"),
    ] {
        let fields: Vec<(&str, &str)> = [("name", "Another")]
            .into_iter()
            .filter(|(name, _)| *name != field)
            .chain([(field, value)])
            .collect();
        let page = world.post("ada", "/settings/people", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        page.shows(words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_cannot_lock_themselves_out() {
    let world = World::new().await;
    let path = format!("/settings/people/{}", world.person("ada").id);
    let version = value_of(&world.get("ada", &path).await, "version");
    let base =
        [("version", version.as_str()), ("name", "Ada Brandt"), ("email", "ada@northwind.example")];
    for more in [vec![("roles", "agent"), ("active", "1")], vec![("roles", "administrator")]] {
        let fields: Vec<(&str, &str)> = base.into_iter().chain(more).collect();
        let page = world.post("ada", &path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("another administrator can");
    }
    let id = world.person("ada").id;
    let ada = world.desk.read(move |sql| people::get(sql, id)).await.unwrap().unwrap();
    assert!(ada.active && ada.roles.contains(&kernel::Role::Administrator));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_out_of_use_is_signed_out() {
    let world = World::new().await;
    let path = format!("/settings/people/{}", world.person("mara").id);
    assert_eq!(world.get("mara", "/me").await.status, StatusCode::OK);
    let fields = [
        ("version", "1"),
        ("name", "Mara Lindqvist"),
        ("email", "mara@northwind.example"),
        ("roles", "agent"),
    ];
    let made =
        world.post("mara", "/me/tokens", &[("name", "n"), ("scope", "admin"), ("life", "0")]).await;
    let (_, rest) = made.body.split_once(r#"aria-label="Secret of the new token">"#).unwrap();
    let token = desk::Credential::Token(rest.split('<').next().unwrap().to_owned());
    assert!(world.desk.who(&token).await.unwrap().is_some());

    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get("mara", "/me").await.status, StatusCode::SEE_OTHER);
    assert!(world.desk.who(&token).await.unwrap().is_none());
    world.get("ada", "/settings/people?which=inactive").await.shows("Mara Lindqvist");

    let mut again = fields.to_vec();
    again[0].1 = "2";
    again.push(("active", "1"));
    assert_eq!(world.post("ada", &path, &again).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        world.get("mara", "/me").await.status,
        StatusCode::SEE_OTHER,
        "the sessions of before stay ended"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_hold_from_the_next_request_on() {
    let world = World::new().await;
    let path = format!("/settings/people/{}", world.person("ines").id);
    let network = world.network.to_string();
    assert_eq!(world.get("ines", "/settings/teams").await.status, StatusCode::OK);
    let base = [("name", "Ines Calderon"), ("email", "ines@northwind.example"), ("active", "1")];
    let change = async |version: &'static str, more: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> =
            base.into_iter().chain([("version", version)]).chain(more.iter().copied()).collect();
        assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    };
    change("1", &[("roles", "agent"), ("teams", &network)]).await;
    assert_eq!(world.get("ines", "/settings/teams").await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("ines", "/queue").await.status, StatusCode::OK);
    change("2", &[]).await;
    assert_eq!(world.get("ines", "/queue").await.location(), "/portal");
    world
        .get("otto", "/settings/audit?subject=person")
        .await
        .shows(r#"<span class="meta">teams</span>"#)
        .shows("Network")
        .shows("agent, manager");
    let page = |filter: &str| format!("/settings/audit?subject=person&{filter}");
    let made = world.get("otto", &page("who=ada%40northwind.example&from=2026-01-01")).await;
    made.shows("agent, manager").shows(r#"value="2026-01-01""#);
    for none in ["who=ines", "until=2020-01-01", "from=2999-01-01", "who=nobody"] {
        world.get("otto", &page(none)).await.shows("Nothing here").hides("agent, manager");
    }
    let wrong = world.get("otto", &page("from=yesterday")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_out_of_use_keeps_its_people_when_one_of_them_is_saved() {
    let world = World::new().await;
    let team = world.network;
    let path = format!("/settings/teams/{team}");
    let fields = [("version", "1"), ("name", "Network"), ("description", "")];
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    let person = format!("/settings/people/{}", world.person("ines").id);
    world.get("ada", &person).await.shows(&format!(r#"name="teams" value="{team}" checked"#));
    let elsewhere = format!("/settings/people/{}", world.person("mara").id);
    world.get("ada", &elsewhere).await.hides(&team.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_instance_says_what_to_set_up() {
    let world = World::new().await;
    assert_eq!(world.get("ada", "/").await.location(), "/queue");
    world
        .desk
        .change(desk::command_line(), |sql, _| {
            sql.execute("delete from services", &[])?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(world.get("ada", "/").await.location(), "/settings");
    assert_eq!(world.get("otto", "/").await.location(), "/queue");
    assert_eq!(world.get("otto", "/settings").await.location(), "/settings/teams");
    assert_eq!(world.get("ada", "/settings").await.location(), "/settings/first-steps");
    let page = world.get("ada", "/settings/first-steps").await;
    page.shows("First steps")
        .shows(r#"href="/settings/services""#)
        .shows("To be woken by monitoring");
    page.shows("2 of 6 done").shows("0 of 4 done").shows(r##"href="/me#reached""##);
    assert_eq!(page.body.matches(">done<").count(), 2, "teams and people: {}", page.body);

    world.post("ada", "/settings/services", &[("name", "VPN"), ("criticality", "3")]).await;
    assert_eq!(world.get("ada", "/settings").await.location(), "/settings/teams");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_text_wherever_they_are_shown() {
    let world = World::new().await;
    let bad = "<i onmouseover=alert(1)>\"'&";
    let ada = world.person("ada").id;
    for (path, fields) in [
        ("teams", vec![("name", bad), ("description", bad)]),
        ("services", vec![("name", bad), ("description", bad), ("criticality", "1")]),
        ("categories", vec![("name", bad)]),
        ("organisations", vec![("name", bad)]),
        ("mailboxes", vec![("name", bad)]),
        ("people", vec![("name", bad), ("job_title", bad), ("site", bad), ("phone", bad)]),
        ("general", vec![("version", "0"), ("name", bad), ("time_zone", "UTC"), ("phone", bad)]),
        ("resolution-codes", vec![("version", "0"), ("label", bad), ("code", "fixed")]),
        (
            "reviews",
            vec![
                ("version", "0"),
                ("due_days", "5"),
                ("key", ""),
                ("question", bad),
                ("place", "1"),
            ],
        ),
        ("reviews/new", vec![("version", "1"), ("name", bad), ("majority", "all"), ("order", "1")]),
    ] {
        let made = world.post("ada", &format!("/settings/{path}"), &fields).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{path}: {}", made.body);
    }
    world.post("ada", "/me/tokens", &[("name", bad), ("scope", "read"), ("life", "0")]).await;
    let number = world.report(bad).await;
    world.comment("mara", number, bad, incident::Visibility::Public).await;
    world.command("mara", number, incident::Command::DeclareMajor { reason: None }).await;

    let mut pages = vec![
        ("gwen", "/portal".to_owned()),
        ("gwen", "/portal/incidents?show=all".to_owned()),
        ("gwen", format!("/portal/incidents/{number}")),
        ("gwen", format!("/portal/report?title={}", escape(bad))),
        ("peter", format!("/portal/report?title=x&with={number}")),
        ("peter", format!("/portal/suggest?q={}", escape(bad))),
        ("peter", "/portal".to_owned()),
        ("gwen", format!("/search?q={}", escape(bad))),
        ("mara", "/queue".to_owned()),
        ("mara", format!("/incidents/{number}")),
        ("mara", format!("/incidents/{number}/resolve")),
        ("mara", "/incidents/new".to_owned()),
        ("mara", format!("/search?q={}", escape(bad))),
        ("ada", "/me".to_owned()),
        ("", "/sign-in".to_owned()),
        ("", format!("/sign-in?next={}", escape(&format!("/{bad}")))),
        ("ada", format!("/settings/people/{ada}")),
    ];
    pages.extend(PAGES.map(|page| ("ada", format!("/settings/{page}"))));
    pages.extend(NEW.map(|page| ("ada", format!("/settings/{page}/new"))));
    pages.push(("ada", format!("/settings/people?q={}", escape(bad))));
    for (who, path) in pages {
        let page = world.get(who, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        page.hides("<i onmouseover").hides("alert(1)>");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_and_categories_form_their_trees() {
    let world = World::new().await;
    let (printing, network) = (world.printing.to_string(), world.network.to_string());
    let fields = [
        ("name", "Dispatch"),
        ("criticality", "1"),
        ("team", network.as_str()),
        ("depends_on", printing.as_str()),
    ];
    let made = world.post("ada", "/settings/services", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    world
        .get("otto", "/settings/services")
        .await
        .shows("Dispatch")
        .shows("Depends on")
        .shows("Needed by");
    world
        .get("otto", made.location())
        .await
        .shows("1, business stops without it")
        .shows("Label Printing");
    assert_eq!(
        world
            .post("ada", "/settings/services", &[("name", "X"), ("criticality", "5")])
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let itself = [
        ("version", "1"),
        ("name", "Label Printing"),
        ("criticality", "2"),
        ("active", "1"),
        ("depends_on", printing.as_str()),
    ];
    assert_eq!(
        world.post("ada", &format!("/settings/services/{printing}"), &itself).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    world.post("ada", "/settings/categories", &[("name", "Network")]).await;
    let all = world.desk.read(categories::list).await.unwrap();
    let top = all[0].id.to_string();
    assert_eq!(
        world
            .post("ada", "/settings/categories", &[("name", "Wireless"), ("parent", &top)])
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    world.get("otto", "/settings/categories").await.shows("Network › Wireless");
    let all = world.desk.read(categories::list).await.unwrap();
    let below = all.iter().find(|category| category.name == "Wireless").unwrap().id.to_string();
    world
        .get("otto", &format!("/settings/categories/{below}"))
        .await
        .shows("<dd>Network › Wireless</dd>");
    let circle =
        [("version", "1"), ("name", "Network"), ("parent", below.as_str()), ("active", "1")];
    assert_eq!(
        world.post("ada", &format!("/settings/categories/{top}"), &circle).await.status,
        StatusCode::CONFLICT
    );
    let stored = world.desk.read(services::list).await.unwrap();
    assert_eq!(stored.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_holds_for_incidents_from_now_on() {
    let world = World::new().await;
    let page = world.get("ada", "/settings/priority-matrix").await;
    page.shows("0 open incidents");
    let cells =
        ["p11", "p12", "p13", "p21", "p22", "p23", "p31", "p32", "p33"].map(|cell| (cell, "P1"));
    let fields: Vec<(&str, &str)> = [("version", "0")].into_iter().chain(cells).collect();
    assert_eq!(
        world.post("ada", "/settings/priority-matrix", &fields).await.location(),
        "/settings/priority-matrix?done=saved"
    );
    assert_eq!(
        world.desk.policy().matrix.priority(kernel::Level::LOW, kernel::Level::LOW).get(),
        1
    );
    let late = world.post("ada", "/settings/priority-matrix", &fields).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    late.shows("Ada Brandt changed this");
    let wrong: Vec<(&str, &str)> =
        [("version", "1"), ("p11", "P9")].into_iter().chain(cells.into_iter().skip(1)).collect();
    assert_eq!(
        world.post("ada", "/settings/priority-matrix", &wrong).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn resolution_codes_are_a_list() {
    let world = World::new().await;
    let fields = [
        ("version", "0"),
        ("label", "Permanent fix"),
        ("code", "fixed"),
        ("label", "Gone"),
        ("code", "gone"),
        ("label", ""),
        ("code", ""),
    ];
    assert_eq!(
        world.post("ada", "/settings/resolution-codes", &fields).await.status,
        StatusCode::SEE_OTHER
    );
    let codes: Vec<String> =
        world.desk.policy().resolution_codes.iter().map(|code| code.code.clone()).collect();
    assert_eq!(codes, ["fixed", "gone"]);
    let wrong = world
        .post(
            "ada",
            "/settings/resolution-codes",
            &[("version", "1"), ("label", "Typed label"), ("code", "NOT a code")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Typed label").shows("NOT a code");
}

#[tokio::test(flavor = "multi_thread")]
async fn reviews_are_written_as_administrators_say() {
    let world = World::new().await;
    let usual = [
        ("version", "0"),
        ("due_days", "10"),
        ("section", "summary"),
        ("section", "actions"),
        ("key", ""),
        ("question", "What did it cost?"),
        ("place", "2"),
        ("key", ""),
        ("question", "Was it luck?"),
        ("place", "1"),
    ];
    assert_eq!(world.post("ines", "/settings/reviews", &usual).await.status, StatusCode::FORBIDDEN);
    let saved = world.post("ada", "/settings/reviews", &usual).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let template = world.desk.review_template(&world.viewer("ines")).await.unwrap().value;
    assert_eq!((template.for_majors, template.due_days), (false, 10));
    assert!(template.has(Section::Summary) && !template.has(Section::Lessons));
    let keys = |template: &Template| -> Vec<String> {
        template.questions.iter().map(|question| question.key.clone()).collect()
    };
    assert_eq!(keys(&template), ["was_it_luck", "what_did_it_cost"]);
    world.get("otto", "/settings/reviews").await.shows("Was it luck?").shows("10 business days");

    let kind = |name: &'static str, order: &'static str, version: &'static str| {
        let fields = [("name", name), ("order", order), ("version", version)];
        [&fields[..], &[("majority", "majors"), ("section", "impact")]].concat()
    };
    for (name, order, version) in [("Majors", "1", "1"), ("Gravest", "1", "2")] {
        let made = world.post("ada", "/settings/reviews/new", &kind(name, order, version)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    }
    let late = world.post("ada", "/settings/reviews/0", &kind("Late", "1", "2")).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let twice = world.post("ada", "/settings/reviews/new", &kind("Majors", "3", "3")).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    twice.shows("s there twice");
    let list = world.get("ines", "/settings/reviews").await;
    list.shows("Gravest").shows("Major incidents only").hides("Add a template");
    world.get("ines", "/settings/reviews/0").await.shows("Impact").hides("btn-primary");
    assert_eq!(world.get("ada", "/settings/reviews/7").await.status, StatusCode::NOT_FOUND);
    let template = world.desk.review_template(&world.viewer("ines")).await.unwrap().value;
    let names: Vec<&str> = template.kinds.iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(names, ["Gravest", "Majors"]);
    let gone = [("version", "3"), ("do", "remove")];
    let gone = world.post("ada", "/settings/reviews/0", &gone).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    world.get("ada", "/settings/reviews").await.hides("Gravest").shows("Major incidents only");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_instance_says_its_name_everywhere() {
    let world = World::new().await;
    let fields = [
        ("version", "0"),
        ("name", "Northwind IT help"),
        ("time_zone", "Europe/Amsterdam"),
        ("phone", "+31 10 4040"),
    ];
    assert_eq!(world.post("ada", "/settings/general", &fields).await.status, StatusCode::SEE_OTHER);
    world
        .get("gwen", "/portal")
        .await
        .shows("Northwind IT help")
        .shows("tel:+31104040")
        .shows(r#"data-zone="Europe/Amsterdam""#);
    world.get("", "/sign-in").await.shows("Sign in to Northwind IT help");
    let wrong = [("version", "1"), ("name", "Kept name"), ("time_zone", "Nowhere"), ("phone", "")];
    world
        .post("ada", "/settings/general", &wrong)
        .await
        .shows("Kept name")
        .shows("no such time zone");
    let stored = world
        .desk
        .read(|sql| settings::get::<serde_json::Value>(sql, "instance"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.value["name"], "Northwind IT help");
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_know_their_domains() {
    let world = World::new().await;
    let made = world
        .post(
            "ada",
            "/settings/organisations",
            &[
                ("name", "Meridian Freight"),
                ("email_domains", "@meridian.example, Freight.example"),
            ],
        )
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    world.get("otto", made.location()).await.shows("meridian.example, freight.example");
    let wrong = world
        .post("ada", "/settings/organisations", &[("name", "X"), ("email_domains", "nodot")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("nodot");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_tells_who_changed_what() {
    let world = World::new().await;
    let path = format!("/settings/teams/{}", world.network);
    world
        .post(
            "ada",
            &path,
            &[("version", "1"), ("name", "Networks"), ("description", ""), ("active", "1")],
        )
        .await;
    world
        .get("otto", "/settings/audit")
        .await
        .shows("Ada Brandt")
        .shows("Network")
        .shows("<b>Networks</b>");
    world
        .get("otto", "/settings/audit?subject=service")
        .await
        .hides("Networks")
        .shows("Nothing here");
    for at in 0..60 {
        let name = format!("Team {at}");
        world.post("ada", "/settings/teams", &[("name", &name)]).await;
    }
    let page = world.get("otto", "/settings/audit?subject=team").await;
    page.shows("Team 59").shows("Older").hides("Networks");
    let entries = world.desk.read(|sql| audit::list(sql, Some("team"), 50, None)).await.unwrap();
    world
        .get("otto", &format!("/settings/audit?subject=team&before={}", entries.last().unwrap().0))
        .await
        .shows("Networks")
        .shows("Newest");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_token_is_seen_and_can_be_ended() {
    let world = World::new().await;
    world
        .post("mara", "/me/tokens", &[("name", "nightly report"), ("scope", "read"), ("life", "0")])
        .await;
    world
        .get("otto", "/settings/tokens")
        .await
        .shows("nightly report")
        .shows("Mara Lindqvist")
        .hides("Revoke");
    let page = world.get("ada", "/settings/tokens").await;
    let (_, rest) = page.body.split_once(r#"action="/settings/tokens/"#).unwrap();
    let id = rest.split('/').next().unwrap();
    assert_eq!(
        world.post("ada", &format!("/settings/tokens/{id}/revoke"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    world.get("ada", "/settings/tokens").await.hides("nightly report");
    assert!(world.desk.read(teams::list).await.unwrap().len() == 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_what_one_may_see() {
    let world = World::new().await;
    let number = world.report("Network switch is dark").await;
    let page = world.get("mara", "/search?q=network").await;
    page.shows("switch is dark")
        .shows(&format!("/incidents/{number}"))
        .shows("/queue?q=team%3ANetwork");
    world.get("mara", "/search?q=gwen").await.shows("Tarrant").shows("requester%3A");
    world
        .get("gwen", "/search?q=network")
        .await
        .shows("Network switch is dark")
        .hides("/queue?q=team");
    world.get("peter", "/search?q=gwen").await.shows("Nothing found").hides("Gwen Tarrant");
    world.get("mara", "/search").await.shows("Words of an incident");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_tried_made_shown_moved_and_removed() {
    let world = World::new().await;
    let form = [
        ("name", "To Field service"),
        ("on", "reported"),
        ("on", "message"),
        ("when", "prio:4 -tag:seen"),
        ("add", "seen, sorted"),
        ("tasks", "Look\nListen"),
        ("note", "By rule"),
        ("hold", "vendor"),
        ("hold_minutes", "90"),
        ("fields", "site: Rotterdam"),
        ("active", "1"),
    ];
    let tried = world.post("ada", "/settings/rules/try", &form).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.body);
    tried.shows("Would have matched").shows("after every command it got").shows("To Field service");
    let read = |sql: &mut dyn store::Sql| store::directory::rules::list(sql);
    assert!(world.desk.read(read).await.unwrap().is_empty(), "nothing was saved");

    let made = world.post("ada", "/settings/rules", &form).await;
    let address = made.location().split('?').next().unwrap().to_owned();
    let page = world.get("ada", &address).await;
    page.shows(r#"value="priority:P4 -tag:seen""#).shows("Look\nListen").shows(r#"value="90""#);
    page.shows("site: Rotterdam").shows(r#"value="seen, sorted""#);
    let rules = world.desk.read(read).await.unwrap();
    assert_eq!(rules[0].actions.len(), 6, "{:?}", rules[0].actions);
    // What the page shows is what it stores again.
    let again = [&form[..], &[("version", "1")]].concat();
    let again: Vec<(&str, &str)> = again.into_iter().collect();
    assert_eq!(world.post("ada", &address, &again).await.status, StatusCode::SEE_OTHER);
    let stored = world.desk.read(read).await.unwrap();
    assert_eq!((&stored[0].actions, stored[0].version), (&rules[0].actions, 2));
    world.post("ada", &address, &again).await.shows("changed this");

    let wrong = [("name", "Wrong"), ("on", "reported"), ("when", "tem:x"), ("add", "x")];
    let refused = world.post("ada", "/settings/rules", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("at character 1").shows(r##"href="#when""##);
    // One that is not in use is checked too, unless it is taken out of use as it is.
    let off =
        [("version", "2"), ("name", "Off"), ("on", "reported"), ("when", "((("), ("add", "x")];
    let refused = world.post("ada", &address, &off).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    world
        .get("otto", "/settings/audit?subject=rule")
        .await
        .shows(r#"<option value="rule" selected>Rules</option>"#);
    let second = [("name", "Second"), ("on", "reported"), ("add", "x"), ("active", "1")];
    assert_eq!(world.post("ada", "/settings/rules", &second).await.status, StatusCode::SEE_OTHER);
    let up = world.post("ada", &format!("{address}/move"), &[("place", "2")]).await;
    assert_eq!(up.status, StatusCode::SEE_OTHER);
    let names: Vec<String> =
        world.desk.read(read).await.unwrap().into_iter().map(|rule| rule.name).collect();
    assert_eq!(names, ["Second", "To Field service"]);
    world.post("ada", &format!("{address}/remove"), &[]).await;
    assert_eq!(world.get("ada", &address).await.status, StatusCode::NOT_FOUND);
    world.get("ines", "/settings/rules").await.shows("Second").hides("Move Second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_waits_is_kept_as_it_was_typed_and_what_is_wrong_stands_at_its_field() {
    let world = World::new().await;
    let form = [
        ("name", "Left alone"),
        ("wait", "1.5"),
        ("wait_unit", "hours"),
        ("wait_for", "unassigned"),
        ("when", "priority:P1"),
        ("note", "Nobody took it"),
        ("active", "1"),
    ];
    let made = world.post("ada", "/settings/rules", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let read = |sql: &mut dyn store::Sql| store::directory::rules::list(sql);
    let stored = world.desk.read(read).await.unwrap().remove(0);
    let wait = stored.wait.unwrap();
    assert_eq!((wait.fact, wait.seconds), (incident::rules::Fact::Unassigned, 5_400));
    assert_eq!(stored.on, [incident::rules::Moment::Waited].into());
    let address = made.location().split('?').next().unwrap().to_owned();
    let page = world.get("ada", &address).await;
    page.shows(r#"name="wait" value="90""#);
    page.shows(r#"<option value="minutes" selected>"#);
    page.shows(r#"<option value="unassigned" selected>"#);
    page.shows("Reads as: ").shows("<b>P1</b>");
    world.get("ines", &address).await.shows("after 1 h 30 min with nobody assigned");
    world.get("ada", "/settings/rules").await.shows("after 1 h 30 min with nobody assigned");

    for (field, value, id) in [
        ("wait", "soon", "wait"),
        ("wait", "0", "wait"),
        ("wait_for", "", "wait_for"),
        ("when", "hours:Nights", "when"),
        ("when", "team:mine", "when"),
        ("note", "", "do"),
    ] {
        let change = |pair: &(&'static str, &'static str)| {
            if pair.0 == field { (field, value) } else { *pair }
        };
        let wrong: Vec<(&str, &str)> = form.iter().map(change).collect();
        let refused = world.post("ada", "/settings/rules", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        if id != "do" {
            refused.shows(&format!("href=\"#{id}\"")).shows(&format!("id=\"{id}-e\""));
        }
        refused.shows("Left alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_is_read_and_completed_while_it_is_written() {
    let world = World::new().await;
    let look = async |when: &str, typing: bool| {
        let fields = [("when", when), ("typing", "1")];
        world.post("ada", "/settings/rules/look", &fields[..1 + usize::from(typing)]).await
    };
    look("", true).await.shows("Reads as: always").shows(r#"id="reads""#).shows("data-patch");
    let read = look("prio:1 -tag:seen due<2h", true).await;
    read.shows("priority <b>P1</b> and not tag <b>seen</b> and due <b>&lt; 2h</b>");
    // Gently while somebody types, plainly after.
    look("team:Nowhere", true).await.shows(r#"<p class="hint">"#).shows("no team in use");
    look("team:Nowhere", false).await.shows(r#"<p class="err">"#).shows("no team in use");
    look("sort:due", false).await.shows("A condition has no order");
    assert_eq!(world.post("ines", "/settings/rules/look", &[]).await.status, StatusCode::FORBIDDEN);

    let offers = async |typed: &str| {
        world.get("ada", &format!("/settings/rules/suggest?q={typed}")).await.body
    };
    assert!(offers("vi").await.contains(r#""insert":"vip:""#));
    assert!(offers("team:n").await.contains("team:Network"));
    assert!(offers("hou").await.contains(r#""insert":"hours:""#));
    assert!(!world.get("ines", "/queue/suggest?q=hou").await.body.contains("hours:"));
    let refused = world.get("ines", "/queue?q=hours%3AOffice").await;
    refused.shows("Hours asks what time it is, which only the condition of a rule can");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_keeps_what_went_out_of_use() {
    let world = World::new().await;
    let (team, person) = (world.network.to_string(), world.person("ines").id.to_string());
    let service = world.printing.to_string();
    let form = [
        ("name", "To the network"),
        ("on", "reported"),
        ("service", service.as_str()),
        ("team", team.as_str()),
        ("assignee", person.as_str()),
        ("watcher", person.as_str()),
        ("active", "1"),
    ];
    let made = world.post("ada", "/settings/rules", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let address = made.location().split('?').next().unwrap().to_owned();
    let read = |sql: &mut dyn store::Sql| store::directory::rules::list(sql);
    let before = world.desk.read(read).await.unwrap();
    for (what, id) in [("services", &service), ("people", &person), ("teams", &team)] {
        let out = world.send_form("ada", &format!("/settings/{what}/{id}"), "active").await;
        assert_eq!(out.status, StatusCode::SEE_OTHER, "{}", out.body);
    }
    let page = world.get("ada", &address).await;
    page.shows("This rule is left out").shows("command 2, team ").hides("do.1");
    page.shows("Ines Calderon, out of use</option>");
    let saved = world.send_form("ada", &address, "active").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let after = world.desk.read(read).await.unwrap();
    assert_eq!((&after[0].actions, after[0].version), (&before[0].actions, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_what_is_switched_off_added_and_put_back() {
    let world = World::new().await;
    let standard = "/settings/notifications/resolved-watchers";
    let page = world.get("ada", standard).await;
    page.shows("It is resolved").shows("Watchers").hides("Make it as it came");
    let off = world.post("ada", standard, &[("version", "0"), ("mail", "1"), ("inbox", "1")]).await;
    assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.body);
    let stale = world.post("ada", standard, &[("version", "0"), ("mail", "1")]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let page = world.get("ada", standard).await;
    page.shows("Make it as it came").hides(r#"name="active" value="1" checked"#);
    world.post("ada", &format!("{standard}/remove"), &[("version", "1")]).await;
    world.get("ada", standard).await.shows(r#"name="active" value="1" checked"#);

    let list = "/settings/notifications";
    let wrong = [
        ("name", "P1"),
        ("role", "watchers"),
        ("on", "reported"),
        ("when", "priority:"),
        ("active", "1"),
    ];
    let wrong = world.post("ada", list, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Reported is not told to watchers").shows("Choose mail, inbox or both");
    let good = [
        ("name", "P1 to managers"),
        ("role", "manager"),
        ("on", "reported"),
        ("on", "resolved"),
        ("when", "prio:1"),
        ("mail", "1"),
        ("always", "1"),
        ("active", "1"),
    ];
    let made = world.post("ada", list, &good).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    world.get("ines", list).await.shows("P1 to managers").shows("<code>priority:P1</code>");
    assert_eq!(world.post("ines", list, &good).await.status, StatusCode::FORBIDDEN);
    let again = world.post("ada", list, &good).await;
    again.shows("taken already");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_requesters_are_asked_is_set() {
    let world = World::new().await;
    let path = "/settings/notifications/asking";
    let set = |share: &'static str, close: &'static str| {
        let fields = [
            ("version", "0"),
            ("survey_share", share),
            ("survey_delay_days", "1"),
            ("remind_after_days", ""),
            ("close_after_days", close),
        ];
        let world = &world;
        async move { world.post("ada", path, &fields).await }
    };
    for (share, close, words) in [
        ("101", "", "Must be 0 to 100 per cent"),
        ("x", "", "Write a whole number"),
        ("50", "3", "Needs a reminder before it"),
    ] {
        let refused = set(share, close).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{share} {close}");
        refused.shows(words);
    }
    assert_eq!(set("50", "").await.status, StatusCode::SEE_OTHER);
    let asking = world.desk.policy().asking;
    assert_eq!((asking.survey_share, asking.survey_delay_days), (50, 1));
    assert_eq!((asking.remind_after_days, asking.close_after_days), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_known_before_an_incident_is_resolved_is_set() {
    let world = World::new().await;
    let (list, path) = ("/settings/resolution-codes", "/settings/resolution-codes/closure");
    world.get("ada", list).await.shows("What must be known before an incident is resolved");
    let all = [("version", "0"), ("category", "1"), ("cause", "1")];
    assert_eq!(world.post("ines", path, &all).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("ada", path, &all).await.status, StatusCode::SEE_OTHER);
    let closure = world.desk.policy().closure;
    assert_eq!((closure.category, closure.cause, closure.knowledge), (true, true, false));
    world.get("ines", list).await.shows("not needed");
    let late = world.post("ada", path, &[("version", "0")]).await;
    late.shows("after you opened it");
    assert!(world.desk.policy().closure.cause, "nothing was replaced");
}
