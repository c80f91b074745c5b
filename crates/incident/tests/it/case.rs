//! A small desk without a database: it runs commands against a fresh policy,
//! tells the other incidents what concerns them, and checks after every step
//! that the invariants hold.

use crate::invariants;
use incident::command::Report;
use incident::escalation::{Paging, Turns};
use incident::event::{Cause, Derived};
use incident::models::{Gives, Model};
use incident::policy::{
    Agreement, Agreements, CategoryPolicy, PersonFacts, ServicePolicy, StaffPolicy, TeamPolicy,
};
use incident::reach::Reach;
use incident::{
    Body, Command, CommandName, Event, Facts, Follow, Lifecycle, Origin, Policy, Refusal, State,
    TokenScope, Viewer, decide,
};
use kernel::{
    Actor, ActorKind, AgreementId, CategoryId, Channel, ContentId, IncidentNumber, Level, Matrix,
    ModelId, OrganisationId, PersonId, Role, ServiceId, TaskId, TeamId, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Somebody of the small world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Reports; no role.
    Requester,
    /// No role, nothing to do with it.
    Stranger,
    /// No role, may see the incidents of the requester's company.
    Colleague,
    /// Agent in the team Network.
    Agent,
    /// Agent in the team Desktop.
    Desktop,
    /// Responder in the team Network.
    Responder,
    /// Manager in no team.
    Manager,
    /// Administrator in no team.
    Administrator,
    /// Auditor in no team.
    Auditor,
    /// Both agent and auditor, in the team Desktop.
    AgentAndAuditor,
    /// A program with rights of its own.
    Integration,
    /// The product itself.
    System,
}

impl Who {
    pub const ALL: [Who; 12] = [
        Who::Requester,
        Who::Stranger,
        Who::Colleague,
        Who::Agent,
        Who::Desktop,
        Who::Responder,
        Who::Manager,
        Who::Administrator,
        Who::Auditor,
        Who::AgentAndAuditor,
        Who::Integration,
        Who::System,
    ];

    pub fn id(self) -> PersonId {
        PersonId(Uuid::from_u128(0x100 + self as u128))
    }

    pub fn roles(self) -> BTreeSet<Role> {
        match self {
            Who::Agent | Who::Desktop => [Role::Agent].into(),
            Who::Responder => [Role::Responder].into(),
            Who::Manager => [Role::Manager].into(),
            Who::Administrator => [Role::Administrator].into(),
            Who::Auditor => [Role::Auditor].into(),
            Who::AgentAndAuditor => [Role::Agent, Role::Auditor].into(),
            _ => BTreeSet::new(),
        }
    }

    pub fn teams(self) -> BTreeSet<TeamId> {
        match self {
            Who::Agent | Who::Responder => [network()].into(),
            Who::Desktop | Who::AgentAndAuditor => [desktop()].into(),
            _ => BTreeSet::new(),
        }
    }

    pub fn viewer(self) -> Option<Viewer> {
        if matches!(self, Who::System | Who::Integration) {
            return None;
        }
        Some(Viewer {
            person: self.id(),
            name: format!("{self:?}"),
            roles: self.roles(),
            teams: self.teams(),
            organisation: (self == Who::Colleague).then(company),
            scope: TokenScope::Admin,
        })
    }

    pub fn actor(self) -> Actor {
        match self {
            Who::System => Actor::system(),
            Who::Integration => Actor {
                kind: ActorKind::Integration,
                id: "probe".to_owned(),
                name: "Probe".to_owned(),
            },
            _ => Actor::person(self.id(), format!("{self:?}")),
        }
    }
}

pub fn network() -> TeamId {
    TeamId(Uuid::from_u128(0x201))
}

pub fn desktop() -> TeamId {
    TeamId(Uuid::from_u128(0x202))
}

pub fn company() -> OrganisationId {
    OrganisationId(Uuid::from_u128(0x301))
}

/// Criticality 2, owned by Network.
pub fn vpn() -> ServiceId {
    ServiceId(Uuid::from_u128(0x401))
}

/// Criticality 4, owned by nobody.
pub fn wiki() -> ServiceId {
    ServiceId(Uuid::from_u128(0x402))
}

pub fn category() -> CategoryId {
    CategoryId(Uuid::from_u128(0x501))
}

pub fn tunnel() -> ModelId {
    ModelId(Uuid::from_u128(0xb01))
}

/// The one model, for agents only: it gives everything that a model can give.
pub fn tunnel_down() -> Model {
    Model {
        id: tunnel(),
        name: "Tunnel down".to_owned(),
        about: "Nobody at a site gets in.".to_owned(),
        place: 1,
        active: true,
        portal: false,
        gives: Gives {
            title: "No connection from a site".to_owned(),
            description: "Which site, since when?".to_owned(),
            service: Some(vpn()),
            category: Some(category()),
            impact: Some(level(1)),
            urgency: Some(level(1)),
            team: Some(desktop()),
            tags: ["tunnel".to_owned()].into(),
            fields: [("site".to_owned(), "Main".to_owned())].into(),
            tasks: vec!["Look at the gateway".to_owned(), "Ring the site".to_owned()],
            runbook: "Restart the gateway.".to_owned(),
        },
        version: 1,
    }
}

pub fn words(n: u128) -> ContentId {
    ContentId(Uuid::from_u128(0x6000 + n))
}

pub fn task(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(0x7000 + n))
}

pub fn inc(n: i64) -> IncidentNumber {
    IncidentNumber(n)
}

pub fn level(n: i64) -> Level {
    Level::new(n).unwrap()
}

/// The agreement of every case that says nothing else.
pub fn standard() -> Agreement {
    Agreement::standard(AgreementId(Uuid::from_u128(0x801)))
}

/// Business time round the clock.
pub fn always() -> std::sync::Arc<calendar::Calendar> {
    calendar::Calendar::round_the_clock()
}

/// Noon of a Monday, the start of every case.
pub fn start() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A report by the requester with nothing but a title.
pub fn plain_report() -> Report {
    Report {
        title: words(0),
        description: None,
        requester: Who::Requester.id(),
        service: None,
        category: None,
        impact: None,
        urgency: None,
        affected: None,
        team: None,
        assignee: None,
        detected_at: None,
        fields: BTreeMap::new(),
        tags: BTreeSet::new(),
        follow_up_of: None,
        parent: None,
        confidential_to: None,
        model: None,
        alerts: None,
    }
}

pub fn policy() -> Policy {
    let staff = Who::ALL.into_iter().filter(|who| !who.roles().is_empty()).map(|who| {
        let (skills, away) = (Default::default(), None);
        let name = format!("{who:?}");
        (who.id(), StaffPolicy { name, roles: who.roles(), active: true, skills, away })
    });
    let team = |id: TeamId, name: &str| {
        let members = Who::ALL.into_iter().filter(|who| who.teams().contains(&id));
        (
            id,
            TeamPolicy {
                name: name.to_owned(),
                members: members.map(Who::id).collect(),
                calendar: None,
                assignment: Default::default(),
                by_skill: false,
            },
        )
    };
    let service =
        |name: &str, team, criticality| ServicePolicy { name: name.to_owned(), team, criticality };
    Policy {
        version: 1,
        matrix: Matrix::default(),
        matrix_version: 1,
        agreements: Agreements::only(standard()),
        calendars: Default::default(),
        services: HashMap::from([
            (vpn(), service("VPN", Some(network()), 2)),
            (wiki(), service("Wiki", None, 4)),
        ]),
        teams: HashMap::from([team(network(), "Network"), team(desktop(), "Desktop")]),
        categories: HashMap::from([(
            category(),
            CategoryPolicy { path: "Network › Remote access".to_owned(), parent: None },
        )]),
        staff: staff.collect(),
        resolution_codes: Policy::standard_codes(),
        organisations: HashMap::new(),
        rules: [].into(),
        models: [tunnel_down()].into(),
        paging: std::sync::Arc::new(Paging { reach: reach(), ..Paging::default() }),
        asking: Default::default(),
        closure: Default::default(),
        notices: Default::default(),
        time_zone: "UTC".to_owned(),
        language: Default::default(),
    }
}

/// Everybody with a role has the address of their account.
pub fn reach() -> HashMap<PersonId, Reach> {
    let staff = Who::ALL.into_iter().filter(|who| !who.roles().is_empty());
    let email = |who: Who| Some(format!("{who:?}@company.example"));
    staff.map(|who| (who.id(), Reach { email: email(who), ..Reach::default() })).collect()
}

/// One incident of the case.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub state: State,
    pub events: Vec<Event>,
}

/// The small desk.
#[derive(Debug, Clone)]
pub struct Case {
    pub policy: Policy,
    pub people: HashMap<PersonId, PersonFacts>,
    pub now: Timestamp,
    pub happened_at: Option<Timestamp>,
    pub origin: Origin,
    pub channel: Channel,
    pub records: BTreeMap<IncidentNumber, Record>,
    /// Whose turn it was last to be paged.
    pub turns: Turns,
    /// Whether an article was used on every incident.
    pub article: bool,
}

impl Case {
    /// A case without incidents.
    pub fn empty() -> Self {
        let facts = |who: Who, organisation| {
            (who.id(), PersonFacts { name: format!("{who:?}"), organisation })
        };
        Case {
            policy: policy(),
            people: HashMap::from([
                facts(Who::Requester, Some(company())),
                facts(Who::Colleague, Some(company())),
                facts(Who::Stranger, None),
            ]),
            now: start(),
            happened_at: None,
            origin: Origin::Live,
            channel: Channel::Web,
            records: BTreeMap::new(),
            turns: Turns::new(),
            article: false,
        }
    }

    /// Changes the standard agreement, as if it had always been like that.
    pub fn agree(&mut self, change: impl FnOnce(&mut Agreement)) {
        let mut agreement = self.policy.agreements.default(self.now).clone();
        change(&mut agreement);
        self.policy.agreements = Agreements::only(agreement);
    }

    /// A case with INC-1, reported by the requester: P4 and new.
    pub fn new() -> Self {
        Case::with(plain_report())
    }

    /// A case with INC-1, reported by the desktop agent in these words.
    pub fn with(report: Report) -> Self {
        let mut case = Case::empty();
        let who = if report == plain_report() { Who::Requester } else { Who::Desktop };
        case.report(who, report);
        case
    }

    /// A case with INC-1 at this priority.
    pub fn at_priority(impact: i64, urgency: i64) -> Self {
        Case::with(Report {
            impact: Some(level(impact)),
            urgency: Some(level(urgency)),
            ..plain_report()
        })
    }

    /// Records another incident.
    pub fn report(&mut self, who: Who, report: Report) -> IncidentNumber {
        let number = inc(self.records.len() as i64 + 1);
        self.issue(who, number, &Command::Report(Box::new(report)))
            .unwrap_or_else(|refusal| panic!("report: {refusal:?}"));
        number
    }

    /// Moves time on.
    pub fn wait(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.plus_seconds(seconds);
        self
    }

    /// Issues a command on INC-1 that must be granted.
    pub fn does(&mut self, who: Who, command: Command) -> &mut Self {
        self.does_on(who, 1, command)
    }

    /// Issues a command that must be granted.
    pub fn does_on(&mut self, who: Who, number: i64, command: Command) -> &mut Self {
        if let Err(refusal) = self.issue(who, inc(number), &command) {
            panic!("{who:?} {command:?} on INC-{number}: {refusal:?}");
        }
        self
    }

    /// Issues a command on INC-1 that must be refused.
    pub fn refuses(&mut self, who: Who, command: Command) -> Refusal {
        self.refuses_on(who, 1, command)
    }

    /// Issues a command that must be refused.
    pub fn refuses_on(&mut self, who: Who, number: i64, command: Command) -> Refusal {
        let before = self.records.clone();
        let refusal = match self.issue(who, inc(number), &command) {
            Err(refusal) => refusal,
            Ok(()) => panic!("{who:?} {command:?} on INC-{number} was granted"),
        };
        assert_eq!(self.records, before, "a refusal changes nothing");
        refusal
    }

    /// Lets the timers of INC-1 ring.
    pub fn tick(&mut self) -> &mut Self {
        self.does(Who::System, Command::Tick)
    }

    /// INC-1.
    pub fn state(&self) -> &State {
        self.state_of(1)
    }

    /// One of the incidents.
    pub fn state_of(&self, number: i64) -> &State {
        &self.records[&inc(number)].state
    }

    /// Where INC-1 is in its life.
    pub fn life(&self) -> Lifecycle {
        self.state().lifecycle
    }

    /// A clock of INC-1.
    pub fn clock(&self, kind: incident::clocks::ClockKind) -> &incident::clocks::Clock {
        let found = self.state().clocks.iter().find(|clock| clock.kind == kind);
        found.unwrap_or_else(|| panic!("no {} clock", kind.as_str()))
    }

    /// The kinds of the events of INC-1, oldest first, without the clocks' own.
    pub fn story(&self) -> Vec<&str> {
        self.story_of(1)
    }

    /// The kinds of an incident's events, oldest first, without the clocks' own.
    pub fn story_of(&self, number: i64) -> Vec<&str> {
        let kinds = self.records[&inc(number)].events.iter().map(|event| event.body.kind());
        kinds.filter(|kind| !kind.starts_with("clock")).collect()
    }

    /// The last event of INC-1 with this kind.
    pub fn last(&self, kind: &str) -> &Event {
        let events = &self.records[&inc(1)].events;
        events.iter().rev().find(|event| event.body.kind() == kind).expect("it happened")
    }

    /// Undoes the last event of this kind of INC-1.
    pub fn undo_of(&self, kind: &str) -> Command {
        Command::Undo { n: self.last(kind).n }
    }

    /// Issues a command; all incidents it concerns change together or not at all.
    pub fn issue(
        &mut self,
        who: Who,
        number: IncidentNumber,
        command: &Command,
    ) -> Result<(), Refusal> {
        let mut records = self.records.clone();
        let mut queue =
            vec![(Follow { to: Some(number), command: command.clone(), required: true }, None)];
        let mut steps = 0;
        while let Some((follow, derived)) = queue.pop() {
            steps += 1;
            assert!(steps < 200, "the cascade ends");
            let to = follow.to.unwrap_or_else(|| inc(records.len() as i64 + 1));
            match self.step(&mut records, who, to, &follow.command, derived) {
                Ok(more) => {
                    let cause =
                        Derived { by: "incident".to_owned(), name: to.to_string(), version: 0 };
                    queue.extend(more.into_iter().map(|follow| (follow, Some(cause.clone()))));
                }
                Err(refusal) if follow.required => return Err(refusal),
                Err(_) => {}
            }
        }
        for (number, record) in &records {
            if self.records.get(number) != Some(record) {
                invariants::check(record, &self.policy);
            }
        }
        for (number, record) in &records {
            let known = self.records.get(number).map_or(0, |known| known.events.len());
            for event in &record.events[known..] {
                if let Body::Paged(data) = &event.body {
                    self.turns.extend(data.turn.map(|of| ((of.policy, of.place), of.person)));
                }
            }
        }
        self.records = records;
        Ok(())
    }

    fn step(
        &self,
        records: &mut BTreeMap<IncidentNumber, Record>,
        who: Who,
        number: IncidentNumber,
        command: &Command,
        derived: Option<Derived>,
    ) -> Result<Vec<Follow>, Refusal> {
        let viewer = who.viewer().filter(|_| derived.is_none());
        let other = named(command).and_then(|other| records.get(&other)).cloned();
        let above = named(command).map(|other| above(records, other)).unwrap_or_default();
        let record = records.get(&number);
        let undo = match command {
            Command::Undo { n } => {
                let events = record.map_or(&[][..], |record| &record.events);
                events.iter().filter(|event| event.n >= *n).take(incident::UNDO_EVENTS).collect()
            }
            _ => vec![],
        };
        let undo: Vec<Event> = undo.into_iter().cloned().collect();
        let facts = Facts {
            number: Some(number),
            viewer: viewer.as_ref(),
            actor: who.actor(),
            channel: if command.name() == CommandName::Tick {
                Channel::Timer
            } else {
                self.channel
            },
            origin: self.origin,
            happened_at: self.happened_at,
            batch: None,
            policy: &self.policy,
            people: &self.people,
            other: other.as_ref().map(|record| &record.state),
            above_other: &above,
            undo: &undo,
            timeline: record.map_or(&[], |record| &record.events),
            turns: &self.turns,
            article: self.article,
            follow_up: Some(words(62)),
            derived,
        };
        let state = record.map(|record| &record.state);
        let decision = decide(state, command, &facts, self.now)?;
        let again = decide(state, command, &facts, self.now);
        assert_eq!(again.as_ref(), Ok(&decision), "the same facts decide the same");
        let state = decision.state.expect("an incident stays one");
        let mut events = record.map(|record| record.events.clone()).unwrap_or_default();
        events.extend(decision.events);
        records.insert(number, Record { state, events });
        Ok(decision.follow)
    }
}

/// The incident that a command names besides its own.
fn named(command: &Command) -> Option<IncidentNumber> {
    match command {
        Command::Report(report) => report.parent.or(report.follow_up_of),
        Command::Link { target, .. } => target.parse().ok(),
        Command::Merge { into } => Some(*into),
        _ => None,
    }
}

/// Everything above an incident, by parents and merges.
pub fn above(
    records: &BTreeMap<IncidentNumber, Record>,
    number: IncidentNumber,
) -> Vec<IncidentNumber> {
    let mut found = vec![];
    let mut queue = vec![number];
    while let Some(number) = queue.pop() {
        let Some(record) = records.get(&number) else { continue };
        for up in [record.state.parent, record.state.merged_into].into_iter().flatten() {
            if !found.contains(&up) {
                found.push(up);
                queue.push(up);
            }
        }
    }
    found
}

/// The command that an event records, if it is a wish and not a consequence.
pub fn input(event: &Event) -> Option<&Command> {
    match &event.cause {
        Cause::Input(command) => Some(command),
        Cause::Derived(_) => None,
    }
}

/// The kinds of these events.
pub fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| Body::kind(&event.body)).collect()
}
