//! A small service desk on a fresh store, and a browser without scripts.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use desk::{Ask, Desk, SystemClock, command_line};
use incident::command::Report;
use incident::{Command, TokenScope, Viewer};
use kernel::{Channel, IncidentNumber, PersonId, Role, ServiceId, TeamId, Timestamp, limits};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::directory::people::Person;
use store::directory::services::Service;
use store::directory::teams::Team;
use store::directory::{people, services, teams};
use store::files::Files;
use store::{Store, Target};
use tempfile::TempDir;
use tower::ServiceExt;

/// Answers larger than this are a mistake.
const ANSWER_BYTES: usize = 8 << 20;

/// People of the desk: agents Mara (Service Desk) and Ines (Network, manager),
/// Ada who administers, Otto who audits, requesters Gwen and Peter.
pub struct World {
    pub desk: Desk,
    pub router: Router,
    pub service_desk: TeamId,
    pub network: TeamId,
    pub printing: ServiceId,
    people: BTreeMap<&'static str, Person>,
    cookies: BTreeMap<&'static str, String>,
    _folder: TempDir,
}

/// An answer, read to its end.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// Where it sends the browser.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Fails with the page when these words are not on it.
    #[track_caller]
    pub fn shows(&self, words: &str) -> &Self {
        assert!(self.body.contains(words), "{words:?} is missing in:\n{}", self.body);
        self
    }

    /// Fails unless these words are on the page exactly once.
    #[track_caller]
    pub fn shows_once(&self, words: &str) -> &Self {
        assert_eq!(self.body.matches(words).count(), 1, "{words:?} in:\n{}", self.body);
        self
    }

    /// Fails when these words are on the page.
    #[track_caller]
    /// What a browser sends of the form with this action when nobody touches it.
    pub fn sends(&self, action: &str) -> Vec<(String, String)> {
        let (_, form) = self.body.split_once(&format!(" action=\"{action}\"")).expect("the form");
        let (form, _) = form.split_once("</form>").unwrap();
        let mut found: Vec<(String, String)> = Vec::new();
        let mut select = None;
        for piece in form.split('<').skip(1) {
            let (tag, text) = piece.split_once('>').unwrap();
            let name = attribute(tag, "name").unwrap_or_default();
            let value = attribute(tag, "value").unwrap_or_else(|| "1".to_owned());
            let checked = !tag.contains("type=\"checkbox\"") && !tag.contains("type=\"radio\"")
                || tag.ends_with(" checked");
            match tag.split(' ').next().unwrap() {
                "input" if checked && !name.is_empty() => found.push((name, value)),
                "textarea" => found.push((name, plain(text.trim_start_matches('\n')))),
                "select" => select = Some((name, None)),
                "option" => {
                    // Those of a datalist are only suggested.
                    let Some((_, chosen)) = select.as_mut() else { continue };
                    if chosen.is_none() || tag.ends_with(" selected") {
                        *chosen = Some(value);
                    }
                }
                "/select" => {
                    let (name, chosen) = select.take().unwrap();
                    found.push((name, chosen.unwrap_or_default()));
                }
                _ => {}
            }
        }
        found
    }

    pub fn hides(&self, words: &str) -> &Self {
        assert!(!self.body.contains(words), "{words:?} should not be in:\n{}", self.body);
        self
    }
}

impl World {
    pub async fn new() -> World {
        World::with(web::Options::default()).await
    }

    /// Nothing happens by itself: no timer comes between commands of the past.
    pub async fn idle() -> World {
        World::open(web::Options::default(), false).await
    }

    pub async fn with(options: web::Options) -> World {
        World::open(options, true).await
    }

    async fn open(options: web::Options, serve: bool) -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Target::Sqlite(folder.path().join("evenkeel.db"))).unwrap();
        let desk = Desk::open(
            store,
            desk::Options {
                clock: Arc::new(SystemClock),
                files: Files::local(folder.path().join("files")),
                serve,
            },
        )
        .unwrap();
        let router = web::router(desk.clone(), options);
        let mut world = World {
            desk,
            router,
            service_desk: TeamId(desk::fresh()),
            network: TeamId(desk::fresh()),
            printing: ServiceId(desk::fresh()),
            people: BTreeMap::new(),
            cookies: BTreeMap::new(),
            _folder: folder,
        };
        world.furnish().await;
        world
    }

    async fn furnish(&mut self) {
        let now = self.desk.now();
        let roles: [(&'static str, &str, &[Role]); 6] = [
            ("mara", "Mara Lindqvist", &[Role::Agent]),
            ("ines", "Ines Calderon", &[Role::Agent, Role::Manager]),
            ("ada", "Ada Brandt", &[Role::Administrator]),
            ("otto", "Otto Verhoeven", &[Role::Auditor]),
            ("gwen", "Gwen Tarrant", &[]),
            ("peter", "Peter Nowicki", &[]),
        ];
        for (key, name, roles) in roles {
            let email = format!("{key}@northwind.example");
            let mut person = Person::new(PersonId(desk::fresh()), name, Some(&email), now);
            person.roles = roles.iter().copied().collect();
            self.people.insert(key, person);
        }
        let all: Vec<Person> = self.people.values().cloned().collect();
        let (desk_team, network, printing) = (self.service_desk, self.network, self.printing);
        let (mara, ines) = (self.people["mara"].id, self.people["ines"].id);
        self.desk
            .change(command_line(), move |sql, _| {
                for person in &all {
                    people::insert(sql, person, None)?;
                }
                for (id, name, member) in
                    [(desk_team, "Service Desk", mara), (network, "Network", ines)]
                {
                    teams::insert(
                        sql,
                        &Team {
                            id,
                            name: name.into(),
                            description: String::new(),
                            active: true,
                            calendar: None,
                            assignment: Default::default(),
                            by_skill: false,
                            escalation: None,
                            version: 1,
                        },
                    )?;
                    teams::add_member(sql, id, member)?;
                }
                let service = Service {
                    team: Some(desk_team),
                    criticality: 2,
                    ..Service::named(printing, "Label Printing")
                };
                services::insert(sql, &service)?;
                Ok(())
            })
            .await
            .unwrap();
        for (key, person) in self.people.clone() {
            let secret = self.desk.open_session(person.id, "test").await.unwrap();
            self.cookies.insert(key, format!("evenkeel_session={secret}"));
        }
    }

    pub fn person(&self, key: &str) -> &Person {
        &self.people[key]
    }

    pub fn viewer(&self, key: &str) -> Viewer {
        self.desk.viewer(&self.people[key], TokenScope::Admin)
    }

    /// The cookie of somebody's session.
    pub fn cookie(&self, key: &str) -> &str {
        &self.cookies[key]
    }

    /// Reports an incident of Gwen's to the service desk.
    pub async fn report(&self, title: &str) -> IncidentNumber {
        self.report_as("mara", "gwen", title, Some(self.service_desk)).await
    }

    pub async fn report_as(
        &self,
        actor: &str,
        requester: &str,
        title: &str,
        team: Option<TeamId>,
    ) -> IncidentNumber {
        let ask = self.desk.ask(&self.viewer(actor), Channel::Web);
        self.report_by(ask, requester, title, team).await
    }

    /// Reports an incident of Gwen's as if it were another instant.
    pub async fn report_at(&self, at: Timestamp, title: &str) -> IncidentNumber {
        let ask = self.desk.ask(&self.viewer("mara"), Channel::Web).at(at);
        self.report_by(ask, "gwen", title, Some(self.service_desk)).await
    }

    async fn report_by(
        &self,
        mut ask: Ask<'_>,
        requester: &str,
        title: &str,
        team: Option<TeamId>,
    ) -> IncidentNumber {
        let title = ask.title(title).unwrap();
        let description =
            Some(ask.words("description", "It began this morning.", limits::BODY_CHARS).unwrap());
        let report = Report {
            title,
            description,
            requester: self.person(requester).id,
            service: None,
            category: None,
            impact: None,
            urgency: None,
            affected: None,
            team,
            assignee: None,
            detected_at: None,
            fields: Default::default(),
            tags: Default::default(),
            follow_up_of: None,
            parent: None,
            confidential_to: None,
            model: None,
            alerts: None,
        };
        ask.issue(Command::Report(Box::new(report))).await.unwrap().number
    }

    /// Issues a command without words.
    pub async fn command(&self, actor: &str, number: IncidentNumber, command: Command) {
        self.desk.ask(&self.viewer(actor), Channel::Web).on(number).issue(command).await.unwrap();
    }

    /// Comments on an incident.
    pub async fn comment(
        &self,
        actor: &str,
        number: IncidentNumber,
        words: &str,
        visibility: incident::Visibility,
    ) {
        let mut ask = self.desk.ask(&self.viewer(actor), Channel::Web).on(number);
        let body = ask.words("body", words, limits::BODY_CHARS).unwrap();
        ask.issue(Command::Comment { body, visibility }).await.unwrap();
    }

    pub async fn get(&self, who: &str, path: &str) -> Page {
        self.send(who, Request::get(path), Body::empty()).await
    }

    /// A request of a script.
    pub async fn get_live(&self, who: &str, path: &str) -> Page {
        self.send(who, Request::get(path).header("x-live", "1"), Body::empty()).await
    }

    /// Sends the form of a page as it is, without the field `left_out`.
    pub async fn send_form(&self, who: &str, path: &str, left_out: &str) -> Page {
        let fields = self.get(who, path).await.sends(path);
        let kept = fields.iter().filter(|(name, _)| name != left_out);
        let fields: Vec<(&str, &str)> =
            kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(who, path, &fields).await
    }

    pub async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(who, form(path), Body::from(encoded(fields))).await
    }

    /// A form sent by a script.
    pub async fn post_live(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(who, form(path).header("x-live", "1"), Body::from(encoded(fields))).await
    }

    /// Sends a request as somebody; nobody is signed in as "".
    pub async fn send(&self, who: &str, request: axum::http::request::Builder, body: Body) -> Page {
        read(self.raw(who, request, body).await).await
    }

    /// The same, with the answer's body unread.
    pub async fn raw(
        &self,
        who: &str,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Response<Body> {
        let request = match self.cookies.contains_key(who) {
            true => request.header(header::COOKIE, self.cookie(who)),
            false => request,
        };
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }
}

async fn read(response: Response<Body>) -> Page {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_BYTES).await.unwrap();
    Page {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// A form of a page without scripts.
pub fn form(path: &str) -> axum::http::request::Builder {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
}

fn encoded(fields: &[(&str, &str)]) -> String {
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// A value as part of an address.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(plain(rest.split('"').next()?))
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}

pub fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
