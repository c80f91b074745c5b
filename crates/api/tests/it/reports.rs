//! Reports: who reads them, what opens behind a figure, and what a spreadsheet gets.

use crate::harness::World;
use serde_json::{Value, json};

const DAYS: &str = "from=2026-11-20&to=2026-11-23";

/// Two incidents; one is hidden from everybody but Network, its requester and auditors.
async fn with_hidden() -> (World, String, String) {
    let world = World::new().await;
    let open = world.report("rosa", "Label printer jams").await;
    let hidden = world.report("rosa", "Lost payslip").await;
    let restrict = format!("/api/v1/incidents/{hidden}/restrict");
    world.of("ines").post(&restrict, json!({ "team": "Network" })).await.good();
    (world, open, hidden)
}

fn of_all<'a>(report: &'a Value, column: &str) -> &'a Value {
    let table = &report["tables"][0];
    let columns = table["columns"].as_array().unwrap();
    let place = columns.iter().position(|one| one["key"] == column).unwrap();
    let lines = table["lines"].as_array().unwrap();
    &lines.iter().find(|line| line["key"] == "all").unwrap()["cells"][place]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_figure_counts_and_opens_what_its_reader_sees() {
    let (world, open, hidden) = with_hidden().await;
    let both = json!([hidden, open]);
    for (who, numbers) in [
        ("ines", both.clone()),
        ("mara", both.clone()),
        ("otto", both),
        ("yuki", json!([open])),
        ("ada", json!([open])),
    ] {
        let client = world.of(who);
        for name in ["times", "hops", "first-contact", "workload", "communication"] {
            let report = client.get(&format!("/api/v1/reports/{name}?{DAYS}&by=all")).await;
            let cell = of_all(report.good(), "incidents");
            assert_eq!(cell["counted"], numbers.as_array().unwrap().len(), "{who} {name}");
            let figure = cell["figure"].as_str().unwrap();
            let behind = format!("/api/v1/reports/{name}/incidents?{DAYS}&by=all&figure={figure}");
            let behind = client.get(&behind).await;
            let items = behind.good()["items"].as_array().unwrap();
            let listed: Vec<&Value> = items.iter().map(|item| &item["number"]).collect();
            assert_eq!(json!(listed), numbers, "{who} {name}");
        }
        let backlog = client.get(&format!("/api/v1/reports/backlog?{DAYS}")).await;
        let days = backlog.good()["tables"][0]["lines"].as_array().unwrap();
        let open = &days.last().unwrap()["cells"][0];
        assert_eq!(open["counted"], numbers.as_array().unwrap().len(), "{who}");
    }
    for who in ["rosa", "ben", "carl"] {
        world.of(who).get("/api/v1/reports/times").await.problem(403);
        world.of(who).get("/api/v1/reports").await.problem(403);
        let behind = "/api/v1/reports/times/incidents?figure=times~all~incidents";
        world.of(who).get(behind).await.problem(403);
    }
    world.nobody().get("/api/v1/reports/times").await.problem(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_hidden_after_a_report_was_read_is_not_told_by_it() {
    let world = World::new().await;
    let number = world.report("rosa", "Lost payslip").await;
    let path = format!("/api/v1/reports/hops?{DAYS}");
    let yuki = world.of("yuki");
    assert_eq!(of_all(yuki.get(&path).await.good(), "incidents")["counted"], 1);
    let restrict = format!("/api/v1/incidents/{number}/restrict");
    world.of("ines").post(&restrict, json!({ "team": "Network" })).await.good();
    assert_eq!(of_all(yuki.get(&path).await.good(), "incidents")["counted"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_report_is_there_over_empty_periods_and_in_every_line() {
    let world = World::new().await;
    world.report("rosa", "Label printer jams").await;
    let mara = world.of("mara");
    let list = mara.get("/api/v1/reports").await;
    let known = list.good()["items"].as_array().unwrap().clone();
    assert_eq!(known.len(), 12);
    for report in &known {
        let name = report["name"].as_str().unwrap();
        for by in report["by"].as_array().unwrap() {
            let by = by.as_str().unwrap();
            // Across a change of clocks, and now.
            for days in ["from=2026-03-28&to=2026-03-30&zone=Europe/Berlin", DAYS] {
                mara.get(&format!("/api/v1/reports/{name}?{days}&by={by}")).await.good();
            }
        }
        for form in ["csv", "ndjson", "parquet"] {
            let file = mara.get(&format!("/api/v1/reports/{name}.{form}?{DAYS}")).await;
            assert_eq!(file.status, 200, "{}", file.text);
            assert!(file.header("content-disposition").contains(&format!(".{form}")));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_spreadsheet_would_run_is_text() {
    let world = World::new().await;
    let service = json!({ "name": "=HYPERLINK(\"http://a.example\")" });
    let service = world.of("ada").post("/api/v1/services", service).await;
    let id = service.good()["id"].clone();
    let report = json!({ "title": "It stands", "service": id });
    world.of("rosa").post("/api/v1/incidents", report).await.good();
    let file = world.of("mara").get(&format!("/api/v1/reports/hops.csv?{DAYS}&by=service")).await;
    assert!(file.header("content-type").starts_with("text/csv"));
    assert!(file.text.contains("\"'=HYPERLINK(\"\"http://a.example\"\")\""), "{}", file.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_a_file_of_what_its_reader_sees() {
    let (world, open, hidden) = with_hidden().await;
    let path = format!("/api/v1/reports/times.parquet?{DAYS}");
    for (who, sees_hidden) in [("ines", true), ("yuki", false), ("ada", false)] {
        let (status, headers, bytes) = world.of(who).bytes(&path).await;
        assert_eq!((status.as_u16(), &bytes[..4]), (200, b"PAR1".as_slice()), "{who}");
        assert!(bytes.ends_with(b"PAR1"), "{who}");
        assert_eq!(headers["content-type"], "application/vnd.apache.parquet");
        let named = headers["content-disposition"].to_str().unwrap();
        assert!(named.ends_with("times-2026-11-20-2026-11-23.parquet\""), "{named}");
        let holds =
            |number: &str| bytes.windows(number.len()).any(|part| part == number.as_bytes());
        assert!(holds(&open), "{who}");
        assert_eq!(holds(&hidden), sees_hidden, "{who}");
        assert!(!holds("Label printer jams"), "{who}");
    }
    world.of("rosa").get(&path).await.problem(403);
    world.of("mara").get("/api/v1/reports/nothing.parquet").await.problem(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_asked_for_by_its_media_type() {
    let world = World::new().await;
    let mara = world.of("mara");
    let path = format!("/api/v1/reports/hops?{DAYS}");
    for (accept, media_type) in [
        ("*/*", "application/json"),
        ("text/html, text/csv;q=0.5", "text/csv; charset=utf-8"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
    ] {
        let answer = mara.get_with(&path, &[("accept", accept)]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_people_are_for_those_who_lead_and_oneself() {
    let world = World::new().await;
    for who in ["ines", "yuki"] {
        let number = world.report("rosa", "Label printer jams").await;
        let assign = format!("/api/v1/incidents/{number}/assign");
        let to = json!({ "assignee": crate::harness::address(who) });
        world.of(who).post(&assign, to).await.good();
    }
    let path = format!("/api/v1/reports/workload?{DAYS}&by=person");
    let names = |report: &Value| -> Vec<String> {
        let lines = report["tables"][0]["lines"].as_array().unwrap().iter();
        lines.map(|line| line["name"].as_str().unwrap().to_owned()).collect()
    };
    let led = names(world.of("mara").get(&path).await.good());
    assert!(led.contains(&"Ines".to_owned()) && led.contains(&"Yuki".to_owned()), "{led:?}");
    assert_eq!(names(world.of("yuki").get(&path).await.good()), ["All", "Yuki"]);
    // Asking for everything that somebody else has comes to the same.
    let asks = |who: &str| format!("/api/v1/reports/times?{DAYS}&by=all&q=assignee:{who}");
    let ines = asks(&crate::harness::address("ines"));
    world.of("mara").get(&ines).await.good();
    world.of("yuki").get(&ines).await.field(422, "q");
    world.of("yuki").get(&ines.replace("times?", "events.xes?")).await.field(422, "q");
    world.of("yuki").get(&asks("me")).await.good();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instants_stand_for_their_days() {
    let world = World::new().await;
    let path = "/api/v1/reports/hops?from=2026-11-20T09:00:00Z&to=2026-11-24T00:00:00Z";
    let report = world.of("mara").get(path).await;
    assert_eq!(
        (&report.good()["from"], &report.json["to"]),
        (&json!("2026-11-20"), &json!("2026-11-23"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_by_field() {
    let world = World::new().await;
    let mara = world.of("mara");
    for (query, field) in [
        ("from=2026-11-24&to=2026-11-23", "to"),
        ("from=1990-01-01", "to"),
        ("from=yesterday", "from"),
        ("by=colour", "by"),
        ("by=person", "by"),
        ("zone=Mars/Phobos", "zone"),
        ("q=colour:red", "q"),
    ] {
        mara.get(&format!("/api/v1/reports/times?{query}")).await.field(422, field);
    }
    mara.get("/api/v1/reports/nothing").await.problem(404);
    mara.get("/api/v1/reports/times.exe").await.problem(404);
    for figure in ["times", "a~b", "times~all~colour", "hops~all~incidents"] {
        let path = format!("/api/v1/reports/times/incidents?figure={figure}");
        mara.get(&path).await.field(422, "figure");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timelines_are_traces_without_what_people_wrote() {
    let (world, open, hidden) = with_hidden().await;
    let path = format!("/api/v1/reports/events.xes?{DAYS}");
    for (who, sees_hidden) in [("ines", true), ("yuki", false)] {
        let log = world.of(who).get(&path).await;
        assert_eq!(log.status, 200, "{}", log.text);
        assert!(log.text.starts_with("<?xml") && log.text.ends_with("</log>\n"), "{}", log.text);
        assert!(log.text.contains(&format!("value=\"{open}\"")), "{}", log.text);
        assert_eq!(log.text.contains(&format!("value=\"{hidden}\"")), sees_hidden, "{who}");
        assert!(log.text.contains("value=\"reported\""));
        assert!(!log.text.contains("Label printer jams"));
        // Rosa reported both: she is one person, whose name agents do not need.
        assert!(log.text.contains("key=\"org:resource\" value=\"person 1\""), "{}", log.text);
        assert!(!log.text.contains("Rosa"), "{who}");
    }
    for who in ["mara", "ada", "otto"] {
        let log = world.of(who).get(&path).await;
        assert!(log.text.contains("value=\"Rosa\""), "{who}: {}", log.text);
        assert!(!log.text.contains("value=\"person 1\""), "{who}");
    }
    world.of("rosa").get(&path).await.problem(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_has_a_report_sent_changes_and_stops_it() {
    let world = World::new().await;
    let mara = world.of("mara");
    let weekly = json!({
        "report": "compliance", "by": "team", "past": "last_week", "pace": "weekly", "day": 1,
        "hour": 7, "zone": "Europe/Berlin", "people": ["ines@northwind.example"],
    });
    let made = mara.post("/api/v1/mailed-reports", weekly.clone()).await;
    let made = made.good().clone();
    assert_eq!((&made["pace"], &made["past"]), (&json!("weekly"), &json!("last_week")));
    assert!(made["next_at"].is_string(), "{made}");
    let address = format!("/api/v1/mailed-reports/{}", made["id"].as_str().unwrap());
    let changed = mara.patch(&address, json!({ "pace": "monthly", "day": 31 })).await;
    assert_eq!((&changed.good()["day"], &changed.good()["hour"]), (&json!(31), &json!(7)));
    // Administrators see all, other managers and agents none of others.
    for (who, count) in [("mara", 1), ("ada", 1), ("ines", 0)] {
        let listed = world.of(who).get("/api/v1/mailed-reports").await;
        assert_eq!(listed.good()["items"].as_array().unwrap().len(), count, "{who}");
    }
    let ines = world.of("ines");
    ines.get(&address).await.problem(404);
    ines.post("/api/v1/mailed-reports", weekly.clone()).await.problem(403);
    for (field, wrong) in [
        ("people", json!({ "people": ["rosa@northwind.example"] })),
        ("zone", json!({ "zone": "Mars/Olympus" })),
        ("day", json!({ "day": 32 })),
    ] {
        mara.patch(&address, wrong).await.field(422, field);
    }
    let nonsense = json!({ "report": "nonsense", "past": "last_week", "pace": "daily" });
    mara.post("/api/v1/mailed-reports", nonsense).await.field(422, "report");
    assert_eq!(mara.delete(&address).await.status, 204);
    mara.get(&address).await.problem(404);
}
