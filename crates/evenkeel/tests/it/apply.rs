//! Configuration as code: applied as a whole or not at all, as often as one likes.

use crate::harness::{ADMIN, Home, PATIENCE};
use crate::postgres::Database;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The page of the documentation, whose example is applied here.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration-as-code.md");

/// What is out of use, or names something that is.
const OLD: &str = "
teams: [{name: Old, active: false}]
services:
  - {name: Fax, active: false, depends_on: [Line]}
  - {name: Line, active: false}
  - {name: Post, team: Old}
schedules:
  - name: Former
    time_zone: Europe/Amsterdam
    active: false
    layers:
      - name: First
        rotation:
          unit: week
          every: 1
          start_local: 2026-11-23T09:00:00
          people: [mara.lind@company.example]
escalation_policies:
  - {name: Past, active: false, steps: [{after_seconds: 0, whom: [{schedule: Former}]}]}
";

/// The example of the documentation.
fn example() -> String {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let (_, rest) = page.split_once("```yaml\n").expect("an example");
    rest.split_once("```").expect("its end").0.to_owned()
}

/// How many entries the audit log has.
fn audited(home: &Home) -> i64 {
    let database = rusqlite::Connection::open(home.database()).expect("a database");
    database.query_row("select count(*) from audit", [], |row| row.get(0)).expect("a number")
}

fn story(home: &Home) {
    home.init();
    home.write("all.yaml", &example());
    let before = home.run(&["export"]).done().stdout;
    let tried = home.run(&["apply", "all.yaml", "--dry-run"]).done();
    assert!(tried.stdout.contains("create escalation policy Network first\n"), "{tried:?}");
    assert!(tried.stdout.contains("create component For staff / Remote access\n"), "{tried:?}");
    assert!(tried.stdout.contains("16 to create, 0 to change, 0 as they were"), "{tried:?}");
    assert_eq!(home.run(&["export"]).done().stdout, before, "it was only tried");
    home.run(&["diff", "all.yaml"]).refused(1, "differs");

    let done = home.run(&["apply", "all.yaml"]).done();
    assert!(done.stdout.contains("16 created, 0 changed, 0 as they were"), "{done:?}");
    let again = home.run(&["apply", "all.yaml", "--json"]).done().json();
    assert_eq!((&again["unchanged"], &again["items"]), (&json!(16), &json!([])), "{again}");
    home.run(&["diff", "all.yaml"]).done();
    let kept = home.run(&["export", "--json"]).done().json();
    let team = |name: &str| find(&kept, "teams", name);
    assert_eq!(team("Network")["escalation_policy"], "Network first", "things refer to each other");
    assert_eq!(find(&kept, "services", "Gateway North")["depends_on"], json!(["Core network"]));

    let exported = home.run(&["export"]).done().stdout;
    home.write("exported.yaml", &exported);
    let same = home.run(&["diff", "exported.yaml"]).done();
    assert!(same.stdout.contains("0 to create, 0 to change"), "{same:?}\n{exported}");
    home.run(&["verify"]).done();
}

fn find(lists: &Value, kind: &str, name: &str) -> Value {
    let items = lists[kind].as_array().expect(kind);
    items.iter().find(|item| item["name"] == name).expect(name).clone()
}

#[test]
fn the_example_is_applied_once_and_comes_back_as_it_is() {
    story(&Home::new());
}

#[test]
fn the_example_is_applied_to_postgresql() {
    let Some(database) = Database::create("apply") else { return };
    story(&Home::on(Some(database.url.clone())));
}

#[test]
fn what_is_exported_makes_another_instance_the_same() {
    let (one, other) = (Home::with_admin(), Home::with_admin());
    one.write("all.yaml", &example());
    // What is out of use is named by others of it, and by some in use.
    one.write("old.yaml", OLD);
    one.run(&["apply", "all.yaml", "old.yaml"]).done();
    let exported = one.run(&["export"]).done().stdout;
    for secret in ["key:", "password", "id:", "version:"] {
        assert!(!exported.contains(secret), "{secret} in {exported}");
    }
    other.write("one.yaml", &exported);
    other.run(&["apply", "one.yaml"]).done();
    assert_eq!(other.run(&["export"]).done().stdout, exported);
    let services = one.run(&["export", "services", "--json"]).done().json();
    let kinds: Vec<_> = services.as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["services"]);
    one.run(&["export", "servces"]).refused(2, "services");
}

#[test]
fn only_what_differs_is_changed_and_what_is_not_said_stays() {
    let home = Home::with_admin();
    home.write("all.yaml", &example());
    home.run(&["apply", "all.yaml"]).done();
    let entries = audited(&home);
    // The same in other words: an order, a case, a default.
    home.write(
        "words.yaml",
        "services:\n  - name: VPN\n    team: NETWORK\n    links: [{title: Runbook, url: \"https://wiki.company.example/vpn\"}]\npeople:\n  - email: Mara.Lind@company.example\n    teams: [service desk, Network]\nescalation_policies:\n  - name: Network first\n    steps:\n      - {after_seconds: 0, whom: [{schedule: network}], everyone: false}\n      - {after_seconds: 600, whom: [{team: Network}]}\n",
    );
    let same = home.run(&["apply", "words.yaml"]).done();
    assert!(same.stdout.contains("0 created, 0 changed, 3 as they were"), "{same:?}");
    assert_eq!(audited(&home), entries, "nothing was recorded");

    home.write(
        "some/10.yml",
        "services:\n  - name: vpn\n    criticality: 2\n    depends_on: [Wiki]\n",
    );
    home.write("some/20/wiki.yaml", "services: [{name: Wiki}]\n---\nteams:\n");
    home.write("some/.hidden.yaml", "nonsense: [\n");
    home.write("some/notes.txt", "nonsense: [\n");
    let done = home.run(&["apply", "some", "--json"]).done().json();
    let fields = json!({
        "criticality": { "from": 1, "to": 2 },
        "depends_on": { "from": [], "to": ["Wiki"] },
        "name": { "from": "VPN", "to": "vpn" },
    });
    assert_eq!(done["items"][0]["fields"], fields);
    assert_eq!(
        (&done["create"], &done["change"], &done["applied"]),
        (&json!(1), &json!(1), &json!(true))
    );
    let service = find(&home.run(&["export", "--json"]).done().json(), "services", "vpn");
    assert_eq!((&service["team"], &service["goal_permille"]), (&json!("Network"), &json!(999)));

    let retired =
        "services:\n  - {name: Gateway South, active: false}\n  - {name: vpn, needs: []}\n";
    let ran = home.run_given(retired, &["apply", "-"]).done();
    assert!(ran.stdout.contains("active: true → false"), "{ran:?}");
    let actor: String = rusqlite::Connection::open(home.database())
        .unwrap()
        .query_row("select actor_name from audit order by id desc limit 1", [], |row| row.get(0))
        .unwrap();
    assert_eq!(actor, "command line");
}

#[test]
fn nothing_empties_what_can_be_empty_and_is_a_fault_elsewhere() {
    let home = Home::with_admin();
    home.write("all.yaml", &example());
    home.run(&["apply", "all.yaml"]).done();
    home.write(
        "none.yaml",
        "teams:\n  - name: Network\n    description:\n    calendar: null\nservices:\n  - {name: VPN, links: null}\n",
    );
    let done = home.run(&["apply", "none.yaml", "--json"]).done().json();
    assert_eq!((&done["change"], &done["unchanged"]), (&json!(2), &json!(0)), "{done}");
    let team = &done["items"][0]["fields"];
    assert_eq!(team["description"], json!({ "from": "Wires, waves and phones", "to": "" }));
    assert_eq!(team["calendar"], json!({ "from": "Office Rotterdam", "to": null }));
    assert_eq!(done["items"][1]["fields"]["links"]["to"], json!([]));
    let entries = audited(&home);
    let again = home.run(&["apply", "none.yaml"]).done();
    assert!(again.stdout.contains("0 created, 0 changed, 2 as they were"), "{again:?}");
    assert_eq!(audited(&home), entries, "nothing was recorded");

    home.write("wrong.yaml", "services:\n  - name: VPN\n    criticality: null\n");
    let refused = home.run(&["apply", "wrong.yaml"]).refused(1, "nothing was changed");
    let words = "wrong.yaml:3: services[0].criticality: cannot be nothing";
    assert!(refused.stderr.contains(words), "{refused:?}");
}

#[test]
fn all_that_is_wrong_is_told_and_nothing_is_half_done() {
    let home = Home::with_admin();
    home.write("a.yaml", "teams:\n  - name: Network\n  - name: Desk\n    descripton: x\n");
    home.run(&["apply", "a.yaml"]).refused(
        1,
        "a.yaml:4: teams[1].descripton: is not known here; did you mean `description`?",
    );
    home.write("a.yaml", "teams:\n  - name: Network\n");
    let bad = "services:\n  - name: VPN\n    team: Netwrk\n    criticality: 9\n  - name: Till\n    depends_on:\n      - VPN\n      - Ghost\npeople:\n  - email: nobody\n    name: Nobody\n";
    home.write("b.yaml", bad);
    let ran = home.run(&["apply", "a.yaml", "b.yaml"]).refused(1, "nothing was changed");
    for words in [
        "b.yaml:3: services[0].team: “Netwrk” is not a known team; did you mean Network?",
        "b.yaml:4: services[0].criticality: must be 1 (highest), 2, 3 or 4",
        "b.yaml:8: services[1].depends_on[1]: “Ghost” is not a known service",
        "b.yaml:10: people[0].email: “nobody” is not an e-mail address",
    ] {
        assert!(ran.stderr.contains(words), "{words} is not in {}", ran.stderr);
    }
    let kept = home.run(&["export", "teams", "services", "--json"]).done().json();
    assert_eq!(kept, json!({ "services": [], "teams": [] }), "what was right was not kept either");
    assert_eq!(audited(&home), 1, "the administrator alone");

    let two = "teams: [{name: A}]\nagreements:\n  - {name: Gold, is_default: true, targets: {P1: {response: 60}}}\n  - {name: Silver, is_default: true, targets: {P1: {response: 90}}}\n";
    home.write("two.yaml", two);
    home.run(&["apply", "two.yaml"]).refused(1, "another item of these files");
    home.run(&["apply", "gone.yaml"]).refused(1, "gone.yaml");
    home.run(&["apply"]).refused(2, "PATH");
    home.write("empty/notes.txt", "");
    home.run(&["apply", "empty"]).refused(1, "there is no file");
    home.write("secret.yaml", &format!("people:\n  - email: {ADMIN}\n    password: x\n"));
    home.run(&["apply", "secret.yaml"]).refused(1, "user reset-password");
}

#[test]
fn an_administrator_stays() {
    let home = Home::with_admin();
    for change in ["roles: [agent]", "active: false"] {
        home.write("alone.yaml", &format!("people:\n  - email: {ADMIN}\n    {change}\n"));
        home.run(&["apply", "alone.yaml"]).refused(1, "only administrator");
    }
    let other = "people:\n  - {email: mara.lind@company.example, name: Mara Lind, roles: [administrator]}\n";
    home.write("other.yaml", other);
    let done = home.run(&["apply", "alone.yaml", "other.yaml"]).done();
    assert!(done.stdout.contains("1 created, 1 changed"), "{done:?}");
}

#[test]
fn a_server_that_runs_knows_what_was_applied() {
    let home = Home::with_admin();
    let token = home.token("admin");
    let server = home.serve();
    home.write("all.yaml", &example());
    home.run(&["apply", "all.yaml"]).done();
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let mut client = server.client();
    let until = Instant::now() + PATIENCE;
    while client.get("/api/v1/services/VPN", &headers).status != 200 {
        assert!(Instant::now() < until, "the server does not hear of it");
        std::thread::sleep(Duration::from_millis(50));
    }
    let report = r#"{"title": "No way in", "service": "VPN"}"#;
    let reported = client.post("/api/v1/incidents", &headers, report);
    assert_eq!(reported.status, 201, "{reported:?}");
    let incident = reported.json();
    assert_eq!(incident["team"], "Network", "the service and its team are known");
    assert_eq!(incident["tags"], json!(["vpn"]), "the rule is in force");
    assert!(server.stop().success());
}
