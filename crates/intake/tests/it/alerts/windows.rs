//! Windows and silences that change while alerts fire.

use super::{Doors, KEY};
use axum::http::StatusCode;
use desk::Act;
use incident::State;
use incident::alerts::AlertsWhy;
use kernel::{Muted, Timestamp};
use serde_json::Value;

fn muted(state: State) -> Option<Muted> {
    state.alerts.unwrap().muted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silence_mutes_what_fires_and_its_end_lets_go_at_once() {
    let doors = Doors::open().await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    doors.fires("Other", "critical", "VPN").await;
    let id = doors.silences("Tunnel.*", "12:00", "14:00").await;
    doors.passes(1).await;
    assert_eq!(muted(doors.state(1).await), Some(Muted::Maintenance));
    assert_eq!(muted(doors.state(2).await), None);
    let path = format!("/api/v2/silence/{id}");
    let gone = doors.call("DELETE", &path, &format!("Bearer {KEY}"), &Value::Null).await;
    assert_eq!(gone.status, StatusCode::OK);
    doors.passes(1).await;
    assert_eq!(muted(doors.state(1).await), None);
    let news = doors.news(1).await;
    let last = news.last().unwrap();
    assert_eq!((last.why, last.again), (AlertsWhy::Released, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_begins_by_the_clock_mutes_what_fires() {
    let doors = Doors::open().await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    doors.silences("Tunnel.*", "12:20", "12:40").await;
    doors.passes(1).await;
    assert_eq!(muted(doors.state(1).await), None, "it is not twenty past");
    doors.passes(480).await;
    assert_eq!(muted(doors.state(1).await), Some(Muted::Maintenance));
    doors.passes(1_200).await;
    assert_eq!(muted(doors.state(1).await), None);
    assert!(doors.news(1).await.last().unwrap().again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_may_page_joins_a_muted_group_and_pages() {
    let doors = Doors::open().await;
    let id = doors.silences("High.*", "12:00", "14:00").await;
    doors.notifies(&[("web-1", true)], 0).await;
    assert_eq!(muted(doors.state(1).await), Some(Muted::Maintenance));
    let path = format!("/api/v2/silence/{id}");
    doors.call("DELETE", &path, &format!("Bearer {KEY}"), &Value::Null).await;
    doors.notifies(&[("web-2", true)], 0).await;
    let news = doors.news(1).await;
    assert!(news.last().unwrap().again, "{news:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_takes_back_that_an_alert_is_put_off() {
    let doors = Doors::open().await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    let (desk, agent) = (&doors.t.desk, &doors.t.agent);
    let id = desk.alerts_of(doors.source).await.unwrap()[0].alert.id;
    assert!(desk.act_on_alert(agent, id, Act::Unsnooze).await.is_err(), "nobody put it off");
    let until: Timestamp = desk.now().plus_seconds(3_600);
    desk.act_on_alert(agent, id, Act::Snooze(until)).await.unwrap();
    assert_eq!(muted(doors.state(1).await), Some(Muted::Snoozed));
    let found = desk.act_on_alert(agent, id, Act::Unsnooze).await.unwrap();
    assert_eq!((found.alert.muted, found.alert.muted_until), (None, None));
    assert_eq!(muted(doors.state(1).await), None);
    assert!(doors.news(1).await.last().unwrap().again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_about_which_nobody_is_paged_keeps_nothing_silent() {
    let doors = Doors::open().await;
    doors.needs_vpn("Label printing").await;
    doors.silences("Tunnel.*", "12:00", "14:00").await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    doors.fires("PrinterGone", "critical", "Label printing").await;
    assert_eq!(muted(doors.state(1).await), Some(Muted::Maintenance));
    assert_eq!(muted(doors.state(2).await), None, "somebody has to look");
}
