//! Help, wrong usage, completions.

use crate::harness::Home;

const COMMANDS: [&[&str]; 31] = [
    &[],
    &["serve"],
    &["demo"],
    &["init"],
    &["user"],
    &["user", "add"],
    &["user", "list"],
    &["user", "disable"],
    &["user", "enable"],
    &["user", "reset-password"],
    &["token"],
    &["token", "create"],
    &["token", "list"],
    &["token", "revoke"],
    &["apply"],
    &["diff"],
    &["export"],
    &["import"],
    &["import", "servicenow-audit"],
    &["import", "services"],
    &["evaluate"],
    &["evaluate", "routing"],
    &["evaluate", "duplicates"],
    &["evaluate", "remaining"],
    &["report"],
    &["verify"],
    &["backup"],
    &["restore"],
    &["config"],
    &["config", "check"],
    &["completions"],
];

#[test]
fn help_has_examples_on_every_level() {
    let home = Home::new();
    for command in COMMANDS {
        let help = home.run(&[command, &["--help"]].concat()).done();
        assert!(help.stdout.contains("Examples:\n  "), "{command:?}: {}", help.stdout);
        assert!(help.stdout.contains("--data <DIR>"), "{command:?}");
        assert!(help.stdout.contains("[env: EVENKEEL_DATA"), "{command:?}");
    }
}

#[test]
fn help_does_not_show_what_is_in_the_environment() {
    let help = Home::new()
        .run_with(&[("EVENKEEL_DATABASE_URL", "postgres://u:s3cret@db/x")], &["--help"])
        .done();
    assert!(!help.stdout.contains("s3cret"));
}

#[test]
fn wrong_usage_is_code_2() {
    let home = Home::new();
    home.run(&["serv"]).refused(2, "'serve'");
    home.run(&[]).refused(2, "Usage");
    home.run(&["serve", "--listne", "x"]).refused(2, "--listen");
    home.run(&["init"]).refused(2, "--admin-email");
    home.run(&["init", "--admin-email", "nobody"]).refused(2, "e-mail address");
    home.run(&["init", "--admin-email", "a@b.example", "--time-zone", "Mars/Base"])
        .refused(2, "time zone");
    home.run(&["token", "create", "--user", "a@b.example", "--scope", "all"])
        .refused(2, "admin, write, read, intake");
    home.run(&["user", "add", "--email", "a@b.example", "--name", "A", "--role", "boss"])
        .refused(2, "must be one of");
    home.run(&["report", "speed"]).refused(2, "must be one of");
    home.run(&["report", "times", "--from", "yesterday"]).refused(2, "must be a day");
    home.run(&["serve", "--log", "inof"]).refused(2, "--log");
    assert!(!home.path("evenkeel-data").exists(), "wrong usage leaves nothing behind");
}

#[test]
fn completions_are_for_the_shell() {
    let home = Home::new();
    for (shell, sign) in
        [("bash", "complete -F"), ("zsh", "#compdef evenkeel"), ("fish", "complete -c evenkeel")]
    {
        let script = home.run(&["completions", shell]).done();
        assert!(script.stdout.contains(sign), "{shell}");
        assert!(script.stdout.contains("reset-password"), "{shell}");
    }
    home.run(&["completions", "cmd"]).refused(2, "possible values");
}

#[test]
fn the_version_is_told() {
    let version = Home::new().run(&["--version"]).done().stdout;
    assert_eq!(version.trim(), concat!("evenkeel ", env!("CARGO_PKG_VERSION")));
}
