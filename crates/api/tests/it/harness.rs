//! A desk with people, teams and services, and a client that speaks to its router.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use desk::{Desk, SetClock};
use incident::TokenScope;
use kernel::{
    Actor, CategoryId, OrganisationId, PersonId, Role, ServiceId, TeamId, Timestamp, TokenId,
};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::directory::{Organisation, Person, Service, Team, Token};
use store::directory::{categories, organisations, people, services, teams, tokens};
use store::files::Files;
use store::{Store, Target};
use tower::ServiceExt;

/// The instant at which everything begins: Monday 23 November 2026, 08:00 UTC.
pub const START: &str = "2026-11-23T08:00:00Z";

/// Who there is: a short name, the address, roles, company, teams.
const PEOPLE: &[(&str, &[Role], bool, &[&str])] = &[
    ("ada", &[Role::Administrator], false, &[]),
    ("ines", &[Role::Agent], false, &["Network"]),
    ("yuki", &[Role::Agent], false, &["Field service"]),
    ("mara", &[Role::Manager, Role::Agent], false, &["Network"]),
    ("otto", &[Role::Auditor], false, &[]),
    ("rosa", &[], false, &[]),
    ("ben", &[], false, &[]),
    ("carl", &[], true, &[]),
];

/// Everything a test needs.
pub struct World {
    pub desk: Desk,
    pub clock: Arc<SetClock>,
    router: Router,
    tokens: HashMap<String, String>,
    _folder: tempfile::TempDir,
}

impl World {
    /// A fresh one. Everybody of `PEOPLE` has a token that is not narrowed.
    pub async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Target::Sqlite(folder.path().join("evenkeel.db"))).unwrap();
        let clock = Arc::new(SetClock::at(START.parse().unwrap()));
        let files = Files::local(folder.path().join("files"));
        let options = desk::Options { clock: clock.clone(), files, serve: true };
        let desk = Desk::open(store, options).unwrap();
        let tokens = furnish(&desk).await;
        let public_url = Some("https://desk.northwind.example".to_owned());
        let router = api::router(desk.clone(), api::Options { public_url, encrypted: false });
        World { desk, clock, router, tokens, _folder: folder }
    }

    /// A client of somebody.
    pub fn of(&self, name: &str) -> Client {
        Client { router: self.router.clone(), token: Some(self.tokens[name].clone()) }
    }

    /// A client without a token.
    pub fn nobody(&self) -> Client {
        Client { router: self.router.clone(), token: None }
    }

    /// A client with another token of somebody.
    pub async fn narrowed(&self, name: &str, scope: TokenScope) -> Client {
        let email = address(name);
        let person = self.desk.read(move |sql| people::by_email(sql, &email)).await.unwrap();
        let secret = token(&self.desk, person.unwrap().id, scope, None).await;
        Client { router: self.router.clone(), token: Some(secret) }
    }

    /// A client with this token, valid or not.
    pub fn with_token(&self, token: &str) -> Client {
        Client { router: self.router.clone(), token: Some(token.to_owned()) }
    }

    /// The id of somebody.
    pub async fn id(&self, name: &str) -> PersonId {
        let email = address(name);
        self.desk.read(move |sql| people::by_email(sql, &email)).await.unwrap().unwrap().id
    }

    /// Reports in somebody's name and gives the number.
    pub async fn report(&self, who: &str, title: &str) -> String {
        let answer = self.of(who).post("/api/v1/incidents", json!({ "title": title })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json["number"].as_str().unwrap().to_owned()
    }
}

/// The address of somebody.
pub fn address(name: &str) -> String {
    format!("{name}@northwind.example")
}

/// Makes a token and gives its secret.
pub async fn token(
    desk: &Desk,
    person: PersonId,
    scope: TokenScope,
    expires_at: Option<Timestamp>,
) -> String {
    let secret = desk::token_secret();
    let hash = desk::secret_hash(&secret);
    let token = Token {
        id: TokenId(desk::fresh()),
        person,
        name: "test".to_owned(),
        scope,
        created_at: desk.now(),
        expires_at,
        used_at: None,
    };
    desk.change(Actor::system(), move |sql, _| Ok(tokens::insert(sql, &token, &hash)?))
        .await
        .unwrap();
    secret
}

async fn furnish(desk: &Desk) -> HashMap<String, String> {
    let now = desk.now();
    let ids = desk
        .change(Actor::system(), move |sql, _| {
            let company = OrganisationId(desk::fresh());
            organisations::insert(
                sql,
                &Organisation {
                    id: company,
                    name: "Harbour Foods".to_owned(),
                    email_domains: vec!["harbour.example".to_owned()],
                    version: 1,
                },
            )?;
            let mut named = HashMap::new();
            for name in ["Network", "Field service", "Security"] {
                let team = Team {
                    id: TeamId(desk::fresh()),
                    name: name.to_owned(),
                    description: String::new(),
                    active: true,
                    calendar: None,
                    assignment: Default::default(),
                    by_skill: false,
                    escalation: None,
                    version: 1,
                };
                teams::insert(sql, &team)?;
                named.insert(name, team.id);
            }
            let mut ids = HashMap::new();
            for (name, roles, sees, member_of) in PEOPLE {
                let id = PersonId(desk::fresh());
                let person = Person {
                    roles: roles.iter().copied().collect(),
                    organisation: matches!(*name, "ben" | "carl").then_some(company),
                    sees_organisation: *sees,
                    ..Person::new(id, capital(name), Some(&address(name)), now)
                };
                people::insert(sql, &person, None)?;
                let teams: BTreeSet<TeamId> = member_of.iter().map(|team| named[team]).collect();
                teams::set_teams(sql, id, &teams)?;
                ids.insert((*name).to_owned(), id);
            }
            for (name, team, criticality) in [
                ("Label Printing", Some("Field service"), 2),
                ("VPN", Some("Network"), 1),
                ("Mail", None, 4),
            ] {
                services::insert(
                    sql,
                    &Service {
                        team: team.map(|team| named[team]),
                        criticality,
                        ..Service::named(ServiceId(desk::fresh()), name)
                    },
                )?;
            }
            let network = CategoryId(desk::fresh());
            for (id, name, parent) in [
                (network, "Network", None),
                (CategoryId(desk::fresh()), "Wireless", Some(network)),
                (CategoryId(desk::fresh()), "Hardware", None),
            ] {
                categories::insert(
                    sql,
                    &store::directory::Category {
                        id,
                        name: name.to_owned(),
                        parent,
                        active: true,
                        version: 1,
                    },
                )?;
            }
            Ok(ids)
        })
        .await
        .unwrap();
    let mut secrets = HashMap::new();
    for (name, id) in ids {
        secrets.insert(name, token(desk, id, TokenScope::Admin, None).await);
    }
    secrets
}

fn capital(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

/// Somebody's client.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub token: Option<String>,
}

/// An answer that was read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// Null when it is no JSON.
    pub json: Value,
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Asserts a problem of this status and gives it.
    #[track_caller]
    pub fn problem(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        for key in ["type", "title", "status", "detail", "errors"] {
            assert!(!self.json[key].is_null(), "{key} is missing: {}", self.text);
        }
        assert_eq!(self.json["status"], status);
        &self.json
    }

    /// Asserts a problem with this field and gives its message.
    #[track_caller]
    pub fn field(&self, status: u16, field: &str) -> String {
        let problem = self.problem(status);
        assert_eq!(problem["errors"][0]["field"], field, "{}", self.text);
        problem["errors"][0]["message"].as_str().unwrap().to_owned()
    }

    /// Asserts success and gives the JSON.
    #[track_caller]
    pub fn good(&self) -> &Value {
        assert!(matches!(self.status, 200 | 201), "{} {}", self.status, self.text);
        &self.json
    }
}

impl Client {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path, &[]), Body::empty()).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::GET, path, headers), Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    pub async fn post_with(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        self.json(Method::POST, path, body, headers).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PATCH, path, body, &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, body, &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path, &[]), Body::empty()).await
    }

    pub async fn json(
        &self,
        method: Method,
        path: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let request =
            self.request(method, path, headers).header("content-type", "application/json");
        self.send(request, Body::from(body.to_string())).await
    }

    /// A request with the token, to be completed.
    pub fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let response = self.open(request, body).await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, text, json }
    }

    /// The answer while it still comes.
    pub async fn open(&self, request: axum::http::request::Builder, body: Body) -> Response {
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    /// An answer read as bytes.
    pub async fn bytes(&self, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let (parts, body) =
            self.open(self.request(Method::GET, path, &[]), Body::empty()).await.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, bytes.to_vec())
    }
}
