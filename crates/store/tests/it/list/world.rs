//! A small invented company and incidents of its people.

use incident::clocks::{Clock, ClockKind, ClockStatus};
use incident::event::{Commented, Derived, Reported};
use incident::policy::{Agreement, Agreements, Policy, ServicePolicy};
use incident::state::{AgreementRef, Lifecycle, Moments};
use incident::{Body, Cause, Event, Scope, State, Visibility};
use kernel::{
    Actor, AgreementId, CategoryId, Channel, ContentId, IncidentNumber, Level, Matrix,
    OrganisationId, PersonId, Priority, ServiceId, TeamId, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::directory::{
    Category, Organisation, Person, Service, Team, categories, organisations, people, services,
    teams,
};
use store::incidents::list::{Look, Ranking};
use store::incidents::{NewContent, Recorded, lock_head, record};
use store::{Failure, Sql};
use uuid::Uuid;

pub const NOW: Timestamp = Timestamp::from_micros(1_795_435_200_000_000);

pub const PEOPLE: [(&str, Option<&str>); 4] = [
    ("Mara Lindqvist", Some("mara@northwind.example")),
    ("Gwen Tarrant", None),
    ("Jonas Weber", Some("jonas@northwind.example")),
    ("Ines Duarte", Some("ines@halden.example")),
];

/// One of the people is a VIP.
pub fn is_vip(who: PersonId) -> bool {
    who == person(1)
}
pub const TEAMS: [&str; 3] = ["Network", "Field service", "Security"];
pub const SERVICES: [&str; 2] = ["Wireless", "Label Printing"];
pub const CATEGORIES: [&str; 2] = ["Hardware", "Access"];
pub const ORGANISATIONS: [&str; 2] = ["Halden Retail", "Northwind"];

pub fn id(kind: u128, number: usize) -> Uuid {
    Uuid::from_u128(kind << 64 | (number as u128 + 1))
}

pub fn person(number: usize) -> PersonId {
    PersonId(id(1, number))
}

pub fn team(number: usize) -> TeamId {
    TeamId(id(2, number))
}

pub fn service(number: usize) -> ServiceId {
    ServiceId(id(3, number))
}

pub fn category(number: usize) -> CategoryId {
    CategoryId(id(4, number))
}

pub fn organisation(number: usize) -> OrganisationId {
    OrganisationId(id(5, number))
}

/// Stores everything the incidents refer to.
pub fn settle(sql: &mut dyn Sql) -> Result<(), Failure> {
    for (number, name) in ORGANISATIONS.iter().enumerate() {
        let id = organisation(number);
        let name = (*name).to_owned();
        organisations::insert(sql, &Organisation { id, name, email_domains: vec![], version: 1 })?;
    }
    for (number, (name, email)) in PEOPLE.into_iter().enumerate() {
        let vip = is_vip(person(number));
        let person = Person { vip, ..Person::new(person(number), name, email, NOW) };
        people::insert(sql, &person, None)?;
    }
    for (number, name) in TEAMS.iter().enumerate() {
        let (id, name, description) = (team(number), (*name).to_owned(), String::new());
        teams::insert(
            sql,
            &Team {
                id,
                name,
                description,
                active: true,
                calendar: None,
                assignment: Default::default(),
                by_skill: false,
                escalation: None,
                version: 1,
            },
        )?;
    }
    for (number, name) in SERVICES.iter().enumerate() {
        let service = Service { criticality: 2, ..Service::named(service(number), *name) };
        services::insert(sql, &service)?;
    }
    for (number, name) in CATEGORIES.iter().enumerate() {
        let (id, name) = (category(number), (*name).to_owned());
        categories::insert(sql, &Category { id, name, parent: None, active: true, version: 1 })?;
    }
    Ok(())
}

/// An incident to be: its state and what was said, publicly or not.
#[derive(Debug, Clone)]
pub struct Incident {
    pub number: IncidentNumber,
    pub state: State,
    pub title: String,
    pub said: Vec<(String, Visibility)>,
}

impl Incident {
    /// A new incident of Gwen's that nobody has touched.
    pub fn new(number: i64, title: &str) -> Self {
        let state = State {
            version: 1,
            title: content(number, 0),
            description: None,
            lifecycle: Lifecycle::New,
            hold: None,
            impact: Level::LOW,
            urgency: Level::MEDIUM,
            priority: Priority::ALL[3],
            priority_override: None,
            affected: None,
            service: None,
            category: None,
            fields: BTreeMap::new(),
            tags: BTreeSet::new(),
            team: None,
            assignee: None,
            requester: person(1),
            organisation: None,
            channel: Channel::Portal,
            major: false,
            roles: BTreeMap::new(),
            reported_at: NOW.plus_seconds(number - 10_000),
            updated_at: NOW.plus_seconds(number - 10_000),
            moments: Moments::default(),
            resolution: None,
            close_at: None,
            before_reopening: None,
            reminder: None,
            rating: None,
            reopenings: 0,
            confidential_to: None,
            merged_into: None,
            parts: BTreeSet::new(),
            parent: None,
            follows_parent: false,
            children: BTreeSet::new(),
            links: BTreeSet::new(),
            models: vec![],
            tasks: vec![],
            work_seconds: BTreeMap::new(),
            watchers: BTreeSet::new(),
            attachments: vec![],
            expected: None,
            next_update: None,
            promises: vec![],
            nearing: None,
            deviated_at: None,
            explanations: BTreeMap::new(),
            unanswered_since: None,
            alerts: None,
            agreement: AgreementRef { id: AgreementId(id(6, 0)), version: 1 },
            clocks: vec![],
            quiet: false,
            since: Default::default(),
            rule_runs: Default::default(),
            waited: Default::default(),
            waited_ahead: Default::default(),
            paging: None,
            conduct: None,
            outages: vec![],
        };
        Incident { number: IncidentNumber(number), state, title: title.to_owned(), said: vec![] }
    }

    /// With changes to its state.
    pub fn with(mut self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.state);
        self
    }

    /// With words said on it.
    pub fn saying(mut self, words: &str, visibility: Visibility) -> Self {
        self.said.push((words.to_owned(), visibility));
        self.state.version += 1;
        self
    }

    /// The earliest due instant of a running clock that is not breached.
    pub fn due(&self) -> Option<Timestamp> {
        let unbreached = self.state.clocks.iter().filter(|clock| clock.breached_at.is_none());
        unbreached.filter_map(|clock| clock.due_at).min()
    }

    pub fn breached(&self) -> bool {
        self.state.clocks.iter().any(|clock| clock.breached_at.is_some())
    }

    /// Its report, as it is recorded.
    pub fn recorded(&self) -> Recorded {
        let mut contents = vec![new_content(self.number.0, 0, &self.title)];
        let mut events = vec![event(1, Channel::Portal, reported(&self.state).into())];
        for (at, (words, visibility)) in self.said.iter().enumerate() {
            contents.push(new_content(self.number.0, at + 1, words));
            let body = content(self.number.0, at + 1);
            let said = Commented {
                body,
                visibility: *visibility,
                by_requester: false,
                by_follower: false,
            };
            events.push(event(at as u32 + 2, Channel::Web, said.into()));
        }
        Recorded {
            number: self.number,
            before: None,
            after: self.state.clone(),
            events,
            contents,
            files: vec![],
            effects: vec![],
            pages: vec![],
            wake_at: None,
        }
    }
}

/// Records that an incident came from one state to that of another, with a word and a timer.
pub fn store_change(
    sql: &mut dyn Sql,
    before: Option<&State>,
    after: &Incident,
    wake_at: Option<Timestamp>,
) -> Result<(), Failure> {
    let mut head = lock_head(sql)?;
    let n = before.map_or(0, |before| before.version) + 1;
    let body = content(after.number.0, n as usize);
    let said = Commented {
        body,
        visibility: Visibility::Internal,
        by_requester: false,
        by_follower: false,
    };
    let contents = vec![new_content(after.number.0, n as usize, "said")];
    let part = Recorded {
        before: before.cloned(),
        events: vec![event(n, Channel::Web, said.into())],
        contents,
        wake_at,
        ..after.recorded()
    };
    record(sql, &mut head, &[part]).map(drop)
}

/// Records that words of an incident were erased.
pub fn store_erasure(sql: &mut dyn Sql, of: &Incident, words: ContentId) -> Result<(), Failure> {
    let mut head = lock_head(sql)?;
    let after = of.clone().with(|state| state.version += 1);
    let redacted = incident::event::Redacted { content: words };
    let part = Recorded {
        before: Some(of.state.clone()),
        events: vec![event(after.state.version, Channel::Web, redacted.into())],
        contents: vec![],
        ..after.recorded()
    };
    record(sql, &mut head, &[part]).map(drop)
}

/// Records incidents as the desk does.
pub fn store_all(sql: &mut dyn Sql, incidents: &[Incident]) -> Result<(), Failure> {
    let mut head = lock_head(sql)?;
    let parts: Vec<Recorded> = incidents.iter().map(Incident::recorded).collect();
    record(sql, &mut head, &parts).map(drop)
}

/// A clock that is due then.
pub fn due_at(kind: ClockKind, at: Timestamp, breached: bool) -> Clock {
    Clock {
        kind,
        status: ClockStatus::Running,
        target_seconds: 3_600,
        used_micros: 0,
        since: Some(at.plus_seconds(-3_600)),
        due_at: Some(at),
        stopped_at: None,
        breached_at: breached.then_some(at),
        first_breached_at: None,
        warned_share: 0,
        calendar: None,
        team: None,
        left: false,
    }
}

/// The policy that the incidents are ranked under.
pub fn policy() -> Arc<Policy> {
    let of = |number: usize| ServicePolicy {
        name: SERVICES[number].to_owned(),
        team: None,
        criticality: 2,
    };
    Arc::new(Policy {
        version: 1,
        matrix: Matrix::default(),
        matrix_version: 0,
        agreements: Agreements::only(Agreement::standard(AgreementId(id(6, 0)))),
        calendars: Default::default(),
        services: (0..SERVICES.len()).map(|number| (service(number), of(number))).collect(),
        teams: HashMap::new(),
        categories: HashMap::new(),
        staff: HashMap::new(),
        organisations: HashMap::new(),
        rules: [].into(),
        models: [].into(),
        paging: std::sync::Arc::default(),
        asking: Default::default(),
        closure: Default::default(),
        notices: Default::default(),
        time_zone: "UTC".to_owned(),
        language: Default::default(),
        resolution_codes: vec![],
    })
}

/// Ranks by that policy; nothing is known yet.
pub fn ranking() -> Ranking {
    Ranking::new(policy())
}

/// Sees everything that is not confidential, as Mara of the team Network.
pub fn staff() -> Scope {
    Scope { open_to_staff: true, teams: BTreeSet::from([team(0)]), ..requester(0) }
}

/// Sees what a requester sees.
pub fn requester(number: usize) -> Scope {
    Scope {
        everything: false,
        open_to_staff: false,
        teams: BTreeSet::new(),
        person: person(number),
        organisation: None,
        nothing: false,
    }
}

pub fn look(scope: Scope) -> Look {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let my_teams = scope.teams.iter().copied().collect();
    let context = query::Context { me: Some(scope.person), my_teams, now: NOW, zone };
    Look { scope, context }
}

pub fn content(incident: i64, place: usize) -> ContentId {
    ContentId(id(7, incident as usize * 100 + place))
}

fn new_content(incident: i64, place: usize, body: &str) -> NewContent {
    NewContent { id: content(incident, place), salt: [7; 16], body: body.to_owned() }
}

fn event(n: u32, channel: Channel, body: Body) -> Event {
    let cause = Derived { by: "policy".to_owned(), name: "test".to_owned(), version: 0 };
    let at = NOW.plus_seconds(i64::from(n) - 10_000);
    let (actor, cause) = (Actor::person(person(0), "Mara"), Cause::Derived(cause));
    Event { n, at, happened_at: at, actor, channel, cause, batch: None, body }
}

fn reported(state: &State) -> Reported {
    Reported {
        title: state.title,
        description: None,
        requester: state.requester,
        organisation: state.organisation,
        service: state.service,
        category: state.category,
        impact: state.impact,
        urgency: state.urgency,
        priority: state.priority,
        affected: None,
        team: state.team,
        detected_at: None,
        fields: state.fields.clone(),
        tags: state.tags.clone(),
        follow_up_of: None,
        parent: state.parent,
        confidential_to: state.confidential_to,
        agreement: state.agreement,
        quiet: false,
    }
}
