//! Alertmanager itself, with our webhook as its receiver.

use super::programs;
use super::room::{Room, text};
use crate::harness::Server;
use crate::http::Client;
use crate::machine::{Running, free_port, until, write};
use desk::{Clock, SystemClock};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

/// An Alertmanager that runs; ended when it goes out of scope.
struct Alertmanager {
    _running: Running,
    address: SocketAddr,
    /// Goes last.
    _folder: tempfile::TempDir,
}

impl Alertmanager {
    /// Tells this server through the webhook of this key; of groups whose label `cut` is `yes`
    /// one alert at a time.
    fn start(server: &Server, key: &str) -> Alertmanager {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("{}/intake/{key}/alertmanager", server.url);
        let config = format!(
            "route:
  receiver: whole
  group_by: [group]
  group_wait: 500ms
  group_interval: 1s
  repeat_interval: 1h
  routes:
  - receiver: cut
    repeat_interval: 2s
    matchers: [cut=\"yes\"]
inhibit_rules:
- source_matchers: [alertname=\"SiteDown\"]
  target_matchers: [severity=\"warning\"]
  equal: [site]
receivers:
- name: whole
  webhook_configs: [{{url: \"{url}\"}}]
- name: cut
  webhook_configs: [{{url: \"{url}\", max_alerts: 1}}]
"
        );
        write(folder.path(), "alertmanager.yml", &config);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let running = Running::start(
            Command::new("prometheus-alertmanager")
                .arg(format!("--config.file={}", folder.path().join("alertmanager.yml").display()))
                .arg(format!("--storage.path={}", folder.path().join("data").display()))
                .arg(format!("--web.listen-address={address}"))
                .args(["--cluster.listen-address=", "--log.level=warn"]),
        );
        until("Alertmanager is ready", || {
            let mut client = Client::try_connect(address).ok()?;
            (client.get("/-/ready", &[]).status == 200).then_some(())
        });
        Alertmanager { _running: running, address, _folder: folder }
    }

    /// As Prometheus tells it: an alert fires, or is over.
    fn tell(&self, fires: bool, labels: &Value) {
        let mut alert =
            json!({ "labels": labels, "annotations": { "summary": labels["alertname"] } });
        let now = SystemClock.now();
        alert["endsAt"] = json!(now.plus_seconds(if fires { 600 } else { -1 }).to_string());
        let answer =
            Client::connect(self.address).post("/api/v2/alerts", &[], &json!([alert]).to_string());
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

fn alert(name: &str, group: &str, severity: &str) -> Value {
    json!({ "alertname": name, "group": group, "severity": severity, "site": group,
        "cut": if group == "cut" { "yes" } else { "no" } })
}

/// The number of the incident that the only alert with this title belongs to.
#[track_caller]
fn incident_of(room: &Room, client: &mut Client, title: &str) -> String {
    until(&format!("{title} has an incident"), || {
        let all = room.alerts(client, "");
        let mut found = all.into_iter().filter(|alert| alert["title"] == title);
        found.next().and_then(|alert| alert["incident"].as_str().map(str::to_owned))
    })
}

#[test]
fn the_story_of_a_group_ends_with_one_incident() {
    if programs().is_none() {
        return;
    }
    let room = Room::new();
    let server = room.home.serve();
    let client = &mut server.client();
    let key = room.source(client, "alertmanager", &json!({}));
    let alertmanager = Alertmanager::start(&server, &key);
    let (one, two) = (alert("DiskSlow", "db", "error"), alert("DiskFull", "db", "critical"));
    alertmanager.tell(true, &one);
    let number = incident_of(&room, client, "DiskSlow");
    // The group grows: the same incident, and worse.
    alertmanager.tell(true, &two);
    room.wait_alerts(client, &format!("incident:{number} state:firing"), 2);
    let incident = room.get(client, &format!("/api/v1/incidents/{number}"));
    assert_eq!(incident["priority"], "P1", "{incident}");
    // One of them is over.
    alertmanager.tell(false, &two);
    let over = room.wait_alerts(client, &format!("incident:{number} state:resolved"), 1);
    assert_eq!(over[0]["title"], "DiskFull");
    assert_eq!(room.alerts(client, &format!("incident:{number} state:firing")).len(), 1);
    alertmanager.tell(false, &one);
    room.wait_for(client, &number, "resolved");
    assert_eq!(room.incidents(client).len(), 1);
    let all = room.alerts(client, &format!("incident:{number}"));
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all.iter().all(|alert| alert["state"] == "resolved"), "{all:?}");
}

#[test]
fn what_was_cut_does_not_end_an_incident() {
    if programs().is_none() {
        return;
    }
    let room = Room::new();
    let server = room.home.serve();
    let client = &mut server.client();
    let key = room.source(client, "alertmanager", &json!({}));
    let alertmanager = Alertmanager::start(&server, &key);
    let names = ["A", "B", "C"];
    for name in names {
        alertmanager.tell(true, &alert(name, "cut", "error"));
    }
    let number = incident_of(&room, client, "A");
    // Alertmanager says "resolved" of the group now, and lists nothing but A.
    alertmanager.tell(false, &alert("A", "cut", "error"));
    room.wait_alerts(client, &format!("incident:{number} state:resolved"), 1);
    let state = |client: &mut Client| {
        text(&room.get(client, &format!("/api/v1/incidents/{number}"))["state"])
    };
    assert_ne!(state(client), "resolved");
    // B appears with the next notification, in the same incident.
    until("B is told of", || {
        let all = room.alerts(client, &format!("incident:{number}"));
        all.iter().any(|alert| alert["title"] == "B" && alert["state"] == "firing").then_some(())
    });
    alertmanager.tell(false, &alert("B", "cut", "error"));
    until("C is told of", || {
        let all = room.alerts(client, &format!("incident:{number}"));
        all.iter().any(|alert| alert["title"] == "C" && alert["state"] == "firing").then_some(())
    });
    assert_ne!(state(client), "resolved");
    alertmanager.tell(false, &alert("C", "cut", "error"));
    room.wait_for(client, &number, "resolved");
    assert_eq!(room.incidents(client).len(), 1);
    let titles: Vec<String> = room
        .alerts(client, &format!("incident:{number} state:resolved"))
        .iter()
        .map(|alert| text(&alert["title"]))
        .collect();
    assert_eq!(titles, names);
}

#[test]
fn an_inhibited_alert_joins_when_it_is_let_go() {
    if programs().is_none() {
        return;
    }
    let room = Room::new();
    let server = room.home.serve();
    let client = &mut server.client();
    let key = room.source(client, "alertmanager", &json!({}));
    let alertmanager = Alertmanager::start(&server, &key);
    let (site, shop) = (alert("SiteDown", "hq", "critical"), alert("ShopSlow", "hq", "warning"));
    alertmanager.tell(true, &site);
    let number = incident_of(&room, client, "SiteDown");
    alertmanager.tell(true, &shop);
    // What fires after it comes without it.
    alertmanager.tell(true, &alert("PowerLost", "hq", "error"));
    assert_eq!(incident_of(&room, client, "PowerLost"), number);
    assert_eq!(room.alerts(client, "").len(), 2, "it is inhibited");
    alertmanager.tell(false, &alert("PowerLost", "hq", "error"));
    alertmanager.tell(false, &site);
    let shop_number = incident_of(&room, client, "ShopSlow");
    assert_eq!(shop_number, number);
    let firing = room.wait_alerts(client, &format!("incident:{number} state:firing"), 1);
    assert_eq!(firing[0]["title"], "ShopSlow");
    alertmanager.tell(false, &shop);
    room.wait_for(client, &number, "resolved");
    assert_eq!(room.incidents(client).len(), 1);
}
