//! Prometheus and amtool, which take us for an Alertmanager.

use super::programs;
use super::room::{Room, text};
use crate::harness::Server;
use crate::http::Client;
use crate::machine::{Running, free_port, run, until, write};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

/// One rule that always fires.
const RULE: &str = "groups:
- name: always
  rules:
  - alert: AlwaysFiring
    expr: vector(1)
    labels: {severity: critical, service: VPN}
    annotations: {summary: It always fires}
";

fn amtool(server: &Server, key: &str, words: &str) -> String {
    let url = format!("--alertmanager.url={}/intake/{key}", server.url);
    let mut command = Command::new("amtool");
    command.arg(url).args(words.split(' ')).env("HOME", "/nonexistent").env("NO_PROXY", "*");
    run(&mut command)
}

fn found(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn amtool_works_with_us() {
    if programs().is_none() {
        return;
    }
    let room = Room::new();
    let server = room.home.serve();
    let client = &mut server.client();
    let key = room.source(client, "alertmanager", &json!({}));
    let am = |words: &str| amtool(&server, &key, words);
    let fires = "alert add alertname=NodeDown severity=critical node=n1";
    am(fires);
    room.wait_alerts(client, "state:firing", 1);
    let shown = found(&am("alert query -o json alertname=NodeDown"));
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["labels"]["node"], "n1");
    assert_eq!(shown[0]["status"]["state"], "active");
    assert!(found(&am("alert query -o json alertname=Other")).is_empty());
    // What begins while it is silenced pages nobody and is hidden.
    let id = am("silence add node=n2 --author=ada --comment=Known --duration=1h").trim().to_owned();
    let silences = found(&am("silence query -o json"));
    assert_eq!(silences.len(), 1, "{silences:?}");
    assert_eq!(text(&silences[0]["id"]), id);
    assert_eq!(silences[0]["status"]["state"], "active");
    am("alert add alertname=DiskFull severity=critical node=n2");
    let firing = room.wait_alerts(client, "state:firing", 2);
    assert!(text(&firing[0]["title"]).contains("DiskFull"), "{firing:?}");
    assert_eq!([&firing[0]["muted"], &firing[1]["muted"]], [&json!("maintenance"), &Value::Null]);
    assert_eq!(found(&am("alert query -o json")).len(), 1);
    assert_eq!(found(&am("alert query -o json --silenced")).len(), 1);
    am(&format!("silence expire {id}"));
    assert!(found(&am("silence query -o json")).is_empty());
    assert_eq!(found(&am("silence query -o json --expired")).len(), 1);
    until("it is let go", || {
        room.alerts(client, "state:firing")[0]["muted"].is_null().then_some(())
    });
    assert_eq!(room.incidents(client).len(), 2);
    // Over: amtool says so by its end.
    am(&format!("{fires} --start=2026-01-01T00:00:00Z --end=2026-01-01T01:00:00Z"));
    room.wait_alerts(client, "state:resolved", 1);
}

#[test]
fn prometheus_tells_us_and_falls_silent() {
    if programs().is_none() {
        return;
    }
    let room = Room::new();
    let server = room.home.serve();
    let client = &mut server.client();
    room.post(client, "/api/v1/services", &json!({ "name": "VPN" }));
    let key = room.source(client, "alertmanager", &json!({}));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let prometheus = start(folder.path(), &server, &key);
    let firing = room.wait_alerts(client, "state:firing", 1);
    assert_eq!(firing[0]["title"], "It always fires");
    assert_eq!(firing[0]["service"], "VPN");
    assert!(firing[0]["ends_at"].is_string(), "{firing:?}");
    let number = text(&firing[0]["incident"]);
    // Told of again and again, for longer than its end was ahead, it stays one alert.
    until("it was told of ten times", || {
        let firing = room.wait_alerts(client, "state:firing", 1);
        (firing[0]["count"].as_i64() >= Some(10)).then_some(())
    });
    // Without the rule nothing is told of it any more, not even that it is over.
    write(folder.path(), "rules.yml", "groups: []\n");
    prometheus.hang_up();
    room.wait_alerts(client, "state:resolved", 1);
    room.wait_for(client, &number, "resolved");
    assert_eq!(room.incidents(client).len(), 1);
}

/// A Prometheus with the rule, whose Alertmanager we are.
fn start(folder: &Path, server: &Server, key: &str) -> Running {
    let config = format!(
        "global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
alerting:
  alertmanagers:
  - authorization: {{credentials: {key}}}
    static_configs: [{{targets: ['{}']}}]
",
        server.address()
    );
    write(folder, "prometheus.yml", &config);
    write(folder, "rules.yml", RULE);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let running = Running::start(
        Command::new("prometheus")
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .args(["--rules.alert.resend-delay=1s", "--log.level=warn"]),
    );
    until("Prometheus is ready", || {
        let mut client = Client::try_connect(address).ok()?;
        (client.get("/-/ready", &[]).status == 200).then_some(())
    });
    running
}
