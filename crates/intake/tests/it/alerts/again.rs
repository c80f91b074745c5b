//! Nothing that fires is lost: not with an incident that is over, nor by a storm, a cut, a late
//! telling or a merge.

use super::{Doors, KEY, notification};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use incident::alerts::AlertsWhy;
use incident::command::Change;
use incident::state::LinkKind;
use incident::{Command, Lifecycle};
use kernel::{Actor, IncidentNumber, Severity};
use serde_json::json;
use store::directory::integrations::{self, Integration};

const FIRST: IncidentNumber = IncidentNumber(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fires_on_after_its_incident_was_resolved_begins_another() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    doors.t.resolve(&doors.t.agent, FIRST, "Restarted").await;
    doors.t.clock.advance(300);
    doors.notifies(&[("web-1", true)], 0).await;
    assert_eq!(doors.incidents().await, 1, "its source needs a while to see it");
    doors.t.clock.advance(300);
    let again = doors.notifies(&[("web-1", true)], 0).await;
    assert_eq!((&again.json["new"], &again.json["incidents"][0]), (&0.into(), &"INC-2".into()));
    let state = doors.state(2).await;
    assert_eq!(state.alerts.as_ref().unwrap().firing, 1);
    let follows = state.links.iter().any(|l| l.kind == LinkKind::FollowUp && l.target == "INC-1");
    assert!(follows, "{:?}", state.links);
    doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    assert_eq!(doors.state(2).await.alerts.unwrap().firing, 2, "the other one joins it");
    doors.notifies(&[("web-1", false), ("web-2", false)], 0).await;
    assert_eq!(doors.state(2).await.lifecycle, Lifecycle::Resolved);
    assert_eq!(doors.incidents().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_tells_once_is_not_forgotten_with_its_incident() {
    let doors = Doors::open().await;
    doors.fires("TunnelDown", "critical", "VPN").await;
    doors.t.resolve(&doors.t.agent, FIRST, "Restarted").await;
    doors.passes(599).await;
    assert_eq!(doors.incidents().await, 1);
    doors.passes(2).await;
    assert_eq!(doors.incidents().await, 2);
    let alerts = doors.t.desk.alerts_of(doors.source).await.unwrap();
    assert_eq!((alerts.len(), alerts[0].alert.number), (1, Some(IncidentNumber(2))));
    doors.passes(900).await;
    assert_eq!(doors.incidents().await, 2, "once");
}

/// More than are looked at in one transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_fire_on_after_their_incident_none_is_forgotten() {
    let doors = Doors::open().await;
    let names: Vec<String> = (0..1_100).map(|n| format!("web-{n}")).collect();
    let all: Vec<(&str, bool)> = names.iter().map(|name| (name.as_str(), true)).collect();
    doors.notifies(&all, 0).await;
    doors.t.resolve(&doors.t.agent, FIRST, "Restarted").await;
    // One that ends meanwhile keeps the others from nothing.
    doors.t.clock.advance(60);
    doors.notifies(&[("web-7", false)], 0).await;
    doors.passes(539).await;
    assert_eq!(doors.incidents().await, 1);
    doors.passes(2).await;
    assert_eq!(doors.incidents().await, 2);
    assert_eq!(doors.state(2).await.alerts.unwrap().firing, 1_099);
    doors.passes(900).await;
    assert_eq!(doors.incidents().await, 2, "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_whose_alerts_cannot_be_counted_swallows_no_new_one() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true)], 0).await;
    let damage =
        |sql: &mut dyn store::Sql| Ok(sql.execute("update alert_groups set total = 0", &[])?);
    doors.t.desk.write(damage).await.unwrap();
    let next = doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    assert_eq!(next.json["incidents"][0], "INC-2");
    let firing = async |number| doors.state(number).await.alerts.unwrap().firing;
    assert_eq!((firing(1).await, firing(2).await), (0, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_worse_after_its_incident_was_resolved_begins_another() {
    let doors = Doors::open().await;
    doors.fires("Disk", "warning", "VPN").await;
    doors.t.resolve(&doors.t.agent, FIRST, "Cleaned up").await;
    doors.t.clock.advance(601);
    doors.fires("Disk", "critical", "VPN").await;
    let state = doors.state(2).await;
    assert_eq!((state.priority.get(), state.alerts.unwrap().firing), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merged_incident_swallows_no_new_alert() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true)], 0).await;
    let main = doors.t.report("The VPN is slow").await;
    doors.t.issue(&doors.t.agent, FIRST, Command::Merge { into: main }).await.unwrap();
    doors.notifies(&[("web-1", true)], 0).await;
    assert_eq!(doors.incidents().await, 2, "it is worked on in the main one");
    let joined = doors.notifies(&[("web-2", true)], 0).await;
    assert_eq!(joined.json["incidents"][0], "INC-3");
    assert!(doors.state(3).await.alerts.unwrap().may_page());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_worse_in_a_merged_incident_is_said_where_it_is_worked_on() {
    let doors = Doors::open().await;
    doors.fires("Disk", "warning", "VPN").await;
    let main = doors.t.report("The VPN is slow").await;
    doors.t.issue(&doors.t.agent, FIRST, Command::Merge { into: main }).await.unwrap();
    doors.fires("Disk", "warning", "VPN").await;
    assert!(doors.comments(main).await.is_empty(), "that is nothing new");
    assert!(doors.state(main.0).await.priority.get() > 1);
    doors.fires("Disk", "critical", "VPN").await;
    let said = doors.comments(main).await;
    assert_eq!(
        said,
        ["An alert of INC-1, which is part of this incident, is critical now: Disk is slow"]
    );
    assert_eq!(doors.state(main.0).await.priority.get(), 1, "whoever is paged for it is");
    doors.fires("Disk", "warning", "VPN").await;
    assert_eq!(doors.comments(main).await.len(), 1, "better is no news");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_from_opsgenie_are_notes_whatever_came_with_them() {
    let doors = Doors::open().await;
    let auth = format!("GenieKey {KEY}");
    let alert = json!({ "message": "Disk full", "alias": "a", "note": "Since noon" });
    doors.call("POST", "/v2/alerts", &auth, &alert).await;
    let says = async |what: &str, body: serde_json::Value| {
        let path = format!("/v2/alerts/a/{what}?identifierType=alias");
        let answer = doors.call("POST", &path, &auth, &body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.json);
    };
    says("notes", json!({ "note": "Looking", "user": "Ada" })).await;
    let until = doors.t.desk.now().plus_seconds(600).to_string();
    says("snooze", json!({ "note": "Later", "user": "Ada", "endTime": until })).await;
    says("close", json!({ "note": "Cleaned up", "user": "Ada" })).await;
    says("notes", json!({ "note": "It was the logs" })).await;
    let said = doors.comments(FIRST).await;
    let expected =
        ["Since noon", "Ada: Looking", "Ada: Later", "Ada: Cleaned up", "It was the logs"];
    assert_eq!(said, expected);
    let path = "/v2/alerts/a/notes?identifierType=alias";
    let kept = doors.call("GET", path, &auth, &json!(null)).await;
    let notes = kept.json["data"].as_array().unwrap().iter();
    let notes: Vec<&str> = notes.map(|note| note["note"].as_str().unwrap()).collect();
    let expected: Vec<&str> = expected.into_iter().rev().collect();
    assert_eq!(notes, expected, "the latest first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_without_links_keeps_the_links() {
    let doors = Doors::open().await;
    let alert = json!({ "routing_key": KEY, "event_action": "trigger", "dedup_key": "d",
        "links": [{ "href": "https://wiki.example/disk", "text": "Runbook" }],
        "payload": { "summary": "Disk", "source": "db1", "severity": "error" } });
    doors.post("/v2/enqueue", &alert).await;
    let mut bare = alert.clone();
    bare["links"] = json!([]);
    bare["payload"]["summary"] = "Disk is full".into();
    doors.post("/v2/enqueue", &bare).await;
    let found = doors.t.desk.alerts_of(doors.source).await.unwrap().remove(0);
    assert_eq!(found.details.title, "Disk is full");
    assert_eq!(found.details.links[0].href, "https://wiki.example/disk");
    let mut other = alert;
    other["links"][0]["href"] = "https://wiki.example/full".into();
    doors.post("/v2/enqueue", &other).await;
    let found = doors.t.desk.alerts_of(doors.source).await.unwrap().remove(0);
    assert_eq!(found.details.links.len(), 1, "others take their place");
    assert_eq!(found.details.links[0].href, "https://wiki.example/full");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_alert_that_somebody_has_over_there_is_not_the_incident() {
    let doors = Doors::open().await;
    let auth = format!("GenieKey {KEY}");
    for (alias, message) in [("a", "Disk full"), ("b", "Disk full")] {
        let body = json!({ "message": message, "alias": alias });
        doors.call("POST", "/v2/alerts", &auth, &body).await;
    }
    assert_eq!(doors.incidents().await, 1);
    let acknowledge = async |alias: &str| {
        let path = format!("/v2/alerts/{alias}/acknowledge?identifierType=alias");
        let answer = doors.call("POST", &path, &auth, &json!({})).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.json);
    };
    acknowledge("a").await;
    assert!(doors.state(1).await.moments.acknowledged.is_none());
    acknowledge("b").await;
    assert!(doors.state(1).await.moments.acknowledged.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_back_over_there_is_new_again_unless_somebody_here_has_it() {
    let doors = Doors::open().await;
    let auth = format!("GenieKey {KEY}");
    let alert = json!({ "message": "Disk full", "alias": "a", "priority": "P1" });
    doors.call("POST", "/v2/alerts", &auth, &alert).await;
    let says = async |what: &str| {
        let path = format!("/v2/alerts/a/{what}?identifierType=alias");
        let answer = doors.call("POST", &path, &auth, &json!({ "note": what })).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.json);
        let path = "/v2/alerts/a?identifierType=alias";
        let shown = doors.call("GET", path, &auth, &json!(null)).await;
        shown.json["data"]["acknowledged"].as_bool().unwrap()
    };
    assert!(!says("unacknowledge").await, "nobody has it");
    assert_eq!(doors.news(1).await.len(), 1, "that is no news");
    assert!(says("acknowledge").await);
    assert_eq!(doors.state(1).await.lifecycle, Lifecycle::InProgress);
    assert!(!says("unacknowledge").await);
    let state = doors.state(1).await;
    assert_eq!((state.lifecycle, state.moments.acknowledged), (Lifecycle::New, None));
    assert_eq!(doors.news(1).await.last().unwrap().why, AlertsWhy::GivenBack);
    assert!(says("acknowledge").await);
    let to_agent = Change::Set(doors.t.agent.person);
    let assign = Command::Assign { team: Change::Keep, assignee: to_agent };
    doors.t.issue(&doors.t.agent, FIRST, assign).await.unwrap();
    assert!(!says("unacknowledge").await);
    let state = doors.state(1).await;
    assert_eq!(state.lifecycle, Lifecycle::InProgress, "the agent has it");
    assert!(state.moments.acknowledged.is_some());
    let notes = ["unacknowledge", "acknowledge", "unacknowledge", "acknowledge", "unacknowledge"];
    assert_eq!(doors.comments(FIRST).await, notes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telling_that_came_late_begins_nothing() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true)], 0).await;
    doors.notifies(&[("web-1", false)], 0).await;
    let late = doors.notifies(&[("web-1", true)], 0).await;
    assert_eq!((&late.json["new"], &late.json["repeated"]), (&0.into(), &1.into()));
    assert_eq!(doors.incidents().await, 1);
    let anew = doors.notifies_anew(&[("web-1", true)]).await;
    assert_eq!((&anew.json["new"], doors.incidents().await), (&1.into(), 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_came_late_ends_nothing_that_began_after_it() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true)], 0).await;
    doors.notifies(&[("web-1", false)], 0).await;
    doors.notifies_anew(&[("web-1", true), ("web-2", true)]).await;
    let firing = async || doors.state(2).await.alerts.unwrap().firing;
    assert_eq!(firing().await, 2);
    // A cut leaves something open that only a notification about all that is over would end.
    doors.notifies_anew(&[("web-2", false)]).await;
    doors.notifies(&[("web-3", true)], 1).await;
    let late = doors.notifies(&[("web-1", false)], 0).await;
    assert_eq!((&late.json["resolved"], &late.json["unknown"]), (&0.into(), &1.into()));
    assert_eq!(firing().await, 2, "it says nothing of the group as it is now either");
    doors.t.clock.advance(5);
    let over = doors.notifies_anew(&[("web-1", false)]).await;
    assert_eq!((&over.json["resolved"], firing().await), (&1.into(), 0), "and with it the rest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_comes_first_is_recorded_and_keeps_what_comes_late_from_beginning() {
    let doors = Doors::open().await;
    let over = doors.notifies(&[("web-1", false)], 0).await;
    assert_eq!((&over.json["resolved"], &over.json["unknown"]), (&0.into(), &1.into()));
    let late = doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    assert_eq!((&late.json["new"], &late.json["repeated"]), (&1.into(), &1.into()));
    assert_eq!(doors.state(1).await.alerts.unwrap().total, 1, "the other one fires");
    let key = format!("{:0>16}", "web-1");
    let known = doors.t.desk.alert_by_key(doors.source, key).await.unwrap().unwrap();
    assert!(!known.alert.is_open() && known.alert.number.is_none());
    assert_eq!(known.details.title, "web-1 is slow");
    doors.t.clock.advance(600);
    let fires = doors.notifies(&[("web-1", true)], 0).await;
    assert_eq!(fires.json["new"], 1, "nobody sends it for so long: it fires");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_said_is_nothing_over() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true)], 2).await;
    doors.notifies(&[], 0).await;
    assert_eq!(doors.state(1).await.alerts.unwrap().firing, 1);
    let mut body = notification(&[("web-1", false)], 0);
    body["alerts"].as_array_mut().unwrap().push(json!({}));
    doors.post("/intake/KEY/alertmanager", &body).await;
    let alerts = doors.state(1).await.alerts.unwrap();
    assert_eq!(alerts.firing, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_counts_for_alerts_that_a_storm_took() {
    let doors = Doors::with(|settings| settings.alerts.storm_groups = 1).await;
    doors.fires("First", "critical", "VPN").await;
    doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    assert_eq!(doors.state(2).await.alerts.unwrap().firing, 2, "the storm's incident");
    doors.notifies(&[("web-1", false)], 1).await;
    let state = doors.state(2).await;
    let alerts = state.alerts.as_ref().unwrap();
    assert!(alerts.source_unclear_since.is_some() && state.lifecycle.is_open());
    doors.notifies(&[("web-1", false)], 0).await;
    assert_eq!(doors.state(2).await.alerts.unwrap().firing, 0, "all of its group is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_resolved_is_not_told_over_and_over_that_it_is_unclear() {
    let doors = Doors::open().await;
    doors.notifies(&[("web-1", true), ("web-2", true)], 0).await;
    doors.notifies(&[("web-1", false)], 1).await;
    doors.t.resolve(&doors.t.agent, FIRST, "Restarted").await;
    let told = doors.news(1).await.len();
    doors.passes(901).await;
    doors.passes(901).await;
    let news = doors.news(1).await;
    assert!(news[told..].iter().all(|data| data.why != AlertsWhy::Unclear), "{news:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_heard_is_not_missing() {
    let doors = Doors::with(|settings| settings.alerts.heartbeat_seconds = 60).await;
    let beat = async |name: &str| {
        let beat = Request::get(format!("/intake/{KEY}/heartbeat/{name}")).body(Body::empty());
        assert_eq!(doors.ask(beat.unwrap()).await.status, StatusCode::OK);
    };
    // As if it had come before we were up.
    doors.t.clock.advance(-100);
    beat("before").await;
    doors.passes(390).await;
    assert_eq!(doors.incidents().await, 0, "we are up for less than five minutes");
    beat("since").await;
    doors.passes(15).await;
    assert_eq!(doors.incidents().await, 1);
    doors.passes(60).await;
    assert_eq!(doors.incidents().await, 2, "what was heard is missed at its time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_whose_alerts_were_over_before_they_came_is_kept() {
    let doors = Doors::open().await;
    let told = json!([{
        "labels": { "alertname": "Down", "instance": "db1", "severity": "critical" },
        "annotations": { "summary": "db1 is down" },
        "startsAt": "2026-11-23T12:00:00Z",
        "endsAt": "2026-11-23T12:04:00Z",
    }]);
    doors.post("/intake/KEY/api/v2/alerts", &told).await;
    assert_eq!(doors.incidents().await, 0);
    let kept = doors.t.desk.payloads(doors.source).await.unwrap();
    assert!(kept[0].note.contains("db1 is down: over when it was first told of"), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heartbeat_whose_source_was_off_is_missed_once_it_is_on_again() {
    let doors = Doors::open().await;
    let beat = Request::get(format!("/intake/{KEY}/heartbeat/backup")).body(Body::empty());
    assert_eq!(doors.ask(beat.unwrap()).await.status, StatusCode::OK);
    let source = doors.source;
    let switch = async |on: bool| {
        let change = move |sql: &mut dyn store::Sql, _: &desk::Audit| {
            let before = integrations::get(sql, source)?.unwrap();
            let after = Integration { active: on, ..before.clone() };
            assert!(integrations::update(sql, &after, before.version)?);
            Ok(())
        };
        doors.t.desk.change(Actor::system(), change).await.unwrap();
    };
    switch(false).await;
    doors.passes(900).await;
    assert_eq!(doors.incidents().await, 0);
    switch(true).await;
    doors.passes(301).await;
    assert_eq!(doors.incidents().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_comes_and_goes_hides_no_worse_one_beside_it() {
    let doors = Doors::with(|settings| settings.alerts.flap_changes = 2).await;
    let mild = |fires: bool, since: &str| {
        let mut body = notification(&[("web-1", fires)], 0);
        body["alerts"][0]["labels"]["severity"] = "warning".into();
        body["alerts"][0]["startsAt"] = since.into();
        body
    };
    let path = "/intake/KEY/alertmanager";
    doors.post(path, &mild(true, "2026-11-23T12:10:00Z")).await;
    doors.t.clock.advance(5);
    doors.post(path, &mild(false, "2026-11-23T12:10:00Z")).await;
    doors.t.clock.advance(5);
    doors.post(path, &mild(true, "2026-11-23T12:12:10Z")).await;
    assert_eq!(doors.news(1).await.len(), 1, "it comes and goes");
    doors.notifies(&[("web-2", true)], 0).await;
    let news = doors.news(1).await;
    let last = news.last().unwrap();
    assert!(last.worse && last.flapping, "{news:?}");
    assert_eq!((last.worst, doors.state(1).await.priority.get()), (Some(Severity::Critical), 1));
}
