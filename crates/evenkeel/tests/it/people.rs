//! The first administrator, people and tokens without the browser.

use crate::harness::{ADMIN, Home, PASSWORD};
use serde_json::{Value, json};

fn everybody(home: &Home) -> Vec<Value> {
    home.run(&["user", "list", "--json"]).done().json().as_array().expect("people").clone()
}

fn person(home: &Home, email: &str) -> Value {
    everybody(home).into_iter().find(|person| person["email"] == email).expect(email)
}

#[test]
fn init_makes_one_administrator_once() {
    let home = Home::new();
    let args = [
        "init",
        "--admin-email",
        "Ada@Company.Example",
        "--admin-name",
        "Ada Example",
        "--name",
        "Company",
        "--time-zone",
        "Europe/Berlin",
    ];
    home.run_given("too short\n", &args).refused(1, "password has 9 characters");
    home.run(&args).refused(1, "no password on standard input");
    home.run_given(&format!("{PASSWORD}\nsecond line\n"), &args).done();
    let ada = person(&home, ADMIN);
    assert_eq!(ada["name"], "Ada Example");
    assert_eq!(ada["roles"], json!(["agent", "administrator"]));
    assert_eq!(ada["has_password"], true);

    let again = ["init", "--admin-email", "bob@company.example"];
    home.run_given("another password\n", &again).refused(1, ADMIN);
    home.run_given("another password\n", &[&again[..], &["--if-missing"]].concat()).done();
    assert_eq!(everybody(&home).len(), 1);

    let setting: String = rusqlite::Connection::open(home.database())
        .unwrap()
        .query_row("select value from settings where key = 'instance'", [], |row| row.get(0))
        .unwrap();
    let setting: Value = serde_json::from_str(&setting).unwrap();
    assert_eq!(
        (&setting["name"], &setting["time_zone"]),
        (&json!("Company"), &json!("Europe/Berlin"))
    );
}

#[test]
fn nothing_works_without_a_database() {
    let home = Home::new();
    for args in [&["user", "list"][..], &["token", "list"], &["verify"], &["backup", "x"]] {
        home.run(args).refused(1, "evenkeel init");
    }
    assert!(!home.database().exists());
    // What a full disk may leave of a database is none, and is not made into one.
    home.write("evenkeel-data/evenkeel.db", "");
    for args in [&["user", "list"][..], &["verify"], &["backup", "x"]] {
        home.run(args).refused(1, "is an empty file");
    }
    assert_eq!(home.database().metadata().unwrap().len(), 0);
}

#[test]
fn people_are_added_disabled_and_brought_back() {
    let home = Home::with_admin();
    let add = |email: &str, more: &[&str]| {
        home.run_given(
            "a long password\n",
            &[&["user", "add", "--name", "Bob", "--email", email], more].concat(),
        )
    };
    add("bob@company.example", &["--role", "agent", "--role", "manager", "--password-stdin"])
        .done();
    let bob = person(&home, "bob@company.example");
    assert_eq!(
        (&bob["roles"], &bob["has_password"], &bob["active"]),
        (&json!(["agent", "manager"]), &json!(true), &json!(true))
    );
    add("BOB@company.example", &[]).refused(1, "already");
    add("eve@company.example", &["--team", "Network"]).refused(1, "there is no team Network");
    assert_eq!(everybody(&home).len(), 2, "what was refused left nothing");

    home.run(&["user", "disable", "bob@company.example"]).done();
    assert_eq!(person(&home, "bob@company.example")["active"], false);
    home.run(&["token", "create", "--user", "bob@company.example", "--scope", "read"])
        .refused(1, "user enable");
    home.run(&["user", "enable", "bob@company.example"]).done();
    assert_eq!(person(&home, "bob@company.example")["active"], true);
    home.run(&["user", "disable", ADMIN]).refused(1, "only administrator");
    home.run(&["user", "disable", "nobody@company.example"]).refused(1, "there is nobody");

    let table = home.run(&["user", "list"]).done().stdout;
    assert!(table.starts_with("EMAIL ") && table.contains("agent, manager"), "{table}");
}

#[test]
fn a_new_password_is_printed_alone() {
    let home = Home::with_admin();
    let first = home.run(&["user", "reset-password", ADMIN]).done();
    assert_eq!(first.stdout.lines().count(), 1);
    assert!(first.stdout.trim().len() >= 25, "{first:?}");
    assert_ne!(first.stdout, home.run(&["user", "reset-password", ADMIN]).done().stdout);
    let own = ["user", "reset-password", ADMIN, "--password-stdin"];
    assert_eq!(home.run_given("another long password\n", &own).done().stdout, "");
    home.run_given("short\n", &own).refused(1, "at least");
}

#[test]
fn tokens_are_told_once_and_end() {
    let home = Home::with_admin();
    let token = home.token("admin");
    assert!(token.starts_with("evk_") && !token.contains(char::is_whitespace));
    let create = |more: &[&str]| {
        home.run(&[&["token", "create", "--user", ADMIN, "--scope", "read"], more].concat())
    };
    create(&["--name", "Monitoring", "--expires", "90d"]).done();
    create(&["--expires", "2001-01-01"]).refused(2, "has passed already");
    create(&["--expires", "soon"]).refused(2, "not an end");

    let list = home.run(&["token", "list", "--json"]).done();
    assert!(!list.stdout.contains(&token));
    let tokens = list.json();
    assert_eq!(tokens.as_array().unwrap().len(), 2);
    assert_eq!(
        (&tokens[0]["name"], &tokens[0]["scope"], &tokens[0]["user"]),
        (&json!("Monitoring"), &json!("read"), &json!(ADMIN))
    );
    assert!(tokens[0]["expires_at"].is_string() && tokens[1]["expires_at"].is_null());

    home.run(&["token", "revoke", tokens[0]["id"].as_str().unwrap()]).done();
    home.run(&["token", "revoke", tokens[0]["id"].as_str().unwrap()]).refused(1, "no such token");
    home.run(&["token", "revoke", "x"]).refused(2, "token list");
    assert_eq!(home.run(&["token", "list", "--json"]).done().json().as_array().unwrap().len(), 1);
}

#[test]
fn every_change_is_audited_without_secrets() {
    let home = Home::with_admin();
    let token = home.token("read");
    let new = home.run(&["user", "reset-password", ADMIN]).done().stdout;
    let connection = rusqlite::Connection::open(home.database()).unwrap();
    let mut statement = connection
        .prepare("select actor_name, what, subject, coalesce(before, '') || coalesce(after, '') from audit order by id")
        .unwrap();
    let entries: Vec<(String, String, String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|(actor, what, subject, _)| (actor.as_str(), what.as_str(), subject.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("command line", "created", "person"),
            ("command line", "created", "token"),
            ("command line", "changed", "password"),
        ]
    );
    for (_, _, _, values) in &entries {
        assert!(
            ![PASSWORD, token.as_str(), new.trim(), "argon2"]
                .iter()
                .any(|secret| values.contains(secret)),
            "{values}"
        );
    }
}
