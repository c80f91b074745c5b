//! Reports on screen: who sees them, days on which clocks change, questions that make no sense, and
//! the way from a share to why an agreement was missed.

use crate::harness::{Page, World, escape};
use axum::http::StatusCode;
use incident::command::Report;
use incident::state::HoldReason;
use incident::{Change, Command};
use insight::report::Name;
use kernel::{Actor, Channel, IncidentNumber, Level, Timestamp};

const HOUR: i64 = 3_600;

/// The address behind the first link whose address holds these words.
#[track_caller]
fn link(page: &Page, words: &str) -> String {
    let words = words.replace('&', "&amp;");
    let found = page
        .body
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|address| address.contains(&words));
    found.unwrap_or_else(|| panic!("no link to {words:?} in:\n{}", page.body)).replace("&amp;", "&")
}

/// A P1 of the service desk that was to be resolved in four hours, and went to the network team
/// after ten of twelve.
async fn missed(world: &World) -> IncidentNumber {
    let start = world.desk.now().plus_seconds(-12 * HOUR);
    let viewer = world.viewer("mara");
    let mut ask = world.desk.ask(&viewer, Channel::Web).at(start);
    let report = Report {
        title: ask.title("Scanners drop off Wi-Fi").unwrap(),
        description: None,
        requester: world.person("gwen").id,
        service: Some(world.printing),
        category: None,
        impact: Some(Level::HIGH),
        urgency: Some(Level::HIGH),
        affected: None,
        team: Some(world.service_desk),
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: None,
        parent: None,
        confidential_to: None,
        model: None,
        alerts: None,
    };
    let number = ask.issue(Command::Report(Box::new(report))).await.unwrap().number;
    let hold = Command::Hold { reason: HoldReason::Vendor, until: None, note: None };
    let give = Command::Assign { team: Change::Set(world.network), assignee: Change::Keep };
    for (hours, command) in [(1, Command::Acknowledge), (2, hold), (6, Command::Resume), (10, give)]
    {
        let ask = world.desk.ask(&viewer, Channel::Web).on(number);
        ask.at(start.plus_seconds(hours * HOUR)).issue(command).await.unwrap();
    }
    let ask = world.desk.ask_unlimited(Actor::system(), Channel::Timer);
    ask.on(number).issue(Command::Tick).await.unwrap();
    number
}

#[tokio::test]
async fn staff_read_reports_and_others_land_in_the_portal() {
    let world = World::new().await;
    world.report("Printer prints nothing").await;
    for who in ["mara", "ines", "ada", "otto"] {
        let page = world.get(who, "/reports").await;
        assert_eq!(page.status, StatusCode::OK, "{who}");
        page.shows("Service quality").shows("1 incident").shows("aria-current=\"page\"");
        page.shows(">Out</th>").shows(">Cost</th>").shows("popovertarget=\"export\"");
        for name in Name::ALL {
            page.shows(&format!("/api/v1/reports/{name}.csv?"));
        }
        for name in Name::ALL {
            let page = world.get(who, &format!("/reports/{name}")).await;
            assert_eq!(page.status, StatusCode::OK, "{who} {name}");
            page.shows("What this counts").shows(&format!("/api/v1/reports/{name}.csv?"));
            page.shows(&format!("/api/v1/reports/{name}.parquet?"));
        }
    }
    let page = world.get("gwen", "/reports/compliance").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/portal"));
    assert_eq!(world.get("mara", "/reports/nonsense").await.status, StatusCode::NOT_FOUND);
    let none = world.get("mara", "/reports/hops/behind?figure=hops~all~nothing").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn days_without_anything_are_drawn_as_such() {
    let world = World::new().await;
    world.report("Printer prints nothing").await;
    let days = "?period=own&from=2020-01-01&to=2020-01-31&compare=1";
    let page = world.get("mara", &format!("/reports{days}")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("0 incidents")
        .shows("1 Jan 2020 to 31 Jan 2020")
        .shows("Nothing was reported in these days.")
        .shows("Nothing was measured.");
    for name in Name::ALL {
        let page = world.get("mara", &format!("/reports/{name}{days}")).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn an_hour_that_clocks_leave_out_has_nothing() {
    let world = World::new().await;
    // On 31 March 2024 two o'clock was three o'clock in Amsterdam.
    for at in ["2024-03-31T00:30:00Z", "2024-03-31T01:30:00Z"] {
        world.report_at(at.parse::<Timestamp>().unwrap(), "Gate").await;
    }
    let days = "?period=own&from=2024-03-25&to=2024-03-31&zone=Europe%2FAmsterdam";
    let page = world.get("mara", &format!("/reports/arrivals{days}")).await;
    page.shows("Sun 01:00 to 01:59, 1 incident\"")
        .shows("Sun 02:00 to 02:59, 0 incidents\"")
        .shows("Sun 03:00 to 03:59, 1 incident\"")
        .shows("days of Europe/Amsterdam");
    let behind = world.get("mara", &link(&page, "hours~sun~h03")).await;
    behind.shows("1 incident").shows("Gate");
    let flow = world.get("mara", &format!("/reports/backlog{days}")).await;
    flow.shows("31 Mar").shows("2 came");
}

#[tokio::test]
async fn what_makes_no_question_is_said_and_runs_nowhere() {
    let world = World::new().await;
    for (query, words) in [
        ("q=priority%3AP9", "P1, P2, P3, P4, P5"),
        ("zone=Mars%2FOlympus", "time zone"),
        ("period=own&from=2026-02-30&to=x", "2 things to fix"),
        ("period=own&from=2026-02-03&to=2026-02-01", "before the first day"),
        ("period=own&from=1990-01-01&to=2026-02-01", "1830 days"),
    ] {
        for path in ["/reports", "/reports/times", "/reports/times/behind"] {
            let page = world.get("mara", &format!("{path}?{query}")).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}?{query}");
            page.shows(words).hides("<script>alert").hides("class=\"tiles\"");
        }
    }
    for path in ["/reports", "/reports/times"] {
        let words = escape("a\"><script>alert(1)</script>");
        let page = world.get("mara", &format!("{path}?q={words}&zone={words}")).await;
        page.hides("<script>alert");
    }
    let long = escape(&"paper ".repeat(400));
    let page = world.get("mara", &format!("/reports?q={long}")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // What lines cannot be, and figures that are none, are not an error of ours.
    assert_eq!(world.get("mara", "/reports/downtime?by=priority").await.status, StatusCode::OK);
    let odd = world.get("mara", "/reports/times/behind?figure=%27%3B--").await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn why_an_agreement_was_missed_is_three_steps_away() {
    let world = World::idle().await;
    let number = missed(&world).await;
    let all = world.get("ines", "/reports").await;
    all.shows("0 of 1").shows("what was late, and why");
    let list = world.get("ines", &link(&all, "figure=compliance~P1~resolution_breached")).await;
    list.shows("Resolution passed its target of 4 h")
        .shows("It changed teams once")
        .shows("with Service Desk <b>10 h</b>")
        .shows("waiting on supplier <b>4 h</b>");
    let clocks = link(&list, &format!("/incidents/{number}"));
    assert_eq!(clocks, format!("/incidents/{number}#clocks"));
    world.get("ines", &format!("/incidents/{number}")).await.shows("id=\"story-resolution\"");
    // Lines are teams, too, and what is asked of is narrowed.
    world.get("ines", "/reports?by=team").await.shows("Network");
    world.get("ines", "/reports?q=priority%3AP2").await.shows("0 incidents");
}

#[tokio::test]
async fn what_is_restricted_is_neither_counted_nor_listed() {
    let world = World::new().await;
    world.report("Printer prints nothing").await;
    let secret = world.report("Salaries are visible").await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    for (who, count) in [("mara", "1 incident"), ("ines", "2 incidents")] {
        let page = world.get(who, "/reports/arrivals").await;
        let behind = world.get(who, &link(&page, "hours~all~all")).await;
        behind.shows(count);
        assert_eq!(behind.body.contains("Salaries"), who == "ines", "{who}");
        let sees = world.get(who, "/wallboard").await;
        sees.shows("Printer prints nothing").hides("Salaries");
    }
}

#[tokio::test]
async fn wide_tables_come_in_parts() {
    let world = World::new().await;
    world.report("Printer prints nothing").await;
    let page = world.get("mara", "/reports/times?by=priority").await;
    page.shows("Table by priority, part 1 of 3").shows("Table by priority, part 3 of 3");
    page.shows("scope=\"colgroup\" colspan=\"4\">Acknowledge</th>");
    let page = world.get("mara", "/reports/compliance?by=priority").await;
    page.shows("\"Table by priority\"").shows("scope=\"colgroup\" colspan=\"3\">Resolved</th>");
    world.get("mara", "/reports/hops").await.hides("colgroup").hides("part 1 of");
}

#[tokio::test]
async fn figures_of_single_persons_are_for_managers() {
    let world = World::new().await;
    for who in ["mara", "ines"] {
        let number = world.report("Printer prints nothing").await;
        let team = if who == "mara" { world.service_desk } else { world.network };
        let assignee = Change::Set(world.person(who).id);
        let give = Command::Assign { team: Change::Set(team), assignee };
        world.command("ines", number, give).await;
    }
    let table = "Table 1 of Workload";
    let page = world.get("mara", "/reports/workload?by=person").await;
    page.shows("Figures of single persons are for managers");
    let (_, own) = page.body.split_once(table).unwrap();
    assert!(own.contains("Mara Lindqvist") && !own.contains("Ines Calderon"), "{own}");
    for path in ["/reports", "/reports/workload"] {
        let page = world.get("mara", &format!("{path}?q=assignee%3Aines")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        page.shows("for those who manage").shows("value=\"assignee:ines\"").hides("Table 1");
    }
    let page = world.get("ines", "/reports/workload?by=person").await;
    let (_, all) = page.body.split_once(table).unwrap();
    assert!(all.contains("Mara Lindqvist") && all.contains("Ines Calderon"), "{all}");
}

#[tokio::test]
async fn reports_lead_to_what_comes_again() {
    let world = World::new().await;
    world.get("ines", "/reports").await.shows("href=\"/recurring\"");
}

#[tokio::test]
async fn a_manager_mails_a_report_to_people_who_may_see_it() {
    let world = World::new().await;
    let page = world.get("ines", "/reports/hops?period=30&zone=UTC&q=priority:P1").await;
    let form = link(&page, "/reports/mailed/new?report=hops");
    let page = world.get("ines", &form).await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("Mail this report").shows("Mara Lindqvist").hides("Gwen Tarrant");
    page.shows("aria-describedby=\"people-h\"").hides("aria-invalid");
    let (mara, gwen) = (world.person("mara").id.to_string(), world.person("gwen").id.to_string());
    let fields = |reader| {
        [
            ("report", "hops"),
            ("by", "team"),
            ("q", "priority:P1"),
            ("zone", "UTC"),
            ("past", "last_month"),
            ("pace", "monthly"),
            ("weekday", "1"),
            ("month_day", "31"),
            ("hour", "6"),
            ("people", reader),
        ]
    };
    let wrong = world.post("ines", "/reports/mailed", &fields(&gwen)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("who may not see reports").shows("priority:P1");
    // What is wrong is told where it is: the group names its words, its boxes are marked.
    wrong
        .shows("href=\"#people\"")
        .shows("id=\"people\" tabindex=\"-1\" aria-describedby=\"people-h people-e\"")
        .shows("aria-invalid=\"true\"")
        .shows("id=\"people-e\"");
    let made = world.post("ines", "/reports/mailed", &fields(&mara)).await;
    assert_eq!(
        (made.status, made.location()),
        (StatusCode::SEE_OTHER, "/reports/mailed?done=saved")
    );
    let listed = world.get("ines", "/reports/mailed").await;
    listed.shows("Monthly on day 31, or the last, at 06:00").shows("Mara Lindqvist");
    world.get("ada", "/reports/mailed").await.shows("Monthly on day 31");
    world.get("mara", "/reports/mailed").await.hides("Monthly on day 31");
    let address = link(&listed, "/reports/mailed/0");
    let page = world.get("ines", &address).await;
    page.shows("Change a mailed report").shows("value=\"last_month\" selected");
    assert_eq!(world.get("mara", &address).await.status, StatusCode::FORBIDDEN);
    let stopped = world.post("ines", &format!("{address}/stop"), &[]).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER);
    world.get("ines", "/reports/mailed").await.shows("No mailed reports");
}

#[tokio::test]
async fn whoever_arranges_nothing_is_offered_no_mailing() {
    let world = World::new().await;
    for who in ["mara", "otto"] {
        world.get(who, "/reports/hops").await.hides("Mail this report");
        let form = world.get(who, "/reports/mailed/new?report=hops").await;
        assert_eq!(form.status, StatusCode::FORBIDDEN, "{who}");
    }
}

#[tokio::test]
async fn the_share_that_requesters_confirmed_is_told() {
    let world = World::new().await;
    let mut numbers = vec![];
    for title in ["No labels", "No ribbon"] {
        let number = world.report(title).await;
        let mut ask = world.desk.ask(&world.viewer("mara"), Channel::Web).on(number);
        let note = ask.words("note", "It was mended.", kernel::limits::BODY_CHARS).unwrap();
        let code = "fixed".to_owned();
        let over = Command::Resolve { code, note, cause: None, known_error: None, children: false };
        ask.issue(over).await.unwrap();
        numbers.push(number);
    }
    world.command("gwen", numbers[0], Command::Confirm).await;
    world.command("mara", numbers[1], Command::Close).await;
    world.get("mara", "/reports").await.shows("Confirmed by the requester").shows("opened again");
    let page = world.get("mara", "/reports/reopenings?by=all").await;
    page.shows("Share confirmed").shows(">50.0%</a>");
}
