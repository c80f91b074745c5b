//! An instance with a requester and an agent, and the API as a program uses it.

use super::host::DOMAIN;
use crate::harness::{ADMIN, Home, Server};
use crate::http::Client;
use serde_json::{Value, json};

/// Reports.
pub const GWEN: &str = "gwen@company.example";
/// Reports, too.
pub const PETER: &str = "peter@company.example";

/// A folder with its people, who have mailboxes at the mail host.
pub struct Company {
    pub home: Home,
    authorization: String,
}

impl Company {
    pub fn new() -> Company {
        let home = Home::with_admin();
        for (email, name) in [(GWEN, "Gwen Tarrant"), (PETER, "Peter Nowicki")] {
            home.run(&["user", "add", "--email", email, "--name", name]).done();
        }
        let authorization = format!("Bearer {}", home.token("admin"));
        Company { home, authorization }
    }

    /// Serves, with letters through the server of this address.
    pub fn serve(&self, smtp_url: &str, more: &[&str]) -> Server {
        self.home.serve_with(&[&self.mail(smtp_url)[..], more].concat())
    }

    /// The settings of mail.
    pub fn mail<'a>(&self, smtp_url: &'a str) -> Vec<&'a str> {
        const FROM: &str = "Service Desk <help@company.example>";
        const URL: &str = "https://desk.company.example";
        vec!["--smtp-url", smtp_url, "--mail-from", FROM, "--public-url", URL]
    }

    /// Somebody reports something through the API; its number.
    #[track_caller]
    pub fn report(&self, client: &mut Client, requester: &str, title: &str) -> String {
        let body = json!({ "title": title, "requester": requester });
        let incident = self.post(client, "/api/v1/incidents", &body);
        incident["number"].as_str().expect("a number").to_owned()
    }

    /// An agent says something to the requester.
    #[track_caller]
    pub fn say(&self, client: &mut Client, number: &str, words: &str) {
        self.does(client, number, "comment", &json!({ "body": words, "visibility": "public" }));
    }

    /// Makes a mailbox to which people write.
    #[track_caller]
    pub fn add_mailbox(&self, client: &mut Client, address: &str, imap: Value) {
        let body =
            json!({ "name": address, "kind": "email", "addresses": [address], "imap": imap });
        self.post(client, "/api/v1/integrations", &body);
    }

    /// Every incident, the oldest first.
    pub fn incidents(&self, client: &mut Client) -> Vec<Value> {
        let page = self.get(client, "/api/v1/incidents?limit=200");
        let mut all = page["items"].as_array().expect("a list").clone();
        all.sort_by_key(|incident| {
            let number = incident["number"].as_str().expect("a number");
            number.trim_start_matches("INC-").parse::<u32>().expect("a number")
        });
        all
    }

    /// An agent does something to an incident.
    #[track_caller]
    pub fn does(&self, client: &mut Client, number: &str, command: &str, body: &Value) -> Value {
        self.post(client, &format!("/api/v1/incidents/{number}/{command}"), body)
    }

    /// The incident as it is.
    #[track_caller]
    pub fn incident(&self, client: &mut Client, number: &str) -> Value {
        self.get(client, &format!("/api/v1/incidents/{number}"))
    }

    /// How many entries of a kind its timeline has.
    #[track_caller]
    pub fn entries(&self, client: &mut Client, number: &str, kind: &str) -> usize {
        let timeline = self.get(client, &format!("/api/v1/incidents/{number}/timeline?limit=200"));
        let entries = timeline["items"].as_array().expect("a list");
        entries.iter().filter(|entry| entry["kind"] == kind).count()
    }

    #[track_caller]
    pub fn post(&self, client: &mut Client, path: &str, body: &Value) -> Value {
        let answer = client.post(path, &self.headers(), &body.to_string());
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
        answer.json()
    }

    /// What became of the letters, the newest first.
    pub fn deliveries(&self, client: &mut Client) -> Vec<Value> {
        let page = self.get(client, "/api/v1/deliveries?limit=200");
        assert_eq!(page["next"], Value::Null, "more than a page");
        page["items"].as_array().expect("a list").clone()
    }

    #[track_caller]
    pub fn get(&self, client: &mut Client, path: &str) -> Value {
        let answer = client.get(path, &self.headers());
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    fn headers(&self) -> [(&str, &str); 1] {
        [("authorization", &self.authorization)]
    }
}

/// The part of an address before the sign, for addresses of the company.
pub fn mailbox(address: &str) -> &str {
    let (mailbox, domain) = address.split_once('@').expect("an address");
    assert_eq!(domain, DOMAIN);
    assert!(ADMIN.ends_with(DOMAIN));
    mailbox
}
