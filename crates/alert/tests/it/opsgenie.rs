//! The calls of Opsgenie's API.

use super::check::now;
use alert::doors::Request;
use alert::doors::opsgenie::{Act, Call, Part, Refused, ResponderKind, Which, read};
use alert::{Severity, SignalStatus};

fn call(method: &str, address: &str, body: &str) -> Result<Call, Refused> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    read(&Request { method, path, query, ..Request::post(body.as_bytes(), now(), "fresh") })
}

fn act(method: &str, address: &str, body: &str) -> Act {
    match call(method, address, body) {
        Ok(Call::Act { act, .. }) => act,
        other => panic!("{address}: {other:?}"),
    }
}

#[test]
fn every_call_is_known() {
    let of = |rest: &str| format!("/v2/alerts/a/{rest}?identifierType=alias");
    assert_eq!(act("POST", &of("close"), ""), Act::Close);
    assert_eq!(act("POST", &of("acknowledge/"), "{}"), Act::Acknowledge);
    assert_eq!(act("POST", &of("unacknowledge"), "{}"), Act::Unacknowledge);
    let until = "2026-11-24T00:00:00Z".parse().unwrap();
    assert_eq!(
        act("POST", &of("snooze"), r#"{"endTime": "2026-11-24T00:00:00Z"}"#),
        Act::Snooze(until)
    );
    assert_eq!(act("POST", &of("notes"), r#"{"note": "x"}"#), Act::Note);
    assert_eq!(
        act("POST", &of("tags"), r#"{"tags": ["a", 1]}"#),
        Act::AddTags(vec!["a".into(), "1".into()])
    );
    assert_eq!(
        act("DELETE", "/v2/alerts/a/tags?tags=a,b", ""),
        Act::RemoveTags(vec!["a".into(), "b".into()])
    );
    assert!(
        matches!(act("POST", &of("details"), r#"{"details": {"a": 1}}"#), Act::AddDetails(map) if map["a"] == "1")
    );
    assert_eq!(
        act("DELETE", "/v2/alerts/a/details?keys=a", ""),
        Act::RemoveDetails(vec!["a".into()])
    );
    let body = r#"{"responder": {"username": "bob@example.org"}}"#;
    assert!(
        matches!(act("POST", &of("responders"), body), Act::AddResponder(r) if r.kind == ResponderKind::User)
    );
    assert!(
        matches!(act("POST", &of("teams"), r#"{"team": {"name": "net"}}"#), Act::AddResponder(r) if r.name == "net")
    );
    assert_eq!(
        act("POST", &of("assign"), r#"{"owner": {"username": "bob"}}"#),
        Act::Assign("bob".into())
    );
    assert_eq!(
        act("POST", &of("escalate"), r#"{"escalation": {"id": "e"}}"#),
        Act::Escalate("e".into())
    );
    assert_eq!(act("PUT", &of("message"), r#"{"message": "m"}"#), Act::Message("m".into()));
    assert_eq!(act("PUT", &of("description"), "{}"), Act::Description(String::new()));
    assert!(
        matches!(act("PUT", &of("priority"), r#"{"priority": "P1"}"#), Act::Priority(p) if p.get() == 1)
    );
    assert_eq!(act("POST", &of("actions/Restart%20it"), "{}"), Act::Custom("Restart it".into()));
    assert_eq!(act("DELETE", "/v2/alerts/a", ""), Act::Delete);
    let show =
        |rest: &str| call("GET", &format!("v2/alerts/7{rest}?identifierType=tiny"), "").unwrap();
    assert_eq!(show(""), Call::Show(Which::Tiny("7".into()), Part::Whole));
    assert_eq!(show("/recipients"), Call::Show(Which::Tiny("7".into()), Part::Recipients));
    assert_eq!(call("GET", "v2/alerts/requests/r", "").unwrap(), Call::Request("r".into()));
    assert!(matches!(
        call("GET", "v2/alerts/count?query=status%3Aopen", "").unwrap(),
        Call::Count(_)
    ));
    assert_eq!(
        call("PUT", "/v2/heartbeats/nightly%20backup/ping/", "").unwrap(),
        Call::Ping("nightly backup".into())
    );
    let same = call("POST", "/jsm/ops/integration/v2/alerts/a/close", "").unwrap();
    assert!(matches!(same, Call::Act { alert: Which::Id(id), .. } if id == "a"));
    assert!(matches!(
        call("POST", "/v1/incidents/create", r#"{"message": "m"}"#).unwrap(),
        Call::CreateIncident(_)
    ));
    assert!(matches!(
        call("POST", "/v1/incidents/i/close", "").unwrap(),
        Call::CloseIncident { .. }
    ));
}

#[test]
fn what_is_no_call_is_refused() {
    assert_eq!(call("PUT", "/v2/alerts", "{}"), Err(Refused::Method));
    assert_eq!(call("PUT", "/v2/alerts/a/close", "{}"), Err(Refused::Method));
    assert_eq!(call("POST", "/v2/alerts/a/dance", "{}"), Err(Refused::NoSuchCall));
    assert_eq!(call("POST", "/v3/alerts", "{}"), Err(Refused::NoSuchCall));
    let field = |method: &str, address: &str, body: &str| match call(method, address, body) {
        Err(Refused::Unreadable(error)) => error.field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field("POST", "/v2/alerts", "{}"), "message");
    assert_eq!(field("POST", "/v2/alerts", "{"), "body");
    assert_eq!(field("POST", "/v2/alerts/a/snooze", "{}"), "endTime");
    assert_eq!(field("POST", "/v2/alerts/a/close?identifierType=name", "{}"), "identifierType");
    assert_eq!(field("GET", "/v2/alerts?query=colour%3Ared", ""), "query");
}

#[test]
fn aliases_of_any_length_meet_again() {
    let long = "x".repeat(900);
    let body = format!(r#"{{"message": "m", "alias": "{long}"}}"#);
    let created = call("POST", "/v2/alerts", &body).unwrap().signal().unwrap();
    let closed =
        call("POST", &format!("/v2/alerts/{long}/close?identifierType=alias"), "").unwrap();
    let closed = closed.signal().unwrap();
    assert_eq!((&created.key, closed.status), (&closed.key, SignalStatus::Resolved));
    assert_eq!((created.severity, created.priority.unwrap().get()), (Severity::Warning, 3));
}

#[test]
fn wrong_types_do_not_lose_the_page() {
    let body = r#"{"message": 7, "tags": "a", "details": [1], "responders": [{}, 5, {"id": "t"}], "priority": "P0", "actions": null}"#;
    let Ok(Call::Create(create)) = call("POST", "/v2/alerts", body) else { panic!("an alert") };
    assert_eq!(create.reading.signals[0].title, "7");
    assert_eq!(create.responders.len(), 1);
    assert_eq!(create.reading.warnings.len(), 2, "{:?}", create.reading.warnings);
}
