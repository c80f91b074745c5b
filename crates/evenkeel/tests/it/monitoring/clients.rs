//! Libraries that speak to PagerDuty and Opsgenie, and apprise, pointed at us instead. Each test
//! runs a short program beside this file; what it prints is what it was answered.

use super::programs;
use super::room::{Room, text};
use crate::http::Client;
use crate::machine::{make_certificate, run, until};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs one of the programs; the last line that it prints.
#[track_caller]
fn program(folder: &Path, name: &str, url: &str, key: &str, ca: Option<&Path>) -> Value {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/monitoring/clients").join(name);
    let mut command = match name.ends_with(".py") {
        true => Command::new(folder.join("venv/bin/python")),
        false => Command::new("node"),
    };
    // Where Node looks for packages when they are not beside the program.
    command.arg(script).args([url, key]).env("NODE_PATH", folder.join("node_modules"));
    command.env("NO_PROXY", "*").envs(ca.map(|ca| ("SSL_CERT_FILE", ca)));
    let printed = run(&mut command);
    let last = printed.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

#[test]
fn the_client_of_pagerduty_speaks_to_us_encrypted() {
    let Some(folder) = programs() else { return };
    let room = Room::new();
    let tls = tempfile::tempdir().expect("a temporary folder");
    make_certificate(tls.path());
    let plain = room.home.serve();
    let service = json!({ "name": "VPN" });
    room.post(&mut plain.client(), "/api/v1/services", &service);
    let more = json!({ "service": "VPN" });
    let key = room.source(&mut plain.client(), "pagerduty", &more);
    assert!(plain.stop().success());
    let path = |name: &str| -> PathBuf { tls.path().join(name) };
    let files = [path("cert.pem"), path("key.pem")];
    let [certificate, secret] = files.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let server = room.home.serve_with(&["--tls-cert", certificate, "--tls-key", secret]);
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);
    let said = program(&folder, "pagerduty_client.py", &server.url, &key, Some(&path("ca.pem")));
    assert_eq!(said["trigger"], "vpn-1", "{said}");
    assert_eq!(said["again"], "vpn-1", "{said}");
    assert!(said["without_key"].as_str().is_some_and(|key| !key.is_empty()), "{said}");
    assert!(server.stop().success());
    // What came of it is looked at without encryption.
    let server = room.home.serve();
    let client = &mut server.client();
    let alerts = room.alerts(client, "");
    assert_eq!(alerts.len(), 2, "{alerts:?}");
    let [other, vpn] = &alerts[..] else { panic!("two") };
    assert_eq!((&vpn["key"], &vpn["state"]), (&json!("vpn-1"), &json!("resolved")));
    assert_eq!((&other["title"], &other["state"]), (&json!("Another one"), &json!("firing")));
    assert_eq!(vpn["links"][0]["href"], "https://wiki.company.example/vpn", "{vpn}");
    let number = text(&vpn["incident"]);
    assert_eq!(room.entries(client, &number, "acknowledged").len(), 1);
    let comments = room.entries(client, &number, "commented");
    let changed =
        comments.iter().any(|entry| entry.to_string().contains("Firewall 4.2 rolled out"));
    assert!(changed, "{comments:?}");
}

#[test]
fn the_clients_of_opsgenie_speak_to_us() {
    let Some(folder) = programs() else { return };
    for name in ["opsgenie_client.py", "opsgenie_client.js"] {
        let room = Room::new();
        let server = room.home.serve();
        let client = &mut server.client();
        let key = room.source(client, "opsgenie", &json!({}));
        let said = program(&folder, name, &server.url, &key, None);
        assert_eq!(said["listed"], json!(["Printer is on fire"]), "{name}: {said}");
        assert_eq!(said["status"], "closed", "{name}: {said}");
        let alerts = room.alerts(client, "");
        let alert = alerts.iter().find(|alert| alert["key"] == "printer").expect("it is there");
        assert_eq!(alert["state"], "resolved", "{name}: {alert}");
        let number = text(&alert["incident"]);
        assert_eq!(room.entries(client, &number, "acknowledged").len(), 1, "{name}");
        let comments = room.entries(client, &number, "commented");
        assert!(
            comments.iter().any(|one| one.to_string().contains("Water is on its way")),
            "{comments:?}"
        );
    }
}

#[test]
fn apprise_reaches_us() {
    let Some(folder) = programs() else { return };
    let room = Room::new();
    let server = room.home.serve();
    let client = &mut server.client();
    let key = room.source(client, "json", &json!({}));
    let said = program(&folder, "apprise_client.py", &server.url, &key, None);
    for way in ["json", "goalert", "pagerduty", "opsgenie", "incidentio", "splunk"] {
        assert_eq!(said[way], true, "{way}: {said}");
        find(&room, client, &format!("Told by {way}"));
    }
}

#[track_caller]
fn find(room: &Room, client: &mut Client, title: &str) -> Value {
    until(&format!("an alert {title}"), || {
        room.alerts(client, "").into_iter().find(|alert| text(&alert["title"]).contains(title))
    })
}
