//! What happens to alerts over time.

use super::{Doors, notification};
use axum::http::StatusCode;
use incident::Lifecycle;
use incident::alerts::AlertsWhy;
use kernel::{Channel, Severity};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_fire_grow_end_under_truncation_and_resolve() {
    let doors = Doors::open().await;
    let first = doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    assert_eq!((&first.json["new"], &first.json["incidents"][0]), (&2.into(), &"INC-1".into()));
    let state = doors.state(1).await;
    assert_eq!((state.channel, state.priority.get()), (Channel::Alert, 1));
    assert_eq!(state.service, Some(doors.t.vpn));
    let grown = doors.notifies(&[("web-1", true), ("web-2", true), ("web-3", true)], 0).await;
    assert_eq!((&grown.json["new"], &grown.json["repeated"]), (&1.into(), &2.into()));
    // One is over, two were cut off, and the whole says "resolved".
    doors.notifies(&[("web-1", false)], 2).await;
    let state = doors.state(1).await;
    let alerts = state.alerts.as_ref().unwrap();
    assert_eq!((alerts.firing, state.lifecycle), (2, Lifecycle::New), "two are firing still");
    assert!(alerts.source_unclear_since.is_some());
    doors.passes(899).await;
    assert_eq!(doors.news(1).await.len(), 3);
    doors.passes(2).await;
    let news = doors.news(1).await;
    assert_eq!((news.len(), news[3].why, news[3].again), (4, AlertsWhy::Unclear, true));
    // Without a cut it is what it says.
    doors.notifies(&[("web-2", false)], 0).await;
    let state = doors.state(1).await;
    assert_eq!(state.alerts.as_ref().unwrap().firing, 0);
    assert_eq!(state.lifecycle, Lifecycle::Resolved);
    assert_eq!(doors.incidents().await, 1);
    let again = doors.notifies(&[("web-1", true)], 0).await;
    assert_eq!(again.json["incidents"][0], "INC-2", "after its end it is a new one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_never_listed_keeps_an_incident_open() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true)], 2).await;
    doors.notifies(&[("web-1", false)], 2).await;
    let state = doors.state(1).await;
    assert_eq!(state.alerts.as_ref().unwrap().firing, 0);
    assert_eq!(state.lifecycle, Lifecycle::New, "two that were never listed may be firing");
    doors.passes(901).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::New);
    doors.notifies(&[("web-2", true)], 1).await;
    doors.notifies(&[("web-2", false)], 1).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::New);
    doors.notifies(&[("web-3", true)], 0).await;
    doors.notifies(&[("web-3", false)], 0).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
    assert_eq!(doors.incidents().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_body_again_and_at_once_makes_one_incident() {
    let doors = Doors::open().await;
    let body = notification(&[("web-1", true), ("web-2", true)], 0);
    let path = "/intake/KEY/alertmanager";
    let all = futures_util::future::join_all((0..8).map(|_| doors.post(path, &body))).await;
    assert!(all.iter().all(|answer| answer.status == StatusCode::OK));
    let new: u64 = all.iter().filter_map(|answer| answer.json["new"].as_u64()).sum();
    assert_eq!((new, doors.incidents().await), (2, 1));
    let alerts = doors.t.desk.alerts_of(doors.source).await.unwrap();
    assert!(alerts.iter().all(|found| found.alert.count == 8));
    let over = notification(&[("web-1", false), ("web-2", false)], 0);
    doors.post(path, &over).await;
    let again = doors.post(path, &over).await;
    assert_eq!((&again.json["resolved"], &again.json["unknown"]), (&0.into(), &2.into()));
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::Resolved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_took_stays_with_them() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true)], 0).await;
    let number = kernel::IncidentNumber(1);
    doors.t.issue(&doors.t.agent, number, incident::Command::Acknowledge).await.unwrap();
    doors.notifies(&[("web-1", false)], 0).await;
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::InProgress);
    let news = doors.news(1).await;
    assert_eq!(news.last().unwrap().firing, 0);
    doors.notifies(&[("web-9", true)], 0).await;
    assert_eq!(doors.incidents().await, 1, "the open incident of the same group takes it");
    assert!(doors.news(1).await.last().unwrap().worse);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn info_is_recorded_only_and_worse_raises() {
    let doors = Doors::open().await;
    let info = doors.fires("Certificate", "info", "VPN").await;
    assert_eq!((&info.json["new"], doors.incidents().await), (&1.into(), 0));
    doors.fires("Certificate", "warning", "VPN").await;
    assert_eq!(doors.state(1).await.priority.get(), 4);
    doors.fires("Certificate", "critical", "VPN").await;
    let state = doors.state(1).await;
    assert_eq!((state.priority.get(), state.alerts.unwrap().worst), (1, Some(Severity::Critical)));
    assert_eq!(doors.incidents().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_shares_one_incident_and_loses_nothing() {
    let doors = Doors::with(|settings| settings.alerts.storm_groups = 5).await;
    for n in 0..20 {
        doors.fires(&format!("Alert{n}"), "critical", "VPN").await;
    }
    assert_eq!(doors.incidents().await, 6);
    assert_eq!(doors.state(6).await.alerts.unwrap().firing, 15);
    assert_eq!(doors.t.desk.alerts_of(doors.source).await.unwrap().len(), 20);
    doors.passes(61).await;
    doors.fires("Later", "critical", "VPN").await;
    assert_eq!(doors.incidents().await, 7, "the storm is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_flaps_is_neither_told_nor_resolved_until_it_is_calm() {
    let doors = Doors::open().await;
    for _ in 0..8 {
        doors.notifies_anew(&[("web-1", true)]).await;
        doors.t.clock.advance(5);
        doors.notifies_anew(&[("web-1", false)]).await;
        doors.t.clock.advance(5);
    }
    let incidents = doors.incidents().await;
    let number = incidents;
    let state = doors.state(number).await;
    assert!(state.lifecycle.is_open(), "it waits until it is calm");
    let told = doors.news(number).await.len();
    doors.notifies_anew(&[("web-1", true)]).await;
    doors.t.clock.advance(5);
    doors.notifies_anew(&[("web-1", false)]).await;
    assert_eq!((doors.news(number).await.len(), doors.incidents().await), (told, incidents));
    doors.passes(901).await;
    assert_eq!(doors.state(number).await.lifecycle, Lifecycle::Resolved);
    assert_eq!(doors.news(number).await.last().unwrap().why, AlertsWhy::Calm);
}
