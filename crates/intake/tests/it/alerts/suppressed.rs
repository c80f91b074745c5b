//! What keeps alerts from paging, and lets go of them.

use super::{Doors, KEY};
use axum::http::StatusCode;
use desk::Act;
use incident::alerts::AlertsWhy;
use kernel::{IncidentNumber, Muted};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_a_service_that_is_down_is_silent_until_that_is_up() {
    let doors = Doors::open().await;
    doors.needs_vpn("Label printing").await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    doors.fires("PrinterGone", "critical", "Label printing").await;
    let below = doors.state(2).await;
    assert_eq!(below.muted(), Some(Muted::Upstream));
    assert_eq!(below.paging, None);
    let alerts = below.alerts.unwrap();
    assert_eq!(alerts.muted, Some(Muted::Upstream));
    assert!(!alerts.may_page());
    doors.passes(31).await;
    assert_eq!(doors.news(2).await.len(), 1, "it is down still");
    doors.t.resolve(&doors.t.agent, IncidentNumber(1), "The tunnel is up").await;
    doors.passes(31).await;
    let news = doors.news(2).await;
    let last = news.last().unwrap();
    assert_eq!((last.why, last.again, last.muted), (AlertsWhy::Released, true, None));
    assert!(doors.state(2).await.alerts.unwrap().may_page());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silence_of_amtool_mutes_and_its_end_pages() {
    let doors = Doors::open().await;
    let auth = format!("Bearer {KEY}");
    let silence = json!({
        "matchers": [
            { "name": "alertname", "value": "Tunnel.*", "isRegex": true, "isEqual": true },
        ],
        "startsAt": "2026-11-23T12:00:00Z",
        "endsAt": "2026-11-23T12:42:00Z",
        "createdBy": "mara",
        "comment": "Firmware",
    });
    let made = doors.call("POST", "/api/v2/silences", &auth, &silence).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.json);
    let id = made.json["silenceID"].as_str().unwrap().to_owned();
    doors.fires("TunnelDown", "critical", "VPN").await;
    doors.fires("Other", "critical", "VPN").await;
    let muted = |state: incident::State| state.alerts.unwrap().muted;
    assert_eq!(muted(doors.state(1).await), Some(Muted::Maintenance));
    assert_eq!(muted(doors.state(2).await), None);
    let seen = doors.call("GET", "/api/v2/alerts?silenced=false", &auth, &Value::Null).await;
    assert_eq!(seen.json.as_array().unwrap().len(), 1);
    let filter = "/api/v2/alerts?filter=alertname%3D%22TunnelDown%22";
    let seen = doors.call("GET", filter, &auth, &Value::Null).await;
    assert_eq!(seen.json[0]["status"]["state"], "suppressed");
    assert_eq!(seen.json[0]["status"]["silencedBy"], json!([id]));
    // One that is made while an alert fires is seen at once.
    let mut late = silence.clone();
    late["matchers"] = json!([{ "name": "alertname", "value": "Other", "isRegex": false }]);
    let late = doors.call("POST", "/api/v2/silences", &auth, &late).await;
    assert_eq!(late.status, StatusCode::OK, "{}", late.json);
    let seen = doors.call("GET", "/api/v2/alerts?silenced=false", &auth, &Value::Null).await;
    assert_eq!(seen.json, json!([]));
    let late = format!("/api/v2/silence/{}", late.json["silenceID"].as_str().unwrap());
    assert_eq!(doors.call("DELETE", &late, &auth, &Value::Null).await.status, StatusCode::OK);
    let all = doors.call("GET", "/api/v2/silences", &auth, &Value::Null).await;
    let mine = all.json.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(mine["status"]["state"], "active");
    doors.passes(1_801).await;
    let news = doors.news(1).await;
    assert!(news.last().unwrap().again, "{news:?}");
    let path = format!("/api/v2/silence/{id}");
    assert_eq!(doors.call("DELETE", &path, &auth, &Value::Null).await.status, StatusCode::OK);
    let gone = doors.call("DELETE", &path, &auth, &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let wrong = doors.call("GET", "/api/v2/alerts", "Bearer nobody", &Value::Null).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silence_that_is_ended_early_lets_go_at_once() {
    let doors = Doors::open().await;
    let auth = format!("Bearer {KEY}");
    let silence = json!({
        "matchers": [{ "name": "alertname", "value": "TunnelDown", "isRegex": false }],
        "startsAt": "2026-11-23T12:00:00Z",
        "endsAt": "2026-11-23T18:00:00Z",
        "createdBy": "mara",
        "comment": "Firmware",
    });
    let made = doors.call("POST", "/api/v2/silences", &auth, &silence).await;
    let id = made.json["silenceID"].as_str().unwrap().to_owned();
    doors.fires("TunnelDown", "critical", "VPN").await;
    assert!(!doors.state(1).await.alerts.unwrap().may_page());
    let path = format!("/api/v2/silence/{id}");
    assert_eq!(doors.call("DELETE", &path, &auth, &Value::Null).await.status, StatusCode::OK);
    let one = doors.call("GET", &path, &auth, &Value::Null).await.json;
    assert_eq!(one["status"]["state"], "expired");
    assert!(one["endsAt"].as_str() < Some("2026-11-23T18"), "amtool hides it: {one}");
    doors.passes(1).await;
    assert!(doors.state(1).await.alerts.unwrap().may_page());
    assert!(doors.news(1).await.last().unwrap().again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_puts_an_alert_off_and_ends_it() {
    let doors = Doors::open().await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    let id = doors.t.desk.alerts_of(doors.source).await.unwrap()[0].alert.id;
    let until = doors.t.desk.now().plus_seconds(600);
    let desk = &doors.t.desk;
    assert!(desk.act_on_alert(&doors.t.auditor, id, Act::Resolve).await.is_err());
    assert!(desk.act_on_alert(&doors.t.requester, id, Act::Resolve).await.is_err());
    let found = desk.act_on_alert(&doors.t.agent, id, Act::Snooze(until)).await.unwrap();
    assert_eq!(found.alert.muted, Some(Muted::Snoozed));
    assert!(!doors.state(1).await.alerts.unwrap().may_page());
    doors.passes(601).await;
    assert!(doors.state(1).await.alerts.unwrap().may_page());
    desk.act_on_alert(&doors.t.agent, id, Act::Resolve).await.unwrap();
    assert!(desk.act_on_alert(&doors.t.agent, id, Act::Resolve).await.is_err());
    assert_eq!(doors.state(1).await.alerts.unwrap().firing, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_of_a_restricted_incident_are_hidden() {
    let doors = Doors::open().await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    let (desk, t) = (&doors.t.desk, &doors.t);
    let see = async |viewer| desk.alerts(viewer, Default::default(), 10).await.unwrap().len();
    assert_eq!((see(&t.agent).await, see(&t.other_agent).await), (1, 1));
    let restrict = incident::Command::Restrict { team: Some(t.network) };
    t.issue(&t.agent, IncidentNumber(1), restrict).await.unwrap();
    assert_eq!((see(&t.agent).await, see(&t.other_agent).await), (1, 0));
    assert_eq!((see(&t.auditor).await, see(&t.requester).await), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_still_holds_silences_nobody() {
    let doors = Doors::open().await;
    doors.needs_one_of("Checkout", &["Line A", "Line B"]).await;
    doors.fires("LineADown", "critical", "Line A").await;
    doors.fires("CheckoutSlow", "critical", "Checkout").await;
    assert_eq!(doors.state(2).await.muted(), None, "the other line carries it");
    doors.fires("LineBDown", "critical", "Line B").await;
    doors.fires("CheckoutGone", "critical", "Checkout").await;
    let last = doors.state(4).await;
    assert_eq!(last.muted(), Some(Muted::Upstream), "now nothing carries it");
}
