//! Flag before environment before file before default, and what `config check` says.

use crate::harness::{Home, Ran};
use serde_json::Value;

/// Value and source of a setting in what `config check --json` says.
fn setting(ran: &Ran, key: &str) -> (String, String) {
    let report = ran.json();
    let settings = report["settings"].as_array().expect("settings");
    let found = settings.iter().find(|setting| setting["key"] == key).expect(key);
    (
        found["value"].as_str().unwrap_or("-").to_owned(),
        found["source"].as_str().expect("a source").to_owned(),
    )
}

fn findings(ran: &Ran) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let report = ran.json();
    let all = report["findings"].as_array().expect("findings");
    all.iter()
        .map(|finding| {
            (
                text(&finding["level"]),
                format!("{}: {}", text(&finding["key"]), text(&finding["what"])),
            )
        })
        .collect()
}

const CHECK: [&str; 3] = ["config", "check", "--json"];

#[test]
fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let home = Home::new();
    let said = |text: &str| (text.to_owned(), String::new());
    let listen = |ran: Ran| setting(&ran.done(), "listen");

    assert_eq!(listen(home.run(&CHECK)), ("127.0.0.1:7878".into(), "default".into()));
    home.write("evenkeel.toml", "listen = \"127.0.0.1:1001\"\n");
    assert_eq!(listen(home.run(&CHECK)), ("127.0.0.1:1001".into(), "evenkeel.toml".into()));
    let environment = [("EVENKEEL_LISTEN", "127.0.0.1:1002")];
    let from_environment = listen(home.run_with(&environment, &CHECK));
    assert_eq!(from_environment, ("127.0.0.1:1002".into(), "environment EVENKEEL_LISTEN".into()));
    let flagged = [&CHECK[..], &["--listen", "127.0.0.1:1003"]].concat();
    assert_eq!(
        listen(home.run_with(&environment, &flagged)),
        ("127.0.0.1:1003".into(), "flag".into())
    );
    // Empty is how container files say "not set".
    let empty = [("EVENKEEL_LISTEN", "")];
    assert_eq!(listen(home.run_with(&empty, &CHECK)).0, said("127.0.0.1:1001").0);
}

#[test]
fn trusted_proxies_are_a_list() {
    let home = Home::new();
    let trusted = |ran: Ran| setting(&ran.done(), "trusted_proxies");
    assert_eq!(trusted(home.run(&CHECK)), ("127.0.0.0/8,::1".into(), "default".into()));
    home.write("evenkeel.toml", "trusted_proxies = [\"10.0.0.7\", \"fd00::/8\"]\n");
    assert_eq!(trusted(home.run(&CHECK)), ("10.0.0.7,fd00::/8".into(), "evenkeel.toml".into()));
    let environment = [("EVENKEEL_TRUSTED_PROXIES", "10.0.0.8,10.0.0.9")];
    assert_eq!(trusted(home.run_with(&environment, &CHECK)).0, "10.0.0.8,10.0.0.9");
    home.write("evenkeel.toml", "trusted_proxies = \"10.0.0.0/33\"\n");
    home.run(&CHECK).refused(2, "`10.0.0.0/33` has more than the 32 bits of an address");
}

#[test]
fn the_file_is_found_here_or_in_the_data_folder_or_where_one_says() {
    let home = Home::new();
    home.write("evenkeel-data/evenkeel.toml", "log = \"error\"\n");
    assert_eq!(setting(&home.run(&CHECK).done(), "log").0, "error");
    home.write("evenkeel.toml", "log = \"debug\"\n");
    assert_eq!(setting(&home.run(&CHECK).done(), "log").0, "debug");
    home.write("elsewhere/other.toml", "log = \"trace\"\nlog_format = \"json\"\n");
    let named = home.run(&[&CHECK[..], &["--config", "elsewhere/other.toml"]].concat()).done();
    assert_eq!(setting(&named, "log").0, "trace");
    assert_eq!(setting(&named, "log_format").1, "elsewhere/other.toml");
    home.run(&["config", "check", "--config", "nowhere.toml"]).refused(2, "nowhere.toml");
}

#[test]
fn flags_of_one_command_have_variables_and_keys_too() {
    let home = Home::new();
    home.write(
        "evenkeel.toml",
        "[init]\nadmin_email = \"from-file@company.example\"\nif_missing = true\n",
    );
    let password = "correct horse battery\n";
    home.run_given(password, &["init"]).done();
    let list = |home: &Home| home.run(&["user", "list", "--json"]).done().json();
    assert_eq!(list(&home)[0]["email"], "from-file@company.example");
    // The file says `if_missing`, so a second time is fine.
    home.run_given(password, &["init"]).done();

    home.run_with(
        &[("EVENKEEL_USER_ADD_ROLE", "auditor")],
        &["user", "add", "--email", "b@company.example", "--name", "B"],
    )
    .done();
    assert_eq!(list(&home)[0]["roles"], serde_json::json!(["auditor"]));
}

#[test]
fn what_the_file_says_wrongly_names_the_file() {
    let home = Home::new();
    for (text, words) in [
        ("listne = \"x\"", "unknown key `listne`; did you mean `listen`?"),
        ("[token.create]\nscop = \"read\"", "did you mean `token.create.scope`?"),
        ("listen = [", "evenkeel.toml"),
        ("log_format = \"xml\"", "evenkeel.toml: invalid value 'xml' for '--log-format"),
        ("listen = { port = 1 }", "`listen` is a single value"),
    ] {
        home.write("evenkeel.toml", text);
        home.run(&["config", "check"]).refused(2, words);
        home.run(&["user", "list"]).refused(2, "evenkeel.toml");
    }
    home.write("evenkeel.toml", "");
    home.write("evenkeel-data/evenkeel.toml", "data = \"x\"");
    std::fs::remove_file(home.path("evenkeel.toml")).unwrap();
    home.run(&["config", "check"]).refused(2, "use --data");
}

#[test]
fn check_says_what_is_wrong() {
    let home = Home::new();
    home.write("a-file", "");
    home.write("other/evenkeel.db", "this is not a database at all");
    for (args, level, words) in [
        (vec!["--listen", "nonsense"], "error", "listen: `nonsense` is not an address"),
        (vec!["--listen", "0.0.0.0:7878"], "warning", "listen: others on the network"),
        (vec!["--public-url", "desk"], "error", "public_url: desk is not an address"),
        (vec!["--public-url", "http://desk.example"], "warning", "public_url: passwords"),
        (
            vec!["--trusted-proxies", "10.0.0.1,0.0.0.0/0"],
            "warning",
            "trusted_proxies: 0.0.0.0/0 is everybody",
        ),
        (vec!["--data", "a-file/data"], "error", "data: "),
        (vec!["--data", "other"], "error", "is not a SQLite database"),
        (
            vec!["--database-url", "postgres://127.0.0.1:1/none"],
            "error",
            "database_url: the database does not answer",
        ),
        (vec!["--database-url", "mysql://x"], "error", "database_url: is not a URL"),
    ] {
        let ran = home.run(&[&CHECK[..], &args].concat());
        assert_eq!(ran.code, i32::from(level == "error"), "{ran:?}");
        let found = findings(&ran);
        assert!(
            found.iter().any(|(is, what)| is == level && what.contains(words)),
            "{words}: {found:?}"
        );
        // The same in words for people.
        let text = home.run(&[&["config", "check"][..], &args].concat());
        assert!(text.stdout.contains(&format!("{level}: ")), "{text:?}");
    }
    let typo = home.run_with(&[("EVENKEEL_LISTN", "x")], &CHECK).done();
    assert!(
        findings(&typo)[0]
            .1
            .contains("EVENKEEL_LISTN means nothing; did you mean EVENKEEL_LISTEN?")
    );
    let fine = home.run(&["config", "check"]).done();
    assert!(fine.stdout.contains("Nothing is wrong."), "{fine:?}");
    assert!(!home.path("evenkeel-data").exists(), "checking leaves nothing behind");
}

#[test]
fn passwords_of_databases_are_not_shown() {
    let home = Home::new();
    let url = "postgres://evenkeel:s3cret@127.0.0.1:1/none";
    for args in [&CHECK[..], &["config", "check"]] {
        let ran = home.run(&[args, &["--database-url", url]].concat());
        assert!(!ran.stdout.contains("s3cret") && !ran.stderr.contains("s3cret"), "{ran:?}");
        assert!(ran.stdout.contains("postgres://evenkeel:…@127.0.0.1:1/none"), "{ran:?}");
    }
}

#[test]
fn mail_needs_a_sender_and_a_public_address_and_a_server_that_answers() {
    let home = Home::new();
    let from = "mail_from = \"Help <help@company.example>\"\n";
    let public = "public_url = \"https://desk.company.example\"\n";
    let server = "smtp_url = \"smtp://me:s3cret@127.0.0.1:1\"\n";
    for (text, level, words) in [
        (from.to_owned(), "warning", "mail_from: means nothing without smtp_url"),
        (server.to_owned(), "error", "smtp_url: also needs mail_from"),
        (format!("{server}{from}"), "error", "smtp_url: also needs mail_from"),
        (format!("{server}{public}mail_from = \"me\"\n"), "error", "mail_from: is not a sender"),
        (
            format!("{from}{public}smtp_url = \"http://h\"\n"),
            "error",
            "smtp_url: is not an address",
        ),
        (format!("{server}{from}{public}"), "error", "smtp_url: the mail server: "),
    ] {
        home.write("evenkeel.toml", &text);
        let ran = home.run(&["config", "check"]);
        assert_eq!(ran.code, i32::from(level == "error"), "{ran:?}");
        assert!(ran.stdout.contains(&format!("{level}: {words}")), "{words}: {ran:?}");
        assert!(!ran.stdout.contains("s3cret") && !ran.stderr.contains("s3cret"), "{ran:?}");
    }
    home.write("evenkeel.toml", server);
    home.run(&["serve", "--listen", "127.0.0.1:0"]).refused(2, "also needs mail_from");
}
