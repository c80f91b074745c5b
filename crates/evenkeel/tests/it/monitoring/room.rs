//! An instance that monitoring speaks to, and the API as its administrator uses it.

use crate::harness::Home;
use crate::http::{Answer, Client};
use crate::machine::until;
use serde_json::{Value, json};

/// A folder with an administrator, and what they may do.
pub struct Room {
    pub home: Home,
    authorization: String,
}

impl Room {
    pub fn new() -> Room {
        Room::on(None)
    }

    /// With its database elsewhere.
    pub fn on(database_url: Option<String>) -> Room {
        let home = Home::on(database_url);
        home.init();
        let authorization = format!("Bearer {}", home.token("admin"));
        Room { home, authorization }
    }

    /// Makes a source of alerts; its key.
    #[track_caller]
    pub fn source(&self, client: &mut Client, kind: &str, more: &Value) -> String {
        let mut body = json!({ "name": format!("Source {kind}"), "kind": kind });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        text(&self.post(client, "/api/v1/integrations", &body)["key"])
    }

    /// The alerts that a question finds, by title.
    #[track_caller]
    pub fn alerts(&self, client: &mut Client, question: &str) -> Vec<Value> {
        let question = question.replace(' ', "%20");
        let page = self.get(client, &format!("/api/v1/alerts?limit=200&q={question}"));
        let mut all = page["items"].as_array().expect("a list").clone();
        all.sort_by_key(|alert| text(&alert["title"]));
        all
    }

    /// Every incident, the oldest first.
    #[track_caller]
    pub fn incidents(&self, client: &mut Client) -> Vec<Value> {
        let page = self.get(client, "/api/v1/incidents?limit=200");
        let mut all = page["items"].as_array().expect("a list").clone();
        all.sort_by_key(|incident| text(&incident["reported_at"]));
        all
    }

    /// Waits until the incident that holds this alert's title stands so.
    #[track_caller]
    pub fn wait_for(&self, client: &mut Client, number: &str, state: &str) {
        until(&format!("{number} is {state}"), || {
            let incident = self.get(client, &format!("/api/v1/incidents/{number}"));
            (incident["state"] == state).then_some(())
        });
    }

    /// Waits until there are so many alerts in this state, and gives them.
    #[track_caller]
    pub fn wait_alerts(&self, client: &mut Client, question: &str, count: usize) -> Vec<Value> {
        until(&format!("{count} alerts {question}"), || {
            let found = self.alerts(client, question);
            (found.len() == count).then_some(found)
        })
    }

    /// The entries of an incident's timeline of one kind.
    #[track_caller]
    pub fn entries(&self, client: &mut Client, number: &str, kind: &str) -> Vec<Value> {
        let timeline = self.get(client, &format!("/api/v1/incidents/{number}/timeline?limit=200"));
        let entries = timeline["items"].as_array().expect("a list");
        entries.iter().filter(|entry| entry["kind"] == kind).cloned().collect()
    }

    #[track_caller]
    pub fn get(&self, client: &mut Client, path: &str) -> Value {
        self.send(client, "GET", path, "")
    }

    #[track_caller]
    pub fn post(&self, client: &mut Client, path: &str, body: &Value) -> Value {
        self.send(client, "POST", path, &body.to_string())
    }

    #[track_caller]
    fn send(&self, client: &mut Client, method: &str, path: &str, body: &str) -> Value {
        let headers = [("authorization", self.authorization.as_str())];
        let answer = client.try_send(method, path, &headers, body).expect("an answer");
        assert!((200..300).contains(&answer.status), "{method} {path}: {answer:?}");
        answer.json()
    }
}

/// Hands an alert in by the plain JSON door.
#[track_caller]
pub fn fire(client: &mut Client, key: &str, body: &Value) -> Answer {
    let answer = client.post(&format!("/intake/{key}/json"), &[], &body.to_string());
    assert!((200..300).contains(&answer.status), "{answer:?}");
    answer
}

/// A value that is text.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
